"""The state machine of tests/engine/test_incremental.py, with many more and longer histories of edits."""

from __future__ import annotations

import pytest
from hypothesis import settings as hypothesis_settings

from tests.engine.test_incremental import Edits
from tests.long.effort import times


class Longer(Edits):
    """The same machine."""


class TestLonger(Longer.TestCase):  # type: ignore[misc]
    """Many runs of it."""

    pytestmark = pytest.mark.long
    settings = hypothesis_settings(max_examples=times(120), stateful_step_count=40)
