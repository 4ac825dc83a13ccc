"""The embedded PostgreSQL that tests hold Driftline against: it starts, or the tests that ask for it fail.

A test that is skipped because nothing answered says nothing, and looks like one that passed. Who has no PostgreSQL and
knows it says so: with `DRIFTLINE_WITHOUT_POSTGRESQL=1` those tests are skipped, each named with that reason.

Example: `with started("driftline-postgres-") as server: server.get_uri()`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

WITHOUT = "DRIFTLINE_WITHOUT_POSTGRESQL"
"""The environment variable that lets the tests go without; empty is as good as not there."""


@contextmanager
def started(prefix: str) -> Iterator[Any]:
    """A `pgserver.PostgresServer` that is gone at the end. `prefix`: of its folder's name.

    Its data lies right under the temporary directory: as root, pgserver makes every folder above it readable for all.
    Skips where `WITHOUT` is set, even where there is a PostgreSQL; fails where it does not start.
    """
    if os.environ.get(WITHOUT):
        pytest.skip(f"NOT HELD AGAINST A DATABASE: {WITHOUT} is set")
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        with warnings.catch_warnings(action="ignore"):
            from pgserver.postgres_server import get_server

            server = get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.fail(
            f"the embedded PostgreSQL does not start here ({error!r}), so nothing is held against a database; "
            f"{WITHOUT}=1 skips the tests that need it",
            pytrace=False,
        )
    # Nothing in it outlives the session, so nothing need reach the disk.
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off; SELECT pg_reload_conf();")
    try:
        yield server
    finally:
        server.cleanup()
