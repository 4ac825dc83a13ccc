"""Column and constraint definitions of raw SQL: the inside of CREATE TABLE, and what follows ADD in ALTER TABLE.

Example: of `id serial PRIMARY KEY` the column is a serial INTEGER that is NOT NULL, and a primary key comes with it.
"""

from __future__ import annotations

import re

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.database_names import MYSQL_FAMILY
from driftline.migrations.operation import Like
from driftline.migrations.sql_tokens import Cursor, Unreadable, tokenize
from driftline.migrations.sql_types import CLAUSES, read_raw_type
from driftline.models.core.context import DEFAULT_SCHEMAS
from driftline.python.origin import NOWHERE, Origin
from driftline.regex import regex
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ExcludeConstraint,
    ForeignKey,
    Identity,
    Index,
    IndexElement,
    PrimaryKey,
    ServerDefault,
    Type,
    UniqueConstraint,
    table_key,
)
from driftline.schema.naming import cut_name

_TABLE_ITEMS = (
    "CONSTRAINT",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "FOREIGN",
    "EXCLUDE",
    "INDEX",
    "KEY",
    "FULLTEXT",
    "SPATIAL",
    "LIKE",
)
_IDENTIFIER = regex(r"[^\W\d]\w*\Z")


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """A column as SQL defines it, with its own constraints. `first`, `after`: MySQL's place for it."""

    column: Column
    constraints: tuple[Constraint | Index, ...] = ()
    first: bool = False
    after: str | None = None


@dataclass(slots=True)
class Definitions:
    """What the parentheses of a CREATE TABLE say. `likes`: tables it copies; `unread`: something was not understood."""

    columns: list[Column] = field(default_factory=list)
    constraints: list[Constraint | Index] = field(default_factory=list)
    likes: list[Like] = field(default_factory=list)
    unread: bool = False


@dataclass(frozen=True, slots=True)
class TableConstraint:
    """A constraint as SQL adds it. `using_index`: the index that it takes over. `only`: it says NO INHERIT."""

    constraint: Constraint | Index
    using_index: str | None = None
    if_not_exists: bool = False
    only: bool = False


def raw_schema(schema: str | None, dialect: str) -> str | None:
    """Give a schema as keys write it: None for the dialect's default one."""
    return None if schema == DEFAULT_SCHEMAS.get(dialect) else schema


def read_key(cursor: Cursor) -> str:
    """Read a table's name and give its key."""
    schema, name = cursor.dotted()
    return table_key(raw_schema(schema, cursor.dialect), cut_name(name, cursor.dialect))


EVERY_PART = frozenset({"COMMENTS", "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY", "INDEXES"})
"""What INCLUDING ALL stands for, of that which the state has."""


def _read_like(part: Cursor) -> Like:
    """Read `LIKE table INCLUDING …`; MySQL's copies everything."""
    part.need("LIKE")
    table, parts = read_key(part), set[str](EVERY_PART if part.dialect in MYSQL_FAMILY else ())
    while not part.done:
        word, what = part.next().word, part.next().word
        named = EVERY_PART if what == "ALL" else frozenset({what})
        parts = parts | named if word == "INCLUDING" else parts - named
    return Like(table, frozenset(parts))


def read_definitions(group: Cursor, key: str, origin: Origin = NOWHERE, *, typed: bool = True) -> Definitions:
    """Read the inside of a CREATE TABLE's parentheses. `typed`: columns have types (a partition's have not)."""
    found = Definitions()
    for part in group.split():
        token = part.peek()
        try:
            if token is not None and token.word == "LIKE":
                found.likes.append(_read_like(part))
            elif is_table_item(part):
                made = read_table_constraint(part, key, origin)
                if made is not None:
                    found.constraints.append(made.constraint)
            else:
                definition = read_column_definition(part, key, origin, typed=typed)
                found.columns.append(definition.column)
                found.constraints += definition.constraints
        except Unreadable:
            found.unread = True
    return found


def is_table_item(cursor: Cursor) -> bool:
    """Whether a table constraint comes next, no column."""
    token, following = cursor.peek(), cursor.peek(1)
    if token is None or token.word not in _TABLE_ITEMS:
        return False
    if token.word in (
        "KEY",
        "INDEX",
    ):  # a column of that name is followed by a type, a key by its columns sooner or later
        return cursor.dialect in MYSQL_FAMILY
    return following is not None and not (token.word == "LIKE" and following.kind == "mark")


def read_column_definition(
    cursor: Cursor, key: str, origin: Origin = NOWHERE, *, typed: bool = True
) -> ColumnDefinition:
    """Read `name type clauses…`; raises `Unreadable` where the name is missing."""
    name = cut_name(cursor.name(), cursor.dialect)
    cursor.take("WITH", "OPTIONS")
    if not typed or cursor.done or any(cursor.is_words(one) for one in CLAUSES):
        made, serial = Type(""), False  # SQLite knows columns without a type
    else:
        raw = read_raw_type(cursor)
        made, serial = raw.type, raw.serial
    numbered = serial and cursor.dialect not in MYSQL_FAMILY
    draft = _Draft(
        Column(name, made, nullable=not serial, serial=numbered, autoincrement=True if serial else None, origin=origin)
    )
    if serial and not numbered:  # an alias for BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE
        draft.constraints.append(UniqueConstraint(None, (name,), origin=origin))
    while not cursor.done:
        _read_clause(cursor, draft, key, origin)
    return ColumnDefinition(draft.column, tuple(draft.constraints), draft.first, draft.after)


@dataclass(slots=True)
class _Draft:
    column: Column
    constraints: list[Constraint | Index] = field(default_factory=list)
    first: bool = False
    after: str | None = None


def _read_clause(  # noqa: C901, PLR0912 -- one clause a case
    cursor: Cursor, draft: _Draft, key: str, origin: Origin
) -> None:
    name = cut_name(cursor.name(), cursor.dialect) if cursor.take("CONSTRAINT") else None
    column = draft.column
    if cursor.take("NOT", "NULL"):
        draft.column = replace(column, nullable=False)
    elif cursor.take("NULL"):
        draft.column = replace(column, nullable=True)
    elif cursor.take("DEFAULT"):
        draft.column = _with_default(column, read_expression(cursor), origin)
    elif cursor.take("PRIMARY", "KEY"):
        cursor.take_any("ASC", "DESC")
        draft.column = replace(column, autoincrement=cursor.take("AUTOINCREMENT") or column.autoincrement)
        draft.constraints.append(PrimaryKey(name, (column.name,), origin=origin))
    elif cursor.take("UNIQUE"):
        cursor.take("KEY")
        draft.constraints.append(UniqueConstraint(name, (column.name,), _unique_options(cursor), origin=origin))
    elif cursor.take("CHECK"):
        draft.constraints.append(CheckConstraint(name, cursor.group().all(), origin=origin, of_column=column.name))
        cursor.take("NO", "INHERIT")
        cursor.take("NOT", "ENFORCED")
    elif cursor.take("REFERENCES"):
        reference = _read_reference(cursor, name, (column.name,), key, origin)
        # MySQL makes nothing of it before 9.0.
        draft.constraints.append(replace(reference, inline=True, conditional=cursor.dialect == "mysql"))
    elif cursor.take("GENERATED") or cursor.is_words("AS"):
        draft.column = _read_generated(cursor, column)
    elif cursor.take("COLLATE"):
        draft.column = replace(column, collation=cursor.dotted()[1])
    elif cursor.take("AUTO_INCREMENT") or cursor.take("AUTOINCREMENT"):
        draft.column = replace(column, autoincrement=True, nullable=False)
    elif cursor.take("COMMENT"):
        draft.column = replace(column, comment=cursor.string())
    elif cursor.take("ON", "UPDATE"):
        text = read_expression(cursor)
        default = column.server_default
        if default is not None and isinstance(default.sql, str):
            draft.column = replace(column, server_default=replace(default, sql=f"{default.sql} ON UPDATE {text}"))
    elif cursor.dialect in MYSQL_FAMILY and cursor.take("FIRST"):
        draft.first = True
    elif cursor.take("AFTER"):
        draft.after = cursor.name()
    elif cursor.take("KEY"):
        draft.constraints.append(PrimaryKey(name, (column.name,), origin=origin))
    else:
        cursor.next()  # DEFERRABLE, STORAGE … say nothing that the state holds
        cursor.skip_group()


def _with_default(column: Column, sql: str, origin: Origin) -> Column:
    if sql.upper() == "NULL" or re.fullmatch(r"NULL\s*::.*", sql, re.IGNORECASE | re.DOTALL):
        return replace(column, server_default=None)
    return replace(column, server_default=ServerDefault(sql, origin=origin))


def read_expression(cursor: Cursor) -> str:
    """Read an expression up to the next clause of a column; raises `Unreadable` where there is none."""
    return cursor.until(lambda one: (token := one.peek()) is not None and token.word in CLAUSES)


def _read_generated(cursor: Cursor, column: Column) -> Column:
    always = cursor.take("ALWAYS")
    if not always:
        cursor.take("BY", "DEFAULT")
    cursor.need("AS")
    if cursor.take("IDENTITY"):
        return replace(column, identity=read_identity(cursor, always=always), nullable=False)
    sql = cursor.group().all()
    persisted = cursor.take_any("STORED", "PERSISTENT") is not None
    cursor.take("VIRTUAL")
    return replace(column, computed=Computed(sql, persisted))


def read_identity(cursor: Cursor, *, always: bool) -> Identity:
    """Read an identity's options in parentheses, if there are any."""
    if not cursor.is_mark("("):
        return Identity(always)
    options: dict[str, object] = {}
    inside = cursor.group()
    while not inside.done:
        word = inside.next().word
        if word in ("START", "INCREMENT", "MINVALUE", "MAXVALUE", "CACHE"):
            inside.take_any("WITH", "BY")
            sign = "-" if inside.take_mark("-") else ""
            token = inside.peek()
            if token is not None and token.kind == "number":
                options[word.lower()] = int(float(sign + inside.next().value))
        elif word == "CYCLE":
            options["cycle"] = True
    return Identity(always, tuple(sorted(options.items())))


def _unique_options(cursor: Cursor) -> tuple[tuple[str, object], ...]:
    if cursor.take("NULLS", "NOT", "DISTINCT"):
        return (("nulls_not_distinct", True),)
    cursor.take("NULLS", "DISTINCT")
    return ()


def read_table_constraint(cursor: Cursor, key: str, origin: Origin = NOWHERE) -> TableConstraint | None:
    """Read a table constraint (or MySQL's key); None where it is of a kind that the state has no place for."""
    name, if_not_exists = None, False
    if cursor.take("CONSTRAINT"):
        if_not_exists = cursor.take("IF", "NOT", "EXISTS")
        token = cursor.peek()
        unnamed = token is not None and token.word in ("PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE")
        name = None if unnamed else cut_name(cursor.name(), cursor.dialect)
    if cursor.take("PRIMARY", "KEY"):
        if cursor.take("USING", "INDEX"):
            return TableConstraint(PrimaryKey(name, (), origin=origin), cut_name(cursor.name(), cursor.dialect))
        _skip_method(cursor)
        return TableConstraint(PrimaryKey(name, _columns(cursor), origin=origin))
    if cursor.take("UNIQUE"):
        return _read_unique(cursor, name, origin)
    if cursor.take("CHECK"):
        check = CheckConstraint(name, cursor.group().all(), origin=origin)
        return TableConstraint(check, if_not_exists=if_not_exists, only=cursor.take("NO", "INHERIT"))
    if cursor.take("FOREIGN", "KEY"):
        if_not_exists = cursor.take("IF", "NOT", "EXISTS") or if_not_exists
        if not cursor.is_mark("("):
            cursor.name()  # MySQL's name of the index
        columns = _columns(cursor)
        cursor.need("REFERENCES")
        return TableConstraint(_read_reference(cursor, name, columns, key, origin), if_not_exists=if_not_exists)
    if cursor.take("EXCLUDE"):
        return TableConstraint(_read_exclude(cursor, name, origin))
    if cursor.take_any("FULLTEXT", "SPATIAL") is not None:
        cursor.take_any("INDEX", "KEY")
        return _read_key(cursor, origin)
    if cursor.take_any("INDEX", "KEY") is not None:
        return _read_key(cursor, origin)
    raise Unreadable


def _read_unique(cursor: Cursor, name: str | None, origin: Origin) -> TableConstraint:
    options = _unique_options(cursor)
    if cursor.take("USING", "INDEX"):
        return TableConstraint(UniqueConstraint(name, (), origin=origin), cut_name(cursor.name(), cursor.dialect))
    cursor.take_any("INDEX", "KEY")
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    if not cursor.is_mark("(") and not cursor.is_words("USING"):
        name = cursor.name()
    _skip_method(cursor)
    columns = _columns(cursor)
    if cursor.take("INCLUDE"):
        options = (("include", tuple(one.name() for one in cursor.group().split())), *options)
    if cursor.take("DEFERRABLE"):
        options = (("deferrable", True), *options)
        if cursor.take("INITIALLY", "DEFERRED"):
            options = (*options, ("initially", "DEFERRED"))
    unique = UniqueConstraint(name, columns, tuple(sorted(options)), origin=origin)
    return TableConstraint(unique, if_not_exists=if_not_exists)


def _read_key(cursor: Cursor, origin: Origin) -> TableConstraint:
    """Read a MySQL key that is not unique."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name() if not cursor.is_mark("(") and not cursor.is_words("USING") else None
    _skip_method(cursor)
    index = Index(name, read_index_elements(cursor.group()), unique=False, origin=origin)
    return TableConstraint(index, if_not_exists=if_not_exists)


def _skip_method(cursor: Cursor) -> None:
    if cursor.take("USING"):
        cursor.name()


def _columns(cursor: Cursor) -> tuple[str, ...]:
    return tuple(cut_name(one.name(), one.dialect) for one in cursor.group().split())


def _read_reference(cursor: Cursor, name: str | None, columns: tuple[str, ...], key: str, origin: Origin) -> ForeignKey:
    """Read what follows REFERENCES; a table without a schema is looked for in the default one."""
    referred = read_key(cursor)
    referred_columns = _columns(cursor) if cursor.is_mark("(") else ()
    made = ForeignKey(name, columns, referred, referred_columns, origin=origin)
    del key
    while not cursor.done:
        if cursor.take("ON", "DELETE"):
            made = replace(made, ondelete=_action(cursor))
        elif cursor.take("ON", "UPDATE"):
            made = replace(made, onupdate=_action(cursor))
        elif cursor.take("MATCH"):
            made = replace(made, match=cursor.name().upper())
        elif cursor.take("NOT", "DEFERRABLE"):
            made = replace(made, deferrable=False)
        elif cursor.take("DEFERRABLE"):
            made = replace(made, deferrable=True)
        elif cursor.take("INITIALLY"):
            made = replace(made, initially=cursor.name().upper())
        elif not cursor.take("NOT", "VALID"):
            break
    return made


def _action(cursor: Cursor) -> str:
    for words in (("SET", "NULL"), ("SET", "DEFAULT"), ("NO", "ACTION"), ("CASCADE",), ("RESTRICT",)):
        if cursor.take(*words):
            columns = _columns(cursor) if cursor.is_mark("(") else ()  # SET NULL (some, of, them)
            return " ".join((*words, f"({', '.join(columns)})")) if columns else " ".join(words)
    raise Unreadable


def _read_exclude(cursor: Cursor, name: str | None, origin: Origin) -> ExcludeConstraint:
    options: dict[str, object] = {"using": cursor.name() if cursor.take("USING") else "gist"}
    elements: list[tuple[str, str]] = []
    for part in cursor.group().split():
        text = part.until(lambda one: one.is_words("WITH"))
        part.need("WITH")
        elements.append((text, part.rest()))
    if cursor.take("WHERE"):
        options["where"] = cursor.group().all()
    if cursor.take("DEFERRABLE"):
        options["deferrable"] = True
    return ExcludeConstraint(name, tuple(elements), tuple(sorted(options.items())), origin=origin)


def read_index_elements(group: Cursor) -> tuple[IndexElement, ...]:
    """Read the elements of an index from the inside of its parentheses."""
    return tuple(_index_element(part) for part in group.split())


def _index_element(part: Cursor) -> IndexElement:
    text = part.until(_ends_element)
    modifiers = [f'collate "{part.dotted()[1]}"'] if part.take("COLLATE") else []
    while not part.done:
        if part.take("NULLS"):
            modifiers.append(f"nulls {part.next().value.lower()}")
        elif part.is_mark("("):
            part.group()  # the parameters of an operator class
        elif (token := part.peek()) is not None and token.kind in ("word", "name"):
            modifiers.append(part.dotted()[1].lower())  # ASC, DESC or an operator class
        else:
            part.next()
    cursor = Cursor(text, tuple(tokenize(text, part.dialect)), part.dialect)
    token = cursor.peek()
    if token is not None and token.kind in ("word", "name"):
        name = cursor.name()
        if cursor.done or (
            part.dialect in MYSQL_FAMILY and cursor.is_mark("(") and cursor.group().all().isdigit() and cursor.done
        ):
            return IndexElement(name, name, tuple(modifiers))
    expression = cursor.all()
    if expression.startswith("(") and expression.endswith(")"):
        cursor.at = 0
        inner = cursor.group()
        expression = inner.all() if cursor.done else expression
    return IndexElement(None, expression, tuple(modifiers))


def _ends_element(cursor: Cursor) -> bool:
    """Whether what comes next stands behind an element: COLLATE, an operator class, ASC, DESC, NULLS."""
    token = cursor.peek()
    if token is None:
        return True
    if token.word in ("COLLATE", "ASC", "DESC", "NULLS"):
        return True
    return (
        cursor.dialect == "postgresql" and token.kind in ("word", "name") and _IDENTIFIER.match(token.value) is not None
    )
