"""The tables at each point of a history, sharing what does not change from one to the next.

A history of 10,000 revisions over 2,000 tables has 10,000 states of 2,000 tables; each differs from the one before it
by a table or two. So each state is a value that takes the room of what it changes, and who holds a name, who refers to
a table and who has a column of an enum type is looked up, not searched for. An edit of an early revision gives
another state to each later one, and few of these are ever looked at: `later` puts a state together when it is, and
`instead` lays the tables that are others over the ones from before.

Example: `table_map(before, "postgresql").put("users", table)` looks like `{**before, "users": table}`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, Final

from driftline.migrations.trie import Trie
from driftline.migrations.working import constraint_names, relation_names
from driftline.schema import Table

RELATION: Final = "relation"
CONSTRAINT: Final = "constraint"
REFERRING: Final = "referring"
ENUM: Final = "enum"
SPELLING: Final = "spelling"


def _relations(table: Table, dialect: str) -> list[Hashable]:
    return [(table.schema, name) for name in relation_names(table, dialect)]


def _constraints(table: Table, _dialect: str) -> list[Hashable]:
    return [(table.schema, name) for name in constraint_names(table)]


def _referred(table: Table, _dialect: str) -> list[Hashable]:
    return [one.referred_table for one in table.foreign_keys if isinstance(one.referred_table, str)]


def _enums(table: Table, _dialect: str) -> list[Hashable]:
    return [column.type.enum for column in table.columns if column.type.enum is not None]


def _spelling(table: Table, dialect: str) -> list[Hashable]:
    return [] if dialect == "postgresql" else [table.key.lower()]


_KEYS: Final = ("name", "schema", "primary_key", "unique_constraints", "exclude_constraints")
_NAMES_OF: Final[dict[str, tuple[Callable[[Table, str], list[Hashable]], tuple[str, ...]]]] = {
    RELATION: (_relations, (*_KEYS, "indexes")),
    CONSTRAINT: (_constraints, (*_KEYS, "foreign_keys", "check_constraints")),
    REFERRING: (_referred, ("foreign_keys",)),
    ENUM: (_enums, ("columns",)),
    SPELLING: (_spelling, ("name", "schema")),
}
"""What gives the names of each kind, and the parts of a table that it looks at: if these are the same, so are they."""

_Indexes = dict[str, Trie[tuple[str, ...]]]
"""By kind, and there by name, the keys of the tables that hold it."""


_NOTHING: Final[Mapping[str, Table]] = {}


class TableMap(Mapping[str, Table]):
    """Tables by key, in the order in which they came. Immutable; what `later` made is put together when asked."""

    __slots__ = ("_dialect", "_from", "_indexes", "_next", "_over", "_tables")
    _from: tuple[TableMap, Callable[[TableMap], TableMap]] | None
    _over: Mapping[str, Table]
    """The tables at some of the keys of `_tables`, instead of those there."""

    def __init__(
        self,
        dialect: str,
        tables: Trie[tuple[int, Table]],
        indexes: _Indexes,
        next_: int,
        over: Mapping[str, Table] = _NOTHING,
    ) -> None:
        """Hold what `table_map` and the methods here make."""
        self._dialect = dialect
        self._tables = tables
        self._indexes = indexes
        self._next = next_
        self._over = over
        self._from = None

    @classmethod
    def later(cls, before: TableMap, change: Callable[[TableMap], TableMap]) -> TableMap:
        """Give what `change` makes of `before`, once somebody looks at it."""
        made = cls.__new__(cls)
        made._from = before, change  # noqa: SLF001 -- of its own kind
        return made

    def instead(self, tables: Mapping[str, Table]) -> TableMap:
        """Give it with other tables at some of its keys, which name what those there do."""
        over = {**self._over, **tables}
        return TableMap(self._dialect, self._tables, self._indexes, self._next, over) if tables else self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- what a slot holds
        """Put it together: what it holds is asked for, and not there yet."""
        if name not in self.__slots__:
            raise AttributeError(name)
        line = [self]
        # There may be 10,000 before it that nobody has asked for either, so this is a loop.
        while (origin := line[-1]._from) is not None:  # noqa: SLF001 -- of its own kind
            line.append(origin[0])
        for one in reversed(line):
            one._settle()  # noqa: SLF001 -- of its own kind
        return object.__getattribute__(self, name)

    def _settle(self) -> None:
        """Put it together; what it is made from is. Two threads that do so at once do the same."""
        origin = self._from
        if origin is not None:
            before, change = origin
            made = change(before)
            for name in ("_dialect", "_tables", "_indexes", "_next", "_over"):
                setattr(self, name, getattr(made, name))
            self._from = None

    def __getitem__(self, key: str) -> Table:
        if key in self._over:
            return self._over[key]
        found = self._tables.get(key)
        if found is None:
            raise KeyError(key)
        table: Table = found[1]
        return table

    def get(self, key: object, default: Any = None) -> Any:  # noqa: ANN401 -- as Mapping has it, and faster
        """Give the table with a key."""
        over = self._over
        if over and key in over:
            return over[key]  # type: ignore[index]  # it is a key
        found = self._tables.get(key)
        return default if found is None else found[1]

    def __contains__(self, key: object) -> bool:
        return self._tables.get(key) is not None

    def __len__(self) -> int:
        return len(self._tables)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in sorted(self._tables.items(), key=_place))

    def items(self) -> Iterator[tuple[str, Table]]:  # type: ignore[override]  # walked, never kept
        """Give all tables with their keys, in order."""
        over = self._over
        return ((key, over.get(key, placed[1])) for key, placed in sorted(self._tables.items(), key=_place))

    def values(self) -> Iterator[Table]:  # type: ignore[override]  # walked, never kept
        """Give all tables, in order."""
        return (table for _, table in self.items())

    def in_order(self, keys: Iterable[str]) -> list[str]:
        """Give those of `keys` of which there is a table, in order."""
        found = [(placed[0], key) for key in keys if (placed := self._tables.get(key)) is not None]
        return [key for _, key in sorted(found)]

    def holders(self, kind: str, name: Hashable) -> tuple[str, ...]:
        """Give the keys of the tables that hold a name of a `kind`, in the order of the tables."""
        found: tuple[str, ...] = self._indexes[kind].get(name, ())
        return found if len(found) < 2 else tuple(self.in_order(found))  # noqa: PLR2004 -- nothing to order

    def differing(self, other: TableMap) -> set[str]:
        """Give the keys at which another has another table."""
        keys: set[str] = self._tables.keys_that_differ(other._tables)
        if self._over is not other._over:
            keys = keys.union(self._over, other._over)
        return {key for key in keys if self.get(key) is not other.get(key)}

    def is_arranged_as(self, other: TableMap) -> bool:
        """Whether another has tables at the same keys, and they are known to come in the same order."""
        keys = self._tables.keys_that_differ(other._tables)
        placed = ((self._tables.get(key), other._tables.get(key)) for key in keys)
        return all(one is not None and two is not None and one[0] == two[0] for one, two in placed)

    def put(self, key: str, table: Table | None) -> TableMap:
        """Give it with `table` at a key, None for no table there; one that was not there comes last."""
        placed, before = self._tables.get(key), self.get(key)
        if table is before:
            return self
        if table is None:
            return self._with(self._tables.without(key), key, before, None)
        if placed is None:
            return self._with(self._tables.put(key, (self._next, table)), key, None, table, came=1)
        return self._with(self._tables.put(key, (placed[0], table)), key, before, table)

    def move(self, key: str, to: str, table: Table) -> TableMap:
        """Give it with `table` at `to`, in the place of the one at `key`, which goes; it comes last if none was there.

        What was at `to` goes.
        """
        placed = self._tables.get(key)
        without = self.put(to, None) if to != key else self
        if placed is None:
            return without.put(to, table)
        gone = without.put(key, None)
        return gone._with(gone._tables.put(to, (placed[0], table)), to, None, table)  # noqa: SLF001 -- of its own kind

    def _with(
        self, tables: Trie[tuple[int, Table]], key: str, old: Table | None, new: Table | None, *, came: int = 0
    ) -> TableMap:
        indexes = self._indexes
        for kind, (names_of, parts) in _NAMES_OF.items():
            if old is not None and new is not None and _shares(old, new, parts):
                continue
            was = names_of(old, self._dialect) if old is not None else []
            now = names_of(new, self._dialect) if new is not None else []
            if was != now:
                gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
                indexes = {**indexes, kind: _renamed(indexes[kind], key, gone, come)}
        over = self._over
        if key in over:
            over = {one: table for one, table in over.items() if one != key}
        return TableMap(self._dialect, tables, indexes, self._next + came, over)


def _shares(one: Table, other: Table, parts: tuple[str, ...]) -> bool:
    for part in parts:  # noqa: SIM110 -- faster than `all`, and it is asked of each change of a table
        if getattr(one, part) is not getattr(other, part):
            return False
    return True


def names_between(one: Table | None, other: Table | None, dialect: str) -> Iterator[tuple[str, Hashable]]:
    """Give the kinds and names of which one of two tables holds some that the other does not."""
    for kind, (names_of, parts) in _NAMES_OF.items():
        if one is not None and other is not None and _shares(one, other, parts):
            continue
        names = [set(names_of(table, dialect)) if table is not None else set() for table in (one, other)]
        for name in names[0] ^ names[1]:
            yield kind, name


def _place(item: tuple[str, tuple[int, Table]]) -> int:
    return item[1][0]


def _renamed(
    index: Trie[tuple[str, ...]], key: str, gone: Iterable[Hashable], come: Iterable[Hashable]
) -> Trie[tuple[str, ...]]:
    for name in dict.fromkeys(gone):
        left = tuple(one for one in index.get(name, ()) if one != key)
        index = index.put(name, left) if left else index.without(name)
    for name in dict.fromkeys(come):
        index = index.put(name, (*index.get(name, ()), key))
    return index


def table_map(tables: Mapping[str, Table], dialect: str) -> TableMap:
    """Give `tables` as a value of which changed ones can be made."""
    if isinstance(tables, TableMap):
        return tables
    made = TableMap(dialect, Trie(), {kind: Trie() for kind in _NAMES_OF}, 0)
    for key, table in tables.items():
        made = made.put(key, table)
    return made
