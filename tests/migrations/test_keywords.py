"""Every keyword of every operation: what comes of it, by a real upgrade; and none that is not looked at here."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.operations import BatchOperations, Operations
from sqlalchemy.pool import StaticPool

from tests.migrations.describing import from_database, from_replay
from tests.migrations.replaying import replayed, run_for_real

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SCHEMA: dict[str, str] = {
    "existing_comment": "needed to render, or for MySQL's MODIFY (tests/migrations/programs_mysql.py)",
    "existing_nullable": "the same",
    "existing_server_default": "the same",
    "execution_options": "how a statement is run",
    "multiinsert": "how rows are written",
    "mssql_drop_check": "of SQL Server",
    "rows": "rows",
    "table": "the table that rows go to",
    "type_": "the type that a literal is rendered as",
}
"""Keywords that change no schema on the databases that are here, and why."""
T = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))\n'
AGAIN = "for i in (1, 2):\n    "
POSTGRESQL: dict[str, str] = {
    "create_table(*columns, table_name, schema, comment)": 'op.execute("CREATE SCHEMA other")\nop.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.UniqueConstraint("id", name="u"), schema="other", comment="c")',
    "create_table(if_not_exists), whose indexes are made all the same": f'{T}op.create_table("t", sa.Column("a", sa.Integer, index=True), if_not_exists=True)',
    "create_table(postgresql_inherits)": f'{T}op.create_table("u", sa.Column("x", sa.Integer), postgresql_inherits="t")\nop.add_column("t", sa.Column("later", sa.Integer))\nop.create_table("s", sa.Column("k", sa.Integer))\nop.create_table("v", sa.Column("x", sa.Integer), postgresql_inherits=("t", "s"))',
    "create_table(prefixes)": 'op.create_table("t", sa.Column("id", sa.Integer), prefixes=["UNLOGGED"])',
    "create_table(_constraints_included)": 'op.create_table("t", sa.Column("a", sa.Enum("x", name="e", native_enum=False, create_constraint=True)), _constraints_included=True)',
    "add_column(if_not_exists), whose keys are made all the same": f'{T}{AGAIN}op.add_column("t", sa.Column("c", sa.Integer, sa.ForeignKey("t.id"), unique=True, comment=f"c{{i}}"), if_not_exists=True)',
    "add_column(inline_primary_key)": 'op.create_table("t", sa.Column("a", sa.Integer))\nop.create_table("u", sa.Column("a", sa.Integer))\nop.add_column("t", sa.Column("id", sa.Integer, primary_key=True), inline_primary_key=True)\nop.add_column("u", sa.Column("id", sa.Integer, primary_key=True))',
    "add_column(inline_references)": f'{T}op.add_column("t", sa.Column("p", sa.Integer, sa.ForeignKey("t.id", name="fk", ondelete="CASCADE")), inline_references=True)',
    "alter_column(...)": f'{T}op.alter_column("t", "b", type_=sa.Integer(), postgresql_using="b::integer", existing_type=sa.Text(), existing_nullable=True, nullable=False, comment="x", server_default="5", new_column_name="c")\nop.alter_column("t", "a", existing_comment="q", comment=None, existing_server_default="1", autoincrement=True)',
    "create_unique_constraint(...)": f'{T}op.create_unique_constraint("u", "t", ["a"], deferrable=True, initially="DEFERRED")',
    "create_foreign_key(...)": f'op.execute("CREATE SCHEMA other")\n{T}op.create_table("u", sa.Column("t", sa.Integer), schema="other")\nop.create_foreign_key("f", "u", "t", ["t"], ["id"], onupdate="CASCADE", ondelete="SET NULL", deferrable=True, initially="DEFERRED", match="FULL", source_schema="other", referent_schema="public", postgresql_not_valid=True)',
    "create_check_constraint(...)": f'{T}op.create_check_constraint("c", "t", "a > 0", postgresql_not_valid=True)',
    "create_primary_key(...)": 'op.create_table("t", sa.Column("a", sa.Integer))\nop.create_primary_key("k", "t", ["a"], schema="public")',
    "create_exclude_constraint(...)": f'{T}op.create_exclude_constraint("x", "t", (sa.column("a"), "="), using="btree", where=sa.text("a > 0"))',
    "create_index(...)": f'{T}op.create_index("i", "t", ["a"], unique=True, postgresql_where=sa.text("a > 0"), postgresql_include=["b"])\nop.create_index("i", "t", ["b"], if_not_exists=True)\nop.create_index("h", "t", ["b"], postgresql_using="hash", schema="public")',
    "drop_...(if_exists)": f'{T}op.create_index("i", "t", ["a"])\nop.drop_index("zz", if_exists=True)\nop.drop_index("i", "t", if_exists=True)\nop.drop_table("zz", if_exists=True)\nop.drop_constraint("zz", "t", if_exists=True)\nop.drop_column("t", "zz", if_exists=True)\nop.drop_constraint("t_pkey", "t", type_="foreignkey")',
    "create_table_comment(...), drop_table_comment(...)": f'{T}op.create_table_comment("t", "one", existing_comment=None)\nop.create_table_comment("t", "two", schema="public")\nop.create_table("u", sa.Column("id", sa.Integer), comment="c")\nop.drop_table_comment("u", existing_comment="c", schema=None)',
    "rename_table(schema)": 'op.execute("CREATE SCHEMA other")\nop.create_table("t", sa.Column("id", sa.Integer, primary_key=True), schema="other")\nop.rename_table("t", "u", schema="other")',
    "batch_alter_table(recreate), and insert_before, insert_after": f'{T}with op.batch_alter_table("t", recreate="always") as batch:\n    batch.add_column(sa.Column("z", sa.Integer), insert_before="a")\n    batch.add_column(sa.Column("y", sa.Integer), insert_after="a")',
}
SQLITE: dict[str, str] = {
    "alter_column(insert_before, insert_after), without effect": f'{T}with op.batch_alter_table("t") as batch:\n    batch.alter_column("b", nullable=False, insert_before="a")\n    batch.alter_column("id", new_column_name="idd", insert_after="b")',
    "batch_alter_table(table_args, table_kwargs)": f'{T}with op.batch_alter_table("t", recreate="always", table_kwargs={{"comment": "x"}}, table_args=[sa.UniqueConstraint("a", name="ua")]) as batch:\n    batch.add_column(sa.Column("c", sa.Integer))',
    "batch_alter_table(reflect_args)": f'{T}with op.batch_alter_table("t", recreate="always", reflect_args=[sa.Column("a", sa.String(9), nullable=False)]) as batch:\n    batch.add_column(sa.Column("c", sa.Integer))',
    "batch_alter_table(naming_convention, copy_from, partial_reordering)": f'{T}with op.batch_alter_table("t", naming_convention={{"uq": "uq_%(table_name)s"}}, partial_reordering=[("b", "a")], copy_from=sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("a", sa.Integer), sa.Column("b", sa.Text, unique=True))) as batch:\n    batch.add_column(sa.Column("c", sa.Integer))',
    "add_column(insert_before, insert_after, if_not_exists), drop_column(if_exists)": f'{T}with op.batch_alter_table("t", recreate="always") as batch:\n    batch.add_column(sa.Column("c", sa.Integer), if_not_exists=True)\n    batch.add_column(sa.Column("d", sa.Integer), insert_before="a")\n    batch.add_column(sa.Column("e", sa.Integer), insert_after="d")\n    batch.add_column(sa.Column("f", sa.Integer), insert_before="d")\n    batch.drop_column("b", if_exists=True)',
    "create_table(sqlite_with_rowid, sqlite_autoincrement)": 'op.create_table("t", sa.Column("a", sa.Integer, primary_key=True), sqlite_with_rowid=False)\nop.create_table("u", sa.Column("a", sa.Integer, primary_key=True), sqlite_autoincrement=True)',
}
REFLECTING = f'{T}with op.batch_alter_table("t", reflect_kwargs={{"listeners": [("column_reflect", print)]}}) as batch:\n    batch.drop_column("b")'
OF_PROGRAMS = frozenset({"type_", "constraint_name", "index_name", "column_name", "table_name", "existing_type"})
"""Names and types, which stand in every program there is."""
_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


@pytest.mark.oracle
@pytest.mark.parametrize("name", POSTGRESQL)
def test_postgresql_has_what_a_keyword_says(name: str, database: sa.Connection) -> None:
    """What a keyword of an operation changes in the database, it changes in the replay."""
    body = POSTGRESQL[name]
    run_for_real(database, body)

    found = replayed(body)

    assert from_database(database) == from_replay(found.schema)
    assert [] == [one.message for one in found.problems]


@pytest.fixture
def sqlite() -> Iterator[sa.Connection]:
    """A connection to an empty SQLite."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection, warnings.catch_warnings(action="ignore"):
        yield connection
    engine.dispose()


@pytest.mark.oracle
@pytest.mark.parametrize("name", SQLITE)
def test_sqlite_has_what_a_keyword_says(name: str, sqlite: sa.Connection) -> None:
    """What a keyword of an operation, or of a batch, changes in the database, it changes in the replay."""
    body = SQLITE[name]
    run_for_real(sqlite, body)

    found = replayed(body, dialect="sqlite")

    assert from_database(sqlite) == from_replay(found.schema)
    assert [] == [one.message for one in found.problems]


@pytest.mark.oracle
@pytest.mark.parametrize(
    "body",
    [
        f'{AGAIN}op.create_table("t", sa.Column("a", sa.Integer, index=True), if_not_exists=True)',
        f'{T}{AGAIN}op.add_column("t", sa.Column("c", sa.Integer, index=True), if_not_exists=True)',
    ],
)
def test_an_index_that_is_made_all_the_same_is_there_already(body: str, sqlite: sa.Connection) -> None:
    """`if_not_exists` is about the table or the column alone: its indexes are refused the second time."""
    if "add_column" not in body:
        with pytest.raises(sa.exc.OperationalError):
            run_for_real(sqlite, body)

    assert ["index-exists"] == [one.rule for one in replayed(body).problems]


def test_what_reflect_kwargs_makes_of_a_table_is_unknown() -> None:
    """Listeners may change what a batch copies, so the table is not known, and it is said."""
    found = replayed(REFLECTING, dialect="sqlite")

    assert ["what `reflect_kwargs` makes of the table that is copied is not worked out"] == [
        one.reason for one in found.unknown
    ]


def keywords() -> Iterator[tuple[str, str]]:
    """Give the keywords of all operations, as this Alembic has them."""
    for kind in (Operations, BatchOperations):
        for name, function in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and name not in ("get_bind", "get_context", "f", "invoke", "run_async"):
                parameters: list[Any] = list(inspect.signature(function).parameters.values())[1:]
                yield from ((name, one.name) for one in parameters if one.kind not in _VARIADIC)


def test_every_keyword_is_looked_at() -> None:
    """A keyword that an Alembic brings and that no program states is one that may be ignored in silence."""
    programs = "\n".join((REFLECTING, *POSTGRESQL.values(), *SQLITE.values()))
    positional = {"column", "columns", "condition", "comment", "local_cols", "remote_cols", "sqltext", "value"}
    named = {"referent_table", "source_table", "old_table_name", "new_table_name"}

    left_out = {
        f"{operation}({one})"
        for operation, one in keywords()
        if f"{one}=" not in programs and one not in {*NO_SCHEMA, *OF_PROGRAMS, *positional, *named}
    }

    assert left_out == set()
