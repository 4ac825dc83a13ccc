"""How operations on PostgreSQL's native enums change the state.

Example: `add_value(work, AddEnumValue("status", "archived", after="done"))` puts the label where PostgreSQL does.
"""

from __future__ import annotations

from collections.abc import Callable

from driftline.dataclass import replace
from driftline.migrations.operation import (
    AddEnumValue,
    CreateEnum,
    DropEnum,
    RenameEnum,
    RenameEnumValue,
    SetEnumValues,
)
from driftline.migrations.working import Working
from driftline.python.values import Unknown
from driftline.schema import Enum, Type, table_key
from driftline.schema.rendering import quote_identifier


def create_enum(work: Working, operation: CreateEnum) -> None:
    """Create an enum type; other dialects have none."""
    if work.dialect != "postgresql":
        return
    enum = operation.enum
    existing = work.enums.get(enum.key)
    if existing is None:
        work.enums[enum.key] = replace(enum, conditional=enum.conditional or work.assumed)
    elif not operation.if_not_exists:
        work.problem(
            "enum-exists",
            f"The enum type `{enum.key}` is created, but it exists at this point of the history.",
            about=enum.key,
            sure=not existing.conditional,
        )


def drop_enum(work: Working, operation: DropEnum) -> None:
    """Drop a type of any kind; with CASCADE the columns of that type go along. The state itself holds only enums."""
    work.enums.pop(operation.enum, None)
    if not operation.cascade:
        return
    for table in list(work.tables.values()):
        for column in table.columns:
            if column.type.enum == operation.enum:
                from driftline.migrations.apply_tables import without_column

                work.put(without_column(work.dialect, work.tables[table.key], column.name))


def add_value(work: Working, operation: AddEnumValue) -> None:
    """Add a label where the statement says; one that is there stays where it is."""

    def change(enum: Enum) -> Enum:
        labels = list(enum.labels)
        if operation.value in labels:
            return enum
        neighbour = operation.before if operation.before is not None else operation.after
        at = labels.index(neighbour) if neighbour in labels else len(labels)
        at += 1 if operation.after is not None and neighbour in labels else 0
        return replace(enum, labels=(*labels[:at], operation.value, *labels[at:]))

    _change(work, operation.enum, change)


def rename_value(work: Working, operation: RenameEnumValue) -> None:
    """Give a label another name."""
    _change(
        work,
        operation.enum,
        lambda enum: replace(
            enum, labels=tuple(operation.new_value if one == operation.value else one for one in enum.labels)
        ),
    )


def set_values(work: Working, operation: SetEnumValues) -> None:
    """Give an enum other labels as a whole."""
    _change(work, operation.enum, lambda enum: replace(enum, labels=operation.labels))


def rename_enum(work: Working, operation: RenameEnum) -> None:
    """Give a type of any kind another name or schema: the columns of that type follow."""
    enum = work.enums.get(operation.enum)
    key = table_key(operation.new_schema, operation.new_name)
    if enum is not None:
        renamed = replace(enum, name=operation.new_name, schema=operation.new_schema)
        work.enums = {
            key if one == operation.enum else one: renamed if one == operation.enum else other
            for one, other in work.enums.items()
        }
    ddl = quote_identifier(operation.new_name, work.dialect)
    if operation.new_schema:
        ddl = f"{quote_identifier(operation.new_schema, work.dialect)}.{ddl}"

    def follow(made: Type) -> Type:
        if made.enum != operation.enum:
            return made
        dimensions = "[]" * made.ddl.count("[]")
        return replace(made, ddl=f"{ddl}{dimensions}", enum=key, call=None)

    _retype(work, follow)


def _change(work: Working, key: str, change: Callable[[Enum], Enum]) -> None:
    enum = work.enums.get(key)
    if enum is None:
        return
    changed = change(enum)
    if changed == enum:
        return
    if work.assumed and work.operation is not None:
        reason = Unknown(
            f"whether the enum `{key}` is changed depends on a condition that could not be worked out",
            work.operation.origin,
        )
        changed = replace(changed, unknown=changed.unknown or reason, conditional=True)
    work.enums[key] = changed

    def follow(made: Type) -> Type:
        return replace(made, labels=changed.labels) if made.enum == key and made.labels is not None else made

    _retype(work, follow)


def _retype(work: Working, follow: Callable[[Type], Type]) -> None:
    """Put every table of which `follow` changes a column's type."""
    for table in list(work.tables.values()):
        columns = tuple(
            column if (new := follow(column.type)) is column.type else replace(column, type=new)
            for column in table.columns
        )
        if any(new is not old for new, old in zip(columns, table.columns, strict=True)):
            work.put(replace(table, columns=columns))
