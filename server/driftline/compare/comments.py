"""Comments of tables and columns, for databases that keep them.

Example: a column with `comment="in cents"` that was migrated without one gives one `modify_comment`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.options import Options
from driftline.schema import Column, Table


def compare_column_comments(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare the comments of the two halves of a column; an empty one is none, as databases have it."""
    if options.comments and (declared.comment or None) != (migrated.comment or None):
        yield _difference(table, declared.name, declared, migrated)


def compare_table_comments(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the comments of the two halves of a table."""
    if options.comments and (declared.comment or None) != (migrated.comment or None):
        yield _difference(declared.key, None, declared, migrated)


def _difference(table: str, name: str | None, declared: Column | Table, migrated: Column | Table) -> Difference:
    operations = (AlembicOperation("modify_comment", table, name),)
    return Difference("modify_comment", table, name, declared, migrated, operations, uncertainty(declared, migrated))
