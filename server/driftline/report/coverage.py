"""What could not be understood, and what that means for the rest of the audit.

Each thing is told once: what is known to be missing from the history is no gap as well.

Example: `coverage(analysis, places).gaps` groups the places by reason, the most frequent reason first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.engine.not_understood import unknown_places
from driftline.migrations.history import Migrated
from driftline.python.values import Unknown
from driftline.report.place import Place, Places
from driftline.sources.environment import ConfigProblem


@dataclass(frozen=True, slots=True)
class Gap:
    """A reason (a clause), and the places it holds for; () where it has none."""

    reason: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`gaps`: what could not be read. `incomplete`: why the history does not start from an empty database, else None.

    `places`: how many places could not be read; those that `incomplete`, `unseen` and the others tell of are in no gap.
    `unseen`: tables that revisions touch and none creates, with the place that needs it first. `declared_may_lack` /
    `migrated_may_lack`: why tables could be missing from the declared and from the migrated schema: then nothing is
    said to be absent there. `uncertain`: tables of which not all is known. `elsewhere`: what is
    wrong with other environments, which are in no report.
    """

    gaps: tuple[Gap, ...]
    incomplete: str | None
    unseen: tuple[tuple[str, Place | None], ...]
    declared_may_lack: tuple[Gap, ...]
    migrated_may_lack: tuple[Gap, ...]
    uncertain: tuple[str, ...]
    places: int = 0
    elsewhere: tuple[Gap, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything was understood that models and migrations say about the models' tables."""
        lacking = self.incomplete is not None or self.declared_may_lack or self.migrated_may_lack
        return not (self.gaps or lacking or self.uncertain)


def coverage(analysis: Analysis, places: Places, elsewhere: Iterable[ConfigProblem] = ()) -> Coverage:
    """Gather what could not be understood. `elsewhere`: what is wrong with other environments."""
    declared, migrated = analysis.declared.schema, analysis.migrated
    tables = (*declared.tables.values(), *migrated.schema.tables.values())
    told = [*declared.incomplete, *migrated.schema.incomplete, *migrated.presumed.values()]
    if migrated.incomplete is not None:
        told.append(migrated.incomplete)
    known = {(one.reason, one.origin) for one in told}
    gaps = (one for one in analysis.unknown if (one.reason, one.origin) not in known)
    return Coverage(
        _gaps(gaps, analysis.environment.problems, places),
        None if migrated.incomplete is None else migrated.incomplete.reason,
        tuple(_unseen(migrated, places)),
        _gaps(declared.incomplete, (), places),
        _gaps(migrated.schema.incomplete, (), places),
        tuple(sorted({table.key for table in tables if not table.known_in_full})),
        len(unknown_places(analysis.unknown, analysis.environment, analysis.locate)),
        tuple(Gap(one.message, (Place(places.relative(one.path), one.line),)) for one in elsewhere),
    )


def _unseen(migrated: Migrated, places: Places) -> Iterator[tuple[str, Place | None]]:
    for key in sorted(migrated.unseen):
        presumed = migrated.presumed.get(key)
        yield key, None if presumed is None else places.of(presumed.origin)


def _gaps(unknown: Iterable[Unknown], problems: Iterable[ConfigProblem], places: Places) -> tuple[Gap, ...]:
    found: dict[str, dict[Place, None]] = {}
    for problem in problems:
        found.setdefault(problem.message, {})[Place(places.relative(problem.path), problem.line)] = None
    for one in unknown:
        at = found.setdefault(" ".join(one.reason.split()), {})
        place = places.of(one.origin)
        if place is not None:
            at[place] = None
    gaps = [Gap(reason, tuple(sorted(at, key=lambda one: (one.path, one.line)))) for reason, at in found.items()]
    return tuple(sorted(gaps, key=lambda one: -len(one.places)))
