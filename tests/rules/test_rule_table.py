"""The table of rules in the documentation is current."""

from __future__ import annotations

from tests.rules.rule_table import PAGE, rendered


def test_current() -> None:
    """If a rule changes, then docs/rules.md has to be written anew: `python -m tests.rules.rule_table`."""
    assert rendered() == PAGE.read_text(encoding="utf-8")
