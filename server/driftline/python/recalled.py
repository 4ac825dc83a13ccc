"""Origins of facts that were worked out in another process, or in an earlier one, from the same text.

An origin is kept by the place of its node, which is good as long as the text is the same: it costs nothing to write
and nothing to read. Whoever asks for its sites has the text parsed, and finds the node again.

Invariant: a `Recalled` is a `Trace`, equal to the one that it was made of.

Example: `Recalled(RecalledFile(path, text, parse), ("Call", 12, 4, 12, 60), None).sites` are those of the call there.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from driftline.python.trace import SITES, Trace
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from driftline.python.node_place import Place
    from driftline.python.origin import Site
    from driftline.python.syntax import Syntax
    from driftline.sources.source import FileText


class RecalledFile:
    """A file whose text is the one that facts were worked out from; it is parsed when somebody asks for a node."""

    __slots__ = ("_index", "_parse", "_syntax", "file")

    def __init__(self, file: FileText, parse: Callable[[FileText], Syntax]) -> None:
        """Hold the text; nothing is parsed yet."""
        self.file = file
        self._parse = parse
        self._index: LineIndex | None = None
        self._syntax: Syntax | None = None

    @property
    def syntax(self) -> Syntax:
        """The parsed file."""
        if self._syntax is None:
            self._syntax = self._parse(self.file)
        return self._syntax

    def span(self, place: Place) -> Span:
        """Give the characters (code points) of the node at a place; nothing is parsed for that."""
        _, line, column, end_line, end_column = place
        return Span(self.index.offset_of_ast(line, column), self.index.offset_of_ast(end_line, end_column))

    @property
    def index(self) -> LineIndex:
        """The line starts of the text."""
        if self._index is None:
            self._index = LineIndex(self.file.text)
        return self._index

    def node(self, place: Place) -> ast.AST:
        """Give the node at a place."""
        return self.syntax.node_at(place)


class Recalled(Trace):
    """The origin of what was made of the node at `place` of `file`, reached by the calls that `caller` holds."""

    __slots__ = ("file", "place")

    def __init__(self, file: RecalledFile, place: Place, caller: Trace | None, sites: tuple[Site, ...] | None) -> None:
        """Keep the place; `sites`, where they are known already."""
        self.file = file
        self.place = place
        self._caller = caller
        self._sites = sites

    @property
    def _syntax(self) -> Syntax:  # type: ignore[override]
        return self.file.syntax

    @property
    def _node(self) -> ast.AST:
        return self.file.node(self.place)

    @property
    def path(self) -> str:
        """The file of the node that states the fact."""
        return self.file.file.path

    @property
    def key(self) -> tuple[str, int, int]:
        """The file and the place of the node."""
        return self.path, self.place[1], self.place[2]

    def chain(self) -> list[Recalled]:
        """Give this one and those of the calls that led there, innermost first, as far as `sites` has them."""
        found: list[Recalled] = []
        one: Trace | None = self
        while isinstance(one, Recalled):
            found.append(one)
            one = one._caller  # noqa: SLF001 - our own class
        return found if len(found) <= SITES else []

    @property
    def caller(self) -> Trace | None:
        """The origin of the call that led there."""
        return self._caller

    @property
    def known_sites(self) -> tuple[Site, ...] | None:
        """The sites, if somebody has asked for them."""
        return self._sites

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Recalled) and (self.file, self.place) == (other.file, other.place):
            return self._caller is other._caller or super().__eq__(other)
        return super().__eq__(other)

    __hash__ = Trace.__hash__
