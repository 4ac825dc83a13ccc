"""Runs the rules over what was compared and replayed.

Rules that judge each revision by itself are asked about those alone of which something is other than the last time.

Example: `run_rules(context)` gives the findings of all rules, in the order of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass, field, replace
from driftline.python.same import same
from driftline.rules import RULES
from driftline.rules.drift_finding import at_most_a_warning
from driftline.rules.finding import Finding, Level
from driftline.rules.rule import Context, Rule
from driftline.rules.visit import Between, EachRevision, Visit, visiting, would_see_the_same

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.graph import Revision
    from driftline.migrations.history import Step
    from driftline.schema import Schema


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the rules said of a revision. `revision`: what the graph says of it; `found`: by rule, if there is any."""

    visit: Visit
    revision: Revision | None
    found: Mapping[str, tuple[Finding, ...]]

    def is_of(self, context: Context, step: Step, revision: Revision | None, failing: bool) -> bool:  # noqa: FBT001
        """Whether they were asked about the very same, and looked at nothing that does not come before it."""
        visit = self.visit
        return (
            visit.step is step
            and self.revision is revision
            and visit.failing is failing
            and visit.back is context.downgrades.get(step.revision)
            and visit.contents is context.contents.get(step.revision)
            and not visit.everywhere
            and not visit.end_notes
        )

    def holds(self, at: Visit, revision: Revision | None, between: Between) -> bool:
        """Whether they would say it again. `between`: the places that two states of a step are known to differ in."""
        before, back = self.visit, at.back
        return (
            before.step.changed is at.step.changed
            and before.step.operations is at.step.operations
            and _does_the_same(before.back, back)
            and before.contents is at.contents
            and before.failing is at.failing
            and self.revision is revision
            and would_see_the_same(before, at, between)
        )

    def go_on(self, at: Visit) -> None:
        """Take note that it holds for a revision as it is now."""
        self.visit.step, self.visit.back, self.visit.end = at.step, at.back, at.end


def _does_the_same(before: Downgrade | None, now: Downgrade | None) -> bool:
    """Whether two replays of a downgrade changed the same, though one may begin from another schema."""
    return now is before or (now is not None and before is not None and now.changed is before.changed)


@dataclass(slots=True)
class Judged:
    """What the rules said of the revisions, kept for the next time. `asked` is told of each that is judged again."""

    asked: Callable[[str], None] = lambda _revision: None
    between: Between = lambda _one, _other: None
    fixed: object = None
    known: Mapping[str, _Judged] = field(default_factory=dict)
    last: Schema | None = None
    """The schema at the end of the history that they were asked about."""


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
    found = _of_revisions(context, single, judged if judged is not None else Judged())
    return tuple(
        _set_level(one, rule, level(rule))
        for rule in chosen
        for one in (found.get(rule.name, ()) if rule.name in single else _run(rule.name, partial(rule.check, context)))
    )


def _of_revisions(context: Context, rules: Mapping[str, EachRevision], judged: Judged) -> dict[str, list[Finding]]:
    """Give what the rules say that judge each revision by itself."""
    migrated = context.migrated
    hidden = migrated.unseen, migrated.presumed
    fixed = (
        tuple(rules),
        context.options,
        migrated.schema.dialect,
        hidden,
        migrated.incomplete,
        context.declared.convention,
    )
    known = judged.known if same(judged.fixed, fixed) else {}
    last = judged.last if known else None
    judged.fixed, judged.known = None, {}
    now: dict[str, _Judged] = {}
    found: dict[str, list[Finding]] = {}
    visit, failing = visiting(context), {one.revision for one in migrated.problems}
    for step in migrated.steps:
        name = step.revision
        revision = context.graph.revisions.get(name)
        kept = known.get(name)
        if kept is not None and kept.is_of(context, step, revision, name in failing):
            now[name] = kept
            for rule, findings in kept.found.items():
                found.setdefault(rule, []).extend(findings)
            continue
        at = visit(step)
        if (
            kept is None
            or (kept.visit.everywhere and last is not migrated.schema)
            or not kept.holds(at, revision, judged.between)
        ):
            judged.asked(name)
            kept = _Judged(at, revision, _judge(context, rules, at))
        else:
            kept.go_on(at)
        now[name] = kept
        if kept.found:
            for rule, findings in kept.found.items():
                found.setdefault(rule, []).extend(findings)
    judged.fixed, judged.known, judged.last = fixed, now, migrated.schema
    return found


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
