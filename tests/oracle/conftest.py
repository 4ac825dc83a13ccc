"""The embedded PostgreSQL, the databases in it, and one verdict per project for all tests of a session."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.oracle.databases import Databases, Judge, judge


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.oracle)
            item.add_marker(pytest.mark.xdist_group("oracle"))  # one server and one verdict for all (--dist loadgroup)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket's folder of a PostgreSQL server that lives as long as the session.

    Its data lies right under the temporary directory: as root, pgserver makes every folder above it readable for all.
    """
    folder = Path(tempfile.mkdtemp(prefix="driftline-postgres-"))
    try:
        with warnings.catch_warnings(action="ignore"):
            from pgserver.postgres_server import get_server

            server = get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder)
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NOT HELD AGAINST A DATABASE: the embedded PostgreSQL does not start here: {error}")
    # Nothing in it outlives the session, so nothing need reach the disk.
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
    yield Path(str(make_url(server.get_uri()).query["host"]))
    server.cleanup()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return Databases(
        postgres=functools.cache(lambda: request.getfixturevalue("postgres")),
        folder=tmp_path_factory.mktemp("sqlite"),
    )


@pytest.fixture(scope="session")
def verdict(databases: Databases) -> Judge:
    """What real Alembic says of a project; each project is run once a session."""
    return functools.cache(functools.partial(judge, databases))
