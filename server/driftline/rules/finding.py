"""What a rule reports.

Example: `Finding("missing-check", Level.ERROR, "…", origin, table="audit_logs",
object="ck_audit_logs_valid_actor_type")`.
"""

from __future__ import annotations

from enum import Enum

from driftline.compare.difference import AlembicOperation, Difference
from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin


class Level(Enum):
    """How bad a finding is; in this order."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Related:
    """The other half of a finding: a place and what is to be seen there."""

    message: str
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding. `message`: what, why and what to do, in one or two plain sentences.

    `origin`: the line that causes it. `path`: the file it is about where it has no origin (then its first line is
    shown).
    `difference`: what it rests on, for whoever builds fixes. `backwards`: it is about a `downgrade()`, on which the
    schema at the heads does not rest.
    """

    rule: str
    group: str
    level: Level
    message: str
    origin: Origin = field(default=NOWHERE, compare=False)
    path: str | None = None
    table: str | None = None
    object: str | None = None
    revision: str | None = None
    operations: tuple[AlembicOperation, ...] = ()
    related: tuple[Related, ...] = ()
    difference: Difference | None = None
    backwards: bool = False
