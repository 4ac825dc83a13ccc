"""Items of JSON columns in SQL expressions: `column["a"].as_string()`, as the compiler of each dialect writes them.

Example: the item `"a"` of `data` as text is `data ->> 'a'` on PostgreSQL and `JSON_EXTRACT(data, '$."a"')` on SQLite,
before the cast.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.models.core.canonical import callee
from driftline.models.core.types import an_instance
from driftline.python.values import Attribute, Call, Operator, Value
from driftline.schema.rendering import quote_literal

_GENERIC = "sqlalchemy.JSON"
_POSTGRESQL = "sqlalchemy.dialects.postgresql."
_KINDS: Mapping[str, frozenset[str]] = {
    "postgresql": frozenset({_GENERIC, f"{_POSTGRESQL}JSON", f"{_POSTGRESQL}JSONB"}),
    "sqlite": frozenset({_GENERIC, "sqlalchemy.dialects.sqlite.JSON"}),
    "mysql": frozenset({_GENERIC, "sqlalchemy.dialects.mysql.JSON"}),
    "mariadb": frozenset({_GENERIC, "sqlalchemy.dialects.mysql.JSON"}),
}
AS_METHODS: Mapping[str, str] = {
    "as_string": "VARCHAR",
    "as_integer": "INTEGER",
    "as_float": "FLOAT",
    "as_boolean": "BOOLEAN",
}
"""What `column["a"].as_string()` and the like cast to (`sqlalchemy.JSON.Comparator`)."""
_MYSQL_VALUES: Mapping[str, str] = {
    "as_string": "ELSE JSON_UNQUOTE({})",
    "as_integer": "ELSE CAST({} AS SIGNED INTEGER)",
    "as_float": "ELSE {}+0.0000000000000000000000",
    "as_boolean": "WHEN true THEN true ELSE false",
}


def json_type(kind: Value, dialect: str) -> str | None:
    """Give the path of the JSON type that a column's type is; None for any other, and for what wraps one.

    Of `JSON().with_variant(JSONB(), "postgresql")` it is the generic one: operators go by that. A TypeDecorator may put
    the key itself in another way.
    """
    kind = an_instance(kind)
    while isinstance(kind, Call) and isinstance(kind.function, Attribute) and kind.function.name == "with_variant":
        kind = an_instance(kind.function.value)
    path = callee(kind)
    return path if path in _KINDS.get(dialect, ()) else None


def has_text(path: str) -> bool:
    """Whether items of a JSON type have `.astext`, which only PostgreSQL's own have."""
    return path.startswith(_POSTGRESQL)


def is_subscripted(path: str, key: Value) -> bool:
    """Whether SQLAlchemy writes `data['a']` or `data -> 'a'` as the database's version has it, and its own."""
    return path == f"{_POSTGRESQL}JSONB" and not isinstance(key, tuple)


def item_of(value: Value) -> tuple[Value, Value] | None:
    """Give the holder and the key of `holder[key]`, a path as a tuple.

    None for what is no item, and for keys that are not written here.
    """
    if not isinstance(value, Operator) or value.op != "[]" or len(value.operands) < 2:  # noqa: PLR2004 -- `x[y]`
        return None
    holder, *steps = value.operands
    key: Value = steps[0] if len(steps) == 1 else tuple(steps)
    steps = list(key) if isinstance(key, tuple | list) else [key]
    if not steps or not all(type(one) in (str, int) for one in steps):
        return None
    return holder, tuple(key) if isinstance(key, list) else key


def arrow(holder: str, key: Value, *, text: bool) -> str:
    """Give PostgreSQL's operator between what holds an item and the item's key or path."""
    head = "#" if isinstance(key, tuple) else "-"
    if isinstance(key, tuple):
        written = quote_literal("{" + ", ".join(str(one) for one in key) + "}", "postgresql")
    else:
        written = quote_literal(key, "postgresql") if isinstance(key, str) else str(key)
    return f"{holder} {head}>{'>' if text else ''} {written}"


def extracted(holder: str, key: Value, dialect: str) -> str:
    """Give the function by which MySQL, MariaDB and SQLite take an item out."""
    steps = key if isinstance(key, tuple) else (key,)
    path = "$" + "".join(f"[{one}]" if isinstance(one, int) else f'."{one}"' for one in steps)
    return f"JSON_EXTRACT({holder}, {quote_literal(path, dialect)})"


def mysql_value(item: str, method: str) -> str:
    """Give what MySQL and MariaDB make of an item for `as_string()` and the like: JSON's null is NULL."""
    return f"CASE {item} WHEN 'null' THEN NULL {_MYSQL_VALUES[method].format(item)} END"
