"""More than one base without a branch label."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.graph import Revision, broken
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule

NAME = "multiple-bases"


def check(context: Context) -> Iterator[Finding]:
    """Find the bases after the first one that no label and no `depends_on` shows to be meant."""
    graph = context.graph
    if broken(graph) is not None:
        return
    bases = [graph.revisions[one] for one in graph.bases]
    plain = [one for one in bases if not one.branch_labels and not one.depends_on]
    if len(plain) < 2:  # noqa: PLR2004 -- one base is what every history has
        return
    first, *others = sorted(plain, key=_age)
    for one in others:
        yield history_finding(
            NAME,
            Level.INFORMATION,
            f"Revision `{one.id}` follows none, and so does `{first.id}`: the history begins {len(plain)} times. Set "
            "its `down_revision`, or give it a branch label if a second line of revisions is meant.",
            context,
            revision=one.id,
            origin=one.down_revision_origin,
            related=[Related(f"base `{first.id}`", first.origin)],
        )


def _age(one: Revision) -> tuple[str, str]:
    return one.create_date or "", one.id


RULE = Rule(
    NAME,
    "more than one base without a label",
    Group.HISTORY,
    Level.INFORMATION,
    check,
    fix=Fixable.NEVER,
)
