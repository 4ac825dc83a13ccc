"""Unique constraints that treat NULLs differently or are checked at another time."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import UniqueConstraint

NAME = "unique-option-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("modify_unique"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, UniqueConstraint) or not isinstance(migrated, UniqueConstraint):
            continue
        if set(stated.columns) != set(migrated.columns):
            continue
        half = made_item(context, one.table, migrated)
        message = (
            f"The unique constraint on `{one.table}` ({listed(stated.columns)}) is {_options(stated)} in the model, "
            f"and {half.subject} made it {_options(migrated)}. Change the model, or replace it in a new revision."
        )
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _options(unique: UniqueConstraint) -> str:
    options = dict(unique.options)
    words = ["DEFERRABLE" if options.get("deferrable") else "not deferrable"]
    if options.get("nulls_not_distinct"):
        words.append("NULLS NOT DISTINCT")
    return ", ".join(words)


RULE = Rule(
    NAME,
    "unique constraint options that differ",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_constraint", "alembic:remove_constraint"),
)
