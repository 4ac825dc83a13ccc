"""The columns of a query are told without sqlglot where it would only say that they depend on other tables."""

from __future__ import annotations

import subprocess
import sys

import pytest
import sqlglot
from sqlglot import exp

from driftline.migrations.sql_query import query_columns

QUERIES = (
    "select * from users",
    "SELECT  DISTINCT users.* , 1 AS one FROM users",
    "SELECT ALL a . b . * FROM a.b UNION SELECT id FROM c",
)


@pytest.mark.parametrize("query", QUERIES)
def test_what_begins_with_a_star_depends_on_other_tables(query: str) -> None:
    """As sqlglot says: one of the names is a star."""
    read = sqlglot.parse_one(query)
    assert isinstance(read, exp.Query)
    assert "*" in read.named_selects
    assert query_columns(query, "postgresql") is None


def test_a_star_elsewhere_is_none_of_them() -> None:
    """A product has no name of its own; one that is named is a column, as is a name that begins alike."""
    assert query_columns("SELECT a * b AS c, selected FROM t", "postgresql") == ("c", "selected")


def test_sqlglot_is_not_imported_for_a_star() -> None:
    """Its import takes longer than reading a small project."""
    program = (
        "import sys; from driftline.migrations.sql_query import query_columns; "
        f"print([query_columns(one, 'postgresql') for one in {QUERIES!r}], 'sqlglot' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "[None, None, None] False\n"
