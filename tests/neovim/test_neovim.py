"""Driftline in a real Neovim, without a screen: what its user sees, and what is on disk afterwards.

The scripts beside this file say what is done; this file says what must be true. Each runs in a Neovim of its own, on a
copy of fixtures/kitsu, with an empty home.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.editors.cured import assert_cured

if TYPE_CHECKING:
    from tests.oracle.databases import Databases

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
PLUGIN = ROOT / "editors" / "neovim"
NEOVIM = Path(os.environ.get("DRIFTLINE_NEOVIM", ROOT / ".venv-neovim" / "bin" / "nvim"))

PATIENCE = 240
"""Seconds after which a Neovim is taken to hang; its own waits give up before, and say what they waited for."""


@pytest.fixture
def backend(tmp_path: Path) -> Path:
    """The backend of a copy of fixtures/kitsu."""
    shutil.copytree(ROOT / "fixtures" / "kitsu", tmp_path / "kitsu", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "kitsu" / "backend"


def neovim(script: str, backend: Path, *, programs: Path | None = None) -> dict[str, Any]:
    """Run a script of this folder on `backend`, with the Driftline of these tests on the PATH; what it returns."""
    home = backend.parent.parent / "home"
    home.mkdir()
    out = home / "result.json"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "NVIM", "VIRTUAL_ENV"))},
        "HOME": str(home),
        "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"],
        "PATH": os.pathsep.join([str(programs or Path(sys.executable).parent), os.environ["PATH"]]),
    }
    done = subprocess.run(
        [NEOVIM, "--clean", "--headless", "-l", HERE / f"{script}.lua", PLUGIN, backend, out],
        env=environment,
        cwd=home,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return result


def of_rule(rule: str, diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The diagnostics of one rule."""
    return [one for one in diagnostics if one["rule"] == rule]


def test_both_errors_are_seen_explained_mended_and_gone(backend: Path, databases: Databases) -> None:
    """The two errors stand on their fields, the hover tells the history, each quick fix cures one; Alembic agrees."""
    result = neovim("quick_fixes", backend)

    (extra,) = of_rule("extra-foreign-key", result["before"]["token"])
    (missing,) = of_rule("missing-check", result["before"]["log"])
    hover = "\n".join(result["hover"])

    assert ("ERROR", "driftline") == (extra["level"], extra["source"])
    assert extra["on"].startswith("user_id")
    assert ("ERROR", "driftline") == (missing["level"], missing["source"])
    assert missing["on"].startswith("CheckConstraint(")
    assert "actor_type" in missing["message"]
    assert "refresh_tokens.user_id" in hover
    assert "0005" in hover
    assert "0005_create_refresh_tokens.py" in hover
    assert of_rule("extra-foreign-key", result["after"]["token"]) == []
    assert of_rule("missing-check", result["after"]["log"]) == []
    assert_cured(databases, backend)


def test_what_happens_outside_is_noticed_on_save(backend: Path) -> None:
    """A revision that appears and disappears, and a deleted model, are noticed although Neovim watches no files."""
    result = neovim("outside", backend)

    assert [one["rule"] for one in of_rule("missing-check", result["left"])] == ["missing-check"]


def test_the_health_page_and_the_audit(backend: Path) -> None:
    """`:checkhealth` tells which server runs and where; the audit opens as Markdown that nobody edits by mistake."""
    result = neovim("health", backend)

    health = "\n".join(result["health"])
    audit = "\n".join(result["audit"])

    assert "ERROR" not in health
    assert f"({Path(sys.executable).parent / 'driftline'})" in health
    assert f"running for {backend}, attached to 1 buffer" in health
    assert audit.startswith("# ")
    assert "INCONSISTENT" in audit
    assert result["modifiable"] is False


def test_a_migration_for_all_drift(backend: Path) -> None:
    """`require("driftline").migrate()` opens the one revision that closes all drift, and the diagnostics go."""
    result = neovim("migration", backend)

    assert Path(result["opened"]).parent == backend / "alembic" / "versions"
    assert "down_revision: Union[str, None] = '0013'" in result["text"]
    assert "op.create_check_constraint(" in result["text"]
    assert [one for one in result["left"] if one["rule"] == "missing-check"] == []


def test_the_health_page_of_a_broken_set_up(backend: Path, tmp_path: Path) -> None:
    """A server that fails and one that is not there are errors with advice, and the project's own is named, not run."""
    failing = program(tmp_path / "failing", "echo it broke >&2; exit 3")
    own = program(backend / ".venv" / "bin", f"touch {tmp_path / 'was-run'}")
    result = neovim("broken", backend, programs=failing.parent)
    fails, missing = "\n".join(result["failing"]), "\n".join(result["missing"])

    assert f"ERROR `{failing} --version` failed" in fails
    assert "it broke" in fails
    assert "ERROR `there-is-no-such-program` was not found" in missing
    assert "vim.g.driftline_command = {" in missing
    assert (
        f"this project has its own, which is not run unasked: vim.g.driftline_command = {{ '{own}', 'lsp' }}" in missing
    )
    assert not (tmp_path / "was-run").exists()


def program(folder: Path, script: str) -> Path:
    """A `driftline` that does something else."""
    folder.mkdir(parents=True)
    path = folder / "driftline"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path
