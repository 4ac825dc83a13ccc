"""Telling a model of the constraints and indexes that the database has, and of its nullability."""

from __future__ import annotations

import ast

import pytest

from driftline.compare.difference import Difference
from driftline.fixes import fixes_for
from driftline.python.origin import Origin
from driftline.python.syntax import parse
from driftline.rules.finding import Finding, Level
from driftline.schema import CheckConstraint, Column, Index, IndexElement, Type, UniqueConstraint
from driftline.text import apply_edits
from tests.fixes.fake_project import project

PATH = "/p/models.py"
CHECK = CheckConstraint("ck_tokens_positive", "amount > 0")
UNIQUE = UniqueConstraint("uq_tokens_hash", ("hash",))
NAMED = UniqueConstraint("one_hash", ("hash",))
INDEX = Index("ix_old", (IndexElement("hash", "hash"), IndexElement("amount", "amount")), unique=True)


def edited(before: str, difference: Difference) -> str | None:
    """The model file after the first model edit that is offered; None where none is."""
    one = project({PATH: before})
    finding = Finding("any", "drift", Level.WARNING, "…", table=difference.table, difference=difference)
    offers = [offer for offer in fixes_for(finding, one) if not offer.revision]
    if not offers:
        return None
    after = apply_edits(before, offers[0].build().edits[PATH])
    ast.parse(after)
    return after


def extra(item: object) -> Difference:
    """Something that only the migrated table has."""
    return Difference("remove_constraint", "tokens", None, None, item)


WIDE = f"# {'-' * 150}\n"
"""Where one line is so long, none that is edited gets too long."""


def model(args: str = "", imports: str = "CheckConstraint, Index, String, UniqueConstraint") -> str:
    """A model with these table arguments."""
    middle = f"    __table_args__ = {args}\n" if args else ""
    return (
        f"from sqlalchemy import {imports}\n\n\nclass Token(Base):\n"
        f'    __tablename__ = "tokens"\n{middle}\n    hash: Mapped[str]\n    amount: Mapped[int]\n{WIDE}'
    )


@pytest.mark.parametrize(
    ("item", "written"),
    [
        (CHECK, 'CheckConstraint("amount > 0", name="positive")'),
        (UNIQUE, 'UniqueConstraint("hash")'),
        (NAMED, 'UniqueConstraint("hash", name="one_hash")'),
        (INDEX, 'Index("ix_old", "hash", "amount", unique=True)'),
    ],
)
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", "({new},)"),
        ("(A,)", "(A, {new})"),
        ("(A, B)", "(A, B, {new})"),
        ("()", "({new},)"),
        ('{"schema": "x"}', '({new}, {{"schema": "x"}})'),
        ('(A, {"schema": "x"})', '(A, {new}, {{"schema": "x"}})'),
        ("(\n        A,\n    )", "(\n        A,\n        {new},\n    )"),
    ],
)
def test_table_arguments(item: object, written: str, args: str, expected: str) -> None:
    """It becomes the last of the table's arguments, whatever their form, under the name that makes the migrated one."""
    assert edited(model(args), extra(item)) == model(expected.format(new=written))


def test_too_long_a_line() -> None:
    """Arguments that no longer fit on a line stand on one each."""
    many = CheckConstraint("ck_tokens_positive", "amount > 0 AND amount < 1000000 AND hash <> 'nothing'")
    after = edited(model().removesuffix(WIDE), extra(many))
    longer = edited(model("(Index('ix', 'hash'),)").removesuffix(WIDE), extra(many))

    assert after is not None
    assert longer is not None
    assert "    __table_args__ = (\n        CheckConstraint(" in after
    assert "    __table_args__ = (\n        Index('ix', 'hash'),\n        CheckConstraint(" in longer


def test_imports_what_it_needs() -> None:
    """A name that is not imported yet is."""
    after = edited(model(imports="String"), extra(CHECK))

    assert after is not None
    assert "from sqlalchemy import CheckConstraint, String\n" in after


def test_name_that_no_convention_makes() -> None:
    """A check whose name the convention cannot make is not declared: it would get another name."""
    assert edited(model(), extra(CheckConstraint("positive", "amount > 0"))) is None


def test_table_args_by_code() -> None:
    """Table arguments that are worked out are left alone."""
    assert edited(model("arguments()"), extra(CHECK)) is None


def test_quotes_within_sql() -> None:
    """SQL with quotes of both kinds is written as Python needs it."""
    after = edited(model(), extra(CheckConstraint("ck_tokens_kind", "kind IN ('a', 'it''s') AND \"a b\" > 0")))

    assert after is not None
    statement = ast.parse(after).body[1].body[1]
    assert statement.value.elts[0].args[0].value == "kind IN ('a', 'it''s') AND \"a b\" > 0"


@pytest.mark.parametrize(
    ("before", "nullable", "after"),
    [
        ("hash: Mapped[str]", True, "hash: Mapped[str | None]"),
        ("hash: Mapped[str | None]", False, "hash: Mapped[str]"),
        ("hash: Mapped[None | str]", False, "hash: Mapped[str]"),
        ("hash: Mapped[Optional[str]]", False, "hash: Mapped[str]"),
        (
            "hash: Mapped[Optional[str]] = mapped_column(String(9))",
            False,
            "hash: Mapped[str] = mapped_column(String(9))",
        ),
        (
            "hash: Mapped[str | None] = mapped_column(nullable=True)",
            False,
            "hash: Mapped[str] = mapped_column(nullable=False)",
        ),
        (
            "hash: Mapped[str] = mapped_column(nullable=True)",
            False,
            "hash: Mapped[str] = mapped_column(nullable=False)",
        ),
        ("hash = Column(String)", False, "hash = Column(String, nullable=False)"),
        ("hash = Column(String, nullable=False)", True, "hash = Column(String, nullable=True)"),
    ],
)
def test_nullable(before: str, nullable: bool, after: str) -> None:  # noqa: FBT001
    """The annotation and the argument say the same afterwards."""
    text = model().replace("hash: Mapped[str]", before)
    one = project({PATH: text}).declared.schema.tables["tokens"].column("hash")
    difference = Difference(
        "modify_nullable",
        "tokens",
        "hash",
        Column("hash", Type("TEXT"), nullable=not nullable, origin=one.origin),
        Column("hash", Type("TEXT"), nullable=nullable),
    )

    assert edited(text, difference) == model().replace("hash: Mapped[str]", after)


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ('(UniqueConstraint("user_id", "anime_id"),)', '(UniqueConstraint("user_id", "anime_id", name="uq_x"),)'),
        ('(UniqueConstraint("user_id", name="uq_y"),)', '(UniqueConstraint("user_id", name="uq_x"),)'),
    ],
)
def test_name(args: str, expected: str) -> None:
    """A constraint takes the name that the database has for it."""
    text = model(args)
    syntax = parse(PATH, text)
    call = syntax.tree.body[1].body[1].value.elts[0]
    stated = UniqueConstraint("uq_tokens_user_id", ("user_id",), origin=Origin((syntax.site(call),)))
    difference = Difference("rename_constraint", "tokens", "uq_x", stated, UniqueConstraint("uq_x", ("user_id",)))

    assert edited(text, difference) == model(expected)
