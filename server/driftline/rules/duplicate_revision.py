"""Two revision files with one id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from driftline.rules.finding import Finding, Level, Related
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "duplicate-revision"


def check(context: Context) -> Iterator[Finding]:
    """Find the files that repeat an id; both files are named."""
    for one in context.graph.duplicates:
        first = context.graph.revisions[one.id]
        yield Finding(
            NAME,
            Group.HISTORY.value,
            Level.ERROR,
            f"Revision `{one.id}` is in two files, `{PurePath(first.path).name}` and `{PurePath(one.path).name}`: "
            "Alembic "
            "uses only one of them. Give this one an id of its own.",
            one.origin,
            one.path,
            revision=one.id,
            related=(Related(f"the other revision `{one.id}`", first.origin),),
        )


RULE = Rule(
    NAME,
    "two files with one revision id",
    Group.HISTORY,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic-graph-extension",),
)
