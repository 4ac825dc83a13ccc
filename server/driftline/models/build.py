"""From the records of a run to schema values, for one dialect.

Example: `build_tables(records.tables, records, runner, "postgresql")["users"]` is the table of `class User`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from driftline.dataclass import replace
from driftline.models.core import (
    NOT_SAID,
    ColumnParts,
    CoreContext,
    Runner,
    named,
    read_column,
    read_table,
    read_type,
    with_types,
)
from driftline.models.declared import MappedClass
from driftline.models.kept_tables import KeptTables
from driftline.models.records import DraftColumn, MappedRecord, Records, TableRecord
from driftline.python.values import Unknown, Value
from driftline.schema import Enum, Table, table_key


def build_tables(
    wanted: Iterable[TableRecord], records: Records, runner: Runner, dialect: str, kept: KeptTables | None = None
) -> dict[str, Table]:
    """Give the tables of the records, by key, in order. `kept`: those that were built the last time.

    A column without a type takes over that of the column it refers to.
    """
    made: dict[str, Table] = {}
    kept = kept or KeptTables()
    for record in wanted:
        table = kept.of(record, dialect, records, partial(_table, record, records, runner, dialect))
        made[table.key] = table
    return {key: with_types(table, made.get) for key, table in made.items()}


def _context(record: TableRecord, records: Records, runner: Runner, dialect: str) -> CoreContext:
    return CoreContext(
        dialect,
        record.convention,
        metadata_schema=record.metadata.schema,
        runner=runner,
        locate=records.locate,
        type_at=records.type_at,
    )


def record_key(record: TableRecord, dialect: str) -> str:
    """Give the key of the table that a record becomes."""
    return table_key(CoreContext(dialect).schema_key(record.schema), record.name)


def _table(record: TableRecord, records: Records, runner: Runner, dialect: str) -> Table:
    context = _context(record, records, runner, dialect)
    inner = replace(context, table_schema=record.schema)
    items: list[Value | ColumnParts] = [
        _parts(item, inner) if isinstance(item, DraftColumn) else item for item in record.items
    ]
    table = read_table(record.name, record.schema, items, record.kwargs, context, record.origin)
    if record.metadata.unknown is not None:
        table = replace(table, incomplete=(*table.incomplete, record.metadata.unknown))
    if record.incomplete:
        table = replace(table, incomplete=(*table.incomplete, *record.incomplete))
    return replace(table, conditional=True) if record.conditional else table


def _parts(draft: DraftColumn, context: CoreContext) -> ColumnParts:
    """Read a column's call, and add what its annotation and its attribute say."""
    parts = read_column(draft.call, context)
    parts = named(parts, draft.name)
    column = replace(
        parts.column,
        attribute=draft.key or None,
        origin=draft.origin if draft.origin.path is not None else parts.column.origin,
    )
    type_call = parts.type_call
    if not parts.typed and not parts.foreign_keys and draft.type_value is not None:
        made = read_type(draft.type_value, context)
        column, type_call = replace(column, type=made), made.call
    elif column.type.unknown == NOT_SAID and not parts.foreign_keys:
        column = replace(column, type=replace(column.type, unknown=Unknown("the column has no type", draft.origin)))
    nullable_given = parts.nullable_given
    if draft.nullable is not None:
        column, nullable_given = replace(column, nullable=draft.nullable), True
    return replace(
        parts,
        column=column,
        type_call=type_call,
        nullable_given=nullable_given,
        typed=parts.typed or type_call is not None,
    )


def enums_of(tables: Mapping[str, Table]) -> dict[str, Enum]:
    """Give the native enums that columns use, by key, in order."""
    found: dict[str, Enum] = {}
    for table in tables.values():
        for column in table.columns:
            key = column.type.enum
            if key is None or key in found:
                continue
            schema, _, name = key.rpartition(".")
            found[key] = Enum(
                name, column.type.labels or (), schema or None, origin=column.origin, conditional=table.conditional
            )
    return found


def mapped_class(record: MappedRecord, dialect: str, *, reached: bool) -> MappedClass:
    """Give a mapped class as data."""
    cls = record.cls
    return MappedClass(
        cls.name,
        cls.qualname,
        cls.module.path,
        record_key(record.table, dialect) if record.table is not None else None,
        tuple(record.attributes.items()),
        tuple(dict.fromkeys(record.relationships)),
        tuple(record.validators),
        reached=reached,
        origin=cls.origin,
    )
