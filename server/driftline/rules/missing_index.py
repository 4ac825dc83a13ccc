"""Indexes that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.index_definition import described
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.uniqueness import kept_unique, served
from driftline.schema import Index, Table

NAME = "missing-index"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("add_index"):
        stated = one.declared
        if not isinstance(stated, Index):
            continue
        half = last_touch(context, one.table)
        kind = "Unique index" if stated.unique is True else "Index"
        message = (
            f"{kind} `{one.name}` on `{one.table}` ({described(stated)}) is declared, and no revision creates it: "
            f"{_harm(stated, context.migrated.schema.tables[one.table])}. Create it in a new revision."
        )
        touched = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=touched)


def _harm(index: Index, table: Table) -> str:
    """What comes of it, as far as nothing else of the table does the index's work."""
    if index.unique is True:
        kept = kept_unique(table, index.columns)
        return "the database lets duplicates in" if kept is None else f"only {kept} keeps duplicates out"
    beside = served(table, index.columns)
    return "the database has to scan the table" if beside is None else f"only {beside} saves queries a scan"


RULE = Rule(
    NAME,
    "a declared index that no revision creates",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_index",),
)
