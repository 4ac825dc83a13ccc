"""Migrated columns that no model declares and that every INSERT needs a value for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from driftline.compare.types import shape
from driftline.python.values import Unknown
from driftline.rules.drift_finding import drift_finding, following
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column, model_name, user_of
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, Table

NAME = "extra-required-column"


def required(table: Table, column: Column, dialect: str) -> bool:
    """Whether an INSERT fails that gives the column no value."""
    if isinstance(column.nullable, Unknown) or column.nullable or _numbered(table, column, dialect):
        return False
    return not (column.server_default or column.computed or column.identity or column.serial)


_MYSQL_INTEGERS: Final = frozenset({"INTEGER", "BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT"})
_NUMBERED: Final = {"sqlite": frozenset({"INTEGER"}), "mysql": _MYSQL_INTEGERS, "mariadb": _MYSQL_INTEGERS}
"""Types of a primary key that a database numbers: SQLite always, MySQL where SQLAlchemy creates it (AUTO_INCREMENT)."""


def _numbered(table: Table, column: Column, dialect: str) -> bool:
    if table.primary_key.columns != (column.name,) or (column.autoincrement is False and dialect != "sqlite"):
        return False
    return shape(column.type.ddl, dialect).family in _NUMBERED.get(dialect, ())


def check(context: Context) -> Iterator[Finding]:
    """Find the columns that a declared table lacks, and that INSERTs can't do without."""
    tables, dialect = context.migrated.schema.tables, context.migrated.schema.dialect
    for one in context.of_kind("remove_column"):
        column = one.migrated
        if isinstance(column, Column) and required(tables[one.table], column, dialect):
            half = made_column(context, one.table, column)
            message = (
                f"Column `{one.table}.{one.name}`{following(one)} is NOT NULL and has no server default{half.since}, "
                f"and {model_name(context, one.table)} lacks it: every INSERT through "
                f"{user_of(context, one.table)} fails. Declare it, or drop it in a new revision."
            )
            origin = in_model(context, one.table)
            yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a NOT NULL column without a default that the model lacks",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_column",),
)
