r"""TOML files of the workspace: read, or a problem with its line.

Example: `read_toml(FileText("/p/pyproject.toml", "[tool.driftline]\n", ...))` gives a `Toml` whose `table("tool",
"driftline")` is `{}`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from driftline.dataclass import dataclass, field
from driftline.regex import regex
from driftline.sources.environment import ConfigProblem
from driftline.sources.source import FileText

_PLACE = regex(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_TOOL = regex(
    r"""^[ \t]*\[+[ \t]*["']?tool["']?[ \t]*(?:\.[ \t]*["']?([\w-]+)|\])|^[ \t]*["']?tool["']?[ \t]*[.=]|\\[uU]""",
    re.MULTILINE,
)
"""A table under `tool`, and its name if the header says it; or a name that may be any, spelt in escapes."""


@dataclass(frozen=True, slots=True)
class Toml:
    """A TOML file. `values` is what `tomllib` makes of it."""

    path: str
    text: str = field(repr=False)
    values: Mapping[str, object]

    def table(self, *names: str) -> Mapping[str, object] | None:
        """Give the table at `names` (`"tool", "alembic"`); None where there is none."""
        value: object = self.values
        for name in names:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, Mapping) else None

    def line_of(self, *names: str) -> int:
        """Give the line (1-based) that sets the last of `names`, as a key or as a table's header; 1 where none does."""
        return self.find_line(*names) or 1

    def line_with(self, text: str, line: int) -> int:
        """Give the first line from `line` (1-based) on that has `text` in quotes; `line` where none has."""
        lines = self.text.splitlines()
        quoted = (f'"{text}"', f"'{text}'")
        told = ((at, lines[at - 1]) for at in range(line, len(lines) + 1) if not lines[at - 1].lstrip().startswith("#"))
        return next((at for at, said in told if any(one in said for one in quoted)), line)

    def find_line(self, *names: str) -> int | None:
        """Give the line (1-based) that sets the last of `names`, as a key or as a table's header; None where none does.

        Keys of inline tables are not looked into.
        """
        *tables, key = names
        prefix: list[str] = []
        for number, line in enumerate(self.text.splitlines(), 1):
            header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]", line)
            if header:
                prefix = _parts(header[1])
                if prefix[: len(names)] == list(names):
                    return number
                continue
            setting = re.match(r"\s*([^=#]+?)\s*=", line)
            if setting and [*prefix, *_parts(setting[1])][: len(names)] == [*tables, key]:
                return number
        return None


def may_have_tool(text: str, name: str) -> bool:
    """Whether a TOML file may have a table `[tool.name]`, told without reading it: where it says no, there is none."""
    return name in text and any(one[1] is None or one[1] == name for one in _TOOL.finditer(text))


def read_toml(file: FileText) -> Toml | ConfigProblem:
    """Parse a TOML file; where it is broken, say how and on which line."""
    import tomllib  # not every project has settings, and a start should be quick

    try:
        return Toml(file.path, file.text, tomllib.loads(file.text))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line = int(place[1]) if place and place[1] else len(file.text.splitlines()) if place else 1
        what = message[: place.start()] if place else message
        return ConfigProblem(f"it is no valid TOML: {what[:1].lower()}{what[1:]}", file.path, max(line, 1))
    except RecursionError:
        return ConfigProblem("it is nested too deeply to be read", file.path)


def _parts(dotted: str) -> list[str]:
    """The parts of a dotted key, without quotes."""
    return [part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.\s]+", dotted)]
