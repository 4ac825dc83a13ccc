"""The databases of the oracle tests, for what is left on disk when the editor has ended."""

from tests.oracle.conftest import databases, postgres

__all__ = ["databases", "postgres"]
