"""Answers, kept on disk: the same question about the same files is answered without reading them.

A question is a command line, or what a folder shows in an editor. An answer is kept with the times of every file and
folder that it depends on. It is good as long as these, the question, driftline itself, its Python and its libraries are
the same. Of what changed so lately that it could change again without its times telling, the content is compared.

What lies in the cache (`cache_folder.py`) is plain data: nothing in there is ever run.

Invariant: imports next to nothing, since it runs before anything else does.

Example: `of_command(("check", ".")).find(printed)` is what `driftline check .` printed here the last time.
"""

from __future__ import annotations

import json
import os
import sys
import time
from _blake2 import blake2b

from driftline.engine.cache_folder import CacheFolder, program
from driftline.sources.listing import digest_of, list_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Self, TextIO, TypeVar

    from driftline.sources.disk import Look

    T = TypeVar("T")

_FORMAT = 2
_DIGEST = 16
_SETTLED = 2_000_000_000
"""Nanoseconds: as coarse as any file system keeps times."""
_FOLDER = CacheFolder("answers", most_bytes=64 << 20, most_files=256)
_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "COLUMNS", "VIRTUAL_ENV", "LANG", "LC_ALL")
"""Of the environment, what could change what is printed."""

Chunk = tuple[bool, str]
"""Whether it went to stderr, and what."""


class Answers:
    """The answer to `question`, which is plain data and says what it is a question of.

    `asked`: when the first of the files was looked at that the answer will rest on (nanoseconds; None: from now on).
    """

    def __init__(self, question: Mapping[str, object], asked: int | None = None) -> None:
        """Look for it in the user's cache folder. Raises `TypeError` or `ValueError` where it is no plain data."""
        self._asked = time.time_ns() if asked is None else asked
        told = json.dumps({"format": _FORMAT, "program": program(), **question})
        self._key = blake2b(told.encode(), digest_size=_DIGEST).hexdigest()

    def find(self, read: Callable[[Any], T]) -> T | None:
        """Give what `read` makes of the answer, which raises where it is none of ours; None where it is not known."""
        content = _FOLDER.read(self._key)
        if content is None:
            return None
        try:
            key, settled, looks, answer = json.loads(content)
            holds = key == self._key and all(_holds(*look, settled=settled) for look in looks)
            return read(answer) if holds else None
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError):  # it is no answer of ours
            return None

    def keep(self, answer: object, looks: Iterable[Look]) -> None:
        """Keep an answer (plain data) that rests on `looks`, if all is still as it was then."""
        found = [(one.kind, one.path, list(one.stamp), one.digest.hex()) for one in looks]
        settled = self._asked - _SETTLED
        if all(_holds(*one, settled=settled) for one in found):
            _FOLDER.write(self._key, json.dumps([self._key, settled, found, answer]).encode())


def of_command(words: Sequence[str]) -> Answers:
    """Give the answer to the command line `words`, asked in the current folder: its exit code, and the chunks.

    Raises `OSError` where the current folder is gone.
    """
    return Answers(
        {
            "words": list(words),
            "here": os.getcwd(),
            "terminal": [sys.stdout.isatty(), sys.stderr.isatty(), str(sys.stdout.encoding)],
            "variables": [os.environ.get(name) for name in _VARIABLES],
        }
    )


def printed(answer: Any) -> tuple[int, list[Chunk]]:  # noqa: ANN401 - JSON
    """Read an answer to a command line."""
    code, chunks = answer
    return int(code), [(bool(error), str(text)) for error, text in chunks]


class Recording:
    """While it is entered, what is printed is noted in `chunks`, too."""

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.chunks: list[Chunk] = []

    def __enter__(self) -> Self:
        self._streams = sys.stdout, sys.stderr
        sys.stdout = _Tee(sys.stdout, self.chunks, error=False)
        sys.stderr = _Tee(sys.stderr, self.chunks, error=True)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.stdout, sys.stderr = self._streams


class _Tee:
    def __init__(self, stream: TextIO, chunks: list[Chunk], *, error: bool) -> None:
        self._stream = stream
        self._chunks = chunks
        self._error = error

    def write(self, text: str) -> int:
        self._chunks.append((self._error, text))
        return self._stream.write(text)

    def writelines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


# ---------------------------------------------------------------------------------------------------------------------
# What an answer rests on


def _holds(kind: str, path: str, stamp: list[int], digest: str, *, settled: int) -> bool:
    """Whether a file or folder is as it was: `disk.Look` says what these are.

    What was no older than `settled` (in nanoseconds) could have changed again without its times telling; and in folders
    around a project things come and go that nobody looked for. There the content is compared.
    """
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return not stamp
    if kind == "kind":
        return stamp == [status.st_mode & 0o170000]
    if not stamp:
        return False
    first = status.st_size if kind == "file" else status.st_ino
    now = [first, status.st_mtime_ns, status.st_ctime_ns]
    if now == stamp and max(stamp[1:]) < settled:
        return True
    if kind == "file":
        return now == stamp and bool(digest) and _digest_of_file(path) == digest
    return digest_of(list_folder(path, set())).hex() == digest


def _digest_of_file(path: str) -> str:
    from driftline.sources.disk import DiskSource
    from driftline.sources.source import FileText

    file = DiskSource().read(path)
    return file.digest.hex() if isinstance(file, FileText) else ""
