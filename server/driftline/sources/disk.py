"""The workspace on disk, looked at once.

A `DiskSource` is a snapshot that fills as it is asked: each folder is listed once, each file is read once, so that
everything worked out from it saw the same workspace. To look again, make another one; it takes over the text of files
whose size and times have not changed.

Example: `DiskSource().read("/p/alembic.ini")`, and later `DiskSource(previous=first).read("/p/alembic.ini")`.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from driftline.dataclass import dataclass, field
from driftline.sources.decoding import decode
from driftline.sources.listing import FILE, FOLDER, LOOP, OTHER, digest_of, list_folder
from driftline.sources.source import FileText, Source, Unreadable

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes. No source that people write is larger; what is larger is data."""


class Look(NamedTuple):
    """Something that was looked at on disk, and what tells whether it is as it was.

    `kind`: "file" (its text was read), "folder" (it was listed) or "kind" (what it is). `stamp`: of a file its size, of
    a folder its inode, then the times of change and of status change in nanoseconds; for "kind", the type in its mode;
    () where there is nothing. `digest`: of a file's text, or of a folder's listing.
    """

    kind: str
    path: str
    stamp: tuple[int, ...]
    digest: bytes = b""


_Stamp = tuple[int, int, int]
"""Size in bytes, time of change and of status change in nanoseconds."""


@dataclass(slots=True)
class _Read:
    stamp: _Stamp | None
    result: FileText | Unreadable


@dataclass(slots=True)
class DiskSource:
    """Reads the disk. A link to a folder around it is left out of listings: there is no end to it."""

    settled: ClassVar[bool] = True
    """Answers never change: whoever has one need not ask again."""

    made: ClassVar[list[DiskSource] | None] = None
    """Where each new source is noted, if somebody wants to know all that a program looks at."""

    previous: DiskSource | None = field(default=None, repr=False)
    _reads: dict[str, _Read] = field(default_factory=dict, repr=False)
    _listings: dict[str, dict[str, str]] = field(default_factory=dict, repr=False)
    _kinds: dict[str, str] = field(default_factory=dict, repr=False)
    _folders: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)
    _links: set[str] = field(default_factory=set, repr=False)
    _compared: tuple[DiskSource, frozenset[str] | None] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if DiskSource.made is not None:
            DiskSource.made.append(self)
        if self.previous is not None:
            # A chain of snapshots would keep every text that there ever was.
            self.previous.previous = self.previous._compared = None  # noqa: SLF001 - our own class

    def changed_since(self, before: Source) -> frozenset[str] | None:
        """Give the paths whose text is another than it was in the snapshot before this one.

        None where files or folders that it knew have come or gone, or where `before` is another snapshot.
        """
        if self is before:
            return frozenset()
        if self._compared is None and before is self.previous and isinstance(before, DiskSource):
            self._compared = before, self._changes(before)
        return self._compared[1] if self._compared is not None and self._compared[0] is before else None

    def _changes(self, before: DiskSource) -> frozenset[str] | None:
        if any(self._listing(path) != listing for path, listing in before._listings.items()):
            return None
        if any(self._kind(path) != kind for path, kind in before._kinds.items()):
            return None
        known = before._reads.items()
        return frozenset(path for path, one in known if self.read(path) != one.result)

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none. A device or a pipe is not opened."""
        known = self._reads.get(path)
        if known is None:
            known = self._reads[path] = self._read(path)
        return known.result

    def is_file(self, path: str) -> bool:
        """Whether there is a regular file at `path`, also by way of links."""
        return self._kind(path) == FILE

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`, also by way of links."""
        return self._kind(path) in {FOLDER, LOOP}

    def is_closed(self, path: str) -> bool:
        """Whether there is a folder at `path` that may not be listed, or whose files may not be looked at."""
        return self.is_dir(path) and not os.access(path, os.R_OK | os.X_OK)

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted; () where it cannot be listed."""
        return tuple(name for name, kind in self._listing(path).items() if kind != LOOP)

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
            return listing.get(name, OTHER)
        kind = self._kinds.get(path)
        if kind is None:
            kind = self._kinds[path] = _kind_of(path)
        return kind

    def _listing(self, path: str) -> dict[str, str]:
        listing = self._listings.get(path)
        if listing is None:
            self._folders[path] = _stamp_of_folder(path)
            listing = self._listings[path] = list_folder(path, self._links)
        return listing

    def texts(self) -> tuple[FileText, ...]:
        """Give the texts of all files that were read."""
        return tuple(one.result for one in self._reads.values() if isinstance(one.result, FileText))

    def looks(self) -> Iterator[Look]:
        """Give all that was looked at, as it was then. What has changed since is for whoever asks to find out."""
        for path, one in self._reads.items():
            yield Look("file", path, one.stamp or (), one.result.digest if isinstance(one.result, FileText) else b"")
        for path, stamp in self._folders.items():
            yield Look("folder", path, stamp, digest_of(self._listings[path]))
        for path, kind in (*self._kinds.items(), *((link, self._kind(link)) for link in self._links)):
            yield Look("kind", path, _type_of(kind, path))


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
        return OTHER
    return FOLDER if stat.S_ISDIR(mode) else FILE if stat.S_ISREG(mode) else OTHER


def _stamp_of_folder(path: str) -> tuple[int, ...]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def _type_of(kind: str, path: str) -> tuple[int, ...]:
    """Give the type in the mode of what was of `kind` when it was looked at; () where there was nothing.

    What it is by now is no matter, but of what is neither file nor folder: who finds one there now saw nothing.
    """
    known = _TYPES.get(kind)
    if known is not None:
        return (known,)
    try:
        now = stat.S_IFMT(os.stat(path).st_mode)
    except (OSError, ValueError):
        return ()
    return () if now in _TYPES.values() else (now,)


_TYPES = {FILE: stat.S_IFREG, FOLDER: stat.S_IFDIR, LOOP: stat.S_IFDIR}


def _why(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "permission to read it is denied"
    if isinstance(error, OSError) and error.strerror:
        return f"reading it failed: {error.strerror.lower()}"
    return f"its name cannot be used: {error}"
