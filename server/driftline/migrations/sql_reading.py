"""A statement of raw SQL being read: what it has come to so far, and how all of that is to be marked.

Example: `Reading("postgresql", origin).add(DropTable("users"))` finds a drop that says it is raw, and where.
"""

from __future__ import annotations

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.operation import Operation
from driftline.python.host import Branch
from driftline.python.origin import NOWHERE, Origin

SHOWN = 80
"""So much of a statement is quoted in what is said of it, in characters."""


@dataclass(slots=True)
class Reading:
    """How the operations are marked.

    `branch`: the condition that the statement stands under. `guarded`: it may fail without harm. `only`: it says ONLY,
    which leaves out the children and partitions of its table. `together`: it does several things. `outright`: the names
    that the statement writes the default schema before.
    """

    dialect: str
    origin: Origin = NOWHERE
    branch: Branch | None = None
    guarded: bool = False
    only: bool = False
    together: bool = False
    outright: frozenset[str] = frozenset()
    found: list[Operation] = field(default_factory=list)

    def add(self, operation: Operation) -> None:
        """Take note of what the statement does."""
        self.found.append(
            replace(
                operation,
                origin=self.origin,
                branch=operation.branch if operation.branch is not None else self.branch,
                raw=True,
                guarded=self.guarded or operation.guarded,
                only=self.only or operation.only,
                together=self.together or operation.together,
                outright=self.outright,
            )
        )

    def inner(
        self, *, branch: Branch | None = None, guarded: bool = False, only: bool = False, together: bool = False
    ) -> Reading:
        """Give an empty reading of a part of the statement, which may be under a condition of its own, or guarded."""
        return Reading(
            self.dialect,
            self.origin,
            self.branch if self.branch is not None else branch,
            self.guarded or guarded,
            self.only or only,
            self.together or together,
            self.outright,
        )
