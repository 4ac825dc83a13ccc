"""Starting `program.py` with the project's Python.

Invariant: nothing else in Driftline starts a process that runs users' code, and only `driftline verify` calls this.

Example: `run(request, "/p/.venv/bin/python")` is the program's answer.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from driftline.cli.failure import Failure

PROGRAM = Path(__file__).with_name("program.py")


def run(request: Mapping[str, Any], python: str) -> dict[str, Any]:
    """Run the program on a request, and give its answer; what the project prints goes to our stderr.

    Raises `Failure` where the interpreter does not start, or the process ended without an answer.
    """
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    try:
        # -B: nothing is written into the project's folders, as far as it is for us to say.
        ended = subprocess.run(  # noqa: S603 -- that is what `verify` is for
            [python, "-B", str(PROGRAM)],
            input=json.dumps(request),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=environment,
            check=False,
        )
    except OSError as error:
        msg = f"{python} does not start: {(error.strerror or str(error)).lower()}"
        raise Failure(msg) from error
    try:
        answer: dict[str, Any] = json.loads(ended.stdout)
    except json.JSONDecodeError:
        msg = f"{python} ended without an answer (exit code {ended.returncode})"
        raise Failure(msg) from None
    return answer
