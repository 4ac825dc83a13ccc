"""Names as the database understands them: which table, column, index or type an operation means by what it writes.

PostgreSQL looks a name without a schema up along the search path, and makes new things in its first schema. SQLite
takes any case for the same name; MySQL does for columns and indexes, and for tables where its files do (a table that is
there under another case is taken for the one that is meant).

Sources: PostgreSQL's manual, "The Schema Search Path"; SQLite's "SQL As Understood By SQLite"; MySQL's manual,
"Identifier Case Sensitivity".

Invariant: changes names alone, and gives the operation itself where they mean what they say, which is nearly always.

Example: after `SET search_path TO app`, `CreateTable(Table("users", …))` is one of `app.users`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from driftline.dataclass import replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    CreateConstraint,
    CreateEnum,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropEnum,
    DropIndex,
    DropTable,
    Inherit,
    Opaque,
    Operation,
    RenameEnum,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
    SetEnumValues,
)
from driftline.migrations.working import Working, split_key
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    IndexElement,
    Table,
    table_key,
)

CASELESS = frozenset({"sqlite", *MYSQL_FAMILY})


def as_meant(work: Working, operation: Operation) -> Operation:
    """Give `operation` with the names that the state has for what it is about."""
    if work.dialect == "postgresql":
        path = work.search_path
        return _Path(work, path, operation.outright).resolved(operation) if path else operation
    return _in_its_case(work, operation) if work.dialect in CASELESS else operation


# The search path -----------------------------------------------------------------------------------------------------


class _Path:
    """The search path that is set: the schemas to look in, and first of all the one that new things go to."""

    def __init__(self, work: Working, schemas: tuple[str | None, ...], outright: frozenset[str]) -> None:
        self._work = work
        self._schemas = schemas
        self._outright = outright
        """Names that mean the default schema's."""
        self._made: str | None = None
        """The key of the table that the operation makes, as it is written."""

    def resolved(self, operation: Operation) -> Operation:
        """Give `operation` with every name that has no schema as it is found along the path."""
        changes: dict[str, Any] = {}
        match operation:
            case CreateTable(made=made):
                self._made = made.key
                changes["made"] = self._table(made)
                changes["enums"] = tuple(
                    replace(one, schema=self._schema_of_new(one.schema, one.name)) for one in operation.enums
                )
                changes["likes"] = tuple(replace(one, table=self._key(one.table)) for one in operation.likes)
                changes["parents"] = tuple(
                    replace(one, table=changes["made"].key, parent=self._key(one.parent)) for one in operation.parents
                )
            case CreateEnum(enum=enum):
                changes["enum"] = replace(enum, schema=self._schema_of_new(enum.schema, enum.name))
            case DropEnum() | AddEnumValue() | RenameEnumValue() | SetEnumValues():
                changes["enum"] = self._type_key(operation.enum)
            case RenameEnum():
                changes["enum"] = self._type_key(operation.enum)
                if operation.new_schema is None and operation.new_name != split_key(operation.enum)[1]:
                    changes["new_schema"] = split_key(changes["enum"])[0]
            case Opaque(tables=tables):
                changes["tables"] = tables if tables is None else frozenset(map(self._key, tables))
            case DropTable(along=along):
                changes = {"table": self._key(operation.table), "along": frozenset(map(self._key, along))}
            case DropIndex() | RenameIndex():
                if operation.table is not None:
                    changes["table"] = self._key(operation.table)
                name = operation.name
                if operation.schema is None and isinstance(name, str) and name not in self._outright:
                    holding = (one for one in self._schemas if self._work.relation_taken(one, name))
                    changes["schema"] = next(holding, None)
            case _ if operation.table is not None:
                changes = self._on_table(operation, operation.table)
        return replace(operation, **changes) if changes else operation

    def _on_table(self, operation: Operation, table: str) -> dict[str, Any]:
        changes: dict[str, Any] = {"table": self._key(table)}
        match operation:
            case RenameTable(new_schema=None) if operation.new_name != split_key(table)[1]:
                changes["new_schema"] = split_key(changes["table"])[0]
            case AddColumn():
                changes["column"] = self._column(operation.column)
                changes["constraints"] = tuple(map(self._item, operation.constraints))
            case AlterColumn(type=type_) if type_ is not None and type_.enum is not None:
                changes["type"] = replace(type_, enum=self._type_key(type_.enum))
            case CreateConstraint():
                changes["constraint"] = self._item(operation.constraint)
            case Inherit():
                changes["parent"] = self._key(operation.parent)
        return changes

    def _table(self, made: Table) -> Table:
        return replace(
            made,
            schema=self._schema_of_new(made.schema, made.name),
            columns=tuple(map(self._column, made.columns)),
            foreign_keys=tuple(map(self._item, made.foreign_keys)),
        )

    def _column(self, column: Column) -> Column:
        enum = column.type.enum
        return column if enum is None else replace(column, type=replace(column.type, enum=self._type_key(enum)))

    def _item(self, one: Any) -> Any:  # noqa: ANN401 -- a constraint or an index, of the same class
        if not isinstance(one, ForeignKey) or not isinstance(one.referred_table, str):
            return one
        if one.referred_table == self._made:
            schema, name = split_key(self._made)
            return replace(one, referred_table=table_key(self._schema_of_new(schema, name), name))
        return replace(one, referred_table=self._key(one.referred_table))

    def _schema_of_new(self, schema: str | None, name: str) -> str | None:
        return self._schemas[0] if schema is None and name not in self._outright else schema

    def _key(self, key: str) -> str:
        work = self._work
        return self._found(key, lambda one: one in work.tables or one in work.views)

    def _type_key(self, key: str) -> str:
        return self._found(key, self._work.enums.__contains__)

    def _found(self, key: str, there: Any) -> str:  # noqa: ANN401 -- a test of a key
        schema, name = split_key(key)
        if schema is not None or name in self._outright:
            return key
        candidates = [table_key(one, name) for one in self._schemas]
        found = next((one for one in candidates if there(one)), None)
        return found if found is not None else key if there(key) else candidates[0]


# The case of names ---------------------------------------------------------------------------------------------------


def _in_its_case(work: Working, operation: Operation) -> Operation:
    changes: dict[str, Any] = {}
    if isinstance(operation, CreateTable):
        made = _table_in_its_case(work, operation.made)
        likes = tuple(replace(one, table=_table_meant(work, one.table)) for one in operation.likes)
        if made is not operation.made or likes != operation.likes:
            return replace(operation, made=made, likes=likes)
        return operation
    written = operation.table
    key = _table_meant(work, written) if written is not None else None
    if key != written:
        changes["table"] = key
        if isinstance(operation, RenameTable) and operation.new_schema == split_key(written or "")[0]:
            changes["new_schema"] = split_key(key or "")[0]
    table = work.tables.get(key) if key is not None else None
    names = {one.name: one.name for one in table.columns} if table is not None else {}
    if isinstance(operation, DropIndex) and isinstance(operation.name, str):
        changes |= _changed("name", operation.name, _index_in_its_case(work, table, operation.name))
    elif isinstance(operation, DropTable):
        changes |= _changed("along", operation.along, frozenset(_table_meant(work, one) for one in operation.along))
    elif isinstance(operation, DropColumn | AlterColumn):
        changes |= _changed("column", operation.column, _spelled(operation.column, names))
    elif isinstance(operation, AddColumn):
        column = operation.column
        name = _spelled(column.name, names)
        if name != column.name:
            changes["column"] = replace(column, name=name)
        items = tuple(_item_in_its_case(work, one, {**names, name: name}) for one in operation.constraints)
        changes |= _changed("constraints", operation.constraints, items)
    elif isinstance(operation, CreateIndex):
        changes |= _changed("index", operation.index, _item_in_its_case(work, operation.index, names))
    elif isinstance(operation, CreateConstraint):
        changes |= _changed("constraint", operation.constraint, _item_in_its_case(work, operation.constraint, names))
    return replace(operation, **changes) if changes else operation


def _table_meant(work: Working, key: str) -> str:
    """Give the key of the table that is meant: on MySQL `shop.users` is `users`, where it is that database's own.

    Its name is known to the server alone. So it is taken for the one that is named where no table of another database
    of that name is known, and a table of its own is called like that.
    """
    found = work.spelled(key)
    schema, name = split_key(found)
    if schema is None or found in work.tables or work.dialect not in MYSQL_FAMILY:
        return found
    own = work.spelled(name)
    return own if own in work.tables and all(one.schema != schema for one in work.tables.values()) else found


def _changed(name: str, before: object, after: object) -> dict[str, Any]:
    return {} if before == after else {name: after}


def _table_in_its_case(work: Working, made: Table) -> Table:
    """Give a new table with its keys in the case of its columns; on SQLite one whose name is taken has that name."""
    names = {one.name: one.name for one in made.columns}
    parts: dict[str, Any] = {}
    if work.dialect == "sqlite":
        parts |= _changed("name", made.name, split_key(work.spelled(made.key))[1])
    primary = made.primary_key
    if any(one not in names for one in primary.columns):
        columns = tuple(_spelled(one, names) for one in primary.columns)
        parts |= _changed("primary_key", primary, replace(primary, columns=columns))
    for name in ("foreign_keys", "unique_constraints", "indexes"):
        items: tuple[Any, ...] = getattr(made, name)
        parts |= _changed(name, items, tuple(_item_in_its_case(work, one, names, made) for one in items))
    return replace(made, **parts) if parts else made


def _item_in_its_case(
    work: Working,
    one: Any,  # noqa: ANN401 -- a constraint or an index, of the same class as what comes back
    names: Mapping[str, str],
    made: Table | None = None,
) -> Any:  # noqa: ANN401
    if isinstance(one, Index):
        return _index_with(one, names)
    if isinstance(one, CheckConstraint | ExcludeConstraint):
        return one
    columns = tuple(_spelled(column, names) for column in one.columns)
    if isinstance(one, ForeignKey):
        target = one.referred_table
        if isinstance(target, str):
            if made is not None and made.key.lower() == target.lower():
                target, there = made.key, names
            else:
                target = _table_meant(work, target)
                table = work.tables.get(target)
                there = {column.name: column.name for column in table.columns} if table is not None else {}
            referred = tuple(_spelled(column, there) for column in one.referred_columns)
            if (target, referred) != (one.referred_table, one.referred_columns):
                one = replace(one, referred_table=target, referred_columns=referred)
    return one if columns == one.columns else replace(one, columns=columns)


def _index_with(index: Index, names: Mapping[str, str]) -> Index:
    if all(one.column is None or one.column in names for one in index.elements):
        return index
    elements = tuple(
        one if one.column is None else _element_with(one, _spelled(one.column, names)) for one in index.elements
    )
    return replace(index, elements=elements)


def _element_with(one: IndexElement, column: str) -> IndexElement:
    return replace(one, column=column, sql=column if one.sql == one.column else one.sql)


def _index_in_its_case(work: Working, table: Table | None, name: str) -> str:
    """Give the name of the index that is meant by `name`: one of `table`, or of any where none is named."""
    named = [one.name for one in table.indexes if isinstance(one.name, str)] if table is not None else []
    if name in named:
        return name
    if table is None and work.dialect == "sqlite" and not work.relation_taken(None, name):
        named = [one.name for other in work.tables.values() for one in other.indexes if isinstance(one.name, str)]
    return _spelled(name, named)


def _spelled(name: str, names: Iterable[str]) -> str:
    """Give the one of `names` that is `name` in another case; `name` itself where it is one, or none is."""
    if name in names:
        return name
    folded = name.lower()
    return next((one for one in names if one.lower() == folded), name)
