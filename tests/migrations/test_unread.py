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
