"""Histories that presume tables which no revision creates: what each command says of what it cannot know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def stamped(project: Path) -> Path:
    """The shop, its tables made by somebody else: its first revision does nothing, and the next ones alter."""
    versions = project / "alembic" / "versions"
    for path in versions.glob("*.py"):
        path.unlink()
    head = "from alembic import op\nimport sqlalchemy as sa\n\n"
    (versions / "0001.py").write_text(f'{head}revision = "0001"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n')
    (versions / "0002.py").write_text(
        f'{head}revision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n'
        '    op.add_column("orders", sa.Column("note", sa.Text()))\n    op.drop_table("spatial_ref_sys")\n'
    )
    return project


@pytest.mark.usefixtures("stamped")
def test_check_says_how_much_it_could_not_compare(run: Run) -> None:
    """No finding is no praise: stderr says that nothing was compared, and why."""
    ran = run("check", "--select", "drift")

    assert (ran.code, ran.out) == (0, "")
    (said,) = [line for line in ran.err.splitlines() if "could not be compared" in line]
    assert "tables with a model could not be compared: the history does not start from an empty database" in said


@pytest.mark.usefixtures("stamped")
def test_the_places_are_counted(run: Run) -> None:
    """Each table that is needed and not created is a place that was not understood, in JSON and in the statistics."""
    unknown = json.loads(run("check", "--format", "json").out)["unknown"]
    statistics = run("check", "--statistics").out

    for table in ("orders", "spatial_ref_sys"):
        reason = f"revision `0002` needs the table `{table}`, which none before it creates"
        assert [one["path"] for one in unknown if one["reason"] == reason] == ["alembic/versions/0002.py"]
        assert reason in statistics


@pytest.mark.usefixtures("stamped")
def test_the_audit_has_no_tick(run: Run) -> None:
    """Nothing was compared, and no part of the report says otherwise."""
    ran = run("audit")

    assert ran.code == 0
    assert "✅" not in ran.out
    assert "**NOT COMPARED**" in ran.out


@pytest.mark.usefixtures("stamped")
def test_a_history_tells_what_it_does_not_know(run: Run) -> None:
    """The reason is told once, as a sentence."""
    ran = run("history", "orders")

    assert ran.code == 0
    assert ran.err.startswith("driftline: not all of the history is known: the history does not start from an empty")
    assert ran.err.count("\n") == 1


def test_the_history_of_somebody_elses_table(run: Run, project: Path) -> None:
    """In a history that is whole otherwise, it is said of that table alone."""
    revision = project / "alembic" / "versions" / "9999.py"
    revision.write_text(
        'from alembic import op\nrevision = "9999"\ndown_revision = "0002"\n\n\ndef upgrade():\n'
        '    op.drop_table("spatial_ref_sys")\n'
    )

    assert run("history", "spatial_ref_sys").err == (
        "driftline: not all of this table's history is known: "
        "revision `9999` needs the table `spatial_ref_sys`, which none before it creates\n"
    )
    assert run("history", "orders").err == ""
