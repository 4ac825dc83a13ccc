"""What runs leave behind: it goes, and what is kept does not grow with the number of edits."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from driftline.lsp.garbage import ALL_EVERY, settle
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
    for run in range(1, 2 * ALL_EVERY + 1):
        if run % 50 == 0:
            names = ("updated_at", "changed_at") if run % 100 == 0 else ("changed_at", "updated_at")
            followed.edit("shop/columns.py", *reversed(names))
        settle(run)
        if run % ALL_EVERY == 0:
            followed.session.ran.clear()
            followed.session.took.clear()
            counts.append(gc.get_freeze_count())

    assert counts[1] <= counts[0] * 1.01


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

    settle(ALL_EVERY)

    assert old_gone() is None
