"""Findings as text and as JSON, in the words of the findings contract (DESIGN.md).

Example: `document(analyses, folder)["summary"]["error"]` is the number of findings at error level.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis, Location
from driftline.engine.not_understood import unknown_places, where
from driftline.engine.places import place_of
from driftline.rules.finding import Finding, Level
from driftline.schema.document import UnknownPlace
from driftline.sources.paths import relative_to

if TYPE_CHECKING:
    from driftline.sources.environment import ConfigProblem


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding, where it is, and the analysis that it is from."""

    finding: Finding
    place: Location
    analysis: Analysis


def placed(analyses: Iterable[Analysis], files: frozenset[str] | None = None) -> tuple[Placed, ...]:
    """Give the findings of all analyses with their places (only those on `files`, where given), ordered by place.

    What is found of one history for several databases (the `multidb` template) is given once.
    """
    found = [Placed(one, place_of(one, analysis), analysis) for analysis in analyses for one in analysis.findings]
    kept: dict[tuple[object, ...], Placed] = {}
    for one in found:
        if files is None or one.place.path in files:
            kept.setdefault(_said(one), one)
    return tuple(sorted(kept.values(), key=_order))


def _said(one: Placed) -> tuple[object, ...]:
    """What a finding says, and of which script folder."""
    return one.place, one.finding.rule, one.finding.message, one.analysis.environment.script_location


def _order(one: Placed) -> tuple[str, int, int, str]:
    folder = one.analysis.folder or ""
    return relative_to(one.place.path, folder), one.place.line, one.place.column, one.finding.rule


def document(
    analyses: Sequence[Analysis],
    folder: str,
    found: Sequence[Placed],
    files: frozenset[str] | None = None,
    broken: Iterable[ConfigProblem] = (),
) -> dict[str, object]:
    """Give the object of the findings contract: `found`, what was not read (on `files`, where given), and a summary.

    `broken`: what is wrong with environments that could not be analysed at all; it was not read either.
    """
    return {
        "findings": [_finding(one, folder) for one in found],
        "unknown": [
            {"path": relative_to(one.path, folder), "line": one.line, "reason": one.reason}
            for one in not_understood(analyses, files, broken)
        ],
        "summary": summary(analyses, found),
    }


def not_understood(
    analyses: Iterable[Analysis], files: frozenset[str] | None = None, broken: Iterable[ConfigProblem] = ()
) -> tuple[UnknownPlace, ...]:
    """Give the places of all analyses that could not be read (on `files`, where given), by their absolute paths.

    `broken`: what else was not read.
    """
    unknown = {UnknownPlace(one.path, one.line, one.message) for one in broken}
    unknown |= {
        one
        for analysis in analyses
        for one in unknown_places(analysis.unknown, analysis.environment, analysis.locate)
        if files is None or one.path in files
    }
    return tuple(sorted(unknown, key=where))


def summary(analyses: Sequence[Analysis], found: Iterable[Placed]) -> dict[str, Any]:
    """Count tables, models, revisions, and findings by level."""
    levels = Counter(one.finding.level for one in found)
    return {
        "tables": {
            "declared": sum(len(one.declared.schema.tables) for one in analyses),
            "migrated": sum(len(one.migrated.schema.tables) for one in analyses),
        },
        "models": sum(
            mapped.reached and mapped.table is not None for one in analyses for mapped in one.declared.classes
        ),
        "revisions": sum(len(one.graph.revisions) for one in analyses),
        **{level.value: levels[level] for level in Level},
    }


def _finding(one: Placed, folder: str) -> dict[str, object]:
    from driftline.fixes import fixes_for  # only JSON tells of fixes

    finding, place = one.finding, one.place
    return {
        "rule": finding.rule,
        "group": finding.group,
        "level": finding.level.value,
        "message": finding.message,
        "path": relative_to(place.path, folder),
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "table": finding.table,
        "object": finding.object,
        "revision": finding.revision,
        "environment": one.analysis.environment.label,
        "operations": [{"op": each.op, "table": each.table, "name": each.name} for each in finding.operations],
        "related": list(_related(one, folder)),
        "fixes": [{"title": fix.title, "applicability": fix.applicability} for fix in fixes_for(finding, one.analysis)],
    }


def _related(one: Placed, folder: str) -> Iterator[dict[str, object]]:
    for related in one.finding.related:
        place = one.analysis.locate(related.origin)
        if place is not None:
            yield {
                "path": relative_to(place.path, folder),
                "line": place.line,
                "column": place.column,
                "message": related.message,
            }
