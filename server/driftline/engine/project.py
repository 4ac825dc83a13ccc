"""A folder as an editor opens it: its settings, and its Alembic environments, each with what is needed to analyse it.

Example: `open_project("/p", Session(DiskSource())).works[0].environment.label` is `"backend/alembic"`.
"""

from __future__ import annotations

from collections.abc import Callable

from driftline.dataclass import dataclass
from driftline.engine.analyse import Work
from driftline.engine.session import Session
from driftline.engine.settings import Settings, read_settings
from driftline.sources.discovery import Discovery, discover
from driftline.sources.environment import ConfigProblem


@dataclass(frozen=True, slots=True)
class Project:
    """`folder`: what was opened (absolute). `works`: one per environment, in the order of their places.

    `problems`: with settings and configurations, each once; an environment's own are in `Environment.problems`.
    """

    folder: str
    works: tuple[Work, ...]
    discovery: Discovery
    problems: tuple[ConfigProblem, ...] = ()


def _as_they_are(settings: Settings) -> Settings:
    return settings


def open_project(
    folder: str,
    session: Session,
    adjust: Callable[[Settings], Settings] = _as_they_are,
    last: dict[str, Settings] | None = None,
) -> Project:
    """Find the environments of `folder` (absolute) and the settings that hold for each.

    `folder` may also be an ini file or pyproject.toml. The settings of `folder` say where to look; those of an
    environment are the nearest to its own root. `adjust` puts the command line's or the editor's words over them.
    `last`: the settings of each file when it was last read, kept here by whoever opens the project again and again.
    """
    last = {} if last is None else last
    settings, problems = _settings(folder, session, last)
    settings = adjust(settings)
    found = session.stage(
        "discover",
        folder,
        (settings.exclude, settings.environments, settings.folder),
        lambda source: discover(folder, source, settings.exclude, settings.environments, settings.folder),
    )
    works: list[Work] = []
    for environment in found.environments:
        own, wrong = _settings(environment.root, session, last)
        problems = (*problems, *wrong)
        works.append(Work(environment, session, adjust(own), folder, alone=len(found.environments) == 1))
    return Project(folder, tuple(works), found, tuple(dict.fromkeys((*problems, *found.problems))))


def _settings(folder: str, session: Session, last: dict[str, Settings]) -> tuple[Settings, tuple[ConfigProblem, ...]]:
    read = session.stage("settings", folder, (), lambda source: read_settings(folder, source))
    path = read.settings.path
    if path is None:
        return read.settings, read.problems
    settings = last[path] = read.mended(last.get(path))
    return settings, read.problems
