"""The Python files of a project's own program: neither its tests, nor its documents, nor what it brings of others'.

Example: `python_files("/p/app", source)` has `/p/app/models.py`, and neither `/p/app/tests/test_models.py` nor what is
in a virtual environment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from driftline.sources.paths import absolute
from driftline.sources.source import Source

_LEFT_OUT = frozenset(
    {
        "tests",
        "test",
        "testing",
        "node_modules",
        "site-packages",
        "dist-packages",
        "venv",
        "env",
        "virtualenv",
        "__pycache__",
        "build",
        "dist",
        "vendor",
        "_vendor",
        "vendored",
        "third_party",
        "docs",
        "examples",
    }
)
MOST_FILES = 20_000
"""How many files are looked at, at most."""
_DEEPEST = 12


def python_files(
    folder: str, source: Source, skipped: Collection[str] = (), left: list[int] | None = None
) -> Iterator[str]:
    """Give the paths of the Python files in `folder` (absolute) and below it, without the folders `skipped`.

    `left`: how many files may still be looked at, counted down; for several folders that share one number.
    """
    return _walk(folder, source, skipped, [MOST_FILES] if left is None else left, 0)


def _walk(folder: str, source: Source, skipped: Collection[str], left: list[int], depth: int) -> Iterator[str]:
    if depth > _DEEPEST or folder in skipped:
        return
    entries = source.list_dir(folder)
    if "pyvenv.cfg" in entries:
        return
    for entry in entries:
        if left[0] <= 0:
            return
        path = absolute(entry, folder)
        if entry.endswith(".py"):
            left[0] -= 1
            if not _is_test(entry):
                yield path
        elif "." not in entry and not entry.startswith("_") and entry.lower() not in _LEFT_OUT and source.is_dir(path):
            yield from _walk(path, source, skipped, left, depth + 1)


def _is_test(entry: str) -> bool:
    return entry.startswith("test_") or entry.endswith("_test.py") or entry in ("conftest.py", "tests.py", "setup.py")
