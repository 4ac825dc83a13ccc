"""Who looks at which places of the state: from a place that is another one to the revisions that this may concern.

Example: `lookers.next(("tables", "users"), 12)` is the first revision, from the twelfth on, that looks at `users`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from typing import Any

from driftline.migrations.states import Moved

Place = tuple[str, Any]


class Lookers:
    """By place, who looks at it: by their places in the order of the history, ascending.

    `blind`: those of whom it is not known what they look at.
    """

    def __init__(self, looking: Iterable[tuple[int, Iterable[Place] | None]]) -> None:
        """Note who looks at which places, in their order; None where that is not known."""
        self._at: dict[Place, list[int]] = {}
        self.blind: list[int] = []
        for one, places in looking:
            if places is None:
                self.blind.append(one)
            else:
                for place in places:
                    known = self._at.setdefault(place, [])
                    if not known or known[-1] != one:
                        known.append(one)

    def put(self, one: int, before: Iterable[Place] | None, now: Iterable[Place] | None) -> None:
        """Note what somebody looks at instead of what it did."""
        was, is_ = set(before or ()), set(now or ())
        for place in was - is_:
            self._at[place].remove(one)
        for place in is_ - was:
            insort(self._at.setdefault(place, []), one)
        if (before is None) is not (now is None):
            if now is None:
                insort(self.blind, one)
            else:
                self.blind.remove(one)

    def next(self, place: Place, start: int) -> int | None:
        """Give the first one, from `start` on, who looks at a place; None where nobody does."""
        known = self._at.get(place, ())
        at = bisect_left(known, start)
        return known[at] if at < len(known) else None

    def meeting(self, moved: Iterable[Moved], *, before: int, after: int) -> Iterator[int]:
        """Give those who look at a place that has moved.

        `before`, `after`: the first and the last point that they look at, counted from the one before them.
        """
        for place, since, until in moved:
            known = self._at.get(place, ())
            yield from known[bisect_left(known, since - after) : bisect_left(known, until - before)]
