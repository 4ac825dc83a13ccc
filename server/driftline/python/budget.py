"""How much work evaluation may do, and what happens when it has done that much.

Straight-line code costs what it is long; loops, calls and big values are what a budget is for. Each statement of a
module has a budget of its own, so that one that never ends takes nothing from its neighbours.

Invariant: there is no input for which evaluation does not come to an end within these bounds.
"""

from __future__ import annotations

import sys

from driftline.dataclass import dataclass

RECURSION_LIMIT = 3000
"""Python frames: at this limit, parsing the most deeply nested text still fits into a stack of 1 MiB (tried: 512 KiB
overflows in CPython's own parser even at the default limit of 1000)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The bounds of one entry into the evaluator (`module`, `run_file`, `call` …).

    `steps`: expressions evaluated, statements run, and eight elements or characters of a big value (a step takes about
    a microsecond); each module that is read adds its own length. `statement_steps`: the same for one statement of a
    module. `depth`: how deep calls, imports and expressions may be nested in each other, together. `size`: elements of
    one container, characters of one string. `modules`: how many are read.
    """

    steps: int = 2_000_000
    statement_steps: int = 400_000
    depth: int = 600
    size: int = 1_000_000
    modules: int = 10_000


class Exhausted(Exception):  # noqa: N818 - not an error: a signal from the meter to whoever can go on without the value
    """The budget is used up; `reason` is a clause for the user. Caught where a statement can do without its value."""

    def __init__(self, reason: str) -> None:
        """Keep the `reason`."""
        super().__init__(reason)
        self.reason = reason


TOO_MANY_STEPS = "it took too many steps to work out"
TOO_DEEP = "it is nested or called too deeply to work out"
TOO_BIG = "it is too big to work out"


def make_room() -> int:
    """Raise the interpreter's recursion limit to what evaluation needs; give how many frames are in use now."""
    if sys.getrecursionlimit() < RECURSION_LIMIT:
        sys.setrecursionlimit(RECURSION_LIMIT)
    frames = 0
    frame = sys._getframe()  # noqa: SLF001 - the documented way to see the stack
    while frame.f_back is not None:
        frame = frame.f_back
        frames += 1
    return frames
