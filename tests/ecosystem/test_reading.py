"""Reading a project in a process of its own, and the tool as a whole, on projects of this repository."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ecosystem import reading
from tests.ecosystem.__main__ import main
from tests.ecosystem.baseline import read_baseline
from tests.ecosystem.facts import facts
from tests.ecosystem.fetching import Fetched
from tests.ecosystem.project import Project
from tests.ecosystem.reading import ROOT, read

FIXTURES = ROOT / "fixtures"


def test_a_project_is_read_to_the_end() -> None:
    """All documents and the findings come back, with a place for each fact, the history, and what it cost."""
    project = Project("unreached-model", ".")

    found = read(project, Fetched(FIXTURES / "unreached-model"), dialect="postgresql", all_models=True)

    assert found.crashes == {}
    assert found.documents.keys() == {"models", "models_all", "migrated"}
    assert found.documents["models"]["tables"].keys() < found.documents["models_all"]["tables"].keys()
    assert {document["dialect"] for document in found.documents.values()} == {"postgresql"}
    assert found.check["summary"]["revisions"] > 0
    for name, document in found.documents.items():
        stated = [one for one in facts(document).values() if one.fact.kind in {"table", "column"}]
        unplaced = [str(one.fact) for one in stated if found.place(name, one.item) is None]
        assert stated
        assert unplaced == []
    assert found.place("models_all", ("", "enums", "no such enum")) is None
    assert found.history.keys() >= found.documents["migrated"]["tables"].keys()
    assert found.seconds > 0
    assert found.cpu_seconds > 0
    assert found.peak_kilobytes > 0


def test_the_documents_are_those_of_the_command_line() -> None:
    """What is scored is what users see, for the dialect that is asked for; what Driftline would guess is told apart."""
    folder = FIXTURES / "unreached-model"

    found = read(Project("unreached-model", "."), Fetched(folder), dialect="sqlite", all_models=True)

    assert found.documents["models"] == _printed("schema", "models", str(folder))
    assert found.documents["models_all"] == _printed("schema", "models", "--all", str(folder))
    assert found.documents["migrated"] == _printed("schema", "migrations", str(folder))
    assert found.check == _printed("check", str(folder))
    assert found.dialect == "postgresql"


def _printed(*words: str) -> object:
    command = [sys.executable, "-P", "-m", "driftline", *words, "--dialect", "sqlite", "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, check=False).stdout)


def test_a_folder_that_cannot_be_read_is_a_crash_and_no_more(tmp_path: Path) -> None:
    """A project in which there is nothing to read leaves a sentence."""
    found = read(Project("empty", "."), Fetched(tmp_path), dialect=None, all_models=False)

    assert found.crashes == {"open": "could not run: one Alembic environment was expected; there are: none"}
    assert found.documents == {}
    assert found.findings == ()


def test_a_reader_that_dies_is_a_crash_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that ends in the middle, or does not end, takes nobody along."""
    monkeypatch.setattr(reading, "MEMORY", 1 << 20)
    died = read(Project("kitsu", "backend"), Fetched(FIXTURES / "kitsu"), dialect=None, all_models=False)
    monkeypatch.undo()
    monkeypatch.setattr(reading, "TIME", 0.01)
    slow = read(Project("kitsu", "backend"), Fetched(FIXTURES / "kitsu"), dialect=None, all_models=False)

    assert died.crashes.keys() == slow.crashes.keys() == {"reader"}
    assert died.crashes["reader"].startswith("ended with")
    assert slow.crashes == {"reader": "did not end in 0.01 seconds"}


@dataclass(frozen=True, slots=True)
class Tool:
    """The tool with one project in its list, and a truth and a baseline of its own."""

    folder: Path

    def run(self, *argv: str, **more: str) -> int:
        """Run it; `more` goes over the variables that it has."""
        environ = {"DRIFTLINE_ECOSYSTEM": str(self.folder), "DRIFTLINE_TRUTH": str(self.folder / "truth"), **more}
        return main(list(argv), environ, self.folder / "projects.toml", self.folder / "baseline.json")


@pytest.fixture
def tool(tmp_path: Path) -> Tool:
    """The tool, whose only project has exactly what Driftline says of it now for a truth."""
    listed = '[[project]]\nname = "kitsu"\nroot = "backend"\ncheckout = "of this repository"\n'
    (tmp_path / "projects.toml").write_text(listed)
    shutil.copytree(FIXTURES / "kitsu", tmp_path / "kitsu")
    found = read(Project("kitsu", "backend"), Fetched(FIXTURES / "kitsu"), dialect=None, all_models=False)
    truth = tmp_path / "truth" / "kitsu"
    truth.mkdir(parents=True)
    for name, document in found.documents.items():
        (truth / f"{name}.json").write_text(json.dumps(document))
    return Tool(tmp_path)


def test_the_tool_from_end_to_end(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    """After an update nothing changed; where a fact is not read any more, the run fails and names it."""
    assert tool.run("--update") == 0
    assert read_baseline(tool.folder / "baseline.json")["kitsu"]["documents"].keys() == {"models", "migrated"}

    capsys.readouterr()
    assert tool.run() == 0
    out = capsys.readouterr().out
    assert out.startswith("| project")
    assert out.endswith("## Against the baseline\n\nNothing changed.\n")

    changed = tool.folder / "kitsu" / "backend" / "app" / "models" / "user.py"
    changed.write_text(changed.read_text().replace('"users"', '"people"'))
    assert tool.run("--project", "kitsu", "--facts", "3") == 1
    out = capsys.readouterr().out
    assert "`table users exists` and" in out
    assert "**worse**" in out


def test_a_checkout_that_is_not_there_is_named(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is skipped in silence; a run that read nothing at all did not succeed."""
    assert tool.run(DRIFTLINE_ECOSYSTEM="") == 1
    assert "kitsu is not read: comes as a local checkout only (of this repository)" in capsys.readouterr().err


def test_a_project_without_a_truth_is_read_and_not_scored(tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    """A crash would be seen also there."""
    tool.run(DRIFTLINE_TRUTH=str(tool.folder / "nowhere"))

    captured = capsys.readouterr()
    assert "there is no truth about kitsu in" in captured.err
    row = next(line for line in captured.out.splitlines() if line.startswith("| kitsu"))
    assert "–" in row
    assert "0.0000" not in row
