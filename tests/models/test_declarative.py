# ruff: noqa: E501 -- the sources under test are written in one line a column
"""Mapped classes are read as SQLAlchemy maps them.

The same module, once executed for real and once read, declares the same tables.
"""

from __future__ import annotations

import sys
import textwrap
import types

import pytest

from driftline.models.reader import ModelSettings
from tests.models.describing import describe_metadata, describe_schema
from tests.models.reading import read

BASE = """
    from __future__ import annotations
    import enum
    import uuid
    from datetime import date, datetime, time, timedelta
    from decimal import Decimal
    from typing import Annotated, Any, ClassVar, List, Literal, NewType, Optional, Union
    import sqlalchemy as sa
    from sqlalchemy import (BigInteger, CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, MetaData, String, Table, Text,
                            UniqueConstraint, func, text)
    from sqlalchemy import orm
    from sqlalchemy.dialects import mysql, postgresql
    from sqlalchemy.orm import (DeclarativeBase, DeclarativeMeta, Mapped, MappedAsDataclass, column_property, composite, declarative_base, declarative_mixin,
                                declared_attr, deferred, mapped_column, registry, relationship, synonym, validates)
"""
CONVENTION = """
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={
            "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_label)s", "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"})
"""
PLAIN = """
    class Base(DeclarativeBase):
        pass
"""

SOURCES = {
    "columns that are copied": CONVENTION
    + """
    COMMON = [Column("created", Integer, nullable=False), Column("note", String(9), ForeignKey("a.name"), index=True)]
    LIMIT = CheckConstraint("id > 0", name="positive")

    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(9), unique=True)
        __table_args__ = (LIMIT._copy(),)

    B = Table("b", Base.metadata, Column("id", Integer, primary_key=True), *[one._copy() for one in COMMON], LIMIT._copy())
    C = Table("c", Base.metadata, *(one._copy() for one in COMMON), Column("id", Integer, primary_key=True))
    """,
    "annotations": PLAIN
    + """
    class Colour(enum.Enum):
        RED = "r"
        GREEN = "g"
        ALSO_RED = "r"

    class Size(str, enum.Enum):
        SMALL = "small"
        LARGE = "large"

    UserId = NewType("UserId", int)

    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[str]
        b: Mapped[Optional[str]]
        c: Mapped[str | None]
        d: Mapped[Union[int, None]]
        e: Mapped["Optional[bool]"]
        f: Mapped[float]
        g: Mapped[Decimal]
        h: Mapped[datetime]
        i: Mapped[date]
        j: Mapped[time]
        k: Mapped[timedelta]
        l: Mapped[bytes]
        m: Mapped[uuid.UUID]
        n: Mapped[Colour]
        o: Mapped[Optional[Size]]
        p: Mapped[Literal["x", "yy"]]
        q: Mapped[Optional[Literal["x", "yy"]]] = mapped_column(index=True)
        r: Mapped[str] = mapped_column(String(30))
        s: Mapped[str] = mapped_column(Text, nullable=True)
        t: Mapped[Optional[str]] = mapped_column(nullable=False)
        u: Mapped[str] = mapped_column("you", unique=True)
        v: ClassVar[int] = 5
        w = mapped_column(Integer)
        x: Mapped[Colour] = mapped_column(sa.Enum(Colour, name="hue"))
        z: Mapped[dict] = mapped_column(sa.JSON, server_default=text("'{}'"))
    """,
    "a type map": """
    UserId = NewType("UserId", int)
    str50 = Annotated[str, 50]
    class Colour(enum.Enum):
        RED = "r"
        GREEN = "g"
    class Other(enum.Enum):
        A = "a"
    class Base(DeclarativeBase):
        type_annotation_map = {
            str: String(99), datetime: sa.DateTime(timezone=True), str50: String(50), dict[str, Any]: sa.JSON, UserId: sa.BigInteger,
            list[str]: postgresql.JSONB, enum.Enum: sa.Enum(enum.Enum, native_enum=False, length=30), Other: sa.Enum(Other, name="others"),
        }
    class Item(Base):
        __tablename__ = "items"
        id: Mapped[UserId] = mapped_column(primary_key=True)
        a: Mapped[str]
        b: Mapped[str50]
        c: Mapped[Optional[str50]]
        d: Mapped[datetime]
        e: Mapped[dict[str, Any]]
        f: Mapped[list[str]]
        g: Mapped[Colour]
        h: Mapped[Other]
        i: Mapped[Literal["u", "v"]]
        j: Mapped[Optional[datetime]]
    """,
    "enums by an entry of what they inherit from": """
    class Text1(enum.StrEnum):
        A_NAME = "a-value"
    class Number(enum.IntEnum):
        ONE = 1
    class Kinds(enum.Enum):
        @property
        def shown(self):
            return self.name.title()
    class Kind(Kinds):
        SOME = "some"
    class Short(str):
        pass
    class Mixed(str, enum.Enum):
        LEFT = "left side"
    class Own(enum.Enum):
        X = "x x"
    class Other(enum.Enum):
        Y = "y y"
    Named = NewType("Named", str)
    class Base(DeclarativeBase):
        type_annotation_map = {
            enum.Enum: sa.Enum(enum.Enum, values_callable=lambda x: [str(e.value) for e in x]),
            Kinds: sa.Enum(Kinds, native_enum=False, length=40),
            Own: sa.Enum("one", "two", name="own_name"),
            Other: sa.Enum(enum.Enum, name="other_name"),
            Named: String(21),
            str: String(20),
            Short: String(5),
        }
    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[Text1]
        b: Mapped[Number]
        c: Mapped[Kind]
        d: Mapped[Mixed]
        e: Mapped[Own]
        f: Mapped[Other]
        g: Mapped[Named]
        h: Mapped[str]
        i: Mapped[Short]
        j: Mapped[Literal["u", "v"]]
        k: Mapped[Optional[Text1]]
    """,
    "standard enums without an entry": PLAIN
    + """
    class Text1(enum.StrEnum):
        A_NAME = "a-value"
    class Flags(enum.IntFlag):
        ONE = 1
    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[Text1]
        b: Mapped[Flags]
    """,
    "the nearest entry of an enum's ancestors": """
    class Text1(enum.StrEnum):
        A = "a-value"
    class Number(enum.IntEnum):
        ONE = 1
    class Base(DeclarativeBase):
        type_annotation_map = {
            enum.Enum: sa.Enum(enum.Enum, native_enum=False),
            enum.StrEnum: sa.Enum(enum.Enum, values_callable=lambda x: [e.value for e in x]),
            Literal: sa.Enum(enum.Enum, length=30),
        }
    class Item(Base):
        __tablename__ = "items"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[Text1]
        b: Mapped[Number]
        c: Mapped[Literal["u", "v"]]
    """,
    "tables of mapped classes": PLAIN
    + """
    class Link(Base):
        __tablename__ = "links"
        a_id: Mapped[int] = mapped_column(ForeignKey("a.id"), primary_key=True)
        b_id: Mapped[int] = mapped_column(ForeignKey("b.id"), primary_key=True)
    class A(Base):
        __tablename__ = "a"
        __table_args__ = {"schema": None}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        bs = relationship("B", secondary=Link.__table__)
        links = Link.__table__.c
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a = relationship("A", secondary=Link.__table__, overlaps="bs")
    class Also(Base):
        __table__ = Link.__table__
    Index("ix_l", Link.__table__.c.b_id)
    Index("ix_l2", A.__table__.c["name"], A.__table__.columns.id, unique=True)
    Link.__table__.append_constraint(Index("ix_appended", Link.a_id))
    for one in (A, B):
        Index(f"ix_{one.__table__.name}_{one.__table__.key}_{one.__table__.schema}", one.__table__.c.id)
    for column in A.__table__.columns:
        Index(f"ix_of_{column.name}", column)
    """,
    "annotated columns": CONVENTION
    + """
    intpk = Annotated[int, mapped_column(primary_key=True)]
    created = Annotated[datetime, mapped_column(sa.DateTime(timezone=True), server_default=func.now(), nullable=False)]
    name50 = Annotated[str, mapped_column(String(50), index=True)]
    user_fk = Annotated[int, mapped_column(ForeignKey("users.id", ondelete="CASCADE"))]
    optional_text = Annotated[Optional[str], mapped_column(Text)]
    class User(Base):
        __tablename__ = "users"
        id: Mapped[intpk]
        name: Mapped[name50]
        nick: Mapped[Optional[name50]] = mapped_column(unique=True)
        created: Mapped[created]
        note: Mapped[optional_text]
    class Post(Base):
        __tablename__ = "posts"
        id: Mapped[intpk]
        author: Mapped[user_fk]
        editor: Mapped[Optional[user_fk]] = mapped_column("editor_id")
    """,
    "the 1.x style": """
    Base = declarative_base(metadata=MetaData(schema="app"))
    class Parent(Base):
        __tablename__ = "parents"
        id = Column(Integer, primary_key=True)
        name = Column("full_name", String(20), nullable=False)
        kids = relationship("Child", back_populates="parent")
        hidden = deferred(Column(Text))
        twice = column_property(Column(Integer, nullable=False), doc="x")
    class Child(Base):
        __tablename__ = "children"
        __table_args__ = (UniqueConstraint("parent_id", "name"), {"comment": "kids"})
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("app.parents.id"), index=True)
        name = Column(String(20))
        parent = relationship(Parent, back_populates="kids")
        parents_name = synonym("name")
    """,
    "mixins": CONVENTION
    + """
    class TimestampMixin:
        created_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=10)
        updated_at: Mapped[Optional[datetime]]
        plain = Column(Integer, index=True)

    class OwnedMixin:
        @declared_attr
        def owner_id(cls) -> Mapped[int]:
            return mapped_column(ForeignKey("users.id"), index=True)

        @declared_attr
        def owner(cls):
            return relationship("User")

    class NameMixin:
        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower() + "s"

    class ArgsMixin:
        __table_args__ = ({"comment": "shared"},)

    class DeclaredArgsMixin:
        @declared_attr.directive
        def __table_args__(cls):
            return (Index(f"ix_{cls.__tablename__}_both", "id", "plain"), UniqueConstraint(cls.plain, name=f"uq_{cls.__name__}"))

    class User(TimestampMixin, Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Note(NameMixin, OwnedMixin, TimestampMixin, ArgsMixin, Base):
        id: Mapped[int] = mapped_column(primary_key=True)

    class Card(OwnedMixin, TimestampMixin, DeclaredArgsMixin, NameMixin, Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        updated_at: Mapped[date]
    """,
    "abstract bases": CONVENTION
    + """
    class Record(Base):
        __abstract__ = True
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
        note: Mapped[str | None]
        @declared_attr.directive
        def __tablename__(cls):
            return cls.__name__.lower()
    class Audited(Record):
        __abstract__ = True
        by: Mapped[str]
    class Thing(Audited):
        size: Mapped[int]
    class Other(Record):
        __tablename__ = "others"
        ref: Mapped[uuid.UUID] = mapped_column(ForeignKey("thing.id"))
    """,
    "table arguments": CONVENTION
    + """
    class A(Base):
        __tablename__ = "a"
        __table_args__ = {"schema": "s", "comment": "the a"}
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str] = mapped_column(index=True)
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        a_id: Mapped[int] = mapped_column()
        kind: Mapped[str] = mapped_column()
        __table_args__ = (
            sa.ForeignKeyConstraint(["a_id"], ["s.a.id"], ondelete="CASCADE"),
            CheckConstraint("kind in ('x', 'y')", name="valid_kind"),
            CheckConstraint(kind != "", name="not_empty"),
            Index("ix_b_lower", func.lower(kind)),
            Index("ix_b_kind_desc", kind.desc()),
            Index(None, "a_id", "kind", unique=True, postgresql_where=text("kind = 'x'")),
            Index("ix_b_partial", "kind", postgresql_where=(a_id > 5), sqlite_where=(a_id > 5)),
            UniqueConstraint("kind"),
            UniqueConstraint(a_id, kind, name="uq_named"),
        )
    class C(Base):
        __tablename__ = "c"
        a = Column(Integer)
        b = Column(Integer)
        __table_args__ = (sa.PrimaryKeyConstraint("b", "a"), {"schema": "s"})
    """,
    "inheritance": CONVENTION
    + """
    class Person(Base):
        __tablename__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
    class Engineer(Person):
        __tablename__ = "engineers"
        id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
        language: Mapped[str]
        __mapper_args__ = {"polymorphic_identity": "engineer"}
    class Manager(Person):
        budget: Mapped[Optional[int]]
        level: Mapped[Optional[str]] = mapped_column(String(5), index=True, use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "manager"}
    class Director(Person):
        level: Mapped[Optional[str]] = mapped_column(String(5), index=True, use_existing_column=True)
        __mapper_args__ = {"polymorphic_identity": "director"}
    """,
    "mixins and inheritance": CONVENTION
    + """
    class Stamped:
        created: Mapped[datetime] = mapped_column(server_default=func.now())
        @declared_attr
        def by(cls) -> Mapped[Optional[str]]:
            return mapped_column(String(10))
    class HasId:
        @declared_attr.cascading
        def id(cls):
            for base in cls.__mro__[1:-1]:
                if getattr(base, "__table__", None) is not None:
                    return Column(ForeignKey("parent.id"), primary_key=True)
            return Column(Integer, primary_key=True)
    class Parent(HasId, Stamped, Base):
        __tablename__ = "parent"
        kind: Mapped[str] = mapped_column()
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "p"}
    class Child(Parent):
        __tablename__ = "child"
        own: Mapped[int]
        __mapper_args__ = {"polymorphic_identity": "c"}
    """,
    "inherited tables": PLAIN
    + """
    class HasId:
        @declared_attr.cascading
        def id(cls):
            if orm.has_inherited_table(cls):
                return mapped_column(ForeignKey("parent.id"), primary_key=True)
            return mapped_column(Integer, primary_key=True)
    class Parent(HasId, Base):
        __tablename__ = "parent"
    class Child(Parent):
        __tablename__ = "child"
    """,
    "concrete inheritance": PLAIN
    + """
    from sqlalchemy.ext.declarative import AbstractConcreteBase, ConcreteBase
    class Employee(AbstractConcreteBase, Base):
        strict_attrs = True
        name = mapped_column(String(50))
    class Manager(Employee):
        __tablename__ = "manager"
        id = mapped_column(Integer, primary_key=True)
        name = mapped_column(String(50))
        __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}
    class Shape(ConcreteBase, Base):
        __tablename__ = "shape"
        id = mapped_column(Integer, primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "shape", "concrete": True}
    class Circle(Shape):
        __tablename__ = "circle"
        id = mapped_column(Integer, primary_key=True)
        radius = mapped_column(sa.Float)
        __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}
    Base.registry.configure()
    """,
    "imperative mapping": """
    class Base:
        registry = registry(metadata=MetaData())
        metadata = registry.metadata
    users = Table("users", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(9), index=True))
    class User:
        pass
    Base.registry.map_imperatively(User, users, properties={"label": users.c.name})
    tags = Table("tags", Base.metadata, Column("user_id", ForeignKey("users.id", ondelete="CASCADE")))
    Index("ix_tags", tags.c.user_id, unique=True)
    """,
    "tokens over all columns": """
    def short(constraint, table):
        return table.name[:2] + str(len(constraint.columns))
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={
            "short": short, "uq": "uq_%(short)s_%(column_0_N_name)s", "ix": "ix_%(column_0N_label)s",
            "fk": "fk_%(column_0_N_key)s_%(referred_table_name)s_%(referred_column_0_N_name)s"})
    class Parent(Base):
        __tablename__ = "parent"
        a: Mapped[int] = mapped_column(primary_key=True)
        b: Mapped[int] = mapped_column(primary_key=True)
    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int]
        y: Mapped[int] = mapped_column(key="why")
        __table_args__ = (
            UniqueConstraint("x", "why"), Index(None, "why", "x"), sa.ForeignKeyConstraint(["x", "why"], ["parent.a", "parent.b"]))
    """,
    "classes made by calls": PLAIN
    + """
    class HasName:
        name: Mapped[str] = mapped_column(String(20), unique=True)
    def make(name):
        return type(name.title(), (HasName, Base), {"__tablename__": name, "id": mapped_column(Integer, primary_key=True)})
    models = {name: make(name) for name in ("first", "second")}
    models["first"].more = mapped_column(Text)
    """,
    "core tables": CONVENTION
    + """
    association = Table("association", Base.metadata,
        Column("left_id", ForeignKey("left.id"), primary_key=True),
        Column("right_id", ForeignKey("right.id", ondelete="CASCADE"), primary_key=True))
    class Left(Base):
        __tablename__ = "left"
        id: Mapped[int] = mapped_column(primary_key=True)
        rights: Mapped[List["Right"]] = relationship(secondary=association)
    class Right(Base):
        __tablename__ = "right"
        id: Mapped[int] = mapped_column(primary_key=True)
    class Whole(Base):
        __table__ = Table("whole", Base.metadata, Column("id", Integer, primary_key=True), Column("x", String, index=True))
    Index("ix_outside", Right.id, Left.__table__.c.id) if False else Index("ix_outside", Right.id, unique=True)
    Index("ix_whole", Whole.__table__.c.x)
    """,
    "columns added later": CONVENTION
    + """
    class User(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
    User.email = mapped_column(String(30), unique=True)
    User.age = Column(Integer, index=True)
    User.__table__.append_constraint(CheckConstraint("age > 0", name="grown"))
    User.years = User.age
    Index("ix_years", User.years, User.email)
    """,
    "a convention set later": PLAIN
    + """
    class Early(Base):
        __tablename__ = "early"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str] = mapped_column(unique=True, index=False)
    Base.metadata.naming_convention = {"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
    class Late(Base):
        __tablename__ = "late"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str] = mapped_column(unique=True)
    """,
    "tokens of its own": """
    def all_names(constraint, table):
        return "_".join(one if isinstance(one, str) else one.name for one in constraint.columns)
    def kind_of_index(index, table):
        return "uq_" if index.unique else ""
    def referred(constraint, table):
        return constraint.elements[0].target_fullname.replace(".", "_") + "_" + table.name
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"all_names": all_names, "referred": referred, "uq": "uq__%(table_name)s__%(all_names)s",
                                               "fk": "fk__%(referred)s", Index: "idx_%(kind)s%(all_names)s", "kind": kind_of_index, "pk": "pk__%(table_name)s"})
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str] = mapped_column(index=True)
        parent: Mapped[int] = mapped_column(ForeignKey("a.id"))
        __table_args__ = (UniqueConstraint("x", "parent"), Index(None, "parent", "x", unique=True))
    """,
    "enums": PLAIN
    + """
    class Colour(str, enum.Enum):
        RED = "red"
        DARK_GREEN = "dark green"
    def values(cls):
        return [one.value for one in cls]
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[Colour] = mapped_column(sa.Enum(Colour, name="a", values_callable=lambda e: [m.value for m in e]))
        b: Mapped[Colour] = mapped_column(sa.Enum(Colour, name="b", values_callable=values), server_default=Colour.RED.value)
        c: Mapped[Colour] = mapped_column(sa.Enum(Colour, native_enum=False, create_constraint=True, name="c"))
        d = Column(sa.Enum(*[one.value for one in Colour], name="d"), server_default=Colour.RED)
        e = Column(postgresql.ENUM(Colour, name="e"), nullable=False)
        g = Column(sa.Enum("x", name="G g", schema="other"))
    """,
    "type decorators": PLAIN
    + """
    class Json(sa.TypeDecorator):
        impl = sa.JSON
        cache_ok = True
    class Short(sa.types.TypeDecorator[str]):
        impl = sa.String
        cache_ok = True
        def __init__(self, length=7, **kw):
            super().__init__(length, **kw)
    class Guid(sa.TypeDecorator):
        impl = sa.CHAR(32)
        cache_ok = True
        def load_dialect_impl(self, dialect):
            if dialect.name == "postgresql":
                return dialect.type_descriptor(postgresql.UUID())
            return dialect.type_descriptor(sa.CHAR(32))
    class Keep(sa.TypeDecorator):
        impl = sa.Text
        cache_ok = True
        def load_dialect_impl(self, dialect):
            return super().load_dialect_impl(dialect)
    class Wrapped(Json):
        pass
    class Sized(sa.TypeDecorator):
        impl = sa.Text
        cache_ok = True
        def __init__(self, long=False):
            super().__init__()
            if long:
                self.impl = sa.String(4000).with_variant(sa.String(9000), "mysql")
    class Point(sa.types.UserDefinedType):
        cache_ok = True
        def __init__(self, srid=4326):
            self.srid = srid
        def get_col_spec(self, **kw):
            return f"POINT({self.srid})"
    class Long(sa.String):
        pass
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        a = Column(Json)
        b = Column(Short())
        c = Column(Short(9))
        d = Column(Guid, default=uuid.uuid4)
        e = Column(Keep())
        f = Column(Wrapped())
        g = Column(Point())
        h = Column(Point(5))
        i = Column(Long(40))
        j = Column(sa.JSON().with_variant(postgresql.JSONB(), "postgresql"))
        k = Column(sa.String(50).with_variant(sa.Text, "sqlite"))
        l = Column(Short)
        m = Column(Sized())
        n = Column(Sized(long=True))
        o = Column(Short(length=21))
        p = Column(Sized(True).impl)
        q = Column(Sized.impl)
    """,
    "dataclasses": """
    class Base(MappedAsDataclass, DeclarativeBase):
        pass
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        name: Mapped[str] = mapped_column(default="x")
        kind: Mapped[Optional[str]] = mapped_column(String(5), default=None)
        made: Mapped[datetime] = mapped_column(insert_default=func.now(), init=False)
    """,
    "a registry": """
    reg = registry(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}), type_annotation_map={str: String(12)})
    Base = reg.generate_base()
    @reg.mapped
    class A:
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str]
    """,
    "a registry on a base": """
    class Base(DeclarativeBase):
        registry = registry(type_annotation_map={str: Text})
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str]
    """,
    "a base class of its own": """
    class Shared:
        id = Column(Integer, primary_key=True)
        @declared_attr
        def __tablename__(cls):
            return "t_" + cls.__name__.lower()
    Base = declarative_base(cls=Shared)
    class One(Base):
        x = Column(String)
    """,
    "names by a loop": CONVENTION
    + """
    TABLES = ["red", "green"]
    for name in TABLES:
        Table(f"{name}_things", Base.metadata, Column("id", Integer, primary_key=True), *[Column(f"c{n}", String(n)) for n in range(1, 4)])
    def make(name):
        return type(name, (Base,), {"__tablename__": name.lower(), "id": Column(Integer, primary_key=True)}) if False else None
    """,
    "an identity, a sequence, computed columns": CONVENTION
    + """
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(start=3, always=True), primary_key=True)
        price: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2))
        tax: Mapped[Decimal] = mapped_column(sa.Numeric(10, 2), sa.Computed("price * 0.2", persisted=True))
    """,
    "PostgreSQL only": CONVENTION
    + """
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(sa.Sequence("a_ids"), primary_key=True)
        number: Mapped[int] = mapped_column(sa.Sequence("numbers"), server_default=sa.Sequence("numbers").next_value())
        f = Column(postgresql.ARRAY(sa.Enum("x", "y", name="f")))
        y: Mapped[List[str]] = mapped_column(postgresql.ARRAY(Text))
        t: Mapped[Any] = mapped_column(postgresql.TSVECTOR, sa.Computed("to_tsvector('english', f)", persisted=True))
        r = Column(postgresql.INT4RANGE, nullable=False)
        __table_args__ = (postgresql.ExcludeConstraint((r, "&&"), ("number", "="), name="no_overlap"),
                          Index("ix_a_gin", "t", postgresql_using="gin"))
    """,
    "keys that take over types": CONVENTION
    + """
    class A(Base):
        __tablename__ = "a"
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
        code: Mapped[str] = mapped_column(String(8), unique=True)
    class B(Base):
        __tablename__ = "b"
        a_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("a.id"), primary_key=True)
        code = mapped_column(ForeignKey("a.code"))
        other: Mapped[Optional[str]] = mapped_column(ForeignKey(A.code, ondelete="SET NULL"))
        again = Column(ForeignKey("c.b_id", use_alter=True, name="fk_again"))
    class C(Base):
        __tablename__ = "c"
        b_id = Column(ForeignKey(B.a_id), primary_key=True)
    """,
    "quoted names": CONVENTION
    + """
    from sqlalchemy.sql import quoted_name
    class A(Base):
        __tablename__ = quoted_name("Order", True)
        id: Mapped[int] = mapped_column(primary_key=True)
        grp = Column(quoted_name("group", quote=True), Integer, index=True)
        __table_args__ = (UniqueConstraint(grp, name=quoted_name("Unique", True)),)
    users = Table(quoted_name("user", True), Base.metadata, Column("id", Integer, primary_key=True),
                  Column("a", ForeignKey(A.id)), schema=quoted_name("S", True))
    """,
    "a base made by a decorator": """
    made = registry(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s"}))
    @made.as_declarative_base()
    class Base:
        @declared_attr
        def id(cls):
            return Column(Integer, primary_key=True)
    class A(Base):
        __tablename__ = "a"
        name = Column(String(9), server_default=sa.FetchedValue(), server_onupdate=sa.FetchedValue())
    """,
    "keys over columns of a class in the making": CONVENTION
    + """
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        b_id: Mapped[int | None] = mapped_column(ForeignKey("b.id", use_alter=True, name="fk_ab", ondelete="set null"))
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[int] = mapped_column(index=True)
        __table_args__ = (UniqueConstraint(x, "id", deferrable=True), ForeignKeyConstraint([x], [A.id]))
    Index("ix_expr", func.coalesce(A.b_id, 0), unique=True)
    """,
    "items of JSON, and CASE": CONVENTION
    + """
    Document = Annotated[dict, mapped_column(sa.JSON)]
    class Wrapped(sa.TypeDecorator):
        impl = sa.JSON
        cache_ok = True
    class Common:
        extra = Column(sa.JSON)
        @declared_attr.directive
        def __table_args__(cls):
            return (Index(None, cls.extra["a"].as_string()),)
    class A(Common, Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
    class B(Base):
        __tablename__ = "b"
        type_annotation_map = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        kind = Column(String(9))
        data: Mapped[dict] = mapped_column(sa.JSON().with_variant(postgresql.JSONB(), "postgresql"))
        doc: Mapped[Document]
        copy = Column(String, sa.Computed(sa.case((kind == "x", "y"), else_="z")))
        __table_args__ = (
            Index("ix_b_kind", data["kind"].as_string(), sqlite_where=kind == "x", postgresql_where=kind == "x"),
            CheckConstraint(data[("a", "b")].as_integer() > 0, name="positive"),
            CheckConstraint(sa.case((kind == "x", id > 3), else_=sa.true()), name="cased"))
    Index("ix_b_doc", B.doc["a"]["b"].as_string().desc(), unique=True)
    Index("ix_b_both", sa.func.lower(B.__table__.c.data["a"].as_string()), B.__table__.c["data"]["b"].as_boolean())
    """,
    "PostgreSQL's JSON": CONVENTION
    + """
    from sqlalchemy.ext.mutable import MutableDict
    class A(Base):
        __tablename__ = "a"
        type_annotation_map = {}
        id: Mapped[int] = mapped_column(primary_key=True)
        data = Column(MutableDict.as_mutable(postgresql.JSONB))
        text: Mapped[str] = mapped_column(sa.Computed(data["a"].astext))
        __table_args__ = (
            Index("ix_a", data["a"].astext, postgresql_where=data["b"].astext == "x"),
            Index("ix_path", data[("a", "b")].astext, postgresql_using="gin", postgresql_ops={"x": "gin_trgm_ops"}),
            Index("ix_step", data[("a",)].astext),
            CheckConstraint(data["n"].astext.cast(Integer) > 3, name="n"))
    Index("ix_op", A.data.op("->>")("a"), A.data.op("#>>")("{a,b}"))
    """,
    "a metaclass that names tables": """
    import re
    class Meta(DeclarativeMeta):
        def __new__(mcs, name, bases, attrs, **kw):
            if "__tablename__" not in attrs and not attrs.get("__abstract__"):
                attrs["__tablename__"] = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
            return super().__new__(mcs, name, bases, attrs, **kw)
    Base = declarative_base(metaclass=Meta)
    class UserProfile(Base):
        id = Column(Integer, primary_key=True)
        name = Column(String(20), index=True)
    class Thing(Base):
        __tablename__ = "things"
        id = Column(Integer, primary_key=True)
        up = Column(ForeignKey("user_profile.id"))
    """,
    "a metaclass that adds columns": """
    class Meta(DeclarativeMeta):
        def __init__(cls, classname, bases, dict_, **kw):
            if "__tablename__" in dict_:
                cls.created = Column(sa.DateTime, nullable=False)
            DeclarativeMeta.__init__(cls, classname, bases, dict_, **kw)
    Base = declarative_base(metaclass=Meta)
    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
    class B(A):
        __tablename__ = "b"
        id = Column(ForeignKey("a.id"), primary_key=True)
    """,
    "a metaclass named by the base class": """
    class Meta(DeclarativeMeta):
        def __new__(mcs, name, bases, ns):
            ns.setdefault("__tablename__", name.lower() + "_t")
            if name != "Base":
                ns["uid"] = Column(sa.Uuid, unique=True)
            return DeclarativeMeta.__new__(mcs, name, bases, ns)
    class Base(metaclass=Meta):
        __abstract__ = True
        registry = registry()
        metadata = registry.metadata
        __init__ = registry.constructor
    class A(Base):
        id = Column(Integer, primary_key=True)
    """,
    "a metaclass made of that of DeclarativeBase": """
    class Meta(type(DeclarativeBase)):
        def __new__(mcs, name, bases, ns, **kw):
            suffix = kw.pop("suffix", "")
            if bases and bases[0] is not DeclarativeBase:
                ns["__tablename__"] = name.lower() + suffix
            return super().__new__(mcs, name, bases, ns, **kw)
        def __init__(cls, name, bases, ns, **kw):
            kw.pop("suffix", None)
            super().__init__(name, bases, ns, **kw)
    class Base(DeclarativeBase, metaclass=Meta):
        pass
    class A(Base, suffix="_x"):
        id: Mapped[int] = mapped_column(primary_key=True)
        t: Mapped[str]
    """,
    "a metaclass of no library's, and a registry": """
    class Auto(type):
        registry_ = {}
        def __new__(mcs, name, bases, attrs):
            cls = super().__new__(mcs, name, bases, attrs)
            mcs.registry_[name] = cls
            cls.__tablename__ = "auto_" + name.lower()
            return cls
    reg = registry()
    class Base:
        metadata = reg.metadata
        registry = reg
    @reg.mapped
    class One(metaclass=Auto):
        id = Column(Integer, primary_key=True)
    """,
    "class keywords that name tables": """
    class Base(DeclarativeBase):
        def __init_subclass__(cls, table=None, **kw):
            if table is not None:
                cls.__tablename__ = table
            super().__init_subclass__(**kw)
    class A(Base, table="aa"):
        id: Mapped[int] = mapped_column(primary_key=True)
    class B(Base, table="bb"):
        id: Mapped[int] = mapped_column(ForeignKey(A.id), primary_key=True)
        x: Mapped[str | None] = mapped_column(String(5))
    """,
    "table arguments set by the base": """
    class Base(DeclarativeBase):
        def __init_subclass__(cls, **kw):
            cls.__tablename__ = cls.__name__.lower()
            args = getattr(cls, "__table_args__", ())
            cls.__table_args__ = (*args, Index(f"ix_{cls.__tablename__}_made", "made"))
            super().__init_subclass__(**kw)
    class A(Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        made: Mapped[datetime]
    class B(Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        made: Mapped[datetime]
        __table_args__ = (UniqueConstraint("made"),)
    """,
    "a base made of a class that names tables": """
    class Shared:
        def __init_subclass__(cls, **kw):
            cls.__tablename__ = "sh_" + cls.__name__.lower()
            super().__init_subclass__(**kw)
    Base = declarative_base(cls=Shared)
    class A(Base):
        id = Column(Integer, primary_key=True)
    """,
    "the environment, or a default": """
    import os
    SCHEMA = os.environ.get("DRIFT_SCHEMA") or "app"
    PREFIX = os.getenv("DRIFT_PREFIX", "") or "p_"
    LENGTH = int(os.environ.get("DRIFT_LEN", "30"))
    class Base(DeclarativeBase):
        metadata = MetaData(schema=SCHEMA)
    class A(Base):
        __tablename__ = PREFIX + "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        s: Mapped[str] = mapped_column(String(LENGTH))
    """,
    "a schema on the metadata, and keys across schemas": """
    class Base(DeclarativeBase):
        metadata = MetaData(schema="s1", naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"})
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
    class B(Base):
        __tablename__ = "b"
        __table_args__ = {"schema": "s2"}
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[int] = mapped_column(ForeignKey("s1.a.id"))
        a2: Mapped[int] = mapped_column(ForeignKey("a.id"))
        b: Mapped[int] = mapped_column(ForeignKey("s2.b.id"))
        c: Mapped[int] = mapped_column(ForeignKey(A.id))
    class C(Base):
        __tablename__ = "c"
        __table_args__ = {"schema": sa.schema.BLANK_SCHEMA}
        id: Mapped[int] = mapped_column(primary_key=True)
        e = Column(sa.Enum("x", name="ee"))
        f = Column(sa.Enum("x", name="ff", inherit_schema=True))
        g = Column(sa.Enum("x", name="gg", metadata=Base.metadata))
    """,
    "names cut with a hash": """
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s","uq": "uq_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s_%(referred_column_0_N_name)s", "pk": "pk_%(table_name)s"})
    class A(Base):
        __tablename__ = "a_really_quite_long_table_name_for_a_test_of_names_cut"
        id = Column(Integer, primary_key=True)
        some_long_column_name = Column(Integer, index=True)
        another_long_column_name = Column(Integer, unique=True)
        selfish_reference_of_this = Column(ForeignKey("a_really_quite_long_table_name_for_a_test_of_names_cut.id"))
        __table_args__ = (CheckConstraint("some_long_column_name > 5", name="some_long_column_name_is_positive"),
          UniqueConstraint("some_long_column_name", "another_long_column_name"), Index(None, "some_long_column_name", "another_long_column_name"))
    """,
    "tokens over keys, and unnamed checks": """
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"ix": "%(column_0_label)s_idx", "ck": "%(table_name)s_%(column_0_name)s_check","uq": "%(table_name)s_%(column_0_key)s_%(column_1_name)s_key", "fk": "%(table_name)s_%(column_0_label)s_%(referred_column_0_name)s_fkey", "pk": "%(table_name)s_pkey"})
    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        b = Column("bee", Integer, key="bkey", index=True)
        c = Column(Integer)
        p = Column(ForeignKey("a.id"))
        __table_args__ = (UniqueConstraint("bkey", "c"), CheckConstraint(c > 5))
    """,
    "columns of a mixin that a class has, too": """
    class Base(DeclarativeBase): pass
    class M:
        @declared_attr
        @classmethod
        def who(cls) -> Mapped[str]:
            return mapped_column(String(9))
        lam = declared_attr(lambda cls: mapped_column(f"{cls.__name__.lower()}_lam", Integer))
        @orm.declared_attr
        def tagged(cls):
            return Column("tag_" + cls.__tablename__, String, default="x", unique=True)
        @declared_attr
        def __mapper_args__(cls):
            return {"eager_defaults": True}
        plain: Mapped[int] = mapped_column(name="renamed")
    class A(M, Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
    class B(M, Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        who: Mapped[str | None] = mapped_column(String(1))
        plain = None
    """,
    "tables and columns changed later": """
    class Base(DeclarativeBase): pass
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
    A.x = mapped_column("ex", Integer, ForeignKey("b.id"))
    setattr(A, "y", Column(String(4), index=True, nullable=False))
    A.__table__.append_column(Column("z", sa.Date))
    A.__table__.comment = "late"
    A.__table__.c.z.nullable = False
    class B(Base):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
    for i in range(3):
        setattr(B, f"col{i}", mapped_column(Integer, server_default=str(i)))
    def deco(cls):
        cls.added = mapped_column(sa.Boolean)
        return cls
    @deco
    class C(Base):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
    """,
    "columns bound by locals": """
    class Base(DeclarativeBase): pass
    class A(Base):
        __tablename__ = "a"
        id = mapped_column(Integer, primary_key=True)
        for _n in ("x", "y"):
            locals()[_n] = mapped_column(Integer)
        vars()["z"] = mapped_column(String(3))
        del _n
    """,
    "composites over attributes, deferred columns": """
    import dataclasses
    @dataclasses.dataclass
    class P:
        x: int
        y: str | None
    class Base(DeclarativeBase): pass
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        p: Mapped[P] = composite("px", "py")
        px: Mapped[int]
        py: Mapped[str | None]
        q: Mapped[P] = composite(mapped_column("qx"), mapped_column("qy", String(5)))
        d: Mapped[str] = deferred(mapped_column(Text))
        e: Mapped[str] = mapped_column(Text, deferred=True, deferred_group="g")
        syn: Mapped[int] = synonym("px")
        __table_args__ = (Index("ix_px", "px", "qy"),)
    """,
    "mapped dataclasses, and columns in their fields": """
    reg = registry(type_annotation_map={str: String(40)})
    class Base:
        metadata = reg.metadata
        registry = reg
    @reg.mapped_as_dataclass(unsafe_hash=True)
    class A:
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(init=False, primary_key=True)
        n: Mapped[str]
        o: Mapped[str | None] = mapped_column(String(3), default=None)
    @reg.mapped
    class B:
        __table__ = Table("b", reg.metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
    import dataclasses
    @reg.mapped
    @dataclasses.dataclass
    class C:
        __tablename__ = "c"
        __sa_dataclass_metadata_key__ = "sa"
        id: int = dataclasses.field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
        n: str = dataclasses.field(default="", metadata={"sa": Column(String(50))})
        f: int = dataclasses.field(default=0, metadata={"sa": lambda: Column(ForeignKey("a.id"))})
    """,
    "columns that a parent's table has already": """
    class Base(DeclarativeBase): pass
    class Has:
        @declared_attr
        def start(cls) -> Mapped[datetime]:
            return mapped_column(nullable=True, use_existing_column=True)
    class P(Base):
        __tablename__ = "p"
        id: Mapped[int] = mapped_column(primary_key=True)
        t: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "t"}
    class E(Has, P):
        __mapper_args__ = {"polymorphic_identity": "e"}
    class M(Has, P):
        __mapper_args__ = {"polymorphic_identity": "m"}
        @declared_attr
        def old(cls):
            return P.__table__.c.get("old", Column("old", Integer))
    """,
    "single-table inheritance with keys and checks": """
    class Base(DeclarativeBase): pass
    class Animal(Base):
        __tablename__ = "animal"
        id: Mapped[int] = mapped_column(primary_key=True)
        type: Mapped[str] = mapped_column(String(10))
        __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "animal"}
    class Dog(Animal):
        bark: Mapped[str]
        owner_id: Mapped[int | None] = mapped_column(ForeignKey("animal.id"), index=True)
        __mapper_args__ = {"polymorphic_identity": "dog"}
    class Puppy(Dog):
        age: Mapped[int] = mapped_column(unique=True)
        __mapper_args__ = {"polymorphic_identity": "puppy"}
    class Fish(Animal):
        __tablename__ = None
        fins: Mapped[int] = mapped_column(CheckConstraint("fins > 0", name="has_fins"))
        __table_args__ = {"extend_existing": True}  if False else None
        __mapper_args__ = {"polymorphic_identity": "fish"}
    """,
    "several bases on one metadata": """
    meta = MetaData(schema="m")
    class Base(DeclarativeBase):
        metadata = meta
    class Other(DeclarativeBase):
        metadata = meta
        type_annotation_map = {str: Text}
    class Third(DeclarativeBase):
        pass
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
    class B(Other):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        s: Mapped[str]
        a: Mapped[int] = mapped_column(ForeignKey("m.a.id"))
    class C(Third):
        __tablename__ = "c"
        id: Mapped[int] = mapped_column(primary_key=True)
    class D(Base):
        metadata = Third.metadata
        __tablename__ = "d"
        id: Mapped[int] = mapped_column(primary_key=True)
    """,
    "names by functions of the base": """
    def snake(n): return "".join("_" + c.lower() if c.isupper() else c for c in n).lstrip("_")
    def plural(n): return n[:-1] + "ies" if n.endswith("y") else n + ("es" if n.endswith(("s", "x")) else "s")
    class NameMeta:
        @declared_attr
        def __tablename__(cls) -> str:
            return plural(snake(cls.__name__))
        @classmethod
        def fk(cls, col="id", **kw):
            return ForeignKey(f"{cls.__tablename__}.{col}", **kw)
    class Base(NameMeta, DeclarativeBase): pass
    class UserCategory(Base):
        id: Mapped[int] = mapped_column(primary_key=True)
    class BlogBox(Base):
        id: Mapped[int] = mapped_column(primary_key=True)
        uc: Mapped[int] = mapped_column(UserCategory.fk(ondelete="CASCADE"))
    """,
    "tables made of data": """
    class Base(DeclarativeBase): pass
    SPEC = {"Alpha": {"name": String(10), "size": Integer}, "Beta": {"when": sa.DateTime(timezone=True)}}
    globals_ = {}
    for cname, cols in SPEC.items():
        attrs = {"__tablename__": cname.lower(), "id": mapped_column(Integer, primary_key=True)}
        attrs |= {k: mapped_column(v, nullable=k != "name") for k, v in cols.items()}
        globals_[cname] = type(cname, (Base,), attrs)
    Index("ix_alpha_name", globals_["Alpha"].name)
    globals().update(globals_)
    class Gamma(Base):
        __tablename__ = "gamma"
        id: Mapped[int] = mapped_column(primary_key=True)
        alpha: Mapped[int] = mapped_column(ForeignKey(globals()["Alpha"].id))
    """,
    "generic bases": """
    from typing import TypeVar, Generic
    T = TypeVar("T")
    class Base(DeclarativeBase): pass
    class Typed(Base, Generic[T]):
        __abstract__ = True
        id: Mapped[int] = mapped_column(primary_key=True)
    class A(Typed[int]):
        __tablename__ = "a"
        v: Mapped[Optional[int]]
    """,
    "dataclasses with mixins": """
    class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
        type_annotation_map = {str: String(77)}
    class TS(MappedAsDataclass):
        made: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    class A(TS, Base, repr=False):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        s: Mapped[str]
        t: Mapped[str | None] = mapped_column(default=None, repr=False)
    """,
    "aliases of types": """
    from typing_extensions import TypeAliasType
    StrAlias = TypeAliasType("StrAlias", str)
    JSONDict = TypeAliasType("JSONDict", dict[str, int])
    class Base(DeclarativeBase):
        type_annotation_map = {StrAlias: String(33), JSONDict: sa.JSON}
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        s: Mapped[StrAlias]
        j: Mapped[JSONDict | None]
    """,
    "variants and native types": """
    class Base(DeclarativeBase): pass
    JSONType = sa.JSON().with_variant(postgresql.JSONB(), "postgresql").with_variant(mysql.LONGTEXT(), "mysql", "mariadb")
    BigId = BigInteger().with_variant(Integer, "sqlite")
    UTC = sa.DateTime(timezone=True)
    class A(Base):
        __tablename__ = "a"
        id = mapped_column(BigId, primary_key=True)
        j = mapped_column(JSONType, nullable=False, default=dict)
        t = mapped_column(UTC, default=datetime.utcnow)
        u = mapped_column(sa.Uuid(as_uuid=False), index=True)
        v = mapped_column(sa.UUID)
        w = mapped_column(postgresql.UUID(as_uuid=True) if True else None) if False else mapped_column(sa.Uuid)
        x = mapped_column(sa.Interval(second_precision=3))
        y = mapped_column(sa.PickleType)
        z = mapped_column(sa.Unicode(5), server_default="é")
        aa = mapped_column(sa.Numeric)
        ab = mapped_column(sa.Double)
        ac = mapped_column(sa.String().with_variant(sa.String(50), "postgresql"))
        ad = mapped_column("ad", sa.VARCHAR(5), quote=True)
        ae = mapped_column(sa.LargeBinary(5))
        af = mapped_column(sa.Float(10))
        ag = mapped_column(sa.Time(timezone=True))
        ah = mapped_column(sa.types.MatchType)
        ai = mapped_column(sa.NullType, nullable=True) if False else mapped_column(sa.Text(50))
    """,
    "enums of every kind": """
    class E1(enum.Enum):
        a = 1
        b = 2
        _ignore_ = []
    class E2(enum.IntEnum):
        ONE = enum.auto()
        TWO = enum.auto()
    class E3(enum.StrEnum):
        RED = enum.auto()
        LONGER_NAME = enum.auto()
    class E4(str, enum.Enum):
        def __new__(cls, value, label):
            o = str.__new__(cls, value); o._value_ = value; o.label = label
            return o
        X = ("x", "Ex")
        Y = ("y", "Why")
    Dyn = enum.Enum("Dyn", "P Q R")
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        e1: Mapped[E1]
        e2: Mapped[E2 | None]
        e3: Mapped[E3] = mapped_column(server_default=E3.RED)
        e3b: Mapped[E3] = mapped_column(sa.Enum(E3, native_enum=False, length=50, name="e3b", create_constraint=True, values_callable=lambda x: [i.value for i in x]))
        e4 = Column(sa.Enum(E4, values_callable=lambda x: [m.value for m in x], name="e_four"), server_default=text("'x'"))
        e5 = Column(sa.Enum(Dyn), nullable=False)
        e6 = Column(sa.Enum("a", "b", "c'd", name="sixth", validate_strings=True), server_default="a")
        e7 = Column(postgresql.ARRAY(sa.Enum(E1, name="e1_arr", create_type=False)) if False else sa.Enum(E1, name="e1_other"))
        e8: Mapped[E4] = mapped_column(sa.Enum(E4, name="e_four", values_callable=lambda x: [m.value for m in x]))
    """,
    "arguments of tables that add up": """
    class Base(DeclarativeBase): pass
    class WithArgs:
        __table_args__ = {"schema": "x", "mysql_engine": "InnoDB"}
    class A(WithArgs, Base):
        __tablename__ = "a"
        id = mapped_column(Integer, primary_key=True)
    class B(WithArgs, Base):
        __tablename__ = "b"
        __table_args__ = (UniqueConstraint("k", "id", name="u"), WithArgs.__table_args__)
        id = mapped_column(Integer, primary_key=True)
        k = mapped_column(ForeignKey("x.a.id"), index=True, unique=True)
    class C(Base):
        __tablename__ = "c"
        __table_args__ = ()
        id = mapped_column(Integer, primary_key=True)
        n = mapped_column(String, unique=True)
        __table_args__ += (Index("ix_c", n.asc().nulls_first()),)
        __table_args__ = __table_args__ + ({"comment": None, "info": {"a": 1}},)
    """,
    "constraints that the body of a class makes and does not keep": PLAIN
    + """
    class Mixin:
        m = Column(Integer)
        UniqueConstraint(m, name="of_a_mixin")
    class Other(Base):
        __tablename__ = "other"
        id = Column(Integer, primary_key=True)
    class A(Mixin, Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        x = Column(Integer)
        y = Column("why", String(5))
        other = Column(ForeignKey(Other.id))
        UniqueConstraint(x, y, name="uq_made")
        UniqueConstraint(other, y, name="uq_with_a_reference")
        UniqueConstraint("x", name="uq_of_text")
        UniqueConstraint(x, "y", name="uq_of_both")
        Index("ix_made", x.desc(), y)
        CheckConstraint(x > 0, name="ck_made")
        CheckConstraint("x > 0", name="ck_of_text")
        kept = UniqueConstraint(y, name="uq_kept")
        __table_args__ = (kept,)
    first, second = Column("one", Integer), Column("two", Integer)
    UniqueConstraint(first, second, name="uq_before")
    Table("t", Base.metadata, first, second)
    """,
    "classes that extend a table": PLAIN
    + """
    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
        kept = Column(Integer, nullable=False)
        changed = Column(ForeignKey("a.id"), nullable=False)
    class B(Base):
        __tablename__ = "a"
        __table_args__ = (UniqueConstraint("added", name="uq"), {"extend_existing": True})
        id = Column(Integer, primary_key=True)
        changed = Column(String(9))
        added = Column(Integer)
    """,
    "names that the class of a base makes": """
    class Common:
        @declared_attr
        def __tablename__(cls):
            return cls.__name__.lower()
        @declared_attr
        def path(cls):
            return f"{cls.__tablename__}.id"
        id = Column(Integer, primary_key=True)
    Base = declarative_base(cls=Common)
    class A(Base):
        pass
    class B(Base):
        @declared_attr
        def __tablename__(cls):
            return "bees"
        a = Column(ForeignKey(A.path))
        @declared_attr
        def b(cls):
            return Column(ForeignKey(cls.path))
    """,
    "columns by way of extensions": PLAIN
    + """
    from sqlalchemy.dialects.postgresql import ARRAY
    from sqlalchemy.ext.mutable import Mutable, MutableList
    from sqlalchemy.testing.schema import mapped_column as tested_column
    class Tracked(Mutable, dict):
        pass
    class Spelt(sa.types.Concatenable, sa.types.Indexable, sa.types.UserDefinedType):
        def get_col_spec(self):
            return "CITEXT"
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = tested_column(primary_key=True)
        own = Column(Tracked.as_mutable(sa.JSON), nullable=False)
        named = Column("tags", MutableList.as_mutable(sa.JSON(none_as_null=True)))
        spelt = Column(Spelt)
    """,
    "composites": PLAIN
    + """
    import dataclasses
    @dataclasses.dataclass
    class Pair:
        x: int
        y: int
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        pair: Mapped[Pair] = composite(mapped_column("x", Integer), mapped_column("y", Integer, nullable=True))
    """,
}


def _executed(source: str) -> types.ModuleType:
    module = types.ModuleType("models_under_test")
    sys.modules["models_under_test"] = module
    try:
        exec(compile(source, "models.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102 -- the test's own source
        for mapper in list(module.Base.registry.mappers):
            mapper._check_configure()
    finally:
        del sys.modules["models_under_test"]
    return module


CASES = [
    (name, dialect)
    for name in SOURCES
    for dialect in ("postgresql", "sqlite")
    if name not in ("PostgreSQL only", "PostgreSQL's JSON") or dialect == "postgresql"
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_mapped_classes_declare_what_sqlalchemy_maps(name: str, dialect: str) -> None:
    """If SQLAlchemy maps a module's classes to tables, reading the module gives the same tables."""
    source = textwrap.dedent(BASE) + textwrap.dedent(SOURCES[name])
    expected = describe_metadata(_executed(source).Base.metadata, dialect)

    declared = read({"models.py": source}, settings=ModelSettings(dialect))

    assert expected == describe_schema(declared.schema)
    assert () == declared.schema.incomplete
    assert [] == [one.reason for one in declared.unknown if "would be raised" in one.reason]
