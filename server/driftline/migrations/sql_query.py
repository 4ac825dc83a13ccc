"""The columns of a query: what `CREATE TABLE … AS SELECT` makes.

sqlglot reads queries; it is imported only here, and only when such a statement is met: importing it takes longer than
reading a small project.

Example: of `SELECT id, lower(name) AS folded FROM users` the columns are `id` and `folded`.
"""

from __future__ import annotations

import re

from driftline.regex import regex

_ALL_OF_A_TABLE = regex(r"\s*SELECT\s+(?:(?:DISTINCT|ALL)\s+)?(?:\w+\s*\.\s*)*\*", re.IGNORECASE)
_DIALECTS = {"postgresql": "postgres", "mariadb": "mysql", "mssql": "tsql"}


def query_columns(sql: str, dialect: str) -> tuple[str, ...] | None:
    """Give the names of a query's columns, in order; None where they depend on other tables (`*`) or cannot be read."""
    if _ALL_OF_A_TABLE.match(sql):
        return None
    import sqlglot
    from sqlglot import exp

    try:
        query = sqlglot.parse_one(sql, read=_DIALECTS.get(dialect, dialect))
    except (sqlglot.errors.SqlglotError, ValueError, RecursionError):
        return None
    if not isinstance(query, exp.Query):
        return None
    names = tuple(query.named_selects)
    return names if names and all(name and name != "*" for name in names) else None
