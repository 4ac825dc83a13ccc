"""`driftline audit`: the whole consistency report of a project, in Markdown.

On a terminal it is rendered; into a pipe or a file goes plain Markdown.

Example: `driftline audit -o AUDIT.md backend`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from driftline.cli.failure import COULD_NOT_RUN, Failure
from driftline.cli.workspace import (
    Opened,
    add_environment_arguments,
    add_path_argument,
    ensure_sound,
    no_models,
    open_paths,
    readable,
    sentences,
)
from driftline.dataclass import replace
from driftline.sources.environment import ConfigProblem

if TYPE_CHECKING:
    from driftline.engine.analysis import Analysis

_PHASES = {
    "discover": "looking for Alembic environments",
    "graph": "reading the revision graph",
    "models": "reading the models",
    "replay": "replaying the migrations",
    "compare": "comparing",
    "rules": "judging the differences",
    "report": "writing the report",
}
"""What the progress line says, by the stage that begins."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline audit`."""
    add_path_argument(parser)
    parser.add_argument(
        "--format", choices=("markdown",), default="markdown", metavar="FORMAT", help="markdown (default)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write the report to FILE (an older audit in it, unchanged since, is replaced; nothing else)",
    )
    add_environment_arguments(parser)
    parser.epilog = (
        "Exits 0 where the report could be made, whatever it says; 2 where it could not, or not of every environment."
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the report, and print or write it."""
    target = Path(arguments.output) if arguments.output is not None else None
    if target is not None:
        _ensure_ours(target)
    text, opened = _report(arguments)
    if target is not None:
        _write(target, text)
        print(f"driftline: wrote {target}", file=sys.stderr)
    elif sys.stdout.isatty():
        from driftline.cli.terminal import print_markdown

        print_markdown(text)
    else:
        sys.stdout.write(text)
    opened.tell_of_broken()
    return COULD_NOT_RUN if opened.broken else 0


def _write(target: Path, text: str) -> None:
    """Write the report; half of one, which could never be replaced, is taken away again."""
    from driftline.report.seal import sealed

    begun = False
    try:
        with target.open("w", encoding="utf-8") as file:
            begun = True
            file.write(sealed(text))
    except OSError as error:
        if begun and target.is_file():
            with suppress(OSError):
                target.unlink()
        msg = f"{target} cannot be written: {(error.strerror or str(error)).lower()}"
        raise Failure(msg) from error


def _report(arguments: argparse.Namespace) -> tuple[str, Opened]:
    """The report of every environment, one after another, and what it is about."""
    with _progress() as started:
        opened = readable(open_paths([arguments.path], arguments, started=started))
        analyses, wrong = _analyses(opened)
        opened = replace(opened, broken=(*opened.broken, *wrong))
        if started is not None:
            started("report", "")
        from driftline.report.audit import build_audit
        from driftline.report.markdown import render

        audits = [build_audit(one, opened.broken) for one in analyses]
        text = "\n".join(render(one).rstrip("\n") + "\n" for one in audits)
        opened.keep()
        return text, opened


def _analyses(opened: Opened) -> tuple[list[Analysis], list[ConfigProblem]]:
    """Analyse each environment, and say why there is nothing to report of some; raises `Failure` where of none."""
    from driftline.engine.analyse import analysis

    found: list[Analysis] = []
    wrong: list[ConfigProblem] = []
    for work in opened.works:
        one = analysis(work)
        if one.problems:
            if len(opened.works) == 1:
                ensure_sound([one])
            wrong += one.problems
        elif one.declared.schema.tables or one.declared.unreached:
            found.append(one)
        else:
            environment = one.environment
            why = no_models(one.environment, one.declared, one.locate)
            wrong.append(ConfigProblem(why, environment.env_path or environment.script_location))
    if not found:
        raise Failure(
            "\n".join(one.message for one in wrong) if not opened.broken else sentences((*opened.broken, *wrong))
        )
    return found, wrong


@contextmanager
def _progress() -> Iterator[Callable[[str, str], None] | None]:
    """A line on a terminal's stderr that says what is being done, while it takes long."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    status = Console(stderr=True).status("looking for Alembic environments")

    def started(stage: str, _key: str) -> None:
        if stage in _PHASES:
            status.update(_PHASES[stage])

    with status:
        yield started


def _ensure_ours(target: Path) -> None:
    """Raise `Failure` where something else than an older audit stands at `target`."""
    from driftline.report.seal import is_sealed
    from driftline.sources.disk import DiskSource
    from driftline.sources.source import FileText

    source, path = DiskSource(), str(target.absolute())
    if source.is_dir(path):
        msg = f"{target} is a folder; name a file"
        raise Failure(msg)
    if not source.is_dir(str(target.absolute().parent)):
        msg = f"there is no folder {target.absolute().parent} to write {target.name} into"
        raise Failure(msg)
    if not source.is_file(path):
        return
    file = source.read(path)
    if not isinstance(file, FileText) or not is_sealed(file.text):
        msg = f"{target} is there already and is no audit as driftline wrote it; it is not overwritten"
        raise Failure(msg)
