"""Telling a model of a foreign key that the database has, in each of the styles that people write models in."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from textwrap import dedent
from types import ModuleType

import pytest

from driftline.compare.difference import Difference
from driftline.fixes import Fix, fixes_for
from driftline.rules.finding import Finding, Level
from driftline.schema import Column, ForeignKey, Table, Type
from driftline.schema.naming import NamingConvention
from driftline.text import apply_edits
from tests.fixes.fake_project import CONVENTION, FakeProject, project

KEY = ForeignKey("fk_tokens_user_id_users", ("user_id",), "users", ("id",), ondelete="CASCADE")


def finding_of(key: ForeignKey, table: str = "tokens") -> Finding:
    """What `extra-foreign-key` reports for a key that only the migrated table has."""
    difference = Difference("remove_fk", table, ",".join(key.columns), None, key)
    return Finding(
        "extra-foreign-key", "drift", Level.ERROR, "…", table=table, object=difference.name, difference=difference
    )


def built(one: FakeProject, key: ForeignKey) -> Fix | None:
    """The model edit that is offered for the key, built."""
    offers = [offer for offer in fixes_for(finding_of(key), one) if not offer.revision]
    return offers[0].build() if offers else None


def referred(key: ForeignKey) -> dict[str, Table]:
    """The model of the table that the key refers to: without one, it could not be declared."""
    schema, _, name = str(key.referred_table).rpartition(".")
    columns = tuple(Column(one, Type("INTEGER")) for one in key.referred_columns)
    table = Table(name, schema or None, columns)
    return {table.key: table}


WIDE = f"\n# {'-' * 150}\n"
"""What is behind the file in most tests: where one line is so long, none that is edited gets too long."""


def edited(
    before: str, key: ForeignKey = KEY, convention: NamingConvention = CONVENTION, *, behind: str = WIDE
) -> str | None:
    """The model file after the edit; None where none is offered."""
    text = before + behind
    fix = built(project({"/p/models.py": text}, declared=referred(key), convention=convention), key)
    if fix is None:
        return None
    after = apply_edits(text, fix.edits["/p/models.py"])
    ast.parse(after)
    assert after.endswith(behind)
    return after.removesuffix(behind)


MODERN = """\
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column


class Token(Base):
    __tablename__ = "tokens"

    user_id: Mapped[UUID]{value}
    hash: Mapped[str] = mapped_column(String(64))
"""

FIELDS = {
    "a bare annotation": ("", ' = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))'),
    "a bare annotation with a comment": (
        "  # of the owner",
        ' = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))  # of the owner',
    ),
    "no arguments": (" = mapped_column()", ' = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))'),
    "only keywords": (
        " = mapped_column(nullable=False)",
        ' = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), nullable=False)',
    ),
    "a type": (
        " = mapped_column(UUID(as_uuid=True), nullable=False, index=True)",
        ' = mapped_column(UUID(as_uuid=True), ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True)',
    ),
    "a name and a type": (
        ' = mapped_column("user_id", UUID)',
        ' = mapped_column("user_id", UUID, ForeignKey("users.id", ondelete="CASCADE"))',
    ),
    "one argument a line": (
        """ = mapped_column(
        UUID(as_uuid=True),
        nullable=False,
        index=True,
    )""",
        """ = mapped_column(
        UUID(as_uuid=True),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )""",
    ),
    "one argument a line, with comments, no trailing comma": (
        """ = mapped_column(
        UUID(as_uuid=True),  # as everywhere
        # always there
        nullable=False
    )""",
        """ = mapped_column(
        UUID(as_uuid=True),  # as everywhere
        ForeignKey("users.id", ondelete="CASCADE"),
        # always there
        nullable=False
    )""",
    ),
    "all arguments on an inner line": (
        """ = mapped_column(
        UUID(as_uuid=True), nullable=False
    )""",
        """ = mapped_column(
        UUID(as_uuid=True), ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    )""",
    ),
    "a deferred column": (
        " = deferred(mapped_column(UUID), group='x')",
        ' = deferred(mapped_column(UUID, ForeignKey("users.id", ondelete="CASCADE")), group=\'x\')',
    ),
}


@pytest.mark.parametrize(("value", "expected"), FIELDS.values(), ids=FIELDS)
def test_mapped_column(value: str, expected: str) -> None:
    """The key goes behind the positional arguments, in their layout; the import keeps its order."""
    after = MODERN.format(value=expected).replace("import String", "import ForeignKey, String")

    assert edited(MODERN.format(value=value)) == after


STYLES = {
    "sa. everywhere": (
        """
        import sqlalchemy as sa
        from sqlalchemy import orm

        class Token(Base):
            __tablename__ = "tokens"
            user_id: orm.Mapped[UUID] = orm.mapped_column(sa.UUID)
        """,
        """
        import sqlalchemy as sa
        from sqlalchemy import orm

        class Token(Base):
            __tablename__ = "tokens"
            user_id: orm.Mapped[UUID] = orm.mapped_column(sa.UUID, sa.ForeignKey("users.id", ondelete="CASCADE"))
        """,
    ),
    "sa. with a bare annotation": (
        """
        import sqlalchemy as sa
        import sqlalchemy.orm as so

        class Token(Base):
            __tablename__ = "tokens"
            user_id: so.Mapped[UUID]
        """,
        """
        import sqlalchemy as sa
        import sqlalchemy.orm as so

        class Token(Base):
            __tablename__ = "tokens"
            user_id: so.Mapped[UUID] = so.mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
        """,
    ),
    "import sqlalchemy": (
        """
        import sqlalchemy

        class Token(Base):
            __tablename__ = 'tokens'
            user_id = sqlalchemy.Column(sqlalchemy.Uuid)
        """,
        """
        import sqlalchemy

        class Token(Base):
            __tablename__ = 'tokens'
            user_id = sqlalchemy.Column(sqlalchemy.Uuid, sqlalchemy.ForeignKey('users.id', ondelete='CASCADE'))
        """,
    ),
    "Column, single quotes, hanging": (
        """
        from sqlalchemy import (
            Boolean, Column,
            String, Uuid
        )

        class Token(Base):
            __tablename__ = 'tokens'
            user_id = Column('user_id', Uuid,
                             nullable=False)
        """,
        """
        from sqlalchemy import (
            Boolean, Column, ForeignKey,
            String, Uuid
        )

        class Token(Base):
            __tablename__ = 'tokens'
            user_id = Column('user_id', Uuid, ForeignKey('users.id', ondelete='CASCADE'),
                             nullable=False)
        """,
    ),
    "imports one a line": (
        """
        from sqlalchemy import (
            Column,
            DateTime,  # with time zone
            Uuid,
            func,
        )

        class Token(Base):
            __tablename__ = "tokens"
            user_id = Column(Uuid, nullable=False)
        """,
        """
        from sqlalchemy import (
            Column,
            DateTime,  # with time zone
            ForeignKey,
            Uuid,
            func,
        )

        class Token(Base):
            __tablename__ = "tokens"
            user_id = Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
        """,
    ),
    "imports in no order": (
        """
        from sqlalchemy import Uuid, func, Column

        class Token(Base):
            __tablename__ = "tokens"
            user_id = Column(Uuid)
        """,
        """
        from sqlalchemy import Uuid, func, Column, ForeignKey

        class Token(Base):
            __tablename__ = "tokens"
            user_id = Column(Uuid, ForeignKey("users.id", ondelete="CASCADE"))
        """,
    ),
    "imported already, under another name": (
        """
        from sqlalchemy import Column as C, ForeignKey as FK, Uuid

        class Token(Base):
            __tablename__ = "tokens"
            user_id = C(Uuid)
        """,
        """
        from sqlalchemy import Column as C, ForeignKey as FK, Uuid

        class Token(Base):
            __tablename__ = "tokens"
            user_id = C(Uuid, FK("users.id", ondelete="CASCADE"))
        """,
    ),
    "no import of sqlalchemy but the orm's": (
        '''
        """The tokens."""

        import uuid

        from sqlalchemy.orm import Mapped, mapped_column

        from .base import Base

        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[uuid.UUID] = mapped_column()
        ''',
        '''
        """The tokens."""

        import uuid

        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import Mapped, mapped_column

        from .base import Base

        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
        ''',
    ),
    "mapped_column not imported yet": (
        """
        from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[UUID]
        """,
        """
        from sqlalchemy import ForeignKey
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
        """,
    ),
    "Flask-SQLAlchemy": (
        """
        from .extensions import db

        class Token(db.Model):
            __tablename__ = "tokens"
            user_id = db.Column(db.Integer, nullable=False)
        """,
        """
        from .extensions import db

        class Token(db.Model):
            __tablename__ = "tokens"
            user_id = db.Column(db.Integer, db.ForeignKey("users.id", ondelete="CASCADE"), nullable=False)
        """,
    ),
    "a Table": (
        """
        from sqlalchemy import Column, Integer, MetaData, Table

        tokens = Table(
            "tokens",
            MetaData(),
            Column("id", Integer, primary_key=True),
            Column("user_id", Integer, nullable=False),
        )
        """,
        """
        from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table

        tokens = Table(
            "tokens",
            MetaData(),
            Column("id", Integer, primary_key=True),
            Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        )
        """,
    ),
    "SQLModel, bare": (
        """
        from sqlmodel import SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int
        """,
        """
        from sqlmodel import Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int = Field(foreign_key="users.id", ondelete="CASCADE")
        """,
    ),
    "SQLModel, a default": (
        """
        from sqlmodel import Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int | None = None
        """,
        """
        from sqlmodel import Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int | None = Field(default=None, foreign_key="users.id", ondelete="CASCADE")
        """,
    ),
    "SQLModel, a field": (
        """
        from sqlmodel import Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int | None = Field(default=None, index=True)
        """,
        """
        from sqlmodel import Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int | None = Field(default=None, index=True, foreign_key="users.id", ondelete="CASCADE")
        """,
    ),
    "SQLModel, a column of its own": (
        """
        from sqlmodel import Column, Field, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int = Field(sa_column=Column(nullable=False))
        """,
        """
        from sqlmodel import Column, Field, ForeignKey, SQLModel

        class Token(SQLModel, table=True):
            __tablename__ = "tokens"
            user_id: int = Field(sa_column=Column(ForeignKey("users.id", ondelete="CASCADE"), nullable=False))
        """,
    ),
}


@pytest.mark.parametrize(("before", "after"), STYLES.values(), ids=STYLES)
def test_styles(before: str, after: str) -> None:
    """Imports, prefixes and quotes stay as the file has them."""
    assert edited(dedent(before)) == dedent(after)


def test_line_ends() -> None:
    """A file with CRLF keeps it, also in lines that are added."""
    before = MODERN.format(value=" = mapped_column(\n        UUID,\n    )").replace(
        "from sqlalchemy import String\n", ""
    )
    after = edited(before.replace("\n", "\r\n"), behind="")

    assert after is not None
    assert after.count("\n") == after.count("\r\n") == before.count("\n") + 2


LONG = {
    "on one line": (
        "user_id: Mapped[UUID] = mapped_column(UUID(as_uuid=True), nullable=False)",
        """user_id: Mapped[UUID] = mapped_column(
        UUID(as_uuid=True), ForeignKey("users.id", ondelete="CASCADE"), nullable=False
    )""",
    ),
    "on one line, too long for an inner one": (
        "user_id: Mapped[UUID] = mapped_column(UUID(as_uuid=True), nullable=False, index=True)",
        """user_id: Mapped[UUID] = mapped_column(
        UUID(as_uuid=True),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )""",
    ),
    "on an inner line": (
        """user_id: Mapped[UUID] = mapped_column(
        UUID(as_uuid=True), nullable=False, index=True, deferred=True
    )""",
        """user_id: Mapped[UUID] = mapped_column(
        UUID(as_uuid=True),
        ForeignKey("users.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
        deferred=True,
    )""",
    ),
    "a bare annotation": (
        "user_id: Mapped[some.other.place.with_a_long.name.UUID]",
        """user_id: Mapped[some.other.place.with_a_long.name.UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE")
    )""",
    ),
    "with a comment behind, which could belong to any part of it": (
        "user_id: Mapped[UUID] = mapped_column(UUID, nullable=False, index=True)  # the owner",
        "user_id: Mapped[UUID] = mapped_column(UUID, {}, nullable=False, index=True)  # the owner".format(
            'ForeignKey("users.id", ondelete="CASCADE")'
        ),
    ),
}


@pytest.mark.parametrize(("before", "after"), LONG.values(), ids=LONG)
def test_too_long_a_line(before: str, after: str) -> None:
    """A line that would get longer than 88 characters, and than any in the file, is broken as the formatter does it."""
    frame = (
        "from sqlalchemy import ForeignKey\nfrom sqlalchemy.orm import mapped_column\n\n"
        'class Token(Base):\n    __tablename__ = "tokens"\n    {}\n'
    )

    assert edited(frame.format(before), behind="") == frame.format(after)


def test_too_long_an_import() -> None:
    """Names that no longer fit on a line stand on one each, in brackets."""
    names = "Boolean, DateTime, Enum, Integer, LargeBinary, String, UniqueConstraint, false"
    after = edited(f"from sqlalchemy import {names}\n{MODERN.format(value='').partition(chr(10))[2]}", behind="")

    assert after is not None
    assert after.startswith(
        "from sqlalchemy import (\n    Boolean,\n    DateTime,\n    Enum,\n    ForeignKey,\n    Integer,\n"
    )


def test_characters_outside_of_ascii() -> None:
    """Offsets count characters, not bytes."""
    after = edited(MODERN.format(value=" = mapped_column(comment='größe é 🚀')  # übrig"))

    assert after is not None
    assert ' = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), comment=\'größe é 🚀\')  # übrig' in after


@pytest.mark.parametrize(
    ("changes", "written"),
    [
        ({"ondelete": None}, 'ForeignKey("users.id")'),
        (
            {"ondelete": "SET NULL", "onupdate": "CASCADE"},
            'ForeignKey("users.id", ondelete="SET NULL", onupdate="CASCADE")',
        ),
        (
            {"ondelete": None, "deferrable": True, "initially": "DEFERRED"},
            'ForeignKey("users.id", deferrable=True, initially="DEFERRED")',
        ),
        ({"ondelete": None, "match": "FULL"}, 'ForeignKey("users.id", match="FULL")'),
        ({"name": "fk_owner", "ondelete": None}, 'ForeignKey("users.id", name="fk_owner")'),
        ({"referred_table": "auth.users", "ondelete": None, "name": "fk_tokens_user_id_auth.users"}, None),
    ],
)
def test_options(changes: dict[str, object], written: str | None) -> None:
    """Whatever the migrated key says is said by the model, its name only where the naming convention makes another."""
    after = edited(MODERN.format(value=""), replace(KEY, **changes))

    assert after is not None
    assert (written or 'ForeignKey("auth.users.id"') in after


def test_name_without_a_convention() -> None:
    """Where no convention names foreign keys, none is written: nothing compares the name of an unnamed one."""
    key = replace(KEY, name="tokens_user_id_fkey", ondelete=None)

    assert 'mapped_column(ForeignKey("users.id"))' in str(edited(MODERN.format(value=""), key, NamingConvention()))


NOT_OFFERED = {
    "a mixin's column": """
        class Owned:
            user_id: Mapped[UUID] = mapped_column()

        class Token(Owned, Base):
            __tablename__ = "tokens"
            other: Mapped[int]
        """,
    "made by a helper": """
        class Token(Base):
            __tablename__ = "tokens"
            user_id = owner_column()
        """,
    "an alias": """
        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[UUID] = owner
        """,
    "the name is something else here": """
        from .keys import ForeignKey

        class Token(Base):
            __tablename__ = "tokens"
            user_id: Mapped[UUID] = mapped_column()
        """,
}


@pytest.mark.parametrize("before", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_not_offered(before: str) -> None:
    """A field that is not plainly written in its own class is left alone."""
    assert edited(dedent(before)) is None


def test_not_offered_beside_another_key() -> None:
    """A column that refers elsewhere already is not made to refer to two tables."""
    one = project({"/p/models.py": MODERN.format(value="")}, declared=referred(KEY))
    table = one.declared.schema.tables["tokens"]
    other = replace(table, foreign_keys=(ForeignKey(None, ("user_id",), "people", ("id",)),))
    one.declared.schema.tables["tokens"] = other  # type: ignore[index]

    assert built(one, KEY) is None


def test_composite_key() -> None:
    """A key of several columns goes into the arguments of the table."""
    before = dedent("""
        from sqlalchemy.orm import Mapped

        class Token(Base):
            __tablename__ = "tokens"
            tenant: Mapped[int]
            user_id: Mapped[int]
        """)
    key = ForeignKey("fk_tokens_tenant_users", ("tenant", "user_id"), "users", ("tenant", "id"), ondelete="X")
    after = dedent("""
        from sqlalchemy import ForeignKeyConstraint
        from sqlalchemy.orm import Mapped

        class Token(Base):
            __tablename__ = "tokens"
            __table_args__ = (ForeignKeyConstraint(["tenant", "user_id"], ["users.tenant", "users.id"], ondelete="X"),)
            tenant: Mapped[int]
            user_id: Mapped[int]
        """)

    assert edited(before, key) == after


def test_offer() -> None:
    """The offer says what it inserts and where, and is safe: the database has it already."""
    migrated = {"tokens": Table("tokens")}
    one = project({"/p/models.py": MODERN.format(value="")}, declared=referred(KEY), migrated=migrated)
    offer = fixes_for(finding_of(KEY), one)[0]

    assert offer.title == 'Add ForeignKey("users.id", ondelete="CASCADE") to Token.user_id'
    assert offer.applicability == "safe"
    assert not offer.revision


NAMES = """\
{above}from sqlalchemy.orm import Mapped, mapped_column


class Token(Base):
    __tablename__ = "tokens"
{inside}
    user_id: Mapped[int] = mapped_column({call})
{below}"""
USED = """
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    pass

"""


@pytest.mark.parametrize(
    ("above", "inside", "below", "imported", "call"),
    [
        ("", "", "\n\nfrom sqlalchemy import Integer\n", "from sqlalchemy import ForeignKey\n", "ForeignKey"),
        ("", "", "\n\nimport sqlalchemy as sa\n", "from sqlalchemy import ForeignKey\n", "ForeignKey"),
        ("", "", "\n\nfrom sqlalchemy import ForeignKey\n", "from sqlalchemy import ForeignKey\n", "ForeignKey"),
        (
            "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from sqlalchemy import ForeignKey\n\n",
            "",
            "",
            "from sqlalchemy import ForeignKey\n",
            "ForeignKey",
        ),
        ("import sqlalchemy as sa\n", "    ForeignKey = None\n", "", "", "sa.ForeignKey"),
        (
            "from sqlalchemy import ForeignKey\n",
            "    ForeignKey = None\n",
            "",
            "import sqlalchemy\n",
            "sqlalchemy.ForeignKey",
        ),
        (
            "from typing import ClassVar\n\nfrom sqlalchemy import ForeignKey\n",
            "    ForeignKey: ClassVar[None]\n",
            "",
            "",
            "ForeignKey",
        ),
        ("from sqlalchemy import ForeignKey as Key\n", "    ForeignKey = None\n", "", "", "Key"),
    ],
)
def test_the_name_can_be_used_there(
    monkeypatch: pytest.MonkeyPatch, above: str, inside: str, below: str, imported: str, call: str
) -> None:
    """What is named is imported above the class, where nothing hides it: the module still runs."""
    before = NAMES.format(above=above, inside=inside, call="", below=below)
    after = edited(before)

    assert after is not None
    assert f'mapped_column({call}("users.id", ondelete="CASCADE"))' in after
    assert sorted(after.splitlines()) == sorted(
        [
            *(line for line in before.splitlines() if "mapped_column()" not in line),
            *imported.splitlines(),
            f'    user_id: Mapped[int] = mapped_column({call}("users.id", ondelete="CASCADE"))',
        ]
    )
    runs = after.replace("class Token", f"{USED}class Token").replace(
        '"tokens"\n', '"tokens"\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
    )
    module = ModuleType("models_of_a_test")
    monkeypatch.setitem(sys.modules, module.__name__, module)  # SQLAlchemy looks up annotations there
    exec(compile(runs, "models.py", "exec"), module.__dict__)  # noqa: S102 -- a model is a program


def test_no_name_is_left() -> None:
    """Where the class and the module use all names for something else, nothing is offered."""
    before = NAMES.format(above="sqlalchemy = None\n", inside="    ForeignKey = None\n", call="", below="")

    assert edited(before) is None


def test_several_imports_above() -> None:
    """Two names that one edit needs are both imported above the class, though the first moves it down."""
    before = """\
from app import Base, Mapped
class Token(Base):
    __tablename__ = "tokens"

    user_id: Mapped[int]


from sqlalchemy import Integer
"""
    after = edited(before)

    assert after is not None
    assert after.index("import ForeignKey") < after.index("class Token")
    assert after.index("import mapped_column") < after.index("class Token")
    assert after.count("import") == 4


def test_a_table_without_a_model() -> None:
    """A key to a table, or a column, that no model has is not declared: no mapper could be configured with it."""
    text = MODERN.format(value="") + WIDE
    without_table = project({"/p/models.py": text})
    without_column = project({"/p/models.py": text}, declared={"users": Table("users")})

    assert built(without_table, KEY) is None
    assert built(without_column, KEY) is None
    assert built(project({"/p/models.py": text}, declared=referred(KEY)), KEY) is not None
