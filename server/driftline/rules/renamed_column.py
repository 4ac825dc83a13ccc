"""Columns that have one name in the model and another in the migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column

NAME = "renamed-column"


def check(context: Context) -> Iterator[Finding]:
    """Find the pairs that `compare/renames.py` takes for one column."""
    for one in context.of_kind("rename_column"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated)
        message = (
            f"Column `{one.table}.{stated.name}` of the model looks like `{migrated.name}`, which {half.subject} made, "
            f"under a new name that no revision gives it: every query on it fails, and autogenerate would drop "
            f'`{migrated.name}` with its data. Rename it with `op.alter_column("{_table(one.table)}", '
            f'"{migrated.name}", new_column_name="{stated.name}")`.'
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=half.related())


def _table(key: str) -> str:
    return key.rpartition(".")[2]


RULE = Rule(
    NAME,
    "a column that only the model calls by a new name",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_column", "alembic:remove_column"),
)
