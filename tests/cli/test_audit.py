"""`driftline audit` as a command: where the report goes, and what it never touches.

What the report says is tested in tests/report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from driftline.report.seal import sealed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.mark.usefixtures("project")
def test_a_pipe_gets_markdown(run: Run) -> None:
    """Plain Markdown on stdout, nothing on stderr, and exit code 0 whatever the verdict is."""
    ran = run("audit")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("# ")
    assert "## Executive summary" in ran.out
    assert "\x1b" not in ran.out
    assert ran.out.endswith("\n")


def test_a_file_gets_the_same(run: Run, project: Path) -> None:
    """`-o` writes what would have been printed and a seal, and says so."""
    printed = run("audit").out

    ran = run("audit", "-o", "AUDIT.md")

    assert (ran.code, ran.out, ran.err) == (0, "", "driftline: wrote AUDIT.md\n")
    assert (project / "AUDIT.md").read_text(encoding="utf-8") == sealed(printed)


def test_an_older_audit_is_replaced(run: Run, project: Path) -> None:
    """Driftline's own file is written again."""
    run("audit", "-o", "AUDIT.md")
    (project / "shop/models/customer.py").write_text("")
    before = (project / "AUDIT.md").read_text(encoding="utf-8")

    ran = run("audit", "-o", "AUDIT.md")

    assert ran.code == 0
    assert (project / "AUDIT.md").read_text(encoding="utf-8") != before


@pytest.mark.parametrize(
    "content",
    [b"# My notes\n", b"", b"\xff\xfe", b"# Driftline audit: my notes\n", sealed("report\n").encode() + b"mine\n"],
)
def test_no_other_file_is_overwritten(run: Run, project: Path, content: bytes) -> None:
    """What driftline did not write stays as it is."""
    (project / "NOTES.md").write_bytes(content)

    ran = run("audit", "-o", "NOTES.md")

    assert (ran.code, ran.out) == (2, "")
    assert (
        ran.err == "driftline: NOTES.md is there already and is no audit as driftline wrote it; it is not overwritten\n"
    )
    assert (project / "NOTES.md").read_bytes() == content


@pytest.mark.parametrize(
    ("target", "said"),
    [("shop", "driftline: shop is a folder; name a file"), ("gone/AUDIT.md", "driftline: there is no folder ")],
)
@pytest.mark.usefixtures("project")
def test_a_file_that_cannot_be_written(run: Run, target: str, said: str) -> None:
    """It is told before the work begins."""
    ran = run("audit", "-o", target)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


def test_a_project_that_cannot_be_read_leaves_the_file_alone(run: Run, project: Path) -> None:
    """An older audit is not lost to a failure."""
    run("audit", "-o", "AUDIT.md")
    before = (project / "AUDIT.md").read_bytes()
    (project / "alembic.ini").write_text("nonsense")

    ran = run("audit", "-o", "AUDIT.md")

    assert ran.code == 2
    assert (project / "AUDIT.md").read_bytes() == before
