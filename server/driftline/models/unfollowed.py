"""Statements that were not followed, and functions that nobody ran: whether they could have changed tables.

They are judged by what they call, from their source: nothing else is known of them. Which tables they could have
changed is not asked.

Example: `exec(text)` and `Index("ix", *columns_of(user))` could; `logger.info(user)` could not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from driftline.python.last_name import last_name
from driftline.python.nodes import nodes
from driftline.python.values import Unknown
from driftline.regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from driftline.python.syntax import Syntax
    from driftline.python.values import Module

CHANGING: Final = frozenset(
    {
        "CheckConstraint",
        "ExcludeConstraint",
        "ForeignKeyConstraint",
        "Index",
        "Table",
        "UniqueConstraint",
        "append_column",
        "append_constraint",
        "eval",
        "exec",
        "to_metadata",
        "tometadata",
    }
)
_MAKES_OR_CHANGES: Final = regex(rf"\b(?:{'|'.join(sorted(CHANGING))})\b")
_FOLLOWED: Final = frozenset({"Assign", "AnnAssign", "Call", "Expr", "For", "If", "Return", "Try", "While", "With"})
"""What an unknown is about where something that would have been done is not, by the kind of its node."""
_ABOUT_DATABASES: Final = ("sqlalchemy", "sqlmodel", "declarative", "db.Model")
"""Modules that say none of these make no tables, whatever they run."""


def changes_tables(node: ast.AST, changing: frozenset[str] = CHANGING) -> bool:
    """Whether something in `node` is called that makes a table or changes one: one of the names `changing`."""
    return any(one in changing for one in _called(node))


def _called(node: ast.AST) -> Iterator[str]:
    return (last_name(one.func) for one in nodes(node) if isinstance(one, ast.Call))


def _changing_in(syntax: Syntax) -> frozenset[str]:
    """Give the names of what makes or changes tables, the functions and methods of a module that do so included."""
    if not _MAKES_OR_CHANGES.search(syntax.text):
        return CHANGING
    functions = {
        one.name: frozenset(_called(one))
        for one in nodes(syntax.tree)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found = set(CHANGING)
    while more := {name for name, called in functions.items() if name not in found and not called.isdisjoint(found)}:
        found |= more
    return frozenset(found)


def lost_changes(unknowns: Iterable[Unknown], modules: Mapping[str, Module]) -> Iterator[Unknown]:
    """Give those of the evaluator's `unknowns` for which what could have changed tables was not followed.

    `modules`: what was run, by path.
    """
    names: dict[str, frozenset[str]] = {}
    for one in unknowns:
        path = one.origin.path
        syntax = modules[path].syntax if path is not None and path in modules else None
        if path is None or syntax is None or not any(word in syntax.text for word in _ABOUT_DATABASES):
            continue
        node = one.origin.node_within(path, syntax)
        if node is None or type(node).__name__ not in _FOLLOWED:
            continue
        if path not in names:
            names[path] = _changing_in(syntax)
        if not changes_tables(node, names[path]):
            continue
        yield Unknown(f"what is written here was not followed, and could change tables: {one.reason}", one.origin)
