"""What is dropped by a name that the database alone knows: it is said neither to be still there nor to be missing."""

from __future__ import annotations

import pytest

from tests.support.project import findings

MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None]
    code: Mapped[int | None]
"""
CREATED = """\
op.create_table("owners", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("code", sa.Integer()),
        sa.ForeignKeyConstraint(["owner_id"], ["owners.id"]),
        sa.UniqueConstraint("code"),
        sa.CheckConstraint("code > 0"),
    )
    op.create_index("ix", "things", ["owner_id"])"""
FOREIGN_KEYS = """\
for key in sa.inspect(op.get_bind()).get_foreign_keys("things"):
        if key["referred_table"] == "owners":
            op.drop_constraint(key["name"], "things", type_="foreignkey")"""
FOUND = ["extra-check", "extra-foreign-key", "extra-index", "extra-unique"]
FETCHED = 'name = op.get_bind().execute(sa.text("SELECT x FROM y")).scalar()\n    '


def reported(dialect: str, upgrade: str) -> list[str]:
    """The errors and warnings of drift after a second revision, and what history says of that."""

    def revision(number: int, body: str) -> str:
        down = f"000{number - 1}" if number > 1 else None
        head = (
            f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '000{number}'\ndown_revision = {down!r}\n"
        )
        return f"{head}\n\ndef upgrade():\n    {body}\n"

    files = {
        "alembic.ini": f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {dialect}://x/y\n",
        "alembic/env.py": (
            "from alembic import context\nimport models\n\ncontext.configure(target_metadata=models.Base.metadata)\n"
        ),
        "models.py": MODELS,
        "alembic/versions/0001.py": revision(1, CREATED),
        "alembic/versions/0002.py": revision(2, upgrade),
    }
    return sorted(one.finding.rule for one in findings(files) if one.finding.rule != "null-constraint-name")


@pytest.mark.parametrize("dialect", ["mssql", "oracle", "postgresql"])
def test_nothing_is_dropped(dialect: str) -> None:
    """Without the drop all of it is extra."""
    assert FOUND == reported(dialect, "pass")


@pytest.mark.parametrize("dialect", ["mssql", "oracle", "postgresql"])
def test_a_name_that_the_inspector_tells(dialect: str) -> None:
    """SQL Server and Oracle name what has no name, and the key is gone by that name, as it is by PostgreSQL's."""
    assert [one for one in FOUND if one != "extra-foreign-key"] == reported(dialect, FOREIGN_KEYS)


@pytest.mark.parametrize(
    ("drop", "gone"),
    [
        ('op.drop_constraint(name, "things", type_="foreignkey")', ["extra-foreign-key"]),
        ('op.drop_constraint(name, "things", type_="unique")', ["extra-unique"]),
        ('op.drop_constraint(name, "things", type_="check")', ["extra-check"]),
        ('op.drop_constraint(name, "things")', ["extra-check", "extra-foreign-key", "extra-unique"]),
        ('op.drop_index(name, "things")', ["extra-index"]),
        (
            'with op.batch_alter_table("things") as batch_op:\n        batch_op.drop_constraint(name, type_="unique")',
            ["extra-unique"],
        ),
    ],
)
def test_a_name_that_a_query_tells(drop: str, gone: list[str]) -> None:
    """Whatever could be meant may be gone, and nothing else."""
    assert [one for one in FOUND if one not in gone] == reported("postgresql", FETCHED + drop)


def test_a_name_that_a_query_tells_to_a_table_that_is_made_anew() -> None:
    """The same where SQLite's batch mode makes the table anew, which loses the CHECK that has no name."""
    drop = (
        'with op.batch_alter_table("things") as batch_op:\n        batch_op.drop_constraint(name, type_="foreignkey")'
    )

    assert ["extra-index", "extra-unique"] == reported("sqlite", FETCHED + drop)
