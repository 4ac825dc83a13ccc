"""Models on the target metadata that env.py's imports never reach."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import created, in_model
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Table

NAME = "model-not-imported"


def check(context: Context) -> Iterator[Finding]:
    """Find the unreached tables: those that autogenerate would drop, and those that it will not create."""
    if context.declared.schema.incomplete:
        return
    dropped = {one.table: one for one in context.of_kind("remove_table")}
    for key, table in context.declared.unreached.items():
        if key in dropped:
            consequence = f'the next `alembic revision --autogenerate` would write `op.drop_table("{table.name}")`'
        elif key not in context.migrated.schema.tables:
            consequence = "`alembic revision --autogenerate` will not create it"
        else:
            continue
        difference = dropped.get(key) or Difference("unreached_table", key, None, table, None)
        half = created(context, key)
        message = (
            f"Table `{key}` is declared by {_model(context, table)}, which env.py never imports, so {consequence}. "
            "Import its module in env.py."
        )
        origin = in_model(context, key, stated=table.origin)
        yield drift_finding(NAME, Level.WARNING, message, difference, origin=origin, half=half, related=half.related())


def _model(context: Context, table: Table) -> str:
    """The class that maps a table, also where env.py does not reach it."""
    mapped = next((one for one in context.declared.classes if one.table == table.key), None)
    return f"`{mapped.name}`" if mapped is not None else "a `Table`"


RULE = Rule(
    NAME,
    "a model that env.py does not import",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("pytest-alembic:all_models_register_on_metadata",),
)
