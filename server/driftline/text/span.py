"""A half-open stretch of a text.

Example: `Span(0, 3)` is `"imp"` of `"import os"`.
"""

from __future__ import annotations

from driftline.dataclass import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """`start` (inclusive) to `end` (exclusive), both counted in code points from the beginning of the text."""

    start: int
    end: int

    def contains(self, offset: int) -> bool:
        """Whether `offset`.

        Code points lies in the span or right behind it, where an editor's cursor still touches it.
        """
        return self.start <= offset <= self.end

    def encloses(self, other: Span) -> bool:
        """Whether `other` lies wholly within this span."""
        return self.start <= other.start and other.end <= self.end
