"""Replaying a history: from the revision graph to the migrated schema, with a timeline per table and the problems met.

The migrated schema is what upgrading an *empty* database gives. An operation on a table that is not there is a problem,
unless the table may be there all the same: where a revision is missing, cannot be read or cannot be ordered, so that
what it does is not known, and where the history presumes tables that no revision creates (`completeness.py`).

Example: `replay(graph, environment, modules, "postgresql", declared).schema.tables["users"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter

from driftline.dataclass import dataclass, replace
from driftline.migrations.apply import perform
from driftline.migrations.completeness import Completeness, Pass, flat, from_before, judge
from driftline.migrations.evaluation import Evaluated, evaluate_revision, evaluate_unapplied
from driftline.migrations.evaluations import Evaluations, Setting, setting_of
from driftline.migrations.graph import Graph, ancestors, broken, missing_parent, order_up_to
from driftline.migrations.history import Event, Migrated, ReplayProblem, Step
from driftline.migrations.operation import Opaque
from driftline.migrations.passes import Following, Passed
from driftline.migrations.recorder import Recorder
from driftline.migrations.states import States
from driftline.migrations.watched import Watching
from driftline.models.declared import Declared
from driftline.python.evaluator import Evaluator
from driftline.python.modules import Modules
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema import Name, Schema, Table
from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True)
class _Replayed:
    """One pass over the history."""

    work: Watching
    evaluated: Mapping[str, Evaluated]
    states: States
    steps: tuple[Step, ...]
    outside: tuple[Event, ...]
    """What became of tables outside of all steps: by files that are no revision that can be put in its place."""


def replay(
    graph: Graph,
    environment: Environment,
    modules: Modules,
    dialect: str,
    declared: Declared,
    *,
    at: str | None = None,
    evaluations: Evaluations | None = None,
) -> Migrated:
    """Replay `graph` up to `at` (any name of a revision; None: all heads). Total: what is wrong is in the result.

    `evaluations`: what earlier replays of this environment kept.
    """
    targets: tuple[str, ...] = graph.heads
    unknown: list[Unknown] = list(graph.unknown)
    if at is not None:
        from driftline.migrations.revision_name import Unresolved, resolve

        found = resolve(graph, at)
        if isinstance(found, Unresolved):
            return Migrated(Schema(dialect), unknown=(*unknown, Unknown(found.message)))
        targets = found
    kept = evaluations if evaluations is not None else Evaluations()
    plan = kept.plan
    if not isinstance(plan, _Plan) or plan.graph is not graph:
        kept.plan = plan = _plan(graph)
        kept.keep_only({one.path: one.id for one in graph.revisions.values()})
    setting = setting_of(environment, dialect, declared)
    history = _History(graph, plan.order, modules, declared, setting, plan.unapplied, kept, plan.broken, plan.files)
    history.evaluations.enter("upgrade", modules.source)
    migrated = _replay(history, targets, at, unknown)
    history.evaluations.leave("upgrade", modules.source)
    return migrated


def _replay(history: _History, targets: tuple[str, ...], at: str | None, unknown: list[Unknown]) -> Migrated:
    graph, dialect = history.graph, history.setting.dialect
    wanted = (
        replace(history, order=order_up_to(graph, targets), unapplied=_unapplied(graph, targets, at))
        if at is not None
        else history
    )
    if history.broken is not None:
        completeness = Completeness(history.broken, None)
        return _migrated(_run(wanted, completeness, {}, turn=1), history, completeness, unknown)
    # What a history presumes is seen by going through the whole of it, as if it presumed nothing.
    done = _run(history, Completeness(), {}, turn=0)
    tables_at = partial(_tables_at, done.states)
    seen = Pass(history.order, done.evaluated, done.work.touched_unseen, tables_at, frozenset(done.work.tables))
    completeness = judge(graph, history.declared, dialect, seen)
    if completeness.outside or at is not None:
        done = _run(wanted, completeness, done.evaluated, turn=1)
    return _migrated(done, history, completeness, unknown)


def _tables_at(states: States, revision: str) -> frozenset[str]:
    return frozenset((*states.before(revision).schema.tables, *states.after(revision).schema.tables))


@dataclass(frozen=True, slots=True)
class _History:
    graph: Graph
    order: tuple[str, ...]
    modules: Modules
    declared: Declared
    setting: Setting
    unapplied: tuple[tuple[str, Unknown], ...]
    """(file, why): revisions that cannot be put in their place. What they do is not known."""
    evaluations: Evaluations
    broken: Unknown | None
    files: frozenset[str]
    """Those of the revisions that count."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What follows from the graph alone: the order, what has no place in it, and why its beginning is not known."""

    graph: Graph
    order: tuple[str, ...]
    unapplied: tuple[tuple[str, Unknown], ...]
    broken: Unknown | None
    files: frozenset[str]


def _plan(graph: Graph) -> _Plan:
    # Around a circle no revision is a head, and what comes before it is in no head's line.
    order = graph.order if graph.cycles else order_up_to(graph, graph.heads)
    unapplied = _unapplied(graph, graph.heads, None)
    return _Plan(graph, order, unapplied, broken(graph), _files(graph, order, unapplied))


def _unapplied(graph: Graph, targets: Iterable[str], at: str | None) -> tuple[tuple[str, Unknown], ...]:
    """Give the files of revisions that are not applied, or before which something is, that no file tells."""
    wanted = ancestors(graph, targets) if at is not None else frozenset(graph.revisions)
    found = [(path, one) for one in graph.unknown if (path := one.origin.path) is not None]
    ordered = frozenset(graph.order)
    for one in (graph.revisions[name] for name in graph.revisions if name in wanted):
        missing = next((parent for parent in one.down_revisions if parent not in graph.revisions), None)
        if missing is not None:
            found.append(("", missing_parent(one, missing)))
        if one.unknown is not None:
            found.append((one.path, one.unknown))
        if one.id not in ordered:
            found.append(
                (one.path, Unknown(f"revision `{one.id}` is not applied: it comes in, or after, a circle", one.origin))
            )
    return tuple(found)


def _run(history: _History, completeness: Completeness, known: Mapping[str, Evaluated], turn: int) -> _Replayed:
    """Go through the history once; `known`: evaluations of an earlier pass, good where they asked for no state.

    `turn`: which pass it is, of which the last replay has left what it did.
    """
    work = Watching.of(Schema(history.setting.dialect), completeness.incomplete)
    work.remade = completeness.remade
    work.outside = completeness.outside
    work.version_table = history.setting.version_table
    evaluations = history.evaluations
    memory = evaluations.passes[turn]
    evaluator, recorder = evaluations.begin(history.modules, history.setting, history.declared, turn)
    suspects = _suspects(history)
    following = Following(memory, (history.setting, completeness), history.order, work, suspects)
    twins: dict[str, Evaluated] = {}
    while (name := following.next()) is not None:
        passed = following.before()
        once = _once(history, passed, suspects) if passed is not None else None
        if passed is not None and once is passed.evaluated and following.can_pass(passed):
            following.pass_over(passed)
        else:
            work.revision = name
            work.watch()
            again = _followed(history, name, known.get(name), evaluator, recorder, work)
            others = [one for one in history.graph.duplicates if one.id == name]
            for other in others:
                what = Unknown(
                    f"revision `{name}` is in another file too, and only one of them is applied", other.origin
                )
                twins[f"{name} {other.path}"] = evaluate_unapplied(what, other.path, evaluator, recorder, work)
            following.apply(again, passed, alone=not others)
    following.end()
    happened = len(work.events)
    evaluated = dict(zip(history.order, map(attrgetter("evaluated"), memory.passed), strict=True)) | twins
    evaluated |= _unplaced(history, evaluator, recorder, work)
    steps = tuple(map(attrgetter("step"), memory.passed))
    return _Replayed(work, evaluated, following.states, steps, tuple(work.events[happened:]))


def _followed(
    history: _History, name: str, known: Evaluated | None, evaluator: Evaluator, recorder: Recorder, work: Watching
) -> Evaluated:
    """Do what a revision does; `known`: what it did in the pass before."""
    revision = history.graph.revisions[name]
    if known is None or known.introspected:
        known = history.evaluations.known(revision.path, "upgrade")
    if known is None:
        follow = partial(evaluate_revision, revision, evaluator, recorder, work, history.setting.engines)
        return history.evaluations.follow(revision.path, "upgrade", follow)
    for operation in known.operations:
        perform(work, operation)
    return known


def _unplaced(history: _History, evaluator: Evaluator, recorder: Recorder, work: Watching) -> dict[str, Evaluated]:
    """Tell of the revisions that cannot be put in their place, and may do anything; gives what each may do."""
    evaluated: dict[str, Evaluated] = {}
    work.revision = history.order[-1] if history.order else ""
    for path, what in history.unapplied:
        if path:
            evaluated[f" {path}"] = evaluate_unapplied(what, path, evaluator, recorder, work)
        else:
            lost = Opaque(what, creates=True, origin=what.origin)
            # It is told along with the revision that names it, which is the one that has this origin.
            named = (one.id for one in history.graph.revisions.values() if one.origin == what.origin)
            work.revision = next(named, work.revision)
            perform(work, lost)
            evaluated[f" {what.reason}"] = Evaluated((lost,), introspected=True)
    return evaluated


def _once(history: _History, passed: Passed, suspects: frozenset[str] | None) -> Evaluated | None:
    """Give what a revision of the last pass would do in the same state; None where it has to be followed."""
    name = passed.step.revision
    if suspects is not None and name not in suspects:
        return passed.evaluated
    if any(one.id == name for one in history.graph.duplicates):
        return None
    return history.evaluations.before(history.graph.revisions[name].path, "upgrade")


def _suspects(history: _History) -> frozenset[str] | None:
    """Give the revisions whose operations may be others than in the last replay; None where any may."""
    found = history.evaluations.suspects("upgrade")
    return None if found is None else found.union(one.id for one in history.graph.duplicates)


def _migrated(done: _Replayed, history: _History, completeness: Completeness, unknown: list[Unknown]) -> Migrated:
    work = done.work
    version_table, dialect = history.setting.version_table, history.setting.dialect
    left_out = {*work.unseen, *work.temporary, version_table}
    outside = {key: completeness.outside[key] for _, key, _ in work.touched_unseen if key in completeness.outside}
    kept = history.evaluations
    tables = kept.tables.of(work.now, left_out)
    unknown += kept.opaque.of(done.evaluated, _opaque_in)
    unknown += kept.gaps.of(tables, _unknown_in)
    unknown += work.incomplete
    if completeness.incomplete is not None:
        unknown.append(completeness.incomplete)
    unknown += _refuted(work.problems)
    unknown += outside.values()
    unknown += from_before(completeness, history.declared, {*tables, *outside, version_table})
    return Migrated(
        schema=Schema(dialect, tables, dict(work.enums), tuple(work.incomplete)),
        timelines=kept.timelines.of(done.steps, done.outside),
        problems=_each_once(one for one in work.problems if one.refutes is None),
        incomplete=completeness.incomplete,
        unseen=frozenset({*work.unseen, *outside} - {version_table} - tables.keys()),
        presumed=outside,
        views=frozenset(work.views),
        unknown=tuple({(one.reason, one.origin): one for one in unknown}.values()),
        reads=history.files.union(*set(map(attrgetter("reads"), done.evaluated.values()))),
        steps=done.steps,
        states=done.states,
    )


def _files(graph: Graph, order: tuple[str, ...], unapplied: tuple[tuple[str, Unknown], ...]) -> frozenset[str]:
    """Give the files of the revisions that count, those included that are not applied."""
    applied = frozenset(order)
    others = (one.path for one in graph.duplicates if one.id in applied)
    return frozenset(
        (*(graph.revisions[name].path for name in order), *others, *(path for path, _ in unapplied if path))
    )


def _each_once(problems: Iterable[ReplayProblem]) -> tuple[ReplayProblem, ...]:
    """Give the problems, each thing once per revision: ten columns added to no table are one problem."""
    found: dict[tuple[str, str, str | None, str | None], ReplayProblem] = {}
    for one in problems:
        found.setdefault((one.rule, one.revision, one.table, one.object), one)
    return tuple(found.values())


def _refuted(problems: Iterable[ReplayProblem]) -> Iterator[Unknown]:
    """Tell of the branches that were assumed, and turned out to do what cannot be done."""
    for one in problems:
        if one.refutes is not None:
            condition = one.refutes.condition
            reason = f"what revision `{one.revision}` does under `{condition}` is left out, since it could not: "
            yield Unknown(f"{reason}{one.message}", one.refutes.origin)


def _opaque_in(one: Evaluated) -> list[Unknown]:
    """Give what could not be read in what a revision does."""
    return [operation.what for operation in flat(one.operations) if isinstance(operation, Opaque)]


def _unknown_in(table: Table) -> list[Unknown]:
    """Give what could not be read in a table."""
    found: list[Unknown] = [*table.incomplete, *table.unsure_drops]
    for column in table.columns:
        values = (column.nullable, column.type.unknown, column.server_default.sql if column.server_default else None)
        found += [
            replace(one, origin=one.origin if one.origin.path is not None else column.origin)
            for one in values
            if isinstance(one, Unknown)
        ]
    named: list[tuple[Name, Origin]] = [(table.primary_key.name, table.primary_key.origin)]
    named += [(one.name, one.origin) for one in table.foreign_keys]
    named += [(one.name, one.origin) for one in table.unique_constraints]
    named += [(one.name, one.origin) for one in table.indexes]
    named += [(one.name, one.origin) for one in table.check_constraints]
    found += [
        replace(name, origin=name.origin if name.origin.path is not None else origin)
        for name, origin in named
        if isinstance(name, Unknown)
    ]
    return found
