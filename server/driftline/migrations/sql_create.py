"""CREATE of raw SQL: tables, indexes, types and schemas; other things are understood and change no table.

Sources: the manuals of PostgreSQL 16, MySQL 8.4, MariaDB 10.11 and SQLite 3.45 on CREATE.

Example: `CREATE UNIQUE INDEX ON users (email)` is a `CreateIndex` without a name, which the database makes up.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.dataclass import replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import (
    CreateEnum,
    CreateIndex,
    CreateSchema,
    CreateTable,
    DropIndex,
    DropTable,
    Execute,
    Inherit,
    Like,
)
from driftline.migrations.sql_query import query_columns
from driftline.migrations.sql_reading import Reading
from driftline.migrations.sql_tables import EVERY_PART, raw_schema, read_definitions, read_index_elements, read_key
from driftline.migrations.sql_tokens import Cursor, Statement
from driftline.migrations.sql_types import read_charset
from driftline.migrations.sql_views import NO_TABLE, read_view
from driftline.migrations.working import split_key
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
    unknown_type,
)
from driftline.schema.naming import cut_name


def read_create(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    """Read what follows CREATE; whether it was understood. Raises `Unreadable` where it was not, too."""
    replaces = cursor.take("OR", "REPLACE")
    temporary = False
    while (word := cursor.take_any("TEMP", "TEMPORARY", "UNLOGGED", "GLOBAL", "LOCAL", "VIRTUAL")) is not None:
        temporary = temporary or word in ("TEMP", "TEMPORARY")
    if cursor.take("TABLE"):
        return _create_table(cursor, reading, temporary=temporary, replaces=replaces)
    if cursor.take("UNIQUE", "INDEX"):
        return _create_index(cursor, reading, unique=True, replaces=replaces)
    if cursor.take("INDEX") or (cursor.take_any("FULLTEXT", "SPATIAL") is not None and cursor.take("INDEX")):
        return _create_index(cursor, reading, unique=False, replaces=replaces)
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
        reading.add(Execute(statement.sql, creates_view=read_view(cursor)))
        return True
    token = cursor.peek()
    if token is not None and token.word in NO_TABLE:
        reading.add(Execute(statement.sql, creates_view=read_view(cursor)))
        return True
    return False


def _create_table(cursor: Cursor, reading: Reading, *, temporary: bool, replaces: bool) -> bool:
    """Read a table; one that `replaces` another (MariaDB's) is created when that was dropped."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    key = read_key(cursor)
    if replaces:
        reading.add(DropTable(key, if_exists=True))
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
    elif not _goes_to_query(cursor):
        return False
    if _goes_to_query(cursor):
        cursor.take("AS")
        table = _filled_by(table, cursor.rest(), reading)
        cursor.at = len(cursor.tokens)
    if cursor.take("WITHOUT", "ROWID"):
        key_columns = table.primary_key.columns
        columns = (replace(one, nullable=False) if one.name in key_columns else one for one in table.columns)
        table = replace(table, columns=tuple(columns))
    table = _with_options(table, cursor)
    reading.add(CreateTable(table, if_not_exists=if_not_exists, temporary=temporary, likes=likes, parents=parents))
    return True


def _goes_to_query(cursor: Cursor) -> bool:
    """Move over the options before a query that fills the new table; whether there is one."""
    start = cursor.at
    while not cursor.done:
        if cursor.is_words("AS") or cursor.is_words("SELECT"):
            return True
        if cursor.is_mark("("):
            cursor.group()
        else:
            cursor.next()
    cursor.at = start
    return False


def _filled_by(table: Table, query: str, reading: Reading) -> Table:
    """Give the table that a query makes: its columns by name, as far as the query tells."""
    names = query_columns(
        query.removesuffix(")").removeprefix("(") if query.startswith("(") else query, reading.dialect
    )
    if names is None:
        unknown = Unknown(f"the columns of `{table.key}` come from a query", reading.origin)
        return replace(table, incomplete=(*table.incomplete, unknown))
    untyped = Unknown("the type comes from a query", reading.origin)
    if reading.dialect == "postgresql" and table.columns:  # they are names for the query's columns
        names = (*(one.name for one in table.columns), *names[len(table.columns) :])
        table = replace(table, columns=())
    columns = tuple(
        Column(cut_name(one, reading.dialect), unknown_type(untyped), origin=reading.origin)
        for one in names
        if table.column(cut_name(one, reading.dialect)) is None
    )
    if reading.dialect in MYSQL_FAMILY:  # NOT NULL and defaults come along
        unknown = Unknown(f"what the columns of `{table.key}` are comes from a query", reading.origin)
        table = replace(table, incomplete=(*table.incomplete, unknown))
        columns = tuple(replace(one, nullable=unknown) for one in columns)
    return replace(table, columns=(*table.columns, *columns))


def _with_options(table: Table, cursor: Cursor) -> Table:
    """Read MySQL's options behind the parentheses: a comment and a character set."""
    while not cursor.done:
        start = cursor.at
        charset = read_charset(cursor)
        if charset is not None:
            table = replace(table, charset=charset)
        elif cursor.take("COMMENT"):
            cursor.take_mark("=")
            token = cursor.peek()
            if token is not None and token.kind == "string":
                table = replace(table, comment=cursor.string())
        if cursor.at == start:
            cursor.next()
    return table


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


def _create_index(cursor: Cursor, reading: Reading, *, unique: bool, replaces: bool) -> bool:
    cursor.take("CONCURRENTLY")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = None if cursor.is_words("ON") else cut_name(cursor.dotted()[1], reading.dialect)
    _skip_using(cursor)
    cursor.need("ON")
    only = cursor.take("ONLY")
    key = read_key(cursor)
    if replaces:
        reading.add(DropIndex(key, name, if_exists=True))
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
    reading.add(CreateIndex(key, index, if_not_exists=if_not_exists, only=only))
    return True


def _skip_using(cursor: Cursor) -> None:
    if cursor.take("USING"):
        cursor.name()


def _create_type(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    schema, name = cursor.dotted()
    if cursor.take("AS", "ENUM"):
        labels = tuple(one.string() for one in cursor.group().split())
        enum = Enum(cut_name(name, reading.dialect), labels, raw_schema(schema, reading.dialect), origin=reading.origin)
        reading.add(CreateEnum(enum))
    else:
        reading.add(Execute(statement.sql))
    return True
