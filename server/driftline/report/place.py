"""Where things are, for readers: relative to the opened folder.

Example: `str(Place("backend/app/models/user.py", 18))` is `backend/app/models/user.py:18`.
"""

from __future__ import annotations

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.engine.places import place_of
from driftline.python.origin import Origin
from driftline.rules.finding import Finding
from driftline.sources.paths import relative_to


@dataclass(frozen=True, slots=True)
class Place:
    """A file relative to the opened folder (absolute where it lies outside), and a line from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Places:
    """Turns origins into places."""

    analysis: Analysis

    @property
    def folder(self) -> str:
        """The opened folder (absolute)."""
        return self.analysis.folder or self.analysis.environment.root

    def relative(self, path: str) -> str:
        """Give an absolute path relative to the opened folder."""
        return relative_to(path, self.folder)

    def of(self, origin: Origin) -> Place | None:
        """Give where the node is that states a fact."""
        found = self.analysis.locate(origin)
        return None if found is None else Place(self.relative(found.path), found.line)

    def in_revision(self, origin: Origin, revision: str) -> Place | None:
        """Give where a revision states a fact, though a helper may do it for it."""
        file = self.analysis.graph.revisions.get(revision)
        found = self.analysis.locate(origin) if file is None else self.analysis.locate_in(origin, file.path)
        return None if found is None else Place(self.relative(found.path), found.line)

    def of_finding(self, finding: Finding) -> Place:
        """Give where a finding is shown."""
        found = place_of(finding, self.analysis)
        return Place(self.relative(found.path), found.line)
