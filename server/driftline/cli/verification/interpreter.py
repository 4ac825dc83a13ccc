"""Which Python runs the project's migrations.

Example: `project_python(work, None)` is `/p/.venv/bin/python` for a project with a virtual environment beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from driftline.cli.failure import Failure
from driftline.engine.analyse import Work
from driftline.sources.import_roots import find_virtual_environment


def project_python(work: Work, named: str | None) -> str:
    """Give the interpreter: the one that the user names, else the project's virtual environment's, else our own.

    Raises `Failure` where the user names one that is not there.
    """
    if named is not None:
        found = _interpreter(Path(named).absolute())
        if found is None:
            msg = f"there is no Python at {named}"
            raise Failure(msg)
        return str(found)
    for folder in _environments(work):
        found = _interpreter(Path(folder))
        if found is not None:
            return str(found)
    return sys.executable


def _environments(work: Work) -> Iterator[str]:
    if work.settings.virtual_environment is not None:
        yield work.settings.virtual_environment
    beside = find_virtual_environment(work.environment.root, work.session.source)
    if beside is not None:
        yield beside
    if os.environ.get("VIRTUAL_ENV"):
        yield os.environ["VIRTUAL_ENV"]


def _interpreter(path: Path) -> Path | None:
    """Give the interpreter at `path`, or of the virtual environment at `path`. Links are kept: they are what counts."""
    candidates = [path, path / "bin/python", path / "bin/python3", path / "Scripts/python.exe"]
    return next((one for one in candidates if one.is_file()), None)
