"""Views, and whatever else CREATE, ALTER and DROP can be about that the state has no place for.

Example: of `MATERIALIZED VIEW IF NOT EXISTS counts AS …` the view is `counts`.
"""

from __future__ import annotations

from driftline.migrations.sql_tables import read_key
from driftline.migrations.sql_text import keywords
from driftline.migrations.sql_tokens import Cursor

NO_TABLE = keywords(
    """
    EXTENSION SEQUENCE VIEW FUNCTION PROCEDURE TRIGGER POLICY RULE ROLE USER GROUP DATABASE AGGREGATE CAST COLLATION
    CONVERSION STATISTICS PUBLICATION SUBSCRIPTION SERVER EVENT LANGUAGE OPERATOR TEXT TRANSFORM ACCESS TABLESPACE
    DOMAIN LARGE DEFAULT SYSTEM ROUTINE FOREIGN MATERIALIZED PROCEDURAL TRUSTED RECURSIVE
    """
)
"""Kinds of things that CREATE, ALTER and DROP can be about, and that the state has no place for."""


def read_view(cursor: Cursor) -> str | None:
    """Give the key of the view or foreign table that comes next; None where none does."""
    while cursor.take_any("RECURSIVE", "MATERIALIZED") is not None:
        pass
    if not (cursor.take("VIEW") or cursor.take("FOREIGN", "TABLE")):
        return None
    cursor.take("IF", "NOT", "EXISTS")
    cursor.take("IF", "EXISTS")
    return read_key(cursor)
