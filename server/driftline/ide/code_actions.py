"""Quick fixes at a range: which there are (cheap), and what one of them does (built on the user's word).

An offer is named by what it is about and its title, so that the server keeps no state between listing and building:
building looks the finding up again in the analysis of that moment.

Example: `offers_at(view, "/p/models.py", Span(120, 180))[0].title == "Insert ForeignKey(…)"`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from driftline.engine.analysis import Analysis
from driftline.fixes import fixes_for
from driftline.fixes.fix import Fix, FixOffer
from driftline.ide.diagnostics import Diagnostic, diagnostics
from driftline.ide.view import View
from driftline.rules.finding import Finding
from driftline.text import Span


@dataclass(frozen=True, slots=True)
class OfferKey:
    """What names an offer across requests; all of it survives JSON."""

    environment: str
    rule: str
    table: str | None
    object: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A quick fix for a diagnostic.

    `preferred`: it is safe, and the first safe one for its diagnostic. `creates`: it makes a file.
    """

    key: OfferKey
    diagnostic: Diagnostic
    preferred: bool
    creates: bool

    @property
    def title(self) -> str:
        """What the menu says."""
        return self.key.title


def offers_at(view: View, path: str, span: Span) -> tuple[Offer, ...]:
    """Give the fixes for the diagnostics of the file `path` that touch `span` (code points), in their order."""
    touching = [
        one
        for one in diagnostics(view).get(path, ())
        if one.place.span.start <= span.end and span.start <= one.place.span.end
    ]
    return tuple(offer for one in touching for offer in _of_diagnostic(view, one))


def _of_diagnostic(view: View, diagnostic: Diagnostic) -> Iterator[Offer]:
    finding = diagnostic.finding
    for analysis in view.analyses:
        if analysis.environment.label == diagnostic.environment:
            fixes = fixes_for(finding, analysis)
            preferred = next((one for one in fixes if one.applicability == "safe"), None)
            for fix in fixes:
                yield Offer(_key(analysis, finding, fix), diagnostic, fix is preferred, fix.revision)
            return


def build(view: View, key: OfferKey) -> Fix | None:
    """Build the fix that `key` names; None where its finding or the fix is gone by now."""
    for analysis in view.analyses:
        if analysis.environment.label != key.environment:
            continue
        for finding in analysis.findings:
            if (finding.rule, finding.table, finding.object) != (key.rule, key.table, key.object):
                continue
            for fix in fixes_for(finding, analysis):
                if fix.title == key.title:
                    return fix.build()
    return None


def _key(analysis: Analysis, finding: Finding, fix: FixOffer) -> OfferKey:
    return OfferKey(analysis.environment.label, finding.rule, finding.table, finding.object, fix.title)
