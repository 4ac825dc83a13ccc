"""One opened folder: its latest complete view, and the one run that brings the next.

The event loop is the only writer: it bumps `wanted` and starts runs. A run happens on the one worker thread; what a
newer edit made stale is cancelled, and its result dropped. Requests read the latest complete result and never wait for
a run, but for those that must speak of the text as it is now. Only diagnostics need not wait for the first one, where
an earlier process has left what they are and nothing has changed since (`earlier.py`).

Example: `folder.request(0.2)` after a keystroke; `view = await folder.current()` before a quick fix is built.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from driftline.dataclass import dataclass, field, replace
from driftline.engine.analyse import Work, analysis, declared_again, is_due, unreadable
from driftline.engine.analysis import Analysis
from driftline.engine.answers import Answers
from driftline.engine.cache_folder import wanted
from driftline.engine.cancellation import Cancelled, Token
from driftline.engine.project import open_project
from driftline.engine.remembered import keep, remember
from driftline.engine.session import Session
from driftline.engine.settings import Settings, configured
from driftline.engine.timings import trace
from driftline.lsp import earlier
from driftline.lsp.garbage import settle
from driftline.lsp.owner import owner
from driftline.lsp.rest import Looked, Rest
from driftline.lsp.shown import Showing, Shown, digests
from driftline.lsp.worker import Worker
from driftline.python.syntax import Syntax
from driftline.python.trees import Trees
from driftline.sources.disk import DiskSource
from driftline.sources.environment import ConfigProblem
from driftline.sources.overlay import OverlaySource
from driftline.sources.paths import is_within
from driftline.sources.source import FileText, Source, changed_since

log = logging.getLogger(__name__)

_ROOM_FOR_TREES = 2_400_000
"""Characters of the files whose syntax trees stay: some 85 MB, for 1,000 files and more, the models' first."""


_Question = tuple[Mapping[str, object], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run yields. `complaints`: what is wrong with the client's own settings, as sentences.

    `broken`: by path, the present texts of files that do not parse, and for which their last good text counted.
    `elsewhere`: how many environments were found that are another open folder's. `source`: what was read. `shown`: by
    path, what the client is to show, in the texts that the run was of. `seconds`: how long it took. `trace`: which
    stages ran for what, and how long, a line for each; then what was done to their parts.
    """

    analyses: tuple[Analysis, ...]
    problems: tuple[ConfigProblem, ...]
    complaints: tuple[str, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    trace: tuple[str, ...] = ()
    elsewhere: int = 0
    source: Source | None = None
    shown: Mapping[str, Shown] = field(default_factory=dict)

    def syntax(self, path: str) -> Syntax | None:
        """Give the parse of a file that the result rests on; None where it read no such file."""
        return next((found for one in self.analyses if (found := one.syntax(path)) is not None), None)

    def changed_since(self, before: Result | None) -> frozenset[str] | None:
        """Give the files that may be shown with another text than `before`; None where that is not known."""
        if before is None or before.source is None or self.source is None:
            return None
        changed = changed_since(self.source, before.source)
        return None if changed is None else changed.union(self.broken, before.broken)

    def rests_on(self, path: str) -> bool:
        """Whether an edit of the file at `path` could change it."""
        for one in self.analyses:
            environment = one.environment
            if path in (environment.config_path, environment.env_path):
                return True
            if path in one.declared.reads or path in one.migrated.reads:
                return True
        return False


class Folder:
    """An opened folder at `path` (absolute). `buffers` gives the open documents' texts by path, on the event loop.

    `show` gives what a client shows of a result, in these texts, and what files may have others than the last time; on
    the worker, as there may be hundreds of findings.
    `client` gives, as plain data, what that depends on besides. `opened` gives the folders that are open. It is read
    once the client's settings for it are known: no finding shows that they turn off.
    """

    def __init__(
        self,
        path: str,
        worker: Worker,
        buffers: Callable[[], Mapping[str, str]],
        finished: Callable[[Folder, bool], None],
        show: Callable[[Result, Mapping[str, str], Showing, Collection[str] | None], Mapping[str, Shown]],
        client: Callable[[], Mapping[str, object]],
        opened: Callable[[], Iterable[str]],
    ) -> None:
        """Run on `worker`; call `finished` on the event loop whenever there is something to show.

        It is told whether that may be something else than the last time.
        """
        self.path = path
        self._client_settings: Mapping[str, object] | None = None
        self.result: Result | None = None
        self._showing = Showing()
        self._showed: Result | None = None
        self._earlier: Mapping[str, Shown] | None = None
        self._earlier_of = 0
        self._since = time.time_ns()
        self._asked: _Question = {}, {}
        """What the result is the answer to."""
        self._news = False
        """Whether something else may have been seen, since the client was last told, than what it was told of."""
        self.session = Session(DiskSource(), trees=Trees(_ROOM_FOR_TREES))
        self._disk: DiskSource | None = None
        self._told_of: DiskSource | None = None
        """The look at the disk that the last result told of is of. A save leads to two looks where the client tells of
        the file on disk, too: what the second one sees is held against this, as the first is given up."""
        self._look_again = True
        self._counted: OverlaySource | None = None
        self._good: dict[str, str] = {}
        self._settings: dict[str, Settings] = {}
        self._works: tuple[Work, ...] = ()
        self._kept = False
        self._worker = worker
        self._buffers = buffers
        self._finished = finished
        self._show = show
        self._client = client
        self._opened = opened
        self._open: tuple[str, ...] = ()
        """The open folders, as the last run began."""
        self._closed = False
        self._runs = 0
        self._wanted = 0
        self._done = 0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._token = Token()
        self._changed = asyncio.Condition()
        self.rest = Rest(worker, self._is_quiet, self._models_again, lambda: self.request(0, typed=True))

    def configure(self, settings: Mapping[str, object]) -> None:
        """Take note of the client's settings for this folder, and ask for a result with them."""
        self._client_settings = settings
        self.request(0)

    def request(self, delay: float, *, typed: bool = False) -> None:
        """Ask for a new result of what is there in `delay` seconds; another request before then replaces this one.

        `typed`: only a buffer has changed, so the disk need not be looked at again.
        """
        self._wanted += 1
        self._look_again = self._look_again or not typed
        self._token.cancel()
        self._worker.wake()
        if self._timer is not None:
            self._timer.cancel()
        if self._closed:
            return
        self._timer = asyncio.get_running_loop().call_later(delay, self._start)

    async def first(self) -> Result:
        """Give the latest complete result; wait only for the first one."""
        return await self._when(lambda: self.result is not None)

    async def current(self) -> Result:
        """Give the result that speaks of everything up to now."""
        if self._timer is not None:
            self._timer.cancel()
            self._start()
        wanted = self._wanted
        return await self._when(lambda: self._done >= wanted and self.result is not None)

    @property
    def shown(self) -> Mapping[str, Shown]:
        """What is to be shown: of the latest complete result; before there is one, what is known from earlier."""
        return (self._earlier or {}) if self.result is None else self.result.shown

    async def shows(self) -> Mapping[str, Shown]:
        """Give what is to be shown of everything up to now.

        It waits for the pause that was asked for, too: an editor that pulls does so at each keystroke.
        """
        wanted = self._wanted
        await self._until(
            lambda: (
                (self.result is not None and self._done >= wanted)
                or (self._earlier is not None and self._earlier_of >= wanted)
            )
        )
        return self.shown

    async def _when(self, there: Callable[[], bool]) -> Result:
        await self._until(there)
        if self.result is None:
            raise asyncio.CancelledError
        return self.result

    async def _until(self, there: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed or there())
        if self._closed:
            raise asyncio.CancelledError  # pygls says so to the client

    def stop(self) -> None:
        """Let nothing run that nobody waits for any more."""
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self.rest.stop()
        self._token.cancel()
        self._worker.wake()

    async def close(self) -> None:
        """Stop what is running, and keep what it has found. Who waits for a result is told that there comes none."""
        self.stop()
        async with self._changed:
            self._changed.notify_all()
        if self._task is not None:
            await asyncio.wait([self._task])
        await self.keep()

    async def keep(self) -> None:
        """Keep what was worked out for the next start; a run goes first."""
        # The result is the answer to what was asked then: settings may have come that no run was of.
        shown, question = self.result, self._asked
        await asyncio.get_running_loop().run_in_executor(self._worker, self._keep, shown, question)

    def _keep(self, shown: Result | None, question: _Question) -> None:
        """Keep it; runs on the worker."""
        self._kept = True
        self.session.token = Token()
        try:
            for work in self._works if wanted() else ():
                keep(work)
            answers = self._answers(question) if not self.session.unsure else None
            if answers is not None and shown is not None:
                earlier.keep(answers, shown)
            self.session.forget_sites()
        except Exception:
            log.exception("what is known of %s was not kept", self.path)

    def _question(self, opened: Iterable[str]) -> _Question:
        """Give what is asked of the files here: the client's settings, and what else bears on what it is shown.

        `opened`: the folders that are open.
        """
        nested = sorted(one for one in opened if is_within(one, self.path) or is_within(self.path, one))
        return self._client_settings or {}, {**self._client(), "folders": nested}

    def _answers(self, question: _Question) -> Answers | None:
        """Where it is kept what the folder shows; None where nothing is to be kept. Runs on the worker."""
        return earlier.answers_of(self.path, *question, self._since) if wanted() else None

    async def _show_earlier(self) -> None:
        """Show what the folder showed earlier, if nothing has changed since."""
        of, found = -1, None
        while of != self._wanted:  # a file that is opened meanwhile is another question
            of, found = self._wanted, await self._find_earlier()
            if found is None or self._closed:
                return
        async with self._changed:
            first, self._earlier, self._earlier_of = self._earlier is None, found, of
            self._changed.notify_all()
        self._finished(self, first)

    async def _find_earlier(self) -> Mapping[str, Shown] | None:
        buffers, question = dict(self._buffers()), self._question(self._opened())

        def find() -> Mapping[str, Shown] | None:
            try:
                answers = self._answers(question)
                return None if answers is None else earlier.find(answers, buffers)
            except Exception:
                log.exception("what %s showed earlier was not found", self.path)
                return None

        return await asyncio.get_running_loop().run_in_executor(self._worker, find)

    def _start(self) -> None:
        self._timer = None
        if self._client_settings is not None and not self._closed and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._done != self._wanted and self._timer is None and not self._closed:
            if self.result is None:
                await self._show_earlier()
            wanted = self._wanted
            self._token, self._open = Token(), tuple(self._opened())
            question = self._question(self._open)
            job = self._job(dict(self._buffers()), self._client_settings or {}, self._token)
            start = loop.time()
            try:
                result = await loop.run_in_executor(self._worker, job)
            except Exception:
                # A defect of ours: the last result stays, and the server goes on.
                log.exception("the analysis of %s failed", self.path)
                result = self.result or Result((), ())
            if result is None:
                continue
            self._news = self._news or digests(self.shown) != digests(result.shown)
            async with self._changed:
                self.result, self._asked = replace(result, seconds=loop.time() - start), question
                self._done = wanted
                self._changed.notify_all()
            if self._done == self._wanted:
                self._tell()
                # Now that the client has been told: looking for garbage holds every thread up.
                garbage = False
                if not self._closed:
                    garbage = await loop.run_in_executor(self._worker, settle, self._runs - 1)
                if not self._kept and not self._closed:  # a server that is killed leaves this much
                    await self.keep()
                if not self._closed:
                    self.rest.after_run(garbage=garbage)

    def _is_quiet(self) -> bool:
        """Whether nothing is asked for."""
        return self._timer is None and self._done == self._wanted and not self._closed

    def _models_again(self, token: Token) -> Looked:
        """Evaluate models from scratch where that is due; runs on the worker."""
        session, looked = self.session, Looked()
        session.token = token
        shown = {} if self._counted is None else self._counted.buffers
        try:
            for work in self._works:
                if is_due(work, shown):
                    otherwise = declared_again(work)
                    looked.evaluated += 1
                    looked.otherwise += otherwise
                    if otherwise:
                        log.warning("%s: what was taken over of its models did not hold", work.key)
        except Cancelled:
            looked.stopped = True
        except Exception:
            log.exception("looking again at the models of %s failed", self.path)
        else:
            looked.garbage = bool(looked.evaluated) and settle(self._runs)
        log.debug("%s, at rest:\n%s", self.path, "\n".join(trace(session.took, session.ran)))
        session.ran.clear()
        session.took.clear()
        return looked

    def _tell(self) -> None:
        """Tell of the latest result, which speaks of everything up to now."""
        news, self._news, self._earlier = self._news, False, None
        self._told_of = self._disk
        self._finished(self, news)

    def _job(
        self, buffers: Mapping[str, str], client_settings: Mapping[str, object], token: Token
    ) -> Callable[[], Result | None]:
        def run() -> Result | None:
            try:
                result = self._analyse(buffers, client_settings, token)
            except Cancelled:
                return None
            self._runs += 1
            return result

        return run

    def _analyse(self, buffers: Mapping[str, str], client_settings: Mapping[str, object], token: Token) -> Result:
        """Analyse everything; runs on the worker."""
        session = self.session
        session.token = token  # first of all: parsing asks it, and the one before is cancelled
        if self._look_again or self._disk is None:
            self._look_again = False
            self._disk = DiskSource(previous=self._told_of or self._disk)
        broken = self._keep_good(self._disk, buffers)
        session.source = self._counted = OverlaySource(self._disk, {**buffers, **self._good})
        wrong: list[str] = []

        def adjust(settings: Settings) -> Settings:
            settings, complaints = configured(settings, client_settings, self.path)
            wrong.extend(complaints)
            return settings

        project = open_project(self.path, session, adjust, self._settings)
        works = [work for work in project.works if owner(work.environment, self._open) in (self.path, None)]
        for work in works if wanted() else ():
            remember(work)
        # Of what an environment rests on and may not be read nothing is known: all of it would seem to be missing.
        unread = {work.key: _unread(work) for work in works}
        self._works = tuple(work for work in works if not unread[work.key])
        analyses = tuple(analysis(work) for work in self._works)
        traced = tuple(trace(session.took, session.ran)) or ("nothing ran",)
        session.ran.clear()  # what a cancelled run has done counts for the one that follows it
        session.took.clear()
        log.debug("%s:\n%s", self.path, "\n".join(traced))
        of_environments = (problem for work in works for problem in work.environment.problems)
        of_baselines = (problem for one in analyses for problem in one.problems)
        of_files = itertools.chain.from_iterable(unread.values())
        problems = tuple(dict.fromkeys((*project.problems, *of_environments, *of_baselines, *of_files)))
        complaints = tuple(dict.fromkeys(wrong))
        elsewhere = len(project.works) - len(works)
        result = Result(
            analyses, problems, complaints, broken, trace=traced, elsewhere=elsewhere, source=session.source
        )
        changed, self._showed = result.changed_since(self._showed), result
        return replace(result, shown=self._show(result, buffers, self._showing, changed))

    def _keep_good(self, disk: DiskSource, buffers: Mapping[str, str]) -> Mapping[str, str]:
        """Keep the last text that parsed of each module that does not any more, open or not: facts stay as one types.

        It is kept until the module parses again, or is gone. Gives the present texts of these modules, by path.
        """
        present, before = OverlaySource(disk, buffers), self._counted
        paths = {*buffers, *self._good}
        if before is not None:
            paths.update(before.buffers)
            if isinstance(before.under, DiskSource) and before.under is not disk:
                paths.update(one.path for one in before.under.texts())
        good: dict[str, str] = {}
        broken: dict[str, str] = {}
        for path in paths:
            if not path.endswith(".py"):
                continue
            # A file that was opened before it was ever read was good if it is so on disk.
            file, counted = present.read(path), (before or disk).read(path)
            if file == counted or not (isinstance(file, FileText) or present.is_file(path)):
                continue
            if isinstance(file, FileText) and self.session.parse(file).problem is None:
                continue
            if path in self._good:
                good[path] = self._good[path]
            elif isinstance(counted, FileText) and self.session.parse(counted).problem is None:
                good[path] = counted.text
            if path in good and isinstance(file, FileText):
                broken[path] = file.text
        self._good = good
        return broken


def _unread(work: Work) -> tuple[ConfigProblem, ...]:
    """Say what an environment rests on that cannot be read, each in a file that can be shown: no folder can."""
    environment = work.environment
    found: list[ConfigProblem] = []
    for one in unreadable(work):
        name = os.path.relpath(one.path, work.folder)
        is_file = work.session.source.is_file(one.path)
        path = one.path if is_file else environment.config_path or environment.env_path or one.path
        found.append(ConfigProblem(f"`{name}` cannot be read, so nothing is compared: {one.reason}", path))
    return tuple(found)
