"""Origins that are worked out when somebody asks.

Evaluation makes an origin for every symbolic call; few of them are ever looked at. A `Trace` keeps the node and the way
that evaluation came to it, and turns into `Site`s on demand.

Invariant: a `Trace` is an `Origin`: equal to, and pickled as, the plain one with the same sites.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from driftline.python.node_place import Place, place_of
from driftline.python.origin import Origin, Site

if TYPE_CHECKING:
    import ast

    from driftline.python.syntax import Syntax

_OUTER = 4
_INNER = 4
"""How many sites of a long chain are kept at its two ends: what states the fact, and who asked for it."""
SITES = _INNER + _OUTER


class Trace(Origin):
    """The origin of what evaluation makes of `node`, reached by the calls that `caller` holds.

    Of a file whose tree is let go of, it keeps the place of the node instead.
    """

    __slots__ = ("_at", "_caller", "_sites", "_syntax")

    # As against its base it works out what it holds when somebody asks.
    __setattr__ = object.__setattr__

    def __init__(self, syntax: Syntax, node: ast.AST, caller: Trace | None = None) -> None:
        """Keep the place; nothing is worked out yet."""
        self._syntax = syntax
        self._at = node if not syntax.passing else place_of(node, ambiguous=False) or node
        self._caller = caller
        self._sites: tuple[Site, ...] | None = None

    @property
    def _node(self) -> ast.AST:
        at = self._at
        return self._syntax.node_at(at) if isinstance(at, tuple) else at

    @property
    def sites(self) -> tuple[Site, ...]:
        """The chain of sites; of a long one, its two ends."""
        if self._sites is None:
            chain = self._chain()
            if len(chain) > SITES:
                chain = chain[:_INNER] + chain[-_OUTER:]
            self._sites = tuple(one._syntax.site(one._node) for one in chain)  # noqa: SLF001
        return self._sites

    @property
    def site(self) -> Site:
        """The node that states the fact."""
        return self._sites[0] if self._sites else self._syntax.site(self._node)

    @property
    def path(self) -> str:
        """The file of the node that states the fact; costs nothing, as against `site.path`."""
        return self._syntax.path

    @property
    def paths(self) -> frozenset[str]:
        """The files of the node and of the calls that led there."""
        return frozenset(one.path for one in self._chain())

    @property
    def key(self) -> tuple[str, int, int]:
        """The file and the place of the node: what is recorded once per place goes by it, within one evaluation."""
        at = self._at
        if isinstance(at, tuple):
            return self._syntax.path, at[1], at[2]
        return self._syntax.path, getattr(at, "lineno", 0), getattr(at, "col_offset", 0)

    def within(self, path: str) -> Site | None:
        """Give the innermost site in the file `path`."""
        one: Trace | None = self
        while one is not None:
            if one.path == path:
                return one.site
            one = one._caller  # noqa: SLF001
        return None

    def node_within(self, path: str, syntax: Syntax) -> ast.AST | None:
        """Give the node of the innermost site in the file `path`, of which `syntax` is the tree."""
        one: Trace | None = self
        while one is not None:
            if one.path == path:
                return one._node if one._syntax is syntax else syntax.node_of(one.site)  # noqa: SLF001
            one = one._caller  # noqa: SLF001
        return None

    @property
    def parts(self) -> tuple[Syntax, ast.AST | Place, Trace | None, tuple[Site, ...] | None]:
        """What it is made of: the file, the node or its place, the origin of the call that led there, known sites."""
        return self._syntax, self._at, self._caller, self._sites

    def _chain(self) -> list[Trace]:
        chain: list[Trace] = []
        one: Trace | None = self
        while one is not None:
            chain.append(one)
            one = one._caller  # noqa: SLF001
        return chain

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        # Sites are dear, and mostly not even the files are the same.
        return isinstance(other, Origin) and self.path == other.path and self.sites == other.sites

    def __hash__(self) -> int:
        return hash((self.sites,))

    def __repr__(self) -> str:
        return f"Origin(sites={self.sites!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return Origin, (self.sites,)
