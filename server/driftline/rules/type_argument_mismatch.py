"""Columns whose type has another length, precision, time zone or item type than the model says."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.type_mismatch import type_half
from driftline.schema import Column

NAME = "type-argument-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them, lengths that only one side gives included, which Alembic does not report."""
    for one in context.of_kind("modify_type_argument"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = type_half(context, one.table, migrated)
        # SQLite does not enforce lengths: what differs there is only what the sources say.
        level = Level.INFORMATION if context.migrated.schema.dialect == "sqlite" else Level.WARNING
        message = (
            f"`{one.table}.{one.name}` is `{stated.type.ddl}` in the model, and {half.subject} made it "
            f"`{migrated.type.ddl}`. Change the type in the model, or alter the column in a new revision."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a type's length, precision, time zone or item type that differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_type",),
)
