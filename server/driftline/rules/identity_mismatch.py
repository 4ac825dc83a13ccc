"""Identity columns whose options differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, Identity

NAME = "identity-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find those that only one side calls an identity column, or whose options differ."""
    for one in context.of_kind("modify_identity"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated, lambda column: column.identity or "none")
        message = (
            f"`{one.table}.{one.name}` is {_written(stated.identity)} in the model, and {half.subject} made it "
            f"{_written(migrated.identity)}. Change the model, or alter the column in a new revision."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _written(identity: Identity | None) -> str:
    if identity is None:
        return "no identity column"
    options = ", ".join(f"{name} {value}" for name, value in identity.options)
    return f"an identity column ({'ALWAYS' if identity.always else 'BY DEFAULT'}{', ' if options else ''}{options})"


RULE = Rule(
    NAME,
    "an identity column that differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:modify_default",),
)
