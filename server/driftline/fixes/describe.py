"""Say in words what changes of a schema do.

Example: `describe((Create("users", None, Column("avatar", …)),), plain=True)` is `add column avatar to users`.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.fixes.change import Alter, Change, Create, CreateEnum, Drop, DropEnum, Part, Rename
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
    table_key,
)

_KINDS: dict[type, str] = {
    Column: "column",
    PrimaryKey: "primary key",
    ForeignKey: "foreign key",
    UniqueConstraint: "unique constraint",
    CheckConstraint: "CHECK constraint",
    ExcludeConstraint: "EXCLUDE constraint",
    Index: "index",
}
_MANY = 3
"""From so many changes on, a title counts them instead of naming each."""


def describe(changes: Sequence[Change], *, plain: bool = False, third_person: bool = False) -> str:
    """Say what the changes do, as a clause.

    Names stand in backticks unless `plain`; in the third person it is "adds …" instead of "add …".
    """
    if not changes:
        return "does nothing" if third_person else "do nothing"
    told = [_one(change, "" if plain else "`") for change in changes]
    if third_person:
        told = [_third(one) for one in told]
    if len(told) > _MANY:
        tables = list(dict.fromkeys(_table(change) for change in changes if _table(change)))
        verb = "makes" if third_person else "make"
        where = f"on {tables[0]}" if len(tables) == 1 else f"on {len(tables)} tables"
        return f"{verb} {len(told)} changes {where}"
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"


def title_of(changes: Sequence[Change]) -> str:
    """Give the message of a revision that makes the changes: short and without marks, as a file name is made of it."""
    made: list[Change] = [change for change in changes if not isinstance(change, Drop)] or [*changes]
    first = made[0]
    if len(made) == 1:
        return _short(first)
    tables = list(dict.fromkeys(_table(change) for change in made if _table(change)))
    if len(tables) == 1:
        return f"align {tables[0]} with its model"
    if len(tables) == 2:  # noqa: PLR2004 -- a pair can be named
        return f"align {tables[0]} and {tables[1]} with their models"
    return f"align {len(tables)} tables with their models"


def _short(change: Change) -> str:
    if isinstance(change, Create | Drop) and not isinstance(change.part, Table):
        verb, word = ("add", "to") if isinstance(change, Create) else ("drop", "from")
        return f"{verb} {_name(change.part)} {word} {change.table}"
    return _one(change, "")


def _one(change: Change, mark: str) -> str:
    if isinstance(change, CreateEnum | DropEnum):
        return f"{'create' if isinstance(change, CreateEnum) else 'drop'} enum {mark}{change.enum.key}{mark}"
    table = f"{mark}{table_key(change.schema, change.table)}{mark}"
    if isinstance(change, Rename):
        return f"rename {mark}{change.before.name}{mark} of {table} to {mark}{change.after.name}{mark}"
    if isinstance(change, Alter):
        return _alteration(change, mark)
    if isinstance(change.part, Table):
        return f"{'create' if isinstance(change, Create) else 'drop'} table {table}"
    part = f"{_kind(change.part)} {mark}{_name(change.part)}{mark}"
    return f"add {part} to {table}" if isinstance(change, Create) else f"drop {part} from {table}"


def _alteration(change: Alter, mark: str) -> str:
    column = f"{mark}{table_key(change.schema, change.table)}.{change.before.name}{mark}"
    before, after = change.before, change.after
    if before.name != after.name:
        return f"rename {column} to {mark}{after.name}{mark}"
    if before.type != after.type:
        return f"change the type of {column} to {mark}{after.type.ddl}{mark}"
    if before.nullable != after.nullable:
        return f"make {column} {'nullable' if after.nullable else 'not nullable'}"
    if before.server_default != after.server_default:
        default = after.server_default
        return (
            f"drop the server default of {column}"
            if default is None
            else f"set the server default of {column} to {mark}{default.sql}{mark}"
        )
    return f"set the comment of {column}"


def _third(told: str) -> str:
    verb, _, rest = told.partition(" ")
    return f"{verb}s {rest}"


def _kind(part: Part) -> str:
    kind = _KINDS[type(part)]
    return f"unique {kind}" if isinstance(part, Index) and part.unique is True else kind


def _name(part: Part) -> str:
    if isinstance(part.name, str):
        return part.name
    return f"on {', '.join(getattr(part, 'columns', ())) or 'it'}"


def _table(change: Change) -> str:
    return "" if isinstance(change, CreateEnum | DropEnum) else table_key(change.schema, change.table)
