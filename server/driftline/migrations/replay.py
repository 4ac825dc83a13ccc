"""Replaying a history: from the revision graph to the migrated schema, with a timeline per table and the problems met.

The migrated schema is what upgrading an *empty* database gives. A history may not start there: its tables were made by
`create_all` and stamped. Then an operation on a table that no revision creates is unknown, not impossible. A history is
called incomplete where

- a revision is missing, cannot be read or cannot be ordered, so that what it does is not known; or
- the first revision (of any base's line) that touches tables touches one that nobody created: alters it, drops it, or
  refers to it by a foreign key; or
- a base revision creates no table, and any later revision touches one that nobody created.

A name that is one slip of the pen away from a table that exists at that point, and is no table of the models, is taken
for a typo and makes no history incomplete. In a history that is complete, an operation on a table that is not there is
a problem.

Example: `replay(graph, environment, modules, "postgresql", declared).schema.tables["users"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from driftline.migrations.apply import perform
from driftline.migrations.evaluation import Evaluated, Running, evaluate_revision, evaluate_unapplied
from driftline.migrations.graph import Graph, Revision, ancestors, order_up_to
from driftline.migrations.graph_order import inverted, reach
from driftline.migrations.history import Migrated, ReplayProblem
from driftline.migrations.operation import Batch, CreateTable, Opaque, Operation
from driftline.migrations.recorder import Recorder
from driftline.migrations.revision_name import Unresolved, resolve
from driftline.migrations.timeline import timelines
from driftline.migrations.working import Working
from driftline.models.declared import Declared
from driftline.python.evaluator import Evaluator
from driftline.python.host import Taken
from driftline.python.modules import Modules
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema import Name, Schema, Table, table_key
from driftline.sources.environment import Environment


@dataclass(frozen=True, slots=True)
class _Replayed:
    """One pass over the history."""

    work: Working
    evaluated: Mapping[str, Evaluated]
    tables_at: Mapping[str, frozenset[str]]
    """The tables that existed when a revision first touched one that nobody created."""


def replay(
    graph: Graph,
    environment: Environment,
    modules: Modules,
    dialect: str,
    declared: Declared,
    *,
    at: str | None = None,
) -> Migrated:
    """Replay `graph` up to `at` (any name of a revision; None: all heads). Total: what is wrong is in the result."""
    targets: tuple[str, ...] = graph.heads
    unknown: list[Unknown] = list(graph.unknown)
    if at is not None:
        found = resolve(graph, at)
        if isinstance(found, Unresolved):
            return Migrated(Schema(dialect), unknown=(*unknown, Unknown(found.message)))
        targets = found
    # Around a circle no revision is a head, and what comes before it is in no head's line.
    order = graph.order if at is None and graph.cycles else order_up_to(graph, targets)
    version_table = table_key(declared.options.version_table_schema, declared.options.version_table)
    history = _History(
        graph, order, modules, dialect, declared, version_table, _engines(environment), _unapplied(graph, targets, at)
    )
    broken = _broken(graph)
    done = _run(history, broken, {})
    incomplete = broken if broken is not None else _incomplete(history, done)
    if incomplete is not None and broken is None:
        done = _run(history, incomplete, done.evaluated)
    return _migrated(done, dialect, version_table, incomplete, unknown)


@dataclass(frozen=True, slots=True)
class _History:
    graph: Graph
    order: tuple[str, ...]
    modules: Modules
    dialect: str
    declared: Declared
    version_table: str
    engines: tuple[str, ...]
    unapplied: tuple[tuple[str, Unknown], ...]
    """(file, why): revisions that cannot be put in their place. What they do is not known."""


def _engines(environment: Environment) -> tuple[str, ...]:
    """Give the names of the databases of a `multidb` environment."""
    return tuple(name.strip() for name in environment.options.get("databases", "").split(",") if name.strip())


def _unapplied(graph: Graph, targets: Iterable[str], at: str | None) -> tuple[tuple[str, Unknown], ...]:
    """Give the files of revisions that are not applied, or before which something is, that no file tells."""
    wanted = ancestors(graph, targets) if at is not None else frozenset(graph.revisions)
    found = [(path, one) for one in graph.unknown if (path := one.origin.path) is not None]
    for one in (graph.revisions[name] for name in graph.revisions if name in wanted):
        missing = next((parent for parent in one.down_revisions if parent not in graph.revisions), None)
        if missing is not None:
            found.append(("", _missing(one, missing)))
        if one.unknown is not None:
            found.append((one.path, one.unknown))
        if one.id not in set(graph.order):
            found.append(
                (one.path, Unknown(f"revision `{one.id}` is not applied: it comes in, or after, a circle", one.origin))
            )
    return tuple(found)


def _missing(revision: Revision, parent: str) -> Unknown:
    return Unknown(f"revision `{parent}`, on which `{revision.id}` builds, is in no file", revision.origin)


def _broken(graph: Graph) -> Unknown | None:
    """Say why what happened before some revision is not known, where files are missing, unreadable or form a cycle."""
    if graph.unknown:
        return graph.unknown[0]
    for revision, parent in graph.missing:
        return _missing(graph.revisions[revision], parent)
    for one in graph.revisions.values():
        if one.unknown is not None:
            return one.unknown
    if graph.cycles:
        return Unknown(
            f"revision `{graph.cycles[0][0]}` comes before itself", graph.revisions[graph.cycles[0][0]].origin
        )
    return None


def _run(history: _History, unseen: Unknown | None, known: Mapping[str, Evaluated]) -> _Replayed:
    """Go through the history once; `known`: evaluations of an earlier pass, good where they asked for no state."""
    work = Working.of(Schema(history.dialect), unseen)
    recorder = Recorder(history.dialect, history.declared.convention, history.version_table)
    evaluator = Evaluator(history.modules, recorder)
    recorder.evaluator = Running(evaluator)
    evaluated: dict[str, Evaluated] = {}
    tables_at: dict[str, frozenset[str]] = {}
    for name in history.order:
        revision = history.graph.revisions[name]
        work.revision = name
        touched = len(work.touched_unseen)
        before = work.tables
        again = known.get(name)
        if again is not None and not again.introspected:
            for operation in again.operations:
                perform(work, operation)
        else:
            again = evaluate_revision(revision, evaluator, recorder, work, history.engines)
        evaluated[name] = again
        for other in (one for one in history.graph.duplicates if one.id == name):
            what = Unknown(f"revision `{name}` is in another file too, and only one of them is applied", other.origin)
            evaluated[f"{name} {other.path}"] = evaluate_unapplied(what, other.path, evaluator, recorder, work)
        if len(work.touched_unseen) > touched:
            tables_at[name] = frozenset(before) | frozenset(work.tables)
    for path, what in history.unapplied:
        if path:
            evaluated[f" {path}"] = evaluate_unapplied(what, path, evaluator, recorder, work)
        else:
            lost = Opaque(what, creates=True, origin=what.origin)
            perform(work, lost)
            evaluated[f" {what.reason}"] = Evaluated((lost,), True)  # noqa: FBT003 -- a plain fact
    return _Replayed(work, evaluated, tables_at)


def _incomplete(history: _History, done: _Replayed) -> Unknown | None:
    """Say why the history does not start from an empty database (see the module's docstring); None where it does."""
    declared = {*history.declared.schema.tables, *history.declared.unreached}
    touched = [
        (revision, key)
        for revision, key, _ in done.work.touched_unseen
        if key in declared or not _looks_like(key, done.tables_at[revision] - {key})
    ]
    if not touched:
        return None
    graph = history.graph
    children = inverted(
        {
            one.id: tuple(parent for parent in one.down_revisions if parent in graph.revisions)
            for one in graph.revisions.values()
        }
    )
    for base in (one for one in history.order if not graph.revisions[one].down_revisions):
        line = reach([base], lambda one: children.get(one, ()))
        opening = next(
            (one for one in history.order if one in line and _touches_tables(done.evaluated[one].operations)), None
        )
        keys = [key for revision, key in touched if revision == opening]
        if keys:
            return _reason(
                graph.revisions[base],
                keys[0],
                f"the first tables that the history touches include `{keys[0]}`, which no revision creates",
            )
        later = [key for revision, key in touched if revision in line]
        if later and not _creates_tables(done.evaluated[base].operations):
            return _reason(
                graph.revisions[base],
                later[0],
                f"this first revision creates no table, and `{later[0]}` is created by none",
            )
    return None


def _reason(base: Revision, key: str, why: str) -> Unknown:
    del key
    return Unknown(f"the history does not start from an empty database: {why}", base.origin)


def _looks_like(key: str, tables: Iterable[str]) -> bool:
    """Whether a name is one slip away from one of `tables`: a letter too many, too few or wrong, or two swapped."""
    return any(_one_slip(key, one) for one in tables)


_SHORTEST_NAME = 4
"""Below that many letters, names are alike by chance."""


def _one_slip(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORTEST_NAME or one == other:
        return False
    blocks = [block for block in SequenceMatcher(None, one, other, autojunk=False).get_opcodes() if block[0] != "equal"]
    if len(blocks) == 1:
        _, start, end, other_start, other_end = blocks[0]
        return max(end - start, other_end - other_start) == 1
    swapped = len(one) == len(other) and sorted(one) == sorted(other)
    return swapped and sum(left != right for left, right in zip(one, other, strict=True)) == 2  # noqa: PLR2004 -- a swap


def _flat(operations: Iterable[Operation]) -> Iterable[Operation]:
    for operation in operations:
        if isinstance(operation, Batch):
            yield from _flat(operation.operations)
        elif operation.branch is None or operation.branch.taken is not Taken.UNTAKEN:
            yield operation


def _touches_tables(operations: Iterable[Operation]) -> bool:
    return any(one.table is not None for one in _flat(operations))


def _creates_tables(operations: Iterable[Operation]) -> bool:
    return any(isinstance(one, CreateTable) or (isinstance(one, Opaque) and one.creates) for one in _flat(operations))


def _migrated(
    done: _Replayed, dialect: str, version_table: str, incomplete: Unknown | None, unknown: list[Unknown]
) -> Migrated:
    work = done.work
    left_out = {*work.unseen, *work.temporary, version_table}
    tables = {key: table for key, table in work.tables.items() if key not in left_out}
    for one in done.evaluated.values():
        unknown += [operation.what for operation in _flat(one.operations) if isinstance(operation, Opaque)]
    for table in tables.values():
        unknown += _unknown_in(table)
    return Migrated(
        schema=Schema(dialect, tables, dict(work.enums), tuple(work.incomplete)),
        timelines=timelines(work.events),
        problems=_once(work.problems),
        incomplete=incomplete,
        unseen=frozenset(work.unseen),
        unknown=tuple({(one.reason, one.origin): one for one in unknown}.values()),
        reads=frozenset().union(*(one.reads for one in done.evaluated.values())),
    )


def _once(problems: Iterable[ReplayProblem]) -> tuple[ReplayProblem, ...]:
    """Give the problems, each thing once per revision: ten columns added to no table are one problem."""
    found: dict[tuple[str, str, str | None, str | None], ReplayProblem] = {}
    for one in problems:
        found.setdefault((one.rule, one.revision, one.table, one.object), one)
    return tuple(found.values())


def _unknown_in(table: Table) -> list[Unknown]:
    """Give what could not be read in a table."""
    found: list[Unknown] = list(table.incomplete)
    for column in table.columns:
        values = (column.nullable, column.type.unknown, column.server_default.sql if column.server_default else None)
        found += [
            replace(one, origin=one.origin if one.origin.sites else column.origin)
            for one in values
            if isinstance(one, Unknown)
        ]
    named: list[tuple[Name, Origin]] = [(table.primary_key.name, table.primary_key.origin)]
    named += [(one.name, one.origin) for one in table.foreign_keys]
    named += [(one.name, one.origin) for one in table.unique_constraints]
    named += [(one.name, one.origin) for one in table.indexes]
    named += [(one.name, one.origin) for one in table.check_constraints]
    found += [
        replace(name, origin=name.origin if name.origin.sites else origin)
        for name, origin in named
        if isinstance(name, Unknown)
    ]
    return found
