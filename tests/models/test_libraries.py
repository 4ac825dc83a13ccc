# ruff: noqa: E501 -- the sources under test are written in one line a column
"""Models of SQLModel and Flask-SQLAlchemy, which are not installed here.

What their sources say they make, stated by hand.
"""

from __future__ import annotations

import pytest

from tests.models.reading import read

SQLMODEL = """
import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import List, Optional
from pydantic import EmailStr
from sqlalchemy import Column, DateTime, Text, func
from sqlmodel import Field, Relationship, SQLModel

class Level(str, enum.Enum):
    LOW = "low"
    HIGH = "high"

class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True, max_length=255)
    full_name: Optional[str] = Field(default=None, max_length=100)
    is_active: bool = True

class UserCreate(UserBase):
    password: str

class User(UserBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    level: Level = Level.LOW
    score: float | None = None
    price: Decimal = Field(max_digits=8, decimal_places=3)
    created: datetime = Field(sa_type=DateTime(timezone=True), sa_column_kwargs={"server_default": func.now()})
    note: str = Field(sa_column=Column("remark", Text, nullable=False))
    items: List["Item"] = Relationship(back_populates="owner")

class Item(SQLModel, table=True):
    __tablename__ = "the_items"
    id: Optional[int] = Field(default=None, primary_key=True)
    owner_id: uuid.UUID = Field(foreign_key="user.id", nullable=False, ondelete="CASCADE")
    owner: Optional[User] = Relationship(back_populates="items")
"""

ENV = "from alembic import context\nimport models\nfrom sqlmodel import SQLModel\ncontext.configure(target_metadata=SQLModel.metadata)\n"


def test_sqlmodel_tables_have_the_columns_of_their_fields() -> None:
    """If a SQLModel class is a table, its fields and its bases' are columns, typed and nullable as SQLModel makes them."""
    declared = read({"models.py": SQLMODEL}, ENV)

    user, item = declared.schema.tables["user"], declared.schema.tables["the_items"]
    assert [
        ("email", "VARCHAR(255)", False),
        ("full_name", "VARCHAR(100)", True),
        ("is_active", "BOOLEAN", False),
        ("id", "UUID", False),
        ("level", "level", False),
        ("score", "FLOAT", True),
        ("price", "NUMERIC(8, 3)", False),
        ("created", "TIMESTAMP WITH TIME ZONE", False),
        ("remark", "TEXT", False),
    ] == [(one.name, one.type.ddl, one.nullable) for one in user.columns]
    assert ["LOW", "HIGH"] == list(declared.schema.enums["level"].labels)
    assert [("ix_user_email", True)] == [(one.name, one.unique) for one in user.indexes]
    assert ("id", True, False) == (item.columns[0].name, item.columns[0].serial, item.columns[0].nullable)
    assert [("user", ("id",), "CASCADE")] == [
        (one.referred_table, one.referred_columns, one.ondelete) for one in item.foreign_keys
    ]
    (created,) = (one for one in user.columns if one.name == "created")
    assert "now()" == getattr(created.server_default, "sql", None)
    assert {"User": ("items",), "Item": ("owner",)} == {one.name: one.relationships for one in declared.classes}
    assert () == declared.unknown


FLASK = """
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
db = SQLAlchemy(metadata=MetaData(naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(column_0_label)s"}))

tags = db.Table("tags", db.Column("post_id", db.ForeignKey("blog_post.id"), primary_key=True), db.Column("tag", db.String(20)))

class BlogPost(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(80), nullable=False, index=True)
    made = db.Column(db.DateTime, server_default=db.func.now())
    comments = db.relationship("Comment", backref="post")

class APIKey(db.Model):
    __tablename__ = "keys"
    id = db.Column(db.Integer, primary_key=True)

class PinnedPost(BlogPost):
    pinned = db.Column(db.Boolean)

class Comment(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    post_id = db.Column(db.ForeignKey("blog_post.id"))

class Elsewhere(db.Model):
    __bind_key__ = "other"
    id = db.Column(db.Integer, primary_key=True)
"""


def test_flask_models_are_named_and_placed_as_the_library_does() -> None:
    """If models hang on a Flask-SQLAlchemy object, tables get its names, its MetaData.

    A child without a key its parent's table.
    """
    env = "from alembic import context\nfrom models import db\ncontext.configure(target_metadata=db.metadata)\n"

    declared = read({"models.py": FLASK}, env)

    tables = declared.schema.tables
    assert ["tags", "blog_post", "keys", "comment"] == list(tables)
    assert ["id", "title", "made", "pinned"] == [one.name for one in tables["blog_post"].columns]
    assert ("pk_blog_post", "ix_blog_post_title") == (
        tables["blog_post"].primary_key.name,
        tables["blog_post"].indexes[0].name,
    )
    assert ["INTEGER", "VARCHAR(20)"] == [one.type.ddl for one in tables["tags"].columns]
    assert () == declared.unknown


def test_a_flask_object_with_a_base_of_its_own_shares_its_metadata() -> None:
    """If `SQLAlchemy(model_class=Base)` is given a declarative base, models are on that base's MetaData.

    With its type map.
    """
    source = """
    from flask_sqlalchemy import SQLAlchemy
    from sqlalchemy import String
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
    class Base(DeclarativeBase):
        type_annotation_map = {str: String(33)}
    db = SQLAlchemy(model_class=Base)
    class UserProfile(db.Model):
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
    """
    env = "from alembic import context\nfrom models import Base\ncontext.configure(target_metadata=Base.metadata)\n"

    declared = read({"models.py": source}, env)

    assert ["INTEGER", "VARCHAR(33)"] == [one.type.ddl for one in declared.schema.tables["user_profile"].columns]


DATES = """
from datetime import datetime
from sqlmodel import Field, SQLModel
from pydantic import AwareDatetime, NaiveDatetime
from names import Identifier

class Event(SQLModel, table=True):
    id: Identifier = Field(primary_key=True)
    at: datetime
    aware: AwareDatetime | None
    naive: NaiveDatetime
"""
UTC = {"sqlmodel/__init__.py": "", "sqlmodel/sql/__init__.py": ""}


@pytest.mark.parametrize(
    ("decorators", "zone"),
    [
        ("class AutoString:\n    pass\n", "TIMESTAMP WITHOUT TIME ZONE"),
        ("class UTCDateTime:\n    pass\n", "TIMESTAMP WITH TIME ZONE"),
    ],
)
def test_a_date_is_what_the_installed_sqlmodel_makes_of_it(decorators: str, zone: str) -> None:
    """If SQLModel has the decorator `UTCDateTime` (since 0.0.45), dates have a zone; `NaiveDatetime` never has one.

    A library's own name for an annotated type stands for that type.
    """
    names = {"names.py": "from typing import Annotated\nfrom uuid import UUID\nIdentifier = Annotated[UUID, 'an id']\n"}

    declared = read({"models.py": DATES}, ENV, packages={**UTC, "sqlmodel/sql/sqltypes.py": decorators, **names})

    assert {"id": "UUID", "at": zone, "aware": zone, "naive": "TIMESTAMP WITHOUT TIME ZONE"} == {
        one.name: one.type.ddl for one in declared.schema.tables["event"].columns
    }


def test_types_are_known_by_every_module_that_they_are_met_in() -> None:
    """Autogenerate writes `sqlmodel.sql.sqltypes.types.Uuid()`; an item type may hang on a Flask-SQLAlchemy object."""
    source = """
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects.postgresql import ARRAY
import sqlmodel.sql.sqltypes
class Database(SQLAlchemy):
    pass
db = Database()
class Thing(db.Model):
    id = db.Column(sqlmodel.sql.sqltypes.types.Uuid(), primary_key=True)
    names = db.Column(ARRAY(db.String))
"""
    env = "from alembic import context\nfrom models import db\ncontext.configure(target_metadata=db.metadata)\n"

    declared = read({"models.py": source}, env)

    assert ["UUID", "VARCHAR[]"] == [one.type.ddl for one in declared.schema.tables["thing"].columns]
