"""Attributes of SQLAlchemy's objects: of bases, mapped classes, tables, columns and MetaData.

Holds no state: all answers are from the records and the roots. Those of `alembic.context` are `environment_script`'s.

Example: `of(User, "__tablename__")` is "users", and `of(users, "metadata")` the MetaData that `users` is on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.models.column_collections import holder_of, keys_of, refuse_missing
from driftline.models.core import an_instance, attribute_of_column, callee, path_of, plain
from driftline.models.declarative import flask_tablename, is_declared_attr
from driftline.models.mappers import mapper_of
from driftline.models.roots import Kind, scanned_classes, stated_metadata
from driftline.python.host import UNANSWERED, RaisedError
from driftline.python.values import Attribute, BoundMethod, Call, Class, Function, Instance, Operator, Symbol, Value

if TYPE_CHECKING:
    from driftline.models.core import Runner
    from driftline.models.records import MappedRecord, Records, TableRecord
    from driftline.models.roots import Root, Roots


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


class Attributes:
    """Answers from what the records hold."""

    def __init__(self, records: Records, roots: Roots, runner: Runner) -> None:
        """Answer from `records` and `roots`; run a `declared_attr` with `runner`."""
        self._records = records
        self._roots = roots
        self._runner = runner

    def of(self, value: Value, name: str) -> Value:
        """Answer `value.name`; UNANSWERED where `value` is nothing of SQLAlchemy's, or has nothing to say.

        Raises `RaisedError` for what a class that is not mapped does not have, and a table of known columns neither.
        """
        if isinstance(value, Class):
            return self.of_class(value, name)
        if name in _OF_MAPPED_CLASSES and (path_of(value) in _UNMAPPED or self._roots.of_value(value) is not None):
            # `getattr(base, "__table__", None)` over a class's ancestors: these have none.
            msg = f"`{path_of(value)}` is not mapped"
            raise RaisedError(_NO_ATTRIBUTE, msg)
        if isinstance(value, Instance) and value.base_call is not None:
            return self._of_instance(value, name)
        table = self._records.table_of_handle(value)
        if table is not None:
            return _of_table(table, name)
        refuse_missing(value, name, _NO_ATTRIBUTE, self._records)
        holder = holder_of(value.value, self._records) if isinstance(value, Attribute) else None
        if isinstance(value, Attribute) and holder is not None:
            answer = self._of_column(value, holder, name)
            if answer is not UNANSWERED:
                return answer
        if name in ("metadata", "registry"):
            return self._metadata_of(value, name)
        if name == "metadatas":
            root = self._roots.of_database(value)
            return {None: root.metadata.value} if root is not None else UNANSWERED
        if isinstance(value, Call) and callee(value) == "sqlalchemy.MetaData":
            return self._of_metadata(value, name)
        if name == "mappers" and isinstance(value, Call) and callee(value) == "sqlalchemy.orm.registry":
            metadata = self._roots.registry_metadata(value)
            self._records.looked_around = True
            mapped = self._records.mapped.values()
            return [mapper_of(one) for one in mapped if one.table is not None and one.table.metadata is metadata]
        return UNANSWERED

    def of_decorated(self, cls: Class, name: str, declared: Function) -> Value:
        """Answer `cls.name` where that is a `declared_attr`: what it makes for that class."""
        record = self._records.mapped.get(id(cls))
        column = None if record is None else _mapped_column(record, name)
        return column if column is not None else self._runner.call(declared, (cls,), {})

    def copy_of_column(self, value: Value) -> Call | None:
        """Give what `table.c.x.copy()` makes: the column without its foreign keys, which are the table's by now."""
        columns, key = (value.value, value.name) if isinstance(value, Attribute) else (None, None)
        if isinstance(value, Operator) and value.op == "[]":
            columns, key = value.operands[0], plain(value.operands[1])
        record = holder_of(columns, self._records)
        if record is None or not isinstance(key, str):
            return None
        own = record.name_of_key(key)
        draft, call = record.column(own) or (None, None)
        if call is None or call.unpacked:
            return None
        named = call.args[:1] == (own,) or any(plain(one) == own for one in call.args[:1])
        rest = [one for one in call.args[1 if named else 0 :] if callee(one) != "sqlalchemy.ForeignKey"]
        kwargs = {key: one for key, one in call.kwargs.items() if key not in ("name", "sort_order")}
        if draft is not None and attribute_of_column(call, "type") is UNANSWERED:
            rest.insert(0, draft.type_value)
        if draft is not None and draft.nullable is not None:
            kwargs["nullable"] = draft.nullable
        return Call(Symbol("sqlalchemy.Column"), (own, *rest), kwargs, call.origin, dict(call.attributes))

    def _of_column(self, value: Attribute, record: TableRecord, name: str) -> Value:
        """Answer attributes of `table.c.x`: `x` is the column's key, its name unless it was given another."""
        if name == "key":
            return value.name
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
        return (
            an_instance(draft.type_value) if answer is UNANSWERED and draft is not None and name == "type" else answer
        )

    def _metadata_of(self, value: Value, name: str) -> Value:
        if isinstance(value, Call) and callee(value) == "sqlalchemy.orm.registry":
            return self._roots.registry_metadata(value).value if name == "metadata" else UNANSWERED
        root = self._roots.of_database(value) or self._roots.of_value(value)
        if root is None:
            return UNANSWERED
        return root.metadata.value if name == "metadata" else _registry(root.metadata.value)

    def _of_metadata(self, value: Call, name: str) -> Value:
        metadata = self._roots.metadata_of(value)
        if name == "schema":
            return metadata.schema if metadata.unknown_schema is None else metadata.unknown_schema
        if name == "naming_convention":
            return value.kwargs.get("naming_convention", UNANSWERED)
        if name in ("tables", "sorted_tables"):
            self._records.looked_around = True
        if name == "tables":
            return {_key(one.schema, one.name): one.handle for one in self._records.tables if one.metadata is metadata}
        if name == "sorted_tables":
            return [one.handle for one in self._records.tables if one.metadata is metadata]
        return UNANSWERED

    def of_class(self, cls: Class, name: str) -> Value:
        """Answer `cls.name`; UNANSWERED for a class that Declarative has nothing to do with."""
        root = self._roots.of_class(cls)
        if root is None:
            return UNANSWERED
        record = self._records.mapped.get(id(cls))
        match name:
            case "metadata":
                return stated_metadata(cls, root, self._roots).value
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
                made = flask_tablename(cls, root, self._records)
                return made if made is not None else UNANSWERED
            case "__tablename__" if not isinstance(root.model_class, Class):
                return UNANSWERED
        column = None if record is None else _mapped_column(record, name)
        return column if column is not None else self._of_model_class(cls, root, name)

    def _of_model_class(self, cls: Class, root: Root, name: str) -> Value:
        """Answer what a class has by way of `declarative_base(cls=…)` and the like."""
        if not isinstance(root.model_class, Class):
            return UNANSWERED
        found = next((one.names[name] for one in scanned_classes(cls, root) if name in one.names), UNANSWERED)
        if not isinstance(found, Function):
            return found
        if is_declared_attr(found):
            return self._runner.call(found, (cls,), {})
        return BoundMethod(found, cls) if found.decorators else found

    def _of_instance(self, value: Instance, name: str) -> Value:
        """`db.Model` of a `db` whose class the user wrote: as that of the object it is made with."""
        root = self._roots.of_database(value)
        if root is None or value.base_call is None:
            return UNANSWERED
        if name == "metadata":
            return root.metadata.value
        if name == "metadatas":
            return {None: root.metadata.value}
        return Attribute(value.base_call, name)


def _mapped_column(mapped: MappedRecord, name: str) -> Attribute | None:
    """Give the column that an attribute of a mapped class stands for; None where it is for none."""
    if mapped.table is None or name not in mapped.attributes:
        return None
    return Attribute(Attribute(mapped.table.handle, "c"), mapped.attributes[name])


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


def _registry(metadata: Call) -> Call:
    """Give a stand-in for the registry of a base, whose `metadata` is this."""
    found = metadata.attributes.get("registry")
    if not isinstance(found, Call):
        found = metadata.attributes["registry"] = Call(Symbol("sqlalchemy.orm.registry"), (), {"metadata": metadata})
    return found


def _key(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name
