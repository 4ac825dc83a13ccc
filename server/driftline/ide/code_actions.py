"""Quick fixes at a range: which there are (cheap), and what one of them does (built on the user's word).

An offer is named by what it is about and its title, so that the server keeps no state between listing and building:
building looks the finding up again in the analysis of that moment.

Example: `offers_at(view, "/p/models.py", Span(120, 180))[0].title == "Insert ForeignKey(…)"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.dataclass import dataclass, replace
from driftline.engine.analysis import Analysis
from driftline.fixes import fixes_for
from driftline.fixes.differing import differing
from driftline.fixes.edited import Edited
from driftline.fixes.fix import Fix, FixOffer, Unbuildable
from driftline.fixes.scaffold import parent_of
from driftline.fixes.whole import ALL_DRIFT, closing, closing_fix, whole_offers
from driftline.ide.diagnostics import Diagnostic, diagnostics
from driftline.ide.view import View
from driftline.migrations.graph import broken
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.sources.paths import file_name
from driftline.text import Span, TextEdit

FIX_ALL = "Fix all that is safe to fix"
"""The title of the action that makes all safe fixes of a file."""


@dataclass(frozen=True, slots=True)
class OfferKey:
    """What names an offer across requests; all of it survives JSON. `rule` is "" where it is for many findings.

    `environment`: the key of it. `revision`: of a finding about the history, which may say the same of others.
    `place`: what tells it from the others of its like in one revision.
    """

    environment: str
    rule: str
    table: str | None
    object: str | None
    title: str
    revision: str | None = None
    place: str = ""


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
    return (*(offer for one in touching for offer in _of_diagnostic(view, one)), *_of_all(view, touching))


def _of_diagnostic(view: View, diagnostic: Diagnostic) -> Iterator[Offer]:
    finding = diagnostic.finding
    for analysis in view.analyses:
        if analysis.environment.key == diagnostic.of:
            fixes = fixes_for(finding, analysis)
            preferred = next((one for one in fixes if one.applicability == "safe"), None)
            for fix in fixes:
                yield Offer(_key(analysis, finding, fix.title), diagnostic, fix is preferred, fix.revision)
            return


def _of_all(view: View, touching: Sequence[Diagnostic]) -> Iterator[Offer]:
    """Give the fixes for more than one finding: all drift of the table at hand, all of the project."""
    drifts = [one for one in touching if one.finding.difference is not None]
    for analysis in view.analyses:
        own = [one for one in drifts if one.of == analysis.environment.key]
        seen: set[str] = set()
        for table in dict.fromkeys(one.finding.table for one in own):
            diagnostic = next(one for one in own if one.finding.table == table)
            for fix in whole_offers(analysis.findings, analysis, table):
                if fix.title not in seen:
                    seen.add(fix.title)
                    key = OfferKey(analysis.environment.key, "", table, None, fix.title)
                    yield Offer(key, diagnostic, preferred=False, creates=True)


def has_safe_fixes(view: View, path: str) -> bool:
    """Whether there is a safe fix for a finding that stands in the file `path`."""
    return any(fix.applicability == "safe" for _, _, fixes in _standing_in(view, path) for fix in fixes)


def fix_all(view: View, path: str) -> Fix | None:
    """Build the safe fixes of all findings that stand in the file `path`, one on top of the other; None without any.

    Those that wait for another (both change one statement) are left for the next time.
    """
    edits: dict[str, tuple[TextEdit, ...]] = {}
    edited: dict[str, Edited] = {}
    for analysis, finding, _ in _standing_in(view, path):
        project = edited.setdefault(analysis.environment.key, Edited(analysis))
        offer = next((one for one in fixes_for(finding, project) if one.applicability == "safe"), None)
        fix = offer.build() if offer is not None else None
        if fix is not None and not fix.creates:
            project.apply(fix.edits)
    for project in edited.values():
        for changed, text in project.texts.items():
            edits.setdefault(changed, differing(project.original(changed), text))
    return Fix(FIX_ALL, "safe", edits) if edits else None


def _standing_in(view: View, path: str) -> Iterator[tuple[Analysis, Finding, tuple[FixOffer, ...]]]:
    for one in diagnostics(view).get(path, ()):
        for analysis in view.analyses:
            if analysis.environment.key == one.of and not one.mirror:
                yield analysis, one.finding, fixes_for(one.finding, analysis)


def migration(view: View, path: str | None) -> Fix | str:
    """Build the revision that closes all drift of one environment; or say why there is none, as a sentence.

    Of several with drift it is the one that the file `path` belongs to.
    """
    if not view.analyses:
        return next((f"{one.path}: {one.message}." for one in view.problems), "There is no Alembic environment here.")
    drifting = [
        (one, found) for one in view.analyses if (found := closing(one.findings, one)).changes or _has_drift(one)
    ]
    if len(drifting) > 1 and path is not None:
        drifting = [(one, found) for one, found in drifting if _belongs(one, path)] or drifting
    if not drifting:
        unsure = next((problem for one in view.analyses if (problem := broken(one.graph)) is not None), None)
        return (
            "Models and migrations agree: there is no drift to close."
            if unsure is None
            else f"What the migrations add up to is not known: {_stated(unsure)}."
        )
    if len(drifting) > 1:
        labels = [one.environment.label for one, _ in drifting]
        if len(set(labels)) == len(labels):
            return (
                f"Several Alembic environments have drift ({', '.join(labels)}): open a file of the one that is meant."
            )
        ways = " or ".join(f"`driftline revision --environment {one.environment.name}`" for one, _ in drifting)
        return f"Several Alembic environments have drift; run {ways} for the one that is meant."
    ((analysis, found),) = drifting
    if not found.changes:
        return "No operation closes this drift with certainty: see the findings themselves."
    parent = parent_of(found.changes, analysis)
    if isinstance(parent, Unknown):
        heads = " or ".join(f"`driftline revision --head {head}`" for head in analysis.graph.heads)
        way = f" Merge them first, or run {heads}." if broken(analysis.graph) is None else ""
        return f"It is not clear which revision a new one follows: {_stated(parent)}.{way}"
    try:
        fix = closing_fix(found, analysis, title=ALL_DRIFT)
    except Unbuildable as refused:
        return str(refused)
    return fix if fix is not None else "There is a file of the new revision's name already."


def _stated(problem: Unknown) -> str:
    """Say why something is not known, and in which file."""
    path = problem.origin.path
    return problem.reason if path is None else f"{file_name(path)}: {problem.reason}"


def _has_drift(analysis: Analysis) -> bool:
    return any(one.difference is not None and one.difference.apparent is None for one in analysis.findings)


def _belongs(analysis: Analysis, path: str) -> bool:
    revisions = {one.path for one in analysis.graph.revisions.values()}
    return path in revisions or path in analysis.declared.reads or path in analysis.migrated.reads


def build(view: View, key: OfferKey) -> Fix | str | None:
    """Build the fix that `key` names; None where its finding or the fix is gone by now; or why it cannot be built."""
    offer = _offer_of(view, key)
    try:
        return None if offer is None else offer.build()
    except Unbuildable as refused:
        return str(refused)


def _offer_of(view: View, key: OfferKey) -> FixOffer | None:
    for analysis in view.analyses:
        if analysis.environment.key != key.environment:
            continue
        if not key.rule:
            whole = whole_offers(analysis.findings, analysis, key.table)
            return next((fix for fix in whole if fix.title == key.title), None)
        keys = [
            (finding, _key(analysis, finding, key.title)) for finding in analysis.findings if finding.rule == key.rule
        ]
        alike = [(finding, own) for finding, own in keys if replace(own, place=key.place) == key]
        for finding, own in alike:
            if own.place == key.place or len(alike) == 1:
                return next((fix for fix in fixes_for(finding, analysis) if fix.title == key.title), None)
    return None


def _key(analysis: Analysis, finding: Finding, title: str) -> OfferKey:
    history = finding.difference is None
    site = finding.origin.site if history else None
    return OfferKey(
        analysis.environment.key,
        finding.rule,
        finding.table,
        finding.object,
        title,
        finding.revision if history else None,
        "" if site is None else f"{site.path}:{site.scope}:{site.says}:{site.nth}",
    )
