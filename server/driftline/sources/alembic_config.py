"""One Alembic configuration, read as Alembic reads it: an ini file, `[tool.alembic]` in pyproject.toml, or both.

An option of the ini's section goes before the one of pyproject.toml. Where Alembic looks from the folder it is
started in, that is taken to be the file's own folder, or, where the script location is not there, the nearest folder
around it that has it. The source of each rule is `alembic.config.Config` and
`alembic.script.ScriptDirectory.from_config`.

Example: `AlembicConfig(ini, "alembic", None).text("script_location")` is `"alembic"`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.regex import regex
from driftline.sources.environment import ConfigProblem

if TYPE_CHECKING:
    from driftline.sources.ini_file import Ini
    from driftline.sources.toml_file import Toml

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}
_WRITE_HOOKS = "post_write_hooks"
"""The section of the ini file, and the tables in pyproject.toml."""
_SPACE_OR_COMMA = regex(r", *|(?: +)")
_SPACE_COMMA_OR_COLON = regex(r", *|(?: +)|:")


@dataclass(frozen=True, slots=True)
class AlembicConfig:
    """`section` of `ini` over `[tool.alembic]` of `toml`; one of the two files may be missing."""

    ini: Ini | None
    section: str
    toml: Toml | None

    @property
    def path(self) -> str:
        """The file that names the script location, or the first there is."""
        if self.toml is not None and not self._in_ini("script_location") and "script_location" in self._table:
            return self.toml.path
        file = self.ini or self.toml
        return file.path if file is not None else ""

    @property
    def _table(self) -> Mapping[str, object]:
        return (self.toml.table("tool", "alembic") if self.toml is not None else None) or {}

    def _in_ini(self, name: str) -> bool:
        return self.ini is not None and self.ini.option(self.section, name) is not None

    def line_of(self, name: str) -> int:
        """Give the 1-based line (in the file that has it) that sets the option `name`."""
        if self.ini is not None and (self._in_ini(name) or self.toml is None):
            return self.ini.line_of(self.section, name)
        return self.toml.line_of("tool", "alembic", name) if self.toml is not None else 1

    def problem(self, name: str, message: str) -> ConfigProblem:
        """Make a problem with the option `name`, at its line."""
        path = self.ini.path if self.ini is not None and self._in_ini(name) else self.path
        return ConfigProblem(message, path, self.line_of(name))

    def text(self, name: str) -> str | ConfigProblem | None:
        """Give an option that is one text."""
        if self.ini is not None:
            value = self.ini.option(self.section, name)
            if value is not None:
                return value
        return self._interpolated(name, self._table.get(name))

    def flag(self, name: str) -> bool:
        """Give a yes-or-no option: in an ini file only `true` means yes."""
        if self.ini is not None:
            value = self.ini.option(self.section, name)
            if value is not None:
                return value == "true"
        return self._table.get(name) is True

    def paths(self, name: str) -> tuple[str, ...] | ConfigProblem:
        """Give an option that lists paths (`version_locations`, `prepend_sys_path`), split as it is to be."""
        value = self.ini.option(self.section, name) if self.ini is not None else None
        if isinstance(value, ConfigProblem):
            return value
        if value:
            return self._split(name, value)
        listed = self._table.get(name)
        if listed is None:
            return ()
        if not isinstance(listed, list):
            return self.problem(name, f"`{name}` must be a list of paths")
        found = [self._interpolated(name, one) for one in listed]
        wrong = next((one for one in found if isinstance(one, ConfigProblem)), None)
        return wrong if wrong is not None else tuple(one for one in found if isinstance(one, str))

    def options(self) -> Mapping[str, str]:
        """Give every option that is a text, by name, those of the ini file first."""
        values: dict[str, str] = {}
        for name, value in self._table.items():
            found = self._interpolated(name, value) if isinstance(value, str) else None
            if isinstance(found, str):
                values[name] = found
            elif isinstance(value, bool):
                values[name] = "true" if value else "false"
        if self.ini is not None:
            values.update(self.ini.options(self.section))
        return values

    def write_hooks(self) -> tuple[str, ...]:
        """Give the names of the programs that Alembic runs on a new revision, as its `Config.get_hooks_list` does."""
        if self.ini is not None and _WRITE_HOOKS in self.ini.sections:
            listed = self.ini.options(_WRITE_HOOKS).get("hooks", "")
            return tuple(one for one in _SPACE_OR_COMMA.split(listed) if one)
        tables = self._table.get(_WRITE_HOOKS)
        hooks = tables if isinstance(tables, list) else []
        return tuple(str(one["name"]) for one in hooks if isinstance(one, dict) and "name" in one)

    def _split(self, name: str, value: str) -> tuple[str, ...] | ConfigProblem:
        assert self.ini is not None  # noqa: S101 - only an ini file has lists that need splitting
        # `version_path_separator` is the older name, and was never meant for `prepend_sys_path`.
        names = ("path_separator", "version_path_separator") if name == "version_locations" else ("path_separator",)
        for separator_name in names:
            separator = self.ini.option(self.section, separator_name)
            if separator is None:
                continue
            if isinstance(separator, ConfigProblem):
                return separator
            if separator not in _SEPARATORS:
                expected = ", ".join(f"`{one}`" for one in _SEPARATORS)
                return self.problem(separator_name, f"`{separator_name}` is `{separator}`; Alembic knows {expected}")
            return tuple(one.strip() for one in value.split(_SEPARATORS[separator]) if one.strip())
        legacy = _SPACE_OR_COMMA if name == "version_locations" else _SPACE_COMMA_OR_COLON
        return tuple(one for one in legacy.split(value) if one)

    def _interpolated(self, name: str, value: object) -> str | ConfigProblem | None:
        """A value of pyproject.toml with `%(here)s` filled in."""
        if value is None or self.toml is None:
            return None
        if not isinstance(value, str):
            return self.problem(name, f"`{name}` must be a string")
        try:
            return value % {"here": os.path.dirname(self.toml.path).replace(os.sep, "/")}
        except (KeyError, TypeError, ValueError) as error:
            return self.problem(
                name, f"`{name}` cannot be read: {error} (a percent sign that means itself is written %%)"
            )


def first_problem(values: Sequence[object]) -> ConfigProblem | None:
    """Give the first problem among what was read."""
    return next((one for one in values if isinstance(one, ConfigProblem)), None)
