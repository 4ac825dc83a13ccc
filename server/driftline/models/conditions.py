"""The conditions that what is being told hangs on: branches that nobody knows to be taken.

Invariant: a table hangs on the conditions that were open when it was made. Only what is open beyond these makes
something doubtful that comes to the table later.

Example: in `if FEATURE:`, which is not known, `doubt_on(users)` says why, where `users` was made before it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from driftline.python.host import Branch, Taken
from driftline.python.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.models.records import TableRecord


class Conditions:
    """What is open now."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._untaken = 0
        self._assumed = 0
        self._doubts: list[Unknown] = []
        """Innermost last."""
        self.made_in: dict[int, int] = {}
        """How many of these decided on a table that was made, by the identity of its record."""

    @property
    def are_untaken(self) -> bool:
        """Whether a branch is followed that is not taken: nothing in it is to be written down."""
        return self._untaken > 0

    @property
    def are_open(self) -> bool:
        """Whether there are any around here."""
        return bool(self._doubts) or self._untaken > 0 or self._assumed > 0

    @property
    def are_assumed(self) -> bool:
        """Whether a branch is followed that is only assumed to be taken."""
        return self._assumed > 0

    @contextmanager
    def follow(self, branch: Branch) -> Iterator[None]:
        """Be in a branch."""
        untaken = branch.taken is Taken.UNTAKEN
        why = Unknown(f"it depends on `{branch.condition}`", branch.origin)
        self._untaken += untaken
        self._assumed += not untaken
        try:
            with self.doubt(why):
                yield
        finally:
            self._untaken -= untaken
            self._assumed -= not untaken

    @contextmanager
    def doubt(self, reason: Unknown) -> Iterator[None]:
        """Be where something may not be done, for this reason."""
        self._doubts.append(reason)
        try:
            yield
        finally:
            self._doubts.pop()

    @property
    def open(self) -> tuple[Unknown, ...]:
        """What is open, for `as_then`."""
        return tuple(self._doubts)

    @contextmanager
    def as_then(self, doubts: tuple[Unknown, ...]) -> Iterator[None]:
        """Be where these were `open`, for what was done there and comes to a table only now."""
        now, self._doubts = self._doubts, list(doubts)
        try:
            yield
        finally:
            self._doubts = now

    def note_made(self, record: TableRecord) -> None:
        """Take note of a table that was made just now: whether it is there hangs on the same as what is added to it."""
        if self._doubts:
            self.made_in[id(record)] = len(self._doubts)

    def doubt_on(self, record: TableRecord | None) -> Unknown | None:
        """Say why what is done to a table now may not be done where the table is there; None where it surely is.

        `record` is None for what is on no table yet.
        """
        made_in = self.made_in.get(id(record), 0) if record is not None else 0
        return self._doubts[-1] if len(self._doubts) > made_in else None
