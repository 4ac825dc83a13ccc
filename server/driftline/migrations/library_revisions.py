"""Revisions that lie where no configuration says: a program adds their folders when it runs Alembic.

Libraries that bring revisions name their folders by entry points, and a program goes through those of a group that it
has chosen: `entry_points(group="alembic")`. Which group that is, only the program knows. So the folders of a group
count where the history builds on a revision (or a branch label) that one of them has, and in no file of its own.

Where no installed library has what is missing, a program that mentions `version_locations` may add more.

Example: `usershub = usershub.migrations:versions` under `[alembic]` in a distribution's `entry_points.txt` is the
folder `usershub/migrations/versions` of the group `alembic`.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Sequence

from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.import_roots import locate_resource
from driftline.sources.paths import absolute
from driftline.sources.program_files import MOST_FILES, python_files
from driftline.sources.source import Source, ask

_SOUNDS_LIKE_REVISIONS = regex("alembic|migration|revision|version", re.IGNORECASE)
_SECTION = regex(r"\[([^\]]+)\]")
_ENTRY = regex(r"([^=\s][^=]*?)\s*=\s*([\w.]+(?::[\w./]+)?)")
_OPTION = "version_locations"

_Entry = tuple[str, str, str]
"""(group, name, value) of an entry point."""


def library_folders(packages: Sequence[str], roots: Sequence[str], source: Source) -> tuple[tuple[str, ...], ...]:
    """Give, for each group of entry points that sounds like revisions, the folders that its entries name.

    `packages`: the folders of installed packages (absolute). `roots`: where else a package may be, as an editable
    install has it. An entry names a folder (`library.migrations:versions`), or a package with one called `versions`.
    """
    groups: dict[str, list[str]] = {}
    for package in packages:
        for name in source.list_dir(package):
            if not name.endswith((".dist-info", ".egg-info")):
                continue
            for group, entry, value in ask(source, f"{package}/{name}/entry_points.txt", _entries):
                folder = locate_resource(value, (*packages, *roots), source)
                if folder is not None and _SOUNDS_LIKE_REVISIONS.search(f"{group} {entry}"):
                    versions = absolute("versions", folder)
                    groups.setdefault(group, []).append(versions if source.is_dir(versions) else folder)
    return tuple(tuple(dict.fromkeys(folders)) for folders in groups.values())


def named_by_program(environment: Environment, source: Source) -> str | None:
    """Give the path of a module of the project's own that mentions `version_locations`; None where none does."""
    left = [MOST_FILES]
    skipped = set(environment.version_locations)
    for root in dict.fromkeys(_outermost(environment.import_roots)):
        for path in python_files(root, source, skipped, left):
            if ask(source, path, _mentions_locations):
                return path
    return None


def may_lie_elsewhere(missing: str, syntax: Syntax) -> Unknown:
    """Say that the revision `missing` may lie where the module `syntax` tells Alembic to look."""
    said = (
        node
        for node in ast.walk(syntax.tree)
        if (isinstance(node, ast.Constant) and node.value == _OPTION)
        or (isinstance(node, ast.keyword) and node.arg == _OPTION)
    )
    reason = f"the program adds version locations: revision `{missing}` may lie there, it is in no file"
    return Unknown(reason, Trace(syntax, next(said, syntax.tree)))


def _outermost(folders: Sequence[str]) -> Iterator[str]:
    for one in folders:
        if not any(one != other and one.startswith(other.rstrip(os.sep) + os.sep) for other in folders):
            yield one


def _entries(text: str | None) -> tuple[_Entry, ...]:
    """Give the entry points that a distribution's `entry_points.txt` lists."""
    found: list[_Entry] = []
    group = ""
    for line in (text or "").splitlines():
        section, entry = _SECTION.match(line.strip()), _ENTRY.match(line.strip())
        if section is not None:
            group = section[1].strip()
        elif entry is not None:
            found.append((group, entry[1], entry[2]))
    return tuple(found)


def _mentions_locations(text: str | None) -> bool:
    return text is not None and re.search(rf"""["']{_OPTION}["']|\b{_OPTION}\s*=""", text) is not None
