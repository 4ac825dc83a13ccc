"""The server inside the .vsix: pure Python, alone with itself, and of the same opinion as the installed one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.editors

ROOT = Path(__file__).parent.parent.parent
KITSU = ROOT / "fixtures" / "kitsu"
VSIX = ROOT / "dist" / "driftline.vsix"

MINORS = (11, 12, 13, 14)


@pytest.fixture(scope="session")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `bundled` of the built extension, unpacked."""
    folder = tmp_path_factory.mktemp("vsix")
    with zipfile.ZipFile(VSIX) as archive:
        archive.extractall(folder)
    return folder / "extension" / "bundled"


def python(minor: int) -> str | None:
    """A Python 3.`minor` of this machine that runs: on the PATH, or one of pyenv's."""
    name = f"python3.{minor}"
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [*os.environ["PATH"].split(os.pathsep), "/usr/bin", *map(str, versions.glob(f"3.{minor}.*/bin"))]
    for folder in folders:
        found = shutil.which(name, path=folder)
        # One of pyenv's shims is there for versions that are not.
        if found and subprocess.run([found, "-I", "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.parametrize("minor", MINORS)
def test_it_finds_what_the_installed_one_finds(bundled: Path, minor: int) -> None:
    """On every Python from 3.11, whatever is installed beside it: the same findings, to the letter."""
    interpreter = python(minor)
    if interpreter is None:
        pytest.skip(f"NOT RUN ON PYTHON 3.{minor}: there is none here")
    command = ["check", "--format", "json", "--exit-zero", str(KITSU)]

    ours = subprocess.run([sys.executable, "-P", "-m", "driftline", *command], capture_output=True, check=True).stdout
    theirs = subprocess.run(
        [interpreter, "-I", "-B", bundled / "run.py", *command], capture_output=True, check=True, cwd=bundled
    ).stdout

    assert json.loads(ours)["findings"]
    assert json.loads(ours) == json.loads(theirs)


def test_it_runs_alone(bundled: Path) -> None:
    """Nothing that is installed beside the interpreter gets in, and nothing in it was compiled for one machine."""
    script = f"""
import contextlib, runpy, sys
sys.argv = ["run.py", "--version"]
with contextlib.suppress(SystemExit):
    runpy.run_path({str(bundled / "run.py")!r})
import pygls, sqlalchemy, sqlglot
print(*(one.__file__ for one in (pygls, sqlalchemy, sqlglot)), *sys.path, sep="\\n")
"""
    said = subprocess.run(
        [sys.executable, "-I", "-B", "-c", script], capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout.splitlines()
    files = [path for path in bundled.rglob("*") if path.is_file()]

    assert said[0].startswith("driftline ")
    assert [path for path in said[1:4] if not path.startswith(str(bundled))] == []
    assert [path for path in said[4:] if "site-packages" in path] == []
    assert [path for path in files if path.suffix in {".so", ".pyd", ".pyc"}] == []
