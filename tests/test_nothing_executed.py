"""Driftline reads a project and never runs it: no module, no configuration, no program, no connection, no write.

The project here is hostile: each of its files writes its own name into a marker file if anything executes it, also the
decoys that stand where a careless import would find them (`sqlalchemy.py`, `alembic/`, `driftline.py`, a virtual
environment with a Python of its own). Every command runs on it under an audit hook (tests/support/audited.py).
The second half proves that the traps and the hook can speak.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest

AUDITED = Path(__file__).parent / "support" / "audited.py"

Event: TypeAlias = tuple[str, str, str]
"""Kind, what, and the Driftline module on whose behalf; see tests/support/audited.py."""

# What nobody may ever run, at the root of the folder that is opened: names that an import could find by mistake.
DECOYS = (
    "_sitebuiltins.py",
    "alembic/__init__.py",
    "ast.py",
    "conftest.py",
    "driftline.py",
    "json.py",
    "platformdirs.py",
    "pygls.py",
    "rich/__init__.py",
    "setup.py",
    "sitecustomize.py",
    "sqlalchemy.py",
    "sqlglot.py",
    "tomllib.py",
    "usercustomize.py",
    ".venv/lib/python3.11/site-packages/alembic/__init__.py",
    ".venv/lib/python3.11/site-packages/sitecustomize.py",
    ".venv/lib/python3.11/site-packages/sqlalchemy/__init__.py",
)

# The files below hold @TRAP@ where a line follows that leaves the file's name in the marker file, and @MARKER@ where
# the marker's path stands. The traps inside functions and classes are for the evaluator: it walks through these bodies.
PROJECT = {
    "alembic.ini": """\
[alembic]
script_location = %(here)s/alembic
prepend_sys_path = .
sqlalchemy.url = postgresql://nobody@127.0.0.1:1/nothing

[post_write_hooks]
hooks = trap
trap.type = exec
trap.executable = /usr/bin/touch
trap.options = @MARKER@

[loggers]
keys = root
[handlers]
keys = trap
[formatters]
keys =
[logger_root]
handlers = trap
[handler_trap]
class = FileHandler
args = (@MARKER_REPR@, "a")
""",
    "alembic/script.py.mako": """\
<% open(@MARKER_REPR@, "a").write("script.py.mako\\n") %>
revision = ${repr(up_revision)}
""",
    "alembic/env.py": """\
@TRAP@
from alembic import context
from sqlalchemy import create_engine

from app.db import Base
import app.models

config = context.config
target_metadata = Base.metadata


def run_migrations_online():
    @TRAP@
    with create_engine(config.get_main_option("sqlalchemy.url")).connect() as connection:
        context.configure(connection=connection, target_metadata=target_metadata)
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
""",
    "alembic/versions/0001_widgets.py": """\
@TRAP@
import os
import subprocess

import sqlalchemy as sa
from alembic import op

from app.migration_helpers import stamps

revision = "0001"
down_revision = None


def upgrade():
    @TRAP@
    os.system("echo 0001 os.system >> @MARKER@")
    subprocess.run(["sh", "-c", "echo 0001 subprocess >> @MARKER@"])
    marker = @MARKER_REPR@
    eval(compile("open(marker, 'a').write('0001 eval')", "<trap>", "eval"))
    exec("open(marker, 'a').write('0001 exec')")
    __import__("app.settings")
    op.create_table(
        "widgets",
        sa.Column("id", sa.Integer(), primary_key=True),
        *stamps(),
    )


def downgrade():
    op.drop_table("widgets")
""",
    "alembic/versions/0002_name.py": """\
@TRAP@
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def trap(length: int = open(@MARKER_REPR@, "a").write("0002 default\\n")):
    @TRAP@
    return sa.String(40)


def upgrade():
    op.add_column("widgets", sa.Column("name", trap(), nullable=False))
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE widgets SET name = ''"))


def downgrade():
    op.drop_column("widgets", "name")
""",
    "app/__init__.py": "@TRAP@\n",
    "app/settings.py": """\
@TRAP@
import os
import socket
import subprocess

COMMIT = subprocess.check_output(["sh", "-c", "echo settings >> @MARKER@"])
URL = os.environ.get("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
socket.create_connection(("127.0.0.1", 1))
""",
    "app/migration_helpers.py": """\
@TRAP@
import sqlalchemy as sa


def stamps():
    @TRAP@
    return [sa.Column(name, sa.DateTime()) for name in ("created_at", "updated_at")]
""",
    "app/db.py": """\
@TRAP@
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase

from app.settings import URL

engine = create_engine(URL)
engine.connect()


class Base(DeclarativeBase):
    @TRAP@

    def __init_subclass__(cls, **kwargs):
        @TRAP@
        super().__init_subclass__(**kwargs)
""",
    "app/models/__init__.py": """\
@TRAP@
from app.models.widget import Widget
""",
    "app/models/widget.py": """\
@TRAP@
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, validates
from sqlalchemy.types import TypeDecorator

from app.db import Base


def registered(cls):
    @TRAP@
    return cls


class Name(TypeDecorator):
    @TRAP@
    impl = String

    def load_dialect_impl(self, dialect):
        @TRAP@
        return dialect.type_descriptor(String(40))


@registered
class Widget(Base):
    @TRAP@
    __tablename__ = "widgets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    nickname: Mapped[str | None] = mapped_column(Name(40))

    @validates("name")
    def validate_name(self, key, value):
        @TRAP@
        return value
""",
}

MODEL = "app/models/widget.py"
REVISION = "alembic/versions/0001_widgets.py"


@dataclass(frozen=True, slots=True)
class Trapped:
    """A project on disk whose every file leaves its name in `marker` when it is executed."""

    root: Path
    inner: str
    marker: Path
    cache: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment that commands run in: a home and a cache of their own, and nothing said about Python."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV_"))}
        home = self.cache.parent
        return kept | {"HOME": str(home), "XDG_CACHE_HOME": str(self.cache), "XDG_CONFIG_HOME": str(home / "config")}

    def audited(self, *args: str) -> tuple[subprocess.CompletedProcess[str], list[Event]]:
        """Run `driftline …` or `script FILE` under the hook, in the root; what it printed, and the events."""
        trace = self.cache.parent / "trace.json"
        ran = self.run("-P", str(AUDITED), str(self.root), str(trace), *args)
        return ran, [tuple(event) for event in json.loads(trace.read_text(encoding="utf-8"))]

    def run(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run this Python with `args` in the root of the project."""
        return subprocess.run(
            [sys.executable, *args],
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def files(self) -> dict[str, tuple[int, str]]:
        """Each file's time of change (nanoseconds) and digest, and each folder, by its place."""
        return {
            str(path.relative_to(self.root)): (
                path.stat().st_mtime_ns,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in sorted(self.root.rglob("*"))
        }

    def executed(self) -> list[str]:
        """The names that the traps left behind."""
        return self.marker.read_text(encoding="utf-8").splitlines() if self.marker.exists() else []


def trap_line(marker: Path, name: str) -> str:
    """The statement that tells on whoever executes it."""
    return f"open({str(marker)!r}, 'a').write({name + chr(10)!r})"


@pytest.fixture(params=["", "backend"], ids=["at-root", "in-subfolder"])
def trapped(request: pytest.FixtureRequest, tmp_path: Path) -> Trapped:
    """The hostile project, at the root of what is opened (its decoys then on its own import path) and below it."""
    root, marker, inner = tmp_path / "workspace", tmp_path / "marker", request.param
    for name in DECOYS:
        write(root / name, trap_line(marker, name) + "\n")
    for place, template in PROJECT.items():
        name = str(Path(inner) / place)
        text = template.replace("@TRAP@", trap_line(marker, name))
        write(root / name, text.replace("@MARKER_REPR@", repr(str(marker))).replace("@MARKER@", str(marker)))
    write(root / ".venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.11.2\n")
    write(root / ".venv/lib/python3.11/site-packages/trap.pth", f"import os; {trap_line(marker, 'trap.pth')}\n")
    for program in ("python", "python3", "alembic", "driftline"):
        path = root / ".venv/bin" / program
        write(path, f"#!/bin/sh\necho .venv/bin/{program} >> {marker}\n")
        path.chmod(0o755)
    (tmp_path / "home").mkdir()
    return Trapped(root, inner, marker, tmp_path / "home" / "cache")


def write(path: Path, text: str) -> None:
    """Write `text` at `path`, making its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# Each command, and the files of the project that it cannot do its work without reading.
COMMANDS: dict[str, tuple[list[str], set[str]]] = {
    "check": (["check"], {MODEL, REVISION}),
    "check-json": (["check", "--format", "json", "."], {MODEL, REVISION}),
    "audit": (["audit", "."], {MODEL, REVISION}),
    "schema-models": (["schema", "models", "."], {MODEL}),
    "schema-models-all": (["schema", "models", ".", "--all"], {MODEL}),
    "schema-migrations": (["schema", "migrations", "."], {REVISION}),
    "schema-migrations-at": (["schema", "migrations", ".", "--at", "0001"], {REVISION}),
    "history-table": (["history", "widgets", "."], {REVISION}),
    "history-column": (["history", "widgets.id", "."], {REVISION}),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_executes_starts_connects_and_writes_nothing(trapped: Trapped, command: str) -> None:
    """A command reads the project and tells of its table, and that is all that it does with the project."""
    argv, needed = COMMANDS[command]
    before = trapped.files()

    ran, events = trapped.audited("driftline", *argv)

    assert [event for event in events if not harmless(event, trapped)] == []
    assert trapped.executed() == []
    assert trapped.files() == before
    assert ran.returncode in (0, 1), ran.stderr
    assert "widgets" in ran.stdout
    read = {what for kind, what, _ in events if kind == "read"}
    assert {str(Path(trapped.inner) / place) for place in needed} <= read


@pytest.mark.parametrize("command", ["check", "audit", "schema-models", "schema-migrations", "history-table"])
def test_only_sources_reads_the_workspace(trapped: Trapped, command: str) -> None:
    """Each file and folder of the workspace is opened on behalf of the package `sources`, and of no other."""
    _, events = trapped.audited("driftline", *COMMANDS[command][0])

    reads = [(what, by) for kind, what, by in events if kind == "read"]

    assert reads
    assert [(what, by) for what, by in reads if by.split(".")[:2] != ["driftline", "sources"]] == []


@pytest.mark.parametrize(
    "start",
    [["-P", "-m", "driftline"], ["-P", str(Path(sys.executable).with_name("driftline"))]],
    ids=["module", "console-script"],
)
def test_the_ways_to_start_driftline_import_nothing_of_the_workspace(trapped: Trapped, start: list[str]) -> None:
    """Started as users and editors start it, in a folder full of decoys, it is Driftline that answers."""
    before = trapped.files()

    ran = trapped.run(*start, "check")

    assert trapped.executed() == []
    assert trapped.files() == before
    assert ran.returncode in (0, 1), ran.stderr
    assert "widgets" in ran.stdout


def harmless(event: Event, trapped: Trapped) -> bool:
    """Whether an event is reading, Driftline's own cache, or a method of one of its classes being written."""
    kind, what, _ = event
    if event == ("executed", "<string>", "driftline.dataclass"):  # names of fields, no text of anybody's
        return True
    return kind == "read" or (kind == "database" and Path(what).is_relative_to(trapped.cache))


# ---------------------------------------------------------------------------------------------------------------------
# The traps and the hook can speak


def test_every_trap_works(trapped: Trapped, tmp_path: Path) -> None:
    """Each Python file of the project, when it is really executed, leaves its name behind."""
    files = sorted(str(path.relative_to(trapped.root)) for path in trapped.root.rglob("*.py"))
    script = tmp_path / "run_all.py"
    loop = "for file in {}:\n    try:\n        runpy.run_path(file)\n    except BaseException:\n        pass\n"
    script.write_text("import runpy\n" + loop.format(files), encoding="utf-8")

    trapped.run("-P", str(script))

    assert set(files) <= set(trapped.executed())


def test_every_program_of_the_fake_environment_is_a_trap(trapped: Trapped) -> None:
    """The Python in the project's virtual environment leaves its name behind when somebody starts it."""
    subprocess.run([trapped.root / ".venv/bin/python", "-c", "0"], check=True)

    assert trapped.executed() == [".venv/bin/python"]


CONTROLS = {
    "import": (
        "import sys; sys.path.insert(0, {root!r}); import conftest",
        {"read", "executed", "imported", "changed"},
    ),
    "exec": ("exec(compile(open({file!r}).read(), {file!r}, 'exec'))", {"executed", "read"}),
    "eval": ("exec('eval(\"1\")', {{'__name__': 'driftline.imposter'}})", {"executed"}),
    "runpy": ("import runpy; runpy.run_path({file!r})", {"executed", "read"}),
    "path": ("import sys; sys.path.append({root!r})", {"imported"}),
    "subprocess": ("import subprocess; subprocess.run(['true'])", {"started"}),
    "system": ("import os; os.system('true')", {"started"}),
    "fork": ("import os; os.waitpid(os.fork() or os._exit(0), 0)", {"started"}),
    "spawn": ("import os; os.waitpid(os.posix_spawn('/bin/true', ['true'], {{}}), 0)", {"started"}),
    "connect": ("import socket; socket.socket().connect_ex(('127.0.0.1', {port}))", {"connected"}),
    "bind": ("import socket; socket.socket().bind(('127.0.0.1', 0))", {"connected"}),
    "sqlite": ("import sqlite3; sqlite3.connect(':memory:')", {"database"}),
    "write": ("open({root!r} + '/new', 'w').close()", {"changed"}),
    "os-open": ("import os; os.close(os.open({root!r} + '/new', os.O_CREAT | os.O_WRONLY))", {"changed"}),
    "append": ("import pathlib; pathlib.Path({file!r}).open('a').close()", {"changed"}),
    "rename": ("import os; os.replace({file!r}, {file!r} + '.bak')", {"changed"}),
    "remove": ("import os; os.remove({file!r})", {"changed"}),
    "mkdir": ("import os; os.mkdir('new')", {"changed"}),
    "list": ("import os; os.listdir({root!r}); list(os.scandir())", {"read"}),
    "nothing": ("import json; json.loads('[]'); open('/dev/null', 'w').close()", set()),
}


@pytest.mark.parametrize("control", CONTROLS)
@pytest.mark.parametrize("trapped", [""], ids=["at-root"], indirect=True)
def test_the_hook_sees_what_it_is_there_for(trapped: Trapped, tmp_path: Path, control: str) -> None:
    """A script that does a forbidden thing under the hook is told on, by the kind of thing; a good one is not."""
    source, expected = CONTROLS[control]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = tmp_path / "control.py"
    script.write_text(source.format(root=str(trapped.root), file=str(trapped.root / "setup.py"), port=port) + "\n")

    _, events = trapped.audited("script", str(script))

    assert {kind for kind, _, _ in events} == expected


def test_only_reading_and_the_cache_are_harmless(tmp_path: Path) -> None:
    """What `harmless` lets pass is reading, and a database in the cache; the same elsewhere is not."""
    trapped = Trapped(tmp_path, "", tmp_path / "marker", tmp_path / "cache")
    events: dict[Any, bool] = {
        ("read", "app/models/widget.py", ""): True,
        ("database", str(tmp_path / "cache" / "driftline" / "x.sqlite"), ""): True,
        ("database", str(tmp_path / "app.db"), ""): False,
        ("database", ":memory:", ""): False,
        ("executed", "app/models/widget.py", ""): False,
        ("executed", "<string>", "driftline.dataclass"): True,
        ("executed", "<string>", "driftline.python.evaluator"): False,
        ("executed", "app/models/widget.py", "driftline.dataclass"): False,
    }

    assert {event: harmless(event, trapped) for event in events} == events
