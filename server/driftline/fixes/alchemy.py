"""Real SQLAlchemy objects, made of schema values: what Alembic's renderer takes.

SQLAlchemy is imported inside of the functions: only the user's wish for a revision brings it in.

Example: `real_type(Type("VARCHAR(20)"), "postgresql")` is `sqlalchemy.VARCHAR(20)`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from driftline.dataclass import replace
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import (
    CheckConstraint,
    Column,
    ForeignKey,
    IndexElement,
    Name,
    PrimaryKey,
    Table,
    Type,
    TypeCall,
    UniqueConstraint,
)
from driftline.schema.rendering import WITH_VARIANT, build_type, sqlalchemy_dialect
from driftline.schema.third_party import stands_for

if TYPE_CHECKING:
    import sqlalchemy as sa


class Unrenderable(Exception):  # noqa: N818 -- no error: the way out where a value cannot become a real object; never leaves this package
    """Something that SQLAlchemy has no object for; its text says what."""


def final(name: Name) -> Any:  # noqa: ANN401 -- SQLAlchemy's `conv`, a string; None where there is no name
    """Mark a name as final, so that Alembic writes `op.f(…)`."""
    from sqlalchemy.sql.elements import conv

    return conv(name) if isinstance(name, str) else None


def expression(sql: str | Unknown) -> Any:  # noqa: ANN401 -- a TextClause
    r"""Give SQL as a text clause in which no colon is taken for a parameter (`'a:b'` becomes `'a\:b'`)."""
    from sqlalchemy import text

    if isinstance(sql, Unknown):
        raise Unrenderable(sql.reason)
    return text(re.sub(r"(?<![:\w\\]):(?=\w+(?!:))", r"\\:", sql))


def real_type(type_: Type, dialect: str) -> Any:  # noqa: ANN401 -- a TypeEngine
    """Give the real type. Using a native enum does not make it: a change of its own does."""
    import sqlalchemy as sa

    call = type_.call
    if type_.enum is not None and dialect == "postgresql":
        enum = _native_enum(type_)
        return sa.ARRAY(enum) if type_.ddl.endswith("[]") else enum
    made = None if call is None else _from_call(call, dialect)
    if made is None:
        made = _from_ddl(type_.ddl, dialect)
    if made is None:
        msg = f"the type `{type_.ddl}` is none of SQLAlchemy's"
        raise Unrenderable(msg)
    return made


def real_column(column: Column, dialect: str) -> sa.Column[Any]:
    """Give the real column, without keys and constraints of its own."""
    import sqlalchemy as sa

    arguments: list[Any] = []
    words: dict[str, Any] = {}
    if column.computed is not None:
        arguments.append(sa.Computed(expression(column.computed.sql), persisted=column.computed.persisted))
    elif column.identity is not None:
        arguments.append(sa.Identity(**{"always": column.identity.always, **dict[str, Any](column.identity.options)}))
    elif column.server_default is not None:
        words["server_default"] = server_default(column)
    if isinstance(column.autoincrement, bool):
        words["autoincrement"] = column.autoincrement
    if column.comment is not None:
        words["comment"] = column.comment
    nullable = column.nullable if isinstance(column.nullable, bool) else True
    return sa.Column(column.name, real_type(column.type, dialect), *arguments, nullable=nullable, **words)


def server_default(column: Column) -> Any:  # noqa: ANN401 -- a FetchedValue; None where there is none
    """Give a column's server default as SQLAlchemy takes it."""
    import sqlalchemy as sa

    if column.server_default is None:
        return None
    if column.server_default.fetched:
        return sa.FetchedValue()
    return sa.DefaultClause(expression(column.server_default.sql))


def real_table(table: Table, dialect: str) -> sa.Table:
    """Give the real table with its constraints, but for EXCLUDE ones, and without its indexes."""
    import sqlalchemy as sa

    parts: list[Any] = [real_column(_as_it_counts(column, table, dialect), dialect) for column in table.columns]
    if table.primary_key.columns:
        parts.append(real_primary_key(table.primary_key))
    parts += [real_unique(one, dialect) for one in table.unique_constraints]
    parts += [real_check(one) for one in table.check_constraints]
    parts += [real_foreign_key(one) for one in table.foreign_keys]
    return sa.Table(table.name, sa.MetaData(), *parts, schema=table.schema, comment=table.comment)


_INTEGERS = frozenset({"SMALLINT", "INTEGER", "BIGINT"})


def _as_it_counts(column: Column, table: Table, dialect: str) -> Column:
    """Say of an integer key that is no SERIAL that it is none: SQLAlchemy would make it one."""
    if dialect != "postgresql" or table.primary_key.columns != (column.name,) or column.type.ddl not in _INTEGERS:
        return column
    refers = any(column.name in key.columns for key in table.foreign_keys)
    given = column.serial or column.identity or column.server_default or column.computed
    return column if given or refers else replace(column, autoincrement=False)


def real_primary_key(key: PrimaryKey) -> sa.PrimaryKeyConstraint:
    """Give the real primary key, by names of columns."""
    import sqlalchemy as sa

    return sa.PrimaryKeyConstraint(*key.columns, name=final(key.name))


def real_unique(constraint: UniqueConstraint, dialect: str) -> sa.UniqueConstraint:
    """Give the real unique constraint."""
    import sqlalchemy as sa

    return sa.UniqueConstraint(
        *constraint.columns, name=final(constraint.name), **dialect_options(constraint.options, dialect)
    )


def real_check(constraint: CheckConstraint) -> sa.CheckConstraint:
    """Give the real check constraint."""
    import sqlalchemy as sa

    return sa.CheckConstraint(expression(constraint.sql), name=final(constraint.name))


def real_foreign_key(key: ForeignKey) -> sa.ForeignKeyConstraint:
    """Give the real foreign key; the table that it refers to need not exist as an object."""
    import sqlalchemy as sa

    if not isinstance(key.referred_table, str):
        raise Unrenderable(key.referred_table.reason)
    return sa.ForeignKeyConstraint(
        list(key.columns),
        [f"{key.referred_table}.{column}" for column in key.referred_columns],
        name=final(key.name),
        ondelete=key.ondelete if isinstance(key.ondelete, str) else None,
        onupdate=key.onupdate if isinstance(key.onupdate, str) else None,
        deferrable=key.deferrable,
        initially=key.initially,
        match=key.match,
    )


def real_element(element: IndexElement) -> Any:  # noqa: ANN401 -- a column's name or a TextClause
    """Give an index element: the name of a plain column, else its expression as DDL wants it .

    An expression stands in brackets unless it is a call.
    """
    if element.column is not None and not element.modifiers:
        return element.column
    sql = element.sql if element.column is None else element.column
    if isinstance(sql, Unknown):
        raise Unrenderable(sql.reason)
    if element.column is None and not re.fullmatch(r"\w+\([^()]*\)|\(.*\)", sql):
        sql = f"({sql})"
    return expression(" ".join((sql, *element.behind)))


_NOT_OF_A_DIALECT = frozenset({"deferrable", "initially", "info"})


def dialect_options(options: tuple[tuple[str, object], ...], dialect: str) -> dict[str, Any]:
    """Give options under the names that SQLAlchemy takes (`where` becomes `postgresql_where`), SQL as text clauses."""
    made: dict[str, Any] = {}
    for name, value in options:
        if name in _NOT_OF_A_DIALECT:
            made[name] = value
            continue
        if isinstance(value, Unknown):
            raise Unrenderable(value.reason)
        family = "mysql" if dialect == "mariadb" else dialect
        word = name if name.startswith(f"{family}_") else f"{family}_{name}"
        made[word] = expression(value) if name.endswith("where") and isinstance(value, str) else _plain(name, value)
    return made


def _plain(name: str, value: object) -> object:
    """Turn the tuples of a schema value into the containers that SQLAlchemy takes."""
    if not isinstance(value, tuple):
        return value
    if name.rpartition("_")[2] in ("ops", "with") and all(isinstance(one, tuple) and len(one) == 2 for one in value):  # noqa: PLR2004 -- pairs
        return dict(value)
    return list(value)


def _native_enum(type_: Type) -> Any:  # noqa: ANN401
    from sqlalchemy.dialects import postgresql

    if not type_.labels or type_.enum is None:
        msg = "the values of the enum could not be read"
        raise Unrenderable(msg)
    schema, _, name = type_.enum.rpartition(".")
    words: dict[str, Any] = {"schema": schema} if schema else {}
    return postgresql.ENUM(*type_.labels, name=name, create_type=False, **words)


def _from_call(call: TypeCall, dialect: str) -> Any | None:  # noqa: ANN401
    """Build the type as the source wrote it, CHECK constraints of its own excepted (they are written out)."""
    if call.path == WITH_VARIANT:
        base, variant, *dialects = call.args
        if not isinstance(base, TypeCall) or not isinstance(variant, TypeCall):
            return None
        chosen = variant if dialect in dialects else base
        return _from_call(chosen, dialect)
    if not call.path.startswith("sqlalchemy."):
        made = stands_for(call, dialect)
        if isinstance(made, TypeCall):
            return _from_call(made, dialect)
        return None
    kwargs = tuple((name, value) for name, value in call.kwargs if name != "create_constraint")
    built = build_type(TypeCall(call.path, call.args, kwargs))
    return None if isinstance(built, Unknown) else built


_DDL = regex(r"(?P<name>[A-Za-z][\w ]*?)\s*(?:\((?P<arguments>[\d ,]*)\))?(?P<tail>(?: \w+)*)")


def _from_ddl(ddl: str, dialect: str) -> Any | None:  # noqa: ANN401
    """Find the type whose DDL it is, among those that the dialect reflects."""
    import sqlalchemy as sa

    loaded = sqlalchemy_dialect(dialect)
    match = _DDL.fullmatch(ddl.strip())
    if ddl.endswith("[]"):
        inner = _from_ddl(ddl[:-2], dialect)
        return None if inner is None else sa.ARRAY(inner)
    if isinstance(loaded, Unknown) or match is None:
        return None
    name = " ".join(part for part in (match["name"], match["tail"].strip()) if part)
    if name.upper().startswith(("TIMESTAMP", "TIME ")) and dialect == "postgresql":
        made = sa.DateTime if name.upper().startswith("TIMESTAMP") else sa.Time
        return None if match["arguments"] else made(timezone=name.upper().endswith("WITH TIME ZONE"))
    known = getattr(loaded, "ischema_names", {})
    found = known.get(name.lower()) or known.get(name.upper())
    if found is None:
        return None
    arguments = [int(one) for one in (match["arguments"] or "").split(",") if one.strip()]
    try:
        made_type = found(*arguments)
    except TypeError:
        return None
    return made_type if str(made_type.compile(dialect=loaded)) == ddl else None
