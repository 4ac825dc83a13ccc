"""What the long tests share: the databases of the oracle's, and servers as the protocol tests start them."""

from __future__ import annotations

from tests.lsp.conftest import launch, start
from tests.oracle.conftest import databases, postgres

__all__ = ["databases", "launch", "postgres", "start"]
