"""What hooks of the creation of tables do in a migration: as a real upgrade leaves it in PostgreSQL."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import sys
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
from tests.migrations.replaying import HEADER, ROOT, chained, environment, parsed, run_for_real
from tests.support.hooks import hooks_for_now

if TYPE_CHECKING:
    import sqlalchemy as sa

BEFORE = """
@event.listens_for(sa.Table, "before_create")
def audited(table, connection, **kw):
    table.append_column(sa.Column("audited_at", sa.DateTime()))
    table.append_constraint(sa.CheckConstraint("id > 0", name=f"positive_{table.name}"))
    sa.Index(f"ix_{table.name}_audited", table.c.audited_at)
"""
AFTER = """
def indexed(table, connection, **kw):
    table.append_column(sa.Column("too_late", sa.DateTime()))
    table.append_constraint(sa.CheckConstraint("id > 1", name="too_late"))
    sa.Index(f"ix_{table.name}_all", *table.columns.values()[:1])

event.listen(sa.Table, "after_create", indexed)
"""
STATED = """
@event.listens_for(sa.Table, "before_create", named=True)
def before(target, connection, **kw):
    if connection.dialect.name == "postgresql" and not target.name.endswith("_log"):
        connection.execute(sa.text(f"CREATE TABLE {target.name}_log (at timestamp)"))

@event.listens_for(sa.Table, "after_create")
def after(target, connection, **kw):
    if not sa.inspect(connection).has_table("all_created"):
        connection.exec_driver_sql("CREATE TABLE all_created (name text)")
    connection.exec_driver_sql(f"ALTER TABLE {target.name} ADD COLUMN seen boolean")
"""
WORDS = """
event.listen(sa.Table, "after_create", sa.DDL("ALTER TABLE %(table)s ADD COLUMN made_at timestamp"))
event.listen(sa.Table, "after_create", sa.DDL("CREATE INDEX ix_%(table)s_%(what)s ON %(fullname)s (made_at)", context={"what": "made"}))
event.listen(sa.Table, "after_create", sa.DDL("ALTER TABLE %(table)s ADD COLUMN other int").execute_if(dialect="mysql"))
event.listen(sa.Table, "after_create", sa.DDL("ALTER TABLE %(table)s ADD COLUMN own int").execute_if(dialect=("postgresql", "sqlite")))
event.listen(sa.Table, "before_drop", sa.DDL("ALTER TABLE %(table)s RENAME TO kept_%(table)s; CREATE TABLE %(table)s ()"))
"""
OF_ONE = """
metadata = sa.MetaData()
users = sa.Table("users", metadata, sa.Column("id", sa.Integer(), primary_key=True))
posts = sa.Table("posts", metadata, sa.Column("id", sa.Integer(), primary_key=True))
event.listen(metadata, "before_create", sa.DDL("CREATE TABLE first ()"))
event.listen(metadata, "after_create", sa.DDL("ALTER TABLE posts ADD COLUMN last int"))
event.listen(users, "after_create", sa.DDL("ALTER TABLE %(table)s ADD COLUMN own int"))

@event.listens_for(posts, "before_create")
def owned(table, connection, **kw):
    table.append_column(sa.Column("owner", sa.Text()))
"""
USERS = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))'
OWN = "from app.hooks import metadata, posts, users\nbind = op.get_bind()"
PROGRAMS: dict[str, tuple[str, list[str]]] = {
    "before a table is created": (BEFORE, [USERS]),
    "once it is created, which is too late for all but indexes": (AFTER, [USERS]),
    "both, for a table of no operation": (
        BEFORE + AFTER,
        ['sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer())).create(op.get_bind())'],
    ),
    "for all of a MetaData": (
        BEFORE,
        [
            'm = sa.MetaData()\nsa.Table("a", m, sa.Column("id", sa.Integer()))\nsa.Table("b", m, sa.Column("id", sa.Integer()))\nm.create_all(op.get_bind())'
        ],
    ),
    "by the connection": (STATED, [USERS, 'op.create_table("posts", sa.Column("id", sa.Integer()))']),
    "DDL that is filled in": (WORDS, [USERS, 'op.drop_table("users")']),
    "what listens to one table is not called for an operation": (OF_ONE, [USERS]),
    "what listens to one table": (OF_ONE, [f"{OWN}\nusers.create(bind)\nusers.create(bind, checkfirst=True)"]),
    "what listens to a MetaData": (OF_ONE, [f"{OWN}\nmetadata.create_all(bind)"]),
    "which is not called for what is there": (
        OF_ONE,
        [f"{OWN}\nposts.create(bind)", f"{USERS}\n{OWN}\nmetadata.create_all(bind, tables=[users])"],
    ),
    "operations in between": (BEFORE, [USERS, 'op.add_column("users", sa.Column("age", sa.Integer()))']),
}
IMPORTS = "import sqlalchemy as sa\nfrom sqlalchemy import event\n"
ENV = "from alembic import context\nimport sqlalchemy as sa\nfrom app import hooks\n\ncontext.configure(connection=None, target_metadata=sa.MetaData())\n"


def replayed(hooks: str, *bodies: str, env: str = ENV) -> Migrated:
    """Replay a project whose env.py imports `hooks`."""
    files = {
        f"{ROOT}/app/__init__.py": "",
        f"{ROOT}/app/hooks.py": IMPORTS + hooks,
        f"{ROOT}/alembic/env.py": env,
        **chained(bodies),
    }
    source = MemorySource(files)
    modules = Modules(source, (ROOT,))
    declared = read_models(environment(), modules, ModelSettings("postgresql"))
    return replay(read_graph(environment(), source, parsed), environment(), modules, "postgresql", declared)


def in_a_database(database: sa.Connection, hooks: str, *bodies: str) -> dict[str, object]:
    """Run the bodies by real Alembic with the hooks set, and describe what the database has then."""
    apps = {one: types.ModuleType(one) for one in ("app", "app.hooks")}
    with hooks_for_now(), pytest.MonkeyPatch.context() as patch:
        for path, module in apps.items():
            patch.setitem(sys.modules, path, module)
        exec(IMPORTS + hooks, apps["app.hooks"].__dict__)  # noqa: S102 -- the test's own source
        run_for_real(database, *bodies)
    return from_database(database)


@pytest.mark.oracle
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hook_of_creation_does_in_a_migration_what_it_does(name: str, database: sa.Connection) -> None:
    """What it adds to the table is created with it, and what it does by the connection is an operation."""
    hooks, bodies = PROGRAMS[name]
    expected = in_a_database(database, hooks, *bodies)

    found = replayed(hooks, *bodies)

    assert expected == from_replay(found.schema)
    assert [] == [one.message for one in found.problems]
    assert [] == [one.reason for one in found.unknown]


@pytest.mark.oracle
def test_hooks_that_env_py_sets_are_called_too(database: sa.Connection) -> None:
    """What env.py itself defines is there for every revision of the upgrade."""
    expected = in_a_database(database, BEFORE, USERS)

    found = replayed("", USERS, env=f"{HEADER}{IMPORTS}{BEFORE}\n{ENV}")

    assert expected == from_replay(found.schema)
    assert [] == [one.reason for one in found.unknown]


@pytest.mark.parametrize(
    "body",
    ["import library\n    library.extend(table)", "raise ValueError(table.name)", "somebody.knows(table)"],
)
def test_what_a_hook_of_creation_does_that_was_not_followed_is_unknown(body: str) -> None:
    """If a hook cannot be followed, the table may have more, and the hook is named."""
    hooks = f'@event.listens_for(sa.Table, "before_create")\ndef extended(table, connection, **kw):\n    {body}\n'

    table = replayed(hooks, USERS).schema.tables["users"]

    assert any("`extended`" in one.reason for one in table.incomplete)


def test_an_edit_of_a_hook_in_env_py_is_an_edit_of_the_revisions_that_it_adds_to() -> None:
    """Revisions whose tables such a hook comes to are followed again once it is another one."""
    ini = "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://localhost/x\n"
    files = {path.removeprefix(f"{ROOT}/"): text for path, text in chained([USERS, "op.execute('SELECT 1')"]).items()}
    files |= {
        "alembic.ini": ini,
        "app/__init__.py": "",
        "app/hooks.py": "",
        "alembic/env.py": f"{IMPORTS}{BEFORE}\n{ENV}",
    }
    followed = Followed({f"/hooked/{path}": text for path, text in files.items()}, "/hooked")

    ran = followed.edit("alembic/env.py", "audited_at", "seen_at")

    assert "/hooked/alembic/versions/0001_step.py" in set(keys(ran, "revision"))
