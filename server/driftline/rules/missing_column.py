"""Columns that models declare and no revision adds."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, following
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "missing-column"


def check(context: Context) -> Iterator[Finding]:
    """Find the columns that a migrated table lacks."""
    for one in context.of_kind("add_column"):
        if isinstance(one.declared, Column):
            half = last_touch(context, one.table)
            message = (
                f"Column `{one.table}.{one.name}` is declared by {model_name(context, one.table)}{following(one)} and "
                "no revision adds it: every query that reads it will fail. Add it in a new revision."
            )
            touched = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
            origin = in_model(context, one.table, stated=one.declared.origin)
            yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=touched)


RULE = Rule(
    NAME,
    "a declared column that no revision adds",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_column",),
)
