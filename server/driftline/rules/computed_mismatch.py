"""Generated columns whose expressions differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, Computed

NAME = "computed-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find those whose expressions can be shown to differ, or that are generated on one side only."""
    for one in context.of_kind("modify_computed"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Column) or not isinstance(migrated, Column):
            continue
        half = made_column(context, one.table, migrated, lambda column: column.computed or "none")
        message = (
            f"`{one.table}.{one.name}` is {_written(stated.computed)} in the model, and {half.subject} made it "
            f"{_written(migrated.computed)}. Drop and add the column in a new revision, or change the model; Alembic's "
            "autogenerate writes nothing of it."
        )
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _written(computed: Computed | None) -> str:
    if computed is None:
        return "not generated"
    stored = {True: ", stored", False: ", virtual", None: ""}[computed.persisted]
    return f"generated as `{computed.sql}`{stored}" if isinstance(computed.sql, str) else "generated"


RULE = Rule(
    NAME,
    "a generated column whose expression differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=(),
)
