"""Two SQL texts differ only where they can be shown to."""

from __future__ import annotations

import pytest

from driftline.compare.sql import can_differ, conditions_differ, mentions, same

SAME = [
    ("a > 0", "(a>0)"),
    ("a > 0", "0 < a"),
    ("a != 1", "a <> 1"),
    ("a IN ('x', 'y')", "a in ('y','x')"),
    ("a IN ('x', 'y')", "a = 'x' OR a = 'y'"),
    ("a IN ('x', 'y')", "((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))"),
    ("a NOT IN (1, 2)", "a <> 2 AND a != 1"),
    ("NOT (a IS NULL AND b IS NULL)", "a IS NOT NULL OR b IS NOT NULL"),
    ("a BETWEEN 1 AND 3", "a >= 1 AND a <= 3"),
    ("a AND (b AND c)", "(c AND a) AND b"),
    ("users.age > 0", '"age" > 0'),
    ("NOT deleted", "deleted = false"),
    ("active", "active = TRUE"),
    ("a = 1.0", "a = 1"),
    ("lower(email) = email", "email = LOWER(email)"),
    ("now()", "CURRENT_TIMESTAMP"),
    ("timezone('utc', now())", "(CURRENT_TIMESTAMP AT TIME ZONE 'utc'::text)"),
    ("a ~ '^[a-z]+$'", "a ~ '^[a-z]+$'::citext"),
    (r"a = 'x\:y'", "a = 'x:y'"),
    ("-1", "(- 1)"),
]
DIFFERENT = [
    ("a > 0", "a >= 0"),
    ("a IN ('x')", "a IN ('x', 'y')"),
    ("a = 'x'", "a = 'X'"),
    ("a ~ 'x'", "a ~* 'x'"),
    ("a > 0 AND b > 0", "a > 0 OR b > 0"),
    ("a IS NULL", "a IS NOT NULL"),
    ("a::int > 0", "a > 0"),
    ('"Name" = 1', "name = 1"),
    ("length(a) > 3", "length(b) > 3"),
]
UNREADABLE = [("a ??? b", "a > 0"), ("", "a > 0"), ("a > 0; DROP TABLE a", "a > 0"), ("(" * 5000, "a")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: str, other: str) -> None:
    """If two texts vary only in how they are written, then they are the same."""
    assert (True, False) == (same(one, other, "postgresql"), can_differ(one, other, "postgresql"))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """If two texts mean something else, then they differ, either way round."""
    assert (True, True) == (can_differ(one, other, "postgresql"), can_differ(other, one, "postgresql"))
    assert not same(one, other, "postgresql")


@pytest.mark.parametrize(("one", "other"), UNREADABLE)
def test_unreadable(one: str, other: str) -> None:
    """A text that can't be read differs from nothing, and is the same as nothing but itself."""
    assert (False, False, True) == (
        can_differ(one, other, "postgresql"),
        same(one, other, "postgresql"),
        same(one, one, "postgresql"),
    )


@pytest.mark.parametrize(
    ("dialect", "one", "other", "differ"),
    [
        ("postgresql", "deleted = false", "deleted IS FALSE", False),
        ("postgresql", "a > 1 AND active IS TRUE", "active AND a > 1", False),
        ("postgresql", "active IS TRUE", "active IS NOT TRUE", True),
        ("sqlite", "deleted = 0", "deleted IS FALSE", False),
        ("sqlite", "NOT deleted", "deleted = 0", False),
        ("sqlite", "deleted = 1", "deleted = 0", True),
        ("sqlite", "a != 1", "a <> 2", True),
    ],
)
def test_conditions(dialect: str, one: str, other: str, *, differ: bool) -> None:
    """In the condition of an index NULL is as good as false; on SQLite and MySQL truth values are numbers."""
    assert differ == conditions_differ(one, other, dialect)


def test_mentions() -> None:
    """A column is mentioned as a word of its own, in any case, and not as part of another name."""
    assert mentions("Age > 0", "age")
    assert mentions('"age" > 0', "age")
    assert not mentions("stage > 0 AND age_limit > 0", "age")
