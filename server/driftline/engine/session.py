"""A session remembers: files are parsed once, and stages run again only if what they were told has changed.

Everything is content-keyed, so nothing has to be told what an edit invalidates, and what a cancelled run finished
stays good.

Invariant: a session gives the same results as a new one would (tests/engine/test_incremental.py).

Example: `session = Session(DiskSource())`, one analysis, an edit; then `session.source = DiskSource(previous=…)` and
the next one parses the edited file alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar, cast

from driftline.dataclass import dataclass
from driftline.engine.cancellation import NEVER, Token
from driftline.engine.tracing import Trace, TracingSource
from driftline.python.same import same, shared
from driftline.sources.source import changed_since

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax
    from driftline.python.trees import Trees
    from driftline.sources.source import FileText, Source

T = TypeVar("T")
M = TypeVar("M")

_OLDER_KEPT = 64
"""How many versions of files stay parsed besides the latest: what an older analysis still shows, and what a run holds
the latest ones against. Of one file it is one."""

_RESULTS_KEPT = 256
"""How many results of stages are kept: some ten for each environment, and no project has many of these."""

_MOST_REMEMBERED = 1_000_000
"""How much of what ran is remembered."""

_COMPARISONS_KEPT = 2_048
"""How many comparisons of two versions of a file are remembered: each stage that read the file asks again."""


@dataclass(slots=True)
class _Kept:
    inputs: tuple[object, ...]
    trace: Trace
    result: object
    verified: Source | None
    """The source that last gave the trace's answers; None where an earlier process had it."""


class Session:
    """Parsed files and results of stages over `source`, which may be replaced at any time between two analyses.

    `ran` lists what ran, as (stage, key), oldest first: ("parse", path) for a file. `started`, where given, is told
    of each as it begins. `trees`: how many syntax trees are held at a time; all, where nobody says.
    """

    def __init__(
        self, source: Source, started: Callable[[str, str], None] | None = None, *, trees: Trees | None = None
    ) -> None:
        """Read from `source`."""
        self.source = source
        self._trees = trees
        self.ran: list[tuple[str, str]] = []
        self.token: Token = NEVER
        self._started = started
        self._parsed: dict[str, tuple[tuple[bytes, Syntax], ...]] = {}
        self._older: deque[tuple[str, bytes]] = deque()
        """The versions that are not the latest, by path and digest, in the order in which they became that."""
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._memories: dict[tuple[Callable[[], object], str], object] = {}
        self.sound: set[tuple[str, bytes]] = set()
        """The texts that are known to parse, by path and digest: those that are parsed, or that are recalled."""
        self.earlier: dict[tuple[str, bytes], FileText] = {}
        """Texts that an earlier process worked from, where there are others now; by path and digest."""
        self.seconds: dict[str, float] = {}
        """How long each stage has taken, without those that it has asked for in turn."""
        self.took: list[tuple[str, str, float]] = []
        """Each stage that ran, as (stage, key, its own seconds), in the order in which they ended."""
        self._outer = 0.0
        self._same_code: dict[tuple[str, bytes, bytes], bool] = {}
        self.unsure: set[tuple[str, str]] = set()
        """The stages, with their keys, whose last result was in part taken over from the one before: it is to be worked
        out from scratch when there is time, and not kept for another process until then."""

    def parse(self, file: FileText) -> Syntax:
        """Parse a file, or give what parsing this text gave before.

        Whoever shows a finished analysis asks as well, while another run goes on: nobody cancels this.
        """
        versions = self._parsed.get(file.path, ())
        for digest, syntax in versions:
            if digest == file.digest:
                return syntax
        # Parsing imports `ast`'s users; a command that only prints a rule's page does without.
        from driftline.python.syntax import parse

        with self.timed("parse", file.path):
            syntax = parse(file.path, file.text, self._trees)
        if syntax.problem is None:
            self.sound.add((file.path, file.digest))
        self._parsed[file.path] = (file.digest, syntax), *versions
        if versions:
            self._older.append((file.path, versions[0][0]))
        for digest, _ in versions[1:]:
            self._forget(file.path, digest)
        while len(self._older) > _OLDER_KEPT:
            self._forget(*self._older.popleft())
        return syntax

    def _forget(self, path: str, digest: bytes) -> None:
        """Let go of a version of a file, unless it is the latest again."""
        versions = self._parsed.get(path, ())
        gone = [old for said, old in versions[1:] if said == digest]
        self._parsed[path] = (*versions[:1], *(one for one in versions[1:] if one[0] != digest))
        for old in gone:
            self.sound.discard((path, digest))
            if self._trees is not None and not old.passing:
                self._trees.leave(old)

    def forget_sites(self) -> None:
        """Let go of the tables between nodes and sites: whoever has asked for all of them has filled the memory."""
        for versions in tuple(self._parsed.values()):
            for _, syntax in versions:
                syntax.forget_sites()

    def known(self, path: str, text: str) -> Syntax | None:
        """Give what parsing a text has given, if that was lately; on any thread."""
        return next((syntax for _, syntax in self._parsed.get(path, ()) if syntax.text == text), None)

    def memory(self, make: Callable[[], M], key: str) -> M:
        """Give what a stage keeps for `key` from one of its runs to the next; made by `make` when first asked for.

        What is kept may save work, and must never change a result.
        """
        kept = self._memories.get((make, key))
        if kept is None:
            kept = self._memories[make, key] = make()
        return cast("M", kept)

    def keep(self, make: Callable[[], M], key: str, kept: M) -> None:
        """Have the stage keep this from now on."""
        self._memories[make, key] = kept

    def stage(
        self,
        name: str,
        key: str,
        inputs: tuple[object, ...],
        run: Callable[[TracingSource], T],
        *,
        follows: bool = False,
    ) -> T:
        """Give the result of a stage for `key`: the one from before if its inputs and all that it read are the same.

        `run` must read through the source that it is given, and depend on nothing but that and `inputs`. A result
        that comes out the same as before *is* the one from before, so that the stages behind it are cut off.
        `follows`: it keeps what it made of single files, and need not read again what has not changed.
        """
        self.token.check()
        kept = self._kept.pop((name, key), None)
        if kept is not None and same(kept.inputs, inputs) and self._holds(kept):
            self._kept[name, key] = kept  # last in the order: the oldest goes first
            return cast("T", kept.result)
        with self.timed(name, key):
            answers = self._answers(kept) if follows and kept is not None else None
            traced = TracingSource(self.source, self.token, answers)
            result = run(traced)
        if kept is not None:
            result = shared(cast("T", kept.result), result)
        self._kept[name, key] = _Kept(inputs, traced.trace(), result, self.source)
        if len(self._kept) > _RESULTS_KEPT:
            del self._kept[next(iter(self._kept))]
        return result

    def again(
        self, name: str, key: str, run: Callable[[TracingSource], T], alike: Callable[[T, T], bool] = same
    ) -> bool:
        """Run a stage again of which there is a result for the present source; give whether it came out `alike`.

        Where it did not, the new result counts from now on. In either case it is sure. `run` is as for `stage`.
        """
        kept = self._kept[name, key]
        traced = TracingSource(self.source, self.token)
        with self.timed(f"{name} again", key):
            result = run(traced)
        before = cast("T", kept.result)
        held = alike(before, result)
        self._kept[name, key] = _Kept(kept.inputs, traced.trace(), before if held else result, self.source)
        self.unsure.discard((name, key))
        return held

    def is_current(self, name: str, key: str) -> bool:
        """Whether the stage has a result that is known to hold for the present source."""
        kept = self._kept.get((name, key))
        return kept is not None and kept.verified is self.source

    def has(self, name: str, key: str) -> bool:
        """Whether the stage has run before, in this process or an earlier one."""
        return (name, key) in self._kept

    def recall(self, name: str, key: str, inputs: tuple[object, ...], trace: Trace, result: object) -> None:
        """Take over what a stage gave in an earlier process: it counts as long as `inputs` and `trace` hold."""
        self._kept[name, key] = _Kept(inputs, trace, result, None)

    def kept(self, name: str, key: str) -> tuple[tuple[object, ...], Trace, object] | None:
        """Give the inputs, the trace and the result of a stage that has run, or was recalled; None where it was not."""
        kept = self._kept.get((name, key))
        return None if kept is None or kept.verified is None else (kept.inputs, kept.trace, kept.result)

    def trace_of(self, name: str, key: str) -> Trace:
        """Give what the stage `name` asked for `key` when it last ran; an empty trace where it never did."""
        kept = self._kept.get((name, key))
        return kept.trace if kept is not None else Trace()

    def _holds(self, kept: _Kept) -> bool:
        """Whether all answers are as they were; asked once of a source whose answers never change."""
        if kept.verified is self.source and getattr(self.source, "settled", False):
            return True
        among = None if kept.verified is None else changed_since(self.source, kept.verified)
        if among is None and not kept.trace.structure_holds(self.source):
            return False
        if kept.trace.changed(self.source, among, self._is_same_code):
            return False
        kept.trace = kept.trace.updated(self.source, among)
        kept.verified = self.source
        return True

    def _answers(self, kept: _Kept) -> Trace | None:
        """The answers of the run before, as they are now; None where files or folders may have come or gone."""
        among = None if kept.verified is None else changed_since(self.source, kept.verified)
        return None if among is None else kept.trace.brought_up(self.source, among)

    def _is_same_code(self, path: str, digest: bytes, file: FileText) -> bool:
        """Whether the version of a file with `digest`, if it is still known, is the same program as `file`."""
        known = self._same_code.get((path, digest, file.digest))
        if known is None:
            from driftline.engine.same_code import same_code

            before = next((one for old, one in self._parsed.get(path, ()) if old == digest), None)
            if before is None and (path, digest) in self.earlier:
                before = self.parse(self.earlier[path, digest])
            known = before is not None and same_code(before, self.parse(file))
            if len(self._same_code) >= _COMPARISONS_KEPT:
                self._same_code.clear()
            self._same_code[path, digest, file.digest] = known
        return known

    @contextmanager
    def timed(self, name: str, key: str) -> Iterator[None]:
        """Take note that a stage begins; add what happens in here to its seconds, and to nobody else's."""
        self.began(name, key)
        start, outer, self._outer = perf_counter(), self._outer, 0.0
        try:
            yield
        finally:
            taken = perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + taken - self._outer
            self.took.append((name, key, taken - self._outer))
            if len(self.took) > _MOST_REMEMBERED:
                del self.took[: _MOST_REMEMBERED // 2]
            self._outer = outer + taken

    def began(self, name: str, key: str) -> None:
        """Take note that something begins to run; a stage says so of its parts."""
        self.ran.append((name, key))
        if len(self.ran) > _MOST_REMEMBERED:
            del self.ran[: _MOST_REMEMBERED // 2]
        if self._started is not None:
            self._started(name, key)
