"""What the evaluator is told while env.py and the models' modules are run over.

Tables, mapped classes and MetaData objects are written down.

Example: told of `class User(Base)`, it adds a table to `records`; asked for `Base.metadata`, it answers with the value
that stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

from driftline.models.column_collections import held_by, keys_of, method_of_constraint, method_of_table
from driftline.models.core import Runner, attribute_of_column, callee, canonical, is_table_item, path_of, plain
from driftline.models.declarative import Declarative, flask_tablename, is_column, is_declared_attr
from driftline.models.environment_script import EnvironmentScript, runs_coroutine
from driftline.models.event_hooks import EventHooks, event_of, is_about_tables, listening
from driftline.models.exit_stacks import ExitStacks
from driftline.models.handed import MAKES_TABLES, handed, is_foreign
from driftline.models.later_changes import COLLECTIONS, LaterChanges
from driftline.models.library_bases import KNOWN_LIBRARIES, sounds_like_a_model
from driftline.models.mappers import INSPECTING, mapper_of
from driftline.models.metadata import COLUMNS, Metadata, read_convention, set_schema
from driftline.models.records import MappedRecord, Records, TableRecord
from driftline.models.roots import Kind, Roots, is_mapping, scanned_classes, stated_metadata
from driftline.models.unfollowed import changes_tables
from driftline.python.host import UNANSWERED, Branch, Host, RaisedError, Taken
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Class,
    Function,
    Instance,
    Operator,
    Symbol,
    Unknown,
    Value,
    dotted,
)
from driftline.schema.rendering import is_kind

_WANTED = frozenset(
    {
        "sqlalchemy.Table",
        "sqlalchemy.MetaData",
        "alembic.context.configure",
        "sqlalchemy.orm.declarative_base",
        "sqlalchemy.orm.registry",
    }
)

_OF_MAPPED_CLASSES = frozenset(
    {"__table__", "__tablename__", "__mapper__", "__table_args__", "__abstract__", "__mapper_args__"}
)
_NO_ATTRIBUTE = "AttributeError"
_UNMAPPED = frozenset(
    {
        "sqlalchemy.orm.DeclarativeBase",
        "sqlalchemy.orm.DeclarativeBaseNoMeta",
        "sqlalchemy.orm.MappedAsDataclass",
        "sqlmodel.SQLModel",
    }
)

_STATED = frozenset({"index", "nullable", "primary_key", "type", "unique"})
"""What the call of a column states, that code asks a column for."""

# What a module says that declares tables, and one that makes a base for them.
_STATES_TABLE = re.compile(r"""^\s*__tablename__\s*(?::[^=\n]*)?=|^\w+\s*=\s*(?:\w+\.)*Table\(""", re.MULTILINE)
_STATES_MODELS = re.compile(
    rf"{_STATES_TABLE.pattern}|\bdeclarative_base\(|\bas_declarative\(|\bDeclarativeBase\b|\bMetaData\(|=\s*SQLAlchemy\("
    r"|^[ \t]+\w+\s*(?::[^=\n]*)?=\s*(?:\w+\.)*(?:C|mapped_c)olumn\(",
    re.MULTILINE,
)
_HINTS = ("__tablename__", "Table(", "eclarative", "MetaData(", "olumn(", "SQLAlchemy(")
"""What any of these texts has: looked for first, as most modules have none."""
_TABLES_OF_THEIR_OWN = frozenset({"flask_appbuilder"})
"""Libraries whose bases are known, and that declare tables besides."""


class ModelsHost(Host):
    """Writes down what the models' modules make. `runner` is set once there is an evaluator."""

    def __init__(self, script: EnvironmentScript, is_first: Callable[[str], bool] = lambda _: False) -> None:
        """Answer env.py's questions with `script`; `is_first`: whether a library is of its first major version."""
        self.script = script
        self._is_first = is_first
        self.records = Records()
        self.runner: Runner = _NoRunner()
        self.changes = LaterChanges(self.records)
        self.stacks = ExitStacks(lambda: self.runner)
        self.operations: list[str] = []
        """Modules that add operations to Alembic."""
        self.hooking: list[str] = []
        """The files that set hooks for tables, or for what is on them, as they come up."""
        self._untaken = 0
        self._assumed = 0
        self._doubts: list[Unknown] = []
        """The conditions that decide on what is being told, and are not known; innermost last."""
        self._made_in: dict[int, int] = {}
        """How many of these decided on a table that was made, by the identity of its record."""
        self._waiting: list[tuple[Call, Sequence[Value]]] = []
        """Indexes and constraints over columns that no table has yet, with what they are over."""
        self._parts: tuple[Roots, Declarative, EventHooks] | None = None

    @property
    def roots(self) -> Roots:
        """The declarative bases met so far."""
        return self._made()[0]

    @property
    def declarative(self) -> Declarative:
        """What maps classes."""
        return self._made()[1]

    @property
    def hooks(self) -> EventHooks:
        """What is called for each table that comes up."""
        return self._made()[2]

    def _made(self) -> tuple[Roots, Declarative, EventHooks]:
        if self._parts is None:
            roots = Roots(self.records, self.runner)
            declarative = Declarative(self.records, roots, self.runner, self._is_first)
            self._parts = (roots, declarative, EventHooks(self.records, self.runner))
        return self._parts

    # ------------------------------------------------------------------------------------------------------------------
    # Branches

    @property
    def conditional(self) -> bool:
        """Whether what is being told is in a branch that is only assumed to be taken."""
        return self._assumed > 0

    def branch(self, branch: Branch) -> AbstractContextManager[None]:
        """Follow a branch: what is not taken is not written down."""
        return self._following(branch)

    def either(self, reason: Unknown) -> AbstractContextManager[None]:
        """Follow two blocks, of which one is run: what either adds to a table that was there is not known to be."""
        return self._doubting(reason)

    @contextmanager
    def _following(self, branch: Branch) -> Iterator[None]:
        untaken = branch.taken is Taken.UNTAKEN
        why = Unknown(f"it depends on `{branch.condition}`", branch.origin)
        self._untaken += untaken
        self._assumed += not untaken
        try:
            with self._doubting(why):
                yield
        finally:
            self._untaken -= untaken
            self._assumed -= not untaken

    @contextmanager
    def _doubting(self, reason: Unknown) -> Iterator[None]:
        self._doubts.append(reason)
        try:
            yield
        finally:
            self._doubts.pop()

    def _made_here(self, record: TableRecord) -> None:
        """Take note of a table that was made just now: whether it is there hangs on the same as what is added to it."""
        if self._doubts:
            self._made_in[id(record)] = len(self._doubts)
        self.hooks.attach(record)

    def _is_doubted(self, record: TableRecord) -> bool:
        """Whether a condition that is not known decides on what is added to a table now, but not on the table."""
        return len(self._doubts) > self._made_in.get(id(record), 0)

    def _add(self, record: TableRecord, item: Value) -> None:
        """Add a column or a constraint to a table; one that may as well not be there makes the table incomplete."""
        if not self._is_doubted(record):
            self.records.add_item(record, item)
            self.hooks.attach(record)
            return
        why = self._doubts[-1]
        reason = f"whether something is added to `{record.name}` is not known: {why.reason}"
        record.incomplete.append(Unknown(reason, getattr(item, "origin", why.origin)))

    # ------------------------------------------------------------------------------------------------------------------
    # Being asked

    def wants(self, callee: str) -> bool:
        """Whether a call makes a table, or configures Alembic."""
        return canonical(callee) in _WANTED

    def wants_source(self, path: str) -> bool:
        """Base classes of other libraries are read where their names sound like mixins for models."""
        return sounds_like_a_model(path)

    def wants_module(self, name: str, text: str) -> bool:
        """Modules of libraries are run that declare tables: their tables are on a MetaData then."""
        if not any(word in text for word in _HINTS):
            return False
        top = name.partition(".")[0]
        if top in _TABLES_OF_THEIR_OWN:
            return _STATES_TABLE.search(text) is not None
        return top not in KNOWN_LIBRARIES and _STATES_MODELS.search(text) is not None

    def has_name(self, module: str, name: str) -> bool | None:
        """Whether `from sqlalchemy import *` and the like bind a name."""
        exported = _exported_names().get(module)
        return None if exported is None else name in exported

    def get_attribute(self, value: Value, name: str) -> Value:
        """Answer attributes of bases, mapped classes and MetaData objects."""
        answer = self.script.get_attribute(value, name)
        if answer is not UNANSWERED:
            return answer
        if isinstance(value, Class):
            return self._of_class(value, name)
        if name in _OF_MAPPED_CLASSES and (path_of(value) in _UNMAPPED or self.roots.of_value(value) is not None):
            # `getattr(base, "__table__", None)` over a class's ancestors: these have none.
            msg = f"`{path_of(value)}` is not mapped"
            raise RaisedError(_NO_ATTRIBUTE, msg)
        if isinstance(value, Instance) and value.base_call is not None:
            return self._of_instance(value, name)
        table = self.records.table_of_handle(value)
        if table is not None:
            return _of_table(table, name)
        if isinstance(value, Attribute) and self._is_columns(value.value):
            answer = self._of_column(value, name)
            if answer is not UNANSWERED:
                return answer
        if name in ("metadata", "registry"):
            return self._metadata_of(value, name)
        if name == "metadatas":
            root = self.roots.of_database(value)
            return {None: root.metadata.value} if root is not None else UNANSWERED
        if isinstance(value, Call) and callee(value) == "sqlalchemy.MetaData":
            return self._of_metadata(value, name)
        if name == "mappers" and isinstance(value, Call) and callee(value) == "sqlalchemy.orm.registry":
            metadata = self.roots.registry_metadata(value)
            mapped = self.records.mapped.values()
            return [mapper_of(one) for one in mapped if one.table is not None and one.table.metadata is metadata]
        return UNANSWERED

    def _of_column(self, value: Attribute, name: str) -> Value:
        """Answer attributes of `table.c.x`: `x` is the column's key, its name unless it was given another."""
        record = self.records.table_of_handle(value.value.value)
        if record is None or name == "key":
            return value.name if name == "key" else UNANSWERED
        own = record.name_of_key(value.name)
        if name in ("name", "table"):
            return own if name == "name" else record.handle
        draft, call = record.column(own) or (None, None)
        if call is None:
            return UNANSWERED
        if name == "info":
            return _info(call)
        if name in ("comment", "server_default"):
            return call.kwargs.get(name)
        if name == "foreign_keys" and isinstance(value.value, Attribute):
            return keys_of(value.value, value.name, call)
        if name not in _STATED:
            return UNANSWERED
        if draft is not None and name == "nullable" and draft.nullable is not None:
            return draft.nullable
        answer = attribute_of_column(call, name)
        return draft.type_value if answer is UNANSWERED and draft is not None and name == "type" else answer

    def _metadata_of(self, value: Value, name: str) -> Value:
        if isinstance(value, Call) and callee(value) == "sqlalchemy.orm.registry":
            return self.roots.registry_metadata(value).value if name == "metadata" else UNANSWERED
        root = self.roots.of_database(value) or self.roots.of_value(value)
        if root is None:
            return UNANSWERED
        return root.metadata.value if name == "metadata" else _registry(root.metadata.value)

    def _of_metadata(self, value: Call, name: str) -> Value:
        metadata = self.roots.metadata_of(value)
        if name == "schema":
            return metadata.schema if metadata.unknown_schema is None else metadata.unknown_schema
        if name == "naming_convention":
            return value.kwargs.get("naming_convention", UNANSWERED)
        if name == "tables":
            return {_key(one.schema, one.name): one.handle for one in self.records.tables if one.metadata is metadata}
        if name == "sorted_tables":
            return [one.handle for one in self.records.tables if one.metadata is metadata]
        return UNANSWERED

    def _of_class(self, cls: Class, name: str) -> Value:
        root = self.roots.of_class(cls)
        if root is None:
            return UNANSWERED
        record = self.records.mapped.get(id(cls))
        match name:
            case "metadata":
                return stated_metadata(cls, root, self.roots).value
            case "registry":
                return _registry(root.metadata.value)
            case "__mapper__" | "__table__":
                mapper = mapper_of(record) if record is not None else None
                return UNANSWERED if mapper is None else mapper if name == "__mapper__" else mapper.args[1]
            case "__tablename__" if record is not None and record.table is not None:
                return record.table.name
            case "__tablename__" if root.kind is Kind.SQLMODEL:
                return cls.name.lower()
            case "__tablename__" if root.kind is Kind.FLASK:
                made = flask_tablename(cls, root, self.records)
                return made if made is not None else UNANSWERED
            case "__tablename__" if not isinstance(root.model_class, Class):
                return UNANSWERED
        if record is not None and record.table is not None and name in record.attributes:
            return Attribute(Attribute(record.table.handle, "c"), record.attributes[name])
        if isinstance(root.model_class, Class):
            found = next((one.names[name] for one in scanned_classes(cls, root) if name in one.names), UNANSWERED)
            if isinstance(found, Function):
                return (
                    self.runner.call(found, (cls,), {})
                    if is_declared_attr(found)
                    else BoundMethod(found, cls)
                    if found.decorators
                    else found
                )
            return found
        return UNANSWERED

    def _of_instance(self, value: Instance, name: str) -> Value:
        """`db.Model` of a `db` whose class the user wrote: as that of the object it is made with."""
        root = self.roots.of_database(value)
        if root is None or value.base_call is None:
            return UNANSWERED
        if name == "metadata":
            return root.metadata.value
        if name == "metadatas":
            return {None: root.metadata.value}
        return Attribute(value.base_call, name)

    def get_decorated(self, value: Value, name: str, function: Function) -> Value:
        """Answer a `declared_attr` of a class: what it makes for that class."""
        if not is_declared_attr(function) or not isinstance(value, Class):
            return UNANSWERED
        record = self.records.mapped.get(id(value))
        if record is not None and record.table is not None and name in record.attributes:
            return Attribute(Attribute(record.table.handle, "c"), record.attributes[name])
        return self.runner.call(function, (value,), {})

    def get_item(self, value: Value, key: Value) -> Value:
        """Answer `constraint.columns[0]`."""
        if isinstance(value, Call) and path_of(value.function) == COLUMNS:
            if isinstance(key, int) and -len(value.args) <= key < len(value.args):
                return value.args[key]
            return next(
                (one for one in value.args if isinstance(one, Instance) and one.attributes.get("name") == key),
                UNANSWERED,
            )
        return UNANSWERED

    def _is_columns(self, value: Value) -> bool:
        """Whether a value is `table.c` of a table that was made."""
        return (
            isinstance(value, Attribute)
            and value.name in ("c", "columns")
            and self.records.table_of_handle(value.value) is not None
        )

    def iterate(self, value: Value) -> list[Value] | None:
        """Give the columns of `constraint.columns` and of `table.columns`."""
        if isinstance(value, Attribute) and value.name in COLLECTIONS:
            inner = value.value
            if isinstance(inner, Attribute) and inner.name == "primary_key":  # `table.primary_key.columns`
                return self.iterate(inner)
            record = self.records.table_of_handle(inner)
            return self._collection(value, record) if record is not None else None
        return list(value.args) if isinstance(value, Call) and path_of(value.function) == COLUMNS else None

    def contains(self, value: Value, item: Value) -> bool | None:
        """Tell `"id" in table.c`, as far as all columns of the table are known."""
        if not isinstance(value, Attribute) or not isinstance(item, str) or not self._is_columns(value):
            return None
        record = self.records.table_of_handle(value.value)
        there = record is not None and any(key == item for key in record.column_keys())
        return there if there or (record is not None and not record.incomplete) else None

    def _collection(self, value: Attribute, record: TableRecord) -> list[Value] | None:
        """Give what `table.c`, `table.foreign_keys` and the like hold; where that is not known, somebody changes it."""
        found = held_by(record, value.name)
        if found is None:
            why = Unknown(f"what is done with each of `{record.name}.{value.name}` is not worked out", value.origin)
            if why not in record.incomplete and not self._untaken:
                record.incomplete.append(why)
        return found

    # ------------------------------------------------------------------------------------------------------------------
    # Being told

    def class_created(self, cls: Class) -> None:
        """Map a class, if Declarative does; take note of one that is an operation of Alembic's."""
        if any(dotted(one).endswith("Operations.register_operation()") for one in cls.decorators):
            self.operations.append(cls.module.name)
        if not self._untaken:
            self.declarative.map_class(cls, conditional=self.conditional)
            mapped = self.records.mapped.get(id(cls))
            if mapped is not None and mapped.table is not None:
                self._made_here(mapped.table)
                self.hooks.instrument(mapped)
                self._attach_waiting()

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell that what SQLAlchemy makes is none of Python's own kinds: a metaclass asks that of each attribute.

        What it exports with a capital is a class: `isinstance(Integer, type)`.
        """
        if isinstance(kind, Symbol) and kind.path == "builtins.type" and isinstance(value, Symbol):
            return value.name[:1].isupper() if value.path.startswith("sqlalchemy.") else None
        if isinstance(kind, Symbol) and callee(value).startswith("sqlalchemy."):
            return kind.name == "object" if kind.path.startswith("builtins.") else is_kind(callee(value), path_of(kind))
        return None

    def function_created(self, function: Function) -> None:
        """Take note of a function that SQLAlchemy is told to call for each table or column."""
        for one in listening(function):
            self._listen(one, function)

    def _listen(self, call: Call, function: Value) -> None:
        """`listens_for(target, event)` on a function, and `listen(target, event, function)`."""
        if self._untaken:
            return
        self.hooks.listen(*event_of(call), function, getattr(function, "origin", call.origin))
        if is_about_tables(call) and call.origin.path is not None:
            self.hooking.append(call.origin.path)

    def configure(self) -> None:
        """Run the hooks of mappers that are configured, which nobody can say: what they add may not be there."""
        with self.branch(Branch(Taken.ASSUMED, "mappers are configured", NOWHERE)):
            self.hooks.configure()

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
        if not self._untaken:
            self.stacks.end(value)

    def set_attribute(self, value: Value, name: str, new: Value, origin: Origin) -> None:
        """A naming convention set on a MetaData, and a column set on a mapped class."""
        if self._untaken:
            return
        if isinstance(value, Class):
            mapped = self.records.mapped.get(id(value))
            table = mapped.table if mapped is not None else None
            if table is not None and is_column(new) and self._is_doubted(table):
                self._add(table, new)
            else:
                self.declarative.add_attribute(value, name, new, origin)
            return
        if not isinstance(value, Call) or callee(value) != "sqlalchemy.MetaData":
            table = self._holder(value)
            doubt = self._doubts[-1] if self._doubts and (table is None or self._is_doubted(table)) else None
            self.changes.set(value, name, new, origin, doubt)
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
        answer = self.script.call(call)
        if answer is not UNANSWERED:
            return answer
        self.hooks.called(call)
        path = callee(call)
        if isinstance(call.function, Class) and any(path_of(one) == "sqlalchemy.Table" for one in call.function.mro()):
            made = Call(Symbol("sqlalchemy.Table"), call.args, call.kwargs, call.origin, unpacked=call.unpacked)
            found = self._table(made)
            return made if found is UNANSWERED else found
        if path == "sqlalchemy.Table":
            return self._table(call)
        if path == "sqlalchemy.MetaData":
            self.roots.metadata_of(call)
            return UNANSWERED
        if is_table_item(call):
            if isinstance(call.function, Attribute):  # `Index(…).ddl_if(…)`
                item = call.function.value
                self.changes.restrict(item, call)
                self._waiting = [(call if one is item else one, elements) for one, elements in self._waiting]
            else:
                self._attach(call)
            return UNANSWERED
        if isinstance(call.function, Attribute):
            return self._method(call.function, call)
        return self._call_function(path, call)

    def _call_function(self, path: str, call: Call) -> Value:
        if path in ("sqlalchemy.Table.append_column", "sqlalchemy.Table.append_constraint") and call.args[1:]:
            self._append(*call.args[:2])
            return None
        if path in ("sqlalchemy.orm.configure_mappers", "sqlalchemy.orm.registry.configure"):
            self.hooks.configure()
            return None
        if path in INSPECTING and call.args:
            cls = call.args[0]
            return self._of_class(cls, "__mapper__") if isinstance(cls, Class) else UNANSWERED
        if path in ("sqlalchemy.orm.mapper", "sqlalchemy.orm.clear_mappers"):
            self._map_imperatively(call)
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
        self._hand_over(call)
        return UNANSWERED

    def _hand_over(self, call: Call) -> None:
        """Doubt the tables and the MetaData that something is handed which is not read: it may change them."""
        if self._untaken or not is_foreign(call):
            return
        reason = f"`{dotted(call.function) or 'what is called'}` is not read"
        if call.callee in MAKES_TABLES:
            self.records.missing.append(Unknown(f"{reason}, and makes tables of its own", call.origin))
        for one in handed(call):
            record = self.records.table_of_handle(one)
            if record is not None:
                record.incomplete.append(Unknown(f"{reason}, and is given the table `{record.name}`", call.origin))
            elif callee(one) == "sqlalchemy.MetaData":
                self.records.missing.append(Unknown(f"{reason}, and is given a MetaData", call.origin))
            elif isinstance(one, Function) and changes_tables(one.node):
                given = f"is given the function `{one.name}`, which could change tables"
                self.records.missing.append(Unknown(f"{reason}, and {given}", call.origin))

    def _run(self, value: Value, args: tuple[Value, ...]) -> Value:
        if isinstance(value, Function | BoundMethod):
            return self.runner.call(value, args, {})
        return value

    def _method(self, function: Attribute, call: Call) -> Value:
        held = function.value
        if path_of(held) == f"{COLUMNS}()" and isinstance(held, Call):
            return method_of_constraint(held, function.name)
        if isinstance(held, Attribute) and held.name in COLLECTIONS:
            record = self.records.table_of_handle(held.value)
            if record is not None:
                return self._method_of_collection(held, record, call)
        answer = self.stacks.method(held, function.name, call)
        if answer is not UNANSWERED:
            return answer
        match function.name:
            case "remove" | "clear" if callee(held) == "sqlalchemy.MetaData" and isinstance(held, Call):
                self._remove_tables(self.roots.metadata_of(held), call)
                return None
            case "run_sync" if call.args:
                connection = Symbol("sqlalchemy.engine.Connection")
                return self._run(call.args[0], (connection, *call.args[1:]))
            case "run_until_complete" if call.args:
                return self._run(call.args[0], ())
            case "append_constraint" | "append_column" if call.args:
                self._append(held, call.args[0])
            case "_set_parent" | "_set_parent_with_dispatch" if call.args and is_table_item(held):
                self._append(call.args[0], held)
            case "configure" if callee(held) == "sqlalchemy.orm.registry":
                self.hooks.configure()
            case "update_type_annotation_map" if callee(held) == "sqlalchemy.orm.registry" and isinstance(held, Call):
                self.roots.update_type_map(held, next(iter((*call.args, *call.kwargs.values())), None))
            case "map_imperatively":
                self._map_imperatively(call)
            case "copy" | "_copy" if is_column(function.value) or is_table_item(function.value):
                made: Call = function.value
                kwargs = {**made.kwargs, **call.kwargs}
                return Call(made.function, made.args, kwargs, made.origin, dict(made.attributes), made.unpacked)
            case "to_metadata" | "tometadata" if self.records.table_of_handle(function.value) is not None:
                why = "a table that is copied to another MetaData is not worked out"
                self.records.missing.append(Unknown(why, call.origin))
        self._hand_over(call)
        return UNANSWERED

    def _append(self, table: Value, item: Value) -> None:
        record = self.records.table_of_handle(table)
        if record is not None and not self._untaken:
            self._add(record, item)

    def _method_of_collection(self, held: Attribute, record: TableRecord, call: Call) -> Value:
        """Answer a method of `table.c`, `table.indexes` and the like, or make the change that it makes."""
        doubt = self._doubts[-1] if self._is_doubted(record) else None
        if self._untaken or self.changes.change_collection(record, call, doubt):
            return None
        name = call.function.name if isinstance(call.function, Attribute) else ""
        return method_of_table(held, record, call, name) if held.name in ("c", "columns") else UNANSWERED

    def _remove_tables(self, metadata: Metadata, call: Call) -> None:
        """Take a table off its MetaData, or all of them (`clear`)."""
        for record in [one for one in self.records.tables if one.metadata is metadata]:
            if self._untaken or (call.args and record.handle is not call.args[0]):
                continue
            if self._is_doubted(record):
                record.conditional = True
            else:
                self.records.remove_table(record)

    def _table(self, call: Call) -> Value:
        name = plain(call.args[0] if call.args else call.kwargs.get("name"))
        holder = call.args[1] if len(call.args) > 1 else call.kwargs.get("metadata")
        items = list(call.args[2:])
        metadata = None
        if isinstance(holder, Call) and callee(holder) == "sqlalchemy.MetaData":
            metadata = self.roots.metadata_of(holder)
        elif isinstance(call.function, Attribute):
            # `db.Table("name", …)`: Flask-SQLAlchemy puts its own MetaData in.
            root = self.roots.of_database(call.function.value)
            metadata = self.roots.bound_metadata(root, call.kwargs.get("bind_key")) if root is not None else None
            items = list(call.args[1:])
        if self._untaken:
            return UNANSWERED
        if not isinstance(name, str) or metadata is None:
            if not isinstance(name, str) and name is not None:
                self.records.missing.append(Unknown("the name of a Table could not be read", call.origin))
            elif metadata is None and isinstance(holder, Unknown):
                self.records.missing.append(
                    Unknown(f"the MetaData of the table `{name}` could not be read: {holder.reason}", call.origin)
                )
            return UNANSWERED
        schema = plain(call.kwargs.get("schema"))
        if isinstance(schema, Unknown):
            self.records.missing.append(
                Unknown(f"the schema of the table `{name}` could not be read: {schema.reason}", call.origin)
            )
            return UNANSWERED
        if schema is None:
            schema = metadata.schema
        elif not isinstance(schema, str):
            schema = None
        there = self.records.existing(metadata, schema, name)
        if there is not None:
            if call.kwargs.get("extend_existing") is True:
                for item in items:
                    self._add(there, item)
            return there.handle
        incomplete = [Unknown("arguments of the table were not read", call.origin)] if call.unpacked else []
        if any(call.kwargs.get(one) is not None for one in ("autoload_with", "autoload")):
            incomplete.append(Unknown("the table is reflected from a database", call.origin))
        path = call.origin.path or ""
        record = TableRecord(
            name,
            schema,
            metadata,
            metadata.convention,
            call,
            items,
            dict(call.kwargs),
            call.origin,
            path,
            conditional=self.conditional,
            incomplete=incomplete,
        )
        self.records.add_table(record)
        self._made_here(record)
        self._attach_waiting()
        return UNANSWERED

    def _attach(self, call: Call) -> None:
        """Put an index or a constraint over columns that are in a table already on that table."""
        if self._untaken:
            return
        elements = call.args[1:] if callee(call) == "sqlalchemy.Index" else call.args
        record = self._table_of_first(elements)
        if record is not None:
            self._add(record, call)
        elif elements and not any(isinstance(plain(one), str) for one in elements):
            self._waiting.append((call, elements))

    def _attach_waiting(self) -> None:
        """Put what was made of columns of no table yet, in the body of a class, on the table that they came to."""
        waiting, self._waiting = self._waiting, []
        for call, elements in waiting:
            record = self._table_of_first(elements)
            if record is None:
                self._waiting.append((call, elements))
            elif not any(one is call for one in record.items):
                self._add(record, call)

    def _table_of_first(self, elements: Sequence[Value]) -> TableRecord | None:
        return next((found[0] for found in (self._table_of(one) for one in elements) if found is not None), None)

    def _table_of(self, value: Value) -> tuple[TableRecord, str] | None:
        """Find the table of the first column in an expression."""
        found = self.records.attached(value)
        if found is not None or is_column(value):  # what a column refers to is no part of the expression
            return found
        inner: tuple[Value, ...] = value.operands if isinstance(value, Operator) else ()
        if isinstance(value, Call):
            inner = (value.function.value, *value.args) if isinstance(value.function, Attribute) else value.args
        return next((one for one in (self._table_of(arg) for arg in inner) if one is not None), None)

    def _map_imperatively(self, call: Call) -> None:
        cls, table = (*call.args, None, None)[:2]
        if not isinstance(cls, Class) or self._untaken:
            return
        table = table if table is not None else call.kwargs.get("local_table")
        record = self.records.table_of_handle(table)
        names = {name: name for name in record.column_names()} if record is not None else {}
        self.records.mapped[id(cls)] = MappedRecord(cls, record, names)


def _of_table(table: TableRecord, name: str) -> Value:
    """Give an attribute of `X.__table__` or `Table(…)`."""
    match name:
        case "name":
            return table.name
        case "schema":
            return table.schema if table.schema is not None else table.metadata.unknown_schema
        case "key" | "fullname":
            return _key(table.schema, table.name)
        case "metadata":
            return table.metadata.value
        case "comment":
            return table.kwargs.get("comment")
        case "info":
            return _info(table.handle)
    return UNANSWERED


def _info(call: Call) -> Value:
    """Give the dictionary of a column or a table in which people keep what they like."""
    given = call.kwargs.get("info")
    return given if given is not None else call.attributes.setdefault("info", {})


@lru_cache(maxsize=1)
def _exported_names() -> dict[str, frozenset[str]]:
    """Give the names that SQLAlchemy's modules export, of those that people import with a star."""
    import sqlalchemy
    from sqlalchemy import orm, schema, types
    from sqlalchemy.dialects import mysql, postgresql, sqlite

    modules = (sqlalchemy, orm, schema, types, mysql, postgresql, sqlite)
    return {one.__name__: frozenset(getattr(one, "__all__", None) or vars(one)) for one in modules}


def _registry(metadata: Call) -> Call:
    """Give a stand-in for the registry of a base, whose `metadata` is this."""
    found = metadata.attributes.get("registry")
    if not isinstance(found, Call):
        found = metadata.attributes["registry"] = Call(Symbol("sqlalchemy.orm.registry"), (), {"metadata": metadata})
    return found


def _key(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name


class _NoRunner:
    """Stands in until there is an evaluator."""

    def call(self, function: Value, args: object = (), kwargs: object = None, origin: object = None) -> Value:
        """Run nothing."""
        del function, args, kwargs, origin
        return Unknown("nothing is evaluated yet")

    def get(self, value: Value, name: str) -> Value:
        """Look nothing up."""
        del value, name
        return Unknown("nothing is evaluated yet")

    def annotation(self, annotation: object) -> Value:
        """Evaluate nothing."""
        del annotation
        return Unknown("nothing is evaluated yet")

    def library(self, path: str) -> Value:
        """Look nothing up."""
        return Symbol(path)
