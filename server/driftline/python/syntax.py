r"""The syntax tree of one file, with what is needed to get from nodes to characters and back.

A file that does not parse keeps the statements that do (`pieces`). Whoever wants the facts that a broken statement
stated before it broke keeps them (the engine does: last good facts).

Invariant: `parse` never raises, whatever the text.

Example: `parse("/p/m.py", "x = 1\ny = (").tree.body` holds one statement, and `.problem` is about the other.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.parsing import SyntaxProblem, parse_text
from driftline.python.pieces import parse_pieces
from driftline.python.site_table import SiteTable
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from driftline.python.node_place import Place
    from driftline.python.origin import Site
    from driftline.python.trees import Trees

_COMMENT = "#"
"""What stands for the scope of a comment in its site, which names no node: it holds its text in place of a digest."""


class Syntax:
    """A parsed file. Immutable, apart from tables that are built when they are first asked for.

    `trees`: who says whether there is room for its tree. Where there is none, it is `passing`: its tree is let go of,
    and parsed again when somebody asks, so that who wants to find a node later keeps its place.
    """

    __slots__ = ("_index", "_spans", "_table", "_tree", "_trees", "passing", "path", "problem", "text")

    def __init__(
        self,
        path: str,
        text: str,
        tree: ast.Module,
        problem: SyntaxProblem | None = None,
        trees: Trees | None = None,
    ) -> None:
        """Hold the `tree` of `text`, which is that of the file at `path`."""
        self.path = path
        self.text = text
        self.problem = problem
        self._tree: ast.Module | None = tree
        self._index: LineIndex | None = None
        self._table: SiteTable | None = None
        self._spans: dict[Site, Span | None] = {}
        """What it was asked for: of a file that is `passing`, it is not parsed again for that."""
        self._trees = trees
        self.passing = trees is not None and not trees.has_room(self)
        if trees is not None and self.passing:
            trees.came(self)

    @property
    def tree(self) -> ast.Module:
        """The syntax tree; of a file that is `passing` not always the same one."""
        tree = self._tree
        if tree is None:
            tree, _ = parse_pieces(self.text)
            self._tree = tree
            if self._trees is not None:
                self._trees.came(self)
        return tree

    def let_go(self) -> None:
        """Let go of the tree of a file that is `passing`, and of the tables over it."""
        self._tree = self._table = None

    def forget_sites(self) -> None:
        """Let go of the table between nodes and sites; who asks for it again has it made again."""
        self._table = None

    @property
    def index(self) -> LineIndex:
        """The line starts of the text."""
        if self._index is None:
            self._index = LineIndex(self.text)
        return self._index

    @property
    def sites(self) -> SiteTable:
        """The table between nodes and sites."""
        table = self._table
        if table is None:
            table = self._table = SiteTable(self.path, self.text, self.tree, self.index)
            if self._trees is not None:
                self._trees.tabled(self)
        return table

    def node_at(self, place: Place) -> ast.AST:
        """Give the node at a place, which there is in this very text."""
        return self.sites.node_at(place)

    def span(self, node: ast.AST) -> Span:
        """Give the characters (code points) of `node`; of a node without a place of its own, those of its parts."""
        return self.sites.span(node)

    def segment(self, node: ast.AST) -> str:
        """Give the source of `node` as it is written."""
        span = self.span(node)
        return self.text[span.start : span.end]

    def site(self, node: ast.AST) -> Site:
        """Name `node` by what it says."""
        return self.sites.site(node)

    @property
    def broken(self) -> ast.AST:
        """The statement that stands at the place of the `problem`, or before it; the whole tree where there is none."""
        if self.problem is None:
            return self.tree
        last = self.index.line_of(self.problem.span.start) + 1
        before = (one for one in ast.walk(self.tree) if isinstance(one, ast.stmt) and one.lineno <= last)
        return max(before, key=lambda one: (one.lineno, one.col_offset), default=self.tree)

    def node_of(self, site: Site) -> ast.AST | None:
        """Find the node that `site` names in this version of the file; None where it is gone, or no node."""
        return self.sites.node_of(site) if site.scope != _COMMENT else None

    def span_of(self, site: Site) -> Span | None:
        """Find the characters that `site` names in this version of the file; None where they are gone.

        Of a class, function or other compound statement, it is the whole of it.
        """
        if site.scope == _COMMENT:
            return _span_of_comment(self.text, site)
        if site in self._spans:
            return self._spans[site]
        node = self.node_of(site)
        span = self._spans[site] = None if node is None else self.span(node)
        return span


def parse(path: str, text: str, trees: Trees | None = None) -> Syntax:
    """Parse `text`, the file at `path`. Never raises: what is wrong is in `problem`, what is right is in `tree`.

    `trees`: how many trees are held at a time; all, where nobody says.
    """
    tree, problem = parse_pieces(text)
    return Syntax(path, text, tree, problem, trees)


def comment_site(path: str, text: str, span: Span) -> Site:
    """Name the comment at `span`, which no node stands for, by what it says."""
    from driftline.python.origin import Site

    said = text[span.start : span.end]
    return Site(path, _COMMENT, said, text.count(said, 0, span.start))


def _span_of_comment(text: str, site: Site) -> Span | None:
    start = -len(site.says)
    for _ in range(site.nth + 1):
        start = text.find(site.says, start + len(site.says))
        if start < 0:
            return None
    return Span(start, start + len(site.says))


def parse_expression(text: str) -> ast.expr | None:
    """Parse `text` as one expression (an annotation in quotes); None where it is none."""
    tree, _ = parse_text(f"({text}\n)")
    if tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return tree.body[0].value
    return None
