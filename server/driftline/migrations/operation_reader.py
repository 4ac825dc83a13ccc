"""From calls on `alembic.op`, or on a batch, to operations.

Arguments are read as Alembic's own signatures bind them (alembic/operations/ops.py, 1.20), names of constraints pass
through the target metadata's naming convention (the `CoreContext` carries it) as `SchemaObjects` makes SQLAlchemy do
it.

Invariant: depends on the call alone, never on the state that the operation will be applied to.

Example: the call `op.add_column("users", sa.Column("email", sa.Text()))` is `AddColumn("users", Column("email", …))`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from driftline.dataclass import dataclass, replace
from driftline.migrations.database_keeps import without_numbered_key_name
from driftline.migrations.operation import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    BulkInsert,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    DropTableComment,
    Execute,
    Inherit,
    NewDefault,
    Opaque,
    Operation,
    RenameEnumValue,
    RenameTable,
    SetEnumValues,
)
from driftline.migrations.outright_names import outright_names
from driftline.models.core import (
    CoreContext,
    callee,
    is_type,
    plain,
    read_column,
    read_constraint,
    read_expression,
    read_name,
    read_table,
    read_type,
)
from driftline.python.host import Branch
from driftline.python.origin import Origin
from driftline.python.values import Call, Class, Instance, Symbol, Unknown, Value
from driftline.schema import Enum, ForeignKey, Index, Name, Table, Type, UniqueConstraint, table_key
from driftline.schema.naming import Kind, constraint_name

REST = "*"
"""The name under which positional arguments of any number are bound."""

SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "add_column": ("table_name", "column"),
    "alter_column": ("table_name", "column_name"),
    "bulk_insert": ("table", "rows"),
    "create_check_constraint": ("constraint_name", "table_name", "condition"),
    "create_exclude_constraint": ("constraint_name", "table_name", REST),
    "create_foreign_key": ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"),
    "create_index": ("index_name", "table_name", "columns"),
    "create_primary_key": ("constraint_name", "table_name", "columns"),
    "create_table": ("table_name", REST),
    "create_table_comment": ("table_name", "comment"),
    "create_unique_constraint": ("constraint_name", "table_name", "columns"),
    "drop_column": ("table_name", "column_name"),
    "drop_constraint": ("constraint_name", "table_name", "type_"),
    "drop_index": ("index_name", "table_name"),
    "drop_table": ("table_name",),
    "drop_table_comment": ("table_name",),
    "rename_table": ("old_table_name", "new_table_name"),
    "sync_enum_values": ("enum_schema", "enum_name", "new_values", "affected_columns", "enum_values_to_rename"),
    "add_enum_value": ("enum_schema", "enum_name", "new_value", "before_value"),
    "create_geospatial_table": ("table_name", REST),
    "drop_geospatial_table": ("table_name",),
    "add_geospatial_column": ("table_name", "column"),
    "drop_geospatial_column": ("table_name", "column_name"),
    "create_geospatial_index": ("index_name", "table_name", "columns"),
    "drop_geospatial_index": ("index_name", "table_name"),
}
"""Positional parameters of the operations of Alembic, alembic-postgresql-enum and geoalchemy2."""

BATCH_SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "add_column": ("column",),
    "alter_column": ("column_name",),
    "create_check_constraint": ("constraint_name", "condition"),
    "create_exclude_constraint": ("constraint_name", REST),
    "create_foreign_key": ("constraint_name", "referent_table", "local_cols", "remote_cols"),
    "create_index": ("index_name", "columns"),
    "create_primary_key": ("constraint_name", "columns"),
    "create_table_comment": ("comment",),
    "create_unique_constraint": ("constraint_name", "columns"),
    "drop_column": ("column_name",),
    "drop_constraint": ("constraint_name", "type_"),
    "drop_index": ("index_name",),
    "drop_table_comment": (),
    "add_geospatial_column": ("column",),
    "drop_geospatial_column": ("column_name",),
    "create_geospatial_index": ("index_name", "columns"),
    "drop_geospatial_index": ("index_name", "column_name"),
}

WITHOUT_EFFECT = frozenset(
    {
        "create_entity",
        "drop_entity",
        "replace_entity",
        "grant_table",
        "revoke_table",
        "create_materialized_view",
        "drop_materialized_view",
        "create_view",
        "drop_view",
        "replace_view",
        "create_sp",
        "drop_sp",
        "replace_sp",
        "create_extension",
        "drop_extension",
        "create_function",
        "drop_function",
        "create_trigger",
        "drop_trigger",
        "create_geospatial_constraints",
        "drop_geospatial_constraints",
    }
)
"""Operations of common extensions (alembic_utils, the cookbook's replaceable objects) that change no table.

GeoAlchemy2's constraints are made on SQL Server alone.
"""

INVOKED_WITHOUT_EFFECT = {
    "alembic_utils.reversible_op.CreateOp": "create_entity",
    "alembic_utils.reversible_op.DropOp": "drop_entity",
    "alembic_utils.reversible_op.ReplaceOp": "replace_entity",
    "alembic_utils.reversible_op.RevertOp": "replace_entity",
}
"""Classes of operations for `op.invoke`, and what they are called as methods."""

_ENUMS = ("sqlalchemy.Enum", "sqlalchemy.dialects.postgresql.ENUM")

Given = dict[str, Value]


class Hooks(Protocol):
    """What listens to the tables that come up."""

    def __call__(
        self,
        name: str,
        schema: str | None,
        items: Sequence[Value],
        options: Mapping[str, Value],
        origin: Origin,
        event: str | None = None,
    ) -> tuple[list[Value], Mapping[str, Value]]:
        """Give the items and the options of a table as they are then; `event`: what is done with it as well."""
        ...


@dataclass(frozen=True, slots=True)
class Stating:
    """How the operation at hand is stated. `assumed_schema`: the one that is taken where one could not be read."""

    context: CoreContext
    origin: Origin
    branch: Branch | None = None
    guarded: bool = False
    assumed_schema: str | None = None
    hooks: Hooks | None = None

    def table(
        self,
        name: str,
        schema: str | None,
        items: Sequence[Value],
        options: Mapping[str, Value] | None = None,
        event: str | None = None,
    ) -> Table:
        """Read the table that Alembic makes for the operation, and all that SQLAlchemy calls for it.

        `event`: what is about to be done with it (`before_create`).
        """
        given = options or {}
        if self.hooks is not None:
            items, given = self.hooks(name, schema, items, given, self.origin, event)
        return read_table(name, schema, items, given, self.context, self.origin)

    @property
    def marks(self) -> dict[str, Any]:
        """What every operation is made with."""
        return {"origin": self.origin, "branch": self.branch, "guarded": self.guarded}

    def opaque(self, reason: str | Unknown, *tables: str, creates: bool = False) -> Opaque:
        """Make an operation that was not understood: it could touch `tables`, or any where none are named."""
        what = reason if isinstance(reason, Unknown) else Unknown(reason, self.origin)
        what = what if what.origin.path is not None else replace(what, origin=self.origin)
        return Opaque(what, frozenset(tables) or None, creates, **self.marks)


class _Unread(Exception):  # noqa: N818 -- no error: the way out of an argument that cannot be read
    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown


def bind_arguments(call: Call, names: Sequence[str]) -> Given:
    """Bind a call's arguments to the parameters `names`; what is positional beyond them stands under `REST`."""
    given: Given = {}
    args = list(call.args)
    for name in names:
        if name == REST:
            break
        if args:
            given[name] = args.pop(0)
    given[REST] = args
    return given | dict(call.kwargs)


def read_operation(name: str, given: Given, call: Call, stating: Stating) -> tuple[Operation, ...]:
    """Read the operation `name` with its arguments. What cannot be read is an `Opaque`, as narrow as it can be."""
    if name in WITHOUT_EFFECT:
        return (_without_effect(name, given, call, stating),)
    reader = _READERS.get(name)
    if reader is None:
        return (stating.opaque(f"`op.{name}` is an operation that is not known here", creates=True),)
    if call.unpacked:
        return (stating.opaque(f"the arguments of `op.{name}` are not all known", *_named_table(given, stating)),)
    given, assumed = with_schema(given, stating)
    try:
        names = outright_names(given, stating.context)
        found = reader(given, stating)
        return (*(replace(one, outright=names) for one in found), *assumed) if names else (*found, *assumed)
    except _Unread as stop:
        tables = _named_table(given, stating)
        return (stating.opaque(stop.unknown, *tables, creates=name.startswith("create") and not tables),)


def _without_effect(name: str, given: Given, call: Call, stating: Stating) -> Operation:
    """Give an operation that changes no table; one that creates or drops a view says which."""
    target = call.args[0] if call.args else next(iter(call.kwargs.values()), None)
    made = name.startswith(("create_", "replace_"))
    key = None
    if "view" in name or "View" in callee(target):
        stated = target.kwargs.get("signature", target.kwargs.get("name")) if isinstance(target, Call) else target
        schema = plain((target.kwargs if isinstance(target, Call) else given).get("schema"))
        stated = target.attributes.get("name", stated) if isinstance(target, Instance) else stated
        view = plain(stated)
        if isinstance(view, str):
            key = table_key(stating.context.schema_key(schema if isinstance(schema, str) else None), view)
    return Execute(f"op.{name}(…)", key if made else None, None if made else key, **stating.marks)


def with_schema(given: Given, stating: Stating) -> tuple[Given, tuple[Operation, ...]]:
    """Take the schema of the models where one that is given could not be read; that is noted, and touches no table."""
    unread = {
        name: value
        for name in ("schema", "source_schema", "referent_schema")
        if not isinstance(value := plain(given.get(name)), str | None)
    }
    if not unread:
        return given, ()
    schema = stating.assumed_schema
    why = next((one.reason for one in unread.values() if isinstance(one, Unknown)), "it is no text that was read")
    taken = f"`{schema}`, the models' one," if schema is not None else "the default one"
    note = Unknown(f"the schema of the table is not known, {taken} is assumed: {why}", stating.origin)
    return given | dict.fromkeys(unread, schema), (Opaque(note, frozenset(), **stating.marks),)


def _named_table(given: Given, stating: Stating) -> tuple[str, ...]:
    """Give the table that the arguments name, where they do."""
    for parameter in ("table_name", "source_table", "old_table_name"):
        name = plain(given.get(parameter))
        schema = plain(given.get("schema", given.get("source_schema")))
        if isinstance(name, str) and (schema is None or isinstance(schema, str)):
            return (table_key(stating.context.schema_key(schema), name),)
    return ()


# Arguments -----------------------------------------------------------------------------------------------------------


def _text(given: Given, name: str) -> str:
    """Give an argument that must be a string."""
    value = plain(given.get(name))
    if isinstance(value, str):
        return str(value)
    raise _Unread(value if isinstance(value, Unknown) else Unknown(f"`{name}` could not be read"))


def _optional_text(given: Given, name: str) -> str | None:
    value = plain(given.get(name))
    if value is None or isinstance(value, str):
        return str(value) if value is not None else None
    raise _Unread(value if isinstance(value, Unknown) else Unknown(f"`{name}` could not be read"))


def _flag(given: Given, name: str) -> bool:
    """Give a flag; one that could not be read counts as not given."""
    return given.get(name) is True


def _table(given: Given, parameter: str = "table_name", schema: str = "schema") -> tuple[str, str | None]:
    """Give a table's name, and its schema as the source writes it."""
    return _text(given, parameter), _optional_text(given, schema)


def _key(given: Given, stating: Stating, parameter: str = "table_name", schema: str = "schema") -> str:
    name, written = _table(given, parameter, schema)
    return table_key(stating.context.schema_key(written), name)


def _sequence(given: Given, name: str) -> list[Value]:
    value = given.get(name)
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, set | frozenset) and len(value) <= 1:
        return list(value)
    if isinstance(value, str):
        return [value]
    raise _Unread(value if isinstance(value, Unknown) else Unknown(f"`{name}` could not be read"))


def _name(kind: Kind, given: Given, parameter: str, table: tuple[str, str | None], stating: Stating) -> Name:
    """Give the final name of what is dropped: Alembic makes an empty constraint, whose name the convention sees."""
    stated = read_name(given.get(parameter))
    name, _ = constraint_name(
        kind,
        stated,
        table=table[0],
        schema=table[1],
        columns=(),
        convention=stating.context.convention,
        dialect=stating.context.dialect,
    )
    return name


def _made(path: str, args: Sequence[Value], kwargs: Mapping[str, Value], stating: Stating) -> Call:
    """Make the SQLAlchemy call that Alembic makes."""
    return Call(Symbol(path), tuple(args), dict(kwargs), stating.origin)


_OWN_KEYWORDS = frozenset(
    {"schema", "if_exists", "if_not_exists", "source_schema", "referent_schema", "table_name", REST, "name"}
)


def _options(given: Given, *own: str) -> dict[str, Value]:
    """Give the keyword arguments that Alembic passes on to SQLAlchemy."""
    return {key: value for key, value in given.items() if key not in _OWN_KEYWORDS and key not in own}


def read_added(items: Sequence[Value], name: str, schema: str | None, stating: Stating) -> tuple[Operation, ...]:
    """Read what is added to a table once its CREATE TABLE is written: of that, indexes are made all the same."""
    indexes = [one for one in items if isinstance(one, Call) and callee(one) == "sqlalchemy.Index"]
    return tuple(made for one in indexes for made in _constraint(one, name, schema, stating))


# Tables --------------------------------------------------------------------------------------------------------------


def _create_table(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    items = [item for item in given[REST] if item is not None]
    made = in_ddl_order(stating.table(name, schema, _flattened(items), _options(given), "before_create"))
    if given.get("sqlite_autoincrement") is True:
        made = without_numbered_key_name(stating.context.dialect, made)
    return (
        CreateTable(
            made,
            enums_of(made, items, stating),
            if_not_exists=_flag(given, "if_not_exists"),
            parents=_parents(given, made, stating),
            temporary="TEMPORARY" in str(given.get("prefixes", "")).upper()
            or "TEMP" in str(given.get("prefixes", "")).upper(),
            **stating.marks,
        ),
    )


def _parents(given: Given, made: Table, stating: Stating) -> tuple[Inherit, ...]:
    """Give the tables that PostgreSQL's INHERITS names (`postgresql_inherits`)."""
    stated = plain(given.get("postgresql_inherits"))
    names = [stated] if isinstance(stated, str) else stated
    if names is None or stating.context.dialect != "postgresql":
        return ()
    if not isinstance(names, list | tuple) or not all(isinstance(one, str) for one in names):
        raise _Unread(stated if isinstance(stated, Unknown) else Unknown("`postgresql_inherits` could not be read"))
    return tuple(Inherit(made.key, str(one), **stating.marks) for one in names)


def in_ddl_order(made: Table) -> Table:
    """Give a table with its constraints in the order of SQLAlchemy's DDL: those of columns after those written out.

    The order decides about the names that PostgreSQL makes up, and which of two equal constraints it keeps.
    """
    columns = [one.origin for one in made.columns]

    def of_column(one: UniqueConstraint | ForeignKey) -> bool:
        return any(one.origin is origin for origin in columns)

    return replace(
        made,
        unique_constraints=tuple(sorted(made.unique_constraints, key=of_column)),
        foreign_keys=tuple(sorted(made.foreign_keys, key=of_column)),
    )


def _flattened(items: Sequence[Value]) -> list[Value]:
    """Give the items of a table, those of lists in their places."""
    flat: list[Value] = []
    for item in items:
        flat += item if isinstance(item, list | tuple) else [item]
    return flat


def enums_of(made: Table, items: Sequence[Value], stating: Stating) -> tuple[Enum, ...]:
    """Give the native enums that come with the table: those of its columns, unless they say `create_type=False`."""
    refused = {name for item in items if (name := _column_not_creating(item)) is not None}
    enums: dict[str, Enum] = {}
    for column in made.columns:
        enum = enum_of(column.type, stating.origin)
        if enum is not None and column.name not in refused:
            enums.setdefault(enum.key, enum)
    return tuple(enums.values())


def enum_of(made: Type, origin: Origin) -> Enum | None:
    """Give the native enum that a type is or holds."""
    if made.enum is None:
        return None
    schema, _, name = made.enum.rpartition(".")
    unknown = None if made.labels is not None else Unknown("the labels could not be read")
    return Enum(name, made.labels or (), schema or None, unknown=unknown, origin=origin)


def _column_not_creating(item: Value) -> str | None:
    """Give the name of a column whose enum type is not created with the table."""
    if not (isinstance(item, Call) and callee(item) == "sqlalchemy.Column"):
        return None
    name = next((plain(one) for one in (*item.args, item.kwargs.get("name")) if isinstance(plain(one), str)), None)
    types = [one for one in (*item.args, item.kwargs.get("type_")) if is_type(one)]
    return name if any(_refuses(one) for one in types) else None


def _refuses(value: Value, depth: int = 0) -> bool:
    if not isinstance(value, Call) or depth > _TYPE_DEPTH:
        return False
    if callee(value) in _ENUMS and value.kwargs.get("create_type") is False:
        return True
    inner = [*value.args, *value.kwargs.values(), getattr(value.function, "value", None)]
    return any(_refuses(one, depth + 1) for one in inner)


_TYPE_DEPTH = 5


def _drop_table(given: Given, stating: Stating) -> tuple[Operation, ...]:
    stating.table(*_table(given), [], _options(given), "before_drop")
    return (DropTable(_key(given, stating), if_exists=_flag(given, "if_exists"), **stating.marks),)


def _rename_table(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given, "old_table_name")
    key = stating.context.schema_key(schema)
    return (RenameTable(table_key(key, name), _text(given, "new_table_name"), key, **stating.marks),)


def _create_table_comment(given: Given, stating: Stating) -> tuple[Operation, ...]:
    return (CreateTableComment(_key(given, stating), _optional_text(given, "comment"), **stating.marks),)


def _drop_table_comment(given: Given, stating: Stating) -> tuple[Operation, ...]:
    return (DropTableComment(_key(given, stating), **stating.marks),)


# Columns -------------------------------------------------------------------------------------------------------------


def _add_column(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    call = given.get("column")
    if isinstance(call, Unknown):
        raise _Unread(call)
    made = stating.table(name, schema, [call])
    if not made.columns:
        raise _Unread(made.incomplete[0] if made.incomplete else Unknown("the new column could not be read"))
    primary = (made.primary_key,) if _flag(given, "inline_primary_key") and made.primary_key.columns else ()
    foreign_keys = made.foreign_keys
    if _flag(given, "inline_references") and len(foreign_keys) == 1 and len(foreign_keys[0].columns) == 1:
        foreign_keys = (replace(foreign_keys[0], name=None, inline=True),)  # Alembic writes no name there
    constraints = (
        *primary,
        *foreign_keys,
        *made.unique_constraints,
        *made.check_constraints,
        *made.exclude_constraints,
        *made.indexes,
    )
    default = call.kwargs.get("server_default") if isinstance(call, Call) else None
    operation = AddColumn(
        made.key,
        replace(made.columns[0], origin=stating.origin),
        constraints,
        if_not_exists=_flag(given, "if_not_exists"),
        before=_optional_text(given, "insert_before"),
        after=_optional_text(given, "insert_after"),
        nullable_given=not isinstance(call, Call) or read_column(call, stating.context).nullable_given,
        expression_default=default is not None and not isinstance(plain(default), str),
        **stating.marks,
    )
    unread = tuple(stating.opaque(one, made.key) for one in made.incomplete)
    return (operation, *unread)


def _drop_column(given: Given, stating: Stating) -> tuple[Operation, ...]:
    column = _text(given, "column_name")
    return (DropColumn(_key(given, stating), column, if_exists=_flag(given, "if_exists"), **stating.marks),)


def _alter_column(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    column = _text(given, "column_name")
    nullable, existing_nullable = given.get("nullable"), given.get("existing_nullable")
    new_type = given.get("type_")
    existing_type = given.get("existing_type")
    using = given.get("postgresql_using")
    comment = given.get("comment", False)
    existing_comment = plain(given.get("existing_comment"))
    removed = (
        _bound_checks(name, schema, column, existing_type, stating)
        if existing_type is not None and new_type is not None
        else ()
    )
    return (
        AlterColumn(
            _key(given, stating),
            column,
            nullable=_nullability(nullable),
            server_default=_default(given, "server_default", column, stating),
            new_column_name=_optional_text(given, "new_column_name"),
            type=read_type(new_type, stating.context) if new_type is not None else None,
            comment=_new_comment(comment),
            autoincrement=_autoincrement(given.get("autoincrement")),
            using=read_expression(using, stating.context) if using is not None else None,
            removed_checks=tuple(one.name for one in removed),
            added_checks=_bound_checks(name, schema, column, new_type, stating) if new_type is not None else (),
            existing_type=read_type(existing_type, stating.context) if existing_type is not None else None,
            existing_nullable=_nullability(existing_nullable),
            existing_server_default=_default(given, "existing_server_default", column, stating),
            existing_comment=existing_comment if isinstance(existing_comment, str) else None,
            existing_autoincrement=_autoincrement(given.get("existing_autoincrement")),
            **stating.marks,
        ),
    )


def _nullability(value: Value) -> bool | Unknown | None:
    if value is None or isinstance(value, bool | Unknown):
        return value
    return Unknown("`nullable` could not be read")


def _new_comment(value: Value) -> Any:  # noqa: ANN401 -- str, None or False
    value = plain(value)
    return value if value is None or isinstance(value, str) else False


def _autoincrement(value: Value) -> bool | str | None:
    value = plain(value)
    return value if isinstance(value, bool | str) else None


def _default(given: Given, parameter: str, column: str, stating: Stating) -> NewDefault:
    """Read a server default as `sa.Column` would take it; False where it is not given."""
    value = given.get(parameter, False)
    if value is False or value is None:
        return value
    if callee(value) in ("sqlalchemy.Computed", "sqlalchemy.Identity"):
        made = read_column(_made("sqlalchemy.Column", (column, value), {}, stating), stating.context).column
        return made.computed if made.computed is not None else made.identity
    made = read_column(
        _made("sqlalchemy.Column", (column,), {"server_default": value}, stating), stating.context
    ).column
    return made.server_default


def _bound_checks(name: str, schema: str | None, column: str, type_: Value, stating: Stating) -> tuple[Any, ...]:
    """Give the CHECK constraints that a type brings along (`Boolean` and `Enum` with `create_constraint`)."""
    if not isinstance(type_, Call | Symbol | Class | Instance):
        return ()
    return stating.table(name, schema, [_made("sqlalchemy.Column", (column, type_), {}, stating)]).check_constraints


# Constraints and indexes ---------------------------------------------------------------------------------------------


def _constraint(call: Call, name: str, schema: str | None, stating: Stating) -> tuple[Operation, ...]:
    """Read a constraint or an index and make the operation that creates it; none where it is not for this dialect."""
    made = read_constraint(call, name, schema, stating.context)
    key = table_key(stating.context.schema_key(schema), name)
    if made is None:
        return ()
    if isinstance(made, Unknown):
        return (stating.opaque(made, key),)
    if isinstance(made, Index):
        return (CreateIndex(key, replace(made, origin=stating.origin), **stating.marks),)
    return (CreateConstraint(key, replace(made, origin=stating.origin), **stating.marks),)


def _create_index(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    columns = _sequence(given, "columns")
    call = _made(
        "sqlalchemy.Index", (given.get("index_name"), *columns), _options(given, "index_name", "columns"), stating
    )
    if_not_exists = _flag(given, "if_not_exists")
    return tuple(
        replace(one, if_not_exists=if_not_exists) if isinstance(one, CreateIndex) else one
        for one in _constraint(call, name, schema, stating)
    )


def _drop_index(given: Given, stating: Stating) -> tuple[Operation, ...]:
    schema = _optional_text(given, "schema")
    table = plain(given.get("table_name"))
    key = table_key(stating.context.schema_key(schema), table) if isinstance(table, str) else None
    name = _name("ix", given, "index_name", (table if isinstance(table, str) else "no_table", schema), stating)
    if_exists = _flag(given, "if_exists")
    return (DropIndex(key, name, stating.context.schema_key(schema), if_exists=if_exists, **stating.marks),)


def _create_unique_constraint(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    options = _options(given, "constraint_name", "columns") | {"name": given.get("constraint_name")}
    return _constraint(
        _made("sqlalchemy.UniqueConstraint", _sequence(given, "columns"), options, stating), name, schema, stating
    )


def _create_primary_key(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    options = {"name": given.get("constraint_name")}
    return _constraint(
        _made("sqlalchemy.PrimaryKeyConstraint", _sequence(given, "columns"), options, stating), name, schema, stating
    )


def _create_check_constraint(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    options = {"name": given.get("constraint_name")}
    call = _made("sqlalchemy.CheckConstraint", (given.get("condition"),), options, stating)
    return _constraint(call, name, schema, stating)


def _create_exclude_constraint(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given)
    options = _options(given, "constraint_name") | {"name": given.get("constraint_name")}
    call = _made("sqlalchemy.dialects.postgresql.ExcludeConstraint", given[REST], options, stating)
    return _constraint(call, name, schema, stating)


def _create_foreign_key(given: Given, stating: Stating) -> tuple[Operation, ...]:
    name, schema = _table(given, "source_table", "source_schema")
    referred, referred_schema = _table(given, "referent_table", "referent_schema")
    prefix = f"{referred_schema}.{referred}" if referred_schema else referred
    remote = [_column_text(one) for one in _sequence(given, "remote_cols")]
    local = [_column_text(one) for one in _sequence(given, "local_cols")]
    own = ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols")
    options = _options(given, *own) | {"name": given.get("constraint_name")}
    call = _made("sqlalchemy.ForeignKeyConstraint", (local, [f"{prefix}.{one}" for one in remote]), options, stating)
    # The referred table's name is told apart from the columns by the last dots; MetaData(schema=…) plays no part here.
    context = replace(stating.context, metadata_schema=None)
    return _constraint(call, name, schema, replace(stating, context=context))


def _column_text(value: Value) -> str:
    value = plain(value)
    if isinstance(value, str):
        return value
    raise _Unread(value if isinstance(value, Unknown) else Unknown("a column of the foreign key could not be read"))


_KINDS: Mapping[str | None, Kind | None] = {
    "foreignkey": "fk",
    "unique": "uq",
    "check": "ck",
    "primary": "pk",
    None: None,
}


def _drop_constraint(given: Given, stating: Stating) -> tuple[Operation, ...]:
    table = _table(given)
    type_ = _optional_text(given, "type_")
    kind = _KINDS.get(type_)
    stated = read_name(given.get("constraint_name"))
    by_table = kind is not None and stating.context.convention.names_by_table(kind)
    if kind is not None and (stated is not None or by_table):  # Alembic does not know the columns of what is dropped
        name = _name(kind, given, "constraint_name", table, stating)
    else:
        name = str(stated) if isinstance(stated, str) else stated
    key = table_key(stating.context.schema_key(table[1]), table[0])
    return (DropConstraint(key, name, type_, if_exists=_flag(given, "if_exists"), **stating.marks),)


# The rest ------------------------------------------------------------------------------------------------------------


def _bulk_insert(given: Given, stating: Stating) -> tuple[Operation, ...]:
    table = given.get("table")
    name = plain(table.args[0]) if isinstance(table, Call) and table.args else None
    schema = plain(table.kwargs.get("schema")) if isinstance(table, Call) else None
    key = (
        table_key(stating.context.schema_key(schema if isinstance(schema, str) else None), name)
        if isinstance(name, str)
        else None
    )
    return (BulkInsert(key, **stating.marks),)


def _sync_enum_values(given: Given, stating: Stating) -> tuple[Operation, ...]:
    """Read alembic-postgresql-enum's operation: renames first, then the labels as a whole."""
    schema = stating.context.schema_key(_optional_text(given, "enum_schema"))
    key = table_key(schema, _text(given, "enum_name"))
    renamed = given.get("enum_values_to_rename")
    pairs = [pair for pair in renamed if isinstance(pair, list | tuple)] if isinstance(renamed, list | tuple) else []
    renames = [
        RenameEnumValue(key, pair[0], pair[1], **stating.marks)
        for pair in pairs
        if len(pair) == 2 and all(isinstance(one, str) for one in pair)  # noqa: PLR2004 -- old and new
    ]
    labels = tuple(_column_text(one) for one in _sequence(given, "new_values"))
    return (*renames, SetEnumValues(key, labels, **stating.marks))


def _add_enum_value(given: Given, stating: Stating) -> tuple[Operation, ...]:
    """Read alembic-postgresql-enum's operation: `before_value` is the one that comes before (1.11 says AFTER)."""
    schema = stating.context.schema_key(_optional_text(given, "enum_schema"))
    key = table_key(schema, _text(given, "enum_name"))
    neighbour = _optional_text(given, "before_value")
    return (AddEnumValue(key, _text(given, "new_value"), after=neighbour, **stating.marks),)


_Reader = Callable[[Given, Stating], tuple[Operation, ...]]

_READERS: Mapping[str, _Reader] = {
    "add_column": _add_column,
    "alter_column": _alter_column,
    "bulk_insert": _bulk_insert,
    "create_check_constraint": _create_check_constraint,
    "create_exclude_constraint": _create_exclude_constraint,
    "create_foreign_key": _create_foreign_key,
    "create_index": _create_index,
    "create_primary_key": _create_primary_key,
    "create_table": _create_table,
    "create_table_comment": _create_table_comment,
    "create_unique_constraint": _create_unique_constraint,
    "drop_column": _drop_column,
    "drop_constraint": _drop_constraint,
    "drop_index": _drop_index,
    "drop_table": _drop_table,
    "drop_table_comment": _drop_table_comment,
    "rename_table": _rename_table,
    "sync_enum_values": _sync_enum_values,
    "add_enum_value": _add_enum_value,
    "create_geospatial_table": _create_table,
    "drop_geospatial_table": _drop_table,
    "add_geospatial_column": _add_column,
    "drop_geospatial_column": _drop_column,
    "create_geospatial_index": _create_index,
    "drop_geospatial_index": _drop_index,
}


def batch_constraints(items: Value, name: str, schema: str | None, stating: Stating) -> tuple[Any, ...]:
    """Read the `table_args` of a batch: its constraints, without columns and what could not be read."""
    if not isinstance(items, list | tuple):
        return ()
    made = [read_constraint(one, name, schema, stating.context) for one in items if isinstance(one, Call)]
    return tuple(one for one in made if one is not None and not isinstance(one, Unknown | Index))


__all__ = [
    "BATCH_SIGNATURES",
    "INVOKED_WITHOUT_EFFECT",
    "REST",
    "SIGNATURES",
    "Stating",
    "batch_constraints",
    "bind_arguments",
    "enum_of",
    "enums_of",
    "read_added",
    "read_operation",
    "with_schema",
]
