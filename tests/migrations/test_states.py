"""States that are put together when they are asked for are those that the history would give."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.dataclass import replace
from driftline.migrations.states import State, States
from driftline.migrations.table_map import RELATION, TableMap, table_map
from driftline.schema import Index, IndexElement, Schema, Table

DIALECT = "postgresql"
LENGTH = 5
KEY = st.sampled_from("abc")


def history(made: list[list[Table]]) -> list[TableMap]:
    """The tables at each point, where each revision puts some."""
    states = [table_map({}, DIALECT)]
    for tables in made:
        now = states[-1]
        for table in tables:
            now = now.put(table.key, table)
        states.append(now)
    return states


@given(
    st.lists(st.lists(st.builds(Table, KEY), max_size=2), min_size=LENGTH, max_size=LENGTH),
    st.lists(st.tuples(st.integers(0, LENGTH - 1), st.booleans(), st.booleans()), max_size=6),
)
def test_states_are_those_of_the_history(made: list[list[Table]], edits: list[tuple[int, bool, bool]]) -> None:
    """After each edit of what a revision makes of tables, also of what they name; and the ones before are as before."""
    names = {f"r{at}": at for at in range(LENGTH)}
    first = [State(Schema(DIALECT, tables)) for tables in history(made)]
    states, expected = States(names, first), history(made)
    for number, (at, indexed, back) in enumerate(edits):
        before, then = states, expected
        indexes = (Index(f"ix_{number}", (IndexElement("x", "x"),)),) if indexed else ()
        other = [replace(one, comment="" if back else f"{number}", indexes=indexes) for one in made[at]]
        made = [*made[:at], other, *made[at + 1 :]]
        expected, states = history(made), states.copy()
        for table in other:
            states.put(table.key, at + 1, expected[at + 1][table.key])
            later = next((one for one in range(at + 1, LENGTH) if table.key in {_.key for _ in made[one]}), None)
            if later is not None:
                states.put(table.key, later + 1, expected[later + 1][table.key])

        for one, tables in ((states, expected), (before, then)):
            for point in range(LENGTH + 1):
                found = table_map(one.at(point).schema.tables, DIALECT)
                assert list(tables[point].items()) == list(found.items())
                for name in ["a", *(f"ix_{n}" for n in range(number + 1))]:
                    assert tables[point].holders(RELATION, (None, name)) == found.holders(RELATION, (None, name))
        assert states.before("r1") is states.after("r0")


def test_what_moved_is_told_to_who_knows_an_earlier_history() -> None:
    """All that moved since then; nothing of what moved before, and nothing at all to who knows another order."""
    one = States({"r": 0})
    two, three, other = one.copy(), one.copy(), States({"s": 0})
    two.follow(one, [(("tables", "a"), 0, 1)], in_order=True)
    three.follow(two, [(("tables", "b"), 0, 1)], in_order=True)
    other.follow(three, [(("tables", "c"), 0, 1)], in_order=False)

    assert () == three.moved_since(three.token)
    assert ((("tables", "b"), 0, 1),) == three.moved_since(two.token)
    assert ((("tables", "a"), 0, 1), (("tables", "b"), 0, 1)) == three.moved_since(one.token)
    assert ((("tables", "c"), 0, 1),) == other.moved_since(three.token)
    assert other.moved_since(two.token) is None
