"""Indexes that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.index_definition import described
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Index

NAME = "missing-index"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("add_index"):
        stated = one.declared
        if not isinstance(stated, Index):
            continue
        half = last_touch(context, one.table)
        unique = stated.unique is True
        kind, harm = ("Unique index", "lets duplicates in") if unique else ("Index", "has to scan the table")
        message = (
            f"{kind} `{one.name}` on `{one.table}` ({described(stated)}) is declared, and no revision creates it: the "
            f"database {harm}. Create it in a new revision."
        )
        touched = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=touched)


RULE = Rule(
    NAME,
    "a declared index that no revision creates",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_index",),
)
