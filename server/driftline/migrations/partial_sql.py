"""SQL texts of which only parts are known: f-strings, `%` and `+` over values that could not be worked out.

What is known is often enough: an UPDATE with an unknown value changes no table's definition, and an ALTER of a known
table touches no other one.

Example: of `f"UPDATE users SET created = '{now}'"` the text with gaps is `UPDATE users SET created = '␣'`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from driftline.dataclass import replace
from driftline.migrations.operation import CreateTable, Execute, Opaque, Operation, SetSearchPath
from driftline.migrations.raw_sql import read_raw_sql
from driftline.python.host import Branch
from driftline.python.last_name import last_name
from driftline.python.origin import Origin
from driftline.python.values import Unknown

GAP = "driftline_gap"
"""Stands where a part of the text is not known; a word, so that the rest can be read as SQL."""

_KEEPING = frozenset({"text", "literal_column", "dedent", "cleandoc", "DDL", "str", "f"})
"""What is called with a text and gives the same one, by the last part of its name."""
_DEPTH = 20


def text_with_gaps(node: ast.expr, function: ast.AST | None, depth: int = 0) -> str | None:
    """Give the text that an expression makes, with `GAP` for each part that its source does not say.

    None where it says nothing at all. `function`: where names that the expression uses are assigned.
    """
    if depth > _DEPTH:
        return None
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else GAP
            for part in node.values
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_with_gaps(node.left, function, depth + 1), text_with_gaps(node.right, function, depth + 1)
        return (
            None
            if left is None and right is None
            else f"{left if left is not None else GAP}{right if right is not None else GAP}"
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return _filled(text_with_gaps(node.left, function, depth + 1))
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return _braces_filled(text_with_gaps(node.func.value, function, depth + 1))
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("bindparams", "execution_options", "strip"):
            return text_with_gaps(node.func.value, function, depth + 1)
        called = last_name(node.func)
        if called not in _KEEPING or not node.args:
            return None
        text = text_with_gaps(node.args[0], function, depth + 1)
        return _filled(text) if called == "DDL" else text
    if isinstance(node, ast.Name) and function is not None:
        return _assigned(node.id, function, depth)
    return None


def _assigned(name: str, function: ast.AST, depth: int) -> str | None:
    """Give the text that a name is assigned, with all that is appended to it (`sql += …`, `sql = sql[:-1] + …`).

    None where it is assigned more than one text, or none that says anything.
    """
    begun: list[ast.expr] = []
    appended: list[tuple[int, ast.expr]] = []
    for one in ast.walk(function):
        if isinstance(one, ast.AugAssign) and isinstance(one.op, ast.Add) and _is_name(one.target, name):
            appended.append((one.lineno, one.value))
        elif isinstance(one, ast.Assign) and any(_is_name(target, name) for target in one.targets):
            first, *rest = _summands(one.value)
            if _is_name(first.value if isinstance(first, ast.Subscript) else first, name):
                appended += [(one.lineno, part) for part in rest]
            else:
                begun.append(one.value)
    text = text_with_gaps(begun[0], function, depth + 1) if len(begun) == 1 else None
    if text is None:
        return None
    parts = (text_with_gaps(part, None) for _, part in sorted(appended, key=lambda one: one[0]))
    return text + "".join(GAP if part is None else part for part in parts)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _summands(node: ast.expr) -> list[ast.expr]:
    """Give what `+` joins in an expression, from left to right."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.insert(0, node.right)
        node = node.left
    return [node, *found]


def _filled(text: str | None) -> str | None:
    if text is None:
        return None
    import re

    return re.sub(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]", GAP, text).replace("%%", "%")


def _braces_filled(text: str | None) -> str | None:
    if text is None:
        return None
    import re

    return re.sub(r"\{[^{}]*\}", GAP, text)


def read_partial_sql(
    text: str, dialect: str, what: Unknown, *, origin: Origin, branch: Branch | None, guarded: bool
) -> Iterable[Operation]:
    """Give the operations of a text with gaps; one that depends on a gap is opaque, as narrowly as it can be."""
    for operation in read_raw_sql(text, dialect, origin=origin, branch=branch, guarded=guarded):
        if isinstance(operation, Execute) or GAP not in repr(operation):
            yield operation
            continue
        table = operation.table
        known = table is not None and GAP not in table
        named = frozenset({table}) if known and table is not None else None
        makes = isinstance(operation, CreateTable) or (isinstance(operation, Opaque) and operation.creates)
        unplaced = isinstance(operation, SetSearchPath)  # changes nothing, but who knows where later tables are made
        opaque = Opaque(
            what,
            frozenset() if unplaced else named,
            creates=makes or unplaced,
            origin=origin,
            branch=branch,
            guarded=guarded,
        )
        yield replace(opaque, raw=True)
