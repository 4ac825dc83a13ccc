"""The embedded PostgreSQL of the oracle tests, for revisions that are run on it."""

from __future__ import annotations

from tests.oracle.conftest import postgres

__all__ = ["postgres"]
