"""What a model's source writes before SQLAlchemy's names: `sa`, `db`, or nothing.

Example: in `user_id = db.Column(db.Integer)` it is `db`; in a file with `from sqlalchemy import Integer` it is None.
"""

from __future__ import annotations

import ast

from driftline.fixes.mapped_field import MappedField
from driftline.python.syntax import Syntax


def core_prefix(field: MappedField) -> str | None:
    """Give the expression that the field uses for SQLAlchemy's Core: `sa`, `db`; None where it uses bare names."""
    if field.call is not None:
        if field.kind == "column" and field.prefix is not None:
            return field.prefix
        for argument in field.call.args:
            inner = argument.func if isinstance(argument, ast.Call) else argument
            if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.attr[:1].isupper():
                return inner.value.id if inner.value.id in _core_names(field.syntax) else None
    if field.prefix is not None and field.prefix not in _modules(field.syntax):
        return field.prefix
    return None


def _core_names(syntax: Syntax) -> frozenset[str]:
    """Give the names that the module imports for the whole of `sqlalchemy`."""
    return frozenset(
        alias.asname or alias.name
        for node in syntax.tree.body
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "sqlalchemy"
    )


def _modules(syntax: Syntax) -> frozenset[str]:
    """Give the names under which the module imports something of SQLAlchemy's."""
    return frozenset(
        alias.asname or alias.name
        for node in syntax.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if (node.module or "" if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0] == "sqlalchemy"
    )


def prefix_in(syntax: Syntax, owner: ast.ClassDef) -> str | None:
    """Give the expression that the class uses for SQLAlchemy's Core: of its first `sa.Column(` or the like."""
    modules = _modules(syntax) - _core_names(syntax)
    for node in ast.walk(owner):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            prefix = node.func.value.id
            if prefix not in modules and node.func.attr in (
                "Column",
                "ForeignKey",
                "Index",
                "CheckConstraint",
                "String",
            ):
                return prefix
    return None


def whole_module(syntax: Syntax) -> str | None:
    """Give the name by which the module has the whole of `sqlalchemy` (`sa`), if it has."""
    return next(iter(sorted(_core_names(syntax))), None)
