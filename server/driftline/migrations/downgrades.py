"""What `downgrade()` of each revision does to the schema that its `upgrade()` left behind.

Each downgrade is replayed by itself, from the state after its own upgrade: whether it leads back to the state before is
for whoever compares the two.

Example: `replay_downgrades(...)["0002"].after` is the schema after upgrading to 0002 and going back one step.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from operator import itemgetter

from driftline.dataclass import dataclass, field
from driftline.migrations.apply import perform
from driftline.migrations.contents import Body, Contents
from driftline.migrations.evaluation import Evaluated, evaluate_revision
from driftline.migrations.evaluations import Evaluations, setting_of
from driftline.migrations.graph import Graph
from driftline.migrations.history import Event, Migrated, Operation, ReplayProblem, Step
from driftline.migrations.lookers import Lookers
from driftline.migrations.states import States
from driftline.migrations.watched import Doing, Key, Watching, schema_after
from driftline.models.declared import Declared
from driftline.python.modules import Modules
from driftline.python.same import others_at, same
from driftline.schema import Schema, Table
from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True, eq=False)
class Downgrade:
    """One `downgrade()`: its operations, and what they do to the state that the `upgrade()` left.

    Each is its own, and the same object for as long as it does the same, whatever else is in the schema.
    """

    revision: str
    operations: tuple[Operation, ...]
    doing: Doing

    def after(self, states: States) -> Schema:
        """Give the schema that it leaves. `states`: those of the history that it is of."""
        return schema_after(states.after(self.revision).schema, self.doing)

    @property
    def changed(self) -> Mapping[str, tuple[Table | None, Table | None]]:
        """The tables that it changed, by key, as they were before and as they are after it."""
        return self.doing.tables

    @property
    def events(self) -> tuple[Event, ...]:
        """What became of the tables, operation by operation."""
        return self.doing.events

    @property
    def problems(self) -> tuple[ReplayProblem, ...]:
        """What was impossible."""
        return self.doing.problems


def replay_downgrades(
    graph: Graph,
    environment: Environment,
    modules: Modules,
    declared: Declared,
    migrated: Migrated,
    contents: Mapping[str, Contents],
    evaluations: Evaluations | None = None,
) -> Mapping[str, Downgrade]:
    """Give the downgrade of each applied revision that has one which does something, by revision. Total."""
    kept = evaluations if evaluations is not None else Evaluations()
    setting = setting_of(environment, migrated.schema.dialect, declared)
    kept.enter("downgrade", modules.source)
    evaluator, recorder = kept.begin(modules, setting, declared)
    fixed = migrated.incomplete, migrated.unseen, migrated.presumed
    if kept.undone is None or not same(kept.undone.fixed, fixed):
        kept.undone = Undone(fixed)
    undone: Undone = kept.undone
    said = [*map(contents.get, migrated.states.places)]
    suspects = kept.suspects("downgrade")
    moved = undone.moved(migrated)
    for at in undone.to_look_at(migrated, said, suspects, moved):
        step = migrated.steps[at]
        revision = graph.revisions[step.revision]
        says = said[at]
        if says is None or says.downgrade is not Body.DOES:
            undone.put(step.revision, at, None)
            continue
        before = undone.known.get(step.revision)
        if before is not None and before.step is step and (moved is not None and at not in moved):
            once = kept.before(revision.path, "downgrade")
            if once is before.evaluated and before.result.doing.reads is not None:
                continue
        work = _state_after(step, migrated, setting.version_table)
        work.watch()
        done = kept.known(revision.path, "downgrade")
        if done is not None:
            for operation in done.operations:
                perform(work, operation)
        else:
            follow = partial(
                evaluate_revision, revision, evaluator, recorder, work, setting.engines, function="downgrade"
            )
            done = kept.follow(revision.path, "downgrade", follow)
        undone.put(step.revision, at, UndoneStep(step, done, Downgrade(step.revision, done.operations, work.seen())))
    kept.leave("downgrade", modules.source)
    return undone.end(migrated, said)


@dataclass(slots=True)
class Undone:
    """The downgrades as they were replayed the last time. `fixed`: what all of them were told.

    `known`: by revision. `steps`, `said`, `token`: the history that they are of, what its files said, and what stands
    for its states. `lookers`: who looks at what. `others`: those that are others than among `all`.
    """

    fixed: object
    known: dict[str, UndoneStep] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    said: list[Contents | None] = field(default_factory=list)
    token: object = None
    places: Mapping[str, int] | None = None
    lookers: Lookers | None = None
    all: Mapping[str, Downgrade] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)

    def moved(self, migrated: Migrated) -> set[int] | None:
        """Give the places of those who look at something that is another now; None where that is not known."""
        states = migrated.states
        moved = states.moved_since(self.token)
        if moved is None:
            self.lookers = None
            return None
        if self.lookers is None or self.places is not states.places:
            known = [(at, one) for name, one in self.known.items() if (at := states.places.get(name)) is not None]
            known.sort(key=itemgetter(0))
            self.lookers = Lookers((at, one.result.doing.reads) for at, one in known)
        return {*self.lookers.meeting(moved, before=1, after=1), *self.lookers.blind}

    def to_look_at(
        self, migrated: Migrated, said: list[Contents | None], suspects: Collection[str] | None, moved: set[int] | None
    ) -> Iterable[int]:
        """Give the places of the revisions whose downgrades may be others than the last time."""
        if suspects is None or moved is None or self.places is None or self.places is not migrated.states.places:
            return range(len(said))
        mine = (at for one in suspects if (at := self.places.get(one)) is not None)
        return sorted({*mine, *moved, *others_at(self.steps, migrated.steps), *others_at(self.said, said)})

    def put(self, revision: str, at: int, done: UndoneStep | None) -> None:
        """Keep what a downgrade did; None: it does nothing."""
        before = self.known.pop(revision, None)
        if done is not None:
            self.known[revision] = done
        self.others.add(revision)
        if self.lookers is not None:
            self.lookers.put(at, _reads(before), _reads(done))

    def end(self, migrated: Migrated, said: list[Contents | None]) -> Mapping[str, Downgrade]:
        """Take note of the history that they are of now; give all of them, in its order."""
        steps, states, known = migrated.steps, migrated.states, self.known
        if (
            self.all
            and self.places is states.places
            and all((one in known) is (one in self.all) for one in self.others)
        ):
            self.all = {**self.all, **{one: known[one].result for one in self.others if one in known}}
        else:
            self.known = {one.revision: known[one.revision] for one in steps if one.revision in known}
            self.all = {name: one.result for name, one in self.known.items()}
        self.steps, self.said, self.token, self.places = steps, said, states.token, states.places
        self.others.clear()
        return self.all


@dataclass(frozen=True, slots=True)
class UndoneStep:
    """A downgrade that was replayed, and what it was replayed on: kept for the next time."""

    step: Step
    evaluated: Evaluated
    result: Downgrade


def _reads(done: UndoneStep | None) -> Iterable[Key] | None:
    return () if done is None else done.result.doing.reads


def _state_after(step: Step, migrated: Migrated, version_table: str) -> Watching:
    """The state from which a downgrade starts; what could exist unseen at the end could do so here."""
    state = migrated.states.after(step.revision)
    work = Watching.of(state.schema, migrated.incomplete)
    work.unseen = {key for key in migrated.unseen if key in state.schema.tables}
    work.outside = migrated.presumed
    work.version_table = version_table
    work.views, work.children = set(state.views), {key: dict(one) for key, one in state.children.items()}
    work.revision = step.revision
    return work
