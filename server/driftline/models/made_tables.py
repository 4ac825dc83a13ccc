"""Tables that are made by calls, and what is put on them: columns, indexes, constraints, and classes that they map.

What comes to a table where nobody knows whether it does makes the table incomplete; what stands in a branch that is
not taken makes nothing.

Example: `users = Table("users", metadata, Column("id", Integer))` makes the table `users`, and
`Index("ix", users.c.id)` comes to be on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.models.core import callee, plain
from driftline.models.declarative import is_column
from driftline.models.records import MappedRecord, TableRecord
from driftline.python.host import UNANSWERED
from driftline.python.origin import origin_of
from driftline.python.values import Attribute, Call, Class, Operator, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from driftline.models.conditions import Conditions
    from driftline.models.event_hooks import EventHooks
    from driftline.models.metadata import Metadata
    from driftline.models.records import Records
    from driftline.models.roots import Roots


class MadeTables:
    """Makes tables in the records, and adds to them."""

    def __init__(self, records: Records, roots: Roots, hooks: EventHooks, conditions: Conditions) -> None:
        """Make them in `records`, on the MetaData of `roots`; `hooks` hear of all that comes up."""
        self._records = records
        self._roots = roots
        self._hooks = hooks
        self._conditions = conditions
        self.waiting: list[tuple[Call, Sequence[Value], tuple[Unknown, ...]]] = []
        """Indexes and constraints over columns that no table has yet, what they are over, and under which conditions.
        """

    def make(self, call: Call) -> Value:
        """Make the table of a call of `Table`; gives the one that is there, where one of the name is."""
        name = plain(call.args[0] if call.args else call.kwargs.get("name"))
        holder = call.args[1] if len(call.args) > 1 else call.kwargs.get("metadata")
        metadata, items = self._placed(call, holder)
        if self._conditions.are_untaken:
            return UNANSWERED
        if not isinstance(name, str) or metadata is None:
            if not isinstance(name, str) and name is not None:
                self._miss("the name of a Table could not be read", call)
            elif metadata is None and isinstance(holder, Unknown):
                self._miss(f"the MetaData of the table `{name}` could not be read: {holder.reason}", call)
            return UNANSWERED
        schema = plain(call.kwargs.get("schema"))
        if isinstance(schema, Unknown):
            self._miss(f"the schema of the table `{name}` could not be read: {schema.reason}", call)
            return UNANSWERED
        if schema is None:
            schema = metadata.schema
        elif not isinstance(schema, str):
            schema = None
        there = self._records.existing(metadata, schema, name)
        if there is None:
            record = self._record(call, name, schema, metadata, items)
            self._records.add_table(record)
            self.came_up(record)
            self.attach_waiting()
            return UNANSWERED
        if call.kwargs.get("extend_existing") is True:
            for item in items:
                self.add(there, item)
        return there.handle

    def _placed(self, call: Call, holder: Value) -> tuple[Metadata | None, list[Value]]:
        """Give the MetaData that a call of `Table` names, None where it is not known, and the items behind it."""
        if isinstance(holder, Call) and callee(holder) == "sqlalchemy.MetaData":
            return self._roots.metadata_of(holder), list(call.args[2:])
        if not isinstance(call.function, Attribute):
            return None, list(call.args[2:])
        # `db.Table("name", …)`: Flask-SQLAlchemy puts its own MetaData in.
        root = self._roots.of_database(call.function.value)
        metadata = self._roots.bound_metadata(root, call.kwargs.get("bind_key")) if root is not None else None
        return metadata, list(call.args[1:])

    def _record(self, call: Call, name: str, schema: str | None, metadata: Metadata, items: list[Value]) -> TableRecord:
        incomplete = [Unknown("arguments of the table were not read", call.origin)] if call.unpacked else []
        if any(call.kwargs.get(one) is not None for one in ("autoload_with", "autoload")):
            incomplete.append(Unknown("the table is reflected from a database", call.origin))
        return TableRecord(
            name,
            schema,
            metadata,
            metadata.convention,
            call,
            items,
            dict(call.kwargs),
            call.origin,
            call.origin.path or "",
            conditional=self._conditions.are_assumed,
            incomplete=incomplete,
        )

    def _miss(self, reason: str, call: Call) -> None:
        self._records.missing.append(Unknown(reason, call.origin))

    def came_up(self, record: TableRecord) -> None:
        """Take note of a table that was made just now, and have hooks run for it."""
        self._conditions.note_made(record)
        self._hooks.attach(record)

    def add(self, record: TableRecord, item: Value) -> None:
        """Add a column or a constraint to a table; one that may as well not be there makes the table incomplete."""
        why = self._conditions.doubt_on(record)
        if why is None:
            self._records.add_item(record, item)
            self._hooks.attach(record)
            return
        reason = f"whether something is added to `{record.name}` is not known: {why.reason}"
        record.incomplete.append(Unknown(reason, origin_of(item, why.origin)))

    def append(self, table: Value, item: Value) -> None:
        """Do `table.append_column(item)` and the like."""
        record = self._records.table_of_handle(table)
        if record is not None and not self._conditions.are_untaken:
            self.add(record, item)

    def remove(self, metadata: Metadata, call: Call) -> None:
        """Take a table off its MetaData, or all of them (`clear`)."""
        for record in [one for one in self._records.tables if one.metadata is metadata]:
            if self._conditions.are_untaken or (call.args and record.handle is not call.args[0]):
                continue
            if self._conditions.doubt_on(record) is not None:
                record.conditional = True
            else:
                self._records.remove_table(record)

    def share(self, metadata: Metadata, call: Call) -> None:
        """Put a table of another MetaData on this one, too (`metadata._add_table(name, schema, table)`)."""
        record = self._records.table_of_handle(call.args[-1] if call.args else call.kwargs.get("table"))
        if record is not None and record.metadata is not metadata and not self._conditions.are_untaken:
            self._records.share_table(record, metadata, conditional=self._conditions.doubt_on(None) is not None)

    def attach(self, call: Call) -> None:
        """Put an index or a constraint over columns that are in a table already on that table."""
        if self._conditions.are_untaken:
            return
        elements = call.args[1:] if callee(call) == "sqlalchemy.Index" else call.args
        if callee(call) == "sqlalchemy.ForeignKeyConstraint":
            elements = call.args[:1]  # what it refers to says nothing of where it is
        record = self._table_of_first(elements)
        if record is not None:
            self.add(record, call)
        elif elements and not any(isinstance(plain(one), str) for one in elements):
            self.waiting.append((call, elements, self._conditions.open))

    def replace_waiting(self, item: Value, restricted: Call) -> None:
        """Let what `.ddl_if(…)` makes of an index or a constraint wait in its place."""
        self.waiting[:] = [(restricted if call is item else call, over, doubts) for call, over, doubts in self.waiting]

    @property
    def could_attach(self) -> bool:
        """Whether what waits would find its table now."""
        return any(self._table_of_first(elements) is not None for _, elements, _ in self.waiting)

    def attach_waiting(self) -> None:
        """Put what was made of columns of no table yet, in the body of a class, on the table that they came to."""
        waiting = self.waiting.copy()
        self.waiting.clear()
        for call, elements, conditions in waiting:
            record = self._table_of_first(elements)
            if record is None:
                self.waiting.append((call, elements, conditions))
            elif not any(one is call for one in record.items):
                with self._conditions.as_then(conditions):
                    self.add(record, call)

    def lost(self) -> Iterator[Unknown]:
        """Give the indexes and constraints over columns that are not known: they may be on any table."""
        placed = {id(item) for record in self._records.tables for item in record.items}
        for call, elements, _ in self.waiting:
            unknown = next((one for one in map(_unknown_in, elements) if one is not None), None)
            if unknown is not None and id(call) not in placed:
                name = callee(call).rpartition(".")[2]
                yield Unknown(f"which table this `{name}` is on is not known: {unknown.reason}", call.origin)

    def _table_of_first(self, elements: Sequence[Value]) -> TableRecord | None:
        return next((found[0] for found in (self._table_of(one) for one in elements) if found is not None), None)

    def _table_of(self, value: Value) -> tuple[TableRecord, str] | None:
        """Find the table of the first column in an expression."""
        found = self._records.attached(value)
        if found is not None or is_column(value):  # what a column refers to is no part of the expression
            return found
        return next((one for one in map(self._table_of, _within(value)) if one is not None), None)

    def map_imperatively(self, call: Call) -> None:
        """Do `registry.map_imperatively(cls, table)` and `mapper(cls, table)`."""
        cls, table = (*call.args, None, None)[:2]
        if not isinstance(cls, Class) or self._conditions.are_untaken:
            return
        table = table if table is not None else call.kwargs.get("local_table")
        record = self._records.table_of_handle(table)
        names = {name: name for name in record.column_names()} if record is not None else {}
        self._records.mapped[id(cls)] = MappedRecord(cls, record, names)


def _within(value: Value) -> tuple[Value, ...]:
    """Give what an expression is made of, in order: operands, what a method is called on, arguments, a CASE's pairs."""
    match value:
        case Operator():
            return value.operands
        case Call(function=Attribute() | Call()):
            return (value.function, *value.args, *value.kwargs.values())
        case Call():
            return (*value.args, *value.kwargs.values())
        case Attribute():  # `table.c.data["key"].astext`
            return (value.value,)
        case list() | tuple():
            return tuple(value)
        case dict():
            return tuple(value.values())
    return ()


def _unknown_in(value: Value) -> Unknown | None:
    """Find what is not known in an expression."""
    if isinstance(value, Unknown):
        return value
    inner = () if is_column(value) else _within(value)  # a column is known, whatever its default is
    return next((one for one in map(_unknown_in, inner) if one is not None), None)
