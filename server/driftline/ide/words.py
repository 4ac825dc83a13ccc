"""A column in a few words of Markdown: type, NULL, default, keys.

Example: of `refresh_tokens.user_id`: "`UUID`, not null, → `users.id` ON DELETE CASCADE, unique".
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.python.values import Unknown
from driftline.schema import Column, ForeignKey, Table


def column_words(table: Table, name: str) -> str:
    """Say everything that `table` says of its column `name`; "" where it has none."""
    column = table.column(name)
    if column is None:
        return ""
    default = default_words(column)
    parts = (type_words(column), null_words(column), *(() if default == NONE else (f"default {default}",)))
    return ", ".join((*parts, *key_words(table, name)))


def table_words(table: Table) -> str:
    """Say how much there is of a table: "8 columns, 3 constraints, 2 indexes"."""
    constraints = len(table.foreign_keys) + len(table.unique_constraints) + len(table.check_constraints)
    constraints += bool(table.primary_key.columns)
    counts = ((len(table.columns), "column"), (constraints, "constraint"), (len(table.indexes), "index"))
    return ", ".join(f"{count} {word if count == 1 else _PLURAL.get(word, f'{word}s')}" for count, word in counts)


_PLURAL = {"index": "indexes"}

NONE = "–"
"""What stands where there is nothing."""


def type_words(column: Column) -> str:
    """Say a column's type, as DDL does."""
    return "unknown" if column.type.unknown is not None else code(column.type.ddl)


def null_words(column: Column) -> str:
    """Say whether a column takes NULL."""
    if isinstance(column.nullable, Unknown):
        return "unknown"
    return "null" if column.nullable else "not null"


def default_words(column: Column) -> str:
    """Say what the database puts into a column; a dash where that is nothing."""
    if column.serial:
        return "serial"
    if column.identity is not None:
        return "identity"
    if column.computed is not None:
        return "computed" if isinstance(column.computed.sql, Unknown) else f"computed {code(column.computed.sql)}"
    if column.server_default is None:
        return NONE
    return "unknown" if isinstance(column.server_default.sql, Unknown) else code(column.server_default.sql)


def key_words(table: Table, name: str) -> Iterator[str]:
    """Say which keys and indexes of `table` are over the column `name` alone, or name it."""
    if name in table.primary_key.columns:
        yield "primary key"
    for key in table.foreign_keys:
        if name in key.columns:
            yield foreign_key_words(key)
    if any(constraint.columns == (name,) for constraint in table.unique_constraints):
        yield "unique"
    for index in table.indexes:
        if index.columns == (name,):
            yield "unique index" if index.unique is True else "index"


def foreign_key_words(key: ForeignKey) -> str:
    """Say where a foreign key points, and its actions: "→ `users.id` ON DELETE CASCADE"."""
    target = "unknown" if isinstance(key.referred_table, Unknown) else key.referred_table
    words = [f"→ {code('.'.join((target, ', '.join(key.referred_columns))) if key.referred_columns else target)}"]
    words += [f"ON DELETE {key.ondelete}"] if isinstance(key.ondelete, str) else []
    words += [f"ON UPDATE {key.onupdate}"] if isinstance(key.onupdate, str) else []
    return " ".join(words)


def code(text: str) -> str:
    """Put a text into a code span."""
    # Markdown has no escape inside of a code span, and a back quote within SQL reads well as a quote.
    return "`" + text.replace("`", "'") + "`"
