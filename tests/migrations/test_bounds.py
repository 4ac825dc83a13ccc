"""Hostile revisions and hostile SQL: whatever they say, a replay ends, and its work grows with their length alone."""

# ruff: noqa: E501 -- a program is written one statement a line

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.migrations.operation import Execute
from driftline.migrations.raw_sql import read_raw_sql
from driftline.migrations.recorder import MOST_OPERATIONS
from tests.migrations.replaying import replayed
from tests.support.examples import examples

TABLE = "op.create_table('t', sa.Column('id', sa.Integer()))\n"

ENDLESS = {
    "nothing": "while True:\n    pass",
    "one column": "while True:\n    op.add_column('t', sa.Column('a', sa.Text()))",
    "columns": "while True:\n    i += 1\n    op.add_column('t', sa.Column(f'a{i}', sa.Text()))",
    "tables": "while True:\n    i += 1\n    op.create_table(f't{i}', sa.Column('a', sa.Text()))",
    "renames": "while True:\n    op.rename_table(f't{i}' if i else 't', f't{i + 1}')\n    i += 1",
    "a batch": "with op.batch_alter_table('t') as b:\n    while True:\n        i += 1\n        b.add_column(sa.Column(f'a{i}', sa.Text()))",
    "sql": "while True:\n    i += 1\n    op.execute(f'ALTER TABLE t ADD COLUMN c{i} int')",
    "harmless sql": "while True:\n    op.execute('UPDATE t SET id = 1')",
    "a branch not taken": "if sa.inspect(op.get_bind()).has_table('x'):\n    while True:\n        op.add_column('t', sa.Column('a', sa.Text()))",
    "recursion": "def more(n):\n    op.create_table(f't{n}', sa.Column('a', sa.Text()))\n    more(n + 1)\nmore(0)",
}


@pytest.mark.parametrize("case", ENDLESS)
def test_a_revision_without_end_ends(case: str) -> None:
    """What it does before is known, what comes after is not, and no more is followed than anybody writes."""
    found = replayed(f"{TABLE}i = 0\n{ENDLESS[case]}", "op.drop_table('nothing')")

    operations = found.steps[0].operations
    assert len([one for one in operations if not isinstance(one, Execute)]) <= MOST_OPERATIONS + 3
    assert len(operations) <= 10 * MOST_OPERATIONS + 3
    assert sum(len(one) for one in found.timelines.values()) <= 4 * MOST_OPERATIONS
    if case not in ("nothing", "a branch not taken"):
        assert found.unknown


GIANT = {
    "a string": "op.execute('x' * 10**9)",
    "statements": "op.execute('ALTER TABLE t ADD COLUMN a int;' * 10**8)",
    "parentheses": "op.execute('CREATE TABLE u (a int CHECK ' + '(' * 10**8)",
    "columns": "op.create_table('u', *[sa.Column(f'c{i}', sa.Text()) for i in range(10**8)])",
    "nesting": "x = []\nfor i in range(10**4):\n    x = [x]\nop.create_table('u', *x)",
    "forks": "import os\n"
    + "\n".join(f"if os.environ['A{i}']:\n    op.add_column('t', sa.Column('a{i}', sa.Text()))" for i in range(300)),
}


@pytest.mark.parametrize("case", GIANT)
def test_giants_are_not_built(case: str) -> None:
    """What would not fit into memory is unknown, and what is deep is no stack overflow."""
    found = replayed(TABLE + GIANT[case])

    assert "t" in found.schema.tables


CIRCLES = {
    "tables that inherit from each other": "op.execute('CREATE TABLE a (x int); CREATE TABLE b (x int); ALTER TABLE a INHERIT b; ALTER TABLE b INHERIT a')",
    "a table that is a partition of itself": "op.execute('CREATE TABLE a (x int); ALTER TABLE a ATTACH PARTITION a DEFAULT')",
    "a table that is created as its own child": "op.execute('CREATE TABLE a (x int) INHERITS (a)')",
    "a table like itself": "op.execute('CREATE TABLE a (LIKE a INCLUDING ALL)')",
    "an operation that invokes itself": "from alembic.operations import MigrateOperation, Operations\n@Operations.register_operation('go')\nclass Go(MigrateOperation):\n"
    "    @classmethod\n    def go(cls, operations):\n        return operations.go()\n@Operations.implementation_for(Go)\ndef go(operations, operation):\n"
    "    operations.invoke(Go())\nop.go()\nop.invoke(Go())\nop.create_table('a')",
    "a class whose table is itself": "from sqlalchemy.orm import declarative_base\nB = declarative_base()\nclass M(B):\n    __tablename__ = 'a'\n"
    "    id = sa.Column(sa.ForeignKey('a.id'), primary_key=True)\n    @property\n    def __table__(self):\n        return self.__table__\n"
    "B.metadata.create_all(op.get_bind())\nM.__table__.create(op.get_bind())",
}


@pytest.mark.parametrize("case", CIRCLES)
def test_circles_are_not_followed_forever(case: str) -> None:
    """What follows something else does not follow itself, and what is then done to it is done once."""
    found = replayed(
        CIRCLES[case],
        "op.add_column('a', sa.Column('n', sa.Text()))\nop.create_index('i', 'a', ['n'])\nop.rename_table('a', 'z')",
        "op.drop_table('z')",
    )

    assert "z" not in found.schema.tables


def test_partitions_pass_on_no_more_than_anybody_has() -> None:
    """Thousands of partitions that follow thousands of changes are given up, not followed."""
    found = replayed(
        "op.execute('CREATE TABLE m (a int) PARTITION BY LIST (a)')\n"
        "for i in range(400):\n    op.execute(f'CREATE TABLE m{i} PARTITION OF m FOR VALUES IN ({i})')\n"
        "for i in range(100):\n    op.execute(f'ALTER TABLE m ADD COLUMN c{i} int')",
    )

    assert len(found.schema.tables["m"].columns) == 101
    assert found.schema.tables["m7"].incomplete


SHAPES: dict[str, Callable[[int], str]] = {
    "parentheses": lambda n: "ALTER TABLE t ADD CHECK " + "(" * n + "a" + ")" * n,
    "open parentheses": lambda n: "CREATE TABLE t (a int DEFAULT " + "(" * n,
    "columns": lambda n: "CREATE TABLE t (" + ", ".join(f"c{i} int" for i in range(n)) + ")",
    "actions": lambda n: "ALTER TABLE t " + ", ".join(f"ADD COLUMN c{i} int" for i in range(n)),
    "statements": lambda n: "ALTER TABLE t ADD COLUMN c int;" * n,
    "inserts": lambda n: "INSERT INTO t VALUES (1);" * n,
    "quotes": lambda n: "CREATE TABLE t (a text DEFAULT '" + "''" * n + "')",
    "open quotes": lambda n: "'\"`" * n,
    "comments": lambda n: "/* " * n + "*/ " * n + "DROP TABLE t",
    "open comments": lambda n: "/*" * n,
    "dollars": lambda n: "DO $a$" + "$b$ " * n + "$a$",
    "blocks": lambda n: "DO $$ BEGIN " + "IF a THEN " * n + "CREATE TABLE t (a int); " + "END IF; " * n + " END $$",
    "executed": lambda n: "DO $$ BEGIN " + "EXECUTE 'ALTER TABLE t ADD x int'; " * n + "END $$",
    "formatted": lambda n: (
        "DO $$ BEGIN EXECUTE format('" + "%s" * n + "', " + ",".join("'a'" for _ in range(n)) + "); END $$"
    ),
    "bodies": lambda n: "CREATE TRIGGER t AFTER INSERT ON x BEGIN " + "SELECT CASE WHEN 1 THEN 2 END; " * n + " END",
    "dots": lambda n: "DROP TABLE " + ".".join("a" for _ in range(n)),
    "labels": lambda n: "CREATE TYPE e AS ENUM (" + ",".join(f"'v{i}'" for i in range(n)) + ")",
    "words": lambda n: "FROB " + " ".join(f"n{i}" for i in range(n)),
    "brackets": lambda n: "CREATE TABLE t (a int" + "[]" * n + ")",
    "semicolons": lambda n: ";" * n,
}


def steps(action: Callable[[], object]) -> int:
    """Count the calls and returns of functions, Python's and C's: what work is, on any machine."""
    count = 0

    def counted(*_event: object) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
@pytest.mark.parametrize("shape", SHAPES)
def test_reading_sql_takes_as_many_steps_as_the_text_is_long(shape: str, dialect: str) -> None:
    """A text four times as long takes no more than about four times the steps."""
    one = steps(lambda: read_raw_sql(SHAPES[shape](100), dialect))
    four = steps(lambda: read_raw_sql(SHAPES[shape](400), dialect))

    assert four < 5.5 * one + 500


@settings(max_examples=examples(150))
@given(
    st.lists(
        st.one_of(
            st.sampled_from([shape(3) for shape in SHAPES.values()]),
            st.sampled_from(
                ["CREATE", "TABLE", "VIEW", "MATERIALIZED", "PARTITION", "OF", "INHERITS", "LIKE", "INCLUDING", "ALL"]
            ),
            st.sampled_from(
                [
                    "ATTACH",
                    "DETACH",
                    "EXECUTE",
                    "format(",
                    "'%2$I'",
                    "t",
                    "(",
                    ")",
                    ",",
                    ";",
                    "BEGIN",
                    "END",
                    "$$",
                    "DROP",
                    "ALTER",
                ]
            ),
            st.text(max_size=5),
        ),
        max_size=14,
    ),
    st.sampled_from(["postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle", ""]),
)
def test_any_sql_is_read(parts: list[str], dialect: str) -> None:
    """Nothing that SQL can say raises, and nothing that was said is lost: what is not understood is an operation too."""
    text = " ".join(parts)
    found = read_raw_sql(text, dialect)

    assert isinstance(found, tuple)
    assert all(one.raw for one in found)
