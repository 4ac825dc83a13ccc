"""Revisions as people write them: what a database has after running one, and what a replay says it has.

MySQL and MariaDB cannot be embedded: what a MariaDB made of the programs stands in mariadb.json, and
`DRIFTLINE_MARIADB=mysql+pymysql://…` (an empty database, which is emptied again) has a test record it anew.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from driftline.migrations.history import Migrated
from tests.migrations import programs_mysql, programs_postgresql, programs_sqlite
from tests.migrations.describing import as_mysql, from_database, from_replay
from tests.migrations.replaying import replayed, run_for_real

pytestmark = pytest.mark.oracle

RECORDED = Path(__file__).parent / "mariadb.json"
MARIADB = "DRIFTLINE_MARIADB"
"""The environment variable with the URL of a MariaDB to record from."""


@pytest.fixture
def postgresql(postgres: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to a database whose only schema is an empty `public`; it commits when it is told to."""
    with postgres.connect() as connection:
        for schema in sa.inspect(connection).get_schema_names():
            if schema != "information_schema":
                connection.exec_driver_sql(f'DROP SCHEMA "{schema}" CASCADE')
        connection.exec_driver_sql("CREATE SCHEMA public")
        connection.commit()
        yield connection


def outcome(connection: sa.Connection, *bodies: str) -> dict[str, Any]:
    """Run the bodies by real Alembic, and describe what the database has then."""
    with warnings.catch_warnings(action="ignore"):
        run_for_real(connection, *bodies)
        if connection.in_transaction():
            connection.commit()
        return from_database(connection)


def on_sqlite(*bodies: str) -> dict[str, Any]:
    """Run the bodies on an empty SQLite, and describe what it has then."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        described = outcome(connection, *bodies)
    engine.dispose()
    return described


def assert_read(found: Migrated) -> None:
    """Nothing was impossible, and nothing was not understood."""
    assert [one.message for one in found.problems] == []
    assert [one.reason for one in found.unknown] == []
    assert found.schema.incomplete == ()
    assert [one.key for one in found.schema.tables.values() if one.incomplete] == []


def assert_nothing_false(found: Migrated, expected: dict[str, Any]) -> None:
    """What is not known is said and counted; what is said to be known is so."""
    said = from_replay(found.schema)["tables"]
    unsure = {table.key for table in found.schema.tables.values() if table.incomplete}

    assert found.unknown
    assert found.problems == ()
    assert found.schema.incomplete or expected["tables"].keys() <= said.keys()
    assert found.schema.incomplete or said.keys() <= expected["tables"].keys()
    for key in said.keys() & expected["tables"].keys():
        there, here = expected["tables"][key]["columns"], said[key]["columns"]
        assert key in unsure or there.keys() == here.keys()
        for name in here:
            of_query = found.schema.tables[key].column(name).type.unknown
            assert key in unsure or of_query or list(there[name]) == list(here[name])


@pytest.mark.parametrize("program", programs_postgresql.PROGRAMS)
def test_postgresql_has_what_is_replayed(postgresql: sa.Connection, program: str) -> None:
    """A revision leaves the same schema in PostgreSQL and in a replay, and the replay knows it."""
    body = programs_postgresql.PROGRAMS[program]
    expected = outcome(postgresql, body)
    found = replayed(body)

    assert from_replay(found.schema) == expected
    assert_read(found)


@pytest.mark.parametrize("program", programs_postgresql.NOT_READ)
def test_what_postgresql_alone_knows_is_counted(postgresql: sa.Connection, program: str) -> None:
    """If only a database can say what a revision does, that is counted, and nothing that is known is false."""
    body = programs_postgresql.NOT_READ[program]

    assert_nothing_false(replayed(body), outcome(postgresql, body))


@pytest.mark.parametrize("program", programs_postgresql.REFUSED)
def test_what_postgresql_refuses_is_a_problem(postgresql: sa.Connection, program: str) -> None:
    """What a foreign key still needs can't be dropped, and that is said, and nothing else."""
    body = programs_postgresql.REFUSED[program]

    with pytest.raises(sa.exc.InternalError, match=r"other objects depend on (?:it|them)"):
        outcome(postgresql, body)
    assert [one.rule for one in replayed(body).problems] == ["drop-referenced"]


@pytest.mark.parametrize("program", programs_postgresql.THERE_AND_BACK)
def test_postgresql_goes_there_and_back(postgresql: sa.Connection, program: str) -> None:
    """Upgrade, downgrade, upgrade: after each of them the replay has what PostgreSQL has."""
    start, up, down = programs_postgresql.THERE_AND_BACK[program]
    for bodies in ((start, up), (start, up, down), (start, up, down, up)):
        found = replayed(*bodies)
        expected = outcome(postgresql, bodies[-1]) if len(bodies) > 2 else outcome(postgresql, *bodies)

        assert from_replay(found.schema) == expected
        assert_read(found)


@pytest.mark.parametrize("program", programs_sqlite.PROGRAMS)
def test_sqlite_has_what_is_replayed(program: str) -> None:
    """A revision leaves the same schema in SQLite and in a replay, and the replay knows it."""
    body = programs_sqlite.PROGRAMS[program]
    found = replayed(body, dialect="sqlite")

    assert from_replay(found.schema) == on_sqlite(body)
    assert_read(found)


@pytest.mark.parametrize("program", programs_sqlite.NOT_READ)
def test_what_sqlite_alone_knows_is_counted(program: str) -> None:
    """If only a database can say what a revision does, that is counted, and nothing that is known is false."""
    body = programs_sqlite.NOT_READ[program]

    assert_nothing_false(replayed(body, dialect="sqlite"), on_sqlite(body))


@pytest.mark.parametrize("program", programs_sqlite.REFUSED)
def test_what_alembic_refuses_to_add_to_sqlite(program: str) -> None:
    """Alembic adds the column, and then refuses to add its constraint (`batch-required` says so)."""
    with pytest.raises(NotImplementedError):
        on_sqlite(programs_sqlite.REFUSED[program])


@pytest.mark.parametrize("program", programs_sqlite.THERE_AND_BACK)
def test_sqlite_goes_there_and_back(program: str) -> None:
    """Upgrade, downgrade, upgrade: after each of them the replay has what SQLite has."""
    start, up, down = programs_sqlite.THERE_AND_BACK[program]
    for bodies in ((start, up), (start, up, down), (start, up, down, up)):
        found = replayed(*bodies, dialect="sqlite")

        assert from_replay(found.schema) == on_sqlite(*bodies)
        assert_read(found)


def recorded() -> dict[str, Any]:
    """What MariaDB made of the programs, by name: each with the body that was run."""
    found: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))["programs"]
    return found


@pytest.mark.parametrize("program", programs_mysql.PROGRAMS)
def test_mariadb_has_what_is_replayed(program: str) -> None:
    """A revision leaves the same schema in MariaDB and in a replay, and the replay knows it."""
    body = programs_mysql.PROGRAMS[program]
    record = recorded()[program]
    found = replayed(body, dialect="mariadb")

    assert body == record["body"], f"the program is another than the recorded one: record it anew ({MARIADB}=URL)"
    assert as_mysql(from_replay(found.schema)) == record["schema"]
    assert_read(found)


@pytest.mark.parametrize("program", programs_mysql.NOT_READ)
def test_what_mariadb_alone_knows_is_counted(program: str) -> None:
    """If only a database can say what a revision does, that is counted, and nothing that is known is false."""
    body = programs_mysql.NOT_READ[program]
    record = recorded()[program]

    assert body == record["body"]
    assert_nothing_false(replayed(body, dialect="mariadb"), record["schema"])


@pytest.mark.parametrize("program", sorted(programs_mysql.PROGRAMS.keys() - programs_mysql.MARIADB_ONLY))
def test_mysql_does_as_mariadb_does(program: str) -> None:
    """But for what MySQL's manual says is otherwise, a replay for MySQL comes to what MariaDB made of it."""
    found = replayed(programs_mysql.PROGRAMS[program], dialect="mysql")

    assert as_mysql(from_replay(found.schema)) == recorded()[program]["schema"]
    assert_read(found)


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
@pytest.mark.parametrize("program", [*programs_mysql.REFUSED, *programs_mysql.NOT_THERE])
def test_what_mysql_refuses_is_a_problem(program: str, dialect: str) -> None:
    """What a foreign key still needs can't be dropped, nor what has not that name; that is said, and nothing else."""
    needed = program in programs_mysql.REFUSED
    body = programs_mysql.REFUSED[program] if needed else programs_mysql.NOT_THERE[program]
    refused: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))["refused"]

    assert body == refused[program]["body"], (
        f"the program is another than the recorded one: record it anew ({MARIADB}=URL)"
    )
    expected = "drop-referenced" if needed else "unknown-constraint"
    assert [one.rule for one in replayed(body, dialect=dialect).problems] == [expected]


@pytest.mark.skipif(not os.environ.get(MARIADB), reason=f"NOT RECORDED ANEW: {MARIADB} names no MariaDB")
def test_the_record_is_what_mariadb_says() -> None:
    """Run every program on an empty database of a real MariaDB; the record is written from what that has then."""
    engine = sa.create_engine(os.environ[MARIADB], isolation_level="AUTOCOMMIT")
    programs = {}
    for name, body in (programs_mysql.PROGRAMS | programs_mysql.NOT_READ).items():
        programs[name] = {"body": body, "schema": as_mysql(on_empty(engine, body))}
    refused = {}
    for name, body in {**programs_mysql.REFUSED, **programs_mysql.NOT_THERE}.items():
        with pytest.raises(sa.exc.DBAPIError) as raised:
            on_empty(engine, body)
        refused[name] = {"body": body, "error": raised.value.orig.args[0] if raised.value.orig is not None else 0}
    with engine.connect() as connection:
        server = connection.exec_driver_sql("SELECT version()").scalar_one()
    engine.dispose()
    record = {"server": server, "programs": programs, "refused": refused}
    RECORDED.write_text(json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")

    assert "MariaDB" in server


def on_empty(engine: sa.Engine, body: str) -> dict[str, Any]:
    """Empty the database, run the body there, and describe what the database has then."""
    with engine.connect() as connection:
        database = engine.url.database
        connection.exec_driver_sql(f"DROP DATABASE `{database}`")
        connection.exec_driver_sql(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4")
        connection.exec_driver_sql(f"USE `{database}`")
        described = outcome(connection, body)
    engine.dispose()
    return described
