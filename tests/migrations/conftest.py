"""A PostgreSQL for the tests that hold replay against a database."""

from __future__ import annotations

import os
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="session")
def postgres() -> Iterator[sa.Engine]:
    """An engine on an embedded PostgreSQL that lives as long as the session."""
    folder = Path(tempfile.mkdtemp(prefix="driftline-migrations-"))
    try:
        with warnings.catch_warnings(action="ignore"):
            from pgserver.postgres_server import get_server

            server = get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NOT HELD AGAINST A DATABASE: the embedded PostgreSQL does not start here: {error}")
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
    engine = sa.create_engine(server.get_uri().replace("postgresql://", "postgresql+psycopg2://"))
    yield engine
    engine.dispose()
    server.cleanup()


@pytest.fixture
def database(postgres: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to an empty schema."""
    with postgres.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public"
        )
        yield connection
