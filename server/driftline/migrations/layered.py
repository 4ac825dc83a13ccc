"""The tables at each point of a history, sharing what does not change from one to the next.

A history of 10,000 revisions over 2,000 tables has 10,000 states of 2,000 tables; each differs from the one before it
by a table or two.

Example: `layered(before, {"users": table})` looks like `{**before, "users": table}`, and takes the room of one table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping

from driftline.schema import Table

_MOST_CHANGES = 64
"""Changes in a layer; one with more is written out, so that looking something up stays two steps."""

NamesOf = Callable[[Table], Collection[Hashable]]
Changes = Mapping[str, Table | None]
"""By key, the table that is there now; None where there is none any more."""


class _Base:
    """Tables that many layers lie over, and what was once looked up in all of them."""

    __slots__ = ("indexes", "tables")

    def __init__(self, tables: dict[str, Table]) -> None:
        self.tables = tables
        self.indexes: dict[str, dict[Hashable, dict[str, None]]] = {}

    def index(self, kind: str, names_of: NamesOf) -> dict[Hashable, dict[str, None]]:
        """Give the keys of the tables by the names that `names_of` gives of each."""
        found = self.indexes.get(kind)
        if found is None:
            found = self.indexes[kind] = {}
            for key, table in self.tables.items():
                for name in names_of(table):
                    found.setdefault(name, {})[key] = None
        return found


class Layered(Mapping[str, Table]):
    """Tables by key: those of a base, with `changes` over them. Immutable."""

    __slots__ = ("_base", "_changes", "_under")

    def __init__(self, under: _Base, changes: Changes) -> None:
        """Hold both; whoever gives them away changes them no more."""
        self._under = under
        self._base = under.tables
        self._changes = changes

    def holders(self, kind: str, names_of: NamesOf, name: Hashable) -> list[str]:
        """Give the keys of the tables of which `names_of` gives `name`; `kind` stands for `names_of`."""
        held = [key for key in self._under.index(kind, names_of).get(name, ()) if key not in self._changes]
        own = (key for key, table in self._changes.items() if table is not None and name in names_of(table))
        return [*held, *own]

    def __getitem__(self, key: str) -> Table:
        found = self._changes[key] if key in self._changes else self._base[key]
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        changes, base = self._changes, self._base
        for key in base:
            if key not in changes or changes[key] is not None:
                yield key
        for key, table in changes.items():
            if table is not None and key not in base:
                yield key

    def __len__(self) -> int:
        changes, base = self._changes, self._base
        came = sum(key not in base for key, table in changes.items() if table is not None)
        return len(base) + came - sum(key in base for key, table in changes.items() if table is None)

    def changed(self, changes: Changes) -> Layered:
        """Give it with more changes; a table that is new comes last."""
        if not changes:
            return self
        if len(self._changes) + len(changes) > _MOST_CHANGES:
            return Layered(_Base(dict(self)), changes)
        came = {key for key, table in changes.items() if table is not None and self._changes.get(key, self) is None}
        kept = {key: table for key, table in self._changes.items() if key not in came} if came else self._changes
        if any(key in self._base for key in came):  # it went, and comes back as the last
            return Layered(_Base({key: table for key, table in self.items() if key not in came}), changes)
        if any(table is None and key not in self._base for key, table in changes.items()):
            # It was never there, or came and went: nothing is left to say of it.
            kept = {
                key: table for key, table in kept.items() if changes.get(key, table) is not None or key in self._base
            }
            changes = {key: table for key, table in changes.items() if table is not None or key in self._base}
        return Layered(self._under, {**kept, **changes})


def layered(tables: Mapping[str, Table], changes: Changes) -> Layered:
    """Give `tables` with `changes`."""
    found = tables if isinstance(tables, Layered) else Layered(_Base(dict(tables)), {})
    return found.changed(changes)
