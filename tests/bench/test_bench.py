"""What is measured is what is meant: the generated projects are sound, and slopes are those of the points."""

from __future__ import annotations

import itertools
import math
import sys
from pathlib import Path

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.sources.disk import DiskSource
from tests.bench.__main__ import main
from tests.bench.commands import Contender, compare
from tests.bench.generate import DRIFT_EVERY, Size, generate
from tests.bench.plot import plot, slope
from tests.bench.server import ROUNDS, edited


def analysed(root: Path) -> Analysis:
    """The analysis of the only environment at `root`."""
    (work,) = open_project(str(root), Session(DiskSource())).works
    return analysis(work)


@pytest.mark.parametrize("size", [Size(60, 30), Size(80, 20, branched=True)])
def test_a_generated_project_is_understood_and_has_the_drift_that_it_says(tmp_path: Path, size: Size) -> None:
    """Every revision applies, nothing is unknown, and the only differences are the forgotten columns."""
    generate(size, tmp_path)
    found = analysed(tmp_path)

    assert size.revisions == len(found.graph.order)
    assert size.tables == len(found.declared.schema.tables) == len(found.migrated.schema.tables)
    assert () == found.migrated.problems
    assert () == found.unknown
    assert 1 == len(found.graph.heads)
    forgotten = {f"table_{at}" for at in range(0, size.tables, DRIFT_EVERY)}
    assert forgotten == {one.table for one in found.findings if one.group == "drift"}
    assert {"missing-column"} == {one.rule for one in found.findings if one.group == "drift"}


def test_the_same_size_is_the_same_project(tmp_path: Path) -> None:
    """Byte for byte, so that figures can be compared."""
    for name in ("one", "two"):
        generate(Size(20, 5), tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())

    assert files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_slopes_are_exponents() -> None:
    """A line of `x ** 1.5` has the slope 1.5; one size has none."""
    points = [(float(x), 3 * x**1.5) for x in (10, 100, 1000)]

    assert pytest.approx(1.5) == slope(points)
    assert math.isnan(slope(points[:1]))
    assert "slope 1.50" in plot("title", "x", "y", {"line": points})


COLUMN = "    name = Column(String(40), nullable=False)\n"


@pytest.mark.parametrize(
    "text",
    [COLUMN, COLUMN.replace("String(40)", "Text"), "    n = Column(BigInteger)\n"],
    ids=["string", "null", "type"],
)
def test_each_edit_changes_a_fact_and_by_turns_a_finding(text: str) -> None:
    """Five edits are five texts; the comment that every project complains of comes and goes, and is gone at the end."""
    texts = [edited(text, at) for at in range(ROUNDS)]

    assert [True, False] * (ROUNDS // 2) + [True] == [one.startswith("# driftline: ignore[bench]") for one in texts]
    facts = [one.splitlines()[-1] for one in (text, *texts)]
    assert all(one != other for one, other in itertools.pairwise(facts))


@pytest.mark.long
def test_what_is_not_there_is_not_measured_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No folder of real projects, no rival: the rest is measured, and each is named."""
    written = ["--json", str(tmp_path / "bench.json"), "--report", str(tmp_path / "docs" / "performance.md")]
    (tmp_path / "docs").mkdir()
    absent = ["--projects", str(tmp_path / "nowhere"), "--rival", str(tmp_path / "sqlalchemy-lsp")]

    main([*absent, *written, "--sizes", "--rounds", "1"])

    said = capsys.readouterr().err
    assert f"real projects are not measured: there is no folder {tmp_path / 'nowhere'}" in said
    assert "sqlalchemy-lsp is not measured" in said
    assert "kitsu" in (tmp_path / "docs" / "performance.md").read_text()


def test_a_command_that_has_not_done_its_work_is_not_measured(tmp_path: Path) -> None:
    """An upgrade that fails at once would be the fastest of all; which exit codes are sound, the contender says."""
    ends = [sys.executable, "-c", "import os, sys; sys.exit(int(os.path.basename(os.getcwd())))"]
    folder = tmp_path / "3"
    folder.mkdir()

    found = compare(
        [Contender("any", ends, folder=folder), Contender("three", ends, folder=folder, sound=(3,))], tmp_path, 2
    )

    assert ("it ended with 3", []) == (found["any"].failed, found["any"].wall)
    assert (None, 2) == (found["three"].failed, len(found["three"].wall))
