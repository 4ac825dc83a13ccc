"""GitLab's Code Quality report, which merge requests show.

Example: `json.loads(gitlab(report))[0]["check_name"]`.
"""

from __future__ import annotations

import json

from driftline.cli.formats.report import Report, message
from driftline.rules.finding import Level

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.INFORMATION: "minor", Level.HINT: "info"}


def gitlab(report: Report) -> str:
    """Give the findings as a JSON list of issues."""
    issues = [
        {
            "description": message(one),
            "check_name": one.finding.rule,
            "fingerprint": mark,
            "severity": _SEVERITIES[one.finding.level],
            "location": {"path": report.path(one), "lines": {"begin": one.place.line, "end": one.place.end_line}},
        }
        for one, mark in zip(report.found, report.marks(), strict=True)
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
