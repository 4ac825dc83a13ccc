"""`driftline check`: the findings contract, exit codes, selections, and comments that silence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from driftline.cli.check import looked_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

KEYS = {
    "rule": str,
    "group": str,
    "level": str,
    "message": str,
    "path": str,
    "line": int,
    "column": int,
    "end_line": int,
    "end_column": int,
    "table": str | None,
    "object": str | None,
    "revision": str | None,
    "environment": str,
    "operations": list,
    "related": list,
    "fixes": list,
}
"""The keys of a finding (DESIGN.md, "findings as JSON") and their types."""

CUSTOMER = "shop/models/customer.py"
ORDER = "shop/models/order.py"


def checked(run: Run, *words: str) -> dict[str, Any]:
    """What `check --format json` prints."""
    document = json.loads(run("check", "--format", "json", *words).out)
    assert isinstance(document, dict)
    return document


def rules(document: dict[str, Any]) -> list[tuple[str, str | None]]:
    """The findings' rules with their tables."""
    return [(one["rule"], one["table"]) for one in document["findings"]]


SHOP = [("missing-column", "customers"), ("missing-index", "orders"), ("extra-foreign-key", "orders")]
UNUSED = ("unused-ignore", None)


def test_the_document_has_the_form_of_the_contract(run: Run, project: Path) -> None:
    """Every key is there, with its type; places lie in their files, and the summary counts."""
    document = checked(run)

    assert sorted(rules(document)) == sorted(SHOP)
    assert set(document) == {"findings", "unknown", "summary"}
    for finding in document["findings"]:
        assert [key for key, kind in KEYS.items() if not isinstance(finding[key], kind)] == []
        assert set(finding) == set(KEYS)
        lines = (project / finding["path"]).read_text().splitlines()
        assert 1 <= finding["line"] <= finding["end_line"] <= len(lines)
        assert 1 <= finding["column"] <= len(lines[finding["line"] - 1])
        assert finding["end_column"] <= len(lines[finding["end_line"] - 1]) + 1
    assert document["summary"] == {
        "tables": {"declared": 2, "migrated": 2},
        "models": 2,
        "revisions": 3,
        "error": 2,
        "warning": 1,
        "information": 0,
        "hint": 0,
    }


def test_a_finding_tells_both_halves(run: Run, project: Path) -> None:
    """It stands on the model's field, names Alembic's operation, and leads to the revision."""
    (finding,) = [one for one in checked(run)["findings"] if one["rule"] == "extra-foreign-key"]

    line = (project / ORDER).read_text().splitlines()[finding["line"] - 1]
    assert (finding["path"], finding["level"], finding["environment"]) == (ORDER, "error", "alembic")
    assert "customer_id" in line
    assert finding["operations"] == [{"op": "remove_fk", "table": "orders", "name": "customer_id"}]
    assert any(one["path"] == "alembic/versions/0002_orders.py" for one in finding["related"])
    assert all(one["applicability"] in {"safe", "unsafe"} and one["title"] for one in finding["fixes"])
    assert finding["fixes"]


@pytest.mark.parametrize(
    ("total", "said"),
    [
        ({"models": 2, "tables": {"declared": 3}, "revisions": 3}, "2 models and 3 revisions"),
        ({"models": 1, "tables": {"declared": 1}, "revisions": 1}, "1 model and 1 revision"),
        ({"models": 0, "tables": {"declared": 1}, "revisions": 0}, "1 table and 0 revisions"),
        ({"models": 0, "tables": {"declared": 0}, "revisions": 2}, "0 models and 2 revisions"),
    ],
)
def test_what_was_looked_at(total: dict[str, object], said: str) -> None:
    """Where no class is mapped, the tables of Core are what was read."""
    assert said == looked_at(total)


@pytest.mark.usefixtures("project")
def test_text_is_a_line_a_finding(run: Run) -> None:
    """`path:line:col: level[rule] message`, in the order of places; everything else goes to stderr."""
    ran = run("check")

    lines = ran.out.splitlines()
    form = re.compile(r"(\S+):(\d+):(\d+): (error|warning|information|hint)\[([a-z-]+)\] \S.*")
    places = [(found[1], int(found[2]), int(found[3])) for line in lines if (found := form.fullmatch(line))]
    assert len(places) == len(lines) == len(SHOP)
    assert places == sorted(places)
    assert ran.err.splitlines()[0] == "driftline: 2 errors, 1 warning in 2 models and 3 revisions"


@pytest.mark.usefixtures("project")
def test_paths_in_text_are_seen_from_the_current_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal opens them; JSON's are relative to PATH, as its contract says."""
    monkeypatch.chdir(tmp_path.parent)

    assert run("check", tmp_path.name).out.startswith(f"{tmp_path.name}/{CUSTOMER}:")
    assert checked(run, tmp_path.name)["findings"][0]["path"] == CUSTOMER


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 1),
        (["--exit-zero"], 0),
        (["--select", "missing-index"], 0),
        (["--select", "missing-index", "--fail-on", "warning"], 1),
        (["--select", "missing-index", "--fail-on", "error"], 0),
        (["--select", "history", "--fail-on", "hint"], 0),
    ],
)
@pytest.mark.usefixtures("project")
def test_the_exit_code(run: Run, words: list[str], code: int) -> None:
    """1 from the level on that is asked for, else 0."""
    assert run("check", *words).code == code


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--select", "missing-column,missing-index"], SHOP[:2]),
        (["--select", "missing-column", "--select", "missing-index"], SHOP[:2]),
        (["--ignore", "missing-column"], SHOP[1:]),
        (["--select", "drift", "--ignore", "missing-index"], [SHOP[0], SHOP[2]]),
        (["--select", "history"], []),
    ],
)
@pytest.mark.usefixtures("project")
def test_selections(run: Run, words: list[str], expected: list[tuple[str, str]]) -> None:
    """Rules and groups are chosen and left out by name."""
    assert sorted(rules(checked(run, *words))) == sorted(expected)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('ignore = ["missing-column"]', SHOP[1:]),
        ('[per-file-ignores]\n"shop/models/customer.py" = ["drift"]', SHOP[1:]),
        ('[severity]\nmissing-column = "off"', SHOP[1:]),
    ],
)
def test_settings_choose_rules(run: Run, project: Path, settings: str, expected: list[tuple[str, str]]) -> None:
    """What the settings leave out is not found."""
    (project / "driftline.toml").write_text(settings)

    assert sorted(rules(checked(run))) == sorted(expected)


def test_settings_change_levels(run: Run, project: Path) -> None:
    """A rule, or a group, has the level that the user gives it."""
    (project / "driftline.toml").write_text('[severity]\ndrift = "hint"\nmissing-index = "warning"\n')

    document = checked(run)

    assert {one["rule"]: one["level"] for one in document["findings"]} == {
        "missing-column": "hint",
        "missing-index": "warning",
        "extra-foreign-key": "hint",
    }
    assert (document["summary"]["hint"], document["summary"]["error"]) == (2, 0)


@pytest.mark.parametrize(
    ("place", "old", "new", "left"),
    [
        (CUSTOMER, "(String(40))", "(String(40))  # driftline: ignore[missing-column]", SHOP[1:]),
        (CUSTOMER, "(String(40))", "(String(40))  # driftline: ignore", SHOP[1:]),
        (CUSTOMER, "(String(40))", "(String(40))  # driftline: ignore[missing-index]", [*SHOP, UNUSED]),
        (CUSTOMER, "(String(40))", "(  # driftline: ignore[missing-column]\n        String(40)\n    )", SHOP[1:]),
        (CUSTOMER, "(String(40))", "(\n        String(40)\n    )  # driftline: ignore[missing-column]", SHOP[1:]),
        (ORDER, "class Order", "# driftline: ignore-file[missing-index, extra-foreign-key]\nclass Order", SHOP[:1]),
        (ORDER, "class Order", "X = '# driftline: ignore-file'\nclass Order", SHOP),
    ],
)
def test_a_comment_silences(
    run: Run, project: Path, place: str, old: str, new: str, left: list[tuple[str, str]]
) -> None:
    """On the finding's first or last line, or for the whole file."""
    text = (project / place).read_text()
    (project / place).write_text(text.replace(old, new))

    assert sorted(rules(checked(run)), key=str) == sorted(left, key=str)


def test_statistics_count_and_list_what_was_not_understood(run: Run, project: Path) -> None:
    """Counts by rule, then each place with its reason; in JSON beside the findings."""
    revision = project / "alembic/versions/0003_total.py"
    revision.write_text(
        revision.read_text()
        .replace("sa.Numeric(10, 2)", "settings.TOTAL")
        .replace("import sqlalchemy", "from nowhere import settings\nimport sqlalchemy")
    )

    ran = run("check", "--statistics")

    assert re.search(r"^ +1  error +missing-column$", ran.out, re.MULTILINE)
    (place,) = re.findall(r"^ +1  not understood\n +(\S+): \S", ran.out, re.MULTILINE)
    assert place.startswith("alembic/versions/0003_total.py:")
    document = checked(run, "--statistics")
    assert document["statistics"]["missing-column"] == 1
    assert [one["path"] for one in document["unknown"]] == ["alembic/versions/0003_total.py"]


def test_a_project_without_models_is_checked_for_its_history(run: Run, project: Path) -> None:
    """Migrations written by hand are a project, too; it is told that there are no models."""
    for name in ("__init__", "customer", "order"):
        (project / f"shop/models/{name}.py").write_text("")
    revision = project / "alembic/versions/0003_total.py"
    revision.write_text(revision.read_text().replace('add_column("orders"', 'add_column("ordres"'))

    ran = run("check", "--select", "history")

    assert ran.code == 1
    assert "error[unknown-table]" in ran.out
    assert "driftline: there are no models" in ran.err


@pytest.mark.usefixtures("project")
def test_the_dialect_can_be_said(run: Run) -> None:
    """It goes before what the project's URL says."""
    postgresql = json.loads(run("schema", "models").out)
    mysql = json.loads(run("schema", "models", "--dialect", "mysql").out)

    assert (postgresql["dialect"], mysql["dialect"]) == ("postgresql", "mysql")
    assert mysql["tables"]["orders"]["columns"]["created_at"]["type"] == "DATETIME"
