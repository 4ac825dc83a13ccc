"""What `downgrade()` of each revision does to the schema that its `upgrade()` left behind.

Each downgrade is replayed by itself, from the state after its own upgrade: whether it leads back to the state before is
for whoever compares the two.

Example: `replay_downgrades(...)["0002"].after` is the schema after upgrading to 0002 and going back one step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from driftline.migrations.apply import perform
from driftline.migrations.contents import Body, Contents
from driftline.migrations.evaluation import Evaluated, evaluate_revision
from driftline.migrations.evaluations import Evaluations, Setting
from driftline.migrations.graph import Graph
from driftline.migrations.history import Event, Migrated, Operation, ReplayProblem, Step
from driftline.migrations.watched import Doing, Watching, places_between
from driftline.models.declared import Declared
from driftline.python.modules import Modules
from driftline.python.same import same
from driftline.schema import Schema, table_key
from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True, eq=False)
class Downgrade:
    """One `downgrade()`: its operations, the events and problems of replaying it, and the schema that it leaves.

    Each is its own: comparing the schemas of two takes longer than looking at both.
    """

    revision: str
    operations: tuple[Operation, ...]
    after: Schema
    events: tuple[Event, ...] = ()
    problems: tuple[ReplayProblem, ...] = ()


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
    dialect = migrated.schema.dialect
    version_table = table_key(declared.options.version_table_schema, declared.options.version_table)
    engines = tuple(one.strip() for one in environment.options.get("databases", "").split(",") if one.strip())
    kept = evaluations if evaluations is not None else Evaluations()
    operations, assume = declared.options.operations, declared.assume
    setting = Setting(dialect, declared.convention, version_table, engines, operations, assume)
    evaluator, recorder = kept.begin(modules, setting, declared)
    found: dict[str, Downgrade] = {}
    fixed = migrated.incomplete, migrated.unseen, migrated.presumed
    known, kept.undone = kept.undone, {}
    for step in migrated.steps:
        if contents.get(step.revision, Contents()).downgrade is not Body.DOES:
            continue
        revision = graph.revisions[step.revision]
        work = _state_after(step, migrated, version_table)
        work.watch()
        before = known.get(step.revision)
        if before is not None and before.holds(step, fixed, kept.before(revision.path, "downgrade"), kept, dialect):
            work.do_again(before.doing)
            found[step.revision] = made = before.now(step, work)
            kept.undone[step.revision] = replace(before, step=step, result=made)
            continue
        done = kept.known(revision.path, "downgrade")
        if done is not None:
            for operation in done.operations:
                perform(work, operation)
        else:
            follow = partial(evaluate_revision, revision, evaluator, recorder, work, engines, function="downgrade")
            done = kept.follow(revision.path, "downgrade", follow)
        doing = work.seen()
        after = work.schema_after(step.after, doing)
        found[step.revision] = made = Downgrade(
            step.revision, done.operations, after, tuple(work.events), tuple(work.problems)
        )
        kept.undone[step.revision] = Undone(step, fixed, done, doing, made)
    return found


@dataclass(frozen=True, slots=True)
class Undone:
    """A downgrade that was replayed, and what it was replayed on: kept for the next time."""

    step: Step
    fixed: object
    evaluated: Evaluated
    doing: Doing
    result: Downgrade

    def holds(self, step: Step, fixed: object, evaluated: Evaluated | None, kept: Evaluations, dialect: str) -> bool:
        """Whether replaying it on another state would do the same."""
        if evaluated is not self.evaluated or not same(fixed, self.fixed) or self.doing.reads is None:
            return False
        if step is self.step:
            return True
        for memory in kept.passes:
            moved = memory.moved.get(step.revision)
            if moved is not None and moved[0] is self.step and moved[1] is step:
                return self.doing.reads.isdisjoint(moved[2])
        one, other = self.step.after, step.after
        if self.step.views != step.views or not same(one.enums, other.enums):
            return False
        if not same(one.incomplete, other.incomplete):
            return False
        tables, now = one.tables, other.tables
        for key in tables.keys() | now.keys():
            if tables.get(key) is not now.get(key):
                places = places_between(("tables", key), tables.get(key), now.get(key), dialect)
                if not self.doing.reads.isdisjoint(places):
                    return False
        return True

    def now(self, step: Step, work: Watching) -> Downgrade:
        """Give the downgrade as it is on `work`, the state of `step` with what was done to it."""
        if step is self.step:
            return self.result
        return replace(self.result, after=work.schema_after(step.after, self.doing))


def _state_after(step: Step, migrated: Migrated, version_table: str) -> Watching:
    """The state from which a downgrade starts; what could exist unseen at the end could do so here."""
    work = Watching.of(step.after, migrated.incomplete)
    work.unseen = {key for key in migrated.unseen if key in step.after.tables}
    work.outside = migrated.presumed
    work.version_table = version_table
    work.views = set(step.views)
    work.revision = step.revision
    return work
