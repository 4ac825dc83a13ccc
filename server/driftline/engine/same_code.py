"""Whether two versions of a Python file are the same program: they differ in comments, blank lines and layout alone.

What was worked out of a file that was only ever parsed holds for the other version too: facts have no positions.

Example: `same_code(parse("m.py", "x = 1"), parse("m.py", "x = (1)  # one"))` is true.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax

_ENDLESS = 200_000
"""Nodes; comparing more of them takes longer than running a stage again."""

_QUOTED = {
    ast.If: ("test",),
    ast.IfExp: ("test",),
    ast.While: ("test",),
    ast.Assert: ("test",),
    ast.BoolOp: ("values",),
    ast.comprehension: ("ifs",),
    ast.Match: ("subject",),
    ast.match_case: ("guard", "pattern"),
}
"""What is quoted to the user as it is written, comments included, where it is not known."""


def same_code(one: Syntax, other: Syntax) -> bool:
    """Whether two files, both without a syntax error, have the same tree, but for positions. Never raises."""
    if one.problem is not None or other.problem is not None or one.path != other.path:
        return False
    pending: list[tuple[object, object]] = [(one.tree, other.tree)]
    left = _ENDLESS
    while pending:
        left -= 1
        if left < 0:
            return False
        mine, its = pending.pop()
        if type(mine) is not type(its):
            return False
        if isinstance(mine, ast.AST):
            assert isinstance(its, ast.AST)  # noqa: S101 - they are of one type
            names = _QUOTED.get(type(mine), ())
            if not all(_written_alike(getattr(mine, name), getattr(its, name), one, other) for name in names):
                return False
            pending.extend((getattr(mine, name, None), getattr(its, name, None)) for name in mine._fields)
        elif isinstance(mine, list):
            assert isinstance(its, list)  # noqa: S101 - they are of one type
            if len(mine) != len(its):
                return False
            pending.extend(zip(mine, its, strict=True))
        elif mine != its or repr(mine) != repr(its):  # 0.0 == -0.0, and no NaN equals itself
            return False
    return True


def _written_alike(mine: object, its: object, one: Syntax, other: Syntax) -> bool:
    """Whether two conditions (or lists of them) are spelt the same, but for white space."""
    if isinstance(mine, list) and isinstance(its, list):
        return len(mine) == len(its) and all(_written_alike(a, b, one, other) for a, b in zip(mine, its, strict=True))
    if not isinstance(mine, ast.AST) or not isinstance(its, ast.AST):
        return mine is its
    return one.segment(mine).split() == other.segment(its).split()
