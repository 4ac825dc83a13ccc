"""The history rules where their pages do not go: what they leave alone, and what comes together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.migrations.contents import Body, contents_of
from driftline.migrations.graph import Graph, Revision
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared
from driftline.python.syntax import parse
from driftline.python.values import Unknown
from driftline.rules import duplicate_branch_label, multiple_bases, offline_unsafe
from driftline.rules.finding import Level
from driftline.rules.rule import Context
from driftline.schema import Schema
from tests.support.project import Placed, files_of, findings

HEAD = "import sqlalchemy as sa\nfrom alembic import op\n"
USERS = 'op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(50)))'


def revision(name: str, down: str | None, upgrade: str = "pass", downgrade: str | None = None) -> str:
    """A revision file."""
    text = f"#- alembic/versions/{name}.py\n{HEAD}\nrevision = {name!r}\ndown_revision = {down!r}\n\n\ndef upgrade():\n"
    text += "".join(f"    {line}\n" for line in upgrade.splitlines())
    if downgrade is not None:
        text += "\n\ndef downgrade():\n" + "".join(f"    {line}\n" for line in downgrade.splitlines())
    return text


def history(*revisions: str, dialect: str = "postgresql", env: str = "target_metadata=None") -> list[Placed]:
    """The history findings of a project without models."""
    text = (
        f"#- alembic.ini\n[alembic]\nscript_location = alembic\nsqlalchemy.url = {dialect}://x/y\n"
        f"#- alembic/env.py\nimport sqlalchemy as sa\nfrom alembic import context\n\ncontext.configure({env})\n"
        + "".join(revisions)
    )
    return [one for one in findings(files_of(text)) if one.finding.group == "history"]


def rules(*revisions: str, dialect: str = "postgresql") -> list[tuple[str, str | None]]:
    """The rules that report, each with the revision."""
    return [(one.finding.rule, one.finding.revision) for one in history(*revisions, dialect=dialect)]


FIRST = revision("1", None, USERS)


# Downgrades ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "expected"),
    [
        ('op.add_column("users", sa.Column("a", sa.Text()))', None, []),
        ('op.add_column("users", sa.Column("a", sa.Text()))', "pass", ["empty-downgrade"]),
        ('op.add_column("users", sa.Column("a", sa.Text()))', '"""Nothing."""', ["empty-downgrade"]),
        ('op.add_column("users", sa.Column("a", sa.Text()))', "raise NotImplementedError", []),
        ('op.add_column("users", sa.Column("a", sa.Text()))', "print('no')", ["downgrade-not-inverse"]),
        ('op.execute("UPDATE users SET email = 1")', "pass", []),
        ('op.execute("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql")', "pass", []),
        ('op.add_column("users", sa.Column("a", sa.Text()))', 'op.execute("ALTER TABLE users DROP COLUMN a")', []),
        ('op.add_column("users", sa.Column("a", sa.Text()))', "op.execute(open('x').read())", []),
        ('op.execute(open("x").read())', 'op.drop_column("users", "a")', ["opaque-operation"]),
        ('op.drop_index("ix", "users")', 'op.create_index("ix", "users", ["email"])', ["unknown-index"]),
    ],
)
def test_downgrades(upgrade: str, downgrade: str | None, expected: list[str]) -> None:
    """What can't be taken back, what was not read and what fails already says nothing about a downgrade."""
    assert expected == [rule for rule, _ in rules(FIRST, revision("2", "1", upgrade, downgrade))]


TRIED = revision(
    "2",
    "1",
    'try:\n    op.add_column("users", sa.Column("a", sa.Text()))\nexcept Exception as error:\n    print(error)',
    'op.drop_column("users", "a")',
)


@pytest.mark.parametrize(("table", "expected"), [("users", []), ("people", ["downgrade-not-inverse"])])
def test_a_downgrade_of_what_create_all_made_does_not_fail(table: str, expected: list[str]) -> None:
    """If no revision creates a table of the models, what is tried on it can be taken back; on another, it cannot."""
    env = f"target_metadata=sa.Table({table!r}, sa.MetaData(), sa.Column('id', sa.Integer)).metadata"
    first = revision("1", None, 'op.create_table("other", sa.Column("id", sa.Integer()))', "op.drop_table('other')")

    assert expected == [one.finding.rule for one in history(first, TRIED, env=env)]


def test_a_downgrade_that_fails_points_at_the_operation() -> None:
    """The finding stands on the operation that fails, and names it."""
    [one] = history(
        FIRST,
        revision("2", "1", 'op.create_index("ix", "users", ["email"])', "x = 1\nop.drop_index('xi', 'users')"),
    )

    assert ("downgrade-not-inverse", "alembic/versions/2.py", 14) == (one.finding.rule, one.path, one.line)
    assert "`xi`" in one.finding.message


PARTITIONED = (
    'op.execute("CREATE TABLE logs (id integer, at date, CONSTRAINT key UNIQUE (id)) PARTITION BY LIST (id)")\n'
    'op.execute("CREATE TABLE logs_1 PARTITION OF logs FOR VALUES IN (1)")'
)


@pytest.mark.parametrize(
    ("upgrade", "downgrade"),
    [
        ('op.create_index("ix_at", "logs", ["at"])', 'op.drop_index("ix_at", table_name="logs")'),
        ('op.add_column("logs", sa.Column("a", sa.Text()))', 'op.drop_column("logs", "a")'),
        ('op.drop_constraint("key", "logs")', 'op.create_unique_constraint("key", "logs", ["id"])'),
    ],
)
def test_partitions_follow_their_parent_back(upgrade: str, downgrade: str) -> None:
    """What a downgrade does to a partitioned table it does to the partitions, too."""
    first = revision("1", None, PARTITIONED, 'op.drop_table("logs")')
    other = revision("2", "1", 'op.create_table("a", sa.Column("id", sa.Integer()))', 'op.drop_table("a")')

    assert [] == rules(first, other, revision("3", "2", upgrade, downgrade))


def test_a_unique_index_that_comes_back_as_a_constraint_is_told_as_that() -> None:
    """The finding says both, by their names."""
    second = revision(
        "2", "1", 'op.create_index("ux", "users", ["email"], unique=True)', 'op.drop_index("ux", "users")'
    )
    third = revision("3", "2", 'op.drop_index("ux", "users")', 'op.create_unique_constraint("uq", "users", ["email"])')
    [one] = history(FIRST, second, third)

    assert "after both, the unique index `ux` of `users` is the unique constraint `uq` now." in one.finding.message


def test_a_loop_is_one_finding() -> None:
    """What one call in a loop creates without a name is one finding."""
    [one] = history(
        FIRST,
        revision(
            "2",
            "1",
            'op.add_column("users", sa.Column("a", sa.Text()))\n'
            'for name in ("email", "a"):\n    op.create_unique_constraint(None, "users", [name])',
        ),
    )

    assert ("null-constraint-name", Level.WARNING) == (one.finding.rule, one.finding.level)


def test_a_naming_convention_names_what_is_created() -> None:
    """With a convention, a creation has a name; a drop by no name has none all the same."""
    second = revision(
        "2",
        "1",
        'op.create_unique_constraint(None, "users", ["email"])',
        'op.drop_constraint(None, "users", type_="unique")',
    )
    found = history(
        FIRST,
        second,
        env='target_metadata=sa.MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})',
    )

    assert [("null-constraint-name", Level.ERROR, "uq_users_email")] == [
        (one.finding.rule, one.finding.level, one.finding.object) for one in found
    ]


def test_a_name_that_is_gone_is_nobodys_worry() -> None:
    """A constraint without a name that a later revision drops is not reported."""
    second = revision("2", "1", 'op.create_unique_constraint(None, "users", ["email"])')
    third = revision("3", "2", 'op.drop_constraint("users_email_key", "users", type_="unique")')

    assert [("null-constraint-name", "2")] == rules(FIRST, second)
    assert [] == rules(FIRST, second, third)


# Enums ---------------------------------------------------------------------------------------------------------------

JOBS = 'op.create_table("jobs", sa.Column("s", sa.Enum("a", "b", name="state")))'


@pytest.mark.parametrize(
    ("upgrade", "expected"),
    [
        ('op.drop_table("jobs")', [("enum-leaked", "2")]),
        ('op.drop_column("jobs", "s")', [("enum-leaked", "2")]),
        ('op.drop_table("jobs")\nop.execute("DROP TYPE state")', []),
        ('op.add_column("users", sa.Column("s", sa.Enum(name="state")))\nop.drop_table("jobs")', []),
        ('op.execute(open("x").read())\nop.drop_table("jobs")', [("opaque-operation", "2")]),
    ],
)
def test_enums_left_by_an_upgrade(upgrade: str, expected: list[tuple[str, str]]) -> None:
    """A type without a column is left behind for good, unless something that was not read could use it."""
    assert expected == rules(revision("1", None, f"{USERS}\n{JOBS}"), revision("2", "1", upgrade))


def test_an_enum_that_a_later_revision_drops() -> None:
    """A type that goes later was not left behind."""
    third = revision("3", "2", 'op.execute("DROP TYPE state")')

    assert [] == rules(revision("1", None, JOBS), revision("2", "1", 'op.drop_table("jobs")'), third)


def test_an_enum_that_is_created_if_it_is_not_there() -> None:
    """Where nothing fails the next time, it is a hint."""
    made = 'sa.Enum("a", name="state").create(op.get_bind(), checkfirst=True)\n'
    made += 'op.add_column("users", sa.Column("s", sa.Enum("a", name="state", create_type=False)))'
    [one] = history(FIRST, revision("2", "1", made, 'op.drop_column("users", "s")'))

    assert ("enum-leaked", Level.HINT) == (one.finding.rule, one.finding.level)


# Branches ------------------------------------------------------------------------------------------------------------


ADD_A, ADD_B = (f'op.add_column("users", sa.Column("{name}", sa.Text()))' for name in "ab")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ADD_A, ADD_A, "a"),
        ('op.drop_table("users")', ADD_A, "a"),
        ('op.rename_table("users", "people")', 'op.create_index("ix", "users", ["email"])', "ix"),
        ('op.create_index("ix", "users", ["email"])', 'op.create_index("ix", "users", ["id"])', "ix"),
        ('op.create_index("ix", "users", ["email"])', 'op.create_index("xi", "users", ["email"])', None),
        (
            ADD_A,
            ADD_B,
            None,
        ),
        (
            'op.create_table("a", sa.Column("id", sa.Integer()))',
            'op.create_table("b", sa.Column("id", sa.Integer()))',
            None,
        ),
    ],
)
def test_conflicting_branches(one: str, other: str, expected: str | None) -> None:
    """Heads conflict over one column, constraint or index, or over a table that one of them takes away."""
    found = [
        each.finding
        for each in history(FIRST, revision("2a", "1", one), revision("2b", "1", other))
        if each.finding.rule == "conflicting-branches"
    ]

    assert ([expected] if expected is not None else []) == [each.object for each in found]
    assert all(each.related for each in found)


def test_histories_that_never_met_do_not_conflict() -> None:
    """Two lines of revisions without a common base are two histories, one for each of two databases."""
    found = rules(FIRST, revision("9", None, USERS))

    assert "conflicting-branches" not in [rule for rule, _ in found]


def context(*revisions: Revision, **broken: object) -> Context:
    """A context with a graph of these revisions."""
    made = {one.id: one for one in revisions}
    heads = tuple(name for name in made if not any(name in one.down_revisions for one in revisions))
    graph = Graph(made, tuple(made), heads, tuple(one.id for one in revisions if not one.down_revisions))
    empty = Schema("postgresql")
    return Context(Declared(empty), Migrated(empty), replace(graph, **broken), {})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        ([Revision("a", "/a.py")], []),
        ([Revision("a", "/a.py"), Revision("b", "/b.py")], ["b"]),
        ([Revision("a", "/a.py"), Revision("b", "/b.py", branch_labels=("x",))], []),
        ([Revision("a", "/a.py"), Revision("b", "/b.py", depends_on=("a",))], []),
        ([Revision("b", "/b.py", create_date="2024"), Revision("a", "/a.py", create_date="2025")], ["a"]),
        ([Revision("a", "/a.py"), Revision("b", "/b.py", unknown=Unknown("why"))], []),
    ],
)
def test_multiple_bases(revisions: list[Revision], expected: list[str]) -> None:
    """All plain bases but the oldest are reported."""
    assert expected == [one.revision for one in multiple_bases.check(context(*revisions))]
    assert [] == list(multiple_bases.check(context(*revisions, missing=(("a", "x"),))))


def test_branch_labels() -> None:
    """A label is taken by another label, or by an id."""
    found = duplicate_branch_label.check(
        context(
            Revision("a", "/a.py", branch_labels=("x", "b")),
            Revision("b", "/b.py", ("a",), branch_labels=("x",)),
            Revision("c", "/c.py", ("b",), branch_labels=("y",)),
        )
    )
    messages = {str(one.revision): one.message for one in found}

    assert ["a", "b"] == list(messages)
    assert "is the id of revision `b`" in messages["a"]
    assert "is the label of revision `a` too" in messages["b"]


# What a file says ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("pass", Body.EMPTY),
        ("...", Body.EMPTY),
        ("return", Body.EMPTY),
        ("return None", Body.EMPTY),
        ('"""Why."""', Body.EMPTY),
        ('raise NotImplementedError("no")', Body.REFUSES),
        ('op.drop_table("t")', Body.DOES),
    ],
)
def test_bodies(body: str, expected: Body) -> None:
    """A function's body does nothing, refuses, or does something."""
    assert expected is contents_of(parse("/r.py", f"def downgrade():\n    {body}\n")).downgrade


def test_a_file_without_downgrade() -> None:
    """No function, no body; a file that does not parse says nothing of what it lacks."""
    assert contents_of(parse("/r.py", "x = 1\n")).downgrade is None
    assert contents_of(parse("/r.py", "def downgrade():\n    pass\n\n\ndef upgrade(:\n")).downgrade is None


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("sa.inspect(op.get_bind())", True),
        ("bind = op.get_bind()\n    sa.inspect(bind).has_table('t')", True),
        ("Inspector.from_engine(op.get_bind())", True),
        ("op.get_bind().execute(sa.text('SELECT 1')).scalar()", True),
        ("conn = op.get_bind()\n    rows = conn.execute(q).fetchall()", True),
        ("sa.inspect(op.get_context().bind)", True),
        ("op.get_bind().execute(sa.text('DELETE FROM t'))", False),
        ("op.get_bind().dialect.name", False),
        ("sa.inspect(User).columns", False),
        ("context.is_offline_mode() or sa.inspect(op.get_bind())", False),
        ("op.execute('SELECT 1')", False),
    ],
)
def test_questions_to_the_database(text: str, *, asks: bool) -> None:
    """What needs an answer fails without a database; what only writes does not."""
    found = contents_of(parse("/r.py", f"def upgrade():\n    {text}\n"))

    assert asks is found.asks
    assert asks is bool(found.asks_origin.sites)


def test_offline_unsafe_is_asked_for() -> None:
    """The rule runs only where the settings name it."""
    text = revision("1", None, "sa.inspect(op.get_bind())")

    assert not offline_unsafe.RULE.on
    assert [] == rules(text)
    assert [("offline-unsafe", "1")] == rules(text, '#- driftline.toml\n[severity]\noffline-unsafe = "hint"\n')


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from shop.models import User", ["users"]),
        ("from shop.models.user import User as U", ["users"]),
        ("from shop import models\n\nmodels.User", ["users"]),
        ("import shop.models.user\n\nshop.models.user.User", ["users"]),
        ("from shop.models.user import Base", []),
        ("from other.models import User", []),
        ("from shop.kinds import Kind", []),
    ],
)
def test_imports_of_models(statement: str, expected: list[str]) -> None:
    """A mapped class is one by whatever way it is imported; a class of its name from elsewhere is not."""
    text = f"""
#- alembic.ini
[alembic]
script_location = alembic
prepend_sys_path = .
sqlalchemy.url = postgresql://x/y
#- alembic/env.py
from alembic import context
from shop.models import Base

context.configure(target_metadata=Base.metadata)
#- shop/__init__.py
#- shop/kinds.py
class Kind:
    pass
#- shop/models/__init__.py
from shop.models.user import Base, User
#- shop/models/user.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
#- other/__init__.py
#- other/models.py
class User:
    pass
#- alembic/versions/1.py
import sqlalchemy as sa
from alembic import op
{statement}

revision = "1"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))
"""

    assert expected == [one.finding.table for one in findings(files_of(text))]


# Messages ------------------------------------------------------------------------------------------------------------

ADDED = revision("2", "1", 'op.add_column("users", sa.Column("a", sa.Text()))')


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        (
            (ADDED, revision("3", "2", 'op.add_column("users", sa.Column("a", sa.Text()))')),
            (
                "The column `a` is added to `users`, which has one of that name at revision `3`. "
                "Revision `2` created it: take one of the two out, or name one otherwise."
            ),
        ),
        (
            (
                ADDED,
                revision("3", "2", 'op.drop_column("users", "a")'),
                revision("4", "3", 'op.drop_column("users", "a")'),
            ),
            (
                "The column `a` of `users` is dropped, but there is no such column at revision `4`. "
                "Revision `3` dropped it: correct the name, or take the operation out."
            ),
        ),
        (
            (revision("2", "1", 'op.drop_column("users", "b")'),),
            (
                "The column `b` of `users` is dropped, but there is no such column at revision `2`. "
                "Correct the name, or take the operation out."
            ),
        ),
        (
            (
                revision(
                    "2", "1", 'op.create_index("i", "users", ["id"])\nop.drop_constraint("i", "users", type_="unique")'
                ),
            ),
            (
                "The constraint `i` of `users` is dropped, but there is none of that name at revision `2`. "
                "It is an index, which `drop_index` drops."
            ),
        ),
    ],
)
def test_messages_of_the_replay(revisions: tuple[str, ...], expected: str) -> None:
    """A message names the revision that fails, the one that made it so, and what to do, in two sentences."""
    assert [expected] == [one.finding.message for one in history(FIRST, *revisions) if one.finding.level is Level.ERROR]


# What a call says that a column is -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dialect", "call", "level", "words"),
    [
        ("mysql", "existing_type=sa.String(80), new_column_name='mail'", Level.WARNING, "changes the column"),
        ("mysql", "existing_type=sa.String(80), nullable=False", Level.WARNING, "changes the column"),
        ("mysql", "existing_type=sa.String(80), comment='c'", Level.WARNING, "changes the column"),
        ("mysql", "existing_type=sa.DateTime(), server_default=sa.func.now()", Level.WARNING, "changes the column"),
        ("mysql", "existing_type=sa.String(80)", Level.HINT, "does not say the column anew"),
        ("mariadb", "existing_type=sa.String(80), server_default='x'", Level.HINT, "does not say the column anew"),
        ("mysql", "existing_type=sa.String(80), type_=sa.Text()", Level.HINT, "the call changes the type"),
        ("mssql", "existing_type=sa.String(80), nullable=False", Level.WARNING, "changes the column"),
        ("mssql", "existing_type=sa.String(80), new_column_name='mail'", Level.HINT, "does not say the column anew"),
        ("postgresql", "existing_type=sa.String(80), nullable=False", Level.HINT, "pays no heed"),
    ],
)
def test_what_comes_of_saying_wrongly_what_a_column_is(dialect: str, call: str, level: Level, words: str) -> None:
    """A warning where Alembic writes a statement from it that states the whole column; else a hint."""
    second = revision("2", "1", f'op.alter_column("users", "email", {call})')

    [found] = [one for one in history(FIRST, second, dialect=dialect) if one.finding.rule == "existing-mismatch"]

    assert level == found.finding.level
    assert words in found.finding.message
