"""What a pass over the history did, kept for the next one: only what an edit touches is done again.

A revision is *passed over* where its operations are the ones from before and it looks at nothing that is other than it
was then. `_other` holds what is, with what it was: it grows by what an edited revision changes, and shrinks as later
revisions leave a place as they left it before. As long as the same tables are there in the same order, the pass goes
from one revision that this concerns to the next (`lookers.py`), and what lies between is not even looked at.

Invariant: after each revision the state is what applying every operation would give (tests/engine).

Example: after an edit of a revision that adds `users.name`, the revisions that create and alter `orders` are passed
over, unless they ask for something of `users`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterable

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.evaluation import Evaluated
from driftline.migrations.history import Step
from driftline.migrations.lookers import Lookers
from driftline.migrations.states import Moved, State, States
from driftline.migrations.watched import Doing, Key, Watching, places_between, schema_after
from driftline.python.same import same


@dataclass(frozen=True, slots=True)
class Passed:
    """One revision of a pass: its operations, what they did, and the step that this is in the history."""

    evaluated: Evaluated
    doing: Doing
    step: Step


@dataclass(slots=True)
class PassMemory:
    """The last pass that came to its end. `setting`: what it was told besides the revisions.

    `passed`: its revisions, in order. `lookers`: who of them looks at what, or changes it. `told`: which of them do
    more than change tables. `applied` is told of what is applied again.
    """

    setting: object = None
    order: tuple[str, ...] = ()
    passed: list[Passed] = field(default_factory=list)
    states: States | None = None
    lookers: Lookers | None = None
    told: list[int] = field(default_factory=list)
    applied: Callable[[str, Iterable[str]], None] = lambda _revision, _tables: None

    def looking(self) -> Lookers:
        """Give who looks at what: made when first asked for, which whoever runs once never does."""
        if self.lookers is None:
            self.lookers = Lookers((at, _looks_at(one.doing)) for at, one in enumerate(self.passed))
            self.told = [at for at, one in enumerate(self.passed) if one.doing.is_told]
        return self.lookers

    def put(self, at: int, passed: Passed) -> None:
        """Put what a revision does now in the place of what it did."""
        before, now = self.passed[at].doing, passed.doing
        if self.lookers is not None:
            self.lookers.put(at, _looks_at(before), _looks_at(now))
            if before.is_told and not now.is_told:
                self.told.remove(at)
            elif now.is_told and not before.is_told:
                insort(self.told, at)
        self.passed[at] = passed


class Following:
    """A pass that follows the one before it: `next`, then `pass_over` or `apply`, until there is none any more."""

    def __init__(
        self,
        memory: PassMemory,
        setting: object,
        order: tuple[str, ...],
        work: Watching,
        suspects: Collection[str] | None,
    ) -> None:
        """Begin: `work` is the state before the first revision of `order`.

        `suspects`: the revisions whose operations may be others than in the pass before; None: any.
        """
        self._work = work
        self._memory = memory
        self._setting = setting
        self._order = order
        self._at = -1
        self._other: dict[Key, tuple[object, tuple[Key, ...]]] = {}
        self._affected: Counter[Key] = Counter()
        self._since: dict[Key, int] = {}
        self._moved: list[Moved] = []
        self._again: dict[int, Passed] = {}
        """The revisions that were applied again, where the order is the one from before."""
        begin = State(work.schema_now(), frozenset(work.views), dict(work.children))
        was = memory.states if memory.passed and same(memory.setting, setting) else None
        if was is not None and memory.order != order and not _in_like_order(memory.order, order):
            was = None
        self._was = was if was is not None and same(was.at(0).schema, begin.schema) else None
        self._in_order = self._was is not None and memory.order == order
        self._in_place = self._in_order
        """Whether the state differs from the one of the pass before in nothing but the content of tables: the same
        ones are there, in the same order."""
        self._suspects: list[int] | None = None
        self._passed: list[Passed] = memory.passed if self._in_order else []
        """The revisions; in the order from before, what they did then."""
        if self._was is not None and self._in_order:
            self._states = self._was.copy()
            if suspects is not None:
                looking = memory.looking()
                found = {*looking.blind, *(at for one in suspects if (at := self._was.places.get(one)) is not None)}
                self._suspects = sorted(found)
        else:
            begin = begin if self._was is None else self._was.at(0)
            self._states = States({name: at for at, name in enumerate(order)}, (begin,))
        self._known = {} if self._in_order or self._was is None else {one.step.revision: one for one in memory.passed}
        self._left = iter(memory.order if self._known else ())
        self._state = self._states.at(0)

    @property
    def states(self) -> States:
        """The states, up to the revision at hand; of all, at the end."""
        return self._states

    def next(self) -> str | None:
        """Come to the next revision where something may be other than it was; None at the end of the history."""
        start, self._at = self._at + 1, self._following()
        if self._at > start:
            told = self._memory.told
            for at in told[bisect_left(told, start) : bisect_left(told, self._at)]:
                self._work.do_again(self._passed[at].doing)
        self._state = self._states.at(self._at)
        self._work.go_on(self._state.schema)
        return self._order[self._at] if self._at < len(self._order) else None

    def _following(self) -> int:
        """Give the place of the next revision that has to be looked at."""
        start, end = self._at + 1, len(self._order)
        if start >= end or not self._in_place or self._suspects is None:
            return start
        looking, suspects = self._memory.looking(), self._suspects
        at = bisect_left(suspects, start)
        if at < len(suspects):
            end = suspects[at]
        for place in self._affected:
            found = looking.next(place, start)
            if found is not None and found < end:
                end = found
        return end

    def before(self) -> Passed | None:
        """Give what the revision at hand did in the pass before, None where it was not there."""
        if self._in_order:
            return self._passed[self._at]
        found = self._known.get(self._order[self._at])
        if found is not None:
            self._leave_out(until=found.step.revision)
        return found

    def can_pass(self, found: Passed) -> bool:
        """Whether a revision whose operations are as they were does what it did."""
        reads = found.doing.reads
        return reads is not None and (not self._affected or self._affected.keys().isdisjoint(reads))

    def pass_over(self, found: Passed) -> None:
        """Make the changes of a revision again."""
        for place, _ in found.doing.places:
            self._set(place, None)
        self._work.do_again(found.doing)
        if not self._in_order:
            self._passed.append(found)
        if self._in_place:
            for key, (_, table) in found.doing.tables.items():
                self._states.put(key, self._at + 1, table)
        else:
            self._add(found, found.doing)

    def apply(self, evaluated: Evaluated, found: Passed | None, *, alone: bool) -> None:
        """Take note of what the revision at hand has done since the state was watched.

        `found`: what `before` gave. `alone`: nothing but the operations in `evaluated` was done.
        """
        name, work, doing = self._order[self._at], self._work, self._work.seen()
        if not alone:
            doing = replace(doing, reads=None)
        once = dict(found.doing.places) if found is not None else {}
        for place in dict.fromkeys((*once, *(place for place, _ in doing.places))):
            known = self._other.get(place)
            was = once[place] if place in once else known[0] if known is not None else work.before(place)
            self._mark(place, was)
        doing = self._shared(doing)
        self._in_place = self._in_place and found is not None and _comes_and_goes(found.doing) == _comes_and_goes(doing)
        if found is not None and _did_the_same(found, evaluated, doing):
            made = replace(found, evaluated=evaluated)
        else:
            made = Passed(evaluated, doing, Step(name, evaluated.operations, doing.tables, doing.events))
        if self._in_order:
            self._again[self._at] = made
        else:
            self._passed.append(made)
        if self._in_place:
            for key in dict.fromkeys((*(found.doing.tables if found is not None else ()), *doing.tables)):
                self._states.put(key, self._at + 1, work.now.get(key))
        else:
            self._add(found, doing)
        self._tell(name, doing)

    def _state_after(self, doing: Doing) -> State:
        before, work = self._state, self._work
        schema = schema_after(before.schema, doing)
        kinds = {kind for (kind, _), _, _ in doing.writes}
        if schema is before.schema and kinds.isdisjoint(("views", "children")):
            return before
        views = frozenset(work.views) if "views" in kinds else before.views
        return State(schema, views, dict(work.children) if "children" in kinds else before.children)

    def _add(self, found: Passed | None, doing: Doing) -> None:
        """Add the state after the revision at hand, which `doing` says; where nothing is other, the one from before."""
        self._states.cut(self._at + 1)
        was = self._was
        if was is not None and found is not None and not self._other:
            name = found.step.revision
            if self._state is was.before(name) and found.doing.tables is doing.tables:
                self._states.add(was.after(name))
                return
        self._states.add(self._state_after(doing))

    def _tell(self, name: str, doing: Doing) -> None:
        places = (*(place for place, _ in doing.places), *(doing.reads or ()))
        self._memory.applied(name, sorted({key for kind, key in places if kind == "tables" and key is not None}))

    def _shared(self, doing: Doing) -> Doing:
        """Give it with the tables that came out as they did the last time taken from there."""
        now = {key: self._work.now.get(key) for key, (_, table) in doing.tables.items() if table is not None}
        if all(now[key] is table for key, (_, table) in doing.tables.items() if table is not None):
            return doing
        return replace(doing, tables={key: (one[0], now.get(key)) for key, one in doing.tables.items()})

    def end(self) -> None:
        """Keep the pass for the next one."""
        memory = self._memory
        moved = (*self._moved, *((place, since, len(self._order) + 1) for place, since in self._since.items()))
        if self._in_order:
            alike = all(one.step is memory.passed[at].step for at, one in self._again.items())
            for at, one in self._again.items():
                memory.put(at, one)
            if self._was is not None and alike and not moved:
                self._states = self._was
        else:
            memory.passed, memory.lookers, memory.told = self._passed, None, []
        if self._states is not self._was:
            self._states.follow(self._was, moved, in_order=self._in_order)
        memory.setting, memory.order, memory.states = self._setting, self._order, self._states

    def _leave_out(self, until: str) -> None:
        """Take note of what the revisions did that are not there any more, up to one that is."""
        for one in self._left:
            if one == until:
                return
            for place, value in self._known[one].doing.places:
                if place not in self._other:
                    self._mark(place, value, left_out=True)
                else:
                    self._set(place, value, left_out=True)

    def _mark(self, place: Key, was: object, *, left_out: bool = False) -> None:
        """Note what was at a place at this point of the pass before, if something else is there now."""
        now = self._work.at(place)
        if same(was, now):
            if was is not now and place[0] != "incomplete":
                self._work.containers[place[0]].become(place[1], was, anew=False)
            self._set(place, None, left_out=left_out)
        else:
            self._set(place, was, left_out=left_out)

    def _set(self, place: Key, was: object | None, *, left_out: bool = False) -> None:
        """Note what was at a place, where something else is now; None: the same is."""
        point = self._at + (not left_out)
        known = self._other.pop(place, None)
        for one in known[1] if known is not None else ():
            self._affected[one] -= 1
            if not self._affected[one]:
                del self._affected[one]
                self._moved.append((one, self._since.pop(one), point))
        if was is None:
            return
        affected = tuple(dict.fromkeys(places_between(place, was, self._work.at(place), self._work.dialect)))
        self._other[place] = was, affected
        self._in_place = self._in_place and place[0] not in _PARTS_OF_STATES
        for one in affected:
            self._since.setdefault(one, point)
        self._affected.update(affected)


_PARTS_OF_STATES = frozenset({"enums", "incomplete", "views", "children"})
"""What a state holds besides tables."""


def _looks_at(doing: Doing) -> Iterable[Key] | None:
    """The places that a revision looks at, or changes; None where that is not known."""
    return None if doing.reads is None else doing.reads.union(place for place, _ in doing.places)


def _in_like_order(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Whether the revisions that two orders share come in the same order in both."""
    left, stay = set(before), set(now)
    return [one for one in before if one in stay] == [one for one in now if one in left]


def _comes_and_goes(doing: Doing) -> object:
    """What says where the tables come that there are afterwards."""
    order = [(key, one is None) for key, (one, other) in doing.tables.items() if one is None or other is None]
    return order, doing.moves, doing.anew


def _did_the_same(found: Passed, evaluated: Evaluated, doing: Doing) -> bool:
    """Whether a revision looks at the same places, and does the same to them."""
    one, other = found.doing, doing
    return (
        one.reads == other.reads
        and one.tables.keys() == other.tables.keys()
        and all(a is c and b is d for (a, b), (c, d) in zip(one.tables.values(), other.tables.values(), strict=True))
        and same(found.step.operations, evaluated.operations)
        and same(_told(one), _told(other))
    )


def _told(doing: Doing) -> tuple[object, ...]:
    return doing.events, doing.problems, doing.touched_unseen, doing.writes, doing.moves, doing.anew
