"""Revisions that depend on a revision or a branch label which no file has."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.finding import Finding, Level
from driftline.rules.revision_text import nearest
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "unknown-depends-on"


def check(context: Context) -> Iterator[Finding]:
    """Find them, unless a revision file was not read: it could be the missing one."""
    if context.graph.unknown:
        return
    for revision, dependency in context.graph.missing_dependencies:
        one = context.graph.revisions[revision]
        yield Finding(
            NAME,
            Group.HISTORY.value,
            Level.ERROR,
            f"Revision `{revision}` depends on `{dependency}`, and no file has that revision or branch label"
            f"{nearest(context, dependency)}: Alembic can't load the history. Correct `depends_on`.",
            one.origin,
            one.path,
            revision=revision,
        )


RULE = Rule(
    NAME,
    "a depends_on that no file has",
    Group.HISTORY,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=(),
)
