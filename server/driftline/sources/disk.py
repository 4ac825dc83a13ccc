"""The workspace on disk, looked at once.

A `DiskSource` is a snapshot that fills as it is asked: each folder is listed once, each file is read once, so that
everything worked out from it saw the same workspace. To look again, make another one; it takes over the text of files
whose size and times have not changed.

Example: `DiskSource().read("/p/alembic.ini")`, and later `DiskSource(previous=first).read("/p/alembic.ini")`.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from typing import ClassVar

from driftline.sources.decoding import decode
from driftline.sources.source import FileText, Unreadable

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes. No source that people write is larger; what is larger is data."""

_Stamp = tuple[int, int, int]
"""Size in bytes, time of change and of status change in nanoseconds."""

_FOLDER, _FILE, _OTHER, _LOOP = "folder", "file", "other", "loop"


@dataclass(slots=True)
class _Read:
    stamp: _Stamp | None
    result: FileText | Unreadable


@dataclass(slots=True)
class DiskSource:
    """Reads the disk. A link to a folder around it is left out of listings: there is no end to it."""

    settled: ClassVar[bool] = True
    """Answers never change: whoever has one need not ask again."""

    previous: DiskSource | None = field(default=None, repr=False)
    _reads: dict[str, _Read] = field(default_factory=dict, repr=False)
    _listings: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _kinds: dict[str, str] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.previous is not None:
            self.previous.previous = None  # a chain of snapshots would keep every text that there ever was

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none. A device or a pipe is not opened."""
        known = self._reads.get(path)
        if known is None:
            known = self._reads[path] = self._read(path)
        return known.result

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file at `path`, also by way of links."""
        return self._kind(path) == _FILE

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`, also by way of links."""
        return self._kind(path) in {_FOLDER, _LOOP}

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted; () where it cannot be listed."""
        return tuple(name for name, kind in self._listing(path).items() if kind != _LOOP)

    def _read(self, path: str) -> _Read:
        try:
            status = os.stat(path)
        except FileNotFoundError:
            return _Read(None, Unreadable(path, "there is no such file"))
        except (OSError, ValueError) as error:
            return _Read(None, Unreadable(path, _why(error)))
        if not stat.S_ISREG(status.st_mode):
            return _Read(None, Unreadable(path, "it is no regular file"))
        if status.st_size > LARGEST_FILE:
            return _Read(None, Unreadable(path, f"it is larger than {LARGEST_FILE // 2**20} MiB"))
        stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        before = self.previous._reads.get(path) if self.previous is not None else None  # noqa: SLF001 - our own class
        if before is not None and before.stamp == stamp:
            return before
        try:
            with open(path, "rb") as file:
                content = file.read(LARGEST_FILE)
        except OSError as error:
            return _Read(None, Unreadable(path, _why(error)))
        return _Read(stamp, decode(path, content))

    def _kind(self, path: str) -> str:
        folder, _, name = path.rpartition(os.sep)
        listing = self._listings.get(folder)
        if listing is not None and name:
            return listing.get(name, _OTHER)
        kind = self._kinds.get(path)
        if kind is None:
            kind = self._kinds[path] = _kind_of(path)
        return kind

    def _listing(self, path: str) -> dict[str, str]:
        listing = self._listings.get(path)
        if listing is None:
            listing = self._listings[path] = _list(path)
        return listing


def current_folder() -> str | None:
    """Give the folder that the program was started in; None where it has been removed since."""
    try:
        return os.getcwd()
    except OSError:
        return None


def _kind_of(path: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return _OTHER
    return _FOLDER if stat.S_ISDIR(mode) else _FILE if stat.S_ISREG(mode) else _OTHER


def _list(path: str) -> dict[str, str]:
    """The names in a folder with their kinds, sorted."""
    kinds: dict[str, str] = {}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                kinds[entry.name] = _entry_kind(entry, path)
    except (OSError, ValueError):
        return {}
    return dict(sorted(kinds.items()))


def _entry_kind(entry: os.DirEntry[str], folder: str) -> str:
    try:
        if entry.is_dir():
            return _LOOP if entry.is_symlink() and _leads_back(entry.path, folder) else _FOLDER
        return _FILE if entry.is_file() else _OTHER
    except OSError:
        return _OTHER


def _leads_back(link: str, folder: str) -> bool:
    """Whether `link` leads to `folder`, or to a folder around it on the way that `folder` is written."""
    target = os.path.realpath(link)
    while True:
        if os.path.realpath(folder) == target:
            return True
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent


def _why(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "permission to read it is denied"
    if isinstance(error, OSError) and error.strerror:
        return f"reading it failed: {error.strerror.lower()}"
    return f"its name cannot be used: {error}"
