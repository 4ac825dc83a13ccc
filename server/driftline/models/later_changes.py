"""What is done to tables, columns and constraints once they are made: `column.type = Text()`, `index.name = "ix"`.

SQLAlchemy's objects can be changed, and its DDL says what they are in the end. What is known of that is as if they had
been made so; what is not makes the table incomplete. Whether a change is made at all is for the caller to know.

Example: after `User.__table__.c.name.type = String(40)`, the column `name` has that type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from driftline.models.core import callee, is_table_item, is_type
from driftline.models.core.column import SERVER_DEFAULTS
from driftline.models.records import DraftColumn
from driftline.python.values import Attribute, Call, Unknown, Value

if TYPE_CHECKING:
    from driftline.models.records import Records, TableRecord
    from driftline.python.origin import Origin

_OF_TABLES: Final = frozenset({"columns", "constraints", "indexes", "primary_key", "metadata", "foreign_keys"})
_OF_COLUMNS: Final = frozenset({"name", "computed", "identity", "constraints", "foreign_keys", "table"})
"""What changes a column when it is set, in ways that are not worked out here."""
_BEFORE_TABLE: Final = frozenset({"index", "key", "primary_key", "unique"})
"""What counts when a column comes to its table, and not any more afterwards."""
_SAME_OF_COLUMNS: Final = frozenset({"autoincrement", "comment", "nullable"})
_SAME_OF_ITEMS: Final = frozenset({"deferrable", "initially", "match", "ondelete", "onupdate", "unique", "use_alter"})
"""What may be set as it is given when the object is made."""
_OF_ITEMS: Final = frozenset({"columns", "dialect_options", "elements", "expressions", "sqltext", "table"})
_BEFORE_NAME: Final = {"sqlalchemy.CheckConstraint": 1, "sqlalchemy.ForeignKeyConstraint": 2}
"""How many arguments stand before the name, where it is given by position."""

COLLECTIONS: Final = frozenset(
    {"_columns", "c", "columns", "constraints", "foreign_key_constraints", "foreign_keys", "indexes", "primary_key"}
)
"""What a table holds, as its attributes."""
_CHANGING: Final = frozenset(
    {
        "add",
        "clear",
        "difference_update",
        "discard",
        "extend",
        "insert",
        "intersection_update",
        "pop",
        "remove",
        "replace",
        "symmetric_difference_update",
        "update",
    }
)


class LaterChanges:
    """Makes changes to what the records hold."""

    def __init__(self, records: Records) -> None:
        """Change what is in `records`."""
        self._records = records

    def set(self, value: Value, name: str, new: Value, origin: Origin, doubt: Unknown | None) -> None:
        """Take `value.name = new` into account; `doubt`: why it is not known whether that is done."""
        table = self._records.table_of_handle(value)
        if table is not None:
            _set_of_table(table, name, new, origin, doubt)
        elif isinstance(value, Call) and (is_table_item(value) or callee(value) == "sqlalchemy.ForeignKey"):
            self._set_of_item(value, name, new if doubt is None else doubt, origin)
        else:
            self._set_of_column(value, name, new if doubt is None else doubt, origin)

    def change_collection(self, table: TableRecord, call: Call, doubt: Unknown | None) -> bool:
        """Take `table.constraints.discard(one)` and its like into account; tell whether `call` is one."""
        function = call.function
        if not isinstance(function, Attribute) or function.name not in _CHANGING:
            return False
        collection = function.value.name if isinstance(function.value, Attribute) else ""
        at = next((at for at, item in enumerate(table.items) if call.args and item is call.args[0]), None)
        if function.name in ("discard", "remove") and at is not None and doubt is None:
            del table.items[at]
        else:
            _doubt(table, f"`{table.name}.{collection}.{function.name}(…)`", call.origin)
        return True

    def restrict(self, item: Value, restricted: Call) -> None:
        """Put what `.ddl_if(…)` makes of an index or a constraint in the place of it, wherever it is."""
        for table in self._records.tables:
            table.items[:] = [restricted if one is item else one for one in table.items]

    def _set_of_column(self, value: Value, name: str, new: Value, origin: Origin) -> None:
        found = self._records.attached(value)
        column = found[0].column(found[1]) if found is not None else None
        if column is not None:
            draft, call = column
        elif callee(value) in ("sqlalchemy.Column", "sqlalchemy.orm.mapped_column") and isinstance(value, Call):
            draft, call = None, value
        else:
            return
        if name == "type":
            args = tuple(one for at, one in enumerate(call.args) if isinstance(one, Unknown) or not is_type(one))
            call.args = args
            call.kwargs = {**{key: one for key, one in call.kwargs.items() if key != "type"}, "type_": new}
        elif name in _SAME_OF_COLUMNS:
            call.kwargs = {**call.kwargs, name: new}
            if isinstance(draft, DraftColumn) and name == "nullable":
                draft.nullable = None
        elif name == "server_default":
            # What is no clause (`text("x")`) is not written into DDL.
            kept = isinstance(new, Unknown) or callee(new) in SERVER_DEFAULTS
            call.kwargs = {**call.kwargs, name: new if kept else None}
        elif found is None and name in _BEFORE_TABLE:
            call.kwargs = {**call.kwargs, name: new}
        elif name in _OF_COLUMNS:
            if found is not None:
                _doubt(found[0], f"`{found[0].name}.{found[1]}.{name} = …`", origin)
            else:
                call.unpacked = True

    def _set_of_item(self, item: Call, name: str, new: Value, origin: Origin) -> None:
        if name == "name" and callee(item) == "sqlalchemy.Index":
            kwargs = {key: one for key, one in item.kwargs.items() if key != "name"}
            item.args, item.kwargs = (new, *item.args["name" not in item.kwargs :]), kwargs
        elif name == "name":
            item.args = item.args[: _BEFORE_NAME.get(callee(item), len(item.args))]
            item.kwargs = {**item.kwargs, name: new}
        elif name in _SAME_OF_ITEMS:
            item.kwargs = {**item.kwargs, name: new}
        elif name in _OF_ITEMS:
            for table in self._records.tables:
                if any(one is item for one in table.items):
                    _doubt(table, f"a constraint's `{name} = …`", origin)


def _set_of_table(table: TableRecord, name: str, new: Value, origin: Origin, doubt: Unknown | None) -> None:
    if name == "comment":
        table.kwargs = {**table.kwargs, name: new if doubt is None else doubt}
    elif name == "name" and isinstance(new, str) and doubt is None:
        table.name = new
    elif name == "schema" and isinstance(new, str | None) and doubt is None:
        table.schema = new
    elif name in ("name", "schema") or name in _OF_TABLES:
        _doubt(table, f"`{table.name}.{name} = …`", origin)


def _doubt(table: TableRecord, what: str, origin: Origin) -> None:
    why = Unknown(f"what {what} makes of `{table.name}` is not worked out", origin)
    if why not in table.incomplete:
        table.incomplete.append(why)
