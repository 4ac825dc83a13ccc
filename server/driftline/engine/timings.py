"""Which stages ran, how often and how long: `driftline check --timings`, and the server's log.

Example: `timings(session)` begins with `models       1     181.3 ms`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from driftline.engine.session import Session

_UNITS = {"revision": "followed", "apply": "applied", "table": "tables touched", "pair": "tables compared"}
"""Parts of stages that are counted, and what is done to them."""


def timings(session: Session) -> Iterator[str]:
    """Give a line for each stage, in the order in which they first ran, then one for what they did of their parts."""
    counts = Counter(name for name, _ in session.ran)
    for name, seconds in session.seconds.items():
        yield f"{name:<12} {counts[name]:>6} {seconds * 1000:>10.1f} ms"
    parts = summary(one for one in session.ran if one[0] in _UNITS)
    if parts:
        yield parts


def summary(ran: Iterable[tuple[str, str]]) -> str:
    """Say in a line what ran of stages and of their parts, as (what, key)."""
    counts: Mapping[str, int] = Counter(name for name, _ in ran)
    return ", ".join(f"{count} {_UNITS.get(name, name)}" for name, count in counts.items())
