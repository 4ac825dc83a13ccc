"""Revisions that follow a revision which no file has."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.finding import Finding, Level
from driftline.rules.revision_text import nearest
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "unknown-down-revision"


def check(context: Context) -> Iterator[Finding]:
    """Find them, unless a revision file was not read: it could be the missing one."""
    if context.graph.unknown:
        return
    for revision, parent in context.graph.missing:
        one = context.graph.revisions[revision]
        yield Finding(
            NAME,
            Group.HISTORY.value,
            Level.ERROR,
            f"Revision `{revision}` follows `{parent}`, and no file has that revision{nearest(context, parent)}: "
            "Alembic "
            "can't load the history. Correct `down_revision`, or restore the missing file.",
            one.down_revision_origin if one.down_revision_origin.path is not None else one.origin,
            one.path,
            revision=revision,
        )


RULE = Rule(
    NAME,
    "a down_revision that no file has",
    Group.HISTORY,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=(
        "sqlalchemy-lsp",
        "alembic-graph-extension",
    ),
)
