"""Statements that set PostgreSQL's search path: SET, RESET, and `set_config` in a SELECT, which is what pg_dump writes.

Sources: PostgreSQL's manual, "SET", "RESET", "DISCARD", "System Administration Functions" and "The Schema Search Path".

Example: `SET LOCAL search_path TO app, public` sets it to `app` and the default schema (None).
"""

from __future__ import annotations

from driftline.migrations.sql_tokens import Cursor, Unreadable, tokenize

_NEVER_NEW = frozenset({"", "$user", "pg_catalog", "pg_temp", "information_schema"})
"""Schemas of the path that new tables do not go to, or that most databases have none of."""


def read_search_path(word: str, cursor: Cursor) -> tuple[str | None, ...] | None:
    """Give the schemas that a statement sets, None among them for the default one; no schemas where it sets none anew.

    `word`: the first of the statement, which `cursor` has gone past. None, with `cursor` where it was, where it is
    about something else. Raises `Unreadable` for what is not known before it runs.
    """
    at = cursor.at
    found = _read(word, cursor)
    if found is None:
        cursor.at = at
        return None
    schemas = tuple(None if one == "public" else one for one in found if one not in _NEVER_NEW)
    return () if schemas[:1] in ((), (None,)) else schemas


def _read(word: str, cursor: Cursor) -> list[str] | None:
    if word == "SET":
        cursor.take_any("SESSION", "LOCAL")
        if not cursor.take("SEARCH_PATH"):
            return None
        if not cursor.take("TO"):
            cursor.take_mark("=")
        return [] if cursor.take("DEFAULT") else _names(cursor)
    if word == "RESET":
        return [] if cursor.take_any("SEARCH_PATH", "ALL") is not None else None
    if word == "DISCARD":
        return [] if cursor.take("ALL") else None
    if word == "SELECT":
        return _configured(cursor)
    return None


def _configured(cursor: Cursor) -> list[str] | None:
    """Read `set_config('search_path', …, false)`."""
    if cursor.take("PG_CATALOG"):
        cursor.take_mark(".")
    if not cursor.take("SET_CONFIG") or not cursor.take_mark("("):
        return None
    if cursor.string().lower() != "search_path":
        return None
    cursor.take_mark(",")
    text = cursor.string()
    if not cursor.is_mark(","):
        raise Unreadable
    return _names(Cursor(text, tuple(tokenize(text, cursor.dialect)), cursor.dialect))


def _names(cursor: Cursor) -> list[str]:
    """Read a list of schemas, quoted as names or as strings."""
    found: list[str] = []
    while not cursor.done:
        token = cursor.next()
        if token.kind == "word":
            found.append(token.value.lower())
        elif token.kind in ("name", "string"):
            found.append(token.value)
        elif token.value != ",":
            raise Unreadable
    return found
