"""What a folder may hold, and what may happen to it meanwhile: nothing crashes, nothing hangs, and it is told."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from driftline.engine.session import Session
from driftline.sources.disk import DiskSource
from tests.engine.test_incremental import told
from tests.long.copies import NAMES, on_disk
from tests.long.effort import chance, seed, times

pytestmark = pytest.mark.long

PATIENCE = 300
"""Seconds after which a command is taken to hang."""
ENDS = {0, 1, 2}
COMMANDS = [
    "check --no-cache",
    "check --no-cache --format json",
    "audit --no-cache",
    "schema models",
    "schema migrations",
    "settings",
]
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
"""Of Linux's prctl(2) and capabilities(7)."""
NOT_UTF8 = os.fsdecode(b"caf\xe9")


def run(folder: Path | str, command: str, **how: object) -> tuple[int, str]:
    """Run a command in a folder: its exit code and all that it said, which must not be a traceback."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "driftline", *command.split()],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=PATIENCE,
        **how,  # type: ignore[call-overload]
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert "Traceback" not in said
    assert "a bug" not in said, said
    assert done.returncode in ENDS, said
    return done.returncode, said


@pytest.fixture
def kitsu(tmp_path: Path) -> Path:
    """A copy of a fixture."""
    return on_disk("kitsu", tmp_path)


# ---------------------------------------------------------------------------------------------------------------------
# What lies in the tree


def _fifo(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    here = Path.cwd()
    os.chdir(place.parent)  # a socket's address is short
    try:
        socket.socket(socket.AF_UNIX).bind(place.name)
    finally:
        os.chdir(here)


def _device(place: Path) -> None:
    try:
        os.mknod(place, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero, which never ends
    except PermissionError:
        pytest.skip("only root makes devices")


def _link_to_zero(place: Path) -> None:
    place.symlink_to("/dev/zero")


def _dangling(place: Path) -> None:
    place.symlink_to("nowhere")


def _itself(place: Path) -> None:
    place.symlink_to(place.name)


def _folder(place: Path) -> None:
    place.mkdir()


def _loop(place: Path) -> None:
    place.symlink_to("..")


def _endless(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(1 << 40)  # a hole: it takes no room


ODD_FILES: list[Callable[[Path], None]] = [
    *(_fifo, _socket, _device, _link_to_zero, _dangling, _itself, _folder, _loop, _endless),
]
PLACES = [
    "backend/alembic.ini",
    "backend/alembic/env.py",
    "backend/alembic/versions/0005_create_refresh_tokens.py",
    "backend/alembic/versions/new.py",
    "backend/alembic/versions",
    "backend/app/models/user.py",
    "backend/app",
    "driftline.toml",
    "pyproject.toml",
    "backend/sqlalchemy.py",
]


@pytest.mark.parametrize("make", ODD_FILES, ids=lambda one: one.__name__.strip("_"))
@pytest.mark.parametrize("place", PLACES)
def test_odd_files(kitsu: Path, place: str, make: Callable[[Path], None]) -> None:
    """What is no text in the place of one is neither opened nor waited for; put back, all is as it was."""
    session = Session(DiskSource())
    expected = told(session, str(kitsu))
    path, aside = kitsu / place, kitsu.parent / "aside"
    if path.exists():
        path.rename(aside)
    make(path)

    session.source = DiskSource(previous=session.source)  # type: ignore[arg-type]
    told(session, str(kitsu))
    run(kitsu, "check --no-cache")

    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink()
    if aside.exists():
        aside.rename(path)
    session.source = DiskSource(previous=session.source)  # type: ignore[arg-type]
    assert expected == told(session, str(kitsu))


@pytest.mark.parametrize("command", COMMANDS)
def test_names_that_are_not_utf8(kitsu: Path, command: str) -> None:
    """A folder, a model and a revision whose names are bytes of another encoding."""
    whole = kitsu.rename(kitsu.parent / NOT_UTF8)
    versions = whole / "backend" / "alembic" / "versions"
    (versions / "0004_create_favorites_table.py").rename(versions / f"0004_{NOT_UTF8}.py")
    (versions / f"{NOT_UTF8}.py").write_text("revision = '0014'\ndown_revision = '0012'\ndef upgrade(): pass\n")
    (versions / f"broken_{NOT_UTF8}.py").write_text("revision = (\n")
    (whole / "backend" / "app" / "models" / f"{NOT_UTF8}.py").write_text("(\n")

    for locale in ("C.UTF-8", "C", "POSIX"):
        code, said = run(whole, command, env={**os.environ, "LC_ALL": locale})
        assert ".py" in said or code == 0
    run(whole.parent, f"{command} {NOT_UTF8}" if command != "settings" else command)
    run(whole, command, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    run(whole, command, env={**os.environ, "PYTHONIOENCODING": "latin-1"})


UNREADABLE = [
    *("backend", "backend/alembic", "backend/alembic/versions", "backend/app", "backend/app/models"),
    *("backend/alembic.ini", "backend/alembic/env.py", "backend/alembic/versions/0007_create_watch_progress.py"),
    *("backend/app/models/user.py", "driftline.toml"),
]


def without_privileges() -> None:
    """Take from root, in a new process, what lets it read everything: it is then as any other owner of its files."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


@pytest.mark.parametrize("place", UNREADABLE)
def test_what_may_not_be_read(kitsu: Path, place: str) -> None:
    """What cannot be read is named, not passed over; nothing is reported of what it held."""
    path = kitsu / place
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        for command in COMMANDS[:3]:
            code, said = run(kitsu, command, preexec_fn=without_privileges)
            assert code == 2, said
            assert path.name in said or place == "backend"  # where nothing of the project is seen
    finally:
        path.chmod(mode)


# ---------------------------------------------------------------------------------------------------------------------
# What happens meanwhile


def test_a_tree_that_comes_and_goes(tmp_path: Path) -> None:
    """While files and folders vanish and come back, a session raises nothing; afterwards it says what is so."""
    begin = seed()
    random = chance(begin)
    for name in NAMES:
        folder = on_disk(name, tmp_path / "it")
        expected = told(Session(DiskSource()), str(folder))
        stop = threading.Event()

        def disturb(folder: Path = folder, stop: threading.Event = stop) -> None:
            while not stop.is_set():
                paths = [one for one in folder.rglob("*") if one.suffix in {".py", ".ini", ".toml", ""}]
                one, aside = random.choice(paths), tmp_path / "aside"
                one.rename(aside)
                stop.wait(random.random() / 200)
                aside.rename(one)

        thread = threading.Thread(target=disturb)
        thread.start()
        session = Session(DiskSource())
        try:
            for _ in range(times(40)):
                told(session, str(folder))
                session.source = DiskSource(previous=session.source)  # type: ignore[arg-type]
        finally:
            stop.set()
            thread.join()
        session.source = DiskSource(previous=session.source)  # type: ignore[arg-type]
        assert expected == told(session, str(folder)), f"DRIFTLINE_SEED={begin}"
        shutil.rmtree(folder)


def test_commands_in_a_tree_that_comes_and_goes(kitsu: Path, tmp_path: Path) -> None:
    """The same for whole commands, with their cache: what a disturbed one kept never answers for the sound project."""
    begin = seed()
    random = chance(begin)
    expected = run(kitsu, "check --no-cache")
    paths = [one for one in kitsu.rglob("*") if one.suffix in {".py", ".ini", ".toml", ""}]
    for _ in range(times(25)):
        stop = threading.Event()

        def disturb(stop: threading.Event = stop) -> None:
            while not stop.is_set():
                one, aside = random.choice(paths), tmp_path / "aside"
                one.rename(aside)
                stop.wait(random.random() / 50)
                aside.rename(one)
                stop.wait(random.random() / 50)

        thread = threading.Thread(target=disturb)
        thread.start()
        try:
            run(kitsu, "check")
        finally:
            stop.set()
            thread.join()
        assert expected == run(kitsu, "check"), f"DRIFTLINE_SEED={begin}"


def test_a_current_folder_that_is_gone(kitsu: Path) -> None:
    """Every command says so."""
    script = (
        "import os, shutil, sys; shutil.rmtree(os.getcwd()); "
        "os.execv(sys.executable, [sys.executable, '-P', '-m', 'driftline', *sys.argv[1:]])"
    )
    for number, command in enumerate(COMMANDS):
        place = kitsu.parent / str(number)
        shutil.copytree(kitsu, place)
        done = subprocess.run(
            [sys.executable, "-P", "-c", script, *command.split()],
            cwd=place,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert (2, True) == (done.returncode, done.stderr.startswith("driftline: ")), done.stderr


def test_clocks_that_jump(kitsu: Path, tmp_path: Path) -> None:
    """Times in the future, before 1970 and all alike: what a file says counts, with the cache and without."""
    model = kitsu / "backend" / "app" / "models" / "user.py"
    text = model.read_text()
    longer = text.replace("String(255)", "String(254)")
    assert longer != text
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    sound, other = run(kitsu, "check --no-cache"), None
    for when in (2**33, -(2**31), 0, 1_700_000_000):
        for one in kitsu.rglob("*"):
            os.utime(one, (when, when))
        assert sound == run(kitsu, "check", env=env) == run(kitsu, "check", env=env)
        model.write_text(longer)
        os.utime(model, (when, when))
        now = run(kitsu, "check", env=env)
        other = other or run(kitsu, "check --no-cache")
        assert sound != other == now
        model.write_text(text)
        os.utime(model, (when, when))
        for one in (tmp_path / "cache").rglob("*"):
            os.utime(one, (when, when))


# ---------------------------------------------------------------------------------------------------------------------
# The cache's disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip("no file system can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("command", ["check", "audit", "check --format sarif"])
def test_a_cache_on_a_full_disk(kitsu: Path, small_disk: Path, command: str) -> None:
    """Nothing is kept, nothing is said of it, and no half of a file stays to fill the disk."""
    expected = run(kitsu, f"{command} --no-cache")
    env = {**os.environ, "XDG_CACHE_HOME": str(small_disk)}

    assert [expected] * 2 == [run(kitsu, command, env=env) for _ in range(2)]
    assert [] == [one for one in small_disk.rglob("environments/*") if one.is_file()]


@pytest.mark.parametrize("largest", [0, 1, 100, 4096, 50_000])
def test_a_cache_in_which_files_stay_small(kitsu: Path, tmp_path: Path, largest: int) -> None:
    """Where a file may not be larger than some bytes (RLIMIT_FSIZE), in the midst of writing it."""
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    expected = run(kitsu, "check --no-cache")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    assert [expected] * 2 == [run(kitsu, "check", env=env, preexec_fn=limit) for _ in range(2)]
    assert expected == run(kitsu, "check", env=env)


def test_commands_that_are_killed(kitsu: Path, tmp_path: Path) -> None:
    """At random instants, two at once: the next says what it says without a cache, which stays bounded."""
    begin = seed()
    random = chance(begin)
    cache = tmp_path / "cache"
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    model = kitsu / "backend" / "app" / "models" / "user.py"
    text = model.read_text()
    for number in range(times(30)):
        model.write_text(f"{text}\n# {number}\n")
        both = [
            subprocess.Popen(
                [sys.executable, "-P", "-m", "driftline", command],
                cwd=kitsu,
                env=env,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in ("check", "audit")
        ]
        for one in both:
            try:
                one.wait(random.random() * 2)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
    model.write_text(text)

    assert run(kitsu, "check --no-cache") == run(kitsu, "check", env=env) == run(kitsu, "check", env=env), begin
    kept = [one for one in cache.rglob("*") if one.is_file()]
    assert len(kept) < 400
