"""The state that operations are applied to, while they are applied.

`Working` is the one mutable thing of a replay: tables and enums by key, which names are taken, and what happened.
Tables themselves are values; who changes one puts another in its place.

Invariant: knows no operation by name. `apply.py` and its siblings do the changing.

Example: `working.put(replace(table, comment="…"))`, then `working.schema()` is the new schema, sharing every other
table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Self, TypeVar

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.operation import Operation
from driftline.python.host import Branch, Taken
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Constraint,
    Enum,
    ForeignKey,
    Index,
    PrimaryKey,
    Schema,
    Table,
    UniqueConstraint,
)

HERE = "at this point of the history"
"""How problems say where they are."""

SEARCH_PATH = "search_path"
KEY_CHECKS = "foreign_key_checks"

PlainForeignKey = tuple[Table, ForeignKey]


def split_key(key: str) -> tuple[str | None, str]:
    """Give the schema (None: the default one) and the name that a table's or an enum's key stands for."""
    schema, _, name = key.rpartition(".")
    return schema or None, name


class _Registry:
    """By schema, how often each name of a relation and of a constraint is taken; by table, who refers to it.

    Each of the three is worked out from all tables once somebody asks for it, and kept up to date from then on.
    """

    def __init__(self, dialect: str) -> None:
        self._dialect = dialect
        self._relations: defaultdict[str | None, Counter[str]] | None = None
        self._constraints: defaultdict[str | None, Counter[str]] | None = None
        self._referring: dict[str, dict[str, None]] | None = None

    def relations(self, tables: Mapping[str, Table]) -> defaultdict[str | None, Counter[str]]:
        """Give the names of tables and indexes; `tables`: all there are."""
        if self._relations is None:
            self._relations = defaultdict(Counter)
            for table in tables.values():
                self._relations[table.schema].update(relation_names(table, self._dialect))
        return self._relations

    def constraints(self, tables: Mapping[str, Table]) -> defaultdict[str | None, Counter[str]]:
        """Give the names of constraints."""
        if self._constraints is None:
            self._constraints = defaultdict(Counter)
            for table in tables.values():
                self._constraints[table.schema].update(constraint_names(table))
        return self._constraints

    def referring(self, tables: Mapping[str, Table]) -> dict[str, dict[str, None]]:
        """Give the tables that refer to each."""
        if self._referring is None:
            self._referring = {}
            for table in tables.values():
                self._refer(self._referring, table)
        return self._referring

    def put(self, old: Table | None, table: Table | None) -> None:
        """Put `table` in the place of `old`."""
        if self._relations is not None:
            if old is not None:
                self._relations[old.schema].subtract(relation_names(old, self._dialect))
            if table is not None:
                self._relations[table.schema].update(relation_names(table, self._dialect))
        if self._constraints is not None:
            if old is not None:
                self._constraints[old.schema].subtract(constraint_names(old))
            if table is not None:
                self._constraints[table.schema].update(constraint_names(table))
        if self._referring is not None:
            for one in old.foreign_keys if old is not None else ():
                if isinstance(one.referred_table, str):
                    self._referring.get(one.referred_table, {}).pop(old.key if old is not None else "", None)
            if table is not None:
                self._refer(self._referring, table)

    @staticmethod
    def _refer(referring: dict[str, dict[str, None]], table: Table) -> None:
        for one in table.foreign_keys:
            if isinstance(one.referred_table, str):
                referring.setdefault(one.referred_table, {})[table.key] = None


@dataclass(slots=True)
class Working:
    """A schema being changed.

    `unseen_reason`: why any table can exist that no revision creates. `remade`: which of them can be there again after
    a revision dropped them (None: any). `outside`: why single tables exist that no revision creates, by key. While none
    of these says so and nothing is opaque, a table that is not in `tables` is not there.
    `version_table`: the key of Alembic's own table, which is there and not in `tables`.
    `unseen`: keys of tables that operations touched and that nobody created.
    `made_types`: keys of the enums that were created along with a table: within one upgrade SQLAlchemy creates each of
    them once. `touched_unseen`: (revision, key, operation) of each operation on a table that was not there, had never
    been, and cannot have been made by what was not read. `temporary`: keys of tables that last as long as the session.
    `views`: keys of views and foreign tables, which are no part of the schema, and can be altered and indexed all the
    same. `children`: by key of a table, the keys of the tables that inherit from it, and whether they are partitions;
    `passed_on`: how many operations reached them. `session`: what it has set, by name: the search path, and whether
    foreign keys are looked after.
    """

    dialect: str
    tables: dict[str, Table]
    enums: dict[str, Enum]
    incomplete: list[Unknown] = field(default_factory=list)
    unseen_reason: Unknown | None = None
    remade: Collection[str] | None = None
    outside: Mapping[str, Unknown] = field(default_factory=dict)
    version_table: str = ""
    unseen: set[str] = field(default_factory=set)
    gone: dict[str, int] = field(default_factory=dict)
    touched_unseen: list[tuple[str, str, Operation]] = field(default_factory=list)
    made_types: set[str] = field(default_factory=set)
    temporary: set[str] = field(default_factory=set)
    views: set[str] = field(default_factory=set)
    children: dict[str, dict[str, bool]] = field(default_factory=dict)
    passed_on: int = 0
    session: dict[str, tuple[str | None, ...] | bool] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    problems: list[ReplayProblem] = field(default_factory=list)
    revision: str = ""
    operation: Operation | None = None
    _before: dict[str, Table | None] = field(default_factory=dict)
    _moved: dict[str, str] = field(default_factory=dict)
    _registered: _Registry | None = None

    @classmethod
    def of(cls, schema: Schema, unseen_reason: Unknown | None = None) -> Self:
        """Start from `schema`."""
        return cls(schema.dialect, dict(schema.tables), dict(schema.enums), list(schema.incomplete), unseen_reason)

    def copy(self) -> Working:
        """Give the same state, with nothing recorded yet."""
        copied = Working.of(self.schema(), self.unseen_reason)
        copied.remade, copied.outside, copied.version_table = self.remade, self.outside, self.version_table
        copied.unseen, copied.gone = set(self.unseen), dict(self.gone)
        copied.views = set(self.views)
        copied.children = {key: dict(children) for key, children in self.children.items()}
        copied.session = dict(self.session)
        copied.revision = self.revision
        return copied

    def schema(self) -> Schema:
        """Give the state as a value."""
        return Schema(self.dialect, dict(self.tables), dict(self.enums), tuple(self.incomplete))

    # Changing --------------------------------------------------------------------------------------------------------

    def begin(self, operation: Operation) -> None:
        """Start to record what `operation` does; ends with `end`."""
        self.operation = operation
        self._before.clear()
        self._moved.clear()

    def end(self) -> None:
        """Turn what happened since `begin` into events: one for each changed table and for the operation's own."""
        operation = self.operation
        if operation is None:
            return
        own = operation.table
        if own is not None and own not in self._before and own not in self._moved.values():
            self._before[own] = self.tables.get(own)
        for key, before in self._before.items():
            if key in self._moved.values() and before is None:
                continue
            after = self.tables.get(self._moved.get(key, key))
            if (before is not None or after is not None) and (before is not after or key == own):
                self.events.append(Event(self.revision, operation, before, after))
        self.operation = None

    def skip(self, operation: Operation) -> None:
        """Record an operation that is not applied: conditional history."""
        if operation.table is not None:
            now = self.tables.get(operation.table)
            self.events.append(Event(self.revision, operation, now, now, applied=False))

    def put(self, table: Table) -> None:
        """Put `table` in the place of the one with the same key, or add it."""
        self._store(table.key, table)
        self.tables[table.key] = table

    def remove(self, key: str) -> None:
        """Take the table with the key `key` away."""
        self._store(key, None)
        del self.tables[key]
        self.children.pop(key, None)
        for parent in [parent for parent, children in self.children.items() if key in children]:
            self.disown(parent, key)
        self.unseen.discard(key)
        self.gone[key] = len(self.incomplete)

    def move(self, key: str, table: Table) -> None:
        """Put `table`, which has another key, in the place of the one with the key `key`."""
        self._store(key, None)
        self._store(table.key, table)
        self._moved[key] = table.key
        self._rekey(key, table)
        self.gone[key] = len(self.incomplete)
        if any(key == one or key in many for one, many in self.children.items()):
            self.children = {
                table.key if one == key else one: {
                    table.key if child == key else child: kind for child, kind in many.items()
                }
                for one, many in self.children.items()
            }
        if key in self.unseen:
            self.unseen.discard(key)
            self.unseen.add(table.key)

    def adopt(self, parent: str, child: str, *, partition: bool) -> None:
        """Note that a table inherits from another."""
        self.children[parent] = {**self.children.get(parent, {}), child: partition}

    def disown(self, parent: str, child: str) -> None:
        """Note that a table inherits from another no more."""
        children = self.children.get(parent, {})
        if child in children:
            self.children[parent] = {one: partition for one, partition in children.items() if one != child}

    def _rekey(self, key: str, table: Table) -> None:
        self.tables = {
            table.key if one == key else one: table if one == key else other for one, other in self.tables.items()
        }

    def _store(self, key: str, table: Table | None) -> None:
        """Remember what was there before the operation, and keep the registries up to date."""
        old = self.tables.get(key)
        self._before.setdefault(key, old)
        if self._registered is not None:
            self._registered.put(old, table)

    def problem(
        self, rule: str, message: str, *, table: str | None = None, about: str | None = None, sure: bool = True
    ) -> None:
        """Record that the operation at hand is impossible; nothing where a `try` catches it.

        Nothing either behind a look at the database's catalog: what is impossible there is what was made sure of.
        `sure` is False where it rests on facts that are conditional themselves.
        """
        operation = self.operation
        branch = operation.branch if operation is not None else None
        if operation is None or operation.guarded or (branch is not None and branch.looked):
            return
        self.problems.append(
            ReplayProblem(
                rule,
                message,
                self.revision,
                table if table is not None else operation.table,
                about,
                conditional=self.assumed or not sure,
                refutes=branch if self.assumed else None,
                origin=operation.origin,
            )
        )

    @property
    def assumed(self) -> bool:
        """Whether the operation at hand is only assumed to run."""
        branch = self.operation.branch if self.operation is not None else None
        return branch is not None and branch.taken is Taken.ASSUMED

    def is_refuted(self, branch: Branch | None) -> bool:
        """Whether the revision at hand has shown by now that it does not take `branch`, which was assumed."""
        if branch is None or branch.taken is not Taken.ASSUMED:
            return False
        refuted = (one.refutes.origin for one in self.problems if one.refutes and one.revision == self.revision)
        return branch.origin in refuted

    # Asking ----------------------------------------------------------------------------------------------------------

    @property
    def search_path(self) -> tuple[str | None, ...]:
        """The schemas that names without one are looked up in; none where that is as the database has it."""
        path = self.session.get(SEARCH_PATH, ())
        return path if isinstance(path, tuple) else ()

    @property
    def checks_keys(self) -> bool:
        """Whether the database looks after its foreign keys when tables change: SQLite never does."""
        return self.dialect != "sqlite" and self.session.get(KEY_CHECKS) is not False

    def spelled(self, key: str) -> str:
        """Give the key of the table that is `key` but for the case of letters; `key` where it is one, or none is."""
        if key in self.tables:
            return key
        folded = key.lower()
        return next((one for one in self.tables if one.lower() == folded), key)

    def absence(self, key: str) -> Unknown | None:
        """Say why a table that is not in `tables` could be there all the same; None where it is surely absent."""
        since = self.gone.get(key)
        if key == self.version_table:
            return Unknown("Alembic makes its own table")
        if since is None:
            found = self.unseen_reason if self.unseen_reason is not None else self.outside.get(key)
            return found if found is not None else next(iter(self.incomplete), None)
        if self.unseen_reason is not None and (self.remade is None or key in self.remade):
            return self.unseen_reason
        return self.incomplete[since] if len(self.incomplete) > since else None

    def absence_in(self, schema: str | None) -> Unknown | None:
        """Say why there could be tables in `schema` that are not in `tables`; None where there are none."""
        if self.unseen_reason is not None:
            return self.unseen_reason
        outside = (why for key, why in self.outside.items() if self._could_be_outside(key, schema))
        return next(iter(self.incomplete), None) or next(outside, None)

    def _could_be_outside(self, key: str, schema: str | None) -> bool:
        return split_key(key)[0] == schema and key not in self.tables and key not in self.gone

    def presume(self, key: str) -> None:
        """Note that the operation at hand needs a table that was never there, and that nothing unread can have made."""
        made = key in self.gone or key == self.version_table
        if self.operation is not None and not made and not self.operation.guarded and not self.incomplete:
            self.touched_unseen.append((self.revision, key, self.operation))

    def find(self, key: str, doing: str) -> Table | None:
        """Give the table that an operation is about; None, with a problem recorded, where it is surely absent.

        None without any problem where it is a view: what happens to that is no matter of the schema.
        A table that could exist all the same comes into being as one of which nothing is known.
        """
        table = self.tables.get(key)
        if table is not None or key in self.views:
            return table
        reason = self.absence(key)
        self.presume(key)
        if reason is None:
            self.problem(
                "unknown-table",
                f"{doing} `{key}`, but there is no such table {HERE}.",
                table=key,
                about=key,
            )
            return None
        schema, name = split_key(key)
        table = Table(name, schema, incomplete=(reason,))
        self.unseen.add(key)
        self.tables[key] = table
        return table

    def referring(self, key: str) -> Iterator[PlainForeignKey]:
        """Give all foreign keys to the table with the key `key`, each with the table it stands on."""
        for holder in tuple(self._registry().referring(self.tables).get(key, ())):
            table = self.tables[holder]
            for one in table.foreign_keys:
                if one.referred_table == key:
                    yield table, one

    def relation_taken(self, schema: str | None, name: str) -> bool:
        """Whether a table or an index of that name exists in `schema`: they share one space."""
        return self._registry().relations(self.tables)[schema][name] > 0

    def _registry(self) -> _Registry:
        """What names are taken; worked out once somebody asks, and kept from then on."""
        if self._registered is None:
            self._registered = _Registry(self.dialect)
        return self._registered

    def constraint_taken(self, schema: str | None, name: str) -> bool:
        """Whether a constraint of that name exists on any table in `schema`."""
        return self._registry().constraints(self.tables)[schema][name] > 0


def relation_names(table: Table, dialect: str) -> list[str]:
    """Give the names that a table takes up beside other tables and indexes: its own, and those of its indexes.

    A constraint's index has the constraint's name, except on SQLite, which numbers them.
    """
    names = [table.name, *(one.name for one in table.indexes if isinstance(one.name, str))]
    return names if dialect == "sqlite" else [*names, *key_constraint_names(table)]


def key_constraint_names(table: Table) -> list[str]:
    """Give the names of the constraints that have an index of the same name."""
    names = [
        table.primary_key.name,
        *(one.name for one in table.unique_constraints),
        *(one.name for one in table.exclude_constraints),
    ]
    return [one for one in names if isinstance(one, str)]


def constraint_names(table: Table) -> list[str]:
    """Give the names of all constraints of a table."""
    names = [*(one.name for one in table.foreign_keys), *(one.name for one in table.check_constraints)]
    return [*(one for one in names if isinstance(one, str)), *key_constraint_names(table)]


def unread_name(items: Iterable[Constraint | Index], type_: str | None = None) -> Unknown | None:
    """Give why the name of one of these is not known: any other that is asked for may be its.

    `type_`: only of constraints of this kind, in Alembic's words (`foreignkey`, `unique`, `check`, `primary`).
    """
    kind = _KINDS.get(type_ or "")
    names = (one.name for one in items if kind is None or isinstance(one, kind))
    return next((name for name in names if isinstance(name, Unknown)), None)


_KINDS: dict[str, type] = {
    "foreignkey": ForeignKey,
    "unique": UniqueConstraint,
    "check": CheckConstraint,
    "primary": PrimaryKey,
}


_Kept = TypeVar("_Kept", bound="Constraint | Index")


def doubted(items: Iterable[_Kept], type_: str | None = None) -> tuple[_Kept, ...]:
    """Give constraints or indexes of which one, nobody knows which, is gone: none of that kind is there for sure."""
    kind = _KINDS.get(type_ or "")
    return tuple(
        replace(one, conditional=True)
        if not isinstance(one, PrimaryKey) and (kind is None or isinstance(one, kind))
        else one
        for one in items
    )


def constraints_of(table: Table) -> Iterator[Constraint]:
    """Give all constraints of a table."""
    if table.primary_key.columns:
        yield table.primary_key
    yield from table.foreign_keys
    yield from table.unique_constraints
    yield from table.check_constraints
    yield from table.exclude_constraints


def shaken(table: Table, name: Unknown) -> Table:
    """Give `table` with the note that something was dropped whose `name` could not be read."""
    return table if name in table.unsure_drops else replace(table, unsure_drops=(*table.unsure_drops, name))


def darkened(table: Table, reason: Unknown) -> Table:
    """Give `table` with `reason` for not being fully known; the same object where it is said already."""
    return table if reason in table.incomplete else replace(table, incomplete=(*table.incomplete, reason))
