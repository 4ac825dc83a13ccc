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
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from driftline.migrations.evaluation import Evaluated
from driftline.migrations.history import Step
from driftline.migrations.watched import Doing, Key, Watching, places_between
from driftline.python.same import same


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
        work.watch()
        work.index()
        self._schema = work.schema()
        now = set(order)
        known = memory.passed if memory.passed and same(memory.setting, setting) else {}
        if [one for one in memory.order if one in now] != [one for one in order if one in known]:
            known = {}
        self._known = known
        self._left = iter(memory.order if known else ())
        # A pass that is left in the middle keeps nothing.
        memory.setting, memory.order, memory.passed = None, (), {}

    def before(self, name: str) -> Passed | None:
        """Come to a revision: give what it did in the pass before, None where it was not there."""
        found = self._known.get(name)
        if found is not None:
            self._leave_out(until=name)
        self._work.watch()
        return found

    def can_pass(self, found: Passed) -> bool:
        """Whether a revision whose operations are as they were does what it did."""
        reads = found.doing.reads
        return reads is not None and self._affected.keys().isdisjoint(reads)

    def pass_over(self, name: str, found: Passed) -> Step:
        """Make the changes of a revision again, and give its step."""
        work, before = self._work, self._schema
        work.do_again(found.doing)
        for place, _, _ in found.doing.writes:
            self._set(place, None)
        step = found.step
        if self._other or step.before is not before:
            after = work.schema_after(before, found.doing)
            step = replace(step, before=before, after=after)
            self._moved[name] = found.step, step, frozenset(self._affected)
            found = Passed(found.evaluated, found.doing, step)
        self._passed[name] = found
        self._schema = step.after
        return step

    def apply(self, name: str, evaluated: Evaluated, found: Passed | None, *, alone: bool) -> Step:
        """Take note of what a revision has done since `before`, and give its step. `found`: what `before` gave.

        `alone`: nothing but the operations in `evaluated` was done.
        """
        work, doing = self._work, self._work.seen()
        if not alone:
            doing = replace(doing, reads=None)
        once = {place: value for place, value, _ in found.doing.writes} if found is not None else {}
        for place in dict.fromkeys((*once, *(place for place, _, _ in doing.writes))):
            known = self._other.get(place)
            was = once[place] if place in once else known[0] if known is not None else work.before(place)
            self._mark(place, was)
        after = work.schema_after(self._schema, doing)
        step = Step(name, evaluated.operations, self._schema, after, frozenset(work.views))
        self._passed[name] = Passed(evaluated, doing, step)
        self._schema = after
        places = (*(place for place, _, _ in doing.writes), *(doing.reads or ()))
        self._memory.applied(name, sorted({key for kind, key in places if kind == "tables" and key is not None}))
        return step

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
            for place, value, _ in self._known[one].doing.writes:
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
        if known is not None:
            for one in known[1]:
                self._affected[one] -= 1
                if not self._affected[one]:
                    del self._affected[one]
        if was is not None:
            affected = tuple(dict.fromkeys(places_between(place, was, self._work.at(place), self._work.dialect)))
            self._other[place] = was, affected
            self._affected.update(affected)
