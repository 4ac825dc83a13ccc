r"""Private names, as Python's compiler writes them: `__x` in `class A` is `_A__x`.

It is done to the tree, once, as the compiler does it: two mixins may each have their `__x`, and `dir()` finds both.
What a function's `__name__` is stays the one difference: it is the mangled name here.

Example: after `mangle(tree)`, the tree of `class A:\n    __x = 1` binds `_A__x`.
"""

from __future__ import annotations

import ast
import re

from driftline.python.nodes import children

_PRIVATE = re.compile(r"(?<!\w)__(?!\w*__(?!\w))\w")
_FIELDS = ("id", "attr", "arg", "name", "asname")
"""Fields that hold one name; of a ClassDef or FunctionDef it is the one that the statement binds."""


def has_private_names(text: str) -> bool:
    """Whether a source has anything that may be a private name; quick, as most have none."""
    return _PRIVATE.search(text) is not None


def mangle(tree: ast.AST) -> None:
    """Write out the private names in all classes of a tree, in place; in linear time."""
    pending: list[tuple[ast.AST, str]] = [(tree, "")]
    while pending:
        node, owner = pending.pop()
        if owner:
            _rename(node, owner)
        if not isinstance(node, ast.ClassDef):
            pending += [(one, owner) for one in children(node)]
            continue
        # What stands in a class's head is outside of it.
        inner = node.name.lstrip("_")
        pending += [(one, inner) for one in node.body]
        pending += [(one, owner) for one in (*node.decorator_list, *node.bases, *node.keywords)]


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
