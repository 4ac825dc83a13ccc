r"""A workspace in memory: tests, documentation pages and examples.

Example: `MemorySource({"/p/alembic.ini": "[alembic]\nscript_location = alembic\n"})`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from driftline.sources.decoding import decode, file_text
from driftline.sources.source import FileText, Unreadable


class MemorySource:
    """Files by absolute path: text, bytes (decoded as on disk), or an `Unreadable`; they may be changed at any time."""

    def __init__(self, files: Mapping[str, str | bytes | Unreadable] | None = None) -> None:
        """Start with `files`."""
        self._files: dict[str, str | bytes | Unreadable] = {}
        self._folders: dict[str, dict[str, int]] = {}
        for path, content in (files or {}).items():
            self.write(path, content)

    def write(self, path: str, content: str | bytes | Unreadable) -> None:
        """Put a file at `path`, in place of the one that is there."""
        if path not in self._files:
            self._count(path, 1)
        self._files[path] = content

    def delete(self, path: str) -> None:
        """Take the file at `path` away, and the folders that are then empty; raises `KeyError` where there is none."""
        del self._files[path]
        self._count(path, -1)

    def rename(self, path: str, new: str) -> None:
        """Move the file at `path` to `new`; raises `KeyError` where there is none."""
        content = self._files[path]
        self.delete(path)
        self.write(new, content)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all files, sorted."""
        return tuple(sorted(self._files))

    def copy(self) -> MemorySource:
        """Give a source with the same files that lives on its own."""
        return MemorySource(self._files)

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none."""
        content = self._files.get(path)
        if content is None:
            return Unreadable(path, "there is no such file")
        if isinstance(content, Unreadable):
            return content
        return decode(path, content) if isinstance(content, bytes) else file_text(path, content)

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        return path in self._files

    def is_dir(self, path: str) -> bool:
        """Whether there is a file below `path`."""
        return path in self._folders

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted."""
        return tuple(sorted(self._folders.get(path, ())))

    def _count(self, path: str, step: int) -> None:
        """Count how many files there are by way of each name in each folder around `path`."""
        folder, name = os.path.split(path)
        while name:
            names = self._folders.setdefault(folder, {})
            names[name] = names.get(name, 0) + step
            if not names[name]:
                del names[name]
            if not names:
                del self._folders[folder]
            folder, name = os.path.split(folder)
