"""Findings as an editor shows them: by file, each with its place and the places of its other half.

A drift finding stands on the model and is mirrored, as a hint, on the migration call that made the migrated half, so
that whoever reads the revision sees it too; only one of the two is listed as a problem.

Example: `diagnostics(view)["/p/models.py"][0].rule == "missing-check"`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.ide.view import Place, View
from driftline.rules.finding import Finding, Level
from driftline.sources.environment import ConfigProblem
from driftline.text import Span

CONFIGURATION = "configuration"
"""What stands in the place of a rule's name for a problem of a configuration file, which no rule reports."""

_START = Span(0, 0)


@dataclass(frozen=True, slots=True)
class RelatedPlace:
    """A place that belongs to a diagnostic, and what is to be seen there."""

    place: Place
    message: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding at a place. `mirror`: it is the other half of a finding that stands elsewhere.

    `environment`: the label of its environment, as people see it. `of`: the key of that.
    `mark`: what is underlined, the first line of the place: an editor would underline the margin of all others.
    """

    place: Place
    mark: Place
    level: Level
    rule: str
    message: str
    finding: Finding
    environment: str
    of: str
    related: tuple[RelatedPlace, ...] = ()
    mirror: bool = False


def diagnostics(view: View) -> dict[str, tuple[Diagnostic, ...]]:
    """Give the diagnostics of every file that has some, by absolute path, in their order."""
    return {path: in_order(ones) for path, ones in by_file(view, of_finding).items()}


def by_file(
    view: View, of_finding: Callable[[View, Analysis, Finding], Iterable[Diagnostic]]
) -> dict[str, list[Diagnostic]]:
    """Give what `of_finding` makes of each finding, and problems of configurations, by the files' absolute paths."""
    found: dict[str, list[Diagnostic]] = {}
    for problem in view.problems:
        one = _of_problem(view, problem)
        found.setdefault(one.place.path, []).append(one)
    for analysis in view.analyses:
        for finding in analysis.findings:
            for one in of_finding(view, analysis, finding):
                found.setdefault(one.place.path, []).append(one)
    return found


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Give the diagnostics of one file, ordered by place, rule and message.

    What is found of one history for several databases (the `multidb` template) is given once.
    """
    said: dict[tuple[object, ...], Diagnostic] = {}
    for one in found:
        said.setdefault((one.place, one.rule, one.message, one.environment, one.mirror), one)
    return tuple(sorted(said.values(), key=_order))


def of_finding(view: View, analysis: Analysis, finding: Finding) -> Iterator[Diagnostic]:
    """Give the diagnostics of one finding: where it stands, then its mirror; none where its node is gone."""
    path = finding.path or analysis.environment.config_path or analysis.environment.env_path
    place = view.place(finding.origin) or (Place(path, _START) if path is not None else None)
    if place is None:
        return
    label, key = analysis.environment.label, analysis.environment.key
    halves = tuple(
        RelatedPlace(there, related.message)
        for related in finding.related
        if (there := view.place(related.origin)) is not None
    )
    mark = view.first_line(place)
    yield Diagnostic(place, mark, finding.level, finding.rule, finding.message, finding, label, key, halves)
    # Only the first of the other half's places is mirrored: the call that made it, or that touched the table last.
    for half in halves[:1]:
        if half.place.path != place.path:
            back = (RelatedPlace(place, "the other half is here"),)
            mark = view.first_line(half.place)
            yield Diagnostic(
                half.place, mark, Level.HINT, finding.rule, finding.message, finding, label, key, back, mirror=True
            )


def _of_problem(view: View, problem: ConfigProblem) -> Diagnostic:
    syntax = view.syntax(problem.path)
    span = _START
    if syntax is not None and 0 < problem.line <= syntax.index.line_count:
        start = syntax.index.starts[problem.line - 1]
        span = Span(start, start + len(syntax.index.line_text(problem.line - 1)))
    message = problem.message[:1].upper() + problem.message[1:]  # on the command line a path stands before it
    finding = Finding(CONFIGURATION, CONFIGURATION, Level.ERROR, message, path=problem.path)
    place = Place(problem.path, span)
    return Diagnostic(place, place, Level.ERROR, CONFIGURATION, message, finding, "", "")


def _order(one: Diagnostic) -> tuple[int, int, str, str]:
    return one.place.span.start, one.place.span.end, one.rule, one.message
