"""Histories that presume tables which no revision creates, told apart from those that are wrong."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import pytest

from driftline.schema import Column, Schema, Table, Type
from tests.migrations.replaying import VERSIONS, replayed

USERS = "op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.Text()))"
ALTER = "op.add_column('{t}', sa.Column('{c}', sa.Text()))"
MODELS = Schema("postgresql", {"accounts": Table("accounts", None, (Column("id", Type("INTEGER")),))})

INCOMPLETE = {
    "a base that creates nothing": ("pass", USERS, ALTER.format(t="accounts", c="a")),
    "a base that alters what it never made": (ALTER.format(t="accounts", c="a"), USERS),
    "a base that makes some and alters others": (USERS + "\n" + ALTER.format(t="accounts", c="a"),),
    "a base that refers to what it never made": (
        "op.create_table('posts', sa.Column('id', sa.Integer()), sa.Column('a', sa.Integer(), sa.ForeignKey('accounts.id')))",
    ),
    "a first table in the second revision": (
        "op.execute('CREATE EXTENSION citext')",
        USERS + "\nop.drop_table('accounts')",
    ),
    "raw SQL": ("op.execute('ALTER TABLE accounts ADD COLUMN x text')",),
    "batches": ("with op.batch_alter_table('accounts') as batch_op:\n    batch_op.drop_column('x')",),
    "indexes": ("op.create_index('ix', 'accounts', ['x'])",),
    "a name like another one that is a table of the models": (
        "op.create_table('account', sa.Column('id', sa.Integer()))\n" + ALTER.format(t="accounts", c="a"),
    ),
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_operations_on_tables_that_nobody_creates_are_unknown(case: str) -> None:
    """The history is said to be incomplete, at its base revision; nothing in it is called impossible."""
    found = replayed(*INCOMPLETE[case], declared=MODELS)

    assert found.incomplete is not None
    assert "accounts" in found.incomplete.reason
    assert [site.path for site in found.incomplete.origin.sites] == [f"{VERSIONS}/0001_step.py"]
    assert found.problems == ()
    assert "accounts" not in found.schema.tables


def test_what_is_known_of_an_unseen_table_is_kept_in_its_timeline() -> None:
    """The columns that revisions add to a table which nobody creates are told by its timeline."""
    found = replayed(
        "pass",
        ALTER.format(t="accounts", c="a"),
        "op.drop_column('accounts', 'b')\nop.add_column('accounts', sa.Column('a', sa.Text()))",
    )
    last = found.timelines["accounts"][-1]

    assert found.unseen == {"accounts"}
    assert last.after is not None
    assert [one.name for one in last.after.columns] == ["a"]
    assert last.after.incomplete != ()
    assert [(one.rule, one.object) for one in found.problems] == [("column-exists", "a")]


def test_introspection_of_an_incomplete_history_is_unknown() -> None:
    """Where tables can exist that nobody creates, "absent" is no answer: both ways are followed, what works is conditional."""
    found = replayed(
        "pass",
        "if not sa.inspect(op.get_bind()).has_table('tags'):\n    op.create_table('tags', sa.Column('a', sa.Text()))",
        ALTER.format(t="accounts", c="a"),
    )

    assert found.schema.tables["tags"].conditional
    assert found.problems == ()


COMPLETE = {
    "a typo": ((USERS, ALTER.format(t="uesrs", c="a")), "unknown-table", "uesrs"),
    "a typo in the first revision": ((USERS + "\n" + ALTER.format(t="user", c="a"),), "unknown-table", "user"),
    "a typo after an empty base": (("pass", USERS, ALTER.format(t="userss", c="a")), "unknown-table", "userss"),
    "a typo in another case": ((USERS, ALTER.format(t="Users", c="a")), "unknown-table", "Users"),
    "a typo in a foreign key": (
        (USERS, "op.create_foreign_key('fk', 'users', 'uesrs', ['id'], ['id'])"),
        "unknown-fk-target",
        "fk",
    ),
    "a table that the same revision makes too late": (
        (ALTER.format(t="users", c="a") + "\n" + USERS,),
        "unknown-table",
        "users",
    ),
    "a table that was dropped": (
        (USERS, "op.drop_table('users')", ALTER.format(t="users", c="a")),
        "unknown-table",
        "users",
    ),
    "a table that was renamed": (
        (USERS, "op.rename_table('users', 'people')", ALTER.format(t="users", c="a")),
        "unknown-table",
        "users",
    ),
    "a batch": (
        (USERS, "with op.batch_alter_table('usres') as b:\n    b.drop_column('x')\n    b.drop_column('y')"),
        "unknown-table",
        "usres",
    ),
    "a column": ((USERS, "op.drop_column('users', 'name')"), "unknown-column", "name"),
    "an altered column": ((USERS, "op.alter_column('users', 'name', nullable=False)"), "unknown-column", "name"),
    "an indexed column": ((USERS, "op.create_index('ix', 'users', ['name'])"), "unknown-column", "name"),
    "a table again": ((USERS, USERS), "table-exists", "users"),
    "a new name that is taken": (
        (USERS, USERS.replace("users", "t"), "op.rename_table('t', 'users')"),
        "table-exists",
        "users",
    ),
    "a column again": ((USERS, ALTER.format(t="users", c="email")), "column-exists", "email"),
    "a new column name that is taken": (
        (USERS, "op.alter_column('users', 'id', new_column_name='email')"),
        "column-exists",
        "email",
    ),
    "a constraint": ((USERS, "op.drop_constraint('uq', 'users', type_='unique')"), "unknown-constraint", "uq"),
    "a constraint's index": (
        (USERS, "op.create_unique_constraint('uq', 'users', ['email'])", "op.drop_index('uq', 'users')"),
        "unknown-index",
        "uq",
    ),
    "an index as a constraint": (
        (
            USERS,
            "op.create_index('uq', 'users', ['email'], unique=True)",
            "op.drop_constraint('uq', 'users', type_='unique')",
        ),
        "unknown-constraint",
        "uq",
    ),
    "an index": ((USERS, "op.drop_index('ix', table_name='users')"), "unknown-index", "ix"),
    "an index again": (
        (USERS, "op.create_index('ix', 'users', ['email'])\nop.create_index('ix', 'users', ['id'])"),
        "index-exists",
        "ix",
    ),
    "a constraint again": (
        (
            USERS,
            "op.create_check_constraint('ck', 'users', 'id > 0')\nop.create_check_constraint('ck', 'users', 'id > 1')",
        ),
        "constraint-exists",
        "ck",
    ),
    "a second primary key": ((USERS, "op.create_primary_key('pk', 'users', ['email'])"), "constraint-exists", "pk"),
    "a foreign key to a table that was dropped": (
        (
            USERS,
            "op.drop_table('users')",
            USERS.replace("users", "posts").replace("sa.Text()", "sa.ForeignKey('users.id')"),
        ),
        "unknown-fk-target",
        "email",
    ),
    "a foreign key to no column": (
        (USERS, "op.create_foreign_key('fk', 'users', 'users', ['id'], ['uid'])"),
        "unknown-fk-target",
        "fk",
    ),
    "a foreign key to what is not unique": (
        (USERS, "op.create_foreign_key('fk', 'users', 'users', ['id'], ['email'])"),
        "unknown-fk-target",
        "fk",
    ),
    "an enum again": (
        ("op.execute(\"CREATE TYPE k AS ENUM ('a')\")\nop.execute(\"CREATE TYPE k AS ENUM ('a')\")",),
        "enum-exists",
        "k",
    ),
}


@pytest.mark.parametrize("case", COMPLETE)
def test_what_is_impossible_in_a_complete_history_is_a_problem(case: str) -> None:
    """Exactly one problem, with the rule that reports it, the revision, the name and the place."""
    bodies, rule, name = COMPLETE[case]
    found = replayed(*bodies, declared=None)
    (problem,) = found.problems

    assert found.incomplete is None
    assert (problem.rule, problem.object, problem.conditional) == (rule, name, False)
    assert problem.revision == f"{len(bodies):04d}"
    assert problem.origin.within(f"{VERSIONS}/{problem.revision}_step.py") is not None
    assert f"`{name}`" in problem.message


TOO_LATE = {
    "operations": ("pass", ALTER.format(t="users", c="a"), USERS),
    "foreign keys": (USERS.replace("users", "posts").replace("sa.Text()", "sa.ForeignKey('users.id')"), USERS),
    "renames": (ALTER.format(t="users", c="a"), USERS.replace("users", "people"), "op.rename_table('people', 'users')"),
}


@pytest.mark.parametrize("case", TOO_LATE)
def test_a_table_that_a_later_revision_makes_is_not_there_before(case: str) -> None:
    """Where the history itself creates the table later, unasked, there is no database on which both revisions work."""
    found = replayed(*TOO_LATE[case], declared=SHOP)
    (problem,) = found.problems

    assert found.incomplete is None
    assert found.unseen == frozenset()
    assert problem.table is not None
    assert problem.rule in ("unknown-table", "unknown-fk-target")


# Tables of somebody else's ------------------------------------------------------------------------------------------

SHOP = Schema("postgresql", {"users": Table("users", None, (Column("id", Type("INTEGER")),))})
POSTS = "op.create_table('posts', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('u', sa.Uuid(), {fk}))"

OUTSIDE = {
    "a foreign key to another schema": ((USERS, POSTS.format(fk="sa.ForeignKey('auth.users.id')")), "auth.users"),
    "a foreign key": ((USERS + "\n" + POSTS.format(fk="sa.ForeignKey('tenants.id')"),), "tenants"),
    "what autogenerate drops": ((USERS + "\nop.drop_table('spatial_ref_sys')",), "spatial_ref_sys"),
    "later": ((USERS, "op.drop_table('apscheduler_jobs')"), "apscheduler_jobs"),
    "after an empty base": (("pass", USERS, ALTER.format(t="jobs", c="a")), "jobs"),
    "raw SQL": ((USERS, "op.execute('ALTER TABLE jobs ADD COLUMN x text')"), "jobs"),
    "a batch": (
        (USERS, "with op.batch_alter_table('jobs') as b:\n    b.add_column(sa.Column('x', sa.Text()))"),
        "jobs",
    ),
    "an index": ((USERS, "op.create_index('ix', 'jobs', ['x'])"), "jobs"),
    "made again after it was dropped": (
        (USERS, "op.drop_table('jobs')\n" + USERS.replace("users", "jobs")),
        "jobs",
    ),
    "made later only if it is not there": (
        (
            USERS,
            ALTER.format(t="jobs", c="a"),
            "if not sa.inspect(op.get_bind()).has_table('jobs'):\n    " + USERS.replace("users", "jobs"),
        ),
        "jobs",
    ),
    "a number is no slip": (
        (USERS + "\n" + USERS.replace("users", "logs_1"), ALTER.format(t="logs_2", c="a")),
        "logs_2",
    ),
    "another schema's table of a name alike": (
        (USERS, ALTER.format(t="users", c="a")[:-1] + ", schema='auth')"),
        "auth.users",
    ),
    "two letters are no slip": ((USERS, ALTER.format(t="useful", c="a")), "useful"),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_somebody_elses_table_is_unknown_and_nothing_else_is(case: str) -> None:
    """A table that is no model's and that no revision creates is no error, and leaves the rest of the history sure."""
    bodies, key = OUTSIDE[case]
    found = replayed(*bodies, declared=SHOP)

    assert found.problems == ()
    assert found.incomplete is None
    assert found.unseen == {key} - found.schema.tables.keys()
    assert found.schema.tables["users"].incomplete == ()
    assert found.schema.incomplete == ()
    assert any(f"`{key}`" in one.reason and one.origin.sites for one in found.unknown)


def test_somebody_elses_table_once_dropped_is_gone() -> None:
    """What a revision dropped is not there after it, whoever made it."""
    found = replayed(USERS, "op.drop_table('jobs')", ALTER.format(t="jobs", c="a"), declared=SHOP)

    assert [(one.rule, one.revision) for one in found.problems] == [("unknown-table", "0003")]


def test_asking_for_somebody_elses_table_gets_no_answer() -> None:
    """Before it is touched, too, an inspector cannot tell whether it is there; of any other table it can."""
    asking = "if not sa.inspect(op.get_bind()).{}:\n    op.create_table('{}', sa.Column('a', sa.Text()))"
    found = replayed(
        USERS,
        asking.format("has_table('jobs')", "by_name"),
        asking.format("has_table('tags')", "tags"),
        asking.format("get_table_names()", "by_list"),
        asking.format("get_table_names(schema='other')", "by_other_list"),
        ALTER.format(t="jobs", c="a"),
        declared=SHOP,
    )
    tables = found.schema.tables

    assert found.problems == ()
    assert tables["by_name"].conditional
    assert tables["by_list"].conditional
    assert not tables["tags"].conditional
    assert not tables["by_other_list"].conditional


@pytest.mark.parametrize("first", ["a", "b"])
def test_what_another_branch_creates_is_nobody_elses_and_no_error(first: str) -> None:
    """Which branch comes first is not said; whichever does, the history is whole, and nothing is impossible."""
    referring, creating = ("a", "b") if first == "a" else ("b", "a")
    head = "from alembic import op\nimport sqlalchemy as sa\nrevision = '{}'\ndown_revision = None\n\ndef upgrade():\n    {}\n"
    found = replayed(
        files={
            f"{VERSIONS}/{referring}.py": head.format(referring, POSTS.format(fk="sa.ForeignKey('users.id')")),
            f"{VERSIONS}/{creating}.py": head.format(creating, USERS),
        },
        declared=SHOP,
    )

    assert found.problems == ()
    assert found.incomplete is None
    assert set(found.schema.tables) == {"posts", "users"}
    assert found.schema.tables["users"].incomplete == ()


def test_a_later_step_does_not_change_what_came_before() -> None:
    """Up to an earlier revision, the history is judged by the whole of it."""
    bodies = (
        "pass",
        USERS,
        "if not sa.inspect(op.get_bind()).has_table('jobs'):\n    " + USERS.replace("users", "jobs"),
        ALTER.format(t="accounts", c="a"),
    )
    whole, part = replayed(*bodies, declared=MODELS), replayed(*bodies, declared=MODELS, at="0003")

    assert whole.incomplete is not None
    assert part.incomplete == whole.incomplete
    assert part.schema.tables == whole.schema.tables


def test_a_models_table_that_no_revision_creates_makes_the_history_incomplete() -> None:
    """Then models' tables come into being otherwise, and none is said to be missing."""
    found = replayed(USERS, ALTER.format(t="accounts", c="a"), declared=MODELS)

    assert found.problems == ()
    assert found.incomplete is not None
    assert "`accounts`, a table of the models" in found.incomplete.reason
    assert found.incomplete in found.unknown


def test_what_an_incomplete_history_drops_is_gone_unless_a_model_has_it() -> None:
    """`create_all` makes the models' tables again, nobody another."""
    dropped = ("op.drop_table('old')", "op.drop_table('accounts')")
    altered = (ALTER.format(t="old", c="a"), ALTER.format(t="accounts", c="a"))
    found = replayed("pass", *dropped, *altered, declared=MODELS)

    assert found.incomplete is not None
    assert [(one.rule, one.table) for one in found.problems] == [("unknown-table", "old")]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_alembics_own_table_is_always_there(dialect: str) -> None:
    """Altering `alembic_version` says nothing about where the history starts."""
    found = replayed(
        "op.alter_column('alembic_version', 'version_num', type_=sa.String(255))", USERS, declared=SHOP, dialect=dialect
    )

    assert found.problems == ()
    assert found.incomplete is None
    assert found.unseen == frozenset()
    assert list(found.schema.tables) == ["users"]


def test_mysql_may_be_told_to_make_tables_in_any_order() -> None:
    """With `foreign_key_checks = 0` MySQL takes a foreign key to a table that is made later."""
    body = POSTS.format(fk="sa.ForeignKey('users.id')") + "\n" + USERS
    found = replayed("op.execute('SET foreign_key_checks = 0')\n" + body, declared=SHOP, dialect="mysql")

    assert found.problems == ()


POSSIBLE = {
    "if_exists": "op.drop_table('t', if_exists=True)\nop.drop_index('i', 'users', if_exists=True)\n"
    "op.drop_constraint('c', 'users', if_exists=True)\nop.drop_column('users', 'c', if_exists=True)",
    "if_not_exists": USERS.replace("sa.Text()))", "sa.Text()), if_not_exists=True)")
    + "\nop.add_column('users', sa.Column('email', sa.Text()), if_not_exists=True)\n"
    "op.create_index('i', 'users', ['id'])\nop.create_index('i', 'users', ['id'], if_not_exists=True)",
    "an index without its table": "op.create_index('i', 'users', ['email'])\nop.drop_index('i')",
    "an index under another table's name": "op.create_index('i', 'users', ['email'])\nop.drop_index('i', table_name='users')",
    "a name that the database made up": "op.create_unique_constraint(None, 'users', ['email'])\n"
    "op.drop_constraint('users_email_key', 'users')",
    "a table made again": "op.drop_table('users')\n" + USERS,
    "a unique index is enough for a foreign key": "op.create_index('i', 'users', ['email'], unique=True)\n"
    "op.add_column('users', sa.Column('boss', sa.Text(), sa.ForeignKey('users.email')))",
}


@pytest.mark.parametrize("case", POSSIBLE)
def test_what_the_database_does_is_no_problem(case: str) -> None:
    """What PostgreSQL does without an error is never reported."""
    found = replayed(USERS, POSSIBLE[case])

    assert found.problems == ()
    assert found.incomplete is None


def test_a_missing_file_makes_the_rest_uncertain() -> None:
    """Where a revision is missing, what it did is not known: nothing after it is impossible."""
    found = replayed(
        files={
            f"{VERSIONS}/0002.py": "from alembic import op\nimport sqlalchemy as sa\nrevision = '0002'\ndown_revision = '0001'\n\n"
            "def upgrade():\n    op.add_column('users', sa.Column('a', sa.Text()))\n"
        }
    )

    assert found.incomplete is not None
    assert found.incomplete.reason == "revision `0001`, on which `0002` builds, is in no file"
    assert found.problems == ()


def test_each_table_of_the_models_that_may_be_there_from_before_is_said() -> None:
    """Where the history does not start from an empty database, a table that it never touches has an entry, too."""
    models = Schema(
        "postgresql",
        {key: Table(key, None, (Column("id", Type("INTEGER")),)) for key in ("accounts", "groups", "users")},
    )

    found = replayed(USERS + "\n" + ALTER.format(t="accounts", c="a"), declared=models)
    whole = replayed(USERS, declared=models)

    assert [True] == ["`groups`" in one.reason for one in found.unknown if "from before" in one.reason]
    assert () == whole.unknown


@pytest.mark.parametrize(
    "guarded",
    [
        "with contextlib.suppress(Exception):\n    {}",
        "with contextlib.suppress(sa.exc.OperationalError, sa.exc.ProgrammingError):\n    {}",
        "try:\n    {}\nexcept Exception:\n    pass",
    ],
)
@pytest.mark.parametrize(
    "doing", ["op.drop_table('old')", "op.execute('DROP TABLE old')", "op.drop_column('old', 'a')"]
)
def test_what_may_fail_presumes_no_table(guarded: str, doing: str) -> None:
    """A drop that goes on where it fails says nothing of what there was before the history."""
    found = replayed(f"import contextlib\nimport sqlalchemy.exc\n{guarded.format(doing)}\n{USERS}")

    assert found.incomplete is None
    assert found.unknown == ()
    assert found.problems == ()


def test_what_is_suppressed_must_be_what_is_raised() -> None:
    """An error that is not suppressed goes on: the table must have been there."""
    body = f"import contextlib\nwith contextlib.suppress(AttributeError):\n    op.drop_table('old')\n{USERS}"

    assert replayed(body).incomplete is not None


def test_views_are_told_with_the_tables() -> None:
    """The views that there are in the end are known by their keys, for the models that are mapped to one."""
    found = replayed(
        "op.execute('CREATE VIEW one AS SELECT 1; CREATE MATERIALIZED VIEW other.two AS SELECT 2')",
        "op.execute('CREATE VIEW three AS SELECT 3')\nop.execute('DROP VIEW one')",
    )

    assert found.views == {"other.two", "three"}
