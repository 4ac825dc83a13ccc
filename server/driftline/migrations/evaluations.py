"""What following revisions gave, kept from one replay to the next.

A revision is followed again only if its file says something else, or if what it gives depends on more than files: on
the state that it met. Each is followed by itself: what it does to modules of the project that it shares with others is
undone, so the order in which they are followed is no matter, and an edit of one follows that one alone.

Invariant: what is kept is what following the revision now would give. Whoever replays asks every time, and the
questions that the answer rests on are put to `modules` again, so that they are written down.

Example: in a second replay after an edit of revision 0002, `follow` calls its `evaluate` for that one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from driftline.migrations.evaluation import Evaluated, Running
from driftline.migrations.passes import PassMemory
from driftline.migrations.recorder import Recorder
from driftline.migrations.working import Working
from driftline.models.declared import Declared
from driftline.python.evaluator import Evaluator
from driftline.python.modules import FoundModule, Modules
from driftline.schema import Schema
from driftline.schema.naming import NamingConvention
from driftline.sources.source import FileText, Source, Unreadable, read_program


@dataclass(frozen=True, slots=True)
class Setting:
    """What following a revision is told besides files and the state.

    `operations`: modules that add operations to Alembic, which env.py has imported by then. `assume`: values by dotted
    name, for what cannot be read. `assumed_schema`: the one that is taken where a revision names one that was not read.
    """

    dialect: str
    convention: NamingConvention
    version_table: str
    engines: tuple[str, ...]
    operations: tuple[str, ...] = ()
    assume: Mapping[str, object] = field(default_factory=dict)
    assumed_schema: str | None = None


_Query = tuple[str, str, object]
"""A method of `Source`, a path, and the answer."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """`asked`: the modules that it asked for itself. `shares`: it has used modules of the project.

    `queries`: what else it asked the workspace. `operations`: the attributes of `op` that are none of Alembic's own.
    `models`: what it asked the models.
    """

    digest: bytes
    asked: frozenset[str]
    queries: tuple[_Query, ...]
    operations: frozenset[str]
    models: Declared | None
    shares: bool
    evaluated: Evaluated


@dataclass(slots=True)
class _World:
    """An evaluator with the modules that revisions have loaded, and what these rest on."""

    setting: Setting
    recorder: Recorder
    evaluator: Evaluator
    found: dict[str, FoundModule | None] = field(default_factory=dict)
    files: dict[str, bytes | None] = field(default_factory=dict)
    queries: dict[_Query, None] = field(default_factory=dict)
    disturbed: bool = False
    """Whether a revision has changed something that lasts: where modules are looked for, which operations there are."""

    def holds(self, modules: Modules) -> bool:
        """Whether loading the modules now would give the same."""
        return (
            not self.disturbed
            and all(_ask(modules.source, *one[:2]) == one[2] for one in self.queries)
            and all(modules.find(name) == found for name, found in self.found.items())
            and all(_digest(read_program(modules.source, path)) == digest for path, digest in self.files.items())
        )


class Evaluations:
    """Evaluations by file and function, and the passes over them.

    `followed` is told of each file that is followed, not taken from here.
    """

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.followed: Callable[[str], None] = lambda _path: None
        self._kept: dict[tuple[str, str], _Kept] = {}
        self._world: _World | None = None
        self._modules: Modules | None = None
        self.undone: dict[str, Any] = {}
        """The downgrades as they were replayed the last time (`downgrades.Undone`), by revision."""
        self.passes = (PassMemory(), PassMemory())
        """The two passes of a replay: the one as if nothing were presumed, and the one with what is."""

    def begin(self, modules: Modules, setting: Setting, declared: Declared) -> tuple[Evaluator, Recorder]:
        """Start a replay that finds modules in `modules`: give what evaluates the revisions, and what records them."""
        world = self._world
        if world is not None and world.setting != setting:
            self._kept.clear()
            world = None
        if world is not None and not world.holds(modules):
            self._kept = {key: kept for key, kept in self._kept.items() if not kept.shares}
            world = None
        if world is None:
            recorder = Recorder(setting.dialect, setting.convention, setting.version_table)
            recorder.assumed_schema = setting.assumed_schema
            evaluator = Evaluator(modules, recorder, assume=setting.assume)
            recorder.evaluator = Running(evaluator)
            world = _World(setting, recorder, evaluator)
            _load_operations(world, modules)
        else:
            world.evaluator.use(modules)
        world.recorder.declared = declared
        self._world, self._modules = world, modules
        return world.evaluator, world.recorder

    def known(self, path: str, function: str) -> Evaluated | None:
        """Give what following `function` of the revision file at `path` would give; None where that is not known."""
        evaluated = self.before(path, function)
        return None if evaluated is None or evaluated.introspected else evaluated

    def before(self, path: str, function: str) -> Evaluated | None:
        """Give what following it gave, and would give in the same state; None where that is not known."""
        kept, modules, world = self._kept.get((path, function)), self._modules, self._world
        if kept is None or modules is None or world is None:
            return None
        holds = (
            _digest(read_program(modules.source, path)) == kept.digest
            and (kept.shares or all(modules.find(name) is None for name in kept.asked))
            and (kept.shares or all(world.recorder.custom.maker(name) is None for name in kept.operations))
            and (kept.models is None or kept.models is world.recorder.declared)
            and all(_ask(modules.source, *one[:2]) == one[2] for one in kept.queries)
        )
        return kept.evaluated if holds else None

    def follow(self, path: str, function: str, evaluate: Callable[[], Evaluated]) -> Evaluated:
        """Give what `evaluate` gives, and keep it with what it depends on."""
        self.followed(path)
        world, modules = self._world, self._modules
        if world is None or modules is None:
            msg = "no replay has begun"
            raise AssertionError(msg)
        noting, asked = _Noting(modules.source, path), set[str]()
        roots, recorder = modules.roots, world.recorder
        recorder.custom.asked.clear()
        modules.source, modules.asked = noting, asked
        try:
            with world.evaluator.only_for_now():
                evaluated = evaluate()
        finally:
            modules.source, modules.asked = noting.source, None
        found = {name: modules.find(name) for name in asked}
        operations = frozenset(recorder.custom.asked)
        shares = (
            bool(noting.programs)
            or any(one is not None for one in found.values())
            or any(recorder.custom.maker(name) is not None for name in operations)
        )
        if shares:
            world.found |= found
            world.files |= noting.programs
            world.queries |= dict.fromkeys(noting.queries)
        if modules.roots != roots or recorder.custom.registered_in(path):
            world.disturbed = True
        if noting.own is None or world.disturbed:
            self._kept.pop((path, function), None)
        else:
            models = recorder.declared if recorder.asked_models else None
            queries = tuple(noting.queries)
            self._kept[path, function] = _Kept(
                noting.own, frozenset(asked), queries, operations, models, shares, evaluated
            )
        return evaluated

    def keep_only(self, paths: Collection[str]) -> None:
        """Forget the files that are no revisions any more."""
        for key in [key for key in self._kept if key[0] not in paths]:
            del self._kept[key]


def _load_operations(world: _World, modules: Modules) -> None:
    """Import the modules that add operations to Alembic; what that rests on is noted."""
    noting, asked = _Noting(modules.source, ""), set[str]()
    modules.source, modules.asked = noting, asked
    world.recorder.begin(Working.of(Schema(world.setting.dialect)))
    try:
        for name in world.setting.operations:
            world.evaluator.module(name)
    finally:
        modules.source, modules.asked = noting.source, None
    world.found |= {name: modules.find(name) for name in asked}
    world.files |= noting.programs
    world.queries |= dict.fromkeys(noting.queries)


class _Noting:
    """A source that notes what a revision asks for besides modules.

    `own`: the digest of its file. `programs`: those of the files that it loaded. `queries`: all else.
    """

    def __init__(self, source: Source, path: str) -> None:
        self.source = source
        self.own: bytes | None = None
        self.programs: dict[str, bytes | None] = {}
        self.queries: list[_Query] = []
        self._path = path

    def read_program(self, path: str) -> FileText | Unreadable:
        file = read_program(self.source, path)
        if path == self._path:
            self.own = _digest(file)
        else:
            self.programs[path] = _digest(file)
        return file

    def read(self, path: str) -> FileText | Unreadable:
        file = self.source.read(path)
        self.queries.append(("read", path, _digest(file)))
        return file

    def is_file(self, path: str) -> bool:
        answer = self.source.is_file(path)
        self.queries.append(("is_file", path, answer))
        return answer

    def is_dir(self, path: str) -> bool:
        answer = self.source.is_dir(path)
        self.queries.append(("is_dir", path, answer))
        return answer

    def list_dir(self, path: str) -> tuple[str, ...]:
        answer = self.source.list_dir(path)
        self.queries.append(("list_dir", path, answer))
        return answer


def _ask(source: Source, method: str, path: str) -> object:
    answer = getattr(source, method)(path)
    return _digest(answer) if method == "read" else answer


def _digest(file: FileText | Unreadable) -> bytes | None:
    return file.digest if isinstance(file, FileText) else None
