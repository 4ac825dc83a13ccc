"""The texts that an analysis rests on, and the way from there to the texts that are in the editor by now.

What a user looks at is hardly ever what is being typed at this moment. Where it is not, it is as it was when it was
analysed, and stands as many characters further on as were put before it: nothing has to be parsed to find it.

Example: `Carried(analysed, buffers).span(Place("/p/m.py", Span(40, 45)))`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from driftline.ide.view import Place
from driftline.python.origin import Site
from driftline.python.syntax import Syntax
from driftline.text import LineIndex, Shift, Span


class Carried:
    """`analysed`: the parse that an analysis rests on, None where it read no such file. `present`: texts by path."""

    def __init__(self, analysed: Callable[[str], Syntax | None], present: Mapping[str, str]) -> None:
        """Look into `present` first; what is not in it is as it was analysed."""
        self.syntax = analysed
        self._present = present
        self._shifts: dict[str, Shift] = {}
        self._indexes: dict[str, LineIndex] = {}

    def span_of(self, site: Site) -> Span | None:
        """Give the span (code points) of a node in the text that was analysed."""
        syntax = self.syntax(site.path)
        return syntax.span_of(site) if syntax is not None else None

    def index(self, path: str) -> LineIndex | None:
        """Give the line index of the present text of a file."""
        syntax, text = self.syntax(path), self._present.get(path)
        if text is None or (syntax is not None and syntax.text == text):
            return syntax.index if syntax is not None else None
        return self._indexes.setdefault(path, LineIndex(text))

    def span(self, place: Place) -> Span:
        """Give the span that a place of an analysed text has in the present one."""
        shift = self._shift(place.path)
        return place.span if shift is None else shift.span(place.span)

    def line(self, place: Place) -> int:
        """Give the one-based line of the present text on which a place of an analysed text starts."""
        index = self.index(place.path)
        return 1 if index is None else index.line_of(self.span(place).start) + 1

    def before(self, path: str, span: Span) -> Span | None:
        """Give the span that one of the present text had in the analysed one; None where it touches what is new."""
        shift = self._shift(path)
        return span if shift is None else shift.back(span)

    def _shift(self, path: str) -> Shift | None:
        syntax, text = self.syntax(path), self._present.get(path)
        if syntax is None or text is None or syntax.text == text:
            return None
        if path not in self._shifts:
            self._shifts[path] = Shift(syntax.text, text)
        return self._shifts[path]
