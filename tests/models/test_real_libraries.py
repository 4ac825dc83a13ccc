# ruff: noqa: E501 -- the sources under test are written in one line a column
"""Models that lean on libraries, run with the real library and read with its sources at hand: both declare the same.

A library that is not installed here is skipped, and named at the end of the run.
"""

from __future__ import annotations

import importlib
import sys
import sysconfig
import textwrap
import types
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from driftline.models.reader import ModelSettings
from tests.models.describing import describe_metadata, describe_schema
from tests.models.reading import read

SOURCES: dict[str, tuple[str, str, tuple[str, ...], str]] = {
    "sqlmodel forms": (
        "sqlmodel",
        "SQLModel.metadata",
        ("postgresql", "sqlite", "mysql"),
        """
        import uuid, enum
        from datetime import datetime, date, time, timedelta, timezone
        from decimal import Decimal
        from typing import Optional, List, Literal, Any, Annotated
        from pydantic import EmailStr, condecimal, constr, AnyUrl, HttpUrl
        from sqlmodel import SQLModel, Field, Relationship, Column, JSON, String, UniqueConstraint, Index, CheckConstraint, ForeignKey, DateTime, func, Enum as SAEnum, AutoString
        import sqlalchemy as sa
        SQLModel.metadata.clear()
        class Kind(str, enum.Enum):
            A = "a"
            B = "b"
        class BaseThing(SQLModel):
            name: str = Field(index=True, max_length=50)
            nick: Optional[str] = None
            note: str | None = Field(default=None, sa_type=AutoString(length=20))
        class Thing(BaseThing, table=True):
            id: int | None = Field(default=None, primary_key=True)
            uid: uuid.UUID = Field(default_factory=uuid.uuid4, unique=True)
            kind: Kind = Kind.A
            kind2: Optional[Kind] = Field(default=None, sa_column=Column(SAEnum(Kind, name="kk", values_callable=lambda e: [x.value for x in e])))
            price: Decimal = Field(max_digits=5, decimal_places=2)
            p2: Decimal = Field(default=0)
            p3: Annotated[Decimal, Field(max_digits=7, decimal_places=1)]
            data: dict = Field(default_factory=dict, sa_column=Column(JSON))
            tags: list[str] = Field(default=[], sa_type=JSON)
            when: datetime = Field(default_factory=datetime.utcnow, sa_column_kwargs={"server_default": func.now(), "nullable": True, "comment": "c"})
            d: date
            t: time | None
            td: timedelta
            b: bytes = b""
            f: float = 0.0
            flag: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
            small: int = Field(sa_type=sa.SmallInteger, ge=0)
            ref: Optional[int] = Field(default=None, foreign_key="other.id", ondelete="SET NULL")
            ref2: int = Field(sa_column_args=[ForeignKey("other.id", name="fk_r2")], nullable=True)
            __table_args__ = (UniqueConstraint("name", "nick"), Index("ix_two", "name", "uid"))
        class Other(SQLModel, table=True):
            __tablename__ = "other"
            id: int = Field(primary_key=True, sa_type=sa.BigInteger)
            x: Annotated[str, Field(max_length=9, unique=True)]
            y: Annotated[str | None, Field(index=True)] = None
            z: Annotated[str, "nothing"] = Field(max_length=8)
            things: List["Thing"] = Relationship()
        """,
    ),
    "sqlmodel inheritance": (
        "sqlmodel",
        "SQLModel.metadata",
        ("postgresql", "sqlite"),
        """
        from sqlmodel import SQLModel, Field, Column
        from sqlalchemy import DateTime, func, BigInteger
        from sqlalchemy.orm import declared_attr
        from datetime import datetime
        from typing import Optional
        SQLModel.metadata.clear()
        class IdMixin(SQLModel):
            id: int | None = Field(default=None, primary_key=True)
        class TimeMixin(SQLModel):
            created: datetime = Field(default_factory=datetime.now, sa_type=DateTime(timezone=True), nullable=False)
            updated: Optional[datetime] = Field(default=None, sa_type=DateTime(timezone=True), sa_column_kwargs={"onupdate": func.now()})
        class HeroBase(SQLModel):
            name: str = Field(index=True)
            age: int | None = Field(default=None, index=True)
        class Hero(HeroBase, IdMixin, TimeMixin, table=True):
            secret: str
        class HeroTeamLink(SQLModel, table=True):
            hero_id: int | None = Field(default=None, foreign_key="hero.id", primary_key=True)
            team_id: int | None = Field(default=None, foreign_key="the_team.id", primary_key=True)
        class Named(SQLModel):
            @declared_attr.directive
            def __tablename__(cls) -> str:
                return "the_" + cls.__name__.lower()
        class Team(Named, IdMixin, table=True):
            name: str = Field(default="x", unique=True, nullable=True)
        class HeroPublic(HeroBase):
            id: int
        class Team2(HeroBase, table=True):
            __tablename__ = "t2"
            name: str = Field(primary_key=True, max_length=4)
            age: int = 5
        """,
    ),
    "sqlmodel own metadata and registry": (
        "sqlmodel",
        "Base.metadata",
        ("postgresql", "sqlite"),
        """
        from sqlmodel import SQLModel, Field
        from sqlalchemy import MetaData
        from sqlalchemy.orm import registry
        NC = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}
        class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NC, schema="sm"))):
            pass
        class A(Base, table=True):
            id: int = Field(primary_key=True)
            b: str = Field(unique=True)
            c: str = Field(index=True)
        class B(Base, table=True):
            id: int = Field(primary_key=True)
            a: int = Field(foreign_key="sm.a.id")
        """,
    ),
    "sqlmodel single table": (
        "sqlmodel",
        "SQLModel.metadata",
        ("postgresql", "sqlite"),
        """
        from sqlmodel import SQLModel, Field
        from typing import Optional
        import datetime as dt
        SQLModel.metadata.clear()
        SQLModel.metadata.naming_convention = {"pk": "pk_%(table_name)s"}
        class Veh(SQLModel, table=True):
            id: Optional[int] = Field(default=None, primary_key=True)
            kind: str
            when: dt.datetime
            __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "veh"}
        class Person(SQLModel, table=True):
            __tablename__ = "person"
            __table_args__ = {"schema": "hr", "comment": "people"}
            id: Optional[int] = Field(default=None, primary_key=True)
            boss: Optional[int] = Field(default=None, foreign_key="hr.person.id")
            class Config:
                arbitrary_types_allowed = True
        """,
    ),
    "flask-sqlalchemy's names and binds": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql", "sqlite"),
        """
        from flask_sqlalchemy import SQLAlchemy
        from sqlalchemy import MetaData
        from datetime import datetime
        db = SQLAlchemy(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"}))
        class HTTPRequest(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        class UserAccount2(db.Model):
            id = db.Column(db.BigInteger, primary_key=True)
            a = db.Column(db.String(5), index=True, server_default=db.text("'x'"))
            r = db.Column(db.Integer, db.ForeignKey("http_request.id", ondelete="CASCADE"))
            e = db.Column(db.Enum("a", "b", name="ee"))
            __table_args__ = (db.UniqueConstraint("a", "r"), db.Index("ixx", "r", "a"), db.CheckConstraint("r > 1", name="c"))
        class CamelCase(UserAccount2):
            id = db.Column(db.ForeignKey("user_account2.id"), primary_key=True)
        class Single(UserAccount2):
            extra = db.Column(db.Text)
        class AbstractOne(db.Model):
            __abstract__ = True
            id = db.Column(db.Integer, primary_key=True)
            made = db.Column(db.DateTime, default=datetime.utcnow, nullable=False)
        class ConcreteOne(AbstractOne): pass
        class JoinedX(db.Model):
            __table__ = db.Table("joined_xx", db.metadata if False else db.metadata, db.Column("id", db.Integer, primary_key=True)) if False else db.Table("joined_xx", db.Column("id", db.Integer, primary_key=True))
        assoc = db.Table("assoc", db.Column("l", db.ForeignKey("http_request.id"), primary_key=True), db.Column("r", db.ForeignKey(UserAccount2.id), primary_key=True), schema="zz")
        class Mixin:
            @db.declared_attr
            def owner(cls):
                return db.Column(db.ForeignKey("http_request.id"))
        class A_B(Mixin, db.Model):
            id = db.Column(db.Integer, primary_key=True)
        class ABCThing1Two(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        class bound(db.Model):
            __bind_key__ = "o"
            id = db.Column(db.Integer, primary_key=True)
        obound = db.Table("obound", db.Column("id", db.Integer, primary_key=True), bind_key="o")
        """,
    ),
    "indexes of flask-sqlalchemy outside of a class": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql",),
        """
        from flask_sqlalchemy import SQLAlchemy
        db = SQLAlchemy()
        class Note(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(20))
            made = db.Column(db.DateTime)
        db.Index("ix_title", Note.title, Note.made)
        for column in list(Note.__table__.c):
            if isinstance(column.type, db.DateTime):
                db.Index(f"ix_{column.name}", Note.__table__.c[column.name], unique=True)
        """,
    ),
    "flask-sqlalchemy with a base": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql", "sqlite"),
        """
        from flask_sqlalchemy import SQLAlchemy
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, declared_attr, MappedAsDataclass
        from sqlalchemy import String, MetaData
        class Base(DeclarativeBase):
            metadata = MetaData(schema="f")
            @declared_attr
            def cid(cls) -> Mapped[int]:
                return mapped_column(primary_key=True)
        db = SQLAlchemy(model_class=Base)
        class FooBar(db.Model):
            x: Mapped[str]
        class Baz(FooBar):
            __tablename__ = "bazzz"
            cid: Mapped[int] = mapped_column(db.ForeignKey(FooBar.cid), primary_key=True)
            y: Mapped[str | None]
        """,
    ),
    "flask-sqlalchemy with a model class": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql", "sqlite"),
        """
        from flask_sqlalchemy import SQLAlchemy
        from flask_sqlalchemy.model import Model, DefaultMeta
        import sqlalchemy as sa
        from sqlalchemy.orm import declared_attr, has_inherited_table, declarative_base
        class IdModel(Model):
            @declared_attr
            def id(cls):
                for base in cls.__mro__[1:-1]:
                    if getattr(base, "__table__", None) is not None:
                        return sa.Column(sa.ForeignKey(base.id), primary_key=True)
                return sa.Column(sa.Integer, primary_key=True)
        db = SQLAlchemy(model_class=IdModel)
        class User(db.Model):
            name = db.Column(db.String(4))
        class Employee(User):
            title = db.Column(db.String(3))
        """,
    ),
    "flask-sqlalchemy with a metaclass": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql", "sqlite"),
        """
        from flask_sqlalchemy import SQLAlchemy
        from flask_sqlalchemy.model import Model, DefaultMeta
        from sqlalchemy.orm import declarative_base
        class Meta(DefaultMeta):
            def __init__(cls, name, bases, d, **kw):
                if "__tablename__" not in d and not d.get("__abstract__") and "id" in d:
                    cls.__tablename__ = "cm_" + name.lower()
                super().__init__(name, bases, d, **kw)
        db = SQLAlchemy(model_class=declarative_base(cls=Model, metaclass=Meta, name="Model"))
        class User(db.Model):
            id = db.Column(db.Integer, primary_key=True)
        """,
    ),
    "flask-sqlalchemy with names of one's own": (
        "flask_sqlalchemy",
        "db.metadata",
        ("postgresql", "sqlite"),
        """
        from flask_sqlalchemy import SQLAlchemy as _SA
        import sqlalchemy as sa
        class SQLAlchemy(_SA):
            def helper(self): return 1
        convention = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
        db = SQLAlchemy(metadata=sa.MetaData(naming_convention=convention, schema=None))
        Model, Column = db.Model, db.Column
        def reference_col(tablename, nullable=False, pk_name="id", **kwargs):
            return Column(db.ForeignKey(f"{tablename}.{pk_name}"), nullable=nullable, **kwargs)
        class CRUDMixin:
            @classmethod
            def create(cls, **kw): return cls(**kw)
        class PkModel(CRUDMixin, Model):
            __abstract__ = True
            id = Column(db.Integer, primary_key=True)
        class Role(PkModel):
            __tablename__ = "roles"
            name = Column(db.String(80), unique=True, nullable=False)
            user_id = reference_col("users", nullable=True)
        class User(PkModel):
            __tablename__ = "users"
            active = Column(db.Boolean(), default=False)
        """,
    ),
    "sqlalchemy-utils": (
        "sqlalchemy_utils",
        "Base.metadata",
        ("postgresql", "sqlite", "mysql"),
        """
        import enum
        from typing import Any
        import sqlalchemy as sa
        from sqlalchemy import Column, Index, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        import sqlalchemy_utils as su
        from sqlalchemy_utils import (ArrowType, ChoiceType, ColorType, CountryType, CurrencyType, EmailType, IPAddressType, JSONType, LocaleType, LtreeType, PasswordType, PhoneNumberType, ScalarListType, TimezoneType, TSVectorType, URLType, UUIDType, WeekDaysType, EncryptedType, StringEncryptedType, Timestamp)
        from sqlalchemy_utils.types import DateTimeRangeType, IntRangeType, NumericRangeType, DateRangeType
        from sqlalchemy_utils.types.choice import Choice
        class Base(DeclarativeBase): pass
        class Col(enum.Enum):
            A = 1
            B = 2
        class A(Timestamp, Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            c1 = Column(ChoiceType([("a", "A"), ("b", "B")]))
            c2 = Column(ChoiceType(Col, impl=Integer()))
            c3 = Column(ChoiceType([("a", "A")], impl=String(3)))
            em = Column(EmailType)
            em2 = Column(EmailType(100))
            ip = Column(IPAddressType)
            js = Column(JSONType)
            us = Column(UUIDType)
            us2 = Column(UUIDType(binary=False))
            us3 = Column(UUIDType(native=False))
            url = Column(URLType)
            sl = Column(ScalarListType)
            sl2 = Column(ScalarListType(int))
        """,
    ),
    "sqlalchemy-utils on PostgreSQL": (
        "sqlalchemy_utils",
        "Base.metadata",
        ("postgresql",),
        """
        import enum
        from typing import Any
        import sqlalchemy as sa
        from sqlalchemy import Column, Index, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        import sqlalchemy_utils as su
        class Base(DeclarativeBase): pass
        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            lt = Column(su.LtreeType)
            ts = Column(su.TSVectorType("lt"))
            ts2 = Column(su.TSVectorType("lt", regconfig="pg_catalog.simple"))
        """,
    ),
    "pgvector": (
        "pgvector.sqlalchemy",
        "Base.metadata",
        ("postgresql",),
        """
        import enum
        from typing import Any
        import sqlalchemy as sa
        from sqlalchemy import Column, Index, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        from pgvector.sqlalchemy import Vector, HALFVEC, SPARSEVEC, BIT, VECTOR
        class Base(DeclarativeBase): pass
        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            a = Column(Vector(3))
            b = Column(Vector)
            c = Column(HALFVEC(4))
            d = Column(SPARSEVEC(5))
            e = Column(BIT(6))
            f: Mapped[Any] = mapped_column(VECTOR(1536), nullable=True)
            g = Column(Vector(dim=8))
            __table_args__ = (Index("ixv", "a", postgresql_using="hnsw", postgresql_with={"m": 16}, postgresql_ops={"a": "vector_l2_ops"}),)
        """,
    ),
    "geoalchemy": (
        "geoalchemy2",
        "Base.metadata",
        ("postgresql",),
        """
        import enum
        from typing import Any
        import sqlalchemy as sa
        from sqlalchemy import Column, Index, Integer, String
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        from geoalchemy2 import Geometry, Geography, Raster
        class Base(DeclarativeBase): pass
        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            a = Column(Geometry("POINT", spatial_index=False))
            b = Column(Geometry(geometry_type="POLYGON", srid=4326, spatial_index=False))
            c = Column(Geography("POINT", srid=4326, spatial_index=False))
            d = Column(Geometry(spatial_index=False))
            e = Column(Raster(spatial_index=False))
            f = Column(Geometry("LINESTRINGZ", dimension=3, spatial_index=False))
            h = Column(Geometry("POINT", srid=4326, spatial_index=False), nullable=False)
        """,
    ),
    "geoalchemy's own indexes": (
        "geoalchemy2",
        "Base.metadata",
        ("postgresql",),
        """
        import sqlalchemy as sa
        from sqlalchemy import Column, Integer, Table
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
        from geoalchemy2 import Geometry, Geography, Raster
        class Base(DeclarativeBase):
            metadata = sa.MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})
        class Point(sa.types.TypeDecorator):
            impl = Geometry("POINT", srid=4326)
            cache_ok = True
        class A(Base):
            __tablename__ = "a"
            id: Mapped[int] = mapped_column(primary_key=True)
            a = Column(Geometry("POINT"), index=True)
            b = Column("named_b", Geometry(geometry_type="POLYGON", srid=4326))
            c = Column(Geography("POINT", 4326, 2, False))
            d = Column(Geometry(use_N_D_index=True))
            e = Column(Raster)
            f = Column(Raster(False))
            g = Column(Geography)
            h = Column(Point)
        t = Table("t", Base.metadata, Column("id", Integer, primary_key=True), Column("g", Geometry("LINESTRING"), key="way"), schema="s")
        """,
    ),
}
"""By name: the library, what the MetaData is called, the dialects, and the module."""

CASES = [(name, dialect) for name, (_, _, dialects, _) in SOURCES.items() for dialect in dialects]


def _metadata(source: str, name: str) -> sa.MetaData:
    module = types.ModuleType("models")
    sys.modules["models"] = module
    try:
        exec(compile(source, "models.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 -- the test's own source
    finally:
        del sys.modules["models"]
    found = eval(name, module.__dict__)  # noqa: S307 -- the test's own source
    assert isinstance(found, sa.MetaData)
    return found


@contextmanager
def _as_it_was_imported() -> Iterator[None]:
    """Take back the convention that a module sets on SQLModel's one MetaData, which all of this process share."""
    library = sys.modules.get("sqlmodel")
    convention = None if library is None else library.SQLModel.metadata.naming_convention
    try:
        yield
    finally:
        if library is not None:
            library.SQLModel.metadata.naming_convention = convention


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_models_are_read_as_the_real_library_makes_them(name: str, dialect: str) -> None:
    """If a library turns a module into tables, reading the module gives the same tables."""
    library, metadata, _, text = SOURCES[name]
    try:
        importlib.import_module(library)
    except ImportError:
        pytest.skip(f"{library.partition('.')[0]} is not installed: what it makes of these models was not compared")
    source = textwrap.dedent(text)
    with _as_it_was_imported():
        expected = describe_metadata(_metadata(source, metadata), dialect)

    env = f"from alembic import context\nimport models\ncontext.configure(target_metadata=models.{metadata})\n"
    declared = read({"models.py": source}, env, ModelSettings(dialect), installed=sysconfig.get_paths()["purelib"])

    assert expected == describe_schema(declared.schema)
    assert () == declared.schema.incomplete
