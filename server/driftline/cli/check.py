"""`driftline check`: findings, one a line, or as JSON.

Example: `app/models/user.py:7:5: error[missing-check] …`
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from driftline.cli.failure import COULD_NOT_RUN, Failure
from driftline.cli.formats import FORMATS
from driftline.cli.workspace import (
    add_environment_arguments,
    current_folder,
    ensure_sound,
    no_models,
    open_paths,
    readable,
    shown,
    warn,
)

if TYPE_CHECKING:
    from driftline.cli.findings import Placed
    from driftline.cli.workspace import Opened
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
        "--format",
        choices=("text", "json", *FORMATS),
        default="text",
        metavar="FORMAT",
        help=f"text (default), json, {', '.join(FORMATS)}",
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
    known = parser.add_mutually_exclusive_group()
    known.add_argument(
        "--write-baseline",
        action="store_true",
        help="write all findings to the baseline file: from now on only new ones are told",
    )
    known.add_argument("--no-baseline", action="store_true", help="tell of the findings in the baseline, too")
    parser.add_argument("--fix", action="store_true", help="make the safe fixes: tell models what the database has")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="make the other fixes, too: edits, and one new revision of the rest"
    )
    parser.add_argument("--diff", action="store_true", help="print what the fixes would change, and write nothing")
    parser.add_argument("--timings", action="store_true", help="say on stderr which stages ran, and how long")
    add_environment_arguments(parser)
    parser.epilog = (
        "RULES are names of rules, groups (drift, history, safety, orm) or all, separated by commas.\n"
        "Exits 0 where nothing is found, 1 with findings at error level, 2 where it could not run; with --diff, 1 where"
        "\nfixes would change something. A new revision is rendered by the project's script.py.mako, which is code."
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the findings and give the exit code."""
    from driftline.cli.findings import placed
    from driftline.engine.analyse import analysis

    opened = _open(arguments)
    analyses = [analysis(work) for work in opened.works]
    if arguments.timings:
        from driftline.engine.timings import timings

        for line in timings(opened.works[0].session):
            warn(line)
    ensure_sound(analyses)
    if arguments.write_baseline:
        from driftline.cli.baseline import write_baselines

        write_baselines(opened.works, analyses)
        return COULD_NOT_RUN if opened.broken else 0
    if arguments.fix or arguments.unsafe_fixes or arguments.diff:
        from driftline.cli.fixing import fix, fixed

        repaired = fixed(opened, analyses, placed, unsafe=arguments.unsafe_fixes)
        if arguments.diff:
            print(repaired.diff(opened.folder), end="")
            return int(bool(repaired.texts) and not arguments.exit_zero)
        analyses = fix(repaired, opened)
    found = placed(analyses, opened.files)
    _print(arguments, opened, analyses, found)
    opened.keep()
    worst = LEVELS.index(arguments.fail_on)
    failed = any(one.finding.level.rank <= worst for one in found)
    if opened.broken:  # not all of what was asked for could be checked
        return COULD_NOT_RUN
    return int(failed and not arguments.exit_zero)


def _open(arguments: argparse.Namespace) -> Opened:
    """Open what is asked about. Raises `Failure` where that can't be, or can't be told as it is asked for."""
    if arguments.statistics and arguments.format in FORMATS:
        msg = f"--statistics are told in text or json, not in {arguments.format}"
        raise Failure(msg)
    opened = open_paths(
        arguments.paths,
        arguments,
        select=arguments.select,
        ignore=arguments.ignore,
        baseline=not arguments.no_baseline,
    )
    if arguments.write_baseline and opened.files is not None:
        msg = "a baseline is of a whole project; name folders with --write-baseline"
        raise Failure(msg)
    opened = readable(opened)
    opened.tell_of_broken()
    return opened


def _print(
    arguments: argparse.Namespace, opened: Opened, analyses: Sequence[Analysis], found: Sequence[Placed]
) -> None:
    """Print the findings in the format that is asked for."""
    from driftline.cli.baseline import tell_of_baselines
    from driftline.cli.findings import not_understood

    if arguments.format == "json":
        _print_json(opened, analyses, found, statistics=arguments.statistics)
    elif arguments.format in FORMATS:
        from driftline.cli.formats.report import Report

        report = Report(found, current_folder(), LEVELS.index(arguments.fail_on))
        print(FORMATS[arguments.format](report), end="")
    elif arguments.statistics:
        _print_statistics(found, not_understood(analyses, opened.files, opened.broken))
    else:
        _print_findings(found)
        _print_summary(analyses, found, len(not_understood(analyses, opened.files)))
    if arguments.format == "text":
        tell_of_baselines(opened.works, analyses, opened.files)


def _print_json(opened: Opened, analyses: Sequence[Analysis], found: Sequence[Placed], *, statistics: bool) -> None:
    from driftline.cli.baseline import documents
    from driftline.cli.findings import document

    result = document(analyses, opened.folder, found, opened.files, opened.broken)
    if statistics:
        result["statistics"] = dict(Counter(one.finding.rule for one in found).most_common())
    baselines = documents(analyses, opened.folder, opened.files)
    if baselines:
        result["baselines"] = baselines
    print(json.dumps(result, indent=2, ensure_ascii=False))


def _words(value: str) -> list[str]:
    """The names of a comma-separated list."""
    words = [word for word in (part.strip() for part in value.split(",")) if word]
    if not words:
        msg = "it names no rule"
        raise argparse.ArgumentTypeError(msg)
    return words


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
    looked = looked_at(total)
    warn(f"{', '.join(counts) or 'no findings'} in {looked}")
    for one in analyses:
        if not one.declared.schema.tables:
            warn(no_models(one.environment, one.declared, one.locate))
        _warn_of_uncompared(one)
    if unknown:
        places, them = ("1 place was", "it") if unknown == 1 else (f"{unknown} places were", "them")
        warn(f"{places} not understood, and nothing is said about {them} (see --statistics)")


def looked_at(total: Mapping[str, Any]) -> str:
    """How much was read; where no class is mapped, the tables count."""
    from driftline.report.words import count

    models, tables = total["models"], total["tables"]["declared"]
    read = count(models, "model") if models or not tables else count(tables, "table")
    return f"{read} and {count(total['revisions'], 'revision')}"


def _warn_of_uncompared(one: Analysis) -> None:
    """Where parts of the history are not known, say how many tables nothing was said about for it."""
    from driftline.engine.not_understood import uncompared

    number, lacking = len(uncompared(one)), one.migrated.incomplete
    if number:
        why = "" if lacking is None else f": {lacking.reason}"
        warn(f"{number} of {len(one.declared.schema.tables)} tables with a model could not be compared{why}")


def _print_statistics(found: Sequence[Placed], unknown: Sequence[UnknownPlace]) -> None:
    counts = Counter((one.finding.rule, one.finding.level) for one in found)
    for (rule, level), count in sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1].rank)):
        print(f"{count:>6}  {level.value:<11}  {rule}")
    print(f"{len(unknown):>6}  not understood")
    for one in unknown:
        print(f"        {shown(one.path)}:{one.line}: {one.reason}")
