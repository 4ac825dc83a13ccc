"""Which texts are looked into for models that env.py does not reach."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from driftline.models.unreached import _DECLARES, Declares


@given(st.from_regex(re.compile(_DECLARES.pattern, _DECLARES.flags)), st.text())
def test_no_text_that_declares_a_table_is_passed_over(text: str, before: str) -> None:
    """Texts are asked for a few words first, and for the pattern only where they have one: that changes no answer."""
    assert Declares(None)(text)
    assert Declares(None)(f"{before}\n{text}")


def test_a_text_that_only_mentions_tables_declares_none() -> None:
    """The words alone are not enough."""
    assert not Declares(None)("# Table(s) and their __tablename__; db.Model; stable = True")
