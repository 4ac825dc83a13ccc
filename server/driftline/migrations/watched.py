"""A state that notes what each revision looks at in it, and what it changes.

A revision that looks at nothing that is other than in the replay before does what it did then: its changes are made
again, without applying its operations. So an edit of a revision applies the operations of those alone that touch the
tables which the edit changed.

Invariant: knows no operation. Every read and write of the state goes through the containers here.

Example: `work.watch()`, the operations of a revision, then `work.seen()` holds the keys of the tables they touched.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, MutableMapping, MutableSet
from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Generic, Self, TypeVar

from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.layered import NamesOf, layered
from driftline.migrations.operation import Operation
from driftline.migrations.working import PlainForeignKey, Working, constraint_names, relation_names
from driftline.python.values import Unknown
from driftline.schema import Schema, Table

Key = tuple[str, Any]
"""A place in the state: the container's name and the key in it; `WHOLE` for all of it."""

WHOLE = None
_LISTS_OF_WHAT_HAPPENED = ("events", "problems", "touched_unseen")
_RELATION, _CONSTRAINT, _REFERRING = "relation", "constraint", "referring"
_TABLES = "tables"
T = TypeVar("T")


class Absent:
    """Stands for "there is no such key"."""


ABSENT = Absent()


class Log:
    """`reads`: the places that were looked at. `writes`: those that were changed, by the last time that it happened.

    `before`: what was there first. `anew`: keys that were taken out in between, and so come last if they came back.
    """

    __slots__ = ("anew", "before", "reads", "registered", "writes")

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self.reads: set[Key] = set()
        self.writes: dict[Key, None] = {}
        self.before: dict[Key, Any] = {}
        self.anew: set[Key] = set()
        self.registered: list[tuple[Table | None, Table | None]] = []

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

    def __init__(self, name: str, log: Log, tables: Mapping[str, Table]) -> None:
        """Hold `tables`, which nobody has read yet."""
        self.now = layered(tables, {})
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
        self.now = self.now.changed({key: table})

    def __delitem__(self, key: str) -> None:
        place = (self.name, key)
        self.log.write(place, self.now[key])
        self.log.anew.add(place)
        self.now = self.now.changed({key: None})

    def at(self, key: object) -> object:
        """Give what is at a key, unnoticed."""
        return self.now.get(key, ABSENT) if isinstance(key, str) else ABSENT

    def become(self, key: str, value: Any, *, anew: bool) -> None:  # noqa: ANN401
        """Change what is at a key, unnoticed."""
        if (anew or value is ABSENT) and key in self.now:
            self.now = self.now.changed({key: None})
        if value is not ABSENT:
            self.now = self.now.changed({key: value})


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


@dataclass(frozen=True, slots=True)
class Doing:
    """What a revision did to the state that it met.

    `reads`: the places it looked at; None where that is not known. `writes`: the places that it changed, with what is
    there since, and whether that comes last in its container. `registered`: its changes to the registry of names.
    """

    reads: frozenset[Key] | None
    writes: tuple[tuple[Key, Any, bool], ...]
    registered: tuple[tuple[Table | None, Table | None], ...]
    events: tuple[Event, ...] = ()
    problems: tuple[ReplayProblem, ...] = ()
    touched_unseen: tuple[tuple[str, str, Operation], ...] = ()


class Watching(Working):
    """A `Working` whose containers are watched, from one `watch` to the next `seen`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- as Working has it
        """Hold the state that is given."""
        super().__init__(*args, **kwargs)
        self.log = Log()
        self._marks: tuple[int, ...] = ()
        self.containers: dict[str, Container] = {}

    @classmethod
    def of(cls, schema: Schema, unseen_reason: Unknown | None = None) -> Self:
        """Start from `schema`, whose tables are not copied: they change by layers."""
        made = cls(schema.dialect, {}, dict(schema.enums), list(schema.incomplete), unseen_reason)
        made.containers[_TABLES] = made.tables = WatchedTables(_TABLES, made.log, schema.tables)  # type: ignore[assignment]
        return made

    def _registry(self) -> Any:  # noqa: ANN401 -- private to Working
        if self._registered is None:
            registry: Any = super()._registry()
            registry.put = self._put
        return self._registered

    def _put(self, old: Table | None, table: Table | None) -> None:
        self.log.registered.append((old, table))
        registry = self._registered
        if registry is not None:
            type(registry).put(registry, old, table)

    def _wrap(self, name: str) -> None:
        value = getattr(self, name)
        if name.startswith("_") or name in _LISTS_OF_WHAT_HAPPENED or name in ("outside", "remade"):
            return
        made: Container
        if name == _TABLES:
            made = WatchedTables(name, self.log, value)
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

    def index(self) -> None:
        """Make the registry of names now: whoever asks it finds the order of what was done, not that of the tables."""
        registry = self._registry()
        for ask in (registry.relations, registry.constraints, registry.referring):
            ask(self.tables)

    def watch(self) -> None:
        """Begin to note what happens."""
        self.log = Log()
        for field in fields(Working):
            if getattr(self, field.name) is not self.containers.get(field.name, ABSENT):
                self._wrap(field.name)
        for one in self.containers.values():
            one.log = self.log
        self._marks = tuple(len(getattr(self, name)) for name in _LISTS_OF_WHAT_HAPPENED)

    def seen(self) -> Doing:
        """Give what has happened since `watch`."""
        log, known = self.log, True
        for name, one in self.containers.items():
            if getattr(self, name) is not one:
                self._compare(name, one)
                known = False
        writes = tuple((place, self.containers[place[0]].at(place[1]), place in log.anew) for place in log.writes)
        happened = (
            tuple(getattr(self, name)[mark:]) for name, mark in zip(_LISTS_OF_WHAT_HAPPENED, self._marks, strict=True)
        )
        return Doing(frozenset(log.reads) if known else None, writes, tuple(log.registered), *happened)

    def _compare(self, name: str, before: Container) -> None:
        """Watch what was put in the place of a whole container, and note what is different in it."""
        self._wrap(name)
        now = self.containers[name]
        keys = [*dict.fromkeys((*before, *now))] if not isinstance(now, WatchedList) else [WHOLE]
        for key in keys:
            if before.at(key) is not now.at(key):
                self.log.write((name, key), before.at(key))

    def schema_after(self, before: Schema, doing: Doing) -> Schema:
        """Give the state as a value: `before`, with what `doing` did to it, and shared with it otherwise."""
        if not doing.writes:
            return before
        written = {name for (name, _), _, _ in doing.writes}
        now = self.containers[_TABLES]
        tables = now.now if isinstance(now, WatchedTables) and _TABLES in written else before.tables
        enums = dict(dict.items(self.enums)) if "enums" in written else before.enums
        incomplete: Any = self.at(("incomplete", WHOLE)) if "incomplete" in written else before.incomplete
        return Schema(self.dialect, tables, enums, incomplete)

    def before(self, place: Key) -> object:
        """Give what was at a place at the last `watch`."""
        known = self.log.before.get(place, ABSENT)
        return known if place in self.log.before else self.at(place)

    def at(self, place: Key) -> object:
        """Give what is at a place, unnoticed."""
        return self.containers[place[0]].at(place[1])

    def do_again(self, doing: Doing) -> None:
        """Make the changes that a revision made before, unnoticed, and say that all has happened that happened then."""
        for (name, key), value, anew in doing.writes:
            self.containers[name].become(key, value, anew=anew)
        registry = self._registered
        if registry is not None:
            for old, table in doing.registered:
                type(registry).put(registry, old, table)
        self.events += doing.events
        self.problems += doing.problems
        self.touched_unseen += doing.touched_unseen

    # What reads the registry -----------------------------------------------------------------------------------------

    def relation_taken(self, schema: str | None, name: str) -> bool:  # noqa: D102 -- as Working has it
        if self._registered is None:
            return bool(self._holders(_RELATION, self._relations, name, (schema, name)))
        return self._unnoticed((_RELATION, name), partial(super().relation_taken, schema, name))

    def constraint_taken(self, schema: str | None, name: str) -> bool:  # noqa: D102 -- as Working has it
        if self._registered is None:
            return bool(self._holders(_CONSTRAINT, _constraints, name, (schema, name)))
        return self._unnoticed((_CONSTRAINT, name), partial(super().constraint_taken, schema, name))

    def referring(self, key: str) -> Iterator[PlainForeignKey]:  # noqa: D102 -- as Working has it
        if self._registered is None:
            holders = self._holders(_REFERRING, _referred, key, key)
            return (
                (table, one)
                for table in map(self.tables.__getitem__, holders)
                for one in table.foreign_keys
                if one.referred_table == key
            )
        self._unnoticed((_REFERRING, key), lambda: self._registry().referring(self.tables))
        return super().referring(key)

    def _holders(self, kind: str, names_of: NamesOf, read: str, name: Hashable) -> list[str]:
        """Give the tables that hold a name, looked up where many states share it."""
        self.log.reads.add((kind, read))
        tables = self.containers[_TABLES]
        return tables.now.holders(kind, names_of, name) if isinstance(tables, WatchedTables) else []

    def _relations(self, table: Table) -> list[Hashable]:
        return [(table.schema, name) for name in relation_names(table, self.dialect)]

    def _unnoticed(self, place: Key, ask: Callable[[], T]) -> T:
        """Note that a name is looked up; that all tables are looked through for it says nothing."""
        known = ("tables", WHOLE) in self.log.reads
        answer = ask()
        if not known:
            self.log.reads.discard(("tables", WHOLE))
        self.log.reads.add(place)
        return answer


def _constraints(table: Table) -> list[Hashable]:
    return [(table.schema, name) for name in constraint_names(table)]


def _referred(table: Table) -> list[Hashable]:
    return [one.referred_table for one in table.foreign_keys if isinstance(one.referred_table, str)]


def places_between(place: Key, one: object, other: object, dialect: str) -> Iterator[Key]:
    """Give the places that are other where `one` stands instead of `other`: the place itself, and registered names."""
    yield place
    yield place[0], WHOLE
    if place[0] != _TABLES:
        return
    tables = [table for table in (one, other) if isinstance(table, Table)]
    names = [frozenset(relation_names(table, dialect)) for table in tables]
    constraints = [frozenset(constraint_names(table)) for table in tables]
    refers = [frozenset(one.referred_table for one in table.foreign_keys) for table in tables]
    for kind, sets in ((_RELATION, names), (_CONSTRAINT, constraints), (_REFERRING, refers)):
        first, second = (*sets, frozenset(), frozenset())[:2]
        for name in first ^ second:
            yield kind, name
