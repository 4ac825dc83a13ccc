"""Timelines that are kept from one replay to the next are those that sorting all events gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.migrations.history import Event, Step
from driftline.migrations.operation import AddColumn
from driftline.migrations.timeline import Timelines, timelines
from driftline.schema import Column, Table, Type

NAMES = st.sampled_from(["a", "b", "c"])
TABLES = st.builds(lambda name, comment: Table(name, comment=comment), NAMES, st.sampled_from(["", "x"]))
OPERATION = AddColumn("a", Column("x", Type("INTEGER")))


@st.composite
def events(draw: st.DrawFn, revision: str) -> tuple[Event, ...]:
    """What a revision may do, renaming included."""
    made = [
        Event(revision, OPERATION, before, draw(st.one_of(TABLES, st.just(before))), draw(st.booleans()))
        for before in draw(st.lists(st.one_of(st.none(), TABLES), max_size=3))
    ]
    return tuple(made)


@given(st.data())
def test_timelines_are_those_of_all_events(data: st.DataObject) -> None:
    """Whichever steps are others, and in whatever order the tables come up."""
    kept = Timelines()
    steps = [Step(f"{at}", (), events=data.draw(events(f"{at}"))) for at in range(5)]
    for _ in range(4):
        found = kept.of(tuple(steps), ())

        expected = timelines(event for step in steps for event in step.events)
        assert list(expected.items()) == list(found.items())
        at = data.draw(st.integers(0, len(steps) - 1))
        steps[at] = Step(f"{at}", (), events=data.draw(events(f"{at}")))


def test_lines_of_other_tables_are_the_same_objects() -> None:
    """Only the lines of tables to which something else happens are made anew."""
    kept = Timelines()

    def step(name: str, comment: str) -> Step:
        event = Event(f"make {name}", OPERATION, None, Table(name, comment=comment))
        return Step(f"make {name}", (), events=(event,))

    other = step("b", "")
    before = kept.of((step("a", ""), other), ())
    after = kept.of((step("a", "more"), other), ())

    assert before["b"] is after["b"]
    assert "more" == (after["a"][0].after or Table("")).comment
