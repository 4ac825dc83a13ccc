"""The one seam through which text comes in: disk, open buffers over disk, or memory.

Paths are absolute, normalised `str`. A file that cannot be read is a value (`Unreadable`), not an exception.

Invariant: no other package reads the workspace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, decoded by its PEP 263 declaration or byte order mark, line ends as they are.

    `digest` (blake2b, 16 bytes, of the text's UTF-8) stands for the text wherever it is memoised by.
    """

    path: str
    text: str = field(repr=False)
    digest: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that could not be read, and why, as a clause for the user ("it is not UTF-8 text")."""

    path: str
    reason: str


class Source(Protocol):
    """Where text comes from."""

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none."""
        ...

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        ...

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`."""
        ...

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted; () where it cannot be listed."""
        ...
