"""From the paths on a command line to the environments that are meant.

Example: `one_environment(arguments)` is the `Work` of the only Alembic environment at `arguments.path`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure
from driftline.dataclass import dataclass, replace
from driftline.engine.analyse import Work, unreadable
from driftline.engine.analysis import Analysis, Location
from driftline.engine.cache_folder import wanted
from driftline.engine.not_understood import unknown_places
from driftline.engine.project import Project, open_project
from driftline.engine.session import Session
from driftline.engine.setting_value import DIALECTS
from driftline.engine.settings import Settings, check_rules, overridden
from driftline.sources import disk
from driftline.sources.environment import ConfigProblem, Environment
from driftline.sources.paths import absolute, folder_of, is_within, relative_to

if TYPE_CHECKING:
    from driftline.models.declared import Declared
    from driftline.python.origin import Origin


@dataclass(frozen=True, slots=True)
class Opened:
    """What a command works on.

    `folder`: what places are shown relative to. `files`: the only ones that are meant, None where all are. `broken`:
    what is wrong with environments that are meant too, and that are not among `works` for it. `caches`: what is worked
    out is kept for the next time.
    """

    folder: str
    works: tuple[Work, ...]
    files: frozenset[str] | None = None
    broken: tuple[ConfigProblem, ...] = ()
    caches: bool = False

    def keep(self) -> None:
        """Keep what was worked out for the next time, unless the user wants none of that."""
        if not self.caches:
            return
        from driftline.engine.remembered import keep

        for work in self.works:
            keep(work)

    def tell_of_broken(self) -> None:
        """Say on stderr which environments are left out, and why."""
        for one in self.broken:
            of_search = disk.DiskSource().is_dir(one.path) and not one.path.endswith(_CONFIGURATION)
            warn(_sentence(one) if of_search else f"{_sentence(one)}; this Alembic environment is left out")


def add_environment_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every command takes that reads a project."""
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help="the Alembic environment that is meant: its script location, or its section in the ini file",
    )
    parser.add_argument(
        "--dialect", choices=DIALECTS, metavar="NAME", help=f"the database's dialect: {', '.join(DIALECTS)}"
    )


def add_path_argument(parser: argparse.ArgumentParser) -> None:
    """Add the folder of a command that works on one."""
    parser.add_argument(
        "path", nargs="?", default=".", metavar="PATH", help="the project's folder (default: the current one)"
    )


def open_paths(
    paths: Sequence[str],
    arguments: argparse.Namespace,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    baseline: bool = True,
    started: Callable[[str, str], None] | None = None,
) -> Opened:
    """Open folders, and the projects around files; raises `Failure` where that is not possible for any environment.

    `baseline`: whether what the baseline knows is left out. Places are shown relative to the folder if there is just
    one, else to the current folder.
    """
    wrong = check_rules((*select, *ignore))
    if wrong is not None:
        raise Failure(wrong)
    session = Session(disk.DiskSource(), started)
    here = current_folder()
    places = [absolute(path, here) for path in paths]
    for path in places:
        if not (session.source.is_file(path) or session.source.is_dir(path)):
            msg = f"there is no file or folder {path}"
            raise Failure(msg)
    files = [path for path in places if session.source.is_file(path)]
    folders = [path for path in places if path not in files]
    base = folders[0] if len(places) == 1 and folders else here
    around = [here if is_within(path, here) else folder_of(path) for path in files]
    adjust = partial(
        overridden, select=tuple(select), ignore=tuple(ignore), dialect=arguments.dialect, baseline=baseline
    )
    projects = [_open(folder, session, adjust) for folder in dict.fromkeys((*folders, *around))]
    works, broken = _named(projects, arguments.environment)
    caches = not getattr(arguments, "no_cache", True) and wanted()
    if caches:
        from driftline.engine.remembered import remember

        for work in works:
            remember(work)
    unique = {(work.environment.script_location, work.environment.name): work for work in works}
    meant = frozenset(files) if files and not folders else None
    # Files are checked for their own sake: what is broken elsewhere is not their fault.
    near = [one for one in broken if meant is None or any(is_within(path, folder_of(one.path)) for path in meant)]
    return Opened(base, tuple(unique.values()), meant, tuple(near), caches)


def readable(opened: Opened) -> Opened:
    """Leave out environments that rest on a file which cannot be read; raises `Failure` where none is left."""
    unread = {work.key: unreadable(work) for work in opened.works}
    works = tuple(work for work in opened.works if not unread[work.key])
    if not works:
        ensure_readable(opened.works[0])
    broken = [ConfigProblem(f"it cannot be read: {one.reason}", one.path) for found in unread.values() for one in found]
    return replace(opened, works=works, broken=(*opened.broken, *dict.fromkeys(broken)))


def one_environment(arguments: argparse.Namespace) -> Work:
    """Open `arguments.path` and give its environment; raises `Failure` with a list where there are several.

    One that is broken does not count beside one that is not.
    """
    opened = open_paths([arguments.path], arguments)
    if len(opened.works) > 1:
        raise Failure(_several(opened.works))
    opened.tell_of_broken()
    return opened.works[0]


def ensure_readable(work: Work, *, revisions: bool = True) -> None:
    """Raise `Failure` where a file could not be read that the models rest on, or, unless told otherwise, the graph."""
    found = unreadable(work, revisions=revisions)
    if found:
        raise Failure("\n".join(f"{shown(one.path)} cannot be read: {one.reason}" for one in found))


def ensure_sound(analyses: Iterable[Analysis]) -> None:
    """Raise `Failure` where the baseline is broken: what it has known for long would seem to be new."""
    problems = [problem for one in analyses for problem in one.problems]
    if problems:
        raise Failure(sentences(problems))


def no_models(environment: Environment, declared: Declared, locate: Callable[[Origin], Location | None]) -> str:
    """Give the sentence that says that an environment has no models, where they were looked for, and what was not read.

    Tables that env.py does not reach are counted in it.
    """
    unparsed = [
        one
        for one in unknown_places(declared.unknown, environment, locate)
        if one.reason.startswith("it does not parse")
    ]
    lost = "".join(f"; {shown(one.path)}:{one.line}: {one.reason}" for one in unparsed[:_NAMED])
    unread = any("target_metadata" in one.reason for one in declared.unknown)
    if environment.env_path is not None and not declared.options.target_metadata and not unread:
        return (
            f"there are no models: {shown(environment.env_path)} names no `target_metadata`, so that Alembic compares"
            f" nothing{lost}"
        )
    return f"{_without_models(environment, len(declared.unreached))}{lost}"


_NAMED = 5
"""How many files that do not parse are named where there are no models."""


def _without_models(environment: Environment, unreached: int) -> str:
    if environment.env_path is None:
        return f"there are no models: {shown(environment.script_location)} has no env.py that could import any"
    if unreached:
        return (
            f"{shown(environment.env_path)} reaches no models; the project has tables that it does not reach,"
            f" {unreached} of them (`driftline schema models --all` shows them)"
        )
    return (
        f"there are no models: nothing that {shown(environment.env_path)} imports declares a table on its"
        f" `target_metadata` (modules were looked for in {', '.join(shown(one) for one in environment.import_roots)})"
    )


def current_folder() -> str:
    """Give the folder that the program was started in. Raises `Failure` where it has been removed since."""
    folder = disk.current_folder()
    if folder is None:
        msg = "the current folder is not there any more"
        raise Failure(msg)
    return folder


def shown(path: str) -> str:
    """Give a path as the user, standing in the current folder, would write it."""
    return relative_to(path, current_folder())


def warn(message: str) -> None:
    """Print a sentence to stderr; the command goes on."""
    print(f"driftline: {message}", file=sys.stderr)


def _open(folder: str, session: Session, adjust: Callable[[Settings], Settings]) -> Project:
    project = open_project(folder, session, adjust)
    if project.problems and not project.works:
        raise Failure(sentences(project.problems))
    if not project.works:
        msg = f"there is no Alembic environment in {folder}, below it or above it.\nLooked for:"
        raise Failure("\n".join((msg, *(f"  {one}" for one in project.discovery.looked_for))))
    return project


def _named(projects: Sequence[Project], name: str | None) -> tuple[list[Work], tuple[ConfigProblem, ...]]:
    """The environments that are meant, and what is wrong with others that are.

    What is wrong with one that is not meant is no matter.
    """
    works = [work for project in projects for work in project.works]
    problems = tuple(dict.fromkeys(one for project in projects for one in project.problems))
    configured = tuple(dict.fromkeys(one for project in projects for one in project.discovery.problems))

    def broken(work: Work) -> list[ConfigProblem]:
        return [one for one in problems if _breaks(one, work, of_configuration=one in configured)]

    if name is None:
        sound = [work for work in works if not broken(work)]
        # Settings that are no environment's own say where to look for environments: without them, none is surely meant.
        settings = {work.settings.path for work in works}
        if not sound or any(one not in configured and one.path not in settings for one in problems):
            raise Failure(sentences(problems))
        return sound, problems
    # Its place is one environment's own; a section's name, mostly `alembic`, may be the name of many.
    named = [work for work in works if work.environment.name == name]
    chosen = [work for work in works if _is_at(work, name)] or named
    if len(chosen) > 1:  # sections that share a script location
        chosen = [work for work in chosen if work in named] or chosen
    if not chosen:
        msg = f"there is no Alembic environment `{name}`.\n{_listed(works)}"
        raise Failure("\n".join((msg, "And there is what is broken:", sentences(configured)) if configured else (msg,)))
    if len({work.environment.script_location for work in chosen}) > 1:
        raise Failure(_several(chosen))
    if broken(chosen[0]):
        raise Failure(sentences(broken(chosen[0])))
    return chosen, ()


def _breaks(problem: ConfigProblem, work: Work, *, of_configuration: bool) -> bool:
    """Whether a problem is one of this environment: of its settings, or of the file that should have configured it."""
    if not of_configuration:
        return problem.path == work.settings.path
    environment = work.environment
    below = is_within(environment.script_location, folder_of(problem.path))
    return environment.config_path is None and below and problem.path.endswith(_CONFIGURATION)


_CONFIGURATION = (".ini", ".toml")
"""How the files end that configure environments: other problems are of the search for them."""


def _is_at(work: Work, name: str) -> bool:
    environment = work.environment
    places = {absolute(name, folder) for folder in (current_folder(), work.folder)}
    return not places.isdisjoint({environment.script_location, environment.config_path})


def _several(works: Sequence[Work]) -> str:
    return f"there are several Alembic environments; name one with --environment.\n{_listed(works)}"


def _listed(works: Sequence[Work]) -> str:
    lines = ["The environments are:"]
    for work in works:
        environment = work.environment
        where = shown(environment.config_path) if environment.config_path is not None else "no configuration file"
        lines.append(f"  {environment.label}  (`{environment.name}`, {where})")
    return "\n".join(lines)


def sentences(problems: Iterable[ConfigProblem]) -> str:
    """Give problems as lines for the user, each once, with the place."""
    return "\n".join(_sentence(one) for one in dict.fromkeys(problems))


def _sentence(problem: ConfigProblem) -> str:
    line = "" if disk.DiskSource().is_dir(problem.path) else f":{problem.line}"
    return f"{shown(problem.path)}{line}: {problem.message}"
