"""A project in which every kind of drift is present once, for the cures.

The models are written in several styles; the second revision is the one that went its own way.
"""

from __future__ import annotations

from tests.support.project import files_of

DRIFTING = files_of("""
#- models.py
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, String
from sqlalchemy import Table, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Owner(Base):
    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))

    @validates("kind")
    def check_kind(self, key: str, value: str) -> str:
        if value not in ("person", "firm"):
            raise ValueError(value)
        return value


class Missing(Base):
    __tablename__ = "missing"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        Index("ix_missing_low", text("lower(code)")),
        Index("ix_missing_part", "code", postgresql_where=text("size > 1")),
        UniqueConstraint("code", "size"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10), index=True)
    size: Mapped[int] = mapped_column(server_default="1")
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"), index=True)
    added: Mapped[str | None] = mapped_column(String(5))
    since: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now())


class Extra(Base):
    __tablename__ = "extra"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(10))
    size: Mapped[int]
    owner_id: Mapped[int]


class Other(Base):
    __tablename__ = "other"
    __table_args__ = (UniqueConstraint("code", name="uq_named"), Index("ix_changed", "code", "size"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    size: Mapped[int] = mapped_column(sa.BigInteger, unique=True, index=True)
    maybe: Mapped[str | None] = mapped_column(sa.Text)
    never: Mapped[str]
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("owners.id", ondelete="SET NULL"))


pairs = Table(
    "pairs",
    Base.metadata,
    Column("left", Integer, primary_key=True),
    Column("right", Integer, primary_key=True),
)


class Fresh(Base):
    __tablename__ = "fresh"
    __table_args__ = (ForeignKeyConstraint(["left", "right"], ["pairs.left", "pairs.right"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    left: Mapped[int]
    right: Mapped[int]
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "owners",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
    )
    op.create_table(
        "missing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), server_default="1", nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(), server_default=sa.func.now(), nullable=False),
    )
    op.create_table(
        "extra",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owners.id", onupdate="CASCADE"), nullable=False),
        sa.Column("gone", sa.String(5)),
        sa.CheckConstraint("size > 0", name="size"),
        sa.UniqueConstraint("code", "size"),
    )
    op.create_index("ix_extra_code", "extra", ["code"])
    op.create_table(
        "other",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("maybe", sa.Text(), nullable=False),
        sa.Column("never", sa.String()),
        sa.Column("owner_id", sa.Integer(), sa.ForeignKey("owners.id"), nullable=False),
        sa.UniqueConstraint("code", name="uq_called_otherwise"),
        sa.UniqueConstraint("size"),
    )
    op.create_index("ix_changed", "other", ["code"])
    op.create_table(
        "pairs",
        sa.Column("left", sa.Integer(), primary_key=True),
        sa.Column("right", sa.Integer(), sa.ForeignKey("owners.id", ondelete="CASCADE"), primary_key=True),
    )


def downgrade():
    for table in ("pairs", "other", "extra", "missing", "owners"):
        op.drop_table(table)
""")
