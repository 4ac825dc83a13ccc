"""The embedded PostgreSQL of the oracle tests, for the comparison's own."""

from __future__ import annotations

from tests.oracle.conftest import postgres

__all__ = ["postgres"]
