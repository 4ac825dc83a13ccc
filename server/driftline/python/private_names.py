r"""Private names, as Python's compiler writes them: `__x` in `class A` is `_A__x`.

It is done to the tree, once, as the compiler does it: two mixins may each have their `__x`, and `dir()` finds both.
What a function's `__name__` is stays the one difference: it is the mangled name here.

Example: after `mangle(tree)`, the tree of `class A:\n    __x = 1` binds `_A__x`.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Sequence

from driftline.python.nodes import children, nodes
from driftline.regex import regex

_PRIVATE = regex(r"__(?<!\w__)(?!\w*__(?!\w))\w")
_LINE_END = regex(r"\r\n|[\r\n]")
_FIELDS = ("id", "attr", "arg", "name", "asname")
"""Fields that hold one name; of a ClassDef or FunctionDef it is the one that the statement binds."""


def lines_with_private_names(text: str) -> list[int]:
    """Give the lines (1-based, in order) of a source that have what may be a private name; quick, as most have none."""
    lines: list[int] = []
    line, counted = 1, 0
    for found in _PRIVATE.finditer(text):
        line += len(_LINE_END.findall(text, counted, found.start()))
        counted = found.start()
        lines.append(line)
    return lines


def mangle(tree: ast.AST, lines: Sequence[int]) -> None:
    """Write out the private names in all classes of a tree, in place; in linear time. `lines`: those that have any."""
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, owner = pending.pop()
        first = getattr(node, "lineno", None)
        if first is not None:
            at = bisect_left(lines, _first_line(node, first))
            if at == len(lines) or lines[at] > (getattr(node, "end_lineno", None) or lines[at]):
                continue
        if owner:
            for one in nodes(node) if isinstance(node, ast.JoinedStr) else (node,):
                _rename(one, owner)
        if isinstance(node, ast.JoinedStr):
            continue  # where things stand within it is not to be relied on before Python 3.12
        if not isinstance(node, ast.ClassDef):
            pending += [(one, owner) for one in children(node)]
            continue
        # What stands in a class's head is outside of it.
        inner = node.name.lstrip("_")
        pending += [(one, inner) for one in node.body]
        pending += [(one, owner) for one in (*node.decorator_list, *node.bases, *node.keywords)]


def _first_line(node: ast.AST, line: int) -> int:
    """Give the line that a statement begins in with its decorators, which its own place leaves out."""
    return min((one.lineno for one in getattr(node, "decorator_list", ())), default=line)


def _rename(node: ast.AST, owner: str) -> None:
    if isinstance(node, ast.keyword):
        return  # `f(__x=1)`: the compiler leaves it as it is
    if isinstance(node, ast.alias) and node.asname is None:
        if _is_private(node.name):
            node.asname = f"_{owner}{node.name}"  # what is imported is not renamed, what it is bound to is
        return
    for field in _FIELDS if not isinstance(node, ast.alias) else ("asname",):
        name = getattr(node, field, None)
        if type(name) is str and _is_private(name):
            setattr(node, field, f"_{owner}{name}")
    if isinstance(node, (ast.Global, ast.Nonlocal)):
        node.names = [f"_{owner}{one}" if _is_private(one) else one for one in node.names]


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__") and "." not in name
