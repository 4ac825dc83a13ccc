"""One project, read in a process of its own: a crash, a hang or a hunger for memory stays there.

Run as `python -P -m tests.ecosystem.worker REQUEST.json`, with a `Request`; writes the answer, as JSON, to the file
that the request names. The commands of Driftline's own command line run here, so that what is scored is what users see;
they share one session, which reads every file once, and take the virtual environment from the request. To each fact the
worker adds the place that states it, which the documents do not hold.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar
from unittest.mock import patch

from driftline.cli import check, schema
from driftline.cli.failure import Failure
from driftline.cli.parser import Parser
from driftline.cli.workspace import Opened
from driftline.engine import analyse
from driftline.engine.analyse import Work
from driftline.engine.places import Places
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.engine.settings import Settings, overridden
from driftline.python.origin import Origin
from driftline.schema import Schema, Table
from driftline.sources.disk import DiskSource
from driftline.sources.paths import relative_to


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be read, and where the answer goes. All paths are absolute.

    `dialect`: the truth's. Many projects run on several databases, and the truth speaks of one; what Driftline would
    have guessed is told apart.
    """

    folder: str
    answer: str
    environment: str | None = None
    virtual_environment: str | None = None
    dialect: str | None = None
    all_models: bool = False

    def written(self) -> str:
        """The request as JSON."""
        return json.dumps(asdict(self))


T = TypeVar("T")


def answer(request: Request) -> dict[str, object]:
    """Read the project, one part after the other; a part that crashes leaves its traceback and the others alone."""
    began, spent = time.perf_counter(), time.process_time()
    crashes: dict[str, str] = {}
    work = _attempt("open", partial(_open, request), crashes)
    parts = _parts(work, request, crashes) if work is not None else {}
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - spent
    clues = _clues(work, crashes) if work is not None else {}
    return {
        "parts": {**parts, **clues},
        "crashes": crashes,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }


def _parts(work: Work, request: Request, crashes: dict[str, str]) -> dict[str, object]:
    """What users see."""
    readers: dict[str, Callable[[], object]] = {"models": partial(_document, work, "models")}
    if request.all_models:
        readers["models_all"] = partial(_document, work, "models", "--all")
    readers |= {"migrated": partial(_document, work, "migrations"), "check": partial(_findings, work)}
    return {name: _attempt(name, read, crashes) for name, read in readers.items()}


def _clues(work: Work, crashes: dict[str, str]) -> dict[str, object]:
    """What helps to find mistakes; its time does not count."""
    readers = {"guessed_dialect": _guessed_dialect, "places": _all_places, "history": _history}
    return {name: _attempt(name, partial(read, work), crashes) for name, read in readers.items()}


def _attempt(name: str, read: Callable[[], T], crashes: dict[str, str]) -> T | None:
    """What `read` gives; None where it crashes, and `crashes` tells how."""
    try:
        return read()
    except Failure as failure:
        crashes[name] = f"could not run: {failure}"
    except Exception:  # noqa: BLE001 - whatever it is, it is a crash, and is told of
        crashes[name] = traceback.format_exc()
    return None


def _open(request: Request) -> Work:
    def adjust(settings: Settings) -> Settings:
        chosen = overridden(settings, dialect=request.dialect)
        return replace(chosen, virtual_environment=request.virtual_environment or settings.virtual_environment)

    project = open_project(request.folder, Session(DiskSource()), adjust)
    works = [one for one in project.works if request.environment in {None, one.environment.label}]
    if len(works) != 1:
        found = ", ".join(one.environment.label for one in project.works) or "none"
        msg = f"one Alembic environment was expected; there are: {found}"
        raise Failure(msg)
    return works[0]


def _guessed_dialect(work: Work) -> str:
    return analyse.dialect(replace(work, settings=replace(work.settings, dialect=None)))


def _document(work: Work, *words: str) -> Any:  # noqa: ANN401 - JSON
    """What `driftline schema WORDS` prints."""
    with patch.object(schema, "one_environment", lambda _arguments: work):
        return _printed(schema, (*words, "--format", "json"))


def _findings(work: Work) -> Any:  # noqa: ANN401 - JSON
    """What `driftline check` prints."""
    with patch.object(check, "open_paths", lambda *_words, **_options: Opened(work.folder, (work,))):
        return _printed(check, ("--format", "json"))


def _printed(command: ModuleType, words: Iterable[str]) -> Any:  # noqa: ANN401 - JSON
    parser = Parser(command.__name__, "")
    command.add_arguments(parser)
    arguments: argparse.Namespace = parser.parse_intermixed_args(list(words))
    with redirect_stdout(io.StringIO()) as out:
        command.run(arguments)
    return json.loads(out.getvalue())


# ---------------------------------------------------------------------------------------------------------------------
# Places: the document's tables again, with a place instead of each object


def _all_places(work: Work) -> dict[str, object]:
    declared, migrated = analyse.declared(work), analyse.migrated(work)
    everything = replace(declared.schema, tables={**declared.schema.tables, **declared.unreached})
    return {
        "models": _places(declared.schema, work),
        "models_all": _places(everything, work),
        "migrated": _places(migrated.schema, work),
    }


def _places(whole: Schema, work: Work) -> dict[str, object]:
    places = Places(work.session.source, work.session.parse)

    def place(origin: Origin) -> str | None:
        found = places.locate(origin)
        return f"{relative_to(found.path, work.folder)}:{found.line}" if found is not None else None

    tables: dict[str, object] = {key: _table_places(table, place) for key, table in whole.tables.items()}
    return {**tables, "": {"enums": {key: place(enum.origin) for key, enum in whole.enums.items()}}}


def _table_places(table: Table, place: Callable[[Origin], str | None]) -> Mapping[str, object]:
    """The lists are those of the document, in its order."""
    return {
        "": {"": place(table.origin)},
        "columns": {column.name: place(column.origin) for column in table.columns},
        "primary_key": [place(table.primary_key.origin)],
        "foreign_keys": [place(one.origin) for one in table.foreign_keys],
        "unique_constraints": [place(one.origin) for one in table.unique_constraints],
        "indexes": [place(one.origin) for one in table.indexes],
        "check_constraints": [place(one.origin) for one in table.check_constraints],
    }


def _history(work: Work) -> dict[str, object]:
    """What `driftline history` says of each table: summary and place of its events, oldest first."""
    places = Places(work.session.source, work.session.parse)
    revisions = analyse.graph(work).revisions
    told: dict[str, object] = {}
    for key, events in analyse.migrated(work).timelines.items():
        lines: list[dict[str, object]] = []
        for event in events:
            revision = revisions.get(event.revision)
            found = places.locate_in(event.operation.origin, revision.path if revision is not None else "")
            where = f"{relative_to(found.path, work.folder)}:{found.line}" if found is not None else None
            lines.append({"what": event.operation.summary, "applied": event.applied, "place": where})
        told[key] = lines
    return told


if __name__ == "__main__":
    asked = Request(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(asked.answer).write_text(json.dumps(answer(asked)), encoding="utf-8")
