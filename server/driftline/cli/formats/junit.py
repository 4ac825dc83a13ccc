"""JUnit's XML, which most CI servers read: a suite for each file, a case for each finding.

A finding that makes the command fail is a failure, another one a case that passed and says something. Where nothing is
found there is one case, which passed: some servers take an empty report for a broken one.

Example: `junit(report)` has `<testcase name="missing-check at 7:5" …>`.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from driftline.cli.findings import Placed
from driftline.cli.formats.report import Report, message
from driftline.regex import regex

_NOT_XML = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for."""


def junit(report: Report) -> str:
    """Give the findings as a JUnit report."""
    return "\n".join(('<?xml version="1.0" encoding="utf-8"?>', *_suites(report), ""))


def _suites(report: Report) -> Iterator[str]:
    suites: dict[str, list[Placed]] = {}
    for one in report.found:
        suites.setdefault(report.path(one), []).append(one)
    failures = sum(map(report.fails, report.found))
    yield f'<testsuites name="driftline" tests="{len(report.found) or 1}" failures="{failures}" errors="0">'
    for path, ones in suites.items():
        failures = sum(map(report.fails, ones))
        yield f'  <testsuite name={_quoted(path)} tests="{len(ones)}" failures="{failures}" errors="0">'
        for one in ones:
            yield from _case(report, one, path)
        yield "  </testsuite>"
    if not suites:
        yield '  <testsuite name="driftline" tests="1" failures="0" errors="0">'
        yield '    <testcase name="nothing is found" classname="driftline"/>'
        yield "  </testsuite>"
    yield "</testsuites>"


def _case(report: Report, one: Placed, path: str) -> Iterator[str]:
    finding, place = one.finding, one.place
    name = _quoted(f"{finding.rule} at {place.line}:{place.column}")
    text = f"{path}:{place.line}:{place.column}: {finding.level.value}[{finding.rule}] {message(one)}"
    yield f'    <testcase name={name} classname={_quoted(path)} file={_quoted(path)} line="{place.line}">'
    if report.fails(one):
        yield f'      <failure type="{finding.level.value}" message={_quoted(message(one))}>{_text(text)}</failure>'
    else:
        yield f"      <system-out>{_text(text)}</system-out>"
    yield "    </testcase>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text))
