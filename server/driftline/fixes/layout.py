"""Lay a rendered statement out as the usual formatter does: on one line, its arguments on one line, or each on its own.

Alembic renders one long line, or lines that are not indented, in single quotes. What it says is kept; only its layout
is new.

Example: `lay_out("op.drop_table('users')")` gives `['op.drop_table("users")']`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_WIDTH = 88
_INDENT = "    "


def lay_out(code: str, *, quote: str = '"', margin: int = 0, width: int = _WIDTH) -> Iterator[str]:
    """Give the lines of the statements in `code`, which will be indented by `margin` and should end before `width`.

    Raises `SyntaxError` where `code` is no Python.
    """
    for statement in ast.parse(code).body:
        node = statement.value if isinstance(statement, ast.Expr) else None
        if node is None:
            yield from ast.unparse(statement).splitlines()
        else:
            yield from _node(node, quote, width - margin, "", "")


def _node(node: ast.expr, quote: str, width: int, before: str, behind: str) -> Iterator[str]:
    flat = before + _flat(node, quote) + behind
    if len(flat) <= width or not isinstance(node, ast.Call | ast.List | ast.Tuple) or not _parts(node):
        yield flat
        return
    opening, closing = _brackets(node, quote)
    yield f"{before}{opening}"
    inner = ", ".join(name + _flat(part, quote) for name, part in _parts(node))
    if len(inner) + len(_INDENT) <= width and (not isinstance(node, ast.Tuple) or len(node.elts) > 1):
        yield f"{_INDENT}{inner}"
        yield f"{closing}{behind}"
        return
    for name, part in _parts(node):
        yield from (_INDENT + line for line in _node(part, quote, width - len(_INDENT), name, ","))
    yield f"{closing}{behind}"


def _parts(node: ast.Call | ast.List | ast.Tuple) -> list[tuple[str, ast.expr]]:
    if isinstance(node, ast.Call):
        keywords = [(f"{one.arg}=" if one.arg else "**", one.value) for one in node.keywords]
        return [("", one) for one in node.args] + keywords
    return [("", one) for one in node.elts]


def _brackets(node: ast.Call | ast.List | ast.Tuple, quote: str) -> tuple[str, str]:
    if isinstance(node, ast.Call):
        return f"{_flat(node.func, quote)}(", ")"
    return ("[", "]") if isinstance(node, ast.List) else ("(", ")")


def _flat(node: ast.expr, quote: str) -> str:
    if isinstance(node, ast.Call | ast.List | ast.Tuple):
        opening, closing = _brackets(node, quote)
        inner = ", ".join(name + _flat(part, quote) for name, part in _parts(node))
        return opening + inner + ("," if isinstance(node, ast.Tuple) and len(node.elts) == 1 else "") + closing
    if isinstance(node, ast.Attribute):
        return f"{_flat(node.value, quote)}.{node.attr}"
    if isinstance(node, ast.Dict) and all(node.keys):
        pairs = zip(node.keys, node.values, strict=True)
        return "{" + ", ".join(f"{_flat(key, quote)}: {_flat(value, quote)}" for key, value in pairs if key) + "}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return literal(node.value, quote)
    return ast.unparse(node)


def literal(value: str, quote: str = '"') -> str:
    """Write a string as Python: in `quote`, unless another mark needs fewer backslashes."""
    plain = repr(value)
    body = plain[1:-1]
    if plain[0] == quote:
        return plain
    return plain if quote in value else f"{quote}{body}{quote}"
