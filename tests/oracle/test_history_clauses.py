"""What the messages of history rules say of consequences comes true, with real Alembic on real databases.

A row is a clause, a revision of which a rule says it, and one much like it of which it would not be true: there the
rule does not say it. Both come behind the revision of `test_history_rules.py`, which creates `users` and `tokens`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from tests.oracle.databases import Databases
from tests.oracle.referee import describe_database
from tests.oracle.test_history_rules import LONG, found, run, upgraded

STATES = (sa.exc.SQLAlchemyError, NotImplementedError, ValueError)


@dataclass(frozen=True, slots=True)
class Way:
    """A revision; `earlier`: what the one before does besides. What becomes of it: see `outcome`."""

    becomes: str
    upgrade: str
    downgrade: str | None = None
    earlier: str = "pass"


@dataclass(frozen=True, slots=True)
class Clause:
    """`rule` says `clause` of the one way, and not of the other."""

    rule: str
    clause: str
    said: Way
    unsaid: Way
    dialect: str = "postgresql"

    def __str__(self) -> str:
        return f"{self.rule}: {self.clause}"


def outcome(engine: sa.Engine, way: Way) -> str:
    """What becomes of it: "fails", "down fails", "differs: <what>", "again fails", "leaves <type>" or "fine"."""
    with upgraded(engine) as connection:
        run(way.earlier, connection)
        before = describe_database(connection)
        try:
            run(way.upgrade, connection)
        except STATES:
            return "fails"
        between = describe_database(connection)
        if way.downgrade is None:
            used = {column["type"] for table in between["tables"].values() for column in table["columns"].values()}
            return "".join(f"leaves {name}" for name in between["enums"] if name not in used) or "fine"
        try:
            run(way.downgrade, connection)
        except STATES:
            return "down fails"
        after = describe_database(connection)
        if before["tables"] != after["tables"]:
            return f"differs: {' '.join(sorted(_different(before['tables'], after['tables'])))}"
        try:
            run(way.upgrade, connection)
        except STATES:
            return "again fails"
        return "".join(f"leaves {name}" for name in after["enums"] if name not in before["enums"]) or "fine"


def _different(one: object, other: object, place: str = "") -> set[str]:
    """The keys that lead to what differs."""
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            each
            for key in one.keys() | other.keys()
            for each in _different(one.get(key), other.get(key), f"{place}.{key}".lstrip("."))
        }
    return set() if one == other else {f"{place}={other}" if not isinstance(other, dict | list) else place}


def said(dialect: str, way: Way, rule: str) -> str:
    """What a rule says of a revision."""
    return " ".join(one.message for one in found(dialect, way.upgrade, way.downgrade, way.earlier) if one.rule == rule)


ENUM = 'sa.Column("s", sa.Enum("a", "b", name="state"))'
JOBS = f'op.create_table("jobs", sa.Column("id", sa.Integer()), {ENUM})'
CITY = 'op.add_column("users", sa.Column("city", sa.Text()))'
BACK = 'op.drop_column("users", "city")'
CHECKED = (
    'postgresql.ENUM("a", "b", name="state").create(op.get_bind(), checkfirst=True)\n'
    'op.create_table("jobs", sa.Column("s", postgresql.ENUM("a", "b", name="state", create_type=False)))'
)
TO_USERS = 'op.create_foreign_key("fk", "tokens", "users", ["u"], ["id"])'
PARTIAL = 'op.create_index("ix", "users", ["email"], postgresql_where=sa.text("id > 1"))'
UNIQUE = 'op.create_index("ix", "users", ["email"], unique=True)'
LARGE = """\
op.execute("INSERT INTO users (id) VALUES (70000)")
op.execute("INSERT INTO tokens (id, u) VALUES (1, 70000)")"""
NO_KEY = 'op.drop_constraint("fk_tokens_users", "tokens", type_="foreignkey")'
KEY = 'op.create_foreign_key("fk_tokens_users", "tokens", "users", ["user_id"], ["id"])'
NOTHING = 'op.execute("SELECT 1")'
DROPPED = 'op.drop_index("ix", "users")'


def column(type_: str) -> str:
    """A column `u` of `tokens`, and its foreign key to `users`."""
    return f'op.add_column("tokens", sa.Column("u", sa.{type_}()))\n{TO_USERS}'


CLAUSES = (
    Clause(
        "batch-required",
        "so `alembic upgrade` fails",
        Way("fails", 'op.create_unique_constraint("uq", "users", ["email"])'),
        Way("fine", 'op.create_index("uq", "users", ["email"], unique=True)'),
        "sqlite",
    ),
    Clause(
        "batch-required",
        "so `alembic downgrade` fails",
        Way("down fails", CITY, 'op.alter_column("users", "city", nullable=False)'),
        Way("fine", CITY, BACK),
        "sqlite",
    ),
    Clause(
        "null-constraint-name",
        "a batch fails on a constraint without a name",
        Way("fails", 'with op.batch_alter_table("users") as b:\n    b.create_unique_constraint(None, ["email"])'),
        Way("fine", 'with op.batch_alter_table("users") as b:\n    b.create_unique_constraint("uq", ["email"])'),
        "sqlite",
    ),
    Clause(
        "drop-referenced",
        "the database refuses",
        Way("fails", 'op.drop_table("users")'),
        Way("fine", 'op.drop_table("tokens")\nop.drop_table("users")'),
    ),
    Clause(
        "drop-referenced",
        "the database refuses",
        Way("fails", 'op.drop_column("users", "id")'),
        Way("fine", 'op.drop_column("tokens", "user_id")'),
    ),
    Clause(
        "enum-leaked",
        "the next `alembic upgrade` fails, since the type exists",
        Way("again fails", JOBS, 'op.drop_table("jobs")'),
        Way("leaves state", CHECKED, 'op.drop_table("jobs")'),
    ),
    Clause(
        "enum-leaked",
        "nobody drops it any more",
        Way("leaves state", CHECKED, 'op.drop_table("jobs")'),
        Way("fine", CHECKED, 'op.drop_table("jobs")\nop.execute("DROP TYPE state")'),
    ),
    Clause(
        "enum-leaked",
        "and the type stays",
        Way("leaves state", 'op.drop_table("jobs")', earlier=JOBS),
        Way("fine", 'op.drop_table("jobs")\nop.execute("DROP TYPE state")', earlier=JOBS),
    ),
    Clause(
        "enum-exists",
        "but it exists",
        Way("fails", JOBS, earlier='sa.Enum("a", name="state").create(op.get_bind())'),
        Way("fine", JOBS, earlier='sa.Enum("a", name="stage").create(op.get_bind())\nop.execute("DROP TYPE stage")'),
    ),
    Clause(
        "identifier-too-long",
        "`alembic upgrade` fails",
        Way("fails", f'op.create_index("{LONG}", "users", ["email"])'),
        Way("fine", f'op.create_index("{LONG[:63]}", "users", ["email"])'),
    ),
    Clause(
        "identifier-too-long",
        f"PostgreSQL cuts it to `{LONG[:63]}`",
        Way(
            f"differs: users.columns.{LONG[:63]}",
            f'op.add_column("users", sa.Column("{LONG}", sa.Text()))',
            "pass",
        ),
        Way("fails", f'op.create_check_constraint("{LONG}", "users", "id > 0")', "pass"),
    ),
    Clause(
        "null-constraint-name",
        "`alembic downgrade` fails",
        Way(
            "down fails",
            'op.create_unique_constraint("uq", "users", ["email"])',
            'op.drop_constraint(None, "users", type_="unique")',
        ),
        Way(
            "fine",
            'op.create_unique_constraint("uq", "users", ["email"])',
            'op.drop_constraint("uq", "users", type_="unique")',
        ),
    ),
    Clause(
        "null-constraint-name",
        "what the database called it (`users_email_key`)",
        Way(
            "fine",
            'op.create_unique_constraint(None, "users", ["email"])',
            'op.drop_constraint("users_email_key", "users", type_="unique")',
        ),
        Way(
            "down fails",
            'op.create_unique_constraint("uq", "users", ["email"])',
            'op.drop_constraint("users_email_key", "users", type_="unique")',
        ),
    ),
    Clause(
        "existing-mismatch",
        "PostgreSQL pays no heed",
        Way(
            "fine",
            'op.alter_column("users", "email", existing_nullable=False, type_=sa.Text())',
            'op.alter_column("users", "email", existing_nullable=True, type_=sa.String(50))',
        ),
        Way(
            "differs: users.columns.email.nullable=False",
            'op.alter_column("users", "email", nullable=False, type_=sa.Text())',
            'op.alter_column("users", "email", existing_nullable=False, type_=sa.String(50))',
        ),
    ),
    Clause(
        "redundant-operation",
        "it is so already at this point",
        Way("fine", 'op.alter_column("users", "email", nullable=True)', "pass"),
        Way(
            "differs: users.columns.email.nullable=False",
            'op.alter_column("users", "email", nullable=False)',
            "pass",
        ),
    ),
    Clause(
        "fk-type-mismatch",
        "the database refuses that, or compares with a cast",
        Way("fails", column("Uuid")),
        Way("fine", column("BigInteger")),
    ),
    Clause(
        "fk-type-mismatch",
        "that works, and the key takes numbers that it can never hold",
        Way("fine", column("BigInteger")),
        Way("fine", column("SmallInteger")),
    ),
    Clause(
        "fk-type-mismatch",
        "a row whose number is too large for the key can't be referred to",
        Way("fails", f"{column('SmallInteger')}\n{LARGE}"),
        Way("fine", f"{column('BigInteger')}\n{LARGE}"),
    ),
    *(
        Clause(rule, clause, Way("fails", upgrade), Way("fine", right))
        for rule, clause, upgrade, right in (
            ("unknown-table", "there is no such table", 'op.drop_table("user")', 'op.drop_table("tokens")'),
            ("table-exists", "but it exists", 'op.create_table("users")', 'op.create_table("people")'),
            (
                "unknown-column",
                "there is no such column",
                'op.drop_column("users", "mail")',
                'op.drop_column("users", "email")',
            ),
            (
                "column-exists",
                "which has one of that name",
                'op.add_column("users", sa.Column("email", sa.Text()))',
                'op.add_column("users", sa.Column("mail", sa.Text()))',
            ),
            (
                "unknown-constraint",
                "there is none of that name",
                'op.drop_constraint("fk", "tokens", type_="foreignkey")',
                'op.drop_constraint("fk_tokens_users", "tokens", type_="foreignkey")',
            ),
            (
                "constraint-exists",
                "something of that name exists",
                'op.create_foreign_key("fk_tokens_users", "tokens", "users", ["id"], ["id"])',
                'op.create_foreign_key("fk_tokens", "tokens", "users", ["id"], ["id"])',
            ),
            (
                "index-exists",
                "something of that name exists",
                'op.create_index("tokens", "users", ["email"])',
                'op.create_index("ix", "users", ["email"])',
            ),
            ("unknown-index", "there is none of that name", DROPPED, f"{UNIQUE}\n{DROPPED}"),
            (
                "unknown-fk-target",
                "does not exist",
                'op.create_foreign_key("fk", "tokens", "users", ["id"], ["number"])',
                'op.create_foreign_key("fk", "tokens", "users", ["id"], ["id"])',
            ),
            (
                "unknown-fk-target",
                "neither the primary key nor unique",
                f'op.add_column("tokens", sa.Column("e", sa.String(50)))\n{TO_USERS}'.replace(
                    '"u"], ["id"', '"e"], ["email"'
                ),
                f"{UNIQUE}\n"
                + f'op.add_column("tokens", sa.Column("e", sa.String(50)))\n{TO_USERS}'.replace(
                    '"u"], ["id"', '"e"], ["email"'
                ),
            ),
        )
    ),
    *(
        Clause("downgrade-not-inverse", clause, Way(becomes, upgrade, wrong), Way("fine", upgrade, right))
        for clause, becomes, upgrade, wrong, right in (
            ("fails after its own `upgrade()`", "down fails", CITY, 'op.drop_column("users", "town")', BACK),
            (
                "column `users.city` is still there",
                "differs: users.columns.city",
                CITY,
                NOTHING,
                BACK,
            ),
            (
                "column `users.email` is gone",
                "differs: users.columns.email=None",
                'op.alter_column("users", "email", server_default="x")',
                'op.drop_column("users", "email")',
                'op.alter_column("users", "email", server_default=None)',
            ),
            (
                "column `users.email` is NOT NULL (before: nullable)",
                "differs: users.columns.email.nullable=False",
                'op.alter_column("users", "email", nullable=False)',
                NOTHING,
                'op.alter_column("users", "email", nullable=True)',
            ),
            (
                "column `users.email` is TEXT (before: VARCHAR(50))",
                "differs: users.columns.email.type=TEXT",
                'op.alter_column("users", "email", type_=sa.Text())',
                NOTHING,
                'op.alter_column("users", "email", type_=sa.String(50))',
            ),
            (
                "column `users.email` has the server default `'x'` (before: no server default)",
                "differs: users.columns.email.default=True",
                'op.alter_column("users", "email", server_default="x")',
                NOTHING,
                'op.alter_column("users", "email", server_default=None)',
            ),
            (
                "index `ix` of `users` is still there",
                "differs: users.indexes",
                UNIQUE,
                NOTHING,
                DROPPED,
            ),
            (
                "the foreign key of `tokens.user_id` refers to `users.id` ON DELETE CASCADE (before: `users.id`)",
                "differs: tokens.foreign_keys",
                f"{NO_KEY}\n{KEY[:-1]}, ondelete='CASCADE')",
                NOTHING,
                f"{NO_KEY}\n{KEY}",
            ),
            (
                "the primary key of `users` is (`id`, `email`) (before: (`id`))",
                "differs: users.columns.email.nullable=False users.primary_key.columns users.unique_constraints",
                (
                    f'{NO_KEY}\nop.drop_constraint("users_pkey", "users", type_="primary")\n'
                    'op.create_primary_key("users_pkey", "users", ["id", "email"])'
                ),
                f'op.create_unique_constraint("once", "users", ["id"])\n{KEY}',
                (
                    'op.drop_constraint("users_pkey", "users", type_="primary")\n'
                    'op.alter_column("users", "email", nullable=True)\n'
                    f'op.create_primary_key("users_pkey", "users", ["id"])\n{KEY}'
                ),
            ),
        )
    ),
    *(
        Clause(
            "downgrade-not-inverse",
            f"index `ix` of `users` differs in its {what}",
            Way("differs: users.indexes" if what == "uniqueness" else "fine", DROPPED, wrong, earlier=right),
            Way("fine", DROPPED, right, earlier=right),
        )
        for what, right, wrong in (
            ("uniqueness", UNIQUE, UNIQUE.replace("unique=True", "unique=False")),
            ("uniqueness", UNIQUE.replace("unique=True", "unique=False"), UNIQUE),
            ("condition", PARTIAL, PARTIAL.replace("> 1", "> 2")),
            ("condition", UNIQUE.replace(", unique=True", ""), PARTIAL),
            ("method", UNIQUE.replace("unique=True", 'postgresql_using="hash"'), UNIQUE.replace(", unique=True", "")),
        )
    ),
)


@pytest.fixture(scope="session")
def engines(databases: Databases) -> Callable[[str], sa.Engine]:
    """Give an engine on a database of a dialect, in which nothing is ever committed."""
    postgresql = databases.scratch()
    return lambda dialect: postgresql if dialect == "postgresql" else sa.create_engine("sqlite://")


@pytest.mark.parametrize("one", CLAUSES, ids=str)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_clause(one: Clause, engines: Callable[[str], sa.Engine]) -> None:
    """It is said where it comes true, and not where it does not."""
    assert one.said.becomes == outcome(engines(one.dialect), one.said)
    assert one.unsaid.becomes == outcome(engines(one.dialect), one.unsaid)
    assert one.clause in said(one.dialect, one.said, one.rule)
    assert one.clause not in said(one.dialect, one.unsaid, one.rule)
