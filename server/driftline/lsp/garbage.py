"""When the server looks for garbage: after a run, among what is new since the last one.

Nearly all that a server holds stays for as long as it runs: syntax trees, facts, schemas. Python's own full passes look
through all of it, again and again, and stop every thread meanwhile: a tenth of a second for each 100 MiB. What a run
leaves behind is small, and so is the pass that looks through that alone; what is there afterwards is put aside.

What has been put aside goes when nothing refers to it any more. Only circles among such objects stay: an evaluator
whose module was edited leaves some. They are few, and go once in a while.

Example: `look_rarely()` when the server starts, `settle(1)` after the second run.
"""

from __future__ import annotations

import gc

_YOUNG = 50_000
"""New objects before the youngest are looked through; while a large project is read nearly none of them is garbage."""
_MIDDLE = 20
_NEVER = 1_000_000


def look_rarely() -> None:
    """Let Python look through new objects now and then, and never through all there are."""
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


ALL_EVERY = 500
"""Runs between two looks through everything."""


def settle(run: int) -> None:
    """Take away the garbage of a run, and put aside what is left. `run`: how many there were before it.

    The garbage of a first run is little, and looking for it would take as long as it takes to look through everything.
    """
    if run and run % ALL_EVERY == 0:
        settle_all()
    elif run:
        gc.collect()
    gc.freeze()


def settle_all() -> None:
    """Look through everything: much of it has gone."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
