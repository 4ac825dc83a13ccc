"""What an Inspector would say of the replayed state.

Answers have the shapes of SQLAlchemy's reflection (2.0 and 2.1): lists of dicts, types as reflected, on PostgreSQL the
indexes of unique constraints among the indexes, and Alembic's own version table among the tables. Where the state is
not fully known, the answer is Unknown.

Example: `answer("has_table", ("users",), state)` is True where the state has `users`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from driftline.dataclass import dataclass
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.meant_names import CASELESS
from driftline.migrations.sql_text import keywords
from driftline.migrations.working import Working, split_key
from driftline.models.core.context import DEFAULT_SCHEMAS
from driftline.python.host import UNANSWERED, RaisedError
from driftline.python.values import Call, Symbol, Unknown, Value
from driftline.regex import regex
from driftline.schema import Column, Constraint, Index, Name, PrimaryKey, Table, Type, table_key


@dataclass(frozen=True, slots=True)
class Introspected:
    """The state that is asked about.

    `version_table`: the key of Alembic's own table, which is there from the first revision on. `supposed`: why the
    question is asked under a condition that does not hold, so that what is absent could be there.
    """

    work: Working
    version_table: str = "alembic_version"
    supposed: Unknown | None = None

    def absence(self, key: str) -> Unknown | None:
        """Say why a table that is not in the state could be there all the same."""
        return self.supposed if self.supposed is not None else self.work.absence(key)

    def absence_in(self, schema: str | None) -> Unknown | None:
        """Say why there could be tables in `schema` that are not in the state."""
        return self.supposed if self.supposed is not None else self.work.absence_in(schema)


def answer(method: str, arguments: tuple[Value, ...], keywords: Mapping[str, Value], about: Introspected) -> Value:
    """Answer an Inspector's method; UNANSWERED where it is none that is known.

    Raises `RaisedError` where the real one would (`NoSuchTableError`).
    """
    given = dict(keywords)
    reader = _METHODS.get(method)
    if reader is None:
        return UNANSWERED
    names = _PARAMETERS.get(method, ("table_name", "schema"))
    given.update(zip(names, arguments, strict=False))
    unknown = next((one for one in given.values() if isinstance(one, Unknown)), None)
    if unknown is not None:
        return unknown
    return reader(given, about)


_PARAMETERS = {
    "get_table_names": ("schema",),
    "get_enums": ("schema",),
    "get_schema_names": (),
    "has_schema": ("schema_name",),
    "has_index": ("table_name", "index_name", "schema"),
}

Given = dict[str, Value]


def _key(given: Given, about: Introspected) -> str:
    schema = given.get("schema")
    schema = None if schema == DEFAULT_SCHEMAS.get(about.work.dialect) else schema
    key = table_key(schema if isinstance(schema, str) else None, str(given.get("table_name")))
    return about.work.spelled(key) if about.work.dialect in CASELESS else key


def _table(given: Given, about: Introspected) -> Table | Unknown:
    """Give the table that is asked about; raises for one that is surely absent."""
    key = _key(given, about)
    table = about.work.tables.get(key)
    if table is not None:
        return table.incomplete[0] if table.incomplete else table
    if key == about.version_table:
        return _version_table(key)
    reason = about.absence(key)
    if reason is not None:
        return reason
    name = "NoSuchTableError"
    raise RaisedError(name, f"there is no table `{key}`", ("InvalidRequestError", "SQLAlchemyError"))


def _version_table(key: str) -> Table:
    """Give the table that Alembic makes for itself (`DefaultImpl.version_table_impl`)."""
    schema, name = split_key(key)
    column = Column("version_num", Type("VARCHAR(32)"), nullable=False)
    return Table(name, schema, (column,), primary_key=PrimaryKey(f"{name}_pkc", (column.name,)))


def _has_table(given: Given, about: Introspected) -> Value:
    key = _key(given, about)
    if key in about.work.tables or key in about.work.views or key == about.version_table:
        return True
    reason = about.absence(key)
    return reason if reason is not None else False


def _get_table_names(given: Given, about: Introspected) -> Value:
    schema = given.get("schema")
    schema = None if schema == DEFAULT_SCHEMAS.get(about.work.dialect) else schema
    reason = about.absence_in(schema if isinstance(schema, str) else None)
    if reason is not None:
        return reason
    names = [one.name for one in about.work.tables.values() if one.schema == schema]
    version_schema, _, version = about.version_table.rpartition(".")
    return sorted([*names, version] if (version_schema or None) == schema else names)


def _get_columns(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    return [_column(one, table, about.work.dialect) for one in table.columns]


def _column(column: Column, table: Table, dialect: str) -> Value:
    default = column.server_default
    reflected: dict[str, Value] = {
        "name": column.name,
        "type": reflected_type(column.type),
        "nullable": column.nullable,
        "default": default.sql if default is not None else None,
    }
    if column.serial:
        reflected["default"] = f"nextval('{table.name}_{column.name}_seq'::regclass)"
    if dialect == "postgresql":
        reflected |= {"autoincrement": column.serial, "comment": column.comment}
    elif dialect == "sqlite":
        position = table.primary_key.columns.index(column.name) + 1 if column.name in table.primary_key.columns else 0
        reflected["primary_key"] = position
    elif dialect in MYSQL_FAMILY:
        reflected |= {"autoincrement": bool(column.autoincrement), "comment": column.comment}
    if column.computed is not None:
        reflected["computed"] = {"sqltext": column.computed.sql, "persisted": bool(column.computed.persisted)}
    if column.identity is not None:
        reflected["identity"] = {"always": column.identity.always, **dict(column.identity.options)}
    return reflected


_TYPES = {
    "DOUBLE PRECISION": "DOUBLE_PRECISION",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP",
    "TIME WITHOUT TIME ZONE": "TIME",
    "TIME WITH TIME ZONE": "TIME",
}
_SIZED = regex(r"(?P<name>[A-Z_ ]+?)(?:\((?P<arguments>[\d, ]+)\))?(?P<zone> WITH(?:OUT)? TIME ZONE)?")


def reflected_type(made: Type) -> Value:
    """Give the SQLAlchemy type that reflection makes of a column's type, as a call; Unknown where that is not known."""
    if made.unknown is not None:
        return made.unknown
    if made.enum is not None and made.labels is not None and not made.ddl.endswith("]"):
        return Call(Symbol("sqlalchemy.dialects.postgresql.ENUM"), made.labels, {"name": made.enum.rpartition(".")[2]})
    match = _SIZED.fullmatch(made.ddl)
    if match is None:
        return Call(Symbol("sqlalchemy.types.UserDefinedType"), (), {})
    spelled = match["name"] + (match["zone"] or "")
    name = _TYPES.get(spelled, match["name"].replace(" ", "_"))
    arguments = tuple(int(one) for one in match["arguments"].split(",")) if match["arguments"] else ()
    parameters = ("precision", "scale") if name in ("NUMERIC", "DECIMAL") else ("length",)
    attributes: dict[str, Value] = dict(zip(parameters, arguments, strict=False))
    if match["zone"] is not None:
        attributes = {"timezone": "WITHOUT" not in match["zone"]}
        path = f"sqlalchemy.dialects.postgresql.{name}"
        return Call(Symbol(path), (), dict(attributes), attributes=attributes)
    package = "sqlalchemy" if name in _GENERIC else "sqlalchemy.dialects.postgresql"
    return Call(Symbol(f"{package}.{name}"), arguments, {}, attributes=attributes)


_GENERIC = keywords(
    """
    BIGINT BINARY BLOB BOOLEAN CHAR CLOB DATE DATETIME DECIMAL DOUBLE DOUBLE_PRECISION FLOAT INT INTEGER JSON NCHAR
    NUMERIC NVARCHAR REAL SMALLINT TEXT TIME TIMESTAMP UUID VARBINARY VARCHAR
    """
)
"""The upper-case types that `sqlalchemy` itself exports."""


def _get_indexes(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    doubt = _doubt((*table.indexes, *table.unique_constraints), "indexes", table)
    if doubt is not None:
        return doubt
    found = [_index(one) for one in table.indexes]
    if about.work.dialect in ("postgresql", *MYSQL_FAMILY):
        for one in table.unique_constraints:
            doubled: dict[str, Value] = {"name": one.name, "unique": True, "column_names": list(one.columns)}
            if about.work.dialect == "postgresql":
                doubled |= {"duplicates_constraint": one.name, "include_columns": [], "dialect_options": {}}
            found.append(doubled)
    return sorted(found, key=lambda one: str(one["name"]))


def _index(index: Index) -> dict[str, Value]:
    reflected: dict[str, Value] = {
        "name": index.name,
        "unique": index.unique,
        "column_names": list(index.columns),
        "include_columns": [],
        "dialect_options": {},
    }
    if None in index.columns:
        reflected["expressions"] = [one.column if one.column is not None else one.sql for one in index.elements]
    return reflected


def _get_unique_constraints(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    return _doubt(table.unique_constraints, "unique constraints", table) or [
        {"name": _found_name(one.name, about), "column_names": list(one.columns)} for one in table.unique_constraints
    ]


def _doubt(items: Iterable[Constraint | Index], what: str, table: Table) -> Unknown | None:
    """Say why it is not known which constraints or indexes a table has; None where it is.

    What is only assumed to be there is told as being there, like columns and tables that are.
    """
    if not table.unsure_drops:
        return None
    unsure = next((one for one in items if not isinstance(one, PrimaryKey) and one.conditional), None)
    if unsure is None:
        return None
    which = f"`{unsure.name}`" if isinstance(unsure.name, str) else "one"
    return Unknown(f"which {what} `{table.key}` has is not known: {which} may not be there", unsure.origin)


def _get_foreign_keys(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    doubt = _doubt(table.foreign_keys, "foreign keys", table)
    if doubt is not None:
        return doubt
    found: list[Value] = []
    for one in table.foreign_keys:
        schema, _, name = (
            one.referred_table.rpartition(".") if isinstance(one.referred_table, str) else ("", "", one.referred_table)
        )
        options = {
            option: value
            for option, value in (
                ("onupdate", one.onupdate),
                ("ondelete", one.ondelete),
                ("deferrable", one.deferrable),
                ("initially", one.initially),
            )
            if value is not None
        }
        found.append(
            {
                "name": _found_name(one.name, about),
                "constrained_columns": list(one.columns),
                "referred_schema": schema or None,
                "referred_table": name,
                "referred_columns": list(one.referred_columns),
                "options": options,
                "comment": None,
            }
        )
    return found


def _get_pk_constraint(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    key = table.primary_key
    return {"constrained_columns": list(key.columns), "name": _found_name(key.name, about) if key.columns else None}


def _get_check_constraints(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    if isinstance(table, Unknown):
        return table
    return _doubt(table.check_constraints, "CHECK constraints", table) or [
        {"name": _found_name(one.name, about), "sqltext": one.sql} for one in table.check_constraints
    ]


def _found_name(name: Name, about: Introspected) -> Value:
    """Give the name that a database tells of a constraint: SQL Server and Oracle make one up where none was given."""
    if name is None and about.work.dialect in _NAMING:
        return Unknown(f"the name that {about.work.dialect} made up for a constraint is known to the database alone")
    return name


_NAMING = frozenset({"mssql", "oracle"})


def _get_table_comment(given: Given, about: Introspected) -> Value:
    table = _table(given, about)
    return table if isinstance(table, Unknown) else {"text": table.comment}


def _get_enums(given: Given, about: Introspected) -> Value:
    if about.work.dialect != "postgresql":
        return UNANSWERED
    wanted = given.get("schema")
    found: list[Value] = []
    for one in about.work.enums.values():
        if wanted in (None, "*") or (one.schema or "public") == wanted:
            labels: Value = one.unknown if one.unknown is not None else list(one.labels)
            found.append(
                {"name": one.name, "schema": one.schema or "public", "visible": one.schema is None, "labels": labels}
            )
    reason = about.work.incomplete[0] if about.work.incomplete else about.work.unseen_reason
    return found if reason is None else reason


def _get_schema_names(given: Given, about: Introspected) -> Value:
    del given
    default = DEFAULT_SCHEMAS.get(about.work.dialect)
    if default is None:
        return Unknown("the name of the database is not known")
    schemas = {one.schema for one in about.work.tables.values() if one.schema is not None}
    return sorted({default, *schemas, *(["information_schema"] if about.work.dialect == "postgresql" else [])})


def _has_index(given: Given, about: Introspected) -> Value:
    found = _get_indexes(given, about)
    return found if isinstance(found, Unknown) else any(one["name"] == given.get("index_name") for one in found)


_METHODS: Mapping[str, Callable[[Given, Introspected], Value]] = {
    "has_table": _has_table,
    "get_table_names": _get_table_names,
    "get_columns": _get_columns,
    "get_indexes": _get_indexes,
    "get_unique_constraints": _get_unique_constraints,
    "get_foreign_keys": _get_foreign_keys,
    "get_pk_constraint": _get_pk_constraint,
    "get_check_constraints": _get_check_constraints,
    "get_table_comment": _get_table_comment,
    "get_enums": _get_enums,
    "get_schema_names": _get_schema_names,
    "has_index": _has_index,
}
