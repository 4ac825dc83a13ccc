"""Whether the findings and Alembic's autogenerate agree on the drift, in both directions.

Each finding lists the differences of Alembic's that it stands for; all of them together are held against Alembic's
list, as multisets.

Example: `agree(alembic, findings).missed` lists what Alembic reports and no finding stands for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, TypeAlias

Operation: TypeAlias = Mapping[str, Any]
"""`{"op", "table", "name"}`, as `drift.json` and the findings contract have it."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """`both`: how many operations the two share. `missed`: Alembic's only; `invented`: the findings' only; ordered."""

    both: int
    missed: tuple[str, ...]
    invented: tuple[str, ...]

    @property
    def alembic(self) -> int:
        """How many operations Alembic reports."""
        return self.both + len(self.missed)

    @property
    def driftline(self) -> int:
        """How many operations the findings stand for."""
        return self.both + len(self.invented)


def described(operation: Operation) -> str:
    """An operation in one line: `add_index users ix_users_email`."""
    return " ".join(str(operation[key]) for key in ("op", "table", "name") if operation[key] is not None)


def agree(
    alembic: Sequence[Operation], findings: Iterable[Mapping[str, Any]], without: AbstractSet[str] = frozenset()
) -> Agreement:
    """Hold the operations of all findings against Alembic's. `without`: operations (as text) that do not count."""
    true = Counter(described(one) for one in alembic)
    stated = Counter(described(one) for finding in findings for one in finding["operations"])
    for one in without:
        del true[one], stated[one]
    return Agreement(
        (true & stated).total(), tuple(sorted((true - stated).elements())), tuple(sorted((stated - true).elements()))
    )
