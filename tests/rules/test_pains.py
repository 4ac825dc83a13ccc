"""What users of Alembic suffer from most (RULES, "Top 15 user pains"): each in a small project, and mended.

The rows that concern drift and history: 1 to 9, 11 to 14. No database is there, and nothing is imported or run.
"""

from __future__ import annotations

import pytest

from tests.support.project import files_of, findings

BASE = """
#- models.py
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Computed, Enum, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    {arguments}

    {columns}
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "orders",
        {created}
    )
    {more}


def downgrade():
    {back}
"""

ID = "id: Mapped[int] = mapped_column(primary_key=True)"
CREATED_ID = 'sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint("id"),'
DROP = 'op.drop_table("orders")'


def project(
    columns: str = "", created: str = "", *, arguments: str = "", more: str = "", back: str = DROP, rest: str = ""
) -> str:
    """A project with one table; `columns` and `created` come behind its key."""
    return (
        BASE.format(
            arguments=arguments,
            columns=f"{ID}\n    {columns}",
            created=f"{CREATED_ID} {created}",
            more=more or "pass",
            back=back,
        )
        + rest
    )


def found(text: str) -> list[str]:
    """The rules that report, in alphabetic order."""
    return sorted(one.finding.rule for one in findings(files_of(text)))


def revision(name: str, down: str | None, upgrade: str, downgrade: str = "pass", before: str = "") -> str:
    """One more revision file."""
    return (
        f"#- alembic/versions/{name}.py\nimport sqlalchemy as sa\nfrom alembic import op\n{before}\n"
        f"revision = {name!r}\ndown_revision = {down!r}\n\n\ndef upgrade():\n    {upgrade}\n\n\n"
        f"def downgrade():\n    {downgrade}\n"
    )


CITY = "city: Mapped[str | None] = mapped_column(String(50))"
CREATED_CITY = 'sa.Column("city", sa.String(50)),'


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["missing-column"], project(CITY)),
        ([], project(CITY, CREATED_CITY)),
        (
            ["unknown-column"],
            project(CITY, CREATED_CITY, rest=revision("0002", "0001", 'op.drop_column("orders", "c")')),
        ),
    ],
)
def test_1_drift_without_a_database(expected: list[str], text: str) -> None:
    """Drift, and a history that cannot run, are found from the files alone: there is no database to be at head."""
    assert expected == [one for one in found(text) if one != "empty-downgrade"]


TOTAL = "total_amount: Mapped[int]"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["renamed-column"], project(TOTAL, 'sa.Column("amount_total", sa.Integer(), nullable=False),')),
        (["renamed-column"], project(TOTAL, 'sa.Column("sum", sa.Integer(), nullable=False),')),
        (["extra-required-column", "missing-column"], project(TOTAL, 'sa.Column("sum", sa.Text(), nullable=False),')),
        (
            [],
            project(
                TOTAL,
                'sa.Column("sum", sa.Integer(), nullable=False),',
                more='op.alter_column("orders", "sum", new_column_name="total_amount")',
            ),
        ),
        (["renamed-table"], project(CITY, CREATED_CITY).replace('__tablename__ = "orders"', '__tablename__ = "order"')),
        (
            [],
            project(
                CITY, CREATED_CITY, more='op.rename_table("orders", "order")', back='op.drop_table("order")'
            ).replace('__tablename__ = "orders"', '__tablename__ = "order"'),
        ),
    ],
)
def test_2_a_rename_is_no_drop(expected: list[str], text: str) -> None:
    """A new name in the model is taken for a rename where nothing else can be meant, not for a loss of data."""
    assert expected == found(text)


def test_3_the_primary_key() -> None:
    """A primary key of other columns is drift; Alembic sees none."""
    second = "tenant: Mapped[int] = mapped_column(primary_key=True)"

    assert ["primary-key-mismatch"] == found(project(second, 'sa.Column("tenant", sa.Integer(), nullable=False),'))
    assert [] == found(
        project(second, 'sa.Column("tenant", sa.Integer(), nullable=False),').replace(
            'sa.PrimaryKeyConstraint("id")', 'sa.PrimaryKeyConstraint("id", "tenant")'
        )
    )


STATUS = 'status: Mapped[str] = mapped_column(Enum("new", "done", name="status"))'


def made_status(*labels: str) -> str:
    """The column as a revision creates it."""
    return f'sa.Column("status", sa.Enum({", ".join(map(repr, labels))}, name="status"), nullable=False),'


DROP_BOTH = f'{DROP}\n    op.execute("DROP TYPE status")'


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (["enum-values-mismatch"], project(STATUS, made_status("new"), back=DROP_BOTH)),
        ([], project(STATUS, made_status("new", "done"), back=DROP_BOTH)),
        (
            [],
            project(
                STATUS, made_status("new"), more="op.execute(\"ALTER TYPE status ADD VALUE 'done'\")", back=DROP_BOTH
            ),
        ),
        (["enum-leaked"], project(STATUS, made_status("new", "done"))),
        (
            ["enum-exists"],
            project(
                STATUS,
                made_status("new", "done"),
                more="op.execute(\"CREATE TYPE status AS ENUM ('new')\")",
                back=DROP_BOTH,
            ),
        ),
    ],
)
def test_4_enums(expected: list[str], text: str) -> None:
    """Labels are compared; a type that a downgrade leaves behind, or that is created twice, is found."""
    assert expected == found(text)


AMOUNT, MADE_AMOUNT = "amount: Mapped[int]", 'sa.Column("amount", sa.Integer(), nullable=False),'


@pytest.mark.parametrize(
    ("expected", "declared", "created"),
    [
        (["check-expression-mismatch"], '"amount > 0", name="positive"', '"amount >= 0", name="positive"'),
        ([], '"amount > 0", name="positive"', '"(0 < amount)", name="positive"'),
        ([], '"amount IN (1, 2)", name="few"', '"amount = ANY (ARRAY[2, 1])", name="few"'),
        ([], '"amount > 0"', '"AMOUNT > 0"'),
    ],
)
def test_5_check_constraints(expected: list[str], declared: str, created: str) -> None:
    """What a CHECK says counts, not how; an unnamed one is no false removal."""
    text = project(
        AMOUNT,
        f"{MADE_AMOUNT} sa.CheckConstraint({created}),",
        arguments=f"__table_args__ = (CheckConstraint({declared}),)",
    )

    assert expected == found(text)


@pytest.mark.parametrize(
    ("expected", "declared", "created"),
    [
        (
            [],
            '"city", postgresql_where=text("city IS NOT NULL")',
            '["city"], postgresql_where=sa.text("(city IS NOT NULL)")',
        ),
        (["index-definition-mismatch"], '"city", postgresql_where=text("city IS NOT NULL")', '["city"]'),
        ([], 'text("lower(city)")', '[sa.text("LOWER(city)")]'),
        (["index-definition-mismatch"], 'text("lower(city)")', '[sa.text("upper(city)")]'),
        (
            ["index-definition-mismatch"],
            '"city", postgresql_ops={"city": "varchar_pattern_ops"}',
            '["city"]',
        ),
        ([], '"city", postgresql_using="btree"', '["city"]'),
    ],
)
def test_6_indexes(expected: list[str], declared: str, created: str) -> None:
    """Partial and expression indexes and operator classes: declared text against the revision's, no churn."""
    text = project(
        CITY,
        CREATED_CITY,
        arguments=f'__table_args__ = (Index("ix_orders_city", {declared}),)',
        more=f'op.create_index("ix_orders_city", "orders", {created})',
    )

    assert expected == found(text)


@pytest.mark.parametrize(
    ("expected", "declared", "created"),
    [
        (["server-default-mismatch"], 'server_default="5"', 'server_default="6"'),
        ([], 'server_default="5"', 'server_default=sa.text("5")'),
        ([], 'server_default="5"', "server_default=sa.text(\"'5'\")"),
        ([], 'server_default=text("(5)")', 'server_default="5"'),
    ],
)
def test_7_server_defaults(expected: list[str], declared: str, created: str) -> None:
    """Server defaults are compared without being asked to, by what they mean."""
    text = project(
        f"amount: Mapped[int] = mapped_column({declared})",
        f'sa.Column("amount", sa.Integer(), {created}, nullable=False),',
    )

    assert expected == found(text)


@pytest.mark.parametrize(
    ("expected", "created"),
    [
        (["computed-mismatch"], 'sa.Computed("id * 3")'),
        ([], 'sa.Computed("(id*2)")'),
    ],
)
def test_8_generated_columns(expected: list[str], created: str) -> None:
    """A generated column's expression that changed is drift, though Alembic writes nothing for it."""
    text = project(
        'twice: Mapped[int] = mapped_column(Computed("id * 2"))',
        f'sa.Column("twice", sa.Integer(), {created}, nullable=False),',
    )

    assert expected == found(text)


UNIQUE = '__table_args__ = (UniqueConstraint("city", name="uq_orders_city"),)'


def test_9_constraints_without_a_name() -> None:
    """`drop_constraint(None)` is an error, and the name that is meant is said; by name, all is well."""
    made = 'op.create_unique_constraint("uq_orders_city", "orders", ["city"])'
    text = project(
        CITY,
        CREATED_CITY,
        arguments=UNIQUE,
        rest=revision("0002", "0001", made, "op.drop_constraint(None, 'orders', type_='unique')"),
    )
    [one] = [each.finding for each in findings(files_of(text))]

    assert ("null-constraint-name", "error", "uq_orders_city") == (one.rule, one.level.value, one.object)
    assert "`uq_orders_city`" in one.message
    assert [] == found(text.replace("drop_constraint(None", "drop_constraint('uq_orders_city'"))


def test_11_two_heads_and_one_id_in_two_files() -> None:
    """Two heads name each other, two files of one id both names."""
    heads = project(rest=revision("0002a", "0001", "pass") + revision("0002b", "0001", "pass"))
    [one] = [each.finding for each in findings(files_of(heads))]
    doubles = project(
        rest=revision("0002", "0001", "pass") + revision("0002", "0001", "pass").replace("/0002.py", "/0002_b.py")
    )
    [other] = [each.finding for each in findings(files_of(doubles))]

    assert "multiple-heads" == one.rule
    assert "`0002a`, `0002b`" in one.message
    assert "duplicate-revision" == other.rule
    assert "`0002.py`" in other.message
    assert "`0002_b.py`" in other.message


def test_12_what_a_rebase_would_meet() -> None:
    """Of two heads that change the same column, both are named: one has to follow the other."""
    first = revision(
        "0002a", "0001", 'op.alter_column("orders", "city", type_=sa.String(60))', "raise NotImplementedError"
    )
    second = revision(
        "0002b", "0001", 'op.alter_column("orders", "city", type_=sa.String(70))', "raise NotImplementedError"
    )
    other = second.replace('"city", type_=sa.String(70)', '"id", type_=sa.Integer()')

    assert ["conflicting-branches", "multiple-heads"] == [
        one for one in found(project(CITY, CREATED_CITY, rest=first + second)) if not one.startswith("type")
    ]
    assert "conflicting-branches" not in found(project(CITY, CREATED_CITY, rest=first + other))
    assert "conflicting-branches" not in found(
        project(CITY, CREATED_CITY, rest=first + second.replace("'0001'", "'0002a'"))
    )


def test_13_a_model_that_nobody_imports() -> None:
    """A model that env.py does not reach is no table without a model; what would be dropped is said."""
    text = project(
        rest="""
#- audit.py
from models import Base
from sqlalchemy.orm import Mapped, mapped_column


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
        + revision(
            "0002",
            "0001",
            'op.create_table("entries", sa.Column("id", sa.Integer(), primary_key=True))',
            'op.drop_table("entries")',
        )
    )
    [one] = [each.finding for each in findings(files_of(text))]

    assert ("model-not-imported", "entries") == (one.rule, one.table)
    assert 'op.drop_table("entries")' in one.message


@pytest.mark.parametrize(
    ("imports", "use", "expected"),
    [
        ("from models import Order", "op.get_bind().execute(sa.select(Order))", ["model-import-in-migration"]),
        ("import models", "op.get_bind().execute(sa.select(models.Order))", ["model-import-in-migration"]),
        ("import models as m", "op.get_bind().execute(sa.select(m.Order))", ["model-import-in-migration"]),
        ("import models", "print(models.Base)", []),
        ("from decimal import Decimal", "print(Decimal(1))", []),
    ],
)
def test_14_revisions_that_import_models(imports: str, use: str, expected: list[str]) -> None:
    """A revision that uses a mapped class runs with the model as it is today."""
    assert expected == found(project(rest=revision("0002", "0001", use, before=imports)))
