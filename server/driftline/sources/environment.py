"""An Alembic environment, as its configuration describes it, before any Python is read.

Example: `Environment(name="alembic", script_location="/p/alembic", config_path="/p/alembic.ini", ...)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    `name`: the ini section (`alembic`) or the folder's name. `label`: the script location as the user wrote it,
    relative to the opened folder: what findings call their environment. `config_path`: the alembic.ini or
    pyproject.toml it was found in, None where there is only a folder with env.py.
    `root`: the folder that `%(here)s` and relative paths refer to. `import_roots`: where absolute imports are looked
    up, in order (`prepend_sys_path`, the ini's folder, `src/` …). `version_locations`: folders with revision files.
    `found_locations`: they were looked for, as no configuration names them.
    `options`: every ini option by name, interpolated.
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
