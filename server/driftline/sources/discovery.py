"""Finding a project's Alembic environments: configuration files and script folders at a folder, below it, or above it.

Nothing Python is read here but to tell an env.py from a template of one.

Example: `discover("/p", DiskSource()).environments[0].script_location` is `"/p/backend/alembic"`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from driftline.dataclass import dataclass, field, replace
from driftline.regex import regex
from driftline.sources.alembic_config import AlembicConfig, first_problem
from driftline.sources.environment import ConfigProblem, Environment, listed_databases
from driftline.sources.import_roots import import_roots, locate_resource
from driftline.sources.ini_file import Ini, read_ini
from driftline.sources.paths import absolute, is_within, matches, relative_to, upwards
from driftline.sources.source import FileText, Source, exists
from driftline.sources.toml_file import Toml, may_have_tool, read_toml
from driftline.sources.version_folders import find_version_folders

LOOKED_FOR = (
    "alembic.ini (or another .ini file with an [alembic] section)",
    "[tool.alembic] in pyproject.toml",
    "a script folder (env.py beside script.py.mako or versions/)",
)
"""What makes an Alembic environment, in words for users."""

MOST_FOLDERS = 20_000
"""How many folders are looked into before a search ends: nobody's project is larger, but a home folder is."""

_NEVER_ENTERED = frozenset({"__pycache__", "node_modules", "site-packages", "dist-packages"})
_FILLED_IN = frozenset("{}<>$@")
_SECTION = regex(r"^(?:\[alembic\]|script_location\s*[=:])", re.MULTILINE)
_DATABASES = regex(r"""["']databases["']""")
_OWN_OPTIONS = ("script_location", "version_locations", "sqlalchemy.url")
"""Options that make a section one for `alembic --name`."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found. `looked_for`: what makes an environment. `problems`: configurations of no environment."""

    environments: tuple[Environment, ...]
    looked_for: tuple[str, ...] = LOOKED_FOR
    problems: tuple[ConfigProblem, ...] = ()


@dataclass(slots=True)
class _Found:
    """What the search came across. `configs` are usable once their script folder is known."""

    configs: list[AlembicConfig] = field(default_factory=list)
    script_folders: list[str] = field(default_factory=list)
    problems: list[ConfigProblem] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How much was found."""
        return len(self.configs) + len(self.script_folders) + len(self.problems)


def discover(
    path: str, source: Source, exclude: Sequence[str] = (), only: Sequence[str] = (), base: str | None = None
) -> Discovery:
    """Find the Alembic environments of the folder `path` (absolute): at it, below it, else in the nearest above.

    `path` may also be an ini file or pyproject.toml, which then is the only one. `exclude`: patterns of paths, as seen
    from `base` (default: `path`), that are not entered (`fixtures`, `*/templates`). `only`: where not empty, the files
    or folders (absolute) that count, wherever they are.
    """
    if source.is_file(path):
        if os.path.splitext(path)[1] in {".ini", ".toml"}:
            return _resolve(_read_named([path], source), os.path.dirname(path), source)
        path = os.path.dirname(path)
    if only:
        return _resolve(_read_named(only, source), path, source)
    found = _search(path, source, exclude, base or path)
    if not found.configs:
        above = _search_above(path, source)
        if not found.count:
            return _resolve(above, path, source)
        # `path` may lie within a script folder, or be one, that a file above it configures.
        made = [(config, _environment(config, path, source)) for config in above.configs]
        found.configs += [
            config
            for config, one in made
            if isinstance(one, Environment) and one.script_location in found.script_folders
        ]
    return _resolve(found, path, source)


# ---------------------------------------------------------------------------------------------------------------------
# Searching


def _search(top: str, source: Source, exclude: Sequence[str], base: str) -> _Found:
    """What lies at `top` and below it, nearest to the top first."""
    found = _Found()
    waiting, count = [top], 0
    while waiting:
        folder = waiting.pop()
        count += 1
        if count > MOST_FOLDERS:
            found.problems.append(
                ConfigProblem(
                    f"the search ended after {MOST_FOLDERS} folders; name a folder nearer to the project", top
                )
            )
            break
        names = source.list_dir(folder)
        _look_into(folder, names, source, found)
        inner = [name for name in names if _is_entered(name)]
        below = [os.path.join(folder, name) for name in inner if source.is_dir(os.path.join(folder, name))]
        waiting += reversed([one for one in below if not _is_passed_over(one, base, source, exclude)])
    return found


def _is_entered(name: str) -> bool:
    """Whether a name could be a folder of the project: not hidden, no package store, and no file by the look of it."""
    return not (
        name.startswith(".")
        or name in _NEVER_ENTERED
        or name.endswith((".py", ".pyc", ".egg-info", ".dist-info"))
        or "{{" in name  # a cookiecutter's folder
    )


def _is_passed_over(folder: str, base: str, source: Source, exclude: Sequence[str]) -> bool:
    """Whether a folder is left out: excluded by the user, a virtual environment, or a copy that a build made."""
    place = relative_to(folder, base)
    if any(matches(place, pattern) for pattern in exclude):
        return True
    if source.is_file(os.path.join(folder, "pyvenv.cfg")):
        return True
    parent, name = os.path.split(folder)
    return os.path.basename(parent) == "build" and (name == "lib" or name.startswith(("lib.", "bdist.")))


def _search_above(path: str, source: Source) -> _Found:
    """The nearest folder above `path` that configures something; up to the folder that is a git repository's top."""
    found = _Found()
    for folder in upwards(path):
        names = source.list_dir(folder)
        if folder != path:
            _look_into(folder, names, source, found)
            if found.configs or found.problems:
                return found
        if ".git" in names:
            break
    return found


def _read_named(paths: Iterable[str], source: Source) -> _Found:
    """The configuration files and folders that the user named."""
    found = _Found()
    for path in paths:
        if source.is_file(path):
            before = found.count
            _read_configs(os.path.dirname(path), (os.path.basename(path),), source, found, named=True)
            if found.count == before:
                found.problems.append(ConfigProblem("it configures no Alembic environment", path))
        elif source.is_dir(path):
            before = found.count
            _look_into(path, source.list_dir(path), source, found)
            if found.count == before:
                found.problems.append(ConfigProblem(f"it has none of: {'; '.join(LOOKED_FOR)}", path))
        else:
            found.problems.append(
                ConfigProblem("the setting `environments` names it, and there is no such file or folder", path)
            )
    return found


def _look_into(folder: str, names: Sequence[str], source: Source, found: _Found) -> None:
    """Take what one folder has."""
    if "env.py" in names and ("script.py.mako" in names or "versions" in names) and _is_env(folder, source):
        found.script_folders.append(folder)
    _read_configs(folder, names, source, found, named=False)


def _is_env(folder: str, source: Source) -> bool:
    """Whether env.py is one of Alembic's, and no template of one."""
    env = source.read(os.path.join(folder, "env.py"))
    return isinstance(env, FileText) and "alembic" in env.text and "${" not in env.text and "{{" not in env.text


def _read_configs(folder: str, names: Sequence[str], source: Source, found: _Found, *, named: bool) -> None:
    """Read the configuration files among `names`: alembic.ini first. `named`: the user says that they are some."""
    toml = _read_pyproject(folder, source, found) if "pyproject.toml" in names or named else None
    inis = sorted((name for name in names if name.endswith(".ini")), key=lambda name: (name != "alembic.ini", name))
    before = len(found.configs)
    for name in inis:
        must = named or name == "alembic.ini"
        ini = _read_ini(os.path.join(folder, name), source, found, must=must)
        if ini is None:
            continue
        found.configs += _configs_of(ini, toml)
        if must and "alembic" not in ini.sections and len(found.configs) == before and toml is None:
            found.problems.append(ConfigProblem("it has no `[alembic]` section", ini.path))
    if toml is not None and len(found.configs) == before:
        found.configs.append(AlembicConfig(None, "alembic", toml))


def _read_pyproject(folder: str, source: Source, found: _Found) -> Toml | None:
    """The pyproject.toml of `folder` if it has `[tool.alembic]`."""
    file = source.read(os.path.join(folder, "pyproject.toml"))
    if not isinstance(file, FileText) or not may_have_tool(file.text, "alembic"):
        return None
    toml = read_toml(file)
    if isinstance(toml, ConfigProblem):
        if re.search(r"^\s*\[+\s*tool\.alembic", file.text, re.MULTILINE):
            found.problems.append(toml)
        return None
    return toml if toml.table("tool", "alembic") is not None else None


def _read_ini(path: str, source: Source, found: _Found, *, must: bool) -> Ini | None:
    """The ini at `path`; None where it has nothing to do with Alembic, or is broken (which is noted)."""
    file = source.read(path)
    if not isinstance(file, FileText):
        if must:
            found.problems.append(ConfigProblem(f"it cannot be read: {file.reason}", path))
        return None
    if not must and not _SECTION.search(file.text):
        return None
    ini = read_ini(file)
    if isinstance(ini, ConfigProblem):
        found.problems.append(ini)
        return None
    return ini


def _configs_of(ini: Ini, toml: Toml | None) -> Iterator[AlembicConfig]:
    """A configuration for `[alembic]`, and for each other section that `alembic --name` could name.

    That is one with a script location, which may stand in `[DEFAULT]` where the section says something else of its own.
    """
    databases: set[str] = set()
    if "alembic" in ini.sections:
        config = AlembicConfig(ini, "alembic", toml)
        databases.update(listed_databases(config.options()))
        yield config
    for section in ini.sections:
        if section in {"alembic", *databases} and not ini.states(section, "script_location"):
            continue
        located = ini.option(section, "script_location") is not None
        if section != "alembic" and located and any(ini.states(section, one) for one in _OWN_OPTIONS):
            yield AlembicConfig(ini, section, toml)


# ---------------------------------------------------------------------------------------------------------------------
# From what was found to environments


def _resolve(found: _Found, base: str, source: Source) -> Discovery:
    """Make environments out of what was found: each pair of script folder and version locations once.

    One that is for several databases is an environment for each.
    """
    environments: dict[tuple[str, tuple[str, ...]], Environment] = {}
    problems = list(found.problems)
    homeless: list[AlembicConfig] = []
    for config in found.configs:
        made = _environment(config, base, source)
        if isinstance(made, Environment):
            environments.setdefault((made.script_location, made.version_locations), made)
        elif made is None:
            homeless.append(config)
        else:
            problems.append(made)
    claimed = {one.script_location for one in environments.values()}
    free = [folder for folder in found.script_folders if folder not in claimed]
    for config in homeless:
        folder = os.path.dirname(config.path)
        below = [one for one in free if is_within(one, folder)]
        if len(below) == 1 and _is_placeholder(config.text("script_location")):
            made = _environment(config, base, source, script_location=below[0])
            if isinstance(made, Environment):
                environments.setdefault((made.script_location, made.version_locations), made)
                free.remove(below[0])
                continue
        if folder not in claimed:
            problems.append(_no_script_location(config))
    bare = [
        _bare_environment(folder, base, source)
        for folder in free
        if not any(_is_within(folder, one) for one in environments.values())
    ]
    at_home = [one for one in bare if any(source.is_dir(place) for place in one.version_locations)]
    # A script folder without revisions beside another that has some is what a program hands to others (to plugins).
    for made in at_home if at_home or environments else bare:
        environments[made.script_location, made.version_locations] = made
    ordered = sorted(
        (one for environment in environments.values() for one in _by_database(environment, source)),
        key=lambda one: (one.config_path or one.script_location, one.name != "alembic"),
    )
    return Discovery(tuple(ordered), problems=tuple(dict.fromkeys(problems)))


def _by_database(environment: Environment, source: Source) -> Iterator[Environment]:
    """Give an environment for each database that a `multidb` env.py goes through; others as they are."""
    named = [one for one in listed_databases(environment.options) if one in environment.sections]
    env = source.read(environment.env_path) if named and environment.env_path is not None else None
    if not isinstance(env, FileText) or not _DATABASES.search(env.text):
        yield environment
        return
    for one in named:
        url = environment.sections[one].get("sqlalchemy.url", environment.sqlalchemy_url)
        name = one if len(named) > 1 else environment.name
        yield replace(environment, name=name, database=one, sqlalchemy_url=url)


def _is_placeholder(value: str | ConfigProblem | None) -> bool:
    """Whether a script location is for a program to fill in (`{alembic_dir}`), or is not there."""
    return value is None or (isinstance(value, str) and not _FILLED_IN.isdisjoint(value))


def _is_within(folder: str, environment: Environment) -> bool:
    return folder.startswith(environment.script_location + os.sep)


def _no_script_location(config: AlembicConfig) -> ConfigProblem:
    value = config.text("script_location")
    if value is None:
        where = f"`[{config.section}]`" if config.ini is not None else "`[tool.alembic]`"
        return ConfigProblem(f"{where} has no `script_location`", config.path, config.line_of("script_location"))
    value = str(value).replace("\n", "\\n")  # a value on continued lines begins with one
    folder = absolute(value, os.path.dirname(config.path))
    return config.problem("script_location", f"`script_location` is `{value}`, and there is no folder {folder}")


def _environment(
    config: AlembicConfig, base: str, source: Source, script_location: str | None = None
) -> Environment | ConfigProblem | None:
    """Make the environment of a configuration; None where its script folder is not to be found.

    `script_location`: the folder to take where the configuration names none that exists.
    """
    folder = os.path.dirname(config.path)
    prepended = config.paths("prepend_sys_path")
    named = config.text("script_location")
    versions = config.paths("version_locations")
    problems: list[ConfigProblem] = []
    if script_location is None:
        if isinstance(named, ConfigProblem):
            return named
        place = _script_folder(config, named, prepended if isinstance(prepended, tuple) else (), source)
        if place is None:
            return None
        script_location, root = place
    else:
        root = os.path.dirname(script_location) if script_location == folder else folder
        problems.append(_no_script_location(config))
    problem = first_problem((versions, prepended))
    if problem is not None:
        problems.append(problem)
    entries = [absolute(one, root) for one in prepended] if isinstance(prepended, tuple) else []
    roots = import_roots(entries, root, script_location, source)
    locations = [
        _version_location(one, root, roots, source) for one in (versions if isinstance(versions, tuple) else ())
    ]
    missing = [one for one in locations if not source.is_dir(one)]
    if locations and len(missing) == len(locations):
        problems.append(
            config.problem("version_locations", f"none of the `version_locations` is a folder: {', '.join(missing)}")
        )
    template, url = config.text("file_template"), config.options().get("sqlalchemy.url")
    recursive = config.flag("recursive_version_locations")
    env_path = os.path.join(script_location, "env.py")
    return Environment(
        name=config.section,
        section=config.section,
        label=relative_to(script_location, base),
        root=root,
        script_location=script_location,
        env_path=env_path if source.is_file(env_path) else None,
        config_path=config.path,
        import_roots=roots,
        version_locations=tuple(locations) or _version_folders(script_location, source, recursive=recursive),
        recursive=recursive,
        found_locations=not locations,
        file_template=template if isinstance(template, str) else None,
        sqlalchemy_url=url or None,
        options=config.options(),
        sections={name: config.ini.options(name) for name in config.ini.sections} if config.ini is not None else {},
        problems=tuple(problems),
        write_hooks=config.write_hooks(),
    )


def _script_folder(
    config: AlembicConfig, named: str | None, prepended: Sequence[str], source: Source
) -> tuple[str, str] | None:
    """The script folder, and the folder that Alembic must have been started in to find it there."""
    folder = os.path.dirname(config.path)
    if named is None:
        # Flask-Migrate keeps its ini inside of the script folder, and says the location in code.
        has_env = source.is_file(os.path.join(folder, "env.py"))
        return (folder, os.path.dirname(folder)) if has_env else None
    for root in upwards(folder):
        if not os.path.isabs(named) and ":" in named:
            entries = [absolute(one, root) for one in prepended]
            place = locate_resource(named, import_roots(entries, root, root, source), source)
        else:
            place = absolute(named, root)
        # The folder that the file is in is the script folder only where it says so with `.` or `%(here)s`, and is one.
        if (
            place is not None
            and source.is_dir(place)
            and (place != root or (root == folder and source.is_file(os.path.join(place, "env.py"))))
        ):
            return place, root
        if os.path.isabs(named) or exists(source, os.path.join(root, ".git")):
            break
    return None


def _bare_environment(folder: str, base: str, source: Source) -> Environment:
    """An environment that no file configures: its program makes the configuration in code."""
    root = os.path.dirname(folder)
    return Environment(
        name=os.path.basename(folder),
        label=relative_to(folder, base),
        root=root,
        script_location=folder,
        env_path=os.path.join(folder, "env.py"),
        config_path=None,
        import_roots=import_roots((), root, folder, source),
        version_locations=_version_folders(folder, source),
        found_locations=True,
    )


def _version_folders(script_location: str, source: Source, *, recursive: bool = False) -> tuple[str, ...]:
    """The folders with revisions, where the configuration names none."""
    versions = os.path.join(script_location, "versions")
    return (versions,) if recursive else find_version_folders(versions, source)


def _version_location(value: str, root: str, roots: Sequence[str], source: Source) -> str:
    if not os.path.isabs(value) and ":" in value:
        found = locate_resource(value, roots, source)
        if found is not None:
            return found
    return absolute(value, root)
