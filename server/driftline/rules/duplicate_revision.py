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
        used = context.graph.revisions[one.id]
        yield Finding(
            NAME,
            Group.HISTORY.value,
            Level.ERROR,
            f"Revision `{one.id}` is in two files, `{PurePath(used.path).name}` and `{PurePath(one.path).name}`: "
            "Alembic uses the former, which it reads last, and leaves this one out. Give it an id of its own.",
            one.origin,
            one.path,
            revision=one.id,
            related=(Related(f"the other revision `{one.id}`", used.origin),),
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
