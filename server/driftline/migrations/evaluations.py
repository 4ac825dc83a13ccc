"""What following revisions gave, kept from one replay to the next.

A revision is followed again only if its file says something else, or if what it gives depends on more than files: on
the state that it met. Each is followed by itself: what it does to modules of the project that it shares with others is
undone, so the order in which they are followed is no matter, and an edit of one follows that one alone.

Invariant: what is kept is what following the revision now would give. Whoever replays asks every time, and the
questions that the answer rests on are put to `modules` again, so that they are written down.

Example: in a second replay after an edit of revision 0002, `follow` calls its `evaluate` for that one alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.evaluation import Evaluated
from driftline.migrations.gathered import Gathered, Left
from driftline.migrations.passes import PassMemory
from driftline.migrations.recorder import Recorder
from driftline.migrations.running import Running
from driftline.migrations.timeline import Timelines
from driftline.migrations.working import Working
from driftline.models.core import CoreContext
from driftline.models.declared import Declared
from driftline.models.environment_script import ENV_NAME
from driftline.python.evaluator import Evaluator
from driftline.python.modules import FoundModule, Modules
from driftline.python.same import same
from driftline.python.values import Unknown
from driftline.schema import Schema, Table, table_key
from driftline.schema.naming import NamingConvention
from driftline.sources.environment import Environment
from driftline.sources.source import FileText, Source, Unreadable, changed_since, read_program, untraced

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Setting:
    """What following a revision is told besides files and the state.

    `operations`: modules that change what operations do, which env.py has imported by then. `assume`: values by dotted
    name, for what cannot be read. `assumed_schema`: the one that is taken where a revision names one that was not read.
    `environment`: whose configuration revisions ask about.
    """

    dialect: str
    convention: NamingConvention
    version_table: str
    engines: tuple[str, ...]
    operations: tuple[str, ...] = ()
    assume: Mapping[str, object] = field(default_factory=dict)
    assumed_schema: str | None = None
    environment: Environment | None = None


def setting_of(environment: Environment, dialect: str, declared: Declared) -> Setting:
    """Give the setting of an environment's revisions."""
    options = declared.options
    schemas = {one.schema for one in declared.schema.tables.values()}
    return Setting(
        dialect,
        declared.convention,
        table_key(CoreContext(dialect).schema_key(options.version_table_schema), options.version_table),
        environment.databases,
        options.operations,
        declared.assume,
        assumed_schema=schemas.pop() if len(schemas) == 1 else None,
        environment=environment,
    )


Query = tuple[str, str, object]
"""A method of `Source`, a path, and the answer."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What following a function of a revision file gave, and what it rests on.

    `digest`: of the file. `asked`: the modules that it asked for itself. `shares`: it has used modules of the project.
    `queries`: what else it asked the workspace. `operations`: the attributes of `op` that are none of Alembic's own.
    `models`: what it asked the models.
    """

    digest: bytes
    asked: frozenset[str]
    queries: tuple[Query, ...]
    operations: frozenset[str]
    models: Declared | None
    shares: bool
    evaluated: Evaluated

    @property
    def rests_on_more(self) -> bool:
        """Whether it does on more than its own file and the modules that all share."""
        return bool(self.queries) or self.models is not None


class _Shelf(Generic[K]):
    """What is kept, by key. `resting`: what of it rests on more than its own file and the modules that all share."""

    def __init__(self, kept: Iterable[tuple[K, Kept]] = ()) -> None:
        self.all = dict(kept)
        self.resting = {key: one for key, one in self.all.items() if one.rests_on_more}

    def put(self, key: K, one: Kept | None) -> None:
        """Keep something, or nothing, for a key."""
        self.all.pop(key, None)
        self.resting.pop(key, None)
        if one is not None:
            self.all[key] = one
            if one.rests_on_more:
                self.resting[key] = one

    def only(self, wanted: Callable[[K, Kept], bool]) -> _Shelf[K]:
        """Give those that are wanted."""
        return _Shelf((key, one) for key, one in self.all.items() if wanted(key, one))


@dataclass(slots=True)
class Rests:
    """What the modules that revisions have loaded rest on: where each was found, their texts, and other queries."""

    found: dict[str, FoundModule | None] = field(default_factory=dict)
    files: dict[str, bytes | None] = field(default_factory=dict)
    queries: dict[Query, None] = field(default_factory=dict)

    def hold(self, modules: Modules) -> bool:
        """Whether loading the modules now would give the same."""
        return (
            all(_ask(modules.source, *one[:2]) == one[2] for one in self.queries)
            and all(modules.find(name) == found for name, found in self.found.items())
            and all(_digest(read_program(modules.source, path)) == digest for path, digest in self.files.items())
        )

    def add(self, other: Rests) -> None:
        """Rest on what `other` rests on, too."""
        self.found |= other.found
        self.files |= other.files
        self.queries |= other.queries


@dataclass(slots=True)
class Earlier:
    """What an earlier process has kept: by file and function, in one setting."""

    setting: Setting
    rests: Rests
    kept: dict[tuple[str, str], Kept]


@dataclass(slots=True)
class _World:
    """An evaluator with the modules that revisions have loaded, and what these rest on."""

    setting: Setting
    recorder: Recorder
    evaluator: Evaluator
    rests: Rests = field(default_factory=Rests)
    registered: int = 0
    """How much was added to Alembic before any revision was followed."""
    disturbed: bool = False
    """Whether a revision has changed something that lasts: where modules are looked for, which operations there are."""

    def holds(self, modules: Modules) -> bool:
        """Whether loading the modules now would give the same."""
        return not self.disturbed and self.rests.hold(modules)


class Evaluations:
    """Evaluations by file and function, and the passes over them.

    `followed` is told of each file that is followed, not taken from here.
    """

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.followed: Callable[[str], None] = lambda _path: None
        self._kept = _Shelf[tuple[str, str]]()
        self._met = _Shelf[tuple[str, int]]()
        """By file and pass, what revisions gave that ask for the state: in each pass they may meet another one."""
        self._reads: dict[frozenset[str], frozenset[str]] = {}
        """What revisions read besides their own files: the same for many, and held once."""
        self._named: Mapping[str, str] = {}
        """The revisions by their files."""
        self._turn = 0
        self._turns: tuple[set[int], set[int]] = set(), set()
        """The passes of the last replay that was finished, and those of this one."""
        self._earlier: Earlier | None = None
        self._world: _World | None = None
        self._modules: Modules | None = None
        self.plan: object = None
        """What follows from the graph alone (`replay._Plan`)."""
        self.undone: Any = None
        """The downgrades as they were replayed the last time (`downgrades.Undone`)."""
        self.timelines = Timelines()
        self.opaque = Gathered[Evaluated, Unknown]()
        """What could not be read in what each revision does."""
        self.tables = Left()
        """The tables of the migrated schema."""
        self.gaps = Gathered[Table, Unknown]()
        """What could not be read in each table."""
        self.passes = (PassMemory(), PassMemory())
        """The two passes of a replay: the one as if nothing were presumed, and the one with what is."""
        self._finished: dict[str, Source] = {}
        """By function, the source from which all that is kept of it was last checked."""
        self._among: frozenset[str] | None = None
        """The files that can say something else than when all was last checked; None where that is not known."""

    def take_over(self, earlier: Earlier) -> None:
        """Begin with what an earlier process has kept, as far as it turns out to hold."""
        self._earlier = earlier

    def kept(self) -> Earlier | None:
        """Give what is kept, for a later process; None where nothing is, or where it holds for this one alone."""
        world = self._world
        if world is None or world.disturbed or world.recorder.custom.registered != world.registered:
            return None  # what a revision has added to Alembic is there for later ones, which may not import it
        return Earlier(world.setting, world.rests, dict(self._kept.all))

    def enter(self, function: str, source: Source) -> None:
        """Begin to ask for `function` of the revisions as `source` has them."""
        finished = self._finished.pop(function, None)
        self._among = None if finished is None else changed_since(source, finished)
        if function == "upgrade":
            self._turns = (set() if finished is None else self._turns[1]), set()

    def leave(self, function: str, source: Source) -> None:
        """End it: what was asked for, all of it, holds as `source` has it. Who is stopped before does not say so."""
        self._finished[function] = untraced(source)

    def begin(
        self, modules: Modules, setting: Setting, declared: Declared, turn: int | None = None
    ) -> tuple[Evaluator, Recorder]:
        """Start a replay that finds modules in `modules`: give what evaluates the revisions, and what records them.

        `turn`: which pass it is, of a replay of the upgrades.
        """
        if turn is not None:
            self._turn = turn
            self._turns[1].add(turn)
            if turn not in self._turns[0]:  # what it met then was not looked after since
                self._met = self._met.only(lambda key, _: key[1] != turn)
        world = self._world
        earlier, self._earlier = self._earlier, None
        if world is not None and world.setting != setting:
            self._kept, self._met = _Shelf(), _Shelf()
            world = None
        if world is not None and not world.holds(modules):
            self._kept, self._met = self._kept.only(lambda _, kept: not kept.shares), _Shelf()
            world = None
        if world is None:
            self._among = None
            recorder = Recorder(setting.dialect, setting.convention, setting.version_table)
            recorder.assumed_schema = setting.assumed_schema
            recorder.environment = setting.environment
            evaluator = Evaluator(modules, recorder, assume=setting.assume)
            recorder.evaluator = Running(evaluator)
            world = _World(setting, recorder, evaluator)
            _load_operations(world, modules)
            if earlier is not None and same(earlier.setting, setting):
                holds = earlier.rests.hold(modules)
                self._kept = _Shelf((key, one) for key, one in earlier.kept.items() if holds or not one.shares)
                if holds:
                    world.rests.add(earlier.rests)
        else:
            world.evaluator.use(modules)
        world.recorder.declared = declared
        self._world, self._modules = world, modules
        return world.evaluator, world.recorder

    def known(self, path: str, function: str) -> Evaluated | None:
        """Give what following `function` of the revision file at `path` would give; None where that is not known."""
        evaluated = self._still(self._kept.all.get((path, function)), path)
        return None if evaluated is None or evaluated.introspected else evaluated

    def before(self, path: str, function: str) -> Evaluated | None:
        """Give what following it gave, and would give in the same state; None where that is not known."""
        kept = self._kept.all.get((path, function))
        if kept is not None and kept.evaluated.introspected and function == "upgrade":
            kept = self._met.all.get((path, self._turn))
        return self._still(kept, path)

    def suspects(self, function: str) -> frozenset[str] | None:
        """Give the revisions of which `function` may give something else; None where any may.

        Of all others, `before` gives what it gave when they were last asked about.
        """
        among, world = self._among, self._world
        if among is None or world is None or (function == "upgrade" and self._turn not in self._turns[0]):
            return None
        found = {
            path
            for (path, _), kept in itertools.chain(self._kept.resting.items(), self._met.resting.items())
            if (kept.models is not None and kept.models is not world.recorder.declared)
            or any(asked in among for _, asked, _ in kept.queries)
        }
        return frozenset(self._named[path] for path in among | found if path in self._named)

    def _still(self, kept: Kept | None, path: str) -> Evaluated | None:
        modules, world = self._modules, self._world
        if kept is None or modules is None or world is None:
            return None
        if kept.models is not None and kept.models is not world.recorder.declared:
            return None
        among = self._among
        if among is not None and path not in among and all(asked not in among for _, asked, _ in kept.queries):
            return kept.evaluated
        holds = (
            _digest(read_program(modules.source, path)) == kept.digest
            and (kept.shares or all(modules.find(name) is None for name in kept.asked))
            and (kept.shares or all(world.recorder.custom.maker(name) is None for name in kept.operations))
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
        recorder.models.hooks.asked = False
        modules.source, modules.asked = noting, asked
        try:
            with world.evaluator.only_for_now():
                evaluated = evaluate()
                reads = self._reads.setdefault(evaluated.reads, evaluated.reads)
                evaluated = replace(evaluated, reads=reads)
        finally:
            modules.source, modules.asked = noting.source, None
        found = {name: modules.find(name) for name in asked}
        operations = frozenset(recorder.custom.asked)
        shares = (
            bool(noting.programs)
            or recorder.models.hooks.asked
            or any(one is not None for one in found.values())
            or any(recorder.custom.maker(name) is not None for name in operations)
        )
        if shares:
            world.rests.add(Rests(found, noting.programs, dict.fromkeys(noting.queries)))
        if modules.roots != roots or recorder.custom.registered_in(path):
            world.disturbed = True
        if noting.own is None or world.disturbed:
            self._kept.put((path, function), None)
            self._met.put((path, self._turn), None)
        else:
            models = recorder.declared if recorder.asked_models else None
            queries = tuple(noting.queries)
            kept = Kept(noting.own, frozenset(asked), queries, operations, models, shares, evaluated)
            self._kept.put((path, function), kept)
            if evaluated.introspected and function == "upgrade":
                self._met.put((path, self._turn), kept)
        return evaluated

    def keep_only(self, named: Mapping[str, str]) -> None:
        """Forget the files that are no revisions any more. `named`: the revisions by their files."""
        self._named = named
        self._kept = self._kept.only(lambda key, _: key[0] in named)
        self._met = self._met.only(lambda key, _: key[0] in named)


def _load_operations(world: _World, modules: Modules) -> None:
    """Import the modules that change what operations do; what that rests on is noted."""
    noting, asked = _Noting(modules.source, ""), set[str]()
    modules.source, modules.asked = noting, asked
    world.recorder.begin(Working.of(Schema(world.setting.dialect)))
    try:
        env = world.setting.environment.env_path if world.setting.environment is not None else None
        for name in world.setting.operations:
            if name == ENV_NAME and env is not None:
                world.evaluator.run_file(env, name)
            else:
                world.evaluator.module(name)
    finally:
        modules.source, modules.asked = noting.source, None
    found = {name: modules.find(name) for name in asked}
    world.rests.add(Rests(found, noting.programs, dict.fromkeys(noting.queries)))
    world.registered = world.recorder.custom.registered


class _Noting:
    """A source that notes what a revision asks for besides modules.

    `own`: the digest of its file. `programs`: those of the files that it loaded. `queries`: all else.
    """

    def __init__(self, source: Source, path: str) -> None:
        self.source = source
        self.own: bytes | None = None
        self.programs: dict[str, bytes | None] = {}
        self.queries: list[Query] = []
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
