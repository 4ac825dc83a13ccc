"""Collations, where both halves of a column say one. Alembic calls that a type change on PostgreSQL, and nothing else.

A column that says none has the database's, which no source knows.

Example: `String(collation="C")` in the model and `String(collation="de_DE")` in the revision is one `modify_collation`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.options import Options
from driftline.compare.types import alembic_reports, only_collations_differ, shape
from driftline.schema import Column

_CASELESS = frozenset({"sqlite", "mysql", "mariadb", "mssql"})


def compare_collations(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare the collations of the two halves of a column."""
    one, other = collation_of(declared, options.dialect), collation_of(migrated, options.dialect)
    if one is None or other is None:
        return
    if options.dialect in _CASELESS:
        one, other = one.lower(), other.lower()
    if one == other:
        return
    left, right = shape(declared.type.ddl, options.dialect), shape(migrated.type.ddl, options.dialect)
    reported = (
        options.types
        and only_collations_differ(left, right)
        and alembic_reports(declared.type, migrated.type, options.dialect)
    )
    yield Difference(
        "modify_collation",
        table,
        declared.name,
        declared,
        migrated,
        (AlembicOperation("modify_type", table, declared.name),) if reported else (),
        uncertain=uncertainty(declared, migrated),
    )


def collation_of(column: Column, dialect: str) -> str | None:
    """Give the collation that a column says, itself or in its type; None where it says none."""
    if column.collation is not None:
        return column.collation.strip('"')
    return None if column.type.unknown is not None else shape(column.type.ddl, dialect).collation
