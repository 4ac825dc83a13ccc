"""RULES' table "What Alembic's autogenerate compares", row by row, with real Alembic beside us."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from tests.oracle.databases import Databases
from tests.oracle.matrix import Answer, judge
from tests.oracle.matrix_rows import PG, ROWS, SILENT, Expected, Known

CASES = [
    pytest.param(known, dialect, id=f"{known.row.number}-{known.row.title}-{dialect}")
    for known in ROWS
    for dialect in known.expected
]


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> sa.Engine:
    """An engine on a database of the session's server, in which nothing is ever committed."""
    return databases.scratch()


def answer(known: Known, dialect: str, postgresql: sa.Engine) -> Answer:
    """What both say; SQLite gets a database of its own, since it commits by itself."""
    return judge(known.row, postgresql if dialect == PG else sa.create_engine("sqlite://"))


@pytest.mark.parametrize(("known", "dialect"), CASES)
def test_row(known: Known, dialect: str, postgresql: sa.Engine) -> None:
    """Alembic says what the table says it does; our findings are right, and stand for exactly its operations."""
    expected: Expected = known.expected[dialect]
    if expected.alembic == "refused":
        with pytest.raises(sa.exc.ProgrammingError):
            answer(known, dialect, postgresql)
        return
    found = answer(known, dialect, postgresql)

    assert (expected.alembic.split(), expected.warned) == ([op for op, _, _ in found.alembic], found.warned)
    assert expected.ours == found.rules
    assert Counter(found.alembic) == Counter(found.stated)
    assert [] == [str(one) for one in found.findings if one.finding.group != "drift"]


def test_every_row_is_there() -> None:
    """The table's rows are numbered from 1 to 42, and each is judged on PostgreSQL or SQLite."""
    assert [str(number) for number in range(1, 43)] == list(dict.fromkeys(known.row.number for known in ROWS))
    assert all(known.expected for known in ROWS)


def test_we_are_silent_for_a_reason() -> None:
    """Where we report nothing, the row is one of those that say why."""
    silent = {known.row.number for known in ROWS for one in known.expected.values() if not one.ours}

    assert silent == SILENT.keys()
