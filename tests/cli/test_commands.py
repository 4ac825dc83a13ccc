"""`schema`, `history`, `diff` and `rule` on a small project."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from driftline.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.usefixtures("project")
def test_the_schema_of_the_models(run: Run) -> None:
    """The contract's document, keys sorted, the same each time."""
    ran = run("schema", "models")

    document = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == json.dumps(document, indent=2, sort_keys=True) + "\n" == run("schema", "models", ".").out
    assert sorted(document["tables"]) == ["customers", "orders"]
    assert document["tables"]["customers"]["columns"]["nickname"]["type"] == "VARCHAR(40)"
    assert document["unknown"] == []


def test_a_model_that_env_py_does_not_reach(run: Run, project: Path) -> None:
    """It is left out, unless all are asked for."""
    (project / "shop/models/__init__.py").write_text("from shop.models.customer import Customer\n")

    assert sorted(json.loads(run("schema", "models").out)["tables"]) == ["customers"]
    assert sorted(json.loads(run("schema", "models", "--all").out)["tables"]) == ["customers", "orders"]


@pytest.mark.parametrize(
    ("at", "tables"),
    [
        ("0001", {"customers": ["email", "id"]}),
        ("0002", {"customers": ["email", "id"], "orders": ["created_at", "customer_id", "id", "updated_at"]}),
        ("0003", {"customers": ["email", "id"], "orders": ["created_at", "customer_id", "id", "total", "updated_at"]}),
        ("head", {"customers": ["email", "id"], "orders": ["created_at", "customer_id", "id", "total", "updated_at"]}),
    ],
)
@pytest.mark.usefixtures("project")
def test_the_schema_of_the_migrations(run: Run, at: str, tables: dict[str, list[str]]) -> None:
    """As it is after a revision, wherever the option stands."""
    ran = run("schema", "migrations", "--at", at, ".")

    document = json.loads(ran.out)
    assert {key: sorted(table["columns"]) for key, table in document["tables"].items()} == tables
    assert run("schema", "migrations", ".", "--at", at).out == ran.out


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("0004", "there is no revision or branch `0004`; did you mean `0003`? (alembic has 3 revisions)"),
        ("000", "several revisions start with `000`: `0001`, `0002`, `0003` (alembic has 3 revisions)"),
        ("x@head", "there is no branch `x` (alembic has 3 revisions)"),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_revision_that_is_not_there(run: Run, at: str, said: str) -> None:
    """It is told with what there is."""
    ran = run("schema", "migrations", "--at", at)

    assert (ran.code, ran.out, ran.err) == (2, "", f"driftline: {said}\n")


@pytest.mark.usefixtures("project")
def test_the_history_of_a_table(run: Run) -> None:
    """Each event with its revision, date and message, what it did, and where; oldest first."""
    ran = run("history", "orders")

    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert lines[0] == "0002  2026-02-03  orders"
    assert lines[1].startswith("    create table `orders`")
    assert lines[1].endswith("alembic/versions/0002_orders.py:18")
    assert [line for line in lines if not line.startswith(" ")] == [
        "0002  2026-02-03  orders",
        "0003  2026-03-04  total",
    ]


@pytest.mark.usefixtures("project")
def test_the_history_of_a_column(run: Run) -> None:
    """Only what concerns it: its table's creation, its index, and the index's end."""
    document = json.loads(run("history", "orders.customer_id", "--format", "json").out)

    assert (document["table"], document["column"]) == ("orders", "customer_id")
    assert [(one["revision"], one["op"], one["applied"]) for one in document["events"]] == [
        ("0002", "create_table", True),
        ("0002", "create_index", True),
        ("0003", "drop_index", True),
    ]
    assert document["events"][0]["path"] == "alembic/versions/0002_orders.py"
    assert document["events"][0]["date"].startswith("2026-02-03")


def revise(project: Path, name: str, parent: str, *lines: str) -> None:
    """Add a revision with these lines in its `upgrade()`."""
    body = "".join(f"    {line}\n" for line in lines)
    (project / "alembic" / "versions" / f"{name}_more.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{name}"\ndown_revision = "{parent}"\n\n\ndef upgrade():\n{body}'
    )


def test_the_history_of_a_former_name(run: Run, project: Path) -> None:
    """A renamed table answers to its former name, says so, and has all of its history; its columns do, too."""
    revise(project, "0004", "0003", "op.rename_table('orders', 'purchases')")
    former, now = run("history", "orders"), run("history", "purchases")

    assert (former.code, former.out, now.err) == (0, now.out, "")
    assert "rename table `orders` to `purchases`" in now.out
    assert former.err == (
        "driftline: the table `orders` is `purchases` since revision `0004`, and this is its history\n"
    )
    assert run("history", "orders.total").out == run("history", "purchases.total").out
    assert run("history", "orders.total").err == former.err
    assert json.loads(run("history", "orders", "--format", "json").out)["table"] == "purchases"


def test_a_name_that_several_tables_had(run: Run, project: Path) -> None:
    """Which of them is meant is not known, so they are named; a table that has the name now is meant by it."""
    revise(project, "0004", "0003", "op.rename_table('orders', 'purchases')", "op.rename_table('customers', 'orders')")
    assert run("history", "orders").err == ""

    revise(project, "0005", "0004", "op.rename_table('orders', 'clients')")
    assert run("history", "orders").err == (
        "driftline: several tables were called `orders` once: `clients`, `purchases`; name one of these\n"
    )


def test_what_could_not_be_applied_is_marked(run: Run, project: Path) -> None:
    """An operation that fails is told as one: each call of a loop for itself, and no other operation."""
    revise(project, "0004", "0003", "for name in ('total', 'nope'):", "    op.drop_column('orders', name)")
    lines = run("history", "orders").out.splitlines()
    listed = json.loads(run("history", "orders", "--format", "json").out)["events"]

    assert [line.partition("  /")[0].strip() for line in lines[-2:]] == [
        "drop column `total`  alembic/versions/0004_more.py:10",
        "drop column `nope` (cannot be applied: unknown-column)  alembic/versions/0004_more.py:10",
    ]
    assert [(one["applied"], one["problem"]) for one in listed[-2:]] == [(True, None), (False, "unknown-column")]
    assert {one["problem"] for one in listed[:-1]} == {None}


def test_a_history_whose_beginning_is_lost_is_in_order(run: Run, project: Path) -> None:
    """A revision on top of one that is in no file comes behind what has a beginning."""
    revise(project, "0000", "gone", "op.add_column('orders', sa.Column('note', sa.Text()))")
    ran = run("history", "orders")

    assert [line[:4] for line in ran.out.splitlines() if not line.startswith(" ")] == ["0002", "0003", "0000"]
    assert "add column `note`" in ran.out


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("oders", "in the migrations there is no table `oders`; did you mean `orders`?"),
        ("oders.id", "in the migrations there is no table `oders`; did you mean `orders`?"),
        ("orders.totl", "in the history of `orders` there is no column `totl`; did you mean `total`?"),
        (
            "orders.",
            "`orders.` ends with a dot, and names no column; `driftline history orders` tells of the whole table",
        ),
    ],
)
@pytest.mark.usefixtures("project")
def test_a_history_of_nothing(run: Run, subject: str, said: str) -> None:
    """A misspelt name is told with the nearest right one."""
    ran = run("history", subject)

    assert (ran.code, ran.out, ran.err) == (2, "", f"driftline: {said}\n")


@pytest.mark.usefixtures("project")
def test_what_changes_between_two_revisions(run: Run) -> None:
    """Added, removed and changed, in words."""
    ran = run("diff", "0002", "0003")

    assert ran.out.splitlines() == [
        "~ table orders",
        "    + column total NUMERIC(10, 2)",
        "    - index ix_orders_customer_id (customer_id)",
    ]
    assert run("diff", "0003", "head").out == "Nothing changes from 0003 to head.\n"


@pytest.mark.usefixtures("project")
def test_what_changes_the_other_way_round(run: Run) -> None:
    """From a later revision to an earlier one, down to the empty database."""
    lines = run("diff", "0002", "base").out.splitlines()
    document = json.loads(run("diff", "base", "0001", "--format", "json").out)

    assert lines == ["- table customers", "- table orders"]
    assert (document["from"], document["to"]) == ("base", "0001")
    assert list(document["tables"]["added"]) == ["customers"]


def test_the_rules_of_a_group(run: Run) -> None:
    """A group's name lists its rules alone."""
    listed = run("rule", "history").out.splitlines()

    assert ["history:", *(rule.name for rule in RULES if rule.group.value == "history")] == [
        line.split()[0] for line in listed
    ]
    assert run("rule", "all").out == run("rule").out


def test_every_rule_is_listed_and_explained(run: Run) -> None:
    """The list has each rule with its level; a rule's page is printed as it is written."""
    listed = run("rule").out

    for rule in RULES:
        assert f"  {rule.name} " in listed
        page = run("rule", rule.name).out
        assert page.startswith(f"# {rule.name}\n")
