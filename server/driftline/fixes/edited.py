"""A project with edits that are made one after the other, in memory: each is built against what those before it leave.

Facts hold no positions, so they stay as they are; what an edit said otherwise is not found any more, and waits until
the project is analysed again.

Example: `edited = Edited(analysis)`, `edited.apply(fix.edits)`, then `edited.texts`.
"""

from __future__ import annotations

from driftline.fixes.model_edit import Edits
from driftline.fixes.project import Project
from driftline.python.syntax import Syntax, parse
from driftline.text import apply_edits


class Edited:
    """A project with the edits that were made so far."""

    def __init__(self, project: Project) -> None:
        self.environment = project.environment
        self.dialect = project.dialect
        self.declared = project.declared
        self.migrated = project.migrated
        self.graph = project.graph
        self.differences = project.differences
        self.downgrades = project.downgrades
        self.source = project.source
        self.unedited = project
        self._edited: dict[str, Syntax] = {}

    def syntax(self, path: str, /) -> Syntax | None:
        """Give the parsed file at the absolute `path`, as it is by now."""
        return self._edited.get(path) or self.unedited.syntax(path)

    @property
    def texts(self) -> dict[str, str]:
        """The texts that are not as they were, by path."""
        return {path: syntax.text for path, syntax in self._edited.items()}

    def original(self, path: str) -> str:
        """Give the text of a file before all edits."""
        syntax = self.unedited.syntax(path)
        return "" if syntax is None else syntax.text

    def apply(self, edits: Edits) -> bool:
        """Make the edits, all or none; whether they were made (what they leave must be Python)."""
        made: dict[str, Syntax] = {}
        for path, several in edits.items():
            syntax = self.syntax(path)
            if syntax is None:
                return False
            try:
                made[path] = parse(path, apply_edits(syntax.text, several))
            except ValueError:  # edits that overlap
                return False
            if made[path].problem is not None:
                return False
        self._edited |= made
        return True
