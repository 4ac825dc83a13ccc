"""Generated columns and identity columns. Alembic only warns about the former, and compares the latter as defaults.

Example: `Computed("price * quantity")` in the model and `Computed("price")` in the revision give one
`modify_computed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.options import Options
from driftline.compare.sql import can_differ
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.python.values import Unknown
from driftline.schema import Column, Computed, Identity


def compare_computed(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare the expressions that the two halves of a column are generated from, and whether they are stored."""
    if _computed_differ(declared.computed, migrated.computed, options.dialect):
        yield Difference(
            "modify_computed", table, declared.name, declared, migrated, (), uncertainty(declared, migrated)
        )


def compare_identity(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare whether the two halves are identity columns, and the options that the model gives.

    Silent where one half is generated: then that differs, and to end it the column is made anew, identity and all.
    SQLite, MySQL and MariaDB have none: Alembic, where it compares server defaults, asks for the model's in vain.
    """
    if options.dialect == "sqlite" or options.dialect in MYSQL_FAMILY:
        return
    if declared.computed or migrated.computed or not _identities_differ(declared.identity, migrated.identity):
        return
    reported = (AlembicOperation("modify_default", table, declared.name),) if options.server_defaults else ()
    yield Difference(
        "modify_identity", table, declared.name, declared, migrated, reported, uncertainty(declared, migrated)
    )


def _computed_differ(declared: Computed | None, migrated: Computed | None, dialect: str) -> bool:
    if declared is None or migrated is None:
        return declared is not migrated
    if isinstance(declared.sql, Unknown) or isinstance(migrated.sql, Unknown):
        return False
    stored = declared.persisted, migrated.persisted
    return (None not in stored and stored[0] != stored[1]) or can_differ(declared.sql, migrated.sql, dialect)


_DEFAULTS: Mapping[str, object] = {"start": 1, "increment": 1, "minvalue": 1, "cycle": False, "cache": 1}
_NOT_KEPT = frozenset({"order", "on_null", "always", "nominvalue", "nomaxvalue"})
"""What no reflection gives back, and `always`, which has its own place."""


def _identities_differ(declared: Identity | None, migrated: Identity | None) -> bool:
    if declared is None or migrated is None:
        return declared is not migrated
    if declared.always != migrated.always:
        return True
    stated, made = dict(declared.options), dict(migrated.options)
    names = (stated.keys() | made.keys()) - _NOT_KEPT
    return any(
        stated.get(name, _DEFAULTS.get(name)) != made.get(name, _DEFAULTS.get(name))
        for name in names
        if not (isinstance(stated.get(name), Unknown) or isinstance(made.get(name), Unknown))
    )
