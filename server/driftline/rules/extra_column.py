"""Migrated columns that no model declares."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, following
from driftline.rules.extra_required_column import required
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "extra-column"


def check(context: Context) -> Iterator[Finding]:
    """Find the columns that a declared table lacks, and that INSERTs can do without."""
    tables, dialect = context.migrated.schema.tables, context.migrated.schema.dialect
    for one in context.of_kind("remove_column"):
        column = one.migrated
        if isinstance(column, Column) and not required(tables[one.table], column, dialect):
            half = made_column(context, one.table, column)
            message = (
                f"Column `{one.table}.{one.name}`{following(one)} has been there{half.since}, and "
                f"{model_name(context, one.table)} lacks it: the next `alembic revision --autogenerate` would drop it. "
                "Declare it, or drop it in a new revision."
            )
            origin = in_model(context, one.table)
            yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a migrated column that the model lacks",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_column",),
)
