"""Tables that a revision reflects (`sa.Table("users", metadata, autoload_with=bind)`), read from the replayed state.

Example: after `users.email` was created NOT NULL, `columns_of(table, answer)` has an `email` that is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

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


_CONSTRAINTS = frozenset(
    f"sqlalchemy.{kind}Constraint" for kind in ("PrimaryKey", "Unique", "Check", "ForeignKey", "ColumnCollection", "")
)


def is_constraint_kind(path: str, kind: str) -> bool | None:
    """Whether a constraint of the class `path` is one of the class `kind`; None where one is no constraint's."""
    if path not in _CONSTRAINTS or kind not in _CONSTRAINTS:
        return None
    columns = kind == "sqlalchemy.ColumnCollectionConstraint"
    return kind in (path, "sqlalchemy.Constraint") or (columns and path != "sqlalchemy.CheckConstraint")


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
                "server_default": _default(one["default"], table.origin),
            },
            table.origin,
        )
        for one in found
    }
    return Call(Symbol(_COLUMNS), tuple(columns.values()), {}, table.origin, attributes=columns)


def _default(default: Value, origin: Origin) -> Value:
    """Give the server default of a reflected column, which is SQL."""
    return Call(Symbol("sqlalchemy.text"), (default,), {}, origin) if isinstance(default, str) else default


def constraints_of(table: Call, answer: Answer) -> Value:
    """Give the constraints of a reflected table; UNANSWERED where its name is not known."""
    keys = foreign_keys_of(table, answer)
    if keys is UNANSWERED or isinstance(keys, Unknown):
        return keys
    asked = (table.args[0], table.kwargs.get("schema"))
    primary, uniques, checks = (
        answer(method, asked, {}) for method in ("get_pk_constraint", "get_unique_constraints", "get_check_constraints")
    )
    unknown = next((one for one in (primary, uniques, checks) if isinstance(one, Unknown)), None)
    if unknown is not None:
        return unknown
    made = [_constraint("PrimaryKeyConstraint", primary["name"], primary["constrained_columns"], table.origin)]
    made += [_constraint("UniqueConstraint", one["name"], one["column_names"], table.origin) for one in uniques]
    made += [_constraint("CheckConstraint", one["name"], [one["sqltext"]], table.origin) for one in checks]
    return [*made, *keys]


def indexes_of(table: Call, answer: Answer) -> Value:
    """Give the indexes of a reflected table that are no constraint's; UNANSWERED where its name is not known."""
    found = answer("get_indexes", (table.args[0], table.kwargs.get("schema")), {}) if table.args else UNANSWERED
    if found is UNANSWERED or isinstance(found, Unknown):
        return found
    return [
        Call(Symbol("sqlalchemy.Index"), (one["name"], *one["column_names"]), {}, table.origin, {"name": one["name"]})
        for one in found
        if "duplicates_constraint" not in one
    ]


def _constraint(kind: str, name: Value, args: Sequence[Value], origin: Origin) -> Call:
    return Call(Symbol(f"sqlalchemy.{kind}"), tuple(args), {"name": name}, origin, {"name": name})


def names_of_columns(table: Call) -> list[str] | None:
    """Give the columns of a table that is written out (`t = op.create_table("t", …)`); None where it may have more."""
    names: list[str] = []
    for one in table.args[2:]:
        if callee(one) == "sqlalchemy.Column" and isinstance(one, Call):
            name = plain(one.kwargs.get("name", one.args[0] if one.args else None))
            if not isinstance(name, str):
                return None
            names.append(name)
        elif not isinstance(one, Call):
            return None
    return None if table.unpacked else names


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
