"""Findings for code hosts and CI servers: the same findings, in each program's own form."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from driftline import __version__
from tests.engine import shop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run

FORMATS = ("sarif", "github", "gitlab", "junit")
CUSTOMER, ORDER = "shop/models/customer.py", "shop/models/order.py"


def checked(run: Run, *words: str) -> list[dict[str, Any]]:
    """The findings as JSON tells them."""
    found = json.loads(run("check", "--format", "json", *words).out)["findings"]
    assert isinstance(found, list)
    return found


@pytest.mark.usefixtures("project")
def test_sarif(run: Run) -> None:
    """One run, whose results have places, the other half, and fingerprints."""
    findings = checked(run)
    log = json.loads(run("check", "--format", "sarif").out)
    (one,) = log["runs"]
    driver, results = one["tool"]["driver"], one["results"]

    assert (log["version"], one["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    assert (driver["name"], driver["version"]) == ("driftline", __version__)
    assert [finding["rule"] for finding in findings] == [result["ruleId"] for result in results]
    assert [driver["rules"][result["ruleIndex"]]["id"] for result in results] == [
        result["ruleId"] for result in results
    ]
    for finding, result in zip(findings, results, strict=True):
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"] == {"uri": finding["path"], "uriBaseId": "SRCROOT"}
        assert list(place["region"].values()) == [finding[key] for key in ("line", "column", "end_line", "end_column")]
        assert (finding["message"], finding["level"]) == (result["message"]["text"], result["level"])
        related = [half["physicalLocation"]["artifactLocation"]["uri"] for half in result.get("relatedLocations", ())]
        assert [half["path"] for half in finding["related"]] == related


@pytest.mark.usefixtures("project")
def test_github(run: Run) -> None:
    """A command a line, with its parts escaped; columns where the finding is within a line."""
    lines = run("check", "--format", "github").out.splitlines()

    commands = [re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.+)", line) for line in lines]
    parts = [dict(part.split("=") for part in command[2].split(",")) for command in commands if command]
    assert [(one["file"], one["title"]) for one in parts] == [
        (CUSTOMER, "driftline%3A missing-column"),
        (ORDER, "driftline%3A extra-foreign-key"),
        (ORDER, "driftline%3A missing-index"),
    ]
    assert [("col" in one, one["line"] == one["endLine"]) for one in parts] == [
        (True, True),
        (False, False),
        (False, False),
    ]


@pytest.mark.usefixtures("project")
def test_gitlab(run: Run) -> None:
    """Issues with what GitLab asks for."""
    findings = checked(run)
    issues = json.loads(run("check", "--format", "gitlab").out)

    assert [(one["rule"], one["path"], one["line"]) for one in findings] == [
        (one["check_name"], one["location"]["path"], one["location"]["lines"]["begin"]) for one in issues
    ]
    assert [one["severity"] for one in issues] == ["critical", "critical", "major"]
    assert len({one["fingerprint"] for one in issues}) == len(issues)
    assert {type(value) for one in issues for value in (one["description"], one["fingerprint"])} == {str}


@pytest.mark.usefixtures("project")
def test_junit(run: Run) -> None:
    """What fails the command is a failure, and nothing else is."""
    for level, failures in (("error", 2), ("warning", 3)):
        suites = ET.fromstring(run("check", "--format", "junit", "--fail-on", level).out)  # noqa: S314 - our own output

        assert (suites.attrib["tests"], suites.attrib["failures"]) == ("3", str(failures))
        assert [(one.attrib["name"], len(one)) for one in suites] == [(CUSTOMER, 1), (ORDER, 2)]
        assert len([*suites.iter("failure")]) == failures
        assert [case.attrib["name"].split()[0] for case in suites.iter("testcase")] == [
            "missing-column",
            "extra-foreign-key",
            "missing-index",
        ]


@pytest.mark.parametrize("name", FORMATS)
def test_a_clean_project(run: Run, project: Path, name: str) -> None:
    """A report of nothing is whole, and the exit code says so."""
    (project / "driftline.toml").write_text('ignore = ["all"]')

    ran = run("check", "--format", name)

    assert (ran.code, ran.err) == (0, "")
    if name == "sarif":
        assert json.loads(ran.out)["runs"][0]["results"] == []
    elif name == "junit":
        assert ET.fromstring(ran.out).attrib == {"name": "driftline", "tests": "1", "failures": "0", "errors": "0"}  # noqa: S314
    else:
        assert ran.out == {"github": "", "gitlab": "[]\n"}[name]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 1),
        (["--exit-zero"], 0),
        (["--select", "missing-index"], 0),
        (["--ignore", "all"], 0),
        (["--statistics"], 2),
    ],
)
@pytest.mark.usefixtures("project")
def test_exit_codes_are_those_of_text(run: Run, name: str, words: list[str], code: int) -> None:
    """And statistics are for people and JSON."""
    assert code == run("check", "--format", name, *words).code


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.usefixtures("project")
def test_the_baseline_counts(run: Run, name: str) -> None:
    """What it knows is not told."""
    run("check", "--write-baseline")

    ran = run("check", "--format", name)

    assert (ran.code, "missing-column" in ran.out) == (0, False)


@pytest.mark.parametrize("name", ["sarif", "gitlab"])
def test_fingerprints_outlive_edits(run: Run, project: Path, name: str) -> None:
    """A host takes a finding for the one it knows, wherever it stands."""

    def marks() -> set[str]:
        return set(re.findall(r'"(?:driftline/v1|fingerprint)": "(\w+)"', run("check", "--format", name).out))

    before = marks()
    for path in (CUSTOMER, ORDER):
        (project / path).write_text(f"# moved\n\n{shop.FILES[path]}")

    assert len(before) == 3
    assert before == marks()


@pytest.mark.parametrize("name", FORMATS)
def test_odd_names(run: Run, project: Path, name: str) -> None:
    """Names with characters that mean something do so no more."""
    odd = project / "odd, 100%é:&<>'" / "alembic"
    odd.parent.mkdir()
    for place in [one for one in project.iterdir() if one != odd.parent]:
        place.rename(odd.parent / place.name)

    out = run("check", "--format", name).out

    if name == "sarif":
        uri = json.loads(out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert uri == "odd%2C%20100%25%C3%A9%3A%26%3C%3E%27/shop/models/customer.py"
    elif name == "github":
        assert out.startswith("::error file=odd%2C 100%25é%3A&<>'/shop/models/customer.py,line=12,")
    elif name == "gitlab":
        assert json.loads(out)[0]["location"]["path"] == "odd, 100%é:&<>'/shop/models/customer.py"
    else:
        suite = next(iter(ET.fromstring(out)))  # noqa: S314 - our own output
        assert suite.attrib["name"] == "odd, 100%é:&<>'/shop/models/customer.py"


def test_paths_are_seen_from_the_current_folder(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is the repository's top in CI, whichever folder is checked."""
    monkeypatch.chdir(project.parent)

    assert f"file={project.name}/{CUSTOMER}," in run("check", project.name, "--format", "github").out
    monkeypatch.chdir(project / "shop")
    outside = json.loads(run("check", "..", "--format", "sarif", "--select", "extra-foreign-key").out)
    related = outside["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]
    assert related == {"uri": (project / "alembic/versions/0002_orders.py").as_uri()}
