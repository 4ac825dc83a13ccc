"""Driftline's half of the comparison: its command line, run in process."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """The exit code of a command, and the JSON object that it printed."""

    code: int
    output: Any


def driftline_json(*argv: str) -> Answer:
    """Run `driftline ARGV… --format json`; a command that prints no JSON fails the test with what it said instead."""
    from driftline.cli import main

    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        code = main([*argv, "--format", "json"])
    try:
        return Answer(code, json.loads(stdout.getvalue()))
    except json.JSONDecodeError:
        message = f"driftline {' '.join(argv)}: exit code {code}, no JSON\n{stderr.getvalue()}{stdout.getvalue()}"
        raise AssertionError(message) from None
