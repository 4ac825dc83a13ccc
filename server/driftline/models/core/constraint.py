"""Constraints and indexes: from their calls to schema values with final names.

Example: `UniqueConstraint("email")` on `users`, with a convention for `uq`, is `UniqueConstraint("uq_users_email",
("email",))`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from driftline.dataclass import dataclass, replace
from driftline.models.core.canonical import callee
from driftline.models.core.column import read_action, read_flag, read_word
from driftline.models.core.context import ColumnPlace, CoreContext
from driftline.models.core.names import plain, plain_bool, read_name
from driftline.models.core.parts import ColumnParts, ForeignKeyPart
from driftline.models.core.sql import columns_of, read_expression, unescape_text
from driftline.python.origin import origin_of
from driftline.python.values import Attribute, Call, Unknown, Value
from driftline.regex import regex
from driftline.schema import (
    CheckConstraint,
    ExcludeConstraint,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    UniqueConstraint,
    table_key,
)
from driftline.schema.constraint import Name
from driftline.schema.naming import FinalName, Kind, constraint_name

TableItem = ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | PrimaryKey | Index


@dataclass(frozen=True, slots=True)
class TableShape:
    """The table that a constraint is put on.

    Its name, its schema as the source writes it, and its columns as far as they are known.
    """

    name: str
    schema: str | None
    columns: tuple[ColumnParts, ...] = ()

    def column_name(self, key: str) -> str:
        """Give the name of the column with this key."""
        return next((one.column.name for one in self.columns if one.key == key), key)

    def key_of(self, name: str) -> str:
        """Give the key of the column with this name."""
        return next((one.key for one in self.columns if one.column.name == name and one.key), name)

    def has(self, name: str) -> bool:
        """Whether a column of this name is known to be there."""
        return any(one.column.name == name for one in self.columns)


def read_constraint(
    call: Call, table_name: str, table_schema: str | None, context: CoreContext, columns: Sequence[ColumnParts] = ()
) -> TableItem | Unknown | None:
    """Read a constraint's or index's call on the table `table_name` (`table_schema` as the source writes it).

    `columns`: the table's, as far as they are known. None where `.ddl_if(…)` keeps it out of the context's dialect.
    """
    table = TableShape(table_name, table_schema, tuple(columns))
    inner = unwrapped(call, context)
    if inner is None or isinstance(inner, Unknown):
        return inner
    reader = _READERS.get(callee(inner))
    if reader is None:
        return Unknown(f"`{callee(inner) or 'a call'}` is no constraint that is read", inner.origin)
    if inner.unpacked:
        return Unknown("arguments of the constraint were not read", inner.origin)
    return reader(inner, table, context)


def is_table_item(value: Value) -> bool:
    """Whether a value is the call of a constraint or an index, with or without `.ddl_if(…)`."""
    while isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name == "ddl_if":
        value = value.function.value
    return callee(value) in _READERS


def unwrapped(call: Call, context: CoreContext) -> Call | Unknown | None:
    """See through `.ddl_if(dialect=…)`.

    The constraint's own call, None where it does not apply to the context's dialect.
    """
    while isinstance(call.function, Attribute) and call.function.name == "ddl_if":
        wanted = plain(call.args[0] if call.args else call.kwargs.get("dialect"))
        if wanted is None or "callable_" in call.kwargs:
            return Unknown("`ddl_if` asks a function whether the constraint is there", call.origin)
        names = wanted if isinstance(wanted, list | tuple | set) else (wanted,)
        if context.dialect not in names:
            return None
        inner = call.function.value
        if not isinstance(inner, Call):
            return Unknown("`ddl_if` on something that was not read", call.origin)
        call = inner
    return call


# ---------------------------------------------------------------------------------------------------------------------
# Columns of constraints


def _column_names(values: Sequence[Value], table: TableShape, context: CoreContext) -> tuple[str, ...] | Unknown:
    """Give the names of columns named by strings (their keys) or by column values."""
    names: list[str] = []
    for one in values:
        value = plain(one)
        if isinstance(value, str):
            names.append(table.column_name(value))
            continue
        if isinstance(value, Unknown):
            return value
        place = context.locate(value)
        if place is None:
            return Unknown("a column of the constraint could not be read")
        names.append(place.column)
    return tuple(names)


def _final_name(
    kind: Kind,
    given: str | FinalName | Unknown | None,
    columns: Sequence[str],
    table: TableShape,
    context: CoreContext,
    referred: tuple[str | Unknown | None, Sequence[str]] = (None, ()),
    *,
    unique: bool | Unknown | None = None,
) -> tuple[Name, bool]:
    return constraint_name(
        kind,
        given,
        table=table.name,
        schema=table.schema,
        columns=tuple(columns),
        keys=tuple(table.key_of(one) for one in columns),
        referred_table=referred[0],
        referred_columns=tuple(referred[1]),
        unique=unique,
        convention=context.convention,
        dialect=context.dialect,
    )


def options_of(kwargs: Mapping[str, Value], context: CoreContext) -> tuple[tuple[str, object], ...]:
    """Give dialect options without the prefix of the context's dialect, and deferrable/initially, sorted.

    Other dialects' are left out.
    """
    found: dict[str, object] = {}
    prefixes = ("mysql_", "mariadb_") if context.dialect == "mariadb" else (f"{context.dialect}_",)
    for key, raw in kwargs.items():
        prefix = next((one for one in prefixes if key.startswith(one)), None)
        if prefix is None:
            continue
        name = key.removeprefix(prefix)
        # How an index is built says nothing of what it is.
        if name in ("concurrently", "if_not_exists", "not_valid") or raw is None:
            continue
        found[name] = read_expression(raw, context) if name == "where" else _option(raw, context)
    for name in ("deferrable", "initially"):
        value = read_flag(kwargs.get(name)) if name == "deferrable" else read_word(kwargs.get(name))
        if value is not None:
            found[name] = value
    return tuple(sorted(found.items()))


def _option(value: Value, context: CoreContext) -> object:
    """Turn an option's value into a hashable one: lists of columns as names, mappings as sorted pairs."""
    value = plain(value)
    if isinstance(value, dict):
        return tuple(sorted((str(key), _option(one, context)) for key, one in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_option(one, context) for one in value)
    if value is None or isinstance(value, bool | int | float | str | Unknown):
        return value
    place = context.locate(value)
    return place.column if place is not None else Unknown("an option could not be read")


# ---------------------------------------------------------------------------------------------------------------------
# One reader a kind


def _unique(call: Call, table: TableShape, context: CoreContext) -> UniqueConstraint | Unknown:
    columns = _column_names(call.args, table, context)
    if isinstance(columns, Unknown):
        return replace(columns, origin=call.origin)
    return unique_of(columns, read_name(call.kwargs.get("name")), table, context, call)


def unique_of(
    columns: tuple[str, ...],
    given: str | FinalName | Unknown | None,
    table: TableShape,
    context: CoreContext,
    call: Call,
) -> UniqueConstraint:
    """Make a unique constraint over `columns`."""
    name, made = _final_name("uq", given, columns, table, context)
    return UniqueConstraint(name, columns, options_of(call.kwargs, context), convention=made, origin=call.origin)


def _primary_key(call: Call, table: TableShape, context: CoreContext) -> PrimaryKey | Unknown:
    columns = _column_names(call.args, table, context)
    if isinstance(columns, Unknown):
        return replace(columns, origin=call.origin)
    name, _ = _final_name("pk", read_name(call.kwargs.get("name")), columns, table, context)
    return PrimaryKey(name, columns, origin=call.origin)


def _check(call: Call, table: TableShape, context: CoreContext) -> CheckConstraint:
    text = call.args[0] if call.args else call.kwargs.get("sqltext")
    given = read_name(call.args[1] if len(call.args) > 1 else call.kwargs.get("name"))
    name, made = _final_name("ck", given, list(dict.fromkeys(columns_of(text, context))), table, context)
    return CheckConstraint(name, read_expression(plain(text), context), convention=made, origin=call.origin)


def _exclude(call: Call, table: TableShape, context: CoreContext) -> ExcludeConstraint | Unknown | None:
    if context.dialect != "postgresql":
        return None
    elements: list[tuple[str, str]] = []
    mentioned: list[str] = []
    for pair in call.args:
        if not isinstance(pair, list | tuple) or len(pair) != 2:  # noqa: PLR2004 -- expression and operator
            return Unknown("an element of the EXCLUDE constraint could not be read", call.origin)
        target, operator = pair
        if not isinstance(operator, str):
            return Unknown("an operator of the EXCLUDE constraint could not be read", call.origin)
        text = table.column_name(target) if isinstance(target, str) else read_expression(target, context)
        if isinstance(text, Unknown):
            return replace(text, origin=call.origin)
        mentioned += [text] if isinstance(target, str) else list(columns_of(target, context))
        elements.append((text, operator))
    using = plain(call.kwargs.get("using", "gist"))
    options: list[tuple[str, object]] = [("using", using)]
    if call.kwargs.get("where") is not None:
        options.append(("where", read_expression(plain(call.kwargs["where"]), context)))
    options += [one for one in options_of(call.kwargs, context) if one[0] in ("deferrable", "initially")]
    # SQLAlchemy looks conventions up along the class hierarchy; ExcludeConstraint is none of the named kinds.
    given = read_name(call.kwargs.get("name"))
    return ExcludeConstraint(
        str(given) if isinstance(given, str) else given, tuple(elements), tuple(sorted(options)), origin=call.origin
    )


def _foreign_key(call: Call, table: TableShape, context: CoreContext) -> ForeignKey | Unknown:
    parameters = ("columns", "refcolumns", "name", "onupdate", "ondelete", "deferrable", "initially", "use_alter")
    given = dict(call.kwargs) | dict(zip(parameters, call.args, strict=False))
    local, referred = given.get("columns"), given.get("refcolumns")
    if not isinstance(local, list | tuple) or not isinstance(referred, list | tuple):
        return Unknown("the columns of the foreign key could not be read", call.origin)
    columns = _column_names(local, table, context)
    if isinstance(columns, Unknown):
        return replace(columns, origin=call.origin)
    part = ForeignKeyPart(
        target=None,
        name=read_name(given.get("name")),
        ondelete=read_action(given.get("ondelete")),
        onupdate=read_action(given.get("onupdate")),
        deferrable=read_flag(given.get("deferrable")),
        initially=read_word(given.get("initially")),
        match=read_word(given.get("match")),
        use_alter=plain_bool(given.get("use_alter"), default=False) is True,
        origin=call.origin,
    )
    return foreign_key_of(columns, [plain(one) for one in referred], part, table, context)


def foreign_key_of(
    columns: tuple[str, ...], targets: Sequence[Value], part: ForeignKeyPart, table: TableShape, context: CoreContext
) -> ForeignKey | Unknown:
    """Make a foreign key from `columns` to `targets` (strings or column values), with the options of `part`."""
    places = [read_target(one, local, context) for one, local in zip(targets, columns, strict=False)]
    first = places[0] if places else Unknown("the foreign key refers to nothing")
    unknown = next((one for one in places if isinstance(one, Unknown)), None)
    if isinstance(first, Unknown) or unknown is not None:
        reason = unknown or first
        why = reason if isinstance(reason, Unknown) else Unknown("the target could not be read")
        name, made = _final_name("fk", part.name, columns, table, context, (why, ()))
        referred_key: str | Unknown = why
        referred_columns: tuple[str, ...] = ()
    else:
        referred_columns = tuple(one.column for one in places if isinstance(one, ColumnPlace))
        schema = first.schema if first.schema is not None else context.metadata_schema
        referred_key = table_key(context.schema_key(schema), first.table or "")
        name, made = _final_name("fk", part.name, columns, table, context, (first.table, referred_columns))
    return ForeignKey(
        name,
        columns,
        referred_key,
        referred_columns,
        ondelete=part.ondelete,
        onupdate=part.onupdate,
        deferrable=part.deferrable,
        initially=part.initially,
        match=part.match,
        use_alter=part.use_alter,
        convention=made,
        origin=part.origin,
    )


def read_target(value: Value, local: str, context: CoreContext) -> ColumnPlace | Unknown:
    """Find what a `ForeignKey`'s target means: `"schema.table.column"`, or a column value.

    A table alone means its column called `local`.
    """
    value = plain(value)
    if isinstance(value, str):
        parts = value.split(".")
        if len(parts) == 1:
            return ColumnPlace(None, parts[0], local)
        return ColumnPlace(".".join(parts[:-2]) or None, parts[-2], parts[-1])
    if isinstance(value, Unknown):
        return value
    place = context.locate(value)
    if place is None or place.table is None:
        return Unknown("the column that the foreign key refers to could not be found")
    return place


# ---------------------------------------------------------------------------------------------------------------------
# Indexes

_NAME = regex(r"\w+")
_BEHIND_TEXT = regex(
    r'(\s+collate\s+(?:[\w.]+|(?:\w+\.)?"[^"]+"))?(\s+\w+_ops)?(\s+(?:asc|desc))?(\s+nulls\s+(?:first|last))?\s*\Z',
    re.IGNORECASE,
)
"""What orders an element that is text. It finds the longest such end, if an empty one."""
_COLLATED = regex(r"\(([^()]+\s+collate\s+[^()]+)\)", re.IGNORECASE)
"""An element in parentheses with its collation."""
_MODIFIER_METHODS = {
    "desc": "desc",
    "asc": "asc",
    "nulls_first": "nulls first",
    "nullsfirst": "nulls first",
    "nulls_last": "nulls last",
    "nullslast": "nulls last",
}


def _index(call: Call, table: TableShape, context: CoreContext) -> Index:
    given = read_name(call.args[0] if call.args else call.kwargs.get("name"))
    expressions = call.args[1:] if call.args else call.kwargs.get("expressions", ())
    return index_of(
        given, list(expressions), plain_bool(call.kwargs.get("unique"), default=False), table, context, call
    )


def index_of(
    given: str | FinalName | Unknown | None,
    expressions: Sequence[Value],
    unique: bool | Unknown,  # noqa: FBT001 -- a fact, passed on
    table: TableShape,
    context: CoreContext,
    call: Call,
) -> Index:
    """Make an index over `expressions` (column keys, column values, SQL)."""
    elements = [index_element(one, table.column_name, context, known=table.has) for one in expressions]
    mentioned: list[str] = []
    for expression, element in zip(expressions, elements, strict=True):
        # A convention sees the first column of each expression, and nothing of SQL that is given as text.
        columns = (
            [element.column]
            if element.column is not None and not is_text(expression)
            else list(columns_of(expression, context))
        )
        mentioned += columns[:1]
    name, made = _final_name("ix", given, mentioned, table, context, unique=unique)
    return Index(name, tuple(elements), unique, options_of(call.kwargs, context), convention=made, origin=call.origin)


def is_text(value: Value) -> bool:
    """Whether an element is SQL given as text."""
    return callee(value) in ("sqlalchemy.text", "sqlalchemy.literal_column")


def index_element(
    value: Value, column_name: Callable[[str], str], context: CoreContext, *, known: Callable[[str], bool] | None = None
) -> IndexElement:
    """Read one element of an index: a column's key, a column value, or an expression, with what orders it.

    `column_name` gives the name for a key. `known`: whether the table has a column of a name; text such as `x DESC` is
    then seen as that column.
    """
    value = plain(value)
    if isinstance(value, str):
        name = column_name(value)
        return IndexElement(name, name)
    modifiers: list[str] = []
    while isinstance(value, Call):
        method = value.function.name if isinstance(value.function, Attribute) else ""
        path = callee(value)
        if method in _MODIFIER_METHODS and not value.args:
            modifiers.insert(0, _MODIFIER_METHODS[method])
            value = value.function.value
        elif path.removeprefix("sqlalchemy.") in _MODIFIER_METHODS and path.startswith("sqlalchemy.") and value.args:
            modifiers.insert(0, _MODIFIER_METHODS[path.removeprefix("sqlalchemy.")])
            value = value.args[0]
            if isinstance(value, str):
                return IndexElement(column_name(value), column_name(value), tuple(modifiers))
        elif (collated := _collated(value, method)) is not None:
            value, collation = collated
            modifiers.insert(0, f'collate "{collation}"')
        else:
            break
    place = context.locate(value)
    if place is not None:
        return IndexElement(place.column, place.column, tuple(modifiers))
    if is_text(value) and isinstance(value, Call) and value.args and isinstance(value.args[0], str):
        return text_element(unescape_text(value.args[0]), known, tuple(modifiers))
    sql = read_expression(value, context)
    return IndexElement(None, sql if isinstance(sql, str) else replace(sql, origin=origin_of(value)), tuple(modifiers))


def _collated(value: Call, method: str) -> tuple[Value, str] | None:
    """Give the column and the collation of `column.collate("C")` and `sa.collate(column, "C")`; None for all else."""
    inner: Sequence[Value] = ()
    if method == "collate" and isinstance(value.function, Attribute):
        inner = (value.function.value, *value.args)
    elif callee(value) == "sqlalchemy.collate":
        inner = value.args
    return (inner[0], inner[1]) if len(inner) > 1 and isinstance(inner[1], str) else None


def text_element(text: str, known: Callable[[str], bool] | None, modifiers: tuple[str, ...] = ()) -> IndexElement:
    """Read an element that is SQL text.

    A column of the table or an expression, with COLLATE, an operator class, ASC or DESC, NULLS FIRST or LAST behind it.
    """
    inner = _COLLATED.fullmatch(text.strip())
    text = inner[1] if inner is not None else text
    behind = _BEHIND_TEXT.search(text)
    collation, *orders = behind.groups() if behind is not None else (None,)
    written = tuple(" ".join(one.lower().split()) for one in orders if one)
    collated = (f"collate {collation.split(maxsplit=1)[1].rpartition('.')[2]}",) if collation else ()
    sql = (text[: behind.start()] if behind is not None else text).strip()
    name = sql[1:-1] if sql[:1] == sql[-1:] == '"' else sql
    if not _NAME.fullmatch(name) or (known is not None and not known(name)):
        return IndexElement(None, sql, (*collated, *(modifiers or written)))
    return IndexElement(name, name, (*collated, *(modifiers or written)))


_Reader = Callable[[Call, TableShape, CoreContext], TableItem | Unknown | None]

_READERS: dict[str, _Reader] = {
    "sqlalchemy.UniqueConstraint": _unique,
    "sqlalchemy.PrimaryKeyConstraint": _primary_key,
    "sqlalchemy.CheckConstraint": _check,
    "sqlalchemy.ForeignKeyConstraint": _foreign_key,
    "sqlalchemy.Index": _index,
    "sqlalchemy.dialects.postgresql.ExcludeConstraint": _exclude,
}
