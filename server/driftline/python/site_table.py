"""The table between the nodes of one file and their `Site`s, and the folding that makes sites stable.

A node is named by its kind and a digest of its source with white space and comments folded; a class or function by its
header alone, so that what happens in its body does not rename it. Its like are counted among the nodes of the same
kind in the same scope. The table of a scope is built when a node in it is first asked for.

Invariant: no position goes into a `Site`.
"""

from __future__ import annotations

import ast
import re
from _blake2 import blake2b
from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from driftline.python.node_place import Place, place_of
from driftline.python.nodes import children
from driftline.python.nodes import nodes as nodes_below
from driftline.python.origin import Site
from driftline.regex import regex
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    r'[rRbBfFuUtT]{0,2}(?:"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''"
    r'|"(?:\\.|[^"\\\r\n])*"'
    r"|'(?:\\.|[^'\\\r\n])*')"
    r"|#[^\r\n]*"
    r"|\\\r?\n"
    r"|\s+"
    r"|\w+"
    r"|.",
    re.DOTALL,
)
"""Strings, comments, white space, words and single characters: enough to fold by, whatever the Python version."""

_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_COMPOUND = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar)


class SiteTable:
    """Sites of the nodes of one tree. Several threads may ask: each table is put in its place when it is whole."""

    __slots__ = (
        "_at",
        "_digests",
        "_folded",
        "_nodes",
        "_scope_of",
        "_scopes",
        "_sites",
        "index",
        "path",
        "text",
        "tree",
    )

    def __init__(self, path: str, text: str, tree: ast.Module, index: LineIndex) -> None:
        """Hold what is needed to build the tables; nothing is built yet."""
        self.path = path
        self.text = text
        self.tree = tree
        self.index = index
        self._at: dict[Place, ast.AST] = {}
        self._folded: Folded | None = None
        self._scopes: dict[str, list[ast.AST]] | None = None
        self._scope_of: tuple[list[int], list[str]] = ([], [])
        self._nodes: dict[str, dict[type[ast.AST], list[ast.AST]]] = {}
        self._digests: dict[tuple[str, type[ast.AST]], list[str]] = {}
        self._sites: dict[ast.AST, Site] = {}

    def span(self, node: ast.AST) -> Span:
        """Give the characters (code points) of `node`, or of its parts where it has no place of its own."""
        place = _place(node)
        if place is None:
            return Span(0, len(self.text)) if isinstance(node, ast.Module) else Span(0, 0)
        line, column, end_line, end_column = place
        return Span(self.index.offset_of_ast(line, column), self.index.offset_of_ast(end_line, end_column))

    def site(self, node: ast.AST) -> Site:
        """Name `node` by what it says; it may also be one of an earlier tree of the same text."""
        known = self._sites.get(node)
        if known is not None:
            return known
        scope = self._scope_around(node)
        kind = type(node)
        if node not in self._in_scope(scope).get(kind, ()):
            place = place_of(node, ambiguous=False)
            node = node if place is None else self.node_at(place)
        digest = self._says(node)
        nth = 0
        for one, says in zip(self._in_scope(scope).get(kind, ()), self._says_in(scope, kind), strict=False):
            if one is node:
                break
            nth += says == digest
        site = self._sites[node] = Site(self.path, scope, f"{kind.__name__}:{digest}", nth)
        return site

    def node_at(self, place: Place) -> ast.AST:
        """Give the statement or expression at a place, which there is in this very text; the first, of several."""
        if not self._at:
            at: dict[Place, ast.AST] = {}
            for one in nodes_below(self.tree):
                found = place_of(one, ambiguous=False)
                if found is not None:
                    at.setdefault(found, one)
            self._at = at
        return self._at[place]

    def node_of(self, site: Site) -> ast.AST | None:
        """Find the node that `site` names; None where there is none."""
        name, _, digest = site.says.partition(":")
        kind = getattr(ast, name, None)
        if site.path != self.path or not isinstance(kind, type):
            return None
        if kind is ast.Module:
            return self.tree
        nth = site.nth
        for one, says in zip(self._in_scope(site.scope).get(kind, ()), self._says_in(site.scope, kind), strict=False):
            if says == digest:
                if nth == 0:
                    return one
                nth -= 1
        return None

    def _says(self, node: ast.AST) -> str:
        """Digest what `node` says; of a compound statement, its header."""
        if isinstance(node, ast.Module):
            return ""
        if isinstance(node, _DEFINITIONS):
            return _digest(node.name)
        span = self.span(node)
        end = span.end
        if isinstance(node, _COMPOUND) and node.body:
            end = self.span(node.body[0]).start
        elif isinstance(node, ast.Match):
            end = self.span(node.subject).end
        if self._folded is None:
            self._folded = Folded(self.text)
        return _digest(self._folded.between(span.start, end))

    def _says_in(self, scope: str, kind: type[ast.AST]) -> list[str]:
        digests = self._digests.get((scope, kind))
        if digests is None:
            digests = [self._says(node) for node in self._in_scope(scope).get(kind, ())]
            self._digests[scope, kind] = digests
        return digests

    def _in_scope(self, scope: str) -> dict[type[ast.AST], list[ast.AST]]:
        """Give the nodes that lie in `scope` and in no scope within it, by kind, in the order of the text."""
        nodes = self._nodes.get(scope)
        if nodes is None:
            nodes = {}
            for owner in self._owners().get(scope, ()):
                for node in _own_nodes(owner):
                    nodes.setdefault(type(node), []).append(node)
            for same in nodes.values():
                same.sort(key=_order)
            self._nodes[scope] = nodes
        return nodes

    def _owners(self) -> dict[str, list[ast.AST]]:
        """Give the modules, classes and functions of the tree by qualified name; one name may stand for several."""
        if self._scopes is None:
            scopes: dict[str, list[ast.AST]] = {"": [self.tree]}
            stretches: list[tuple[int, int, str]] = []
            pending: list[tuple[ast.AST, str]] = [(self.tree, "")]
            while pending:
                owner, name = pending.pop()
                for one in _definitions(owner):
                    qualname = f"{name}.{one.name}" if name else one.name
                    scopes.setdefault(qualname, []).append(one)
                    start = self.index.offset_of_ast(*_start(one.body[0])) if one.body else self.span(one).end
                    stretches.append((start, self.span(one).end, qualname))
                    pending.append((one, qualname))
            for same in scopes.values():
                same.sort(key=_order)
            self._scope_of = _flatten(stretches, len(self.text))
            self._scopes = scopes
        return self._scopes

    def _scope_around(self, node: ast.AST) -> str:
        self._owners()
        starts, names = self._scope_of
        place = _place(node)
        if place is None:
            return ""
        return names[bisect_right(starts, self.index.offset_of_ast(place[0], place[1])) - 1]


class Folded:
    """A text without comments and superfluous white space, and the way from offsets to it.

    Its tokens are kept as one text, with a separator that no token holds: `not x` and `notx` differ, `f( a )` and
    `f(a)` do not.
    """

    __slots__ = ("_ends", "_places", "_starts", "_text")

    def __init__(self, text: str) -> None:
        """Fold `text`; linear in its length."""
        tokens = _TOKEN.findall(text)
        ends = list(accumulate(map(len, tokens)))
        kept = [
            (token, end)
            for token, end in zip(tokens, ends, strict=True)
            if token[0] != "#" and token[0] != "\\" and not token.isspace()
        ]
        self._text = "\0".join([token for token, _ in kept])
        self._ends = array("L", [end for _, end in kept])
        self._starts = array("L", [end - len(token) for token, end in kept])
        self._places = array("L", accumulate([len(token) + 1 for token, _ in kept], initial=0))
        """Where in the kept text each token begins, and where one more would."""

    def between(self, start: int, end: int) -> str:
        """Give the folded text from `start` to `end` (code points), which lie between tokens."""
        first = bisect_right(self._ends, start)
        last = bisect_right(self._starts, end - 1)
        return self._text[self._places[first] : max(0, self._places[last] - 1)]


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _place(node: ast.AST) -> tuple[int, int, int, int] | None:
    """Give the (line, column, end line, end column) of a node, or those of its parts, as `ast` counts them."""
    line = getattr(node, "lineno", None)
    if line is not None:
        return line, node.col_offset, node.end_lineno or line, node.end_col_offset or 0  # type: ignore[attr-defined]
    places = [place for child in children(node) if (place := _place(child)) is not None]
    if not places or isinstance(node, ast.Module):
        return None
    start = min(place[:2] for place in places)
    end = max(place[2:] for place in places)
    return (*start, *end)


def _start(node: ast.stmt) -> tuple[int, int]:
    """Give where a statement begins, with its decorators."""
    decorators = getattr(node, "decorator_list", None)
    first = decorators[0] if decorators else node
    return first.lineno, first.col_offset


def _order(node: ast.AST) -> tuple[int, int, int, int]:
    line, column, end_line, end_column = _place(node) or (0, 0, 0, 0)
    return line, column, -end_line, -end_column


def _definitions(owner: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give the classes and functions right within `owner`, also those in its `if`s and loops."""
    pending: list[ast.AST] = list(reversed(getattr(owner, "body", [])))
    while pending:
        node = pending.pop()
        if isinstance(node, _DEFINITIONS):
            yield node
        elif isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            for name in ("finalbody", "orelse", "cases", "handlers", "body"):
                pending.extend(reversed(getattr(node, name, ())))


def _own_nodes(owner: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes within `owner`'s body, down to nested classes and functions, whose headers belong to it."""
    pending: list[ast.AST] = list(getattr(owner, "body", []))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, _DEFINITIONS):
            pending.extend(node.decorator_list)
            if isinstance(node, ast.ClassDef):
                pending.extend((*node.bases, *node.keywords))
            else:
                pending.append(node.args)
                pending.extend([node.returns] if node.returns else [])
        else:
            pending += children(node)


def _flatten(stretches: list[tuple[int, int, str]], length: int) -> tuple[list[int], list[str]]:
    """Turn nested stretches into a sorted list of starts, and the name of the innermost stretch from each on."""
    starts, names = [0], [""]
    open_ones: list[tuple[int, str]] = [(length + 1, "")]

    def close(until: int) -> None:
        while open_ones[-1][0] <= until:
            end, _ = open_ones.pop()
            starts.append(end)
            names.append(open_ones[-1][1])

    for start, end, name in sorted(stretches, key=lambda one: (one[0], -one[1])):
        close(start)
        starts.append(start)
        names.append(name)
        open_ones.append((end, name))
    close(length)
    return starts, names
