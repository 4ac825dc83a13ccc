"""What stands for the database: one notion of a connection, a Session, a context and an Inspector."""

from __future__ import annotations

import pytest

from driftline.migrations.database_handles import (
    executes,
    is_connection,
    is_context,
    is_database,
    is_dialect,
    is_inspector,
    is_session,
)
from tests.migrations.replaying import replayed

USERS = "op.create_table('users', sa.Column('id', sa.Integer()))\n"
SQL = "ALTER TABLE users ADD COLUMN email text"

CONNECTIONS = {
    "the bind": "op.get_bind()",
    "the bind of the context": "op.get_context().bind",
    "the context's connection": "op.get_context().connection",
    "that of env.py's context": "context.get_context().connection",
    "the implementation's": "op.get_context().impl.connection",
    "a connection of its engine": "op.get_bind().engine.connect()",
    "one with options": "op.get_bind().execution_options(isolation_level='AUTOCOMMIT')",
    "a Session's": "sa.orm.Session(bind=op.get_bind()).connection()",
    "a Session's bind": "sa.orm.sessionmaker(bind=op.get_bind())().get_bind()",
}


@pytest.mark.parametrize("written", CONNECTIONS.values(), ids=CONNECTIONS)
def test_what_executes_on_a_connection_is_read(written: str) -> None:
    """A statement handed to any connection is the schema's business."""
    found = replayed(f"{USERS}import sqlalchemy.orm\nbind = {written}\nbind.execute(sa.text({SQL!r}))")

    assert [one.name for one in found.schema.tables["users"].columns] == ["id", "email"]
    assert found.unknown == ()


@pytest.mark.parametrize("written", CONNECTIONS.values(), ids=CONNECTIONS)
def test_what_is_handed_a_connection_can_change_the_schema(written: str) -> None:
    """A function that was not read, and is given any connection, is counted, and its tables are not known."""
    found = replayed(f"{USERS}import sqlalchemy.orm\nfrom elsewhere import migrate\nmigrate({written}, 'users')")

    assert len(found.unknown) == 1
    assert found.schema.tables["users"].incomplete != ()


def test_a_session_is_there_for_rows() -> None:
    """A function that was not read, and is given a Session, moves rows; what a Session executes is read."""
    body = (
        "import sqlalchemy.orm\nfrom elsewhere import fill\n"
        "session = sa.orm.Session(bind=op.get_bind())\nfill(session)\n"
    )
    found = replayed(f"{USERS}{body}session.execute(sa.text({SQL!r}))")

    assert [one.name for one in found.schema.tables["users"].columns] == ["id", "email"]
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("alembic.op.get_bind()", {is_connection}),
        ("alembic.op.get_bind().engine.begin()", {is_connection}),
        ("alembic.op.get_context().connection.sync_connection", {is_connection}),
        ("alembic.migration.MigrationContext.configure().connection", {is_connection}),
        ("sqlalchemy.orm.Session().connection()", {is_connection}),
        ("sqlalchemy.orm.Session()", {is_session}),
        ("sqlalchemy.orm.sessionmaker()()", {is_session}),
        ("sqlmodel.Session()", {is_session}),
        ("alembic.op.get_context()", {is_context}),
        ("alembic.op.get_context().impl", {is_context}),
        ("sqlalchemy.inspect()", {is_inspector}),
        ("sqlalchemy.engine.reflection.Inspector.from_engine()", {is_inspector}),
        ("alembic.op.get_bind().dialect", {is_dialect}),
        ("sqlalchemy.inspect().dialect", {is_dialect}),
        ("alembic.op.get_bind", set()),
        ("alembic.op.get_bind().execute()", set()),
        ("alembic.op.get_bind().dialect.name", set()),
        ("sqlalchemy.orm.Session().query()", set()),
        ("sqlalchemy.create_engine().connect()", set()),
        ("", set()),
    ],
)
def test_a_path_stands_for_one_thing(path: str, kinds: set[object]) -> None:
    """Of connections, Sessions, contexts, Inspectors and dialects, a path stands for one or none."""
    asked = (is_connection, is_session, is_context, is_inspector, is_dialect)

    assert {one for one in asked if one(path)} == kinds
    assert executes(path) == bool(kinds & {is_connection, is_session, is_context})
    assert is_database(path) == bool(kinds - {is_dialect})


def test_an_inspector_knows_the_table_that_alembic_makes_for_itself() -> None:
    """Alembic's own table has one column, which is its key."""
    body = """
inspector = sa.inspect(op.get_bind())
for column in inspector.get_columns("alembic_version"):
    op.create_table("copied", sa.Column(column["name"], column["type"], nullable=column["nullable"]))
op.create_primary_key(inspector.get_pk_constraint("alembic_version")["name"] + "2", "copied", ["version_num"])
"""

    found = replayed(body)

    assert [("version_num", "VARCHAR(32)", False)] == [
        (one.name, one.type.ddl, one.nullable) for one in found.schema.tables["copied"].columns
    ]
    assert "alembic_version_pkc2" == found.schema.tables["copied"].primary_key.name
