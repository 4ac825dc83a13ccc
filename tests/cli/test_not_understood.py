"""What could not be read is named with its place, and `check` and `audit` count the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ENV = "from alembic import context\nfrom models import Base\ncontext.configure(target_metadata=Base.metadata)\n"
MODELS = (
    "from sqlalchemy import Column, Integer\nfrom sqlalchemy.orm import DeclarativeBase\n"
    "class Base(DeclarativeBase): pass\n"
    "class T(Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n"
)
REVISION = (
    "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
    "def upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))\n"
    "def downgrade():\n    op.drop_table('t')\n"
)


def written(folder: Path, models: str = MODELS, revision: str = REVISION) -> Path:
    """A project on disk."""
    (folder / "m" / "versions").mkdir(parents=True)
    (folder / "alembic.ini").write_text("[alembic]\nscript_location = m\nsqlalchemy.url = sqlite://\n")
    (folder / "m" / "env.py").write_text(ENV)
    (folder / "m" / "versions" / "0001_.py").write_text(revision)
    (folder / "models.py").write_text(models)
    return folder


def places_of(text: str) -> int:
    """How many places an output says were not understood."""
    found = re.search(r"(\d+) places? (?:was|were) not understood|\*\*Not understood\*\*: (\d+) place", text)
    return 0 if found is None else int(found[1] or found[2])


@pytest.mark.parametrize(
    ("models", "revision", "place"),
    [
        (f"{MODELS}\nx = = 1\n", REVISION, "models.py:8"),
        (MODELS, REVISION.replace("primary_key=True))", "primary_key=True)"), "m/versions/0001_.py"),
    ],
    ids=["models", "revision"],
)
def test_what_does_not_parse_is_named_with_its_place(
    models: str, revision: str, place: str, tmp_path: Path, run: Run
) -> None:
    """If a file does not parse, the audit says which, and counts as many places as `check` does."""
    folder = str(written(tmp_path, models, revision))

    audit, check = run("audit", folder), run("check", folder)

    coverage = audit.out.partition("## Coverage")[2]
    assert f"(`{place}" in coverage
    assert places_of(audit.out) == places_of(check.err) > 0


@pytest.mark.parametrize("command", ["check", "audit", "schema models"])
def test_a_file_with_a_null_byte_is_named(command: str, tmp_path: Path, run: Run) -> None:
    """If Python would not begin to read the models, then nothing can be checked: it says which file, and why."""
    ran = run(*command.split(), str(written(tmp_path, f"{MODELS}\0")))

    assert 2 == ran.code
    assert "models.py cannot be read: " in ran.err
    assert "null bytes" in ran.err


def test_models_that_do_not_parse_are_named_where_there_are_none(tmp_path: Path, run: Run) -> None:
    """If all that is left of the models declares no table, the file that does not parse is named beside that."""
    ran = run("check", str(written(tmp_path, MODELS.partition("class T")[0] + "class T(Base\n")))

    assert "there are no models: " in ran.err
    assert "models.py:" in ran.err
    assert "it does not parse: " in ran.err


def test_check_and_audit_count_the_same_tables(tmp_path: Path, run: Run) -> None:
    """If the history does not start from an empty database, both say of how many tables nothing is known."""
    revision = REVISION.partition("def upgrade")[0] + "def upgrade():\n    op.drop_column('t', 'x')\n"
    folder = str(written(tmp_path, revision=revision))

    audit, check = run("audit", folder), run("check", folder)

    assert "1 of 1 tables with a model could not be compared" in check.err
    assert "**Compared**: the table with a model could not be compared" in audit.out
    assert places_of(audit.out) == places_of(check.err) > 0
