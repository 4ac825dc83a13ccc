"""Tables in layers look like the dictionary that the same changes make."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.migrations.layered import Layered, layered
from driftline.schema import Table

KEYS = st.sampled_from([f"t{at}" for at in range(12)])
STEPS = st.lists(st.tuples(KEYS, st.sampled_from([None, "one", "two"])), max_size=120)


@given(st.lists(KEYS, unique=True), STEPS)
def test_layers_look_like_a_dictionary(first: list[str], steps: list[tuple[str, str | None]]) -> None:
    """In what they hold and in their order; and what was taken before stays as it was."""
    expected = {key: Table(key) for key in first}
    found = layered(dict(expected), {})
    states: list[tuple[Layered, list[tuple[str, Table]]]] = []
    for key, comment in steps:
        if comment is None:
            expected.pop(key, None)
            found = found.changed({key: None} if key in found else {})
        else:
            expected[key] = Table(key, comment=comment)
            found = found.changed({key: expected[key]})
        states.append((found, list(expected.items())))

    for state, items in states:
        assert items == list(state.items())
        assert len(items) == len(state)
        assert all((key in state) == (key in dict(items)) for key in ("t0", "t5", "t11"))
