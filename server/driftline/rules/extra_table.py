"""Migrated tables that no model declares."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from driftline.python.origin import NOWHERE
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import created
from driftline.rules.rule import Context, Fixable, Group, Option, Rule

NAME = "extra-table"

TABLES: Option[tuple[str, ...]] = Option(
    "tables",
    (),
    "tables that are meant to have no model, as `table` or `schema.table`; `*` and `?` stand for any characters",
)


def check(context: Context) -> Iterator[Finding]:
    """Find the tables without a model, apart from those that are meant to have none (the option `tables`)."""
    patterns = context.option(NAME, TABLES)
    for one in context.of_kind("remove_table"):
        if one.table in context.declared.unreached or any(fnmatchcase(one.table, pattern) for pattern in patterns):
            continue
        half = created(context, one.table)
        message = (
            f"Table `{one.table}`, which {half.subject} created, has no model: the next `alembic revision "
            "--autogenerate` would drop it. Declare it, or list it as meant to have no model."
        )
        yield drift_finding(NAME, Level.INFORMATION, message, one, origin=NOWHERE, half=half)


RULE = Rule(
    NAME,
    "a migrated table that has no model",
    Group.DRIFT,
    Level.INFORMATION,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_table",),
    options=(TABLES,),
)
