"""CHECK constraints of one name whose expressions differ."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import CheckConstraint

NAME = "check-expression-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find those that can be shown to differ, whatever the way in which they are written."""
    for one in context.of_kind("modify_check"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, CheckConstraint) or not isinstance(migrated, CheckConstraint):
            continue
        half = made_item(context, one.table, migrated)
        message = (
            f"CHECK constraint `{one.name}` of `{one.table}` is `{stated.sql}` in the model, and {half.subject} made "
            f"it `{migrated.sql}`. Change the model, or replace it in a new revision."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a CHECK constraint whose expression differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic-pg-autogen:check",),
)
