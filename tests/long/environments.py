"""Virtual environments with other Pythons, SQLAlchemys and Alembics, made once, by pip, in `build/versions`.

Driftline itself is not installed in them: it runs from `server/`, with the libraries that the environment has.

Example: `python(Versions("3.12", "2.0.*", "1.16.*"))` is the interpreter of such an environment.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BUILD = ROOT / "build" / "versions"

_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
_DRIVERS = ["psycopg2-binary", "asyncpg", "greenlet"]
"""What the fixtures' own env.py and the referee connect with."""


@dataclass(frozen=True, slots=True)
class Versions:
    """A Python's version; SQLAlchemy's and Alembic's as `==` takes them, or "" for the newest.

    `serves`: whether Driftline runs in there, with what it needs; else only the project does. `oldest`: whether all
    that it needs is as old as pyproject.toml lets it be.
    """

    python: str
    sqlalchemy: str = ""
    alembic: str = ""
    serves: bool = True
    oldest: bool = False

    def __str__(self) -> str:
        """Give the name of it."""
        words = (("python", self.python), ("sqlalchemy", self.sqlalchemy), ("alembic", self.alembic))
        name = "-".join(f"{name}{version or 'newest'}" for name, version in words).replace("*", "x")
        return f"{name}-oldest" if self.oldest else name

    def requirements(self) -> list[str]:
        """Give what is installed."""
        asked = {
            "sqlalchemy": f"sqlalchemy=={self.sqlalchemy}" if self.sqlalchemy else "sqlalchemy",
            "alembic": f"alembic=={self.alembic}" if self.alembic else "alembic",
        }
        if self.serves:
            for one in _PROJECT["dependencies"]:
                name, _, lowest = one.partition(">=")
                asked.setdefault(name, f"{name}=={lowest.split(',')[0]}" if self.oldest else one)
        return [*asked.values(), *_DRIVERS]


def lowest(name: str) -> str:
    """Give the oldest version of a requirement that pyproject.toml allows."""
    bounds = [one.partition(">=")[2].split(",")[0] for one in _PROJECT["dependencies"] if one.startswith(f"{name}>=")]
    (bound,) = bounds
    return bound


def python(versions: Versions) -> Path:
    """Give the interpreter of the environment, made if it is not there; skips aloud what this machine lacks."""
    base = _interpreter(versions.python)
    if base is None:
        pytest.skip(f"there is no Python {versions.python} here")
    folder = BUILD / str(versions)
    program, stamp = folder / "bin" / "python", folder / "installed.json"
    wanted = json.dumps([base, versions.requirements()])
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and _version(str(program))):
        shutil.rmtree(folder, ignore_errors=True)
        _must([base, "-m", "venv", str(folder)])
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
        _must([str(program), *install, *versions.requirements()])
        stamp.write_text(wanted, encoding="utf-8")
    return program


def _must(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this environment cannot be made here: {done.stderr.strip().splitlines()[-1:]}")


def _interpreter(version: str) -> str | None:
    """Give the program of a Python, on the path or where pyenv keeps it; a shim that only says so is none."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *map(str, sorted(root.glob(f"versions/{version}.*/bin/python")))]
    return next((one for one in found if one is not None and _version(one) == version), None)


def _version(program: str) -> str | None:
    script = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([program, "-c", script], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
