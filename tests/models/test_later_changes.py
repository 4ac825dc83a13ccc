"""What is done to tables once they are made, run for real and read: it is the same, or it is said what is not known."""

from __future__ import annotations

import pytest

from tests.models.describing import describe_schema
from tests.models.reading import read
from tests.models.run_for_real import described_for_real

HEAD = """
import contextlib, copy, operator
import types as _types
from contextlib import ExitStack, contextmanager
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy import event, orm
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
class Base(DeclarativeBase):
    pass
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    age: Mapped[int | None]
T = Table("plain", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(5)))
"""
FOLLOWED = {
    "a class that a stack calls at its end": """
with ExitStack() as st:
    st.callback(Index, "ix_cb", User.__table__.c.name)
""",
    "a function that a stack calls at its end": """
def later(): Index("ix_cb2", User.__table__.c.name)
with ExitStack() as st:
    st.callback(later)
""",
    "a context manager on a stack": """
class CM:
    def __enter__(self): return self
    def __exit__(self,*a): Index("ix_push", User.__table__.c.name)
with ExitStack() as st:
    st.enter_context(CM())
""",
    "what closing closes": """
class X:
    def close(self): Index("ix_close", User.__table__.c.name)
with contextlib.closing(X()): pass
""",
    "a generator on a stack": """
@contextmanager
def cm():
    yield
    T.append_column(Column("late", Integer))
with ExitStack() as s:
    s.enter_context(cm())
""",
    "operator.methodcaller": """
operator.methodcaller("append_column", Column("p", Integer))(T)
""",
    "a method of Table's own": """
Table.append_column(T, Column("p", Integer))
""",
    "types.new_class": """
def body(ns):
    ns["__tablename__"]="nc"; ns["id"]=mapped_column(Integer, primary_key=True)
NC = _types.new_class("NC", (Base,), {}, body)
""",
    "a decorator of a mapped class": """
def audited(cls):
    cls.__table__.append_column(Column("audited", Integer))
    return cls
@audited
class A(Base):
    __tablename__="a"
    id: Mapped[int]=mapped_column(primary_key=True)
""",
    "a decorator that sets a column": """
def audited(cls):
    cls.audited = mapped_column(Integer)
    return cls
@audited
class A(Base):
    __tablename__="a"
    id: Mapped[int]=mapped_column(primary_key=True)
""",
    "index name changed": """
i = Index("ix_old", User.__table__.c.name)
i.name = "ix_new"
""",
    "unique name changed": """
u = UniqueConstraint("name", name="uq_old")
T.append_constraint(u)
u.name = "uq_new"
""",
    "column type changed": """
T.c.name.type = String(99)
User.__table__.c.age.type = BigInteger()
""",
    "column nullable changed": """
User.__table__.c.age.nullable = False
T.c["name"].nullable = False
T.columns["name"].comment = "hm"
""",
    "column server default changed": """
T.c.name.server_default = text("'x'")
User.__table__.c.name.server_default = DefaultClause("y")
""",
    "what counts no more once a column is in a table": """
T.c.name.unique = True
T.c.name.index = True
""",
    "table name changed": """
T.name = "other"
""",
    "table schema changed": """
T.schema = "zz"
""",
    "metadata remove": """
Base.metadata.remove(T)
""",
    "metadata clear": """
Base.metadata.clear()
class B2(Base):
    __tablename__="b2"
    id: Mapped[int]=mapped_column(primary_key=True)
""",
    "mappers loop": """
for m in Base.registry.mappers:
    m.local_table.append_column(Column("mm", Integer))
""",
    "mapper via inspect": """
sa.inspect(User).local_table.append_column(Column("mm", Integer))
""",
    "class __mapper__": """
User.__mapper__.local_table.append_column(Column("mm", Integer))
""",
    "class_mapper": """
orm.class_mapper(User).persist_selectable.append_column(Column("mm", Integer))
""",
    "_set_parent": """
UniqueConstraint("name", name="uq_sp")._set_parent(T)
""",
    "_set_parent_with_dispatch": """
CheckConstraint("id > 0", name="ck_sp")._set_parent_with_dispatch(T)
""",
    "declare_last": """
class L(Base):
    __tablename__="l"
    id: Mapped[int]=mapped_column(primary_key=True)
    @classmethod
    def __declare_last__(cls):
        Index("ix_last", cls.id)
orm.configure_mappers()
""",
    "configured hook": """
@event.listens_for(orm.Mapper, "mapper_configured")
def f(mapper, cls):
    mapper.local_table.append_column(Column("cfg", Integer))
orm.configure_mappers()
""",
    "after_configured": """
@event.listens_for(orm.Mapper, "after_configured")
def f():
    Index("ix_ac", User.name)
orm.configure_mappers()
""",
    "registry.configure": """
@event.listens_for(orm.Mapper, "after_configured")
def f():
    Index("ix_ac", User.name)
Base.registry.configure()
""",
    "descriptor set_name": """
class Auto:
    def __set_name__(self, owner, name):
        setattr(owner, name + "_c", Column(Integer))
class H(Base):
    __tablename__="h"
    id: Mapped[int]=mapped_column(primary_key=True)
    auto = Auto()
""",
    "exists table check": """
if "plain" in Base.metadata.tables:
    Index("ix_in", T.c.name)
if Base.metadata.tables.get("zzz") is None:
    Index("ix_nin", T.c.id)
""",
    "len of columns": """
if len(T.columns) == 2:
    T.append_column(Column("third", Integer))
""",
    "any over columns": """
for t in list(Base.metadata.tables.values()):
    if any(c.name == "name" for c in t.columns):
        Index(f"ix_any_{t.name}", t.c.name)
""",
    "primary_key.columns": """
for t in Base.metadata.sorted_tables:
    for c in t.primary_key.columns:
        c.comment = "pk"
""",
    "primary_key iterate": """
for c in User.__table__.primary_key:
    c.comment = "pk"
""",
    "foreign keys loop": """
class P(Base):
    __tablename__="p"
    id: Mapped[int]=mapped_column(primary_key=True)
    uid: Mapped[int]=mapped_column(ForeignKey("users.id"))
for t in Base.metadata.tables.values():
    for fk in t.foreign_keys:
        Index(f"ix_fk_{t.name}_{fk.parent.name}", fk.parent)
""",
    "foreign key constraints loop": """
class P(Base):
    __tablename__="p"
    id: Mapped[int]=mapped_column(primary_key=True)
    uid: Mapped[int]=mapped_column(ForeignKey("users.id"))
for t in Base.metadata.tables.values():
    for fk in t.foreign_key_constraints:
        fk.ondelete = "CASCADE"
""",
    "column.foreign_keys": """
class P(Base):
    __tablename__="p"
    id: Mapped[int]=mapped_column(primary_key=True)
    uid: Mapped[int]=mapped_column(ForeignKey("users.id"))
for c in P.__table__.columns:
    if c.foreign_keys:
        Index(f"ix_{c.name}", c)
""",
    "a flag of a column that is in no table yet": """
c = Column("z", Integer)
c.index = True
T.append_column(c)
""",
    "column attr before table": """
c = Column("z", Integer)
c.nullable = False
c.type = BigInteger()
Z = Table("z", Base.metadata, Column("id", Integer, primary_key=True), c)
""",
    "copy of mapped_column": """
base = mapped_column(String(9), nullable=False)
class CC(Base):
    __tablename__="cc"
    id: Mapped[int]=mapped_column(primary_key=True)
    a = copy.copy(base)
""",
    "copies of a table's columns": """
class Entry(Base):
    __tablename__ = "entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    code = Column(
        "the_code", String(3), CheckConstraint("the_code <> ''", name="ck_code"),
        unique=True, nullable=False, comment="a code",
    )
    made: Mapped[int] = mapped_column(Integer, server_default="3")
    twice = Column(Integer, Computed("made * 2"))
Table("entries_history", Base.metadata, *[one._copy() for one in Entry.__table__.columns], Column("version", Integer))
Table("names", Base.metadata, T.c.id._copy(), User.__table__.c["name"]._copy())
kept = Entry.__table__.c.the_code._copy()
kept.unique = False
Table("kept", Base.metadata, kept)
""",
    "schema translate set": """
for t in Base.metadata.tables.values():
    t.schema = "tenant"
""",
    "comment loop": """
for m in (User,):
    m.__table__.comment = m.__name__
    for c in m.__table__.c:
        c.comment = c.comment or c.name
""",
    "the info of a column": """
class I(Base):
    __tablename__="i"
    id: Mapped[int]=mapped_column(primary_key=True)
    n: Mapped[str]=mapped_column(String(4), info={"idx": True})
for c in I.__table__.c:
    if c.info.get("idx"):
        Index("ix_info", c)
""",
    "table.info": """
T.info["idx"] = "name"
if T.info.get("idx"):
    Index("ix_tinfo", T.c[T.info["idx"]])
""",
    "the column behind an attribute": """
User.name.property.columns[0].type = String(77)
""",
    "ddl_if on an index of its own": """
Index("ix_pg", T.c.name).ddl_if(dialect="sqlite")
""",
    "update_type_annotation_map": """
Base.registry.update_type_annotation_map({str: String(50)})
class P(Base):
    __tablename__="p"
    id: Mapped[int]=mapped_column(primary_key=True)
    s: Mapped[str]
""",
    "a class made of Table": """
class Special(Table):
    pass
Special("sp", Base.metadata, Column("id", Integer, primary_key=True))
""",
    "ddl_if on an index over columns of the class": """
class State(Base):
    __tablename__ = "states"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    @declared_attr.directive
    def __table_args__(cls):
        return (
            Index("ix_for_sqlite", cls.name, cls.id).ddl_if(dialect="sqlite"),
            Index("ix_for_postgresql", cls.name, cls.id).ddl_if(dialect="postgresql"),
        )
""",
}
COUNTED = {
    "threading": """
import threading
t = threading.Thread(target=lambda: T.append_column(Column("p", Integer)))
t.start(); t.join()
""",
    "concurrent": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor() as ex:
    list(ex.map(lambda n: T.append_column(Column(n, Integer)), ["a"]))
""",
    "singledispatch": """
import functools
@functools.singledispatch
def named(kind): return Column("named", String)
@named.register
def _(kind: int): return Column("numbered", Integer)
class D(Base):
    __tablename__ = "d"
    id: Mapped[int] = mapped_column(primary_key=True)
    what = named(3)
""",
    "exec": """
exec("class Dyn(Base):\\n    __tablename__='dyn'\\n    id = mapped_column(Integer, primary_key=True)")
""",
    "eval": """
eval("T.append_column(Column('z', Integer))")
""",
    "constraint discard": """
U = Table("u", Base.metadata, Column("n", Integer), UniqueConstraint("n", name="uq"))
for c in list(U.constraints):
    if isinstance(c, UniqueConstraint): U.constraints.discard(c)
""",
    "indexes discard": """
U = Table("u", Base.metadata, Column("id", Integer, primary_key=True), Column("n", Integer, index=True))
U.indexes.clear()
""",
    "constraints.remove via next": """
U = Table("u", Base.metadata, Column("id", Integer, primary_key=True), Column("n", Integer, unique=True))
U.constraints.remove(next(c for c in U.constraints if isinstance(c, UniqueConstraint)))
""",
    "to_metadata": """
T2 = T.to_metadata(Base.metadata, name="copy")
""",
    "a hook of mappers that nobody configures": """
@event.listens_for(orm.Mapper, "mapper_configured")
def f(mapper, cls):
    mapper.local_table.append_column(Column("cfg", Integer))
""",
    "__declare_last__ of mappers that nobody configures": """
class L(Base):
    __tablename__="l"
    id: Mapped[int]=mapped_column(primary_key=True)
    @classmethod
    def __declare_last__(cls):
        Index("ix_last", cls.id)
""",
    "a column that is taken off": """
T._columns.remove(T.c.name)
""",
    "a class made of Column": """
class Pk(Column):
    inherit_cache = True
    def __init__(self, name, *a, **k): super().__init__(name, Integer, primary_key=True)
Table("cs", Base.metadata, Pk("id"))
""",
    "a library that makes tables of its own": """
from sqlalchemy_continuum import make_versioned
make_versioned(user_cls=None)
""",
    "a table that is handed to what is not read": """
import audits
audits.track(T)
""",
    "a MetaData that is handed to what is not read": """
import audits
audits.install(metadata=Base.metadata)
""",
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_it_is_as_if_it_had_been_made_so(name: str) -> None:
    """The tables are what they are in the end, and nothing is unknown."""
    declared = read({"models.py": HEAD + FOLLOWED[name]})

    assert described_for_real(HEAD + FOLLOWED[name]) == describe_schema(declared.schema)
    assert () == declared.unknown


@pytest.mark.parametrize("name", COUNTED)
def test_what_is_not_followed_is_said(name: str) -> None:
    """The schema, or a table of it, is incomplete, and there is an entry that says why."""
    declared = read({"models.py": HEAD + COUNTED[name]})

    assert declared.unknown
    assert declared.schema.incomplete or any(one.incomplete for one in declared.schema.tables.values())


def test_an_edit_that_hangs_on_an_unknown_condition_is_unknown() -> None:
    """If nobody can say whether a column is changed, what it is in the end is not known."""
    change = "if unknown_flag():\n    T.c.name.type = Text()\n    T.c.name.nullable = False\n"

    table = read({"models.py": f"{HEAD}from elsewhere import unknown_flag\n{change}"}).schema.tables["plain"]

    name = table.column("name")
    assert name is not None
    assert name.type.unknown is not None
    assert not isinstance(name.nullable, bool)
