"""SARIF 2.1.0 (OASIS), as code scanning services take it.

Columns count Unicode code points, and ends are exclusive, as everywhere in Driftline.

Example: `json.loads(sarif(report))["runs"][0]["results"][0]["ruleId"]`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from driftline import __version__
from driftline.cli.findings import Placed
from driftline.cli.formats.report import Report, message
from driftline.engine.analysis import Location
from driftline.rules import RULES
from driftline.rules.finding import Level
from driftline.sources.paths import relative_to

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "note", Level.HINT: "note"}
_ROOT = "SRCROOT"


def sarif(report: Report) -> str:
    """Give the findings as a SARIF log with one run."""
    names = list(dict.fromkeys(one.finding.rule for one in report.found))
    run = {
        "tool": {"driver": {"name": "driftline", "version": __version__, "rules": [_rule(name) for name in names]}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(report, one, mark, names.index(one.finding.rule))
            for one, mark in zip(report.found, report.marks(), strict=True)
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(name: str) -> dict[str, Any]:
    rule = next(one for one in RULES if one.name == name)
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"`driftline rule {name}` explains it."},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {"tags": [rule.group.value]},
    }


def _result(report: Report, one: Placed, mark: str, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[one.finding.level],
        "message": {"text": message(one)},
        "locations": [{"physicalLocation": _place(report, one.place)}],
        "partialFingerprints": {"driftline/v1": mark},
    }
    related = list(_related(report, one))
    if related:
        result["relatedLocations"] = related
    return result


def _related(report: Report, one: Placed) -> Iterator[dict[str, Any]]:
    for half in one.finding.related:
        place = one.analysis.locate(half.origin)
        if place is not None:
            yield {"physicalLocation": _place(report, place), "message": {"text": half.message}}


def _place(report: Report, place: Location) -> dict[str, Any]:
    path = relative_to(place.path, report.folder)
    inside = path != place.path
    artifact = {"uri": quote(path) if inside else f"file://{quote(path)}", **({"uriBaseId": _ROOT} if inside else {})}
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
    return {"artifactLocation": artifact, "region": region}
