"""What reads the arguments of one command.

Example: `Parser("driftline check", "Find …").parse_intermixed_args(["--select", "drift", "backend"])`.
"""

from __future__ import annotations

import argparse
from typing import NoReturn

from driftline.cli.failure import Failure


class Parser(argparse.ArgumentParser):
    """Ends with our words and exit code (argparse would print the whole usage first), and gives help room."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(prog=prog, description=description, formatter_class=_Help, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        """Raise `Failure` with the message and where to look for help."""
        msg = f"{message}\nTry `{self.prog} --help`."
        raise Failure(msg)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help with a column for the options' names that is wide enough for them."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)
