"""What all tests share: bounded, repeatable Hypothesis runs, and a cache that is nobody's."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import pytest

# No test depends on a clock: the machines that run them are small and shared.
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
# What passes for one passes for all. `make test-long` looks for new examples, and ARGS="--hypothesis-profile random".
settings.register_profile("repeatable", settings.get_profile("random"), derandomize=True)
settings.load_profile("repeatable")


def pytest_configure(config: pytest.Config) -> None:
    """Point this run, and the programs that it starts, at an empty cache: no test sees the user's, or fills it."""
    cache = tempfile.TemporaryDirectory(prefix="driftline-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(cache.cleanup)
    os.environ["XDG_CACHE_HOME"] = cache.name
