"""Running commands in process, in a project on disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from driftline.cli import main
from tests.engine import shop


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `driftline` with the words it is given; it leaves no traceback, whatever they are."""

    def run(*words: str) -> Ran:
        code = main(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    return run


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shop on disk, and the folder that commands are started in."""
    monkeypatch.chdir(tmp_path)
    return shop.on_disk(tmp_path)
