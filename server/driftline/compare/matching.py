"""Pairing what the two halves of a table hold of one kind, step by step: the surest pairs first.

Example: `matched(stated, made, lambda one, other: one.name == other.name)` takes those of one name out of both lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

T = TypeVar("T")


def matched(stated: list[T], made: list[T], alike: Callable[[T, T], bool]) -> Iterator[tuple[T, T]]:
    """Take from the two lists what belongs together, and give the pairs in the order of `stated`.

    Each is paired at most once, with the first that is `alike`.
    """
    for one in tuple(stated):
        other = next((other for other in made if alike(one, other)), None)
        if other is not None:
            stated[:] = [left for left in stated if left is not one]
            made[:] = [left for left in made if left is not other]
            yield one, other
