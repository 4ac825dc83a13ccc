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
from typing import TYPE_CHECKING

from driftline.cli.workspace import add_environment_arguments, ensure_readable, no_models, open_paths, shown, warn

if TYPE_CHECKING:
    from driftline.cli.findings import Placed
    from driftline.engine.analysis import Analysis
    from driftline.schema.document import UnknownPlace

LEVELS = ("error", "warning", "information", "hint")
"""The levels of findings, the worst first."""

_NOUNS = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "information": ("note", "notes"),
    "hint": ("hint", "hints"),
}

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
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", metavar="FORMAT", help="text or json (default: text)"
    )
    parser.add_argument(
        "--select", action="extend", type=_words, default=[], metavar="RULES", help="run only these rules"
    )
    parser.add_argument(
        "--ignore", action="extend", type=_words, default=[], metavar="RULES", help="leave these rules out"
    )
    parser.add_argument(
        "--statistics", action="store_true", help="count findings by rule, and list what was not understood"
    )
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
    from driftline.cli.findings import document, not_understood, placed
    from driftline.engine.analyse import analysis

    opened = open_paths(arguments.paths, arguments, select=arguments.select, ignore=arguments.ignore)
    for work in opened.works:
        ensure_readable(work)
    analyses = [analysis(work) for work in opened.works]
    found = placed(analyses, opened.files)
    if arguments.format == "json":
        result = document(analyses, opened.folder, found, opened.files)
        if arguments.statistics:
            result["statistics"] = dict(Counter(one.finding.rule for one in found).most_common())
        print(json.dumps(result, indent=2, ensure_ascii=False))
    elif arguments.statistics:
        _print_statistics(found, not_understood(analyses, opened.files))
    else:
        _print_findings(found)
        _print_summary(analyses, found, len(not_understood(analyses, opened.files)))
    worst = LEVELS.index(arguments.fail_on)
    failed = any(one.finding.level.rank <= worst for one in found)
    return int(failed and not arguments.exit_zero)


def _words(value: str) -> list[str]:
    """The names of a comma-separated list."""
    return [word for word in (part.strip() for part in value.split(",")) if word]


def _print_findings(found: Sequence[Placed]) -> None:
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    for one in found:
        level = one.finding.level.value
        word = f"\x1b[{_COLOURS[level]}m{level}\x1b[0m" if coloured else level
        message = " ".join(one.finding.message.split())
        print(f"{shown(one.place.path)}:{one.place.line}:{one.place.column}: {word}[{one.finding.rule}] {message}")


def _print_summary(analyses: Sequence[Analysis], found: Sequence[Placed], unknown: int) -> None:
    """What was looked at and how much was found, in a few lines on stderr: stdout has findings only."""
    from driftline.cli.findings import summary

    total = summary(analyses, found)
    counts = [f"{total[level]} {_NOUNS[level][total[level] != 1]}" for level in LEVELS if total[level]]
    looked = f"{total['models']} models and {total['revisions']} revisions"
    warn(f"{', '.join(counts) or 'no findings'} in {looked}")
    for one in analyses:
        if not one.declared.schema.tables:
            warn(no_models(one.environment, len(one.declared.unreached)))
    if unknown:
        places, them = ("1 place was", "it") if unknown == 1 else (f"{unknown} places were", "them")
        warn(f"{places} not understood, and nothing is said about {them} (see --statistics)")


def _print_statistics(found: Sequence[Placed], unknown: Sequence[UnknownPlace]) -> None:
    counts = Counter((one.finding.rule, one.finding.level) for one in found)
    for (rule, level), count in sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1].rank)):
        print(f"{count:>6}  {level.value:<11}  {rule}")
    print(f"{len(unknown):>6}  not understood")
    for one in unknown:
        print(f"        {shown(one.path)}:{one.line}: {one.reason}")
