"""Edits are applied at once, each in terms of the text before any of them."""

from __future__ import annotations

import pytest

from driftline.text import Span, TextEdit, apply_edits


def test_edits_refer_to_the_text_before_any_edit() -> None:
    """The order in which edits are given does not matter, and insertions at one place keep theirs."""
    edits = [TextEdit(Span(3, 4), "D"), TextEdit(Span(0, 0), "1"), TextEdit(Span(0, 0), "2"), TextEdit(Span(1, 3), "")]

    assert "12aD" == apply_edits("abcd", edits)


@pytest.mark.parametrize("edits", [[TextEdit(Span(0, 2), ""), TextEdit(Span(1, 3), "")], [TextEdit(Span(3, 9), "")]])
def test_overlapping_or_outlying_edits_are_refused(edits: list[TextEdit]) -> None:
    """Nothing is guessed where edits contradict each other."""
    with pytest.raises(ValueError, match="overlaps another one or lies outside"):
        apply_edits("abcd", edits)
