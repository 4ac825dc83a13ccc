"""What a project's event hooks add to the tables that operations make: as a real upgrade leaves it in PostgreSQL."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import sys
import textwrap
import types
from typing import TYPE_CHECKING

import pytest

from driftline.migrations.graph_reader import read_graph
from driftline.migrations.history import Migrated
from driftline.migrations.replay import replay
from driftline.models.reader import ModelSettings, read_models
from driftline.python.modules import Modules
from driftline.sources.memory import MemorySource
from tests.engine.test_reruns import Followed, keys
from tests.migrations.describing import from_database, from_replay
from tests.migrations.replaying import ROOT, chained, environment, parsed, run_for_real
from tests.support.hooks import hooks_for_now

if TYPE_CHECKING:
    import sqlalchemy as sa

TYPES = """
import enum
import sqlalchemy as sa
from sqlalchemy.event import listens_for


class Kind(enum.IntEnum):
    A = 1
    B = 2
    C = 3


class IntEnum(sa.types.TypeDecorator, sa.types.SchemaType):
    impl = sa.SmallInteger
    cache_ok = True

    def __init__(self, enum=None, without=()):
        self.enum = enum
        self.without = frozenset(without)
        sa.types.TypeDecorator.__init__(self)
        sa.types.SchemaType.__init__(self)


@listens_for(IntEnum, "before_parent_attach")
def attached(type_, col):
    @listens_for(col, "after_parent_attach")
    def to_table(col, table):
        plain = sa.type_coerce(col, sa.SmallInteger)
        e = sa.CheckConstraint(plain.in_([x.value for x in type_.enum if x not in type_.without]), f"valid_{col.name}")
        assert e.table is table
"""
OF_ALL_TABLES = """
import sqlalchemy as sa
from sqlalchemy import event


@event.listens_for(sa.Table, "after_parent_attach")
def audited(table, metadata):
    if "id" in table.c:
        table.append_column(sa.Column("audited_at", sa.DateTime()))


def short(column, table):
    if column.name.startswith("is_"):
        sa.Index(f"ix_{table.name}_{column.name}", column)
        table.append_constraint(sa.CheckConstraint(f"{column.name} IS NOT NULL", name=f"set_{column.name}"))


event.listen(sa.Column, "after_parent_attach", short)
"""
THINGS = 'op.create_table("things", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", IntEnum(Kind, {Kind.B}), nullable=False))'
IMPORT = "from app.types import IntEnum, Kind"
PROGRAMS: dict[str, list[str]] = {
    "a type's CHECK comes with a new table": [f"{IMPORT}\n{THINGS}"],
    "and with a new column": [
        'op.create_table("things", sa.Column("id", sa.Integer(), primary_key=True))',
        f'{IMPORT}\nop.add_column("things", sa.Column("kind", IntEnum(Kind)))',
    ],
    "and with one of a batch": [
        'op.create_table("things", sa.Column("id", sa.Integer(), primary_key=True))',
        f'{IMPORT}\nwith op.batch_alter_table("things") as batch:\n    batch.add_column(sa.Column("kind", IntEnum(Kind)))',
    ],
    "and with a new type of a column": [
        'op.create_table("things", sa.Column("kind", sa.SmallInteger()))',
        f'{IMPORT}\nop.alter_column("things", "kind", type_=IntEnum(Kind), existing_type=sa.SmallInteger())',
        f'{IMPORT}\nop.alter_column("things", "kind", type_=sa.Integer(), existing_type=IntEnum(Kind))',
    ],
    "and with a table that creates itself": [
        f'{IMPORT}\nsa.Table("things", sa.MetaData(), sa.Column("kind", IntEnum(Kind))).create(op.get_bind())'
    ],
    "it can be dropped": [f'{IMPORT}\n{THINGS}\nop.drop_constraint("ck_things_valid_kind", "things")'],
    "hooks of all tables and columns": [
        'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("is_new", sa.Boolean()), sa.UniqueConstraint("is_new"))',
        'op.add_column("users", sa.Column("is_old", sa.Boolean()))',
        'op.create_unique_constraint("uq_old", "users", ["id", "is_old"])',
        'op.create_index("ix_both", "users", ["is_new", "is_old"])',
    ],
}
CONVENTION = {"ck": "ck_%(table_name)s_%(constraint_name)s"}
ENV = f"""
from alembic import context
from app import everywhere, types
import sqlalchemy as sa

context.configure(connection=None, target_metadata=sa.MetaData(naming_convention={CONVENTION!r}))
"""


def project(*bodies: str) -> dict[str, str]:
    """Give the files of a project whose revisions have these bodies."""
    return {
        f"{ROOT}/app/__init__.py": "",
        f"{ROOT}/app/types.py": TYPES,
        f"{ROOT}/app/everywhere.py": OF_ALL_TABLES,
        f"{ROOT}/alembic/env.py": ENV,
        **chained(bodies),
    }


def replayed(files: dict[str, str]) -> Migrated:
    """Replay the history of a project, with what its env.py reaches."""
    source = MemorySource(files)
    modules = Modules(source, (ROOT,))
    declared = read_models(environment(), modules, ModelSettings("postgresql"))
    return replay(read_graph(environment(), source, parsed), environment(), modules, "postgresql", declared)


@pytest.mark.oracle
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hook_adds_to_what_an_operation_makes(name: str, database: sa.Connection) -> None:
    """What is called for models is called for the tables of operations, and what it adds is created with them."""
    apps = {one: types.ModuleType(one) for one in ("app", "app.types", "app.everywhere")}
    with hooks_for_now(), pytest.MonkeyPatch.context() as patch:
        for path, module in apps.items():
            patch.setitem(sys.modules, path, module)
        exec(TYPES, apps["app.types"].__dict__)  # noqa: S102 -- the test's own source
        exec(OF_ALL_TABLES, apps["app.everywhere"].__dict__)  # noqa: S102
        run_for_real(database, *PROGRAMS[name], convention=CONVENTION)
    expected = from_database(database)

    found = replayed(project(*PROGRAMS[name]))

    assert expected == from_replay(found.schema)
    assert [] == [one.message for one in found.problems]
    assert [] == [one.reason for one in found.unknown]


def test_what_a_hook_does_that_was_not_followed_is_unknown_at_the_tables_of_operations() -> None:
    """If a hook cannot be run to its end, the table may have more, and the hook is named."""
    files = project('op.create_table("users", sa.Column("id", sa.Integer()))')
    files[f"{ROOT}/app/everywhere.py"] += "    raise ValueError(column.name)\n".replace(
        "    raise", "\n@event.listens_for(sa.Column, 'before_parent_attach')\ndef refused(column, table):\n    raise"
    )

    table = replayed(files).schema.tables["users"]

    assert any("`refused`" in one.reason for one in table.incomplete)


def test_an_edit_of_a_hook_is_an_edit_of_the_revisions_that_it_adds_to() -> None:
    """Revisions whose tables hooks come to are followed again once a hook is another one."""
    bodies = ['op.create_table("users", sa.Column("id", sa.Integer()))', "op.execute('SELECT 1')"]
    files = {path.removeprefix(f"{ROOT}/"): text for path, text in project(*bodies).items()}
    ini = textwrap.dedent("""
        [alembic]
        script_location = alembic
        prepend_sys_path = .
        sqlalchemy.url = postgresql://localhost/hooked
    """)
    followed = Followed(
        {f"/hooked/{path}": text for path, text in files.items()} | {"/hooked/alembic.ini": ini}, "/hooked"
    )

    ran = followed.edit("app/everywhere.py", "audited_at", "seen_at")

    assert {"/hooked/alembic/versions/0001_step.py"} == set(keys(ran, "revision"))
