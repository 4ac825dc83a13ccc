"""What changes of tables ask of native enum types: labels that SQL compares with, and types that nothing has any more.

Example: dropping the only column of the type `colour` leaves it behind; `left_enums` gives its `DropEnum`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.fixes.change import Alter, AlterEnum, Change, Create, Drop, DropEnum, Remake
from driftline.fixes.project import Project
from driftline.fixes.wanted import changed_enum
from driftline.schema import CheckConstraint, Column, Index, Table, table_key


def left_enums(changes: Sequence[Change], project: Project) -> Iterator[DropEnum]:
    """Give the drops of the types whose last column the changes take away, and that no model has."""
    migrated = project.migrated.schema
    if any(column.type.unknown for table in migrated.tables.values() for column in table.columns):
        return  # it could be of any type
    gone = set(_gone(changes))
    lost = {migrated.tables[key].column(name) for key, name in gone if key in migrated.tables}
    keys = {column.type.enum for column in lost if column is not None and column.type.enum is not None}
    used = {
        column.type.enum
        for table in (migrated.tables.values() if keys else ())
        for column in table.columns
        if (table.key, column.name) not in gone
    }
    used |= {column.type.enum for column in _made(changes)}
    for key in sorted(keys - used - project.declared.schema.enums.keys()):
        enum = migrated.enums.get(key)
        if enum is not None and enum.unknown is None and not enum.conditional:
            yield DropEnum(enum)


def _gone(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    """Give the columns that the changes drop, or give another type, by table and name."""
    for change in changes:
        match change:
            case Drop(part=Table() as table):
                yield from ((table.key, column.name) for column in table.columns)
            case Drop(part=Column() as column):
                yield table_key(change.schema, change.table), column.name
            case Alter() | Remake() if change.before.type.enum != change.after.type.enum:
                yield table_key(change.schema, change.table), change.before.name


def _made(changes: Iterable[Change]) -> Iterator[Column]:
    for change in changes:
        match change:
            case Create(part=Table() as table):
                yield from table.columns
            case Create(part=Column() as column):
                yield column
            case Alter() | Remake() if change.before.type.enum != change.after.type.enum:
                yield change.after


def new_labels(changes: Sequence[Change], project: Project) -> Iterator[AlterEnum]:
    """Give the additions of the labels that SQL in the changes needs, and that the migrated types lack."""
    declared, migrated = project.declared.schema, project.migrated.schema
    altered = {one.before.key for one in changes if isinstance(one, AlterEnum)}
    for key in declared.enums.keys() & migrated.enums.keys() - altered:
        new = set(declared.enums[key].labels) - set(migrated.enums[key].labels)
        if not new or not any(_compares(change, key, new, project) for change in changes):
            continue
        made = changed_enum(declared.enums[key], migrated.enums[key], project)
        if made is not None and made[0].adds is not None:
            yield made[0]


def _compares(change: Change, enum: str, labels: set[str], project: Project) -> bool:
    """Whether SQL of a change in a table that has a column of the type names one of the labels."""
    if not isinstance(change, Create | Alter):
        return False
    table = project.declared.schema.tables.get(table_key(change.schema, change.table))
    if table is None or all(column.type.enum != enum for column in table.columns):
        return False
    part = change.after if isinstance(change, Alter) else change.part
    texts: list[object] = []
    match part:
        case Column() if part.server_default is not None:
            texts.append(part.server_default.sql)
        case CheckConstraint():
            texts.append(part.sql)
        case Index():
            texts += [dict(part.options).get("where"), *(one.sql for one in part.elements)]
    return any(isinstance(text, str) and f"'{label}'" in text for text in texts for label in labels)
