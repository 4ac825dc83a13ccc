"""The one thread that analyses, and what it does while nobody asks for anything: that gives way to whoever asks.

Example: `worker.submit(job)` stops what was begun by `worker.rest(look_again)`, which is given a token that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from driftline.engine.cancellation import Token

T = TypeVar("T")


class Worker(ThreadPoolExecutor):
    """One thread: more of them would only take the interpreter from each other and from the event loop.

    Only the event loop's thread hands jobs to it.
    """

    def __init__(self) -> None:
        """Start with nothing to do."""
        super().__init__(max_workers=1, thread_name_prefix="driftline-analysis")
        self._resting: set[Token] = set()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401
        """Have `fn` called after what was asked for before it, and without waiting for what is done at rest."""
        self.wake()
        return super().submit(fn, *args, **kwargs)

    def rest(self, fn: Callable[[Token], T]) -> Future[T]:
        """Have `fn` called if nothing else is asked for; its token is cancelled as soon as something is."""
        token = Token()
        self._resting.add(token)
        future = super().submit(fn, token)
        future.add_done_callback(lambda _future: self._resting.discard(token))
        return future

    def wake(self) -> None:
        """Say that something is going to be asked for."""
        for token in tuple(self._resting):
            token.cancel()
