"""Inserting into comma-separated lists keeps every layout."""

from __future__ import annotations

import ast

import pytest

from driftline.fixes.items import broken, call_items, import_items, insert_item, step_of, tuple_items
from driftline.python.syntax import parse
from driftline.text import apply_edits

CASES = [
    ("f()", 0, "f(N)"),
    ("f( )", 0, "f(N )"),
    ("f(a)", 0, "f(N, a)"),
    ("f(a)", 1, "f(a, N)"),
    ("f(a,)", 1, "f(a, N)"),
    ("f(a, b=1)", 1, "f(a, N, b=1)"),
    ("f((a), (b))", 1, "f((a), N, (b))"),
    ("f((a), (b))", 2, "f((a), (b), N)"),
    ("(f)(a)", 1, "(f)(a, N)"),
    ("f(\n    a,\n    b,\n)", 0, "f(\n    N,\n    a,\n    b,\n)"),
    ("f(\n    a,\n    b,\n)", 1, "f(\n    a,\n    N,\n    b,\n)"),
    ("f(\n    a,\n    b,\n)", 2, "f(\n    a,\n    b,\n    N,\n)"),
    ("f(\n    a,\n    b\n)", 2, "f(\n    a,\n    b,\n    N\n)"),
    ("f(\n    a,\n    b)", 2, "f(\n    a,\n    b,\n    N)"),
    ("f(\n    a,\n)", 1, "f(\n    a,\n    N,\n)"),
    ("f(\n    a, b\n)", 2, "f(\n    a, b, N\n)"),
    ("f(\n    a, b,\n)", 2, "f(\n    a, b, N,\n)"),
    ("f(\n    a, b\n)", 1, "f(\n    a, N, b\n)"),
    ("f(\n    a, b,\n    c, d,\n)", 2, "f(\n    a, b, N,\n    c, d,\n)"),
    ("f(a,\n  b)", 1, "f(a,\n  N,\n  b)"),
    ("f(a,\n  b)", 2, "f(a,\n  b,\n  N)"),
    ("f(\n    a,  # of a\n    b,  # of b\n)", 1, "f(\n    a,  # of a\n    N,\n    b,  # of b\n)"),
    ("f(\n    a,  # of a, and more\n    b\n)", 2, "f(\n    a,  # of a, and more\n    b,\n    N\n)"),
    ("f(\n    a,\n    # of b\n    b  # of b, too\n)", 2, "f(\n    a,\n    # of b\n    b,  # of b, too\n    N\n)"),
    ("f(\n    a,\n    # of b\n    b,\n)", 1, "f(\n    a,\n    N,\n    # of b\n    b,\n)"),
    ("f(  # all\n    a,\n)", 0, "f(  # all\n    N,\n    a,\n)"),
    ("f(  # all\n)", 0, "f(  # all\n    N,\n)"),
    ("f(\r\n    a,\r\n    b,\r\n)", 2, "f(\r\n    a,\r\n    b,\r\n    N,\r\n)"),
    ("f(\n\ta,\n\tb,\n)", 1, "f(\n\ta,\n\tN,\n\tb,\n)"),
    ("f(\n    g(\n        x,\n    ),\n    b=1,\n)", 1, "f(\n    g(\n        x,\n    ),\n    N,\n    b=1,\n)"),
    ('f("é", b)', 1, 'f("é", N, b)'),
    ("f(*a, **b)", 1, "f(*a, N, **b)"),
    ("(a,)", 1, "(a, N)"),
    ("(\n    a,\n)", 1, "(\n    a,\n    N,\n)"),
    ("(a, {'k': 1})", 1, "(a, N, {'k': 1})"),
]


@pytest.mark.parametrize(("before", "index", "after"), CASES)
def test_insert(before: str, index: int, after: str) -> None:
    """The new item stands where its neighbours' layout wants it, comments stay with theirs, nothing else changes."""
    syntax = parse("/m.py", before)
    node = syntax.tree.body[0].value
    items = call_items(syntax, node) if isinstance(node, ast.Call) else tuple_items(syntax, node)

    assert apply_edits(before, insert_item(items, index, "N")) == after
    ast.parse(after)


IMPORTS = [
    ("from m import a, c", 1, "from m import a, N, c"),
    ("from m import a", 1, "from m import a, N"),
    ("from m import a  # why", 1, "from m import a, N  # why"),
    ("from m import a, \\\n    c", 2, "from m import a, \\\n    c, N"),
    ("from m import (a, c)", 1, "from m import (a, N, c)"),
    ("from m import (\n    a,\n    c,\n)", 1, "from m import (\n    a,\n    N,\n    c,\n)"),
    ("from m import (\n    a,  # A\n    c as d,\n)", 2, "from m import (\n    a,  # A\n    c as d,\n    N,\n)"),
    ("from m import (\n    a, b, c,\n    d,\n)", 3, "from m import (\n    a, b, c, N,\n    d,\n)"),
    ("from m import (  # noqa\n    a,\n)", 0, "from m import (  # noqa\n    N,\n    a,\n)"),
]


@pytest.mark.parametrize(("before", "index", "after"), IMPORTS)
def test_insert_into_import(before: str, index: int, after: str) -> None:
    """An import takes a name in the layout that it has, with or without brackets."""
    syntax = parse("/m.py", before)

    assert apply_edits(before, insert_item(import_items(syntax, syntax.tree.body[0]), index, "N")) == after
    ast.parse(after)


STEPS = [
    ("", "    "),
    ("x = 1\n", "    "),
    ("x = (\n  1,\n)\nclass A:\n    pass\n", "    "),
    ("class A:\n  pass\n", "  "),
    ("class A:  # why: not\r\n\tpass\r\n", "\t"),
    ("class A(\n        B,\n):\n  pass\n", "  "),
]


@pytest.mark.parametrize(("text", "step"), STEPS)
def test_step(text: str, step: str) -> None:
    """A file indents as its first block does; what is broken over lines for it is indented so, too."""
    newline = "\r\n" if "\r" in text else "\n"

    assert step_of(text) == step
    assert broken(["a", "b"], step, text, brackets="()") == newline.join(
        ["(", f"{step * 2}a,", f"{step * 2}b,", f"{step})"]
    )


@pytest.mark.parametrize("step", ["  ", "\t"])
def test_spread(step: str) -> None:
    """A list that gets too long is broken in the file's own indentation."""
    name = "a" * 70
    before = f"class A:\n{step}x = f({name})\n"
    syntax = parse("/m.py", before)
    items = call_items(syntax, syntax.tree.body[0].body[0].value)
    new = "b" * 20

    after = apply_edits(before, insert_item(items, 1, new))

    assert after == f"class A:\n{step}x = f(\n{step * 2}{name},\n{step * 2}{new},\n{step})\n"
