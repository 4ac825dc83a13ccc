"""CHECK constraints that revisions create and no model declares."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.sql import mentions
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item, model_name
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import CheckConstraint

NAME = "extra-check"


def check(context: Context) -> Iterator[Finding]:
    """Find them; the finding stands on the first of the model's columns that the expression names."""
    for one in context.of_kind("remove_check"):
        migrated = one.migrated
        if not isinstance(migrated, CheckConstraint):
            continue
        half = made_item(context, one.table, migrated)
        sql = migrated.sql if isinstance(migrated.sql, str) else ""
        named = f"CHECK constraint `{one.name}`" if one.name else "An unnamed CHECK constraint"
        message = (
            f"{named}{f' (`{sql}`)' if sql else ''} of `{one.table}` has been there{half.since}, and "
            f"{model_name(context, one.table)} does not declare it: the database alone refuses what breaks it. Declare "
            "it, or drop it in a new revision."
        )
        table = context.declared.schema.tables[one.table]
        columns = [column.name for column in table.columns if mentions(sql, column.name)]
        origin = in_model(context, one.table, columns)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a migrated CHECK constraint that the model lacks",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_constraint",),
)
