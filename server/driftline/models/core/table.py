"""Tables: columns and constraints put together as SQLAlchemy's `Table` does it.

Example: `read_table("users", None, (Call of Column …,), {}, context)` is a `Table` whose constraints have their final
names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from driftline.dataclass import dataclass, field, replace
from driftline.models.core.canonical import callee
from driftline.models.core.column import named, read_column
from driftline.models.core.constraint import (
    TableShape,
    foreign_key_of,
    index_of,
    is_table_item,
    read_constraint,
    unique_of,
)
from driftline.models.core.context import CoreContext
from driftline.models.core.names import plain
from driftline.models.core.parts import ColumnParts
from driftline.models.core.spatial import spatial_index
from driftline.models.core.types import NOT_SAID
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Call, Unknown, Value
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
)
from driftline.schema.character_set import CharacterSet, character_set
from driftline.schema.naming import constraint_name
from driftline.schema.rendering import affinity, is_enum, is_not_native, item_type, keyword, quote_literal

Lookup = Callable[[str], Table | None]
"""Gives the table with a key, None where there is none (yet)."""


@dataclass(slots=True)
class _Draft:
    """What a table consists of so far."""

    columns: list[ColumnParts] = field(default_factory=list)
    primary_key: PrimaryKey | None = None
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    unique_constraints: list[UniqueConstraint] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    checks: list[CheckConstraint] = field(default_factory=list)
    excludes: list[ExcludeConstraint] = field(default_factory=list)
    incomplete: list[Unknown] = field(default_factory=list)


def read_table(
    name: str,
    schema: str | None,
    items: Sequence[Value | ColumnParts],
    kwargs: Mapping[str, Value],
    context: CoreContext,
    origin: Origin = NOWHERE,
    lookup: Lookup | None = None,
) -> Table:
    """Put a table together from the calls of its columns, constraints and indexes.

    Columns may have been read already.

    `schema` is as the source writes it. `kwargs`: the other arguments of `Table(…)` (`comment` and MySQL's character
    set matter). `lookup` finds the tables whose columns' types a column without a type takes over.
    """
    context = replace(context, table_schema=schema)
    draft = _Draft()
    rest: list[Call] = []
    for item in items:
        _sort_item(item, draft, rest, context)
    shape = TableShape(name, schema, tuple(draft.columns))
    for parts in draft.columns:
        _add_column_items(parts, draft, shape, context)
    # A key that a column states is made when the column comes to the table: after those that stand for themselves.
    stated, draft.foreign_keys = draft.foreign_keys, []
    for call in rest:
        _add_table_item(call, draft, shape, context)
    draft.foreign_keys += stated
    primary_key = _primary_key(draft, shape, context, origin)
    columns = tuple(_finished(parts, primary_key, draft, context) for parts in draft.columns)
    comment = plain(kwargs.get("comment"))
    table = Table(
        name,
        context.schema_key(schema),
        columns,
        primary_key,
        tuple(draft.foreign_keys),
        tuple(draft.unique_constraints),
        tuple(draft.indexes),
        tuple(draft.checks),
        tuple(draft.excludes),
        comment=comment if isinstance(comment, str) else None,
        charset=_charset(kwargs, context.dialect),
        incomplete=tuple(draft.incomplete),
        origin=origin,
    )
    return with_types(table, lookup or (lambda _key: None))


def _charset(kwargs: Mapping[str, Value], dialect: str) -> CharacterSet | None:
    """Give MySQL's character set as the options of a table say it."""
    prefix = f"{dialect}_"
    said = {
        name.removeprefix(prefix).removeprefix("default_"): plain(value)
        for name, value in kwargs.items()
        if name.startswith(prefix)
    }
    name, collation = said.get("charset", said.get("character_set")), said.get("collate")
    if isinstance(name, Unknown) or isinstance(collation, Unknown):
        return None
    return character_set(name if isinstance(name, str) else None, collation if isinstance(collation, str) else None)


_NO_ITEMS = frozenset(f"sqlalchemy.{name}" for name in ("Computed", "Identity", "Sequence", "DDL", "MetaData"))
"""What may stand among the items of a table, and changes nothing there."""


def _sort_item(item: Value | ColumnParts, draft: _Draft, rest: list[Call], context: CoreContext) -> None:
    if isinstance(item, ColumnParts):
        _add_column(item, draft)
    elif isinstance(item, Call) and callee(item) in ("sqlalchemy.Column", "sqlalchemy.orm.mapped_column"):
        _add_column(read_column(item, context), draft)
    elif isinstance(item, Call) and is_table_item(item):
        rest.append(item)
    elif callee(item) in _NO_ITEMS:
        return
    elif item is not None:
        unknown = item if isinstance(item, Unknown) else Unknown("an item of the table could not be read")
        draft.incomplete.append(unknown)


def _add_column(parts: ColumnParts, draft: _Draft) -> None:
    draft.incomplete += parts.unknown
    if parts.system:
        return
    if not isinstance(parts.name, str):
        draft.incomplete.append(parts.name or Unknown("a column has no name", parts.column.origin))
        return
    if parts.column.name != parts.name:
        parts = named(parts, parts.name)
    for at, other in enumerate(draft.columns):
        if other.column.name == parts.name:
            draft.columns[at] = parts
            return
    draft.columns.append(parts)


def _add_column_items(parts: ColumnParts, draft: _Draft, shape: TableShape, context: CoreContext) -> None:
    """Add what a column says about its table: `index=`, `unique=`, foreign keys, checks, and the check of its type."""
    name = parts.column.name
    call = Call(None, (), {}, parts.column.origin)
    for flag in (parts.index, parts.unique, parts.primary_key):
        if isinstance(flag, Unknown):
            draft.incomplete.append(flag)
    if parts.index is True:
        draft.indexes.append(index_of(None, [parts.key or name], parts.unique, shape, context, call))
    elif parts.unique is True and not isinstance(parts.index, Unknown):
        draft.unique_constraints.append(unique_of((name,), None, shape, context, call))
    for part in parts.foreign_keys:
        made = foreign_key_of((name,), [part.target], part, shape, context)
        if isinstance(made, ForeignKey):
            draft.foreign_keys.append(made)
        else:
            draft.incomplete.append(made)
    for check in parts.checks:
        _add_table_item(check, draft, shape, context)
        if draft.checks:
            draft.checks[-1] = replace(draft.checks[-1], of_column=name)
    spatial = spatial_index(parts, shape, context)
    if isinstance(spatial, Unknown):
        draft.incomplete.append(spatial)
    elif spatial is not None:
        draft.indexes.append(spatial)
    bound = _type_check(parts, shape, context)
    if bound is not None:
        draft.checks.append(bound)


def _add_table_item(call: Call, draft: _Draft, shape: TableShape, context: CoreContext) -> None:
    made = read_constraint(call, shape.name, shape.schema, context, shape.columns)
    match made:
        case PrimaryKey():
            draft.primary_key = made
        case ForeignKey():
            draft.foreign_keys.append(made)
        case UniqueConstraint():
            # A unique constraint over no columns is left out of DDL.
            if made.columns:
                draft.unique_constraints.append(made)
        case Index():
            draft.indexes.append(made)
        case CheckConstraint():
            draft.checks.append(made)
        case ExcludeConstraint():
            draft.excludes.append(made)
        case Unknown():
            draft.incomplete.append(made)


def _type_check(parts: ColumnParts, shape: TableShape, context: CoreContext) -> CheckConstraint | None:
    """Make the CHECK that `Enum(create_constraint=True)` or `Boolean(create_constraint=True)` brings along.

    Only where the dialect has no such type.
    """
    call = parts.type_call
    item = item_type(call, context.dialect) if call is not None else None
    if call is None or item is None or keyword(item, "create_constraint", default=_first(item)) is not True:
        return None
    column = parts.column.name
    if is_enum(item):
        if not is_not_native(item) and context.dialect in ("postgresql", "mysql", "mariadb"):
            return None
        labels = parts.column.type.labels or ()
        sql = f"{column} IN ({', '.join(quote_literal(one) for one in labels)})"
    elif item.path in ("sqlalchemy.Boolean", "sqlalchemy.BOOLEAN"):
        if context.dialect in ("postgresql", "mssql"):
            return None
        sql = f"{column} IN (0, 1)"
    else:
        return None
    given = keyword(item, "name")
    name, made = constraint_name(
        "ck",
        given if isinstance(given, str) else None,
        table=shape.name,
        schema=shape.schema,
        columns=(column,),
        convention=context.convention,
        dialect=context.dialect,
    )
    return CheckConstraint(name, sql, type_bound=True, convention=made, origin=parts.column.origin)


def _first(item: object) -> object:
    """`Boolean(True)`: the first positional argument is `create_constraint`."""
    path, args = getattr(item, "path", ""), getattr(item, "args", ())
    return args[0] if path in ("sqlalchemy.Boolean", "sqlalchemy.BOOLEAN") and args else False


def _primary_key(draft: _Draft, shape: TableShape, context: CoreContext, origin: Origin) -> PrimaryKey:
    """Give the primary key: the explicit constraint, with columns that say so themselves when it names none."""
    flagged = tuple(parts.column.name for parts in draft.columns if parts.primary_key is True)
    explicit = draft.primary_key
    if explicit is not None and explicit.columns:
        return explicit
    if not flagged:
        return PrimaryKey(None, (), origin=origin)
    given = explicit.name if explicit is not None else None
    if given is not None:
        return replace(explicit, columns=flagged) if explicit is not None else PrimaryKey(given, flagged)
    name, _ = constraint_name(
        "pk",
        None,
        table=shape.name,
        schema=shape.schema,
        columns=flagged,
        convention=context.convention,
        dialect=context.dialect,
    )
    stated = next((parts.column.origin for parts in draft.columns if parts.primary_key is True), origin)
    return PrimaryKey(name, flagged, origin=explicit.origin if explicit is not None else stated)


def _finished(parts: ColumnParts, primary_key: PrimaryKey, draft: _Draft, context: CoreContext) -> Column:
    """Give the column as the whole table makes it.

    NOT NULL in the primary key unless it says otherwise, SERIAL where SQLAlchemy would.
    """
    column = parts.column
    if column.name not in primary_key.columns:
        return column
    if not parts.nullable_given and column.nullable is not False:
        column = replace(column, nullable=False)
    if context.dialect == "postgresql" and is_autoincrement(parts, primary_key, draft.foreign_keys, context.dialect):
        column = replace(column, serial=True)
    return column


def is_autoincrement(
    parts: ColumnParts, primary_key: PrimaryKey, foreign_keys: Sequence[ForeignKey], dialect: str
) -> bool:
    """Whether a primary key column is the table's autoincrement column, and SERIAL on PostgreSQL.

    The rules are those of `PrimaryKeyConstraint._autoincrement_column`.
    """
    column = parts.column
    if column.identity is not None or parts.has_default or column.computed is not None:
        return False
    said = "auto" if column.autoincrement is None else column.autoincrement
    if said is False or (len(primary_key.columns) > 1 and said is not True):
        return False
    kind = affinity(parts.type_call, dialect) if parts.type_call is not None else None
    if kind not in ("integer", "smallint", "bigint"):
        return False
    if said is True:
        return True
    if column.server_default is not None:
        return False
    referring = bool(parts.foreign_keys) or any(column.name in one.columns for one in foreign_keys)
    return not referring or said == "ignore_fk"


def with_types(table: Table, lookup: Lookup) -> Table:
    """Give columns that name no type the type of the column that their foreign key refers to, as `lookup` has it."""
    if not any(column.type.unknown == NOT_SAID for column in table.columns):
        return table
    columns = tuple(_with_type(column, table, lookup) for column in table.columns)
    return replace(table, columns=columns)


def _with_type(column: Column, table: Table, lookup: Lookup) -> Column:
    seen: set[tuple[str, str]] = set()
    holder: Table | None = table
    current: Column | None = column
    while holder is not None and current is not None and current.type.unknown == NOT_SAID:
        if (holder.key, current.name) in seen:
            return column
        seen.add((holder.key, current.name))
        name = current.name
        reference = next(
            (one for one in holder.foreign_keys if name in one.columns and isinstance(one.referred_table, str)), None
        )
        if reference is None or not isinstance(reference.referred_table, str):
            return column
        at = reference.columns.index(name)
        if at >= len(reference.referred_columns):
            return column
        holder = holder if reference.referred_table == holder.key else lookup(reference.referred_table)
        current = holder.column(reference.referred_columns[at]) if holder is not None else None
    return column if current is None else replace(column, type=current.type, collation=current.collation)
