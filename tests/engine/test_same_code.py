"""Two versions of a file are the same program where only comments and layout differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.same_code import same_code
from driftline.python.syntax import parse


def same(one: str, other: str) -> bool:
    """Whether two texts are the same program."""
    return same_code(parse("/p/m.py", one), parse("/p/m.py", other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x  =  1  # one"),
        ("def f():\n    return 1", "def f():\n\n    # why\n    return (1)\n"),
        ('x = "a" "b"', 'x = "ab"'),
        ("if a and b:\n    x = 1", "if a  and   b:  # both\n    x = 1"),
    ],
)
def test_comments_and_layout_make_no_other_program(one: str, other: str) -> None:
    """The trees are the same, but for places."""
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("x = 1", "x = True"),
        ("x = 0.0", "x = -0.0"),
        ("x = 1", "x = 1\ny = 2"),
        ("x = [1]", "x = (1,)"),
        ('"""one"""', '"""two"""'),
        ("if a:\n    x = 1", "if a:\n    x = 1\nelse:\n    pass"),
        ("if x:\n    pass", "if (  # why\n    x\n):\n    pass\nelse:\n    pass"),
        # Conditions are quoted as they are written.
        ('if x == "a":\n    pass', "if x == 'a':\n    pass"),
        ("x = (", "x = ("),  # nothing is known of what does not parse
    ],
)
def test_anything_else_makes_another_one(one: str, other: str) -> None:
    """Values, types, docstrings, and how a condition is spelt."""
    assert not same(one, other)


@given(st.lists(st.sampled_from(["x = 1", "y = f(2)", "def g():\n    return 3", "class C:\n    z = 4"]), min_size=1))
def test_blank_lines_and_comments_between_statements_are_no_matter(statements: list[str]) -> None:
    """Wherever they stand."""
    assert same("\n".join(statements), "# first\n\n" + "\n\n# next\n".join(statements) + "\n")
