"""What changes ask of generated columns: no database lets a column go, and few let its type change, under one.

And on SQLite, Alembic's batches cannot copy one.

Example: on PostgreSQL `price` becomes BIGINT only where `total`, generated from `price * number`, is dropped before and
added behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.compare.sql import mentions
from driftline.fixes.along import along
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    Remake,
    RenameTable,
)
from driftline.fixes.project import Halves
from driftline.fixes.wanted import generated_anew, standing_on
from driftline.schema import Column, Index, Table, table_key

_KEEP_THE_TYPE = frozenset({"postgresql", "mssql", "oracle"})
"""Databases that refuse to alter the type of a column that a generated one is made of."""


def with_generated(changes: Iterable[Change], project: Halves) -> tuple[Change, ...] | None:
    """Add what the changes cannot do without, and ask of generated columns; None where that cannot be written down."""
    found = list(changes)
    queue = list(found)
    while queue:
        change = queue.pop()
        needed = [*along(change, found, project), *_anew(change, found, project)]
        if None in needed:
            return None
        new = [one for one in needed if one is not None and one not in found]
        found += new
        queue += new
    return tuple(found)


def _anew(change: Change, found: Sequence[Change], project: Halves) -> Iterator[Change | None]:
    """Give what happens to the generated columns that are in the way of a change."""
    for table, bases in _altered(change, project):
        for one in table.columns:
            if one.computed is None or any(_is_out_of_the_way(each, table, one.name) for each in found):
                continue
            base = next((each for each in bases if _is_made_of(one, each)), None)
            if base is not None:
                yield from _moved(table, one, base, project, goes=isinstance(change, Drop))
            elif project.dialect == "sqlite" and copies(change):
                yield generated_anew(table, one, one, project)


def _migrated(schema: str | None, table: str, project: Halves) -> Table | None:
    return project.migrated.schema.tables.get(table_key(schema, table))


def _altered(change: Change, project: Halves) -> Iterator[tuple[Table, tuple[Column, ...]]]:
    """Give the tables that a change is about, each with the columns that must not be in use by generated ones."""
    bases: list[tuple[str | None, str, tuple[Column, ...]]] = []
    match change:
        case AlterEnum() | CreateEnum() | DropEnum():
            pass  # an enum's change says itself what is generated from its columns
        case Drop(part=Column() as column):
            bases = [(change.schema, change.table, (column,))]
        case Remake():
            bases = [(change.schema, change.table, (change.before,))]
        case Alter() if project.dialect in _KEEP_THE_TYPE:
            typed = change.before.type != change.after.type or change.before.collation != change.after.collation
            bases = [(change.schema, change.table, (change.before,) if typed else ())]
        case _:
            bases = [(change.schema, change.table, ())]
    for schema, name, columns in bases:
        table = _migrated(schema, name, project)
        if table is not None:
            yield table, columns


def _is_made_of(generated: Column, base: Column) -> bool:
    sql = generated.computed.sql if generated.computed is not None else None
    return base.name != generated.name and isinstance(sql, str) and mentions(sql, base.name)


def copies(change: Change) -> bool:
    """Whether a batch copies the table for a change: Alembic's would insert into the generated columns, too.

    `SQLiteImpl.requires_recreate_in_batch` of alembic/ddl/sqlite.py.
    """
    match change:
        case Comment() | RenameTable() | Create(part=Table() | Index()) | Drop(part=Table() | Index()):
            return False
        case AlterEnum() | CreateEnum() | DropEnum():
            return False
        case Create(part=Column() as column):
            return column.nullable is False or column.server_default is not None or column.computed is not None
        case _:
            return True


def _is_out_of_the_way(change: Change, table: Table, name: str) -> bool:
    if isinstance(change, Drop) and change.part == table.column(name):
        return table_key(change.schema, change.table) == table.key
    if isinstance(change, Remake) and change.before.name == name:
        return table_key(change.schema, change.table) == table.key
    return False


def _moved(table: Table, generated: Column, base: Column, project: Halves, *, goes: bool) -> Iterator[Change | None]:
    """Drop and add a generated column; or drop it, where what it is made of goes, and no model has it."""
    if not goes:
        yield generated_anew(table, generated, generated, project)
        return
    half = project.declared.schema.tables.get(table.key)
    stated = None if half is None else half.column(generated.name)
    if stated is None:
        standing = standing_on(table, generated.name)
        if standing is None or generated.name in table.primary_key.columns:
            yield None
            return
        yield from (Drop(table.name, table.schema, one) for one in standing)
        yield Drop(table.name, table.schema, generated)
        return
    sql = stated.computed.sql if stated.computed is not None else ""
    kept = not isinstance(sql, str) or mentions(sql, base.name)
    yield None if kept else generated_anew(table, stated, generated, project)
