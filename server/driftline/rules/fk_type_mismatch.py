"""Foreign keys between columns of different types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from driftline.compare.types import Shape, shape
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import Column, ForeignKey, Table

NAME = "fk-type-mismatch"

_KIN: Final = (
    frozenset({"VARCHAR", "TEXT", "CHAR", "NVARCHAR", "NCHAR", "CITEXT", "STRING", "CLOB", "VARCHAR2", "NVARCHAR2"}),
    frozenset({"NUMERIC", "NUMBER"}),
    frozenset({"TIMESTAMP", "DATETIME"}),
    frozenset({"BLOB", "BYTEA", "BINARY", "VARBINARY", "RAW"}),
)
"""Families whose values databases compare as they are; lengths are left out of account everywhere."""


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find the keys that a revision makes, or whose columns it changes, and whose types differ after it."""
    for holder, foreign_key in _keys(at):
        if foreign_key.conditional or not _is_news(at, holder, foreign_key):
            continue  # before the target is looked at, whose changes would be this revision's business
        table, target = at.after(holder), at.after(str(foreign_key.referred_table))
        if table is None or target is None or not _is_known(table) or not _is_known(target):
            continue
        for name, referred in zip(foreign_key.columns, foreign_key.referred_columns, strict=False):
            one, other = table.column(name), target.column(referred)
            if one is not None and other is not None and types_differ(one, other, context.migrated.schema.dialect):
                yield _finding(context, at.revision, table, foreign_key, one, other)


def _keys(at: Visit) -> Iterator[tuple[str, ForeignKey]]:
    """The foreign keys of the tables that the revision changed, and those to the columns whose types it changed."""
    holders = {key: None for key, (_, table) in at.changed.items() if table is not None}
    for key, (before, after) in at.changed.items():
        if before is not None and after is not None and _has_other_types(before, after):
            holders |= dict.fromkeys(at.referring(key))
    for holder in holders:
        table = at.after(holder)
        for one in table.foreign_keys if table is not None else ():
            if holder in at.changed or one.referred_table in at.changed:
                yield holder, one


def _has_other_types(before: Table, after: Table) -> bool:
    types = {column.name: column.type for column in before.columns}
    return any(column.type != types.get(column.name, column.type) for column in after.columns)


def _is_known(table: Table) -> bool:
    return not table.incomplete and not table.conditional


def _is_news(at: Visit, key: str, foreign_key: ForeignKey) -> bool:
    """Whether this revision made the key, or changed the type of a column on either side."""
    for holder, names in (
        (key, foreign_key.columns),
        (str(foreign_key.referred_table), foreign_key.referred_columns),
    ):
        if holder not in at.changed:
            continue
        old, new = at.changed[holder]
        if holder == key and (old is None or foreign_key not in old.foreign_keys):
            return True
        if old is None or new is None or old is new:
            continue
        for name in names:
            was, now = old.column(name), new.column(name)
            if was is not None and now is not None and was.type != now.type:
                return True
    return False


def types_differ(one: Column, other: Column, dialect: str) -> bool:
    """Whether the columns of a foreign key have types whose values the database does not compare as they are."""
    if one.conditional or other.conditional:
        return False
    if any(column.type.unknown is not None or column.type.ddl in ("", "NULL") for column in (one, other)):
        return False
    left, right = shape(one.type.ddl, dialect), shape(other.type.ddl, dialect)
    if dialect == "sqlite":
        return _affinity(left) != _affinity(right)
    return left.array != right.array or _family(left) != _family(right) or _unsigned(left) != _unsigned(right)


def _affinity(one: Shape) -> str:
    """What SQLite makes of a type's name (its manual, "Determination Of Column Affinity")."""
    name = one.family.upper()
    if "INT" in name:
        return "INTEGER"
    if any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return "TEXT"
    if "BLOB" in name or not name:
        return "BLOB"
    return "REAL" if any(part in name for part in ("REAL", "FLOA", "DOUB")) else "NUMERIC"


def _family(one: Shape) -> object:
    return next((kin for kin in _KIN if one.family.upper() in kin), one.family)


def _unsigned(one: Shape) -> bool:
    return any("UNSIGNED" in word.upper() for word in one.qualifiers)


def _finding(
    context: Context, revision: str, table: Table, foreign_key: ForeignKey, one: Column, other: Column
) -> Finding:
    target = str(foreign_key.referred_table)
    related = []
    if other.origin.path is not None and other.origin != one.origin:
        related.append(
            Related(f"`{target}.{other.name}` is {other.type.ddl}", in_revision(context, other.origin, revision))
        )
    level, consequence = _consequence(one, other, context.migrated.schema.dialect)
    return history_finding(
        NAME,
        level,
        f"The foreign key of `{table.key}` goes from `{one.name}`, which is {one.type.ddl} after revision "
        f"`{revision}`, to `{target}.{other.name}`, which is {other.type.ddl}: {consequence}. Give both one type.",
        context,
        revision=revision,
        origin=foreign_key.origin if foreign_key.origin.path is not None else one.origin,
        table=table.key,
        object=one.name,
        related=related,
    )


_SIZES: Final = ("TINYINT", "SMALLINT", "MEDIUMINT", "INTEGER", "BIGINT")
_EXACT: Final = frozenset({"mysql", "mariadb"})
"""Databases that refuse a key between integers of different sizes."""


def _consequence(one: Column, other: Column, dialect: str) -> tuple[Level, str]:
    """Say how bad it is: integers of different sizes can refer to each other, except on MySQL."""
    left, right = (shape(column.type.ddl, dialect).family.upper() for column in (one, other))
    if dialect in _EXACT or left not in _SIZES or right not in _SIZES:
        return Level.WARNING, "the database refuses that, or compares with a cast"
    if _SIZES.index(left) < _SIZES.index(right):
        return Level.WARNING, "a row whose number is too large for the key can't be referred to"
    return Level.HINT, "that works, and the key takes numbers that it can never hold"


RULE = Rule(
    NAME,
    "a foreign key between columns of different types",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.NEVER,
)
