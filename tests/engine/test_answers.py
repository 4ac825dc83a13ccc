"""An answer that is kept is given again as long as everything that it rests on is as it was, and not any longer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

import pytest

from driftline.cli.main import main
from driftline.engine import answers
from driftline.engine.cache_folder import CacheFolder
from driftline.engine.session import Session
from tests.engine import shop


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache."""
    folder = tmp_path_factory.mktemp("elsewhere") / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture
def project(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop on disk, in the current folder."""
    del cache
    root = shop.on_disk(tmp_path / "shop")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that ran since."""
    ran: list[str] = []
    began = Session.began

    def note(session: Session, name: str, key: str) -> None:
        ran.append(name)
        began(session, name, key)

    monkeypatch.setattr(Session, "began", note)
    return ran


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """The exit code, and what was printed."""
    code = main(["check", *words])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


@pytest.mark.usefixtures("project")
def test_the_same_question_runs_no_stage(capsys: pytest.CaptureFixture[str], analysed: list[str]) -> None:
    """Exit code, stdout and stderr are those of the first time."""
    first = check(capsys)
    assert analysed
    analysed.clear()

    assert first == check(capsys)
    assert [] == analysed
    assert 0 != first[0]


@pytest.mark.usefixtures("project")
def test_other_words_are_another_question(capsys: pytest.CaptureFixture[str], analysed: list[str]) -> None:
    """So is a cache that is not wanted."""
    check(capsys)
    for words in (["--format", "json"], ["--no-cache"], ["--select", "drift"], ["."]):
        analysed.clear()
        check(capsys, *words)
        assert analysed


def write(place: str, text: str) -> Callable[[Path], None]:
    """Write a file."""
    return lambda root: void((root / place).write_text(text, encoding="utf-8"))


def void(_: object) -> None:
    """Drop a result."""


CHANGES: list[Callable[[Path], None]] = [
    write("shop/models/order.py", shop.FILES["shop/models/order.py"].replace("10, 2", "12, 2")),
    write("alembic/versions/0004_new.py", 'revision = "0004"\ndown_revision = "0003"\n\ndef upgrade():\n    pass\n'),
    write("driftline.toml", 'ignore = ["drift"]\n'),
    write("shop/order.py", ""),
    lambda root: (root / "alembic/versions/0003_total.py").unlink(),
    lambda root: void((root / "shop/columns.py").rename(root / "shop/other.py")),
    # The size stays, and the times are put back: the status change time tells.
    lambda root: swap_two_letters(root / "shop/models/customer.py"),
]


def swap_two_letters(path: Path) -> None:
    """Change a file so that its size and its time of change are the same."""
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("nickname", "nikcname"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_is_seen(
    project: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None]
) -> None:
    """After any change the answer is the one that is worked out without a cache, however soon it comes."""
    check(capsys)
    check(capsys)

    change(project)

    assert check(capsys, "--no-cache") == check(capsys)


def kept(cache: Path) -> list[Path]:
    """The files of the cache."""
    return sorted(cache.rglob("answers/*"))


@pytest.mark.parametrize("damage", [b"", b"\0" * 40, b"torn", None])
def test_what_is_torn_or_foreign_is_as_if_it_were_not_there(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str], damage: bytes | None
) -> None:
    """Also half of an answer, whose digest does not fit."""
    del project
    first = check(capsys)
    (path,) = kept(cache)
    path.write_bytes(path.read_bytes()[:-100] if damage is None else damage)

    assert first == check(capsys)


def test_an_answer_of_another_shape_is_none(project: Path, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A digest that fits does not make an answer."""
    del project
    first = check(capsys)
    (path,) = kept(cache)
    for content in ([], [1, 2, 3, 4, 5], ["x"], {"a": 1}, [path.name, 0, [["file"]], 0, []]):
        data = json.dumps(content).encode()
        path.write_bytes(blake2b(data, digest_size=16).digest() + data)
        assert first == check(capsys)


def test_a_cache_that_cannot_be_written_is_no_matter(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is printed all the same."""
    first = check(capsys)
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "alembic.ini"))

    assert first == check(capsys)


def test_the_cache_is_bounded(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest answers go."""
    del project
    monkeypatch.setattr(answers, "_FOLDER", CacheFolder("answers", most_bytes=1 << 20, most_files=3))
    for rule in ("missing-column", "extra-column", "missing-table", "extra-table", "type-mismatch"):
        check(capsys, "--select", rule)

    assert 3 == len(kept(cache))


def test_what_writes_is_never_answered_from_the_cache(
    project: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--write-baseline` writes each time."""
    del project
    check(capsys, "--write-baseline")

    assert [] == kept(cache)


MODULES = """
import sys
from driftline.cli.main import main
main({words!r})
print("MODULES", *sorted(sys.modules))
"""


def imported(project: Path, *words: str) -> set[str]:
    """The modules that a command has imported at its end."""
    program = MODULES.format(words=list(words))
    ran = subprocess.run([sys.executable, "-P", "-c", program], cwd=project, capture_output=True, text=True, check=True)
    return set(next(line for line in ran.stdout.splitlines() if line.startswith("MODULES")).split()[1:])


def test_check_imports_only_what_it_needs(project: Path) -> None:
    """Neither the server's libraries nor SQLAlchemy, Alembic, rich; from the cache, next to nothing of our own."""
    time.sleep(2.1)  # files that have only just changed are looked into
    cold = imported(project, "check")
    warm = imported(project, "check")
    heavy = {"pygls", "lsprotocol", "sqlalchemy", "alembic", "rich", "attrs", "cattrs", "sqlglot", "asyncio"}

    assert set() == cold & heavy
    assert {"driftline.engine.analyse"} <= cold
    ours = {one for one in warm if one.startswith("driftline")}
    assert not any(one.startswith(("driftline.python", "driftline.schema", "driftline.models")) for one in ours)
    assert set() == warm & {*heavy, "argparse", "dataclasses", "ast", "driftline.engine.analyse"}
