"""What the history rules say of operations, held against real Alembic on real databases.

Each case is a revision that comes after one which creates `users` and `tokens`. Alembic runs its `upgrade()`, its
`downgrade()` and its `upgrade()` again; Driftline reads the same source.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from textwrap import indent

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError

from driftline.rules.finding import Finding
from tests.oracle.databases import Databases
from tests.oracle.referee import describe_database
from tests.support.project import findings

IMPORTS = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"
FIRST = """\
op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(50)))
op.create_table(
    "tokens",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("user_id", sa.Integer()),
    sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_tokens_users"),
)
"""
LONG = "x" * 64


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> sa.Engine:
    """An engine on a database of the session's server, in which nothing is ever committed."""
    return databases.scratch()


@contextmanager
def upgraded(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection to a database with the tables that the first revision creates; all is rolled back."""
    with engine.connect() as connection:
        run(FIRST, connection)
        yield connection
        connection.rollback()


def run(body: str, connection: sa.Connection) -> None:
    """Run the body of a function of a revision, as one Alembic command."""
    names: dict[str, object] = {"op": Operations(MigrationContext.configure(connection))}
    exec(IMPORTS + body, names)  # noqa: S102 -- our own cases


def outcome(engine: sa.Engine, upgrade: str, downgrade: str | None = None) -> str:
    """What becomes of it: "fails", "down fails", "differs" (another schema than before), "again fails" or "fine"."""
    with upgraded(engine) as connection:
        before = describe_database(connection)
        steps = [("fails", upgrade)] if downgrade is None else [("fails", upgrade), ("down fails", downgrade)]
        for word, body in steps:
            try:
                run(body, connection)
            except (sa.exc.SQLAlchemyError, NotImplementedError, ValueError):
                return word
        if downgrade is None:
            return "fine"
        after = describe_database(connection)
        if before["tables"] != after["tables"]:
            return "differs"
        try:
            run(upgrade, connection)
        except sa.exc.SQLAlchemyError:
            return "again fails"
        return "fine"


def reported(dialect: str, upgrade: str, downgrade: str | None = None) -> dict[str, str]:
    """Our history findings on the same revision: rules and levels."""
    return {one.rule: one.level.value for one in found(dialect, upgrade, downgrade)}


def found(dialect: str, upgrade: str, downgrade: str | None = None, earlier: str = "pass") -> list[Finding]:
    """Our history findings on the same revision; `earlier`: what the one before does besides."""
    files = {
        "alembic.ini": f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {dialect}://x/y\n",
        "alembic/env.py": "from alembic import context\n\ncontext.configure(target_metadata=None)\n",
        "alembic/versions/0001.py": (
            f"{IMPORTS}from alembic import op\n\nrevision = '0001'\ndown_revision = None\n\n\n"
            f"def upgrade():\n{indent(FIRST + earlier, '    ')}\n"
        ),
        "alembic/versions/0002.py": (
            f"{IMPORTS}from alembic import op\n\nrevision = '0002'\ndown_revision = '0001'\n\n\n"
            f"def upgrade():\n{indent(upgrade, '    ')}\n\n"
            + (f"\ndef downgrade():\n{indent(downgrade, '    ')}\n" if downgrade is not None else "")
        ),
    }
    return [one.finding for one in findings(files) if one.finding.group == "history"]


@pytest.mark.parametrize(
    ("upgrade", "refused"),
    [
        ('op.create_unique_constraint("uq", "users", ["email"])', True),
        ('op.create_check_constraint("ck", "users", "id > 0")', True),
        ('op.create_foreign_key("fk", "users", "tokens", ["id"], ["id"])', True),
        ('op.create_primary_key("pk", "users", ["id"])', True),
        ('op.drop_constraint("fk_tokens_users", "tokens", type_="foreignkey")', True),
        ('op.add_column("users", sa.Column("t", sa.Integer(), sa.ForeignKey("tokens.id")))', True),
        ('op.drop_column("users", "id")', True),
        ('op.drop_column("tokens", "user_id")', True),
        (
            (
                'op.create_table("t", sa.Column("a", sa.Text(), unique=True), sa.Column("b", sa.Text()))\n'
                'op.drop_column("t", "a")'
            ),
            True,
        ),
        (
            (
                'op.create_table("t", sa.Column("a", sa.Text(), unique=True), sa.Column("b", sa.Text()))\n'
                'op.drop_column("t", "b")'
            ),
            False,
        ),
        ('op.alter_column("users", "email", type_=sa.String(9))', True),
        ('op.alter_column("users", "email", nullable=False)', True),
        ('op.alter_column("users", "email", server_default="x")', True),
        ('op.add_column("users", sa.Column("t", sa.Integer()))', False),
        ('op.add_column("users", sa.Column("t", sa.Boolean(create_constraint=True)))', False),
        ('op.drop_column("users", "email")', False),
        ('op.alter_column("users", "email", new_column_name="mail")', False),
        ('op.rename_table("users", "people")', False),
        ('op.create_index("ix", "users", ["email"])', False),
        (
            (
                'with op.batch_alter_table("users") as batch_op:\n'
                '    batch_op.alter_column("email", existing_type=sa.String(50), nullable=False)\n'
                '    batch_op.create_unique_constraint("uq", ["email"])'
            ),
            False,
        ),
        (
            (
                'with op.batch_alter_table("users", recreate="never") as batch_op:\n'
                '    batch_op.alter_column("email", existing_type=sa.String(50), nullable=False)'
            ),
            True,
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_batch_required(upgrade: str, *, refused: bool) -> None:
    """SQLite, or Alembic for it, refuses what `batch-required` reports, and nothing else of these."""
    assert ("fails" if refused else "fine") == outcome(sa.create_engine("sqlite://"), upgrade)
    assert ("error" if refused else None) == reported("sqlite", upgrade).get("batch-required")


ROUND_TRIPS = [
    (
        'op.add_column("users", sa.Column("city", sa.Text()))',
        'op.drop_column("users", "city")',
        "fine",
        {},
    ),
    (
        'op.add_column("users", sa.Column("city", sa.Text()))\nop.create_index("ix", "users", ["city"])',
        'op.drop_index("ix", "users")\nop.drop_column("users", "city")',
        "fine",
        {},
    ),
    (
        'op.add_column("users", sa.Column("city", sa.Text()))\nop.create_index("ix", "users", ["city"])',
        'op.drop_index("ix_users", "users")\nop.drop_column("users", "city")',
        "down fails",
        {"downgrade-not-inverse": "warning"},
    ),
    (
        'op.drop_column("users", "email")',
        'op.add_column("users", sa.Column("email", sa.String(40)))',
        "differs",
        {"downgrade-not-inverse": "warning"},
    ),
    (
        'op.alter_column("users", "email", nullable=False)',
        'op.alter_column("users", "email", server_default="x")',
        "differs",
        {"downgrade-not-inverse": "warning"},
    ),
    (
        'op.create_unique_constraint("uq", "users", ["email"])',
        'op.drop_constraint(None, "users", type_="unique")',
        "down fails",
        {"null-constraint-name": "error"},
    ),
    (
        'op.drop_constraint("fk_tokens_users", "tokens", type_="foreignkey")\nop.drop_table("users")',
        (
            f"{FIRST.partition(chr(10))[0]}\n"
            'op.create_foreign_key("fk_tokens_users", "tokens", "users", ["user_id"], ["id"])'
        ),
        "fine",
        {},
    ),
    (
        'op.create_table("jobs", sa.Column("id", sa.Integer()), sa.Column("s", sa.Enum("a", "b", name="state")))',
        'op.drop_table("jobs")',
        "again fails",
        {"enum-leaked": "warning"},
    ),
    (
        'op.create_table("jobs", sa.Column("id", sa.Integer()), sa.Column("s", sa.Enum("a", "b", name="state")))',
        'op.drop_table("jobs")\nop.execute("DROP TYPE state")',
        "fine",
        {},
    ),
    (
        'op.rename_table("users", "people")',
        'op.rename_table("people", "users")',
        "fine",
        {},
    ),
    (
        'op.alter_column("users", "email", new_column_name="mail")',
        'op.alter_column("users", "mail", new_column_name="email")',
        "fine",
        {},
    ),
    ('op.drop_table("users")', None, "fails", {"drop-referenced": "error"}),
    ('op.drop_column("users", "id")', None, "fails", {"drop-referenced": "error"}),
    ('op.drop_table("tokens")\nop.drop_table("users")', None, "fine", {}),
    ('op.execute("DROP TABLE users CASCADE")', None, "fine", {}),
    (f'op.create_index("{LONG}", "users", ["email"])', None, "fails", {"identifier-too-long": "error"}),
    (f'op.create_index(op.f("{LONG}"), "users", ["email"])', None, "fine", {}),
    (f'op.create_check_constraint("{LONG}", "users", "id > 0")', None, "fails", {"identifier-too-long": "error"}),
    (f'op.add_column("users", sa.Column("{LONG}", sa.Text()))', None, "fine", {"identifier-too-long": "warning"}),
    (
        (
            'op.add_column("tokens", sa.Column("u", sa.Uuid()))\n'
            'op.create_foreign_key("fk", "tokens", "users", ["u"], ["id"])'
        ),
        None,
        "fails",
        {"fk-type-mismatch": "warning"},
    ),
    (
        (
            'op.add_column("tokens", sa.Column("u", sa.BigInteger()))\n'
            'op.create_foreign_key("fk", "tokens", "users", ["u"], ["id"])'
        ),
        None,
        "fine",
        {"fk-type-mismatch": "hint"},
    ),
    (
        (
            'op.add_column("users", sa.Column("code", sa.String(5), unique=True))\n'
            'op.add_column("tokens", sa.Column("code", sa.Text()))\n'
            'op.create_foreign_key("fk", "tokens", "users", ["code"], ["code"])'
        ),
        None,
        "fine",
        {},
    ),
    (
        (
            'op.add_column("tokens", sa.Column("u", sa.SmallInteger()))\n'
            'op.create_foreign_key("fk", "tokens", "users", ["u"], ["id"])'
        ),
        None,
        "fine",
        {"fk-type-mismatch": "warning"},
    ),
    ('op.alter_column("users", "email", nullable=True)', None, "fine", {"redundant-operation": "hint"}),
    ('op.alter_column("users", "email", nullable=False)', None, "fine", {}),
    (
        'op.alter_column("users", "email", existing_type=sa.Text(), existing_nullable=False, server_default="x")',
        None,
        "fine",
        {"existing-mismatch": "hint"},
    ),
]


@pytest.mark.parametrize(("upgrade", "downgrade", "becomes", "expected"), ROUND_TRIPS)
def test_on_postgresql(
    upgrade: str, downgrade: str | None, becomes: str, expected: dict[str, str], postgresql: sa.Engine
) -> None:
    """What PostgreSQL refuses, or what is left after a round trip, is what the rules report."""
    assert becomes == outcome(postgresql, upgrade, downgrade)
    assert expected == reported("postgresql", upgrade, downgrade)


def test_a_branch_label_that_is_taken(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Alembic refuses to load a history in which two revisions have one branch label."""
    folder = tmp_path_factory.mktemp("labels")
    (folder / "versions").mkdir()
    (folder / "env.py").touch()
    for name, down in (("0001", None), ("0002", "0001")):
        text = f"revision = {name!r}\ndown_revision = {down!r}\nbranch_labels = ('billing',)\n"
        (folder / "versions" / f"{name}.py").write_text(text, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder))

    with pytest.raises(RevisionError, match="billing"):
        ScriptDirectory.from_config(config).get_heads()
