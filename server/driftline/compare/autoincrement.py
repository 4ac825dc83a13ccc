"""Whether the database numbers a primary key. Alembic does not compare it.

Only on PostgreSQL, where it is a default (SERIAL) that is there or is not; SQLite numbers every INTEGER PRIMARY KEY.

Example: a mapped `id: Mapped[int]`, where the revision says `autoincrement=False`, is one `modify_autoincrement`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference, uncertainty
from driftline.compare.options import Options
from driftline.compare.types import shape
from driftline.schema import Column, Table


def compare_autoincrement(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the columns of one primary key: whether both halves leave their numbers to a sequence."""
    if options.dialect != "postgresql" or declared.incomplete or migrated.incomplete:
        return
    if declared.primary_key.columns != migrated.primary_key.columns:
        return
    for name in declared.primary_key.columns:
        one, other = declared.column(name), migrated.column(name)
        if one is None or other is None or one.serial == other.serial or _numbered_otherwise(one, other):
            continue
        if shape(one.type.ddl, options.dialect).family == shape(other.type.ddl, options.dialect).family:
            yield Difference("modify_autoincrement", declared.key, name, one, other, uncertain=uncertainty(one, other))


def _numbered_otherwise(one: Column, other: Column) -> bool:
    """Whether a value comes from somewhere else, or nobody knows: then other rules speak, or none."""
    for column in (one, other):
        if column.server_default is not None or column.identity is not None or column.computed is not None:
            return True
        if column.type.unknown is not None:
            return True
    return one.python_default
