"""Our comparison against Alembic's, on real databases: whatever two schemas are, both report the same operations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.schema import Schema
from tests.compare.realised import autogenerate, differences, metadata, migrated, operations, schemas
from tests.support.examples import examples


@given(st.data())
@settings(max_examples=examples(100))
def test_sqlite(data: st.DataObject) -> None:
    """For any two schemas, one in a database and one declared, the operations are those of `compare_metadata`."""
    database = data.draw(schemas("sqlite"), label="database")
    declared = data.draw(schemas("sqlite"), label="declared")
    engine = sa.create_engine("sqlite://")

    with engine.connect() as connection:
        metadata(database).create_all(connection)
        expected = autogenerate(connection, declared)

    assert expected == operations(differences(declared, migrated(database)))


@pytest.fixture(scope="module")
def connection(postgres: Path) -> Iterator[sa.Connection]:
    """A connection to an empty PostgreSQL database."""
    engine = sa.create_engine(f"postgresql+psycopg2://postgres@/postgres?host={postgres}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.mark.oracle
@given(data=st.data())
@settings(max_examples=examples(100))
def test_postgresql(connection: sa.Connection, data: st.DataObject) -> None:
    """For any two schemas, one in a database and one declared, the operations are those of `compare_metadata`."""
    database = data.draw(schemas("postgresql"), label="database")
    declared = data.draw(schemas("postgresql"), label="declared")

    with connection.begin() as transaction:
        metadata(database).create_all(connection)
        expected = autogenerate(connection, declared)
        transaction.rollback()

    assert expected == operations(differences(declared, migrated(database)))


@given(st.sampled_from(("sqlite", "postgresql")).flatmap(schemas))
def test_equal_schemas(schema: Schema) -> None:
    """A schema does not differ from itself, apart from what Alembic makes of the database's spelling of types."""
    assert [] == [one for one in differences(schema, migrated(schema)) if one.apparent is None]
