"""What `downgrade()` of each revision does to the schema that its `upgrade()` left behind.

Each downgrade is replayed by itself, from the state after its own upgrade: whether it leads back to the state before is
for whoever compares the two.

Example: `replay_downgrades(...)["0002"].after` is the schema after upgrading to 0002 and going back one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from driftline.dataclass import dataclass, field
from driftline.migrations.apply import perform
from driftline.migrations.contents import Body, Contents
from driftline.migrations.evaluation import Evaluated, evaluate_revision
from driftline.migrations.evaluations import Evaluations, setting_of
from driftline.migrations.graph import Graph
from driftline.migrations.history import Event, Migrated, Operation, ReplayProblem, Step
from driftline.migrations.table_map import table_map
from driftline.migrations.watched import Doing, Watching, places_between, schema_after
from driftline.models.declared import Declared
from driftline.python.modules import Modules
from driftline.python.same import same
from driftline.schema import Schema, Table
from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True, eq=False)
class Downgrade:
    """One `downgrade()`: its operations, and what they do to the schema `before`, which the `upgrade()` left.

    Each is its own: comparing the schemas of two takes longer than looking at both.
    """

    revision: str
    operations: tuple[Operation, ...]
    before: Schema
    doing: Doing

    @property
    def after(self) -> Schema:
        """The schema that it leaves."""
        return schema_after(self.before, self.doing)

    @property
    def changed(self) -> Mapping[str, tuple[Table | None, Table | None]]:
        """The tables that it changed, by key, as they were before and as they are after it.

        The same object for as long as it does the same, whatever else is in the schema.
        """
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
    found: dict[str, Downgrade] = {}
    fixed = migrated.incomplete, migrated.unseen, migrated.presumed
    known = kept.undone.known if kept.undone is not None and same(kept.undone.fixed, fixed) else {}
    kept.undone = now = Undone(fixed)
    suspects = kept.suspects("downgrade")
    for step in migrated.steps:
        if contents.get(step.revision, _NOTHING).downgrade is not Body.DOES:
            continue
        revision = graph.revisions[step.revision]
        before = known.get(step.revision)
        if before is not None and before.step is step and suspects is not None and revision.path not in suspects:
            now.known[step.revision], found[step.revision] = before, before.result
            continue
        if before is not None and before.holds(step, kept.before(revision.path, "downgrade"), kept):
            now.known[step.revision] = made = before if step is before.step else before.on(step)
            found[step.revision] = made.result
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
        found[step.revision] = made = Downgrade(step.revision, done.operations, step.after, work.seen())
        now.known[step.revision] = UndoneStep(step, done, made)
    kept.leave("downgrade", modules.source)
    return found


_NOTHING = Contents()


@dataclass(slots=True)
class Undone:
    """The downgrades as they were replayed the last time, by revision. `fixed`: what all of them were told."""

    fixed: object = None
    known: dict[str, UndoneStep] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UndoneStep:
    """A downgrade that was replayed, and what it was replayed on: kept for the next time."""

    step: Step
    evaluated: Evaluated
    result: Downgrade

    def holds(self, step: Step, evaluated: Evaluated | None, kept: Evaluations) -> bool:
        """Whether replaying it on another state would do the same."""
        reads = self.result.doing.reads
        if evaluated is not self.evaluated or reads is None:
            return False
        if step is self.step:
            return True
        places = kept.between(self.step, step)
        if places is not None:
            return reads.isdisjoint(places)
        one, other = self.step.after, step.after
        if (self.step.views, self.step.children) != (step.views, step.children) or not same(one.enums, other.enums):
            return False
        if not same(one.incomplete, other.incomplete):
            return False
        tables, now = table_map(one.tables, one.dialect), table_map(other.tables, one.dialect)
        return all(
            reads.isdisjoint(places_between(("tables", key), tables.get(key), now.get(key), one.dialect))
            for key in tables.differing(now)
        )

    def on(self, step: Step) -> UndoneStep:
        """Give it as it is on another state, on which it does the same."""
        result = self.result
        return UndoneStep(step, self.evaluated, Downgrade(result.revision, result.operations, step.after, result.doing))


def _state_after(step: Step, migrated: Migrated, version_table: str) -> Watching:
    """The state from which a downgrade starts; what could exist unseen at the end could do so here."""
    work = Watching.of(step.after, migrated.incomplete)
    work.unseen = {key for key in migrated.unseen if key in step.after.tables}
    work.outside = migrated.presumed
    work.version_table = version_table
    work.views, work.children = set(step.views), {key: dict(one) for key, one in step.children.items()}
    work.revision = step.revision
    return work
