"""What stands around a module when it is run: what an evaluation finds besides modules, and what only grows in it.

Example: `stands(unit.standing, standing(run))` says whether a module would find what it found the last time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from driftline.python.kept.alike import all_alike

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter

Standing = tuple[tuple[object, ...], ...]


def growing(run: Interpreter) -> tuple[list[Any] | dict[Any, Any], ...]:
    """Give the collections in which an evaluation writes down what it finds; while modules are run they only grow."""
    return run.classes, run.assigned, *run.host.growing()


def standing(run: Interpreter) -> Standing | None:
    """Give what an evaluation finds besides modules; None in the middle of something that it would depend on.

    First what no module may change that is not to be run every time, then what it may add to.
    """
    host = run.host.standing()
    if host is None or run.shadow is not None or run.assumed or run.making:
        return None
    fixed, *grown = host
    assigned = tuple(part for item in run.assigned.items() for part in item)
    return (*run.modules.roots, "", *fixed), assigned, *grown


def stands(before: Standing | None, now: Standing | None) -> bool:
    """Whether all is as it was."""
    return before is not None and now is not None and all(map(all_alike, before, now))


def stood(before: Standing | None, after: Standing | None) -> bool:
    """Whether all that was there before still is, and nothing was added but where that may be done."""
    if before is None or after is None or len(before[0]) != len(after[0]):
        return False
    return all(all_alike(one, other[: len(one)]) for one, other in zip(before, after, strict=True))


def tail(place: list[Any] | dict[Any, Any], mark: int) -> list[Any] | None:
    """Give what was added to a collection since it had `mark` items; None where some were taken away."""
    more = len(place) - mark
    if more <= 0:
        return [] if more == 0 else None
    if isinstance(place, list):
        return place[mark:]
    items = reversed(place.items())
    return [next(items) for _ in range(more)][::-1]
