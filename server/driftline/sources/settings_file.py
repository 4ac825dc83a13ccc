"""Where Driftline's settings are written: `[tool.driftline]` in pyproject.toml, or driftline.toml.

The nearest file upwards that has settings counts, whole; in one folder, driftline.toml goes before pyproject.toml.
What the settings mean is not known here.

Example: `find_settings("/p/backend", source)` gives the table of `/p/pyproject.toml` if it has `[tool.driftline]`.
"""

from __future__ import annotations

import os

from driftline.sources.environment import ConfigProblem
from driftline.sources.paths import upwards
from driftline.sources.source import FileText, Source, Unreadable
from driftline.sources.toml_file import Toml, may_have_tool, read_toml

SETTINGS_FILE = "driftline.toml"


def find_settings(folder: str, source: Source) -> Toml | ConfigProblem | None:
    """Find the settings that hold in `folder` (absolute): their file, what is wrong with it, or None."""
    for parent in upwards(folder):
        own = source.read(os.path.join(parent, SETTINGS_FILE))
        if isinstance(own, FileText):
            return read_toml(own)
        if source.is_file(own.path):
            return ConfigProblem(own.reason, own.path)
        shared = source.read(os.path.join(parent, "pyproject.toml"))
        if isinstance(shared, FileText) and may_have_tool(shared.text, "driftline"):
            toml = read_toml(shared)
            if isinstance(toml, ConfigProblem) or toml.table("tool", "driftline") is not None:
                return toml
        elif isinstance(shared, Unreadable) and source.is_file(shared.path):
            return ConfigProblem(shared.reason, shared.path)
    return None


def table_path(path: str) -> tuple[str, ...]:
    """Give the names of the table that holds the settings in the file at `path`: none in driftline.toml."""
    return () if os.path.basename(path) == SETTINGS_FILE else ("tool", "driftline")


def is_settings_file(path: str) -> bool:
    """Whether the file at `path` may hold settings, by its name."""
    return os.path.basename(path) in {SETTINGS_FILE, "pyproject.toml"}
