"""Revisions as users name them: an id or its unambiguous beginning, `head`, `heads`, `base`, or a branch label.

Example: `at_revision("0005", work)` is the same `Work`, its migrations counting up to revision 0005.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure
from driftline.engine.analyse import Work, graph
from driftline.engine.settings import unknown

if TYPE_CHECKING:
    from driftline.migrations.graph import Graph

BASE = "base"
"""Before the first revision: an empty database."""


def known_revision(name: str, work: Work) -> str | None:
    """Give the id of the revision that `name` means: None for the heads, "base" for none at all. Raises `Failure`."""
    revisions = graph(work)
    if name in {"heads", BASE}:
        return BASE if name == BASE else None
    if name in revisions.revisions:
        return name
    branch, _, symbol = name.rpartition("@")
    if symbol == "head" or (not branch and name == "head"):
        return _head(branch, revisions)
    begun = [one for one in revisions.revisions if one.startswith(name)]
    labelled = [one.id for one in revisions.revisions.values() if name in one.branch_labels]
    found = begun or labelled
    if len(found) == 1:
        return found[0]
    if found:
        msg = f"`{name}` could be any of the revisions {', '.join(f'`{one}`' for one in sorted(found))}"
        raise Failure(msg)
    where = f"among the {len(revisions.revisions)} revisions of {work.environment.label}"
    msg = f"{unknown('revision', name, revisions.revisions)} ({where})"
    raise Failure(msg)


def at_revision(name: str, work: Work) -> Work:
    """Give `work` with its migrations counting up to the revision that `name` means (not `base`). Raises `Failure`."""
    found = known_revision(name, work)
    if found == BASE:
        msg = "at `base` nothing is migrated yet; name a revision"
        raise Failure(msg)
    return replace(work, at=found)


def _head(branch: str, revisions: Graph) -> str | None:
    if not branch:
        if len(revisions.heads) > 1:
            msg = f"there are several heads, {', '.join(f'`{one}`' for one in revisions.heads)}; name one, or `heads`"
            raise Failure(msg)
        return None
    own = [one for one in revisions.heads if _is_above(one, branch, revisions)]
    if len(own) != 1:
        msg = f"the branch `{branch}` has {len(own) or 'no'} heads"
        raise Failure(msg)
    return own[0]


def _is_above(revision: str, branch: str, revisions: Graph) -> bool:
    """Whether `revision` is, or comes after, the one that is called or labelled `branch`."""
    waiting, seen = [revision], set[str]()
    while waiting:
        one = revisions.revisions.get(waiting.pop())
        if one is None or one.id in seen:
            continue
        seen.add(one.id)
        if branch == one.id or branch in one.branch_labels:
            return True
        waiting += one.down_revisions
    return False
