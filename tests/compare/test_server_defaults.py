"""Server defaults against Alembic's comparison of them, where env.py asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa

from driftline.models.declared import EnvironmentOptions
from driftline.schema import Column, PrimaryKey, Schema, ServerDefault, Table, Type
from tests.compare.realised import autogenerate, differences, metadata, operations

ASKED = EnvironmentOptions(compare_server_default=True)
DEFAULTS = {
    "INTEGER": (None, "0", "'0'", "1"),
    "VARCHAR(20)": (None, "'x'", "'y'", "''"),
    "BOOLEAN": (None, "true", "false"),
}
POSTGRESQL = {
    "VARCHAR(20)": (None, "'x'", "'x'::character varying", "'y'"),
    "JSONB": (None, "'{}'", "'{}'::jsonb", "'[]'"),
    "TIMESTAMP WITH TIME ZONE": (None, "now()", "CURRENT_TIMESTAMP"),
    "VARCHAR(20)[]": (None, "'{}'", "'{a}'"),
}


def schema(dialect: str, type_: str, default: str | None) -> Schema:
    """A schema of one table with a column that has the default."""
    columns = (
        Column("id", Type("INTEGER"), nullable=False, serial=dialect == "postgresql"),
        Column("a", Type(type_), server_default=None if default is None else ServerDefault(default)),
    )
    return Schema(dialect, {"t": Table("t", columns=columns, primary_key=PrimaryKey(None, ("id",)))})


def pairs(defaults: dict[str, tuple[str | None, ...]]) -> list[tuple[str, str | None, str | None]]:
    """All pairs of defaults of one type."""
    return [(type_, *pair) for type_, values in defaults.items() for pair in product(values, values)]


@pytest.mark.parametrize(("type_", "declared", "migrated"), pairs(DEFAULTS))
def test_sqlite(type_: str, declared: str | None, migrated: str | None) -> None:
    """On SQLite, Alembic compares the texts: whatever it reports, we report."""
    halves = schema("sqlite", type_, declared), schema("sqlite", type_, migrated)
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        metadata(halves[1]).create_all(connection)
        expected = autogenerate(connection, halves[0], compare_server_default=True)

    assert expected == operations(differences(*halves, ASKED))


@pytest.fixture(scope="module")
def connection(postgres: Path) -> Iterator[sa.Connection]:
    """A connection to an empty PostgreSQL database."""
    engine = sa.create_engine(f"postgresql+psycopg2://postgres@/postgres?host={postgres}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.oracle
@pytest.mark.parametrize(("type_", "declared", "migrated"), pairs(DEFAULTS | POSTGRESQL))
def test_postgresql(connection: sa.Connection, type_: str, declared: str | None, migrated: str | None) -> None:
    """On PostgreSQL, Alembic asks the server whether the values are equal."""
    halves = schema("postgresql", type_, declared), schema("postgresql", type_, migrated)
    with connection.begin() as transaction:
        metadata(halves[1]).create_all(connection)
        expected = autogenerate(connection, halves[0], compare_server_default=True)
        transaction.rollback()

    assert expected == operations(differences(*halves, ASKED))
