"""Whatever a models module says, reading it raises nothing: what makes no sense is Unknown, and is counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.models.reading import read

HEAD = """
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import *
class Base(DeclarativeBase):
    pass
class Other(Base):
    __tablename__ = "others"
    id: Mapped[int] = mapped_column(primary_key=True)
class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
"""

IN_THE_CLASS = (
    "a = Column()",
    "a = Column(5)",
    "a = Column(None, None)",
    "a = Column('x', 'y', 'z')",
    "a = Column(String, String)",
    "a = Column(String(length='x'))",
    "a = Column(String([1]))",
    "a = Column(String({'a': 1}))",
    "a = Column(Numeric({1}, [2]))",
    "a = Column(ARRAY())",
    "a = Column(ARRAY(ARRAY(ARRAY(5))))",
    "a = Column(Enum())",
    "a = Column(Enum(5, None))",
    "a = Column(Enum(Other))",
    "a = Column(Enum(*nowhere))",
    "a = Column(NoSuchType)",
    "a = Column(sa.NoSuchType(3))",
    "a = Column(JSON().with_variant())",
    "a = Column(JSON().with_variant(5, 6))",
    "a = Column(ForeignKey())",
    "a = Column(ForeignKey(5))",
    "a = Column(ForeignKey('a.b.c.d.e'))",
    "a = Column(ForeignKey('', ondelete=5))",
    "a = Column(ForeignKey('things.a'))",
    "a = Column(Computed())",
    "a = Column(Identity(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13))",
    "a = Column(Integer, server_default=5)",
    "a = Column(Integer, server_default=[])",
    "a = Column(Integer, server_default=text())",
    "a = Column(Integer, server_default=func)",
    "a = Column(Integer, server_default=func.x(func.y(object())))",
    "a = Column(Integer, nullable='x', primary_key=[], index={}, unique=nowhere)",
    "a = Column(*nowhere, **nowhere)",
    "a: Mapped",
    "a: Mapped[()]",
    "a: Mapped[5]",
    "a: Mapped['nowhere']",
    "a: Mapped['not python at all(']",
    "a: Mapped[list[list[list[int]]]]",
    "a: Mapped[Annotated]",
    "a: Mapped[int] = relationship",
    "a: Mapped[int] = composite()",
    "a = column_property()",
    "a = deferred(5)",
    "__tablename__ = 5",
    "__tablename__ = nowhere",
    "__tablename__ = ['x']",
    "__table__ = 5",
    "__table__ = Table",
    "__table_args__ = 5",
    "__table_args__ = ()",
    "__table_args__ = ({},)",
    "__table_args__ = {5: 6}",
    "__table_args__ = (Index(),)",
    "__table_args__ = (Index('x'), Index('x', 5), Index(None, nowhere), Index([], {}))",
    "__table_args__ = (UniqueConstraint(), UniqueConstraint(5), UniqueConstraint([], name=5))",
    "__table_args__ = (CheckConstraint(), CheckConstraint(5), CheckConstraint(text(5), name=[]))",
    "__table_args__ = (ForeignKeyConstraint(), ForeignKeyConstraint(5, 6), ForeignKeyConstraint([], []))",
    "__table_args__ = (ForeignKeyConstraint(['a'], ['b', 'c.d'], 5),)",
    "__table_args__ = (PrimaryKeyConstraint(), PrimaryKeyConstraint(5))",
    "__table_args__ = (postgresql.ExcludeConstraint(), postgresql.ExcludeConstraint((1, 2), 3, ()))",
    "__table_args__ = (Index('x', 'id').ddl_if(), Index('x', 'id').ddl_if(dialect=5))",
    "__table_args__ = (Column, Column('id'), None, 5, 'x')",
    "__mapper_args__ = 5",
    "__abstract__ = nowhere",
    "@declared_attr\n    def a(cls): return cls.a",
    "@declared_attr\n    def a(cls): raise ValueError",
    "@declared_attr.directive\n    def __table_args__(cls): return cls.__table_args__",
    "@validates\n    def check(self): pass",
    "@validates('a', nowhere)\n    def check(self, key, value):\n        if value not in nowhere: raise 5",
    "locals().update(__import__('os').environ)",
    "vars().update({3: 4})",
)
OUTSIDE = (
    "Table()",
    "Table('x')",
    "Table(5, Base.metadata)",
    "Table('x', 5)",
    "Table('x', Base.metadata, 5, None, Column(), schema=5)",
    "Table('x', Base.metadata, *nowhere)",
    "Table('things', Base.metadata)",
    "MetaData(5, naming_convention=5)",
    "MetaData(naming_convention={5: 6, 'ix': 5, 'uq': '%(nothing)s', 'pk': '%'})",
    "Base.metadata.naming_convention = 5",
    "Base.metadata.schema = 5",
    "Thing.a = 5",
    "Thing.a = Column()",
    "Thing.__table__.append_column()",
    "Thing.__table__.append_constraint(5)",
    "Index('x', Thing.nothing)",
    "Index('x', Thing.__table__.c.nothing)",
    "registry().mapped(5)",
    "registry().map_imperatively(Thing)",
    "declarative_base(cls=5, metadata=5)",
    "class X(declarative_base(metadata=5)): __tablename__ = 'x'",
    "class X(Base, Base): __tablename__ = 'x'",
    "class X(nowhere): __tablename__ = 'x'",
    "class X(Thing, Other): id = Column(Integer)",
    "class X(Base): pass",
    "class X(DeclarativeBase): metadata = nowhere",
    "class X(DeclarativeBase): type_annotation_map = 5; registry = 6",
    "Index('a', Thing.__table__.c.id['a'][None].astext, Thing.id[1:2].as_string(), Thing.id[()].astext.astext)",
    "Index('b', case({}, value=Thing.id), case(5), case([]), case((1,)), case(*Thing), Thing.id.op(5)(6))",
    "Index('c', Thing.id.op()(1), Thing.id.op('x', precedence='y')(1), Thing.id.op('x')(), Thing.id['a'].as_string(3))",
    "Thing.__table__.c[None]; Thing.__table__.c[...]; hasattr(Thing.__table__.c, 5)",
)


def _module(inside: list[str], outside: list[str]) -> str:
    return HEAD + "".join(f"    {one}\n" for one in inside) + "".join(f"{one}\n" for one in outside)


@pytest.mark.parametrize("statement", IN_THE_CLASS)
def test_a_malformed_class_raises_nothing(statement: str) -> None:
    """If a statement in a mapped class makes no sense, the rest of the models is read all the same."""
    declared = read({"models.py": _module([statement], [])})

    assert "others" in declared.schema.tables


@pytest.mark.parametrize("statement", OUTSIDE)
def test_a_malformed_statement_raises_nothing(statement: str) -> None:
    """If a statement about tables makes no sense, the rest of the models is read all the same."""
    declared = read({"models.py": _module([], [statement])})

    assert {"others", "things"} <= set(declared.schema.tables)


@given(st.lists(st.sampled_from(IN_THE_CLASS), max_size=6), st.lists(st.sampled_from(OUTSIDE), max_size=6))
def test_any_mixture_of_malformed_statements_raises_nothing(inside: list[str], outside: list[str]) -> None:
    """If many statements make no sense together, the models before them are read all the same."""
    declared = read({"models.py": _module(inside, outside)})

    assert "others" in declared.schema.tables
