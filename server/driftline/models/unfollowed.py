"""Statements that were not followed, and functions that nobody ran: whether they could have changed tables.

They are judged by what they call, from their source: nothing else is known of them. Which tables they could have
changed is not asked.

Example: `exec(text)` and `Index("ix", *columns_of(user))` could; `logger.info(user)` could not.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from driftline.python.last_name import last_name
from driftline.python.nodes import children
from driftline.python.values import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from driftline.python.values import Module

_CHANGING: Final = frozenset(
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
_FOLLOWED: Final = frozenset({"Assign", "AnnAssign", "Call", "Expr", "For", "If", "Return", "Try", "While", "With"})
"""What an unknown is about where something that would have been done is not, by the kind of its node."""
_ABOUT_DATABASES: Final = ("sqlalchemy", "sqlmodel", "declarative", "db.Model")
"""Modules that say none of these make no tables, whatever they run."""


def changes_tables(node: ast.AST) -> bool:
    """Whether something in `node` is called that makes a table or changes one."""
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.Call) and last_name(one.func) in _CHANGING:
            return True
        pending += children(one)
    return False


def lost_changes(unknowns: Iterable[Unknown], modules: Mapping[str, Module]) -> Iterator[Unknown]:
    """Give those of the evaluator's `unknowns` for which what could have changed tables was not followed.

    `modules`: what was run, by path.
    """
    for one in unknowns:
        site = one.origin.site
        syntax = modules[site.path].syntax if site is not None and site.path in modules else None
        if site is None or syntax is None or site.says.partition(":")[0] not in _FOLLOWED:
            continue
        if not any(word in syntax.text for word in _ABOUT_DATABASES):
            continue
        node = syntax.node_of(site)
        if node is None or not changes_tables(node):
            continue
        yield Unknown(f"what is written here was not followed, and could change tables: {one.reason}", one.origin)
