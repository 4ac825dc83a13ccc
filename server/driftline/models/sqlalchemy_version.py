"""Which major version of SQLAlchemy a project uses, as far as its files say.

What is installed says it, else a lock file, else a requirement that leaves no choice. SQLAlchemy 1.4 knows `Mapped[…]`
and does not look at it; 2.0 takes types and nullability from there.

Example: of a project whose `requirements.txt` says `SQLAlchemy==1.4.54`, `ignores_annotations` is true.
"""

from __future__ import annotations

import re
from itertools import islice

from driftline.python.modules import Modules
from driftline.sources.environment import Environment
from driftline.sources.paths import absolute, upwards
from driftline.sources.source import Source, ask

_FIRST_WITH_ANNOTATIONS = 2
_INSTALLED = re.compile(r"sqlalchemy-(\d+)\.[^-]*(?:-.*)?\.(?:dist-info|egg-info)", re.IGNORECASE)
_LOCKED = re.compile(
    r"""^name\s*=\s*"sqlalchemy"\s*\nversion\s*=\s*"(\d+)\.|"sqlalchemy":\s*\{[^}]*"version":\s*"==(\d+)\.""",
    re.IGNORECASE | re.MULTILINE,
)
"""How uv, Poetry and PDM lock it, and how Pipenv does."""
_REQUIRED = re.compile(
    r"""(?<![\w.-])sqlalchemy(?![\w.-])(?:\[[^\]]*\])?["']?\s*(?:=\s*["'])?[^\n"';#]*?"""
    r"""(?:(?:==|~=|\^|~)\s*(\d+)(?=[.\w"'\s,*])|<\s*(2)(?:\.0)*(?![.\d]))""",
    re.IGNORECASE,
)
"""A pin, a compatible release, or an upper bound that is version 2."""
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


def ignores_annotations(environment: Environment, modules: Modules) -> bool:
    """Whether the project's SQLAlchemy is one that ignores `Mapped[…]`; where nothing says its version, it is not."""
    major = _installed(modules)
    if major is None:
        major = _stated(environment, modules.source)
    return major is not None and major < _FIRST_WITH_ANNOTATIONS


def _installed(modules: Modules) -> int | None:
    for folder in modules.site_packages:
        for entry in modules.source.list_dir(folder):
            match = _INSTALLED.fullmatch(entry)
            if match is not None:
                return int(match.group(1))
    return None


def _stated(environment: Environment, source: Source) -> int | None:
    for folder in islice(upwards(environment.root), _PARENTS):
        for names, stated in ((_LOCKS, _locked), (_REQUIREMENTS, _required)):
            for name in names:
                path = absolute(name, folder)
                major = ask(source, path, stated) if source.is_file(path) else None
                if major is not None:
                    return major
    return None


def _locked(text: str | None) -> int | None:
    match = _LOCKED.search(text or "")
    return int(match[1] or match[2]) if match is not None else None


def _required(text: str | None) -> int | None:
    match = _REQUIRED.search(text or "")
    if match is None:
        return None
    return int(match[1]) if match[1] else _FIRST_WITH_ANNOTATIONS - 1  # `<2` leaves version 1
