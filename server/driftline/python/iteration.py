"""Iterating values: what is known to be in them, in order; and the iterators of the code that is read.

A generator function is not suspended: it is run with something that takes each value as it comes. A `for` loop over it
takes the value into its body, so that both run in Python's order; anything else collects the values first.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sized
from contextlib import suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from driftline.python.budget import TOO_BIG
from driftline.python.calls import MATERIALISERS
from driftline.python.exceptions import raised
from driftline.python.text_of import text_of
from driftline.python.values import (
    Attribute,
    Call,
    Class,
    EnumMember,
    Instance,
    Operator,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

OnValue = Callable[[Value], Value]

_AHEAD = 2_000
"""How many values of a generator are worked out before anybody has asked for them."""


class Cursor:
    """An iterator over `items`; `at` is the next one; `rest`: why there may be more; None: there are not."""

    __slots__ = ("at", "items", "rest")

    def __init__(self, items: list[Value], rest: Unknown | None = None) -> None:
        """Begin at the first of `items`."""
        self.items = items
        self.at = 0
        self.rest = rest


class Generator:
    """A call of a generator function that has not begun, or has been collected into a `cursor`."""

    __slots__ = ("cursor", "start", "where")

    def __init__(self, start: Callable[[OnValue], Value], where: tuple[ast.AST, Scope]) -> None:
        """`start` runs the body, handing each value that it yields to its argument."""
        self.start = start
        self.where = where
        self.cursor: Cursor | None = None

    def spend(self) -> Cursor:
        """Leave nothing in it: somebody takes what it yields as it comes."""
        self.cursor = Cursor([])
        return self.cursor


class DefaultDict(dict[Value, Value]):
    """A `collections.defaultdict`: `factory` makes what is missing."""

    __slots__ = ("factory",)

    def __init__(self, factory: Value) -> None:
        """Begin empty."""
        super().__init__()
        self.factory = factory


class Enough(BaseException):
    """Leaves a generator's body from the outside: no `except` of the code that is read catches it."""


VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))

_DIRECT = frozenset({list, tuple, range, str, bytes})
_UNORDERED = frozenset({set, frozenset})
_SNAPSHOT = frozenset({dict, DefaultDict, set, frozenset, *VIEWS})

ITERATORS: dict[type, Callable[[Interpreter, Value, ast.AST, Scope], Iterable[Value] | None]] = {}
"""What iterates objects of classes that were read; filled by those who know them."""


def iterate(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Iterable[Value] | None:
    """Give the values in `value`; None where they are not known. Lists are given live, as Python iterates them.

    Whoever goes through them pays for each.
    """
    kind = type(value)
    if kind in _DIRECT:
        return value  # type: ignore[no-any-return]
    if kind in _SNAPSHOT:
        run.charge(len(value) >> 3)
        return _in_an_order(value) if kind in _UNORDERED else list(value)
    if kind is Unknown:
        return None
    if kind is Cursor:
        return _through(run, value)
    if kind is Generator:
        return _through(run, collected(run, value))
    if kind in (Symbol, Call, Attribute, Operator):
        return run.ask(run.host.iterate, value)  # type: ignore[no-any-return]
    if kind in ITERATORS:
        return ITERATORS[kind](run, value, node, scope)
    if kind in (Class, Instance, EnumMember, PurePath):
        return None
    raise raised(TypeError, f"`{text_of(value)}` object is not iterable")


def _in_an_order(values: Iterable[Value]) -> list[Value]:
    """Give what is in a set in the same order in every run, where it is text: Python's own order hangs on hashes."""
    found = list(values)
    return sorted(found) if all(type(one) is str for one in found) else found


def known_items(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> list[Value] | Unknown:
    """Give a new list of the values in `value`, or why they are not known. Bounded in length."""
    values = iterate(run, value, node, scope)
    if values is None:
        return (
            value if type(value) is Unknown else run.unknown(f"what is in `{text_of(value)}` is not known", node, scope)
        )
    length = len(values) if isinstance(values, Sized) else 0
    if length > run.size:
        return run.unknown(TOO_BIG, node, scope)
    run.charge(length >> 3)
    result = list(values)
    if type(value) in (Cursor, Generator):
        rest = (value if type(value) is Cursor else value.cursor).rest
        if rest is not None:
            return rest
    return result


def _through(run: Interpreter, cursor: Cursor) -> Iterable[Value]:
    while cursor.at < len(cursor.items):
        run.changing_attribute(cursor, "at")
        cursor.at += 1
        yield cursor.items[cursor.at - 1]


def collected(run: Interpreter, generator: Generator) -> Cursor:
    """Run a generator's body, unless that was done, and give what it yields; of one that goes on, the beginning."""
    if generator.cursor is not None:
        return generator.cursor
    items: list[Value] = []
    cursor = Cursor(items)
    run.changing_attribute(generator, "cursor")
    generator.cursor = cursor

    def collect(value: Value) -> Value:
        items.append(value)
        if len(items) >= _AHEAD:
            cursor.rest = run.unknown("a generator yields more than was worked out", *generator.where)
            raise Enough
        return None

    with suppress(Enough):
        generator.start(collect)
    return cursor


def first_of(run: Interpreter, generator: Generator) -> Value:
    """Run a generator's body to its first value and no further; raises StopIteration in the code that is read."""
    found: list[Value] = []

    def take(value: Value) -> Value:
        found.append(value)
        raise Enough

    run.changing_attribute(generator, "cursor")
    cursor, depth = generator.spend(), run.depth
    try:
        generator.start(take)
    except Enough:
        run.depth = depth
        cursor.rest = run.unknown("the rest of a generator is not worked out", *generator.where)
        return found[0]
    raise raised(StopIteration, "")


def next_of(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `next(value)`; raises StopIteration in the code that is read."""
    cursor = collected(run, value) if type(value) is Generator else value
    if type(cursor) is Cursor:
        if cursor.at < len(cursor.items):
            run.changing_attribute(cursor, "at")
            cursor.at += 1
            return cursor.items[cursor.at - 1]
        if cursor.rest is not None:
            return cursor.rest
        raise raised(StopIteration, "")
    return run.unknown(f"what `{text_of(value)}` gives next is not known", node, scope)


def _to_list(run: Interpreter, value: Value) -> Value:
    cursor = collected(run, value) if type(value) is Generator else value
    return cursor.rest if cursor.rest is not None else cursor.items[cursor.at :]


MATERIALISERS.update({Cursor: _to_list, Generator: _to_list, **dict.fromkeys(VIEWS, lambda _, view: list(view))})
