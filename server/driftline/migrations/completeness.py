"""Whether a history starts from an empty database, and which tables it presumes that none of its revisions creates.

The migrated schema is what upgrading an *empty* database gives. Not every history starts there: `create_all` made the
tables and Alembic was stamped, the first revisions were squashed away, another tool (PostGIS, a job queue, a hosted
platform) made some of the tables. What such a history does to tables that nobody creates is unknown, not impossible.
So a table that an operation needs, and that was never there, is *presumed* to be there, except where the history itself
says otherwise:

- its name is one slip of the pen away from a table that is there, and no model has that name: it is misspelt;
- the same revision, or one that builds on it, creates it without asking whether it is there, and none in between drops
  it: the order is wrong on any database.

A history that presumes tables is *incomplete*, so that any table may exist that no revision creates, where

- one of them is a table of the models, and no revision ever creates it: then models' tables come into being otherwise,
  too; or
- the first revision (of any base's line) that touches tables presumes one; or
- a base revision creates no table, and a later one presumes one.

The latter two prove nothing where every table of the models is created by some revision: then what is presumed is
somebody else's. Nor does a table that another branch creates: which of the two comes first is not said. In a history
that is not incomplete, only the presumed tables themselves are unknown, and an operation on any other table that is not
there is a problem. In every history, what a revision has dropped is gone: it can only be there again where the history
is incomplete and a model has it, for `create_all` to make.

Example: a foreign key to Supabase's `auth.users` in a history that creates all its models' tables makes `auth.users`
the one unknown table; one to `usres` beside a table `users` stays an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from driftline.dataclass import dataclass, field
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.evaluation import Evaluated
from driftline.migrations.graph import Graph
from driftline.migrations.graph_order import inverted, reach
from driftline.migrations.operation import Batch, CreateTable, DropTable, Opaque, Operation, RenameTable
from driftline.migrations.working import split_key
from driftline.models.declared import Declared
from driftline.python.host import Taken
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema import table_key

Touch = tuple[str, str, Operation]
"""(revision, key, operation): an operation that needs a table which was never there."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """`incomplete`: why any table can exist that no revision creates; None: the history starts from an empty database.

    `remade`: the tables that can be there again although a revision dropped them (None: any). `outside`: the tables
    that the history presumes, by key, each with the reason why nothing is known of it.
    """

    incomplete: Unknown | None = None
    remade: frozenset[str] | None = frozenset()
    outside: Mapping[str, Unknown] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pass:
    """A replay that took every table for absent that is not created: what `judge` judges by.

    `evaluated`: by revision. `touched`: in the order of the replay. `tables_at`: gives the tables that
    exist before or after a revision. `tables`: those that there are in the end.
    """

    order: Sequence[str]
    evaluated: Mapping[str, Evaluated]
    touched: Sequence[Touch]
    tables_at: Callable[[str], frozenset[str]]
    tables: frozenset[str]


def judge(graph: Graph, declared: Declared, dialect: str, done: Pass) -> Completeness:
    """Judge a history of which every file was read, by a pass over it."""
    if not done.touched:
        return Completeness()
    models = frozenset({*declared.schema.tables, *declared.unreached})
    made = _Made(_children(graph), _creators(done))
    presumed = list(_presumed(made, models, dialect, done))
    telling = [(revision, key, one) for revision, key, one in presumed if not made.in_another_branch(revision, key)]
    incomplete = _incomplete(graph, models, frozenset(declared.schema.tables), done, telling)
    return Completeness(
        incomplete,
        models,
        {key: _outside(key, revision, operation) for revision, key, operation in reversed(presumed)},
    )


def from_before(completeness: Completeness, declared: Declared, known: Collection[str]) -> Iterator[Unknown]:
    """Say of each table of the models that is none of the `known` ones that it may be there, made by somebody else.

    What makes one of them otherwise (`create_all`, an application when it starts) makes others so.
    """
    if completeness.incomplete is None:
        return
    for key in declared.schema.tables:
        if key not in known:
            reason = f"no revision creates `{key}`, a table of the models: it may be there from before the history"
            yield Unknown(reason, completeness.incomplete.origin)


def flat(operations: Iterable[Operation]) -> Iterator[Operation]:
    """Give the operations that are applied, those of batches one by one."""
    for operation in operations:
        if isinstance(operation, Batch):
            yield from flat(operation.operations)
        elif operation.branch is None or operation.branch.taken is not Taken.UNTAKEN:
            yield operation


def _outside(key: str, revision: str, operation: Operation) -> Unknown:
    return Unknown(f"revision `{revision}` needs the table `{key}`, which none before it creates", operation.origin)


# ---------------------------------------------------------------------------------------------------------------------
# Single tables


@dataclass(frozen=True, slots=True)
class _Made:
    """Which revisions create a table without asking first whether it is there, and what builds on what."""

    children: Mapping[str, Sequence[str]]
    creators: Mapping[str, Sequence[str]]

    def at_or_after(self, revision: str, key: str) -> bool:
        """Whether the revision itself, or one that builds on it, creates the table."""
        creators = self.creators.get(key, ())
        after = reach([revision], lambda one: self.children.get(one, ())) if creators else set()
        return any(one in after for one in creators)

    def in_another_branch(self, revision: str, key: str) -> bool:
        """Whether the table is created, and by revisions alone that do not build on this one."""
        return bool(self.creators.get(key)) and not self.at_or_after(revision, key)


def _presumed(made: _Made, models: frozenset[str], dialect: str, done: Pass) -> Iterator[Touch]:
    """Give the operations that need a table which somebody else must have made."""
    dropped = {key for _, key, operation in done.touched if isinstance(operation, DropTable | RenameTable)}
    wrong: dict[str, bool] = {}
    for revision, key, operation in done.touched:
        if key not in wrong:
            misspelt = key not in models and _looks_like(key, done.tables_at(revision) - {key})
            # MySQL can be told to look at no foreign key while tables are made in any order.
            waits = dialect in MYSQL_FAMILY and operation.table != key
            too_late = key not in dropped and not waits and made.at_or_after(revision, key)
            wrong[key] = misspelt or too_late
        if not wrong[key]:
            yield revision, key, operation


def _creators(done: Pass) -> dict[str, list[str]]:
    """Give, by key, the revisions that create a table without asking first whether it is there."""
    found: dict[str, list[str]] = {}
    for revision in done.order:
        if done.evaluated[revision].introspected:
            continue
        for one in flat(done.evaluated[revision].operations):
            if isinstance(one, CreateTable) and not one.if_not_exists:
                found.setdefault(one.made.key, []).append(revision)
            elif isinstance(one, RenameTable):
                found.setdefault(table_key(one.new_schema, one.new_name), []).append(revision)
    return found


_SHORTEST_NAME = 4
"""Below that many letters, names are alike by chance."""


def _looks_like(key: str, tables: Iterable[str]) -> bool:
    """Whether a name is one slip away from one of `tables` in the same schema.

    A slip is a letter too many, too few or wrong, two letters swapped, another case, or an underscore more or less.
    Digits are no slips: tables are numbered (`log_1`, `log_2`).
    """
    schema, name = split_key(key)
    others = (split_key(one) for one in tables)
    return any(other_schema == schema and _one_slip(name, other) for other_schema, other in others)


def _one_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST_NAME or one == other:
        return False
    if _plain(one) == _plain(other):
        return True
    if abs(len(one) - len(other)) > 1:
        return False
    from difflib import SequenceMatcher

    blocks = [block for block in SequenceMatcher(None, one, other, autojunk=False).get_opcodes() if block[0] != "equal"]
    if len(blocks) == 1:
        _, start, end, other_start, other_end = blocks[0]
        differing = one[start:end] + other[other_start:other_end]
        return max(end - start, other_end - other_start) == 1 and not any(letter.isdigit() for letter in differing)
    swapped = len(one) == len(other) and sorted(one) == sorted(other)
    return swapped and sum(left != right for left, right in zip(one, other, strict=True)) == 2  # noqa: PLR2004 -- a swap


def _plain(name: str) -> str:
    return name.casefold().replace("_", "")


# ---------------------------------------------------------------------------------------------------------------------
# The whole history


def _incomplete(
    graph: Graph, models: frozenset[str], reached: frozenset[str], done: Pass, presumed: Sequence[Touch]
) -> Unknown | None:
    """Say why the history as a whole does not start from an empty database; None where it does."""
    begun = _begins_with(graph, done, presumed)
    for revision, key, operation in presumed:
        if key in models and key not in done.tables:
            why = f"revision `{revision}` needs `{key}`, a table of the models, which no revision creates"
            return begun if begun is not None else _reason(why, operation)
    return None if reached and reached <= done.tables else begun


def _begins_with(graph: Graph, done: Pass, presumed: Sequence[Touch]) -> Unknown | None:
    """Say what the beginning of the history tells of tables made before it; None where it tells nothing."""
    children = _children(graph)
    for base in (one for one in done.order if not graph.revisions[one].down_revisions):
        line = reach([base], lambda one: children.get(one, ()))
        opening = next(
            (one for one in done.order if one in line and _touches_tables(done.evaluated[one].operations)), None
        )
        keys = [key for revision, key, _ in presumed if revision == opening]
        if keys:
            return _reason(
                f"the first tables that the history touches include `{keys[0]}`, which no revision creates",
                graph.revisions[base],
            )
        later = [key for revision, key, _ in presumed if revision in line]
        if later and not _creates_tables(done.evaluated[base].operations):
            return _reason(
                f"its first revision creates no table, and `{later[0]}` is created by none", graph.revisions[base]
            )
    return None


class _Placed(Protocol):
    """What has a place: a revision, an operation."""

    @property
    def origin(self) -> Origin: ...


def _reason(why: str, at: _Placed) -> Unknown:
    return Unknown(f"the history does not start from an empty database: {why}", at.origin)


def _children(graph: Graph) -> Mapping[str, Sequence[str]]:
    return inverted(
        {
            one.id: tuple(parent for parent in one.down_revisions if parent in graph.revisions)
            for one in graph.revisions.values()
        }
    )


def _touches_tables(operations: Iterable[Operation]) -> bool:
    return any(one.table is not None for one in flat(operations))


def _creates_tables(operations: Iterable[Operation]) -> bool:
    return any(isinstance(one, CreateTable) or (isinstance(one, Opaque) and one.creates) for one in flat(operations))
