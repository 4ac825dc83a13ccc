"""Which major version of a library a project uses, as far as its files say.

What is installed says it, else a lock file, else a requirement that leaves no choice. It is asked of libraries whose
second version reads models otherwise: SQLAlchemy 1.4 knows `Mapped[…]` and does not look at it, 2.0 takes types and
nullability from there; Pydantic 1 takes a default of None for leave to be None, 2 does not.

Example: of a project whose `requirements.txt` says `SQLAlchemy==1.4.54`, `is_first("sqlalchemy", …)` is true.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import NamedTuple

from driftline.python.modules import Modules
from driftline.regex import regex
from driftline.sources.environment import Environment
from driftline.sources.paths import absolute, upwards
from driftline.sources.source import Source, ask

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock")
_REQUIREMENTS = (
    "requirements.txt",
    "requirements/base.txt",
    "requirements/prod.txt",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
    "Pipfile",
)
_PARENTS = 3
"""How many folders from the project's root upwards are looked into."""


def is_first(library: str, environment: Environment, modules: Modules) -> bool:
    """Whether the project's `library` (a lower-case name) is version 1; where nothing says its version, it is not."""
    patterns = _patterns(library)
    major = _installed(patterns, modules)
    if major is None:
        major = _stated(patterns, environment, modules.source)
    return major is not None and major < 2  # noqa: PLR2004 -- the second version


class _Patterns(NamedTuple):
    """What files say of one library: `locked` as uv, Poetry and PDM lock it, and as Pipenv does.

    `required`: a pin, a compatible release, or an upper bound that is version 2.
    """

    installed: re.Pattern[str]
    locked: re.Pattern[str]
    required: re.Pattern[str]


@cache
def _patterns(library: str) -> _Patterns:
    return _Patterns(
        regex(rf"{library}-(\d+)\.[^-]*(?:-.*)?\.(?:dist-info|egg-info)", re.IGNORECASE),
        regex(
            rf"""^name\s*=\s*"{library}"\s*\nversion\s*=\s*"(\d+)\.|"{library}":\s*\{{[^}}]*"version":\s*"==(\d+)\.""",
            re.IGNORECASE | re.MULTILINE,
        ),
        regex(
            rf"""(?<![\w.-]){library}(?![\w.-])(?:\[[^\]]*\])?["']?\s*(?:=\s*["'])?[^\n"';#]*?"""
            r"""(?:(?:==|~=|\^|~)\s*(\d+)(?=[.\w"'\s,*])|<\s*(2)(?:\.0)*(?![.\d]))""",
            re.IGNORECASE,
        ),
    )


def _installed(patterns: _Patterns, modules: Modules) -> int | None:
    for folder in modules.site_packages:
        for entry in modules.source.list_dir(folder):
            match = patterns.installed.fullmatch(entry)
            if match is not None:
                return int(match.group(1))
    return None


def _stated(patterns: _Patterns, environment: Environment, source: Source) -> int | None:
    def locked(text: str | None) -> int | None:
        match = patterns.locked.search(text or "")
        return int(match[1] or match[2]) if match is not None else None

    def required(text: str | None) -> int | None:
        match = patterns.required.search(text or "")
        if match is None:
            return None
        return int(match[1]) if match[1] else 1  # `<2` leaves version 1

    for folder in islice(upwards(environment.root), _PARENTS):
        for names, stated in ((_LOCKS, locked), (_REQUIREMENTS, required)):
            for name in names:
                path = absolute(name, folder)
                major = ask(source, path, stated) if source.is_file(path) else None
                if major is not None:
                    return major
    return None
