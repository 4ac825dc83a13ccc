"""Collections of columns: `table.c` of a table that was made, and `constraint.columns` in a naming convention's token.

Knows what is written down of tables, and changes nothing of it.

Example: with columns `id` and `name`, `table.c.keys()` is `["id", "name"]`.
"""

from __future__ import annotations

from driftline.models.core import callee, path_of
from driftline.models.metadata import COLUMNS
from driftline.models.records import Records, TableRecord, column_call, key_of
from driftline.python.host import UNANSWERED, RaisedError
from driftline.python.values import Attribute, Call, Instance, Value


def held_by(record: TableRecord, name: str) -> list[Value] | None:
    """Give what the attribute `name` of a table holds, as far as it is written out; None where more could be in it."""
    columns = Attribute(record.handle, "c")
    if name in ("c", "columns"):
        return [Attribute(columns, one) for one in record.column_keys()]
    if name == "primary_key" and not any(callee(one) == "sqlalchemy.PrimaryKeyConstraint" for one in record.items):
        calls = [(key_of(item), column_call(item)) for item in record.items]
        keys = [key for key, call in calls if call is not None and call.kwargs.get("primary_key") is True]
        return [Attribute(columns, key) for key in keys if key is not None]
    constraints: list[Value] = [one for one in record.items if callee(one) == "sqlalchemy.ForeignKeyConstraint"]
    if name == "foreign_key_constraints" or (name == "foreign_keys" and not constraints):
        calls = [(key_of(item), column_call(item)) for item in record.items]
        return [*constraints, *(one for key, call in calls if call and key for one in keys_of(columns, key, call))]
    return None


def holder_of(columns: Value, records: Records) -> TableRecord | None:
    """Give the table that was made and that `columns` is the `c` of; None where it is of none."""
    is_collection = isinstance(columns, Attribute) and columns.name in ("c", "columns")
    return records.table_of_handle(columns.value) if is_collection else None


def has_key(record: TableRecord, key: str) -> bool | None:
    """Tell `key in table.c`; None where not all columns of the table are known."""
    there = any(key == one for one in record.column_keys())
    return there if there or not record.incomplete else None


_METHODS = frozenset({"compare", "contains_column", "corresponding_column", "get", "items", "keys", "values"})


def refuse_missing(columns: Value, key: Value, error: str, records: Records) -> None:
    """Raise `RaisedError`, where a `try` waits for it, if `columns` is `table.c` and has surely no column `key`."""
    record = holder_of(columns, records) if isinstance(key, str) else None
    if record is None or record.conditional or not isinstance(key, str) or key in _METHODS or key.startswith("__"):
        return
    if has_key(record, key) is False:
        raise RaisedError(error, f"`{record.name}` has no column `{key}`", if_awaited=True)


def of_constraint(value: Value) -> Call | None:
    """Give the value as what stands for `constraint.columns`; None where it is something else."""
    return value if isinstance(value, Call) and path_of(value.function) == COLUMNS else None


def item_of_constraint(columns: Call, key: Value) -> Value:
    """Answer `constraint.columns[0]` and `constraint.columns["name"]`; UNANSWERED where there is none."""
    if isinstance(key, int) and -len(columns.args) <= key < len(columns.args):
        return columns.args[key]
    named = (one for one in columns.args if isinstance(one, Instance) and one.attributes.get("name") == key)
    return next(named, UNANSWERED)


def keys_of(columns: Attribute, key: str, column: Call) -> list[Value]:
    """Give the foreign keys that the call of a column states; `key`: that of the column in `columns`."""
    found = [one for one in column.args if isinstance(one, Call) and callee(one) == "sqlalchemy.ForeignKey"]
    for one in found:
        one.attributes.setdefault("parent", Attribute(columns, key))
    return list(found)


def method_of_constraint(columns: Call, name: str) -> Value:
    """Answer a method of `constraint.columns`, whose call has the columns as its arguments."""
    names = [one.attributes.get("name") if isinstance(one, Instance) else one for one in columns.args]
    return _method(name, names, list(columns.args))


def method_of_table(columns: Attribute, record: TableRecord, call: Call, name: str) -> Value:
    """Answer a method of `table.c`, as far as all columns of the table are known."""
    keys = list(record.column_keys())
    if name == "get" and call.args:
        if call.args[0] not in keys:
            return call.args[1] if len(call.args) > 1 else call.kwargs.get("default")
        return Attribute(columns, str(call.args[0]), call.origin)
    if record.incomplete:
        return UNANSWERED
    return _method(name, list(keys), [Attribute(columns, one, call.origin) for one in keys])


def _method(name: str, names: list[Value], columns: list[Value]) -> Value:
    match name:
        case "values":
            return columns
        case "keys":
            return names
        case "items":
            return list(zip(names, columns, strict=True))
    return UNANSWERED
