"""The one seam through which text comes in: disk, open buffers over disk, or memory.

Paths are absolute, normalised `str`. A file that cannot be read is a value (`Unreadable`), not an exception.

Invariant: no other package reads the workspace.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, cast

from driftline.dataclass import dataclass, field

T = TypeVar("T")


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


def read_program(source: Source, path: str) -> FileText | Unreadable:
    """Give the text of the file at `path` to somebody who parses it and looks at nothing but the tree.

    Whoever writes down what a result depends on then knows that comments and layout are no matter.
    """
    asked = getattr(source, "read_program", None)
    file: FileText | Unreadable = asked(path) if asked is not None else source.read(path)
    return file


def exists(source: Source, path: str) -> bool:
    """Whether there is a file or a folder at `path`: to be asked of folders around a project, whose listing changes."""
    return source.is_file(path) or source.is_dir(path)


def ask(source: Source, path: str, question: Callable[[str | None], T]) -> T:
    """Give what `question` says of the text at `path` (None where it cannot be read).

    Whoever writes down what a result depends on then has to remember the answer only, not the text.
    """
    asked = getattr(source, "ask", None)
    if asked is not None:
        return cast("T", asked(path, question))
    file = source.read(path)
    return question(file.text if isinstance(file, FileText) else None)


def is_closed(source: Source, path: str) -> bool:
    """Whether a folder is at `path` that may not be looked into: what it holds is unknown, rather than nothing."""
    asked = getattr(source, "is_closed", None)
    return asked is not None and bool(asked(path))


def untraced(source: Source) -> Source:
    """Give the source that answers, without whoever writes down what it is asked: good to keep, for `changed_since`."""
    found: Source = getattr(source, "untraced", source)
    return found


def changed_since(source: Source, before: Source) -> frozenset[str] | None:
    """Give the paths of which `source` may have another text than `before` had; None where that is not known.

    Where it is, both have the same files and folders.
    """
    asked = getattr(source, "changed_since", None)
    found: frozenset[str] | None = asked(before) if asked is not None else None
    return found
