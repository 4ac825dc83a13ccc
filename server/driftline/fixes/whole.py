"""One revision for many findings: all drift of a table, or of the whole project.

Example: `closing(findings, project)` holds the changes that close them, and says which findings it leaves and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from driftline.dataclass import dataclass
from driftline.fixes.change import Change, Drop
from driftline.fixes.describe import describe
from driftline.fixes.fix import Fix, FixOffer
from driftline.fixes.offers import changes_of
from driftline.fixes.project import Project
from driftline.fixes.scaffold import Wish, parent_of, renderable, scaffold, with_needs
from driftline.python.values import Unknown
from driftline.rules.finding import Finding
from driftline.schema import Column, Table

_APART = {
    "validates-without-check": "its fix changes the model, too",
    "model-not-imported": "its table has a model, which env.py should import",
    "enum-order-mismatch": "another order of labels is rarely worth a new type; it has a fix of its own",
}
"""Rules whose findings are cured one by one, if at all, and why."""

_DROPS = "extra-table"
_KEPT = "a table may be meant to have no model, and what it holds would be lost"
"""Many a table without a model is another program's: nobody loses one by asking for all drift at once."""


@dataclass(frozen=True, slots=True)
class Closing:
    """`changes`: what the revision does, in order. `left`: findings that it does not close, and why, as a clause."""

    changes: tuple[Change, ...]
    closed: tuple[Finding, ...]
    left: tuple[tuple[Finding, str], ...]

    @property
    def lost(self) -> tuple[str, ...]:
        """The tables and columns (`users.name`) that are dropped with what they hold."""
        return tuple(
            one.part.key if isinstance(one.part, Table) else f"{one.table}.{one.part.name}"
            for one in self.changes
            if isinstance(one, Drop) and isinstance(one.part, Table | Column)
        )


def closing(findings: Iterable[Finding], project: Project, *, drop_tables: bool = False) -> Closing:
    """Gather what closes the drift among `findings`; a change that cannot be written down is left out, with others.

    `drop_tables`: also drop the tables that have no model.
    """
    drifts = [one for one in findings if one.difference is not None and one.difference.apparent is None]
    wanted: list[tuple[Finding, tuple[Change, ...]]] = []
    left: list[tuple[Finding, str]] = []
    for finding in drifts:
        kept = finding.rule in _APART or (finding.rule == _DROPS and not drop_tables)
        asked = None if kept else changes_of(finding, project)
        if asked:
            wanted.append((finding, asked))
        else:
            left.append((finding, _why_not(finding, drop_tables=drop_tables)))
    together = with_needs((change for _, several in wanted for change in several), project)
    if together is not None and renderable(together, project) is None:
        return Closing(together, tuple(finding for finding, _ in wanted), tuple(left))
    able: list[tuple[Finding, tuple[Change, ...]]] = []
    for finding, several in wanted:
        needed = with_needs(several, project)
        reason = "what it refers to is not known" if needed is None else renderable(needed, project)
        if needed is None or reason is not None:
            left.append((finding, reason or ""))
        else:
            able.append((finding, needed))
    changes = with_needs((change for _, several in able for change in several), project) or ()
    return Closing(changes, tuple(finding for finding, _ in able), tuple(left))


def _why_not(finding: Finding, *, drop_tables: bool) -> str:
    if finding.rule in _APART:
        return _APART[finding.rule]
    if finding.rule == _DROPS and not drop_tables:
        return _KEPT
    if finding.difference is not None and finding.difference.uncertain is not None:
        return f"it is not certain: {finding.difference.uncertain}"
    return "no operation closes it with certainty"


def closing_fix(found: Closing, project: Project, *, title: str, wish: Wish | None = None) -> Fix | None:
    """Build the fix that makes the revision, by the project's template, which is code; None where that is not clear."""
    return scaffold(found.changes, project, title=title, wish=wish)


ALL_DRIFT = "Create migration for all drift"


def whole_offers(findings: Sequence[Finding], project: Project, table: str | None) -> tuple[FixOffer, ...]:
    """Offer a revision for all drift of `table`, and of the project, where that is more than one finding."""
    drifts = [
        one
        for one in findings
        if one.difference is not None and one.rule not in {*_APART, _DROPS} and changes_of(one, project)
    ]
    of_table = [one for one in drifts if table is not None and one.table == table]
    offers: list[FixOffer] = []
    if 1 < len(of_table) < len(drifts):
        offers += _offer(of_table, project, f"Create migration for all drift of {table}")
    if len(drifts) > 1:
        offers += _offer(drifts, project, ALL_DRIFT)
    return tuple(offers)


def _offer(findings: Sequence[Finding], project: Project, title: str) -> list[FixOffer]:
    changes = [change for one in findings for change in changes_of(one, project) or ()]
    if project.source is None or isinstance(parent_of(changes, project), Unknown):
        return []

    def build() -> Fix | None:
        return closing_fix(closing(findings, project), project, title=title)

    return [FixOffer(title, "unsafe", build, revision=True)]


def said(found: Closing) -> str:
    """Say what the revision does, as a clause in the third person."""
    return describe(found.changes, third_person=True).replace("`", "")
