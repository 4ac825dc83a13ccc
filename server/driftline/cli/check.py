"""`driftline check`: findings, one a line, or as JSON.

Example: `app/models/user.py:7:5: error[missing-check] …`
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence

from driftline.cli.workspace import (
    add_environment_arguments,
    ensure_readable,
    open_paths,
    shown,
    warn,
)

LEVELS = ("error", "warning", "information", "hint")
"""The levels of findings, the worst first."""

_COLOURS = {"error": "31", "warning": "33", "information": "36", "hint": "2"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline check`."""
    parser.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="folders to look into (default: the current one), or files: then only findings on these are printed",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how findings are printed")
    parser.add_argument("--select", action="extend", type=_words, default=[], metavar="RULES", help="run only these rules")
    parser.add_argument("--ignore", action="extend", type=_words, default=[], metavar="RULES", help="leave these rules out")
    parser.add_argument("--statistics", action="store_true", help="count findings by rule, and list what was not understood")
    parser.add_argument(
        "--fail-on", choices=LEVELS, default="error", metavar="LEVEL", help="exit 1 from this level on (default: error)"
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 whatever is found")
    add_environment_arguments(parser)
    parser.epilog = (
        "RULES are names of rules, groups (drift, history, safety, orm) or all, separated by commas.\n"
        "Exits 0 where nothing is found, 1 with findings at error level, 2 where it could not run."
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the findings and give the exit code."""
    from driftline.cli.findings import document, placed
    from driftline.engine.analyse import analyse

    opened = open_paths(arguments.paths, arguments, select=arguments.select, ignore=arguments.ignore)
    for work in opened.works:
        ensure_readable(work)
    analyses = [
        analyse(work.environment, work.session, work.settings, folder=opened.folder) for work in opened.works
    ]
    found = placed(analyses, opened.files)
    counts = Counter(one.finding.rule for one in found)
    if arguments.format == "json":
        result = document(analyses, opened.folder, found, opened.files)
        if arguments.statistics:
            result["statistics"] = dict(counts.most_common())
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        _print_text(document(analyses, opened.folder, found, opened.files), opened.folder, statistics=arguments.statistics)
    worst = LEVELS.index(arguments.fail_on)
    failed = any(one.finding.level.rank <= worst for one in found)
    return int(failed and not arguments.exit_zero)
