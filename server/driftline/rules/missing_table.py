"""Tables that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf, in_model
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Table

NAME = "missing-table"


def check(context: Context) -> Iterator[Finding]:
    """Find the tables that the migrated schema lacks."""
    for one in context.of_kind("add_table"):
        if isinstance(one.declared, Table):
            mapped = context.declared.class_of(one.table)
            by = "" if mapped is None else f" by `{mapped.name}`"
            message = (
                f"Table `{one.table}` is declared{by}, and no revision creates it: every query on it will fail. "
                "Create it in a new revision."
            )
            origin = in_model(context, one.table, stated=one.declared.origin)
            yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=MigratedHalf())


RULE = Rule(
    NAME,
    "a declared table that no revision creates",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_table",),
)
