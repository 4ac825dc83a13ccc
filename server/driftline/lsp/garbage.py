"""When the server looks for garbage: after a run, among what is new since the last one.

Nearly all that a server holds stays for as long as it runs: syntax trees, facts, schemas. Python's own full passes look
through all of it, again and again, and stop every thread meanwhile: a tenth of a second for each 100 MiB. What a run
leaves behind is small, and so is the pass that looks through that alone; what is there afterwards is put aside.

What has been put aside goes when nothing refers to it any more. Only circles among such objects stay: the evaluator of
models that were edited since is one, 5 MiB in a project of 34 tables. So all is looked through whenever what was put
aside since the last time comes to half of what was there then: memory is bounded, and the passes together cost in
proportion to what the runs make.

Example: `look_rarely()` when the server starts, `settle(1)` after the second run.
"""

from __future__ import annotations

import gc

from driftline.dataclass import dataclass

_YOUNG = 50_000
"""New objects before the youngest are looked through; while a large project is read nearly none of them is garbage."""
_MIDDLE = 20
_NEVER = 1_000_000


def look_rarely() -> None:
    """Let Python look through new objects now and then, and never through all there are."""
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)


GROWTH = 0.5
"""How much may be put aside before everything is looked through, as a part of what was there the last time."""
_LEAST = 100_000
"""Objects that may be put aside in any case: some 10 MiB."""


@dataclass(slots=True)
class _Aside:
    """How many objects were there after the last look through everything, and how many were put aside since."""

    then: int = 0
    since: int = 0


_ASIDE = _Aside()
"""Of the process, as its garbage is."""


def settle(run: int) -> None:
    """Take away the garbage of a run, and put aside what is left. `run`: how many there were before it.

    The garbage of a first run is little, and looking for it would take as long as it takes to look through everything.
    """
    if run:
        gc.collect()
        _ASIDE.since += len(gc.get_objects())  # what was put aside is not among them
    gc.freeze()
    if not run:
        _ASIDE.then, _ASIDE.since = gc.get_freeze_count(), 0
    elif _ASIDE.since > max(_LEAST, _ASIDE.then * GROWTH):
        settle_all()


def settle_all() -> None:
    """Look through everything: much of it has gone."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _ASIDE.then, _ASIDE.since = gc.get_freeze_count(), 0
