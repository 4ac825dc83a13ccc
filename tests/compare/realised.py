"""Schema values made real: as SQLAlchemy metadata, and as what Alembic's autogenerate says of two of them.

The values that the strategies below draw are what our comparison is given; the metadata made of the same values is what
Alembic is given, on a real database. So neither side sees anything that the other does not.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from driftline.compare.compare import compare
from driftline.compare.difference import AlembicOperation, Difference
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, EnvironmentOptions
from driftline.schema import (
    Column,
    ForeignKey,
    Index,
    IndexElement,
    PrimaryKey,
    Schema,
    ServerDefault,
    Table,
    Type,
    UniqueConstraint,
)

TYPES: dict[str, dict[str, Any]] = {
    "sqlite": {
        "INTEGER": sa.Integer(),
        "BIGINT": sa.BigInteger(),
        "VARCHAR(20)": sa.String(20),
        "VARCHAR(30)": sa.String(30),
        "VARCHAR": sa.String(),
        "TEXT": sa.Text(),
        "NUMERIC(10, 2)": sa.Numeric(10, 2),
        "NUMERIC(12, 2)": sa.Numeric(12, 2),
        "DECIMAL(10, 2)": sa.DECIMAL(10, 2),
        "FLOAT": sa.Float(),
        "DOUBLE PRECISION": sa.DOUBLE_PRECISION(),
        "BOOLEAN": sa.Boolean(),
        "DATETIME": sa.DateTime(),
        "CHAR(32)": sa.Uuid(),
        "BLOB": sa.LargeBinary(),
        "JSON": sa.JSON(),
        "UUID": sa.UUID(),
    },
    "postgresql": {
        "INTEGER": sa.Integer(),
        "BIGINT": sa.BigInteger(),
        "VARCHAR(20)": sa.String(20),
        "VARCHAR(30)": sa.String(30),
        "VARCHAR": sa.String(),
        "CHAR(3)": sa.CHAR(3),
        "CHAR": sa.CHAR(),
        "TEXT": sa.Text(),
        "NUMERIC": sa.Numeric(),
        "NUMERIC(10)": sa.Numeric(10),
        "NUMERIC(10, 2)": sa.Numeric(10, 2),
        "FLOAT": sa.Float(),
        "FLOAT(10)": sa.Float(10),
        "FLOAT(53)": sa.Float(53),
        "REAL": sa.REAL(),
        "DOUBLE PRECISION": sa.Double(),
        "BOOLEAN": sa.Boolean(),
        "TIMESTAMP WITHOUT TIME ZONE": sa.DateTime(),
        "TIMESTAMP WITH TIME ZONE": sa.DateTime(timezone=True),
        "TIMESTAMP(3) WITH TIME ZONE": postgresql.TIMESTAMP(precision=3, timezone=True),
        "INTERVAL": sa.Interval(),
        "UUID": sa.Uuid(),
        "JSON": sa.JSON(),
        "JSONB": postgresql.JSONB(),
        "VARCHAR(20)[]": sa.ARRAY(sa.String(20)),
        "VARCHAR(30)[]": sa.ARRAY(sa.String(30)),
        "INTEGER[]": sa.ARRAY(sa.Integer()),
        "INTEGER[][]": sa.ARRAY(sa.Integer(), dimensions=2),
        "BIT(1)": postgresql.BIT(),
        "BIT VARYING(4)": postgresql.BIT(4, varying=True),
        "BYTEA": sa.LargeBinary(),
    },
}
"""DDL as the dialect writes it, and the type that is written so."""

COLUMNS = ("a", "b", "c")
ACTIONS = (None, None, "CASCADE", "SET NULL", "NO ACTION", "RESTRICT")


@st.composite
def schemas(draw: st.DrawFn, dialect: str) -> Schema:
    """A small schema: `users`, and up to two tables that may refer to it.

    Names come from small pools, so that two schemas share some.
    """
    made = [draw(tables("users", dialect, refers=False))]
    made += [
        draw(tables(name, dialect, refers=True))
        for name in draw(st.lists(st.sampled_from(("orders", "items")), unique=True, max_size=2))
    ]
    return Schema(dialect, {table.name: table for table in made})


@st.composite
def tables(draw: st.DrawFn, name: str, dialect: str, *, refers: bool) -> Table:
    """A table with an integer key, some columns, and constraints and indexes over them."""
    columns = [Column("id", Type("INTEGER"), nullable=False, serial=dialect == "postgresql")]
    columns += [
        Column(
            column,
            Type(draw(st.sampled_from(sorted(TYPES[dialect])))),
            nullable=draw(st.booleans()),
            comment=draw(st.sampled_from((None, None, "", "one", "two"))) if dialect == "postgresql" else None,
        )
        for column in draw(st.lists(st.sampled_from(COLUMNS), unique=True, min_size=1))
    ]
    # Constraints and indexes use columns of a type that can be ordered and that both dialects index.
    columns += [Column(column, Type("INTEGER")) for column in ("x", "y", "z")]
    keys: tuple[ForeignKey, ...] = ()
    if refers:
        keys = tuple(draw(st.lists(foreign_keys(name), unique_by=lambda one: one.columns, max_size=2)))
    names = iter(draw(st.permutations([f"{name}_{number}" for number in range(6)])))
    uniques = draw(st.lists(column_lists(), unique_by=frozenset, max_size=2))
    return Table(
        name,
        columns=tuple(columns),
        primary_key=PrimaryKey(None, ("id",)),
        foreign_keys=keys,
        unique_constraints=tuple(
            UniqueConstraint(next(names) if draw(st.booleans()) else None, tuple(one)) for one in uniques
        ),
        indexes=tuple(draw(indexes(next(names), dialect)) for _ in range(draw(st.integers(0, 2)))),
        comment=draw(st.sampled_from((None, None, "one", "two"))) if dialect == "postgresql" else None,
    )


def column_lists() -> st.SearchStrategy[list[str]]:
    """Columns of a constraint or an index, in some order."""
    return st.lists(st.sampled_from(("x", "y", "z")), unique=True, min_size=1, max_size=2)


@st.composite
def indexes(draw: st.DrawFn, name: str, dialect: str) -> Index:
    """An index over columns, in some order; on PostgreSQL with directions, conditions and methods."""
    orders = ((), ("desc",), ("desc", "nulls last"), ("nulls first",), ("nulls last",), ("asc",))
    options = []
    if dialect == "postgresql":
        options = draw(st.lists(st.sampled_from((("where", "x > 0"), ("where", "y > 0"))), max_size=1))
    return Index(
        name,
        tuple(
            IndexElement(column, column, draw(st.sampled_from(orders)) if dialect == "postgresql" else ())
            for column in draw(column_lists())
        ),
        unique=draw(st.booleans()),
        options=tuple(options),
    )


@st.composite
def foreign_keys(draw: st.DrawFn, table: str) -> ForeignKey:
    """A foreign key to `users`, named or not, with options."""
    column = draw(st.sampled_from(("x", "y")))
    deferrable = draw(st.sampled_from((None, None, True)))
    return ForeignKey(
        draw(st.sampled_from((None, f"fk_{table}_{column}", f"fk_{column}"))),
        (column,),
        "users",
        ("id",),
        draw(st.sampled_from(ACTIONS)),
        draw(st.sampled_from(ACTIONS)),
        deferrable,
        draw(st.sampled_from((None, "DEFERRED", "IMMEDIATE"))) if deferrable else None,
    )


def metadata(schema: Schema) -> sa.MetaData:
    """The schema as SQLAlchemy's metadata, as a model would declare it."""
    made = sa.MetaData()
    for table in schema.tables.values():
        real = sa.Table(table.name, made, comment=table.comment)
        for column in table.columns:
            real.append_column(_column(column, table, schema.dialect))
        for key in table.foreign_keys:
            real.append_constraint(
                sa.ForeignKeyConstraint(
                    key.columns,
                    [f"{key.referred_table}.{column}" for column in key.referred_columns],
                    key.name,
                    ondelete=key.ondelete,
                    onupdate=key.onupdate,
                    deferrable=key.deferrable,
                    initially=key.initially,
                )
            )
        for unique in table.unique_constraints:
            real.append_constraint(sa.UniqueConstraint(*unique.columns, name=unique.name))
        for index in table.indexes:
            sa.Index(
                index.name, *(_element(one, real) for one in index.elements), unique=index.unique, **_options(index)
            )
    return made


def _column(column: Column, table: Table, dialect: str) -> sa.Column[Any]:
    default = column.server_default
    return sa.Column(
        column.name,
        TYPES[dialect][column.type.ddl],
        primary_key=column.name in table.primary_key.columns,
        nullable=column.nullable,
        comment=column.comment,
        server_default=sa.text(str(default.sql)) if isinstance(default, ServerDefault) else None,
    )


def _element(element: IndexElement, table: sa.Table) -> sa.ColumnElement[Any] | sa.TextClause:
    made: sa.ColumnElement[Any] | sa.TextClause = (
        table.c[element.column] if element.column else sa.text(str(element.sql))
    )
    for word in element.modifiers:
        made = {"desc": sa.desc, "asc": sa.asc, "nulls first": sa.nulls_first, "nulls last": sa.nulls_last}[word](made)
    return made


def _options(index: Index) -> dict[str, Any]:
    return {f"postgresql_{name}": sa.text(str(value)) if name == "where" else value for name, value in index.options}


def migrated(schema: Schema) -> Schema:
    """The schema as replaying its creation would give it: with the names that PostgreSQL makes up."""
    if schema.dialect != "postgresql":
        return schema
    return replace(schema, tables={key: _with_names(table) for key, table in schema.tables.items()})


def _with_names(table: Table) -> Table:
    return replace(
        table,
        primary_key=replace(table.primary_key, name=f"{table.name}_pkey"),
        unique_constraints=tuple(
            replace(one, name=one.name or f"{table.name}_{'_'.join(one.columns)}_key")
            for one in table.unique_constraints
        ),
        foreign_keys=tuple(
            replace(one, name=one.name or f"{table.name}_{'_'.join(one.columns)}_fkey") for one in table.foreign_keys
        ),
    )


def differences(declared: Schema, database: Schema, options: EnvironmentOptions | None = None) -> list[Difference]:
    """What our comparison says."""
    found = compare(Declared(declared, options=options or EnvironmentOptions()), Migrated(database), declared.dialect)
    return [one for several in found.values() for one in several]


def operations(found: Iterable[Difference]) -> Counter[AlembicOperation]:
    """All that Alembic would report, as our comparison says."""
    return Counter(operation for one in found for operation in one.operations)


def autogenerate(connection: sa.Connection, declared: Schema, **options: bool) -> Counter[AlembicOperation]:
    """What Alembic reports for the database behind `connection`, in the words of the findings contract."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": False, **options}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Counter(map(_operation, _flat(compare_metadata(context, metadata(declared)))))


def _flat(entries: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def _operation(entry: tuple[Any, ...]) -> AlembicOperation:
    op, subject = entry[0], entry[1]
    match op:
        case "add_column" | "remove_column":
            return AlembicOperation(op, entry[2], entry[3].name)
        case _ if op.startswith("modify_"):
            return AlembicOperation(op, entry[2], entry[3])
        case "add_table" | "remove_table":
            return AlembicOperation(op, subject.name, None)
        case "add_table_comment" | "remove_table_comment":
            return AlembicOperation("modify_comment", subject.name, None)
        case "add_fk" | "remove_fk":
            return AlembicOperation(op, subject.table.name, ",".join(column.name for column in subject.columns))
        case _:
            return AlembicOperation(op, subject.table.name, None if subject.name is None else str(subject.name))
