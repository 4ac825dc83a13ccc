"""Nullability of the two halves of a column.

Example: `compare_nullable("users", Column("email", text, nullable=False), Column("email", text), options)` gives one
`modify_nullable`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.options import Options
from driftline.python.values import Unknown
from driftline.schema import Column


def compare_nullable(table: str, declared: Column, migrated: Column, _options: Options) -> Iterator[Difference]:
    """Compare whether the two halves take NULL.

    Silent, as Alembic is, for identity columns, which never do, and for generated ones where the model leaves it open.
    """
    if isinstance(declared.nullable, Unknown) or isinstance(migrated.nullable, Unknown):
        return
    if declared.nullable == migrated.nullable or declared.identity or migrated.identity:
        return
    if (declared.computed or migrated.computed) and declared.nullable:
        return
    yield Difference(
        "modify_nullable",
        table,
        declared.name,
        declared,
        migrated,
        (AlembicOperation("modify_nullable", table, declared.name),),
        uncertainty(declared, migrated),
    )
