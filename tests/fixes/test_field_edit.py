"""Models that are told what was migrated, in every way in which fields and table arguments are written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from driftline.engine.analysis import Analysis
from driftline.fixes import Fix, fixes_for
from driftline.fixes.items import call_items, insert_item, remove_item, tuple_items
from driftline.python.syntax import parse
from driftline.rules.finding import Finding
from driftline.text import apply_edits
from tests.fixes.test_pages import applied, identities
from tests.support.project import DEFAULTS, ROOT, analyses

DECLARATIVE = """\
from sqlalchemy import Computed, ForeignKey, Index, Integer, String, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)


class Token(Base):
    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
COLUMNS = """\
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = 'users'

    id = sa.Column(sa.Integer, primary_key=True)


class Token(Base):
    __tablename__ = 'tokens'

    id = sa.Column(sa.Integer, primary_key=True)
"""
TABLES = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


users = sa.Table("users", Base.metadata, sa.Column("id", sa.Integer, primary_key=True))
tokens = sa.Table(
    "tokens",
    Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
"""
SQLMODEL = """\
from sqlmodel import Field, SQLModel


class Base:
    metadata = SQLModel.metadata


class User(SQLModel, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)


class Token(SQLModel, table=True):
    __tablename__ = "tokens"
    id: int | None = Field(default=None, primary_key=True)
"""


@dataclass(frozen=True)
class Case:
    """`field`: lines of the model `tokens`; `made`: parts of the migrated table; `after`: what the model says then."""

    field: str
    made: tuple[str, ...]
    after: str
    title: str = ""
    style: str = DECLARATIVE
    more: tuple[str, ...] = ()
    """Statements of the revision behind the two tables."""
    end: str = ""


def texts_of(case: Case) -> dict[str, str]:
    """The project: a model with the field, and a revision that made the table in its own way."""
    parts = "".join(f"        {one},\n" for one in ('sa.Column("id", sa.Integer(), primary_key=True)', *case.made))
    revision = (
        "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n\n"
        'revision = "0001"\ndown_revision = None\n\n\ndef upgrade():\n'
        '    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))\n'
        f'    op.create_table(\n        "tokens",\n{parts}    )\n'
    ) + "".join(f"    {one}\n" for one in case.more)
    return {**DEFAULTS, "models.py": case.style + case.field + case.end, "alembic/versions/0001.py": revision}


def edits_of(case: Case) -> Iterator[tuple[Analysis, Finding, Fix]]:
    """The edits of the model that are offered, those with the case's title."""
    (one,) = analyses(texts_of(case))
    for finding in one.findings:
        for offer in fixes_for(finding, one):
            if not offer.revision and offer.title.startswith(case.title):
                fix = offer.build()
                assert fix is not None
                yield one, finding, fix


CASES = {
    "a type in a bare annotation": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.BigInteger(), nullable=False)',),
        "    size: Mapped[int] = mapped_column(BigInteger)\n",
    ),
    "a type in a bare annotation, where the maker has another name": Case(
        "    size: orm.Mapped[int]\n",
        ('sa.Column("size", sa.BigInteger(), nullable=False)',),
        "    size: orm.Mapped[int] = column(sa.BigInteger)\n",
        style=(
            "import sqlalchemy as sa\nfrom sqlalchemy import orm\nfrom sqlalchemy.orm import mapped_column as column\n"
            "\n\nclass Base(orm.DeclarativeBase):\n    pass\n\n\n"
            'class User(Base):\n    __tablename__ = "users"\n    id: orm.Mapped[int] = column(primary_key=True)\n\n\n'
            'class Token(Base):\n    __tablename__ = "tokens"\n    id: orm.Mapped[int] = column(primary_key=True)\n'
        ),
    ),
    "another kind of type": Case(
        "    size: Mapped[int] = mapped_column(Integer, index=False)\n",
        ('sa.Column("size", sa.Text(), nullable=False)',),
        "    size: Mapped[str] = mapped_column(Text, index=False)\n",
    ),
    "a type behind a name": Case(
        '    size: Mapped[str] = mapped_column("size", String(9))\n',
        ('sa.Column("size", sa.String(20), nullable=False)',),
        '    size: Mapped[str] = mapped_column("size", String(20))\n',
    ),
    "a type that none stands for": Case(
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))\n',
        ('sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=False)',),
        '    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"))\n',
        title="Give",
    ),
    "a type of a dialect": Case(
        "    size = sa.Column(sa.JSON)\n",
        ('sa.Column("size", postgresql.JSONB())',),
        "    size = sa.Column(JSONB)\n",
        style=COLUMNS,
    ),
    "a type with a prefix": Case(
        "    size = sa.Column(sa.String(5))\n",
        ('sa.Column("size", sa.VARCHAR(length=7))',),
        "    size = sa.Column(sa.String(7))\n",
        style=COLUMNS,
    ),
    "a type in a Table": Case(
        '    sa.Column("size", sa.String(5)),\n',
        ('sa.Column("size", sa.Text())',),
        '    sa.Column("size", sa.Text),\n',
        style=TABLES,
        end=")\n",
    ),
    "a comment of a Table": Case(
        '    sa.Column("size", sa.Integer),\n',
        ('sa.Column("size", sa.Integer())', 'comment="so"'),
        '    sa.Column("size", sa.Integer),\n    comment="so",\n',
        style=TABLES,
        end=")\n",
    ),
    "a constraint on a column that has a key": Case(
        '    sa.Column("size", sa.Integer, key="width"),\n',
        ('sa.Column("size", sa.Integer())', 'sa.UniqueConstraint("size", name="uq")'),
        '    sa.UniqueConstraint("width", name="uq"),\n',
        style=TABLES,
        end=")\n",
        title="Declare",
    ),
    "no foreign key any more, which said the type": Case(
        '    sa.Column("user_id", sa.ForeignKey("users.id")),\n',
        ('sa.Column("user_id", sa.Integer())',),
        '    sa.Column("user_id", sa.Integer),\n',
        style=TABLES,
        end=")\n",
        title="Take",
    ),
    "a column of the primary key": Case(
        '    sa.Column("size", sa.Integer),\n',
        ('sa.Column("size", sa.Integer())', 'sa.Column("role", sa.String(9), primary_key=True)'),
        '    sa.Column("role", sa.String(9), primary_key=True),\n',
        style=TABLES,
        end=")\n",
        title="Add",
    ),
    "a primary key that is written out": Case(
        '    size: Mapped[int]\n    __table_args__ = (PrimaryKeyConstraint("id"),)\n',
        ('sa.Column("size", sa.Integer(), nullable=False, primary_key=True)',),
        '    size: Mapped[int]\n    __table_args__ = (PrimaryKeyConstraint("id", "size"),)\n',
        style=f"from sqlalchemy import PrimaryKeyConstraint\n{DECLARATIVE}",
        title="Make id",
    ),
    "a server default": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.Integer(), server_default=sa.text("7"), nullable=False)',),
        '    size: Mapped[int] = mapped_column(server_default=text("7"))\n',
    ),
    "a server default by func": Case(
        "    size: Mapped[str] = mapped_column(String(9))\n",
        ('sa.Column("size", sa.String(9), server_default=sa.text("version()"), nullable=False)',),
        "    size: Mapped[str] = mapped_column(String(9), server_default=func.version())\n",
    ),
    "a server default that is gone": Case(
        '    size: Mapped[str] = mapped_column(String(9), server_default="x")\n',
        ('sa.Column("size", sa.String(9), nullable=False)',),
        "    size: Mapped[str] = mapped_column(String(9))\n",
    ),
    "a comment": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.Integer(), nullable=False, comment="it\'s \\"it\\"")',),
        "    size: Mapped[int] = mapped_column(comment='it\\'s \"it\"')\n",
    ),
    "a comment in single quotes": Case(
        "    size = sa.Column(sa.Integer)\n",
        ('sa.Column("size", sa.Integer(), comment="so")',),
        "    size = sa.Column(sa.Integer, comment='so')\n",
        style=COLUMNS,
    ),
    "a comment of a table": Case(
        "    __table_args__ = {'schema': None}\n",
        ('comment="so"',),
        "    __table_args__ = {'schema': None, 'comment': 'so'}\n",
        style=COLUMNS,
    ),
    "a comment of a table behind its arguments": Case(
        '    size: Mapped[int]\n    __table_args__ = (UniqueConstraint("size", name="uq"),)\n',
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.UniqueConstraint("size", name="uq")', 'comment="so"'),
        '    size: Mapped[int]\n    __table_args__ = (UniqueConstraint("size", name="uq"), {"comment": "so"})\n',
    ),
    "options of a foreign key": Case(
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", onupdate="CASCADE"))\n',
        ('sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=False)',),
        "",  # one goes, another comes: two edits of one list
    ),
    "another option of a foreign key": Case(
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))\n',
        ('sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="SET NULL"), nullable=False)',),
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))\n',
    ),
    "no option of a foreign key": Case(
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=False)\n',
        ('sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), nullable=False)',),
        '    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=False)\n',
    ),
    "an option of SQLModel's foreign key": Case(
        '    user_id: int = Field(foreign_key="users.id")\n',
        ('sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False)',),
        '    user_id: int = Field(foreign_key="users.id", ondelete="CASCADE")\n',
        style=SQLMODEL,
    ),
    "nullability in SQLModel": Case(
        "    size: int\n",
        ('sa.Column("size", sa.Integer())',),
        "    size: int = Field(nullable=True)\n",
        style=SQLMODEL,
        title="Make",
    ),
    "nullability in the file's own words": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.Integer())',),
        "    size: Mapped[Optional[int]]\n",
        style=f"from typing import Optional\n\n{DECLARATIVE}",
    ),
    "no foreign key any more": Case(
        '    user_id: Mapped[int] = mapped_column(Integer, ForeignKey("users.id"))\n',
        ('sa.Column("user_id", sa.Integer(), nullable=False)',),
        "    user_id: Mapped[int] = mapped_column(Integer)\n",
        title="Take",
    ),
    "no foreign key of SQLModel's any more": Case(
        '    user_id: int = Field(index=False, foreign_key="users.id", ondelete="CASCADE")\n',
        ('sa.Column("user_id", sa.Integer(), nullable=False)',),
        "    user_id: int = Field(index=False)\n",
        style=SQLMODEL,
        title="Take",
    ),
    "no index any more": Case(
        "    size: Mapped[int] = mapped_column(Integer, index=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        "    size: Mapped[int] = mapped_column(Integer)\n",
        title="Take",
    ),
    "no unique constraint any more, of several lines": Case(
        '    size: Mapped[int]\n    __table_args__ = (\n        Index("ix", "size"),\n        # why\n'
        '        UniqueConstraint("size", name="uq"),  # and this\n    )\n',
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        '    size: Mapped[int]\n    __table_args__ = (\n        Index("ix", "size"),\n        # why\n    )\n',
        title="Take unique",
        more=('op.create_index("ix", "tokens", ["size"])',),
    ),
    "one of two in a line": Case(
        '    size: Mapped[int]\n    __table_args__ = (UniqueConstraint("size", name="uq"), Index("ix", "size"))\n',
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        '    size: Mapped[int]\n    __table_args__ = (Index("ix", "size"),)\n',
        title="Take unique",
        more=('op.create_index("ix", "tokens", ["size"])',),
    ),
    "one before the options": Case(
        '    size: Mapped[int]\n    __table_args__ = (Index("ix", "size"), {"comment": "so"})\n',
        ('sa.Column("size", sa.Integer(), nullable=False)', 'comment="so"'),
        '    size: Mapped[int]\n    __table_args__ = ({"comment": "so"},)\n',
        title="Take index",
    ),
    "a constraint in place of an index": Case(
        "    size: Mapped[int] = mapped_column(unique=True, index=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.UniqueConstraint("size")'),
        "    size: Mapped[int] = mapped_column(unique=True)\n",
    ),
    "a constraint and a plain index in place of an index": Case(
        "    size: Mapped[int] = mapped_column(unique=True, index=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.UniqueConstraint("size", name="uq")'),
        '    __table_args__ = (UniqueConstraint("size", name="uq"),)\n\n    id: Mapped[int] = mapped_column('
        "primary_key=True)\n    size: Mapped[int] = mapped_column(index=True)\n",
        more=('op.create_index("ix_tokens_size", "tokens", ["size"])',),
    ),
    "an index in place of a constraint": Case(
        "    size: Mapped[int] = mapped_column(unique=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        "    size: Mapped[int] = mapped_column(unique=True, index=True)\n",
        more=('op.create_index("ix_tokens_size", "tokens", ["size"], unique=True)',),
        title="Declare an index",
    ),
    "an index of another name in place of a constraint": Case(
        "    size = sa.Column(sa.Integer, unique=True)\n",
        ('sa.Column("size", sa.Integer())',),
        "    __table_args__ = (sa.Index('ix', 'size', unique=True),)\n\n    id = sa.Column(sa.Integer, "
        "primary_key=True)\n    size = sa.Column(sa.Integer)\n",
        style=COLUMNS,
        more=('op.create_index("ix", "tokens", ["size"], unique=True)',),
        title="Declare an index",
    ),
    "a constraint in place of an index that is written out": Case(
        '    size: Mapped[int]\n    __table_args__ = (Index("ix", "size", unique=True),)\n',
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.UniqueConstraint("size", name="uq")'),
        '    size: Mapped[int]\n    __table_args__ = (UniqueConstraint("size", name="uq"),)\n',
    ),
    "an index with everything": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        'text("abs(size) DESC")',
        more=('op.create_index("ix", "tokens", ["size", sa.text("abs(size) DESC")], postgresql_where="size > 1")',),
    ),
    "an index that is defined otherwise": Case(
        "    size: Mapped[int] = mapped_column(index=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        '    __table_args__ = (Index("ix_tokens_size", "size", postgresql_where=text("size > 1")),)\n\n'
        "    id: Mapped[int] = mapped_column(primary_key=True)\n    size: Mapped[int]",
        more=('op.create_index("ix_tokens_size", "tokens", ["size"], postgresql_where=sa.text("size > 1"))',),
        title="Write",
    ),
    "labels of an enum": Case(
        '    size: Mapped[str] = mapped_column(Enum("a", "b", name="sizes"))\n',
        ('sa.Column("size", sa.Enum("b", "c", "a", name="sizes"), nullable=False)',),
        '    size: Mapped[str] = mapped_column(Enum("b", "c", "a", name="sizes"))\n',
        style=f"from sqlalchemy import Enum\n{DECLARATIVE}",
    ),
    "members of an enum class": Case(
        "    size: Mapped[Size]\n",
        ('sa.Column("size", sa.Enum("SMALL", "BIG", name="size"), nullable=False)',),
        'class Size(enum.Enum):\n    SMALL = "small"\n    BIG = "big"\n',
        style=f'import enum\n\n\nclass Size(enum.Enum):\n    SMALL = "small"\n\n\n{DECLARATIVE}',
    ),
    "no member of an enum class is taken away": Case(
        "    size: Mapped[Size]\n",
        ('sa.Column("size", sa.Enum("SMALL", name="size"), nullable=False)',),
        "",
        style=f'import enum\n\n\nclass Size(enum.Enum):\n    SMALL = "small"\n    BIG = "big"\n\n\n{DECLARATIVE}',
    ),
    "no generation any more": Case(
        '    size: Mapped[int] = mapped_column(Integer, Computed("1 + 1"))\n',
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        "    size: Mapped[int] = mapped_column(Integer)\n",
    ),
    "generation where there was none": Case(
        "    size: Mapped[int]\n",
        ('sa.Column("size", sa.Integer(), sa.Computed("1 + 1", persisted=True), nullable=False)',),
        '    size: Mapped[int] = mapped_column(Computed("1 + 1", persisted=True))\n',
        title="Write",
    ),
    "a column": Case(
        "    size: Mapped[int]\n",
        (
            'sa.Column("size", sa.Integer(), nullable=False)',
            'sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)',
        ),
        "    size: Mapped[int]\n    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), "
        "server_default=func.now())\n",
    ),
    "a column with a key and an index": Case(
        "    size: Mapped[int]\n",
        (
            'sa.Column("size", sa.Integer(), nullable=False)',
            'sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"))',
        ),
        "    size: Mapped[int]\n    user_id: Mapped[int | None] = mapped_column(Integer, "
        'ForeignKey("users.id", ondelete="CASCADE"), index=True)\n',
        more=('op.create_index("ix_tokens_user_id", "tokens", ["user_id"])',),
    ),
    "a column without annotation": Case(
        "    size = sa.Column(sa.Integer)  # why\n",
        ('sa.Column("size", sa.Integer())', 'sa.Column("note", sa.String(9), nullable=False)'),
        "    size = sa.Column(sa.Integer)  # why\n    note = sa.Column(sa.String(9), nullable=False)\n",
        style=COLUMNS,
    ),
    "a column of SQLModel's": Case(
        "    size: int\n",
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.Column("note", sa.String(9))'),
        "    size: int\n    note: str | None = Field(default=None, sa_type=String(9))\n",
        style=SQLMODEL,
    ),
    "a column of a Table": Case(
        '    sa.Column("size", sa.Integer),\n',
        ('sa.Column("size", sa.Integer())', 'sa.Column("note", sa.String(9))'),
        '    sa.Column("size", sa.Integer),\n    sa.Column("note", sa.String(9)),\n',
        style=TABLES,
        end=")\n",
    ),
    "a column of a dataclass": Case(
        "    size: Mapped[int] = mapped_column(default=1)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.Column("note", sa.String(9))'),
        "    note: Mapped[str | None] = mapped_column(String(9), default=None)\n",
        style=DECLARATIVE.replace("DeclarativeBase", "DeclarativeBase, MappedAsDataclass", 1).replace(
            "Base(DeclarativeBase)", "Base(MappedAsDataclass, DeclarativeBase)"
        ),
    ),
    "a column of a dataclass that needs a value": Case(
        "    size: Mapped[int] = mapped_column(default=1)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)', 'sa.Column("note", sa.String(9), nullable=False)'),
        "    note: Mapped[str] = mapped_column(String(9), kw_only=True)\n",
        style=DECLARATIVE.replace("DeclarativeBase", "DeclarativeBase, MappedAsDataclass", 1).replace(
            "Base(DeclarativeBase)", "Base(MappedAsDataclass, DeclarativeBase)"
        ),
    ),
    "a column in the words of a file that says Optional": Case(
        "    size: Mapped[t.Optional[int]]\n",
        ('sa.Column("size", sa.Integer())', 'sa.Column("note", sa.String(9))'),
        "    note: Mapped[t.Optional[str]] = mapped_column(String(9))\n",
        style=f"import typing as t\n\n{DECLARATIVE}",
    ),
    "a length of SQLModel's": Case(
        "    size: str = Field(max_length=5, index=False)\n",
        ('sa.Column("size", sa.String(length=7), nullable=False)',),
        "    size: str = Field(max_length=7, index=False)\n",
        style=SQLMODEL,
    ),
    "no length of SQLModel's any more": Case(
        '    size: str = Field(max_length=5, description="x")\n',
        ('sa.Column("size", sa.String(), nullable=False)',),
        '    size: str = Field(description="x")\n',
        style=SQLMODEL,
    ),
    "another type of SQLModel's": Case(
        "    size: int = 3\n",
        ('sa.Column("size", sa.BigInteger(), nullable=False)',),
        "    size: int = Field(default=3, sa_type=BigInteger)\n",
        style=SQLMODEL,
    ),
    "a server default of SQLModel's": Case(
        "    size: int\n",
        ('sa.Column("size", sa.Integer(), server_default="3", nullable=False)',),
        '    size: int = Field(sa_column_kwargs={"server_default": "3"})\n',
        style=SQLMODEL,
    ),
    "a comment beside the server default of SQLModel's": Case(
        '    size: int = Field(sa_column_kwargs={"server_default": "3"})\n',
        ('sa.Column("size", sa.Integer(), server_default="3", nullable=False, comment="c")',),
        '    size: int = Field(sa_column_kwargs={"server_default": "3", "comment": "c"})\n',
        style=SQLMODEL,
    ),
    "no server default of SQLModel's any more": Case(
        '    size: int = Field(sa_column_kwargs={"server_default": "3"})\n',
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        "    size: int = Field(sa_column_kwargs={})\n",
        style=SQLMODEL,
    ),
    "no index of SQLModel's any more": Case(
        "    size: int = Field(index=True)\n",
        ('sa.Column("size", sa.Integer(), nullable=False)',),
        "    size: int = Field()\n",
        style=SQLMODEL,
    ),
    "options and name of a key": Case(
        '    size: Mapped[int] = mapped_column(ForeignKey("users.id", name="other"))\n',
        (
            'sa.Column("size", sa.Integer(), nullable=False)',
            'sa.ForeignKeyConstraint(["size"], ["users.id"], name="one", ondelete="CASCADE")',
        ),
        '    size: Mapped[int] = mapped_column(ForeignKey("users.id", name="one", ondelete="CASCADE"))\n',
    ),
    "an EXCLUDE constraint": Case(
        "    size: Mapped[int]\n",
        (
            'sa.Column("size", sa.Integer(), nullable=False)',
            (
                'postgresql.ExcludeConstraint(("size", "="), (sa.text("abs(size)"), "="), name="apart", '
                'where=sa.text("size > 1"))'
            ),
        ),
        '    __table_args__ = (\n        ExcludeConstraint(("size", "="), (text("abs(size)"), "="), name="apart", '
        'using="gist", where=text("size > 1")),\n    )\n',
    ),
    "an EXCLUDE constraint in place of another": Case(
        '    size: Mapped[int]\n    __table_args__ = (ExcludeConstraint(("id", "="), name="apart"),)  # why\n',
        (
            'sa.Column("size", sa.Integer(), nullable=False)',
            'postgresql.ExcludeConstraint(("size", "="), name="apart")',
        ),
        '    __table_args__ = (ExcludeConstraint(("size", "="), name="apart", using="gist"),)  # why\n',
        title="Write",
        style=f"from sqlalchemy.dialects.postgresql import ExcludeConstraint\n{DECLARATIVE}",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_the_model_says_what_was_migrated(case: Case, newline: str) -> None:
    """The edit makes just that of the file, its finding is gone, no other comes, and the line ends stay."""
    texts = {f"{ROOT}/{path}": text for path, text in texts_of(case).items()}
    found = list(edits_of(case))
    if not case.after:
        assert found == []
        return
    assert len(found) == 1, [fix.title for _, _, fix in found]
    one, finding, fix = found[0]
    after = applied(fix, texts)
    text = after[f"{ROOT}/models.py"]
    again = analyses({path.removeprefix(f"{ROOT}/"): each for path, each in after.items()})
    identity = (finding.rule, finding.table, finding.object, finding.revision)

    assert case.after in text
    assert ast.parse(text)
    assert identities(again)[identity] == 0
    assert identities(again) - identities([one]) == {}
    if newline == "\r\n":
        in_crlf = {path: each.replace("\n", "\r\n") for path, each in texts_of(case).items()}
        (other,) = analyses(in_crlf)
        offers = [offer for each in other.findings for offer in fixes_for(each, other) if offer.title == fix.title]
        built = offers[0].build()
        assert built is not None
        made = applied(built, {f"{ROOT}/{path}": each for path, each in in_crlf.items()})
        assert text.replace("\n", "\r\n") == made[f"{ROOT}/models.py"]


LISTS = (
    "f(a, b, c)",
    "f(a, b, c,)",
    "f(\n    a,\n    b,  # why\n    c,\n)",
    "f(\n    a,\n    b,\n    c\n)",
    "f(a,\n  b, c)",
    "f(\n    a, b, c\n)",
    "f(\r\n    a,\r\n    b,\r\n    c,\r\n)",
    "f((a), (b), (c))",
)


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("index", [0, 1, 2])
def test_an_item_is_taken_away(text: str, index: int) -> None:
    """The others stay as they are, in their order; put in again, all are there."""
    syntax = parse("/p.py", text)
    call = syntax.tree.body[0].value
    without = apply_edits(text, remove_item(call_items(syntax, call), index))
    left = parse("/p.py", without)
    names = [one.id for one in left.tree.body[0].value.args]
    back = apply_edits(without, insert_item(call_items(left, left.tree.body[0].value), index, "x"))
    wanted = [name for at, name in enumerate("abc") if at != index]

    assert left.problem is None
    assert names == wanted
    assert [one.id for one in parse("/p.py", back).tree.body[0].value.args] == [*wanted[:index], "x", *wanted[index:]]
    assert "\r\n" not in text or without.count("\n") == without.count("\r\n")


@pytest.mark.parametrize("text", ["(a, b)", "(a, b,)", "(\n    a,\n    b,\n)", "(\n    a,\n    b\n)"])
@pytest.mark.parametrize("index", [0, 1])
def test_a_tuple_stays_one(text: str, index: int) -> None:
    """One member that is left has its comma; none that is left makes an empty one."""
    syntax = parse("/p.py", text)
    without = apply_edits(text, remove_item(tuple_items(syntax, syntax.tree.body[0].value), index, is_tuple=True))
    left = parse("/p.py", without)
    node = left.tree.body[0].value
    empty = apply_edits(without, remove_item(tuple_items(left, node), 0, is_tuple=True))

    assert isinstance(node, ast.Tuple)
    assert [one.id for one in node.elts] == ["ab"[1 - index]]
    assert ast.dump(parse("/p.py", empty).tree.body[0].value) == ast.dump(ast.parse("()").body[0].value)


def test_what_is_installed_is_not_edited() -> None:
    """A model of a package that the project installed is not the project's; a revision is offered all the same."""
    case = CASES["a type in a bare annotation"]
    texts = texts_of(case)
    site = ".venv/lib/python3.11/site-packages"
    files = {
        **texts,
        f"{site}/shared.py": texts["models.py"],
        ".venv/pyvenv.cfg": "home = /usr/bin\nversion = 3.11.2\n",
        "models.py": "from shared import Base\n",
    }
    (one,) = analyses(files)
    offers = [offer for finding in one.findings for offer in fixes_for(finding, one)]

    assert [offer.revision for offer in offers] == [True]


def test_a_file_that_does_not_parse_is_not_edited() -> None:
    """Its broken statement could be about anything."""
    case = CASES["a type in a bare annotation"]
    texts = texts_of(case)
    (one,) = analyses({**texts, "models.py": f"{texts['models.py']}\n\nclass\n"})

    assert [offer for finding in one.findings for offer in fixes_for(finding, one) if not offer.revision] == []
