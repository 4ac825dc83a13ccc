"""What is made of each of many things, kept from one time to the next.

Example: `gathered.of(tables, columns_of)` calls `columns_of` for the tables alone that are others than the last time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from driftline.migrations.table_map import TableMap
from driftline.python.same import others_at
from driftline.schema import Table

T = TypeVar("T")
R = TypeVar("R")


class Gathered(Generic[T, R]):
    """By key, what was made of the thing that was there. Things are told apart by their identity."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._keys: list[str] = []
        self._things: list[T] = []
        self._made: dict[int, Sequence[R]] = {}
        """By the place of a thing, what was made of it, where that is anything."""

    def of(self, things: Mapping[str, T], make: Callable[[T], Sequence[R]]) -> Iterator[R]:
        """Give what `make` makes of each thing, in their order. It must depend on nothing else."""
        keys, now = [*things], [*things.values()]
        if keys != self._keys:
            self._take_over(keys)
        for at in others_at(self._things, now):
            made = make(now[at])
            self._made.pop(at, None)
            if made:
                self._made[at] = made
        self._things = now
        for at in sorted(self._made):
            yield from self._made[at]

    def _take_over(self, keys: list[str]) -> None:
        """Take over what is kept to where its things are in another order; of those that come, nothing is."""
        places = {key: at for at, key in enumerate(self._keys)}
        were = [places.get(key) for key in keys]
        nothing: object = self
        self._made = {at: self._made[was] for at, was in enumerate(were) if was is not None and was in self._made}
        self._things = [nothing if was is None else self._things[was] for was in were]  # type: ignore[misc]
        self._keys = keys


class Left:
    """The tables of a state but for some, kept from one time to the next."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._last: tuple[TableMap, Collection[str], Mapping[str, Table]] | None = None

    def of(self, state: TableMap, without: Collection[str]) -> Mapping[str, Table]:
        """Give the tables, in order. Where they are arranged as before, only those that are others are put in."""
        last = self._last
        if last is not None and last[1] == without and state.is_arranged_as(last[0]):
            found = {**last[2], **{key: state[key] for key in state.differing(last[0]) if key not in without}}
        else:
            found = {key: table for key, table in state.items() if key not in without}
        self._last = state, without, found
        return found
