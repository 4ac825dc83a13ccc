"""Trees as lines of text, for the tests of `driftline.python.newer_syntax`."""

from __future__ import annotations

import ast

_PLACE = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def lines(tree: ast.AST) -> list[str]:
    """Write a tree as one line for each node and value: its depth, its field, what it is, where it stands.

    What only some Pythons have is written as `newer_syntax` lowers it: an alias as an assignment, no type parameters.
    cpython.json was made by running this function on the trees of the CPython that it names.
    """
    alias: type = getattr(ast, "TypeAlias", type(None))
    found: list[str] = []
    stack: list[tuple[int, str, object]] = [(0, "", tree)]
    while stack:
        depth, name, node = stack.pop()
        if not isinstance(node, ast.AST):
            found.append(f"{depth} {name} {node!r}")
            continue
        kind = type(node).__name__
        parts = list(ast.iter_fields(node))
        if isinstance(node, alias):
            kind = "Assign"
            parts = [("targets", [node.name]), ("value", node.value), ("type_comment", "TypeAlias")]  # type: ignore[attr-defined]
        place = tuple(getattr(node, one, None) for one in _PLACE) if hasattr(node, "lineno") else ()
        found.append(f"{depth} {name} {kind} {place}")
        for part, value in reversed(parts):
            if part == "type_params" or value is None or value == []:
                continue
            if isinstance(value, list):
                stack += [(depth + 1, f"{part}[{index}]", one) for index, one in reversed(list(enumerate(value)))]
            else:
                stack.append((depth + 1, part, value))
    return found


def without_places(tree: ast.AST) -> list[str]:
    """Write a tree as above, without the places."""
    return [line.partition(" (")[0] for line in lines(tree)]
