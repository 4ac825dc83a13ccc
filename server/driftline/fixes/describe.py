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
"""More changes than these are counted instead of named."""


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
        return _counted(changes, third_person=third_person)
    return _and(told)


def title_of(changes: Sequence[Change]) -> str:
    """Give the message of a revision that makes the changes: short and without marks, as a file name is made of it."""
    made: list[Change] = [change for change in changes if not isinstance(change, Drop)] or [*changes]
    if len(made) == 1:
        return _short(made[0])
    tables = list(dict.fromkeys(_table(change) for change in changes if _table(change)))
    verbs = {type(change) for change in made}
    if all(isinstance(change, Create | Drop) and isinstance(change.part, Table) for change in made) and len(verbs) == 1:
        verb = "create" if isinstance(made[0], Create) else "drop"
        return f"{verb} {' and '.join(tables) if len(tables) <= _MANY else f'{len(tables)} tables'}"
    if len(tables) == 1:
        return f"align {tables[0]} with its model"
    return f"align {', '.join(tables[:-1])} and {tables[-1]}" if len(tables) <= _MANY else f"align {len(tables)} tables"


def _short(change: Change) -> str:
    if isinstance(change, Create | Drop) and not isinstance(change.part, Table):
        verb, word = ("add", "to") if isinstance(change, Create) else ("drop", "from")
        name = _name(change.part)
        return f"{verb} {name}" if change.table in name else f"{verb} {name} {word} {change.table}"
    return _one(change, "")


def _counted(changes: Sequence[Change], *, third_person: bool) -> str:
    """Say many changes by how many there are of each kind: "add 2 indexes, drop 1 column (`a`, `b`)"."""
    kinds: dict[str, dict[str, int]] = {}
    for change in changes:
        verb, _, rest = _one(change, "").partition(" ")
        kind = rest.partition(" ")[0] if isinstance(change, CreateEnum | DropEnum) else _noun(change)
        counts = kinds.setdefault(f"{verb}s" if third_person else verb, {})
        counts[kind] = counts.get(kind, 0) + 1
    said = [
        f"{verb} {_and([f'{number} {kind if number == 1 else _plural(kind)}' for kind, number in counts.items()])}"
        for verb, counts in kinds.items()
    ]
    tables = list(dict.fromkeys(_table(change) for change in changes if _table(change)))
    where = _and(tables) if len(tables) <= _MANY else f"{len(tables)} tables"
    return f"{_and(said)} on {where}"


def _noun(change: Create | Drop | Alter | Rename) -> str:
    if isinstance(change, Alter):
        return "column"
    if isinstance(change, Rename):
        return _kind(change.before)
    return "table" if isinstance(change.part, Table) else _kind(change.part)


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


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
