"""Driftline compares what SQLAlchemy models declare with what Alembic migrations add up to, without running either."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
