"""The state at each point of a history, put together when somebody looks at it.

Revisions do not hold states: an edit of an early one gives another state to each later one, and few of these are ever
looked at. What is kept are the states as they were when the history was first gone through, and what stands there
instead since, by table. The points are counted: 0 is before the first revision, n after the n-th.

Example: `migrated.states.after("0002").schema.tables["users"]`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from driftline.dataclass import dataclass, field
from driftline.migrations.table_map import names_between, table_map
from driftline.schema import Schema, Table

Moved = tuple[tuple[str, Any], int, int]
"""A place at which another thing stands than in the history before, the first point of which that is so, and the
first of which it is not so any more."""

_MOVES_KEPT = 64
_first = itemgetter(0)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """What there is at one point of a history: the schema as it is, tables included that no revision creates.

    `views`: the keys of the views. `children`: by key of a table, the keys of those that inherit from it, and whether
    they are partitions.
    """

    schema: Schema
    views: frozenset[str] = frozenset()
    children: Mapping[str, Mapping[str, bool]] = field(default_factory=dict)


class States:
    """The states of a history, of which an edit makes another one. Whoever has made one changes it no more.

    `places`: of each revision, the point before it.
    """

    __slots__ = ("_first", "_instead", "_made", "_moves", "_token", "places")

    def __init__(self, places: Mapping[str, int] | None = None, first: Iterable[State] = ()) -> None:
        """Hold the states that the history has when it is gone through, from the one before the first revision on."""
        self.places: Mapping[str, int] = {} if places is None else places
        self._first = [*first]
        self._instead: dict[str, tuple[tuple[int, Table | None, bool], ...]] = {}
        """By key of a table, from which points on another one stands there (None: the one of the first states), and
        whether it names what that one does."""
        self._made: dict[int, State] = {}
        self._token = object()
        self._moves: tuple[tuple[object, tuple[Moved, ...]], ...] = ()

    # Looking ---------------------------------------------------------------------------------------------------------

    def before(self, revision: str) -> State:
        """Give the state that a revision finds."""
        return self.at(self.places[revision])

    def after(self, revision: str) -> State:
        """Give the state that a revision leaves."""
        return self.at(self.places[revision] + 1)

    def at(self, point: int) -> State:
        """Give the state at a point: the same object whenever it is asked for."""
        made = self._made.get(point)
        if made is None:
            made = self._made[point] = self._put_together(point)
        return made

    def _put_together(self, point: int) -> State:
        first = self._first[point]
        tables: dict[str, Table] = {}
        others: dict[str, Table] = {}
        for key, line in self._instead.items():
            at = bisect_right(line, point, key=_first)
            if at:
                _, table, alike = line[at - 1]
                if table is not None:
                    (tables if alike else others)[key] = table
        if not tables and not others:
            return first
        schema = first.schema
        there = table_map(schema.tables, schema.dialect).instead(tables)
        for key, table in others.items():
            there = there.put(key, table)
        return State(Schema(schema.dialect, there, schema.enums, schema.incomplete), first.views, first.children)

    @property
    def token(self) -> object:
        """What stands for it: for who wants to know later what has moved since, and need not hold all of it."""
        return self._token

    def moved_since(self, token: object) -> tuple[Moved, ...] | None:
        """Give what has moved since the states that a token stands for; None where that is not known any more."""
        if token is self._token:
            return ()
        at = next((at for at, (then, _) in enumerate(self._moves) if then is token), None)
        return None if at is None else tuple(one for _, moved in self._moves[at:] for one in moved)

    # Making ----------------------------------------------------------------------------------------------------------

    def copy(self) -> States:
        """Give one that is to be changed."""
        made = States(self.places, self._first)
        made._instead = dict(self._instead)
        return made

    def put(self, key: str, point: int, table: Table | None) -> None:
        """Let another table stand at a key from a point on, up to the next one of which this is said.

        It must come where the one that stood there came; None: there is none there, as in the first states.
        """
        line, schema = self._instead.get(key, ()), self._first[point].schema
        first = schema.tables.get(key)
        other = None if table is first else table
        if line or other is not None:
            alike = next(names_between(first, other, schema.dialect), None) is None
            at = bisect_left(line, point, key=_first)
            rest = at + (at < len(line) and line[at][0] == point)
            self._instead[key] = (*line[:at], (point, other, alike), *line[rest:])
            self._made.clear()

    def cut(self, point: int) -> None:
        """Let go of the states from a point on, if there are any: others are to be added."""
        if point >= len(self._first):
            return
        del self._first[point:]
        for key, line in self._instead.items():
            self._instead[key] = (*line[: bisect_left(line, point, key=_first)], (point, None, True))
        self._made.clear()

    def add(self, state: State) -> None:
        """Add the next state."""
        self._first.append(state)

    def follow(self, before: States | None, moved: Iterable[Moved], *, in_order: bool) -> None:
        """Take note of what has moved since those before. `in_order`: the revisions are the same ones."""
        if before is not None:
            known = before._moves[-_MOVES_KEPT:] if in_order else ()  # noqa: SLF001 -- of its own kind
            self._moves = (*known, (before._token, tuple(moved)))  # noqa: SLF001
