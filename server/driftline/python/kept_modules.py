"""What running modules gave, kept from one evaluation to the next: an edit of one module runs that one again.

An evaluation always begins at the beginning and goes the way that the program takes. Where it comes to import a module
that is known to do what it did the last time, the module's body is not run: what it did is done again. It is bound, the
modules that it imported are imported in their turn, and what was written down meanwhile is written down again, in the
same order. So whatever is run sees the state that it would see from scratch.

- What a module did: `Module.names`, what was added to each of the collections that only grow (`Host.growing`, classes,
  what is unknown), what it was told of bases (`Host.asked_for`), and which modules it loaded in between.
- What it rests on: its text; each name that it read of another module, with the value (`read`); each object of another
  module that what it has made refers to, found by going through all of it (`_seal`); what stands around it
  (`Host.standing`, `sys.path`, assigned environment variables) when it begins, and after each module that it loads.
- It is run again if its text is another one, or if it rests on an object of a module that is run again. A constant, and
  a class that is only named in an annotation for type checkers, may as well come out the same (`_nature`).
- In a cycle of imports, who read a name of a module that was not finished is run again together with that module, and
  only where it had done as much by then (`Unit.early`).
- It is run again in any case if it depends on more than that (`Unit.tied`): it looked at everything there is
  (`metadata.tables`), does not parse, was imported in a branch, could not be run to its end.
- Nothing that it has made may have been changed since it was finished, by whomever: each of its mutable objects is kept
  with what it referred to (`Unit.held`), and looked at again when the evaluation ends. Where an object of a module that
  was not run has changed, or a name comes out otherwise than was promised, all is done from scratch (`Stale`).

Invariant: what is kept may save work, and never changes a result. Only edits of texts are followed: where files have
come or gone, or data that a module has read says something else, nothing is kept.

Example: in a second evaluation after an edit of `app/user.py`, `app/post.py`, which reads nothing of it, is not run.
"""

from __future__ import annotations

import ast
import gc
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from operator import is_
from pathlib import PurePath
from types import EllipsisType, NoneType
from typing import TYPE_CHECKING, Any, Final

from driftline.python.annotations import evaluate_annotation
from driftline.python.attributes import is_enum
from driftline.python.imports import find_in_library, load_found
from driftline.python.iteration import DefaultDict
from driftline.python.journal import MISSING
from driftline.python.modules import FoundModule
from driftline.python.origin import Origin, Site
from driftline.python.scope import Frame, Scope
from driftline.python.syntax import Syntax
from driftline.python.values import (
    Annotation,
    Attribute,
    BoundMethod,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Module,
    Operator,
    Partial,
    Symbol,
    Unknown,
    Value,
)
from driftline.sources.paths import is_within
from driftline.sources.source import FileText, Source, Unreadable, ask, changed_since, read_program, untraced

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter

_PLAIN: Final = frozenset({str, int, float, complex, bool, bytes, NoneType, EllipsisType, Symbol})
"""Values that are what they say."""
_MUTABLE: Final = frozenset({list, dict, set, DefaultDict, Call, Class, Function, Instance, EnumMember, Scope})
_THROUGH: Final = frozenset({tuple, frozenset, Attribute, Operator, BoundMethod, Partial, Annotation, Frame})
_LEAVES: Final = (ast.AST, type, Module, Syntax, Origin, Site, Unknown, Enum, range, slice, re.Pattern, PurePath)
"""What does not change, and leads to no object of another module; of a module itself, reading its names is noted."""


_NAMED: Final = frozenset({Class, Function, Scope})
"""Of these, it is known at once which module has made them."""


_NO_MODULE: Final = FoundModule("", "", package=False)


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
        self.did: list[_Part | _Loaded] = []
        self.read: dict[tuple[int, str], tuple[Module, str, Value]] = {}
        self.weakly: dict[tuple[int, str], tuple[Module, str, object]] = {}
        self.needs: set[str] = set()
        self.early: list[tuple[Module, str, Value, int]] = []
        self.tied = ""
        self.awaits = False
        self.moved = False
        self.held: list[tuple[Any, list[Any]]] = []
        self.names: dict[str, Value] = {}
        self.standing: _Standing | None = None
        self.now: _Standing | None = None
        self.total = 0
        self.marks: list[int] = []
        self.notes: list[_Note] = []
        self.asked: dict[object, Any] = {}

    def parts(self) -> Iterator[_Part]:
        """Give what it wrote down, in order."""
        return (part for part in self.did if isinstance(part, _Part))

    def all_notes(self) -> Iterator[_Note]:
        """Give what was noted, in order."""
        return (note for part in self.parts() for note in part.notes)


_Standing = tuple[tuple[object, ...], ...]


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


class _Part:
    """What a module did until it loaded another one, or ended: what it added to each collection, what it was told.

    `standing`: what stood around it then.
    """

    __slots__ = ("added", "asked", "notes", "standing")

    def __init__(
        self, added: list[list[Any]], notes: list[_Note], asked: dict[object, Any], standing: _Standing | None
    ) -> None:
        self.added = added
        self.notes = notes
        self.asked = asked
        self.standing = standing


class _Loaded:
    """A module that was loaded; `alone`: without the packages around it."""

    __slots__ = ("alone", "found")

    def __init__(self, found: FoundModule, *, alone: bool) -> None:
        self.found = found
        self.alone = alone


_Note = tuple[str, Any, Any]
"""What was noted: "unknown", a key and the `Unknown`; "annotation", it and its value; "again", an annotation that has
to be evaluated again; "library", a path and what it stands for; "data", a file; "missing" or "loaded", a module.
"""


class KeptModules:
    """The modules of the last evaluation, by name, and the one that is under way."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self.ran: Callable[[str], None] = lambda _name: None
        self._units: dict[str, Unit] = {}
        self._modules: dict[str, Module] = {}
        """All modules there have been, by name: others refer to them, so a module stays the same object."""
        self._owners: dict[int, str] = {}
        """The module that has made each mutable object, by the object's identity; `Unit.held` keeps it alive."""
        self._setting: object = None
        self._source: Source | None = None
        """What the modules that are kept were run from."""
        self._next: Source | None = None
        self._heard: set[str] = set()
        """The files that modules have read as data."""
        self._finished = False
        self._new: dict[str, Unit] = {}
        self._again: set[str] = set()
        """Modules that have to be run again."""
        self._far: dict[str, int] = {}
        """The modules whose deeds are being done again, with how many of these were."""
        self._taken: set[str] = set()
        self._open: Unit | None = None
        """The module that is being run; None while one is done again."""
        self._running: dict[str, Unit] = {}
        """All that are being run: this one, and those that it was imported by."""
        self.weak = 0
        """How often something was read of which only the kind matters."""
        self._weak_annotations: set[Annotation] = set()
        self._run: Interpreter | None = None

    # ------------------------------------------------------------------------------------------------------------------
    # An evaluation

    def forget(self) -> None:
        """Keep nothing."""
        self._forget_all()
        self._source, self._setting, self._finished, self._new = None, None, False, {}

    def begin(self, run: Interpreter, setting: object) -> None:
        """Begin an evaluation by `run`, which takes over what holds. `setting`: what it is told besides texts."""
        modules = run.modules
        among = changed_since(modules.source, self._source) if self._source is not None else None
        if (
            among is None
            or setting != self._setting
            or not self._heard.isdisjoint(among)
            or any(is_within(path, root) for path in among for root in modules.site_packages)
        ):
            self._forget_all()
        if not self._finished:  # somebody has stopped the last one
            for unit in self._new.values():
                if self._units.get(unit.module.name) is not unit:
                    self._disown(unit)
            self._look_for_changes(self._units.values())
        self._again = self._affected(among or frozenset())
        self._setting, self._next, self._finished = setting, untraced(modules.source), False
        self._new, self._taken, self._open, self._far, self._running = {}, set(), None, {}, {}
        run.host.expect(self._asked_before())
        modules.source = _Heard(modules.source, self)
        run.kept, self._run = self, run

    def finish(self) -> None:
        """End it. Raises `Stale` where something that was taken over has changed meanwhile."""
        for name, unit in self._units.items():
            if name not in self._new:
                self._disown(unit)
        self._units = self._new
        changed = self._look_for_changes(self._units.values())
        if not changed.isdisjoint(self._taken):
            msg = f"changed meanwhile: {sorted(changed & self._taken)}"
            raise Stale(msg)
        self._source, self._finished = self._next, True

    def _asked_before(self) -> dict[object, Any]:
        """Give what modules were told of bases, as far as nobody has changed it since."""
        found: dict[object, Any] = {}
        for unit in self._units.values():
            for part in unit.parts():
                found |= part.asked
        return found

    def _forget_all(self) -> None:
        self._units, self._owners, self._modules, self._heard = {}, {}, {}, set()
        self._weak_annotations = set()

    def _affected(self, among: frozenset[str]) -> set[str]:
        """Give the modules that have to be run again: the edited ones, and those that rest on what these make."""
        resting: dict[str, set[str]] = {}
        for name, unit in self._units.items():
            for holder, _, value in unit.read.values():
                # A module is the same object each time, and a folder without a file holds nothing else.
                if holder.syntax is not None and not isinstance(value, Module) and not _is_plain(value):
                    resting.setdefault(holder.name, set()).add(name)
            for one in unit.needs:
                resting.setdefault(one, set()).add(name)
            for part in unit.did:  # what it did after that may have felt what was added to
                if isinstance(part, _Loaded):
                    loaded = self._units.get(part.found.name)
                    if loaded is not None and loaded.moved:
                        resting.setdefault(part.found.name, set()).add(name)
            for holder, _, _, _ in unit.early:  # whoever comes too early is run together with what is not finished
                resting.setdefault(holder.name, set()).add(name)
                resting.setdefault(name, set()).add(holder.name)
        found = {name for name, unit in self._units.items() if unit.tied or unit.module.path in among}
        found.update(name for name in resting if name not in self._units)
        pending = list(found)
        while pending:
            for name in resting.get(pending.pop(), ()):
                if name not in found:
                    found.add(name)
                    pending.append(name)
        return found

    def _look_for_changes(self, units: Iterable[Unit]) -> set[str]:
        """Give the modules of whose objects one has changed since they were finished; they are run again next time."""
        referents = gc.get_referents
        found = set()
        for unit in units:
            for one, before in unit.held:
                now = referents(one)
                if len(now) != len(before) or not all(map(is_, now, before)):
                    unit.tied = f"changed later: {type(one).__name__}"
                    found.add(unit.module.name)
                    break
            if not _same_names(unit):
                unit.tied = "names changed later"
                found.add(unit.module.name)
        return found

    # ------------------------------------------------------------------------------------------------------------------
    # Loading a module

    def load(
        self, run: Interpreter, found: FoundModule, body: Callable[[], Module | Unknown], *, alone: bool
    ) -> Module | Unknown:
        """Do again what loading `found` did, or do it: `body` loads the module."""
        outer = self._open
        if outer is not None:
            self._close_part(run, outer)
            outer.did.append(_Loaded(found, alone=alone))
        total, self._open = run.total, None
        try:
            made = self._load_now(run, found, body)
            if isinstance(made, Unknown) and outer is not None:
                outer.tied = f"`{found.name}` could not be loaded"
        except BaseException:
            if outer is not None:
                outer.tied = f"`{found.name}` was left by an error"
            raise
        else:
            return made
        finally:
            self._open = outer
            if outer is not None:
                outer.total -= run.total - total
                self._open_part(run, outer)

    def _load_now(self, run: Interpreter, found: FoundModule, body: Callable[[], Module | Unknown]) -> Module | Unknown:
        unit, total = self._units.get(found.name), run.total
        if unit is not None and self._fits(run, unit, found):
            self._do_again(run, unit)
            return unit.module
        made = body()
        unit = self._new.get(found.name)
        if unit is not None:
            unit.total += run.total - total
        return made

    def renewed(self, name: str, path: str, *, package: bool, syntax: Syntax | None) -> Module:
        """Give the module that is about to be run: the one of the last time, emptied, for whoever refers to it."""
        unit = self._units.pop(name, None)
        if unit is not None:
            self._disown(unit)
        module = self._modules.get(name)
        if module is None:
            module = self._modules[name] = Module(name, path, package, syntax)
            return module
        for one in (module.names, module.origins, module.stars, module.typing_only):
            one.clear()
        module.path, module.package, module.syntax, module.complete = path, package, syntax, False
        return module

    def run(self, run: Interpreter, found: FoundModule, module: Module, body: Callable[[], None]) -> None:
        """Run a module's body, noting what it does."""
        self.ran(found.name)
        unit = Unit(found, module, run.depth, len(run.awaited))
        unit.standing = _standing(run)
        if module.syntax is not None and module.syntax.problem is not None:
            unit.tied = "it does not parse"
        self._open = self._running[found.name] = unit
        self._open_part(run, unit)
        try:
            body()
        finally:
            del self._running[found.name]
        self._close_part(run, unit)
        after = _standing(run)
        unit.moved = not _stands(unit.standing, after)
        if not _stood(unit.standing, after):
            unit.tied = (
                "it changed what stands around it" if unit.standing is not None else "in the middle of something"
            )
        self._seal(unit, run.host.kinds())
        self._new[found.name] = unit

    def _fits(self, run: Interpreter, unit: Unit, found: FoundModule) -> bool:
        """Whether running the module now would do what it did, as far as that can be told before."""
        if found.name in self._again or unit.found != found or run.depth > unit.depth:
            return False
        if not _stands(unit.standing, _standing(run)):
            return False
        if unit.awaits and run.awaited:
            return False
        if not all(_comes_later(run, one) or self._reads_the_same(run, unit, one) for one in unit.read.values()):
            return False
        if not all(self._reads_alike(run, one) for one in unit.weakly.values()):
            return False
        if not all(self._reads_as_early(one) for one in unit.early):
            return False
        if any(kind == "missing" and key in run.loaded for kind, key, _ in unit.all_notes()):
            return False
        places = _growing(run)
        return all(_has_room(run, part, places) for part in unit.parts())

    def _reads_the_same(self, run: Interpreter, unit: Unit, one: tuple[Module, str, Value]) -> bool:
        holder, name, value = one
        now = holder.names.get(name, MISSING)
        if run.loaded.get(holder.name) is not holder:
            return False
        if value is MISSING and type(now) is Module:  # somebody has loaded it before, now
            return any(isinstance(part, _Loaded) and part.found.name == now.name for part in unit.did)
        return now is value or (_is_plain(value) and _equal(now, value))

    def _reads_alike(self, run: Interpreter, one: tuple[Module, str, object]) -> bool:
        holder, name, nature = one
        if run.loaded.get(holder.name) is not holder or holder.name in self._far or not holder.complete:
            return False
        return _nature(holder.names.get(name)) == nature

    def _reads_as_early(self, one: tuple[Module, str, Value, int]) -> bool:
        """Whether a module that was not finished has come as far as it had."""
        holder, name, value, far = one
        running = self._running.get(holder.name)
        if running is not None:
            return running.module is holder and holder.names.get(name, MISSING) is value
        return self._far.get(holder.name) == far

    def _do_again(self, run: Interpreter, unit: Unit) -> None:
        """Do what a module did: no more, and in the same order."""
        module, name = unit.module, unit.module.name
        if len(module.names) != len(unit.names):  # submodules that were loaded later
            module.names.clear()
            module.names.update(unit.names)
        run.loaded[name] = module
        run.reads.add(module.path)
        with run.reads.for_module(module.path):
            for far, part in enumerate(unit.did):
                self._far[name] = far + 1
                if isinstance(part, _Part):
                    if not _stands(part.standing, _standing(run)):
                        msg = f"something else stands around `{name}`"
                        raise Stale(msg)
                    self._write_down(run, part)
                elif part.found.name not in run.loaded:
                    load_found(run, part.found, alone=part.alone)
        del self._far[name]
        if not all(self._reads_the_same(run, unit, one) for one in unit.read.values()):
            msg = f"`{name}` would read other names"
            raise Stale(msg)
        if run.host.looked_around():
            msg = f"what `{name}` does means more now"
            raise Stale(msg)
        run.total += unit.total
        self._new[name] = unit
        self._taken.add(name)

    def _write_down(self, run: Interpreter, part: _Part) -> None:
        for kind, key, value in part.notes:
            if kind == "unknown":
                run.unknowns.setdefault(key, value)
            elif kind == "annotation":
                run.annotations.setdefault(key, value)
            elif kind == "again":
                evaluate_annotation(run, key)
            elif kind == "data":
                run.reads.add(key)
            elif kind in ("missing", "loaded"):
                if (key in run.loaded) != (kind == "loaded"):
                    msg = f"`{key}` is not {kind}"
                    raise Stale(msg)
            elif find_in_library(run, key) is not value:
                msg = f"`{key}` is another one"
                raise Stale(msg)
        if not run.host.agrees(part.asked):
            msg = "a base has become another one"
            raise Stale(msg)
        run.host.recall(part.asked)
        for place, added in zip(_growing(run), part.added, strict=True):
            if isinstance(place, dict):
                place.update(added)
            else:
                place.extend(added)

    # ------------------------------------------------------------------------------------------------------------------
    # While a module is run

    def reads_name(self, module: Module, name: str) -> None:
        """Note that the code that is being run looks for `name` in `module`."""
        unit = self._noting(module)
        if unit is None:
            return
        value = module.names.get(name, MISSING)
        running = self._running.get(module.name)
        if running is not None:  # it has not all its names yet
            unit.early.append((module, name, value, len(running.did)))
        else:
            unit.read.setdefault((id(module), name), (module, name, value))

    def reads_all(self, module: Module) -> None:
        """Note that it looks at all names of `module`, or binds one there."""
        unit = self._noting(module)
        if unit is not None:
            unit.needs.add(module.name)
            if module.name in self._running:
                unit.tied = f"it looks at all names of `{module.name}`, which is not finished"

    def reads_kind(self, module: Module, name: str) -> None:
        """Note that it looks for what `module` calls `name`, which is named for type checkers only."""
        value = module.names.get(name)
        nature = _nature(value)
        if nature is None or module.name in self._running:
            self.reads_name(module, name)
            return
        self.weak += 1
        unit = self._noting(module)
        if unit is not None:
            unit.weakly[id(module), name] = (module, name, nature)

    def looks_for(self, name: str, loaded: Mapping[str, Module]) -> None:
        """Note that it looks whether the module `name` is among those that are loaded."""
        if self._open is not None:
            self._open.notes.append(("loaded" if name in loaded else "missing", name, None))

    def names_type(self, base: str, name: str, loaded: Mapping[str, Module]) -> None:
        """Note that an annotation names what `base` calls `name`, which is imported for type checkers only."""
        module = loaded.get(base)
        self.looks_for(base, loaded)
        if isinstance(module, Module):
            self.reads_kind(module, name)
        if not isinstance(module, Module) or name not in module.names:
            self.looks_for(f"{base}.{name}", loaded)

    @contextmanager
    def reading(self) -> Iterator[Noted]:
        """Note what is read of modules in here, besides the running of any."""
        outer, unit = self._open, Unit(_NO_MODULE, Module("", "", package=False, syntax=None), 0, 0)
        if self._run is not None:
            self._open_part(self._run, unit)
        self._open = unit
        try:
            yield Noted(unit)
        finally:
            self._open = outer

    def still_reads(self, reads: Noted) -> bool:
        """Whether the same would be read now."""
        run = self._run
        return run is not None and all(
            run.loaded.get(holder.name) is holder and holder.names.get(name, MISSING) is value
            for holder, name, value in reads.names
        )

    def _noting(self, module: Module) -> Unit | None:
        if module.name in self._far:
            msg = f"`{module.name}` has all its names already, for `{self._open and self._open.module.name}`"
            raise Stale(msg)
        unit = self._open
        if unit is None or unit.module is module:
            return None
        return unit

    def spoil(self, why: str) -> None:
        """Note that what is being done depends on more than is noted."""
        if self._open is not None:
            self._open.tied = why

    def offers_error(self) -> None:
        """Note that an error is offered to the `try` statements around here."""
        if self._open is not None:
            self._open.awaits = True
            if self._open.outside:
                self._open.tied = "an error was offered"

    def records(self, key: object, unknown: Unknown) -> None:
        """Note that something is not known."""
        if self._open is not None:
            self._open.notes.append(("unknown", key, unknown))

    def annotated(self, annotation: Annotation, evaluate: Callable[[], Value]) -> Value:
        """Evaluate an annotation, noting what it stands for."""
        before = self.weak
        value = evaluate()
        if self.weak != before:
            self._weak_annotations.add(annotation)
        if self._open is not None:
            if annotation in self._weak_annotations:
                self._open.notes.append(("again", annotation, None))
            elif not isinstance(value, Unknown):
                self._open.notes.append(("annotation", annotation, value))
        return value

    def finds(self, path: str, value: Value) -> None:
        """Note what a dotted path of a library stands for."""
        if self._open is not None:
            self._open.notes.append(("library", path, value))

    def reads_data(self, path: str) -> None:
        """Note that it reads a file as data."""
        if self._open is not None:
            self._open.notes.append(("data", path, None))

    def hears(self, path: str) -> None:
        """Note that the text of a file was asked for while a module was run."""
        if self._running:
            self._heard.add(path)

    def _open_part(self, run: Interpreter, unit: Unit) -> None:
        unit.marks = [len(one) for one in _growing(run)]
        unit.notes, unit.asked, unit.now = [], {}, _standing(run)
        if unit.now is None:
            unit.tied = "in the middle of something"
        run.host.asked_for()
        run.host.looked_around()

    def _close_part(self, run: Interpreter, unit: Unit) -> None:
        added = [_tail(one, mark) for one, mark in zip(_growing(run), unit.marks, strict=True)]
        if run.host.looked_around() or any(one is None for one in added):
            unit.tied = "it looked around"
        unit.did.append(_Part([one or [] for one in added], unit.notes, run.host.asked_for(), unit.now))

    # ------------------------------------------------------------------------------------------------------------------
    # What a module has made

    def _seal(self, unit: Unit, kinds_of_host: frozenset[type]) -> None:
        """Take hold of all that a module has made, and note whose objects it refers to."""
        name, owners = unit.module.name, self._owners
        unit.names = dict(unit.module.names)
        pending: list[Any] = [*unit.names.values()]
        for part in unit.parts():
            pending += [one for added in part.added for one in added]
            pending += part.asked.values()
            pending += [value for kind, _, value in part.notes if kind == "annotation"]
        kinds, seen = dict[type, int](), set[int]()
        mutable = _MUTABLE | kinds_of_host
        names = id(unit.module.names)
        while pending:
            one = pending.pop()
            kind = type(one)
            sort = kinds.get(kind)
            if sort is None:
                sort = kinds[kind] = _sort(kind, mutable)
            if sort == _LEAF or id(one) in seen:
                continue
            seen.add(id(one))
            if sort == _STRANGE:
                unit.tied = f"it has made a {kind.__name__}"
                continue
            if sort == _CHANGES:
                if kind in _NAMED and self._is_of_another(one, unit):
                    unit.needs.add(one.module.name)
                    continue
                owner = owners.get(id(one))
                if owner is not None:
                    if owner != name:
                        unit.needs.add(owner)
                    continue
                if kind is Class:
                    one.mro()  # worked out when it is first asked for
                referents = gc.get_referents(one)
                if id(one) != names:
                    owners[id(one)] = name
                    unit.held.append((one, referents))
                pending += referents
            else:
                pending += gc.get_referents(one)

    def _is_of_another(self, one: Class | Function | Scope, unit: Unit) -> bool:
        """Whether a class, a function or a scope is one that a module which is not finished has made."""
        module = one.module
        if module is unit.module or module.name not in self._running:
            return False
        return one.names is module.names if isinstance(one, Scope) else module.names.get(one.name) is one

    def _disown(self, unit: Unit) -> None:
        for one, _ in unit.held:
            self._owners.pop(id(one), None)


_LEAF, _CHANGES, _PASSES, _STRANGE = range(4)


def _sort(kind: type, mutable: frozenset[type]) -> int:
    if kind in _PLAIN or issubclass(kind, _LEAVES):
        return _LEAF
    if kind in mutable:
        return _CHANGES
    frozen = kind.__module__.startswith("driftline.") and kind.__setattr__ is not object.__setattr__
    return _PASSES if frozen or kind in _THROUGH else _STRANGE


def _growing(run: Interpreter) -> tuple[list[Any] | dict[Any, Any], ...]:
    return run.classes, run.assigned, *run.host.growing()


def _standing(run: Interpreter) -> _Standing | None:
    """Give what an evaluation finds besides modules; None in the middle of something that it would depend on.

    First what no module may change that is not to be run every time, then what it may add to.
    """
    host = run.host.standing()
    if host is None or run.shadow is not None or run.assumed or run.making:
        return None
    fixed, *grown = host
    assigned = tuple(part for item in run.assigned.items() for part in item)
    return (*run.modules.roots, "", *fixed), assigned, *grown


def _stands(before: _Standing | None, now: _Standing | None) -> bool:
    """Whether all is as it was."""
    return before is not None and now is not None and all(map(_all_alike, before, now))


def _stood(before: _Standing | None, after: _Standing | None) -> bool:
    """Whether all that was there before still is, and nothing was added but where that may be done."""
    if before is None or after is None or len(before[0]) != len(after[0]):
        return False
    return all(_all_alike(one, other[: len(one)]) for one, other in zip(before, after, strict=True))


def _has_room(run: Interpreter, part: _Part, places: tuple[list[Any] | dict[Any, Any], ...]) -> bool:
    """Whether what a module wrote down is written down by nobody else now."""
    return run.host.agrees(part.asked) and not any(
        key in place for place, added in zip(places, part.added, strict=True) if type(place) is dict for key, _ in added
    )


def _comes_later(run: Interpreter, one: tuple[Module, str, Value]) -> bool:
    """Whether a name that was read is of a module that is not loaded yet, or is one."""
    holder, name, value = one
    if holder.name not in run.loaded:
        return True
    return type(value) is Module and name not in holder.names and value.name == f"{holder.name}.{name}"


def _tail(place: list[Any] | dict[Any, Any], mark: int) -> list[Any] | None:
    """Give what was added to a collection since it had `mark` items; None where some were taken away."""
    more = len(place) - mark
    if more <= 0:
        return [] if more == 0 else None
    if isinstance(place, list):
        return place[mark:]
    items = reversed(place.items())
    return [next(items) for _ in range(more)][::-1]


def _is_plain(value: Value) -> bool:
    """Whether a value is nothing but what it says: another one that says the same is as good."""
    kind = type(value)
    return kind in _PLAIN or (kind is tuple and all(map(_is_plain, value)))


def _equal(one: Value, other: Value) -> bool:
    if type(one) is tuple and type(other) is tuple:
        return len(one) == len(other) and all(map(_equal, one, other))
    return type(one) is type(other) and _is_plain(one) and repr(one) == repr(other)


def _all_alike(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(some) == len(others) and all(
        one is other or _equal(one, other) for one, other in zip(some, others, strict=True)
    )


def _nature(value: Value) -> object:
    """Give what matters of a class that is only named as the type of something; None for what is no plain class."""
    if type(value) is not Class or is_enum(value):
        return None
    return value.qualname, value.bases


def _same_names(unit: Unit) -> bool:
    """Whether a module's names are those that it ended with, besides submodules that were loaded later."""
    names, module = unit.names, unit.module
    late = 0
    for name, value in module.names.items():
        if names.get(name, MISSING) is not value:
            if name in names or type(value) is not Module or value.name != f"{module.name}.{name}":
                return False
            late += 1
    return len(module.names) - late == len(names)


class _Heard:
    """A source that tells which files are read as data, and of which something is asked."""

    def __init__(self, source: Source, kept: KeptModules) -> None:
        self._source = source
        self._kept = kept
        self.is_file, self.is_dir, self.list_dir = source.is_file, source.is_dir, source.list_dir

    def read(self, path: str) -> FileText | Unreadable:
        self._kept.hears(path)
        return self._source.read(path)

    def read_program(self, path: str) -> FileText | Unreadable:
        return read_program(self._source, path)

    def ask(self, path: str, question: Callable[[str | None], Any]) -> Any:  # noqa: ANN401
        self._kept.hears(path)
        return ask(self._source, path, question)
