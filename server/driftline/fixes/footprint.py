"""What changes touch, and whether some of them depend on others: then they belong into one revision, in its order.

Example: `dependent([(add_foreign_key_to_z,), (create_z,), (add_index_on_b,)])` is `[[0, 1], [2]]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.compare.sql import mentions
from driftline.dataclass import dataclass
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    Named,
    Remake,
    Rename,
    RenameTable,
)
from driftline.fixes.project import Halves
from driftline.fixes.wanted import stands_on
from driftline.schema import Column, ForeignKey, Index, PrimaryKey, Table, UniqueConstraint, table_key

Thing = tuple[str, ...]
"""A thing that changes touch: `("column", "users", "email")`, `("enum", "colour")`."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What changes make, alter or take away, and what they rest on."""

    written: frozenset[Thing]
    read: frozenset[Thing]

    def meets(self, other: Footprint) -> bool:
        """Whether the order of the two matters, or both do the same."""
        return bool(self.written & (other.written | other.read) or self.read & other.written)


def footprint(changes: Iterable[Change], project: Halves) -> Footprint:
    """Give what the changes touch."""
    written: set[Thing] = set()
    read: set[Thing] = set()
    for change in changes:
        for thing, writes in _touched(change, project):
            (written if writes else read).add(thing)
    return Footprint(frozenset(written), frozenset(read))


def dependent(groups: Sequence[Sequence[Change]], project: Halves) -> list[list[int]]:
    """Put the groups of changes (by index) together whose order matters; in the order of their first ones."""
    prints = [footprint(one, project) for one in groups]
    together: list[list[int]] = []
    for index, own in enumerate(prints):
        met = [several for several in together if any(prints[one].meets(own) for one in several)]
        joined = sorted([index, *(one for several in met for one in several)])
        together = sorted([*(one for one in together if one not in met), joined])
    return together


def _touched(change: Change, project: Halves) -> Iterator[tuple[Thing, bool]]:
    match change:
        case CreateEnum(enum=enum) | DropEnum(enum=enum):
            yield ("enum", enum.key), True
        case AlterEnum():
            yield ("enum", change.before.key), True
            for user in (*change.users, *change.generated):
                yield from _of_column(table_key(user.schema, user.table), user.column, project, writes=True)
            for table, schema, part in change.standing:
                yield from _of_named(table, schema, part, project)
        case RenameTable():
            yield ("table", table_key(change.schema, change.table)), True
            yield ("table", table_key(change.schema, change.new_name)), True
        case Comment():
            key = table_key(change.schema, change.table)
            yield ("table", key), False
            yield ("comment", key), True
        case Alter() | Remake():
            key = table_key(change.schema, change.table)
            yield ("table", key), change.before.name != change.after.name
            yield from _of_column(key, change.before, project, writes=True)
            yield from _of_column(key, change.after, project, writes=True)
            standing = change.standing if isinstance(change, Remake) else ()
            yield from (one for part in standing for one in _of_named(change.table, change.schema, part, project))
        case Rename():
            yield from _of_named(change.table, change.schema, change.before, project)
            yield from _of_named(change.table, change.schema, change.after, project)
        case Create(part=Table() as table) | Drop(part=Table() as table):
            yield ("table", table.key), True
            for column in table.columns:
                yield from _of_column(table.key, column, project, writes=True)
            for foreign in table.foreign_keys:
                yield from _referred(foreign)
            for index in table.indexes:
                yield ("name", table.schema or "", str(index.name)), True
        case Create(part=Column() as column) | Drop(part=Column() as column):
            key = table_key(change.schema, change.table)
            yield ("table", key), False
            yield from _of_column(key, column, project, writes=True)
        case Create(part=part) | Drop(part=part):
            yield from _of_named(change.table, change.schema, part, project)


def _of_column(table: str, column: Column, project: Halves, *, writes: bool) -> Iterator[tuple[Thing, bool]]:
    yield ("column", table, column.name), writes
    if column.type.enum is not None:
        yield ("enum", column.type.enum), False
    if column.computed is not None and isinstance(column.computed.sql, str):
        sql = column.computed.sql
        names = (name for name in _columns_of(table, project) if name != column.name and mentions(sql, name))
        yield from ((("column", table, name), False) for name in names)


def _columns_of(table: str, project: Halves) -> dict[str, None]:
    """Give the names of the columns that either half has in the table."""
    halves = (project.migrated.schema.tables.get(table), project.declared.schema.tables.get(table))
    return dict.fromkeys(one.name for half in halves if half is not None for one in half.columns)


def _of_named(table: str, schema: str | None, part: Named, project: Halves) -> Iterator[tuple[Thing, bool]]:
    key = table_key(schema, table)
    yield ("table", key), False
    if isinstance(part.name, str):
        yield ("name", schema or "", part.name), True
    if isinstance(part, PrimaryKey | UniqueConstraint) or (isinstance(part, Index) and part.unique is True):
        yield ("support", key), True
    for name in _columns_of(key, project):
        if stands_on(part, name):
            yield ("column", key, name), False
    if isinstance(part, ForeignKey):
        yield from _referred(part)


def _referred(key: ForeignKey) -> Iterator[tuple[Thing, bool]]:
    if isinstance(key.referred_table, str):
        yield ("table", key.referred_table), False
        yield ("support", key.referred_table), False
        for name in key.referred_columns:
            yield ("column", key.referred_table, name), False
