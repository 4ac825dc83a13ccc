"""What could not be understood, and what that means for the rest of the audit.

Example: `coverage(analysis, places).gaps` groups the places by reason, the most frequent reason first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from driftline.engine.analysis import Analysis
from driftline.python.values import Unknown
from driftline.report.place import Place, Places


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason (a clause), and the places it holds for; () where it has none."""

    reason: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`gaps`: what could not be read. `incomplete`: why the history does not start from an empty database, else None.

    `unseen`: tables that revisions touch and none creates. `declared_may_lack` / `migrated_may_lack`: why tables could
    be missing from the declared and from the migrated schema: then nothing is said to be absent there. `uncertain`:
    tables of which not all is known.
    """

    gaps: tuple[Gap, ...]
    incomplete: str | None
    unseen: tuple[str, ...]
    declared_may_lack: tuple[str, ...]
    migrated_may_lack: tuple[str, ...]
    uncertain: tuple[str, ...]

    @property
    def places(self) -> int:
        """How many places could not be read."""
        return sum(max(1, len(gap.places)) for gap in self.gaps)


def coverage(analysis: Analysis, places: Places) -> Coverage:
    """Gather what could not be understood."""
    declared, migrated = analysis.declared.schema, analysis.migrated
    tables = (*declared.tables.values(), *migrated.schema.tables.values())
    return Coverage(
        _gaps(analysis.unknown, places),
        None if migrated.incomplete is None else migrated.incomplete.reason,
        tuple(sorted(migrated.unseen)),
        _reasons(declared.incomplete),
        _reasons(migrated.schema.incomplete),
        tuple(sorted({table.key for table in tables if table.incomplete})),
    )


def _gaps(unknown: Iterable[Unknown], places: Places) -> tuple[Gap, ...]:
    found: dict[str, dict[Place, None]] = {}
    for one in unknown:
        at = found.setdefault(" ".join(one.reason.split()), {})
        place = places.of(one.origin)
        if place is not None:
            at[place] = None
    gaps = [Gap(reason, tuple(sorted(at, key=lambda one: (one.path, one.line)))) for reason, at in found.items()]
    return tuple(sorted(gaps, key=lambda one: -len(one.places)))


def _reasons(unknown: Iterable[Unknown]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.reason for one in unknown))
