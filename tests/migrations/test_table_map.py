"""Tables of which each version is a value look like the dictionary that the same changes make."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.dataclass import replace
from driftline.migrations.table_map import CONSTRAINT, ENUM, REFERRING, RELATION, TableMap, table_map
from driftline.migrations.trie import Trie
from driftline.migrations.working import constraint_names, relation_names
from driftline.schema import Column, ForeignKey, Index, IndexElement, Table, Type, UniqueConstraint

KEYS = [f"t{at}" for at in range(40)]
DIALECT = "postgresql"


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table with a few names of its own."""
    names = st.sampled_from(["a", "b", "c"])
    return Table(
        draw(st.sampled_from(KEYS)),
        columns=tuple(Column(one, Type("E", enum=one)) for one in draw(st.lists(names, unique=True))),
        indexes=tuple(Index(one, (IndexElement("id", "id"),)) for one in draw(st.lists(names, unique=True))),
        unique_constraints=tuple(UniqueConstraint(one, ("id",)) for one in draw(st.lists(names, unique=True))),
        foreign_keys=tuple(ForeignKey(None, ("id",), one, ("id",)) for one in draw(st.lists(st.sampled_from(KEYS)))),
    )


KEY = st.sampled_from(KEYS)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), tables()), st.tuples(st.just("drop"), KEY), st.tuples(st.just("move"), KEY, tables())
    ),
    max_size=80,
)


def changed(
    expected: dict[str, Table], found: TableMap, change: tuple[object, ...]
) -> tuple[dict[str, Table], TableMap]:
    """Make one change on both."""
    match change:
        case ("put", Table() as table):
            return {**expected, table.name: table}, found.put(table.name, table)
        case ("drop", str(key)):
            return {one: table for one, table in expected.items() if one != key}, found.put(key, None)
        case ("move", str(key), Table() as table) if key in expected:
            kept = {one: other for one, other in expected.items() if one != table.name or one == key}
            made = {table.name if one == key else one: table if one == key else other for one, other in kept.items()}
            return made, found.move(key, table.name, table)
        case _:
            return expected, found


@given(CHANGES)
def test_a_table_map_looks_like_a_dictionary(changes: list[tuple[object, ...]]) -> None:
    """In what it holds and in its order; and what was taken before stays as it was."""
    expected: dict[str, Table] = {}
    found = table_map({}, DIALECT)
    states = [(expected, found)]
    for change in changes:
        expected, found = changed(expected, found, change)
        states.append((expected, found))

    for tables_then, state in states:
        assert list(tables_then.items()) == list(state.items())
        assert len(tables_then) == len(state)
        assert [key in tables_then for key in KEYS] == [key in state for key in KEYS]


@given(CHANGES)
def test_what_is_looked_up_is_what_a_search_would_find(changes: list[tuple[object, ...]]) -> None:
    """Who holds a name of a table, an index or a constraint, who refers to a table, who has a type."""
    expected: dict[str, Table] = {}
    found = table_map({}, DIALECT)
    for change in changes:
        expected, found = changed(expected, found, change)

    for name in [*KEYS, "a", "b", "c"]:
        assert {key for key, one in expected.items() if name in relation_names(one, DIALECT)} == set(
            found.holders(RELATION, (None, name))
        )
        assert {key for key, one in expected.items() if name in constraint_names(one)} == set(
            found.holders(CONSTRAINT, (None, name))
        )
        assert {
            key for key, one in expected.items() if any(to.referred_table == name for to in one.foreign_keys)
        } == set(found.holders(REFERRING, name))
        assert {key for key, one in expected.items() if any(of.type.enum == name for of in one.columns)} == set(
            found.holders(ENUM, name)
        )


@given(CHANGES, CHANGES)
def test_two_versions_are_told_apart(first: list[tuple[object, ...]], more: list[tuple[object, ...]]) -> None:
    """By the keys at which they have other tables, whichever way they came about."""
    expected: dict[str, Table] = {}
    found = table_map({}, DIALECT)
    for change in first:
        expected, found = changed(expected, found, change)
    before, then = expected, found
    for change in more:
        expected, found = changed(expected, found, change)

    assert {key for key in KEYS if before.get(key) is not expected.get(key)} == then.differing(found)


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=300))
def test_a_trie_looks_like_a_dictionary(changes: list[tuple[int, bool]]) -> None:
    """However many keys it holds, and though the hashes of some are alike in many bits."""
    expected: dict[int, int] = {}
    found: Trie[int] = Trie()
    for at, (number, stays) in enumerate(changes):
        key = number << 40  # alike in their low bits
        if stays:
            expected[key] = at
            found = found.put(key, at)
        else:
            expected.pop(key, None)
            found = found.without(key)

    assert expected == dict(found.items())
    assert len(expected) == len(found)


@given(CHANGES, CHANGES)
def test_what_is_put_together_later_is_the_same(
    first: list[tuple[object, ...]], more: list[tuple[object, ...]]
) -> None:
    """However many changes nobody has looked at: in what it holds, its order and the names."""
    at_once = later = table_map({}, DIALECT)
    for change in (*first, *more):
        if change[0] != "move":
            at_once = changed({}, at_once, change)[1]
            later = TableMap.later(later, lambda before, change=change: changed({}, before, change)[1])

    assert list(at_once.items()) == list(later.items())
    for kind in (RELATION, CONSTRAINT, REFERRING, ENUM):
        for name in (*KEYS, *(("", one) for one in "abc"), *((None, one) for one in (*KEYS, *"abc")), *"abc"):
            assert at_once.holders(kind, name) == later.holders(kind, name)


EDITS = st.lists(st.tuples(st.lists(KEY, min_size=1, max_size=3), st.booleans(), CHANGES), max_size=4)
"""Keys at which other tables are laid, whether somebody looks at the state then, and how it is changed after that."""


@given(CHANGES, EDITS)
def test_tables_with_other_columns_stand_where_those_before_stood(
    changes: list[tuple[object, ...]], edits: list[tuple[list[str], bool, list[tuple[object, ...]]]]
) -> None:
    """Also where nobody has looked at the state with the edit before, and where it is changed after that."""
    expected: dict[str, Table] = {}
    found = table_map({}, DIALECT)
    for change in changes:
        expected, found = changed(expected, found, change)
    before, now = expected, found
    for at, (keys, looked_at, more) in enumerate(edits):
        other = {key: replace(expected[key], comment=f"{at}") for key in keys if key in expected}
        expected = expected | other
        now = now.instead(other)
        if looked_at:
            assert list(expected.items()) == list(now.items())
        for change in more if looked_at else ():
            then = now
            expected, now = changed(expected, now, change)
            assert {key for key in KEYS if then.get(key) is not now.get(key)} == then.differing(now)

    assert list(expected.items()) == list(now.items())
    assert [expected.get(key) for key in KEYS] == [now.get(key) for key in KEYS]
    assert [expected[key] for key in expected] == [now[key] for key in expected]
    assert {key for key in KEYS if before.get(key) is not expected.get(key)} == found.differing(now)
    assert list(before.items()) == list(found.items())
    for name in [*KEYS, "a", "b", "c"]:
        holders = {key for key, one in expected.items() if name in relation_names(one, DIALECT)}
        assert holders == set(now.holders(RELATION, (None, name)))
