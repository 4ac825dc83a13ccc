"""Paths as words, and patterns for them."""

from __future__ import annotations

import pytest

from driftline.sources.paths import matches, relative_to


@pytest.mark.parametrize(
    ("path", "folder", "expected"),
    [
        ("/p/a/b.py", "/p", "a/b.py"),
        ("/p", "/p", "."),
        ("/pq/a.py", "/p", "/pq/a.py"),
        ("/q/a.py", "/p", "/q/a.py"),
        ("/a.py", "/", "a.py"),
    ],
)
def test_a_path_is_relative_inside_and_absolute_outside(path: str, folder: str, expected: str) -> None:
    """What lies outside of the opened folder is named in full."""
    assert relative_to(path, folder) == expected


@pytest.mark.parametrize(
    ("pattern", "place", "expected"),
    [
        ("fixtures", "fixtures", True),
        ("fixtures", "tests/fixtures/x.py", True),
        ("fixtures", "my_fixtures/x.py", False),
        ("*.py", "a/b.py", True),
        ("app/*", "app/models/user.py", True),
        ("app/models", "app/models/user.py", True),
        ("app/models/", "app/models", True),
        ("./app/models", "app/models", True),
        ("app/models", "backend/app/models", False),
        ("**/models", "backend/app/models", True),
        ("**/app/models", "app/models", True),
        ("app/m?dels/*.py", "app/models/x.py", True),
    ],
)
def test_a_pattern_means_a_path_its_name_or_a_folder_around_it(pattern: str, place: str, *, expected: bool) -> None:
    """A pattern without a slash means a name anywhere; one with a slash begins at the folder of its file."""
    assert matches(place, pattern) is expected
