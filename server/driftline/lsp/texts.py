"""The current text of every file, and where the nodes of an analysis stand in it.

An analysis may be a keystroke older than the buffer, or rest on the last version of a buffer that parsed: nodes are
found by what they say, and where the buffer does not parse, by where they stood before, shifted by the edit.

Example: `Texts(analysed, buffers).span_of(site)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftline.python.origin import Site
from driftline.python.syntax import Syntax, parse
from driftline.text import LineIndex, Shift, Span


class Texts:
    """`analysed`: the parse that an analysis rests on, None where it read no such file. `buffers`: what is open.

    `parse` gives the parse of another text than was analysed, by path and text.
    """

    def __init__(
        self,
        analysed: Callable[[str], Syntax | None],
        buffers: Mapping[str, str],
        parse: Callable[[str, str], Syntax] = parse,
    ) -> None:
        """Look into `buffers` first, then at what was analysed."""
        self._analysed = analysed
        self._buffers = buffers
        self._parse = parse
        self._parsed: dict[str, Syntax] = {}
        self._shifts: dict[str, Shift] = {}

    def syntax(self, path: str) -> Syntax | None:
        """Give the parse of the current text of the file at `path`."""
        analysed = self._analysed(path)
        buffer = self._buffers.get(path)
        if buffer is None or (analysed is not None and analysed.text == buffer):
            return analysed
        if path not in self._parsed:
            self._parsed[path] = self._parse(path, buffer)
        return self._parsed[path]

    def index(self, path: str) -> LineIndex | None:
        """Give the line index of the current text of the file at `path`."""
        syntax = self.syntax(path)
        return syntax.index if syntax is not None else None

    def span_of(self, site: Site) -> Span | None:
        """Give the span (code points) of a node in the current text; None where it is gone."""
        current = self.syntax(site.path)
        span = current.span_of(site) if current is not None else None
        if span is not None or current is None or current.problem is None:
            return span
        before = self._analysed(site.path)
        old = before.span_of(site) if before is not None else None
        if before is None or old is None:
            return None
        if site.path not in self._shifts:
            self._shifts[site.path] = Shift(before.text, current.text)
        return self._shifts[site.path].span(old)
