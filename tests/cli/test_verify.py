"""`driftline verify` on SQLite: what it refuses, what it says of a project that is not what it seems, and where."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.oracle

ENV = """
import pathlib

from alembic import context
from sqlalchemy import create_engine

from shop.models import Base

pathlib.Path("env-has-run").touch()
print("this goes to stdout")
config = context.config


def run_migrations():
    engine = {engine}
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            {before}
            context.run_migrations()
            {after}


{call}
"""
ENGINE = 'create_engine(config.get_main_option("sqlalchemy.url"))'
MODELS = """
from sqlalchemy import Column, Integer, MetaData, String
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Customer(Base):
    __tablename__ = "customers"
    id = Column(Integer, primary_key=True)
    email = Column(String(200), nullable=False, unique=True)
"""
REVISION = '''
"""Customers"""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
    )
'''


def env(*, engine: str = ENGINE, before: str = "pass", after: str = "pass", call: str = "run_migrations()") -> str:
    """An env.py that leaves a file behind when it runs."""
    return ENV.format(engine=engine, before=before, after=after, call=call)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one revision, and the folder that commands are started in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    write(
        tmp_path,
        {
            "alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = .\nsqlalchemy.url = sqlite:///live.db\n",
            "migrations/env.py": env(),
            "migrations/versions/0001_customers.py": REVISION,
            "shop/__init__.py": "",
            "shop/models.py": MODELS,
        },
    )
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def has_run(project: Path) -> bool:
    """Whether env.py was executed."""
    return (project / "env-has-run").exists()


def tables(path: Path) -> set[str]:
    """The tables of a SQLite file."""
    connection = sqlite3.connect(path)
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return names


def test_a_project_that_is_read_right(run: Run, project: Path) -> None:
    """Nothing on stdout, code 0; it is said that the project's code runs, and what was held against what."""
    ran = run("verify", "--url", "sqlite:///scratch.db")

    assert (ran.code, ran.out) == (0, "")
    first, replay, models = ran.err.splitlines()
    assert first.startswith("driftline: this runs the project's code, migrations/env.py and 1 revision, with ")
    assert "none differs" in replay
    assert "none differs" in models
    assert tables(project / "scratch.db") == {"alembic_version", "customers"}
    assert not (project / "live.db").exists()
    assert not list(project.rglob("__pycache__"))


def test_what_replay_cannot_know_is_said_with_its_place(run: Run, project: Path) -> None:
    """What env.py does by itself: a table that no revision makes, a column more, each a line with a place."""
    more = 'connection.exec_driver_sql("CREATE TABLE notes (id INTEGER)")'
    after = 'connection.exec_driver_sql("ALTER TABLE customers ADD COLUMN born DATE")'
    write(project, {"migrations/env.py": env(before=more, after=after)})

    ran = run("verify", "--url", "sqlite:///scratch.db")

    assert ran.code == 1
    column, table = ran.out.splitlines()
    assert column == (
        "migrations/versions/0001_customers.py:11:5: column customers.born: the database has it, the replay has not"
    )
    assert table == "migrations/env.py:1:1: table notes: the database has it, the replay has not"


def test_a_model_that_is_not_what_it_says(run: Run, project: Path) -> None:
    """What the class statement does not say, the metadata has: the difference stands at the model."""
    write(project, {"shop/models.py": MODELS + "\nvars(Customer.__table__.c.email)['nullable'] = True\n"})

    ran = run("verify", "--url", "sqlite:///scratch.db", "--format", "json")

    (one,) = json.loads(ran.out)["differences"]
    assert ran.code == 1
    assert (one["side"], one["table"], one["object"], one["attribute"]) == ("models", "customers", "email", "nullable")
    assert (one["path"], one["line"], one["read"], one["real"]) == ("shop/models.py", 11, False, True)


def test_a_database_that_holds_something_is_refused_before_anything_runs(run: Run, project: Path) -> None:
    """A table is enough; no code of the project was executed, and the database is as it was."""
    connection = sqlite3.connect(project / "full.db")
    connection.execute("CREATE TABLE precious (id INTEGER)")
    connection.close()

    ran = run("verify", "--url", "sqlite:///full.db")

    assert (ran.code, ran.out) == (2, "")
    assert "sqlite:////" in ran.err
    assert "is not empty: it holds table precious.\ndriftline: Nothing was run." in ran.err
    assert not has_run(project)
    assert tables(project / "full.db") == {"precious"}


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("scratch.db", "`scratch.db` is no database URL"),
        ("postgres://u:secret@localhost/x", "cannot look into a postgres database; it is written postgresql"),
        ("oracle://localhost/x", "cannot look into a oracle database"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:///no-such-folder/scratch.db", "cannot be reached: OperationalError: unable to open database file"),
        ("postgresql+psycopg2://u:secret@127.0.0.1:1/x", "postgresql+psycopg2://u:***@127.0.0.1:1/x cannot be reached"),
        ("postgresql://u:secret@127.0.0.1:notaport/x", "cannot be used"),
    ],
)
def test_a_url_that_leads_nowhere(run: Run, project: Path, url: str, said: str) -> None:
    """It is said what is wrong with it, no password is shown, and nothing runs."""
    ran = run("verify", "--url", url)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "secret" not in ran.err
    assert not has_run(project)


def test_a_driver_that_is_not_installed(run: Run, project: Path) -> None:
    """The Python that would need it is named, and the driver."""
    ran = run("verify", "--url", "mysql+pymysql://u:secret@127.0.0.1/x")

    assert ran.code == 2
    assert "has no driver for mysql (pymysql" in ran.err
    assert "--python" in ran.err
    assert not has_run(project)


def test_a_python_without_alembic(run: Run, project: Path) -> None:
    """A virtual environment that the project's libraries are not in is named as the reason."""
    import venv

    venv.create(project / "empty", with_pip=False)

    ran = run("verify", "--url", "sqlite:///scratch.db", "--python", "empty")

    assert ran.code == 2
    assert "cannot import sqlalchemy and alembic\ndriftline: Name the project's Python with --python." in ran.err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("python", ["no-such-python", "shop"])
def test_a_python_that_is_none(run: Run, python: str) -> None:
    """Neither a path to nothing nor a folder that is no environment."""
    ran = run("verify", "--url", "sqlite:///scratch.db", "--python", python)

    assert (ran.code, ran.err) == (2, f"driftline: there is no Python at {python}\n")


ELSEWHERE = {
    "written in env.py": 'create_engine("sqlite:///live.db")',
    "from the environment": 'create_engine(__import__("os").environ["LIVE_URL"])',
    "from a section of the ini": '__import__("sqlalchemy").engine_from_config({"sqlalchemy.url": "sqlite:///live.db"})',
}


@pytest.mark.parametrize("engine", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_env_py_with_a_url_of_its_own(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    """It connects to the database that was named, and the one it asks for is not touched."""
    monkeypatch.setenv("LIVE_URL", "sqlite:///live.db")
    write(project, {"migrations/env.py": env(engine=engine)})

    ran = run("verify", "--url", "sqlite:///scratch.db")

    assert ran.code == 0
    assert "customers" in tables(project / "scratch.db")
    assert not (project / "live.db").exists()


def test_the_url_variable_and_x_arguments(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are as env.py would find them: the variable has the URL, and keeps the driver that stands there."""
    monkeypatch.setenv("DATABASE_URL", "sqlite+pysqlite:///live.db")
    check = (
        'import os; assert context.get_x_argument(as_dictionary=True) == {"tenant": "one"}; '
        'assert os.environ["DATABASE_URL"] == "sqlite+pysqlite:///" + os.path.abspath("scratch.db")'
    )
    write(project, {"migrations/env.py": env(before=check)})

    assert run("verify", "--url", "sqlite:///scratch.db", "-x", "tenant=one").code == 0


REFUSED = {
    "another kind of database": (
        'create_engine("postgresql://me@localhost/live")',
        "it asks for a postgresql database, and the one that was named is sqlite",
    ),
    "a function of its own": (
        'create_engine("sqlite://", creator=lambda: __import__("sqlite3").connect("live.db"))',
        "it opens a connection by a function of its own",
    ),
}


@pytest.mark.parametrize(("engine", "said"), REFUSED.values(), ids=REFUSED)
def test_an_env_py_that_cannot_be_led(run: Run, project: Path, engine: str, said: str) -> None:
    """It is stopped before it does anything to another database."""
    write(project, {"migrations/env.py": env(engine=engine)})

    ran = run("verify", "--url", "sqlite:///scratch.db")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not (project / "live.db").exists() or tables(project / "live.db") == set()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"migrations/env.py": env(call="")}, "env.py has run, and has not connected to a database"),
        ({"migrations/env.py": env(call="raise SystemExit(3)")}, "migrations/env.py:24: the upgrade failed: it ended"),
        ({"migrations/env.py": "import nowhere\n"}, "migrations/env.py:1: the upgrade failed: ModuleNotFoundError"),
        (
            {"migrations/versions/0001_customers.py": REVISION + "    op.drop_table('lost')\n"},
            "migrations/versions/0001_customers.py:16: the upgrade failed: OperationalError: no such table: lost",
        ),
    ],
)
def test_a_project_that_does_not_upgrade(run: Run, project: Path, files: dict[str, str], said: str) -> None:
    """Why, and at which line of the project's; code 2: nothing could be found out."""
    write(project, files)

    ran = run("verify", "--url", "sqlite:///scratch.db")

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_configuration_in_pyproject_toml(run: Run, project: Path) -> None:
    """`[tool.alembic]`, without any ini file."""
    (project / "alembic.ini").unlink()
    write(project, {"pyproject.toml": '[tool.alembic]\nscript_location = "migrations"\nprepend_sys_path = ["."]\n'})

    assert run("verify", "--url", "sqlite:///scratch.db").code == 0
    assert has_run(project)


def test_a_section_of_another_name(run: Run, project: Path) -> None:
    """`alembic --name shop`: its options are the section's."""
    ini = "[alembic]\nscript_location = nowhere\n[shop]\nscript_location = migrations\nprepend_sys_path = .\n"
    write(project, {"alembic.ini": ini})

    ran = run("verify", "--url", "sqlite:///scratch.db", "--environment", "shop")

    assert ran.code == 0, ran.err


def test_a_dialect_that_is_not_the_url_s(run: Run, project: Path) -> None:
    """Two answers to one question are refused."""
    ran = run("verify", "--url", "sqlite:///scratch.db", "--dialect", "postgresql")

    assert (ran.code, ran.err) == (2, "driftline: --dialect says postgresql, and the URL names a sqlite database\n")
    assert not has_run(project)


def test_facts_that_were_not_read_differ_from_nothing(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A revision that runs SQL of which nothing can be read: what it makes is counted, and is no difference."""
    monkeypatch.setenv("MORE_SQL", "CREATE TABLE notes (id INTEGER)")
    more = REVISION + "    op.execute(__import__('os').environ['MORE_SQL'])\n"
    write(project, {"migrations/versions/0001_customers.py": more})

    ran = run("verify", "--url", "sqlite:///scratch.db", "--format", "json")

    found = json.loads(ran.out)
    assert (ran.code, found["differences"]) == (0, [])
    assert found["summary"]["migrations"]["unknown"] == 1


def test_help_says_that_it_runs_code(run: Run) -> None:
    """Nobody who asks what it does is left in doubt."""
    ran = run("verify", "--help")

    assert ran.code == 0
    assert "RUNS THE PROJECT'S CODE" in ran.out
    assert "EMPTY database" in ran.out
