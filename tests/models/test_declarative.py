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
    from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint, func, text
    from sqlalchemy import orm
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.orm import (DeclarativeBase, Mapped, MappedAsDataclass, column_property, composite, declarative_base, declarative_mixin,
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
        return "_".join(column.name for column in constraint.columns.values())
    def referred(constraint, table):
        return constraint.elements[0].target_fullname.replace(".", "_") + "_" + table.name
    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"all_names": all_names, "referred": referred, "uq": "uq__%(table_name)s__%(all_names)s",
                                               "fk": "fk__%(referred)s", Index: "idx_%(all_names)s", "pk": "pk__%(table_name)s"})
    class A(Base):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        x: Mapped[str] = mapped_column(index=True)
        parent: Mapped[int] = mapped_column(ForeignKey("a.id"))
        __table_args__ = (UniqueConstraint("x", "parent"),)
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
    if name != "PostgreSQL only" or dialect == "postgresql"
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
