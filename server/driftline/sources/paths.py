"""Paths as words: absolute and normalised inside, relative with forward slashes where people see or write them.

Nothing in here looks at a disk.

Example: `relative_to("/p/app/m.py", "/p")` is `"app/m.py"`, and `matches("app/m.py", "app/*.py")` is true.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase


def absolute(path: str, folder: str) -> str:
    """Give `path` as seen from `folder`, normalised."""
    return os.path.normpath(os.path.join(folder, path))


def folder_of(path: str) -> str:
    """Give the folder that holds `path`."""
    return os.path.dirname(path)


def file_name(path: str) -> str:
    """Give the last part of `path`."""
    return os.path.basename(path)


def upwards(folder: str) -> Iterator[str]:
    """Give `folder` and the folders around it, the nearest first."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def is_within(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def relative_to(path: str, folder: str) -> str:
    """Give `path` relative to `folder`, with forward slashes ("." for itself); absolute where it lies outside."""
    if path == folder:
        return "."
    inside = path.removeprefix(folder.rstrip(os.sep) + os.sep)
    return inside.replace(os.sep, "/") if inside != path else path


def matches(place: str, pattern: str) -> bool:
    """Whether `pattern` means `place` (relative, forward slashes): a glob for it, its name, or a folder around it."""
    pattern = pattern.removeprefix("./").rstrip("/")
    parts = place.split("/")
    if "/" not in pattern:
        return any(fnmatchcase(part, pattern) for part in parts)
    if pattern.startswith("**/") and matches(place, pattern.removeprefix("**/")):
        return True
    return any(fnmatchcase("/".join(parts[:length]), pattern) for length in range(1, len(parts) + 1))
