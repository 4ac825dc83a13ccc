"""The report: the table, and the facts that differ with the place to look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.ecosystem import report
from tests.ecosystem.baseline import Change
from tests.ecosystem.blame import Blame
from tests.ecosystem.figures import figures
from tests.ecosystem.judgement import Excepted
from tests.ecosystem.reading import Reading
from tests.ecosystem.report import Result
from tests.ecosystem.samples import column, finding, shop
from tests.ecosystem.score import score
from tests.ecosystem.truth import Truth

MODELS = """\
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    initial = helper("initial")
"""

REVISION = """\
def upgrade():
    op.create_table("users", sa.Column("id"))
    op.create_index("ix_users_mood", "users", ["mood"])
"""


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """A project that is read with three mistakes in its models, and one in its migrations."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "models.py").write_text(MODELS)
    (tmp_path / "alembic" / "versions").mkdir(parents=True)
    (tmp_path / "alembic" / "versions" / "one.py").write_text(REVISION)
    models: dict[str, Any] = shop()
    del models["tables"]["users"]["columns"]["initial"]
    del models["tables"]["orders"]
    models["tables"]["users"]["columns"]["email"] = column("TEXT", nullable=False, comment="where to write to")
    migrated: dict[str, Any] = shop()
    migrated["tables"]["users"]["indexes"].pop(0)
    return Reading(
        tmp_path,
        documents={"models": models, "migrated": migrated},
        check={
            "findings": [finding("missing-check", object="ck")],
            "unknown": [{"path": "app/models.py", "line": 4, "reason": "`helper` is not found"}],
            "summary": {"tables": {"declared": 1, "migrated": 2}, "revisions": 1},
        },
        places={"models": {"users": {"": {"": "app/models.py:1"}, "columns": {"email": "app/models.py:99"}}}},
        dialect="sqlite",
        seconds=1.25,
        cpu_seconds=0.75,
        peak_kilobytes=100 * 1024,
    )


def _result(reading: Reading, *excepted: Excepted) -> Result:
    truth = Truth({"models": shop(), "migrated": shop()}, [])
    return Result(figures("shop", reading, truth, excepted, []), reading, truth)


def _clues(reading: Reading, document: str) -> dict[str, str]:
    found = score(shop(), reading.documents[document]).wrong
    blame = Blame(reading)
    return {str(one.fact): str(blame.of(document, one)) for one in found if one.fact.table == "users"}


def test_what_is_stated_wrongly_is_looked_for_where_it_is_stated(reading: Reading) -> None:
    """A wrong fact that is stated has its own place."""
    assert _clues(reading, "models")["column users.email type"] == "app/models.py:99 (states it)"


def test_what_is_missing_is_looked_for_in_what_was_not_understood(reading: Reading) -> None:
    """A place that was not understood and names the object comes before all else."""
    unread = {**reading.documents["models"], "unknown": reading.check["unknown"]}
    told = replace(reading, documents={**reading.documents, "models": unread})

    clue = "app/models.py:4 (not understood: `helper` is not found)"
    assert _clues(told, "models")["column users.initial exists"] == clue


def test_what_is_missing_and_not_known_of_is_looked_for_in_the_source(reading: Reading) -> None:
    """The source's own words come last: of the models for the models, of the revisions for the migrations."""
    assert _clues(reading, "models")["column users.initial exists"] == "app/models.py:4 (mentions initial)"
    clue = "alembic/versions/one.py:3 (mentions ix_users_mood)"
    assert _clues(reading, "migrated")["index users.ix_users_mood columns"] == clue


def test_what_is_missing_in_the_migrations_is_looked_for_in_the_history(reading: Reading) -> None:
    """The last event that names the object, else the last one of its table."""
    events = [
        {"what": "create index `ix_users_mood`", "applied": True, "place": "alembic/versions/one.py:3"},
        {"what": "drop index `ix_users_mood`", "applied": False, "place": "alembic/versions/two.py:5"},
        {"what": "add column `x`", "applied": True, "place": "alembic/versions/two.py:9"},
    ]
    told = replace(reading, history={"users": events})

    clue = "alembic/versions/two.py:5 (last, not applied: drop index `ix_users_mood`)"
    assert _clues(told, "migrated")["index users.ix_users_mood columns"] == clue

    told = replace(reading, history={"users": events[2:]})
    clue = "alembic/versions/two.py:9 (last: add column `x`)"
    assert _clues(told, "migrated")["index users.ix_users_mood columns"] == clue


def test_the_table_has_raw_and_excepted_figures(reading: Reading) -> None:
    """A project with exceptions has two rows, the raw one first; one without has one."""
    fact = "column users.email type"
    raw = [*report.summary([_result(reading)])]
    both = [*report.summary([_result(reading, Excepted("shop", "models", fact, "r"))])]

    assert len(raw) == 3
    assert len(both) == 4
    assert both[2].split() == raw[2].split()
    cells = [cell.strip() for cell in raw[2].split("|")[1:-1]]
    assert cells == [
        *(
            "shop",
            "postgresql (guessed: sqlite)",
            "1",
            "1 / 2",
            "0.5306",
            "0.9629",
            "–",
            "–",
            "0.9591",
            "1.0000",
            "0",
            "0",
            "0",
            "1",
            "1.2",
            "0.8",
            "100",
        )
    ]
    assert len({len(line) for line in both}) == 1


def test_the_facts_that_differ_are_listed_with_their_places(reading: Reading) -> None:
    """Each document has its list; what belongs to something missing is told with it; a limit cuts, and says so."""
    lines = [*report.differing(_result(reading), 20)]

    assert "## shop: models, 23 facts differ" in lines
    assert "- `column users.email type`: truth 'VARCHAR(255)', stated 'TEXT'\n  app/models.py:99 (states it)" in lines
    assert any(line.startswith("- `table orders exists` and 16 facts of it: missing\n") for line in lines)
    assert "## shop: migrated, 2 facts differ" in lines
    assert "- missing-check users ck" in lines

    cut = [*report.differing(_result(reading), 1)]
    assert "- … 2 more" in cut
    assert not any("table orders" in line for line in report.differing(_result(reading), 20, "use*"))


def test_what_could_not_be_read_and_crashes_are_told(reading: Reading) -> None:
    """Reasons are counted by project; a crash is printed as it was."""
    crashed = replace(reading, crashes={"check": "Traceback …\nKeyError: 'x'", "models": "Traceback …\nKeyError: 'x'"})

    assert any("`…` is not found" in line for line in report.not_understood([_result(reading)]))
    lines = [*report.crashes([_result(crashed)])]
    assert [line for line in lines if line] == [
        *("## shop: crash in check", "```text", "Traceback …", "KeyError: 'x'", "```"),
        *("## shop: crash in models", "```text", "as above", "```"),
    ]
    assert [*report.crashes([_result(reading)])] == []


def test_the_difference_to_the_baseline_is_a_table() -> None:
    """The worse comes first; where nothing changed, that is said."""
    changed = [Change("a", "revisions", "1", "2"), Change("b", "models recall", "1.0000", "0.9999", worse=True)]

    lines = [*report.moved(changed)]

    assert ["**worse**" in line for line in lines[5:]] == [True, False]
    assert "Nothing changed." in [*report.moved([])]


def test_a_table_is_a_table_whatever_it_holds() -> None:
    """Numbers stand on the right; a column of nothing, and a table of no rows, are still Markdown."""
    assert [*report.table(["a", "b", ""], [["x", "10", ""], ["y", "–", ""]])] == [
        "| a |  b |   |",
        "| - | -: | - |",
        "| x | 10 |   |",
        "| y |  – |   |",
    ]
    assert [*report.table(["a", "b"], [])] == ["| a | b |", "| - | - |"]
