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
        wanted, made = _differing(stated, migrated)
        message = (
            f"The unique constraint on `{one.table}` ({listed(stated.columns)}) is {wanted} in the model, and "
            f"{half.subject} made it {made}. Change the model, or replace it in a new revision."
        )
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _differing(stated: UniqueConstraint, migrated: UniqueConstraint) -> tuple[str, str]:
    """Say in SQL's words what each half does otherwise than the other."""
    halves = _options(stated), _options(migrated)
    names = [name for name in halves[0] if halves[0][name] != halves[1][name]]
    return ", ".join(halves[0][name] for name in names), ", ".join(halves[1][name] for name in names)


def _options(unique: UniqueConstraint) -> dict[str, str]:
    """Give each option's clause, by the option; what is not said is the default."""
    options = dict(unique.options)
    initially = options.get("initially")
    waits = f"DEFERRABLE INITIALLY {initially.upper()}" if isinstance(initially, str) else "DEFERRABLE"
    return {
        "deferrable": waits if options.get("deferrable") else "NOT DEFERRABLE",
        "nulls_not_distinct": "NULLS NOT DISTINCT" if options.get("nulls_not_distinct") else "NULLS DISTINCT",
    }


RULE = Rule(
    NAME,
    "unique constraint options that differ",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_constraint", "alembic:remove_constraint"),
)
