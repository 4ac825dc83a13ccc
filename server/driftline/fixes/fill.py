"""What the rows that exist get in a column that forbids NULL: its default, the database's or else the model's.

Gives SQL, and knows nothing of the statement that it is for, or of whether there are rows.

Example: for `done: Mapped[bool] = mapped_column(default=False)` it is `false` on PostgreSQL, and `0` on SQLite.
"""

from __future__ import annotations

import json
import math

from driftline.schema import Column
from driftline.schema.column import Plain
from driftline.schema.rendering import quote_literal


def fill(column: Column, dialect: str) -> str | None:
    """Give the SQL of the value; None where there is none, or none that is known."""
    default = column.server_default
    if default is not None:
        return default.sql if isinstance(default.sql, str) and not default.fetched else None
    value = column.default_value
    if isinstance(value, tuple):
        value = _stored(column, *value)
    kind = column.type.ddl.upper().partition("(")[0]
    if value is None or column.type.ddl.endswith("]"):
        return None
    if kind in ("JSON", "JSONB"):
        return quote_literal(json.dumps(value), dialect)
    if isinstance(value, str):
        return quote_literal(value, dialect)
    if kind in ("BOOLEAN", "BOOL") and value in (0, 1):
        return str(bool(value)).lower() if dialect == "postgresql" else str(int(value))
    return str(int(value)) if isinstance(value, int) else repr(value) if math.isfinite(value) else None


def _stored(column: Column, name: str, value: Plain) -> Plain | None:
    """Give what a column stores of an enum's member: by name, or by value, as its labels say."""
    if column.type.labels is None:
        return value
    return name if name in column.type.labels else value if value in column.type.labels else None
