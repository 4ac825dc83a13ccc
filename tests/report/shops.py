"""Small projects for the tests of the audit, each about another side of it.

Example: `audit_of(HEALTHY).verdict` is `State.CONSISTENT`.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.report.audit import Audit, build_audit
from tests.support.project import analyses, files_of


def audit_of(files: Mapping[str, str]) -> Audit:
    """The audit of the only environment of a project."""
    (one,) = analyses(files)
    return build_audit(one)


HEALTHY = files_of('''
#- models.py
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id", ondelete="CASCADE"), index=True)
#- alembic/versions/1_start.py
"""The library

Revision ID: 1
Create Date: 2026-01-02 03:04:05
"""
import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "authors",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("author_id", sa.Integer(), sa.ForeignKey("authors.id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("ix_books_author_id", "books", ["author_id"])


def downgrade():
    op.drop_table("books")
    op.drop_table("authors")
''')

DRIFTED = files_of('''
#- models.py
from datetime import datetime

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Ship(Base):
    __tablename__ = "ships"
    __table_args__ = (CheckConstraint("masts | 1 > 0", name="ck_masts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True, index=True)
    masts: Mapped[int]
    created_at: Mapped[datetime]


class Sailor(Base):
    __tablename__ = "sailors"
    __table_args__ = (UniqueConstraint("name", "ship_id", name="uq_sailor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(40))
    ship_id: Mapped[int]
    created_at: Mapped[datetime]


class Harbour(Base):
    __tablename__ = "harbours"

    id: Mapped[int] = mapped_column(primary_key=True)
#- alembic/versions/a.py
"""ships

Create Date: 2026-01-02 03:04:05
"""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "ships",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("masts", sa.Integer(), nullable=False),
        sa.UniqueConstraint("name", name="uq_ships_name"),
    )


def downgrade():
    op.drop_table("ships")
#- alembic/versions/b.py
"""sailors | and their *ships*"""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "sailors",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("ship_id", sa.Integer(), sa.ForeignKey("ships.id", name="fk_ship"), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("name", "ship_id", name="uq_sailor_of_ship"),
    )
    op.add_column("ships", sa.Column("created_at", sa.DateTime(), nullable=False))
    if sa.inspect(op.get_bind()).has_table("pirates"):
        op.add_column("pirates", sa.Column("ship_id", sa.Integer()))


def downgrade():
    op.drop_column("ships", "created_at")
    op.drop_table("sailors")
#- alembic/versions/c.py
"""the log"""
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.create_table(
        "log_books",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "log_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("book_id", sa.Integer(), sa.ForeignKey("log_books.id")),
    )


def downgrade():
    op.drop_table("log_entries")
    op.drop_table("log_books")
''')

INCOMPLETE = files_of("""
#- models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Old(Base):
    __tablename__ = "old"

    id: Mapped[int] = mapped_column(primary_key=True)
    note: Mapped[str | None]
#- alembic/versions/a.py
import sqlalchemy as sa
from alembic import op

revision = "b0b0b0b0b0b0"
down_revision = None


def upgrade():
    op.add_column("old", sa.Column("note", sa.String()))


def downgrade():
    op.drop_column("old", "note")
""")
