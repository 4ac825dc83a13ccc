"""Column types as MySQL and MariaDB keep them, which is not always as the DDL says them.

Other databases are not treated here: PostgreSQL's and SQLite's answers are the types of the DDL, under another name at
most. Held against a MariaDB by hand (SQLAlchemy's reflection of each type of the table in the tests); what MySQL does
differently is from its manual, "Numeric Type Syntax" and "The JSON Data Type".

Example: `stored_type("BOOLEAN", "mysql")` is `"TINYINT(1)"`; `stored_type("INTEGER", "mariadb")` is `"INTEGER(11)"`.
"""

from __future__ import annotations

import re

from driftline.regex import regex

_SPELLED = regex(r"(?P<name>[A-Z ]+?)(?:\((?P<numbers>[\d, ]+)\))?(?P<unsigned> UNSIGNED)?(?P<rest> ZEROFILL)?")

_SYNONYMS = {
    "BOOL": "TINYINT(1)",
    "BOOLEAN": "TINYINT(1)",
    "REAL": "DOUBLE",
    "DOUBLE PRECISION": "DOUBLE",
    "BIT": "BIT(1)",
    "CHAR": "CHAR(1)",
    "BINARY": "BINARY(1)",
}
_EXACT = frozenset({"NUMERIC", "DECIMAL", "DEC", "FIXED"})
_WIDTHS = {"TINYINT": 4, "SMALLINT": 6, "MEDIUMINT": 9, "INTEGER": 11, "BIGINT": 20}
"""How wide MariaDB shows a number, with its sign; one less where it has none, but for BIGINT."""
_BLOBS = ((1 << 8, "TINYBLOB"), (1 << 16, "BLOB"), (1 << 24, "MEDIUMBLOB"), (1 << 32, "LONGBLOB"))
_TEXTS = ((1 << 8, "TINYTEXT"), (1 << 16, "TEXT"), (1 << 24, "MEDIUMTEXT"), (1 << 32, "LONGTEXT"))
_DOUBLE_FROM = 25
"""The binary digits from which FLOAT(p) is a DOUBLE."""


def stored_type(ddl: str, dialect: str) -> str:
    """Give a type's DDL as a column that was made with `ddl` has it."""
    if dialect not in ("mysql", "mariadb"):
        return ddl
    match = _SPELLED.fullmatch(ddl)
    if match is None:
        return ddl
    name, numbers = match["name"], [int(one) for one in (match["numbers"] or "").split(",") if one.strip()]
    made = _of_any(name, numbers, ddl)
    return _of_mariadb(made, match) if dialect == "mariadb" else made


def _of_any(name: str, numbers: list[int], ddl: str) -> str:
    if not numbers and name in _SYNONYMS:
        return _SYNONYMS[name]
    if name in _EXACT:
        precision, scale = (*numbers, *(10, 0)[len(numbers) :])[:2]
        return f"DECIMAL({precision}, {scale})"
    if name == "FLOAT" and len(numbers) == 1:
        return "DOUBLE" if numbers[0] >= _DOUBLE_FROM else "FLOAT"
    if name in ("BLOB", "TEXT") and numbers:
        # A TEXT's length is in characters, of which utf8mb4 needs four bytes each.
        size = numbers[0] * (1 if name == "BLOB" else 4)
        return next((kind for limit, kind in (_BLOBS if name == "BLOB" else _TEXTS) if size < limit), ddl)
    return ddl


def _of_mariadb(made: str, match: re.Match[str]) -> str:
    name, unsigned = match["name"], match["unsigned"] is not None
    if made == "JSON":
        return "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    if made == "YEAR":
        return "YEAR(4)"
    if name in _WIDTHS and not match["numbers"]:
        width = _WIDTHS[name] - (unsigned and name != "BIGINT")
        return f"{name}({width}){' UNSIGNED' if unsigned else ''}{match['rest'] or ''}"
    return made
