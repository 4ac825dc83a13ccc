"""Histories that lean on the project's code: its models' metadata, and operations that env.py registers."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

from collections.abc import Mapping

import pytest

from driftline.migrations.graph_reader import read_graph
from driftline.migrations.history import Migrated
from driftline.migrations.replay import replay
from driftline.models.declared import Declared
from driftline.models.reader import ModelSettings, read_models
from driftline.python.modules import Modules
from driftline.sources.memory import MemorySource
from tests.migrations.describing import from_replay
from tests.migrations.replaying import ROOT, chained, environment, parsed, replayed

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelves"
    id = sa.Column(sa.Integer, primary_key=True)
    kind = sa.Column(sa.Enum("a", "b", name="kind"))


members = sa.Table("members", Base.metadata, sa.Column("shelf", sa.ForeignKey("shelves.id")))
"""
BOOKS = """
import sqlalchemy as sa
from app.models import Base


class Book(Base):
    __tablename__ = "books"
    id = sa.Column(sa.Integer, primary_key=True)
    shelf_id = sa.Column(sa.ForeignKey("shelves.id"), index=True)
"""
OPERATIONS = """
from alembic.operations import MigrateOperation, Operations


@Operations.register_operation("create_log")
class CreateLog(MigrateOperation):
    def __init__(self, table):
        self.table = table

    @classmethod
    def create_log(cls, operations, table):
        return operations.invoke(cls(table))


@Operations.implementation_for(CreateLog)
def create_log(operations, operation):
    operations.execute(f"CREATE TABLE {operation.table}_log (id int)")
"""
ENV = """
from alembic import context
from app import books, operations
from app.models import Base

context.configure(connection=None, target_metadata=Base.metadata)
"""
PROJECT = {
    f"{ROOT}/app/__init__.py": "",
    f"{ROOT}/app/models.py": MODELS,
    f"{ROOT}/app/books.py": BOOKS,
    f"{ROOT}/app/operations.py": OPERATIONS,
    f"{ROOT}/alembic/env.py": ENV,
}
CREATED = """
kind = sa.Enum("a", "b", name="kind")
op.create_table("shelves", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", kind))
op.create_table(
    "books",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("shelf_id", sa.Integer(), sa.ForeignKey("shelves.id"), index=True),
)
op.create_table("members", sa.Column("shelf", sa.Integer(), sa.ForeignKey("shelves.id")))
"""


def replayed_project(*bodies: str, files: Mapping[str, str] | None = None) -> Migrated:
    """Read the models as env.py reaches them, and replay revisions with these bodies."""
    source = MemorySource({**PROJECT, **chained(bodies), **(files or {})})
    modules = Modules(source, (ROOT,))
    declared = read_models(environment(), modules, ModelSettings("postgresql"))
    return replay(read_graph(environment(), source, parsed), environment(), modules, "postgresql", declared)


def test_the_metadata_of_env_py_creates_what_the_models_declare() -> None:
    """`Base.metadata.create_all` makes all tables that env.py reaches, also those the revision does not import."""
    expected = from_replay(replayed(CREATED).schema)
    for imported in (
        "from app.models import Base",
        "from app.books import Base",
        "from app import models as m; Base = m.Base",
    ):
        found = replayed_project(f"{imported}\nBase.metadata.create_all(bind=op.get_bind())")

        assert from_replay(found.schema) == expected
        assert found.unknown == ()
        assert found.incomplete is None


def test_one_table_of_the_models() -> None:
    """`tables=` of classes that the revision imports are these alone; a table that is there stays as it is."""
    found = replayed_project(
        "from app.models import Base, Shelf\nBase.metadata.create_all(op.get_bind(), tables=[Shelf.__table__])",
        "from app.books import Book\nBook.__table__.create(op.get_bind())",
    )

    assert set(found.schema.tables) == {"shelves", "books"}
    assert found.unknown == ()
    assert found.problems == ()


def test_frozen_models_are_no_declared_ones() -> None:
    """Models that the history keeps for itself are created as they are written there."""
    frozen = MODELS.replace('"shelves"', '"racks"').replace("shelves.id", "racks.id")
    found = replayed_project(
        "from frozen import Base\nBase.metadata.create_all(op.get_bind())", files={f"{ROOT}/frozen.py": frozen}
    )

    assert set(found.schema.tables) == {"racks", "members"}
    assert found.unknown == ()


def test_operations_that_env_py_imports_are_followed() -> None:
    """A revision need not import what registers an operation: env.py has, by then."""
    found = replayed_project("op.create_log('users')")

    assert set(found.schema.tables) == {"users_log"}
    assert found.unknown == ()


def test_an_operation_without_implementation_is_opaque() -> None:
    """It could have made anything."""
    without = OPERATIONS.partition("@Operations.implementation_for")[0]
    found = replayed_project("op.create_log('users')", files={f"{ROOT}/app/operations.py": without})

    assert found.schema.incomplete
    assert found.unknown


SETTINGS = """
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    schema: str


settings = Settings()
"""
IN_A_SCHEMA = MODELS.replace("declarative_base()", "declarative_base(metadata=sa.MetaData(schema=settings.schema))")
USERS = 'op.create_table("shelves", sa.Column("id", sa.Integer(), primary_key=True), {schema})'


def with_schema(models: str) -> dict[str, str]:
    """Give the files of a project whose schema is in its settings."""
    return {
        f"{ROOT}/app/settings.py": SETTINGS,
        f"{ROOT}/app/models.py": f"from app.settings import settings\n{models}",
    }


def test_a_schema_that_nobody_can_read_is_the_one_that_revisions_write() -> None:
    """`MetaData(schema=settings.schema)` is `app` where all tables are created in `app`; that is said once."""
    files = {**PROJECT, **with_schema(IN_A_SCHEMA), **chained([USERS.format(schema='schema="app"')])}
    declared = declared_in(files)

    assert set(declared.schema.tables) == {"app.shelves", "app.books", "app.members"}
    assert declared.schema.tables["app.books"].foreign_keys[0].referred_table == "app.shelves"
    assert ["`app` is assumed" in one.reason for one in declared.unknown] == [True]


@pytest.mark.parametrize(
    "bodies",
    [
        [USERS.format(schema="")],
        [USERS.format(schema='schema="app"'), USERS.format(schema='schema="other"')],
        [USERS.format(schema='schema="app"'), USERS.format(schema=""), USERS.format(schema="")],
    ],
)
def test_where_revisions_do_not_agree_on_a_schema_it_is_the_default(bodies: list[str]) -> None:
    """Several names, or tables without any: nothing says which one is meant."""
    files = {**PROJECT, **with_schema(IN_A_SCHEMA), **chained(bodies)}

    assert set(declared_in(files).schema.tables) == {"shelves", "books", "members"}


@pytest.mark.parametrize(
    ("models", "prefix"), [(IN_A_SCHEMA, ""), (IN_A_SCHEMA.replace("settings.schema", '"app"'), "app.")]
)
def test_a_schema_that_a_revision_does_not_say_is_that_of_the_models(models: str, prefix: str) -> None:
    """It is noted, and the table is known: neither missing nor uncertain."""
    body = "from app.settings import settings\n" + USERS.format(schema="schema=settings.schema")
    more = f"{body}\nwith op.batch_alter_table('shelves', schema=settings.schema) as batch_op:\n    batch_op.add_column(sa.Column('a', sa.Text()))"
    found = replayed_project(more, files=with_schema(models))

    assert list(found.schema.tables) == [f"{prefix}shelves"]
    assert [one.name for one in found.schema.tables[f"{prefix}shelves"].columns] == ["id", "a"]
    assert found.schema.tables[f"{prefix}shelves"].incomplete == ()
    assert found.schema.incomplete == ()
    assert {"is assumed" in one.reason for one in found.unknown} == {True}


def declared_in(files: Mapping[str, str]) -> Declared:
    """Read the models of a project."""
    source = MemorySource(dict(files))
    return read_models(environment(), Modules(source, (ROOT,)), ModelSettings("postgresql"))
