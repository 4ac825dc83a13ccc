"""What raw SQL does to a schema: the operations that its DDL amounts to.

Statements that change no table (DML, GRANT, functions, views, sequences, extensions) are understood and change nothing.
What is not understood is an `Opaque` operation, limited to the tables that the text names where it names them.

Sources: the manuals of PostgreSQL 16, MySQL 8.4 and SQLite 3.45 on the statements in question.

Example: `ALTER TABLE users ADD COLUMN email text, DROP COLUMN login` are an `AddColumn` and a `DropColumn`.
"""

from __future__ import annotations

import re

from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import (
    AlterColumn,
    CreateTableComment,
    DropEnum,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    Execute,
    Opaque,
    Operation,
    RenameTable,
    SetKeyChecks,
    SetSearchPath,
)
from driftline.migrations.sql_alter import read_alter
from driftline.migrations.sql_blocks import read_block
from driftline.migrations.sql_create import read_create
from driftline.migrations.sql_key_checks import read_key_checks
from driftline.migrations.sql_reading import SHOWN, Reading
from driftline.migrations.sql_search_path import read_search_path
from driftline.migrations.sql_tables import raw_schema, read_key
from driftline.migrations.sql_text import keywords
from driftline.migrations.sql_tokens import Cursor, Statement, Unreadable, statements
from driftline.migrations.sql_views import NO_TABLE, read_view
from driftline.migrations.working import split_key
from driftline.python.host import Branch
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import table_key
from driftline.schema.naming import cut_name

_NO_EFFECT = keywords(
    """
    INSERT UPDATE DELETE SELECT WITH MERGE TRUNCATE VALUES COPY LOCK UNLOCK SET RESET SHOW ANALYZE ANALYSE VACUUM
    REINDEX CLUSTER REFRESH PRAGMA BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT GRANT REVOKE NOTIFY
    LISTEN UNLISTEN DISCARD EXPLAIN DECLARE FETCH CLOSE MOVE USE REPLACE OPTIMIZE CHECKPOINT REASSIGN SECURITY
    PREPARE DEALLOCATE ATTACH DETACH FLUSH KILL HANDLER LOAD CHECK TABLE
    """
)
"""Statements that begin with these change no table's definition."""

_FIRST_WORD = regex(r"(?:\s+|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]+)", re.DOTALL)


def read_raw_sql(
    text: str, dialect: str, *, origin: Origin = NOWHERE, branch: Branch | None = None, guarded: bool = False
) -> tuple[Operation, ...]:
    """Give the operations that the statements in `text` amount to. Total."""
    reading = Reading(dialect, origin, branch, guarded)
    first = _FIRST_WORD.match(text)
    if (
        first is not None
        and first[1].upper() in _NO_EFFECT - {"SELECT", "WITH", "SET", "RESET", "DISCARD"}
        and ";" not in text.strip().rstrip(";")
    ):
        reading.add(Execute(text.strip()))
        return tuple(reading.found)
    for statement in statements(text, dialect):
        _read_statement(statement, reading)
    return tuple(reading.found)


def could_be_ddl(text: str) -> bool:
    """Whether a text of which only parts are known could be DDL, as far as its beginning tells."""
    first = _FIRST_WORD.match(text)
    return first is None or first[1].upper() not in _NO_EFFECT or ";" in text.strip().rstrip(";")


def _read_statement(statement: Statement, reading: Reading) -> None:
    cursor = Cursor(statement.text, statement.tokens, reading.dialect)
    reading.outright = _named_outright(statement) if reading.dialect == "postgresql" else frozenset()
    before = len(reading.found)
    try:
        understood = _dispatch(cursor, statement, reading)
    except Unreadable:
        understood = False
    if understood:
        return
    del reading.found[before:]
    words = " ".join(statement.sql.split())
    shown = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    what = Unknown(f"the SQL `{shown}` was not understood", reading.origin)
    named = _tables_named(statement, reading.dialect)
    reading.add(
        Opaque(what, tables=named, creates=named is None or statement.tokens[0].word in ("CREATE", "SELECT", "WITH"))
    )


def _named_outright(statement: Statement) -> frozenset[str]:
    """Give the names that have `public.` before them; of one that is written both ways, the first way counts."""
    found: dict[str, bool] = {}
    outright = False
    cursor = Cursor(statement.text, statement.tokens, "postgresql")
    while not cursor.done:
        token = cursor.peek()
        if token is not None and token.kind in ("word", "name"):
            name = cursor.name()
            if name == "public" and cursor.take_mark("."):
                outright = True
                continue
            found.setdefault(name, outright)
        else:
            cursor.next()
        outright = False
    return frozenset(name for name, is_outright in found.items() if is_outright)


def _tables_named(statement: Statement, dialect: str) -> frozenset[str] | None:
    """Give every name in the statement, as keys of tables that it could touch; None for a call that can do anything."""
    if statement.tokens[0].word in ("DO", "CALL", "EXECUTE", "EXEC"):
        return None
    names: set[str] = set()
    cursor = Cursor(statement.text, statement.tokens, dialect)
    while not cursor.done:
        token = cursor.peek()
        if token is not None and token.kind in ("word", "name"):
            try:
                schema, name = cursor.dotted()
            except Unreadable:
                continue
            names |= {table_key(raw_schema(schema, dialect), name), name}
        else:
            cursor.next()
    return frozenset(names)


def _dispatch(cursor: Cursor, statement: Statement, reading: Reading) -> bool:
    word = cursor.next().word
    if word == "CREATE":
        return read_create(cursor, reading, statement)
    if word == "ALTER":
        return read_alter(cursor, reading, statement)
    if word == "DROP":
        return _drop(cursor, reading, statement)
    if word == "COMMENT":
        return _comment(cursor, reading, statement)
    if word == "RENAME" and reading.dialect in MYSQL_FAMILY:
        return _rename_tables(cursor, reading)
    if word == "DO" and reading.dialect == "postgresql":
        return read_block(cursor, reading, statement, _read_statement)
    if reading.dialect == "postgresql" and (path := read_search_path(word, cursor)) is not None:
        reading.add(SetSearchPath(path))
        return True
    if word == "SET" and reading.dialect in MYSQL_FAMILY and (checks := read_key_checks(cursor)) is not None:
        reading.add(SetKeyChecks(checks))
        return True
    if word in ("SELECT", "WITH") and reading.dialect == "postgresql" and _selects_into(cursor):
        return False
    if word in _NO_EFFECT or statement.tokens[0].value == "(" or (word == "DO" and reading.dialect in MYSQL_FAMILY):
        reading.add(Execute(statement.sql))
        return True
    return False


def _selects_into(cursor: Cursor) -> bool:
    """Whether a SELECT makes a table: INTO outside of parentheses, and no INSERT before it."""
    depth = 0
    for token in cursor.tokens:
        if token.kind == "mark":
            depth += {"(": 1, ")": -1}.get(token.value, 0)
        elif depth == 0 and token.word in ("INSERT", "MERGE"):
            return False
        elif depth == 0 and token.word == "INTO":
            return True
    return False


# DROP, COMMENT, RENAME -----------------------------------------------------------------------------------------------


def _drop(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    cursor.take("TEMPORARY")
    kind = cursor.next().word
    if kind == "TABLE":
        if_exists = cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        keys = [
            table_key(raw_schema(schema, reading.dialect), cut_name(name, reading.dialect)) for schema, name in names
        ]
        for at, key in enumerate(keys, 1):
            reading.add(DropTable(key, if_exists=if_exists, cascade=cascade, along=frozenset(keys[at:])))
        return True
    if kind == "INDEX":
        cursor.take("CONCURRENTLY")
        if_exists = cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        table = read_key(cursor) if cursor.take("ON") else None
        for schema, name in names:
            shortened = cut_name(name, reading.dialect)
            lies_in = raw_schema(schema, reading.dialect)
            reading.add(DropIndex(table, shortened, lies_in, if_exists=if_exists, cascade=cascade))
        return True
    if kind in ("TYPE", "DOMAIN"):
        if_exists = cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        for schema, name in names:
            reading.add(
                DropEnum(table_key(raw_schema(schema, reading.dialect), name), if_exists=if_exists, cascade=cascade)
            )
        return True
    if kind == "SCHEMA":
        cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        for _, name in names:
            reading.add(DropSchema(name, cascade=cascade))
        return True
    if kind == "SEQUENCE":
        cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        for schema, name in names:
            reading.add(DropSequence(table_key(raw_schema(schema, reading.dialect), name), cascade=cascade))
        return True
    if kind in NO_TABLE or kind == "OWNED":
        cursor.at -= 1
        view = read_view(cursor)
        reading.add(Execute(statement.sql, drops_view=view))
        while view is not None and cursor.take_mark(","):
            reading.add(Execute(statement.sql, drops_view=read_key(cursor)))
        return True
    return False


def _dropped_names(cursor: Cursor) -> tuple[list[tuple[str | None, str]], bool]:
    names = [cursor.dotted()]
    while cursor.take_mark(","):
        names.append(cursor.dotted())
    return names, cursor.take("CASCADE")


def _comment(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    cursor.need("ON")
    if cursor.take("TABLE"):
        key = read_key(cursor)
        cursor.need("IS")
        reading.add(CreateTableComment(key, None if cursor.take("NULL") else cursor.string()))
        return True
    if cursor.take("COLUMN"):
        parts = [cursor.name()]
        while cursor.take_mark("."):
            parts.append(cursor.name())
        cursor.need("IS")
        comment = None if cursor.take("NULL") else cursor.string()
        schema = parts[-3] if len(parts) > 2 else None  # noqa: PLR2004 -- schema.table.column
        if len(parts) > 1:
            key = table_key(raw_schema(schema, reading.dialect), parts[-2])
            reading.add(AlterColumn(key, parts[-1], comment=comment))
        return len(parts) > 1
    reading.add(Execute(statement.sql))
    return True


def _rename_tables(cursor: Cursor, reading: Reading) -> bool:
    cursor.need("TABLE")
    while True:
        key = read_key(cursor)
        cursor.need("TO")
        schema, name = cursor.dotted()
        reading.add(RenameTable(key, name, schema if schema is not None else split_key(key)[0]))
        if not cursor.take_mark(","):
            return True
