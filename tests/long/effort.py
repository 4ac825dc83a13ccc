"""How much of it is done: `DRIFTLINE_EFFORT=10 make test-long` fuzzes and soaks ten times as long.

Example: `times(50)` is 50, or 500 with that; `seed()` is another one in each run, unless `DRIFTLINE_SEED` names it.
"""

from __future__ import annotations

import os
import random
from random import Random


def times(count: int) -> int:
    """Give how often something is to be done that is done `count` times in an ordinary long run; at least once."""
    return max(1, int(count * float(os.environ.get("DRIFTLINE_EFFORT", "1"))))


def chance(begin: int) -> Random:
    """Give a source of random choices, the same for the same beginning."""
    return Random(begin)  # noqa: S311 - damage, no secrets


def seed() -> int:
    """Give what the run's random choices begin with; a failure tells it."""
    return int(os.environ.get("DRIFTLINE_SEED", random.SystemRandom().randrange(1 << 32)))
