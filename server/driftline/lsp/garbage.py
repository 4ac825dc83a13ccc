"""When the server looks for garbage: after a run, among what is new since the last one.

Nearly all that a server holds stays for as long as it runs: syntax trees, facts, schemas. Python's own full passes look
through all of it, again and again, and stop every thread meanwhile: a tenth of a second for each 100 MiB. What a run
leaves behind is small, and so is the pass that looks through that alone; what is there afterwards is put aside.

What has been put aside goes when nothing refers to it any more. Only circles among such objects stay: the evaluator of
models that were edited since is one, 5 MiB in a project of 34 tables. So all is looked through when memory has grown
by half since the last time, and nobody has asked for anything for a while; whoever asks all the time waits for it when
it has doubled. Memory is bounded, and the passes together cost in proportion to what the runs make.

Example: `look_rarely()` when the server starts, `settle(1)` after the second run, and `settle_all()` some time after
it gave true.
"""

from __future__ import annotations

import gc
import sys

from driftline.dataclass import dataclass

_YOUNG = 50_000
"""New objects before the youngest are looked through; while a large project is read nearly none of them is garbage."""
_NEVER = 1_000_000


def look_rarely() -> None:
    """Let Python look through the newest objects now and then, and never through those that have stayed once.

    The latter would come when a million of them are there: a pass of half a second in the midst of a first run.
    """
    gc.set_threshold(_YOUNG, _NEVER, _NEVER)


GROWTH = 0.5
"""By how much memory may grow before everything is to be looked through, as a part of what was there the last time.

By twice as much before that is done at once.
"""
IDLE = 2.0
"""Seconds without a run after which it is done."""
_LEAST = 200_000
"""Blocks by which it may grow in any case: some 10 MiB."""


@dataclass(slots=True)
class _Memory:
    """How many blocks of memory were in use after the last look through everything."""

    then: int = 0


_MEMORY = _Memory()
"""Of the process, as its garbage is."""


def settle(run: int) -> bool:
    """Take away the garbage of a run, and put aside what is left. `run`: how many there were before it.

    Gives whether everything should be looked through when there is time for that.

    The garbage of a first run is little, and looking for it would take as long as it takes to look through everything.
    Objects are not counted by `gc.get_objects`: it holds the half-made tuples of other threads, which then fail.
    """
    if run:
        gc.collect()
    gc.freeze()
    now = sys.getallocatedblocks()
    if not run:
        _MEMORY.then = now
    allowed = max(_LEAST, _MEMORY.then * GROWTH)
    if now > _MEMORY.then + 2 * allowed:
        settle_all()
        return False
    return now > _MEMORY.then + allowed


def settle_all() -> None:
    """Look through everything: much of it has gone."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _MEMORY.then = sys.getallocatedblocks()
