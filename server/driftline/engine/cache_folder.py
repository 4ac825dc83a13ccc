"""The user's cache folder: files that are there as a whole or not at all.

What lies in a file is behind a digest: what is torn or foreign is as if it were not there. A file is written elsewhere
and then put in its place, so a kill at any instant does no harm, nor do two processes at once. The folder may be
deleted at any time, be read-only or full; of what nobody has read for longest, the superfluous is removed.

Invariant: imports next to nothing, since it runs before anything else does, and raises nothing about the disk.

Example: `CacheFolder("answers", most_bytes=1 << 26, most_files=256).read(name)` is what `write(name, …)` put there.
"""

from __future__ import annotations

import os
import sys
from _blake2 import blake2b
from contextlib import suppress

from driftline import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from typing import BinaryIO

_DIGEST = 16
_PART = 1 << 20
"""Bytes that are read at once."""
_LIBRARIES = ("sqlalchemy", "alembic", "sqlglot", "rich")
_TOUCHED = 24 * 3600 * 1_000_000_000
"""Nanoseconds: how exactly it is known when a file was last read."""


class CacheFolder:
    """One kind of files in the user's cache folder: `most_files` of at most `most_bytes` together."""

    def __init__(self, kind: str, *, most_bytes: int, most_files: int) -> None:
        """Nothing is looked at yet."""
        self._kind = kind
        self._most_bytes = most_bytes
        self._most_files = most_files

    def read(self, name: str) -> bytes | None:
        """Give the content of a file; None where it is not there, or not whole."""
        path = self._place(name)
        try:
            with open(path, "rb") as file:
                content = file.read(self._most_bytes)
        except (OSError, ValueError):
            return None
        digest, data = content[:_DIGEST], content[_DIGEST:]
        if blake2b(data, digest_size=_DIGEST).digest() != digest:
            return None
        with suppress(OSError):
            self._touch(path)
        return data

    def lines(self, name: str, digest: bytes | None = None) -> Generator[bytes, None, None]:
        """Give the lines of a file, without their ends, one after the other; none where it is not there, or not whole.

        They are of one state of the file, whatever is written meanwhile. `digest`: the only one that is wanted; what
        comes before the first line is the digest that it has.
        """
        path = self._place(name)
        try:
            with open(path, "rb") as file:
                said = file.read(_DIGEST)
                if digest not in (None, said) or said != _digest_of(file, self._most_bytes):
                    return
                with suppress(OSError):
                    self._touch(path)
                yield said
                file.seek(_DIGEST)
                for line in file:
                    yield line.removesuffix(b"\n")
        except (OSError, ValueError):
            return

    def write(self, name: str, *parts: bytes) -> None:
        """Put a file in its place as a whole, or leave what is there."""
        self.write_parts(name, parts)

    def write_parts(self, name: str, parts: Iterable[bytes]) -> bytes | None:
        """Do the same of parts that need not be there at once; give the file's digest, None where there is none."""
        path = self._place(name)
        other = f"{path}.{os.getpid()}"
        digest = None
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(other, "wb") as file:
                digest = _write(file, parts, self._most_bytes)
            if digest is None:
                os.unlink(other)
            else:
                os.replace(other, path)
                self._tidy(os.path.dirname(path))
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.unlink(other)
            return None
        return digest

    def _place(self, name: str) -> str:
        import platformdirs

        return os.path.join(platformdirs.user_cache_dir("driftline", appauthor=False), self._kind, name)

    @staticmethod
    def _touch(path: str) -> None:
        """Take note of the file's being read, by its time: what was read last goes last."""
        import time

        if time.time_ns() - os.stat(path).st_mtime_ns > _TOUCHED:
            os.utime(path)

    def _tidy(self, folder: str) -> None:
        """Remove the oldest files where there are too many."""
        with os.scandir(folder) as entries:
            found = sorted(
                ((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path) for entry in entries), reverse=True
            )
        total = 0
        for at, (_, size, path) in enumerate(found):
            total += size
            if at >= self._most_files or total > self._most_bytes:
                os.unlink(path)


def _write(file: BinaryIO, parts: Iterable[bytes], most: int) -> bytes | None:
    """Write parts behind their digest, and give that; None where they are more than `most` bytes."""
    made, size = blake2b(digest_size=_DIGEST), file.write(bytes(_DIGEST))
    for part in parts:
        made.update(part)
        size += file.write(part)
        if size > most:
            return None
    file.seek(0)
    file.write(made.digest())
    return made.digest()


def _digest_of(file: BinaryIO, most: int) -> bytes | None:
    """Give the digest of the rest of a file; None where it is longer than `most` bytes."""
    made, size = blake2b(digest_size=_DIGEST), 0
    while part := file.read(_PART):
        made.update(part)
        size += len(part)
        if size > most:
            return None
    return made.digest()


def wanted() -> bool:
    """Whether the user lets a cache be kept."""
    return os.environ.get("DRIFTLINE_NO_CACHE", "") in ("", "0")


def program() -> list[object]:
    """Give what tells one state of driftline, its Python and its libraries from another."""
    return [__version__, sys.version, *map(list, _own_files())]


def _own_files() -> Iterator[tuple[str, int, int, int]]:
    """Give a place or name of each file of driftline and of one of each library, its size and its times.

    The time of change is the same in all that some packagers make; that of status change and the place are not.
    """
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        folders.append(entry.path)
                else:
                    status = entry.stat()
                    yield entry.name, status.st_size, status.st_mtime_ns, status.st_ctime_ns
    for name in _LIBRARIES:
        for folder in sys.path:
            path = os.path.join(folder, name, "__init__.py")
            try:
                status = os.stat(path)
            except OSError:
                continue
            yield path, status.st_size, status.st_mtime_ns, status.st_ctime_ns
            break
