"""What an index is apart from its name, source against source, and what Alembic sees of it.

Alembic looks at columns, order and uniqueness; on most databases not at `where`, `using`, operator classes, and not at
expressions, since it would have to undo the database's own spelling of them. Two sources have no such spelling.

Example: `aspects(Index("ix", (a,)), Index("ix", (a,), unique=True), "postgresql")` is `("uniqueness",)`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Final

from driftline.compare.sql import can_differ, conditions_differ
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import Index, IndexElement, UniqueConstraint

_SAME_METHOD: Final = "btree"
"""What every database makes where no method is said."""
_OF_COLUMN: Final = "default"
"""PostgreSQL's name for the collation that a column has where none is said."""
_CLASS: Final = regex(r"\b\w+_ops\b")
_OF_TYPE: Final = regex(r"[^_]+(?:_minmax|_inclusion)?_ops")
"""Operator classes that are called after a type: its default ones (PostgreSQL, `pg_opclass.opcdefault`)."""


def aspects(one: Index, other: Index, dialect: str) -> tuple[str, ...]:
    """Name what differs between two indexes: "columns", "order", "uniqueness", "condition", "method" and so on.

    Words for messages; () where nothing can be shown to differ.
    """
    found = []
    if not _elements_alike(one.elements, other.elements, dialect):
        found.append("columns")
    elif any(
        _order(_words(one, left)) != _order(_words(other, right))
        for left, right in zip(one.elements, other.elements, strict=True)
    ):
        found.append("order")
    if "columns" not in found and _collations(one) != _collations(other):
        found.append("collation")
    if not _unknown(one.unique, other.unique) and bool(one.unique) != bool(other.unique):
        found.append("uniqueness")
    if _condition_differs(one, other, dialect):
        found.append("condition")
    if _differ(_method(one), _method(other)):
        found.append("method")
    if _differ(*(_names(option(index, "include")) for index in (one, other))):
        found.append("included columns")
    if _differ(*(bool_or_unknown(option(index, "nulls_not_distinct")) for index in (one, other))):
        found.append("treatment of NULLs")
    if "columns" not in found and _differ(_classes(one), _classes(other)):
        found.append("operator classes")
    return tuple(found)


def alembic_finds_changed(one: Index | UniqueConstraint, other: Index | UniqueConstraint, dialect: str) -> bool:
    """Whether Alembic reports two constraints or indexes of one name as changed: `one` is the model's."""
    postgresql = dialect in {"postgresql", "cockroachdb"}
    if not isinstance(one, Index) or not isinstance(other, Index):
        if set(one.columns) != set(other.columns) or len(one.columns) != len(other.columns):
            return True
        nulls = [bool(dict(item.options).get("nulls_not_distinct")) for item in (one, other)]
        return postgresql and nulls[0] != nulls[1]
    if not _unknown(one.unique, other.unique) and bool(one.unique) != bool(other.unique):
        return True
    if not postgresql:
        # An element with a direction is an expression in the model, and has no name there; reflected, it is a column.
        return tuple(None if element.modifiers else element.column for element in one.elements) != other.columns
    if len(one.elements) != len(other.elements):
        return True
    for left, right in zip(one.elements, other.elements, strict=True):
        # Alembic looks at the model's elements without `postgresql_ops`, at the database's as they came to be.
        if _order(" ".join(left.modifiers)) != _order(_words(other, right)) or _expressions_differ(
            left, right, dialect
        ):
            return True
        # No reflection gives a collation back: Alembic would make the index anew each time, and not for nothing once.
        if left.collation is not None and (left.collation.lower() != (right.collation or _OF_COLUMN).lower()):
            return True
    return _differ(*(bool_or_unknown(option(index, "nulls_not_distinct")) for index in (one, other)))


def option(index: Index, name: str) -> object:
    """Give an option of an index, None where it has none."""
    return next((value for key, value in index.options if key == name), None)


def bool_or_unknown(value: object) -> bool | Unknown:
    """Give the truth of an option, unless it could not be read."""
    return value if isinstance(value, Unknown) else bool(value)


def described(index: Index) -> str:
    """Give the columns and expressions of an index in one line, for people: `email text_pattern_ops, lower(name)`."""
    classes = _operator_classes(index)
    return ", ".join(_described(one, classes.get(one.column or "")) for one in index.elements) or "no columns"


def _described(element: IndexElement, operator_class: str | None) -> str:
    what = element.column or (element.sql if isinstance(element.sql, str) else "…")
    return " ".join((what, *([operator_class] if operator_class else []), *element.modifiers))


def _unknown(*values: object) -> bool:
    return any(isinstance(value, Unknown) for value in values)


def _differ(one: object, other: object) -> bool:
    return not _unknown(one, other) and one != other


def _elements_alike(one: Sequence[IndexElement], other: Sequence[IndexElement], dialect: str) -> bool:
    return all(
        left is not None and right is not None and not _expressions_differ(left, right, dialect)
        for left, right in zip_longest(one, other)
    )


def _expressions_differ(one: IndexElement, other: IndexElement, dialect: str) -> bool:
    if one.column is not None and other.column is not None:
        return one.column != other.column
    left, right = one.column or one.sql, other.column or other.sql
    return isinstance(left, str) and isinstance(right, str) and can_differ(left, right, dialect)


def _words(index: Index, element: IndexElement) -> str:
    """What is said behind an element, in its own place or in `postgresql_ops`, where people also write `DESC`."""
    return " ".join((*element.modifiers, _operator_classes(index).get(element.column or "", ""))).lower()


def _order(words: str) -> tuple[bool, bool]:
    """Whether an element is in descending order, and whether its NULLs come first (by default where it is)."""
    descending = re.search(r"\bdesc\b", words) is not None
    nulls = re.search(r"\bnulls\s+(first|last)\b", words)
    return descending, descending if nulls is None else nulls.group(1) == "first"


def _condition_differs(one: Index, other: Index, dialect: str) -> bool:
    left, right = option(one, "where"), option(other, "where")
    if _unknown(left, right):
        return False
    if left is None or right is None:
        return left is not right
    return conditions_differ(str(left), str(right), dialect)


def _method(index: Index) -> object:
    method = option(index, "using")
    return method if isinstance(method, Unknown) else str(method or _SAME_METHOD).lower()


def _names(value: object) -> object:
    if isinstance(value, Unknown):
        return value
    names = value if isinstance(value, list | tuple) else ()
    return next((one for one in names if isinstance(one, Unknown)), frozenset(map(str, names)))


def _collations(index: Index) -> tuple[str | None, ...]:
    """The collation of each element, whose case is not looked at; None for the column's own."""
    said = (None if one.collation is None else one.collation.lower() for one in index.elements)
    return tuple(None if one == _OF_COLUMN else one for one in said)


def _classes(index: Index) -> object:
    """The operator class of each element; None for the one that is taken where none is said."""
    stated = option(index, "ops")
    if isinstance(stated, Unknown):
        return stated
    said = (next(iter(_CLASS.findall(_words(index, element))), None) for element in index.elements)
    return tuple(None if one is None or _OF_TYPE.fullmatch(one) else one for one in said)


def _operator_classes(index: Index) -> dict[str, str]:
    """`postgresql_ops`: what is said of each column."""
    stated = option(index, "ops")
    pairs = stated.items() if isinstance(stated, Mapping) else stated if isinstance(stated, list | tuple) else ()
    return {str(key): str(value) for key, value in pairs}
