"""What differs with the major version of a library: what the project's files say of it decides."""

from __future__ import annotations

import pytest

from tests.models.reading import read

MODELS = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import Mapped, declarative_base, declared_attr
try:
    from sqlalchemy.orm import mapped_column
except ImportError:
    mapped_column = Column
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(String(5), nullable=False)
    @declared_attr
    def made(cls) -> Mapped[int]:
        return mapped_column(Integer)
"""

# What SQLAlchemy 1.4.54 and 2.1.9 made of it.
IGNORED = {"id": False, "number": True, "text": False, "made": True}
READ = {"id": False, "number": False, "text": False, "made": False}

UV = '[[package]]\nname = "sqlalchemy"\nversion = "{}"\n'


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("requirements.txt", "SQLAlchemy==1.4.54\n", IGNORED),
        ("requirements.txt", "flask\nsqlalchemy[asyncio]>=1.4,<2.0\n", IGNORED),
        ("requirements.txt", "sqlalchemy>=1.4,<2\n", IGNORED),
        ("requirements/base.txt", "sqlalchemy~=1.4.2  # old\n", IGNORED),
        ("pyproject.toml", '[tool.poetry.dependencies]\nsqlalchemy = "^1.4"\n', IGNORED),
        ("uv.lock", UV.format("1.4.54"), IGNORED),
        ("Pipfile.lock", '{"default": {"sqlalchemy": {"hashes": ["a"], "version": "==1.4.1"}}}', IGNORED),
        ("requirements.txt", "SQLAlchemy==2.0.30\n", READ),
        ("requirements.txt", "sqlalchemy>=1.4\n", READ),
        ("requirements.txt", "sqlalchemy>=1.4,<2.1\n", READ),
        ("requirements.txt", "sqlalchemy<20\n", READ),
        ("requirements.txt", "sqlalchemy-utils==1.4\nflask-sqlalchemy==1.4\n", READ),
        ("pyproject.toml", 'dependencies = ["sqlalchemy", "foo<2"]\n', READ),
        ("uv.lock", UV.format("2.0.1"), READ),
        ("README.md", "sqlalchemy==1.4\n", READ),
    ],
)
def test_annotations_count_unless_the_project_says_a_version_that_ignores_them(
    path: str, text: str, expected: dict[str, bool]
) -> None:
    """If a requirement or a lock leaves nothing but SQLAlchemy 1, annotations say nothing; else they do."""
    declared = read({"models.py": MODELS, path: text})

    assert expected == {one.name: one.nullable for one in declared.schema.tables["a"].columns}


@pytest.mark.parametrize(
    ("requirement", "names"),
    [
        # What SQLAlchemy 1.4.27 and 2.1.9 made of it.
        ("sqlalchemy<2", ["id", "key", "text", "made"]),
        ("sqlalchemy>=2", ["key", "text", "id", "made"]),
    ],
)
def test_columns_are_in_the_order_that_the_version_has_them_in(requirement: str, names: list[str]) -> None:
    """SQLAlchemy 1 has the columns of a class and its mixins as they were made, and so the primary key's."""
    models = """
from sqlalchemy import Column, Integer, String
from sqlalchemy.orm import declarative_base, declared_attr
class Based:
    id = Column(Integer, primary_key=True)
    @declared_attr
    def made(cls):
        return Column(Integer)
Base = declarative_base(cls=Based)
class A(Base):
    __tablename__ = "a"
    key = Column(String, primary_key=True)
    text = Column(String)
"""

    declared = read({"models.py": models, "requirements.txt": f"{requirement}\n"})

    assert names == [one.name for one in declared.schema.tables["a"].columns]
    assert tuple(one for one in names if one in ("id", "key")) == declared.schema.tables["a"].primary_key.columns


@pytest.mark.parametrize(("installed", "expected"), [("1.4.54", IGNORED), ("2.0.1", READ)])
def test_what_is_installed_counts_before_what_is_required(installed: str, expected: dict[str, bool]) -> None:
    """If a version is installed, it decides, whatever a requirement says."""
    packages = {f"SQLAlchemy-{installed}.dist-info/METADATA": "Name: SQLAlchemy\n"}
    other = "2.0.1" if installed.startswith("1") else "1.4.54"

    declared = read({"models.py": MODELS, "requirements.txt": f"sqlalchemy=={other}\n"}, packages=packages)

    assert expected == {one.name: one.nullable for one in declared.schema.tables["a"].columns}


FIELDS = """
from typing import Optional
from sqlmodel import Field, SQLModel
class A(SQLModel, table=True):
    id: int = Field(primary_key=True)
    plain: str = None
    field: str = Field(default=None)
    stated: str = Field(default=None, nullable=False)
    empty: str = ""
    optional: Optional[str] = None
"""
ENV = "from alembic import context\nfrom models import SQLModel\ncontext.configure(target_metadata=SQLModel.metadata)\n"

# What SQLModel 0.0.22 made of it with Pydantic 1.10.26 and 2.12.5.
FIRST = {"id": False, "plain": True, "field": True, "stated": False, "empty": False, "optional": True}
SECOND = {"id": False, "plain": False, "field": False, "stated": False, "empty": False, "optional": True}


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("poetry.lock", '[[package]]\nname = "pydantic"\nversion = "1.10.26"\n', FIRST),
        ("pyproject.toml", '[tool.poetry.dependencies]\npydantic = "^1.10.4"\n', FIRST),
        ("requirements.txt", "pydantic<2\n", FIRST),
        ("requirements.txt", "pydantic-settings==1.0\npydantic>=1.10\n", SECOND),
        ("poetry.lock", '[[package]]\nname = "pydantic"\nversion = "2.12.5"\n', SECOND),
    ],
)
def test_a_default_of_none_is_leave_to_be_null_with_pydantic_1(path: str, text: str, expected: dict[str, bool]) -> None:
    """If Pydantic is version 1, a SQLModel field whose default is None is nullable; with 2, its type says so."""
    declared = read({"models.py": FIELDS, path: text}, ENV)

    assert expected == {one.name: one.nullable for one in declared.schema.tables["a"].columns}
