"""A finding, as the audit tells it.

Example: `Entry("missing-check", "drift", "CRITICAL", "audit_logs", …)`.
"""

from __future__ import annotations

from typing import Literal

from driftline.dataclass import dataclass
from driftline.report.impact import impact_of
from driftline.report.place import Place, Places
from driftline.rules.finding import Finding, Level

Severity = Literal["CRITICAL", "WARNING", "NOTE"]
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "WARNING", "NOTE")


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding. `group`: its rule's (`drift`, `history` …). `item`: the column, constraint or index.

    `impact`: why it matters, a sentence, where its rule says. `related`: the other half: where it is, and what
    is to be seen there.
    """

    rule: str
    group: str
    severity: Severity
    table: str | None
    item: str | None
    message: str
    place: Place
    related: tuple[tuple[Place, str], ...]
    impact: str | None
    backwards: bool = False
    """Whether it is about a downgrade."""
    known: bool = False
    """Whether the project's baseline has it."""


def severity_of(level: Level) -> Severity:
    """Give the audit's word for a level."""
    return "CRITICAL" if level is Level.ERROR else "WARNING" if level is Level.WARNING else "NOTE"


def entry_of(finding: Finding, places: Places) -> Entry:
    """Tell a finding."""
    related = [(places.of(one.origin), one.message) for one in finding.related]
    return Entry(
        finding.rule,
        finding.group,
        severity_of(finding.level),
        finding.table,
        finding.object,
        finding.message,
        places.of_finding(finding),
        tuple((place, message) for place, message in related if place is not None),
        impact_of(finding.rule),
        backwards=finding.backwards,
        known=places.analysis.known is not None and any(one is finding for one in places.analysis.known.findings),
    )
