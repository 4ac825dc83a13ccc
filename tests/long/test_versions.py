"""Under other Pythons, SQLAlchemys and Alembics Driftline says the same, and these make the same of a project."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.long.environments import ROOT, Versions, lowest, python
from tests.oracle.databases import Databases, Verdict, canonical_types, judge
from tests.oracle.documents import differences, facts, types
from tests.oracle.projects import BATCH_SQLITE, PROJECTS, Project
from tests.oracle.test_schemas import NOT_IN_METADATA, NOT_IN_SOURCE

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("versions")]

MATRIX = [
    Versions("3.11", lowest("sqlalchemy"), lowest("alembic"), oldest=True),
    Versions("3.11", "2.0.*", "1.14.*"),
    Versions("3.12", "2.0.*", "1.16.*"),
    Versions("3.12", "2.1.*", "1.18.*"),
    *(Versions(one) for one in ("3.11", "3.12", "3.13", "3.14")),
]
BEFORE_2 = Versions("3.11", "1.4.*", "1.13.*", serves=False)
"""A project's own, of which Driftline only reads the source."""

COMMANDS = [
    *("check fixtures/kitsu", "audit fixtures/kitsu", "check fixtures/batch-sqlite --format json", "rule"),
    *(
        "check fixtures/unreached-model --format sarif",
        "audit fixtures/batch-sqlite --format json",
        "settings --schema",
    ),
    *("revision fixtures/unreached-model --rev-id 1 --diff", "check fixtures/kitsu --fix --diff"),
]
every = pytest.mark.parametrize("versions", MATRIX, ids=str)


DRIFTED = {
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/env.py": """
        from alembic import context
        from models import Base
        context.configure(url="postgresql://", target_metadata=Base.metadata)
    """,
    "alembic/versions/0001.py": """
        import sqlalchemy as sa
        from alembic import op
        revision = "0001"
        down_revision = None
        def upgrade():
            op.create_table("users", sa.Column("id", sa.Integer(), nullable=False), sa.Column("size", sa.Integer()),
                sa.Column("number", sa.Integer(), nullable=False), sa.Column("fullname", sa.String(80)),
                sa.PrimaryKeyConstraint("id", name="users_pkey"))
            op.create_table("teams", sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"),
                sa.UniqueConstraint("id", name="uq_teams", deferrable="True"))
        def downgrade():
            op.drop_table("teams")
            op.drop_table("users")
    """,
    "models.py": """
        import sqlalchemy as sa
        from sqlalchemy.orm import DeclarativeBase, mapped_column
        class Base(DeclarativeBase): ...
        class User(Base):
            __tablename__ = "users"
            id = mapped_column(sa.Integer, primary_key=True)
            size = mapped_column(sa.Integer)
            number = mapped_column(sa.Integer, sa.Identity(start=7), nullable=False)
            full_name = mapped_column(sa.String(80))
            __table_args__ = (
                sa.CheckConstraint("full_name <> 'a:b'", name="ck_name"),
                sa.UniqueConstraint("size", name="uq_size", deferrable=True),
                sa.Index("ix_lower", sa.text("lower(full_name)"), postgresql_where=sa.text("size > 0")),
            )
        class Team(Base):
            __tablename__ = "teams"
            id = mapped_column(sa.Integer, primary_key=True)
            __table_args__ = (sa.UniqueConstraint("id", name="uq_teams", deferrable=True),)
        class Job(Base):
            __tablename__ = "jobs"
            id = mapped_column(sa.Integer, primary_key=True)
            state = mapped_column(sa.Enum("new", "done", name="states"), nullable=False)
    """,
}
"""A project whose cure needs what Alembics and SQLAlchemys write in different ways, or not at all."""


@functools.cache
def driftline(program: Path | str, command: str) -> tuple[int, str]:
    """Run a command in the repository's folder: its exit code and what it said."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "server"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DRIFTLINE_NO_CACHE": "1",
    }
    done = subprocess.run(
        [str(program), "-P", "-m", "driftline", *command.split()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@every
@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_is_said(versions: Versions, command: str) -> None:
    """Exit code and output, byte by byte, are those of the environment that all other tests run in."""
    assert driftline(sys.executable, command) == driftline(python(versions), command)


@every
def test_a_cure_is_written_alike(versions: Versions, tmp_path: Path) -> None:
    """What an older Alembic does not render, or in another way, stands in the revision all the same."""
    for path, text in DRIFTED.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(textwrap.dedent(text), encoding="utf-8")
    command = f"revision {tmp_path} --rev-id 2 --diff"
    code, said = driftline(sys.executable, command)

    for wanted in ("new_column_name", "create_check_constraint", "create_type=False", "deferrable=True", "sa.Identity"):
        assert wanted in said, said
    assert "uq_teams" not in said
    assert (code, said) == driftline(python(versions), command)


def schema(program: Path | str, *argv: str) -> dict[str, Any]:
    """Give the schema document that a command prints."""
    code, said = driftline(program, " ".join(("schema", *argv, "--format json")))
    assert code == 0, said
    document: dict[str, Any] = json.loads(said)
    return document


def held_against(judged: Verdict, project: Project, program: Path | str) -> None:
    """Hold what Driftline says of a project against what was really made of it."""
    for revision, reflected in judged.history.items():
        stated = schema(program, "migrations", str(project.folder), "--at", revision)
        without = NOT_IN_SOURCE[reflected["dialect"]]
        canonical = canonical_types(judged.url, types(stated) | types(reflected))
        assert [] == differences(
            facts(reflected, canonical=lambda ddl: canonical.get(ddl, ddl), without=without),  # noqa: B023
            facts(stated, canonical=lambda ddl: canonical.get(ddl, ddl), without=without),  # noqa: B023
        ), revision
    declared = schema(program, "models", str(project.folder))
    assert [] == differences(facts(judged.models, without=NOT_IN_METADATA), facts(declared, without=NOT_IN_METADATA))


@every
@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.folder.name)
def test_it_is_what_they_make_of_it(versions: Versions, project: Project, databases: Databases) -> None:
    """Upgraded by that Alembic and reflected by that SQLAlchemy, at every revision; and the models, imported."""
    program = python(versions)

    held_against(judge(databases, project, program), project, program)


def test_a_project_on_sqlalchemy_1(databases: Databases) -> None:
    """The project runs under SQLAlchemy 1.4, and Driftline, elsewhere, says what comes of it."""
    held_against(judge(databases, BATCH_SQLITE, python(BEFORE_2)), BATCH_SQLITE, sys.executable)
