# ruff: noqa: E501 -- the sources under test are written one module a line
"""Projects whose models lean on installed libraries: bases, mixins, constants, types and whole tables of theirs."""

from __future__ import annotations

import pytest

from driftline.python.values import Unknown
from tests.models.reading import read

LIBRARY = {
    "lib/__init__.py": "",
    "lib/sizes.py": "NAME_SIZE = 64\nKINDS = ('a', 'b')\n",
    "lib/base.py": """
        from sqlalchemy import orm
        from sqlalchemy import Column, String
        from lib import sizes
        class Mine:
            __table_args__ = {"mysql_engine": "InnoDB"}
            @orm.declared_attr
            def __tablename__(cls):
                return cls.__name__.lower() + "s"
        class BASE(orm.DeclarativeBase, Mine):
            pass
        class HasName:
            name = Column(String(sizes.NAME_SIZE), index=True)
        """,
    "lib/attributes.py": """
        from sqlalchemy import Column, BigInteger
        from lib import base, types
        class Attribute(base.BASE):
            id = Column(BigInteger, primary_key=True)
            made = Column(types.Shortened)
        """,
    "lib/types.py": """
        import enum
        from sqlalchemy.types import TypeDecorator
        import sqlalchemy as sa
        class Shortened(TypeDecorator):
            impl = sa.DateTime
        class Level(enum.Enum):
            LOW = 1
            HIGH = 2
        class Stored(TypeDecorator):
            impl = sa.Text
            def __init__(self, size=None):
                super().__init__()
                if size:
                    self.impl = sa.Text().with_variant(sa.String(size), "postgresql")
        class Sized(TypeDecorator):
            impl = sa.String
            def __init__(self, length=10):
                super().__init__(length)
        class Spot(sa.types.UserDefinedType):
            def __init__(self, srid=1):
                self.srid = srid
            def get_col_spec(self, **kw):
                return f"SPOT({self.srid})"
        LONG = sa.Text().with_variant(sa.String(9), "postgresql")
        """,
}

MODELS = """
import sqlalchemy as sa
from lib import base, sizes
from lib import attributes as attr
from lib.types import Level, Shortened

class Thing(base.BASE, base.HasName):
    id = sa.Column(sa.Integer, primary_key=True)
    note = sa.Column(sa.String(sizes.NAME_SIZE * 2))
    kind = sa.Column(sa.Enum(*sizes.KINDS, name="kind"))
    level = sa.Column(sa.Enum(Level))
    seen = sa.Column(Shortened())
    attribute_id = sa.Column(sa.ForeignKey(attr.Attribute.id, ondelete="CASCADE"))
"""


@pytest.mark.parametrize(
    ("expression", "ddl"),
    [
        ("types.Stored", "TEXT"),
        ("types.Stored()", "TEXT"),
        ("types.Stored(20)", "VARCHAR(20)"),
        ("types.Stored(size=20)", "VARCHAR(20)"),
        ("types.Stored.impl", "TEXT"),
        ("types.Stored().impl", "TEXT"),
        ("types.Stored(size=20).impl", "VARCHAR(20)"),
        ("types.Sized", "VARCHAR(10)"),
        ("types.Sized(length=20)", "VARCHAR(20)"),
        ("types.Sized(20).impl", "VARCHAR(20)"),
        ("types.Sized(length=size()).impl", None),
        ("types.Sized(size=20)", None),
        ("types.Spot(srid=7)", "SPOT(7)"),
        ("types.LONG", "VARCHAR(9)"),
    ],
)
def test_a_librarys_type_gets_the_arguments_of_the_call(expression: str, ddl: str | None) -> None:
    """If a library's type makes its DDL of what it is called with, positional or by name, that is its DDL."""
    source = f"""
    import sqlalchemy as sa
    from lib import base, types
    from elsewhere import size
    class Thing(base.BASE):
        id = sa.Column(sa.Integer, primary_key=True)
        it = sa.Column({expression})
    """

    declared = read({"models.py": source}, _env("base.BASE.metadata"), packages=LIBRARY)

    made = declared.schema.tables["things"].columns[1].type
    assert ddl == (made.ddl if made.unknown is None else None)


def _env(target: str) -> str:
    return f"from alembic import context\nfrom lib import base\nimport models\ncontext.configure(target_metadata={target})\n"


def test_what_models_take_from_a_library_is_read() -> None:
    """If base, mixin, sizes, enums and types are a library's, the tables are as if the project had written them."""
    declared = read({"models.py": MODELS}, _env("base.BASE.metadata"), packages=LIBRARY)

    assert {"things", "attributes"} == set(declared.schema.tables)
    thing, attribute = declared.schema.tables["things"], declared.schema.tables["attributes"]
    assert {
        "name": "VARCHAR(64)",
        "id": "INTEGER",
        "note": "VARCHAR(128)",
        "kind": "kind",
        "level": "level",
        "seen": "TIMESTAMP WITHOUT TIME ZONE",
        "attribute_id": "BIGINT",
    } == {one.name: one.type.ddl for one in thing.columns}
    assert ["id", "made"] == [one.name for one in attribute.columns]
    assert [("attributes", ("id",), "CASCADE")] == [
        (one.referred_table, one.referred_columns, one.ondelete) for one in thing.foreign_keys
    ]
    assert {"kind": ("a", "b"), "level": ("LOW", "HIGH")} == {
        name: tuple(one.labels) for name, one in declared.schema.enums.items() if not isinstance(one.labels, Unknown)
    }
    assert () == declared.unknown


def test_without_the_library_what_it_has_is_unknown() -> None:
    """If the library is not installed, nobody knows the tables, and it is said so."""
    declared = read({"models.py": MODELS}, _env("base.BASE.metadata"))

    assert {} == declared.schema.tables
    assert declared.schema.incomplete
    assert declared.unknown


APPBUILDER = {
    "flask_appbuilder/__init__.py": "from .models.sqla import Model\n",
    "flask_appbuilder/security/sqla/models.py": """
        from flask_appbuilder import Model
        from sqlalchemy import Column, Integer, String, Table, ForeignKey
        members = Table("ab_members", Model.metadata, Column("user_id", Integer, ForeignKey("ab_user.id")))
        class User(Model):
            __tablename__ = "ab_user"
            id = Column(Integer, primary_key=True)
            name = Column(String(64))
        """,
}


def test_tables_of_flask_appbuilder_are_declared_where_they_are_imported() -> None:
    """If models import those of Flask-AppBuilder, its tables are on the same metadata; env.py names only the base."""
    files = {
        "app/__init__.py": "",
        "app/models.py": (
            "from flask_appbuilder import Model\nfrom flask_appbuilder.security.sqla.models import User\n"
            "from sqlalchemy import Column, Integer, ForeignKey\nclass Note(Model):\n    __tablename__ = 'notes'\n"
            "    id = Column(Integer, primary_key=True)\n    user_id = Column(ForeignKey(User.id))\n"
        ),
    }
    env = "from alembic import context\nfrom flask_appbuilder import Model\ncontext.configure(target_metadata=Model.metadata)\n"

    declared = read(files, env, packages=APPBUILDER)

    assert {"notes", "ab_user", "ab_members"} == set(declared.schema.tables)
    assert "INTEGER" == declared.schema.tables["notes"].columns[1].type.ddl


@pytest.mark.parametrize(
    "target",
    [
        "current_app.extensions['migrate'].db.metadata",
        "of(current_app.extensions['migrate'].db)",
        "current_app.extensions['migrate'].db.metadatas[None]",
        "current_app.extensions['sqlalchemy'].metadata",
    ],
)
def test_the_models_of_a_flask_application_are_found(target: str) -> None:
    """If env.py asks the application for its metadata, the models that its factory would import are read."""
    files = {
        "app/__init__.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        "app/models.py": (
            "from app import db\nfrom sqlalchemy.orm import declared_attr\nclass Indexed:\n    @declared_attr\n"
            "    def __table_args__(cls):\n        return (db.Index(f'{cls.__tablename__}_made', 'made'),)\n"
            "class TimedBelief(db.Model, Indexed):\n"
            "    id = db.Column(db.Integer, primary_key=True)\n    made = db.Column(db.DateTime)\n"
        ),
        "app/other.py": "import sqlalchemy as sa\nt = sa.Table('elsewhere', sa.MetaData(), sa.Column('a', sa.Text))\n",
    }
    env = (
        "from alembic import context\nfrom flask import current_app\n"
        "def of(db):\n    if hasattr(db, 'metadatas'):\n        return db.metadatas[None]\n    return db.metadata\n"
        f"context.configure(target_metadata={target})\n"
    )

    declared = read(files, env)

    assert ["timed_belief"] == list(declared.schema.tables)
    assert ["timed_belief_made"] == [one.name for one in declared.schema.tables["timed_belief"].indexes]


def test_the_models_that_a_flask_application_takes_from_libraries_are_read() -> None:
    """If a module of the application imports models of an installed library, whatever else it does, they are read."""
    files = {
        "app/__init__.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
        "app/models.py": "from app import db\nclass Note(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
        "app/routes.py": "from users.models_register import NewUser\nfrom others.models import Other\n",
    }
    packages = {
        "users/__init__.py": "",
        "users/models_register.py": (
            "from app import db\nclass NewUser(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n"
        ),
        "others/__init__.py": "",
        "others/models.py": (
            "from sqlalchemy import Column, Integer, orm\nBase = orm.declarative_base()\nclass Other(Base):\n"
            "    __tablename__ = 'others'\n    id = Column(Integer, primary_key=True)\n"
        ),
    }
    env = (
        "from alembic import context\nfrom flask import current_app\n"
        "context.configure(target_metadata=current_app.extensions['migrate'].db.metadata)\n"
    )

    declared = read(files, env, packages=packages)

    assert {"note", "new_user"} == set(declared.schema.tables)


SEARCH = """
    import sqlalchemy as sa
    from sqlalchemy import event
    from sqlalchemy_utils import TSVectorType
    def index(mapper, cls):
        for column in mapper.local_table.c:
            if isinstance(column.type, TSVectorType):
                add(column)
    def add(column):
        sa.Index("ix_" + column.name, column, postgresql_using="gin")
    def make_searchable(metadata, mapper=sa.orm.Mapper):
        event.listen(mapper, "instrument_class", {})
    """
SEARCHED = (
    "from sqlalchemy import Column, JSON, orm\nfrom sqlalchemy.ext.mutable import MutableDict\n"
    "from search import make_searchable\nfrom sqlalchemy_utils import TSVectorType, URLType\n"
    "Base = orm.declarative_base()\nmake_searchable(Base.metadata)\nclass Page(Base):\n    __tablename__ = 'pages'\n"
    "    url = Column(URLType, primary_key=True)\n    more = Column(MutableDict.as_mutable(JSON))\n"
    "    words = Column(TSVectorType('url'))\n"
)


def test_a_function_of_a_library_that_is_handed_a_metadata_is_run() -> None:
    """If a library is installed, what its function does with a MetaData is read; what is not followed is said."""
    declared = read({"models.py": SEARCHED}, packages={"search/__init__.py": SEARCH.format("index")})
    lost = read({"models.py": SEARCHED}, packages={"search/__init__.py": SEARCH.format("missing[cls]")})

    assert ["ix_words"] == [one.name for one in declared.schema.tables["pages"].indexes]
    assert () == declared.schema.incomplete == declared.unknown
    assert "`search.make_searchable` is not read, and is given a MetaData" in [
        one.reason for one in lost.schema.incomplete
    ]


def test_what_a_helper_would_do_to_tables_is_said_where_it_is_not_followed() -> None:
    """If a loop was not followed to its end, and calls a function of the module that makes indexes, it is said."""
    source = (
        "import sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
        "t = sa.Table('t', Base.metadata, sa.Column('a', sa.Integer))\ndef add(n):\n    by(n)\ndef by(n):\n"
        "    if n == 10**8:\n        sa.Index('ix', t.c.a)\nfor n in range(10**9):\n    {}(n)\n"
    )

    changing = read({"models.py": source.format("add")}).schema.incomplete
    other = read({"models.py": source.format("str")}).schema.incomplete

    assert [True] == ["could change tables" in one.reason for one in changing]
    assert () == other


def test_an_index_over_what_is_not_known_may_be_on_any_table() -> None:
    """If nobody can tell which table an index is on, tables may have more, and it is said where; one that is, is none."""
    source = (
        "import os\nimport sqlalchemy as sa\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\n"
        "class T(Base):\n    __tablename__ = 't'\n    a = sa.Column(sa.Integer, primary_key=True)\n"
        "    __table_args__ = (sa.Index('ix_known', {}),)\n{}\n"
    )

    lost = read({"models.py": source.format("'a'", "sa.Index('ix_t', os.environ['COLUMN'])")})
    placed = read({"models.py": source.format("os.environ['COLUMN']", "")})

    assert ["which table this `Index` is on is not known: 'COLUMN' is read from the environment"] == [
        one.reason for one in lost.schema.incomplete
    ]
    assert () == placed.schema.incomplete


def test_an_environment_behind_a_class_is_followed_past_what_goes_too_deep() -> None:
    """If env.py hands its context to a class of the project's, and makes what cannot be followed before, it is read."""
    files = {
        "app/__init__.py": "",
        "app/base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n",
        "app/users.py": (
            "from sqlalchemy.orm import Mapped, mapped_column\nfrom app.base import Base\nclass User(Base):\n"
            "    __tablename__ = 'users'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        ),
        "app/store.py": "def open_store(n=0):\n    return open_store(n + 1) if n >= 0 else None\n",
        "app/runner.py": (
            "from app.base import Base\nfrom app import users\nclass Runner:\n"
            "    def __init__(self, store, context, metadata=Base.metadata):\n"
            "        self.store, self.context, self.metadata = store, context, metadata\n"
            "    def run(self):\n        self.context.configure(target_metadata=self.metadata, compare_type=False)\n"
        ),
    }
    env = (
        "from typing import cast\nfrom alembic import context\nfrom app.runner import Runner\nfrom app.store import open_store\n"
        "def run_migrations():\n    store = open_store()\n    Runner(store, context=cast(object, context)).run()\nrun_migrations()\n"
    )

    declared = read(files, env)

    assert ["users"] == list(declared.schema.tables)
    assert False is declared.options.compare_type


def test_alembics_own_table_is_no_model() -> None:
    """If models declare Alembic's version table, under its own name or env.py's, it is left out as Alembic does."""
    models = (
        "import sqlalchemy as sa\nmetadata = sa.MetaData()\n"
        "for name in ('alembic_version', 'versions', 'notes'):\n    sa.Table(name, metadata, sa.Column('a', sa.Text))\n"
    )
    env = "from alembic import context\nimport models\ncontext.configure(target_metadata=models.metadata{})\n"

    plain = read({"models.py": models}, env.format(""))
    named = read({"models.py": models}, env.format(", version_table='versions'"))

    assert {"versions", "notes"} == set(plain.schema.tables)
    assert {"alembic_version", "notes"} == set(named.schema.tables)


def test_a_column_that_was_lost_is_not_absent() -> None:
    """If a column, or what a mixin makes for one, could not be read, the table has more than is known, and it is said so."""
    models = """
        from sqlalchemy import Column, Integer, String
        from sqlalchemy.orm import DeclarativeBase, declared_attr
        class Settings:
            pass
        class Base(DeclarativeBase):
            pass
        class Mixin:
            @declared_attr
            def other(cls):
                return Column(String(Settings.other))
        class Thing(Mixin, Base):
            __tablename__ = "things"
            id = Column(Integer, primary_key=True)
            name = Column(String(Settings.length))
        """

    declared = read({"models.py": models})

    thing = declared.schema.tables["things"]
    assert ["id"] == [one.name for one in thing.columns]
    assert 2 == len(thing.incomplete)
    assert {"name", "other"} <= {word for one in declared.unknown for word in one.reason.replace("`", " ").split()}


def test_what_a_library_hands_on_of_sqlalchemys_makes_tables() -> None:
    """If a library that bridges SQLAlchemy's versions hands on what makes columns and tables, these are SQLAlchemy's own."""
    bridge = {
        "compat/__init__.py": "",
        "compat/orm.py": """
            try:
                from sqlalchemy.orm import mapped_column
            except ImportError:
                def mapped_column(*args, **kwargs):
                    from sqlalchemy import Column
                    return Column(*args, **kwargs)
            from sqlalchemy import Table
            """,
    }
    models = """
        from compat.orm import Table, mapped_column
        from sqlalchemy import Column, ForeignKey, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped
        class Base(DeclarativeBase):
            pass
        class Thing(Base):
            __tablename__ = "things"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str] = mapped_column(String(9))
        Table("marks", Base.metadata, Column("thing_id", Integer, ForeignKey("things.id")))
        """

    declared = read({"models.py": models}, packages=bridge)

    assert ["marks", "things"] == sorted(declared.schema.tables)
    thing = declared.schema.tables["things"]
    assert ("id",) == thing.primary_key.columns
    assert {"id": "INTEGER", "name": "VARCHAR(9)"} == {one.name: one.type.ddl for one in thing.columns}
    assert () == declared.unknown


def test_what_a_library_makes_of_its_own_is_not_sqlalchemys() -> None:
    """If a library has a function of its own by the name of one of SQLAlchemy's, nobody knows what it makes."""
    own = {"compat/__init__.py": "", "compat/orm.py": "def mapped_column(*args, **kwargs):\n    return object()\n"}
    models = """
        from compat.orm import mapped_column
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column as column
        class Base(DeclarativeBase):
            pass
        class Thing(Base):
            __tablename__ = "things"
            id: Mapped[int] = column(primary_key=True)
            name: Mapped[str] = mapped_column()
        """

    declared = read({"models.py": models}, packages=own)

    thing = declared.schema.tables["things"]
    assert ["id"] == [one.name for one in thing.columns]
    assert thing.incomplete
