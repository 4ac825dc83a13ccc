"""Names that an operation writes the default schema with: no search path is asked for these.

Example: of `op.create_table("users", …, schema="public")`, on PostgreSQL, `{"users"}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from driftline.models.core import CoreContext, callee, plain
from driftline.python.contained import contained
from driftline.python.values import Call, Value

_NAMED_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "schema": ("table_name", "old_table_name", "new_table_name", "index_name"),
    "source_schema": ("source_table",),
    "referent_schema": ("referent_table",),
    "enum_schema": ("enum_name",),
}
"""Which parameters are names in the schema that another one gives."""
_KEYS: Final = ("sqlalchemy.ForeignKey", "sqlalchemy.ForeignKeyConstraint")
_PARTS_OF_COLUMN: Final = 3
"""A schema, a table and a column."""
_DEPTH: Final = 6


def outright_names(given: Mapping[str, Value], context: CoreContext) -> frozenset[str]:
    """Give the names among the arguments of an operation that stand in the default schema, and say so."""
    found: set[str] = set()
    for parameter, names in _NAMED_WITH.items():
        if _is_default(given.get(parameter), context):
            found |= {name for one in names if isinstance(name := plain(given.get(one)), str)}
    for value in given.values():
        for call in _calls(value):
            found |= set(_named_in(call, context))
    return frozenset(found)


def _is_default(schema: Value, context: CoreContext) -> bool:
    schema = plain(schema)
    return isinstance(schema, str) and context.schema_key(schema) is None


def _calls(value: Value, depth: int = 0) -> Iterator[Call]:
    """Give the calls that a value is, holds or was made with."""
    for one in contained(value):
        if isinstance(one, Call) and depth < _DEPTH:
            yield one
            for inner in (*one.args, *one.kwargs.values()):
                yield from _calls(inner, depth + 1)


def _named_in(call: Call, context: CoreContext) -> Iterator[str]:
    """Give the table that a foreign key names with the default schema, or the type that is in it."""
    if callee(call) in _KEYS:
        for text in (one for given in call.args for one in contained(given)):
            parts = text.split(".") if isinstance(text, str) else []
            if len(parts) == _PARTS_OF_COLUMN and _is_default(parts[0], context):
                yield parts[1]
    elif _is_default(call.kwargs.get("schema"), context):
        name = plain(call.kwargs.get("name"))
        name = plain(call.args[0]) if name is None and callee(call) == "sqlalchemy.Table" and call.args else name
        if isinstance(name, str):
            yield name
