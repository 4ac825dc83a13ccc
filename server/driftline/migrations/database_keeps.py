"""What a database keeps of what it is told: SQLAlchemy leaves out of DDL what a dialect has nothing for.

SQLite has no comments; only PostgreSQL, SQL Server and Oracle have identity columns (`supports_comments` and
`supports_identity_columns` of SQLAlchemy's dialects). SQLite's AUTOINCREMENT stands in the column's own definition, and
the primary key with it, without a name (`SQLiteDDLCompiler.visit_primary_key_constraint`).

Example: `kept_column("sqlite", Column("id", …, comment="never changes"))` has no comment.
"""

from __future__ import annotations

from typing import Final

from driftline.dataclass import replace
from driftline.schema import Column, Table

_WITHOUT_COMMENTS: Final = frozenset({"sqlite"})
_WITH_IDENTITY: Final = frozenset({"postgresql", "mssql", "oracle"})
_INTEGERS: Final = frozenset({"INTEGER", "BIGINT", "SMALLINT"})


def kept_column(dialect: str, column: Column) -> Column:
    """Give `column` as a database of `dialect` has it."""
    if column.identity is not None and dialect not in _WITH_IDENTITY:
        column = replace(column, identity=None)
    if column.comment is not None and dialect in _WITHOUT_COMMENTS:
        column = replace(column, comment=None)
    return column


def kept_comment(dialect: str, comment: str | None) -> str | None:
    """Give the comment of a table as a database of `dialect` has it."""
    return None if dialect in _WITHOUT_COMMENTS else comment or None


def kept_table(dialect: str, table: Table) -> Table:
    """Give `table` as a database of `dialect` has it; the same object where it is so."""
    columns = tuple(kept_column(dialect, one) for one in table.columns)
    if any(new is not old for new, old in zip(columns, table.columns, strict=True)):
        table = replace(table, columns=columns)
    comment = kept_comment(dialect, table.comment)
    return table if comment == table.comment else replace(table, comment=comment)


def without_numbered_key_name(dialect: str, table: Table) -> Table:
    """Give a table with AUTOINCREMENT as SQLite has it: its primary key has no name."""
    key = table.primary_key
    column = table.column(key.columns[0]) if len(key.columns) == 1 else None
    inline = column is not None and column.type.ddl in _INTEGERS
    if dialect != "sqlite" or not inline or any(key.columns == one.columns for one in table.foreign_keys):
        return table
    return replace(table, primary_key=replace(key, name=None))
