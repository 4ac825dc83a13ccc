"""Comments of tables and columns that differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.python.origin import NOWHERE
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, Table

NAME = "comment-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("modify_comment"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Table | Column) or not isinstance(migrated, Table | Column):
            continue

        def comment(table: Table, name: str | None = one.name) -> object:
            subject = table if name is None else table.column(name)
            return None if subject is None else (subject.comment or "")

        half = made(context, one.table, comment, migrated.origin if isinstance(migrated, Column) else NOWHERE)
        subject = one.table if one.name is None else f"{one.table}.{one.name}"
        message = (
            f"The comment of `{subject}` is {_written(stated.comment)} in the model, and {_written(migrated.comment)} "
            f"in the database{half.since}. Make both say the same."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.HINT, message, one, origin=origin, half=half, related=half.related())


def _written(comment: str | None) -> str:
    return f'"{comment}"' if comment else "empty"


RULE = Rule(
    NAME,
    "a comment that differs",
    Group.DRIFT,
    Level.HINT,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_comment",),
)
