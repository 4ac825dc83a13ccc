"""`driftline settings`: which settings are in force and where they come from, or their JSON schema.

Example: `driftline settings --schema > driftline.schema.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from driftline.cli.workspace import add_environment_arguments, add_path_argument, open_paths, shown

if TYPE_CHECKING:
    from driftline.engine.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline settings`."""
    add_path_argument(parser)
    parser.add_argument(
        "--schema",
        nargs="?",
        const="driftline",
        choices=("driftline", "pyproject"),
        metavar="FILE",
        help="print a JSON schema: of driftline.toml (default), or `pyproject`, of pyproject.toml",
    )
    add_environment_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print them."""
    if arguments.schema is not None:
        from driftline.engine.settings_schema import pyproject_schema, settings_schema

        schema = pyproject_schema() if arguments.schema == "pyproject" else settings_schema()
        print(json.dumps(schema, indent=2, ensure_ascii=False))
        return 0
    for work in open_paths([arguments.path], arguments).works:
        path = work.settings.path
        print(f"{work.environment.label}: {shown(path) if path is not None else 'no settings file'}")
        for line in _lines(work.settings):
            print(f"  {line}")
    return 0


def _lines(settings: Settings) -> Iterator[str]:
    """The settings that are not as they are by default, as TOML has them."""
    from driftline.engine.setting import SETTINGS
    from driftline.engine.settings import Settings

    plain = Settings()
    for setting in SETTINGS.values():
        value = getattr(settings, setting.field)
        if value != getattr(plain, setting.field):
            yield f"{setting.name} = {_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, Mapping):
        inner = ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_toml, value))}]"
    if value is None:
        return '"off"'  # a level: nothing else that was given is None
    value = getattr(value, "value", value)  # of a level, its word
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | bool | int | float) else str(value)
