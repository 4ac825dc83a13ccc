"""Output that cannot be written, or that nobody reads: each command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from driftline.cli import streams
from tests.engine import shop

FULL = Path("/dev/full")
needs_a_full_disk = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")

COMMANDS = {
    "audit": 0,
    "check": 1,
    "check --format json": 1,
    "schema models": 0,
    "history orders": 0,
    "diff 0001 head": 0,
    "check --help": 0,
    "--help": 0,
}
"""Commands and their exit codes in the shop."""

ALONE = "import sys; from driftline.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop on disk, with an error in it."""
    project = shop.on_disk(tmp_path_factory.mktemp("shop"))
    model = project / "shop" / "models" / "customer.py"
    model.write_text(f"{model.read_text()}    never_migrated: Mapped[int]\n")
    return project


def _run(folder: Path, command: str, out: object, err: object, before: str = "") -> tuple[int, str]:
    """Run a command with these streams; give its exit code, and what it says on stderr where that is a pipe."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{before}\n{ALONE}", *command.split()],
        cwd=folder,
        stdout=out,  # type: ignore[call-overload]
        stderr=err,
        check=False,
    )
    return done.returncode, (done.stderr or b"").decode()


@contextmanager
def _unread() -> Iterator[int]:
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing
    finally:
        os.close(writing)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_leaves(folder: Path, command: str) -> None:
    """`driftline … | head -1` ends quietly, with the exit code that it would have had."""
    with _unread() as writing:
        code, said = _run(folder, command, writing, subprocess.PIPE)

    assert code == COMMANDS[command]
    assert "bug" not in said
    assert "Exception ignored" not in said
    assert all(line.startswith("driftline: ") for line in said.splitlines())


@needs_a_full_disk
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk(folder: Path, command: str) -> None:
    """What cannot be written is said in one sentence, and the command has failed."""
    with FULL.open("wb") as out:
        code, said = _run(folder, command, out, subprocess.PIPE)

    assert code == 2
    assert said.splitlines()[-1] == "driftline: the output cannot be written: no space left on device"
    assert "bug" not in said


@needs_a_full_disk
@pytest.mark.parametrize("command", ["audit", "check", "nonsense"])
def test_nowhere_to_say_it(folder: Path, command: str) -> None:
    """Where stderr cannot be written, the exit code is all that is left, and it is right."""
    with FULL.open("wb") as full, _unread() as unread:
        codes = [_run(folder, command, subprocess.DEVNULL, one)[0] for one in (full, unread)]

    assert codes == [COMMANDS.get(command, 2)] * 2


@pytest.mark.parametrize("command", ["audit", "check", "--help"])
@pytest.mark.parametrize("closed", [[1], [2], [1, 2]])
def test_streams_that_are_closed(folder: Path, command: str, closed: list[int]) -> None:
    """`driftline … >&-`: the command does its work for its exit code."""
    reopen = "".join(f"os.close({one});" for one in closed)
    again = "os.execv(sys.executable, [sys.executable, '-P', '-c', sys.argv[1], *sys.argv[2:]])"
    done = subprocess.run(
        [sys.executable, "-c", f"import os, sys; {reopen} {again}", ALONE, *command.split()],
        cwd=folder,
        capture_output=True,
        check=False,
    )

    assert done.returncode == COMMANDS[command]
    assert b"bug" not in done.stderr


def test_somebody_elses_streams_are_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Streams that were put in the place of the program's own stay where they are."""
    before = sys.stdout, sys.stderr
    with streams.standard_streams():
        assert (sys.stdout, sys.stderr) == before
        sys.stdout.write("here")

    assert (sys.stdout, sys.stderr) == before
    assert capsys.readouterr().out == "here"


@needs_a_full_disk
def test_half_a_report_is_taken_away(folder: Path, tmp_path: Path) -> None:
    """Where the disk is full, no half of a report stays, which no later audit would replace."""
    target = tmp_path / "AUDIT.md"
    # The file's own limit stands in for the disk's: the report is longer.
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))"
    code, said = _run(folder, f"audit -o {target}", subprocess.DEVNULL, subprocess.PIPE, limit)

    assert code == 2
    assert said == f"driftline: {target} cannot be written: file too large\n"
    assert not target.exists()
