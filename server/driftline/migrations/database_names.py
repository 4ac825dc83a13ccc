"""The names that a database makes up for constraints and indexes which the source leaves unnamed.

PostgreSQL: `makeObjectName`, `ChooseIndexName`, `ChooseConstraintName` and `ChooseForeignKeyConstraintNameAddition`
(PostgreSQL 16, src/backend/commands/indexcmds.c, catalog/pg_constraint.c, commands/tablecmds.c). MySQL: the manual's
"FOREIGN KEY Constraints" and "CREATE INDEX". SQLite gives no names.

Example: an unnamed UNIQUE on `users(email)` is `users_email_key` on PostgreSQL, and `email` on MySQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from driftline.schema import IndexElement

POSTGRESQL_NAME_BYTES = 63
"""NAMEDATALEN - 1: identifiers are cut to so many bytes."""

MYSQL_FAMILY = frozenset({"mysql", "mariadb"})


def make_object_name(first: str, second: str | None, label: str, limit: int = POSTGRESQL_NAME_BYTES) -> str:
    """Join the parts with `_`, shortening the longer of the first two byte by byte until all fits; the label stays."""
    overhead = len(label.encode()) + 1 + (1 if second else 0)
    one, two = first.encode(), (second or "").encode()
    one_length, two_length = len(one), len(two)
    while one_length + two_length > limit - overhead:
        if one_length > two_length:
            one_length -= 1
        else:
            two_length -= 1
    parts = [_clip(one, one_length), *([_clip(two, two_length)] if second else []), label]
    return "_".join(parts)


def _clip(encoded: bytes, length: int) -> str:
    return encoded[:length].decode("utf-8", "ignore")


def choose(first: str, second: str | None, label: str, taken: Callable[[str], bool]) -> str:
    """Give the first free name of PostgreSQL's row: `t_c_key`, `t_c_key1`, `t_c_key2` and so on."""
    name = make_object_name(first, second, label)
    number = 0
    while taken(name):
        number += 1
        name = make_object_name(first, second, f"{label}{number}")
    return name


def foreign_key_addition(columns: Sequence[str]) -> str:
    """Give the middle of a foreign key's name: its columns, as far as they fit."""
    return _addition(columns)


def index_addition(elements: Iterable[IndexElement | str]) -> str:
    """Give the middle of an index's name: its columns, `expr` for an expression, the same name twice with a number."""
    names: list[str] = []
    for element in elements:
        wanted = element if isinstance(element, str) else (element.column or _expression_name(element.sql))
        name, number = wanted, 0
        while name in names:
            number += 1
            suffix = str(number)
            name = _clip(wanted.encode(), POSTGRESQL_NAME_BYTES - len(suffix)) + suffix
        names.append(name)
    return _addition(names)


def _expression_name(sql: object) -> str:
    """Give the name that PostgreSQL has for an index expression: its function's, else `expr`."""
    text = sql.strip() if isinstance(sql, str) else ""
    function, parenthesis, _ = text.partition("(")
    function = function.strip().rpartition(".")[2]
    return function.lower() if parenthesis and text.endswith(")") and function.isidentifier() else "expr"


def _addition(names: Sequence[str]) -> str:
    """Join names with `_` until NAMEDATALEN bytes are full (each is copied whole, the buffer is cut later)."""
    joined = ""
    for name in names:
        joined = f"{joined}_{name}" if joined else name
        if len(joined.encode()) > POSTGRESQL_NAME_BYTES:
            break
    return joined


def sequence_name(table: str, column: str) -> str:
    """Give the name of the sequence that PostgreSQL makes for a serial column."""
    return make_object_name(table, column, "seq")


def mysql_key_name(columns: Sequence[str], taken: Callable[[str], bool]) -> str:
    """Give the name of an unnamed key: its first column's, then with `_2`, `_3` … where that is taken."""
    first = columns[0] if columns else "functional_index"
    name, number = first, 1
    while taken(name):
        number += 1
        name = f"{first}_{number}"
    return name


def numbered(prefix: str, taken: Callable[[str], bool], start: int = 1) -> str:
    """Give the first free of `prefix1`, `prefix2` …: MySQL's `users_ibfk_1`, MariaDB's `CONSTRAINT_1`."""
    number = start
    while taken(f"{prefix}{number}"):
        number += 1
    return f"{prefix}{number}"
