"""What `alembic init` makes is read as it runs: real Alembic makes the project, writes its revision and upgrades.

The databases are SQLite's, so that nothing has to be started.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from driftline.cli import main
from tests.oracle.command_line import driftline_json

SINGLE = ("generic", "async", "pyproject", "pyproject_async")
PLACEHOLDER = "driver://user:pass@localhost/dbname"
"""The URL that Alembic's templates write."""

TARGET = "from shop.models import Base\ntarget_metadata = Base.metadata"
TARGETS = "from shop.models import Base, other\ntarget_metadata = {'engine1': Base.metadata, 'engine2': other}"
URLS = {PLACEHOLDER: "sqlite:///one.db", f"{PLACEHOLDER}2": "sqlite:///two.db"}
"""Of the template multidb: its target metadata go by the names in the ini."""

MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), nullable=False)


other = sa.MetaData()
users = sa.Table("users", other, sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text, index=True))
"""


def alembic(folder: Path, *words: str) -> None:
    """Run real Alembic in a folder, with what is in it to be imported."""
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "alembic", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def made(folder: Path, template: str, target: str, urls: Mapping[str, str]) -> None:
    """Make a project of a template, with models, one revision, and databases that it was run in."""
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").touch()
    (folder / "shop" / "models.py").write_text(MODELS, encoding="utf-8")
    alembic(folder, "init", "--template", template, "migrations")
    env = folder / "migrations" / "env.py"
    text, count = re.subn(r"^target_metadata = .*$", target, env.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert count == 1
    env.write_text(text, encoding="utf-8")
    ini = folder / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    for old, url in urls.items():
        text, count = re.subn(rf"^sqlalchemy\.url = {old}$", f"sqlalchemy.url = {url}", text, flags=re.MULTILINE)
        assert count == 1
    ini.write_text(text, encoding="utf-8")
    alembic(folder, "revision", "--autogenerate", "-m", "first")
    alembic(folder, "upgrade", "head")


def tables(document: Any) -> dict[str, list[str]]:  # noqa: ANN401 -- a schema document
    """Tables and their columns, with the indexes behind them."""
    return {
        name: [*sorted(table["columns"]), *(one["name"] for one in table["indexes"])]
        for name, table in document["tables"].items()
    }


def reflected(path: Path) -> dict[str, list[str]]:
    """The same of a SQLite file."""
    engine = sa.create_engine(f"sqlite:///{path}")
    inspector = sa.inspect(engine)
    found = {
        name: [
            *sorted(one["name"] for one in inspector.get_columns(name)),
            *(str(one["name"]) for one in inspector.get_indexes(name)),
        ]
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    engine.dispose()
    return found


@pytest.mark.parametrize("template", SINGLE)
def test_a_project_of_one_database(template: str, tmp_path: Path) -> None:
    """Models, replay and database are the same; the dialect is the URL's, and nothing is left that is not known."""
    driver = "sqlite+aiosqlite" if "async" in template else "sqlite"
    made(tmp_path, template, TARGET, {PLACEHOLDER: f"{driver}:///one.db"})

    declared = driftline_json("schema", "models", str(tmp_path)).output
    migrated = driftline_json("schema", "migrations", str(tmp_path)).output

    assert ("sqlite", "sqlite") == (declared["dialect"], migrated["dialect"])
    assert reflected(tmp_path / "one.db") == tables(migrated) == tables(declared) == {"users": ["id", "name"]}
    assert ([], []) == (declared["unknown"], migrated["unknown"])


def test_each_database_of_several_is_an_environment(tmp_path: Path) -> None:
    """A table that two databases have is one of each, with its own columns; neither is drift of the other."""
    made(tmp_path, "multidb", TARGETS, URLS)

    found = {}
    for name, file in (("engine1", "one.db"), ("engine2", "two.db")):
        declared = driftline_json("schema", "models", str(tmp_path), "--environment", name).output
        migrated = driftline_json("schema", "migrations", str(tmp_path), "--environment", name).output
        assert ("sqlite", "sqlite") == (declared["dialect"], migrated["dialect"])
        assert reflected(tmp_path / file) == tables(migrated) == tables(declared)
        found[name] = tables(migrated)["users"]

    assert {"engine1": ["id", "name"], "engine2": ["body", "id", "ix_users_body"]} == found
    assert [] == driftline_json("check", str(tmp_path)).output["findings"]


def test_what_is_found_of_one_history_for_several_databases_is_given_once(tmp_path: Path) -> None:
    """Two databases share their revisions: what is wrong with a file of them is wrong once."""
    made(tmp_path, "multidb", TARGETS, URLS)
    (revision,) = (tmp_path / "migrations" / "versions").glob("*.py")
    text = re.sub(r"^down_revision(.*) = None$", r'down_revision\1 = "gone"', revision.read_text(), flags=re.MULTILINE)
    revision.write_text(text, encoding="utf-8")

    findings = driftline_json("check", "--select", "unknown-down-revision", str(tmp_path)).output["findings"]

    assert ["unknown-down-revision"] == [one["rule"] for one in findings]


@pytest.mark.parametrize("name", ["engine1", "engine2"])
def test_verify_runs_one_of_several_databases(name: str, tmp_path: Path) -> None:
    """`--environment` says which: its own functions are run, in the database that was named and nowhere else."""
    made(tmp_path, "multidb", TARGETS, URLS)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.glob("*.db")}

    answer = driftline_json(
        "verify",
        "--url",
        f"sqlite:///{tmp_path}/scratch.db",
        "--python",
        sys.executable,
        "--environment",
        name,
        str(tmp_path),
    )

    assert [] == answer.output["differences"]
    assert 0 == answer.code
    assert answer.output["summary"]["migrations"]["agreed"] > 10
    assert before == {file: file.stat().st_mtime_ns for file in before}


def test_verify_takes_the_projects_driver_where_the_url_names_none(tmp_path: Path) -> None:
    """An asynchronous env.py needs an asynchronous driver: the one of the URL in the ini."""
    made(tmp_path, "async", TARGET, {PLACEHOLDER: "sqlite+aiosqlite:///one.db"})

    answer = driftline_json(
        "verify", "--url", f"sqlite:///{tmp_path}/scratch.db", "--python", sys.executable, str(tmp_path)
    )

    assert (0, []) == (answer.code, answer.output["differences"])


FLASK = """\
class NoAppException(Exception):
    pass


class Application:
    def app_context(self):
        current_app.entered = True
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


class ScriptInfo:
    def __init__(self, app_import_path=None):
        self.named = app_import_path

    def load_app(self):
        if self.named != "shop:app":
            raise NoAppException("Could not locate a Flask application.")
        return Application()


class current_app:
    entered = False
"""
"""As much of Flask as a project's env.py and `flask --app` need; the real one is no requirement of the tests."""


def test_verify_runs_an_env_py_of_flask_in_its_application(tmp_path: Path) -> None:
    """An env.py that asks for `current_app` is run in the application that `--app` names, and not without one."""
    made(tmp_path, "generic", TARGET, {PLACEHOLDER: "sqlite:///one.db"})
    (tmp_path / "flask").mkdir()
    (tmp_path / "flask" / "__init__.py").write_text("from flask.cli import current_app\n", encoding="utf-8")
    (tmp_path / "flask" / "cli.py").write_text(FLASK, encoding="utf-8")
    env = tmp_path / "migrations" / "env.py"
    asks = "from flask import current_app\nassert current_app.entered\n"
    env.write_text(f"{asks}{env.read_text(encoding='utf-8')}", encoding="utf-8")
    words = ["verify", "--url", f"sqlite:///{tmp_path}/scratch.db", "--python", sys.executable, str(tmp_path)]

    with pytest.raises(AssertionError, match=r"exit code 2(.|\n)*Could not locate(.|\n)*Name one with --app"):
        driftline_json(*words)
    answer = driftline_json(*words, "--app", "shop:app")

    assert (0, []) == (answer.code, answer.output["differences"])
    assert answer.output["summary"]["migrations"]["agreed"] > 5


def test_a_revision_for_one_of_several_databases_stands_in_its_own_function(tmp_path: Path) -> None:
    """What `driftline revision` writes for a database is what real Alembic then does to that one alone."""
    made(tmp_path, "multidb", TARGETS, URLS)
    models = tmp_path / "shop" / "models.py"
    more = 'sa.Table("orders", other, sa.Column("id", sa.Integer, primary_key=True))\n'
    models.write_text(models.read_text(encoding="utf-8") + more, encoding="utf-8")

    assert 0 == main(["revision", "-m", "orders", "--environment", "engine2", str(tmp_path)])
    alembic(tmp_path, "upgrade", "head")

    assert ["users"] == list(reflected(tmp_path / "one.db"))
    assert ["orders", "users"] == sorted(reflected(tmp_path / "two.db"))
