"""What a stage asked its source, and what it was told: the result holds as long as the answers do.

Also "there is no such file" is an answer: a module that appears where none was found makes the stage run again.

A file that was only ever parsed is held to what it says as a program: `same_code` decides, so comments and layout
count for nothing. A file of which one question was asked (`ask`) is held to the answer.

Example: after `traced = TracingSource(source)` and some reading through it, `traced.trace().holds(other_source)` says
whether all of it would be answered the same by `other_source`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from driftline.dataclass import dataclass, field, replace
from driftline.engine.cancellation import NEVER, Token
from driftline.sources.decoding import digest
from driftline.sources.source import FileText, Source, Unreadable, changed_since

Answer = bytes | str
"""A file's digest, or the reason why it is none."""
SameCode = Callable[[str, bytes, FileText], bool]
"""Whether the text with this digest, that a path had, is the same program as the text that it has now."""
Question = Callable[[str | None], object]


@dataclass(frozen=True, slots=True)
class SameText:
    """The question whether a text is the one with `digest`: it stands for one that only its asker can ask."""

    digest: bytes

    def __call__(self, text: str | None) -> bool:
        """Answer it for a text."""
        return text is not None and digest(text) == self.digest


def _never(_path: str, _digest: bytes, _file: FileText) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Trace:
    """Queries and their answers, by path. `parsed`: those of the `reads` of which only the syntax tree was looked at.

    `asked`: by path, the questions that were asked of the text, with their answers.
    """

    reads: Mapping[str, Answer] = field(default_factory=dict)
    files: Mapping[str, bool] = field(default_factory=dict)
    folders: Mapping[str, bool] = field(default_factory=dict)
    listings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parsed: frozenset[str] = frozenset()
    asked: Mapping[str, tuple[tuple[Question, object], ...]] = field(default_factory=dict)

    def holds(self, source: Source, same_code: SameCode = _never) -> bool:
        """Whether `source` gives the same answers to all queries."""
        return self.structure_holds(source) and not self.changed(source, same_code=same_code)

    def structure_holds(self, source: Source) -> bool:
        """Whether `source` has the same files and folders, as far as was asked."""
        return (
            all(source.list_dir(path) == answer for path, answer in self.listings.items())
            and all(source.is_file(path) == answer for path, answer in self.files.items())
            and all(source.is_dir(path) == answer for path, answer in self.folders.items())
        )

    def changed(
        self, source: Source, among: Collection[str] | None = None, same_code: SameCode = _never
    ) -> frozenset[str]:
        """Give the files whose text says something else now. `among`: the only ones that can (None: any)."""
        reads = self.reads if among is None else [path for path in among if path in self.reads]
        asked = self.asked if among is None else [path for path in among if path in self.asked]
        found = {path for path in reads if not self._reads_the_same(path, source, same_code)}
        found.update(path for path in asked if not self._asked_the_same(path, source))
        return frozenset(found)

    def _reads_the_same(self, path: str, source: Source, same_code: SameCode) -> bool:
        known, file = self.reads[path], source.read(path)
        if _answer(file) == known:
            return True
        return (
            path in self.parsed
            and isinstance(known, bytes)
            and isinstance(file, FileText)
            and same_code(path, known, file)
        )

    def _asked_the_same(self, path: str, source: Source) -> bool:
        file = source.read(path)
        return all(_ask(file, question) == answer for question, answer in self.asked[path])

    def updated(self, source: Source, among: Collection[str] | None) -> Trace:
        """Give the trace with the files' present digests: all are known to say the same as before."""
        paths = [path for path in (self.reads if among is None else among) if path in self.reads]
        now = {path: _answer(source.read(path)) for path in paths}
        moved = {path: answer for path, answer in now.items() if answer != self.reads[path]}
        if not moved:
            return self
        return Trace({**self.reads, **moved}, self.files, self.folders, self.listings, self.parsed, self.asked)

    def brought_up(self, source: Source, among: Collection[str]) -> Trace:
        """Give the trace with the answers that `source` gives; only those about the files `among` can be others."""
        traced = self.updated(source, among)
        asked = {path: questions for path in among if (questions := self.asked.get(path)) is not None}
        if not asked:
            return traced
        now = {
            path: tuple((question, _ask(source.read(path), question)) for question, _ in questions)
            for path, questions in asked.items()
        }
        return replace(traced, asked={**self.asked, **now})

    def followed_by(self, later: Trace) -> Trace:
        """Give the trace of both; where both asked the same, the later answer holds."""
        parsed = self.parsed
        if later.reads:
            looked_at = {path for path in later.reads if path not in later.parsed}
            came = {path for path in later.parsed if path not in self.reads or path in self.parsed}
            parsed = (self.parsed - looked_at) | came
        return Trace(
            {**self.reads, **later.reads},
            {**self.files, **later.files},
            {**self.folders, **later.folders},
            {**self.listings, **later.listings},
            parsed,
            {**self.asked, **later.asked},
        )


class TracingSource:
    """A source that writes down what it is asked. Every query is also a place where cancelled work stops.

    `untraced`: what it answers from.
    """

    def __init__(self, source: Source, token: Token = NEVER, known: Trace | None = None) -> None:
        """Answer from `source`; raise `Cancelled` once `token` is cancelled.

        `known`: answers of an earlier run, from files and folders that are all still there. They are part of the trace,
        so that whoever keeps what it made of a file need not read it again where the text is the same.
        """
        self.untraced = source
        self._known = known
        self._token = token
        self._reads: dict[str, Answer] = {}
        self._texts: set[str] = set()
        self._files: dict[str, bool] = {}
        self._folders: dict[str, bool] = {}
        self._listings: dict[str, tuple[str, ...]] = {}
        self._asked: dict[str, list[tuple[Question, object]]] = {}

    def trace(self) -> Trace:
        """Give what was asked so far."""
        made = Trace(
            dict(self._reads),
            dict(self._files),
            dict(self._folders),
            dict(self._listings),
            frozenset(self._reads.keys() - self._texts),
            {path: tuple(asked) for path, asked in self._asked.items()},
        )
        return made if self._known is None else self._known.followed_by(made)

    def changed_since(self, before: Source) -> frozenset[str] | None:
        """Give the paths that may have other texts than in `before`; None unless the trace knows of all others."""
        return None if self._known is None else changed_since(self.untraced, before)

    def read(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path`, or why there is none."""
        self._texts.add(path)
        return self.read_program(path)

    def read_program(self, path: str) -> FileText | Unreadable:
        """Give the text of the file at `path` to somebody who looks at nothing but its syntax tree."""
        self._token.check()
        result = self.untraced.read(path)
        self._reads[path] = _answer(result)
        return result

    def ask(self, path: str, question: Question) -> object:
        """Give what `question` says of the text at `path` (None where it cannot be read)."""
        self._token.check()
        answer = _ask(self.untraced.read(path), question)
        self._asked.setdefault(path, []).append((question, answer))
        return answer

    def is_file(self, path: str) -> bool:
        """Whether there is a file at `path`."""
        self._token.check()
        result = self._files[path] = self.untraced.is_file(path)
        return result

    def is_dir(self, path: str) -> bool:
        """Whether there is a folder at `path`."""
        result = self._folders[path] = self.untraced.is_dir(path)
        return result

    def list_dir(self, path: str) -> tuple[str, ...]:
        """Give the names in the folder `path`, sorted."""
        self._token.check()
        result = self._listings[path] = self.untraced.list_dir(path)
        return result


def _answer(result: FileText | Unreadable) -> Answer:
    return result.digest if isinstance(result, FileText) else result.reason


def _ask(file: FileText | Unreadable, question: Question) -> object:
    return question(file.text if isinstance(file, FileText) else None)
