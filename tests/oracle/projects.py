"""The fixtures that the oracle runs.

Each is a whole Alembic project, so that a test can say which one it is about: `KITSU.ini` is its `alembic.ini`, and
`KITSU.folder` is what an editor would open, and what a `driftline` command is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"


@dataclass(frozen=True, slots=True)
class Project:
    """A fixture: its folder, its `alembic.ini` in there, the driver that its env.py expects, and its head."""

    folder: Path
    ini: Path
    driver: str
    head: str


KITSU = Project(
    folder=FIXTURES / "kitsu",
    ini=FIXTURES / "kitsu" / "backend" / "alembic.ini",
    driver="postgresql+asyncpg",
    head="0013",
)
BATCH_SQLITE = Project(
    folder=FIXTURES / "batch-sqlite",
    ini=FIXTURES / "batch-sqlite" / "alembic.ini",
    driver="sqlite",
    head="90e7b3c2d518",
)
UNREACHED_MODEL = Project(
    folder=FIXTURES / "unreached-model",
    ini=FIXTURES / "unreached-model" / "alembic.ini",
    driver="postgresql+psycopg2",
    head="f8037c5be219",
)

PROJECTS = (KITSU, BATCH_SQLITE, UNREACHED_MODEL)
