"""What users call revisions: ids, the beginning of an id, `head`, `heads`, `base`, branch labels and relative steps.

As Alembic's `RevisionMap` resolves them (1.20), for an empty database: `+2` counts from its base, and `-1` from the
heads.

Example: `resolve(graph, "ae10")`, `resolve(graph, "billing@head")`, `resolve(graph, "head-1")` give revision ids.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftline.dataclass import dataclass
from driftline.migrations.graph import Graph, lines_of
from driftline.migrations.graph_order import inverted, reach
from driftline.regex import regex

_RELATIVE = regex(r"(?:(?P<branch>.+?)@)?(?P<start>\w+)?(?P<steps>[+-]\d+)$")
_SHORTEST_PARTIAL_OF = 4
"""Alembic looks a partial id up among names of at least this many characters."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """No single answer: `message` is a sentence for the user."""

    message: str


def resolve(graph: Graph, name: str) -> tuple[str, ...] | Unresolved:
    """Give the ids of the revisions that `name` stands for; () for `base`: the empty database."""
    relative = _RELATIVE.match(name) if name not in graph.revisions else None
    if relative is not None:
        return _relative(graph, name, relative["branch"], relative["start"], int(relative["steps"]))
    branch, _, rest = name.rpartition("@")
    return _absolute(graph, rest, branch or None)


def _absolute(graph: Graph, name: str, branch: str | None) -> tuple[str, ...] | Unresolved:
    if name == "base":
        return ()
    if name in ("head", "heads"):
        return _heads(graph, name, branch)
    found = _identified(graph, name, branch)
    if isinstance(found, Unresolved):
        return found
    if branch is not None:
        root = _identified(graph, branch, None)
        if isinstance(root, Unresolved):
            return Unresolved(f"there is no branch `{branch}`")
        if root not in _lineage(graph, found):
            return Unresolved(f"revision `{found}` is not on the branch `{branch}`")
    return (found,)


def _heads(graph: Graph, name: str, branch: str | None) -> tuple[str, ...] | Unresolved:
    heads = graph.heads
    if name == "heads" and branch is None:
        needed = {
            one for revision in graph.revisions.values() for one in (*revision.down_revisions, *revision.depends_on)
        }
        return tuple(one for one in heads if one not in needed)
    if branch is not None:
        root = _identified(graph, branch, None)
        if isinstance(root, Unresolved):
            return Unresolved(f"there is no branch `{branch}`")
        heads = tuple(one for one in heads if root in _lineage(graph, one))
    if name == "head" and len(heads) > 1:
        listed = ", ".join(f"`{one}`" for one in heads)
        return Unresolved(f"there are several heads ({listed}): say which, or `heads` for all")
    return heads


def _heads_on(graph: Graph, branch: str | None) -> tuple[str, ...]:
    found = _heads(graph, "heads", branch)
    return () if isinstance(found, Unresolved) else found


def _identified(graph: Graph, name: str, branch: str | None) -> str | Unresolved:
    """Look up an id, a branch label or the beginning of either."""
    labels = {label: one.id for one in graph.revisions.values() for label in one.branch_labels}
    if name in graph.revisions:
        return name
    if name in labels:
        return labels[name]
    names = [one for one in (*graph.revisions, *labels) if len(one) >= _SHORTEST_PARTIAL_OF and one.startswith(name)]
    if branch is not None:
        root = _identified(graph, branch, None)
        names = [one for one in names if root in _lineage(graph, labels.get(one, one))]
    if not name or not names:
        return Unresolved(f"there is no revision or branch `{name}`")
    if len(names) > 1:
        listed = ", ".join(f"`{one}`" for one in names[:3])
        return Unresolved(f"several revisions start with `{name}`: {listed}")
    return labels.get(names[0], names[0])


def _lineage(graph: Graph, revision: str) -> set[str]:
    """Give the ancestors and descendants of `revision` by down_revision, with itself."""
    down = lines_of(graph.revisions).down
    children = inverted(down)
    return reach([revision], down.__getitem__) | reach([revision], lambda one: children.get(one, ()))


def _relative(
    graph: Graph, name: str, branch: str | None, start: str | None, steps: int
) -> tuple[str, ...] | Unresolved:
    starts = _absolute(graph, start or ("heads" if steps < 0 else "base"), branch)
    if isinstance(starts, Unresolved):
        return starts
    down = lines_of(graph.revisions).down
    children = inverted(down)

    def one_step(at: str | None) -> Iterable[str | None]:
        if steps > 0:
            above = graph.bases if at is None else children.get(at, ())
            root = None if branch is None else _identified(graph, branch, None)
            return [one for one in above if root is None or root in _lineage(graph, one)]
        return () if at is None else (down[at] or (None,))

    ends: list[str] = []
    for first in starts or (None,):
        at: str | None = first
        for step in range(abs(steps)):
            # Alembic walks down from `base` by starting at the top.
            from_top = steps < 0 and step == 0 and at is None
            following: list[str | None] = [*_heads_on(graph, branch)] if from_top else list(one_step(at))
            if not following:
                return Unresolved(f"`{name}` goes further than there are revisions")
            if len(following) > 1:
                return Unresolved(f"`{name}` is ambiguous: the history branches there")
            at = following[0]
        if at is not None:
            ends.append(at)
    return tuple(dict.fromkeys(ends))
