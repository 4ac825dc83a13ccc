"""Whole projects in memory, for tests.

A project is a mapping of relative paths to texts, or one string in which lines such as `#- models.py` begin a file::

    found = findings(files_of('''
        #- models.py
        class Base(DeclarativeBase): ...
        #- alembic/versions/0001.py
        revision = "0001"
        '''))

Where a project has no Alembic configuration of its own, it gets the plainest one there is (`DEFAULTS`): an
`alembic.ini` for PostgreSQL, and an `env.py` that imports `models`, whose `Base.metadata` is the target.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.places import place_of
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.rules.finding import Finding
from driftline.sources.memory import MemorySource

ROOT = "/project"

DEFAULTS: Mapping[str, str] = {
    "alembic.ini": textwrap.dedent(
        """\
        [alembic]
        script_location = alembic
        prepend_sys_path = .
        sqlalchemy.url = postgresql://localhost/example
        """
    ),
    "alembic/env.py": textwrap.dedent(
        """\
        from alembic import context
        from sqlalchemy import create_engine

        import models

        target_metadata = models.Base.metadata

        engine = create_engine(context.config.get_main_option("sqlalchemy.url"))
        with engine.connect() as connection:
            context.configure(connection=connection, target_metadata=target_metadata)
            with context.begin_transaction():
                context.run_migrations()
        """
    ),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding and where it stands: a path relative to the project, and a line (1-based)."""

    finding: Finding
    path: str
    line: int

    def __str__(self) -> str:
        """Give the finding in one line."""
        one = self.finding
        return f"{self.path}:{self.line}: {one.level.value}: [{one.rule}] {one.message}"


def files_of(text: str) -> dict[str, str]:
    """Split a string at its `#- path` lines."""
    parts = re.split(r"^#- (.+)\n", textwrap.dedent(text), flags=re.MULTILINE)
    return dict(zip((path.strip() for path in parts[1::2]), parts[2::2], strict=True))


def analyses(files: Mapping[str, str]) -> list[Analysis]:
    """Analyse every environment of a project; the parts of Alembic's configuration that it lacks are supplied."""
    present = dict(DEFAULTS) | dict(files) if not any(path.endswith(".ini") for path in files) else dict(files)
    source = MemorySource({f"{ROOT}/{path}": text for path, text in present.items()})
    project = open_project(ROOT, Session(source))
    problems = [f"{one.path}:{one.line}: {one.message}" for one in project.problems]
    assert [] == problems
    return [analysis(work) for work in project.works]


def findings(files: Mapping[str, str]) -> list[Placed]:
    """Give all findings of a project, with their places."""
    return [
        Placed(finding, place.path.removeprefix(f"{ROOT}/"), place.line)
        for one in analyses(files)
        for finding in one.findings
        for place in (place_of(finding, one),)
    ]
