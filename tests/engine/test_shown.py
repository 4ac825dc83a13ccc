"""What comments hold back, in both halves; and which of them hold back nothing, where that is sure."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.places import place_of
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.rules.finding import Level
from driftline.sources.memory import MemorySource
from tests.engine import shop

CUSTOMER, ORDER = "shop/models/customer.py", "shop/models/order.py"
CREATED, DROPPED = "alembic/versions/0002_orders.py", "alembic/versions/0003_total.py"
SHOP = ["missing-column", "extra-foreign-key", "missing-index"]
"""What is found without any comment, ordered by place."""

Edit = tuple[str, str, str]
"""A file, a text in it, and what takes its place."""


def found(*edits: Edit, files: Mapping[str, str] | None = None, settings: str = "") -> list[str]:
    """The rules of the findings in the edited shop, in the order of their places; unused comments with their line."""
    texts: dict[str, str | bytes] = {
        **shop.in_memory(),
        **{f"/shop/{path}": text for path, text in (files or {}).items()},
    }
    texts["/shop/driftline.toml"] = settings
    for path, old, new in edits:
        text = texts[f"/shop/{path}"]
        assert isinstance(text, str)
        assert old in text
        texts[f"/shop/{path}"] = text.replace(old, new, 1)
    project = open_project("/shop", Session(MemorySource(texts)))
    assert project.problems == ()
    return [
        f"{one.rule} of {one.object} at {place_of(one, whole).line}" if one.rule == "unused-ignore" else one.rule
        for work in project.works
        for whole in (analysis(work),)
        for one in whole.findings
    ]


def without(*rules: str) -> list[str]:
    """What is left of the shop's findings."""
    return [one for one in SHOP if one not in rules]


COLUMN = "nickname: Mapped[str | None] = mapped_column(String(40))"
KEY = 'sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),'


@pytest.mark.parametrize(
    ("edit", "gone"),
    [
        ((CUSTOMER, COLUMN, f"{COLUMN}  # driftline: ignore[missing-column]"), ["missing-column"]),
        ((CUSTOMER, COLUMN, f"{COLUMN}  # driftline: ignore[extra-table, drift]"), ["missing-column"]),
        ((CUSTOMER, COLUMN, f"{COLUMN}  # driftline: ignore"), ["missing-column"]),
        (
            (ORDER, "        index=True,", "        index=True,  # driftline: ignore[missing-index]"),
            ["missing-index"],
        ),
        (
            (ORDER, "index=True,\n    )", "index=True,\n    )  # driftline: ignore[missing-index, extra-foreign-key]"),
            ["missing-index", "extra-foreign-key"],
        ),
        ((CREATED, KEY, f"{KEY}  # driftline: ignore[extra-foreign-key]"), ["extra-foreign-key"]),
        (
            (
                CREATED,
                'op.create_table(\n        "orders"',
                'op.create_table(  # driftline: ignore[extra-foreign-key]\n"orders"',
            ),
            ["extra-foreign-key"],
        ),
        (
            (DROPPED, '"orders")\n\n', '"orders")  # driftline: ignore[missing-index]\n\n'),
            ["missing-index"],
        ),
        (
            (ORDER, "class Order", "# driftline: ignore-file[drift]\nclass Order"),
            ["extra-foreign-key", "missing-index"],
        ),
    ],
)
def test_a_comment_holds_back_what_it_names(edit: Edit, gone: list[str]) -> None:
    """In the model or on the migration call that is the other half, on any line that speaks of it."""
    left = [one for one in found(edit) if not one.startswith("unused-ignore")]

    assert without(*gone) == left


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        # A comment on another column, on another statement, or in the half's file as a whole holds nothing back.
        (
            (CUSTOMER, "mapped_column(String(255))", "mapped_column(String(255))  # driftline: ignore[missing-column]"),
            ["unused-ignore of missing-column at 11", *SHOP],
        ),
        (
            (CREATED, "def upgrade", "# driftline: ignore-file[extra-foreign-key]\ndef upgrade"),
            ["unused-ignore of extra-foreign-key at 17", *SHOP],
        ),
        (
            (
                CREATED,
                'sa.Column("id", sa.Integer(), primary_key=True),',
                'sa.Column("id", sa.Integer(), primary_key=True),  # driftline: ignore[extra-foreign-key]',
            ),
            ["unused-ignore of extra-foreign-key at 20", *SHOP],
        ),
        # Of several names, those of no use are told.
        (
            (CUSTOMER, COLUMN, f"{COLUMN}  # driftline: ignore[missing-column, missing-index, extra-table]"),
            ["unused-ignore of missing-index,extra-table at 12", *without("missing-column")],
        ),
        (
            (CUSTOMER, COLUMN, f"{COLUMN}  # driftline: ignore[missing-column, mising-index]"),
            ["unused-ignore of mising-index at 12", *without("missing-column")],
        ),
        (
            (CUSTOMER, "from shop.db", "# driftline: ignore\nfrom shop.db"),
            ["unused-ignore of all at 4", *SHOP],
        ),
        (
            ("alembic.ini", "[alembic]", "# driftline: ignore-file[multiple-heads]\n[alembic]"),
            ["unused-ignore of multiple-heads at 1", *SHOP],
        ),
        # One that names the rule itself keeps it quiet.
        ((CUSTOMER, "from shop.db", "# driftline: ignore[missing-index, unused-ignore]\nfrom shop.db"), SHOP),
        (
            (CUSTOMER, "from shop.db", "# driftline: ignore-file[unused-ignore]\n# driftline: ignore\nfrom shop.db"),
            SHOP,
        ),
    ],
)
def test_what_a_comment_does_not_speak_of_stays(edit: Edit, expected: list[str]) -> None:
    """And the comment is told to be of no use."""
    assert sorted(expected) == sorted(found(edit))


UNUSED = (CUSTOMER, "from shop.db", "# driftline: ignore[missing-index]\nfrom shop.db")
TOLD = "unused-ignore of missing-index at 4"


def test_it_is_told_where_all_is_known() -> None:
    """The cases below differ from this one in one thing each."""
    assert TOLD in found(UNUSED)


@pytest.mark.parametrize(
    "settings",
    [
        'select = ["missing-column", "unused-ignore"]',
        'ignore = ["missing-index"]',
        'severity = { missing-index = "off" }',
        'per-file-ignores = { "shop/models" = ["missing-index"] }',
        'ignore = ["unused-ignore"]',
        'per-file-ignores = { "shop/models" = ["unused-ignore"] }',
    ],
)
def test_it_is_not_told_where_the_rule_did_not_run(settings: str) -> None:
    """What does not run finds nothing, and a comment may be needed all the same."""
    assert TOLD not in found(UNUSED, settings=settings)


@pytest.mark.parametrize(
    "edit",
    [
        (CUSTOMER, "String(255)", "UNREADABLE"),
        (
            DROPPED,
            "def upgrade():\n",
            'def upgrade():\n    op.add_column("customers", sa.Column(sa.inspect(1), sa.Integer()))\n',
        ),
        ("alembic/versions/0001_customers.py", "op.create_table(", "create_as_the_wiki_says("),
        (CUSTOMER, "class Customer", "class (\nclass Customer"),
    ],
)
def test_it_is_not_told_where_something_was_not_understood(edit: Edit) -> None:
    """What is not known could be what the comment is for."""
    assert TOLD not in found(UNUSED, edit)


def test_with_several_environments_only_their_own_files_are_judged() -> None:
    """A comment in a model that two of them read may be there for the other one."""
    second = {
        "other/alembic.ini": "[alembic]\nscript_location = migrations\nprepend_sys_path = ..\n",
        "other/migrations/env.py": shop.FILES["alembic/env.py"],
        "other/migrations/script.py.mako": "",
        "other/migrations/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n'
        "    pass  # driftline: ignore[missing-index]\n",
    }
    edit = (CUSTOMER, "from shop.db", "# driftline: ignore[missing-index]\nfrom shop.db")

    assert [one for one in found(edit, files=second) if one.startswith("unused")] == [
        "unused-ignore of missing-index at 6"
    ]


def test_its_level_is_the_users() -> None:
    """As that of any rule."""
    texts = {**shop.in_memory(), "/shop/driftline.toml": 'severity = { unused-ignore = "error" }'}
    texts[f"/shop/{CUSTOMER}"] = f"# driftline: ignore[missing-index]\n{shop.FILES[CUSTOMER]}"
    (work,) = open_project("/shop", Session(MemorySource(texts))).works
    (one,) = [one for one in analysis(work).findings if one.rule == "unused-ignore"]

    assert one.level is Level.ERROR
    assert one.message.startswith("`# driftline: ignore[missing-index]` silences nothing: no `missing-index` is found")
