"""Revisions that follow themselves, by way of others or at once."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.finding import Finding, Level, Related
from driftline.rules.rule import Context, Group, Rule

NAME = "revision-cycle"


def check(context: Context) -> Iterator[Finding]:
    """Find them: one finding for each cycle."""
    for cycle in context.graph.cycles:
        known = [context.graph.revisions[one] for one in cycle if one in context.graph.revisions]
        if not known:
            continue
        first, *others = known
        circle = " → ".join(f"`{one.id}`" for one in (*known, first))
        yield Finding(
            NAME,
            Group.HISTORY.value,
            Level.ERROR,
            f"Revisions follow each other in a circle: {circle}. Alembic can't load the history; correct a "
            "`down_revision` (or `depends_on`).",
            first.down_revision_origin if first.down_revision_origin.path is not None else first.origin,
            first.path,
            revision=first.id,
            related=tuple(Related(f"revision `{one.id}` is part of it", one.down_revision_origin) for one in others),
        )


RULE = Rule(
    NAME,
    "revisions that follow each other in a circle",
    Group.HISTORY,
    Level.ERROR,
    check,
    sources=(),
)
