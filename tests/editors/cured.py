"""What real Alembic and PostgreSQL say after both quick fixes were applied to fixtures/kitsu in an editor.

Example: `assert_cured(databases, backend)` where `backend` is the folder of the copy's `alembic.ini`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tests.oracle.databases import Databases, Operation, ask, operations
from tests.oracle.projects import KITSU

if TYPE_CHECKING:
    from pathlib import Path

    from tests.oracle.projects import Project

CURED: set[Operation] = {
    ("remove_fk", "refresh_tokens", "user_id"),
    ("add_constraint", "audit_logs", "ck_audit_logs_valid_actor_type"),
}
"""The drift that the two fixes are about, in Alembic's words."""


def assert_cured(databases: Databases, backend: Path) -> None:
    """The revisions upgrade an empty database, and back and forth; that drift is gone, and no other came or went."""
    copy = dataclasses.replace(KITSU, folder=backend.parent, ini=backend / "alembic.ini", head="head")

    before, after = drift(databases, KITSU), drift(databases, copy)

    assert before - after == CURED
    assert after - before == set()


def assert_closed(databases: Databases, backend: Path) -> None:
    """The revisions upgrade an empty database, and back and forth; all drift is gone but tables without a model."""
    copy = dataclasses.replace(KITSU, folder=backend.parent, ini=backend / "alembic.ini", head="head")

    before, after = drift(databases, KITSU), drift(databases, copy)
    unmodelled = {table for operation, table, _ in before if operation == "remove_table"}

    assert before - after >= CURED
    assert after <= before
    assert {table for _, table, _ in after} <= unmodelled


def drift(databases: Databases, project: Project) -> set[Operation]:
    """What Alembic's autogenerate reports, CHECK constraints too, after an upgrade, a step back and an upgrade."""
    url = databases.create(project)
    *_, found = ask(
        project,
        [
            {"do": "upgrade", "url": url, "revision": "head"},
            {"do": "downgrade", "url": url, "revision": "-1"},
            {"do": "upgrade", "url": url, "revision": "head"},
            {"do": "drift", "url": url, "checks": True},
        ],
    )
    return set(operations(found))
