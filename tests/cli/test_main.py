"""The command line itself: what is asked for wrongly is told in a sentence, and nobody sees a traceback."""

from __future__ import annotations

import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from driftline import __version__
from driftline.cli import check
from driftline.cli.main import COMMANDS, main

if TYPE_CHECKING:
    from tests.cli.conftest import Run


def test_the_version_goes_to_stdout(run: Run) -> None:
    """`--version` is for programs, too."""
    ran = run("--version")

    assert (ran.code, ran.out, ran.err) == (0, f"driftline {__version__}\n", "")


@pytest.mark.parametrize(("words", "code"), [(["--help"], 0), (["-h"], 0), (["help"], 0), ([], 2)])
def test_the_overview_names_every_command(run: Run, words: list[str], code: int) -> None:
    """Help that was asked for is output; without a command it is a message."""
    ran = run(*words)

    text, silent = (ran.out, ran.err) if words else (ran.err, ran.out)
    assert (ran.code, silent) == (code, "")
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(run: Run, command: str) -> None:
    """A command's help says how to call it, and what each option is for."""
    ran = run(command, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: driftline {command} ")
    assert [line for line in ran.out.splitlines() if len(line) > 120] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "there is no command `chek`; did you mean `check`?"),
        (["xyzzy"], f"there is no command `xyzzy`; there are {', '.join(COMMANDS)}"),
        (["--verbose"], "there is no command `--verbose`"),
        (["check", "--formt", "json"], "unrecognized arguments: --formt"),
        (["check", "--format", "yaml"], "argument --format: invalid choice: 'yaml'"),
        (["check", "--fail-on", "fatal"], "argument --fail-on: invalid choice: 'fatal'"),
        (["schema"], "the following arguments are required: models|migrations"),
        (["schema", "tables"], "argument models|migrations: invalid choice: 'tables'"),
        (["schema", "models", "--at", "0001"], "--at names a revision, and models have none"),
        (["schema", "migrations", "--all"], "--all is about models; of migrations all are read"),
        (["history"], "the following arguments are required: TABLE[.COLUMN]"),
        (["check", "--dialect", "postgres"], "argument --dialect: invalid choice: 'postgres'"),
        (["check", "--select", "missing-tabel"], "there is no rule `missing-tabel`; did you mean `missing-table`?"),
        (["check", "--ignore", "drift,histori"], "there is no rule `histori`; did you mean `history`?"),
        (["check", "--select", " , "], "argument --select: it names no rule"),
        (["rule", "missing-tabel"], "there is no rule `missing-tabel`; did you mean `missing-table`?"),
    ],
)
def test_a_wrong_word_is_told_in_a_sentence(run: Run, words: list[str], said: str) -> None:
    """Exit code 2, the sentence on stderr, and nothing on stdout."""
    ran = run(*words)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"driftline: {said}")


def test_a_defect_of_ours_is_told_as_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody expected is one sentence, with the way to the traceback."""

    def broken(_arguments: object) -> int:
        msg = "boom\nsecond line"
        raise ValueError(msg)

    monkeypatch.setattr(check, "run", broken)

    ran = run("check")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        "driftline: ValueError: boom",
        "driftline: This is a bug in driftline. DRIFTLINE_TRACEBACK=1 shows where it happened.",
    ]
    monkeypatch.setenv("DRIFTLINE_TRACEBACK", "1")
    with pytest.raises(ValueError, match="boom"):
        main(["check"])


def test_ctrl_c_ends_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a shell has it: 128 and the signal's number, and not a word."""

    def interrupted(_arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(check, "run", interrupted)

    ran = run("check")

    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """`driftline rule | head -1` is silent, also when the interpreter flushes at its end."""
    script = "import driftline.cli.rule, sys; from driftline.cli import main; sys.exit(main(['rule']))"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env={"PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

        assert (process.wait(), said) == (0, b"")


def test_a_terminal_that_shows_ascii_only(project: Path) -> None:
    """What it cannot show is spelt out."""
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "driftline", "audit"],
        cwd=project,
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )

    assert ran.stderr == b""
    assert b"\\u2705" in ran.stdout


def test_a_check_imports_neither_libraries_nor_what_writes(project: Path) -> None:
    """A project that says simple things is checked without the parser of SQL, SQLAlchemy, or a way to write."""
    script = """
import sys
from driftline.cli import main
main(["check", "--no-cache"])
print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
    heavy = [
        "sqlglot",
        "sqlalchemy",
        "alembic",
        "pygls",
        "rich",
        "email",
        "tempfile",
        "dataclasses",
        "inspect",
        "logging",
        "hashlib",
        "difflib",
        "decimal",
        "datetime",
        "shutil",
        "textwrap",
        "driftline.fixes",
        "driftline.ide",
        "driftline.engine.remembered",
        "driftline.migrations.apply_batch",
        "driftline.migrations.own_objects",
        "driftline.migrations.raw_sql",
        "driftline.migrations.revision_name",
    ]
    ran = subprocess.run(
        [sys.executable, "-P", "-c", script.format(heavy=heavy)],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stderr.splitlines()[-1] == "[]"


def test_the_program_ends_without_taking_apart_what_it_read(project: Path) -> None:
    """What others left to be done at the end is done; nothing of ours is, and the collector never ran."""
    script = """
import atexit, gc, sys
from driftline.cli import program

class Left:
    def __del__(self):
        print("taken apart")

left = Left()
atexit.register(lambda: print("the end", gc.isenabled()))
sys.argv = ["driftline", *{words}]
program()
"""
    ran = [
        subprocess.run(
            [sys.executable, "-P", "-c", script.format(words=words)],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        for words in (["check", "--no-cache", "--select", "missing-table"], ["check", "--nonsense"])
    ]

    assert [(one.stdout.splitlines()[-1], one.returncode) for one in ran] == [
        ("the end False", 0),
        ("the end False", 2),
    ]


def test_only_what_a_command_needs_is_imported() -> None:
    """The version and a rule's page come without any of the analysis; checking comes without rendering."""
    script = """
import sys
from driftline.cli import main
main({words})
print([name for name in {heavy} if name in sys.modules], file=sys.stderr)
"""
    heavy = ["argparse", "dataclasses", "typing", "json", "driftline.engine.analyse", "rich", "sqlglot", "pathlib"]
    ran = subprocess.run(
        [sys.executable, "-P", "-S", "-c", script.format(words=["--version"], heavy=heavy)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(check.__file__).parents[2])},
    )

    assert ran.stderr == "[]\n"


def test_web_sockets_without_their_package(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package for web sockets is missing, one sentence says so, and how to get it."""
    monkeypatch.setitem(sys.modules, "websockets", None)
    monkeypatch.setattr("driftline.lsp.server.quiet_logs", lambda _level: None)
    ran = run("lsp", "--ws", "127.0.0.1:0")

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(
        "driftline: --ws needs the package `websockets`, which is not installed: the extra `driftline[ws]` brings it\n"
    )


@pytest.mark.parametrize("option", ["--tcp", "--ws"])
def test_serving_elsewhere(run: Run, monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    """The server listens where it is told; what is no HOST:PORT, or is taken, is said."""
    asked: list[tuple[str, int]] = []

    def listen(_server: object, host: str, port: int) -> None:
        asked.append((host, port))
        if port == 1:
            msg = "taken"
            raise OSError(msg)

    websockets = ModuleType("websockets")
    websockets.__spec__ = ModuleSpec("websockets", None)
    monkeypatch.setitem(sys.modules, "websockets", websockets)
    monkeypatch.setattr("driftline.lsp.server.quiet_logs", lambda _level: None)
    monkeypatch.setattr("driftline.lsp.listening.serve_ws", listen)
    monkeypatch.setattr("driftline.lsp.listening.serve_tcp", listen)
    fine, odd, taken = (run("lsp", option, place) for place in ("::1:4000", "4000", "localhost:1"))

    assert (fine.code, asked[0]) == (1, ("::1", 4000)), "an editor that goes without a word: 1, as the protocol asks"
    assert (odd.code, odd.err.splitlines()[-1]) == (2, f"driftline: {option} wants HOST:PORT, and got `4000`")
    assert (taken.code, taken.err.splitlines()[-1]) == (2, "driftline: the server cannot listen at localhost:1: taken")
    assert run("lsp", "--stdio", option, "::1:4000").code == 2
