"""What raw SQL does to a schema: the operations that its DDL amounts to.

Statements that change no table (DML, GRANT, functions, views, sequences, extensions) are understood and change nothing.
What is not understood is an `Opaque` operation, limited to the tables that the text names where it names them.

Sources: the manuals of PostgreSQL 16, MySQL 8.4 and SQLite 3.45 on the statements in question.

Example: `ALTER TABLE users ADD COLUMN email text, DROP COLUMN login` are an `AddColumn` and a `DropColumn`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from driftline.migrations.operation import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    CreateConstraint,
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSchema,
    DropTable,
    Execute,
    Inherit,
    Like,
    NewDefault,
    Opaque,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameEnumValue,
    RenameIndex,
    RenameTable,
)
from driftline.migrations.sql_query import query_columns
from driftline.migrations.sql_tables import (
    EVERY_PART,
    is_table_item,
    raw_schema,
    read_column_definition,
    read_definitions,
    read_identity,
    read_index_elements,
    read_key,
    read_table_constraint,
)
from driftline.migrations.sql_text import keywords
from driftline.migrations.sql_tokens import Cursor, Statement, Unreadable, statements
from driftline.migrations.sql_types import read_raw_type
from driftline.migrations.working import split_key
from driftline.python.host import Branch, Taken
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    ServerDefault,
    Table,
    UniqueConstraint,
    table_key,
    unknown_type,
)
from driftline.schema.naming import cut_name
from driftline.schema.rendering import quote_identifier

_MYSQL = frozenset({"mysql", "mariadb"})

_NO_EFFECT = keywords(
    """
    INSERT UPDATE DELETE SELECT WITH MERGE TRUNCATE VALUES COPY LOCK UNLOCK SET RESET SHOW ANALYZE ANALYSE VACUUM
    REINDEX CLUSTER REFRESH PRAGMA BEGIN START COMMIT ROLLBACK SAVEPOINT RELEASE END ABORT GRANT REVOKE NOTIFY
    LISTEN UNLISTEN DISCARD EXPLAIN DECLARE FETCH CLOSE MOVE USE REPLACE OPTIMIZE CHECKPOINT REASSIGN SECURITY
    PREPARE DEALLOCATE ATTACH DETACH FLUSH KILL HANDLER LOAD CHECK TABLE
    """
)
"""Statements that begin with these change no table's definition."""

_NO_TABLE = keywords(
    """
    EXTENSION SEQUENCE VIEW FUNCTION PROCEDURE TRIGGER POLICY RULE ROLE USER GROUP DATABASE AGGREGATE CAST COLLATION
    CONVERSION STATISTICS PUBLICATION SUBSCRIPTION SERVER EVENT LANGUAGE OPERATOR TEXT TRANSFORM ACCESS TABLESPACE
    DOMAIN LARGE DEFAULT SYSTEM ROUTINE FOREIGN MATERIALIZED PROCEDURAL TRUSTED RECURSIVE
    """
)
"""Kinds of things that CREATE, ALTER and DROP can be about, and that the state has no place for."""

_FIRST_WORD = re.compile(r"(?:\s+|--[^\n]*\n|/\*.*?\*/|\()*([A-Za-z]+)", re.DOTALL)
_CREATES = re.compile(r"\b(?:create|rename)\b", re.IGNORECASE)
_DDL_IN_BODY = re.compile(r"\b(?:create|alter|drop|execute|rename)\b", re.IGNORECASE)


@dataclass(slots=True)
class _Reading:
    """A statement being read: how its operations are to be marked."""

    dialect: str
    origin: Origin
    branch: Branch | None
    guarded: bool
    found: list[Operation] = field(default_factory=list)

    def add(self, operation: Operation) -> None:
        self.found.append(
            replace(
                operation,
                origin=self.origin,
                branch=operation.branch if operation.branch is not None else self.branch,
                raw=True,
                guarded=self.guarded or operation.guarded,
            )
        )


def read_raw_sql(
    text: str, dialect: str, *, origin: Origin = NOWHERE, branch: Branch | None = None, guarded: bool = False
) -> tuple[Operation, ...]:
    """Give the operations that the statements in `text` amount to. Total."""
    reading = _Reading(dialect, origin, branch, guarded)
    first = _FIRST_WORD.match(text)
    if (
        first is not None
        and first[1].upper() in _NO_EFFECT - {"SELECT", "WITH"}
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


def _read_statement(statement: Statement, reading: _Reading) -> None:
    cursor = Cursor(statement.text, statement.tokens, reading.dialect)
    before = len(reading.found)
    try:
        understood = _dispatch(cursor, statement, reading)
    except Unreadable:
        understood = False
    if understood:
        return
    del reading.found[before:]
    words = " ".join(statement.sql.split())
    shown = words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"
    what = Unknown(f"the SQL `{shown}` was not understood", reading.origin)
    named = _tables_named(statement, reading.dialect)
    reading.add(
        Opaque(what, tables=named, creates=named is None or statement.tokens[0].word in ("CREATE", "SELECT", "WITH"))
    )


_SHOWN = 80


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


def _dispatch(cursor: Cursor, statement: Statement, reading: _Reading) -> bool:
    word = cursor.next().word
    if word == "CREATE":
        return _create(cursor, reading, statement)
    if word == "ALTER":
        return _alter(cursor, reading, statement)
    if word == "DROP":
        return _drop(cursor, reading, statement)
    if word == "COMMENT":
        return _comment(cursor, reading, statement)
    if word == "RENAME" and reading.dialect in _MYSQL:
        return _rename_tables(cursor, reading)
    if word == "DO" and reading.dialect == "postgresql":
        return _do_block(cursor, reading, statement)
    if word in ("SELECT", "WITH") and reading.dialect == "postgresql" and _selects_into(cursor):
        return False
    if word in _NO_EFFECT or statement.tokens[0].value == "(" or (word == "DO" and reading.dialect in _MYSQL):
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


# CREATE --------------------------------------------------------------------------------------------------------------


def _create(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    if cursor.take("OR", "REPLACE"):
        cursor.take("TEMPORARY") or cursor.take("TEMP")
        reading.add(Execute(statement.sql, creates_view=_view(cursor)))
        return not cursor.is_words("TABLE")  # never a table, outside of MariaDB
    temporary = False
    while (word := cursor.take_any("TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "VIRTUAL")) is not None:
        temporary = temporary or word in ("TEMP", "TEMPORARY")
    if cursor.take("TABLE"):
        return _create_table(cursor, reading, temporary=temporary)
    if cursor.take("UNIQUE", "INDEX"):
        return _create_index(cursor, reading, unique=True)
    if cursor.take("INDEX") or (cursor.take_any("FULLTEXT", "SPATIAL") is not None and cursor.take("INDEX")):
        return _create_index(cursor, reading, unique=False)
    if cursor.take("TYPE"):
        return _create_type(cursor, reading, statement)
    if cursor.take("SCHEMA"):
        cursor.take("IF", "NOT", "EXISTS")
        cursor.take("AUTHORIZATION")
        reading.add(CreateSchema(cursor.name()))
        return True
    cursor.take("CONSTRAINT")
    if cursor.take_any("DEFINER", "ALGORITHM", "SQL") is not None:  # MySQL's views, functions, triggers …
        while not (cursor.done or cursor.is_words("VIEW")):
            cursor.next()
        reading.add(Execute(statement.sql, creates_view=_view(cursor)))
        return True
    token = cursor.peek()
    if token is not None and token.word in _NO_TABLE:
        reading.add(Execute(statement.sql, creates_view=_view(cursor)))
        return True
    return False


def _view(cursor: Cursor) -> str | None:
    """Give the key of the view or foreign table that comes next; None where none does."""
    while cursor.take_any("RECURSIVE", "MATERIALIZED") is not None:
        pass
    if not (cursor.take("VIEW") or cursor.take("FOREIGN", "TABLE")):
        return None
    cursor.take("IF", "NOT", "EXISTS")
    cursor.take("IF", "EXISTS")
    return read_key(cursor)


def _create_table(cursor: Cursor, reading: _Reading, *, temporary: bool) -> bool:
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    key = read_key(cursor)
    schema, name = split_key(key)
    table = Table(name, schema, origin=reading.origin)
    likes: tuple[Like, ...] = ()
    parents: tuple[Inherit, ...] = ()
    if cursor.is_mark("("):
        defined = read_definitions(cursor.group(), key, reading.origin)
        table = _assembled(table, defined.columns, defined.constraints)
        reasons = []
        if defined.unread:
            reasons.append(Unknown(f"parts of the SQL that creates `{key}` were not understood", reading.origin))
        likes = tuple(defined.likes)
        if cursor.take("INHERITS"):
            parents = tuple(Inherit(key, read_key(one)) for one in cursor.group().split())
        table = replace(table, incomplete=tuple(reasons))
    elif cursor.take("PARTITION", "OF"):
        parents = (Inherit(key, read_key(cursor), partition=True),)
        if cursor.is_mark("("):
            defined = read_definitions(cursor.group(), key, reading.origin, typed=False)
            table = _assembled(table, defined.columns, defined.constraints)
    elif cursor.take("LIKE"):  # MySQL's
        likes = (Like(read_key(cursor), EVERY_PART),)
    elif cursor.is_words("USING"):
        unknown = Unknown(f"the columns of `{key}` come from a module", reading.origin)
        table = replace(table, incomplete=(unknown,))
    elif not (cursor.is_words("AS") or cursor.is_words("SELECT")):
        return False
    if cursor.take("AS") or cursor.is_words("SELECT"):
        table = _filled_by(table, cursor.rest(), reading)
        cursor.at = len(cursor.tokens)
    if cursor.take("WITHOUT", "ROWID"):
        key_columns = table.primary_key.columns
        columns = (replace(one, nullable=False) if one.name in key_columns else one for one in table.columns)
        table = replace(table, columns=tuple(columns))
    comment = _table_option(cursor, "COMMENT")
    table = replace(table, comment=comment)
    reading.add(CreateTable(table, if_not_exists=if_not_exists, temporary=temporary, likes=likes, parents=parents))
    return True


def _filled_by(table: Table, query: str, reading: _Reading) -> Table:
    """Give the table that a query makes: its columns by name, as far as the query tells."""
    names = query_columns(
        query.removesuffix(")").removeprefix("(") if query.startswith("(") else query, reading.dialect
    )
    if names is None:
        unknown = Unknown(f"the columns of `{table.key}` come from a query", reading.origin)
        return replace(table, incomplete=(*table.incomplete, unknown))
    untyped = Unknown("the type comes from a query", reading.origin)
    columns = tuple(
        Column(cut_name(one, reading.dialect), unknown_type(untyped), origin=reading.origin) for one in names
    )
    return replace(table, columns=(*table.columns, *columns))


def _table_option(cursor: Cursor, name: str) -> str | None:
    """Find MySQL's `NAME = 'value'` among the options behind the parentheses."""
    found = None
    while not cursor.done:
        if cursor.take(name):
            cursor.take_mark("=")
            token = cursor.peek()
            if token is not None and token.kind == "string":
                found = cursor.string()
        else:
            cursor.next()
    return found


def _assembled(table: Table, columns: list[Column], constraints: Sequence[object]) -> Table:
    """Put a table together."""
    primary = next((one for one in constraints if isinstance(one, PrimaryKey)), PrimaryKey(None, ()))
    return replace(
        table,
        columns=tuple(columns),
        primary_key=primary,
        foreign_keys=tuple(one for one in constraints if isinstance(one, ForeignKey)),
        unique_constraints=tuple(one for one in constraints if isinstance(one, UniqueConstraint)),
        indexes=tuple(one for one in constraints if isinstance(one, Index)),
        check_constraints=tuple(one for one in constraints if isinstance(one, CheckConstraint)),
        exclude_constraints=tuple(one for one in constraints if isinstance(one, ExcludeConstraint)),
    )


def _create_index(cursor: Cursor, reading: _Reading, *, unique: bool) -> bool:
    cursor.take("CONCURRENTLY")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.is_words("ON") else cut_name(cursor.dotted()[1], reading.dialect)
    _skip_using(cursor)
    cursor.need("ON")
    cursor.take("ONLY")
    key = read_key(cursor)
    options: dict[str, object] = {}
    if cursor.take("USING"):
        options["using"] = cursor.name()
    elements = read_index_elements(cursor.group())
    while not cursor.done:
        if cursor.take("INCLUDE"):
            options["include"] = tuple(one.name() for one in cursor.group().split())
        elif cursor.take("NULLS", "NOT", "DISTINCT"):
            options["nulls_not_distinct"] = True
        elif cursor.take("WHERE"):
            options["where"] = cursor.rest()
            break
        else:
            cursor.next()
            cursor.skip_group()
    if options.get("using") == "btree":
        del options["using"]
    index = Index(name, elements, unique, tuple(sorted(options.items())), origin=reading.origin)
    reading.add(CreateIndex(key, index, if_not_exists=if_not_exists))
    return True


def _skip_using(cursor: Cursor) -> None:
    if cursor.take("USING"):
        cursor.name()


def _create_type(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    schema, name = cursor.dotted()
    if cursor.take("AS", "ENUM"):
        labels = tuple(one.string() for one in cursor.group().split())
        enum = Enum(cut_name(name, reading.dialect), labels, raw_schema(schema, reading.dialect), origin=reading.origin)
        reading.add(CreateEnum(enum))
    else:
        reading.add(Execute(statement.sql))
    return True


# DROP, COMMENT, RENAME -----------------------------------------------------------------------------------------------


def _drop(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    cursor.take("TEMPORARY")
    kind = cursor.next().word
    if kind == "TABLE":
        if_exists = cursor.take("IF", "EXISTS")
        names, cascade = _dropped_names(cursor)
        for schema, name in names:
            key = table_key(raw_schema(schema, reading.dialect), cut_name(name, reading.dialect))
            reading.add(DropTable(key, if_exists=if_exists, cascade=cascade))
        return True
    if kind == "INDEX":
        cursor.take("CONCURRENTLY")
        if_exists = cursor.take("IF", "EXISTS")
        names, _ = _dropped_names(cursor)
        table = read_key(cursor) if cursor.take("ON") else None
        for schema, name in names:
            shortened = cut_name(name, reading.dialect)
            reading.add(DropIndex(table, shortened, raw_schema(schema, reading.dialect), if_exists=if_exists))
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
    if kind in _NO_TABLE or kind == "OWNED":
        cursor.at -= 1
        view = _view(cursor)
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


def _comment(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
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


def _rename_tables(cursor: Cursor, reading: _Reading) -> bool:
    cursor.need("TABLE")
    while True:
        key = read_key(cursor)
        cursor.need("TO")
        schema, name = cursor.dotted()
        reading.add(RenameTable(key, name, schema if schema is not None else split_key(key)[0]))
        if not cursor.take_mark(","):
            return True


# ALTER ---------------------------------------------------------------------------------------------------------------


def _alter(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    if cursor.take("TABLE"):
        return _alter_table(cursor, reading)
    if cursor.take("TYPE"):
        return _alter_type(cursor, reading, statement)
    if cursor.take("INDEX"):
        if_exists = cursor.take("IF", "EXISTS")
        schema, name = cursor.dotted() if not cursor.is_words("ALL") else (None, "")
        if cursor.take("RENAME", "TO"):
            reading.add(
                RenameIndex(
                    None,
                    name,
                    cut_name(cursor.name(), reading.dialect),
                    raw_schema(schema, reading.dialect),
                    if_exists=if_exists,
                )
            )
        else:
            reading.add(Execute(statement.sql))
        return True
    token = cursor.peek()
    if token is not None and token.word in _NO_TABLE:
        view = _view(cursor)
        if view is not None and cursor.take("RENAME", "TO"):
            new = table_key(split_key(view)[0], cursor.name())
            reading.add(Execute(statement.sql, creates_view=new, drops_view=view))
        else:
            reading.add(Execute(statement.sql))
        return True
    return False


def _alter_type(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    schema, name = cursor.dotted()
    schema = raw_schema(schema, reading.dialect)
    key = table_key(schema, name)
    if cursor.take("ADD", "VALUE"):
        if_not_exists = cursor.take("IF", "NOT", "EXISTS")
        value = cursor.string()
        before = cursor.string() if cursor.take("BEFORE") else None
        after = cursor.string() if cursor.take("AFTER") else None
        reading.add(AddEnumValue(key, value, before, after, if_not_exists=if_not_exists))
    elif cursor.take("RENAME", "VALUE"):
        old = cursor.string()
        cursor.need("TO")
        reading.add(RenameEnumValue(key, old, cursor.string()))
    elif cursor.take("RENAME", "TO"):
        reading.add(RenameEnum(key, cut_name(cursor.name(), reading.dialect), schema))
    elif cursor.take("SET", "SCHEMA"):
        reading.add(RenameEnum(key, name, raw_schema(cursor.name(), reading.dialect)))
    else:
        reading.add(Execute(statement.sql))
    return True


def _alter_table(cursor: Cursor, reading: _Reading) -> bool:
    if_exists = cursor.take("IF", "EXISTS")
    cursor.take("ONLY")
    key = read_key(cursor)
    cursor.take_mark("*")
    inner = replace_guard(reading, guarded=reading.guarded or if_exists)
    for action in cursor.split():
        start = len(inner.found)
        try:
            understood = any(read(action, key, inner) for read in _ACTIONS if not action.done)
        except Unreadable:
            understood = False
        if not understood:
            del inner.found[start:]
            text = " ".join(action.all().split())
            inner.add(
                Opaque(
                    Unknown(f"`ALTER TABLE {key} {text}` was not understood", reading.origin), tables=frozenset({key})
                )
            )
    reading.found += inner.found
    return True


def replace_guard(reading: _Reading, *, guarded: bool) -> _Reading:
    """Give a reading like `reading` whose operations may fail without harm."""
    return _Reading(reading.dialect, reading.origin, reading.branch, guarded)


def _action_add(action: Cursor, key: str, reading: _Reading) -> bool:
    if not action.take("ADD"):
        return False
    if not action.is_words("COLUMN") and is_table_item(action) and not action.is_words("LIKE"):
        made = read_table_constraint(action, key, reading.origin)
        if made is None:
            return False
        if isinstance(made.constraint, Index):
            reading.add(CreateIndex(key, made.constraint))
        else:
            reading.add(CreateConstraint(key, made.constraint, using_index=made.using_index))
        return True
    action.take("COLUMN")
    if_not_exists = action.take("IF", "NOT", "EXISTS")
    parts = action.group().split() if action.is_mark("(") else [action]
    for part in parts:
        definition = read_column_definition(part, key, reading.origin)
        reading.add(
            AddColumn(
                key, definition.column, definition.constraints, if_not_exists=if_not_exists, after=definition.after
            )
        )
    return True


def _action_drop(action: Cursor, key: str, reading: _Reading) -> bool:
    if not action.take("DROP"):
        return False
    if action.take("PRIMARY", "KEY"):
        reading.add(DropConstraint(key, None, "primary"))
        return True
    kind = (
        action.take_any("CONSTRAINT", "INDEX", "KEY", "CHECK") if not action.is_words("FOREIGN", "KEY") else "FOREIGN"
    )
    if kind == "FOREIGN":
        action.need("FOREIGN", "KEY")
    if kind is None:
        action.take("COLUMN")
    if_exists = action.take("IF", "EXISTS")
    name = cut_name(action.name(), reading.dialect)
    cascade = action.take("CASCADE")
    if kind is None:
        reading.add(DropColumn(key, name, if_exists=if_exists, cascade=cascade))
    elif kind in ("INDEX", "KEY"):
        reading.add(DropIndex(key, name, if_exists=if_exists))
    else:
        type_ = {"FOREIGN": "foreignkey", "CHECK": "check"}.get(kind)
        reading.add(DropConstraint(key, name, type_, if_exists=if_exists, cascade=cascade))
    return True


def _action_alter(action: Cursor, key: str, reading: _Reading) -> bool:
    if not action.take("ALTER"):
        return False
    if action.take("CONSTRAINT") or action.take("INDEX") or action.take("CHECK"):
        reading.add(Execute(action.all()))  # deferrability and visibility
        return True
    action.take("COLUMN")
    name = action.name()
    if action.take("SET", "DATA", "TYPE") or action.take("TYPE"):
        made = read_raw_type(action).type
        if action.take("COLLATE"):
            action.dotted()
        using = action.rest() if action.take("USING") else None
        reading.add(AlterColumn(key, name, type=made, using=using))
    elif action.take("SET", "DEFAULT"):
        reading.add(AlterColumn(key, name, server_default=_default(action.rest(), reading.origin)))
    elif action.take("DROP", "DEFAULT"):
        reading.add(AlterColumn(key, name, server_default=None))
    elif action.take("SET", "NOT", "NULL"):
        reading.add(AlterColumn(key, name, nullable=False))
    elif action.take("DROP", "NOT", "NULL"):
        reading.add(AlterColumn(key, name, nullable=True))
    elif action.take("DROP", "IDENTITY") or action.take("DROP", "EXPRESSION"):
        reading.add(AlterColumn(key, name, drop_generated=True))
    elif action.take("ADD", "GENERATED"):
        always = action.take("ALWAYS")
        action.take("BY", "DEFAULT")
        action.need("AS", "IDENTITY")
        reading.add(AlterColumn(key, name, server_default=read_identity(action, always=always)))
    elif action.take_any("SET", "RESET", "RESTART") is not None:
        reading.add(Execute(action.all()))  # statistics, storage, compression, an identity's options
    else:
        return False
    return True


def _default(sql: str, origin: Origin) -> NewDefault:
    return None if sql.upper() == "NULL" else ServerDefault(sql, origin=origin)


def _action_rename(action: Cursor, key: str, reading: _Reading) -> bool:
    if not action.take("RENAME"):
        return False
    schema, _ = split_key(key)
    if action.take("TO") or action.take("AS"):
        new_schema, new = action.dotted()
        reading.add(RenameTable(key, cut_name(new, reading.dialect), raw_schema(new_schema, reading.dialect) or schema))
        return True
    kind = action.take_any("CONSTRAINT", "INDEX", "KEY", "COLUMN")
    old = action.name()
    action.need("TO")
    new = cut_name(action.name(), reading.dialect)
    if kind == "CONSTRAINT":
        reading.add(RenameConstraint(key, old, new))
    elif kind in ("INDEX", "KEY"):
        reading.add(RenameIndex(key, old, new, schema))
    else:
        reading.add(AlterColumn(key, old, new_column_name=new))
    return True


def _action_modify(action: Cursor, key: str, reading: _Reading) -> bool:
    """MySQL's MODIFY and CHANGE, which state the whole column again."""
    change = action.is_words("CHANGE")
    if not action.take("CHANGE") and not action.take("MODIFY"):
        return False
    action.take("COLUMN")
    old = action.name() if change else None
    definition = read_column_definition(action, key, reading.origin)
    column = definition.column
    reading.add(
        AlterColumn(
            key,
            old if old is not None else column.name,
            type=column.type,
            nullable=column.nullable,
            server_default=column.computed if column.computed is not None else column.server_default,
            comment=column.comment,
            autoincrement=column.autoincrement,
            new_column_name=column.name if old is not None and old != column.name else None,
        )
    )
    return True


_SETTINGS = keywords(
    """
    VALIDATE OWNER ENABLE DISABLE CLUSTER REPLICA FORCE NO INHERIT NOT OF ATTACH DETACH RESET ALGORITHM LOCK ENGINE
    AUTO_INCREMENT CONVERT CHARACTER CHARSET DEFAULT COLLATE ROW_FORMAT ORDER SET COMMENT
    """
)


def _action_setting(action: Cursor, key: str, reading: _Reading) -> bool:
    if action.take("SET", "SCHEMA"):
        _, name = split_key(key)
        reading.add(RenameTable(key, name, raw_schema(action.name(), reading.dialect)))
        return True
    if action.take("COMMENT"):
        action.take_mark("=")
        reading.add(CreateTableComment(key, action.string()))
        return True
    if action.take("INHERIT"):
        reading.add(Inherit(key, read_key(action)))
        return True
    if action.take("NO", "INHERIT"):
        reading.add(Inherit(key, read_key(action), detach=True))
        return True
    word = action.take_any("ATTACH", "DETACH")
    if word is not None:
        action.need("PARTITION")
        reading.add(Inherit(read_key(action), key, partition=True, detach=word == "DETACH"))
        return True
    token = action.peek()
    if token is None or token.word not in _SETTINGS:
        return False
    reading.add(Execute(action.all()))
    return True


_ACTIONS: tuple[Callable[[Cursor, str, _Reading], bool], ...] = (
    _action_add,
    _action_drop,
    _action_alter,
    _action_rename,
    _action_modify,
    _action_setting,
)


# DO blocks -----------------------------------------------------------------------------------------------------------


def _do_block(cursor: Cursor, reading: _Reading, statement: Statement) -> bool:
    """Read the statements of a PL/pgSQL block.

    Under IF they are assumed to run; with EXCEPTION they may fail; EXECUTE of a text is read.
    """
    body = next((token.value for token in cursor.tokens if token.kind == "string"), None)
    if body is None:
        return False
    if not _DDL_IN_BODY.search(body):
        reading.add(Execute(statement.sql))
        return True
    block = _Reading(reading.dialect, reading.origin, reading.branch, reading.guarded or "EXCEPTION" in body.upper())
    for inner, condition in _block_statements(body, reading.dialect):
        branch = block.branch
        if condition is not None and branch is None:
            branch = Branch(Taken.ASSUMED, condition, reading.origin)
        nested = _Reading(reading.dialect, reading.origin, branch, block.guarded or condition is not None)
        _read_plpgsql(inner, nested)
        reading.found += nested.found
    return True


def _block_statements(body: str, dialect: str) -> Iterator[tuple[Statement, str | None]]:
    """Give the statements of a block, without the control words before them, each with the innermost IF around it."""
    conditions: list[str] = []
    for statement in statements(body, dialect):
        tokens = list(statement.tokens)
        while tokens:
            word = tokens[0].word
            if word in ("BEGIN", "ELSE", "DECLARE", "LOOP", "THEN"):
                del tokens[0]
            elif word in ("IF", "ELSIF", "WHEN", "FOR", "WHILE", "FOREACH"):
                closing = next((at for at, one in enumerate(tokens) if one.word in ("THEN", "LOOP")), None)
                if closing is None:
                    break
                if word in ("IF", "FOR", "WHILE", "FOREACH"):
                    conditions.append(body[tokens[1].start : tokens[closing - 1].end])
                del tokens[: closing + 1]
            elif word == "EXCEPTION":
                del tokens[0]
            elif word == "END" and len(tokens) > 1 and tokens[1].word in ("IF", "LOOP"):
                if conditions:
                    conditions.pop()
                break
            else:
                break
        if tokens and tokens[0].word not in ("END", "IF", ""):
            yield Statement(body, tuple(tokens)), conditions[-1] if conditions else None


_PLACE = re.compile(r"%(?:(\d+)\$)?(?:-?\d+)?([sIL%])")


def _built(statement: Statement) -> str | None:
    """Give the text that EXECUTE runs: a string, or `format` of strings; None where it depends on anything else."""
    tokens = statement.tokens[1:]
    if len(tokens) == 1 and tokens[0].kind == "string":
        return tokens[0].value
    if len(tokens) < 4 or tokens[0].word != "FORMAT" or tokens[1].value != "(" or tokens[-1].value != ")":  # noqa: PLR2004 -- format('…')
        return None
    arguments = [one for one in tokens[2:-1] if not (one.kind == "mark" and one.value == ",")]
    if any(one.kind != "string" for one in arguments):
        return None
    values = iter(arguments[1:])

    def filled(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        value = arguments[int(match[1])].value if match[1] else next(values).value
        quoted = value.replace("'", "''")
        return {"s": value, "I": quote_identifier(value, "postgresql"), "L": f"'{quoted}'"}[match[2]]

    try:
        return _PLACE.sub(filled, arguments[0].value)
    except (StopIteration, IndexError):  # PostgreSQL would refuse it
        return None


def _read_plpgsql(statement: Statement, reading: _Reading) -> None:
    first = statement.tokens[0].word
    if first in ("CREATE", "ALTER", "DROP", "COMMENT"):
        _read_statement(statement, reading)
    elif first == "EXECUTE":
        texts = [token.value for token in statement.tokens[1:] if token.kind == "string"]
        built = _built(statement)
        if built is not None:
            for inner in statements(built, reading.dialect):
                _read_statement(inner, reading)
        elif not texts or _DDL_IN_BODY.search(texts[0]):
            words = " ".join(statement.sql.split())
            what = Unknown(f"the SQL that `{words[:_SHOWN]}` builds is not known", reading.origin)
            reading.add(Opaque(what, creates=not texts or _CREATES.search(texts[0]) is not None))
    # anything else in a block is DML, an assignment, RAISE, PERFORM …: no table changes
