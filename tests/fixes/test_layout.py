"""Rendered statements are laid out, and say the same."""

from __future__ import annotations

import ast

import pytest

from driftline.fixes.layout import lay_out

CASES = [
    ("op.drop_table('users')", ['op.drop_table("users")']),
    ("f(ops={'doc': 'a', 'b': ['c']})", ['f(ops={"doc": "a", "b": ["c"]})']),
    ("f(ops={'doc': 'say \"a\"'})", ['f(ops={"doc": \'say "a"\'})']),
    ("f(a={}, b={**c})", ["f(a={}, b={**c})"]),
]


@pytest.mark.parametrize(("code", "lines"), CASES)
def test_quotes(code: str, lines: list[str]) -> None:
    """Strings take the wanted marks, in dictionaries too, and mean what they meant."""
    assert list(lay_out(code)) == lines
    assert ast.dump(ast.parse("\n".join(lines))) == ast.dump(ast.parse(code))
