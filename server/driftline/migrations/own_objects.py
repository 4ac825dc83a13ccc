"""Objects of SQLAlchemy's own that create and drop themselves: tables, indexes, enums, all of a metadata; DDL elements.

`users.create(bind)`, `kind.drop(bind)`, `metadata.create_all(bind)` and `op.execute(CreateTable(users))` come to the
same operations as those of `alembic.op`.

Example: `operations_of_element(CreateIndex(ix), stating, models)` is the `CreateIndex` of the index `ix`.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.dataclass import replace
from driftline.migrations.operation import (
    CreateConstraint,
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateTable,
    CreateTableComment,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    Execute,
    Operation,
)
from driftline.migrations.operation_reader import Stating, enum_of, enums_of, in_ddl_order
from driftline.migrations.outright_names import outright_names
from driftline.migrations.own_models import OwnModels
from driftline.models.core import callee, plain, read_constraint, read_name, read_table, read_type
from driftline.models.core.context import CoreContext
from driftline.models.declared import Declared
from driftline.python.host import UNANSWERED
from driftline.python.values import Call, Unknown, Value
from driftline.schema import (
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    TypeCall,
    UniqueConstraint,
    table_key,
)
from driftline.schema.naming import NamingConvention


def read_own_table(table: Value, stating: Stating) -> Table | None:
    """Read a `Table` that the revision builds; names come from its own metadata's convention. None where it is none."""
    if not isinstance(table, Call) or callee(table) != "sqlalchemy.Table" or not table.args:
        return None
    name = plain(table.args[0])
    if not isinstance(name, str) or table.unpacked:
        return None
    context = _own_context(table, stating.context)
    schema = plain(table.kwargs.get("schema", context.metadata_schema))
    written = schema if isinstance(schema, str) else None
    return read_table(name, written, table.args[2:], table.kwargs, context, stating.origin)


def _own_context(table: Call, context: CoreContext) -> CoreContext:
    metadata = table.args[1] if len(table.args) > 1 else table.kwargs.get("metadata")
    given = metadata.kwargs.get("naming_convention") if isinstance(metadata, Call) else None
    templates = (
        {str(key): one for key, one in given.items() if isinstance(one, str)} if isinstance(given, dict) else None
    )
    context = replace(context, convention=NamingConvention(templates) if templates else NamingConvention())
    schema = plain(metadata.kwargs.get("schema")) if isinstance(metadata, Call) else None
    return replace(context, metadata_schema=schema) if isinstance(schema, str) else context


def creation_of(table: Call, stating: Stating, models: OwnModels, *, checkfirst: bool) -> Operation:
    """Give the operation by which a table, a mapped class's or one of the revision's own, creates itself."""
    names = outright_names({"": table}, stating.context)
    mapped = models.table(table)
    if mapped is not None:
        return replace(_creation(mapped, stating, checkfirst=checkfirst), outright=names)
    made = read_own_table(table, stating)
    if made is None:
        return stating.opaque("a table that creates itself could not be read", creates=True)
    enums = enums_of(made, table.args[2:], stating)
    return CreateTable(
        in_ddl_order(made),
        enums,
        if_not_exists=checkfirst,
        checkfirst_enums=checkfirst,
        **{**stating.marks, "outright": names},
    )


def drop_of(table: Call, stating: Stating, models: OwnModels, *, checkfirst: bool) -> Operation:
    """Give the operation by which a table drops itself."""
    made = models.table(table) or read_own_table(table, stating)
    if made is None:
        return stating.opaque("a table that drops itself could not be read")
    names = outright_names({"": table}, stating.context)
    return DropTable(made.key, if_exists=checkfirst, **{**stating.marks, "outright": names})


_ENUM_TYPES = frozenset({"sqlalchemy.Enum", "sqlalchemy.dialects.postgresql.ENUM"})


def operations_of_object(
    verb: str, call: Call, receiver: Call, stating: Stating, models: OwnModels
) -> tuple[Operation, ...] | None:
    """Give what `receiver.create(…)`, or `drop`, does, which `call` is; None where that is no object that has these."""
    kind = callee(receiver)
    if kind in _ENUM_TYPES:
        return operations_of_enum(verb, call, receiver, stating)
    if kind == "sqlalchemy.Table":
        checkfirst = call.args[1] if len(call.args) > 1 else call.kwargs.get("checkfirst", False)
        make = creation_of if verb == "create" else drop_of
        return (make(receiver, stating, models, checkfirst=bool(checkfirst)),)
    if kind == "sqlalchemy.Index":
        checkfirst = bool(call.kwargs.get("checkfirst", False))
        return operations_of_index(verb, receiver, stating, checkfirst=checkfirst)
    return None


def operations_of_enum(verb: str, call: Call, enum_type: Call, stating: Stating) -> tuple[Operation, ...]:
    """Give what `sa.Enum(…).create(bind)`, or `drop`, does; `call` is that call."""
    if stating.context.dialect != "postgresql":
        return ()
    made = read_type(enum_type, stating.context)
    enum = enum_of(made, call.origin)
    by_default = callee(enum_type) != "sqlalchemy.Enum"
    checkfirst = call.args[1] if len(call.args) > 1 else call.kwargs.get("checkfirst", by_default)
    if enum is None:
        return (stating.opaque(made.unknown or "an enum type could not be read"),)
    if verb == "create":
        return (CreateEnum(enum, if_not_exists=checkfirst is not False, **stating.marks),)
    return (DropEnum(enum.key, if_exists=checkfirst is not False, **stating.marks),)


def operations_of_index(verb: str, index: Call, stating: Stating, *, checkfirst: bool) -> tuple[Operation, ...]:
    """Give what `Index(…).create(bind)`, or `drop`, does."""
    place = _place(index, stating, None)
    if place is None:
        return (stating.opaque("the table of an index could not be read"),)
    key, name, schema = place
    made = read_constraint(index, name, schema, stating.context)
    if isinstance(made, Index) and verb == "create":
        return (CreateIndex(key, made, if_not_exists=checkfirst, **stating.marks),)
    if isinstance(made, Index):
        schema_key = stating.context.schema_key(schema)
        return (DropIndex(key, made.name, schema_key, if_exists=checkfirst, **stating.marks),)
    return () if made is None else (stating.opaque("an index could not be read", key),)


def _place(item: Call, stating: Stating, table: Value) -> tuple[str, str, str | None] | None:
    """Give the key, the name and the written schema of the table that a constraint or an index is on.

    That is `table`, which it was appended to, or the one of its columns.
    """
    appended = read_own_table(table, stating)
    if appended is not None:
        return appended.key, appended.name, appended.schema
    arguments = (one for given in item.args for one in (given if isinstance(given, list | tuple) else (given,)))
    places = (stating.context.locate(one) for one in arguments)
    place = next((one for one in places if one is not None), None)
    if place is None or place.table is None:
        return None
    return table_key(stating.context.schema_key(place.schema), place.table), place.table, place.schema


_KINDS = {
    ForeignKey: "foreignkey",
    UniqueConstraint: "unique",
    CheckConstraint: "check",
    PrimaryKey: "primary",
}


def operations_of_element(
    element: Call, stating: Stating, models: OwnModels, *, appended: Value = None
) -> tuple[Operation, ...]:
    """Give what a DDL element that is executed does (`CreateTable(users)`); other statements change no table.

    `appended`: the table that the element's constraint was appended to.
    """
    path = callee(element)
    kind = path.rpartition(".")[2]
    argument = element.args[0] if element.args else element.kwargs.get("element")
    if_exists, if_not_exists = (element.kwargs.get(one) is True for one in ("if_exists", "if_not_exists"))
    if kind in ("CreateSchema", "DropSchema", "DropSequence"):
        return _of_no_table(kind, argument, element, stating)
    if not isinstance(argument, Call):
        doubtful = kind in _ELEMENTS
        return (stating.opaque(f"what `{kind}` is of is not known"),) if doubtful else _harmless(path, stating)
    if kind in ("CreateEnumType", "DropEnumType"):
        return operations_of_enum(kind.removesuffix("EnumType").lower(), element, argument, stating)
    if kind == "CreateTable":
        return (creation_of(argument, stating, models, checkfirst=if_not_exists),)
    if kind == "DropTable":
        return (drop_of(argument, stating, models, checkfirst=if_exists),)
    if kind in ("CreateIndex", "DropIndex"):
        verb = kind.removesuffix("Index").lower()
        return operations_of_index(verb, argument, stating, checkfirst=if_exists or if_not_exists)
    if kind in ("SetTableComment", "DropTableComment"):
        made = models.table(argument) or read_own_table(argument, stating)
        if made is None:
            return (stating.opaque(f"what `{kind}` is of is not known"),)
        if kind == "SetTableComment":
            return (CreateTableComment(made.key, made.comment, **stating.marks),)
        return (DropTableComment(made.key, **stating.marks),)
    if kind in ("AddConstraint", "DropConstraint"):
        return _of_constraint(kind, argument, stating, appended, if_exists=if_exists, cascade=_cascades(element))
    if kind in _ELEMENTS:
        return (stating.opaque(f"`{kind}` is not followed"),)
    return _harmless(path, stating)


_ELEMENTS = frozenset(
    {
        "CreateTable",
        "DropTable",
        "CreateIndex",
        "DropIndex",
        "AddConstraint",
        "DropConstraint",
        "CreateColumn",
        "SetTableComment",
        "DropTableComment",
        "SetColumnComment",
        "DropColumnComment",
    }
)
"""SQLAlchemy's DDL elements that are about tables."""


def _harmless(path: str, stating: Stating) -> tuple[Operation, ...]:
    """Give what `insert()`, `select()` or a sequence is, whatever it is built of: no table changes."""
    return (Execute(path or "a statement", **stating.marks),)


def _cascades(element: Call) -> bool:
    return element.kwargs.get("cascade") is True


def _of_no_table(kind: str, argument: Value, element: Call, stating: Stating) -> tuple[Operation, ...]:
    named = argument.args[0] if kind == "DropSequence" and isinstance(argument, Call) and argument.args else argument
    name = read_name(named)
    if not isinstance(name, str):
        return ()
    if kind == "DropSequence":
        return (DropSequence(name, **stating.marks),)
    if kind == "CreateSchema":
        return (CreateSchema(name, **stating.marks),)
    return (DropSchema(name, cascade=_cascades(element), **stating.marks),)


def _of_constraint(
    kind: str, constraint: Call, stating: Stating, appended: Value, *, if_exists: bool, cascade: bool
) -> tuple[Operation, ...]:
    place = _place(constraint, stating, appended)
    if place is None:
        return (stating.opaque(f"the table of the constraint of `{kind}` could not be read"),)
    key, name, schema = place
    made = read_constraint(constraint, name, schema, stating.context)
    if made is None:
        return ()
    if isinstance(made, Unknown | Index):
        return (stating.opaque(f"the constraint of `{kind}` could not be read", key),)
    if kind == "AddConstraint":
        return (CreateConstraint(key, made, **stating.marks),)
    dropped = DropConstraint(key, made.name, _KINDS.get(type(made)), if_exists, cascade, **stating.marks)
    return (dropped,)


def operations_of_metadata(
    verb: str, call: Call, metadata: Value, stating: Stating, models: OwnModels, declared: Declared | None
) -> tuple[Operation, ...]:
    """Give what `metadata.create_all(…)`, or `drop_all`, does, which `call` is.

    `declared`: what the models declare, where the metadata is the one that env.py compares with (`declared_on`).
    """
    checkfirst = call.kwargs.get("checkfirst", True) is not False
    own, missing = models.tables_on(metadata)
    tables = call.kwargs.get("tables")
    listed = tables if isinstance(tables, list | tuple) else None
    everything = [_creation(made, stating, checkfirst=checkfirst) for _, made in own]
    meant = [
        operation
        for (handle, _), operation in zip(own, everything, strict=True)
        if listed is None or any(handle is one for one in listed)
    ]
    if declared is not None:
        meant = [_creation(one, stating, checkfirst=checkfirst) for one in declared.schema.tables.values()]
        everything, missing = meant, declared.schema.incomplete
    # Types are the metadata's, whichever of its tables are meant.
    enums = {enum.key: enum for one in everything for enum in one.enums}
    ordered = in_dependency_order(meant)
    found: list[Operation] = []
    if verb == "create_all":
        found += [CreateEnum(enum, if_not_exists=True, **stating.marks) for enum in enums.values()]
        found += [replace(one, enums=()) for one in ordered]
    else:
        found += [DropTable(one.table, if_exists=checkfirst, **stating.marks) for one in reversed(ordered)]
        if stating.context.dialect == "postgresql":
            found += [DropEnum(enum.key, if_exists=True, **stating.marks) for enum in enums.values()]
    if not meant or missing or (tables is not None and (listed is None or len(meant) != len(listed))):
        found.append(stating.opaque(f"`metadata.{verb}` of tables that were not read here", creates=True))
    return tuple(found)


def tables_of(metadata: Value, name: str, models: OwnModels) -> Value:
    """Answer `metadata.tables` and `metadata.sorted_tables`; UNANSWERED where some may not have been read."""
    found, missing = models.tables_on(metadata)
    if not found or missing:
        return UNANSWERED
    handles = {made.key: handle for handle, made in found}
    if name == "tables":
        return dict(handles)
    return [handles[one.table] for one in in_dependency_order([CreateTable(made) for _, made in found])]


def declared_on(metadata: Value, models: OwnModels, declared: Declared | None) -> Declared | None:
    """Give the declared schema where `metadata` is the one that env.py compares with.

    It is where all the tables found on it are declared tables, or where none was found (the revision imports nothing
    but the base) and env.py's imports make it.
    """
    if declared is None or not isinstance(metadata, Call):
        return None
    found = [made for _, made in models.tables_on(metadata)[0]]
    if found:
        sites = [one.origin.site for one in found]
        known = all(one.key in declared.schema.tables for one in found)
        return declared if known and all(one is None or one.path in declared.reads for one in sites) else None
    site = metadata.origin.site
    return declared if site is not None and site.path in declared.reads else None


def _refuses(call: object) -> bool:
    """Whether a type is an enum that says `create_type=False`, or an array of one."""
    if not isinstance(call, TypeCall):
        return False
    return dict(call.kwargs).get("create_type") is False or any(_refuses(one) for one in call.args)


def _creation(made: Table, stating: Stating, *, checkfirst: bool) -> CreateTable:
    """Make the operation that creates a table of a model, with the enums that come along."""
    enums = [enum_of(column.type, stating.origin) for column in made.columns if not _refuses(column.type.call)]
    return CreateTable(
        in_ddl_order(replace(made, origin=made.origin if made.origin.path is not None else stating.origin)),
        tuple({one.key: one for one in enums if one is not None}.values()),
        if_not_exists=checkfirst,
        checkfirst_enums=checkfirst,
        **stating.marks,
    )


def in_dependency_order(operations: Sequence[CreateTable]) -> list[CreateTable]:
    """Give creations so that a table comes after those it refers to, as `create_all` does; circles stay as they are."""
    waiting = {one.table: one for one in operations}
    ordered: list[CreateTable] = []
    while waiting:
        free = [
            one
            for one in waiting.values()
            if not any(
                key.referred_table in waiting and key.referred_table != one.table for key in one.made.foreign_keys
            )
        ]
        for one in free or list(waiting.values()):
            ordered.append(one)
            del waiting[one.table]
    return ordered
