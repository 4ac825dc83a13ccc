"""What lies in a folder on disk.

Invariant: imports next to nothing; it is asked before anything else is, whether a kept answer still holds.

Example: `list_folder("/p", set())["alembic.ini"]` is `FILE`.
"""

from __future__ import annotations

import os
from _blake2 import blake2b

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER, FILE, OTHER, LOOP = "folder", "file", "other", "loop"
"""The kinds of what lies in a folder; `LOOP` is a link to a folder around it."""


def digest_of(listing: Mapping[str, str]) -> bytes:
    """Give a digest of names and kinds."""
    text = "\0".join(f"{name}\0{kind}" for name, kind in listing.items())
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def list_folder(path: str, links: set[str]) -> dict[str, str]:
    """Give the names in the folder `path` with their kinds, sorted; nothing where it cannot be listed.

    The links among them are added to `links`.
    """
    kinds: dict[str, str] = {}
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                kinds[entry.name] = _entry_kind(entry, path)
                if entry.is_symlink():
                    links.add(entry.path)
    except (OSError, ValueError):
        return {}
    return dict(sorted(kinds.items()))


def _entry_kind(entry: os.DirEntry[str], folder: str) -> str:
    try:
        if entry.is_dir():
            return LOOP if entry.is_symlink() and _leads_back(entry.path, folder) else FOLDER
        return FILE if entry.is_file() else OTHER
    except OSError:
        return OTHER


def _leads_back(link: str, folder: str) -> bool:
    """Whether `link` leads to `folder`, or to a folder around it on the way that `folder` is written."""
    target = os.path.realpath(link)
    while True:
        if os.path.realpath(folder) == target:
            return True
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent
