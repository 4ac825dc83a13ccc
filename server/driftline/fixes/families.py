"""Which types PostgreSQL converts into each other by itself, when a column is altered.

Knows the names of types as DDL writes them. Whether values fit is not asked: that depends on the rows.

Example: VARCHAR(20) becomes TEXT, and INTEGER becomes NUMERIC; INTEGER becomes VARCHAR only where USING says how.
"""

from __future__ import annotations

from driftline.schema import Type

_FAMILIES = {
    "VARCHAR": "text",
    "CHAR": "text",
    "TEXT": "text",
    "SMALLINT": "number",
    "INTEGER": "number",
    "BIGINT": "number",
    "NUMERIC": "number",
    "REAL": "number",
    "DOUBLE": "number",
    "FLOAT": "number",
    "TIMESTAMP": "moment",
    "DATE": "moment",
}


def of_one_family(before: Type, after: Type) -> bool:
    """Whether PostgreSQL needs no USING to make values of the one into values of the other."""
    return before == after or _family(before.ddl) == _family(after.ddl)


def _family(ddl: str) -> str:
    word = ddl.replace("(", " ").split()[0] if ddl.split() else ddl
    return ddl if ddl.endswith("[]") else _FAMILIES.get(word, ddl)
