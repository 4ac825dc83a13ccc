"""Columns that take NULL on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.sql import mentions
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "nullable-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them; a model that lets NULL through which the database refuses is the worse case."""
    for one in context.of_kind("modify_nullable"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated, lambda column: column.nullable)
        column = f"`{one.table}.{one.name}`"
        if stated.nullable:
            level = Level.ERROR
            message = (
                f"{column} is nullable in the model, but {half.subject} made it NOT NULL: storing None fails. Make it "
                "`nullable=False` in the model, or drop NOT NULL in a new revision."
            )
        else:
            level = Level.WARNING
            checks = context.migrated.schema.tables[one.table].check_constraints
            checked = any(not isinstance(check.sql, str) or mentions(check.sql, migrated.name) for check in checks)
            harm = "" if checked else ": nothing keeps NULL out"
            message = (
                f"{column} is NOT NULL in the model, but {half.subject} made it nullable{harm}. "
                "Make it nullable in the model, or set NOT NULL in a new revision."
            )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "nullability that differs between model and migrations",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_nullable",),
)
