"""The nodes below a node, several times quicker than `ast` finds them.

`ast.walk` asks each node for each of its fields. Which fields can hold nodes is known of each kind beforehand, and
that most nodes (names, constants) have none; contexts and operators (`Load`, `Add`), which say nothing alone, are left
out.

Example: `[type(one).__name__ for one in nodes(ast.parse("x = f(1)"))]` begins with `Module`, `Assign`, `Name`, `Call`.
"""

from __future__ import annotations

import ast
from typing import Any, Final

_PLAIN: Final = frozenset(
    {
        "arg",
        "asname",
        "attr",
        "conversion",
        "ctx",
        "id",
        "is_async",
        "kind",
        "kwd_attrs",
        "level",
        "module",
        "op",
        "ops",
    }
    | {"rest", "simple", "str", "tag", "type_comment", "type_ignores"}
)
"""Fields that hold a text, a number, a context or an operator, whatever the node."""

_PLAIN_OF: Final = {
    ast.Constant: {"value"},
    ast.MatchSingleton: {"value"},
    ast.Global: {"names"},
    ast.Nonlocal: {"names"},
    ast.alias: {"name"},
    ast.FunctionDef: {"name"},
    ast.AsyncFunctionDef: {"name"},
    ast.ClassDef: {"name"},
    ast.ExceptHandler: {"name"},
    ast.MatchAs: {"name"},
    ast.MatchStar: {"name"},
    **{getattr(ast, name): {"name"} for name in ("TypeVar", "ParamSpec", "TypeVarTuple") if hasattr(ast, name)},
}
"""Those that hold one in some nodes, and a node in others."""


class _Fields(dict[type, tuple[str, ...]]):
    """The fields of each kind of node that can hold nodes; `None` stands in lists of nodes, and has no fields."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        plain = _PLAIN | _PLAIN_OF.get(kind, set())
        found = self[kind] = tuple(name for name in getattr(kind, "_fields", ()) if name not in plain)
        return found


_FIELDS: Final = _Fields()


def has_children(kind: type[ast.AST]) -> bool:
    """Whether nodes of a kind can have others below them."""
    return bool(_FIELDS[kind])


def children(node: ast.AST) -> list[ast.AST]:
    """Give the nodes right below `node`, in the order of `ast.iter_child_nodes`."""
    found: list[Any] = []
    for name in _FIELDS[node.__class__]:
        part = getattr(node, name, None)
        if part.__class__ is list:
            found += part
        elif part is not None:
            found.append(part)
    return [one for one in found if one is not None]


def nodes(*roots: ast.AST) -> list[ast.AST]:
    """Give `roots` and all nodes below them, those of a level before those of the next, as `ast.walk` does."""
    found: list[Any] = list(roots)
    for node in found:  # grows while it is gone through
        for name in _FIELDS[node.__class__]:
            part = getattr(node, name, None)
            if part.__class__ is list:
                found += part
            elif part is not None:
                found.append(part)
    return [one for one in found if one is not None]
