"""Snapshots of a workspace in memory: what an editor's server has after each edit, where disk and buffers are one.

Example: `session.source = snapshot(source)`, an edit of `source`, and again; the second knows which texts are others.
"""

from __future__ import annotations

from driftline.sources.memory import MemorySource
from driftline.sources.source import Source, Unreadable


class Snapshot(MemorySource):
    """Files as they are now, for good; it knows in which texts it differs from an earlier one of the same files."""

    settled = True

    def changed_since(self, before: Source) -> frozenset[str] | None:
        """Give the paths with other texts than `before` has; None where files have come or gone."""
        if not isinstance(before, Snapshot) or self.paths != before.paths:
            return None
        return frozenset(path for path in self.paths if self.read(path) != before.read(path))


def snapshot(source: MemorySource) -> Snapshot:
    """Give what `source` holds now."""
    return Snapshot({path: _content(source, path) for path in source.paths})


def _content(source: MemorySource, path: str) -> str | Unreadable:
    file = source.read(path)
    return file if isinstance(file, Unreadable) else file.text
