"""What a pass over the history did, kept for the next one: only what an edit touches is done again.

A revision is *passed over* where its operations are the ones from before and it looks at nothing that is other than it
was then: its changes are made again without applying them. `other` holds what is, with what it was: it grows by what
an edited revision changes, and shrinks as later revisions leave a place as they left it before.

Invariant: after each revision the state is what applying every operation would give (tests/engine).

Example: after an edit of a revision that adds `users.name`, the revisions that create and alter `orders` are passed
over, unless they ask for something of `users`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.evaluation import Evaluated
from driftline.migrations.history import Step
from driftline.migrations.table_map import TableMap, table_map
from driftline.migrations.watched import WHOLE, Doing, Key, Watching, places_between, schema_after
from driftline.python.same import same
from driftline.schema import Schema, Table


@dataclass(frozen=True, slots=True)
class Passed:
    """One revision of a pass: its operations, what they did, and the step that this is in the history."""

    evaluated: Evaluated
    doing: Doing
    step: Step


@dataclass(slots=True)
class PassMemory:
    """The last pass. `setting`: what it was told besides the revisions. `applied` is told of what is applied again."""

    setting: object = None
    order: tuple[str, ...] = ()
    passed: Mapping[str, Passed] = field(default_factory=dict)
    moved: Mapping[str, tuple[Step, Step, frozenset[Key]]] = field(default_factory=dict)
    """The steps that are other than in the pass before: as they were, as they are, and the places that differ."""
    applied: Callable[[str, Iterable[str]], None] = lambda _revision, _tables: None


class Following:
    """A pass that follows the one before it: `before`, then `pass_over` or `apply`, for each revision in order."""

    def __init__(self, memory: PassMemory, setting: object, order: tuple[str, ...], work: Watching) -> None:
        """Begin: `work` is the state before the first revision of `order`."""
        self._work = work
        self._memory = memory
        self._setting = setting
        self._order = order
        self._passed: dict[str, Passed] = {}
        self._moved: dict[str, tuple[Step, Step, frozenset[Key]]] = {}
        self._other: dict[Key, tuple[object, tuple[Key, ...]]] = {}
        self._affected: Counter[Key] = Counter()
        self._all_affected: frozenset[Key] = frozenset()
        self._in_place = True
        """Whether the state differs from the one of the pass before in nothing but the content of tables: the same
        ones are there, in the same order, and name the same."""
        self._other_tables: dict[str, Table] = {}
        self._schema = work.schema_now()
        known = memory.passed if memory.passed and same(memory.setting, setting) else {}
        if known and memory.order != order:
            now = set(order)
            if [one for one in memory.order if one in now] != [one for one in order if one in known]:
                known = {}
        first = known.get(order[0]) if order else None
        if first is not None and same(first.step.before, self._schema):
            self._schema = first.step.before
            work.go_on(self._schema)
        self._known = known
        self._in_order = bool(known) and memory.order == order
        self._left = iter(memory.order if known else ())
        # A pass that is left in the middle keeps nothing.
        memory.setting, memory.order, memory.passed = None, (), {}

    def skip(self, suspects: Collection[str]) -> tuple[Passed, ...]:
        """Pass over the first revisions, up to the first that may do something else; give what they do.

        `suspects`: those whose operations may be others.
        """
        if not self._in_order or self._known[self._order[0]].step.before is not self._schema:
            return ()
        passed: list[Passed] = []
        for name, found in self._known.items():
            if found.doing.reads is None or name in suspects:
                break
            passed.append(found)
        work = self._work
        for found in passed:
            if found.doing.is_told:
                work.do_again(found.doing, found.step.after)
        if passed:
            self._passed = {found.step.revision: found for found in passed}
            self._schema = passed[-1].step.after
            work.go_on(self._schema)
        return tuple(passed)

    def before(self, name: str) -> Passed | None:
        """Come to a revision: give what it did in the pass before, None where it was not there."""
        found = self._known.get(name)
        if found is not None and not self._in_order:
            self._leave_out(until=name)
        return found

    def can_pass(self, found: Passed) -> bool:
        """Whether a revision whose operations are as they were does what it did."""
        reads = found.doing.reads
        return reads is not None and (not self._affected or self._affected.keys().isdisjoint(reads))

    def pass_over(self, name: str, found: Passed) -> Step:
        """Make the changes of a revision again, and give its step."""
        work, before, doing, step = self._work, self._schema, found.doing, found.step
        if not self._other and step.before is before:
            work.do_again(doing, step.after)
        else:
            if doing.tables or doing.writes:
                for place, _ in doing.places:
                    self._set(place, None)
            after = self._state_after(found)
            work.do_again(doing, after)
            views = frozenset(work.views) if ("views", WHOLE) in self._affected else step.views
            children = dict(work.children) if ("children", WHOLE) in self._affected else step.children
            step = Step(step.revision, step.operations, before, after, views, step.changed, step.events, children)
            self._moved[name] = found.step, step, self._affected_now()
            found = Passed(found.evaluated, doing, step)
        self._passed[name] = found
        self._schema = step.after
        return step

    def apply(self, name: str, evaluated: Evaluated, found: Passed | None, *, alone: bool) -> Step:
        """Take note of what a revision has done since the state was watched, and give its step.

        `found`: what `before` gave. `alone`: nothing but the operations in `evaluated` was done.
        """
        work, doing = self._work, self._work.seen()
        if not alone:
            doing = replace(doing, reads=None)
        once = dict(found.doing.places) if found is not None else {}
        for place in dict.fromkeys((*once, *(place for place, _ in doing.places))):
            known = self._other.get(place)
            was = once[place] if place in once else known[0] if known is not None else work.before(place)
            self._mark(place, was)
        doing = self._shared(doing)
        if doing.tables or (found is not None and found.doing.tables):
            self._in_place = self._in_place and found is not None and _in_like_order(found, doing)
        after = schema_after(self._schema, doing)
        if found is not None and not self._other and found.step.before is self._schema and _in_like_order(found, doing):
            after = found.step.after
            if same(found.step.operations, evaluated.operations) and _says_the_same(found.doing, doing):
                self._passed[name] = replace(found, evaluated=evaluated)
                self._schema = after
                work.go_on(after)
                self._tell(name, doing)
                return found.step
        views, children = frozenset(work.views), dict(work.children)
        step = Step(name, evaluated.operations, self._schema, after, views, doing.tables, doing.events, children)
        self._passed[name] = Passed(evaluated, doing, step)
        self._schema = after
        work.go_on(after)
        self._tell(name, doing)
        return step

    def _state_after(self, found: Passed) -> Schema:
        """Give the state after a revision that does what it did: from what it then was, if that is nearly the same."""
        known: TableMap | None = None
        if self._in_place and found.doing.tables:
            known = table_map(found.step.after.tables, self._work.dialect)
            if self._other_tables:
                known = TableMap.instead(known, self._other_tables)
        return schema_after(self._schema, found.doing, known)

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
        memory.setting, memory.order, memory.passed = self._setting, self._order, self._passed
        memory.moved = self._moved

    def _leave_out(self, until: str) -> None:
        """Take note of what the revisions did that are not there any more, up to one that is."""
        for one in self._left:
            if one == until:
                return
            self._in_place = self._in_place and not self._known[one].doing.tables
            for place, value in self._known[one].doing.places:
                if place not in self._other:
                    self._mark(place, value)
                else:
                    self._set(place, value)

    def _mark(self, place: Key, was: object) -> None:
        """Note what was at a place at this point of the pass before, if something else is there now."""
        now = self._work.at(place)
        if same(was, now):
            if was is not now and place[0] != "incomplete":
                self._work.containers[place[0]].become(place[1], was, anew=False)
            self._set(place, None)
        else:
            self._set(place, was)

    def _set(self, place: Key, was: object | None) -> None:
        known = self._other.pop(place, None)
        if known is None and was is None:
            return
        self._all_affected = frozenset()
        if place[0] == "tables" and place[1] in self._other_tables:
            self._other_tables = {key: table for key, table in self._other_tables.items() if key != place[1]}
        if known is not None:
            for one in known[1]:
                self._affected[one] -= 1
                if not self._affected[one]:
                    del self._affected[one]
        if was is not None:
            now = self._work.at(place)
            affected = tuple(dict.fromkeys(places_between(place, was, now, self._work.dialect)))
            self._other[place] = was, affected
            if place[0] == "tables":
                if isinstance(was, Table) and isinstance(now, Table) and all(kind == "tables" for kind, _ in affected):
                    self._other_tables = {**self._other_tables, place[1]: now}
                else:
                    self._in_place = False
            self._affected.update(affected)

    def _affected_now(self) -> frozenset[Key]:
        """The places that differ at this point; one value for all revisions at which the same ones do."""
        if not self._all_affected and self._affected:
            self._all_affected = frozenset(self._affected)
        return self._all_affected


def _in_like_order(found: Passed, doing: Doing) -> bool:
    """Whether tables that are the same before and after come in the same order after."""
    then, now = found.doing, doing
    return then.moves == now.moves and then.anew == now.anew and [*then.tables] == [*now.tables]


def _says_the_same(one: Doing, other: Doing) -> bool:
    """Whether a revision looks at the same places and says the same of what it does to them."""
    return one.reads == other.reads and same(
        (one.events, one.problems, one.touched_unseen), (other.events, other.problems, other.touched_unseen)
    )
