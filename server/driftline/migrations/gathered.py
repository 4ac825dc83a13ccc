"""What is made of each of many things, kept from one time to the next.

Example: `gathered.of(tables, columns_of)` calls `columns_of` for the tables alone that are others than the last time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Gathered(Generic[T, R]):
    """By key, what was made of the thing that was there. Things are told apart by their identity."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._known: dict[str, tuple[T, Sequence[R]]] = {}

    def of(self, things: Mapping[str, T], make: Callable[[T], Sequence[R]]) -> Iterator[R]:
        """Give what `make` makes of each thing, in their order. It must depend on nothing else."""
        known, now = self._known, dict[str, tuple[T, Sequence[R]]]()
        for key, thing in things.items():
            kept = known.get(key)
            if kept is None or kept[0] is not thing:
                kept = thing, make(thing)
            now[key] = kept
            if kept[1]:
                yield from kept[1]
        self._known = now
