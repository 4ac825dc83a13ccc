"""What the evaluator is told while env.py and the models' modules are run over.

Tables, mapped classes and MetaData objects are written down.

Example: told of `class User(Base)`, it adds a table to `records`; asked for `Base.metadata`, it answers with the value
that stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache

from driftline.models.core import Runner, attribute_of_column, callee, canonical, is_table_item, path_of, plain
from driftline.models.declarative import Declarative, flask_tablename, is_column, is_declared_attr
from driftline.models.environment_script import EnvironmentScript, runs_coroutine
from driftline.models.event_hooks import EventHooks
from driftline.models.library_bases import KNOWN_LIBRARIES, sounds_like_a_model
from driftline.models.metadata import COLUMNS, read_convention, set_schema
from driftline.models.records import MappedRecord, Records, TableRecord
from driftline.models.roots import Kind, Roots, is_mapping, scanned_classes, stated_metadata
from driftline.python.host import UNANSWERED, Branch, Host, RaisedError, Taken
from driftline.python.origin import Origin
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
_SET_LATER = frozenset({"comment", "nullable", "server_default"})
"""What may be set on a table, or on a column of one, once it is made."""


# What a module says that declares tables, and one that makes a base for them.
_STATES_TABLE = re.compile(r"""^\s*__tablename__\s*(?::[^=\n]*)?=|^\w+\s*=\s*(?:\w+\.)*Table\(""", re.MULTILINE)
_STATES_MODELS = re.compile(
    rf"{_STATES_TABLE.pattern}|\bdeclarative_base\(|\bas_declarative\(|\bDeclarativeBase\b|\bMetaData\("
    r"|^[ \t]+\w+\s*(?::[^=\n]*)?=\s*(?:\w+\.)*(?:C|mapped_c)olumn\(",
    re.MULTILINE,
)
_HINTS = ("__tablename__", "Table(", "eclarative", "MetaData(", "olumn(")
"""What any of these texts has: looked for first, as most modules have none."""
_TABLES_OF_THEIR_OWN = frozenset({"flask_appbuilder"})
"""Libraries whose bases are known, and that declare tables besides."""


class ModelsHost(Host):
    """Writes down what the models' modules make. `runner` is set once there is an evaluator."""

    def __init__(self, script: EnvironmentScript, ignores_annotations: Callable[[], bool] = lambda: False) -> None:
        """Answer env.py's questions with `script`; SQLAlchemy 1.4 `ignores_annotations`."""
        self.script = script
        self._ignores_annotations = ignores_annotations
        self.records = Records()
        self.runner: Runner = _NoRunner()
        self.operations: list[str] = []
        """Modules that add operations to Alembic."""
        self._untaken = 0
        self._assumed = 0
        self._doubts: list[Unknown] = []
        """The conditions that decide on what is being told, and are not known; innermost last."""
        self._made_in: dict[int, int] = {}
        """How many of these decided on a table that was made, by the identity of its record."""
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
            declarative = Declarative(self.records, roots, self.runner, self._ignores_annotations)
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
        if call is None or name not in _STATED:
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
            case "__table__":
                return record.table.handle if record is not None and record.table is not None else UNANSWERED
            case "__tablename__" if record is not None and record.table is not None:
                return record.table.name
            case "__tablename__" if root.kind is Kind.SQLMODEL:
                return cls.name.lower()
            case "__tablename__" if root.kind is Kind.FLASK:
                made = flask_tablename(cls, root, self.records)
                return made if made is not None else UNANSWERED
            case "__tablename__":
                return UNANSWERED
        if record is not None and record.table is not None and name in record.attributes:
            return Attribute(Attribute(record.table.handle, "c"), record.attributes[name])
        if root.model_class is not None:
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
        if isinstance(value, Attribute) and self._is_columns(value):
            record = self.records.table_of_handle(value.value)
            return [Attribute(value, one) for one in record.column_keys()] if record is not None else None
        return list(value.args) if isinstance(value, Call) and path_of(value.function) == COLUMNS else None

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

    def is_instance(self, value: Value, kind: Value) -> bool | None:
        """Tell that what SQLAlchemy makes is none of Python's own kinds: a metaclass asks that of each attribute.

        What it exports with a capital is a class: `isinstance(Integer, type)`.
        """
        if isinstance(kind, Symbol) and kind.path == "builtins.type" and isinstance(value, Symbol):
            return value.name[:1].isupper() if value.path.startswith("sqlalchemy.") else None
        if isinstance(kind, Symbol) and kind.path.startswith("builtins.") and callee(value).startswith("sqlalchemy."):
            return kind.name == "object"
        return None

    def function_created(self, function: Function) -> None:
        """Take note of a function that SQLAlchemy is told to call for each table or column."""
        for one in function.decorators:
            if callee(one) == "sqlalchemy.event.listens_for":
                self._listen(one, function)

    def _listen(self, call: Call, function: Value) -> None:
        """`listens_for(target, event)` on a function, and `listen(target, event, function)`."""
        target, event = (*call.args, None, None)[:2]
        if not self._untaken:
            origin = getattr(function, "origin", call.origin)
            self.hooks.listen(call.kwargs.get("target", target), call.kwargs.get("identifier", event), function, origin)

    def class_behind(self, base: Value) -> Class | None:
        """Give the class whose attributes models get by way of a base: of `declarative_base(cls=…)` and the like."""
        root = self.roots.of_value(base)
        return root.model_class if root is not None else None

    def metaclass_of(self, base: Value) -> Value:
        """Give the metaclass that a base was made with, where it is said."""
        return self.roots.metaclass_of(base)

    def base_told(self, cls: Class, base: Value) -> None:
        """Map a class where SQLAlchemy does: in `super().__init_subclass__()`, or in `__init__` of its metaclass."""
        if is_mapping(base):
            self.class_created(cls)

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
        if name in _SET_LATER and self._set_of_table(value, name, new):
            return
        if not isinstance(value, Call) or callee(value) != "sqlalchemy.MetaData":
            return
        metadata = self.roots.metadata_of(value)
        if name == "naming_convention":
            metadata.convention = read_convention(new, self.runner)
        elif name == "schema":
            set_schema(metadata, new, origin)

    def _set_of_table(self, value: Value, name: str, new: Value) -> bool:
        """Take `table.comment = …` and `table.c.x.nullable = …` as if it had been made so; tell whether it is one."""
        table = self.records.table_of_handle(value)
        if table is not None:
            table.kwargs = {**table.kwargs, name: new}
            return True
        found = self.records.attached(value)
        column = found[0].column(found[1]) if found is not None else None
        if column is None:
            return False
        draft, call = column
        call.kwargs = {**call.kwargs, name: new}
        if draft is not None and name == "nullable":
            draft.nullable = None
        return True

    def call(self, call: Call) -> Value:
        """Write down a table, an index on one, a column or a constraint appended to one; answer env.py."""
        answer = self.script.call(call)
        if answer is not UNANSWERED:
            return answer
        self.hooks.called(call)
        path = callee(call)
        if path == "sqlalchemy.Table":
            return self._table(call)
        if path == "sqlalchemy.MetaData":
            self.roots.metadata_of(call)
            return UNANSWERED
        if is_table_item(call):
            self._attach(call)
            return UNANSWERED
        if isinstance(call.function, Attribute):
            return self._method(call.function, call)
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
        return self._run(coroutine, ()) if coroutine is not UNANSWERED else UNANSWERED

    def _run(self, value: Value, args: tuple[Value, ...]) -> Value:
        if isinstance(value, Function | BoundMethod):
            return self.runner.call(value, args, {})
        return value

    def _method(self, function: Attribute, call: Call) -> Value:
        if path_of(function.value) == f"{COLUMNS}()" and isinstance(function.value, Call):
            columns = list(function.value.args)
            names = [one.attributes.get("name") if isinstance(one, Instance) else one for one in columns]
            match function.name:
                case "values":
                    return columns
                case "keys":
                    return names
                case "items":
                    return list(zip(names, columns, strict=True))
        match function.name:
            case "run_sync" if call.args:
                connection = Symbol("sqlalchemy.engine.Connection")
                return self._run(call.args[0], (connection, *call.args[1:]))
            case "run_until_complete" if call.args:
                return self._run(call.args[0], ())
            case "append_constraint" | "append_column" if call.args:
                record = self.records.table_of_handle(function.value)
                if record is not None and not self._untaken:
                    self._add(record, call.args[0])
            case "map_imperatively":
                self._map_imperatively(call)
            case "copy" | "_copy" if is_column(function.value) or is_table_item(function.value):
                made: Call = function.value
                kwargs = {**made.kwargs, **call.kwargs}
                return Call(made.function, made.args, kwargs, made.origin, dict(made.attributes), made.unpacked)
            case "get" if call.args and self._is_columns(function.value):
                record = self.records.table_of_handle(function.value.value)
                if record is not None and not any(key == call.args[0] for key in record.column_keys()):
                    return call.args[1] if len(call.args) > 1 else call.kwargs.get("default")
                return Attribute(function.value, str(call.args[0]), call.origin)
            case "to_metadata" | "tometadata" if self.records.table_of_handle(function.value) is not None:
                why = "a table that is copied to another MetaData is not worked out"
                self.records.missing.append(Unknown(why, call.origin))
        return UNANSWERED

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
        return UNANSWERED

    def _attach(self, call: Call) -> None:
        """Put an index or a constraint over columns that are in a table already on that table."""
        if self._untaken:
            return
        elements = call.args[1:] if callee(call) == "sqlalchemy.Index" else call.args
        record = next((found[0] for found in (self._table_of(one) for one in elements) if found is not None), None)
        if record is not None:
            self._add(record, call)

    def _table_of(self, value: Value) -> tuple[TableRecord, str] | None:
        """Find the table of the first column in an expression."""
        found = self.records.attached(value)
        if found is not None:
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
    return UNANSWERED


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
