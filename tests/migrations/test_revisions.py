"""What revisions do, as programs: introspection, branches, guards, helpers, objects that create themselves, SQL that is half known."""

# ruff: noqa: E501, ISC004 -- a program is written one statement a line

from __future__ import annotations

import pytest

from driftline.migrations.history import Migrated
from driftline.python.host import Taken
from tests.migrations.describing import from_replay
from tests.migrations.replaying import HEADER, ROOT, VERSIONS, chained, replayed

USERS = "op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True))"


POSTS = "op.create_table('posts', sa.Column('user_id', sa.Integer(), sa.ForeignKey('users.id')))"


def columns(migrated: Migrated, table: str = "users") -> list[str]:
    """Give the names of a table's columns."""
    return [one.name for one in migrated.schema.tables[table].columns]


def verbs(migrated: Migrated, table: str) -> list[tuple[str, bool]]:
    """Give what happened to a table, and whether it was applied."""
    return [(one.operation.verb, one.applied) for one in migrated.timelines.get(table, ())]


ANSWERED = {
    "has_table": "sa.inspect(op.get_bind()).has_table('users')",
    "has_no_table": "not sa.inspect(op.get_bind()).has_table('nothing')",
    "the_version_table_is_there": "sa.inspect(op.get_bind()).has_table('alembic_version')",
    "table_names": "set(sa.inspect(op.get_bind()).get_table_names()) == {'alembic_version', 'users'}",
    "columns": "[c['name'] for c in sa.inspect(op.get_bind()).get_columns('users')] == ['id', 'email']",
    "nullability": "[c['nullable'] for c in sa.inspect(op.get_bind()).get_columns('users')] == [False, True]",
    "key": "sa.inspect(op.get_bind()).get_pk_constraint('users')['name'] == 'users_pkey'",
    "uniques": "sa.inspect(op.get_bind()).get_unique_constraints('users')[0]['name'] == 'users_email_key'",
    "unique_constraints_among_the_indexes": "[i.get('duplicates_constraint') for i in sa.inspect(op.get_bind()).get_indexes('users')]"
    " == ['users_email_key']",
    "the_dialect_of_the_bind": "op.get_bind().dialect.name == 'postgresql'",
    "the_dialect_of_the_context": "op.get_context().dialect.name == 'postgresql'",
    "the_dialect_of_env_s_context": "context.get_context().dialect.name == 'postgresql'",
    "the_engine": "op.get_bind().engine.name == 'postgresql'",
    "the_dialect_has_table": "op.get_bind().dialect.has_table(op.get_bind(), 'users')",
    "online": "not context.is_offline_mode() and not op.get_context().as_sql",
    "an_inspector_is_true": "sa.inspect(op.get_bind()) and op.get_bind() and op.get_context()",
    "the_class_of_the_dialect": "isinstance(op.get_bind().dialect, sa.dialects.postgresql.dialect)"
    " and not isinstance(op.get_bind().dialect, sa.dialects.mysql.base.MySQLDialect)",
    "the_name_of_a_column": "sa.Column('email', sa.Text(), key='e', nullable=False).name == 'email'"
    " and sa.Column('email', sa.Text(), key='e').key == 'e' and sa.Column('email', nullable=False).nullable is False",
    "a_reflected_table": "sa.Table('users', sa.MetaData(), autoload_with=op.get_bind()).c.email.name == 'email'"
    " and [c.name for c in sa.Table('users', sa.MetaData(), autoload_with=op.get_bind()).columns] == ['id', 'email']"
    " and sa.Table('users', sa.MetaData(), autoload_with=op.get_bind()).c['id'].nullable is False",
    "the_foreign_keys_of_a_reflected_table": "[(k.name, k.column_keys, k.referred_table.name)"
    " for k in sa.Table('posts', sa.MetaData(), autoload_with=op.get_bind()).foreign_key_constraints]"
    " == [('posts_user_id_fkey', ['user_id'], 'users')]",
    "an_old_inspector": "sa.engine.reflection.Inspector.from_engine(op.get_bind()).has_table('users')",
}


@pytest.mark.parametrize("question", ANSWERED)
def test_questions_are_answered_from_the_replayed_state(question: str) -> None:
    """What a revision asks of the database is answered as an Inspector would after the revisions before it."""
    body = f"if {ANSWERED[question]}:\n    op.add_column('users', sa.Column('yes', sa.Text()))\nelse:\n    op.drop_table('users')"
    found = replayed(USERS, POSTS if "'posts'" in body else "pass", body)

    assert columns(found) == ["id", "email", "yes"]
    assert not found.schema.tables["users"].column("yes").conditional
    assert ("drop_table", False) in verbs(found, "users")
    assert found.problems == ()


def test_an_inspector_keeps_its_answers() -> None:
    """One Inspector gives the same answer again after the table was made; a new one sees it."""
    found = replayed(
        """
        inspector = sa.inspect(op.get_bind())
        before = inspector.has_table("t")
        op.create_table("t", sa.Column("a", sa.Text()))
        if not before and not inspector.has_table("t"):
            op.add_column("t", sa.Column("cached", sa.Text()))
        if sa.inspect(op.get_bind()).has_table("t"):
            op.add_column("t", sa.Column("seen", sa.Text()))
        inspector.clear_cache()
        if inspector.has_table("t"):
            op.add_column("t", sa.Column("cleared", sa.Text()))
        """
    )

    assert columns(found, "t") == ["a", "cached", "seen", "cleared"]


def test_reflecting_what_is_not_there_raises() -> None:
    """`NoSuchTableError` takes the way that an `except` clause gives it."""
    found = replayed(
        """
        inspector = sa.inspect(op.get_bind())
        try:
            inspector.get_columns("t")
        except sa.exc.NoSuchTableError:
            op.create_table("t", sa.Column("a", sa.Text()))
        """
    )

    assert columns(found, "t") == ["a"]


def test_untaken_branches_are_history_that_did_not_happen() -> None:
    """What stands under a condition that an empty database does not meet is told, with the condition, and never applied."""
    found = replayed(
        USERS,
        """
        if sa.inspect(op.get_bind()).has_table("legacy"):
            op.drop_constraint("legacy_key", "legacy", type_="foreignkey")
            op.add_column("users", sa.Column("never", sa.Text()))
        """,
    )
    events = found.timelines["legacy"]

    assert verbs(found, "legacy") == [("drop_constraint", False)]
    assert events[0].operation.branch is not None
    assert events[0].operation.branch.taken is Taken.UNTAKEN
    assert "has_table" in events[0].operation.branch.condition
    assert columns(found) == ["id", "email"]
    assert "legacy" not in found.schema.tables
    assert found.incomplete is None
    assert found.problems == ()


LEFT_OUT = "what revision `0002` does under `{}` is left out, since it could not: "


def test_what_depends_on_the_unknown_is_conditional() -> None:
    """A branch that does work is assumed and its facts are conditional, until it runs into what cannot be done."""
    found = replayed(
        USERS,
        """
        import os
        if os.environ.get("WITH_NAMES"):
            op.add_column("users", sa.Column("name", sa.Text()))
            op.drop_column("users", "nothing")
            op.add_column("users", sa.Column("never", sa.Text()))
        """,
    )

    assert found.schema.tables["users"].column("name").conditional
    assert "never" not in columns(found)
    assert found.problems == ()
    assert any(one.reason.startswith(LEFT_OUT.format('os.environ.get("WITH_NAMES")')) for one in found.unknown)


def test_of_two_ways_to_start_the_later_one_is_not_taken() -> None:
    """One settings' history and the other's are both assumed: where the second would make a table again, it is not run."""
    found = replayed(
        f"import os\nif not os.environ.get('URL'):\n    return\n{USERS}",
        f"""
import os
if os.environ.get('URL'):
    return
{USERS}
op.create_table("only_here", sa.Column("id", sa.Integer(), primary_key=True))
""",
    )

    assert list(found.schema.tables) == ["users"]
    assert found.problems == ()
    assert any(one.reason.startswith(LEFT_OUT.format("not (os.environ.get('URL'))")) for one in found.unknown)


LOOKS = {
    "a row": "if conn.execute(sa.text(\"SELECT 1 FROM pg_constraint WHERE conname = :n\"), {'n': 'x'}).fetchone():",
    "a scalar": 'if conn.scalar(sa.text("SELECT 1 FROM information_schema.columns")) is not None:',
    "how many": 'if len(conn.execute(sa.text("SELECT 1 FROM pg_catalog.pg_class")).fetchall()) > 0:',
    "a text with gaps": "if conn.execute(sa.text(f\"SELECT to_regclass('{os.environ['T']}')\")).scalar():",
    "among the names": "if 'x' in [row[0] for row in conn.execute(sa.text('SHOW COLUMNS FROM users'))]:",
    "each of them": "for row in conn.exec_driver_sql('SELECT conname FROM pg_constraint').fetchall():",
    "a helper": "if (lambda name: bool(conn.scalar(sa.text(f\"SELECT 1 FROM pg_class WHERE relname = '{name}'\"))))('x'):",
}


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize(
    "operation", ["op.drop_column('users', 'x')", "op.add_column('users', sa.Column('email', sa.Text()))"]
)
def test_behind_a_look_at_the_catalog_nothing_is_impossible(look: str, operation: str) -> None:
    """What could not be done is what the program has made sure of: it asks the catalog, and its facts stay conditional."""
    found = replayed(
        USERS,
        f"import os\nconn = op.get_bind()\n{look}\n    {operation}\n    op.add_column('users', sa.Column('name', sa.Text()))",
    )

    assert found.problems == ()
    assert found.schema.tables["users"].column("name").conditional


def test_after_a_return_for_what_the_catalog_says_nothing_is_impossible() -> None:
    """A guard's early return holds for what comes after it, and no longer than its function."""
    found = replayed(
        USERS,
        """
        def tidy():
            if not op.get_bind().scalar(sa.text("SELECT 1 FROM pg_class")):
                return
            op.drop_column("users", "nothing")

        tidy()
        op.drop_column("users", "never")
        """,
    )

    assert [(one.object, one.conditional) for one in found.problems] == [("never", False)]


def test_rows_of_a_table_are_no_look_at_the_catalog() -> None:
    """What rests on rows could be done by none, and is left out: a look at the catalog would have said so."""
    found = replayed(
        USERS, "if op.get_bind().scalar(sa.text('SELECT 1 FROM users')):\n    op.drop_column('users', 'x')"
    )

    assert found.problems == ()
    assert any(one.reason.startswith(LEFT_OUT.format("op.get_bind()")[:40]) for one in found.unknown)


def test_a_conditional_drop_leaves_the_table_uncertain() -> None:
    """After a drop that is only assumed, nothing is said to be missing from the table."""
    found = replayed(USERS, "import os\nif os.environ.get('X'):\n    op.drop_column('users', 'email')")

    assert columns(found) == ["id"]
    assert found.schema.tables["users"].incomplete != ()


def test_a_try_around_an_impossible_operation_is_followed() -> None:
    """An operation that the database would refuse raises, inside of a `try`: no problem, and the handler runs."""
    found = replayed(
        USERS,
        """
        try:
            op.drop_constraint("nothing", "users", type_="unique")
        except Exception:
            op.drop_constraint("users_email_key", "users", type_="unique")
        try:
            op.add_column("users", sa.Column("name", sa.Text()))
        except sa.exc.ProgrammingError:
            op.drop_table("users")
        """,
    )

    assert columns(found) == ["id", "email", "name"]
    assert found.schema.tables["users"].unique_constraints == ()
    assert found.problems == ()


def test_helpers_loops_and_imports_are_programs_that_run() -> None:
    """Operations in helpers beside the project, in loops over literals and behind aliases are recorded where they are called."""
    helpers = (
        HEADER
        + "def add_timestamps(table, *names):\n"
        + "    for name in names:\n        op.add_column(table, sa.Column(name, sa.DateTime(timezone=True)))\n"
        + "class Indexer:\n    def __init__(self, operations, table):\n        self.operations, self.table = operations, table\n"
        + "    def run(self):\n        self.operations.create_index(f'ix_{self.table}', self.table, ['id'])\n"
    )
    found = replayed(
        """
        from helpers import add_timestamps, Indexer
        from alembic.op import create_table as make
        for name in ("a", "b"):
            make(name, sa.Column("id", sa.Integer(), primary_key=True))
            add_timestamps(name, "created", "updated")
        Indexer(op, "a").run()
        """,
        files={f"{ROOT}/helpers.py": helpers},
    )
    event = found.timelines["a"][-1]

    assert columns(found, "a") == columns(found, "b") == ["id", "created", "updated"]
    assert [one.name for one in found.schema.tables["a"].indexes] == ["ix_a"]
    assert [site.path for site in event.operation.origin.sites] == [f"{ROOT}/helpers.py", f"{VERSIONS}/0001_step.py"]
    assert f"{ROOT}/helpers.py" in found.reads


SAME = {
    "tables_that_create_themselves": (
        "m = sa.MetaData()\nt = sa.Table('t', m, sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Text(), index=True))\n"
        "t.create(op.get_bind())",
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('a', sa.Text(), index=True))",
    ),
    "a_metadata_that_creates_all": (
        "m = sa.MetaData()\nsa.Table('t', m, sa.Column('id', sa.Integer(), primary_key=True))\n"
        "sa.Table('u', m, sa.Column('t', sa.Integer(), sa.ForeignKey('t.id')))\nm.create_all(op.get_bind())",
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\n"
        "op.create_table('u', sa.Column('t', sa.Integer(), sa.ForeignKey('t.id')))",
    ),
    "an_enum_that_creates_itself": (
        "e = sa.Enum('x', 'y', name='kind')\ne.create(op.get_bind(), checkfirst=True)\n"
        "op.create_table('t', sa.Column('k', postgresql.ENUM('x', 'y', name='kind', create_type=False)))",
        "op.create_table('t', sa.Column('k', sa.Enum('x', 'y', name='kind')))",
    ),
    "an_enum_that_is_dropped": (
        "sa.Enum('x', name='kind').create(op.get_bind())\nsa.Enum(name='kind').drop(op.get_bind(), checkfirst=False)",
        "pass",
    ),
    "operation_objects": (
        "from alembic.operations import ops\nop.create_table('t', sa.Column('id', sa.Integer()))\n"
        "op.invoke(ops.AddColumnOp('t', sa.Column('a', sa.Text())))",
        "op.create_table('t', sa.Column('id', sa.Integer()), sa.Column('a', sa.Text()))",
    ),
    "the_bind_executes": (
        "c = op.get_bind()\nc.execute(sa.text('CREATE TABLE t (id integer)'))\nc.exec_driver_sql('ALTER TABLE t ADD a text')\n"
        "c.execute(sa.text('UPDATE t SET a = :a').bindparams(a=1))",
        "op.create_table('t', sa.Column('id', sa.Integer()), sa.Column('a', sa.Text()))",
    ),
    "an_autocommit_block": (
        "op.create_table('t', sa.Column('id', sa.Integer()))\nwith op.get_context().autocommit_block():\n"
        "    op.create_index('ix', 't', ['id'], postgresql_concurrently=True)",
        "op.create_table('t', sa.Column('id', sa.Integer(), index=False))\nop.create_index('ix', 't', ['id'])",
    ),
    "lists_of_statements": (
        "for sql in ['CREATE TABLE t (id integer)', 'CREATE INDEX ix ON t (id)']:\n    op.execute(sql)",
        "op.create_table('t', sa.Column('id', sa.Integer()))\nop.create_index('ix', 't', ['id'])",
    ),
    "a_function_over_the_connection": (
        "async def make(connection):\n    connection.execute(sa.text('CREATE TABLE t (id integer)'))\nop.run_async(make)",
        "op.create_table('t', sa.Column('id', sa.Integer()))",
    ),
    "enum_values_synced_by_a_plugin": (
        "op.create_table('t', sa.Column('k', sa.Enum('x', 'z', name='kind')))\n"
        "op.sync_enum_values('public', 'kind', ['x', 'y'], [], enum_values_to_rename=[('z', 'y')])",
        "op.create_table('t', sa.Column('k', sa.Enum('x', 'y', name='kind')))",
    ),
    # What these leave was compared with PostgreSQL 16 after real upgrades: alembic-postgresql-enum 1.11.0, alembic_utils
    # 0.8.8 (GeoAlchemy2 0.20.0 by its source: it needs PostGIS).
    "enum_values_added_by_a_plugin": (
        "op.create_table('t', sa.Column('k', sa.Enum('x', 'y', name='kind')))\n"
        "op.add_enum_value(enum_schema='public', enum_name='kind', new_value='last')\n"
        "op.add_enum_value('public', 'kind', 'after x', before_value='x')",
        "op.create_table('t', sa.Column('k', sa.Enum('x', 'after x', 'y', 'last', name='kind')))",
    ),
    "a_value_renamed_by_a_plugin_under_a_default": (
        "from alembic_postgresql_enum import TableReference\n"
        "postgresql.ENUM('new', 'old', name='state').create(op.get_bind())\n"
        "op.create_table('t', sa.Column('s', postgresql.ENUM(name='state', create_type=False), server_default='new'))\n"
        "op.sync_enum_values(enum_schema='public', enum_name='state', new_values=['fresh', 'old', 'dead'], "
        "affected_columns=[TableReference(table_schema='public', table_name='t', column_name='s', "
        "existing_server_default=\"'new'::state\")], enum_values_to_rename=[('new', 'fresh')])",
        "op.create_table('t', sa.Column('s', sa.Enum('fresh', 'old', 'dead', name='state'), server_default='fresh'))",
    ),
    "entities_of_a_plugin": (
        "from alembic_utils.pg_function import PGFunction\n"
        "from alembic_utils.pg_materialized_view import PGMaterializedView\n"
        "from alembic_utils.pg_trigger import PGTrigger\n"
        "from alembic_utils.reversible_op import CreateOp, DropOp\n"
        "op.create_table('t', sa.Column('id', sa.Integer()))\n"
        "op.create_entity(PGFunction(schema='public', signature='f()', definition='RETURNS trigger …'))\n"
        "op.create_entity(PGTrigger(schema='public', signature='tr', on_entity='public.t', definition='BEFORE …'))\n"
        "view = PGMaterializedView(schema='public', signature='mv', definition='SELECT id FROM t', with_data=True)\n"
        "op.invoke(CreateOp(view))\n"
        "op.create_index('ix_mv', 'mv', ['id'], unique=True)\n"
        "op.invoke(DropOp(view))",
        "op.create_table('t', sa.Column('id', sa.Integer()))",
    ),
    "a_batch_of_a_geospatial_plugin": (
        "from geoalchemy2 import Geometry\n"
        "op.create_geospatial_table('t', sa.Column('id', sa.Integer()))\n"
        "with op.batch_alter_table('t') as batch_op:\n"
        "    batch_op.add_geospatial_column(sa.Column('place', Geometry('POINT', spatial_index=False)))\n"
        "    batch_op.create_geospatial_index('ix_place', ['place'], postgresql_using='gist')\n"
        "op.create_geospatial_constraints('t', sa.Column('place', Geometry('POINT')))",
        "from geoalchemy2 import Geometry\n"
        "op.create_table('t', sa.Column('id', sa.Integer()))\n"
        "op.add_column('t', sa.Column('place', Geometry('POINT', spatial_index=False)))\n"
        "op.create_index('ix_place', 't', ['place'], postgresql_using='gist')",
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_two_ways_of_saying_one_thing(case: str) -> None:
    """Objects that create themselves, statements and plugins come to the same as the plain operations."""
    one, other = SAME[case]
    first, second = replayed(one), replayed(other)

    assert from_replay(first.schema) == from_replay(second.schema)
    assert first.problems == ()
    assert first.unknown == ()


def test_an_enum_is_created_once_in_an_upgrade() -> None:
    """Two tables with one enum are no problem within one upgrade; a type that raw SQL has made is."""
    twice = "op.create_table('{t}', sa.Column('k', sa.Enum('x', name='kind')))"
    fine = replayed(twice.format(t="t"), twice.format(t="u"))
    wrong = replayed("op.execute(\"CREATE TYPE kind AS ENUM ('x')\")", twice.format(t="t"))

    assert fine.problems == ()
    assert [(one.rule, one.object) for one in wrong.problems] == [("enum-exists", "kind")]
    assert replayed(twice.format(t="t"), "op.drop_table('t')").schema.enums["kind"].labels == ("x",)


def test_sql_with_gaps_darkens_no_more_than_it_can_touch() -> None:
    """An unknown value in an UPDATE changes nothing; one in an ALTER makes its table uncertain; an unknown table, all of them."""
    known = "import os\nx = os.environ['X']\n"
    statement = "UPDATE users SET email = '{x}'"
    update = replayed(USERS, f'{known}op.execute(f"{statement}")')
    alter = replayed(
        USERS, USERS.replace("users", "others"), known + "op.execute(f'ALTER TABLE users ADD COLUMN {x} text')"
    )
    anything = replayed(USERS, known + "op.execute(x)")

    assert update.schema.tables["users"].incomplete == ()
    assert update.unknown == ()
    assert [table.key for table in alter.schema.tables.values() if table.incomplete] == ["users"]
    assert alter.schema.incomplete == ()
    assert anything.schema.tables["users"].incomplete != ()
    assert anything.schema.incomplete != ()
    assert len(anything.unknown) == 1


def test_a_custom_operation_is_opaque_not_impossible() -> None:
    """An operation that nobody knows could have created anything: what comes after it is not called impossible."""
    found = replayed("op.create_everything('x')", "op.add_column('x', sa.Column('a', sa.Text()))")

    assert found.problems == ()
    assert found.schema.incomplete != ()


def test_renamed_tables_and_columns_keep_their_history() -> None:
    """The timeline of a renamed table starts where it was created; foreign keys of others follow, and say so."""
    found = replayed(
        USERS,
        "op.create_table('posts', sa.Column('author', sa.Integer(), sa.ForeignKey('users.id')))",
        "op.rename_table('users', 'people')\nop.alter_column('people', 'id', new_column_name='ident')",
    )

    assert verbs(found, "people") == [("create_table", True), ("rename_table", True), ("alter_column", True)]
    assert "users" not in found.timelines
    assert [one.revision for one in found.timelines["posts"]] == ["0002", "0003", "0003"]
    assert found.schema.tables["posts"].foreign_keys[0].referred_table == "people"
    assert found.schema.tables["posts"].foreign_keys[0].referred_columns == ("ident",)
    assert found.created_by("people").revision == "0001"


def test_at_replays_the_ancestors_only() -> None:
    """The schema at a revision is what its ancestors add up to, by id, partial id or relative name."""
    bodies = (USERS, "op.add_column('users', sa.Column('a', sa.Text()))", "op.drop_table('users')")

    assert columns(replayed(*bodies, at="0001")) == ["id", "email"]
    assert columns(replayed(*bodies, at="head-1")) == ["id", "email", "a"]
    assert replayed(*bodies, at="base").schema.tables == {}
    assert replayed(*bodies).schema.tables == {}
    assert [one.reason for one in replayed(*bodies, at="nope").unknown] == ["there is no revision or branch `nope`"]


def test_a_statement_that_fails_hides_no_more_than_it_holds() -> None:
    """Where a statement with operations cannot be followed, nothing is sure; where one without them cannot, nothing is lost."""
    lost = replayed(USERS, "table = None\nop.add_column(table.name.lower(), sa.Column('a', sa.Text()))")
    harmless = replayed(USERS, "print(None.nothing)\nop.add_column('users', sa.Column('a', sa.Text()))")

    assert lost.schema.tables["users"].incomplete != ()
    assert harmless.schema.tables["users"].incomplete == ()
    assert columns(harmless) == ["id", "email", "a"]


def test_multidb_upgrades_are_followed_for_each_engine() -> None:
    """The `multidb` template's `upgrade(engine_name)` runs for each database that the configuration names."""
    body = (
        "    globals()['upgrade_%s' % engine_name]()\n\n\ndef upgrade_one():\n    op.create_table('a', sa.Column('x', sa.Text()))\n\n\n"
        "def upgrade_two():\n    op.create_table('b', sa.Column('x', sa.Text()))\n"
    )
    files = {
        path: text.replace("def upgrade():\n    pass\n", f"def upgrade(engine_name):\n{body}")
        for path, text in chained(["pass"]).items()
    }
    found = replayed("pass", files=files, options={"databases": "one, two"})

    assert set(found.schema.tables) == {"a", "b"}


def test_what_fails_within_a_batch_and_is_caught_does_not_end_it() -> None:
    """SQL in a batch is run at once; where a `try` sees it fail, the operations behind it are still the batch's."""
    body = (
        "with op.batch_alter_table('users') as batch_op:\n"
        "    try:\n"
        "        batch_op.execute(sa.schema.DropTable(sa.Table('gone', sa.MetaData(), sa.Column('id', sa.Integer()))))\n"
        "    except Exception:\n"
        "        pass\n"
        "    batch_op.add_column(sa.Column('a', sa.Text()))"
    )

    assert columns(replayed(USERS, body)) == ["id", "email", "a"]


@pytest.mark.parametrize(
    ("caught", "rules", "with_table"),
    [
        ("Exception", [], False),
        ("sa.exc.ProgrammingError", [], False),
        ("errors.NoSuchConstraint", [], False),
        ("(ValueError, errors.NoSuchConstraint)", [], False),
        ("sa.exc.NoSuchColumnError", ["unknown-constraint"], True),
        ("psycopg2.errors.UndefinedObject", ["unknown-constraint"], True),
        ("KeyboardInterrupt", ["unknown-constraint"], True),
    ],
)
def test_what_a_library_may_make_of_a_refusal_is_caught(caught: str, rules: list[str], with_table: bool) -> None:  # noqa: FBT001
    """A `try` that waits for an error of another library's waits for what that makes of the database's.

    Such a library listens to SQLAlchemy's `handle_error`; exceptions of drivers never come, for SQLAlchemy wraps them.
    """
    body = (
        "import psycopg2\n"
        "from somewhere import errors\n"
        "try:\n"
        "    op.drop_constraint('gone', 'users', type_='foreignkey')\n"
        "    op.create_table('more', sa.Column('x', sa.Text()))\n"
        f"except {caught}:\n"
        "    pass"
    )
    found = replayed(USERS, body)

    assert rules == [one.rule for one in found.problems]
    assert with_table == ("more" in found.schema.tables)
