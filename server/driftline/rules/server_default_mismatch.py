"""Server defaults that differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference
from driftline.compare.server_defaults import default_sql
from driftline.compare.types import shape
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "server-default-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find those that mean something else.

    A default that only the database has is left alone, unless Alembic reports it or the ORM overwrites it, which sends
    NULL where the model knows of no default.
    """
    for one in context.of_kind("modify_default"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        ours, theirs = default_sql(stated.server_default), default_sql(migrated.server_default)
        level = Level.WARNING
        if ours is None:
            overwritten = _sends_null(context, one.table, stated)
            if not one.operations and not overwritten:
                continue
            level = Level.WARNING if one.operations else Level.INFORMATION
        half = made_column(context, one.table, migrated, lambda column: column.server_default or "none")
        message = (
            f"`{one.table}.{one.name}` {_written(ours)} in the model, and {half.subject} gave it {_given(theirs)}"
            f"{_consequence(one, ours, theirs)} Make both say the same."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


def _sends_null(context: Context, table: str, column: Column) -> bool:
    """Whether an INSERT through the ORM that forgets a column which must not be NULL says NULL for it.

    It does so for all columns of a mapped class without a default, but for those of the primary key and of types that
    have a NULL of their own (SQLAlchemy's `_insert_cols_as_none`).
    """
    if column.nullable is not False or column.python_default or context.declared.class_of(table) is None:
        return False
    if column.name in context.declared.schema.tables[table].primary_key.columns:
        return False
    return shape(column.type.ddl, context.declared.schema.dialect).family not in {"JSON", "JSONB"}


def _written(sql: str | None) -> str:
    return "has no server default" if sql is None else f"has the server default `{sql}`"


def _given(sql: str | None) -> str:
    return "none" if sql is None else f"`{sql}`"


def _consequence(one: Difference, ours: str | None, theirs: str | None) -> str:
    if ours is None:
        return ": an INSERT through the ORM sends NULL instead." if not one.operations else "."
    return ": INSERTs that rely on it fail, or get NULL." if theirs is None else "."


RULE = Rule(
    NAME,
    "a server default that differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_default",),
)
