"""What reads the arguments of one command.

Example: `Parser("driftline check", "Find …").read(["--select", "drift", "backend"])`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from driftline.cli.failure import Failure

_USUAL = 80
"""How wide a terminal is that does not say."""
_HELP = frozenset({"-h", "--help"})


class Parser(argparse.ArgumentParser):
    """Ends with our words and exit code (argparse would print the whole usage first), and gives help room."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, formatter_class=_Help, allow_abbrev=False)

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Read the arguments; paths and options in any order, as people write them: `check src --fix`."""
        if _HELP.isdisjoint(words):
            self.usage = ""  # argparse would work it out, and nobody sees it
        return self.parse_intermixed_args(words)

    def error(self, message: str) -> NoReturn:
        """Raise `Failure` with the message and where to look for help."""
        msg = f"{message}\nTry `{self.prog} --help`."
        raise Failure(msg)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help with a column for the options' names that is wide enough for them."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=_columns() - 2)


def _columns() -> int:
    """Give how wide the terminal is, as `shutil` tells it, which would be imported for each argument that is added."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _USUAL  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return _USUAL
