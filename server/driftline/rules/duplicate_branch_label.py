"""Branch labels that two revisions have."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.finding import Finding, Level, Related
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "duplicate-branch-label"


def check(context: Context) -> Iterator[Finding]:
    """Find the labels that are taken, by another revision's label or by an id: Alembic keeps both in one table."""
    graph = context.graph
    owners: dict[str, str] = {}
    for one in graph.revisions.values():
        for label in one.branch_labels:
            if label in graph.revisions:
                first, what = label, f"is the id of revision `{label}`"
            elif label in owners:
                first, what = owners[label], f"is the label of revision `{owners[label]}` too"
            else:
                owners[label] = one.id
                continue
            yield history_finding(
                NAME,
                Level.ERROR,
                f"The branch label `{label}` of revision `{one.id}` {what}: every Alembic command refuses to run. "
                "Give it another label, or take the label away.",
                context,
                revision=one.id,
                origin=one.origin,
                related=[Related(f"revision `{first}`", graph.revisions[first].origin)] if first != one.id else [],
            )


RULE = Rule(
    NAME,
    "a branch label that is taken",
    Group.HISTORY,
    Level.ERROR,
    check,
    fix=Fixable.NEVER,
)
