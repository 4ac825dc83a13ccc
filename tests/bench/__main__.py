"""`make bench`: measures driftline beside what it is compared with, and writes docs/performance.md.

Projects: `fixtures/kitsu`, generated ones (`--sizes`), and real ones where they are unpacked (`--projects FOLDER`).
Contenders: `driftline check` cold and warm; the floors; `sqlalchemy-lsp check`, where it is installed (`--rival PATH`);
`alembic upgrade head` and `alembic check` on a local PostgreSQL, for real projects whose libraries pip can get
(`migrating.py`), and for generated ones that are small enough.

Nothing here is a test: times are told, never asserted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.commands import Contender, compare
from tests.bench.generate import Size, generate
from tests.bench.migrating import REAL, migrating
from tests.bench.report import Measured, write_report
from tests.bench.server import measure

ROOT = Path(__file__).parents[2]
FLOOR = """
import json, os, sqlite3, sys
for folder, _, names in os.walk("."):
    for name in names:
        if name.endswith(".py"):
            os.stat(os.path.join(folder, name))
"""
PARSING = """
import ast, sys
for path in open(sys.argv[1]).read().split("\\n"):
    with open(path, "rb") as file:
        ast.parse(file.read())
"""
SIZES = ("100x50", "300x100", "1000x300", "1000x300-branched", "3000x600")
LARGEST = "10000x2000"
ALEMBIC_UP_TO = 1000
"""Revisions; a database takes minutes for more."""
LARGE = 3000
"""Revisions from which on there are fewer rounds: what takes long varies little."""
ROUNDS_OF_LARGE = 2


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and write what came out. `argv`: what the program was called with, where nobody says."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=", description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=[*SIZES], metavar="REVISIONSxTABLES[-branched]")
    parser.add_argument("--largest", action="store_true", help=f"measure {LARGEST}, too: a quarter of an hour more")
    parser.add_argument("--projects", type=Path, metavar="FOLDER", help="a folder with unpacked real projects")
    parser.add_argument("--rival", metavar="PATH", help="sqlalchemy-lsp; by default pip gets it into build/")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-database", action="store_true", help="leave alembic on PostgreSQL out")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json")
    parser.add_argument("--report", type=Path, default=ROOT / "docs" / "performance.md")
    arguments = parser.parse_args(argv)
    arguments.sizes += [LARGEST] if arguments.largest else []
    arguments.rival = _rival(arguments.rival)
    found: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="driftline-bench-") as folder:
        for name, project, size in _projects(arguments, Path(folder)):
            print(f"{name} …", file=sys.stderr, flush=True)
            try:
                found.append(_measured(name, project, size, arguments, Path(folder)))
            except Exception as error:  # noqa: BLE001 - one project that fails must not lose what the others took
                print(f"  {name} is left out: {error!r}", file=sys.stderr)
                continue
            _tell(found[-1])
            _write(arguments, found)


def _rival(named: str | None) -> str | None:
    """Give `sqlalchemy-lsp`, got by pip into an environment of its own where none is named; None, aloud, without it."""
    known = shutil.which(named or "sqlalchemy-lsp")
    if named is not None and known is None:
        print(f"sqlalchemy-lsp is not measured: there is no program {named}", file=sys.stderr)
        return None
    folder = ROOT / "build" / "rival"
    command = folder / "bin" / "sqlalchemy-lsp"
    if known is None and not command.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True, stdout=sys.stderr)
            subprocess.run(
                [folder / "bin" / "pip", "install", "--quiet", "sqlalchemy-lsp"], check=True, stdout=sys.stderr
            )
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"sqlalchemy-lsp is not measured: {error}", file=sys.stderr)
            return None
    return known or str(command)


def _write(arguments: argparse.Namespace, found: Sequence[Measured]) -> None:
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    told = {"machine": _machine(), "rounds": arguments.rounds, "projects": [dataclasses.asdict(one) for one in found]}
    arguments.json.write_text(json.dumps(told, indent=1))
    write_report(told, found, arguments.report)


def _projects(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Path, Size | None]]:
    shutil.copytree(ROOT / "fixtures" / "kitsu", folder / "kitsu")
    yield "kitsu", folder / "kitsu", None
    if arguments.projects is None:
        print("real projects are not measured: --projects FOLDER names where they are unpacked", file=sys.stderr)
    elif not arguments.projects.is_dir():
        print(f"real projects are not measured: there is no folder {arguments.projects}", file=sys.stderr)
    else:
        for one in sorted(arguments.projects.iterdir()):
            if one.is_dir() and any(one.iterdir()):
                yield one.name, one, None
    for text in arguments.sizes:
        numbers, _, branched = text.partition("-")
        revisions, tables = map(int, numbers.split("x"))
        size = Size(revisions, tables, bool(branched))
        generate(size, folder / size.name)
        yield size.name, folder / size.name, size


def _measured(name: str, project: Path, size: Size | None, arguments: argparse.Namespace, folder: Path) -> Measured:
    told = _looked_at(project)
    listed = folder / f"{name}.txt"
    listed.write_text("\n".join(told["parsed"]))
    driftline = [sys.executable, "-P", "-m", "driftline", "check"]
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # as where it is installed: its modules are not compiled each time
    environment = {**compiled, "XDG_CACHE_HOME": str(folder / "cache"), "DRIFTLINE_NO_CACHE": "0"}
    contenders = [
        Contender("floor: imports and stats", [sys.executable, "-c", FLOOR]),
        Contender("floor: ast.parse", [sys.executable, "-c", PARSING, str(listed)]),
        Contender("driftline check, cold", [*driftline, "--no-cache"], compiled, once=True),
        Contender("driftline check, warm", driftline, environment, once=True),
    ]
    if arguments.rival:
        contenders.append(Contender("sqlalchemy-lsp check", [arguments.rival, "check", "."]))
    large = size is not None and size.revisions >= LARGE
    rounds = min(arguments.rounds, ROUNDS_OF_LARGE) if large else arguments.rounds
    with ExitStack() as stack:
        generated = size is not None and size.revisions <= ALEMBIC_UP_TO
        if (generated or name in REAL) and not arguments.no_database:
            try:
                contenders += stack.enter_context(migrating(name, project, folder / f"{name}-migrated"))
            except Exception as error:  # noqa: BLE001 - whatever keeps libraries or a PostgreSQL from being there
                print(f"  alembic on {name} is not measured: {error!r}", file=sys.stderr)
        taken = compare(contenders, project, rounds)
    seconds: dict[str, list[float]] = {}
    memory: dict[str, float] = {}
    if told["revisions"]:
        try:
            seconds, memory = measure(project, told["revisions"], told["model"], told["base"])
        except (OSError, queue.Empty) as error:
            print(f"  the server on {name} is left out: {error!r}", file=sys.stderr)
    return Measured(name, len(told["revisions"]), told["tables"], len(told["parsed"]), taken, seconds, memory)


def _looked_at(project: Path) -> dict[str, Any]:
    """What driftline looks at in a project: the files it parses, the revisions in order, a model, its base's file."""
    from driftline.engine.analyse import analysis
    from driftline.engine.project import open_project
    from driftline.engine.session import Session
    from driftline.sources.disk import DiskSource

    session = Session(DiskSource())
    works = open_project(str(project), session).works
    analyses = [analysis(work) for work in works]
    parsed = [path for kind, path in session.ran if kind == "parse"]
    one = max(analyses, key=lambda each: len(each.graph.order))
    classes = [cls for cls in one.declared.classes if cls.table is not None]
    model = Path(classes[len(classes) // 2].path) if classes else None
    base = project / "app" / "db.py"
    return {
        "parsed": parsed,
        "revisions": [Path(one.graph.revisions[name].path) for name in one.graph.order] if model else [],
        "tables": len(one.declared.schema.tables),
        "model": model,
        "base": base if base.exists() else None,
    }


def _tell(one: Measured) -> None:
    for name, taken in one.commands.items():
        said = taken.failed or f"{taken.median * 1000:9.1f} ms  ({taken.median_cpu * 1000:9.1f} ms of processor)"
        print(f"  {name:<28} {said}", file=sys.stderr)
    for name, seconds in one.server.items():
        print(f"  {name:<28} {statistics.median(seconds) * 1000:9.1f} ms", file=sys.stderr)
    for name, size in one.memory.items():
        print(f"  memory {name:<21} {size:9.1f} MiB", file=sys.stderr)


def _machine() -> dict[str, Any]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"python": platform.python_version(), "cores": os.cpu_count(), "system": platform.system(), "load": load}


if __name__ == "__main__":
    main()
