"""What every editor feature looks at: the latest complete analyses of a folder.

And the files as they are in the editor right now.

Positions are looked up in the current text: an analysis that is a keystroke old still finds its nodes by what they say.

Example: `View((analysis,), syntax)` where `syntax("/p/models.py")` gives the parsed buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.python.origin import Origin, Site
from driftline.python.syntax import Syntax
from driftline.sources.environment import ConfigProblem
from driftline.text import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a file; `span` in code points of its current text."""

    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class View:
    """`analyses`: one per Alembic environment, in order. `problems`: what is wrong with configuration files.

    `syntax`: the parse of a file's current text, None where it cannot be read. `span_of`: where a node stands in it.
    `starts_on`: where both are of texts from before, the one-based line of the current text that a place starts on.
    """

    analyses: tuple[Analysis, ...]
    syntax: Callable[[str], Syntax | None]
    span_of: Callable[[Site], Span | None]
    problems: tuple[ConfigProblem, ...] = ()
    starts_on: Callable[[Place], int] | None = None

    def place(self, origin: Origin) -> Place | None:
        """Give the place of the node that states a fact.

        None where there is none, or it is gone from the current text.
        """
        return next(self._places(origin), None)

    def place_in(self, origin: Origin, path: str) -> Place | None:
        """Give the innermost place of `origin` in the file `path`: for a helper's fact, the call in the revision."""
        # Naming a node for the first time means looking through its file: only where it may be this one.
        return next(self._places(origin, path), None) if path in origin.paths else None

    def _places(self, origin: Origin, only: str | None = None) -> Iterator[Place]:
        for site in origin.sites:
            if only is not None and site.path != only:
                continue  # looking a node up takes a hundred times as long
            span = self.span_of(site)
            if span is not None:
                yield Place(site.path, span)

    def line(self, place: Place) -> int:
        """Give the one-based line of the current text that a place starts on."""
        if self.starts_on is not None:
            return self.starts_on(place)
        syntax = self.syntax(place.path)
        return 1 if syntax is None else syntax.index.line_of(place.span.start) + 1

    def first_line(self, place: Place) -> Place:
        """Give the part of a place that is on its first line."""
        syntax = self.syntax(place.path)
        if syntax is None:
            return place
        line = syntax.index.line_of(place.span.start)
        end = syntax.index.starts[line] + len(syntax.index.line_text(line))
        return Place(place.path, Span(place.span.start, max(place.span.start, min(place.span.end, end))))
