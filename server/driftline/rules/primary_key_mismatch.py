"""Primary keys of other columns than the model says."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made, user_of
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import PrimaryKey

NAME = "primary-key-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them. The same columns in another order is no more than worth knowing."""
    for one in context.of_kind("modify_primary_key"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, PrimaryKey) or not isinstance(migrated, PrimaryKey):
            continue
        half = made(context, one.table, lambda table: table.primary_key.columns, migrated.origin)
        reordered = set(stated.columns) == set(migrated.columns)
        columns = f"made it ({listed(migrated.columns)})" if migrated.columns else "left the table without one"
        apart = f"{user_of(context, one.table)} tells rows apart in another way than the database"
        harm = "only the order differs" if reordered else apart
        message = (
            f"The primary key of `{one.table}` is ({listed(stated.columns)}) in the model, and {half.subject} "
            f"{columns}: {harm}. Change the model, or replace the key in a new revision; Alembic's autogenerate does "
            "not see it."
        )
        origin = in_model(context, one.table, (*stated.columns, *migrated.columns), stated.origin)
        level = Level.INFORMATION if reordered else Level.ERROR
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a primary key of other columns",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=(),
)
