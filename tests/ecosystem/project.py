"""The real projects that Driftline is read against, as `projects.toml` lists them.

Example: `read_projects()[0].wheel` is `Wheel("dstack", "0.22.5", "e83c…")`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("projects.toml")


@dataclass(frozen=True, slots=True)
class Wheel:
    """A distribution at a version. `sha256`: of its wheel, in hexadecimal."""

    name: str
    version: str
    sha256: str

    @property
    def requirement(self) -> str:
        """`name==version`."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Project:
    """A project.

    `root`: the folder, in it, that an editor would open. `wheel`: how to get it; None where it comes as a local
    checkout only, and `checkout` says of what. `inherits`: distributions that its models inherit from; they are read as
    installed. `environment`: which of several Alembic environments is meant.
    """

    name: str
    root: str
    wheel: Wheel | None = None
    checkout: str = ""
    inherits: tuple[Wheel, ...] = ()
    environment: str | None = None


def read_projects(path: Path = LIST) -> tuple[Project, ...]:
    """Give the projects of a list, in its order."""
    return tuple(_project(entry) for entry in tomllib.loads(path.read_text(encoding="utf-8"))["project"])


def _project(entry: Mapping[str, Any]) -> Project:
    return Project(
        name=entry["name"],
        root=entry["root"],
        wheel=_wheel(entry) if "wheel" in entry else None,
        checkout=entry.get("checkout", ""),
        inherits=tuple(_wheel(one) for one in entry.get("inherits", ())),
        environment=entry.get("environment"),
    )


def _wheel(entry: Mapping[str, Any]) -> Wheel:
    name, _, version = entry["wheel"].partition("==")
    return Wheel(name, version, entry["sha256"])
