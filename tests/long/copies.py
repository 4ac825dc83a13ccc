"""The fixtures as a test may break them: in memory, or copied.

Example: `in_memory("kitsu")["/kitsu/backend/alembic.ini"]`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.oracle.projects import FIXTURES

NAMES = ("kitsu", "batch-sqlite", "unreached-model")

_READ = frozenset({".py", ".ini", ".toml", ".mako"})
SETTINGS = """\
dialect = "postgresql"
ignore = ["comment-mismatch"]
severity = { missing-index = "error" }
"""
"""A settings file that all of them get: there is something to break in it, too."""


def in_memory(name: str) -> dict[str, str]:
    """Give the files of a fixture by absolute path, below `/NAME`."""
    folder = FIXTURES / name
    found = sorted(one for one in folder.rglob("*") if one.suffix in _READ)
    texts = {f"/{name}/{one.relative_to(folder).as_posix()}": one.read_text(encoding="utf-8") for one in found}
    return texts | {f"/{name}/driftline.toml": SETTINGS}


def on_disk(name: str, folder: Path) -> Path:
    """Copy a fixture to below `folder`, and give its place."""
    place = folder / name
    shutil.copytree(FIXTURES / name, place, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "driftline.toml").write_text(SETTINGS, encoding="utf-8")
    return place
