"""MySQL's character sets: what a column's type shows of its own, and what a conversion makes of the types.

Databases, and SQLAlchemy's reflection with them, show a column's character set where it or its collation is not the
table's. CONVERT TO takes what the columns say away, and makes the types larger that would hold fewer characters (MySQL
8.4 manual, "ALTER TABLE Statement", as MariaDB 10.11 does).

Example: in a table of utf8mb3, CONVERT TO CHARACTER SET utf8mb4 makes a TEXT a MEDIUMTEXT.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from driftline.dataclass import replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import Column, unknown_type
from driftline.schema.character_set import CharacterSet, character_set

if TYPE_CHECKING:
    from driftline.migrations.operation import ConvertTable
    from driftline.migrations.working import Working

_SET: Final = regex(r"\s+CHARACTER SET (\w+)", re.IGNORECASE)
_COLLATION: Final = regex(r"\s+COLLATE (\w+)", re.IGNORECASE)
_OF_CHARACTERS: Final = regex(r"(?:VAR)?CHAR\b|(?:TINY|MEDIUM|LONG)?TEXT\b|ENUM\b|SET\b", re.IGNORECASE)
_LARGER: Final = {"TINYTEXT": "TEXT", "TEXT": "MEDIUMTEXT", "MEDIUMTEXT": "LONGTEXT"}


def convert_table(work: Working, operation: ConvertTable) -> None:
    """Give a table another character set, and its columns with it unless only later ones get it."""
    table = work.find(operation.table, "The migration converts the table")
    if table is None:
        return
    if operation.later_columns:
        columns = tuple(_keeping(one, table.charset, operation.charset) for one in table.columns)
    else:
        columns = tuple(_converted(one, table.charset, operation) for one in table.columns)
    work.put(replace(table, columns=columns, charset=operation.charset))


def as_shown(dialect: str, column: Column, tables: CharacterSet | None) -> Column:
    """Give `column` of a table with that character set as the database shows it: with its own where that is another."""
    if tables is None or dialect not in MYSQL_FAMILY:
        return column
    own = _own(column)
    return column if own is None else _showing(column, None if own == tables else own.name)


def _own(column: Column) -> CharacterSet | None:
    """Find what a column says of its character set, in its type or beside it."""
    ddl = column.type.ddl
    name, collation = _SET.search(ddl), _COLLATION.search(ddl)
    said = column.collation if column.collation is not None else collation and collation.group(1)
    return character_set(name and name.group(1), said or None) if name or said else None


def _showing(column: Column, name: str | None) -> Column:
    """Give a column whose type shows the character set of that name, or none."""
    ddl = column.type.ddl
    collation = _COLLATION.search(ddl)
    bare = _COLLATION.sub("", _SET.sub("", ddl))
    shown = f"{bare}{'' if name is None else f' CHARACTER SET {name}'}{collation.group() if collation else ''}"
    return column if shown == ddl else replace(column, type=replace(column.type, ddl=shown, call=None))


def _keeping(column: Column, tables: CharacterSet | None, new: CharacterSet) -> Column:
    """Give a column of a table whose default alone changes: it keeps what it had, which it shows where it differs."""
    had = _own(column) or tables
    if had is None or _OF_CHARACTERS.match(column.type.ddl) is None:
        return column
    kept = _showing(column, None if had == new else had.name)
    return replace(kept, collation=had.collation) if kept.collation is None and had.collation else kept


def _converted(column: Column, tables: CharacterSet | None, operation: ConvertTable) -> Column:
    """Give a column after CONVERT TO: with nothing of its own, and large enough."""
    if _OF_CHARACTERS.match(column.type.ddl) is None:
        return column
    had = _own(column) or tables
    bare = _COLLATION.sub("", _SET.sub("", column.type.ddl))
    larger = _LARGER.get(bare.upper())
    if larger is not None:
        before, after = had and had.most_bytes, operation.charset.most_bytes
        if after is None or (before is None and after > 1):
            why = f"whether converting `{operation.table}` makes `{bare}` larger depends on the character set it had"
            return replace(column, type=unknown_type(Unknown(why, operation.origin)), collation=None)
        bare = larger if after > (before or 1) else bare
    call = column.type.call if bare == column.type.ddl else None
    return replace(column, type=replace(column.type, ddl=bare, call=call), collation=None)
