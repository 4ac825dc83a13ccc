"""By which a node is found again in a tree of the same text: its kind, and where it stands.

As against a `Site` it is good for one text only, and costs nothing to make.

Example: `place_of(ast.parse("f(1)").body[0].value, ambiguous=False)` is `("Call", 1, 0, 1, 4)`.
"""

from __future__ import annotations

import ast
import re

from driftline.regex import regex

Place = tuple[str, int, int, int, int]
"""The kind of a node and where it stands: line, column, end line, end column, as `ast` counts them."""

_AMBIGUOUS = regex(r"\b[rR]?[fFtT][rR]?[\"']|^\s*type\s|\b(?:class|def)\s+\w+\[", re.MULTILINE)
"""What nodes come from of which several can be at one place: f-strings, and syntax that is newer than Python 3.11."""


def is_ambiguous(text: str) -> bool:
    """Whether several expressions of a text could stand at one place."""
    return _AMBIGUOUS.search(text) is not None


def place_of(node: ast.AST, *, ambiguous: bool) -> Place | None:
    """Give the place by which `node` can be found again in the same text; None where that is not certain."""
    if not isinstance(node, ast.stmt if ambiguous else ast.stmt | ast.expr):
        return None
    line = node.lineno
    return type(node).__name__, line, node.col_offset, node.end_lineno or line, node.end_col_offset or 0
