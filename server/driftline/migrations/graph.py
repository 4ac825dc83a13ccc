"""The revision graph: revisions by id, their order, heads and bases, and what is wrong with them.

Example: `Graph(revisions={"0001": Revision("0001", ...)}, order=("0001",), heads=("0001",), bases=("0001",))`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.graph_order import Lines, find_cycles, inverted, oldest_first, reach, upgrade_order
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision file.

    `message`: the first line of its docstring. `create_date`: as the docstring's `Create Date:` says it, or None.

    `down_revisions` are full ids where the graph knows them (partial ids are resolved as Alembic does).
    `unknown`: why identifiers in it could not be read.
    """

    id: str
    path: str
    down_revisions: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    message: str = ""
    create_date: str | None = None
    unknown: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)
    """The `revision = …` statement."""
    down_revision_origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Graph:
    """All revisions of an environment.

    `order`: a topological order, as `alembic upgrade heads` applies them, of those that can be ordered.

    `missing`: (revision id, parent id that no file has). `missing_dependencies`: the same for depends_on. `duplicates`:
    revisions that share an id with one in `revisions`. `cycles`: revision ids that form a cycle.
    """

    revisions: Mapping[str, Revision] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    missing_dependencies: tuple[tuple[str, str], ...] = ()
    duplicates: tuple[Revision, ...] = ()
    cycles: tuple[tuple[str, ...], ...] = ()
    unknown: tuple[Unknown, ...] = ()


def lines_of(revisions: Mapping[str, Revision]) -> Lines:
    """Give the edges between `revisions`; `depends_on` is normalised as Alembic does it.

    A dependency that an ancestor (by `down_revision`) names as well is left to that ancestor.
    """
    down = {one.id: tuple(parent for parent in one.down_revisions if parent in revisions) for one in revisions.values()}
    resolved = {one.id: tuple(parent for parent in one.depends_on if parent in revisions) for one in revisions.values()}
    depends: dict[str, tuple[str, ...]] = dict.fromkeys(down, ())
    for one, named in resolved.items():
        if named:
            inherited = {
                dependency for ancestor in reach([one], down.__getitem__) - {one} for dependency in resolved[ancestor]
            }
            depends[one] = tuple(dependency for dependency in dict.fromkeys(named) if dependency not in inherited)
    return Lines(down, depends)


def ancestors(graph: Graph, revisions: Iterable[str]) -> frozenset[str]:
    """Give all revisions that must be applied before `revisions` (also by depends_on), and `revisions` themselves."""

    def parents(revision: str) -> tuple[str, ...]:
        one = graph.revisions[revision]
        return tuple(parent for parent in (*one.down_revisions, *one.depends_on) if parent in graph.revisions)

    return frozenset(reach((one for one in revisions if one in graph.revisions), parents))


def descendants(graph: Graph, revision: str) -> frozenset[str]:
    """Give all revisions that must be applied after `revision` (also by depends_on), and `revision` itself."""
    followers = inverted({one.id: (*one.down_revisions, *one.depends_on) for one in graph.revisions.values()})
    return frozenset(reach((revision,), lambda one: followers.get(one, ())))


def broken(graph: Graph) -> Unknown | None:
    """Say why it is not known what comes before some revision: files are missing, cannot be read, or form a cycle."""
    if graph.unknown:
        return graph.unknown[0]
    for revision, parent in (*graph.missing, *graph.missing_dependencies):
        return missing_parent(graph.revisions[revision], parent)
    for one in graph.revisions.values():
        if one.unknown is not None:
            return one.unknown
    if graph.cycles:
        return Unknown(
            f"revision `{graph.cycles[0][0]}` comes before itself", graph.revisions[graph.cycles[0][0]].origin
        )
    return None


def missing_parent(revision: Revision, parent: str) -> Unknown:
    """Say that a revision builds on one that no file has."""
    return Unknown(f"revision `{parent}`, on which `{revision.id}` builds, is in no file", revision.origin)


def order_up_to(graph: Graph, revisions: Iterable[str]) -> tuple[str, ...]:
    """Give the order in which `alembic upgrade` applies `revisions`, and what comes before them, to an empty database.

    Revisions that cannot be ordered (they form a cycle, or come after one) are left out.
    """
    if graph.missing:
        wanted = ancestors(graph, revisions)
        return tuple(one for one in graph.order if one in wanted)
    ordered = frozenset(graph.order)
    orderable = {one: revision for one, revision in graph.revisions.items() if one in ordered}
    return upgrade_order(lines_of(orderable), [one for one in revisions if one in orderable])


def _order(revisions: Mapping[str, Revision], lines: Lines, heads: Sequence[str]) -> tuple[str, ...]:
    """Give Alembic's order; what comes after a revision that is in no file comes last, the oldest first.

    Alembic refuses to apply anything then. What has a first revision can be told from it; where the others belong is
    not known, and the days that they were written on and the names of their files are all there is to go by.
    """
    lost = [one.id for one in revisions.values() if any(parent not in revisions for parent in one.down_revisions)]
    after = reach(lost, inverted({one: lines.both(one) for one in revisions}).__getitem__)
    order = tuple(one for one in upgrade_order(lines, heads) if one not in after)
    return (*order, *oldest_first(lines, after, lambda one: (revisions[one].create_date or "", revisions[one].path)))


def build_graph(revisions: Iterable[Revision], unknown: Iterable[Unknown] = ()) -> Graph:
    """Make a graph of `revisions`, given in file order, with identifiers as the files state them.

    As in Alembic, the last file wins where several have one id, `depends_on` may name a branch label, and identifiers
    in files are never partial.
    """
    everything = tuple(revisions)
    by_id = {one.id: one for one in everything}
    labels = {label: one.id for one in by_id.values() for label in one.branch_labels}
    resolved = {
        one.id: replace(
            one, depends_on=tuple(labels.get(name, name) if name not in by_id else name for name in one.depends_on)
        )
        for one in by_id.values()
    }
    lines = lines_of(resolved)
    edges = {
        one.id: (*lines.down[one.id], *(name for name in one.depends_on if name in resolved))
        for one in resolved.values()
    }
    cycles = find_cycles(edges)
    blocked = reach((one for cycle in cycles for one in cycle), inverted(edges).__getitem__)
    free = {one: revision for one, revision in resolved.items() if one not in blocked}
    free_lines = lines_of(free)
    needed = {parent for one in free for parent in free_lines.both(one)}
    parents = {parent for one in resolved for parent in lines.down[one]}
    return Graph(
        revisions=resolved,
        order=_order(free, free_lines, [one for one in free if one not in needed]),
        heads=tuple(one for one in resolved if one not in parents),
        bases=tuple(one for one, revision in resolved.items() if not revision.down_revisions),
        missing=tuple(
            (one.id, parent) for one in resolved.values() for parent in one.down_revisions if parent not in resolved
        ),
        missing_dependencies=tuple(
            (one.id, name) for one in resolved.values() for name in one.depends_on if name not in resolved
        ),
        duplicates=tuple(one for one in everything if by_id[one.id] is not one),
        cycles=cycles,
        unknown=tuple(unknown),
    )
