"""A PostgreSQL for the tests that hold replay against a database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.support.postgres import started


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.Engine]:
    """An engine on an embedded PostgreSQL that lives as long as the session."""
    with started("driftline-migrations-") as server:
        engine = sa.create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg2://"))
        yield engine
        engine.dispose()


@pytest.fixture
def database(postgres: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to an empty schema."""
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        )
        yield connection
