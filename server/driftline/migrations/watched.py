"""A state that notes what each revision looks at in it, and what it changes.

A revision that looks at nothing that is other than in the replay before does what it did then: its changes are made
again, without applying its operations. So an edit of a revision applies the operations of those alone that touch the
tables which the edit changed.

Invariant: knows no operation. Every read and write of the state goes through the containers here.

Example: `work.watch()`, the operations of a revision, then `work.seen()` holds the keys of the tables they touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, MutableSet
from typing import Any, Generic, Self, TypeVar

from driftline.dataclass import dataclass, fields
from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.operation import Operation
from driftline.migrations.table_map import CONSTRAINT, REFERRING, RELATION, SPELLING, TableMap, names_between, table_map
from driftline.migrations.working import PlainForeignKey, Working
from driftline.python.values import Unknown
from driftline.schema import Schema, Table

Key = tuple[str, Any]
"""A place in the state: the container's name and the key in it; `WHOLE` for all of it."""

WHOLE = None
_LISTS_OF_WHAT_HAPPENED = ("events", "problems", "touched_unseen")
_TABLES = "tables"
T = TypeVar("T")


class Absent:
    """Stands for "there is no such key"."""


ABSENT = Absent()


class Log:
    """`reads`: the places that were looked at. `writes`: those that were changed, by the last time that it happened.

    `before`: what was there first. `anew`: keys that were taken out in between, and so come last if they came back.
    `moves`: tables that were renamed first of all that was done to them, and keep their place in the order.
    `puzzling`: something was done that can't be done again by making its changes.
    """

    __slots__ = ("anew", "before", "moves", "puzzling", "reads", "writes")

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.reads: set[Key] = set()
        self.writes: dict[Key, None] = {}
        self.before: dict[Key, Any] = {}
        self.anew: set[Key] = set()
        self.moves: list[tuple[str, str]] = []
        self.puzzling = False

    def write(self, key: Key, before: object) -> None:
        """Note that what is at `key` changes."""
        self.before.setdefault(key, before)
        self.writes[key] = None


class _Watched:
    """What the containers have in common: a name, and the state whose log they write."""

    name: str
    log: Log


class WatchedDict(dict[str, Any], _Watched):
    """A dictionary that notes its reads and writes."""

    def __init__(self, name: str, log: Log, content: Iterable[tuple[str, Any]] = ()) -> None:
        """Hold `content`, which nobody has read yet."""
        super().__init__(content)
        self.name, self.log = name, log

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self.log.reads.add((self.name, key))
        return super().get(key, default)

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401
        self.log.reads.add((self.name, key))
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.log.reads.add((self.name, key))
        return super().__contains__(key)

    def _all(self) -> None:
        self.log.reads.add((self.name, WHOLE))

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def __len__(self) -> int:
        self._all()
        return super().__len__()

    def keys(self) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self._all()
        return super().keys()

    def values(self) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self._all()
        return super().values()

    def items(self) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self._all()
        return super().items()

    def __setitem__(self, key: str, value: object) -> None:
        place = (self.name, key)
        self.log.write(place, super().get(key, ABSENT))
        if not super().__contains__(key):
            self.log.writes[place] = self.log.writes.pop(place)  # now it is the last
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        place = (self.name, key)
        self.log.write(place, super().__getitem__(key))
        self.log.anew.add(place)
        super().__delitem__(key)

    def pop(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self.log.reads.add((self.name, key))
        if not super().__contains__(key):
            return default
        value = super().__getitem__(key)
        del self[key]
        return value

    def setdefault(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, D102 -- as dict has it
        if key not in self:
            self[key] = default
        return self[key]

    def at(self, key: object) -> object:
        """Give what is at a key, unnoticed."""
        return super().get(key, ABSENT)  # type: ignore[call-overload]

    def become(self, key: str, value: object, *, anew: bool) -> None:
        """Change what is at a key, unnoticed."""
        if (anew or value is ABSENT) and super().__contains__(key):
            super().__delitem__(key)
        if value is not ABSENT:
            super().__setitem__(key, value)


class WatchedTables(MutableMapping[str, Table], _Watched):
    """Tables by key, as a dictionary has them, that notes its reads and writes. `now`: them as a value."""

    def __init__(self, name: str, log: Log, tables: TableMap) -> None:
        """Hold `tables`, which nobody has read yet."""
        self.now = tables
        self.name, self.log = name, log

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self.log.reads.add((self.name, key))
        return self.now.get(key, default)

    def __getitem__(self, key: str) -> Table:
        self.log.reads.add((self.name, key))
        return self.now[key]

    def __contains__(self, key: object) -> bool:
        self.log.reads.add((self.name, key))
        return key in self.now

    def __iter__(self) -> Iterator[str]:
        self.log.reads.add((self.name, WHOLE))
        return iter(self.now)

    def __len__(self) -> int:
        self.log.reads.add((self.name, WHOLE))
        return len(self.now)

    def values(self) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self.log.reads.add((self.name, WHOLE))
        return self.now.values()

    def items(self) -> Any:  # noqa: ANN401, D102 -- as dict has it
        self.log.reads.add((self.name, WHOLE))
        return self.now.items()

    def __setitem__(self, key: str, table: Table) -> None:
        place, before = (self.name, key), self.now.get(key, ABSENT)
        self.log.write(place, before)
        if before is ABSENT:
            self.log.writes[place] = self.log.writes.pop(place)  # now it is the last
        self.now = self.now.put(key, table)

    def __delitem__(self, key: str) -> None:
        place = (self.name, key)
        self.log.write(place, self.now[key])
        self.log.anew.add(place)
        self.now = self.now.put(key, None)

    def move(self, key: str, to: str, table: Table) -> None:
        """Put `table` at `to`, in the place of the one at `key`."""
        old, new = (self.name, key), (self.name, to)
        self.log.reads.update((old, new))
        if old in self.log.writes or new in self.log.writes:
            self.log.puzzling = True
        self.log.write(old, self.now.get(key, ABSENT))
        self.log.write(new, self.now.get(to, ABSENT))
        self.log.moves.append((key, to))
        self.now = self.now.move(key, to, table)

    def at(self, key: object) -> object:
        """Give what is at a key, unnoticed."""
        return self.now.get(key, ABSENT) if isinstance(key, str) else ABSENT

    def become(self, key: str, value: Any, *, anew: bool) -> None:  # noqa: ANN401
        """Change what is at a key, unnoticed."""
        if anew or value is ABSENT:
            self.now = self.now.put(key, None)
        if value is not ABSENT:
            self.now = self.now.put(key, value)


class WatchedSet(MutableSet[str], _Watched):
    """A set that notes its reads and writes."""

    def __init__(self, name: str, log: Log, content: Iterable[str] = ()) -> None:
        """Hold `content`, which nobody has read yet."""
        self._content = dict.fromkeys(content)
        self.name, self.log = name, log

    def __contains__(self, key: object) -> bool:
        self.log.reads.add((self.name, key))
        return key in self._content

    def __iter__(self) -> Iterator[str]:
        self.log.reads.add((self.name, WHOLE))
        return iter(self._content)

    def __len__(self) -> int:
        self.log.reads.add((self.name, WHOLE))
        return len(self._content)

    def add(self, key: str) -> None:  # noqa: D102 -- as set has it
        if key not in self._content:
            self.log.write((self.name, key), ABSENT)
            self._content[key] = None

    def discard(self, key: str) -> None:  # noqa: D102 -- as set has it
        if key in self._content:
            self.log.write((self.name, key), True)  # noqa: FBT003 -- it was there
            del self._content[key]

    def at(self, key: object) -> object:
        """Give what is at a key, unnoticed."""
        return True if key in self._content else ABSENT

    def become(self, key: str, value: object, *, anew: bool) -> None:
        """Change what is at a key, unnoticed."""
        del anew
        if value is ABSENT:
            self._content.pop(key, None)
        else:
            self._content[key] = None


class WatchedList(list[T], _Watched, Generic[T]):
    """A list that grows, and notes who looks at it."""

    def __init__(self, name: str, log: Log, content: Iterable[T] = ()) -> None:
        """Hold `content`, which nobody has read yet."""
        super().__init__(content)
        self.name, self.log = name, log

    def append(self, one: T) -> None:  # noqa: D102 -- as list has it
        self.log.reads.add((self.name, WHOLE))  # all of it is written, so all that stood before is read
        self.log.write((self.name, WHOLE), self.at(WHOLE))
        super().append(one)

    def __iter__(self) -> Iterator[T]:
        self.log.reads.add((self.name, WHOLE))
        return super().__iter__()

    def __len__(self) -> int:
        self.log.reads.add((self.name, WHOLE))
        return super().__len__()

    def __getitem__(self, at: Any) -> Any:  # noqa: ANN401
        self.log.reads.add((self.name, WHOLE))
        return super().__getitem__(at)

    def at(self, key: object) -> object:
        """Give all of it, unnoticed."""
        del key
        return tuple(super().__iter__())

    def become(self, key: str, value: Any, *, anew: bool) -> None:  # noqa: ANN401
        """Change all of it, unnoticed."""
        del key, anew
        self[:] = value


Container = WatchedTables | WatchedDict | WatchedSet | WatchedList[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Doing:
    """What a revision did to the state that it met.

    `reads`: the places it looked at; None where that is not known. `tables`: the tables that it changed, by key, as
    they were and as they are since. `anew`: those of them that come last since, though there was one. `moves`: the
    renamed ones, which keep their place. `writes`: the other places that it changed, with what is there since, and
    whether that comes last in its container.
    """

    reads: frozenset[Key] | None
    tables: Mapping[str, tuple[Table | None, Table | None]]
    anew: frozenset[str] = frozenset()
    moves: tuple[tuple[str, str], ...] = ()
    writes: tuple[tuple[Key, Any, bool], ...] = ()
    events: tuple[Event, ...] = ()
    problems: tuple[ReplayProblem, ...] = ()
    touched_unseen: tuple[tuple[str, str, Operation], ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether it did more than change tables."""
        return bool(self.writes or self.problems or self.touched_unseen)

    @property
    def places(self) -> Iterator[tuple[Key, Any]]:
        """All places that it changed, with what is there since."""
        for key, (_, table) in self.tables.items():
            yield (_TABLES, key), ABSENT if table is None else table
        for place, value, _ in self.writes:
            yield place, value

    def again(self, tables: TableMap) -> TableMap:
        """Give `tables` with the changes that it made."""
        for old, new in self.moves:
            table = self.tables[new][1]
            if table is not None:
                tables = tables.move(old, new, table)
        for key, (_, table) in self.tables.items():
            if key in self.anew:
                tables = tables.put(key, None)
            tables = tables.put(key, table)
        return tables


class Watching(Working):
    """A `Working` whose containers are watched, from one `watch` to the next `seen`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as Working has it
        """Hold the state that is given."""
        super().__init__(*args, **kwargs)
        self.log = Log()
        self._marks: tuple[int, ...] = ()
        self.containers: dict[str, Container] = {}
        self._tables = WatchedTables(_TABLES, self.log, table_map(self.tables, self.dialect))
        self.containers[_TABLES] = self.tables = self._tables  # type: ignore[assignment]  # as a dictionary has them
        self.watch()

    @classmethod
    def of(cls, schema: Schema, unseen_reason: Unknown | None = None) -> Self:
        """Start from `schema`, whose tables are not copied: each change makes a value of its own."""
        return cls(schema.dialect, schema.tables, dict(schema.enums), list(schema.incomplete), unseen_reason)

    def _wrap(self, name: str) -> None:
        value = getattr(self, name)
        made: Container
        if name == _TABLES:
            made = self._tables = WatchedTables(name, self.log, table_map(value, self.dialect))
        elif isinstance(value, dict):
            made = WatchedDict(name, self.log, list(value.items()))
        elif isinstance(value, set):
            made = WatchedSet(name, self.log, value)
        elif isinstance(value, list):
            made = WatchedList(name, self.log, value)
        else:
            return
        self.containers[name] = made
        setattr(self, name, made)

    # Noting ----------------------------------------------------------------------------------------------------------

    @property
    def now(self) -> TableMap:
        """The tables as a value."""
        return self._tables.now

    def watch(self) -> None:
        """Begin to note what happens."""
        self.log = Log()
        for name in _WATCHED:
            if getattr(self, name) is not self.containers.get(name, ABSENT):
                self._wrap(name)
        for one in self.containers.values():
            one.log = self.log
        self._marks = tuple(len(getattr(self, name)) for name in _LISTS_OF_WHAT_HAPPENED)

    def seen(self) -> Doing:
        """Give what has happened since `watch`."""
        log = self.log
        for name, one in self.containers.items():
            if getattr(self, name) is not one:
                self._compare(name, one)
                log.puzzling = True
        tables: dict[str, tuple[Table | None, Table | None]] = {}
        writes: list[tuple[Key, Any, bool]] = []
        for place in log.writes:
            name, key = place
            value = self.containers[name].at(key)
            if name == _TABLES:
                before = log.before[place]
                tables[key] = _table(before), _table(value)
            else:
                writes.append((place, value, place in log.anew))
        happened = (
            tuple(getattr(self, name)[mark:]) for name, mark in zip(_LISTS_OF_WHAT_HAPPENED, self._marks, strict=True)
        )
        return Doing(
            None if log.puzzling else frozenset(log.reads),
            tables,
            frozenset(key for name, key in log.anew if name == _TABLES),
            tuple(log.moves),
            tuple(writes),
            *happened,
        )

    def _compare(self, name: str, before: Container) -> None:
        """Watch what was put in the place of a whole container, and note what is different in it."""
        self._wrap(name)
        now = self.containers[name]
        if isinstance(now, WatchedList):
            keys: Iterable[Any] = [WHOLE]
        elif isinstance(now, WatchedTables) and isinstance(before, WatchedTables):
            keys = now.now.in_order(now.now.differing(before.now)) + [key for key in before.now if key not in now.now]
        else:
            keys = dict.fromkeys((*before, *now))
        for key in keys:
            if before.at(key) is not now.at(key):
                self.log.write((name, key), before.at(key))

    def schema_now(self) -> Schema:
        """Give the state as a value, unnoticed."""
        incomplete: Any = self.at(("incomplete", WHOLE))
        return Schema(self.dialect, self.now, dict(dict.items(self.enums)), incomplete)

    def before(self, place: Key) -> object:
        """Give what was at a place at the last `watch`."""
        known = self.log.before.get(place, ABSENT)
        return known if place in self.log.before else self.at(place)

    def at(self, place: Key) -> object:
        """Give what is at a place, unnoticed."""
        return self.containers[place[0]].at(place[1])

    def go_on(self, after: Schema) -> None:
        """Go on from the tables of `after`, which are those that there are."""
        self._tables.now = table_map(after.tables, self.dialect)

    def do_again(self, doing: Doing) -> None:
        """Make the changes that a revision made before to all but the tables, unnoticed.

        The problems are those that it had then; its events are told by its step.
        """
        for (name, key), value, anew in doing.writes:
            self.containers[name].become(key, value, anew=anew)
        if doing.problems:
            self.problems += doing.problems
        if doing.touched_unseen:
            self.touched_unseen += doing.touched_unseen

    # What is looked up, not searched for -----------------------------------------------------------------------------

    def _rekey(self, key: str, table: Table) -> None:
        self._tables.move(key, table.key, table)

    def relation_taken(self, schema: str | None, name: str) -> bool:  # noqa: D102 -- as Working has it
        return bool(self._holders(RELATION, (schema, name)))

    def constraint_taken(self, schema: str | None, name: str) -> bool:  # noqa: D102 -- as Working has it
        return bool(self._holders(CONSTRAINT, (schema, name)))

    def referring(self, key: str) -> Iterator[PlainForeignKey]:  # noqa: D102 -- as Working has it
        for holder in self._holders(REFERRING, key):
            table = self.tables[holder]
            for one in table.foreign_keys:
                if one.referred_table == key:
                    yield table, one

    def spelled(self, key: str) -> str:  # noqa: D102 -- as Working has it
        return key if key in self.tables else next(iter(self._holders(SPELLING, key.lower())), key)

    def _holders(self, kind: str, name: object) -> tuple[str, ...]:
        self.log.reads.add((kind, name))
        return self._tables.now.holders(kind, name)


_WATCHED = tuple(
    one.name
    for one in fields(Working)
    if str(one.type).startswith(("dict[", "set[", "list["))
    and not one.name.startswith("_")
    and one.name not in _LISTS_OF_WHAT_HAPPENED
)


def _table(value: object) -> Table | None:
    return value if isinstance(value, Table) else None


def schema_after(before: Schema, doing: Doing) -> Schema:
    """Give `before` with what `doing` did to it, and shared with it otherwise."""
    tables, enums, incomplete = before.tables, before.enums, before.incomplete
    if doing.tables:
        tables = TableMap.later(table_map(tables, before.dialect), doing.again)
    for (name, key), value, anew in doing.writes:
        if name == "incomplete":
            incomplete = value
        elif name == "enums":
            enums = {one: enum for one, enum in enums.items() if one != key} if anew or value is ABSENT else {**enums}
            if value is not ABSENT:
                enums[key] = value
    if tables is before.tables and enums is before.enums and incomplete is before.incomplete:
        return before
    return Schema(before.dialect, tables, enums, incomplete)


def places_between(place: Key, one: object, other: object, dialect: str) -> Iterator[Key]:
    """Give the places that are other where `one` stands instead of `other`: the place itself, and what names it."""
    yield place
    yield place[0], WHOLE
    if place[0] == _TABLES:
        yield from names_between(
            one if isinstance(one, Table) else None, other if isinstance(other, Table) else None, dialect
        )
