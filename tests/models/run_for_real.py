"""Models that SQLAlchemy itself makes of a source, to hold what is read against."""

from __future__ import annotations

import sys
import types

from tests.models.describing import describe_metadata
from tests.support.hooks import hooks_for_now


def described_for_real(source: str) -> dict[str, object]:
    """Run the source of a module with a `Base`, take its event hooks away again, and describe its tables."""
    module = types.ModuleType("models")
    sys.modules["models"] = module
    try:
        with hooks_for_now():
            exec(source, module.__dict__)  # noqa: S102 -- the test's own source
            return describe_metadata(module.__dict__["Base"].metadata, "postgresql")
    finally:
        del sys.modules["models"]
