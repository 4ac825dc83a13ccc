"""Which files were read, and for whose sake: a module is run once, and all who import it rest on what it rests on.

Example: `reads.add(path)`; `with reads.for_module(path): …`; then `reads.all()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Reads:
    """The files that were read since the last `begin`, also for modules that were run before it."""

    def __init__(self) -> None:
        """Start with none."""
        self._all: set[str] = set()
        self._now = self._all
        self._of_modules: dict[str, set[str]] = {}

    def add(self, path: str) -> None:
        """Take note that whoever is run now rests on the file at `path`: it is read, or is a module that was run."""
        self._now.add(path)

    @contextmanager
    def for_module(self, path: str) -> Iterator[None]:
        """Take note of what is read in here as of what the module at `path` rests on."""
        outer, self._now = self._now, self._of_modules.setdefault(path, set())
        try:
            yield
        finally:
            self._now = outer

    def begin(self) -> None:
        """Forget what was read. What modules rest on is kept: they are not run again."""
        self._all.clear()

    def forget(self, path: str) -> None:
        """Forget what the file at `path` rests on, which is run again."""
        self._of_modules.pop(path, None)

    def all(self) -> frozenset[str]:
        """Give the files that were read, and those that the modules among them rest on."""
        found: set[str] = set()
        pending = [self._all]
        while pending:
            new = pending.pop() - found
            found |= new
            pending += [self._of_modules[one] for one in new if one in self._of_modules]
        return frozenset(found)
