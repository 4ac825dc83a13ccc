"""Reading the command line, and running the command that it names.

Only the named command's module is imported: starting is what a user waits for most often.

Invariant: a user never sees a traceback, unless `DRIFTLINE_TRACEBACK=1` asks for it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from driftline import __version__
from driftline.cli.failure import Failure

CLEAN, FOUND, COULD_NOT_RUN = 0, 1, 2
"""The exit codes: nothing found (or the command did its work), findings at error level, could not run."""

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells have it: 128 and the number of the signal."""

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what `driftline --help` says of it, and a function that fills in its parser and gives what runs it."""

    summary: str
    load: Callable[[argparse.ArgumentParser], Run]


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


COMMANDS: dict[str, Command] = {
    "check": Command("find where models and migrations differ, and what is wrong with the history", _check),
    "audit": Command("print the whole consistency report of a project", _audit),
    "schema": Command("print the schema that the models declare, or that the migrations add up to", _schema),
    "history": Command("tell what happened to a table or a column, revision by revision", _history),
    "diff": Command("tell what changes in the schema between two revisions", _diff),
    "rule": Command("explain a rule, or list all of them", _rule),
}


class Parser(argparse.ArgumentParser):
    """Ends with our words and exit code; argparse would print the whole usage first."""

    def error(self, message: str) -> None:  # type: ignore[override]
        """Raise `Failure` with the message and where to look for help."""
        msg = f"{message}\nTry `{self.prog} --help`."
        raise Failure(msg)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: the program's own) and give the exit code. Never raises on what a user does."""
    words = list(sys.argv[1:] if argv is None else argv)
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
    parser = _parser(_named_command(words))
    try:
        arguments = parser.parse_args(words)
    except SystemExit as stop:  # --help and --version print and leave
        return int(stop.code or 0)
    finally:
        sys.stdout.flush()
    run: Run | None = getattr(arguments, "run", None)
    if run is None:
        parser.print_help(sys.stderr)
        return COULD_NOT_RUN
    code = run(arguments)
    sys.stdout.flush()  # here, where a broken pipe is still ours to handle
    return code


def _named_command(words: Sequence[str]) -> str | None:
    """The first word that is no option: nothing before the command takes a value."""
    return next((word for word in words if not word.startswith("-")), None)


def _parser(named: str | None) -> argparse.ArgumentParser:
    """The parser; of the commands, only the one that is `named` gets its arguments."""
    parser = Parser(
        prog="driftline",
        description="Compares SQLAlchemy models with Alembic migrations, without running either and without a database.",
        epilog="`driftline COMMAND --help` tells of a command's options. Run in a project's folder: driftline check",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"driftline {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for name, command in COMMANDS.items():
        inner = commands.add_parser(
            name,
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name == named:
            inner.set_defaults(run=command.load(inner))
    return parser
