"""Reading the command line, and running the command that it names.

Only the named command's module is imported: starting is what a user waits for most often.

Invariant: a user never sees a traceback, unless `DRIFTLINE_TRACEBACK=1` asks for it.
"""

from __future__ import annotations

import gc
import os
import sys

from driftline import __version__
from driftline.cli.failure import Failure

TYPE_CHECKING = False  # `typing` would be a third of what `driftline --version` imports
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Run: TypeAlias = Callable[[argparse.Namespace], int]
    """Runs a command that was read, and gives its exit code."""
    Load: TypeAlias = Callable[[argparse.ArgumentParser], Run]
    """Imports a command's module, fills in its parser, and gives what runs it."""

CLEAN, FOUND, COULD_NOT_RUN = 0, 1, 2
"""The exit codes: nothing found (or the command did its work), findings at error level, could not run."""

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
    "lsp": ("serve editors, over standard input and output", _lsp),
    "rule": ("explain a rule, or list all of them", _rule),
}
"""The commands, in the order of `driftline --help`: what it says of each, and what loads it."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the program's own), never raising, and give the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # What a terminal or a pipe cannot show (a tick on an ASCII terminal, a file name that is no text) is spelt out.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        return _run(words)
    except Failure as failure:
        for line in str(failure).splitlines():
            print(f"driftline: {line}", file=sys.stderr)
        return COULD_NOT_RUN
    except BrokenPipeError:
        # Whoever read our output has enough (`driftline check | head`). Nothing more can be written, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
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
    from driftline.cli.parser import Parser

    # What is read is kept to the end: looking for garbage in a growing heap is a third of a cold start.
    gc.set_threshold(100_000, 20, 100)
    summary, load = COMMANDS[name]
    parser = Parser(f"driftline {name}", summary[0].upper() + summary[1:] + ".")
    run = load(parser)
    try:
        # Intermixed, as people write them: `schema migrations --at 0005 backend`.
        arguments = parser.parse_intermixed_args(rest)
    except SystemExit as stop:  # --help prints and leaves
        return int(stop.code or 0)
    code = run(arguments)
    if not sys.stdout.closed:  # as `lsp` leaves it
        sys.stdout.flush()  # here, where a broken pipe is still ours to handle
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
