"""Which facts of a schema could not be read, and why.

Example: of a table whose column `kind` has an unreadable type, `unknown_facts` yields the type's Unknown, at the
column's place.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.dataclass import replace
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema.column import Column
from driftline.schema.schema import Schema
from driftline.schema.table import Table


def unknown_facts(schema: Schema) -> Iterator[Unknown]:
    """Give an Unknown for every fact of the schema that was not read, each with a place.

    Its own, or that of what it is a fact of.
    """
    yield from schema.incomplete
    for enum in schema.enums.values():
        if enum.unknown is not None:
            yield _placed(enum.unknown, enum.origin)
    for table in schema.tables.values():
        yield from unknown_facts_of_table(table)


def unknown_facts_of_table(table: Table) -> Iterator[Unknown]:
    """Give an Unknown for every fact of a table that was not read."""
    for unknown in (*table.incomplete, *table.unsure_drops):
        yield _placed(unknown, table.origin)
    for column in table.columns:
        yield from _of_column(column)
    for fact, origin in _stated(table):
        if isinstance(fact, Unknown):
            yield _placed(fact, origin)


def _stated(table: Table) -> Iterator[tuple[object, Origin]]:
    """Give what a table's constraints and indexes state, with their places."""
    yield table.primary_key.name, table.primary_key.origin
    for key in table.foreign_keys:
        yield from ((fact, key.origin) for fact in (key.name, key.referred_table, key.ondelete, key.onupdate))
    for unique in table.unique_constraints:
        yield unique.name, unique.origin
    for index in table.indexes:
        yield from ((fact, index.origin) for fact in (index.name, index.unique))
        yield from ((element.sql, index.origin) for element in index.elements)
        yield from ((value, index.origin) for _, value in index.options)
    for check in table.check_constraints:
        yield from ((fact, check.origin) for fact in (check.name, check.sql))
    for exclude in table.exclude_constraints:
        yield exclude.name, exclude.origin


def _of_column(column: Column) -> Iterator[Unknown]:
    if column.type.unknown is not None:
        yield _placed(
            Unknown(f"the type of `{column.name}`: {column.type.unknown.reason}", column.type.unknown.origin),
            column.origin,
        )
    if isinstance(column.nullable, Unknown):
        yield _placed(column.nullable, column.origin)
    default = column.server_default
    if default is not None and isinstance(default.sql, Unknown) and not default.fetched:
        yield _placed(default.sql, default.origin if default.origin.path is not None else column.origin)
    if column.computed is not None and isinstance(column.computed.sql, Unknown):
        yield _placed(column.computed.sql, column.origin)


def _placed(unknown: Unknown, origin: Origin) -> Unknown:
    return unknown if unknown.origin.path is not None else replace(unknown, origin=origin)
