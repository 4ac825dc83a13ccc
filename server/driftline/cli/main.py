"""Reading the command line, and running the command that it names.

Only the named command's module is imported: starting is what a user waits for most often.

Invariant: a user never sees a traceback, unless `DRIFTLINE_TRACEBACK=1` asks for it.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys

from driftline import __version__
from driftline.cli.failure import COULD_NOT_RUN, Failure
from driftline.cli.streams import standard_streams

TYPE_CHECKING = False  # `typing` would be a third of what `driftline --version` imports
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import NoReturn, TypeAlias

    from driftline.engine.answers import Answers, Chunk

    Run: TypeAlias = Callable[[argparse.Namespace], int]
    """Runs a command that was read, and gives its exit code."""
    Load: TypeAlias = Callable[[argparse.ArgumentParser], Run]
    """Imports a command's module, fills in its parser, and gives what runs it."""

CLEAN = 0
"""The exit code of a command that did its work, and of `check` where it found nothing (1: findings)."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of the signal."""


def _check(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import check

    check.add_arguments(parser)
    return check.run


def _audit(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import audit

    audit.add_arguments(parser)
    return audit.run


def _schema(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import schema

    schema.add_arguments(parser)
    return schema.run


def _history(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import history

    history.add_arguments(parser)
    return history.run


def _diff(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import diff

    diff.add_arguments(parser)
    return diff.run


def _verify(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import verify

    verify.add_arguments(parser)
    return verify.run


def _revision(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import revision

    revision.add_arguments(parser)
    return revision.run


def _settings(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import settings

    settings.add_arguments(parser)
    return settings.run


def _rule(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import rule

    rule.add_arguments(parser)
    return rule.run


def _lsp(parser: argparse.ArgumentParser) -> Run:
    from driftline.cli import lsp

    lsp.add_arguments(parser)
    return lsp.run


COMMANDS: dict[str, tuple[str, Load]] = {
    "check": ("find where models and migrations differ, and what is wrong with the history", _check),
    "audit": ("print the whole consistency report of a project", _audit),
    "schema": ("print the schema that the models declare, or that the migrations add up to", _schema),
    "history": ("tell what happened to a table or a column, revision by revision", _history),
    "diff": ("tell what changes in the schema between two revisions", _diff),
    "revision": ("write the revision that closes the drift: Alembic's autogenerate, with no database", _revision),
    "verify": ("run the migrations into an empty database you name, and tell where driftline is wrong", _verify),
    "settings": ("tell which settings are in force, or print their JSON schema", _settings),
    "lsp": ("serve editors, over standard input and output", _lsp),
    "rule": ("explain a rule, or list all of them", _rule),
}
"""The commands, in the order of `driftline --help`: what it says of each, and what loads it."""


def program() -> NoReturn:
    """Be the program: run the command line that it was started with, and end the process."""
    if sys.argv[1:2] == ["lsp"]:  # it lives long, and has threads to wait for
        sys.exit(main())
    # What a command reads it keeps to its end: looking for garbage in it, and taking it apart object by object before
    # Python ends, is a quarter of a cold start.
    gc.disable()
    code = main()
    atexit._run_exitfuncs()  # noqa: SLF001 - Python would; whoever measures us relies on it
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the program's own), never raising, and give the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["lsp"]:  # what it writes is a protocol, and whom it serves must not go unnoticed
        return _answer(words)
    with standard_streams():
        return _answer(words)


def _answer(words: list[str]) -> int:
    try:
        code = _run(words)
        if sys.stdout is not None and not sys.stdout.closed:  # as `lsp` leaves it
            sys.stdout.flush()  # here, where it can still be said that this is not possible
    except Failure as failure:
        for line in str(failure).splitlines():
            print(f"driftline: {line}", file=sys.stderr)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("DRIFTLINE_TRACEBACK") == "1":
            raise
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        print(
            f"driftline: {what}\ndriftline: This is a bug in driftline. DRIFTLINE_TRACEBACK=1 shows where it happened.",
            file=sys.stderr,
        )
        return COULD_NOT_RUN
    return code


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(_overview(), file=sys.stdout if words else sys.stderr)
        return CLEAN if words else COULD_NOT_RUN
    if words[0] in {"-V", "--version"}:
        print(f"driftline {__version__}")
        return CLEAN
    name, *rest = words
    if name not in COMMANDS:
        raise Failure(_no_command(name))
    answers = _kept_answers(words)
    known = _known(answers) if answers is not None else None
    if known is not None:
        for error, text in known[1]:
            (sys.stderr if error else sys.stdout).write(text)
        return known[0]
    from driftline.cli.parser import Parser

    # What is read is kept: looking for garbage in a growing heap is a third of a cold start.
    gc.set_threshold(100_000, 20, 100)
    summary, load = COMMANDS[name]
    parser = Parser(f"driftline {name}", summary[0].upper() + summary[1:] + ".")
    run = load(parser)
    if name in _ANSWERED:
        parser.add_argument("--no-cache", action="store_true", help="neither use nor keep what is known of last time")
    try:
        arguments = parser.read(rest)
    except SystemExit as stop:  # --help prints and leaves
        return int(stop.code or 0)
    if answers is None or any(getattr(arguments, one, None) for one in _WRITING):
        return run(arguments)
    return _run_and_keep(run, arguments, answers)


_ANSWERED = frozenset({"check", "audit"})
"""The commands whose answers are kept: they print, and depend on nothing but files."""
_WRITING = ("timings", "fix", "unsafe_fixes", "diff", "write_baseline", "output", "against")
"""Arguments with which a command does more than print, or looks at more than files."""


def _kept_answers(words: list[str]) -> Answers | None:
    """What was answered before; None where nothing is to be kept."""
    if words[0] not in _ANSWERED or "--no-cache" in words or sys.stdout is None or sys.stderr is None:
        return None
    from driftline.engine.answers import of_command
    from driftline.engine.cache_folder import wanted

    try:
        return of_command(words) if wanted() else None
    except OSError:
        return None


def _known(answers: Answers) -> tuple[int, list[Chunk]] | None:
    from driftline.engine.answers import printed

    return answers.find(printed)


def _run_and_keep(run: Run, arguments: argparse.Namespace, answers: Answers) -> int:
    from driftline.engine.answers import Recording
    from driftline.sources.disk import DiskSource

    sources: list[DiskSource] = []
    DiskSource.made = sources
    try:
        with Recording() as recording:
            code = run(arguments)
    finally:
        DiskSource.made = None
    looks = dict.fromkeys(look for source in sources for look in source.looks())
    answers.keep([code, recording.chunks], looks)
    return code


def _overview() -> str:
    width = max(map(len, COMMANDS))
    return "\n".join(
        (
            "Driftline compares SQLAlchemy models with Alembic migrations, running neither, without a database.",
            "",
            "usage: driftline COMMAND [OPTIONS] [PATH]",
            "",
            *(f"  {name:<{width}}  {summary}" for name, (summary, _) in COMMANDS.items()),
            "",
            "  driftline COMMAND --help  tells of a command's options",
            "  driftline --version       prints the version",
            "",
            "PATH is the project's folder, by default the current one. To begin with: driftline check",
        )
    )


def _no_command(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(COMMANDS)}"
    return f"there is no command `{name}`{hint}\nTry `driftline --help`."
