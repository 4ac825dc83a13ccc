"""What runs leave behind: it goes, and what is kept does not grow with the number of edits."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from driftline.lsp.garbage import look_rarely, settle, settle_all
from tests.engine import shop
from tests.engine.test_reruns import Followed


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Nothing stays put aside after a test."""
    yield
    gc.unfreeze()


def test_what_is_kept_does_not_grow_with_the_number_of_edits() -> None:
    """Edits of a helper leave circles; after a look through everything, as much is there as before."""
    followed = Followed(shop.in_memory(), shop.ROOT)
    settle(0)
    counts = []
    for run in range(1, 41):
        names = ("updated_at", "changed_at") if run % 2 == 0 else ("changed_at", "updated_at")
        followed.edit("shop/columns.py", *reversed(names))
        settle(run)
        if run % 20 == 0:
            followed.session.ran.clear()
            followed.session.took.clear()
            settle_all()
            counts.append(gc.get_freeze_count())

    assert counts[1] <= counts[0] * 1.01


def test_circles_that_were_put_aside_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many runs leave circles that only a look through everything finds, such a look comes in time."""
    monkeypatch.setattr("driftline.lsp.garbage.GROWTH", 0.0)  # else the bound is what happens to be in this process
    settle_all()
    before, most = gc.get_freeze_count(), 0
    for run in range(1, 31):
        circle: list[object] = [Circle() for _ in range(30_000)]
        circle.append(circle)
        settle(run)
        most = max(most, gc.get_freeze_count())
        del circle

    assert most - before < 500_000


def test_everything_is_looked_through_when_there_is_time_unless_that_would_be_too_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Up to some growth nothing is due; then it is, for whoever has time; at twice as much it is done."""
    looked: list[None] = []
    monkeypatch.setattr("driftline.lsp.garbage.settle_all", lambda: looked.append(None))
    blocks = iter((1_000_000, 1_000_000 + 490_000, 1_000_000 + 510_000, 1_000_000 + 1_010_000))
    monkeypatch.setattr("sys.getallocatedblocks", lambda: next(blocks))
    due = [settle(run) for run in range(3)]

    assert [False, False, True] == due
    assert [] == looked
    assert not settle(3)
    assert [None] == looked


def test_other_threads_objects_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of all objects would hold the tuples that another thread is making, and make that fail (SystemError)."""

    def listed(*_generation: int) -> list[object]:
        msg = "nobody may hold all objects"
        raise AssertionError(msg)

    monkeypatch.setattr(gc, "get_objects", listed)
    for run in range(3):
        settle(run)
    settle_all()


class Circle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.me = self


def test_a_run_is_cleaned_up_after_and_all_once_in_a_while() -> None:
    """A circle that a run makes goes after it; one that was put aside goes with the next look through everything."""
    old = Circle()
    settle(0)
    new = Circle()
    old_gone, new_gone = weakref.ref(old), weakref.ref(new)
    del old, new
    settle(1)

    assert (False, True) == (old_gone() is None, new_gone() is None)

    settle_all()

    assert old_gone() is None


def test_while_a_project_is_read_only_the_newest_objects_are_looked_through() -> None:
    """A million objects that stay are looked through once each, some at a time, and never together."""
    before, looks = gc.get_threshold(), []
    look_rarely()
    gc.callbacks.append(lambda phase, info: looks.append(info["generation"]) if phase == "start" else None)
    try:
        kept = [[at] for at in range(1_200_000)]
    finally:
        gc.callbacks.pop()
        gc.set_threshold(*before)

    assert len(kept) > len(looks) > len(kept) // 100_000
    assert {0} == set(looks)
