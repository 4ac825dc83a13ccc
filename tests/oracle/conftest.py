"""The embedded PostgreSQL, the databases in it, and one verdict per project for all tests of a session."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.oracle.databases import Databases, Judge, judge
from tests.support.postgres import started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.oracle)
            item.add_marker(pytest.mark.xdist_group("oracle"))  # one server and one verdict for all (--dist loadgroup)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The socket's folder of a PostgreSQL server that lives as long as the session."""
    with started("driftline-postgres-") as server:
        yield Path(str(make_url(server.get_uri()).query["host"]))


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
