"""Columns of another type than the model says."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf, in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "type-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them, and types that only Alembic takes for different."""
    for one in context.of_kind("modify_type"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = type_half(context, one.table, migrated)
        message = (
            f"`{one.table}.{one.name}` is `{stated.type.ddl}` in the model, and {half.subject} made it "
            f"`{migrated.type.ddl}`. Change the type in the model, or alter the column in a new revision."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def type_half(context: Context, key: str, column: Column) -> MigratedHalf:
    """Give the migration call that made a column's type what it is."""
    return made_column(context, key, column, lambda one: one.type.ddl)


RULE = Rule(
    NAME,
    "a column type that differs between model and migrations",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_type",),
)
