"""What rows that exist get in a column that forbids NULL."""

from __future__ import annotations

import pytest

from driftline.fixes import fixes_for
from driftline.fixes.fill import fill
from driftline.schema import Column, Type
from driftline.schema.column import Plain, ServerDefault
from tests.support.project import DEFAULTS, analyses

MODELS = """\
import enum

from sqlalchemy import Boolean, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    new = "n"
    done = "d"


class Secret(TypeDecorator):
    impl = String
    cache_ok = True


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    it: {}
"""
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True){})
"""


def upgrade_of(field: str, made: str = "") -> str:
    """The upgrade of the revision that gives the table its column `it`, or makes it forbid NULL."""
    files = {**DEFAULTS, "models.py": MODELS.format(field), "alembic/versions/0001.py": REVISION.format(made)}
    (one,) = analyses(files)
    (finding,) = (each for each in one.findings if each.object == "it")
    (offer,) = (each for each in fixes_for(finding, one) if each.revision)
    fix = offer.build()
    assert fix is not None
    (text,) = fix.creates.values()
    return text.partition("def upgrade")[2].partition("def downgrade")[0]


@pytest.mark.parametrize(
    ("field", "statement"),
    [
        ("Mapped[int] = mapped_column(default=0)", "UPDATE notes SET it = 0"),
        ("Mapped[bool] = mapped_column(Boolean, insert_default=False)", "UPDATE notes SET it = false"),
        ('Mapped[str] = mapped_column(String(9), default="it\'s")', "UPDATE notes SET it = 'it''s'"),
        ("Mapped[State] = mapped_column(default=State.done)", "UPDATE notes SET it = 'done'"),
    ],
)
def test_the_default_of_the_model(field: str, statement: str) -> None:
    """A new column, and one that forbids NULL from now on, is filled in with what the model's default says."""
    assert f'op.execute("{statement}")' in upgrade_of(field)
    if "State" not in field:
        made = "sa.Boolean()" if "bool" in field else "sa.String(9)" if "str" in field else "sa.Integer()"
        assert f'op.execute("{statement} WHERE it IS NULL")' in upgrade_of(field, f', sa.Column("it", {made})')


@pytest.mark.parametrize(
    "field",
    [
        "Mapped[int] = mapped_column()",
        "Mapped[int] = mapped_column(default=lambda: 1)",
        'Mapped[str] = mapped_column(Secret, default="what is stored is not this")',
    ],
)
def test_what_only_the_author_knows(field: str) -> None:
    """What code makes, or a type of the project's own converts, is left to the author."""
    assert "# TODO: fill in it" in upgrade_of(field)


@pytest.mark.parametrize(
    ("ddl", "value", "dialect", "sql"),
    [
        ("BOOLEAN", True, "sqlite", "1"),
        ("INTEGER", True, "postgresql", "1"),
        ("BOOLEAN", 0, "postgresql", "false"),
        ("JSONB", "a", "postgresql", "'\"a\"'"),
        ("NUMERIC(4, 1)", 1.5, "postgresql", "1.5"),
        ("FLOAT", float("inf"), "postgresql", None),
        ("VARCHAR(9)[]", "a", "postgresql", None),
        ("VARCHAR(9)", "a\\b", "mysql", "'a\\\\b'"),
        ("VARCHAR(9)", ("new", "n"), "postgresql", "'n'"),
    ],
)
def test_literals(ddl: str, value: Plain | tuple[str, Plain], dialect: str, sql: str | None) -> None:
    """A value is written as the database takes it for the column's type."""
    assert sql == fill(Column("it", Type(ddl), default_value=value), dialect)


def test_the_database_comes_first() -> None:
    """A server default is what new rows get, too."""
    assert fill(Column("it", Type("INTEGER"), server_default=ServerDefault("7"), default_value=1), "sqlite") == "7"
