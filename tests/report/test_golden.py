"""Whole audits, as they are read.

`DRIFTLINE_WRITE_GOLDEN=1` writes what comes out as what is expected; read the difference before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from driftline.report.entry import Entry
from driftline.report.markdown import render
from tests.report.shops import DRIFTED, HEALTHY, INCOMPLETE, audit_of

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "files"),
    [("healthy", HEALTHY), ("drifted", DRIFTED), ("incomplete", INCOMPLETE)],
    ids=["healthy", "drifted", "incomplete"],
)
def test_audit(name: str, files: Mapping[str, str]) -> None:
    """A healthy project's audit is short, a drifted one's says everything, an incomplete one's what it cannot know."""
    actual = render(without_words_of_rules(audit_of(files)))
    place = GOLDEN / f"{name}.txt"  # not `.md`: the formatter mends code in Markdown
    if os.environ.get("DRIFTLINE_WRITE_GOLDEN"):
        place.write_text(actual, "utf-8")
    expected = place.read_text("utf-8")

    assert expected == actual


def without_words_of_rules(value: Any) -> Any:  # noqa: ANN401 -- a part of an audit, whatever it is
    """The same value, with what the rules say put as "…": their pages test that."""
    if isinstance(value, Entry):
        related = tuple((place, "…") for place, _ in value.related)
        return replace(value, message="…", impact="…", related=related)
    if isinstance(value, tuple):
        return tuple(without_words_of_rules(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: without_words_of_rules(getattr(value, one.name)) for one in fields(value)})
    return value
