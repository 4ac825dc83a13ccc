"""Databases for the oracle tests, and what real Alembic makes of a project on them.

`Databases` hands out empty databases (an embedded PostgreSQL, SQLite files) and copies of full ones; `ask` has the
referee (referee.py) run a project on one, in a process of its own; `judge` asks everything that the tests of a project
want to know, in one go::

    url = databases.create(KITSU)
    document = upgrade(KITSU, url, "0005")

Must not know Driftline.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from tests.oracle.projects import Project

if TYPE_CHECKING:
    from tests.oracle.documents import Document

REFEREE = Path(__file__).parent / "referee.py"

Operation: TypeAlias = tuple[str, str, str | None]
"""(op, table, name), as in the findings' `operations`."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Hands out databases, each under a name of its own, in one PostgreSQL server and one folder of SQLite files.

    `postgres` gives the folder of the server's socket, and starts the server when it is first asked for.
    """

    postgres: Callable[[], Path]
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def create(self, project: Project) -> str:
        """The URL of an empty database, with the project's driver."""
        name = self._name(project)
        if project.driver == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        self._administrate(f'CREATE DATABASE "{name}"')
        return self._postgres_url(project.driver, name)

    def create_for_history(self, project: Project) -> str:
        """The same, for the referee's `history`: with a `{revision}` on SQLite, where a database costs nothing."""
        if project.driver == "sqlite":
            return f"sqlite:///{self.folder / self._name(project)}-{{revision}}.db"
        return self.create(project)

    def clone(self, project: Project, url: str) -> str:
        """The URL of a copy of the database at `url`, to which nobody may be connected."""
        original = make_url(url).database or ""
        name = self._name(project)
        if project.driver == "sqlite":
            shutil.copyfile(original, self.folder / f"{name}.db")
            return f"sqlite:///{self.folder / name}.db"
        self._administrate(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
        return self._postgres_url(project.driver, name)

    def scratch(self) -> sa.Engine:
        """An engine on the server's first database, for what is rolled back."""
        return sa.create_engine(self._postgres_url("postgresql+psycopg2", "postgres"))

    def _name(self, project: Project) -> str:
        return f"{project.folder.name}-{next(self._numbers)}"

    def _administrate(self, statement: str) -> None:
        engine = sa.create_engine(self._postgres_url("postgresql+psycopg2", "postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def _postgres_url(self, driver: str, database: str) -> str:
        return f"{driver}://postgres@/{database}?host={self.postgres()}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What real Alembic and a real database say of a project.

    `url`: a database at head. `history`: each revision's document, bases first. `drift`: Alembic's operations, and
    `drift_with_checks` with its opt-in comparison of CHECK constraints.
    """

    url: str
    history: Mapping[str, Document]
    models: Document
    drift: tuple[Operation, ...]
    drift_with_checks: tuple[Operation, ...]


Judge: TypeAlias = Callable[[Project], Verdict]
"""What the `verdict` fixture gives: each project is judged once a session."""


def judge(databases: Databases, project: Project, python: Path | str = sys.executable) -> Verdict:
    """Upgrade the project revision by revision, and say what there is at each of them and what Alembic makes of it.

    `python`: the interpreter whose Alembic and SQLAlchemy judge.
    """
    url = databases.create_for_history(project)
    at_head = url.replace("{revision}", project.head)
    history, models, drift, drift_with_checks = ask(
        project,
        [
            {"do": "history", "url": url},
            {"do": "models", "url": at_head},
            {"do": "drift", "url": at_head, "checks": False},
            {"do": "drift", "url": at_head, "checks": True},
        ],
        python,
    )
    return Verdict(
        url=at_head,
        history=history,
        models=models,
        drift=operations(drift),
        drift_with_checks=operations(drift_with_checks),
    )


def upgrade(project: Project, url: str, revision: str = "head") -> Document:
    """Upgrade the database to a revision with real Alembic, and give its schema document."""
    document: Document
    _, document = ask(project, [{"do": "upgrade", "url": url, "revision": revision}, {"do": "reflect", "url": url}])
    return document


def ask(project: Project, tasks: list[dict[str, Any]], python: Path | str = sys.executable) -> list[Any]:
    """The referee's results for the tasks, which referee.py describes; it runs by `python`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    finished = subprocess.run(
        [str(python), "-P", "-B", str(REFEREE)],
        input=json.dumps({"ini": str(project.ini), "tasks": tasks}),
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    results: list[Any] = json.loads(finished.stdout)
    return results


def operations(stated: Iterable[Mapping[str, Any]]) -> tuple[Operation, ...]:
    """Operations as JSON gives them, as tuples."""
    return tuple((one["op"], one["table"], one["name"]) for one in stated)


def canonical_types(url: str, types: Iterable[str]) -> dict[str, str]:
    """Each type's DDL, and what the database at `url` makes of it: FLOAT is DOUBLE PRECISION on PostgreSQL.

    The database is asked, by a column of that type, which does not stay. What it takes for no type is left out, and
    SERIAL too, which is a way to write a column.
    """
    parsed = make_url(url)
    driver = "sqlite" if parsed.get_backend_name() == "sqlite" else "postgresql+psycopg2"
    engine = sa.create_engine(parsed.set(drivername=driver))
    canonical = {}
    for ddl in types:
        if ddl.upper().endswith("SERIAL"):
            continue
        # Nothing is committed; SQLite commits by itself.
        with engine.connect() as connection, contextlib.suppress(sa.exc.DBAPIError):
            connection.exec_driver_sql(f"CREATE TABLE canonical_types (it {ddl} NULL)")
            (column,) = sa.inspect(connection).get_columns("canonical_types")
            connection.exec_driver_sql("DROP TABLE canonical_types")
            canonical[ddl] = column["type"].compile(dialect=engine.dialect)
    engine.dispose()
    return canonical
