"""Indexes that revisions create and no model declares."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.index_definition import described
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Index

NAME = "extra-index"


def check(context: Context) -> Iterator[Finding]:
    """Find them; the finding stands on the model's column. One that keeps values unique is worse than a plain one."""
    for one in context.of_kind("remove_index"):
        migrated = one.migrated
        if not isinstance(migrated, Index):
            continue
        half = made_item(context, one.table, migrated)
        unique = migrated.unique is True
        next_time = ": the next `alembic revision --autogenerate` would drop it" if one.operations else ""
        message = (
            f"{'Unique index' if unique else 'Index'} `{one.name}` on `{one.table}` ({described(migrated)}) has been "
            f"there{half.since}, and {model_name(context, one.table)} lacks it{next_time}. Declare it, or drop it in "
            "a new revision."
        )
        level = Level.WARNING if unique else Level.INFORMATION
        origin = in_model(context, one.table, migrated.columns)
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a migrated index that the model lacks",
    Group.DRIFT,
    Level.INFORMATION,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_index",),
)
