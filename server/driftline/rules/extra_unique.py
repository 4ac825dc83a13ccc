"""Unique constraints that revisions create and no model declares."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.uniqueness import kept_unique
from driftline.schema import UniqueConstraint

NAME = "extra-unique"


def check(context: Context) -> Iterator[Finding]:
    """Find them; the finding stands on the model's column."""
    for one in context.of_kind("remove_constraint"):
        migrated = one.migrated
        if not isinstance(migrated, UniqueConstraint):
            continue
        half = made_item(context, one.table, migrated)
        kept = kept_unique(context.declared.schema.tables[one.table], migrated.columns)
        harm = (
            ": rows that the model allows are refused"
            if kept is None
            else f"; {kept}, which it declares, does that already"
        )
        named = f" by `{migrated.name}`" if isinstance(migrated.name, str) else ""
        message = (
            f"The database keeps `{one.table}` ({listed(migrated.columns)}) unique{named}{half.since}, and "
            f"{model_name(context, one.table)} does not say so{harm}. Declare it, or drop it in a new revision."
        )
        origin = in_model(context, one.table, migrated.columns)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a migrated unique constraint that the model lacks",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_constraint",),
)
