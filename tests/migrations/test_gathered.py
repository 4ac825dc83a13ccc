"""What is taken over from the last time is what would be made anew."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.dataclass import replace
from driftline.migrations.gathered import Gathered, Left
from driftline.migrations.table_map import table_map
from driftline.schema import Table
from tests.migrations.test_table_map import CHANGES, DIALECT, KEY, KEYS, changed

THINGS = [object() for _ in range(4)]


@given(st.lists(st.dictionaries(KEY, st.sampled_from(THINGS)), max_size=5))
def test_what_is_gathered_is_what_all_things_give(rounds: list[dict[str, object]]) -> None:
    """Whichever of them are others, come, go, or stand in another order."""
    made: list[object] = []

    def make(one: object) -> list[str]:
        made.append(one)
        return [f"{THINGS.index(one)} {number}" for number in range(THINGS.index(one))]

    kept = Gathered[object, str]()
    before: dict[str, object] = {}
    for things in rounds:
        made.clear()
        found = list(kept.of(things, make))

        assert [said for one in things.values() for said in make(one)] == found
        again = made[: len(made) - len(things)]
        assert len(again) == sum(before.get(key) is not one for key, one in things.items())
        before = things


@given(st.lists(st.tuples(CHANGES, st.lists(KEY), st.frozensets(KEY)), max_size=5))
def test_tables_but_for_some_are_those_of_the_state(
    rounds: list[tuple[list[tuple[object, ...]], list[str], frozenset[str]]],
) -> None:
    """However the state has come to be, and whatever is laid over it."""
    kept = Left()
    expected: dict[str, Table] = {}
    state = table_map({}, DIALECT)
    for number, (changes, laid, without) in enumerate(rounds):
        for change in changes:
            expected, state = changed(expected, state, change)
        other = {key: replace(expected[key], comment=f"{number}") for key in laid if key in expected}
        expected, state = expected | other, state.instead(other)

        found = kept.of(state, without)

        left = [(key, table) for key, table in expected.items() if key not in without]
        assert left == list(found.items())
        assert all(found[key] is state[key] for key in KEYS if key in found)
