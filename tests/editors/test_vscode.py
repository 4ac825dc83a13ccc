"""The extension in a real VS Code, in a real browser: what its user sees, and what is on disk afterwards.

The scenarios in editors/browser say what is done; this file says what must be true. Each runs in a VS Code of its own,
with an empty home, on a copy of fixtures/kitsu. `make editors` builds and installs what they need.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.editors.cured import assert_closed, assert_cured

if TYPE_CHECKING:
    from tests.oracle.databases import Databases

pytestmark = pytest.mark.editors

ROOT = Path(__file__).parent.parent.parent
BROWSER = ROOT / "editors" / "browser"
VSIX = ROOT / "dist" / "driftline.vsix"
NODE = ROOT / ".venv-node" / "node" / "node"

PATIENCE = 600
"""Seconds after which a scenario is taken to hang; its own waits give up before, and say what they waited for."""


@pytest.fixture
def kitsu(tmp_path: Path) -> Path:
    """A copy of fixtures/kitsu."""
    shutil.copytree(ROOT / "fixtures" / "kitsu", tmp_path / "kitsu", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "kitsu"


def run(scenario: str, folder: Path, **request: object) -> dict[str, Any]:
    """Run a scenario of editors/browser on `folder`, on a machine where no Driftline is installed; what it saw."""
    home = folder.parent / "home"
    home.mkdir()
    ours = Path(sys.executable).parent
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": os.pathsep.join(one for one in os.environ["PATH"].split(os.pathsep) if Path(one) != ours),
    }
    done = subprocess.run(
        [
            NODE,
            BROWSER / f"{scenario}.mjs",
            json.dumps({"folder": str(folder), "home": str(home), "vsix": str(VSIX), **request}),
        ],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_both_errors_are_seen_explained_mended_and_gone(kitsu: Path, databases: Databases) -> None:
    """The two errors stand on their fields, the hover tells the history, each quick fix cures one; Alembic agrees."""
    seen = run("session", kitsu, pictures=os.environ.get("DRIFTLINE_SCREENSHOTS") or None)
    print(json.dumps(seen["seconds"]))  # noqa: T201 - `pytest -s` shows how long the user waits
    foreign_key, check = seen["foreignKey"], seen["check"]

    assert "driftline extra-foreign-key [Ln 20, Col 5]" in foreign_key["problem"]
    assert "user_id: Mapped[uuid.UUID] = mapped_column(" in foreign_key["lines"]
    assert "refresh_tokens.user_id" in foreign_key["hover"]
    assert "0005" in foreign_key["hover"]
    assert "driftline missing-check [Ln 61," in check["problem"]
    assert any("CheckConstraint(" in line for line in check["lines"])
    assert "the bundled server, run by python3" in seen["status"]
    assert "INCONSISTENT" not in seen["audit"]
    assert "DRIFTED" in seen["audit"]
    assert_cured(databases, kitsu / "backend")


def test_the_migration_for_all_drift_is_made_and_opened(kitsu: Path, databases: Databases) -> None:
    """The command makes one revision, numbered on, which is shown; nothing but what it leaves alone is drift then."""
    seen = run("migration", kitsu)
    versions = kitsu / "backend" / "alembic" / "versions"

    assert "driftline missing-check" in seen["before"]
    assert [seen["opened"]] == [one.name for one in versions.glob("0014_*.py")]
    assert_closed(databases, kitsu / "backend")


def test_a_workspace_chooses_nothing_that_runs_before_it_is_trusted(kitsu: Path, tmp_path: Path) -> None:
    """Its settings' interpreter stays unused, while the bundled server shows what is wrong; trusted, it is used."""
    mark = tmp_path / "was-run"
    interpreter = kitsu / "interpreter"
    interpreter.write_text(f'#!/bin/sh\ntouch {mark}\nexec {sys.executable} "$@"\n', encoding="utf-8")
    interpreter.chmod(interpreter.stat().st_mode | stat.S_IXUSR)
    settings = kitsu / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"driftline.interpreter": "${workspaceFolder}/interpreter"}), encoding="utf-8")

    seen = run("trust", kitsu, mark=str(mark))

    assert "the bundled server, run by python3" in seen["untrusted"]
    assert seen["ranUntrusted"] is False
    assert f"the environment of {interpreter}" in seen["trusted"]
    assert mark.exists()
