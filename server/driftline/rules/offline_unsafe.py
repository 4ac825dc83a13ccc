"""Revisions that need a database also where `alembic upgrade --sql` has none."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "offline-unsafe"


def check(context: Context) -> Iterator[Finding]:
    """Find the revisions, each once, at the first thing that they ask of the database."""
    for revision in context.graph.revisions:
        said = context.contents.get(revision)
        if said is not None and said.asks:
            yield history_finding(
                NAME,
                Level.HINT,
                f"Revision `{revision}` reads from the database, and `alembic upgrade --sql` has none: it fails "
                "there. Look at `context.is_offline_mode()` first, or do without the answer.",
                context,
                revision=revision,
                origin=said.asks_origin,
            )


RULE = Rule(
    NAME,
    "a revision that `alembic upgrade --sql` fails on",
    Group.HISTORY,
    Level.HINT,
    check,
    fix=Fixable.NEVER,
    on=False,
)
