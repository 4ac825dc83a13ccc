"""Who looks at which places is looked up as it was told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.migrations.lookers import Lookers

PLACE = st.tuples(st.just("tables"), st.sampled_from("abc"))
LOOKS = st.one_of(st.none(), st.frozensets(PLACE))
POINT = st.integers(0, 7)


@given(
    st.lists(LOOKS, min_size=6, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), LOOKS)),
    st.lists(st.tuples(PLACE, POINT, POINT).filter(lambda one: one[1] < one[2])),
)
def test_those_are_found_who_look_at_a_place(
    looking: list[frozenset[tuple[str, str]] | None],
    changes: list[tuple[int, frozenset[tuple[str, str]] | None]],
    moved: list[tuple[tuple[str, str], int, int]],
) -> None:
    """Also after some of them look at something else: the next one, and all that a place concerns that has moved."""
    lookers = Lookers(enumerate(looking))
    for one, now in changes:
        lookers.put(one, looking[one], now)
        looking[one] = now

    for place in [("tables", name) for name in "abc"]:
        for start in range(7):
            expected = [at for at in range(start, 6) if place in (looking[at] or ())]
            assert (expected[0] if expected else None) == lookers.next(place, start)
    assert [at for at in range(6) if looking[at] is None] == lookers.blind
    expected_to_meet = {
        at
        for place, since, until in moved
        for at in range(6)
        if place in (looking[at] or ()) and any(since <= point < until for point in (at, at + 1))
    }
    assert expected_to_meet == set(lookers.meeting(moved, before=0, after=1))
