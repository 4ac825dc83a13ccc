"""The revision graph against Alembic's own `RevisionMap`."""

from __future__ import annotations

from collections.abc import Iterable

from alembic.script.revision import CycleDetected, RevisionError, RevisionMap
from alembic.script.revision import Revision as AlembicRevision
from hypothesis import given
from hypothesis import strategies as st

from driftline.migrations.graph import Graph, Revision, ancestors, broken, build_graph, descendants, order_up_to
from driftline.migrations.revision_name import Unresolved, resolve


@st.composite
def histories(draw: st.DrawFn) -> list[Revision]:
    """Histories without cycles: branches, merges, several bases, labels and dependencies, in any file order."""
    size = draw(st.integers(1, 12))
    ids = [
        f"{number:04d}" for number in draw(st.lists(st.integers(0, 9999), min_size=size, max_size=size, unique=True))
    ]
    labels: list[str] = []
    revisions: list[Revision] = []
    for at, name in enumerate(ids):
        earlier = st.sampled_from(ids[:at]) if at else st.nothing()
        down = draw(st.lists(earlier, max_size=min(at, 2), unique=True)) if at else []
        depends = draw(st.lists(earlier, max_size=min(at, 2), unique=True)) if at and draw(st.booleans()) else []
        depends = [one for one in depends if one not in down]
        if labels and draw(st.integers(0, 5)) == 0:
            depends = [draw(st.sampled_from(labels))]
        label = (f"label{at}",) if draw(st.integers(0, 4)) == 0 else ()
        revisions.append(Revision(name, f"/{name}.py", tuple(down), tuple(depends), label))
        labels += label
    return draw(st.permutations(revisions))


def alembic_map(revisions: Iterable[Revision]) -> RevisionMap:
    """Give Alembic's map of the same revisions."""
    return RevisionMap(
        lambda: [
            AlembicRevision(one.id, one.down_revisions or None, one.depends_on or None, one.branch_labels)
            for one in revisions
        ]
    )


def alembic_order(made: RevisionMap, target: str) -> tuple[str, ...]:
    """Give the order in which `alembic upgrade TARGET` applies revisions to an empty database."""
    return tuple(reversed([one.revision for one in made.iterate_revisions(target, (), implicit_base=True)]))


def is_ordered(graph: Graph, order: tuple[str, ...]) -> bool:
    """Whether every revision comes after those that it needs."""
    at = {one: index for index, one in enumerate(order)}
    return all(
        at[parent] < at[one]
        for one in order
        for parent in (*graph.revisions[one].down_revisions, *graph.revisions[one].depends_on)
        if parent in at
    )


@given(histories())
def test_order_heads_and_bases_are_alembics(revisions: list[Revision]) -> None:
    """Heads, bases and the order of an upgrade are Alembic's, up to the hash order of several dependencies."""
    graph = build_graph(revisions)
    made = alembic_map(revisions)

    assert graph.heads == made.heads
    assert graph.bases == made.bases
    assert set(graph.order) == set(graph.revisions)
    assert is_ordered(graph, graph.order)
    assert graph.cycles == ()
    if all(len(made.get_revision(one.id)._normalized_resolved_dependencies) < 2 for one in revisions):
        assert graph.order == alembic_order(made, "heads")
        for one in revisions:
            assert order_up_to(graph, [one.id]) == alembic_order(made, one.id)
            assert ancestors(graph, [one.id]) == set(alembic_order(made, one.id))


@given(histories())
def test_descendants_are_those_that_have_it_as_an_ancestor(revisions: list[Revision]) -> None:
    """The one is the inverse of the other, also by `depends_on`; where nothing is wrong, nothing is broken."""
    graph = build_graph(revisions)

    for one in graph.revisions:
        assert descendants(graph, one) == {other for other in graph.revisions if one in ancestors(graph, [other])}
    assert broken(graph) is None


def test_what_follows_a_revision_of_a_broken_graph() -> None:
    """Circles end, and parents that no file has are no revisions; why the graph is broken is said with the file."""
    circle = build_graph(
        [Revision("a", "/a.py", ("b",)), Revision("b", "/b.py", ("a", "gone")), Revision("c", "/c.py")]
    )

    assert descendants(circle, "a") == {"a", "b"}
    assert descendants(circle, "gone") == {"gone", "a", "b"}
    assert "`gone`, on which `b` builds, is in no file" in getattr(broken(circle), "reason", "")


def test_a_dependency_that_no_file_has_breaks_the_graph() -> None:
    """What a dependency in no file creates is not known: the graph says so, and no table is absent for want of it."""
    graph = build_graph([Revision("a", "a.py"), Revision("b", "b.py", ("a",), depends_on=("gone",))])

    assert "`gone`, on which `b` builds, is in no file" in getattr(broken(graph), "reason", "")


@given(
    histories(),
    st.data(),
)
def test_names_are_resolved_as_alembic_does(revisions: list[Revision], data: st.DataObject) -> None:
    """An id, a partial id, a label, a head or a relative step means what it means to Alembic."""
    graph = build_graph(revisions)
    made = alembic_map(revisions)
    ids = [one.id for one in revisions]
    labels = [label for one in revisions for label in one.branch_labels]
    word = st.one_of(
        st.sampled_from([*ids, *(one[:3] for one in ids), *labels]), st.sampled_from(["head", "heads", "base", "nope"])
    )
    name = data.draw(
        st.one_of(
            word,
            st.builds("{}@{}".format, st.sampled_from([*labels, *ids]), st.sampled_from(["head", "heads", *ids])),
            st.builds("{}{:+d}".format, word.filter(lambda one: one != "heads"), st.integers(-3, 3).filter(bool)),
            st.builds("+{}".format, st.integers(1, 3)),
        )
    )

    ours = resolve(graph, name)

    assert (None if isinstance(ours, Unresolved) else set(ours)) == _alembic_names(made, name)


def _alembic_names(made: RevisionMap, name: str) -> set[str] | None:
    try:
        found = made._parse_upgrade_target((), name, assert_relative_length=True)
    except (RevisionError, AssertionError):
        return None
    return None if any(one is None for one in found) else {one.revision for one in found if one != "base"}


@given(histories(), st.data())
def test_a_cycle_that_alembic_refuses_is_found(revisions: list[Revision], data: st.DataObject) -> None:
    """What Alembic calls a cycle is one to us, and what is left can still be ordered."""
    ids = [one.id for one in revisions]
    extra = data.draw(st.dictionaries(st.sampled_from(ids), st.sampled_from(ids), max_size=2))
    changed = [
        Revision(one.id, one.path, tuple(dict.fromkeys((*one.down_revisions, *filter(None, [extra.get(one.id)])))))
        for one in revisions
    ]
    graph = build_graph(changed)
    try:
        refused = not alembic_map(changed)._revision_map
    except CycleDetected:
        refused = True
    assert not refused or graph.cycles != ()
    if not graph.cycles:
        assert set(graph.order) == set(ids)
    assert is_ordered(graph, graph.order)
    assert not {one for cycle in graph.cycles for one in cycle} & set(graph.order)


def test_what_comes_after_a_missing_revision_comes_last() -> None:
    """Whatever order the files come in: first what has a beginning, then the rest, parents first, by date and name."""
    lost = Revision("lost", "/2.py", ("gone",), create_date="2026-02-02")
    files = [
        Revision("base", "/1.py", (), create_date="2026-03-03"),
        Revision("next", "/3.py", ("base",)),
        lost,
        Revision("after", "/0.py", ("lost",), create_date="2026-01-01"),
        Revision("older", "/4.py", ("gone too",), create_date="2026-01-05"),
        Revision("undated b", "/b.py", ("gone",)),
        Revision("undated a", "/a.py", ("gone",)),
    ]
    for given_order in (files, files[::-1]):
        graph = build_graph(given_order)

        assert graph.order == ("base", "next", "undated a", "undated b", "older", "lost", "after")
        assert order_up_to(graph, ["after", "next"]) == ("base", "next", "lost", "after")
        assert order_up_to(graph, graph.heads) == graph.order


def test_what_is_wrong_is_said() -> None:
    """Missing parents, missing dependencies and duplicates are listed, and the rest is ordered all the same."""
    first = Revision("a", "/a.py")
    second = Revision("b", "/b.py", ("gone",), ("nowhere", "main"))
    labelled = Revision("c", "/c.py", (), (), ("main",))
    again = Revision("a", "/z.py")

    graph = build_graph([first, second, labelled, again])

    assert graph.missing == (("b", "gone"),)
    assert graph.missing_dependencies == (("b", "nowhere"),)
    assert graph.revisions["b"].depends_on == ("nowhere", "c")
    assert graph.duplicates == (first,)
    assert graph.revisions["a"] is not first
    assert is_ordered(graph, graph.order)
    assert set(graph.order) == {"a", "b", "c"}


def test_a_long_chain_needs_no_recursion() -> None:
    """Five thousand revisions in a row, and a cycle as long, are ordered by loops."""
    count = 5000
    chain = [Revision(str(one), f"/{one}.py", (str(one - 1),) if one else ()) for one in range(count)]
    ring = [Revision(str(one), f"/{one}.py", (str((one - 1) % count),)) for one in range(count)]

    assert build_graph(chain).order == tuple(str(one) for one in range(count))
    assert [len(cycle) for cycle in build_graph(ring).cycles] == [count]
