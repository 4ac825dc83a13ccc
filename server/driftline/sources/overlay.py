"""Open buffers over another source: what the editor shows counts, not what lies on disk.

Example: `OverlaySource(DiskSource(), {"/p/app/models.py": "class User: ..."})`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from driftline.dataclass import dataclass, field
from driftline.sources.decoding import file_text
from driftline.sources.source import FileText, Source, Unreadable, changed_since, is_closed


@dataclass(frozen=True, slots=True)
class OverlaySource:
    """`buffers`: the texts of open files by their absolute path, line ends as the editor keeps them.

    A buffer needs no file under it. A byte order mark that an editor leaves in its text is no part of it, as on disk.
    """

    under: Source
    buffers: Mapping[str, str] = field(repr=False)
    _texts: dict[str, FileText] = field(default_factory=dict, repr=False, compare=False)
    _names: dict[str, set[str]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for path in self.buffers:
            folder, name = os.path.split(path)
            while name and name not in self._names.setdefault(folder, set()):
                self._names[folder].add(name)
                folder, name = os.path.split(folder)

    @property
    def settled(self) -> bool:
        """Whether answers never change: they do only where the source under it does."""
        return bool(getattr(self.under, "settled", False))

    def changed_since(self, before: Source) -> frozenset[str] | None:
        """Give the paths that may have other texts than in `before`; None where files may have come or gone."""
        if not isinstance(before, OverlaySource):
            return None
        under = frozenset[str]() if before.under is self.under else changed_since(self.under, before.under)
        came_or_went = self.buffers.keys() ^ before.buffers.keys()
        if under is None or not all(self.under.is_file(path) for path in came_or_went):
            return None
        buffers = (path for path in self.buffers if self.buffers[path] != before.buffers.get(path))
        return frozenset((*under, *came_or_went, *buffers))

    def read(self, path: str) -> FileText | Unreadable:
        """Give the buffer's text, else what the source under it has."""
        buffer = self.buffers.get(path)
        if buffer is None:
            return self.under.read(path)
        known = self._texts.get(path)
        if known is None:
            known = self._texts[path] = file_text(path, buffer.removeprefix("\ufeff"))
        return known

    def is_file(self, path: str) -> bool:
        """Whether there is a buffer or a file at `path`."""
        return path in self.buffers or self.under.is_file(path)

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`, or a buffer below it."""
        return path in self._names or self.under.is_dir(path)

    def is_closed(self, path: str) -> bool:
        """Whether the source under it has a folder at `path` that may not be looked into."""
        return is_closed(self.under, path)

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted, with those that only buffers have."""
        names = self.under.list_dir(path)
        own = self._names.get(path)
        return tuple(sorted({*names, *own})) if own else names
