"""The command line. Each command is a module; `program` is what the console script calls."""

from __future__ import annotations

from driftline.cli.main import main, program

__all__ = ["main", "program"]
