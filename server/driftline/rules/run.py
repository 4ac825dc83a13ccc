"""Runs the rules over what was compared and replayed.

Example: `run_rules(context)` gives the findings of all rules, in the order of the rules.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from driftline.rules import RULES
from driftline.rules.drift_finding import at_most_a_warning
from driftline.rules.finding import Finding, Level
from driftline.rules.rule import Context, Rule

_LOG = logging.getLogger(__name__)


def run_rules(
    context: Context,
    selects: Callable[[Rule], bool] = lambda _rule: True,
    level: Callable[[Rule], Level | None] = lambda rule: rule.level,
    rules: Iterable[Rule] = RULES,
) -> tuple[Finding, ...]:
    """Give the findings of the rules that `selects` lets run.

    `level`: the level that the user wants a rule's findings to have; where it is the rule's own, each finding keeps the
    level that the rule gave it. What is not certain is never an error, whatever the user wants.
    """
    return tuple(_set_level(one, rule, level(rule)) for rule in rules if selects(rule) for one in _run(rule, context))


def _run(rule: Rule, context: Context) -> Iterator[Finding]:
    try:
        yield from rule.check(context)
    except Exception:  # noqa: BLE001 - a rule that breaks is a bug of ours; the findings of all others are no less true
        _LOG.exception("the rule %s failed", rule.name)


def _set_level(finding: Finding, rule: Rule, wanted: Level | None) -> Finding:
    if wanted is None or wanted is rule.level or wanted is finding.level:
        return finding
    doubtful = finding.difference is not None and finding.difference.uncertain is not None
    return replace(finding, level=at_most_a_warning(wanted) if doubtful else wanted)
