"""What is broken in a file of newer syntax costs the broken statement, not the file."""

from __future__ import annotations

import ast

import pytest

from driftline.python.syntax import Syntax, parse

_NEWER = (
    "type X = int\n",
    "try: f()\nexcept A, B: pass\n",
    "class C[T](B[T]):\n    x = 1\n",
    'y = f"{a["b"]}"\n',
    'z = t"{a}"\n',
)


def _kinds(syntax: Syntax) -> list[str]:
    """Give what the statements are; what stands in place of a broken one is left out."""
    return [type(one).__name__ for one in syntax.tree.body if not isinstance(one, (ast.Pass, ast.Expr))]


@pytest.mark.parametrize(
    "broken", ["x = (\n", "def f(:\n    pass\n", "a b\n", "s = 'open\n", "x = f'{\n", "class C[T:\n"]
)
@pytest.mark.parametrize("index", range(len(_NEWER) + 1))
def test_broken_statement_keeps_the_others(broken: str, index: int) -> None:
    """Wherever a broken statement stands among newer ones, they are read, each where it stands."""
    before, after = "".join(_NEWER[:index]), "".join(_NEWER[index:])
    syntax = parse("/p/m.py", f"{before}\n{broken}\n{after}")
    beginnings = {syntax.segment(one)[:4] for one in syntax.tree.body}

    assert ["Assign", "Try", "ClassDef", "Assign", "Assign"] == _kinds(syntax)
    assert syntax.problem is not None
    assert {one[:4] for one in _NEWER} <= beginnings


def test_problem_is_where_the_text_is_wrong() -> None:
    """It names the place in the text as it stands, although characters were put in and written over before it."""
    text = 'try: f()\nexcept é, B: x = f"é{a["b"]}", 1 2\n'
    problem = parse("/p/m.py", text).problem

    assert problem is not None
    assert "2" == text[problem.span.start : problem.span.end]


def test_problem_is_the_running_pythons_where_nothing_is_newer() -> None:
    """A text without newer constructs has the message and the place that `ast.parse` gives."""
    text = 'x = f"a"\ny = 1 2\n'
    problem = parse("/p/m.py", text).problem
    with pytest.raises(SyntaxError) as raised:
        ast.parse(text)

    assert problem is not None
    assert raised.value.msg == problem.message
    assert raised.value.offset == problem.span.start - text.index("y") + 1
