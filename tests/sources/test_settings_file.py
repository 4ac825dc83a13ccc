"""Settings are found upwards, and what is wrong with a TOML file has its line."""

from __future__ import annotations

import pytest

from driftline.sources.decoding import file_text
from driftline.sources.environment import ConfigProblem
from driftline.sources.memory import MemorySource
from driftline.sources.settings_file import find_settings
from driftline.sources.source import Unreadable
from driftline.sources.toml_file import Toml, read_toml

TABLE = "[tool.driftline]\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"/p/pyproject.toml": TABLE}, "/p/pyproject.toml"),
        ({"/p/pyproject.toml": TABLE, "/p/a/pyproject.toml": "[project]\n"}, "/p/pyproject.toml"),
        ({"/p/pyproject.toml": TABLE, "/p/a/driftline.toml": ""}, "/p/a/driftline.toml"),
        ({"/p/a/pyproject.toml": TABLE, "/p/a/driftline.toml": ""}, "/p/a/driftline.toml"),
        ({"/p/a/pyproject.toml": "# driftline is fine\n[tool.other]\n"}, None),
        ({}, None),
    ],
)
def test_the_nearest_file_with_settings_counts(files: dict[str, str], expected: str | None) -> None:
    """A pyproject.toml without the table is passed over; driftline.toml goes first."""
    found = find_settings("/p/a", MemorySource(files))

    assert (found.path if found is not None else None) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[tool.driftline]\nselect = [\n", 2),
        ("[tool.driftline]\nx = 1\nx = 2\n", 3),
        ("[tool.driftline\n", 1),
        ("a = '\n", 1),
    ],
)
def test_a_broken_file_is_a_problem_with_its_line(text: str, line: int) -> None:
    """What `tomllib` refuses is told, with the line it means."""
    found = find_settings("/p", MemorySource({"/p/driftline.toml": text}))

    assert isinstance(found, ConfigProblem)
    assert (found.path, found.line) == ("/p/driftline.toml", line)


def test_an_unreadable_file_is_a_problem() -> None:
    """Settings that are there and cannot be read are not silently left out."""
    files = {"/p/driftline.toml": Unreadable("/p/driftline.toml", "permission to read it is denied")}

    assert find_settings("/p", MemorySource(files)) == ConfigProblem(
        "permission to read it is denied", "/p/driftline.toml"
    )


def test_the_line_of_a_setting() -> None:
    """A key is found in its own table only, by its dotted name too."""
    text = '[tool.other]\nselect = 1\n[tool.driftline]\nignore = []\nselect = 2\n"a".b = 1\n'
    text += "[tool.driftline.severity]\nx = 1\n"
    toml = read_toml(file_text("/p/pyproject.toml", text))

    assert isinstance(toml, Toml)
    lines = [
        toml.line_of("tool", "driftline", *names)
        for names in (("select",), ("a", "b"), ("severity",), ("severity", "x"), ("gone",))
    ]
    assert lines == [5, 6, 7, 8, 1]
