"""How many examples of a property are tried: in `make test-long`, which looks for new ones, five times as many.

Example: `@settings(max_examples=examples(50))`.
"""

from __future__ import annotations

from hypothesis import settings

from tests.long.effort import times

_MORE = 5


def examples(count: int) -> int:
    """Give how many are tried where an ordinary run, in which they are always the same, tries `count`."""
    return count if settings().derandomize else times(_MORE * count)
