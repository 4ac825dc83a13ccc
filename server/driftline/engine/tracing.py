"""What a stage asked its source, and what it was told: the result holds as long as the answers do.

Also "there is no such file" is an answer: a module that appears where none was found makes the stage run again.

Example: after `traced = TracingSource(source)` and some reading through it, `traced.trace().holds(other_source)` says
whether all of it would be answered the same by `other_source`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from driftline.engine.cancellation import NEVER, Token
from driftline.sources.source import FileText, Source, Unreadable


@dataclass(frozen=True, slots=True)
class Trace:
    """Queries and their answers, by path. A read file is kept as its digest, or as the reason why it is none."""

    reads: Mapping[str, bytes | str] = field(default_factory=dict)
    files: Mapping[str, bool] = field(default_factory=dict)
    folders: Mapping[str, bool] = field(default_factory=dict)
    listings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holds(self, source: Source) -> bool:
        """Whether `source` gives the same answers to all queries."""
        return (
            all(source.list_dir(path) == answer for path, answer in self.listings.items())
            and all(_answer(source.read(path)) == answer for path, answer in self.reads.items())
            and all(source.is_file(path) == answer for path, answer in self.files.items())
            and all(source.is_dir(path) == answer for path, answer in self.folders.items())
        )


class TracingSource:
    """A source that writes down what it is asked. Every query is also a place where cancelled work stops."""

    def __init__(self, source: Source, token: Token = NEVER) -> None:
        """Answer from `source`; raise `Cancelled` once `token` is cancelled."""
        self._source = source
        self._token = token
        self._reads: dict[str, bytes | str] = {}
        self._files: dict[str, bool] = {}
        self._folders: dict[str, bool] = {}
        self._listings: dict[str, tuple[str, ...]] = {}

    def trace(self) -> Trace:
        """Give what was asked so far."""
        return Trace(dict(self._reads), dict(self._files), dict(self._folders), dict(self._listings))

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none."""
        self._token.check()
        result = self._source.read(path)
        self._reads[path] = _answer(result)
        return result

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        self._token.check()
        result = self._files[path] = self._source.is_file(path)
        return result

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`."""
        result = self._folders[path] = self._source.is_dir(path)
        return result

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted."""
        self._token.check()
        result = self._listings[path] = self._source.list_dir(path)
        return result


def _answer(result: FileText | Unreadable) -> bytes | str:
    return result.digest if isinstance(result, FileText) else result.reason
