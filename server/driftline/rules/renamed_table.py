"""Tables that have one name in the models and another in the migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import created, in_model, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Table

NAME = "renamed-table"


def check(context: Context) -> Iterator[Finding]:
    """Find the pairs that `compare/renames.py` takes for one table."""
    for one in context.of_kind("rename_table"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Table) or not isinstance(migrated, Table):
            continue
        half = created(context, migrated.key)
        message = (
            f"Table `{stated.key}` of {model_name(context, stated.key)} looks like `{migrated.key}`, which "
            f"{half.subject} created, under a new name that no revision gives it: every query on it fails, and "
            f"autogenerate would drop `{migrated.key}` with its data. Rename it with "
            f'`op.rename_table("{migrated.name}", "{stated.name}")`.'
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a table that only the models call by a new name",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_table", "alembic:remove_table"),
)
