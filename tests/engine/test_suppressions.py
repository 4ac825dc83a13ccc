"""Comments that silence findings are read from comments alone, in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.suppressions import EVERY_RULE, Suppressions, read_suppressions


@pytest.mark.parametrize(
    ("text", "lines", "everywhere"),
    [
        ("x = 1  # driftline: ignore[a]\n", {1: {"a"}}, set()),
        ("x = 1  # noqa: E1 # driftline: ignore[a, b-c]\n", {1: {"a", "b-c"}}, set()),
        ("x = 1  #driftline:ignore\n", {1: {EVERY_RULE}}, set()),
        ("\n# driftline: ignore-file[a]\n", {}, {"a"}),
        ("# driftline: ignore-file\n", {}, {EVERY_RULE}),
        ("x = '# driftline: ignore[a]'\n", {}, set()),
        ('"""\n# driftline: ignore-file[a]\n"""\n', {}, set()),
        ("x = 1  # driftline: ignored[a]\n", {}, set()),
        ("x = 1  # see driftline: ignore[a]\n", {}, set()),
        ("a\rb  # driftline: ignore[a]\r\nc\n", {2: {"a"}}, set()),
        ("x = (\n  1,  # driftline: ignore[a]\n", {2: {"a"}}, set()),
        ("x = 1  # driftline: ignore[a]\n'''open\ny = 2  # driftline: ignore[b]\n", {1: {"a"}, 3: {"b"}}, set()),
    ],
)
def test_comments_are_read(text: str, lines: dict[int, set[str]], everywhere: set[str]) -> None:
    """A comment names rules, or all of them; a string is no comment, and a broken file still has some."""
    assert read_suppressions("/p/m.py", text) == Suppressions(
        {line: frozenset(names) for line, names in lines.items()}, frozenset(everywhere)
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# driftline: ignore-file[a]\n[alembic]\n", {"a"}),
        ("; driftline: ignore-file[a]\n[alembic]\n", {"a"}),
        ("x = # driftline: ignore-file[a]\n", set()),
    ],
)
def test_comments_of_an_ini_have_their_own_lines(text: str, expected: set[str]) -> None:
    """Alembic reads what follows a value as a part of it."""
    assert read_suppressions("/p/alembic.ini", text).everywhere == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(3, 3, True), (1, 3, True), (3, 9, True), (1, 5, False), (4, 4, False)]
)
def test_the_first_and_the_last_line_of_a_finding_count(first: int, last: int, *, expected: bool) -> None:
    """A call over many lines is silenced where it begins or ends."""
    suppressions = read_suppressions("/p/m.py", "\n\nx  # driftline: ignore[a]\n")

    assert suppressions.silence("a", first, last) is expected
    assert not suppressions.silence("b", first, last)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_odd(before: str, behind: str) -> None:
    """Reading comments never raises; one on a line of its own is found before anything that breaks."""
    read_suppressions("/p/m.py", f"{before}# driftline: ignore[a]{behind}")

    found = read_suppressions("/p/m.py", f"# driftline: ignore[a]\n{before}{behind}")

    assert found.silence("a", 1, 1)
