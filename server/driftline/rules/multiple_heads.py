"""More than one head on a branch."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.graph import ancestors, broken
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "multiple-heads"


def check(context: Context) -> Iterator[Finding]:
    """Find them: one finding for each branch label (or none) that several heads share.

    Silent where the graph is broken anyhow: what seems to be a head may have a follower that is not known.
    """
    if len(context.graph.heads) < 2 or broken(context.graph) is not None:  # noqa: PLR2004 - more than one
        return
    by_label: dict[str | None, list[str]] = {}
    for head in context.graph.heads:
        by_label.setdefault(_label(context, head), []).append(head)
    for label, heads in by_label.items():
        if len(heads) > 1:
            yield _finding(context, label, heads)


def _finding(context: Context, label: str | None, heads: list[str]) -> Finding:
    *others, last = sorted(heads, key=lambda head: (context.graph.revisions[head].create_date or "", head))
    one = context.graph.revisions[last]
    named = ", ".join(f"`{head}`" for head in (*others, last))
    branch = f" of branch `{label}`" if label is not None else ""
    return Finding(
        NAME,
        Group.HISTORY.value,
        Level.WARNING,
        f"There are {len(heads)} heads{branch}: {named}; `alembic upgrade head` refuses to run. Join them with "
        "`alembic "
        f"merge {' '.join((*others, last))}`, or make one follow the other.",
        one.origin,
        one.path,
        revision=last,
        related=tuple(Related(f"head `{head}`", context.graph.revisions[head].origin) for head in others),
    )


def _label(context: Context, head: str) -> str | None:
    """The branch label that only this head's history has: `alembic upgrade LABEL@head` then names it."""
    shared = ancestors(context.graph, (other for other in context.graph.heads if other != head))
    own = ancestors(context.graph, (head,)) - shared
    labels = sorted(label for one in own for label in context.graph.revisions[one].branch_labels)
    return labels[0] if labels else None


RULE = Rule(
    NAME,
    "more than one head",
    Group.HISTORY,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=(
        "sqlalchemy-lsp",
        "alembic-graph-extension",
        "pytest-alembic:single_head_revision",
    ),
)
