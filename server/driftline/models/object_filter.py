"""What env.py leaves out of the comparison: its `include_object` and `include_name`, run over values.

Invariant: nothing is left out, and nothing is said to be looked at, where a function does not say so for sure.

Example: with `include_object=lambda object, name, type_, reflected, compare_to: name != "spatial"`, the filter's answer
to `Asked("table", "spatial", None, "spatial")` is False.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import (
    BoundMethod,
    Call,
    Class,
    Function,
    Instance,
    Module,
    Partial,
    Symbol,
    Unknown,
    Value,
)

Kind = Literal["table", "column", "index", "unique_constraint", "foreign_key_constraint"]
"""Alembic's words for what it asks about (`type_`)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An object that Alembic asks env.py about.

    `table`, `schema`: of the table, or of the one that it belongs to. `reflected`: it is the database's; False: the
    models'. `compared`: both have it. `schemas`: Alembic goes through the schemas by name (`include_schemas`).
    `columns`: those of an index or a constraint; None for an expression.
    """

    kind: Kind
    name: str
    schema: str | None
    table: str
    reflected: bool = True
    compared: bool = False
    schemas: bool = False
    columns: tuple[str | None, ...] = ()


class Asking(Protocol):
    """What a filter needs of the evaluator."""

    @property
    def reads(self) -> frozenset[str]:
        """The files that were read."""
        ...

    def call(self, function: Value, args: Sequence[Value] = ()) -> Value:
        """Run `function` over values."""
        ...

    def truth(self, value: Value) -> bool | None:
        """Whether `value` is true; None where that is not known."""
        ...


class Filter(Protocol):
    """What says which objects env.py has Alembic look at."""

    @property
    def origin(self) -> Origin:
        """Where the function is written that decides."""
        ...

    @property
    def answers(self) -> dict[Asked, bool | Unknown]:
        """What was answered so far."""
        ...

    def includes(self, asked: Asked) -> bool | Unknown:
        """Whether env.py has Alembic look at an object; Unknown where that could not be worked out."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class RememberedFilter:
    """The answers of an earlier process; `again` gives the filter that it asked, for questions that are new."""

    answers: dict[Asked, bool | Unknown]
    origin: Origin
    again: Callable[[], Filter | None]

    def includes(self, asked: Asked) -> bool | Unknown:
        """Whether env.py has Alembic look at an object; Unknown where that could not be worked out."""
        if asked not in self.answers:
            made = self.again()
            self.answers[asked] = made is None or made.includes(asked)
        return self.answers[asked]


@dataclass(frozen=True, eq=False, slots=True)
class ObjectFilter:
    """The functions that env.py passes, where they were read; None where it passes none.

    `handle` gives what stands for a declared table in values, by schema and name.
    """

    include_object: Value
    include_name: Value
    runner: Asking
    handle: Callable[[str | None, str], Call | None]
    answers: dict[Asked, bool | Unknown] = field(default_factory=dict)

    @property
    def origin(self) -> Origin:
        """Where the function is written that decides."""
        function = self.include_object if self.include_object is not None else self.include_name
        while isinstance(function, BoundMethod | Partial):
            function = function.function
        return function.origin if isinstance(function, Function) else NOWHERE

    @property
    def reads(self) -> frozenset[str]:
        """The files that were read to give the answers."""
        return self.runner.reads

    def includes(self, asked: Asked) -> bool | Unknown:
        """Whether env.py has Alembic look at an object; Unknown where that could not be worked out."""
        if asked not in self.answers:
            self.answers[asked] = self._answer(asked)
        return self.answers[asked]

    def _answer(self, asked: Asked) -> bool | Unknown:
        answers = [*self._by_name(asked), *self._by_object(asked)]
        if any(one is False for one in answers):
            return False
        if any(one is None for one in answers):
            what = asked.kind.replace("_", " ")
            return Unknown(f"whether env.py leaves out {what} `{asked.name}` could not be worked out", self.origin)
        return True

    def _by_name(self, asked: Asked) -> list[bool | None]:
        """Alembic asks by name for what is in the database alone, and for its schema first."""
        if self.include_name is None or not asked.reflected:
            return []
        found = [self._true(self.include_name, (asked.schema, "schema", {}))] if asked.schemas else []
        parents: dict[str, Value] = {"schema_name": asked.schema}
        full = asked.table if asked.schema is None else f"{asked.schema}.{asked.table}"
        if asked.kind == "table":
            parents |= {"schema_qualified_table_name": full}
        else:
            parents |= {"table_name": asked.table, "schema_qualified_table_name": full}
        return [*found, self._true(self.include_name, (asked.name, asked.kind, parents))]

    def _by_object(self, asked: Asked) -> list[bool | None]:
        if self.include_object is None:
            return []
        own = self._stand_in(asked, reflected=asked.reflected)
        other = self._stand_in(asked, reflected=not asked.reflected) if asked.compared else None
        return [self._true(self.include_object, (own, asked.name, asked.kind, asked.reflected, other))]

    def _stand_in(self, asked: Asked, *, reflected: bool) -> Value:
        table: Value = None if reflected else self.handle(asked.schema, asked.table)
        if table is None:
            full = asked.table if asked.schema is None else f"{asked.schema}.{asked.table}"
            names = {"name": asked.table, "schema": asked.schema, "key": full, "fullname": full}
            table = _made("Table", names, reflected=reflected)
        if asked.kind == "table":
            return table
        own: dict[str, Value] = {"name": asked.name, "table": table}
        if asked.kind == "column":
            return _made("Column", {**own, "key": asked.name}, reflected=reflected)
        if None not in asked.columns:  # an index has the columns of its expressions, too, which nobody knows here
            columns = [_made("Column", {"name": one, "key": one}, reflected=reflected) for one in asked.columns]
            own |= {"columns": columns, "column_keys": list(asked.columns)}
        return _made(_CLASSES[asked.kind], own, reflected=reflected)

    def _true(self, function: Value, args: tuple[Value, ...]) -> bool | None:
        return self.runner.truth(self.runner.call(function, args))


_CLASSES = {
    "index": "Index",
    "unique_constraint": "UniqueConstraint",
    "foreign_key_constraint": "ForeignKeyConstraint",
}


def _made(kind: str, attributes: Mapping[str, Value], *, reflected: bool) -> Instance:
    """Make a stand-in for one of SQLAlchemy's objects; what reflection makes has an empty `info`."""
    node = ast.ClassDef(kind, [], [], [], [])
    module = Module("sqlalchemy", "", package=False, syntax=None)
    info: dict[str, Value] = {"info": {}} if reflected else {}
    return Instance(Class(kind, kind, module, (Symbol(f"sqlalchemy.{kind}"),), {}, node), {**attributes, **info})
