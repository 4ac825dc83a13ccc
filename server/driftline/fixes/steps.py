"""The steps of one change: Alembic's operations, statements of our own where it has none, and remarks to the author.

Alembic is imported inside of the functions.

Example: a NOT NULL column without a server default is three steps: add it as nullable, fill it in (with the model's
default; where it has none, a remark, as only the author knows with what), then set NOT NULL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from driftline.dataclass import dataclass, replace
from driftline.fixes.alchemy import (
    Unrenderable,
    dialect_options,
    expression,
    final,
    real_column,
    real_element,
    real_table,
    real_type,
    server_default,
)
from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    DropEnum,
    EnumUser,
    Named,
    Remake,
    Rename,
    RenameTable,
)
from driftline.fixes.families import of_one_family
from driftline.fixes.fill import fill
from driftline.fixes.layout import literal
from driftline.migrations.database_names import make_object_name
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Identity,
    Index,
    Name,
    PrimaryKey,
    Table,
    UniqueConstraint,
)
from driftline.schema.rendering import quote_identifier, quote_literal


@dataclass(frozen=True, slots=True)
class Execute:
    """A statement in SQL. `autocommit`: it must not run in the revision's transaction."""

    sql: str
    autocommit: bool = False


@dataclass(frozen=True, slots=True)
class Invoke:
    """A call of one of Alembic's methods that has no renderer.

    `arguments` are Python; the table comes behind the first of them, but not in a batch.
    """

    method: str
    arguments: tuple[str, ...]
    table: str
    schema: str | None


@dataclass(frozen=True, slots=True)
class Remark:
    """What the author must still think of, as comment lines. `apart`: no batch goes on over it."""

    lines: tuple[str, ...]
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One of Alembic's. `words`: keyword arguments that its renderer leaves out, as Python."""

    made: Any
    words: tuple[tuple[str, str], ...] = ()


Step = Operation | Execute | Invoke | Remark


def steps(change: Change, dialect: str, *, copies: bool) -> Iterator[Step]:
    """Give what makes a change. `copies`: SQLite's batches make the table anew. Raises `Unrenderable`."""
    match change:
        case CreateEnum() | DropEnum():
            yield Execute(_enum_statement(change, dialect))
        case AlterEnum():
            yield from _alter_enum(change, dialect)
        case Alter():
            yield from _alter(change, dialect)
        case Remake():
            yield from _remake(change, dialect)
        case Rename():
            yield from _rename(change, dialect)
        case RenameTable():
            yield Invoke("rename_table", (repr(change.table), repr(change.new_name), *_schema(change.schema)), "", None)
        case Comment():
            yield _comment(change)
        case Create(part=Table() as table) | Drop(part=Table() as table):
            yield from _of_table(change, table, dialect)
        case Create(part=Column() as column):
            yield from _add_column(change, column, dialect)
        case Create(part=part) if not isinstance(part, Table):
            yield from _create(change.table, change.schema, part, dialect)
        case Drop(part=PrimaryKey(name=None)) if copies:
            pass  # the one that is made takes its place
        case Drop(part=part) if not isinstance(part, Table):
            yield _drop(change.table, change.schema, part)


# ---------------------------------------------------------------------------------------------------------------------
# Columns


def _add_column(change: Create, column: Column, dialect: str) -> Iterator[Step]:
    from alembic.operations import ops

    given = column.server_default or column.computed or column.identity or column.serial
    if column.nullable is not False or given:
        yield Operation(ops.AddColumnOp(change.table, real_column(column, dialect), schema=change.schema))
        return
    nullable = replace(column, nullable=True)
    yield Operation(ops.AddColumnOp(change.table, real_column(nullable, dialect), schema=change.schema))
    yield _filled_in(change.table, change.schema, column, dialect, new=True)
    yield from _alter(Alter(change.table, change.schema, nullable, column), dialect, filled=True)


def _filled_in(table: str, schema: str | None, column: Column, dialect: str, *, new: bool = False) -> Execute | Remark:
    """Give the rows that hold NULL (in a new column all do) the column's default; where it has none, ask the author."""
    where = ".".join(quote_identifier(one, dialect) for one in (schema, table) if one)
    name = quote_identifier(column.name, dialect)
    value = fill(column, dialect)
    statement = f"UPDATE {where} SET {name} = {'...' if value is None else value}"  # noqa: S608 -- it is written down, not run
    statement += "" if new and value is not None else f" WHERE {name} IS NULL"
    if value is not None:
        return Execute(statement)
    return Remark(
        (
            f"# TODO: fill in {column.name} where rows exist, or the next step fails:",
            f"# op.execute({literal(statement)})",
        ),
        apart=True,
    )


def _alter(change: Alter, dialect: str, *, filled: bool = False) -> Iterator[Step]:
    before, after = change.before, change.after
    if before.serial != after.serial:
        yield from _numbered(change, dialect)
        return
    forbids = before.nullable is True and after.nullable is False
    cast = _cast(change, dialect)
    if cast is not None and (before.server_default is not None or after.server_default is not None or forbids):
        # PostgreSQL converts the default with the type, or refuses to; and only the new type has the new default.
        without = replace(before, server_default=None)
        typed = replace(without, type=after.type, collation=after.collation)
        if without != before:
            yield Operation(_alter_operation(replace(change, after=without), dialect))
        yield Operation(_alter_operation(replace(change, before=without, after=typed), dialect), _using(cast))
        rest = replace(change, before=typed)
        if rest.before != rest.after:
            yield from _alter(rest, dialect, filled=filled)
        return
    if forbids and not filled:
        yield _filled_in(change.table, change.schema, replace(after, name=before.name), dialect)
    words = _using(cast)
    if before.name != after.name:
        words = (*words, ("new_column_name", repr(after.name)))
    if before.identity is not None and before.identity != after.identity:
        words = (*words, ("existing_server_default", _identity_code(before.identity)))
    elif before.identity is None and after.identity is not None and before.server_default is None:
        words = (*words, ("existing_server_default", "None"))  # or Alembic before 1.15 alters an identity, not adds it
    yield Operation(_alter_operation(change, dialect), words)
    if before.identity is None and after.identity is not None and dialect == "postgresql":
        yield from _going_on(change, after.identity, dialect)


def _using(cast: str | None) -> tuple[tuple[str, str], ...]:
    return () if cast is None else (("postgresql_using", repr(cast)),)


def _identity_code(identity: Identity) -> str:
    given = [("always", True)] if identity.always else []
    return f"sa.Identity({', '.join(f'{name}={value!r}' for name, value in (*given, *identity.options))})"


def _numbered(change: Alter, dialect: str) -> Iterator[Step]:
    """Have a sequence of its own number the column, or not any more; an identity goes before, and comes behind."""
    before, after = change.before, change.after
    if before.serial:
        between = replace(before, serial=False)
        yield from _sequence(replace(change, after=between), dialect)
        if between != after:
            yield from _alter(replace(change, before=between), dialect)
        return
    between = replace(after, serial=False)
    if between != before:
        yield from _alter(replace(change, after=between), dialect)
    yield from _sequence(replace(change, before=between), dialect)


def _going_on(change: Alter, identity: Identity, dialect: str) -> Iterator[Execute]:
    """Have a new identity that counts up go on behind the numbers that there are."""
    options: dict[str, Any] = dict(identity.options)
    if (options.get("increment") or 1) < 0:
        return
    table = ".".join(quote_identifier(one, dialect) for one in (change.schema, change.table) if one)
    column = quote_identifier(change.after.name, dialect)
    sequence = f"pg_get_serial_sequence({quote_literal(table)}, {quote_literal(change.after.name)})"
    start = options.get("start") or options.get("minvalue") or 1
    behind = f"SELECT setval({sequence}, greatest(max({column}) + 1, {start}), false) FROM {table}"  # noqa: S608 -- it is written down
    yield Execute(behind)


def _sequence(change: Alter, dialect: str) -> Iterator[Step]:
    """Make the sequence that SERIAL would have made, going on behind the numbers that there are; or take it away."""
    table = ".".join(quote_identifier(one, dialect) for one in (change.schema, change.table) if one)
    column = quote_identifier(change.before.name, dialect)
    name = make_object_name(change.table, change.before.name, "seq")
    sequence = ".".join(quote_identifier(one, dialect) for one in (change.schema, name) if one)
    if not change.after.serial:
        yield Execute(f"ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT")
        yield Execute(f"DROP SEQUENCE IF EXISTS {sequence}")
        return
    yield Execute(f"CREATE SEQUENCE {sequence} OWNED BY {table}.{column}")
    behind = f"SELECT setval({quote_literal(sequence)}, coalesce(max({column}), 0) + 1, false) FROM {table}"  # noqa: S608 -- it is written down
    yield Execute(behind)
    yield Execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT nextval({quote_literal(sequence)})")


def _alter_operation(change: Alter, dialect: str) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    before, after = change.before, change.after
    words: dict[str, Any] = {}
    if before.type != after.type or before.collation != after.collation:
        words["modify_type"] = real_type(after.type, dialect)
    if before.nullable != after.nullable:
        words["modify_nullable"] = after.nullable
    if before.identity != after.identity:
        words["modify_server_default"] = _identity(after)
    elif before.server_default != after.server_default:
        words["modify_server_default"] = server_default(after)
    if before.comment != after.comment:
        words |= {"modify_comment": after.comment, "existing_comment": before.comment}
    if before.server_default is not None and "modify_server_default" not in words:
        words["existing_server_default"] = server_default(before)
    return ops.AlterColumnOp(
        change.table,
        before.name,
        schema=change.schema,
        existing_type=real_type(before.type, dialect),
        existing_nullable=before.nullable if isinstance(before.nullable, bool) else None,
        **words,
    )


def _identity(column: Column) -> Any:  # noqa: ANN401 -- an Identity, or None
    import sqlalchemy as sa

    if column.identity is None:
        return None
    return sa.Identity(**{"always": column.identity.always, **dict[str, Any](column.identity.options)})


def _remake(change: Remake, dialect: str) -> Iterator[Step]:
    from alembic.operations import ops

    before, after = change.before, change.after
    if after.computed is None and dialect == "postgresql":
        table = ".".join(quote_identifier(one, dialect) for one in (change.schema, change.table) if one)
        yield Execute(f"ALTER TABLE {table} ALTER COLUMN {quote_identifier(before.name, dialect)} DROP EXPRESSION")
        kept = replace(before, computed=None)
        if kept != after:
            yield from _alter(Alter(change.table, change.schema, kept, after), dialect)
        return
    if before.computed is None:
        yield Remark((f"# What {before.name} holds is lost: from now on it is generated.",))
    yield Operation(ops.DropColumnOp(change.table, before.name, schema=change.schema))
    yield Operation(ops.AddColumnOp(change.table, real_column(after, dialect), schema=change.schema))


def _cast(change: Alter, dialect: str) -> str | None:
    """Say how PostgreSQL is to convert the values, where it does not do so by itself."""
    before, after = change.before, change.after
    if dialect != "postgresql" or of_one_family(before.type, after.type):
        return None
    name = quote_identifier(after.name, dialect)
    through = "::text" if before.type.enum is not None and after.type.enum is not None else ""
    return f"{name}{through}::{after.type.ddl}"


# ---------------------------------------------------------------------------------------------------------------------
# Tables, constraints and indexes


def _of_table(change: Create | Drop, table: Table, dialect: str) -> Iterator[Step]:
    from alembic.operations import ops

    if isinstance(change, Create):
        yield Operation(ops.CreateTableOp.from_table(real_table(table, dialect)))
        for exclude in table.exclude_constraints:
            yield from _create(table.name, table.schema, exclude, dialect)
        for index in table.indexes:
            yield from _create(table.name, table.schema, index, dialect)
        return
    for index in reversed(table.indexes):
        yield _drop(table.name, table.schema, index)
    yield Operation(ops.DropTableOp(table.name, schema=table.schema))


def _create(table: str, schema: str | None, part: Column | Named, dialect: str) -> Iterator[Step]:
    from alembic.operations import ops

    match part:
        case Index():
            yield Operation(_create_index(table, schema, part, dialect))
        case UniqueConstraint():
            words = dialect_options(part.options, dialect)
            columns = list(part.columns)
            yield Operation(ops.CreateUniqueConstraintOp(final(part.name), table, columns, schema=schema, **words))
        case CheckConstraint():
            # Alembic 1.18 has no renderer for it, and a newer one writes the same.
            yield Invoke(
                "create_check_constraint", (_called(part.name), repr(expression(part.sql).text)), table, schema
            )
        case ForeignKey():
            yield Operation(_create_foreign_key(table, schema, part))
        case PrimaryKey():
            # SQLite keeps no name of one that has none, and batches make none without.
            name = part.name if isinstance(part.name, str) else make_object_name(table, None, "pkey")
            yield Invoke("create_primary_key", (_called(name), repr(list(part.columns))), table, schema)
        case ExcludeConstraint():
            yield _create_exclude(table, schema, part, dialect)


def _called(name: Name) -> str:
    """Give a final name as an argument, in Python; there may be none."""
    return f"op.f({name!r})" if isinstance(name, str) else "None"


def _create_index(table: str, schema: str | None, index: Index, dialect: str) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    return ops.CreateIndexOp(
        final(index.name),
        table,
        [real_element(one) for one in index.elements],
        schema=schema,
        unique=index.unique is True,
        **dialect_options(index.options, dialect),
    )


def _create_foreign_key(table: str, schema: str | None, key: ForeignKey) -> Any:  # noqa: ANN401
    from alembic.operations import ops

    if not isinstance(key.referred_table, str):
        raise Unrenderable(key.referred_table.reason)
    referred_schema, _, referred = key.referred_table.rpartition(".")
    words = {
        "ondelete": key.ondelete,
        "onupdate": key.onupdate,
        "deferrable": key.deferrable,
        "initially": key.initially,
        "match": key.match,
        "source_schema": schema,
        "referent_schema": referred_schema or None,
    }
    return ops.CreateForeignKeyOp(
        final(key.name),
        table,
        referred,
        list(key.columns),
        list(key.referred_columns),
        **{word: value for word, value in words.items() if value is not None},
    )


def _create_exclude(table: str, schema: str | None, constraint: ExcludeConstraint, dialect: str) -> Step:
    if dialect != "postgresql" or not isinstance(constraint.name, str):
        msg = "only PostgreSQL has EXCLUDE constraints"
        raise Unrenderable(msg)
    if all(sql.isidentifier() for sql, _ in constraint.elements):
        elements = [f"({sql!r}, {operator!r})" for sql, operator in constraint.elements]
        options = [f"{word}={value!r}" for word, value in constraint.options]
        return Invoke("create_exclude_constraint", (repr(constraint.name), *elements, *options), table, schema)
    # Alembic takes every element for the name of a column.
    where = ".".join(quote_identifier(one, dialect) for one in (schema, table) if one)
    words = dict(constraint.options)
    parts = [f"ALTER TABLE {where} ADD CONSTRAINT {quote_identifier(constraint.name, dialect)} EXCLUDE"]
    parts += [f"USING {words['using']}"] if words.get("using") else []
    parts += [f"({', '.join(f'{sql} WITH {operator}' for sql, operator in constraint.elements)})"]
    parts += [f"WHERE ({words['where']})"] if words.get("where") else []
    parts += ["DEFERRABLE"] if words.get("deferrable") else []
    parts += [f"INITIALLY {words['initially']}"] if words.get("initially") else []
    return Execute(" ".join(parts))


_TYPE_WORDS: dict[type, str] = {
    ForeignKey: "foreignkey",
    UniqueConstraint: "unique",
    CheckConstraint: "check",
    PrimaryKey: "primary",
    ExcludeConstraint: "check",  # Alembic has no word for it; what is dropped by name alone is dropped alike
}


def _drop(table: str, schema: str | None, part: Column | Named) -> Step:
    from alembic.operations import ops

    if isinstance(part, Column):
        return Operation(ops.DropColumnOp(table, part.name, schema=schema))
    if not isinstance(part.name, str):
        msg = "what has no name cannot be dropped"
        raise Unrenderable(msg)
    if isinstance(part, Index):
        return Operation(ops.DropIndexOp(final(part.name), table, schema=schema))
    return Operation(ops.DropConstraintOp(final(part.name), table, type_=_TYPE_WORDS[type(part)], schema=schema))


def _rename(change: Rename, dialect: str) -> Iterator[Step]:
    """Rename in place where the database can, else drop and make again."""
    before, after = str(change.before.name), str(change.after.name)
    old, new = quote_identifier(before, dialect), quote_identifier(after, dialect)
    table = ".".join(quote_identifier(part, dialect) for part in (change.schema, change.table) if part)
    if dialect == "postgresql":
        if isinstance(change.before, Index):
            owner = f"{quote_identifier(change.schema, dialect)}." if change.schema else ""
            yield Execute(f"ALTER INDEX {owner}{old} RENAME TO {new}")
        else:
            yield Execute(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")
        return
    if isinstance(change.before, PrimaryKey):
        msg = "the name of a primary key cannot be changed here"
        raise Unrenderable(msg)
    yield _drop(change.table, change.schema, change.before)
    yield from _create(change.table, change.schema, change.after, dialect)


def _comment(change: Comment) -> Step:
    from alembic.operations import ops

    if change.after is None:
        return Operation(ops.DropTableCommentOp(change.table, schema=change.schema, existing_comment=change.before))
    return Operation(
        ops.CreateTableCommentOp(change.table, change.after, schema=change.schema, existing_comment=change.before)
    )


def _schema(schema: str | None) -> tuple[str, ...]:
    return (f"schema={schema!r}",) if schema else ()


# ---------------------------------------------------------------------------------------------------------------------
# Enums


def _enum_statement(change: CreateEnum | DropEnum, dialect: str) -> str:
    name = _enum_name(change.enum, dialect)
    return f"DROP TYPE {name}" if isinstance(change, DropEnum) else _create_type(change.enum, dialect)


def _create_type(enum: Enum, dialect: str) -> str:
    return f"CREATE TYPE {_enum_name(enum, dialect)} AS ENUM ({', '.join(map(quote_literal, enum.labels))})"


def _alter_enum(change: AlterEnum, dialect: str) -> Iterator[Step]:
    """Add labels where that is all; else make the type anew, and convert what uses it."""
    if dialect != "postgresql":
        msg = "only PostgreSQL has enum types"
        raise Unrenderable(msg)
    added = change.adds
    if added is not None:
        yield from _added_labels(change, added, dialect)
        return
    name = _enum_name(change.before, dialect)
    aside = f"{change.before.name}_old"
    lost = [label for label in change.before.labels if label not in change.after.labels]
    for table, schema, part in change.standing:
        yield _drop(table, schema, part)
    for one in change.generated:
        yield _drop(one.table, one.schema, one.column)
    yield Execute(f"ALTER TYPE {name} RENAME TO {quote_identifier(aside, dialect)}")
    yield Execute(_create_type(change.after, dialect))
    for user in change.users:
        yield from _converted(user, name, lost, dialect)
    yield Execute(f"DROP TYPE {_enum_name(replace(change.before, name=aside), dialect)}")
    for one in change.generated:
        yield from _add_column(Create(one.table, one.schema, one.column), one.column, dialect)
    for table, schema, part in change.standing:
        yield from _create(table, schema, part, dialect)


def _added_labels(change: AlterEnum, added: tuple[str, ...], dialect: str) -> Iterator[Step]:
    labels = change.after.labels
    for label in added:
        at = labels.index(label)
        place = ""
        if any(one not in added for one in labels[at:]):  # not at the end, where it would go by itself
            place = (
                f" AFTER {quote_literal(labels[at - 1])}" if at else f" BEFORE {quote_literal(change.before.labels[0])}"
            )
        name = _enum_name(change.before, dialect)
        yield Execute(f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {quote_literal(label)}{place}", autocommit=True)


def _converted(user: EnumUser, name: str, lost: list[str], dialect: str) -> Iterator[Step]:
    """Give a column the new type of the same name; its default is set aside meanwhile."""
    table = ".".join(quote_identifier(one, dialect) for one in (user.schema, user.table) if one)
    column = quote_identifier(user.column.name, dialect)
    default = user.column.server_default
    if default is not None and not isinstance(default.sql, str):
        raise Unrenderable(default.sql.reason)
    many = "[]" if user.column.type.ddl.endswith("[]") else ""
    if lost:
        said = ", ".join(map(quote_literal, lost))
        cure = f"UPDATE {table} SET {column} = ... WHERE {column} IN ({said})"  # noqa: S608 -- it is written down
        yield Remark(
            (
                f"# TODO: fails where {user.table}.{user.column.name} is {said}: give these rows another value first:",
                f"# op.execute({literal(cure)})",
            )
        )
    alter = f"ALTER TABLE {table} ALTER COLUMN {column}"
    if default is not None:
        yield Execute(f"{alter} DROP DEFAULT")
    yield Execute(f"{alter} TYPE {name}{many} USING {column}::text{many}::{name}{many}")
    if default is not None:
        yield Execute(f"{alter} SET DEFAULT {default.sql}")


def _enum_name(enum: Enum, dialect: str) -> str:
    return ".".join(quote_identifier(part, dialect) for part in (enum.schema, enum.name) if part)
