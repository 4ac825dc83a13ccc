"""Edits that make one version of a text of another, and changes of enums."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from driftline.fixes.change import AlterEnum
from driftline.fixes.differing import differing, unified
from driftline.fixes.steps import Execute, steps
from driftline.schema import Enum
from driftline.text import apply_edits

TEXTS = st.lists(st.sampled_from(["a", "b", "\n", "\r\n", "\r", "\f", "\u2028", "c\n"])).map("".join)
LABELS = st.lists(st.sampled_from("abcdef"), min_size=1, unique=True).map(tuple)


@given(TEXTS, TEXTS)
def test_edits_make_the_other_text(before: str, after: str) -> None:
    """Applied to the one they give the other, whatever the line ends; of equal texts there are none."""
    assert after == apply_edits(before, differing(before, after))
    assert () == differing(before, before)


@given(TEXTS, TEXTS)
def test_no_diff_of_what_reads_alike(before: str, after: str) -> None:
    """A diff is empty just where the lines are the same, but for their ends."""

    def lines(text: str) -> str:
        return text.replace("\r\n", "\n").replace("\r", "\n")

    assert (lines(before) == lines(after)) == (unified(before, after, "x") == "")


@given(LABELS, LABELS)
def test_labels_come_to_stand_where_they_belong(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Adding labels one by one, each before or after another, gives the order that is wanted."""
    change = AlterEnum(Enum("e", before), Enum("e", after), ())
    if change.adds is None:
        assert [one for one in after if one in before] != list(before)
        return
    made = list(before)
    for step in steps(change, "postgresql", copies=False):
        assert isinstance(step, Execute)
        assert step.autocommit
        words = step.sql.replace("'", "").split()
        label, place = words[words.index("EXISTS") + 1], words[words.index("EXISTS") + 2 :]
        at = len(made) if not place else made.index(place[1]) + (place[0] == "AFTER")
        made.insert(at, label)

    assert list(after) == made
