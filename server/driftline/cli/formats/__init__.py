"""Findings in the formats of other programs: code hosts and their CI. A module for each, and what they share.

Example: `FORMATS["sarif"](report)` is the text that `driftline check --format sarif` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from driftline.cli.formats.report import Report


def _sarif(report: Report) -> str:
    from driftline.cli.formats.sarif import sarif

    return sarif(report)


def _github(report: Report) -> str:
    from driftline.cli.formats.github import github

    return github(report)


def _gitlab(report: Report) -> str:
    from driftline.cli.formats.gitlab import gitlab

    return gitlab(report)


def _junit(report: Report) -> str:
    from driftline.cli.formats.junit import junit

    return junit(report)


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "sarif": _sarif,
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
}
"""What renders each format; its module is imported when it is asked for."""
