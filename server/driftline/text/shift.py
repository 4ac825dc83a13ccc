r"""Following a place from one version of a text to the next.

Example: `Shift("a\nb", "x\na\nb").span(Span(2, 3))` is `Span(4, 5)`.
"""

from __future__ import annotations

from collections.abc import Callable

from driftline.text.span import Span


class Shift:
    """Maps spans of an old version of a text to a new one, where the two differ in one stretch.

    What they share at both ends keeps its characters. Text put right before or behind a span is no part of it.
    """

    __slots__ = ("_delta", "_prefix", "_suffix_start")

    def __init__(self, old: str, new: str) -> None:
        """Compare the two; about linear in their length."""
        most = min(len(old), len(new))
        self._prefix = _longest(most, lambda length: old[:length] == new[:length])
        suffix = _longest(most - self._prefix, lambda length: not length or old[-length:] == new[-length:])
        self._suffix_start = len(old) - suffix
        self._delta = len(new) - len(old)

    def span(self, span: Span) -> Span:
        """Give where a span (code points) of the old text is in the new; empty where the change swallowed it."""
        start, end = span.start, span.end
        if start >= self._suffix_start:
            start += self._delta
        elif start > self._prefix:
            start = self._prefix
        if end > self._prefix:
            end = end + self._delta if end >= self._suffix_start else self._prefix
        return Span(start, max(start, end))

    def back(self, span: Span) -> Span | None:
        """Give where a span of the new text was in the old; None where it touches what the two differ in."""
        if span.end < self._prefix:
            return span
        if span.start > self._suffix_start + self._delta:
            return Span(span.start - self._delta, span.end - self._delta)
        return None


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """Give the greatest length up to `most` that `holds`; where one does, every shorter one does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
