"""Flags of columns and constraints."""

from __future__ import annotations

import pytest

from driftline.models.core.column import read_flag
from driftline.python.values import Unknown, Value


@pytest.mark.parametrize(
    ("written", "flag"),
    [(True, True), (False, False), ("True", True), ("", False), (None, None), (Unknown("so"), None)],
)
def test_a_flag_may_be_text(written: Value, flag: bool | None) -> None:  # noqa: FBT001 -- what is expected
    """Text counts as SQLAlchemy counts it: Alembic before 1.16 wrote `deferrable="True"`."""
    assert read_flag(written) == flag
