"""Which files and folders the client is asked to watch, and which of its events an answer can depend on.

Editors tell of a folder that was deleted or moved as of one thing, and not of the files in it: so folders are watched
as well, for coming and going.

Example: `concerns("/p/migrations", types.FileChangeType.Deleted, "/p")` is true.
"""

from __future__ import annotations

from pathlib import PurePath

from lsprotocol import types

from driftline.engine.baseline import BASELINE_FILE
from driftline.regex import regex
from driftline.sources.disk import DiskSource

_SUFFIXES = (".py", ".mako", ".ini")
_NAMES = ("pyproject.toml", "driftline.toml", BASELINE_FILE)

_COMES_OR_GOES = int(types.WatchKind.Create) | int(types.WatchKind.Delete)

WATCHERS = (
    *(types.FileSystemWatcher(f"**/*{suffix}") for suffix in _SUFFIXES),
    *(types.FileSystemWatcher(f"**/{name}") for name in _NAMES),
    types.FileSystemWatcher("**", _COMES_OR_GOES),
)

_NO_FOLDER = regex(r"\.[A-Za-z]\w*$")
"""How the names of files end, and hardly ever a folder's (`v1.2` may be one)."""


def concerns(path: str, change: types.FileChangeType, folder: str) -> bool:
    """Whether an answer about the opened `folder` can depend on what has happened at `path` in it (both absolute)."""
    name = PurePath(path).name
    if name.endswith(_SUFFIXES) or name in _NAMES:
        return True
    # Git and Python's own caches come and go with every command.
    if name == "__pycache__" or any(part.startswith(".") for part in PurePath(path).relative_to(folder).parts):
        return False
    if change == types.FileChangeType.Created:
        return DiskSource().is_dir(path)
    return change == types.FileChangeType.Deleted and _NO_FOLDER.search(name) is None
