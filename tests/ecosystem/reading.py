"""What Driftline says of a project: its documents and findings, and what they cost.

Example: `read(request_folder, …).documents["migrated"]["tables"]`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.ecosystem.facts import Document, Item
from tests.ecosystem.fetching import Fetched
from tests.ecosystem.project import Project
from tests.ecosystem.truth import DOCUMENTS
from tests.ecosystem.worker import Request

ROOT = Path(__file__).parent.parent.parent

MEMORY = 8 * 1024**3
"""Bytes that a reader may have, on machines that can bound it: a reader that wants more has a bug."""

TIME = 900
"""Seconds that a reader may take, for the same reason."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`documents`: those that there are, by name as in a truth. `check`: the object of the findings contract.

    `crashes`: by part (`models`, `migrated`, `check` …), the traceback or a sentence. `dialect`: what Driftline takes
    the project's to be, where nobody says it. `places` and `history` tell where
    things stand in the source, for people who look for a mistake.
    """

    folder: Path
    documents: Mapping[str, Document] = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)
    crashes: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    dialect: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_kilobytes: int = 0

    @property
    def findings(self) -> Sequence[Mapping[str, Any]]:
        """The findings, none where `check` crashed."""
        found: Sequence[Mapping[str, Any]] = self.check.get("findings", ())
        return found

    def place(self, document: str, item: Item) -> str | None:
        """The `path:line` of an object of a document, None where it is not known."""
        table, group, key = item
        found: Any = self.places.get(document, {}).get(table, {}).get(group, {})
        place: str | None = found.get(key) if isinstance(key, str) else found[key] if key < len(found) else None
        return place


def read(project: Project, fetched: Fetched, *, dialect: str | None, all_models: bool) -> Reading:
    """Have a process of its own read the project, with a cache that is empty; never raises on what happens there.

    `dialect`: the database that the documents are to be about; None for the one that Driftline finds.
    """
    folder = (fetched.folder / project.root).resolve()
    with tempfile.TemporaryDirectory(prefix="driftline-ecosystem-") as scratch:
        asked, answer = Path(scratch, "request.json"), Path(scratch, "answer.json")
        environment = str(fetched.environment) if fetched.environment is not None else None
        request = Request(str(folder), str(answer), project.environment, environment, dialect, all_models)
        asked.write_text(request.written(), encoding="utf-8")
        died = _run(asked, scratch)
        if died is not None:
            return Reading(folder, crashes={"reader": died})
        return _reading(folder, json.loads(answer.read_text(encoding="utf-8")))


def _run(asked: Path, scratch: str) -> str | None:
    """Run the worker; None where it lived to the end, else how it died."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    variables = {**os.environ, "PYTHONPATH": path, "XDG_CACHE_HOME": scratch}
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tests.ecosystem.worker", str(asked)],
            env=variables,
            capture_output=True,
            text=True,
            timeout=TIME,
            check=False,
            preexec_fn=_bound,  # safe: this process has one thread
        )
    except subprocess.TimeoutExpired:
        return f"did not end in {TIME} seconds"
    return None if done.returncode == 0 else f"ended with {done.returncode}:\n{done.stderr.strip()}"


def _bound() -> None:
    with suppress(OSError, ValueError):  # not every system bounds it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _reading(folder: Path, answer: Mapping[str, Any]) -> Reading:
    parts = {name: found for name, found in answer["parts"].items() if found is not None}
    return Reading(
        folder=folder,
        documents={name: parts[name] for name in DOCUMENTS if name in parts},
        check=parts.get("check", {}),
        crashes=answer["crashes"],
        places=parts.get("places", {}),
        history=parts.get("history", {}),
        dialect=parts.get("guessed_dialect", ""),
        seconds=answer["seconds"],
        cpu_seconds=answer["cpu_seconds"],
        peak_kilobytes=answer["peak_kilobytes"],
    )
