"""What a folder does when nothing has been asked for a while: it looks again at its models, and then for garbage.

After an edit, most of the models are taken over from the run before it (`python/kept`). At rest they are
evaluated from scratch; where something else comes out, that is shown, and nothing is taken over from what was wrong.
What this leaves is what the next edit takes over, also the first one after a start.

Example: `rest.after_run(garbage=False)` when the client has been told; `rest.stop()` when the folder is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from driftline.dataclass import dataclass
from driftline.engine.cancellation import Token
from driftline.lsp.garbage import IDLE, settle_all
from driftline.lsp.worker import Worker


@dataclass(slots=True)
class Looked:
    """How many models were evaluated from scratch, and how many of these came out otherwise than they were shown.

    `stopped`: somebody asked for something before all were. `garbage`: there is so much that all should be looked at.
    """

    evaluated: int = 0
    otherwise: int = 0
    stopped: bool = False
    garbage: bool = False


class Rest:
    """Waits until it is quiet for `IDLE` seconds, then does what is due, once, on `worker`.

    `is_quiet`: whether nothing is asked for. `look_again` looks again at the models, on the worker. `news` is told that
    some came out otherwise.
    """

    def __init__(
        self,
        worker: Worker,
        is_quiet: Callable[[], bool],
        look_again: Callable[[Token], Looked],
        news: Callable[[], None],
    ) -> None:
        """Do nothing yet."""
        self._worker = worker
        self._is_quiet = is_quiet
        self._look_again = look_again
        self._news = news
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._garbage = False
        self.evaluated = 0
        """How many models were evaluated from scratch up to now."""
        self.otherwise = 0
        """How many of these came out otherwise."""
        self.stopped = 0
        """How often somebody asked for something meanwhile."""

    def after_run(self, *, garbage: bool) -> None:
        """Begin to wait: a run has ended. `garbage`: everything should be looked through when there is time."""
        self._garbage = garbage
        self._wait()

    def stop(self) -> None:
        """Do nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def trace(self) -> Iterator[str]:
        """Say how often what was done."""
        if self.evaluated:
            yield (
                f"at rest: models evaluated from scratch {self.evaluated} times ({self.stopped} times stopped),"
                f" {self.otherwise} came out otherwise"
            )

    def _wait(self) -> None:
        self.stop()
        self._timer = asyncio.get_running_loop().call_later(IDLE, self._begin)

    def _begin(self) -> None:
        if self._is_quiet():
            self._timer = None
            self._task = asyncio.get_running_loop().create_task(self._rest())
        else:
            self._wait()

    async def _rest(self) -> None:
        looked = await asyncio.wrap_future(self._worker.rest(self._look_again))
        self.evaluated += looked.evaluated
        self.otherwise += looked.otherwise
        self.stopped += looked.stopped
        if looked.otherwise:
            self._news()
        elif looked.stopped:
            if self._is_quiet():  # it was for another folder
                self._wait()
        elif (looked.garbage or self._garbage) and self._is_quiet():
            self._garbage = False
            self._worker.submit(settle_all)
