"""The command line. Each command is a module; `main` is what the console script calls."""

from __future__ import annotations

from driftline.cli.main import main

__all__ = ["main"]
