"""Runs source with recorders in place of SQLAlchemy.

So that a test can build the values of Core calls without the evaluator.

Example: `recorded("sa.Column('id', sa.Integer)")` is `Call(Symbol("sqlalchemy.Column"), ("id",
Symbol("sqlalchemy.Integer")), {})`.
"""

from __future__ import annotations

import textwrap
from typing import Any

from driftline.python.values import Attribute, Call, Operator, Symbol, Value


class Recorder:
    """A symbolic value that behaves like Python's: attributes, calls and operators make further recorders."""

    def __init__(self, value: Value) -> None:
        """Stand for `value`."""
        self._value = value

    def __getattr__(self, name: str) -> Recorder:
        """Record an attribute."""
        if isinstance(self._value, Symbol):
            return Recorder(Symbol(f"{self._value.path}.{name}"))
        return Recorder(Attribute(self._value, name))

    def __call__(self, *args: object, **kwargs: object) -> Recorder:
        """Record a call."""
        return Recorder(
            Call(
                self._value, tuple(value_of(one) for one in args), {name: value_of(one) for name, one in kwargs.items()}
            )
        )

    def _operator(self, op: str, *operands: object) -> Recorder:
        return Recorder(Operator(op, tuple(value_of(one) for one in operands)))

    def __getitem__(self, key: object) -> Recorder:
        return self._operator("[]", self, key)

    def __gt__(self, other: object) -> Recorder:
        return self._operator(">", self, other)

    def __ge__(self, other: object) -> Recorder:
        return self._operator(">=", self, other)

    def __lt__(self, other: object) -> Recorder:
        return self._operator("<", self, other)

    def __le__(self, other: object) -> Recorder:
        return self._operator("<=", self, other)

    def __eq__(self, other: object) -> Any:  # noqa: ANN401
        return self._operator("==", self, other)

    def __ne__(self, other: object) -> Any:  # noqa: ANN401
        return self._operator("!=", self, other)

    def __add__(self, other: object) -> Recorder:
        return self._operator("+", self, other)

    def __sub__(self, other: object) -> Recorder:
        return self._operator("-", self, other)

    def __mul__(self, other: object) -> Recorder:
        return self._operator("*", self, other)

    def __mod__(self, other: object) -> Recorder:
        return self._operator("%", self, other)

    def __and__(self, other: object) -> Recorder:
        return self._operator("&", self, other)

    def __or__(self, other: object) -> Recorder:
        return self._operator("|", self, other)

    def __invert__(self) -> Recorder:
        return self._operator("~", self)

    def __neg__(self) -> Recorder:
        return self._operator("-", self)

    def __hash__(self) -> int:
        return id(self)


def value_of(thing: object) -> Value:
    """Give the value that a recorder stands for, also within containers."""
    if isinstance(thing, Recorder):
        return thing._value
    if isinstance(thing, list | tuple):
        return type(thing)(value_of(one) for one in thing)
    if isinstance(thing, dict):
        return {key: value_of(one) for key, one in thing.items()}
    return thing


def real_namespace() -> dict[str, Any]:
    """Give the names that sources of these tests use, as SQLAlchemy has them."""
    import sqlalchemy
    from sqlalchemy.dialects import mysql, postgresql, sqlite
    from sqlalchemy.sql.naming import conv

    return {"sa": sqlalchemy, "postgresql": postgresql, "mysql": mysql, "sqlite": sqlite, "conv": conv}


def recorded_namespace() -> dict[str, Any]:
    """Give the same names as recorders."""
    return {
        "sa": Recorder(Symbol("sqlalchemy")),
        "postgresql": Recorder(Symbol("sqlalchemy.dialects.postgresql")),
        "mysql": Recorder(Symbol("sqlalchemy.dialects.mysql")),
        "sqlite": Recorder(Symbol("sqlalchemy.dialects.sqlite")),
        "conv": Recorder(Symbol("sqlalchemy.sql.naming.conv")),
    }


def recorded(expression: str) -> Value:
    """Give the value of an expression."""
    return value_of(eval(expression, recorded_namespace()))  # noqa: S307 -- the test's own source


def real(expression: str) -> Any:  # noqa: ANN401
    """Give what SQLAlchemy itself makes of an expression."""
    return eval(expression, real_namespace())  # noqa: S307 -- the test's own source


def run(source: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run a source in a namespace."""
    exec(textwrap.dedent(source), namespace)  # noqa: S102 -- the test's own source
    return namespace
