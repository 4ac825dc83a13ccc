"""`make ecosystem`: reads the real projects and holds what Driftline says of them against the truth.

Example: `make ecosystem ARGS="--project dstack --facts 200"`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.ecosystem import baseline, report
from tests.ecosystem.fetching import Cache, NotAvailableError, fetch
from tests.ecosystem.figures import figures
from tests.ecosystem.judgement import read_exceptions, read_verdicts
from tests.ecosystem.project import LIST, Project, read_projects
from tests.ecosystem.reading import ROOT, read
from tests.ecosystem.report import Result
from tests.ecosystem.truth import Truth, read_truth

CACHE = ROOT / ".cache" / "ecosystem"

TRUTH = ROOT.parent / "shared" / "truth"

CLEAN, REGRESSED, WRONG_USAGE = 0, 1, 2


def main(
    argv: Sequence[str] | None = None,
    environ: Mapping[str, str] = os.environ,
    listed: Path = LIST,
    kept: Path = baseline.FILE,
) -> int:
    """Read, print, and give the exit code: 1 where something got worse, crashed or could not be had.

    `listed` and `kept`: the files with the projects and the baseline.
    """
    projects = read_projects(listed)
    arguments = _parser(projects).parse_args(argv)
    chosen = [one for one in projects if not arguments.project or one.name in arguments.project]
    truths = [Path(one) for one in environ.get("DRIFTLINE_TRUTH", str(TRUTH)).split(os.pathsep)]
    checkouts = Path(environ["DRIFTLINE_ECOSYSTEM"]) if environ.get("DRIFTLINE_ECOSYSTEM") else None
    results: list[Result] = []
    failed = False
    for project in chosen:
        try:
            results.append(_read(project, checkouts, truths))
        except NotAvailableError as error:
            _tell(f"{project.name} is not read: {error}")
            failed = failed or not error.expected
    changed = baseline.changes(baseline.read_baseline(kept), [one.figures for one in results])
    _report(results, arguments.facts, arguments.table)
    if arguments.update:
        baseline.write_baseline([one.figures for one in results], kept)
        failed = failed or any(one.figures.crashes for one in results)
    elif results:
        _print(report.moved(changed))
        failed = failed or any(one.worse for one in changed)
    return REGRESSED if failed or not results else CLEAN


def _parser(projects: Sequence[Project]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make ecosystem", description="Holds Driftline's reading of real projects against the truth about them."
    )
    names = [one.name for one in projects]
    parser.add_argument("--project", action="append", default=[], choices=names, metavar="NAME", help="only this one")
    parser.add_argument("--facts", type=int, default=20, metavar="N", help="differing facts to list (default: 20)")
    parser.add_argument("--table", default="*", metavar="PATTERN", help="list differing facts of these tables only")
    parser.add_argument("--update", action="store_true", help="keep the figures as the new baseline")
    return parser


def _read(project: Project, checkouts: Path | None, truths: Sequence[Path]) -> Result:
    fetched = fetch(project, Cache(CACHE), checkouts)
    _tell(f"reading {project.name}")
    truth = read_truth(project.name, truths)
    if truth is None:
        _tell(f"there is no truth about {project.name} in {', '.join(map(str, truths))}: it is not scored")
    known = truth if truth is not None else Truth()
    reading = read(project, fetched, dialect=known.dialect, all_models="models_all" in known.documents)
    return Result(figures(project.name, reading, truth, read_exceptions(), read_verdicts()), reading, truth)


def _report(results: Sequence[Result], limit: int, tables: str) -> None:
    if not results:
        return
    _print(report.summary(results))
    _print(report.findings(results))
    _print(report.not_understood(results))
    for one in results:
        _print(report.differing(one, limit, tables))
    _print(report.crashes(results))


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _tell(sentence: str) -> None:
    sys.stderr.write(f"ecosystem: {sentence}\n")


if __name__ == "__main__":
    sys.exit(main())
