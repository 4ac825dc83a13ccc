"""An operation that says something and does nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from driftline.python.host import Branch
from driftline.python.origin import NOWHERE, Origin


@dataclass(frozen=True, slots=True)
class Saying:
    """What `driftline.migrations.history.Operation` asks for, and no more."""

    summary: str
    verb: str = "execute"
    table: str | None = None
    branch: Branch | None = None
    origin: Origin = field(default=NOWHERE, compare=False)
