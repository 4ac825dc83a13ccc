"""The order in which `alembic upgrade` applies revisions, and the walks over the graph that it rests on.

Everything here is a loop: a chain of thousands of revisions must not meet Python's recursion limit. The order is the
one of Alembic's `RevisionMap._topological_sort` (1.20), so that a replay meets branches in the order in which a
database does; where Alembic's own order depends on the hashing of a set (several `depends_on` at one revision), it is
the source's.

Invariant: knows identifiers and edges, never files.

Example: for `b` and `c` both on top of `a`, `upgrade_order` gives `("a", "b", "c")` or `("a", "c", "b")`, as Alembic
would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from driftline.dataclass import dataclass

Edges = Mapping[str, tuple[str, ...]]
"""From a revision id to the ids that it names."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The edges between revisions that exist, by id, in file order.

    `down`: `down_revision`. `depends`: `depends_on` as revision ids, without those that an ancestor already depends on.
    """

    down: Edges
    depends: Edges

    def both(self, revision: str) -> tuple[str, ...]:
        """Give the revisions that must be applied before `revision`, each once."""
        return tuple(dict.fromkeys((*self.down[revision], *self.depends[revision])))


def reach(start: Iterable[str], edges: Callable[[str], Iterable[str]]) -> set[str]:
    """Give everything that can be reached from `start` along `edges`, `start` included."""
    seen: set[str] = set()
    todo = list(start)
    while todo:
        one = todo.pop()
        if one not in seen:
            seen.add(one)
            todo.extend(edges(one))
    return seen


def inverted(edges: Edges) -> dict[str, tuple[str, ...]]:
    """Turn edges from children to parents into edges from parents to children, in the order of the children."""
    children: dict[str, list[str]] = {one: [] for one in edges}
    for child, parents in edges.items():
        for parent in dict.fromkeys(parents):
            children.setdefault(parent, []).append(child)
    return {one: tuple(found) for one, found in children.items()}


def find_cycles(edges: Edges) -> tuple[tuple[str, ...], ...]:
    """Give the groups of revisions that come before themselves, in the order of `edges` (Tarjan's components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    position = {one: at for at, one in enumerate(edges)}
    for root in edges:
        if root in index:
            continue
        work = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for child in rest:
                if child not in edges:
                    continue
                if child not in index:
                    index[child] = low[child] = len(index)
                    stack.append(child)
                    on_stack.add(child)
                    work.append((child, iter(edges[child])))
                    break
                if child in on_stack:
                    low[node] = min(low[node], index[child])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    group: list[str] = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                        on_stack.discard(group[-1])
                    if len(group) > 1 or node in edges[node]:
                        found.append(tuple(sorted(group, key=position.__getitem__)))
    return tuple(sorted(found, key=lambda group: position[group[0]]))


def oldest_first(lines: Lines, revisions: Collection[str], age: Callable[[str], Any]) -> tuple[str, ...]:
    """Give `revisions`, parents first, and the one with the lowest `age` first where several may come next.

    `lines` must be free of cycles.
    """
    waits = {one: set(lines.both(one)).intersection(revisions) for one in lines.down if one in revisions}
    children = inverted({one: tuple(parents) for one, parents in waits.items()})
    ready = [(age(one), one) for one, parents in waits.items() if not parents]
    heapify(ready)
    found: list[str] = []
    while ready:
        _, one = heappop(ready)
        found.append(one)
        for child in children[one]:
            waits[child].discard(one)
            if not waits[child]:
                heappush(ready, (age(child), child))
    return tuple(found)


def upgrade_order(lines: Lines, targets: Sequence[str]) -> tuple[str, ...]:
    """Give `targets` and all that must be applied before them, parents first, in Alembic's order.

    `lines` must be free of cycles. Heads that wait for another head are passed over until that one has come down to
    them.
    """
    todo = reach(targets, lines.both)
    position = {one: at for at, one in enumerate(lines.down)}
    heads = sorted(set(targets) & todo, key=position.__getitem__)
    ancestors = [reach([head], lines.both) for head in heads]
    emitted: list[str] = []
    at = 0
    while heads:
        candidate = heads[at]
        waiting_for = next(
            (other for other, known in enumerate(ancestors) if other != at and candidate in known),
            None,
        )
        if waiting_for is not None:
            at = waiting_for
            continue
        if candidate in todo:
            emitted.append(candidate)
            todo.discard(candidate)
        following = [one for one in lines.both(candidate) if one in todo and one not in heads]
        if not following:
            del heads[at], ancestors[at]
            at = max(at - 1, 0)
        elif not lines.depends[candidate] and len(lines.down[candidate]) == 1:
            heads[at] = following[0]
            ancestors[at].discard(candidate)
        else:
            heads[at] = following[0]
            ancestors[at] = reach([following[0]], lines.both)
            heads += following[1:]
            ancestors += [reach([one], lines.both) for one in following[1:]]
    return tuple(reversed(emitted))
