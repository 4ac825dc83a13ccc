"""What databases make of a CHECK, of an index's condition and of a default is, to us, what was written."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from itertools import combinations
from random import Random

import pytest
import sqlalchemy as sa  # noqa: TC002 -- Hypothesis looks at the annotations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftline.compare.options import Options
from driftline.compare.server_defaults import compare_server_defaults
from driftline.compare.sql import can_differ, conditions_differ
from driftline.schema import Column, ServerDefault, Type
from tests.compare.expressions import COLUMNS, TABLE, Condition, changed, conditions, written
from tests.compare.spellings import FAMILIES, ON_SQLITE, SQLITE_VALUES, VALUES
from tests.oracle.databases import Databases
from tests.support.examples import examples

CHECK = "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 'ck'"
INDEX = "SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = 'ix'::regclass"
GENERATED = "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'things'::regclass"

on_a_server = settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
tastes = st.randoms(use_true_random=False)


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> sa.Engine:
    """An engine on a database of the session's server, in which nothing is ever committed."""
    return databases.scratch()


def spelled(engine: sa.Engine, statements: list[str], question: str) -> str:
    """What PostgreSQL says, after the statements, which are rolled back."""
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("%", "%%"))
        answer: str = connection.exec_driver_sql(question).scalar_one()
        connection.rollback()
    return answer


@on_a_server
@given(condition=conditions, taste=tastes, change=tastes)
def test_checks(condition: Condition, taste: Random, change: Random, postgresql: sa.Engine) -> None:
    """PostgreSQL's spelling of a CHECK does not differ from the source's."""
    source = written(condition, taste)
    kept = spelled(postgresql, [f"CREATE TABLE {TABLE} ({COLUMNS}, CONSTRAINT ck CHECK ({source}))"], CHECK)

    assert not can_differ(source, kept, "postgresql")
    assert not can_differ(written(condition, change), kept, "postgresql")


@on_a_server
@given(condition=conditions, taste=tastes)
def test_conditions_of_indexes(condition: Condition, taste: Random, postgresql: sa.Engine) -> None:
    """PostgreSQL's spelling of an index's condition does not differ from the source's."""
    source = written(condition, taste).replace(f"{TABLE}.", "")
    statements = [f"CREATE TABLE {TABLE} ({COLUMNS})", f"CREATE INDEX ix ON {TABLE} (a) WHERE {source}"]

    assert not conditions_differ(source, spelled(postgresql, statements, INDEX), "postgresql")


@on_a_server
@given(condition=conditions, taste=tastes)
def test_generated_columns(condition: Condition, taste: Random, postgresql: sa.Engine) -> None:
    """PostgreSQL's spelling of a generated column does not differ from the source's."""
    source = written(condition, taste)
    statement = f"CREATE TABLE {TABLE} ({COLUMNS}, g boolean GENERATED ALWAYS AS ({source}) STORED)"

    assert not can_differ(source, spelled(postgresql, [statement], GENERATED), "postgresql")


@on_a_server
@given(condition=conditions, taste=tastes, other=tastes, change=tastes)
def test_another_condition(
    condition: Condition, taste: Random, other: Random, change: Random, postgresql: sa.Engine
) -> None:
    """If we find two conditions the same, then PostgreSQL does not tell them apart on any row."""
    left, right = written(condition, taste), written(changed(condition, change), other)
    if can_differ(left, right, "postgresql"):
        return
    rows = (
        f"SELECT count(*) FROM generate_series(-3, 9) a, (VALUES (-3), (0), (9), (NULL)) n (b), "  # noqa: S608 -- ours
        f"(VALUES ('x'), (''), (NULL)) v (s), (VALUES ('A B'), (NULL)) w (t), (VALUES (true), (false), (NULL)) x (f) "
        f"WHERE ({left}) IS DISTINCT FROM ({right})".replace(f"{TABLE}.", "")
    )

    assert "0" == str(spelled(postgresql, [], rows))


@pytest.fixture(scope="session")
def things(postgresql: sa.Engine) -> Iterator[sa.Connection]:
    """A connection with the table of the spellings, which nobody else sees."""
    with postgresql.connect() as connection:
        connection.exec_driver_sql("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {TABLE} ({', '.join(VALUES)})")
        yield connection


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0][0])
def test_spellings(family: tuple[tuple[str, ...], ...], things: sa.Connection) -> None:
    """What PostgreSQL keeps of a text, and all that it keeps so, is in the text's group."""
    kept = {text: _kept(things, text) for group in family for text in group}
    group_of = {text: number for number, group in enumerate(family) for text in group}

    assert [] == [(text, spelling) for text, spelling in kept.items() if can_differ(text, spelling, "postgresql")]
    assert {} == {
        text: twins
        for text in kept
        if (twins := [one for one in kept if kept[one] == kept[text] and group_of[one] != group_of[text]])
    }


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family[0][0])
def test_texts_that_say_the_same(family: tuple[tuple[str, ...], ...], things: sa.Connection) -> None:
    """No row tells the texts of a group apart."""
    for first, *others in family:
        counts = [f"count(*) FILTER (WHERE ({first}\n) IS DISTINCT FROM ({other}\n))" for other in others]
        question = f"SELECT {', '.join(counts) or 'count(*)'} FROM {_rows(' '.join((first, *others)))}"  # noqa: S608 -- ours
        with things.begin_nested():
            answer = things.exec_driver_sql(question.replace("%", "%%")).one()

        assert {} == {other: count for other, count in zip(others, answer, strict=False) if count}


@pytest.fixture(scope="session")
def sqlite() -> Iterator[sqlite3.Connection]:
    """A SQLite database with the table of its spellings, all rows of the values of each two columns in it."""
    connection = sqlite3.connect(":memory:")
    connection.create_function("regexp", 2, lambda pattern, text: text and re.search(pattern, text) is not None)
    columns = [column.partition(" ")[0] for column in SQLITE_VALUES]
    connection.execute(f"CREATE TABLE {TABLE} ({', '.join(SQLITE_VALUES)})")
    values = dict(zip(columns, SQLITE_VALUES.values(), strict=True))
    for pair in combinations(columns, 2):
        one, other = ("(" + "), (".join(_each(values[name])) + ")" for name in pair)
        connection.execute(
            f"INSERT INTO {TABLE} ({', '.join(pair)}) SELECT * FROM (VALUES {one}), (VALUES {other})"  # noqa: S608 -- ours
        )
    yield connection
    connection.close()


@pytest.mark.parametrize("family", ON_SQLITE, ids=lambda family: family[0][0])
def test_spellings_on_sqlite(family: tuple[tuple[str, ...], ...], sqlite: sqlite3.Connection) -> None:
    """To SQLite, too, the texts of a group say the same of each row, and those of two groups do not."""
    said = {text: _said(sqlite, text) for group in family for text in group}

    assert [] == [(group[0], text) for group in family for text in group if said[text] != said[group[0]]]
    assert [] == [(one[0], two[0]) for one, two in combinations(family, 2) if said[one[0]] == said[two[0]]]


def _said(connection: sqlite3.Connection, text: str) -> list[object]:
    """What a condition says of each row."""
    return connection.execute(f"SELECT {text} FROM {TABLE} ORDER BY rowid").fetchall()  # noqa: S608 -- ours


def _kept(connection: sa.Connection, text: str) -> str:
    with connection.begin_nested() as nested:
        statement = f"ALTER TABLE {TABLE} ADD CONSTRAINT ck CHECK ({text}\n)"
        connection.exec_driver_sql(statement.replace("%", "%%"))
        answer: str = connection.exec_driver_sql(CHECK).scalar_one()
        nested.rollback()
    return answer


def _rows(texts: str) -> str:
    """All rows that there are of the columns in the texts, as a table of that name."""
    words = set(re.findall(r"\w+", re.sub("'(?:[^']|'')*'", "", texts).lower()))
    tables = []
    for column, values in VALUES.items():
        name, _, type_ = column.partition(" ")
        if name.strip('"').lower() in words or column == "a integer":
            union = " UNION ALL ".join(f"SELECT ({one})::{type_} AS {name}" for one in _each(values))
            tables.append(f"({union}) AS t{len(tables)}")
    return f"(SELECT * FROM {', '.join(tables)}) AS {TABLE}"  # noqa: S608 -- ours


def _each(values: str) -> list[str]:
    """The constants of a list, as SQL."""
    return re.findall(r"(?:'(?:[^']|'')*'|[^',])+", values)


@pytest.mark.parametrize(
    ("type_", "source"),
    [
        ("integer", "5"),
        ("integer", "-5"),
        ("integer", "'5'"),
        ("integer", "(5)"),
        ("bigint", "0"),
        ("numeric(10, 2)", "1.50"),
        ("double precision", "1e3"),
        ("boolean", "true"),
        ("boolean", "'t'"),
        ("boolean", "FALSE"),
        ("text", "'manual'"),
        ("text", "'it''s'"),
        ("varchar(20)", "'manual'"),
        ("varchar(20)", "'manual'::text"),
        ("text", "''"),
        ("jsonb", "'{}'"),
        ("jsonb", "'{\"a\": 1}'::jsonb"),
        ("json", "'[]'"),
        ("uuid", "gen_random_uuid()"),
        ("timestamp", "now()"),
        ("timestamptz", "CURRENT_TIMESTAMP"),
        ("timestamptz", "now() + interval '1 day'"),
        ("timestamp", "timezone('utc', now())"),
        ("timestamp", "(now() AT TIME ZONE 'utc')"),
        ("date", "CURRENT_DATE"),
        ("text[]", "'{}'"),
        ("text[]", "ARRAY[]::text[]"),
        ("interval", "'1 day'"),
        ("interval", "interval '36 hours'"),
        ("interval", "'1 year 2 mons 3 days'::interval"),
        ("timestamptz", "now() - '02:30'::interval"),
        ("timestamptz", "now() + interval '2' hour"),
        ("text", "lower('X')"),
        ("text", "md5(random()::text)"),
    ],
)
def test_server_defaults(type_: str, source: str, postgresql: sa.Engine) -> None:
    """PostgreSQL's spelling of a default means, to us, what the source says."""
    kept = spelled(postgresql, [f"CREATE TABLE {TABLE} (d {type_} DEFAULT {source})"], GENERATED)
    one, other = (Column("d", Type(type_.upper()), server_default=ServerDefault(sql)) for sql in (source, kept))

    assert [] == list(compare_server_defaults("things", one, other, Options("postgresql")))
