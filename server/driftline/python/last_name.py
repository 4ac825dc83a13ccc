"""The name that an expression of the source ends with: what it is called, whatever it is imported from.

Knows the text alone, not what the name stands for.

Example: that of `mapped_column`, of `orm.mapped_column` and of `sa.orm.mapped_column` is `mapped_column`.
"""

from __future__ import annotations

import ast


def last_name(node: ast.AST) -> str:
    """Give the name; empty where the expression ends with none, as a call does."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
