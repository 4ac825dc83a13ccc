"""The simplest expressions are read without sqlglot, and as sqlglot reads them."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot.dialects import Postgres, SQLite

from driftline.compare.normal_form import parsed_form, plain_form

DIALECTS = ("postgresql", "cockroachdb", "sqlite")

WORDS = sorted(
    {
        word.lower()
        for dialect in (Postgres, SQLite)
        for phrase in (*dialect.Tokenizer.KEYWORDS, *dialect.Parser.FUNCTIONS, *dialect.Parser.FUNCTION_PARSERS)
        for word in str(phrase).split()
        if word.isidentifier()
    }
    | {"deleted", "id", "Status"}
)
"""Whatever sqlglot has a use for, and some that it has none for."""

FRAMES = (
    "{}",
    "{} = 1",
    "({} <> 'x')",
    "{} IS NULL",
    "{} is not true",
    "{}=false",
    "{} 1",
    "'{}'",
    "{} = null",
    "{}()",
    "({} ~ '^[a-z]+$')",
    "{}::text ~* 'x'",
    "{} ~*'x'",
    "'x'::{}",
    "{}.now()",
    "{}.Gen_Random_UUID()",
    "({}.clock_timestamp( ))",
)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_word_is_a_column_only_where_it_is_one(dialect: str) -> None:
    """Of all words that mean something somewhere, those are left to sqlglot that it takes for something else."""
    texts = [frame.format(word) for frame in FRAMES for word in WORDS]
    read = {text: form for text in texts if (form := plain_form(text, dialect)) is not None}

    assert read == {text: parsed_form(text, dialect) for text in read}
    assert {"deleted IS NULL", "Status=false", "(id <> 'x')", "'id'", "true"} <= read.keys()
    assert ({"id::text ~* 'x'", "id.now()", "now()"} <= read.keys()) is (dialect != "sqlite")


CONSTANTS = st.one_of(
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="'\\\0")).map("'{}'".format),
    st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,9})?", fullmatch=True),
    st.sampled_from(("true", "FALSE", "Null")),
)


@given(
    st.sampled_from(
        (
            "{}",
            "({})",
            " ( {} )",
            "a = {}",
            "a IS  NOT {}",
            "a is {}",
            "(A!={})",
            "a <>{}",
            "ais {}",
            "({}",
            "{}::jsonb",
            "( {} ::json )",
        )
    ),
    CONSTANTS,
    st.sampled_from(DIALECTS),
)
def test_a_constant_is_what_sqlglot_says_it_is(frame: str, constant: str, dialect: str) -> None:
    """Alone, in parentheses, or compared with a column."""
    text = frame.format(constant)

    assert plain_form(text, dialect) in (None, parsed_form(text, dialect))


@pytest.mark.parametrize(
    "text",
    [
        "a = 1 AND b",
        "f(1)",
        "'a' || 'b'",
        "'it''s'",
        r"E'\n'",
        "a IS 1",
        "(a = 1",
        "ais null",
        "now(3)",
        "a ~ 'b' AND c",
    ],
)
def test_what_is_more_than_that_is_left_to_sqlglot(text: str) -> None:
    """A reader that guessed would be a second grammar."""
    assert plain_form(text, "postgresql") is None


def test_sqlglot_is_not_imported_for_the_simplest() -> None:
    """Its import takes longer than reading a small project."""
    program = (
        "import sys; from driftline.compare.sql import can_differ; "
        "print(can_differ('deleted = false', '(deleted IS NULL)', 'postgresql'), 'sqlglot' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout == "True False\n"
