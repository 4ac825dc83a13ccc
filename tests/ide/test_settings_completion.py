"""Completion of settings knows what may stand where the cursor is, in text that is being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.setting import SETTINGS
from driftline.engine.setting_value import DIALECTS, LEVELS
from driftline.ide.settings_completion import Completion, completions_at
from driftline.rules import RULES

CURSOR = "$0"
WORDS = {"all", "drift", "history", "safety", "orm", *(rule.name for rule in RULES)}
OPTED = {rule.name for rule in RULES if rule.options}
TABLES = {name for name, one in SETTINGS.items() if one.kind.schema()["type"] == "object"}


def completed(text: str, name: str = "driftline.toml") -> tuple[Completion, ...]:
    """What is offered at the cursor."""
    offset = text.index(CURSOR)
    return completions_at(f"/p/{name}", text.replace(CURSOR, ""), offset)


def labels(text: str, name: str = "driftline.toml") -> set[str]:
    """What is offered, in a word each."""
    return {one.label for one in completed(text, name)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$0", set(SETTINGS)),
        ("sel$0", set(SETTINGS)),
        ('ignore = []\ndialect = "sqlite"\n$0', set(SETTINGS) - {"ignore", "dialect"}),
        ("dialect = $0", set(DIALECTS)),
        ('dialect = "$0', set(DIALECTS)),
        ('dialect = "pos$0"', set(DIALECTS)),
        ("dialect = '$0'", set(DIALECTS)),
        ("dialect = $0\nignore = []", set(DIALECTS)),
        ("ignore = [$0", WORDS),
        ('ignore = ["$0"]', WORDS),
        ('ignore = [\n    "drift",  # a remark\n    "mis$0\n]', WORDS),
        ('ignore = ["drift", $0]', WORDS),
        ('severity = { missing-index = "$0" }', set(LEVELS)),
        ("severity = { $0", WORDS),
        ('severity = { drift = "hint", $0', WORDS - {"drift"}),
        ("[severity]\n$0", WORDS),
        ('[severity]\ndrift = "hint"\n$0', WORDS - {"drift"}),
        ("[severity]\ndrift = $0", set(LEVELS)),
        ("severity.drift = '$0", set(LEVELS)),
        ("severity.$0", WORDS),
        ('[per-file-ignores]\n"a/**" = ["$0"]', WORDS),
        ("per-file-ignores = { 'a' = [$0] }", WORDS),
        ("[rules]\n$0", OPTED),
        ("rules.extra-table.$0", {"tables"}),
        ("[rules.extra-table]\n$0", {"tables"}),
        ("[rules]\nextra-table = { $0", {"tables"}),
        ("[$0", {*TABLES, *(f"rules.{name}" for name in OPTED)}),
        ("[rules.$0]", OPTED),
        # Nothing is known, or nothing may stand there.
        ("[assume]\n$0", set()),
        ("models = ['$0']", set()),
        ("dialect = 'sqlite' $0", set()),
        ('dialect = "sqlite"$0', set()),
        ("ignore = ['drift' $0", set()),
        ("ignore = []$0", set()),
        ("# ig$0", set()),
        ("[severity] $0", set()),
        ("no-such = '$0'", set()),
        ("[no.such]\n$0", set()),
        ('x = """\n$0\n"""', set()),
        # What was never closed ends with its line.
        ("severity = { drift = 'hint'\n$0", set(SETTINGS) - {"severity"}),
        ("dialect =\n$0", set(SETTINGS) - {"dialect"}),
    ],
)
def test_what_is_offered(text: str, expected: set[str]) -> None:
    """Keys and values as the schema has them."""
    assert expected == labels(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[tool.driftline]\n$0", set(SETTINGS)),
        ("[tool.driftline]\ndialect = '$0'", set(DIALECTS)),
        ("[tool.driftline.severity]\nall = '$0'", set(LEVELS)),
        ("[tool]\ndriftline.dialect = '$0'", set(DIALECTS)),
        ("[project]\n$0", set()),
        ("[tool.ruff]\nselect = ['$0']", set()),
        ("$0", set()),
    ],
)
def test_in_pyproject_it_is_the_own_table(text: str, expected: set[str]) -> None:
    """Nothing is offered in the tables of others."""
    assert expected == labels(text, "pyproject.toml")


def test_the_header_of_a_table() -> None:
    """From the part on that is being written."""
    assert {"driftline", "driftline.severity", "driftline.rules.extra-table"} <= labels("[tool.$0]", "pyproject.toml")
    assert {"tool.driftline", "tool.driftline.severity"} <= labels("[$0", "pyproject.toml")
    assert labels("[tool.driftline.$0]", "pyproject.toml") >= TABLES


@pytest.mark.parametrize(
    ("text", "label", "after"),
    [
        ("dia$0", "dialect", "dialect"),
        ("dialect = $0", "sqlite", 'dialect = "sqlite"'),
        ('dialect = "$0', "sqlite", 'dialect = "sqlite"'),
        ('dialect = "my$0"', "sqlite", 'dialect = "sqlite"'),
        ("ignore = ['$0', 'x']", "drift", "ignore = [\"drift\", 'x']"),
        ("[sev$0]", "severity", "[severity]"),
        ("é = '🐍'\r\ndialect = '$0'\r\n", "sqlite", "é = '🐍'\r\ndialect = \"sqlite\"\r\n"),
    ],
)
def test_what_it_writes(text: str, label: str, after: str) -> None:
    """The whole word or string is replaced, whatever has been written of it."""
    (one,) = [one for one in completed(text) if one.label == label]
    plain = text.replace(CURSOR, "")

    assert after == plain[: one.span.start] + one.new_text + plain[one.span.end :]


def test_each_says_what_it_does() -> None:
    """Settings and rules in the words of the documentation."""
    assert [one.description for one in SETTINGS.values()] == [one.text for one in completed("$0")]
    assert {rule.summary for rule in RULES} <= {one.text for one in completed("ignore = ['$0']")}


def test_other_files_are_left_alone() -> None:
    """Of whatever name."""
    assert completed("$0", "Cargo.toml") == ()


@given(
    st.lists(
        st.sampled_from(
            [
                "[",
                "]",
                "{",
                "}",
                "=",
                ",",
                ".",
                '"',
                "'",
                "#",
                "\n",
                "\r\n",
                " ",
                "severity",
                "ignore",
                "x",
                '"""',
                "\\",
                "🐍",
            ]
        )
    ),
    st.integers(0, 40),
)
def test_no_text_is_too_odd(parts: list[str], offset: int) -> None:
    """It never raises, and what it would replace is around the cursor."""
    text = "".join(parts)
    offset = min(offset, len(text))

    for one in completions_at("/p/driftline.toml", text, offset):
        assert one.span.start <= offset <= one.span.end
