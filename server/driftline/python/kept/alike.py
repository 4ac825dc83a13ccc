"""Whether a value that a module reads is as good as the one that it has read.

An object is as good as itself only. What is plain data is as good as what says the same; of a class that is named for
type checkers alone, its name and bases are what matters.

Example: `equal((1, "a"), (1, "a"))` is true, `equal([1], [1])` is not.
"""

from __future__ import annotations

from types import EllipsisType, NoneType
from typing import Final

from driftline.python.attributes import is_enum
from driftline.python.values import Class, Symbol, Value

PLAIN: Final = frozenset({str, int, float, complex, bool, bytes, NoneType, EllipsisType, Symbol})
"""Values that are what they say."""


def is_plain(value: Value) -> bool:
    """Whether a value is nothing but what it says: another one that says the same is as good."""
    kind = type(value)
    return kind in PLAIN or (kind is tuple and all(map(is_plain, value)))


def equal(one: Value, other: Value) -> bool:
    """Whether two values are plain and say the same, in the same types."""
    if type(one) is tuple and type(other) is tuple:
        return len(one) == len(other) and all(map(equal, one, other))
    return type(one) is type(other) and is_plain(one) and repr(one) == repr(other)


def all_alike(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    """Whether each value is as good as the other at its place."""
    return len(some) == len(others) and all(
        one is other or equal(one, other) for one, other in zip(some, others, strict=True)
    )


def nature(value: Value) -> object:
    """Give what matters of a class that is only named as the type of something; None for what is no plain class."""
    if type(value) is not Class or is_enum(value):
        return None
    return value.qualname, value.bases
