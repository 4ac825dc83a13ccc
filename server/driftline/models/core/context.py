"""What reading a Core call depends on besides the call itself.

Example: `CoreContext("postgresql", NamingConvention())`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from driftline.dataclass import dataclass, field
from driftline.models.core.canonical import callee
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Annotation, Attribute, Call, Operator, Unknown, Value
from driftline.schema.naming import NamingConvention


class Runner(Protocol):
    """What the readers need of the evaluator.

    It runs functions that the user wrote: a `values_callable`, a TypeDecorator's method.
    """

    def call(
        self, function: Value, args: Sequence[Value] = (), kwargs: Mapping[str, Value] = ..., origin: Origin = NOWHERE
    ) -> Value:
        """Run `function` over values."""
        ...

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name`."""
        ...

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation."""
        ...

    def library(self, path: str) -> Value:
        """Give what a dotted path of a library stands for; a `Symbol` where it was not found."""
        ...


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """Which column a value means.

    The table's schema as the source writes it, the table's name (None where only the column is known), the column.
    """

    schema: str | None
    table: str | None
    column: str


Locate = Callable[[Value], ColumnPlace | None]
TypeAt = Callable[[Value], Value]
"""Gives the type of the column that a value means, as it is written; None where nobody knows."""

_COLUMNS = ("c", "columns")


def locate_core_column(value: Value) -> ColumnPlace | None:
    """Find which column a Core expression means: `users.c.id`, `users.c["id"]`, `column("id")`, a `Column("id", …)`.

    None for anything else.
    """
    if isinstance(value, Attribute) and isinstance(value.value, Attribute) and value.value.name in _COLUMNS:
        return _of_table(value.value.value, value.name)
    if isinstance(value, Operator) and value.op == "[]" and len(value.operands) == 2:  # noqa: PLR2004 -- `x[y]`
        holder, key = value.operands
        if isinstance(holder, Attribute) and holder.name in _COLUMNS and isinstance(key, str):
            return _of_table(holder.value, key)
    if callee(value) in ("sqlalchemy.Column", "sqlalchemy.column", "sqlalchemy.orm.mapped_column"):
        name = value.args[0] if value.args else value.kwargs.get("name")
        return ColumnPlace(None, None, str(name)) if isinstance(name, str) else None
    return None


def _of_table(table: Value, column: str) -> ColumnPlace | None:
    if callee(table) in ("sqlalchemy.Table", "sqlalchemy.table") and table.args and isinstance(table.args[0], str):
        schema = table.kwargs.get("schema")
        return ColumnPlace(schema if isinstance(schema, str) else None, table.args[0], column)
    return ColumnPlace(None, None, column)


_NO_KEYWORDS: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CoreContext:
    """`dialect`: SQLAlchemy's name.

    `convention`: the (target) metadata's. `default_schema`: the one that is never written (None: the dialect's own).

    `metadata_schema`: `MetaData(schema=…)`. `table_schema`: the table's schema as the source writes it, while its items
    are read. `runner` runs functions of the user's; without one, what depends on them is Unknown. `locate` finds which
    column a value means, `type_at` which type it has where the value itself does not state one.
    """

    dialect: str
    convention: NamingConvention = field(default_factory=NamingConvention)
    default_schema: str | None = None
    metadata_schema: str | None = None
    table_schema: str | None = None
    runner: Runner | None = None
    locate: Locate = locate_core_column
    type_at: TypeAt | None = None

    def schema_key(self, schema: str | None) -> str | None:
        """Give a schema's name as table keys write it: None for the default one."""
        return (
            None if schema is None or schema == (self.default_schema or DEFAULT_SCHEMAS.get(self.dialect)) else schema
        )

    def run(self, function: Value, *args: Value, doing: str, kwargs: Mapping[str, Value] = _NO_KEYWORDS) -> Value:
        """Run a function of the user's; Unknown (`doing` says what for) where nobody can."""
        if self.runner is None:
            return Unknown(f"{doing} is a function that is not read here")
        return self.runner.call(function, args, kwargs, NOWHERE)


DEFAULT_SCHEMAS = {"postgresql": "public", "sqlite": "main", "mssql": "dbo"}
"""Where a name without a schema ends up, as `default_schema_name` says on a database as it is installed."""


def is_call(value: Value, *paths: str) -> bool:
    """Whether a value is a call of one of the canonical `paths`."""
    return isinstance(value, Call) and callee(value) in paths
