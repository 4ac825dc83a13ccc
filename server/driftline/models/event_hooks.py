"""What SQLAlchemy calls for each table, column and type that comes up: functions of the user's that may change tables.

A hook is run when SQLAlchemy runs it: once a column has come to its table, for what is made after the hook was set.
A table at which one could not be run to its end may have more than was read, and says so.

Example: `@event.listens_for(Table, "after_parent_attach")` on `def audited(table, metadata)`, which appends a column.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from driftline.dataclass import dataclass
from driftline.models.core import attribute_of_column, callee, path_of
from driftline.models.mappers import MAPPERS, mapper_of
from driftline.models.records import DraftColumn, column_call, key_of
from driftline.python.host import UNANSWERED
from driftline.python.origin import Origin
from driftline.python.values import Attribute, Call, Class, Function, Instance, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from driftline.models.core import Runner
    from driftline.models.records import MappedRecord, Records, TableRecord

_ATTACHING: Final = ("before_parent_attach", "after_parent_attach")
"""Events of tables, of what is on them, and of types: the target and what it comes to."""
_CREATING: Final = ("before_create", "after_create", "before_drop", "after_drop")
"""Events of tables and MetaData that are created and dropped: the target, the connection and more by keyword."""
_INSTRUMENTING: Final = "instrument_class"
"""The event of a mapper, and its class, that comes when a class is mapped."""
_CONFIGURING: Final = ("after_mapper_constructed", "before_mapper_configured", "mapper_configured")
"""Events of a mapper, and its class, that come when it is configured, which may be never."""
_CONFIGURED: Final = ("before_configured", "after_configured")
"""Events that come when all mappers are configured."""
_MADE_BY_SQLALCHEMY: Final = ("ForeignKey", "ForeignKeyConstraint", "PrimaryKeyConstraint", "SchemaItem", "Constraint")
"""Ends of the names of classes whose objects SQLAlchemy makes of its own, too."""


def listening(function: Function) -> list[Call]:
    """Give the decorators by which a function is set as a hook."""
    return [
        one for one in function.decorators if isinstance(one, Call) and callee(one) == "sqlalchemy.event.listens_for"
    ]


def event_of(listen: Call) -> tuple[Value, Value]:
    """Give the target and the event of `listens_for(target, event)` and of `listen(target, event, function)`."""
    target, event = (*listen.args, None, None)[:2]
    return listen.kwargs.get("target", target), listen.kwargs.get("identifier", event)


def is_about_tables(listen: Call) -> bool:
    """Whether a hook is set for tables, for what is on them or for types, as they come up."""
    return event_of(listen)[1] in _ATTACHING


def is_about_creation(listen: Call) -> bool:
    """Whether a hook is set for what is created or dropped in the database."""
    return event_of(listen)[1] in _CREATING


def is_about_any_creation(listen: Call) -> bool:
    """Whether a hook is set for every table that is created or dropped, those that migrations make included."""
    return is_about_creation(listen) and path_of(event_of(listen)[0]) == "sqlalchemy.Table"


@dataclass(frozen=True, slots=True)
class Hook:
    """A function that is called for what `target` stands for: a class, or one object; `named`: by keywords alone."""

    target: Value
    event: str
    function: Value
    origin: Origin
    named: bool = False


class EventHooks:
    """Keeps the hooks that were set, and runs them for what comes up."""

    def __init__(self, records: Records, runner: Runner) -> None:
        """Hold no hooks yet; run them with `runner`, on the tables of `records`."""
        self._records = records
        self._runner = runner
        self.hooks: list[Hook] = []
        self._configured: set[int] = set()
        """Identities of the classes whose mappers were configured."""
        self.told: dict[int, None] = {}
        """Identities of what hooks were run for, which the records keep alive."""
        self._under_way: list[tuple[Hook, TableRecord | None]] = []

    def listen(self, listen: Call, function: Value, origin: Origin) -> None:
        """Set a hook, if it is one of those that may change tables."""
        target, event = event_of(listen)
        if event in (*_ATTACHING, *_CREATING, _INSTRUMENTING, *_CONFIGURING, *_CONFIGURED):
            named = listen.kwargs.get("named") is True
            self.hooks.append(Hook(target, str(event), function, origin, named))

    def create(self, event: str, path: str, created: Call, connection: Value, record: TableRecord | None) -> None:
        """Run what listens to the creation, or the drop, of a table or a MetaData.

        `path`: that of its class; `record`: the table, where it is one.
        """
        more: dict[str, Value] = {"checkfirst": False, "_ddl_runner": None, "_is_metadata_operation": record is None}
        for hook in [one for one in self.hooks if one.event == event]:
            of_class = isinstance(hook.target, Symbol) and path_of(hook.target) == path
            if of_class or hook.target is created:
                self._call(hook, (created, connection), record, more)

    @property
    def are_under_way(self) -> bool:
        """Whether one is being run."""
        return bool(self._under_way)

    def attach(self, record: TableRecord) -> None:
        """Run what listens to the table and to what has come to it since; what a hook adds is told of in its turn."""
        for item in record.items:  # grows while it is gone through
            if id(item) not in self.told:
                self.told[id(item)] = None
                self._attach_item(record, item)
        if id(record) not in self.told:
            self.told[id(record)] = None
            self._run("sqlalchemy.Table", (record.handle,), (record.handle, record.metadata.value), record)
            for hook in self.hooks:
                path = path_of(hook.target)
                if path.endswith(_MADE_BY_SQLALCHEMY) and path.startswith("sqlalchemy."):
                    self._doubt(record, hook, f"not every `{path.rpartition('.')[2]}` is met here")

    def instrument(self, mapped: MappedRecord) -> None:
        """Run what listens to mappers, for a class that was mapped."""
        record = mapped.table
        hooks = [one for one in self.hooks if one.event == _INSTRUMENTING]
        if record is None or not hooks:
            return
        for hook in hooks:
            if _is_of_class(hook, mapped):
                self._call(hook, (mapper_of(mapped), mapped.cls), record)

    def configure(self) -> None:
        """Run what listens to the configuration of mappers: for each of them, then for all."""
        waiting = [one for key, one in self._records.mapped.items() if key not in self._configured and one.table]
        if not waiting:
            return
        self._records.looked_around = True
        self._configured.update(id(one.cls) for one in waiting)
        for mapped in waiting:
            self._declare(mapped, "__declare_first__")
            for hook in [one for one in self.hooks if one.event in _CONFIGURING and _is_of_class(one, mapped)]:
                if mapped.table is not None:
                    self._call(hook, (mapper_of(mapped), mapped.cls), mapped.table)
        for hook in [one for one in self.hooks if one.event in _CONFIGURED]:
            self._call(hook, (), None)
        for mapped in waiting:
            self._declare(mapped, "__declare_last__")

    def _declare(self, mapped: MappedRecord, method: str) -> None:
        """Run a method of a class that Declarative calls before mappers are configured, or after."""
        if any(method in one.names for one in mapped.cls.mro() if isinstance(one, Class)):
            self._runner.call(self._runner.get(mapped.cls, method))

    def called(self, call: Call) -> None:
        """Be told of a call of what is not read: a hook that hands on what it was given leaves it to somebody else."""
        if not self._under_way or dotted(call.function).startswith(("sqlalchemy.", "builtins.")):
            return
        hook, record = self._under_way[-1]
        if hook.event not in (*_ATTACHING, *_CREATING, _INSTRUMENTING):
            return  # all that is known of later ones is what they do themselves
        if any(isinstance(one, Call | Attribute) for one in (*call.args, *call.kwargs.values())):
            self._doubt(record, hook, f"`{dotted(call.function) or 'what it calls'}` is not read")

    def _attach_item(self, record: TableRecord, item: Value) -> None:
        call = column_call(item)
        if not self.hooks:
            return
        if call is None:
            self._run(callee(item), (item,), (item, record.handle), record)
            return
        column = Attribute(Attribute(record.handle, "c"), key_of(item) or "", call.origin)
        kind = attribute_of_column(call, "type")
        if kind is UNANSWERED and isinstance(item, DraftColumn):
            kind = item.type_value
        if isinstance(kind, Class):
            kind = self._runner.call(kind)
        for hook in list(self.hooks):
            if hook.event in _ATTACHING and _is_type(kind, hook.target):
                self._call(hook, (kind, column), record)
        self._run("sqlalchemy.Column", (item, call, column), (column, record.handle), record)

    def _run(self, path: str, same: tuple[Value, ...], args: tuple[Value, ...], record: TableRecord) -> None:
        """Run what listens to a class of SQLAlchemy's, or to one of the objects themselves."""
        for event in _ATTACHING:
            for hook in list(self.hooks):
                of_class = isinstance(hook.target, Symbol) and path_of(hook.target) == path
                if hook.event == event and (of_class or any(_is_same(hook.target, one) for one in same)):
                    self._call(hook, args, record)

    def _call(
        self, hook: Hook, args: tuple[Value, ...], record: TableRecord | None, more: Mapping[str, Value] | None = None
    ) -> None:
        given = dict(more or {})
        if hook.named:
            second = "parent" if hook.event in _ATTACHING else "connection"
            given |= dict(zip(("target", second), args, strict=False))
            args = ()
        self._under_way.append((hook, record))
        made = self._runner.call(hook.function, args, given, hook.origin)
        self._under_way.pop()
        if isinstance(made, Unknown):
            self._doubt(record, hook, made.reason)

    def _doubt(self, record: TableRecord | None, hook: Hook, reason: str) -> None:
        name = getattr(hook.function, "name", "")
        why = Unknown(f"what the event hook `{name}` does to tables is not worked out: {reason}", hook.origin)
        reasons = record.incomplete if record is not None else self._records.missing
        if why not in reasons:
            reasons.append(why)


def _is_of_class(hook: Hook, mapped: MappedRecord) -> bool:
    """Whether a hook of mappers listens to that of a class: to all, or to that of one of its bases."""
    return path_of(hook.target) in MAPPERS or any(one is hook.target for one in mapped.cls.mro())


def _is_same(target: Value, value: Value) -> bool:
    """Whether both are one object; each time that a column is asked for by name, another value stands for it."""
    if isinstance(target, Attribute) and isinstance(value, Attribute):
        return (
            isinstance(target.value, Attribute)
            and isinstance(value.value, Attribute)
            and (target.name, target.value.value) == (value.name, value.value.value)
        )
    return target is value


def _is_type(kind: Value, target: Value) -> bool:
    """Whether a column's type is an object of the class that a hook names, or that very object."""
    if isinstance(target, Class):
        return isinstance(kind, Instance) and any(one is target for one in kind.cls.mro())
    if isinstance(target, Symbol):
        ancestors = [path_of(one) for one in kind.cls.mro()] if isinstance(kind, Instance) else [path_of(kind)]
        return path_of(target) in (callee(kind), *ancestors)
    return kind is target and isinstance(kind, Call | Instance)
