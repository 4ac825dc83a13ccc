"""The state that operations are applied to, while they are applied.

`Working` is the one mutable thing of a replay: tables and enums by key, which names are taken, and what happened.
Tables themselves are values; who changes one puts another in its place.

Invariant: knows no operation by name. `apply.py` and its siblings do the changing.

Example: `working.put(replace(table, comment="…"))`, then `working.schema()` is the new schema, sharing every other
table.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.operation import Operation
from driftline.python.host import Taken
from driftline.python.values import Unknown
from driftline.schema import Enum, ForeignKey, Schema, Table

HERE = "at this point of the history"
"""How problems say where they are."""

PlainForeignKey = tuple[Table, ForeignKey]


def split_key(key: str) -> tuple[str | None, str]:
    """Give the schema (None: the default one) and the name that a table's or an enum's key stands for."""
    schema, _, name = key.rpartition(".")
    return schema or None, name


@dataclass(slots=True)
class Working:
    """A schema being changed.

    `unseen_reason`: why tables can exist that no revision creates; while it is None and nothing is opaque, a table that
    is not in `tables` is not there. `unseen`: keys of tables that operations touched and that nobody created.
    `made_types`: keys of the enums that were created along with a table: within one upgrade SQLAlchemy creates each of
    them once. `touched_unseen`: (revision, key, operation) of each operation on a table that was not there and had
    never been. `temporary`: keys of tables that last as long as the session.
    """

    dialect: str
    tables: dict[str, Table]
    enums: dict[str, Enum]
    incomplete: list[Unknown] = field(default_factory=list)
    unseen_reason: Unknown | None = None
    unseen: set[str] = field(default_factory=set)
    gone: dict[str, int] = field(default_factory=dict)
    touched_unseen: list[tuple[str, str, Operation]] = field(default_factory=list)
    made_types: set[str] = field(default_factory=set)
    temporary: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    problems: list[ReplayProblem] = field(default_factory=list)
    revision: str = ""
    operation: Operation | None = None
    _before: dict[str, Table | None] = field(default_factory=dict)
    _moved: dict[str, str] = field(default_factory=dict)
    _names: defaultdict[str | None, Counter[str]] | None = None

    @classmethod
    def of(cls, schema: Schema, unseen_reason: Unknown | None = None) -> Working:
        """Start from `schema`."""
        return cls(schema.dialect, dict(schema.tables), dict(schema.enums), list(schema.incomplete), unseen_reason)

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
        self.unseen.discard(key)
        self.gone[key] = len(self.incomplete)

    def move(self, key: str, table: Table) -> None:
        """Put `table`, which has another key, in the place of the one with the key `key`."""
        self._store(key, None)
        self._store(table.key, table)
        self._moved[key] = table.key
        self.tables = {
            table.key if one == key else one: table if one == key else other for one, other in self.tables.items()
        }
        self.gone[key] = len(self.incomplete)
        if key in self.unseen:
            self.unseen.discard(key)
            self.unseen.add(table.key)

    def _store(self, key: str, table: Table | None) -> None:
        """Remember what was there before the operation, and keep the registry of names up to date."""
        old = self.tables.get(key)
        self._before.setdefault(key, old)
        if self._names is not None:
            if old is not None:
                self._names[old.schema].subtract(relation_names(old, self.dialect))
            if table is not None:
                self._names[table.schema].update(relation_names(table, self.dialect))

    def problem(
        self, rule: str, message: str, *, table: str | None = None, about: str | None = None, sure: bool = True
    ) -> None:
        """Record that the operation at hand is impossible; nothing where a `try` catches it.

        `sure` is False where it rests on facts that are conditional themselves.
        """
        operation = self.operation
        if operation is None or operation.guarded:
            return
        self.problems.append(
            ReplayProblem(
                rule,
                message,
                self.revision,
                table if table is not None else operation.table,
                about,
                conditional=self.assumed or not sure,
                origin=operation.origin,
            )
        )

    @property
    def assumed(self) -> bool:
        """Whether the operation at hand is only assumed to run."""
        branch = self.operation.branch if self.operation is not None else None
        return branch is not None and branch.taken is Taken.ASSUMED

    # Asking ----------------------------------------------------------------------------------------------------------

    def absence(self, key: str) -> Unknown | None:
        """Say why a table that is not in `tables` could be there all the same; None where it is surely absent."""
        if self.unseen_reason is not None:
            return self.unseen_reason
        since = self.gone.get(key, 0)
        return self.incomplete[since] if len(self.incomplete) > since else None

    def find(self, key: str, doing: str) -> Table | None:
        """Give the table that an operation is about; None, with a problem recorded, where it is surely absent.

        A table that could exist all the same comes into being as one of which nothing is known.
        """
        table = self.tables.get(key)
        if table is not None:
            return table
        reason = self.absence(key)
        if self.operation is not None and key not in self.gone and not self.operation.guarded:
            self.touched_unseen.append((self.revision, key, self.operation))
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
        for table in list(self.tables.values()):
            for one in table.foreign_keys:
                if one.referred_table == key:
                    yield table, one

    def relation_taken(self, schema: str | None, name: str) -> bool:
        """Whether a table or an index of that name exists in `schema`: they share one space."""
        return self._registry()[schema][name] > 0

    def _registry(self) -> defaultdict[str | None, Counter[str]]:
        if self._names is None:
            self._names = defaultdict(Counter)
            for table in self.tables.values():
                self._names[table.schema].update(relation_names(table, self.dialect))
        return self._names

    def constraint_taken(self, schema: str | None, name: str) -> bool:
        """Whether a constraint of that name exists on any table in `schema`."""
        return any(name in constraint_names(table) for table in self.tables.values() if table.schema == schema)


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


def darkened(table: Table, reason: Unknown) -> Table:
    """Give `table` with `reason` for not being fully known; the same object where it is said already."""
    return table if reason in table.incomplete else replace(table, incomplete=(*table.incomplete, reason))
