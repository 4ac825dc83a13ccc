"""Workflow commands of GitHub Actions, which annotate the lines of a pull request.

Example: `::error file=app/models.py,line=7,col=5,title=missing-check::…`.
"""

from __future__ import annotations

from driftline.cli.findings import Placed
from driftline.cli.formats.report import Report, message
from driftline.rules.finding import Level

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFORMATION: "notice", Level.HINT: "notice"}


def github(report: Report) -> str:
    """Give the findings as commands, a line each."""
    return "".join(f"{_command(report, one)}\n" for one in report.found)


def _command(report: Report, one: Placed) -> str:
    place = one.place
    where = {"file": report.path(one), "line": place.line, "endLine": place.end_line}
    if place.end_line == place.line:  # GitHub takes columns only within one line
        where |= {"col": place.column, "endColumn": place.end_column}
    where["title"] = f"driftline: {one.finding.rule}"
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in where.items())
    return f"::{_COMMANDS[one.finding.level]} {listed}::{_data(message(one))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
