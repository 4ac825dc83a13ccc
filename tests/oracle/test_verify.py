"""`driftline verify` runs the fixtures for real: what is read of them is what the database holds."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.oracle.command_line import driftline_json
from tests.oracle.databases import Databases
from tests.oracle.projects import KITSU, PROJECTS, Project

every_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.folder.name)


def tables(url: str) -> set[str]:
    """The names of the tables in a database."""
    parsed = make_url(url)
    engine = sa.create_engine(parsed.set(drivername=parsed.get_backend_name()))
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


@every_project
def test_fixtures_are_read_as_the_database_has_them(project: Project, databases: Databases) -> None:
    """Replay and database, models and metadata agree on every fact, and the database was filled."""
    url = databases.create(project)

    answer = driftline_json("verify", "--url", url, str(project.folder))

    assert [] == answer.output["differences"]
    assert 0 == answer.code
    for side in ("migrations", "models"):
        assert answer.output["summary"][side]["agreed"] > 50
        assert answer.output["summary"][side]["different"] == 0
        assert answer.output["summary"][side]["unknown"] == 0
    assert "alembic_version" in tables(url)


def test_a_project_that_has_a_url_of_its_own_is_led_to_the_one_that_was_named(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The settings of kitsu name another database, and another driver: that one stays as it was."""
    named, other = databases.create(KITSU), databases.create(KITSU)
    monkeypatch.setenv("DATABASE_URL", other)

    answer = driftline_json(
        "verify",
        "--url",
        named.replace("+asyncpg", ""),
        "--url-variable",
        "NOBODY_READS_THIS",
        str(KITSU.folder),
    )

    assert 0 == answer.code
    assert "alembic_version" in tables(named)
    assert tables(other) == set()


def test_a_type_that_was_left_behind_is_something(databases: Databases) -> None:
    """An enum without any table would stop a migration half-way; such a database is refused."""
    url = databases.create(KITSU)
    engine = sa.create_engine(make_url(url).set(drivername="postgresql"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TYPE mood AS ENUM ('sad', 'glad')")
    engine.dispose()

    with pytest.raises(AssertionError, match=r"exit code 2(.|\n)*it holds enum mood"):
        driftline_json("verify", "--url", url, str(KITSU.folder))
    assert tables(url) == set()


def test_what_another_schema_holds_is_something(databases: Databases) -> None:
    """A table outside of `public` makes a database one that is not there to be filled."""
    url = databases.create(KITSU)
    engine = sa.create_engine(make_url(url).set(drivername="postgresql"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE SCHEMA kept")
        connection.exec_driver_sql("CREATE TABLE kept.things (id integer)")
    engine.dispose()

    with pytest.raises(AssertionError, match=r"exit code 2(.|\n)*it holds table kept\.things"):
        driftline_json("verify", "--url", url, str(KITSU.folder))
    assert tables(url) == set()
