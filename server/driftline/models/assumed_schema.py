"""The schema of a MetaData that cannot be read (`MetaData(schema=settings.SCHEMA)`), as the revisions write it.

Revisions are often frozen with the name that the setting has everywhere. Taking the default schema there would make
every table a missing one.

Example: where revisions say `schema="app"` in their operations, and no other name, that is the schema.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from driftline.models.dialect import revision_files
from driftline.models.metadata import Metadata
from driftline.models.records import TableRecord
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.source import Source, ask

_SCHEMA = regex(r"""\bschema\s*=\s*["']([^"'\n]+)["']""")
_CREATION = regex(r"\bcreate_table\(")
_DEFAULTS = ("public", "main", "dbo")


def schema_in_revisions(environment: Environment, source: Source) -> str | None:
    """Give the one schema that revisions name, where they create as good as all of their tables in one."""
    named: Counter[str] = Counter()
    creations = 0
    for path in revision_files(environment, source):
        names, created = ask(source, path, schemas_named)
        named.update(names)
        creations += created
    if len(named) != 1:
        return None
    ((name, count),) = named.items()
    return name if name not in _DEFAULTS and count >= creations else None


def schemas_named(text: str | None) -> tuple[tuple[str, ...], int]:
    """Give the schemas that a file names, and how many tables it creates."""
    return tuple(_SCHEMA.findall(text or "")), len(_CREATION.findall(text or ""))


def assume_schema(metadata: Metadata, schema: str, records: Iterable[TableRecord]) -> None:
    """Put the tables of a MetaData whose schema is not known into `schema`."""
    reason, place = metadata.unknown_schema, metadata.value.origin
    metadata.unknown_schema = Unknown(
        f"the schema of the MetaData is not known, `{schema}` is assumed, which the revisions name",
        reason.origin if reason is not None else place,
    )
    metadata.schema = schema
    for record in records:
        if record.metadata is metadata and record.schema is None and record.kwargs.get("schema") is None:
            record.schema = schema
