"""Columns that models inherit: a line that stands for several tables is edited where it is right for all of them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from driftline.fixes import fixes_for
from driftline.fixes.recommend import advise
from tests.fixes.test_pages import applied, identities
from tests.support.project import DEFAULTS, ROOT, analyses

MIXIN = """\
from __future__ import annotations

from sqlalchemy import Column, Enum, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass


class Inherited:
{field}

class User(Inherited, Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)


class Token(Inherited, Base):
    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
ABSTRACT = MIXIN.replace("class Inherited:\n", "class Inherited(Base):\n    __abstract__ = True\n\n").replace(
    "(Inherited, Base)", "(Inherited)"
)
LONELY = MIXIN.replace("class Token(Inherited, Base)", "class Token(Base)")
"""One model alone inherits the field."""
SQLMODEL = """\
from typing import Optional

from sqlmodel import Field, SQLModel


class Base:
    metadata = SQLModel.metadata


class Inherited(SQLModel):
{field}

class User(Inherited, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)


class Token(Inherited, table=True):
    __tablename__ = "tokens"
    id: int | None = Field(default=None, primary_key=True)


class TokenPublic(Inherited):
    pass
"""
SINGLE_TABLE = """\
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    __mapper_args__ = {{"polymorphic_on": "kind", "polymorphic_identity": "user"}}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(9))


class Admin(User):
    __mapper_args__ = {{"polymorphic_identity": "admin"}}

{field}
"""
PLAIN = 'sa.Column("id", sa.Integer(), primary_key=True)'
KIND = 'sa.Column("kind", sa.String(9), nullable=False)'
DECLARED = """\
    @declared_attr
    def size(cls) -> Mapped[int]:
        \"\"\"How large it is.\"\"\"
        return mapped_column({})
"""


@dataclass(frozen=True)
class Case:
    """`field`: what the inherited class says. `users`, `tokens`: what was migrated. `after`: what it says then.

    None: no edit of the model is offered.
    """

    field: str
    users: str
    tokens: str
    after: str | None
    models: str = MIXIN
    more: tuple[str, ...] = ()
    """Statements of the revision behind the two tables."""


def both(field: str, made: str, after: str | None, models: str = MIXIN, more: tuple[str, ...] = ()) -> Case:
    """A case in which both tables were migrated alike."""
    return Case(field, made, made, after, models, more)


WIDE, NARROW = 'sa.Column("size", sa.BigInteger(), nullable=False)', 'sa.Column("size", sa.Integer(), nullable=False)'
LOOSE = 'sa.Column("size", sa.Integer())'
KEY = 'sa.Column("size", sa.Integer(), sa.ForeignKey("users.id"), nullable=False)'
CASES = {
    "a type of a mixin": both(
        "    size: Mapped[int] = mapped_column(Integer)\n", WIDE, "    size: Mapped[int] = mapped_column(BigInteger)\n"
    ),
    "a type of an abstract base": both(
        "    size: Mapped[int] = mapped_column(Integer)\n",
        WIDE,
        "    size: Mapped[int] = mapped_column(BigInteger)\n",
        ABSTRACT,
    ),
    "a type of a bare annotation": both(
        "    size: Mapped[int]\n", WIDE, "    size: Mapped[int] = mapped_column(BigInteger)\n"
    ),
    "a type without annotation": both(
        "    size = Column(Integer)\n", 'sa.Column("size", sa.Text())', "    size = Column(Text)\n"
    ),
    "a type of a declared_attr": both(DECLARED.format("Integer"), WIDE, DECLARED.format("BigInteger")),
    "one table as it should be": Case("    size: Mapped[int] = mapped_column(Integer)\n", WIDE, NARROW, None),
    "one table that is altered otherwise": Case(
        "    size: Mapped[int] = mapped_column(Integer)\n", WIDE, 'sa.Column("size", sa.Text(), nullable=False)', None
    ),
    "one model alone": Case(
        "    size: Mapped[int] = mapped_column(Integer)\n",
        WIDE,
        'sa.Column("size", sa.Text(), nullable=False)'.replace("size", "other"),
        "    size: Mapped[int] = mapped_column(BigInteger)\n",
        LONELY,
    ),
    "nullability of a mixin": both("    size: Mapped[int]\n", LOOSE, "    size: Mapped[int | None]\n"),
    "nullability of a declared_attr": both(
        DECLARED.format("Integer"), LOOSE, DECLARED.format("Integer").replace("Mapped[int]", "Mapped[int | None]")
    ),
    "nullability of one of two": Case("    size: Mapped[int]\n", LOOSE, NARROW, None),
    "nullability of SQLModel's": both("    size: int\n", LOOSE, "    size: int = Field(nullable=True)\n", SQLMODEL),
    "a length of SQLModel's": both(
        "    size: str = Field(max_length=50)\n",
        'sa.Column("size", sa.String(80), nullable=False)',
        "    size: str = Field(max_length=80)\n",
        SQLMODEL,
    ),
    "a length of one of two of SQLModel's": Case(
        "    size: str = Field(max_length=50)\n",
        'sa.Column("size", sa.String(80), nullable=False)',
        'sa.Column("size", sa.String(50), nullable=False)',
        None,
        SQLMODEL,
    ),
    "a server default": both(
        "    size: Mapped[int]\n",
        'sa.Column("size", sa.Integer(), server_default="7", nullable=False)',
        '    size: Mapped[int] = mapped_column(server_default="7")\n',
    ),
    "a comment": both(
        "    size: Mapped[int]\n",
        'sa.Column("size", sa.Integer(), nullable=False, comment="so")',
        '    size: Mapped[int] = mapped_column(comment="so")\n',
    ),
    "another name": both(
        "    size: Mapped[int] = mapped_column()\n",
        'sa.Column("sizes", sa.Integer(), nullable=False)',
        '    size: Mapped[int] = mapped_column("sizes")\n',
    ),
    "a foreign key": both(
        "    size: Mapped[int]\n", KEY, '    size: Mapped[int] = mapped_column(ForeignKey("users.id"))\n'
    ),
    "a foreign key of one of two": Case(
        "    size: Mapped[int]\n",
        NARROW,
        KEY,
        '    __tablename__ = "tokens"\n    __table_args__ = (ForeignKeyConstraint(["size"], ["users.id"]),)\n',
    ),
    "a foreign key of SQLModel's": both(
        "    size: int\n", KEY, '    size: int = Field(foreign_key="users.id")\n', SQLMODEL
    ),
    "no foreign key any more": both(
        '    size: Mapped[int] = mapped_column(Integer, ForeignKey("users.id"))\n',
        NARROW,
        "    size: Mapped[int] = mapped_column(Integer)\n",
    ),
    "no foreign key of a declared_attr any more": both(
        DECLARED.format('Integer, ForeignKey("users.id")'), NARROW, DECLARED.format("Integer")
    ),
    "no foreign key of one of two any more": Case(
        '    size: Mapped[int] = mapped_column(Integer, ForeignKey("users.id"))\n', NARROW, KEY, None
    ),
    "no index any more": both(
        "    size: Mapped[int] = mapped_column(Integer, index=True)\n",
        NARROW,
        "    size: Mapped[int] = mapped_column(Integer)\n",
    ),
    "no index of one of two any more": Case(
        "    size: Mapped[int] = mapped_column(Integer, index=True)\n",
        NARROW,
        NARROW,
        None,
        more=('op.create_index("ix_tokens_size", "tokens", ["size"])',),
    ),
    "an index that is defined otherwise": both(
        "    size: Mapped[int] = mapped_column(Integer, index=True)\n",
        NARROW,
        None,  # the flag would go, and only one model get an item
        more=tuple(
            f'op.create_index("ix_{one}_size", "{one}", ["size"], postgresql_where=sa.text("size > 1"))'
            for one in ("users", "tokens")
        ),
    ),
    "unique and an index": both(
        "    size: Mapped[int] = mapped_column(Integer, unique=True)\n",
        NARROW,
        "    size: Mapped[int] = mapped_column(Integer, unique=True, index=True)\n",
        more=tuple(f'op.create_index("ix_{one}_size", "{one}", ["size"], unique=True)' for one in ("users", "tokens")),
    ),
    "no unique constraint of a mixin's arguments any more": both(
        "    size: Mapped[int]\n\n    @declared_attr.directive\n    def __table_args__(cls):\n"
        '        return (UniqueConstraint("size"), {"comment": "so"})\n',
        f'{NARROW}, comment="so"',
        "    size: Mapped[int]\n\n    @declared_attr.directive\n    def __table_args__(cls):\n"
        '        return ({"comment": "so"},)\n',
    ),
    "no unique constraint of one of two any more": Case(
        '    size: Mapped[int]\n    __table_args__ = (UniqueConstraint("size"), {"comment": "so"})\n',
        f'{NARROW}, comment="so"',
        f'{NARROW}, sa.UniqueConstraint("size"), comment="so"',
        None,
    ),
    "a field of a class below": Case(
        "    size: Mapped[int | None] = mapped_column(comment='a')",
        f"{KIND}, {LOOSE[:-1]}, comment='b')",
        LOOSE,
        '    size: Mapped[int | None] = mapped_column(comment="b")\n',
        SINGLE_TABLE,
    ),
}


def texts_of(case: Case) -> dict[str, str]:
    """The project: two models that inherit a field, and a revision that made their tables in its own way."""
    made = {"users": case.users, "tokens": case.tokens}
    if "class Token(" not in case.models:
        del made["tokens"]
    if case.models is LONELY:
        made["tokens"] = ""
    lines = [f'op.create_table("{name}", {PLAIN}, {parts})' for name, parts in made.items()]
    steps = "".join(f"    {one}\n" for one in (*lines, *case.more))
    revision = (
        'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "0001"\ndown_revision = None\n\n\n'
        f"def upgrade():\n{steps}"
    )
    return {**DEFAULTS, "models.py": case.models.format(field=case.field), "alembic/versions/0001.py": revision}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_edited(case: Case) -> None:
    """The line says then what was migrated, everywhere; where it can't be right for all, it stays."""
    files = texts_of(case)
    (one,) = analyses(files)
    texts = {f"{ROOT}/{path}": text for path, text in files.items()}
    before = identities([one])
    assert before
    edited: list[str] = []
    for finding in one.findings:
        for offer in fixes_for(finding, one):
            fix = None if offer.revision else offer.build()
            if fix is None:
                continue
            cured = applied(fix, texts)
            now = identities(analyses({path.removeprefix(f"{ROOT}/"): text for path, text in cured.items()}))
            assert now < before, f"{offer.title} leaves {now - before}"
            edited.append(cured[f"{ROOT}/models.py"])

    assert (case.after is None) == (not edited)
    assert case.after is None or any(case.after in text for text in edited), edited


def test_the_audit_edits_a_line_once() -> None:
    """One edit cures what all tables of an inherited line have; no revision is recommended beside it."""
    files = texts_of(CASES["a foreign key"])
    (one,) = analyses(files)
    found = advise(one.findings, one, ROOT)

    assert [2] == [len(each.findings) for each in found.recommendations]
    assert ["diff"] == [block.language for each in found.recommendations for block in each.blocks]
    assert ['Add `ForeignKey("users.id")` to `Inherited.size`'] == [each.title for each in found.recommendations]
