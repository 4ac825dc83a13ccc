"""Where a fact was stated, without positions.

A `Site` names one syntax node by what it says, so that it survives edits elsewhere in its file; which characters it
spans is looked up, at the very end, in the `Syntax` of its file (`Syntax.span_of`). An `Origin` is a chain of sites:
the node that states the fact first, then the calls through which evaluation came there, outwards.

Invariant: facts are compared without their origins, so a comment or a moved function changes no fact.
Every dataclass that holds an origin declares it with `field(compare=False)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from driftline.dataclass import dataclass

if TYPE_CHECKING:
    import ast

    from driftline.python.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Site:
    """One syntax node of one file.

    `path`: the file (absolute). `scope`: the qualified name of the function or class around it ("" at the top).
    `says`: a digest of the node's source with white space and comments folded. `nth`: which of its like in that scope
    (0 first).
    """

    path: str
    scope: str
    says: str
    nth: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The chain of sites that made a fact: `sites[0]` states it, the rest are the callers, innermost first."""

    sites: tuple[Site, ...]

    @property
    def site(self) -> Site | None:
        """The node that states the fact; None only for `NOWHERE`."""
        return self.sites[0] if self.sites else None

    @property
    def path(self) -> str | None:
        """The file of the node that states the fact; None only for `NOWHERE`. Cheap, as against `site`."""
        return self.sites[0].path if self.sites else None

    @property
    def paths(self) -> frozenset[str]:
        """The files of its sites, and maybe of calls in between. Cheap, as against `sites`."""
        return frozenset(site.path for site in self.sites)

    def within(self, path: str) -> Site | None:
        """Give the innermost site in the file `path`: where a revision calls a helper, the call in the revision."""
        return next((site for site in self.sites if site.path == path), None)

    def node_within(self, path: str, syntax: Syntax) -> ast.AST | None:
        """Give the node of the innermost site in the file `path`, whose tree `syntax` holds; cheap, as `path`."""
        site = self.within(path)
        return None if site is None else syntax.node_of(site)

    def called_from(self, caller: Origin) -> Origin:
        """Give this origin, reached through `caller`."""
        return Origin(self.sites + caller.sites)


NOWHERE = Origin(())


def origin_of(value: object, default: Origin = NOWHERE) -> Origin:
    """Give where a value was stated; `default` for one that does not know, such as a string."""
    found = getattr(value, "origin", default)
    return found if isinstance(found, Origin) else default
