"""An Alembic environment, as its configuration describes it, before any Python is read.

Example: `Environment(name="alembic", script_location="/p/alembic", config_path="/p/alembic.ini", ...)`.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.dataclass import dataclass, field


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """Something wrong with a configuration file: a sentence for the user, the file, and a 1-based line.

    1 where there is none.
    """

    message: str
    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Environment:
    """One Alembic environment. All paths are absolute.

    `name`: the ini section (`alembic`), the database where it is one of several, or the folder's name. `label`: the
    script location as the user wrote it, relative to the opened folder: what findings call their environment.
    `config_path`: the alembic.ini or pyproject.toml it was found in, None where there is only a folder with env.py.
    `root`: the folder that `%(here)s` and relative paths refer to. `import_roots`: where absolute imports are looked
    up, in order (`prepend_sys_path`, the ini's folder, `src/` …). `version_locations`: folders with revision files.
    `found_locations`: they were looked for, as no configuration names them.
    `options`: every ini option by name, interpolated. `section`: the one of the ini that they are from. `database`: the
    one of the option `databases` that this environment is (the `multidb` template: one env.py and one history, and
    models and an `upgrade_…()` for each). `write_hooks`: the names of the programs that Alembic runs on a new revision.
    """

    name: str
    label: str
    root: str
    script_location: str
    env_path: str | None
    config_path: str | None
    import_roots: tuple[str, ...]
    version_locations: tuple[str, ...]
    recursive: bool = False
    file_template: str | None = None
    sqlalchemy_url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problems: tuple[ConfigProblem, ...] = ()
    found_locations: bool = False
    section: str = "alembic"
    database: str | None = None
    write_hooks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from the others of a folder: several sections, or databases, may share a script location."""
        return f"{self.label}:{self.name}"

    @property
    def databases(self) -> tuple[str, ...]:
        """The databases that env.py and the revisions are run for, by the names in the option `databases`."""
        return (self.database,) if self.database is not None else listed_databases(self.options)


def listed_databases(options: Mapping[str, str]) -> tuple[str, ...]:
    """Give the names in the option `databases`, which the `multidb` template's env.py and revisions go by."""
    return tuple(name.strip() for name in options.get("databases", "").split(",") if name.strip())
