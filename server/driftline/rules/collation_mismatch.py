"""Columns with one collation in the model and another in the migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.collations import collation_of
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "collation-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them, where both sides say a collation."""
    dialect = context.declared.schema.dialect
    for one in context.of_kind("modify_collation"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated, lambda column: collation_of(column, dialect) or "none")
        message = (
            f"`{one.table}.{one.name}` has the collation `{collation_of(stated, dialect)}` in the model, and "
            f"{half.subject} made it `{collation_of(migrated, dialect)}`: the database sorts and compares by its own. "
            "Change the model, or alter the column in a new revision."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.INFORMATION, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a collation that differs",
    Group.DRIFT,
    Level.INFORMATION,
    check,
    fix=Fixable.SOMETIMES,
)
