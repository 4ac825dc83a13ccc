"""The figures of a project that the baseline keeps: all that a change of Driftline can change, and nothing of a clock.

Example: `figures(project, reading, truth, …).documents["models"].recall`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.ecosystem.agreement import Agreement, agree
from tests.ecosystem.judgement import Excepted, Judged, Verdict, judge
from tests.ecosystem.reading import Reading
from tests.ecosystem.score import Score, score
from tests.ecosystem.truth import Truth


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of Driftline's reading of one project.

    `scores`, `agreement`: raw; `excepted_scores` and `excepted_agreement` without what `exceptions.toml` names. All are
    empty or None where there is no truth to hold against. `stale`: exceptions that nothing needs.
    `unknown`: how often each reason was given, names in it folded. `dialect`: what Driftline would guess; the
    truth's is what it was told.
    """

    project: str
    revisions: int = 0
    declared: int = 0
    migrated: int = 0
    scores: Mapping[str, Score] = field(default_factory=dict)
    excepted_scores: Mapping[str, Score] = field(default_factory=dict)
    agreement: Agreement | None = None
    excepted_agreement: Agreement | None = None
    findings: Mapping[str, int] = field(default_factory=dict)
    unknown: Mapping[str, int] = field(default_factory=dict)
    judged: Judged = field(default_factory=Judged)
    dialect: str = ""
    crashes: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


def figures(
    project: str,
    reading: Reading,
    truth: Truth | None,
    exceptions: Sequence[Excepted],
    verdicts: Sequence[Verdict],
) -> Figures:
    """Work out the figures. A document that should be there and is not (a crash) states nothing at all."""
    known = truth if truth is not None else Truth()
    own = [one for one in exceptions if one.project == project]
    excepted = {name: {one.fact for one in own if one.document == name} for name in (*known.documents, "drift")}
    nothing = {"dialect": "", "tables": {}, "enums": {}}
    stated = {name: reading.documents.get(name, nothing) for name in known.documents}
    scores = {name: score(known.documents[name], stated[name]) for name in known.documents}
    agreement = agree(known.drift, reading.findings) if known.drift is not None else None
    tables = reading.check.get("summary", {}).get("tables", {})
    return Figures(
        project=project,
        revisions=reading.check.get("summary", {}).get("revisions", 0),
        declared=tables.get("declared", 0),
        migrated=tables.get("migrated", 0),
        scores=scores,
        excepted_scores={
            name: score(known.documents[name], stated[name], excepted[name]) if excepted[name] else raw
            for name, raw in scores.items()
        },
        agreement=agreement,
        excepted_agreement=(
            agree(known.drift, reading.findings, excepted["drift"]) if known.drift is not None else None
        ),
        findings=dict(sorted(Counter(one["rule"] for one in reading.findings).items())),
        unknown=dict(sorted(Counter(folded(one["reason"]) for one in reading.check.get("unknown", ())).items())),
        judged=judge(project, reading.findings, known.drift, verdicts),
        dialect=reading.dialect,
        crashes=tuple(sorted(reading.crashes)),
        stale=tuple(sorted(_stale(own, scores, agreement))) if truth is not None else (),
    )


def _stale(own: Sequence[Excepted], scores: Mapping[str, Score], agreement: Agreement | None) -> set[str]:
    """The exceptions (as `document: fact`) whose fact does not differ."""
    differing = {(name, str(one.fact)) for name, found in scores.items() for one in found.wrong}
    if agreement is not None:
        differing |= {("drift", one) for one in (*agreement.missed, *agreement.invented)}
    return {f"{one.document}: {one.fact}" for one in own if (one.document, one.fact) not in differing}


def folded(reason: str) -> str:
    """A reason without the names, places and numbers in it, so that the same reason is counted as the same."""
    reason = re.sub(r"(?<![\w`'\"])/(?:[^\s/`'\"]+/)+[^\s/`'\"]*", "`…`", reason)
    without_names = re.sub(r"`[^`]*`|\"[^\"]*\"|'[^']*'", "`…`", " ".join(reason.split()))
    return re.sub(r"(`…`(, | and | or )?)+`…`", "`…`", re.sub(r"\b\d+\b", "N", without_names))
