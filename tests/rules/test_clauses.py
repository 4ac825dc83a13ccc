"""What a message says of the consequences is true: each clause beside a project in which it would be false.

A row is two tables, as the models and as the revision have them, with the rule and the words that it says of the one
pair and must not say of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.project import findings


@dataclass(frozen=True, slots=True)
class Clause:
    """`clause` is said by `rule` where `declared` meets `migrated`; where `unless` meets it as well, it is not.

    `declared`, `migrated`: what stands in the class `Thing` and in `op.create_table("things", …)`. `besides`: what
    stands in the one or the other more, so that the clause would be false there.
    """

    rule: str
    clause: str
    declared: str
    migrated: str
    declared_besides: str = ""
    migrated_besides: str = ""
    dialect: str = "postgresql"

    def __str__(self) -> str:
        return f"{self.rule}: {self.clause}"


ID = "id: Mapped[int] = mapped_column(primary_key=True)"
MADE_ID = 'sa.Column("id", sa.Integer(), primary_key=True)'
CODE = 'sa.Column("code", sa.Integer(), nullable=True)'

CLAUSES = (
    Clause(
        "missing-unique",
        "the database lets duplicates in",
        f"{ID}\ncode: Mapped[int | None] = mapped_column(unique=True)",
        f"{MADE_ID}, {CODE}",
        migrated_besides='sa.Column("x", sa.Integer()), sa.Index("uq", "code", unique=True)',
        declared_besides='x: Mapped[int | None]\n__table_args__ = (sa.Index("uq", "code", unique=True),)',
    ),
    Clause(
        "missing-unique",
        "the database lets duplicates in",
        f"{ID}\ncode: Mapped[int | None]\n__table_args__ = (sa.UniqueConstraint('code', 'id'),)",
        f'sa.Column("id", sa.Integer(), nullable=False), {CODE}',
        migrated_besides='sa.PrimaryKeyConstraint("id")',
    ),
    Clause(
        "missing-index",
        "the database lets duplicates in",
        f"{ID}\ncode: Mapped[int | None] = mapped_column(index=True, unique=True)",
        f"{MADE_ID}, {CODE}",
        migrated_besides='sa.Index("uq", "code", unique=True)',
        declared_besides='__table_args__ = (sa.Index("uq", "code", unique=True),)',
    ),
    Clause(
        "missing-index",
        "the database has to scan the table",
        f"{ID}\ncode: Mapped[int | None] = mapped_column(index=True)",
        f"{MADE_ID}, {CODE}",
        migrated_besides='sa.Index("both", "code", "id")',
        declared_besides='__table_args__ = (sa.Index("both", "code", "id"),)',
    ),
    Clause(
        "extra-unique",
        "rows that the model allows are refused",
        f"{ID}\ncode: Mapped[int | None]\nx: Mapped[int | None]",
        f'{MADE_ID}, {CODE}, sa.Column("x", sa.Integer()), sa.UniqueConstraint("code", "x", name="uq_both")',
        declared_besides='__table_args__ = (sa.Index("once", "code", unique=True),)',
        migrated_besides='sa.Index("once", "code", unique=True)',
    ),
    Clause(
        "nullable-mismatch",
        "nothing keeps NULL out",
        f"{ID}\ncode: Mapped[int]",
        f"{MADE_ID}, {CODE}",
        declared_besides='__table_args__ = (sa.CheckConstraint("code IS NOT NULL", name="known"),)',
        migrated_besides='sa.CheckConstraint("code IS NOT NULL", name="known")',
    ),
    Clause(
        "extra-index",
        "would drop it",
        f"{ID}\ncode: Mapped[int | None]",
        f'{MADE_ID}, {CODE}, sa.Index("plain", "code")',
        migrated_besides='sa.Index("reckoned", sa.text("code + 1"))',
        dialect="sqlite",
    ),
    Clause(
        "server-default-mismatch",
        "sends NULL instead",
        f"{ID}\ncode: Mapped[int]",
        f'{MADE_ID}, sa.Column("code", sa.Integer(), server_default="0", nullable=False)',
        declared_besides="note: Mapped[dict] = mapped_column(sa.JSON())",
        migrated_besides="""sa.Column("note", sa.JSON(), server_default="{}", nullable=False)""",
    ),
    Clause(
        "extra-required-column",
        "every INSERT through the ORM fails",
        "code: Mapped[int] = mapped_column(primary_key=True)",
        'sa.Column("id", sa.Integer(), nullable=False), sa.Column("code", sa.Integer(), nullable=False)',
        migrated_besides='sa.PrimaryKeyConstraint("id")',
        dialect="sqlite",
    ),
)


def said(one: Clause, *, besides: bool) -> dict[str | None, str]:
    """What the rule says, by the object that it says it of."""
    declared = "\n".join(part for part in (one.declared, one.declared_besides if besides else "") if part)
    migrated = ", ".join(part for part in (one.migrated, one.migrated_besides if besides else "") if part)
    found = findings(
        {
            "alembic.ini": (
                "[alembic]\nscript_location = alembic\nprepend_sys_path = .\n"
                f"sqlalchemy.url = {one.dialect}://localhost/example\n"
            ),
            "alembic/env.py": (
                "from alembic import context\nimport models\n\n"
                "context.configure(target_metadata=models.Base.metadata)\n"
            ),
            "models.py": (
                "import sqlalchemy as sa\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
                "class Base(DeclarativeBase):\n    pass\n\n\n"
                'class Thing(Base):\n    __tablename__ = "things"\n    ' + declared.replace("\n", "\n    ") + "\n"
            ),
            "alembic/versions/0001.py": (
                "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = '0001'\ndown_revision = None\n\n\n"
                f'def upgrade():\n    op.create_table("things", {migrated})\n'
            ),
        }
    )
    return {each.finding.object: each.finding.message for each in found if each.finding.rule == one.rule}


@pytest.mark.parametrize("one", CLAUSES, ids=str)
def test_clause(one: Clause) -> None:
    """The clause is said where it is true, and of nothing that makes it false."""
    plain, guarded = said(one, besides=False), said(one, besides=True)

    assert [True] == [one.clause in message for message in plain.values()]
    assert [] == [
        message
        for name, message in guarded.items()
        if one.clause in message and (name not in plain or message != plain[name] or one.rule not in SIDE_BY_SIDE)
    ]


SIDE_BY_SIDE = frozenset({"extra-index", "server-default-mismatch"})
"""Rules whose false case stands beside the true one in the same table, under another name."""
