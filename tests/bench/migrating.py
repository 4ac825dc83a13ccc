"""`alembic upgrade head` and `alembic check` of a project, on a PostgreSQL that nobody else uses.

Generated projects and `fixtures/kitsu` run with the libraries that the tests have; a real project needs its own, which
pip gets into an environment under `build/`.

Example: `with migrating("kitsu", folder, copy) as contenders: compare(contenders, copy, 1)`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.commands import Contender

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Migrated:
    """How a project is migrated.

    `folder`: where its alembic.ini is, seen from the project, or from what its libraries are installed into.
    `requirements`: what pip installs; nothing where the project runs as it is. `variable`: of the environment, which
    names the database; None where alembic.ini does. `driver`: SQLAlchemy's.
    """

    folder: str = "."
    requirements: Sequence[str] = ()
    variable: str | None = None
    driver: str = "psycopg"
    environment: Mapping[str, str] = field(default_factory=dict)


REAL = {
    "kitsu": Migrated("backend", variable="DATABASE_URL", driver="asyncpg"),
    "dstack": Migrated(
        "dstack/_internal/server",
        ("dstack[server]==0.22.5", "psycopg2-binary"),
        "DSTACK_DATABASE_URL",
        "asyncpg",
    ),
    "apache-airflow-core": Migrated(
        "airflow",
        ("apache-airflow-core==3.3.2", "psycopg2-binary", "asyncpg"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        "psycopg2",
        {"AIRFLOW__CORE__LOAD_EXAMPLES": "False"},
    ),
}
"""Those of the issue's that install without gigabytes of other things; at the versions of tests/ecosystem."""
GENERATED = Migrated()
OWN = Path(sys.executable).parent
FOUND = 255
"""What `alembic check` ends with where it finds something."""
PLACEHOLDER = "postgresql://localhost/app"
"""What the alembic.ini of a generated project says."""


@contextmanager
def migrating(name: str, project: Path, copy: Path) -> Iterator[list[Contender]]:
    """Give what migrates `project` on a database of its own, and checks it then; `copy`: a folder that is not there.

    Raises `OSError`, `RuntimeError` or `subprocess.CalledProcessError` where its libraries or a database can't be had.
    """
    with warnings.catch_warnings(action="ignore"):
        from pgserver.postgres_server import get_server

    how = REAL.get(name, GENERATED)
    bin_folder, folder = _installed(name, how) if how.requirements else (OWN, copy / how.folder)
    shutil.copytree(project, copy)
    server = get_server(copy / "postgresql", cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", f"postgresql+{how.driver}://", 1)
    environment = {**how.environment, "HOME": str(copy), "PYTHONDONTWRITEBYTECODE": ""}
    if how.variable is None:
        ini = folder / "alembic.ini"
        ini.write_text(ini.read_text().replace(PLACEHOLDER, url.replace("%", "%%")))
    else:
        environment[how.variable] = url
    # Not `python -m`, which puts the folder on the path: real projects have modules with names of Python's own in it.
    alembic = [str(bin_folder / "alembic"), "-c", "alembic.ini"]

    def contender(name: str, *words: str, sound: Sequence[int]) -> Contender:
        return Contender(name, [*alembic, *words], environment, rounds=1, folder=folder, sound=sound)

    try:
        yield [
            contender("alembic upgrade head", "upgrade", "head", sound=(0,)),
            contender("alembic check", "check", sound=(0, FOUND)),
        ]
    finally:
        server.cleanup()


def _installed(name: str, how: Migrated) -> tuple[Path, Path]:
    """Give the folder of a real project's programs, and that of its alembic.ini; pip gets them where they are not."""
    environment = ROOT / "build" / "migrating" / name
    bin_folder = environment / ("Scripts" if os.name == "nt" else "bin")
    if not (environment / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True, stdout=sys.stderr)
        subprocess.run([bin_folder / "pip", "install", "-qq", *how.requirements], check=True, stdout=sys.stderr)
        (environment / "complete").touch()
    (found,) = environment.glob(f"[lL]ib/**/site-packages/{how.folder}/alembic.ini")
    return bin_folder, found.parent
