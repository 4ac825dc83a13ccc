"""Which stages ran, for what, and how long: `driftline check --timings`, the server's log, and `driftline.trace`.

Example: `timings(session)` ends with lines like `models       1     181.3 ms`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from driftline.engine.session import Session

_UNITS = {
    "revision": "followed",
    "apply": "applied",
    "table": "tables touched",
    "pair": "tables compared",
    "rule": "judged",
}
"""Parts of stages that are counted, and what is done to them."""
_NAMED = 20
"""How many parts of a kind are named: a cold start follows and applies everything."""


def timings(session: Session) -> Iterator[str]:
    """Give what `trace` does of all that ran, then a line for each stage: how often it ran, and how long in all."""
    yield from trace(session.took, session.ran)
    counts = Counter(name for name, _ in session.ran)
    for name, seconds in session.seconds.items():
        yield f"{name:<12} {counts[name]:>6} {seconds * 1000:>10.1f} ms"


def trace(took: Iterable[tuple[str, str, float]], ran: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Give a line for each stage that ran, with its own time and what it ran for; then what was done to their parts.

    `took`: (stage, key, seconds); `ran`: (stage or part, key).
    """
    for name, key, seconds in took:
        yield f"{name:<12} {seconds * 1000:>10.1f} ms  {key}"
    done: dict[str, dict[str, int]] = {}
    for name, key in ran:
        if name in _UNITS:
            times = done.setdefault(name, {})
            times[key] = times.get(key, 0) + 1
    for name, times in done.items():
        yield f"{_UNITS[name]}: {_named(times)}"


def _named(times: Mapping[str, int]) -> str:
    """Give how many there were, and the first of them, as often as they were."""
    names = [f"{key} ({count} times)" if count > 1 else key for key, count in list(times.items())[:_NAMED]]
    more = f" and {len(times) - _NAMED} more" if len(times) > _NAMED else ""
    return f"{sum(times.values())} ({', '.join(names)}{more})"
