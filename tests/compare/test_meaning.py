"""Two texts of one condition never differ, and two conditions do: CHECKs, partial indexes, generated columns."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from driftline.compare.normal_form import normal_form
from driftline.compare.sql import can_differ, conditions_differ, same
from tests.compare.expressions import Condition, changed, conditions, written
from tests.compare.spellings import FAMILIES, ON_SQLITE

tastes = st.randoms(use_true_random=False)
dialects = st.sampled_from(("postgresql", "sqlite", "mysql"))


@given(conditions, tastes, tastes)
def test_one_condition_in_two_ways(condition: Condition, taste: Random, other: Random) -> None:
    """However a condition is written, with PostgreSQL's casts and arrays too, it does not differ from itself."""
    left, right = written(condition, taste), written(condition, other)

    assert not can_differ(left, right, "postgresql")
    assert not conditions_differ(left, right, "postgresql")
    assert same(left, right, "postgresql")


@given(conditions, tastes, tastes, dialects)
def test_one_condition_on_any_database(condition: Condition, taste: Random, other: Random, dialect: str) -> None:
    """The same holds in what all databases understand."""
    left, right = (written(condition, each, casts=False).replace('"', "") for each in (taste, other))

    assert not can_differ(left, right, dialect)


@given(conditions, tastes, tastes, tastes)
def test_two_conditions(condition: Condition, taste: Random, other: Random, change: Random) -> None:
    """If a constant, an operator or a column is another one, then the two differ, however they are written."""
    left, right = written(condition, taste), written(changed(condition, change), other)
    # A part that the rest says already makes no difference: `a < 1 AND a < 1` is `a < 1`.
    assume(len(set(_atoms(condition))) == len(_atoms(condition)))

    assert can_differ(left, right, "postgresql")
    assert can_differ(right, left, "postgresql")
    assert not same(left, right, "postgresql")


@given(st.text(max_size=40), st.text(max_size=40), dialects)
def test_anything(one: str, other: str, dialect: str) -> None:
    """No text makes it raise; a text that is not read differs from nothing."""
    differ = can_differ(one, other, dialect)

    assert not differ or None not in (normal_form(one, dialect), normal_form(other, dialect))
    assert differ == can_differ(other, one, dialect)


IN_FAMILIES = [("postgresql", family) for family in FAMILIES] + [("sqlite", family) for family in ON_SQLITE]


@pytest.mark.parametrize(("dialect", "family"), IN_FAMILIES, ids=[f"{name}-{one[0][0]}" for name, one in IN_FAMILIES])
def test_families(dialect: str, family: tuple[tuple[str, ...], ...]) -> None:
    """The texts of a group do not differ from its first one; those of two groups do, in both directions."""
    for group in family:
        assert [] == [text for text in group if can_differ(group[0], text, dialect)]
        assert [] == [text for text in group if can_differ(text, group[0], dialect)]
    read = [group for group in family if normal_form(group[0], dialect) is not None]
    assert [] == [
        (text, other)
        for one, two in combinations(read, 2)
        for text in one
        for other in two
        if not (can_differ(text, other, dialect) and can_differ(other, text, dialect))
    ]


def _atoms(condition: Condition) -> list[Condition]:
    match condition:
        case ("and" | "or", parts):
            return [atom for part in parts for atom in _atoms(part)]
        case ("not", inner):
            return _atoms(inner)
        case _:
            return [condition]
