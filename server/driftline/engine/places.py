"""From facts, which hold no positions, to places in the files as they are now.

Example: `Places(source, session.parse).locate(column.origin)` is the `Location` of the field that declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from driftline.engine.analysis import Analysis, Location
from driftline.python.origin import Origin, Site
from driftline.python.recalled import Recalled
from driftline.sources.source import FileText, Source, changed_since
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax
    from driftline.rules.finding import Finding

INSTALLED = ("/site-packages/", "/dist-packages/", "\\site-packages\\")
"""What the path of a file has in it that belongs to an installed package."""


class Places:
    """Looks up where origins are, in the texts of one source; each file is asked for once."""

    def __init__(self, source: Source, parse: Callable[[FileText], Syntax], before: Places | None = None) -> None:
        """Look into the files of `source`, parsed by `parse`; what is as it was `before` is not looked up again."""
        self._source = source
        self._parse = parse
        self._syntaxes: dict[str, Syntax | None] = {}
        self._located: dict[int, tuple[Origin, Location | None]] = {}
        """By the identity of each origin that was looked up."""
        among = None if before is None else changed_since(source, before._source)  # noqa: SLF001 - our own class
        self._before = {} if before is None or among is None else before._located  # noqa: SLF001
        self._changed = among or frozenset()

    def syntax(self, path: str) -> Syntax | None:
        """Give the parsed file at `path` (absolute), None where it cannot be read."""
        if path not in self._syntaxes:
            file = self._source.read(path)
            self._syntaxes[path] = self._parse(file) if isinstance(file, FileText) else None
        return self._syntaxes[path]

    def locate(self, origin: Origin) -> Location | None:
        """Give the place of the node that states a fact; of its caller, where it lies in an installed package."""
        found = self._located.get(id(origin))
        if found is None:
            found = self._before.get(id(origin))
            if found is None or not self._changed.isdisjoint(origin.paths):
                found = origin, self._locate(origin)
            self._located[id(origin)] = found
        return found[1]

    def _locate(self, origin: Origin) -> Location | None:
        known = self._recalled(origin, None)
        if known is not None:
            return known
        own = [site for site in origin.sites if not any(part in site.path for part in INSTALLED)]
        return self._first((*own, *origin.sites))

    def locate_in(self, origin: Origin, path: str) -> Location | None:
        """Give the place of the innermost node in the file `path`, else as `locate`."""
        known = self._recalled(origin, path)
        return known or self._first(site for site in origin.sites if site.path == path) or self.locate(origin)

    def _recalled(self, origin: Origin, path: str | None) -> Location | None:
        """Give the place of what an earlier process kept by its place, if that file has the same text: unparsed.

        `path`: the file that it must lie in; None for any but that of an installed package.
        """
        for one in origin.chain() if isinstance(origin, Recalled) else ():
            if one.path == path or (path is None and not any(part in one.path for part in INSTALLED)):
                file, now = one.file, self._source.read(one.path)
                same = isinstance(now, FileText) and now.digest == file.file.digest
                return location(one.path, file.index, file.span(one.place)) if same else None
        return None

    def _first(self, sites: Iterable[Site]) -> Location | None:
        for site in sites:
            found = self._of(site)
            if found is not None:
                return found
        return None

    def _of(self, site: Site) -> Location | None:
        syntax = self.syntax(site.path)
        span = syntax.span_of(site) if syntax is not None else None
        return location(site.path, syntax.index, span) if syntax is not None and span is not None else None


def location(path: str, index: LineIndex, span: Span) -> Location:
    """Turn a span into a place for people."""
    start, end = index.position(span.start), index.position(span.end)
    return Location(path, span, start.line + 1, start.character + 1, end.line + 1, end.character + 1)


def first_line(path: str, source: Source | None) -> Location:
    """Give the first line of the file at `path`; of a folder, or where it cannot be read, a place without extent."""
    file = source.read(path) if source is not None and not source.is_dir(path) else None
    if not isinstance(file, FileText):
        return Location(path, Span(0, 0), 1, 1, 1, 1)
    index = LineIndex(file.text)
    return location(path, index, Span(0, len(index.line_text(0))))


def place_of(finding: Finding, analysis: Analysis) -> Location:
    """Give the place of a finding: its origin's, else the first line of the file or folder that it is about."""
    found = analysis.locate(finding.origin)
    if found is not None:
        return found
    environment = analysis.environment
    path = finding.path or environment.config_path or environment.env_path or environment.script_location
    return first_line(path, analysis.source)
