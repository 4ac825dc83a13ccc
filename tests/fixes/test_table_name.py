"""A model that goes back to the name that its table has."""

from __future__ import annotations

import pytest

from driftline.fixes import Fix, fixes_for
from tests.fixes.test_pages import applied, identities
from tests.support.project import DEFAULTS, ROOT, analyses, files_of

FILES = files_of("""
#- base.py
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
#- models.py
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from base import Base
from members import Member, links


class Note(Base):
    __tablename__ = "notes"
    __table_args__ = (ForeignKeyConstraint(["member_id"], ['members.id']),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int]
    text: Mapped[str] = mapped_column(String(80))  # of members.id


class Friend(Base):
    __tablename__ = "friends"

    id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
#- members.py
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column

from base import Base


class Member(Base):
    __tablename__ = "members"  # all of them

    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[str]
    nick: Mapped[str]


links = Table("links", Base.metadata, Column("member_id", Integer, ForeignKey("members.id"), primary_key=True))
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("nick", sa.String(), nullable=False),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("member_id", sa.Integer(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("text", sa.String(80), nullable=False),
    )
    op.create_table("links", sa.Column("member_id", sa.Integer(), sa.ForeignKey("member.id"), primary_key=True))
    op.create_table("friends", sa.Column("id", sa.Integer(), sa.ForeignKey("member.id"), primary_key=True))
""")


def edit(files: dict[str, str]) -> Fix | None:
    """The fix of the only renamed table that is no revision."""
    (one,) = analyses({**DEFAULTS, **files})
    (finding,) = [each for each in one.findings if each.rule == "renamed-table"]
    return next((offer.build() for offer in fixes_for(finding, one) if not offer.revision), None)


def test_what_refers_to_the_table_goes_along() -> None:
    """In every file, in its own quotes, and nothing else."""
    fix = edit(FILES)
    assert fix is not None
    texts = {f"{ROOT}/{path}": text for path, text in {**DEFAULTS, **FILES}.items()}
    after = {path.removeprefix(f"{ROOT}/"): text for path, text in applied(fix, texts).items()}

    assert fix.applicability == "unsafe"
    assert identities(analyses(after)).total() == 0
    assert after["models.py"] == FILES["models.py"].replace("'members.id'", "'member.id'").replace(
        '"members.id"', '"member.id"'
    )
    assert after["members.py"] == FILES["members.py"].replace('"members', '"member')


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("members.py", '__tablename__ = "members"', '__tablename__ = "mem" + "bers"'),
        ("models.py", 'ForeignKey("members.id")', "ForeignKey(Member.id)"),
    ],
    ids=["name", "key"],
)
def test_nothing_where_one_of_them_is_not_written_out(path: str, old: str, new: str) -> None:
    """A name that is worked out, or a key to the attribute, is not changed by halves."""
    assert old in FILES[path]
    assert edit({**FILES, path: FILES[path].replace(old, new)}) is None
