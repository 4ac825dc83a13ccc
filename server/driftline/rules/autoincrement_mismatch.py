"""Primary keys that only one side numbers by itself."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "autoincrement-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them; a number that the model waits for and nobody gives is the worse case."""
    for one in context.of_kind("modify_autoincrement"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated, lambda column: column.serial)
        column = f"`{one.table}.{one.name}`"
        if stated.serial:
            level = Level.WARNING
            message = (
                f"{column} is numbered by the database in the model, and {half.subject} made it a plain "
                f"{migrated.type.ddl}: an INSERT without it fails. Say `autoincrement=False` in the model, or give the "
                "column a sequence in a new revision."
            )
        else:
            level = Level.INFORMATION
            message = (
                f"{column} has `autoincrement=False` in the model, and {half.subject} made the database number it: an "
                "INSERT that forgets it passes. Drop the default in a new revision, or the argument in the model."
            )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a primary key that only one side numbers",
    Group.DRIFT,
    Level.INFORMATION,
    check,
    fix=Fixable.SOMETIMES,
)
