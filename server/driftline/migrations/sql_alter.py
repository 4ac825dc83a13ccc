"""ALTER of raw SQL: an operation for each action on a table; types, indexes, schemas and views are renamed.

Sources: the manuals of PostgreSQL 16, MySQL 8.4, MariaDB 10.11 and SQLite 3.45 on ALTER.

Example: `ALTER TABLE users ADD COLUMN email text, DROP COLUMN login` are an `AddColumn` and a `DropColumn`.
"""

from __future__ import annotations

from collections.abc import Callable

from driftline.dataclass import replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    ConvertTable,
    CreateConstraint,
    CreateIndex,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropIndex,
    Execute,
    Inherit,
    NewDefault,
    Opaque,
    RenameConstraint,
    RenameEnum,
    RenameEnumValue,
    RenameIndex,
    RenameSchema,
    RenameTable,
)
from driftline.migrations.sql_reading import Reading
from driftline.migrations.sql_tables import (
    is_table_item,
    raw_schema,
    read_column_definition,
    read_identity,
    read_key,
    read_table_constraint,
)
from driftline.migrations.sql_text import keywords
from driftline.migrations.sql_tokens import Cursor, Statement, Unreadable
from driftline.migrations.sql_types import read_charset, read_raw_type
from driftline.migrations.sql_views import NO_TABLE, read_view
from driftline.migrations.working import split_key
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.schema import Index, ServerDefault, table_key
from driftline.schema.naming import cut_name


def read_alter(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    """Read what follows ALTER; whether it was understood. Raises `Unreadable` where it was not, too."""
    if reading.dialect in MYSQL_FAMILY:
        while cursor.take_any("ONLINE", "IGNORE") is not None:
            pass
    if cursor.take("TABLE"):
        return _alter_table(cursor, reading)
    if cursor.take("SCHEMA"):
        return _alter_schema(cursor, reading, statement)
    if cursor.take("TYPE") or cursor.take("DOMAIN"):
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
    if token is not None and token.word in NO_TABLE:
        view = read_view(cursor)
        if view is not None and cursor.take("RENAME", "TO"):
            new = table_key(split_key(view)[0], cursor.name())
            reading.add(Execute(statement.sql, creates_view=new, drops_view=view))
        else:
            reading.add(Execute(statement.sql))
        return True
    return False


def _alter_schema(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
    schema = cursor.name()
    if cursor.take("RENAME", "TO"):
        reading.add(RenameSchema(schema, cursor.name()))
    else:
        reading.add(Execute(statement.sql))
    return True


def _alter_type(cursor: Cursor, reading: Reading, statement: Statement) -> bool:
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


def _alter_table(cursor: Cursor, reading: Reading) -> bool:
    if_exists = cursor.take("IF", "EXISTS")
    only = cursor.take("ONLY")
    key = read_key(cursor)
    cursor.take_mark("*")
    actions = cursor.split()
    inner = reading.inner(guarded=if_exists, only=only, together=len(actions) > 1)
    for action in actions:
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


def _action_add(action: Cursor, key: str, reading: Reading) -> bool:
    if not action.take("ADD"):
        return False
    if not action.is_words("COLUMN") and is_table_item(action) and not action.is_words("LIKE"):
        made = read_table_constraint(action, key, reading.origin)
        if made is None:
            return False
        if isinstance(made.constraint, Index):
            reading.add(CreateIndex(key, made.constraint, if_not_exists=made.if_not_exists))
        else:
            reading.add(
                CreateConstraint(
                    key,
                    made.constraint,
                    using_index=made.using_index,
                    if_not_exists=made.if_not_exists,
                    only=made.only,
                )
            )
        return True
    action.take("COLUMN")
    if_not_exists = action.take("IF", "NOT", "EXISTS")
    parts = action.group().split() if action.is_mark("(") else [action]
    for part in parts:
        definition = read_column_definition(part, key, reading.origin)
        reading.add(
            AddColumn(
                key,
                definition.column,
                definition.constraints,
                if_not_exists=if_not_exists,
                first=definition.first,
                after=definition.after,
            )
        )
    return True


def _action_drop(action: Cursor, key: str, reading: Reading) -> bool:
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


def _action_alter(action: Cursor, key: str, reading: Reading) -> bool:
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


def _action_rename(action: Cursor, key: str, reading: Reading) -> bool:
    if not action.take("RENAME"):
        return False
    schema, _ = split_key(key)
    if action.take("TO") or action.take("AS"):
        new_schema, new = action.dotted()
        reading.add(RenameTable(key, cut_name(new, reading.dialect), raw_schema(new_schema, reading.dialect) or schema))
        return True
    kind = action.take_any("CONSTRAINT", "INDEX", "KEY", "COLUMN")
    if_exists = action.take("IF", "EXISTS")  # MariaDB's
    old = action.name()
    if kind is None and action.done and reading.dialect in MYSQL_FAMILY:
        reading.add(RenameTable(key, old, schema))
        return True
    action.need("TO")
    new = cut_name(action.name(), reading.dialect)
    if kind == "CONSTRAINT":
        reading.add(RenameConstraint(key, old, new))
    elif kind in ("INDEX", "KEY"):
        reading.add(RenameIndex(key, old, new, schema, if_exists=if_exists))
    else:
        reading.add(AlterColumn(key, old, new_column_name=new, guarded=if_exists))
    return True


def _action_modify(action: Cursor, key: str, reading: Reading) -> bool:
    """MySQL's MODIFY and CHANGE, which state the whole column again."""
    change = action.is_words("CHANGE")
    if not action.take("CHANGE") and not action.take("MODIFY"):
        return False
    action.take("COLUMN")
    if_exists = action.take("IF", "EXISTS")  # MariaDB's
    old = action.name() if change else None
    definition = read_column_definition(action, key, reading.origin)
    column = definition.column
    collation = "" if column.collation is None else f" COLLATE {column.collation}"
    reading.add(
        AlterColumn(
            key,
            old if old is not None else column.name,
            type=replace(column.type, ddl=f"{column.type.ddl}{collation}"),
            nullable=column.nullable,
            server_default=column.computed if column.computed is not None else column.server_default,
            comment=column.comment,
            autoincrement=column.autoincrement,
            new_column_name=column.name if old is not None and old != column.name else None,
            restates=True,
            first=definition.first,
            after=definition.after,
            guarded=if_exists,
        )
    )
    for one in definition.constraints:
        if not isinstance(one, Index):
            reading.add(CreateConstraint(key, one, guarded=if_exists))
    return True


_SETTINGS = keywords(
    """
    VALIDATE OWNER ENABLE DISABLE CLUSTER REPLICA FORCE NO INHERIT NOT OF ATTACH DETACH RESET ALGORITHM LOCK ENGINE
    AUTO_INCREMENT CONVERT CHARACTER CHARSET DEFAULT COLLATE ROW_FORMAT ORDER SET COMMENT
    """
)


def _action_setting(action: Cursor, key: str, reading: Reading) -> bool:
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
    if reading.dialect not in MYSQL_FAMILY or not _action_charset(action, key, reading):
        reading.add(Execute(action.all()))
    return True


def _action_charset(action: Cursor, key: str, reading: Reading) -> bool:
    """Read MySQL's `CONVERT TO CHARACTER SET …` and `ENGINE=InnoDB DEFAULT CHARACTER SET = …`, which need no commas."""
    start = action.at
    converts = action.take("CONVERT", "TO")
    charset = read_charset(action)
    while charset is None and not action.done:
        action.next()
        charset = read_charset(action)
    if charset is None:
        action.at = start
        return False
    reading.add(ConvertTable(key, charset, later_columns=not converts))
    action.at = len(action.tokens)
    return True


_ACTIONS: tuple[Callable[[Cursor, str, Reading], bool], ...] = (
    _action_add,
    _action_drop,
    _action_alter,
    _action_rename,
    _action_modify,
    _action_setting,
)
