"""Types against SQLAlchemy's own reflection, and what only the sources say."""

from __future__ import annotations

import warnings

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from driftline.compare.options import Options
from driftline.compare.types import compare_types, reflected, shape
from driftline.python.values import Unknown
from driftline.schema import Column, Type, unknown_type

ON_SQLITE = (
    "INTEGER", "VARCHAR(20)", "VARCHAR (20)", "CHAR(32)", "NUMERIC(10, 2)", "NUMERIC(10)", "DECIMAL(3,1)", "FLOAT",
    "FLOAT(10)", "DOUBLE PRECISION", "DOUBLE", "REAL", "REAL(3)", "UUID", "POINT", "INTERVAL",
    "TIMESTAMP WITH TIME ZONE",
    "DATETIME", "DATETIME(6)", "BLOB", "JSON", "TEXT(3)", "CLOB", "BOOL", "VARBINARY(3)", "TINYINT(1)",
    "CHARACTER VARYING(20)", "INTEGER UNSIGNED", "BIGINT(20)", "NVARCHAR(3)", "GEOMETRY", "LONGBLOB", "",
)  # fmt: skip


@pytest.mark.parametrize("ddl", ON_SQLITE)
def test_reflection_by_sqlite(ddl: str) -> None:
    """What is said to be reflected is what SQLAlchemy's SQLite dialect makes of the type, compiled again."""
    dialect = sqlite.dialect()
    # GeoAlchemy2, which other tests of this process import, adds its types to the dialect's own.
    names = dialect.ischema_names.items()
    dialect.ischema_names = {name: kind for name, kind in names if kind.__module__.startswith("sqlalchemy.")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = dialect._resolve_type_affinity(ddl.upper())

    expected = None if isinstance(made, sa.types.NullType) else made.compile(dialect=dialect)

    assert expected == reflected(Type(ddl), "sqlite")


@pytest.mark.parametrize(
    ("dialect", "one", "other"),
    [
        ("postgresql", "NUMERIC(10)", "DECIMAL(10, 0)"),
        ("postgresql", "FLOAT(53)", "DOUBLE PRECISION"),
        ("postgresql", "FLOAT(24)", "REAL"),
        ("postgresql", "SERIAL", "INTEGER"),
        ("postgresql", "timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("postgresql", "timestamp(6)", "TIMESTAMP WITHOUT TIME ZONE"),
        ("postgresql", "character varying(20)", "VARCHAR(20)"),
        ("postgresql", "INTEGER[][]", "INTEGER[]"),
        ("postgresql", "integer array", "INTEGER[]"),
        ("postgresql", "CHAR", "CHAR(1)"),
        ("mysql", "INTEGER(11)", "INTEGER"),
        ("mysql", "BOOL", "TINYINT(1)"),
        ("mysql", "DOUBLE PRECISION", "DOUBLE"),
    ],
)
def test_same_to_the_database(dialect: str, one: str, other: str) -> None:
    """Names that mean the same to a database have the same shape."""
    assert shape(one, dialect) == shape(other, dialect)


@pytest.mark.parametrize(
    ("dialect", "declared", "migrated", "kind", "operations"),
    [
        ("postgresql", "VARCHAR(50)", "VARCHAR", "modify_type_argument", []),
        ("postgresql", "VARCHAR(50)", "VARCHAR(60)", "modify_type_argument", ["modify_type"]),
        ("postgresql", "NUMERIC(10, 2)", "NUMERIC(10)", "modify_type_argument", ["modify_type"]),
        ("postgresql", "INTEGER[]", "INTEGER", "modify_type", []),
        (
            "postgresql",
            "TIMESTAMP WITH TIME ZONE",
            "TIMESTAMP WITHOUT TIME ZONE",
            "modify_type_argument",
            ["modify_type"],
        ),
        ("postgresql", "VECTOR(3)", "VECTOR(4)", "modify_type_argument", ["modify_type"]),
        ("postgresql", "LTREE", "TEXT", "modify_type", ["modify_type"]),
        ("postgresql", "TEXT", "LTREE", "modify_type", []),
        ("postgresql", "FLOAT(24)", "REAL", "modify_type", ["modify_type"]),
        ("mysql", "BIGINT", "INTEGER", "modify_type", ["modify_type"]),
        ("mysql", "VARCHAR(20) COLLATE utf8mb4_bin", "VARCHAR(20)", None, []),
        ("mysql", "TEXT", "TEXT CHARACTER SET utf8mb4", None, []),
        ("mysql", "TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", "TEXT", None, []),
        ("mysql", "TEXT CHARACTER SET latin1", "TEXT CHARACTER SET utf8mb4", "modify_type_argument", ["modify_type"]),
        ("mysql", "VARCHAR(9) CHARACTER SET utf8mb4", "VARCHAR(9) CHARSET UTF8MB4", None, []),
        ("mysql", "LONGTEXT CHARACTER SET utf8mb4", "TEXT", "modify_type", ["modify_type"]),
        ("mysql", "BIGINT UNSIGNED", "BIGINT", "modify_type_argument", []),
        ("oracle", "NUMBER", "INTEGER", "modify_type", []),
    ],
)
def test_kinds(dialect: str, declared: str, migrated: str, kind: str | None, operations: list[str]) -> None:
    """A difference says whether the type or only its arguments differ, and what Alembic makes of it."""
    columns = Column("a", Type(declared)), Column("a", Type(migrated))
    found = list(compare_types("t", *columns, Options(dialect)))

    assert ([kind] if kind else []) == [one.kind for one in found]
    assert operations == [operation.op for one in found for operation in one.operations]


def test_only_alembic_sees_it() -> None:
    """If the database takes two names for the same type and Alembic does not, then the difference says so."""
    columns = Column("a", Type("FLOAT(24)")), Column("a", Type("REAL"))

    assert ["the database calls both of them `REAL`"] == [
        one.apparent for one in compare_types("t", *columns, Options("postgresql"))
    ]


@pytest.mark.parametrize("compared", [True, False])
def test_compare_type(*, compared: bool) -> None:
    """If env.py turns the comparison of types off, then Alembic is silent and we are not."""
    columns = Column("a", Type("TEXT")), Column("a", Type("INTEGER"))
    [found] = compare_types("t", *columns, Options("postgresql", types=compared))

    assert compared == bool(found.operations)


@pytest.mark.parametrize("unread", [unknown_type(Unknown("why")), Type("")])
def test_unknown(unread: Type) -> None:
    """A type that was not read, or that is none, differs from no type."""
    known = Column("a", Type("INTEGER"))

    assert [] == list(compare_types("t", known, Column("a", unread), Options("postgresql")))
    assert [] == list(compare_types("t", Column("a", unread), known, Options("postgresql")))


@pytest.mark.parametrize(
    ("labels", "kinds", "reported"),
    [
        (("new", "done"), [], []),
        (("done", "new"), ["modify_enum_order"], []),
        (("new",), ["modify_enum"], ["modify_type"]),
    ],
)
def test_enum_of_mysql(labels: tuple[str, ...], kinds: list[str], reported: list[str]) -> None:
    """MySQL's ENUM is its labels; to Alembic, the set of them."""
    declared = Column("a", Type("ENUM('new','done')", labels=("new", "done")))
    migrated = Column("a", Type(f"ENUM({','.join(map(repr, labels))})", labels=labels))
    found = list(compare_types("t", declared, migrated, Options("mysql")))

    assert kinds == [one.kind for one in found]
    assert reported == [operation.op for one in found for operation in one.operations]
