"""Findings about tables of SQLAlchemy Core, for which there is no class and no ORM."""

from __future__ import annotations

import pytest

from tests.support.project import files_of, findings

CORE = """\
metadata = sa.MetaData()
users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("team_id", sa.Integer()),
    sa.Column("kind", sa.Integer(), primary_key=True),
    sa.Column("city", sa.Text()),
    sa.Index("ix_all", postgresql_where=sa.text("id > 0")),
    sa.Index("ix_city", "city", postgresql_ops={"city": "text_pattern_ops"}),
)
orders = sa.Table("orders", metadata, sa.Column("id", sa.Integer(), primary_key=True))
"""
CLASSES = """\
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    pass


metadata = Base.metadata


class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        sa.Index("ix_all", postgresql_where=sa.text("id > 0")),
        sa.Index("ix_city", "city", postgresql_ops={"city": "text_pattern_ops"}),
    )
    id = mapped_column(sa.Integer(), primary_key=True)
    team_id = mapped_column(sa.Integer())
    kind = mapped_column(sa.Integer(), primary_key=True)
    city = mapped_column(sa.Text())


class Order(Base):
    __tablename__ = "orders"
    id = mapped_column(sa.Integer(), primary_key=True)
"""
REVISION = """\
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table("teams", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id"), unique=True),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("age", sa.Integer()),
        sa.Column("zip", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind > 0", name="positive"),
    )
    op.create_index("ix_team", "users", ["team_id"])
    op.create_index("ix_city", "users", ["age"])
"""
ENV = "from alembic import context\nimport models\n\ncontext.configure(target_metadata=models.metadata)\n"


def messages(models: str) -> dict[str, str]:
    """What each rule of drift says."""
    text = (
        "#- alembic.ini\n[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://x/y\n"
        f"#- alembic/env.py\n{ENV}#- models.py\nimport sqlalchemy as sa\n\n{models}#- alembic/versions/1.py\n{REVISION}"
    )
    found = [one.finding for one in findings(files_of(text)) if one.finding.group == "drift"]
    return {one.rule: one.message for one in found}


@pytest.mark.parametrize(
    ("rule", "core", "mapped"),
    [
        ("missing-table", "is declared, and", "is declared by `Order`, and"),
        ("missing-column", "is declared by the `Table` and", "is declared by `User` and"),
        ("extra-column", "and the `Table` lacks it", "and `User` lacks it"),
        (
            "extra-required-column",
            "and the `Table` lacks it: every INSERT through SQLAlchemy fails",
            "and `User` lacks it: every INSERT through the ORM fails",
        ),
        (
            "extra-foreign-key",
            "and the `Table` has no such ForeignKey: SQLAlchemy knows nothing of it",
            "and `User` has no such ForeignKey: the ORM knows nothing of it",
        ),
        ("extra-unique", "and the `Table` does not say so", "and `User` does not say so"),
        ("extra-check", "and the `Table` does not declare it", "and `User` does not declare it"),
        ("extra-index", "and the `Table` lacks it", "and `User` lacks it"),
        ("primary-key-mismatch", "SQLAlchemy tells rows apart", "the ORM tells rows apart"),
        ("missing-index", "on `users` (no columns) is declared", "on `users` (no columns) is declared"),
        ("index-definition-mismatch", "it is on (city text_pattern_ops)", "it is on (city text_pattern_ops)"),
    ],
)
def test_who_declares_it(rule: str, core: str, mapped: str) -> None:
    """A table of Core is called one; a class by its name."""
    assert core in messages(CORE)[rule]
    assert mapped in messages(CLASSES)[rule]


def test_no_class_no_orm() -> None:
    """Nothing that is said of tables of Core is about the ORM."""
    assert [] == [message for message in messages(CORE).values() if "ORM" in message]
