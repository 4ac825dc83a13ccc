"""What is noted of a module that was run: what it did, and what that rests on.

Example: `unit.read` has each name of another module that it read, with the value; `unit.did` what it wrote down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from driftline.python.kept.standing import Standing
    from driftline.python.modules import FoundModule
    from driftline.python.values import Module, Value


class Stale(Exception):  # noqa: N818 - no error: what was kept does not hold, and all is done again
    """What was taken over turned out not to hold."""


class Unit:
    """What running one module did, and what that rests on.

    `did`: in order, what it wrote down, and between two such parts the module that it loaded. `read`: names of other
    modules with their values; `weakly`: those of which only their kind matters; `early`: those of modules that were not
    finished, with how much these had done. `needs`: the modules whose objects it refers to. `tied`: why it depends on
    more than that, if it does. `held`: each mutable object that it has made, with what that refers to. `awaits`: an
    error of its own was offered to the `try` statements around it. `standing`: what stood around it when it began;
    `now`: when its last part began; `moved`: that was another thing when it had ended.
    """

    __slots__ = (
        "asked",
        "awaits",
        "depth",
        "did",
        "early",
        "found",
        "held",
        "marks",
        "module",
        "moved",
        "names",
        "needs",
        "notes",
        "now",
        "outside",
        "read",
        "standing",
        "tied",
        "total",
        "weakly",
    )

    def __init__(self, found: FoundModule, module: Module, depth: int, outside: int) -> None:
        """Begin with nothing done; `outside`: how many `try` statements stand around it."""
        self.found = found
        self.module = module
        self.depth = depth
        self.outside = outside
        self.did: list[Part | Loaded] = []
        self.read: dict[tuple[int, str], tuple[Module, str, Value]] = {}
        self.weakly: dict[tuple[int, str], tuple[Module, str, object]] = {}
        self.needs: set[str] = set()
        self.early: list[tuple[Module, str, Value, int]] = []
        self.tied = ""
        self.awaits = False
        self.moved = False
        self.held: list[tuple[Any, list[Any]]] = []
        self.names: dict[str, Value] = {}
        self.standing: Standing | None = None
        self.now: Standing | None = None
        self.total = 0
        self.marks: list[int] = []
        self.notes: list[Note] = []
        self.asked: dict[object, Any] = {}

    def parts(self) -> Iterator[Part]:
        """Give what it wrote down, in order."""
        return (part for part in self.did if isinstance(part, Part))

    def all_notes(self) -> Iterator[Note]:
        """Give what was noted, in order."""
        return (note for part in self.parts() for note in part.notes)


class Noted:
    """What something besides a module has read of modules. `alone`: it depends on nothing else of them."""

    __slots__ = ("_unit",)

    def __init__(self, unit: Unit) -> None:
        """Hold what `unit` notes."""
        self._unit = unit

    @property
    def alone(self) -> bool:
        """Whether it depends on nothing but names of modules, and has left nothing behind."""
        unit = self._unit
        return not (unit.tied or unit.notes or unit.weakly or unit.needs or unit.did)

    @property
    def names(self) -> Iterable[tuple[Module, str, Value]]:
        """The names that were read, with their values."""
        return self._unit.read.values()


class Part:
    """What a module did until it loaded another one, or ended: what it added to each collection, what it was told.

    `standing`: what stood around it then.
    """

    __slots__ = ("added", "asked", "notes", "standing")

    def __init__(
        self, added: list[list[Any]], notes: list[Note], asked: dict[object, Any], standing: Standing | None
    ) -> None:
        self.added = added
        self.notes = notes
        self.asked = asked
        self.standing = standing


class Loaded:
    """A module that was loaded; `alone`: without the packages around it."""

    __slots__ = ("alone", "found")

    def __init__(self, found: FoundModule, *, alone: bool) -> None:
        self.found = found
        self.alone = alone


Note = tuple[str, Any, Any]
"""What was noted: "unknown", a key and the `Unknown`; "annotation", it and its value; "again", an annotation that has
to be evaluated again; "library", a path and what it stands for; "data", a file; "missing" or "loaded", a module.
"""
