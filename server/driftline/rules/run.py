"""Runs the rules over what was compared and replayed.

Rules that judge each revision by itself are asked about those alone of which something is other than the last time.

Example: `run_rules(context)` gives the findings of all rules, in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.lookers import Lookers
from driftline.python.same import others_at, same
from driftline.rules import RULES
from driftline.rules.drift_finding import at_most_a_warning
from driftline.rules.finding import Finding, Level
from driftline.rules.rule import Context, Rule
from driftline.rules.visit import EachRevision, Seen, Visit, visiting

if TYPE_CHECKING:
    from driftline.migrations.contents import Contents
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.graph import Revision
    from driftline.migrations.history import Migrated, Step
    from driftline.migrations.states import States
    from driftline.schema import Schema


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Told:
    """What the rules are told of the revisions: of each at its place in the order.

    `revisions`: what the graph says of them. `failing`: those whose upgrade is impossible.
    """

    steps: tuple[Step | None, ...] = ()
    backs: tuple[Downgrade | None, ...] = ()
    contents: tuple[Contents | None, ...] = ()
    revisions: tuple[Revision | None, ...] = ()
    failing: frozenset[str] = frozenset()

    @classmethod
    def of(cls, context: Context) -> _Told:
        """Give what `context` tells."""
        migrated = context.migrated
        order = tuple(migrated.states.places)
        return cls(
            migrated.steps,
            tuple(map(context.downgrades.get, order)),
            tuple(map(context.contents.get, order)),
            tuple(map(context.graph.revisions.get, order)),
            frozenset(one.revision for one in migrated.problems),
        )

    def other_than(self, before: _Told, places: Mapping[str, int]) -> set[int]:
        """Give the places of those of whom something else was told before, of the same ones. `places`: of each."""
        pairs: tuple[tuple[Sequence[object], Sequence[object]], ...] = (
            (self.steps, before.steps),
            (self.backs, before.backs),
            (self.contents, before.contents),
            (self.revisions, before.revisions),
        )
        found = {at for one, other in pairs for at in others_at(one, other)}
        return found.union(places[one] for one in self.failing ^ before.failing if one in places)

    def in_order(self, places: Mapping[str, int], order: Iterable[str]) -> _Told:
        """Give what was told of the revisions of another order, in which they had these places; None of new ones."""
        at = [places.get(one) for one in order]

        def moved(part: Sequence[T]) -> tuple[T | None, ...]:
            return tuple(None if one is None else part[one] for one in at)

        return _Told(moved(self.steps), moved(self.backs), moved(self.contents), moved(self.revisions), self.failing)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the rules said of a revision, by rule, where one said anything; and what they looked at."""

    seen: Seen
    found: Mapping[str, tuple[Finding, ...]]


@dataclass(slots=True)
class Judged:
    """What the rules said of the revisions, kept for the next time. `asked` is told of each that is judged again.

    `fixed`, `places`, `told`, `token`, `last`: what they were told of all, where each is, what of each, what stands
    for the states, and the schema at the end. `lookers`: who looked at what; `looking_far`: who looked at more than
    the states around itself. `saying`: those of whom something was said. `said`: what was found in all.
    """

    asked: Callable[[str], None] = lambda _revision: None
    fixed: object = None
    places: Mapping[str, int] | None = None
    told: _Told = _Told()
    token: object = None
    last: Schema | None = None
    known: dict[str, _Judged] = field(default_factory=dict)
    lookers: Lookers | None = None
    looking_far: set[str] = field(default_factory=set)
    saying: set[str] = field(default_factory=set)
    said: Mapping[object, Finding] = field(default_factory=dict)

    def shared(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Give the findings; those that were found the last time, too, are the same objects."""
        before, now = self.said, dict[object, Finding]()
        found: list[Finding] = []
        for one in findings:
            key = one.rule, one.table, one.object, one.message
            known = before.get(key)
            now[key] = known if known is not None and same(known, one) else one
            found.append(now[key])
        self.said = now
        return tuple(found)

    def moved(self, states: States) -> set[int] | None:
        """Give the places of those who looked at something that is another now; None where that is not known."""
        moved = states.moved_since(self.token)
        if moved is None or self.places is None:
            return None
        places = states.places
        if self.places is not places:
            self.told = self.told.in_order(self.places, places)
            self.known = {name: self.known[name] for name in places if name in self.known}
            self.looking_far &= places.keys()
            self.saying &= places.keys()
            self.places, self.lookers = places, None
        if self.lookers is None:
            known = [(places[name], one) for name, one in self.known.items()]
            known.sort(key=itemgetter(0))
            self.lookers = Lookers((at, dict.fromkeys(one.seen.places)) for at, one in known)
        return {*self.lookers.meeting(moved, before=0, after=1)}

    def put(self, at: int, revision: str, said: _Judged) -> None:
        """Keep what was said of a revision."""
        before = self.known.get(revision)
        self.known[revision] = said
        (self.looking_far.add if said.seen.everywhere or said.seen.end_notes else self.looking_far.discard)(revision)
        (self.saying.add if said.found else self.saying.discard)(revision)
        if self.lookers is not None:
            self.lookers.put(at, () if before is None else before.seen.places, said.seen.places)

    def forget(self) -> None:
        """Begin anew."""
        self.known, self.looking_far, self.saying, self.lookers, self.token = {}, set(), set(), None, None


def run_rules(
    context: Context,
    selects: Callable[[Rule], bool] = lambda _rule: True,
    level: Callable[[Rule], Level | None] = lambda rule: rule.level,
    rules: Iterable[Rule] = RULES,
    judged: Judged | None = None,
) -> tuple[Finding, ...]:
    """Give the findings of the rules that `selects` lets run.

    `level`: the level that the user wants a rule's findings to have; where it is the rule's own, each finding keeps the
    level that the rule gave it. What is not certain is never an error, whatever the user wants. `judged`: what was kept
    the last time.
    """
    chosen = [rule for rule in rules if selects(rule)]
    single = {rule.name: rule.check for rule in chosen if isinstance(rule.check, EachRevision)}
    judged = judged if judged is not None else Judged()
    found = _of_revisions(context, single, judged)
    return judged.shared(
        _set_level(one, rule, level(rule))
        for rule in chosen
        for one in (found.get(rule.name, ()) if rule.name in single else _run(rule.name, partial(rule.check, context)))
    )


def _of_revisions(context: Context, rules: Mapping[str, EachRevision], judged: Judged) -> dict[str, list[Finding]]:
    """Give what the rules say that judge each revision by itself."""
    migrated, states = context.migrated, context.migrated.states
    fixed = (
        tuple(rules),
        context.options,
        migrated.schema.dialect,
        (migrated.unseen, migrated.presumed),
        migrated.incomplete,
        context.declared.convention,
    )
    if not same(judged.fixed, fixed):
        judged.forget()
    judged.fixed = None  # who is stopped has judged some of them
    told, visit = _Told.of(context), visiting(context)
    for at, sure in _to_ask_about(judged, told, migrated):
        step = migrated.steps[at]
        before, now = judged.known.get(step.revision), visit(step)
        if sure or before is None or not before.seen.is_there(now):
            judged.asked(step.revision)
            found = _judge(context, rules, now)
            judged.put(at, step.revision, _Judged(now.seen, found))
    judged.fixed, judged.places, judged.told = fixed, states.places, told
    judged.token, judged.last = states.token, migrated.schema
    found_by: dict[str, list[Finding]] = {}
    for one in sorted(judged.saying, key=states.places.__getitem__):
        for rule, findings in judged.known[one].found.items():
            found_by.setdefault(rule, []).extend(findings)
    return found_by


def _to_ask_about(judged: Judged, told: _Told, migrated: Migrated) -> Iterator[tuple[int, bool]]:
    """Give the places of the revisions of which the rules may say something else; and whether it is sure they may.

    Where it is not, they may look at something else, and say the same if it is not.
    """
    moved = judged.moved(migrated.states)
    if moved is None:
        judged.forget()
        yield from ((at, True) for at in range(len(told.steps)))
        return
    places = migrated.states.places
    others = told.other_than(judged.told, places)
    far = {places[one] for one in judged.looking_far} if judged.last is not migrated.schema or others or moved else ()
    yield from ((at, at in others) for at in sorted({*others, *moved, *far}))


def _judge(context: Context, rules: Mapping[str, EachRevision], at: Visit) -> dict[str, tuple[Finding, ...]]:
    said = {name: tuple(_run(name, partial(rule.one, context, at))) for name, rule in rules.items()}
    return {name: findings for name, findings in said.items() if findings}


def _run(name: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception:  # a rule that breaks is a bug of ours; the findings of all others are no less true
        import logging  # nobody else writes one here, and a start is quicker without

        logging.getLogger(__name__).exception("the rule %s failed", name)


def _set_level(finding: Finding, rule: Rule, wanted: Level | None) -> Finding:
    if wanted is None or wanted is rule.level or wanted is finding.level:
        return finding
    doubtful = finding.difference is not None and finding.difference.uncertain is not None
    return replace(finding, level=at_most_a_warning(wanted) if doubtful else wanted)
