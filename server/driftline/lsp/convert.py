"""From plain data to the protocol's types, and positions from and to the client's encoding.

Example: `Converter("utf-16", syntax).range(Place(path, Span(0, 4)))`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lsprotocol import types
from pygls import uris

import driftline.rules
from driftline.dataclass import dataclass, field
from driftline.ide.diagnostics import CONFIGURATION, Diagnostic
from driftline.ide.view import Place
from driftline.rules.finding import Level
from driftline.text import Encoding, LineIndex, Position, Span

SOURCE = "driftline"

_SEVERITY = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.INFORMATION: types.DiagnosticSeverity.Information,
    Level.HINT: types.DiagnosticSeverity.Hint,
}

_LOST = "\ufffd"
"""What stands for bytes that are no UTF-8."""

_RULE_PAGES = Path(driftline.rules.__file__).parent
"""Where the rules' pages are: beside the rules, on the user's own machine, so that the link works offline."""


def path_of(uri: str) -> str | None:
    """Give the absolute path of a `file:` URI; None for any other scheme."""
    path = uris.to_fs_path(uri)
    if path and _LOST in path and os.name != "nt":  # a name in bytes that are no UTF-8, which pygls loses
        path = unquote(urlsplit(uri).path, errors="surrogateescape")
    return path or None


def uri_of(path: str) -> str:
    """Give the `file:` URI of an absolute path."""
    return Path(path).as_uri()


def plain_text(markdown: str) -> str:
    """Give the text of one of our cards for a client that does not render Markdown; a link becomes its title."""
    linked = re.sub(r'\[`([^`]*)`\]\([^ )]* "([^"]*)"\)', r"\1 (\2)", markdown)
    return re.sub(r"\*\*|`|(?<!\w)_(?=\()|(?<=\))_(?!\w)", "", linked)


@dataclass(frozen=True, slots=True)
class Converter:
    """`encoding`: as agreed. `index`: the line index of a file's current text, None where it is gone.

    Where features look at texts as they were analysed: `now` gives the span of a place in the current text, `then` that
    of a span in the current text of a file; it has been asked before whether there is one.
    """

    encoding: Encoding
    index: Callable[[str], LineIndex | None]
    now: Callable[[Place], Span] = attrgetter("span")
    then: Callable[[str, Span], Span | None] = field(default=lambda _path, span: span)

    def range(self, place: Place) -> types.Range:
        """Give the range of a place; the file's beginning where the file is gone."""
        index = self.index(place.path)
        if index is None:
            return types.Range(types.Position(0, 0), types.Position(0, 0))
        span = self.now(place)
        start, end = index.position(span.start, self.encoding), index.position(span.end, self.encoding)
        return types.Range(types.Position(start.line, start.character), types.Position(end.line, end.character))

    def offset(self, path: str, position: types.Position) -> int | None:
        """Give the offset (code points) of a position; None where the file is gone."""
        span = self.span(path, types.Range(position, position))
        return None if span is None else span.start

    def span(self, path: str, range_: types.Range) -> Span | None:
        """Give the span (code points) of a range; None where the file is gone."""
        index = self.index(path)
        if index is None:
            return None
        start, end = (
            index.offset(Position(one.line, one.character), self.encoding) for one in (range_.start, range_.end)
        )
        return self.then(path, Span(start, max(start, end)))

    def diagnostics(self, found: Iterable[Diagnostic], *, related: bool) -> list[types.Diagnostic]:
        """Convert diagnostics of one file; `related`: whether the client shows related information."""
        return [self._diagnostic(one, related=related) for one in found]

    def _diagnostic(self, one: Diagnostic, *, related: bool) -> types.Diagnostic:
        finding = one.finding
        page = _RULE_PAGES / f"{finding.rule.replace('-', '_')}.md"
        return types.Diagnostic(
            range=self.range(one.mark),
            severity=_SEVERITY[one.level],
            code=one.rule,
            code_description=types.CodeDescription(href=page.as_uri()) if one.rule != CONFIGURATION else None,
            source=SOURCE,
            message=one.message,
            related_information=[
                types.DiagnosticRelatedInformation(
                    location=types.Location(uri_of(half.place.path), self.range(half.place)), message=half.message
                )
                for half in one.related
            ]
            if related
            else None,
            data={
                "rule": finding.rule,
                "table": finding.table,
                "object": finding.object,
                "revision": finding.revision,
                "environment": one.environment,
                "mirror": one.mirror,
            },
        )
