"""What models do to tables by ways that are not followed: it is said, and nothing is absent for it."""

from __future__ import annotations

import pytest

from tests.models.reading import read

HEAD = """
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
class Base(DeclarativeBase):
    pass
"""


def test_a_hook_of_something_else_is_nothing_to_tables() -> None:
    """If a function listens to an engine or a mapper, nothing is unknown for it."""
    models = HEAD + "@event.listens_for(Base, 'init', propagate=True)\ndef grow(target, args, kwargs):\n    pass\n"

    assert () == read({"models.py": models}).unknown


@pytest.mark.parametrize(
    ("base", "incomplete"),
    [
        ("from sqlalchemy_utils import Timestamp as Mixin", True),
        ("from company.models import TenantMixin as Mixin", True),
        ("from flask_login import UserMixin as Mixin", False),
        ("from typing import Protocol as Mixin", False),
        ("from company.tools import Shown as Mixin", False),
    ],
)
def test_a_mixin_of_a_library_that_is_not_there_may_have_columns(base: str, incomplete: bool) -> None:  # noqa: FBT001
    """If a model inherits from a mixin that cannot be read and is not known to have none, it may have more columns."""
    models = (
        f"{HEAD}{base}\nclass A(Mixin, Base):\n    __tablename__ = 'a'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )

    declared = read({"models.py": models})

    assert incomplete == bool(declared.schema.tables["a"].incomplete)
    assert incomplete == bool(declared.unknown)


def test_a_mixin_of_a_library_that_is_there_is_read() -> None:
    """If the same library is installed, the columns of its mixin are there, and nothing is unknown."""
    models = (
        f"{HEAD}from company.models import TenantMixin\nclass A(TenantMixin, Base):\n    __tablename__ = 'a'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    library = "import sqlalchemy as sa\nclass TenantMixin:\n    tenant = sa.Column(sa.String(9))\n"

    declared = read({"models.py": models}, packages={"company/__init__.py": "", "company/models.py": library})

    assert {"id", "tenant"} == {one.name for one in declared.schema.tables["a"].columns}
    assert () == declared.unknown


def test_a_table_that_is_copied_makes_the_schema_incomplete() -> None:
    """If a table is copied to another MetaData, nobody can say which tables there are."""
    models = (
        HEAD + "other = sa.MetaData()\nsa.Table('t', other, sa.Column('a', sa.Integer)).to_metadata(Base.metadata)\n"
    )

    declared = read({"models.py": models})

    assert ["a table that is copied to another MetaData is not worked out"] == [
        one.reason for one in declared.schema.incomplete
    ]


def test_what_a_metaclass_does_with_what_is_not_known_is_said() -> None:
    """If a metaclass goes by something unknown, its classes keep what their bodies say, and it is said."""
    models = """
        from sqlalchemy import Column, Integer
        from sqlalchemy.ext.declarative import DeclarativeMeta, declarative_base
        from settings import plugin
        class Meta(DeclarativeMeta):
            def __new__(mcs, name, bases, names):
                return plugin.make(name, bases, names)
        Base = declarative_base(metaclass=Meta)
        class A(Base):
            __tablename__ = "a"
            id = Column(Integer, primary_key=True)
    """

    declared = read({"models.py": models})

    assert ["id"] == [one.name for one in declared.schema.tables["a"].columns]
    assert declared.schema.tables["a"].incomplete
    assert any("metaclass `Meta`" in one.reason for one in declared.unknown)


@pytest.mark.parametrize(
    "statement",
    [
        "if os.environ.get('MORE'): sa.Index('ix_name', A.name)",
        "if os.environ.get('MORE'): A.more = sa.Column(sa.Integer)",
        "if os.environ.get('MORE'): A.__table__.append_column(sa.Column('more', sa.Integer))",
        "sa.Index('ix_name', A.name) if os.environ.get('MORE') else None",
    ],
)
def test_what_a_condition_adds_to_a_table_is_not_known_to_be_there(statement: str) -> None:
    """If it is not known whether a column or an index is added, it is not stated, and its table may have more."""
    models = (
        f"{HEAD}import os\nclass A(Base):\n    __tablename__ = 'a'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n    name: Mapped[str]\n"
    )

    table = read({"models.py": f"{models}{statement}\n"}).schema.tables["a"]

    assert (["id", "name"], ()) == ([one.name for one in table.columns], table.indexes)
    (why,) = table.incomplete
    stated = "whether something is added to `a` is not known: it depends on `os.environ.get('MORE')`"
    assert stated == why.reason[: len(stated)]


def test_what_is_added_on_the_same_condition_as_its_table_is_there_with_it() -> None:
    """If a condition decides on a table and on what is added to it, the table has it, where there is one."""
    models = (
        f"{HEAD}import os\nif os.environ.get('MORE'):\n"
        "    t = sa.Table('t', Base.metadata, sa.Column('id', sa.Integer))\n    sa.Index('ix_t', t.c.id)\n"
    )

    table = read({"models.py": models}).schema.tables["t"]

    assert (["ix_t"], (), True) == ([one.name for one in table.indexes], table.incomplete, table.conditional)


def test_a_class_of_sqlalchemys_is_a_type_to_python() -> None:
    """If code asks whether a column's type is a class or an object, the answer is Python's."""
    models = (
        f"{HEAD}t = sa.Table('t', Base.metadata, *[sa.Column(name, kind() if isinstance(kind, type) else kind)\n"
        "    for name, kind in {'a': sa.Integer, 'b': sa.String(5)}.items()])\n"
    )

    declared = read({"models.py": models})

    assert ((), ["INTEGER", "VARCHAR(5)"]) == (
        declared.unknown,
        [one.type.ddl for one in declared.schema.tables["t"].columns],
    )


@pytest.mark.parametrize("base", ["__tablename__ = 'a'", "__abstract__ = True"])
def test_a_column_that_an_unknown_condition_chooses_is_said(base: str) -> None:
    """If both branches of a condition make a column, each table of the class says that it may have one more."""
    models = (
        f"{HEAD}WIDE = open('wide').read() == '1'\nclass A(Base):\n    {base}\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    if WIDE:\n        size = mapped_column(sa.BigInteger)\n    else:\n        size = sa.Column(sa.Integer)\n"
        "class B(A):\n    __tablename__ = 'b'\n    id: Mapped[int] = mapped_column("
        + ("primary_key=True)\n" if "abstract" in base else "sa.ForeignKey('a.id'), primary_key=True)\n")
        + "class C(A):\n    __tablename__ = 'c'\n    id: Mapped[int] = mapped_column("
        + ("primary_key=True)\n" if "abstract" in base else "sa.ForeignKey('a.id'), primary_key=True)\n")
    )

    declared = read({"models.py": models})

    holders = {"b", "c"} if "abstract" in base else {"a"}
    assert holders == {key for key, one in declared.schema.tables.items() if one.incomplete}
    assert any("it depends on `WIDE`" in one.reason for one in declared.unknown)


@pytest.mark.parametrize(
    "value", ["sa.Column(sa.Integer) if os.environ.get('MORE') else None", "pick(Column=1)[0]._copy()"]
)
def test_an_attribute_that_may_be_a_column_is_said(value: str) -> None:
    """If an attribute that could not be worked out is written with a column, or copies one, its table may have more."""
    models = (
        f"{HEAD}import os\ndef pick(**kw):\n    return os.environ['X']\nclass A(Base):\n    __tablename__ = 'a'\n"
        f"    id: Mapped[int] = mapped_column(primary_key=True)\n    more = {value}\n"
    )

    assert read({"models.py": models}).schema.tables["a"].incomplete


@pytest.mark.parametrize(
    "base",
    [
        "class Made(TenantMixin):\n    pass\nBase = declarative_base(cls=Made)",
        "Base = declarative_base(cls=TenantMixin)",
        "Base = registry().generate_base(cls=TenantMixin)",
        "db = SQLAlchemy(model_class=TenantMixin)\nBase = db.Model",
    ],
)
def test_the_class_a_base_was_made_with_may_have_columns(base: str) -> None:
    """If a base is made with a class that is not there to be read, every table below it may have more columns."""
    models = (
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base, registry\n"
        "from flask_sqlalchemy import SQLAlchemy\nfrom company.models import TenantMixin\n"
        f"{base}\nclass A(Base):\n    __tablename__ = 'a'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
    )
    library = "import sqlalchemy as sa\nclass TenantMixin:\n    tenant = sa.Column(sa.String(9))\n"

    table = read({"models.py": models}).schema.tables["a"]
    known = read({"models.py": models}, packages={"company/__init__.py": "", "company/models.py": library})

    assert ["`company.models.TenantMixin`, which `A` inherits from, is not installed and may have columns"] == [
        one.reason for one in table.incomplete
    ]
    assert {"id", "tenant"} == {one.name for one in known.schema.tables["a"].columns}


def test_what_a_function_that_is_not_read_maps_is_said() -> None:
    """If a library's function makes what is annotated with `Mapped`, it may be a column; SQLAlchemy's own are known."""
    models = (
        f"{HEAD}from company.models import tenant_column\nfrom sqlalchemy.orm import query_expression, synonym\n"
        "class A(Base):\n    __tablename__ = 'a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    key: Mapped[int] = synonym('id')\n    asked: Mapped[int] = query_expression()\n{}"
    )

    assert () == read({"models.py": models.format("")}).schema.tables["a"].incomplete
    assert ["what `company.models.tenant_column` makes was not read"] == [
        one.reason
        for one in read({"models.py": models.format("    tenant: Mapped[str] = tenant_column(9)\n")})
        .schema.tables["a"]
        .incomplete
    ]


def test_an_index_over_an_expression_that_holds_what_is_not_known_is_said() -> None:
    """If only a part of an index's expression is not known, the index may be on any table all the same."""
    models = (
        f"{HEAD}t = sa.Table('t', Base.metadata, sa.Column('id', sa.Integer))\n"
        "import os\n"
        "sa.Index('ix', sa.func.lower(os.environ['COLUMN']))\n"
    )

    declared = read({"models.py": models})

    assert ["which table this `Index` is on is not known"] == [
        one.reason.partition(":")[0] for one in declared.schema.incomplete
    ]


def test_an_index_over_a_part_of_a_column_is_on_its_table() -> None:
    """If an expression is not worked out, the index is there all the same, on the table whose column it begins with."""
    models = (
        f"{HEAD}from sqlalchemy.dialects.postgresql import JSONB\n"
        "t = sa.Table('t', Base.metadata, sa.Column('id', sa.Integer), sa.Column('data', JSONB))\n"
        "sa.Index('ix_key', t.c.data['key']['part'].astext)\n"
        "sa.Index('ix_lower', sa.func.lower(t.c.data['a']))\n"
        "sa.Index('ix_number', sa.cast(t.c.data['n']['m'].astext, sa.Integer), unique=True)\n"
    )

    declared = read({"models.py": models})

    assert {"ix_key", "ix_lower", "ix_number"} == {one.name for one in declared.schema.tables["t"].indexes}
    assert 3 == len(declared.unknown)


@pytest.mark.parametrize(
    "statement",
    [
        "[sa.Index(name, t.c.id) for name in names]",
        "{name: sa.Index(name, t.c.id) for name in names}",
        "list(sa.Index('ix', t.c[name]) for name in names)",
        "[sa.Index(name, t.c.id) for name in ('a', 'b') if name in names]",
    ],
)
def test_a_loop_in_one_expression_over_what_is_not_known_may_make_indexes(statement: str) -> None:
    """What a comprehension makes of what is not known is said of the table that it is made for, as of a `for`."""
    models = (
        f"{HEAD}import os\nnames = os.environ['NAMES'].split()\n"
        "t = sa.Table('t', Base.metadata, sa.Column('id', sa.Integer))\n"
        "u = sa.Table('u', Base.metadata, sa.Column('id', sa.Integer))\n"
    )

    declared = read({"models.py": models + statement})

    assert {"t": True, "u": False} == {key: bool(one.incomplete) for key, one in declared.schema.tables.items()}
    assert () == declared.schema.tables["t"].indexes


@pytest.mark.parametrize(
    ("condition", "incomplete"),
    [("for name in NAMES:\n        sa.Index('ix', id)", True), ("sa.Index('ix', id)", False)],
)
def test_what_waits_for_a_table_stays_as_doubtful_as_it_was(condition: str, incomplete: bool) -> None:  # noqa: FBT001
    """An index in the body of a class is as sure as its place there, not as that of the class around it."""
    models = (
        f"{HEAD}import os\nNAMES = os.environ['NAMES'].split()\n"
        f"class A(Base):\n    __tablename__ = 'a'\n    id = sa.Column(sa.Integer, primary_key=True)\n    {condition}\n"
    )
    inside = models.replace("class A", "if NAMES:\n  class A").replace("\n    ", "\n      ")

    tables = [read({"models.py": text}).schema.tables["a"] for text in (models, inside)]

    assert [incomplete, incomplete] == [bool(one.incomplete) for one in tables]
    assert [not incomplete, not incomplete] == [bool(one.indexes) for one in tables]


@pytest.mark.parametrize(
    "attempt",
    [
        "try:\n    t.c.nope\nexcept AttributeError:",
        "try:\n    t.c['nope']\nexcept KeyError:",
        "try:\n    U.__table__.columns['nope']\nexcept (KeyError, ValueError):",
        "if not hasattr(t.c, 'nope'):",
        "if getattr(t.c, 'nope', None) is None:",
    ],
)
def test_a_column_that_a_table_does_not_have_is_missed(attempt: str) -> None:
    """A `try` that waits for what `table.c` raises gets it, where all columns are known; where some are not, nobody."""
    models = (
        f"{HEAD}t = sa.Table('t', Base.metadata, sa.Column('id', sa.Integer){{}})\n"
        "class U(Base):\n    __tablename__ = 'u'\n    id = sa.Column(sa.Integer, primary_key=True)\n{}"
        f"u = U.__table__\n{attempt}\n    sa.Index('ix', t.c.id)\n"
    )

    known = read({"models.py": models.format("", "")}).schema.tables["t"]
    more = models.format(", *os.environ", "    locals().update(os.environ)\n")
    partly = read({"models.py": f"import os\n{more}"}).schema.tables["t"]

    assert ["ix"] == [one.name for one in known.indexes]
    assert () == known.incomplete
    assert () == partly.indexes
    assert partly.incomplete
