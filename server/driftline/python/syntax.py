r"""The syntax tree of one file, with what is needed to get from nodes to characters and back.

A file that does not parse keeps the statements that do: the broken one is blanked out and the rest is parsed again.
Whoever wants the facts that a broken statement stated before it broke keeps them (the engine does: last good facts).

Invariant: `parse` never raises, whatever the text. What the running Python is too old to parse, `newer_syntax` does;
the trees are made of the same nodes on each Python.

Example: `parse("/p/m.py", "x = 1\ny = (").tree.body` holds one statement, and `.problem` is about the other.
"""

from __future__ import annotations

import ast
import gc
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.python.private_names import lines_with_private_names, mangle
from driftline.python.site_table import SiteTable
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.python.node_place import Place
    from driftline.python.origin import Site
    from driftline.python.trees import Trees

_ATTEMPTS = 12
"""How many broken statements are cut out of a file before the whole file is given up."""
_COMMENT = "#"
"""What stands for the scope of a comment in its site, which names no node: it holds its text in place of a digest."""
_HAS_NEWER_NODES = hasattr(ast, "TypeAlias")
"""Whether the running Python is newer than 3.11, whose nodes are the ones that are read."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a text is not Python: a clause for the user, and where."""

    message: str
    span: Span


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
            tree = _parse_text(self.text)[0] or ast.Module([], [])
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
    tree, problem = _parse_text(text)
    if tree is not None:
        return Syntax(path, text, tree, trees=trees)
    return Syntax(path, text, _parse_what_is_right(text, problem), problem, trees)


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
    tree, _ = _parse_text(f"({text}\n)")
    if tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return tree.body[0].value
    return None


def _parse_text(text: str) -> tuple[ast.Module | None, SyntaxProblem | None]:
    """Parse with the running Python's own parser, which gives up on hostile text in several ways."""
    try:
        with warnings.catch_warnings(), _nothing_collected():
            warnings.simplefilter("ignore")
            return _compiled(text, _lowered(text, ast.parse(text))), None
    except SyntaxError as error:
        return _parse_newer(text, error)
    except (RecursionError, MemoryError):
        return None, SyntaxProblem("it is nested too deeply to be parsed", Span(0, 0))
    except (ValueError, OverflowError) as error:
        return None, SyntaxProblem(f"it is no Python text: {error}", Span(0, 0))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector away: a tree is many objects, none of them garbage; looking takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _parse_newer(text: str, error: SyntaxError) -> tuple[ast.Module | None, SyntaxProblem | None]:
    """Parse text that the running Python refused with `error`, in case it is only newer than that."""
    from driftline.python import newer_syntax

    try:
        tree = newer_syntax.parse(text)
    except SyntaxError as another:
        error = another
    except (RecursionError, MemoryError, ValueError, OverflowError):
        pass
    else:
        if tree is not None:
            return _compiled(text, tree), None
    return None, SyntaxProblem(_clause(error), _place(text, error))


def _lowered(text: str, tree: ast.Module) -> ast.Module:
    """Give the same tree on each Python: one of the nodes that Python 3.11 has, also where the running one has more."""
    if not _HAS_NEWER_NODES:
        return tree
    from driftline.python import newer_syntax

    try:
        lowered = newer_syntax.parse(text) if newer_syntax.may_need_lowering(text) else None
    except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
        return tree
    return lowered or tree


def _compiled(text: str, tree: ast.Module) -> ast.Module:
    """Give the tree with the names that Python's compiler writes into it."""
    lines = lines_with_private_names(text)
    if lines:
        mangle(tree, lines)
    return tree


def _clause(error: SyntaxError) -> str:
    message = error.msg or "invalid syntax"
    return re.sub(r" \(<unknown>, line \d+\)$", "", message)


def _place(text: str, error: SyntaxError) -> Span:
    """Give the place of a syntax error, whose column counts characters, from one."""
    index = LineIndex(text)
    line = max(1, min(error.lineno or 1, index.line_count)) - 1
    start = min(index.starts[line] + max(0, (error.offset or 1) - 1), len(text))
    end = start
    if error.end_lineno and error.end_offset and 0 < error.end_lineno <= index.line_count:
        end = min(index.starts[error.end_lineno - 1] + max(0, error.end_offset - 1), len(text))
    return Span(start, max(start, end))


def _parse_what_is_right(text: str, problem: SyntaxProblem | None) -> ast.Module:
    """Blank out the statement at each error, then the top-level block around it, and parse what is left."""
    if problem is None or "\0" in text:
        return ast.Module([], [])
    index = LineIndex(text)
    lines = [text[start:end] for start, end in zip(index.starts, [*index.starts[1:], len(text)], strict=True)]
    previous = -1
    for _ in range(_ATTEMPTS):
        line = index.line_of(problem.span.start)
        first, last = _statement(lines, line) if line > previous else _top_level_block(lines, line)
        previous = max(previous, line)
        if not any(one.strip() for one in lines[first:last]):
            first, last = _top_level_block(lines, max(0, first - 1))
        _blank(lines, first, last, keep_block=problem.message != "unexpected indent")
        left = "".join(lines)
        tree, another = _parse_text(left)
        if tree is not None:
            return tree
        if another is None:
            break
        problem, index = another, LineIndex(left)
    return ast.Module([], [])


def _indent(line: str) -> int | None:
    """How far a line is indented; None for one that says nothing."""
    stripped = line.lstrip()
    return None if not stripped or stripped[0] == "#" else len(line) - len(stripped)


def _statement(lines: list[str], line: int) -> tuple[int, int]:
    """Give the lines of the statement at `line`, by indentation: the ones below it that are indented more."""
    base = _indent(lines[line]) or 0
    last = line + 1
    while last < len(lines):
        indent = _indent(lines[last])
        if indent is not None and indent <= base and lines[last].lstrip()[0] not in ")]}":
            break
        last += 1
    return line, last


def _top_level_block(lines: list[str], line: int) -> tuple[int, int]:
    """Give the lines of the block around `line` that starts at the left edge, with its decorators."""

    def starts(at: int) -> bool:
        return _indent(lines[at]) == 0 and lines[at][0] not in ")]}"

    first = line
    while first > 0 and not starts(first):
        first -= 1
    last = line + 1
    while last < len(lines) and not starts(last):
        last += 1
    while first > 0 and lines[first - 1].startswith("@"):
        first -= 1
    return first, last


def _blank(lines: list[str], first: int, last: int, *, keep_block: bool) -> None:
    """Put the shortest statement there is in place of the lines, so that a block around them stays one.

    Places in what is left are places in the text: it is as wide, in UTF-8, as the character that it stands for.
    """
    for at in range(first, last):
        said = lines[at].rstrip("\r\n")
        indent = len(said) - len(said.lstrip())
        nothing = ""
        if keep_block and at == first and indent < len(said):
            nothing = " " * indent + "0" * len(said[indent].encode("utf-8", "surrogatepass"))
        lines[at] = nothing.ljust(len(said)) + lines[at][len(said) :]
