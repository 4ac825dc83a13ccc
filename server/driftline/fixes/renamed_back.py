"""What a revision renamed gets its old name back: replay knows which tables and columns were there before it.

Knows what the replay has made of the revision's operations, not how they were written.

Example: behind `op.rename_table("posts", "articles")` it is `(RenameTable("articles", None, "posts"),)`.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftline.dataclass import replace
from driftline.fixes.change import Alter, Change, RenameTable
from driftline.migrations import operation
from driftline.migrations.apply import apply
from driftline.migrations.history import Event
from driftline.schema import Schema


def renamed_back(events: Iterable[Event], before: Schema, after: Schema) -> tuple[tuple[Change, ...], Schema]:
    """Give the renames that undo those among `events`, which lead from one schema to the other; and what they leave.

    Names that another thing has by now, or had before, are left alone.
    """
    names = _Names(before)
    for one in events:
        if one.applied:
            names.follow(one)
    changes: list[Change] = []
    schema = after
    for now, old in names.tables.items():
        table, stated = after.tables.get(now), before.tables.get(old or "")
        if table is None or stated is None or old in after.tables or now in before.tables:
            continue
        if table.schema == stated.schema:
            changes.append(RenameTable(table.name, table.schema, stated.name))
            schema = apply(schema, operation.RenameTable(now, stated.name, stated.schema)).schema
    for (key, now), old in names.columns.items():
        table, stated = schema.tables.get(key), before.tables.get(key)
        column = None if table is None else table.column(now)
        if table is None or stated is None or column is None or old is None:
            continue
        if table.column(old) is None and stated.column(now) is None:
            changes.append(Alter(table.name, table.schema, column, replace(column, name=old)))
            schema = apply(schema, operation.AlterColumn(key, now, new_column_name=old)).schema
    return tuple(changes), schema


class _Names:
    """`tables`: by the key that a table has by now, the one that it had before, None for a new one.

    `columns`: the same for those of a table, by the table's old key. What kept its name is in neither.
    """

    def __init__(self, before: Schema) -> None:
        self._before = before
        self.tables: dict[str, str | None] = {}
        self.columns: dict[tuple[str, str], str | None] = {}

    def follow(self, event: Event) -> None:
        """Take in what an operation did to a table."""
        old, new = event.before, event.after
        if old is None or new is None or old.key != new.key:
            origin = None if old is None else self._table(old.key)
            if old is not None:
                self.tables[old.key] = None
            if new is not None:
                self.tables[new.key] = origin
        key = None if new is None else self._table(new.key)
        if old is None or new is None or key is None:
            return
        were, are = {one.name for one in old.columns}, {one.name for one in new.columns}
        renamed = event.operation
        if isinstance(renamed, operation.AlterColumn) and renamed.new_column_name in are - were:
            self.columns[key, renamed.new_column_name] = self._column(key, renamed.column)
            were.add(renamed.new_column_name)
        self.columns |= {(key, name): None for name in were ^ are}

    def _table(self, key: str) -> str | None:
        return self.tables.get(key, key if key in self._before.tables else None)

    def _column(self, key: str, name: str) -> str | None:
        table = self._before.tables.get(key)
        return self.columns.get((key, name), name if table is not None and table.column(name) is not None else None)
