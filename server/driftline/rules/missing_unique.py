"""Unique constraints that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.uniqueness import kept_unique
from driftline.schema import UniqueConstraint

NAME = "missing-unique"


def check(context: Context) -> Iterator[Finding]:
    """Find them, and those of which the migrated one has other columns."""
    for one in context.of_kind("add_constraint", "modify_unique"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, UniqueConstraint):
            continue
        subject = f"The model's unique constraint on `{one.table}` ({listed(stated.columns)})"
        if isinstance(migrated, UniqueConstraint):
            if set(stated.columns) == set(migrated.columns):
                continue
            half = made_item(context, one.table, migrated)
            related = half.related()
            message = (
                f"{subject} has the name `{one.name}`, under which {half.subject} made one on "
                f"({listed(migrated.columns)}). Replace it in a new revision, or correct the model."
            )
        else:
            half = last_touch(context, one.table)
            related = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
            kept = kept_unique(context.migrated.schema.tables[one.table], stated.columns)
            harm = "the database lets duplicates in" if kept is None else f"only {kept} keeps duplicates out"
            message = f"{subject} is created by no revision: {harm}. Create it in a new revision."
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=related)


RULE = Rule(
    NAME,
    "a declared unique constraint that no revision creates",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_constraint",),
)
