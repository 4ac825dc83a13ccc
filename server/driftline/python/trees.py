"""How many syntax trees are held at a time: a tree takes twenty times the room of its text, and can be parsed again.

The trees that come first stay, as far as there is room for them; of the others those that came last. So a project of
ordinary size is parsed once, and one that has no room goes through its files again and again without throwing away what
it comes to next.

The tables over a tree (`site_table.py`) take as much room again as the tree; those of a few files are held.

Invariant: no result depends on what is held (tests/engine/test_incremental.py).

Example: `parse(path, text, Trees(3_000_000))`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from driftline.python.node_place import is_ambiguous

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax

_LATEST = 32
"""How many trees are held that there is no room for: those of the files that are being looked at."""
_TABLES = 32
"""Of how many files the table between nodes and sites is held: of those that it was made for last."""


class Trees:
    """Room for the trees of `most` characters of text, and for the `latest` of those that there is no room for.

    Any thread may come: what is let go of is only parsed again.
    """

    def __init__(self, most: int, latest: int = _LATEST) -> None:
        """Hold nothing yet."""
        self._most = most
        self._most_of_the_latest = latest
        self._held = 0
        self._latest: deque[Syntax] = deque()
        self._tabled: deque[Syntax] = deque()

    def has_room(self, syntax: Syntax) -> bool:
        """Whether the tree of a file that was just parsed is held for good.

        So is each that its nodes could not be found in again: that of a broken file, or with f-strings.
        """
        size = len(syntax.text)
        if self._held + size > self._most and _can_be_found_again(syntax):
            return False
        self._held += size
        return True

    def leave(self, syntax: Syntax) -> None:
        """Make room: a file that was held for good has another text now.

        Facts that are as they were may come from the text before for as long as they are: they hold no tree of it.
        """
        self._held -= len(syntax.text)
        if _can_be_found_again(syntax):
            syntax.passing = True
            syntax.let_go()

    def came(self, syntax: Syntax) -> None:
        """Hold a tree that there is no room for, until others have come."""
        self._latest.append(syntax)
        while len(self._latest) > self._most_of_the_latest:
            self._latest.popleft().let_go()

    def tabled(self, syntax: Syntax) -> None:
        """Hold the table between the nodes and sites of a file, until others are made."""
        self._tabled.append(syntax)
        while len(self._tabled) > _TABLES:
            self._tabled.popleft().forget_sites()


def _can_be_found_again(syntax: Syntax) -> bool:
    """Whether the nodes of a file can be told by their places in a tree that is parsed again."""
    return syntax.problem is None and not is_ambiguous(syntax.text)
