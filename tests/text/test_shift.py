"""A place is followed through an edit of the text around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.text import Shift, Span, TextEdit, apply_edits

# No character stands twice in a text, so that it is plain which one is meant.
OLD = st.permutations("abcdefgh").map("".join)
PUT = st.permutations("XYZ\n").map("".join)


@given(OLD, st.integers(0, 8), st.integers(0, 8), PUT)
def test_what_stands_outside_of_an_edit_is_found_again(old: str, start: int, length: int, put: str) -> None:
    """Every span before or behind an edit has the same text at its new place, and one inside of it is empty or gone."""
    edited = Span(start, min(start + length, len(old)))
    new = apply_edits(old, [TextEdit(edited, put)])
    shift = Shift(old, new)

    for first in range(len(old)):
        for last in range(first + 1, len(old) + 1):
            there = shift.span(Span(first, last))
            if last <= edited.start or first >= edited.end:
                assert old[first:last] == new[there.start : there.end]
            assert 0 <= there.start <= there.end <= len(new)


def test_a_change_in_the_middle_moves_what_follows() -> None:
    """Lines below an inserted line move down, lines above stay."""
    shift = Shift("one\ntwo\nsix", "one\nnew\ntwo\nsix")

    assert [Span(0, 3), Span(12, 15)] == [shift.span(Span(0, 3)), shift.span(Span(8, 11))]
