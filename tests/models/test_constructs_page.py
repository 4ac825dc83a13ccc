"""The page of constructs names the tests that hold them: each is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "constructs.md"
_FILE = re.compile(r"`(?:tests/)?((?:\w+/)*(?:test|programs)_\w+\.py)`")


def rows() -> list[tuple[str, str, str]]:
    """Give the rows of the tables of tests: the heading above them, the construct, and the tests."""
    found, heading = [], ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("|") and "held by" in heading and cells[0].strip() not in ("construct", "---"):
            found.append((heading, cells[0], cells[-1]))
    return [one for one in found if set(one[1]) != set("- |")]


@pytest.mark.parametrize(("heading", "construct", "tests"), rows())
def test_what_a_row_names_is_there(heading: str, construct: str, tests: str) -> None:
    """Each row names a file of tests, or the programs; each file is there, and has the cases in quotes."""
    texts = []
    for named in _FILE.findall(tests):
        places = [TESTS / named] if "/" in named else sorted((TESTS / "migrations").glob(named))
        assert [True] == [place.is_file() for place in places], f"{heading}: {construct}: {named}"
        texts.append(places[0].read_text())

    assert texts or "programs" in tests
    for case in re.findall(r'"([^"]+)"', tests):
        assert any(f'"{case}"' in text for text in texts), f"{heading}: {construct}: {case}"


def test_there_is_a_table_for_each_paragraph_of_the_issue() -> None:
    """Models, env.py and migrations have their tables."""
    assert {"Models", "What", "Migrations"} == {heading.split()[0] for heading, _, _ in rows()}
