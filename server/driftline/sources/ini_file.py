r"""An ini file as Alembic reads it: `configparser` with interpolation, where `%(here)s` is the file's folder.

Example: `read_ini(FileText("/p/alembic.ini", "[alembic]\nscript_location = %(here)s/migrations\n", ...))` gives an
`Ini` whose `option("alembic", "script_location")` is `"/p/migrations"`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from configparser import (
    ConfigParser,
    DuplicateOptionError,
    DuplicateSectionError,
    Error,
    InterpolationDepthError,
    InterpolationError,
    InterpolationMissingOptionError,
    MissingSectionHeaderError,
    ParsingError,
)

from driftline.dataclass import dataclass, field
from driftline.sources.environment import ConfigProblem
from driftline.sources.source import FileText


@dataclass(frozen=True, slots=True)
class Ini:
    """A parsed ini file."""

    path: str
    text: str = field(repr=False)
    parser: ConfigParser = field(repr=False)

    @property
    def sections(self) -> tuple[str, ...]:
        """The names of the sections, in order, without `DEFAULT`."""
        return tuple(self.parser.sections())

    def states(self, section: str, name: str) -> bool:
        """Whether `section` itself sets the option `name`, not only `[DEFAULT]`."""
        own = self.parser._sections  # type: ignore[attr-defined] # noqa: SLF001 - configparser tells it nowhere else
        return name in own.get(section, ())

    def option(self, section: str, name: str) -> str | ConfigProblem | None:
        """Give an option, interpolated; None where there is none, a problem where Alembic would fail."""
        if not self.parser.has_section(section) or not self.parser.has_option(section, name):
            return None
        try:
            return self.parser.get(section, name)
        except InterpolationError as error:
            return ConfigProblem(f"`{name}` cannot be read: {_why(error)}", self.path, self.line_of(section, name))

    def options(self, section: str) -> Mapping[str, str]:
        """Give all options of `section`, with those of `[DEFAULT]` and `here`.

        What cannot be interpolated is given as it is written (many an env.py sets what is missing,
        `config.set_section_option(section, "DB_HOST", …)`, before it reads the option).
        """
        if not self.parser.has_section(section):
            return {}
        values: dict[str, str] = {}
        for name in self.parser.options(section):
            value = self.option(section, name)
            values[name] = value if isinstance(value, str) else self.parser.get(section, name, raw=True)
        return values

    def line_of(self, section: str, name: str) -> int:
        """Give the 1-based line that sets an option, also in `[DEFAULT]`; the section's line, or 1, where none does."""
        inside, found, header_line = "", 1, 1
        option = re.compile(rf"{re.escape(name)}\s*[=:]", re.IGNORECASE)
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\[([^\]]+)\]", line)
            if header:
                inside = header[1]
                header_line = number if inside == section else header_line
            elif option.match(line):
                if inside == section:
                    return number
                found = number if inside == "DEFAULT" else found
        return found if found > 1 else header_line


def read_ini(file: FileText) -> Ini | ConfigProblem:
    """Parse an ini file; where it is broken, say how and on which line."""
    parser = ConfigParser({"here": os.path.dirname(file.path).replace(os.sep, "/")})
    try:
        parser.read_string(file.text, source=file.path)
    except MissingSectionHeaderError as error:
        return ConfigProblem("it is no ini file: there is text before the first `[section]`", file.path, error.lineno)
    except ParsingError as error:
        line = error.errors[0][0] if error.errors else 1
        return ConfigProblem("it is broken: this line is neither `[section]` nor `option = value`", file.path, line)
    except DuplicateSectionError as error:
        return ConfigProblem(f"it is broken: there are two sections `[{error.section}]`", file.path, error.lineno or 1)
    except DuplicateOptionError as error:
        what = f"`{error.option}` is set twice in `[{error.section}]`"
        return ConfigProblem(f"it is broken: {what}", file.path, error.lineno or 1)
    except Error as error:
        return ConfigProblem(f"it is broken: {str(error).splitlines()[0]}", file.path)
    return Ini(file.path, file.text, parser)


def _why(error: InterpolationError) -> str:
    """Say in words what is wrong with an option's value."""
    match error:
        case InterpolationMissingOptionError():
            return f"it refers to `%({error.reference})s`, and there is no option `{error.reference}`"
        case InterpolationDepthError():
            return "it refers to itself, or to too many others"
        case _:
            return "a `%` in it begins nothing; one that means itself is written `%%`"
