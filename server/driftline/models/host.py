"""What the evaluator is told while env.py and the models' modules are run over.

Tables, mapped classes and MetaData objects are written down.

Example: told of `class User(Base)`, it adds a table to `records`; asked for `Base.metadata`, it answers with the value
that stands for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from driftline.models.attributes import Attributes
from driftline.models.column_collections import (
    has_key,
    held_by,
    holder_of,
    item_of_constraint,
    method_of_constraint,
    method_of_table,
    of_constraint,
    refuse_missing,
)
from driftline.models.conditions import Conditions
from driftline.models.core import Runner, callee, canonical, is_table_item, path_of
from driftline.models.declarative import Declarative, is_column, is_declared_attr
from driftline.models.environment_script import EnvironmentScript, runs_coroutine
from driftline.models.event_hooks import EventHooks, is_about_any_creation, is_about_tables, listening
from driftline.models.exit_stacks import ExitStacks
from driftline.models.exports import is_exported
from driftline.models.foreign_calls import doubt_handed, is_handed_tables
from driftline.models.later_changes import COLLECTIONS, LaterChanges
from driftline.models.library_bases import sounds_like_a_model
from driftline.models.library_tables import declares_tables
from driftline.models.made_tables import MadeTables
from driftline.models.mappers import INSPECTING
from driftline.models.metadata import Metadata, read_convention, set_schema
from driftline.models.records import DraftColumn, MappedRecord, Records, TableRecord
from driftline.models.roots import Root, Roots, is_mapping
from driftline.models.unfollowed import CHANGING
from driftline.python.host import UNANSWERED, Branch, Host, Taken
from driftline.python.origin import NOWHERE, Origin, origin_of
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Class,
    Function,
    Symbol,
    Unknown,
    Value,
    dotted,
)
from driftline.schema.rendering import is_kind
from driftline.schema.third_party import is_known

_WANTED = frozenset(
    {
        "sqlalchemy.Table",
        "sqlalchemy.MetaData",
        "alembic.context.configure",
        "sqlalchemy.orm.declarative_base",
        "sqlalchemy.orm.registry",
    }
)
_REEXPORTED = frozenset({"Column", "MetaData", "Table", "declarative_base", "mapped_column", "relationship"})
"""Names of what makes tables, as libraries hand them on."""


def _is_sqlalchemys(path: str) -> bool:
    """Whether a dotted path is SQLAlchemy's own, by the name that it is known by here."""
    return canonical(path).startswith("sqlalchemy.")


class ModelsHost(Host):
    """Writes down what the models' modules make."""

    def __init__(
        self, script: EnvironmentScript, runner: Runner, is_first: Callable[[str], bool] = lambda _: False
    ) -> None:
        """Answer env.py's questions with `script`; run functions of the user's with `runner`.

        `is_first`: whether a library is of its first major version.
        """
        self.records = Records()
        self.roots = Roots(self.records, runner)
        self.operations: list[str] = []
        """Modules that add operations to Alembic."""
        self.hooking: list[str] = []
        """The files that set hooks for tables, or for what is on them, as they come up."""
        self._script = script
        self.runner = runner
        self._conditions = Conditions()
        self._hooks = EventHooks(self.records, runner)
        self._declarative = Declarative(self.records, self.roots, runner, is_first)
        self._attributes = Attributes(self.records, self.roots, runner)
        self._tables = MadeTables(self.records, self.roots, self._hooks, self._conditions)
        self._changes = LaterChanges(self.records)
        self._stacks = ExitStacks(runner)

    # ------------------------------------------------------------------------------------------------------------------
    # What is kept from one evaluation to the next

    def growing(self) -> tuple[list[Any] | dict[Any, Any], ...]:
        """Give the records, and what else is written down."""
        script = self._script
        told = (self.operations, self.hooking, self._hooks.told, self._conditions.made_in)
        later = (self._hooks.hooks, self._tables.waiting)
        return *self.records.growing(), *told, script.configured, script.urls, *later

    def standing(self) -> tuple[tuple[object, ...], ...] | None:
        """Give the configuration as env.py has left it, and the hooks that are set."""
        if self._hooks.are_under_way or self._conditions.are_open or self._stacks.waits:
            return None
        options = self._script.options
        return (*options, *options.values()), tuple(self._hooks.hooks)

    def kinds(self) -> frozenset[type]:
        """Give the classes of what the records hold."""
        return frozenset({TableRecord, MappedRecord, DraftColumn, Metadata, Root})

    def asked_for(self) -> dict[object, Any]:
        """Give what is known of the bases and the MetaData objects that were asked about."""
        asked, self.records.asked = self.records.asked, {}
        return asked

    def expect(self, asked: Mapping[object, Any]) -> None:
        """Take what was worked out for a base the last time, where it is the same object."""
        self.records.earlier = asked

    def agrees(self, asked: Mapping[object, Any]) -> bool:
        """Whether no base or MetaData is known to be otherwise."""
        return self.roots.agrees(asked)

    def recall(self, asked: Mapping[object, Any]) -> None:
        """Know the bases and MetaData objects."""
        self.roots.recall(asked)

    def looked_around(self) -> bool:
        """Whether somebody was told of all tables or mapped classes, or of one by its name."""
        looked, self.records.looked_around = self.records.looked_around, False
        return looked or self._tables.could_attach

    def branch(self, branch: Branch) -> AbstractContextManager[None]:
        """Follow a branch: what is not taken is not written down."""
        return self._conditions.follow(branch)

    def either(self, reason: Unknown) -> AbstractContextManager[None]:
        """Follow two blocks, of which one is run: what either adds to a table that was there is not known to be."""
        return self._conditions.doubt(reason)

    # ------------------------------------------------------------------------------------------------------------------
    # Being asked

    def wants(self, callee: str) -> bool:
        """Whether a call makes a table, or configures Alembic."""
        return canonical(callee) in _WANTED

    def sounds_like_work(self, name: str) -> bool:
        """Whether a call makes an index or a constraint, or puts something on a table."""
        return name in CHANGING

    def wants_source(self, path: str) -> bool:
        """Base classes of other libraries are read where their names sound like mixins for models."""
        return sounds_like_a_model(path)

    def wants_module(self, name: str, text: str) -> bool:
        """Modules of libraries are run that declare tables: their tables are on a MetaData then."""
        return declares_tables(name, text)

    def has_name(self, module: str, name: str) -> bool | None:
        """Whether `from sqlalchemy import *` and the like bind a name."""
        return is_exported(module, name)

    def get_attribute(self, value: Value, name: str) -> Value:
        """Answer attributes of bases, mapped classes, tables, columns and MetaData objects."""
        answer = self._script.get_attribute(value, name)
        return self._attributes.of(value, name) if answer is UNANSWERED else answer

    def get_decorated(self, value: Value, name: str, function: Function) -> Value:
        """Answer a `declared_attr` of a class: what it makes for that class."""
        if not is_declared_attr(function) or not isinstance(value, Class):
            return UNANSWERED
        return self._attributes.of_decorated(value, name, function)

    def get_item(self, value: Value, key: Value) -> Value:
        """Answer `constraint.columns[0]`, and `table.c["name"]` where there is no such column."""
        refuse_missing(value, key, "KeyError", self.records)
        columns = of_constraint(value)
        return UNANSWERED if columns is None else item_of_constraint(columns, key)

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the columns of `constraint.columns` and of `table.columns`."""
        if isinstance(value, Attribute) and value.name in COLLECTIONS:
            inner = value.value
            if isinstance(inner, Attribute) and inner.name == "primary_key":  # `table.primary_key.columns`
                return self.iterate(inner)
            record = self.records.table_of_handle(inner)
            return self._collection(value, record) if record is not None else None
        columns = of_constraint(value)
        return None if columns is None else list(columns.args)

    def _collection(self, value: Attribute, record: TableRecord) -> list[Value] | None:
        """Give what `table.c`, `table.foreign_keys` and the like hold; where that is not known, somebody changes it."""
        found = held_by(record, value.name)
        if found is None and not self._conditions.are_untaken:
            why = Unknown(f"what is done with each of `{record.name}.{value.name}` is not worked out", value.origin)
            if why not in record.incomplete:
                record.incomplete.append(why)
        return found

    def contains(self, value: Value, item: Value) -> bool | None:
        """Tell `"id" in table.c`, as far as all columns of the table are known."""
        record = holder_of(value, self.records)
        return has_key(record, item) if record is not None and isinstance(item, str) else None

    # ------------------------------------------------------------------------------------------------------------------
    # Being told

    def class_created(self, cls: Class) -> None:
        """Map a class, if Declarative does; take note of one that is an operation of Alembic's."""
        if any(dotted(one).endswith("Operations.register_operation()") for one in cls.decorators):
            self.operations.append(cls.module.name)
        if not self._conditions.are_untaken:
            self._declarative.map_class(cls, conditional=self._conditions.are_assumed)
            mapped = self.records.mapped.get(id(cls))
            if mapped is not None and mapped.table is not None:
                self._tables.came_up(mapped.table)
                self._hooks.instrument(mapped)
                self._tables.attach_waiting()

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell that what SQLAlchemy makes is none of Python's own kinds: a metaclass asks that of each attribute.

        What it exports with a capital is a class: `isinstance(Integer, type)`.
        """
        if isinstance(kind, Symbol) and kind.path == "builtins.type" and isinstance(value, Symbol):
            return value.name[:1].isupper() if value.path.startswith("sqlalchemy.") else None
        if isinstance(kind, Symbol | Attribute) and (
            callee(value).startswith("sqlalchemy.") or is_known(callee(value))
        ):
            path = path_of(kind)
            return path == "builtins.object" if path.startswith("builtins.") else is_kind(callee(value), path)
        return None

    def function_created(self, function: Function) -> None:
        """Take note of a function that SQLAlchemy is told to call for each table or column."""
        for one in listening(function):
            self._listen(one, function)

    def _listen(self, call: Call, function: Value) -> None:
        """`listens_for(target, event)` on a function, and `listen(target, event, function)`."""
        if self._conditions.are_untaken:
            return
        self._hooks.listen(call, function, origin_of(function, call.origin))
        if (is_about_tables(call) or is_about_any_creation(call)) and call.origin.path is not None:
            self.hooking.append(call.origin.path)

    def create(self, event: str, created: Call, connection: Value) -> None:
        """Run the hooks of a table, or of a MetaData, that is created or dropped over `connection`."""
        self._hooks.create(event, callee(created), created, connection, self.records.table_of_handle(created))

    def lost_items(self) -> Iterator[Unknown]:
        """Give what was made for a table that nobody can tell."""
        return self._tables.lost()

    def configure(self) -> None:
        """Run the hooks of mappers that are configured, which nobody can say: what they add may not be there."""
        with self.branch(Branch(Taken.ASSUMED, "mappers are configured", NOWHERE)):
            self._hooks.configure()

    def class_behind(self, base: Value) -> Class | None:
        """Give the class whose attributes models get by way of a base: of `declarative_base(cls=…)` and the like."""
        root = self.roots.of_value(base)
        return root.model_class if root is not None and isinstance(root.model_class, Class) else None

    def metaclass_of(self, base: Value) -> Value:
        """Give the metaclass that a base was made with, where it is said."""
        return self.roots.metaclass_of(base)

    def base_told(self, cls: Class, base: Value) -> None:
        """Map a class where SQLAlchemy does: in `super().__init_subclass__()`, or in `__init__` of its metaclass."""
        if is_mapping(base):
            self.class_created(cls)

    def exit(self, value: Value) -> None:
        """Call what a stack of context managers was told to call at its end."""
        if not self._conditions.are_untaken:
            self._stacks.end(value)

    def set_attribute(self, value: Value, name: str, new: Value, origin: Origin) -> None:
        """A naming convention set on a MetaData, and a column set on a mapped class."""
        if self._conditions.are_untaken:
            return
        if isinstance(value, Class):
            mapped = self.records.mapped.get(id(value))
            table = mapped.table if mapped is not None else None
            if table is not None and is_column(new) and self._conditions.doubt_on(table) is not None:
                self._tables.add(table, new)
            else:
                self._declarative.add_attribute(value, name, new, origin)
            return
        if not isinstance(value, Call) or callee(value) != "sqlalchemy.MetaData":
            doubt = self._conditions.doubt_on(self._holder(value))
            self._changes.set(value, name, new, origin, doubt)
            return
        metadata = self.roots.metadata_of(value)
        if name == "naming_convention":
            metadata.convention = read_convention(new, self.runner)
        elif name == "schema":
            set_schema(metadata, new, origin)

    def _holder(self, value: Value) -> TableRecord | None:
        """Give the table that a value is, or that it is on."""
        table = self.records.table_of_handle(value)
        found = self.records.attached(value) if table is None else None
        if table is not None or found is not None:
            return table if table is not None else found and found[0]
        return next((one for one in self.records.tables if any(value is item for item in one.items)), None)

    def call(self, call: Call) -> Value:
        """Write down a table, an index on one, a column or a constraint appended to one; answer env.py."""
        answer = self._script.call(call)
        if answer is not UNANSWERED:
            return answer
        own = self._behind_reexport(call)
        if own is not None:
            return own if (made := self.call(own)) is UNANSWERED else made
        self._hooks.called(call)
        path = callee(call)
        if isinstance(call.function, Class) and any(path_of(one) == "sqlalchemy.Table" for one in call.function.mro()):
            made = Call(Symbol("sqlalchemy.Table"), call.args, call.kwargs, call.origin, unpacked=call.unpacked)
            found = self._tables.make(made)
            return made if found is UNANSWERED else found
        if path == "sqlalchemy.Table":
            return self._tables.make(call)
        if path == "sqlalchemy.MetaData":
            self.roots.metadata_of(call)
            return UNANSWERED
        if is_column(call):
            self.records.make_column(call)
            return UNANSWERED
        if is_table_item(call):
            if isinstance(call.function, Attribute) and is_table_item(call.function.value):  # `Index(…).ddl_if(…)`
                item = call.function.value
                self._changes.restrict(item, call)
                self._tables.replace_waiting(item, call)
            else:
                self._tables.attach(call)
            return UNANSWERED
        if isinstance(call.function, Attribute):
            return self._method(call.function, call)
        return self._call_function(path, call)

    def _behind_reexport(self, call: Call) -> Call | None:
        """Give the call of SQLAlchemy's own that one by a library's name for it is; None for any other call.

        Only names that SQLAlchemy itself has are looked up: libraries that bridge its versions keep them.
        """
        function = call.function
        if not isinstance(function, Symbol) or function.name not in _REEXPORTED or _is_sqlalchemys(function.path):
            return None
        own = self.runner.library(function.path)
        if not isinstance(own, Symbol) or not _is_sqlalchemys(own.path):
            return None
        return Call(own, call.args, call.kwargs, call.origin, call.attributes, call.unpacked)

    def _call_function(self, path: str, call: Call) -> Value:
        if path in ("sqlalchemy.Table.append_column", "sqlalchemy.Table.append_constraint") and call.args[1:]:
            self._tables.append(*call.args[:2])
            return None
        if path in ("sqlalchemy.orm.configure_mappers", "sqlalchemy.orm.registry.configure"):
            self._hooks.configure()
            return None
        if path in INSPECTING and call.args:
            cls = call.args[0]
            return self._attributes.of_class(cls, "__mapper__") if isinstance(cls, Class) else UNANSWERED
        if path in ("sqlalchemy.orm.mapper", "sqlalchemy.orm.clear_mappers"):
            self._tables.map_imperatively(call)
            return UNANSWERED
        if path == "sqlalchemy.event.listen":
            self._listen(call, call.kwargs.get("fn", next(iter(call.args[2:]), None)))
            return UNANSWERED
        if path == "sqlalchemy.orm.has_inherited_table" and call.args and isinstance(call.args[0], Class):
            mapped = (self.records.mapped.get(id(one)) for one in list(call.args[0].mro())[1:])
            return any(one is not None and one.table is not None for one in mapped)
        coroutine = runs_coroutine(call)
        if coroutine is not UNANSWERED:
            return self._run(coroutine, ())
        return self._hand_over(call)

    def _hand_over(self, call: Call) -> Value:
        """Run a library's function that is handed tables, where it is installed; else doubt what a call is handed.

        Nothing of it, where nobody makes the call.
        """
        if self._conditions.are_untaken:
            return UNANSWERED
        if is_handed_tables(call, self.records):
            function = self.runner.library(call.callee)
            if isinstance(function, Function):
                made = self.runner.call(function, call.args, call.kwargs, call.origin)
                if not isinstance(made, Unknown):
                    return made
        doubt_handed(call, self.records)
        return UNANSWERED

    def _run(self, value: Value, args: tuple[Value, ...]) -> Value:
        if isinstance(value, Function | BoundMethod):
            return self.runner.call(value, args, {})
        return value

    def _method(self, function: Attribute, call: Call) -> Value:
        held = function.value
        columns = of_constraint(held)
        if columns is not None:
            return method_of_constraint(columns, function.name)
        if isinstance(held, Attribute) and held.name in COLLECTIONS:
            record = self.records.table_of_handle(held.value)
            if record is not None:
                return self._method_of_collection(held, record, call)
        answer = self._stacks.method(held, function.name, call)
        if answer is not UNANSWERED:
            return answer
        match function.name:
            case "remove" | "clear" | "_add_table" if callee(held) == "sqlalchemy.MetaData" and isinstance(held, Call):
                change = self._tables.share if function.name == "_add_table" else self._tables.remove
                change(self.roots.metadata_of(held), call)
                return None
            case "run_sync" if call.args:
                connection = Symbol("sqlalchemy.engine.Connection")
                return self._run(call.args[0], (connection, *call.args[1:]))
            case "run_until_complete" if call.args:
                return self._run(call.args[0], ())
            case "append_constraint" | "append_column" if call.args:
                self._tables.append(held, call.args[0])
            case "_set_parent" | "_set_parent_with_dispatch" if call.args and is_table_item(held):
                self._tables.append(call.args[0], held)
            case "configure" if callee(held) == "sqlalchemy.orm.registry":
                self._hooks.configure()
            case "update_type_annotation_map" if callee(held) == "sqlalchemy.orm.registry" and isinstance(held, Call):
                self.roots.update_type_map(held, next(iter((*call.args, *call.kwargs.values())), None))
            case "map_imperatively":
                self._tables.map_imperatively(call)
            case "copy" | "_copy" if (copied := self._copied(held, call)) is not None:
                return copied
            case "to_metadata" | "tometadata" if self.records.table_of_handle(function.value) is not None:
                why = "a table that is copied to another MetaData is not worked out"
                self.records.missing.append(Unknown(why, call.origin))
        self._hand_over(call)
        return UNANSWERED

    def _copied(self, held: Value, call: Call) -> Call | None:
        """Give what the `copy` of a column, an index or a constraint makes; None where it is of something else."""
        if isinstance(held, Call) and (is_column(held) or is_table_item(held)):
            kwargs = {**held.kwargs, **call.kwargs}
            return Call(held.function, held.args, kwargs, held.origin, dict(held.attributes), held.unpacked)
        return self._attributes.copy_of_column(held)

    def _method_of_collection(self, held: Attribute, record: TableRecord, call: Call) -> Value:
        """Answer a method of `table.c`, `table.indexes` and the like, or make the change that it makes."""
        doubt = self._conditions.doubt_on(record)
        if self._conditions.are_untaken or self._changes.change_collection(record, call, doubt):
            return None
        name = call.function.name if isinstance(call.function, Attribute) else ""
        return method_of_table(held, record, call, name) if held.name in ("c", "columns") else UNANSWERED
