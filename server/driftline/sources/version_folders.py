"""Version folders that no configuration file names: a program does, when it runs Alembic.

Folders below `versions/` belong to the history where what is in them goes on from what is in it, or where nothing is in
it itself. Folders named for databases (`versions/postgresql`, `versions/sqlite`) hold one history each.

Example: with `versions/kilo.py` and `versions/liberty/expand/1b4c.py`, whose `down_revision` is "kilo", the locations
are `versions` and `versions/liberty/expand`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from driftline.dataclass import dataclass
from driftline.regex import regex
from driftline.sources.paths import absolute, relative_to
from driftline.sources.source import Source, ask

_ID = regex(r"""^revision\s*(?::[^=\n]*)?=\s*["']([^"'\n]+)["']""", re.MULTILINE)
_DOWN = regex(r"""^(?:down_revision|depends_on)\s*(?::[^=\n]*)?=\s*([^\n]*(?:\n[ \t)\]][^\n]*)*)""", re.MULTILINE)
_STRING = regex(r"""["']([^"'\n]+)["']""")
_DEEPEST = 4

_DIALECT_FOLDERS = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "pg": "postgresql",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "mysql": "mysql",
    "mariadb": "mariadb",
    "oracle": "oracle",
    "mssql": "mssql",
}
"""What folders with one database's revisions are called, and SQLAlchemy's name of its dialect."""


@dataclass(frozen=True, slots=True)
class _Stated:
    """The ids that a folder's revisions have, and those that they come after."""

    ids: frozenset[str]
    downs: frozenset[str]


def find_version_folders(versions: str, source: Source) -> tuple[str, ...]:
    """Give the folders with the revisions of a script folder whose configuration names none: `versions`, mostly alone.

    What lies in a folder below it counts where it follows on what lies in `versions`, directly or through other such
    folders; all of them, where `versions` itself holds no revision.
    """
    below = {folder: _stated(folder, source) for folder in _folders_below(versions, source, 0)}
    below = {folder: stated for folder, stated in below.items() if stated.ids}
    if not below:
        return (versions,)
    here = _stated(versions, source)
    if not here.ids:
        return tuple(below)
    known, found = set(here.ids), set[str]()
    while more := {one for one, stated in below.items() if one not in found and not known.isdisjoint(stated.downs)}:
        found |= more
        known |= {identifier for one in more for identifier in below[one].ids}
    return (versions, *(one for one in below if one in found))


def folders_for(locations: tuple[str, ...], script_location: str, dialect: str) -> tuple[str, ...]:
    """Give those of the version locations that hold the revisions for `dialect`, without other databases' folders."""
    named = {one: _dialect_of(relative_to(one, script_location).split("/")) for one in locations}
    if dialect == "mariadb" and "mariadb" not in named.values():
        dialect = "mysql"
    kept = tuple(one for one, name in named.items() if name in (None, dialect))
    return kept or locations


def names_dialects(locations: tuple[str, ...], script_location: str) -> bool:
    """Whether some of the locations are named for databases."""
    return any(_dialect_of(relative_to(one, script_location).split("/")) is not None for one in locations)


def _dialect_of(parts: Iterable[str]) -> str | None:
    return next((_DIALECT_FOLDERS[part.lower()] for part in parts if part.lower() in _DIALECT_FOLDERS), None)


def _folders_below(folder: str, source: Source, depth: int) -> Iterator[str]:
    for name in source.list_dir(folder) if depth < _DEEPEST else ():
        path = absolute(name, folder)
        if not name.startswith((".", "__")) and not name.endswith(".py") and source.is_dir(path):
            yield path
            yield from _folders_below(path, source, depth + 1)


def _stated(folder: str, source: Source) -> _Stated:
    names = [one for one in source.list_dir(folder) if one.endswith(".py") and not one.startswith((".", "__"))]
    read = [ask(source, absolute(one, folder), _identifiers) for one in names]
    return _Stated(
        frozenset(one for ids, _ in read for one in ids), frozenset(one for _, downs in read for one in downs)
    )


def _identifiers(text: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the ids and the earlier revisions that a file states, as far as they are plain strings."""
    text = text or ""
    if "down_revision" not in text:
        return (), ()
    return tuple(_ID.findall(text)), tuple(one for stated in _DOWN.findall(text) for one in _STRING.findall(stated))
