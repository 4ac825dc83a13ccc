"""Tables that a revision reflects (`sa.Table("users", metadata, autoload_with=bind)`), read from the replayed state.

Example: after `users.email` was created NOT NULL, `columns_of(table, answer)` has an `email` that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftline.models.core import callee, plain
from driftline.python.host import UNANSWERED
from driftline.python.origin import Origin
from driftline.python.values import Call, Symbol, Unknown, Value

Answer = Callable[[str, tuple[Value, ...], Mapping[str, Value]], Value]
"""What an Inspector's method says, by its name, of its arguments."""

_COLUMNS = "sqlalchemy.sql.base.ReadOnlyColumnCollection"


def is_reflected(value: Value) -> bool:
    """Whether `value` is a table that is reflected."""
    return callee(value) == "sqlalchemy.Table" and any(
        value.kwargs.get(one) not in (None, False) for one in ("autoload_with", "autoload")
    )


def is_collection(value: Value) -> bool:
    """Whether `value` is the columns of a reflected table."""
    return isinstance(value, Call) and value.callee == _COLUMNS


def columns_of(table: Call, answer: Answer) -> Value:
    """Give the columns of a reflected table by name; UNANSWERED where its name is not known."""
    name = plain(table.args[0]) if table.args else None
    if not isinstance(name, str):
        return UNANSWERED
    found = answer("get_columns", (name, table.kwargs.get("schema")), {})
    if isinstance(found, Unknown):
        return found
    key = answer("get_pk_constraint", (name, table.kwargs.get("schema")), {})
    columns: dict[str, Value] = {
        one["name"]: Call(
            Symbol("sqlalchemy.Column"),
            (one["name"], one["type"]),
            {
                "nullable": one["nullable"],
                "primary_key": key if isinstance(key, Unknown) else one["name"] in key["constrained_columns"],
            },
            table.origin,
        )
        for one in found
    }
    return Call(Symbol(_COLUMNS), tuple(columns.values()), {}, table.origin, attributes=columns)


def foreign_keys_of(table: Call, answer: Answer) -> Value:
    """Give the foreign keys of a reflected table; UNANSWERED where its name is not known."""
    name = plain(table.args[0]) if table.args else None
    if not isinstance(name, str):
        return UNANSWERED
    found = answer("get_foreign_keys", (name, table.kwargs.get("schema")), {})
    return found if isinstance(found, Unknown) else [_foreign_key_constraint(one, table.origin) for one in found]


def _foreign_key_constraint(reflected: Mapping[str, Value], origin: Origin) -> Call:
    """Give the constraint of a reflected table that an Inspector tells of in this way."""
    local, target = reflected["constrained_columns"], reflected["referred_table"]
    remote = [f"{target}.{one}" for one in reflected["referred_columns"]]
    referred = Call(
        Symbol("sqlalchemy.Table"), (target,), {}, origin, {"name": target, "schema": reflected["referred_schema"]}
    )
    attributes = {
        "name": reflected["name"],
        "column_keys": list(local),
        "referred_table": referred,
        **{key: (reflected.get("options") or {}).get(key) for key in ("ondelete", "onupdate")},
    }
    given = {"name": reflected["name"]}
    return Call(Symbol("sqlalchemy.ForeignKeyConstraint"), (list(local), remote), given, origin, attributes)
