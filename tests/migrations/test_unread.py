"""What a history does that cannot be read: nothing is said to be absent that it could have made."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import pytest

from driftline.migrations.history import Migrated
from tests.migrations.replaying import HEADER, ROOT, VERSIONS, chained, graph_of, replayed

TABLES = (
    "op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True))\n"
    "op.create_table('posts', sa.Column('id', sa.Integer(), primary_key=True))"
)
SECOND = f"{VERSIONS}/0002_step.py"


def second(text: str, identifiers: str = 'revision = "0002"\ndown_revision = "0001"\n') -> dict[str, str]:
    """Give a second revision file with this text."""
    return {SECOND: f"{HEADER}{identifiers}\n{text}"}


def uncertain(found: Migrated) -> set[str]:
    """Give the tables that are not known as a whole."""
    return {key for key, one in found.schema.tables.items() if one.incomplete}


BROKEN = {
    "a bracket": "def upgrade():\n    op.add_column('users', sa.Column('a', sa.Text())\n\ndef downgrade():\n    pass\n",
    "a line among others": "def upgrade():\n    op.execute('SELECT 1')\n    op.drop_column('users' 'id'))\n    op.f('x')\n",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_revision_that_does_not_parse_lowers_certainty_for_the_tables_it_names(case: str) -> None:
    """It is counted, in the revision file, and nothing is absent from the tables whose names occur in it."""
    found = replayed(TABLES, files=second(BROKEN[case]))
    (unknown,) = found.unknown

    assert "it does not parse" in unknown.reason
    assert unknown.origin.path == SECOND
    assert uncertain(found) == {"users"}
    assert found.schema.incomplete
    assert found.problems == ()


def test_a_revision_that_does_not_parse_and_names_no_table_could_be_about_any() -> None:
    """Where nothing can be told, no table is certain; what follows is not impossible."""
    body = "op.add_column('tags', sa.Column('a', sa.Text()))"
    third = {path: text for path, text in chained(["", "", body]).items() if "0003" in path}
    found = replayed(TABLES, files={**second("def upgrade(:\n  x\n"), **third})

    assert uncertain(found) == {"users", "posts"}
    assert found.problems == ()


GIVEN_UP = """
USERS = "users"

def index(conn):
    conn.execute(sa.select(sa.literal(1)).where(sa.column("id") > 0))
    go_on(0)
    op.create_index("ix_users", USERS, ["id"])

def go_on(depth):
    go_on(depth + 1)

def upgrade():
    index(op.get_bind())
"""


def test_a_statement_that_was_given_up_is_about_the_tables_that_its_operations_name() -> None:
    """The names are constants of the module's; a query made by `select` changes no table."""
    found = replayed(TABLES, files=second(GIVEN_UP))

    assert uncertain(found) == {"users"}


def test_a_second_constraint_of_one_name_replaces_the_first_where_something_was_not_understood() -> None:
    """PostgreSQL would refuse it, so the first was dropped by what could not be read."""
    found = replayed(
        TABLES + "\nop.add_column('posts', sa.Column('user_id', sa.Integer()))"
        "\nop.create_foreign_key('fk_user', 'posts', 'users', ['user_id'], ['id'])"
        "\nfor name in op.get_bind().execute(sa.text('SELECT 1')): op.drop_constraint(name, 'posts')"
        "\nop.create_foreign_key('fk_user', 'posts', 'users', ['user_id'], ['id'], ondelete='CASCADE')"
    )

    assert [("fk_user", "CASCADE")] == [(one.name, one.ondelete) for one in found.schema.tables["posts"].foreign_keys]
    assert found.problems == ()


def test_a_helper_that_does_not_parse_lowers_certainty() -> None:
    """What was cut out of a helper's file could be about the tables that the revision names."""
    helper = "def add(op, table):\n    op.f('x')\n    op.add_column(table 1)\n\ndef other():\n    pass\n"
    found = replayed(
        TABLES,
        files={
            "/project/helpers.py": helper,
            **second("from helpers import add\ndef upgrade():\n    add(op, 'users')\n"),
        },
    )

    assert [one.origin.path for one in found.unknown if "parse" in one.reason] == ["/project/helpers.py"]
    assert uncertain(found) == {"users"}


def test_identifiers_that_do_not_parse_are_unknown_in_their_file() -> None:
    """The syntax error is the reason, and its file the place."""
    (unknown,) = graph_of(second("", "revision = (\ndown_revision = '0001'\n")).unknown

    assert "it does not parse" in unknown.reason
    assert unknown.origin.path == SECOND


FOREIGN = {
    "op": ("from pkg import add\ndef upgrade():\n    add(op, 'users')\n", {"users"}),
    "op, no name": ("from pkg import add\ndef upgrade():\n    add(op)\n", {"users", "posts"}),
    "op by keyword, names in a list": (
        "import pkg\ndef upgrade():\n    pkg.sub.add(operations=op, tables=['posts'])\n",
        {"posts"},
    ),
    "a method of op": ("import pkg\ndef upgrade():\n    pkg.run(op.add_column, 'users')\n", {"users"}),
    "a batch": (
        "from pkg import add\ndef upgrade():\n    with op.batch_alter_table('users') as batch_op:\n        add(batch_op)\n",
        {"users"},
    ),
    "op within a batch": (
        "from pkg import add\ndef upgrade():\n    with op.batch_alter_table('users'):\n        add(op, 'posts')\n",
        {"posts"},
    ),
    "the connection": ("from pkg import add\ndef upgrade():\n    add(op.get_bind())\n", {"users", "posts"}),
    "an object": ("from pkg import Mig\ndef upgrade():\n    Mig(op).up('users')\n", {"users", "posts"}),
    "an upgrade that is made": ("import pkg\nupgrade = pkg.make('users')\n", {"users"}),
    "an item": ("from pkg import helpers\ndef upgrade():\n    helpers['a'](op, 'users')\n", {"users"}),
    "a subclass": (
        "from pkg import Mig\nclass M(Mig):\n    pass\ndef upgrade():\n    M(op).up()\n",
        {"users", "posts"},
    ),
    "an upgrade from a star": ("from pkg import *\n", {"users", "posts"}),
    "what is not known": (
        "import os\nadd = globals()[os.environ['X']]\ndef upgrade():\n    add(op, 'users')\n",
        {"users"},
    ),
    "a method of what is not known": (
        "import os\nhelpers = globals()[os.environ['X']]\ndef upgrade():\n    helpers.run(op.add_column, 'users')\n",
        {"users"},
    ),
    "what is not known, in a helper": (
        "import os\ndef each(f, t):\n    f(op, t)\ndef upgrade():\n    each(globals()[os.environ['X']], 'posts')\n",
        {"posts"},
    ),
    "what is not known, with a batch": (
        "import os\nadd = globals()[os.environ['X']]\ndef upgrade():\n    with op.batch_alter_table('users') as batch_op:\n        add(batch_op)\n",
        {"users"},
    ),
    "an upgrade that is imported": ("from pkg import upgrade\n", {"users", "posts"}),
}


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
@pytest.mark.parametrize("case", FOREIGN)
def test_what_is_not_read_and_given_op_lowers_certainty(case: str, dialect: str) -> None:
    """It is counted, at the call in the revision, and could have done anything to the tables that it is told of."""
    text, tables = FOREIGN[case]
    found = replayed(TABLES, files=second(text), dialect=dialect)

    assert {one.origin.path for one in found.unknown} == {SECOND}
    assert uncertain(found) == tables
    assert found.problems == ()


HARMLESS = (
    "import logging\nlogging.getLogger('x').info('%s', op.get_bind())",
    "print(op, op.get_bind())",
    "sa.inspect(op.get_bind())",
    "from sqlalchemy.orm import Session, sessionmaker\nSession(bind=op.get_bind())\nsessionmaker(op.get_bind())()",
    "sa.MetaData().reflect(bind=op.get_bind())",
    "sa.Table('users', sa.MetaData(), autoload_with=op.get_bind())",
    "context.configure(connection=op.get_bind())",
    "import pandas\npandas.read_sql('SELECT 1', op.get_bind())",
    "from pkg import Kind\nKind(op.f('x'), 'users')",
    "import pkg\npkg.seed('users')",
)


@pytest.mark.parametrize("body", HARMLESS)
def test_calls_that_change_no_schema_lower_no_certainty(body: str) -> None:
    """Logging, inspecting, sessions, and whatever is not given a way to change the schema."""
    found = replayed(TABLES, body)

    assert found.unknown == ()
    assert uncertain(found) == set()
    assert found.schema.incomplete == ()


def test_revisions_in_a_circle_are_not_known() -> None:
    """Each is counted in its file, and what they could have done is not absent."""
    files = {
        f"{VERSIONS}/000{one}_step.py": f"{HEADER}revision = '000{one}'\ndown_revision = {down}\n\n"
        "def upgrade():\n    op.add_column('users', sa.Column('a', sa.Text()))\n"
        for one, down in ((2, "('0001', '0003')"), (3, "'0002'"))
    }
    found = replayed(TABLES, files=files)

    assert set(files) == {one.origin.path for one in found.unknown}
    assert uncertain(found) == {"users"}
    assert found.incomplete is not None


def test_a_missing_revision_could_have_done_anything() -> None:
    """The one that builds on it is counted, and no table is certain."""
    found = replayed(TABLES, files=second("def upgrade():\n    pass\n", "revision = '0002'\ndown_revision = '0000'\n"))

    assert [one.origin.path for one in found.unknown] == [SECOND]
    assert uncertain(found) == {"users", "posts"}


def test_a_revision_whose_id_is_taken_is_not_known() -> None:
    """Nothing that the other file makes is absent."""
    text = "def upgrade():\n    op.create_table('tags', sa.Column('id', sa.Integer()))\n    op.drop_column('users', 'id')\n"
    found = replayed(
        "",
        TABLES,
        "op.drop_table('labels')",
        files={f"{VERSIONS}/0001_other.py": f"{HEADER}revision = '0001'\ndown_revision = None\n{text}"},
    )

    assert any("another file" in one.reason for one in found.unknown)
    assert found.schema.incomplete
    assert found.problems == ()


def test_a_helper_of_a_module_that_lacks_it_lowers_certainty() -> None:
    """A helper that a file should have, and has not, could be anything."""
    text = "from helpers import add\ndef upgrade():\n    add(op, 'users')\n"
    found = replayed(TABLES, files={**second(text), f"{ROOT}/helpers.py": "x = 1\n"})
    (unknown,) = found.unknown

    assert unknown.origin.within(SECOND) is not None
    assert uncertain(found) == {"users"}


@pytest.mark.parametrize("call", ["add('users')", "add(1, table='users')", "add()"])
def test_what_is_not_known_and_is_given_no_way_to_the_schema_is_left_alone(call: str) -> None:
    """It cannot change what it cannot reach."""
    text = f"import os\nadd = globals()[os.environ['X']]\ndef upgrade():\n    {call}\n"
    found = replayed(TABLES, files=second(text))

    assert found.unknown == ()
    assert uncertain(found) == set()


COMPREHENSIONS = {
    "over what is not known": "[op.drop_column(t, 'x') for t in os.environ['X'].split()]",
    "in a dict": "{t: op.drop_column(t, 'x') for t in os.environ['X'].split()}",
    "nested": "[op.drop_column(t, 'x') for _ in range(2) for t in os.environ['X'].split()]",
    "with a filter that is not known": "[op.drop_column(t, 'id') for t in ('users',) if os.environ['X']]",
}


@pytest.mark.parametrize("case", COMPREHENSIONS)
def test_operations_in_a_comprehension_are_counted_as_those_of_a_loop(case: str) -> None:
    """A comprehension may do its work, and nobody knows whether, or on which tables."""
    found = replayed(TABLES, files=second(f"import os\ndef upgrade():\n    {COMPREHENSIONS[case]}\n"))
    tables = {"users"} if "filter" in case else {"users", "posts"}

    assert found.unknown != ()
    assert uncertain(found) == tables
    assert found.problems == ()


def test_a_file_that_is_not_there_is_told_in_words() -> None:
    """A reason is a clause for the user, no exception's text."""
    text = (
        "from pathlib import Path\ndef upgrade():\n    op.execute(Path(__file__).with_name('gone.sql').read_text())\n"
    )
    found = replayed(TABLES, files=second(text))

    assert found.unknown != ()
    assert all("Error:" not in one.reason and "Errno" not in one.reason for one in found.unknown)
    assert any("there is no file" in one.reason and "gone.sql" in one.reason for one in found.unknown)


def test_a_foreign_key_that_the_database_refuses_is_not_kept() -> None:
    """It is a problem, whose message is a sentence, and no constraint."""
    found = replayed(
        TABLES,
        "op.drop_table('posts')",
        "op.create_foreign_key('f', 'users', 'posts', ['id'], ['id'])\nop.drop_table('posts')",
    )

    assert [one.rule for one in found.problems] == ["unknown-fk-target", "unknown-table"]
    assert all(one.message.endswith(".") for one in found.problems)
    assert found.schema.tables["users"].foreign_keys == ()


@pytest.mark.parametrize(
    "loop",
    [
        "list(map(lambda name: op.add_column('users', sa.Column(name, sa.Text())), names))",
        "list(map(op.drop_table, names))",
        "def drop(name): op.drop_table(name)\nlist(map(drop, names))",
        "class Drop:\n    def run(self, name): op.drop_table(name)\nlist(map(Drop().run, names))",
        "list(filter(op.drop_table, names))",
        "any(op.drop_table(name) for name in names)",
        "[op.drop_table(name) for name in names]",
    ],
)
def test_loops_in_any_form_over_what_is_not_known_are_counted(loop: str) -> None:
    """If what is not known is gone through by `map` or `filter`, what that could do is counted as in a `for`."""
    found = replayed(TABLES, f"import os\nnames = os.environ['NAMES'].split()\n{loop}")

    assert len(found.unknown) == 1
    assert found.schema.tables["users"].incomplete != ()


def test_a_map_that_does_nothing_to_the_schema_is_not_counted() -> None:
    """If `map` over what is not known calls nothing that works on the schema, nothing is lost."""
    found = replayed(TABLES, "import os\nprint(list(map(lambda name: name.upper(), os.environ['NAMES'].split())))")

    assert found.unknown == ()
    assert found.schema.tables["users"].incomplete == ()


STATEMENTS = {
    "a call of what was not read": "from elsewhere import make\nop.execute(make('users'))",
    "a name of it": "from elsewhere import statement\nop.get_bind().execute(statement)",
    "an object of a class of the project's": "class Made(sa.schema.DDLElement):\n    pass\nop.execute(Made())",
    "a place of a DDL that nothing fills": "op.execute(sa.DDL('ALTER TABLE %(name)s ADD x int'))",
    "a constraint of no table": "op.execute(sa.schema.AddConstraint(sa.CheckConstraint('id > 0', name='ck')))",
    "a column of a DDL element": "op.execute(sa.schema.CreateColumn(sa.Column('a', sa.Text())))",
    "what a block hides": "op.execute('DO $$ BEGIN oddly ALTER TABLE users ADD x int; END $$')",
    "a search path": "op.execute('SET LOCAL search_path TO ' + op.get_bind().scalar('SELECT name FROM tenants'))",
}


@pytest.mark.parametrize("case", STATEMENTS)
def test_statements_that_were_not_read_are_counted(case: str) -> None:
    """If what is executed could be any statement, that is counted, and no table is said to be absent."""
    found = replayed(TABLES, STATEMENTS[case])

    assert len(found.unknown) == 1
    assert found.schema.incomplete or uncertain(found)


@pytest.mark.parametrize(
    "text",
    ["'ALTER TABLE users ALTER COLUMN email TYPE ' + how()", "'UPSERT users ODDLY'"],
)
def test_what_an_unread_statement_is_about_is_not_certain_any_more(text: str) -> None:
    """It may have altered any column, constraint and index of the tables that it names, and of no others."""
    found = replayed(
        "op.create_table('users', sa.Column('email', sa.Text(), index=True), sa.UniqueConstraint('email', name='u'), "
        "sa.CheckConstraint('email <> 1', name='k'))\nop.create_table('posts', sa.Column('id', sa.Integer()))",
        f"from unseen import how\nop.execute({text})",
    )
    users, posts = found.schema.tables["users"], found.schema.tables["posts"]
    parts = (users.columns, users.unique_constraints, users.check_constraints, users.indexes)

    assert {True} == {one.conditional for part in parts for one in part}
    assert [False] == [one.conditional for one in posts.columns]


@pytest.mark.parametrize(
    "statement",
    [
        "sa.table('users', sa.column('id')).update().values(id=1)",
        "sa.select(sa.text('1'))",
        "sa.insert(sa.Table('users', sa.MetaData(), sa.Column('id', sa.Integer()))).values(id=1)",
        "sa.func.setval('users_id_seq', 1)",
        "sa.schema.CreateSequence(sa.Sequence('numbers'))",
        "sa.DDL('UPDATE users SET id = id %% 2')",
        "'SET search_path TO public'",
        "\"SELECT pg_catalog.set_config('search_path', '', false)\"",
        "'GRANT CREATE ON SCHEMA public TO PUBLIC'",
    ],
)
def test_statements_about_rows_are_not(statement: str) -> None:
    """If what is executed changes rows, or what is no table, nothing is lost."""
    found = replayed(TABLES, f"op.execute({statement})")

    assert found.unknown == ()
    assert not uncertain(found)


_FETCHED = 'name = op.get_bind().execute(sa.text("SELECT x FROM y")).scalar()\n'
_MADE = """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('at', sa.DateTime()), sa.Column('a', sa.Text(), unique=True), sa.Index('ix', 'at'))
"""


@pytest.mark.parametrize(
    "drop", ["op.drop_constraint(name, 'users', type_='unique')", "op.drop_index(name, table_name='users')"]
)
def test_a_drop_by_a_name_that_is_not_known_leaves_the_columns_known(drop: str) -> None:
    """What is dropped is a constraint or an index: of the columns all is known, and the Inspector tells it."""
    body = """
columns = {one["name"]: one for one in sa.inspect(op.get_bind()).get_columns("users")}
for name in [name for name in ("at", "gone") if name in columns and not columns[name]["type"].timezone]:
    op.alter_column("users", name, type_=sa.DateTime(timezone=True))
"""
    found = replayed(_MADE, _FETCHED + drop, body)
    users = found.schema.tables["users"]
    column = users.column("at")

    assert column is not None
    assert (column.type.ddl, column.conditional) == ("TIMESTAMP WITH TIME ZONE", False)
    assert users.incomplete == ()
    assert len(found.unknown) == 1
    assert not users.known_in_full


@pytest.mark.parametrize(
    ("drop", "asked"),
    [
        ("op.drop_constraint(name, 'users', type_='unique')", "get_unique_constraints"),
        ("op.drop_index(name, table_name='users')", "get_indexes"),
    ],
)
def test_what_may_be_gone_is_not_told_by_the_inspector(drop: str, asked: str) -> None:
    """Whether the constraint is still there is not known, and neither is what hangs on it."""
    body = f"""
if sa.inspect(op.get_bind()).{asked}("users"):
    op.add_column("users", sa.Column("b", sa.Text()))
"""
    column = replayed(_MADE, _FETCHED + drop, body).schema.tables["users"].column("b")

    assert column is not None
    assert column.conditional


@pytest.mark.parametrize(
    ("drop", "again"),
    [
        (
            "op.drop_constraint(name, 'users', type_='unique')",
            "op.create_unique_constraint('users_a_key', 'users', ['a'])",
        ),
        ("op.drop_index(name, table_name='users')", "op.create_index('ix', 'users', ['at'])"),
    ],
)
def test_what_is_made_again_was_what_was_dropped(drop: str, again: str) -> None:
    """A second one of the same name is no problem then, and is there for sure."""
    found = replayed(_MADE, _FETCHED + drop, again)
    users = found.schema.tables["users"]

    assert found.problems == ()
    assert [one.conditional for one in users.unique_constraints + users.indexes if one.name in again] == [False]


_ROWS = 'rows = op.get_bind().execute(sa.text("SELECT id, tags FROM posts"))\n'
_CERTAIN = 'op.create_table("tag", sa.Column("id", sa.Integer(), primary_key=True))\n'


@pytest.mark.parametrize(
    "text",
    [
        'sql = "INSERT INTO tag VALUES "\nfor row in rows:\n    sql += f"({row[0]}),"\nsql = sql[:-1] + ";"\n',
        'sql = "INSERT INTO tag VALUES "\nfor row in rows:\n    sql = sql + str(row[0])\n',
        'sql = "UPDATE tag SET id = "\nsql += rows.scalar()\n',
    ],
)
def test_rows_whose_statement_is_put_together_change_no_table(text: str) -> None:
    """What an INSERT begins with is enough, whatever of the database's is appended to it."""
    found = replayed(_CERTAIN + _ROWS + text + "op.execute(sql)")

    assert uncertain(found) == set()
    assert found.unknown == ()


@pytest.mark.parametrize(
    "text",
    [
        'sql = "INSERT INTO tag VALUES (1)"\nsql += f"; ALTER TABLE tag ADD COLUMN {rows.scalar()} int"\n',
        'sql = "SELECT 1"\nsql = rows.scalar()\n',
    ],
)
def test_a_statement_that_could_be_another_is_not_read(text: str) -> None:
    """What is appended after the end of a statement, or takes its place, counts."""
    found = replayed(_CERTAIN + _ROWS + text + "op.execute(sql)")

    assert uncertain(found) == {"tag"}
    assert found.unknown != ()


def test_a_batch_that_copies_a_table_that_is_not_known_lowers_certainty() -> None:
    """The table that the batch makes is another than the one that was there, and nobody knows which."""
    body = "import shop\nwith op.batch_alter_table('users', copy_from=shop.users, recreate='always') as batch_op:\n    batch_op.alter_column('id', nullable=False)\n"
    found = replayed(TABLES, body)

    assert uncertain(found) == {"users"}
    assert ["the table that `copy_from` gives is not known"] == [one.reason for one in found.unknown]
