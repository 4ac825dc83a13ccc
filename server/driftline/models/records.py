"""What a run of the models' modules leaves behind.

Tables and mapped classes in the order of their creation, not yet schema values.

Types are not looked at here: the dialect is known only when everything was run.

Example: after `class User(Base): ...`, `Records.tables[-1].name` is `"users"` and `Records.mapped` has the class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from driftline.dataclass import dataclass, field, replace
from driftline.models.core import ColumnPlace, callee, locate_core_column, path_of, plain, stated_type
from driftline.models.declared import Validator
from driftline.models.metadata import Metadata
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Attribute, Call, Class, Operator, Unknown, Value
from driftline.schema.naming import NamingConvention


@dataclass(eq=False, slots=True)
class DraftColumn:
    """A column as Declarative makes it: the call that states it, and what its annotation adds.

    `key`: the mapped attribute. `type_value`: the type that the annotation stands for, where the call names none.
    `nullable`: what the annotation says; None where it does not count. `origin`: the statement in the class body.
    """

    key: str
    call: Call
    type_value: Value = None
    nullable: bool | None = None
    sort_order: int = 0
    origin: Origin = NOWHERE
    values: tuple[Value, ...] = ()
    """What stands for the column in expressions, besides the call."""

    @property
    def name(self) -> str:
        """The column's name: the call's, else the attribute's."""
        first = plain(self.call.args[0]) if self.call.args else None
        given = plain(self.call.kwargs.get("name", first))
        return given if isinstance(given, str) else self.key


@dataclass(eq=False, slots=True)
class TableRecord:
    """A table that was made.

    `schema` is as the source writes it (or its MetaData). `items`: drafts of columns, and calls of columns and
    constraints.

    `convention` is the MetaData's at the time: SQLAlchemy names constraints when the table is made. `handle` stands for
    the table in values.
    """

    name: str
    schema: str | None
    metadata: Metadata
    convention: NamingConvention
    handle: Call
    items: list[Value] = field(default_factory=list)
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    origin: Origin = NOWHERE
    path: str = ""
    conditional: bool = False
    incomplete: list[Unknown] = field(default_factory=list)

    def column_names(self) -> Iterator[str]:
        """Give the names of its columns as far as they are known without reading types."""
        return (name for name in map(_name_of, self.items) if name is not None)

    def column_keys(self) -> Iterator[str]:
        """Give the keys by which `table.c` has its columns: their names, where they are given no others."""
        for item in self.items:
            key = key_of(item)
            if key is not None:
                yield key

    def name_of_key(self, key: str) -> str:
        """Give the name of the column that `table.c` has by this key; the key itself where there is none."""
        names = zip(self.column_names(), self.column_keys(), strict=True)
        return next((name for name, own in names if own == key), key)

    def column(self, name: str) -> tuple[DraftColumn | None, Call] | None:
        """Give the draft (where there is one) and the call of the column of this name."""
        for item in self.items:
            call = item.call if isinstance(item, DraftColumn) else item
            if isinstance(call, Call) and _name_of(item) == name:
                return (item if isinstance(item, DraftColumn) else None), call
        return None


@dataclass(eq=False, slots=True)
class MappedRecord:
    """A class that is mapped: its attributes (name → column name), relationships and validators.

    `table` is None where there is none to be found.
    """

    cls: Class
    table: TableRecord | None
    attributes: dict[str, str] = field(default_factory=dict)
    relationships: list[str] = field(default_factory=list)
    validators: list[Validator] = field(default_factory=list)
    inherits: MappedRecord | None = None
    conditional: bool = False


@dataclass(eq=False, slots=True)
class Records:
    """Everything that was made, in order.

    `unknown`: what could not be understood while doing so; `missing`: why tables could be missing.
    """

    tables: list[TableRecord] = field(default_factory=list)
    mapped: dict[int, MappedRecord] = field(default_factory=dict)
    metadatas: dict[int, Metadata] = field(default_factory=dict)
    unknown: list[Unknown] = field(default_factory=list)
    missing: list[Unknown] = field(default_factory=list)
    looked_around: bool = False
    """Whether an answer depended on all that is here, rather than on the value that was asked about."""
    asked: dict[object, Any] = field(default_factory=dict)
    """What was worked out, or known, of the bases and MetaData objects that somebody has asked about lately."""
    earlier: Mapping[object, Any] = field(default_factory=dict)
    """What was worked out of them in the evaluation before, where they are the same objects."""
    _columns_made: dict[int, tuple[int, Call]] = field(default_factory=dict)
    """By identity, the how-manieth column a call makes."""
    _handles: dict[int, TableRecord] = field(default_factory=dict)
    _named: dict[tuple[int, str | None, str], TableRecord] = field(default_factory=dict)
    _columns: dict[int, tuple[Value, TableRecord, str]] = field(default_factory=dict)

    def make_column(self, call: Call) -> None:
        """Take note that a column was made, after those that were made before it."""
        self._columns_made[id(call)] = len(self._columns_made), call

    def copied_column(self, call: Call, copy: Call) -> None:
        """Take note that a mixin's column was copied, which keeps its place."""
        self._columns_made[id(copy)] = self.made_at(call), copy

    def made_at(self, call: Call) -> int:
        """Give how many columns were made before: SQLAlchemy 1 has those of a table in that order."""
        found = self._columns_made.get(id(call))
        return found[0] if found is not None else 0

    def add_table(self, record: TableRecord) -> None:
        """Register a table that was made, with the columns among its items."""
        self.tables.append(record)
        self._handles[id(record.handle)] = record
        self._named[id(record.metadata), record.schema, record.name] = record
        items, record.items = record.items, []
        for item in items:
            self.add_item(record, item)

    def share_table(self, record: TableRecord, metadata: Metadata, *, conditional: bool) -> None:
        """Have a table on a second MetaData, too: it stays one table, and what is put on it later is on both."""
        shared = replace(record, metadata=metadata, conditional=record.conditional or conditional)
        self.tables.append(shared)
        self._named[id(metadata), record.schema, record.name] = shared

    def remove_table(self, record: TableRecord) -> None:
        """Forget a table that was taken off its MetaData."""
        self.looked_around = True
        self.tables[:] = [one for one in self.tables if one is not record]
        self._named.pop((id(record.metadata), record.schema, record.name), None)

    def add_item(self, record: TableRecord, item: Value) -> None:
        """Append a column or a constraint to a table; one that is there already stays as it is."""
        if any(one is item for one in record.items):
            return
        record.items.append(item)
        if isinstance(item, DraftColumn):
            for value in (item.call, *item.values):
                self._attach(value, record, item.name)
        elif (name := _name_of(item)) is not None:
            self._attach(item, record, name)

    def _attach(self, value: Value, record: TableRecord, name: str) -> None:
        self.looked_around = self.looked_around or id(value) in self._columns
        self._columns[id(value)] = (value, record, name)

    def table_of_handle(self, value: Value) -> TableRecord | None:
        """Give the table that a value stands for."""
        return self._handles.get(id(value)) if isinstance(value, Call) else None

    def existing(self, metadata: Metadata, schema: str | None, name: str) -> TableRecord | None:
        """Give the table of this name on a MetaData."""
        found = self._named.get((id(metadata), schema, name))
        self.looked_around = self.looked_around or found is not None
        return found

    def growing(self) -> tuple[list[Any] | dict[Any, Any], ...]:
        """Give the collections to which things are added, and nothing else is done but by the way."""
        return self.tables, self.mapped, self.unknown, self.missing, self._handles, self._named, self._columns

    def attached(self, value: Value) -> tuple[TableRecord, str] | None:
        """Find the table and the column's name that a column value belongs to; None for a column of no table (yet)."""
        value = unwrapped_column(value)
        known = self._columns.get(id(value))
        if known is not None:
            return known[1], known[2]
        holder, name = _of_collection(value)
        record_of_holder = self.table_of_handle(holder) if name is not None else None
        if record_of_holder is None or name is None:
            return None
        return record_of_holder, record_of_holder.name_of_key(name)

    def locate(self, value: Value) -> ColumnPlace | None:
        """Find which column a value means."""
        value = unwrapped_column(value)
        found = self.attached(value)
        if found is not None:
            return ColumnPlace(found[0].schema, found[0].name, found[1])
        return locate_core_column(value)

    def type_at(self, value: Value) -> Value:
        """Give the type of the column that a value means, as its call or its annotation has it."""
        found = self.attached(value)
        for item in found[0].items if found is not None else ():
            if found is not None and _name_of(item) == found[1]:
                stated = stated_type(item.call if isinstance(item, DraftColumn) else item)
                return item.type_value if stated is None and isinstance(item, DraftColumn) else stated
        return None


def _name_of(item: Value) -> str | None:
    """Give the name of the column that an item of a table is; None for one without, and for what is none."""
    if isinstance(item, DraftColumn):
        return item.name
    if callee(item) != "sqlalchemy.Column":
        return None
    name = plain(item.kwargs.get("name", item.args[0] if item.args else None))
    return name if isinstance(name, str) else None


def column_call(item: Value) -> Call | None:
    """Give the call that states the column that an item of a table is; None for what is none."""
    call = item.call if isinstance(item, DraftColumn) else item
    return call if _name_of(item) is not None else None


def key_of(item: Value) -> str | None:
    """Give the key by which `table.c` has the column that an item of a table is; None for what is none."""
    call = column_call(item)
    if call is None:
        return None
    key = plain(call.kwargs.get("key"))
    return key if isinstance(key, str) else _name_of(item)


def unwrapped_column(value: Value) -> Value:
    """See through what only annotates a column: `foreign(x)`, `remote(x)`, and `Model.x.expression`."""
    while (
        isinstance(value, Call) and callee(value) in ("sqlalchemy.orm.foreign", "sqlalchemy.orm.remote") and value.args
    ):
        value = value.args[0]
    if isinstance(value, Operator) and value.op == "[]" and value.operands[1:] == (0,):
        # `User.name.property.columns[0]`
        columns = value.operands[0]
        if isinstance(columns, Attribute) and columns.name == "columns" and isinstance(columns.value, Attribute):
            value = columns.value if columns.value.name == "property" else value
    while isinstance(value, Attribute) and value.name in ("expression", "property") and path_of(value.value):
        value = value.value
    return value


def _of_collection(value: Value) -> tuple[Value, str | None]:
    """Give the table value and the column's key of `table.c.x` and `table.c["x"]`."""
    if isinstance(value, Attribute) and isinstance(value.value, Attribute) and value.value.name in ("c", "columns"):
        return value.value.value, value.name
    if isinstance(value, Operator) and value.op == "[]" and len(value.operands) == 2:  # noqa: PLR2004 -- `x[y]`
        holder, key = value.operands
        if isinstance(holder, Attribute) and holder.name in ("c", "columns") and isinstance(key, str):
            return holder.value, key
    return None, None
