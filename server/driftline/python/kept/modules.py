"""An evaluation that takes over what it can from the one before it: it runs a module, or does again what it did.

Example: `kept.begin(run, setting)`, then the program is run, then `kept.finish()`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from driftline.python.annotations import evaluate_annotation
from driftline.python.imports import find_in_library, load_found
from driftline.python.kept.holds import affected, reads_the_same, would_do_the_same
from driftline.python.kept.made import Made
from driftline.python.kept.noting import Noting
from driftline.python.kept.standing import growing, standing, stands, stood
from driftline.python.kept.unit import Loaded, Part, Stale, Unit
from driftline.python.modules import FoundModule
from driftline.python.syntax import Syntax
from driftline.python.values import Module, Unknown
from driftline.sources.paths import is_within
from driftline.sources.source import FileText, Source, Unreadable, ask, changed_since, read_program, untraced

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter


class KeptModules(Noting):
    """The modules of the last evaluation, by name, and the one that is under way."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        super().__init__()
        self.ran: Callable[[str], None] = lambda _name: None
        self._units: dict[str, Unit] = {}
        self._made = Made()
        self._modules: dict[str, Module] = {}
        """All modules there have been, by name: others refer to them, so a module stays the same object."""
        self._setting: object = None
        self.has_taken_over = False
        """Whether the last evaluation that came to its end has done again what modules did, rather than run them."""
        self._source: Source | None = None
        """What the modules that are kept were run from."""
        self._next: Source | None = None
        self._finished = False
        self._new: dict[str, Unit] = {}
        self._again: set[str] = set()
        """Modules that have to be run again."""
        self._taken: set[str] = set()

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
                    self._made.disown(unit)
            self._made.changed(self._units.values())
        self._again = affected(self._units, among or frozenset())
        self._setting, self._next, self._finished = setting, untraced(modules.source), False
        self._new, self._taken = {}, set()
        self._rest()
        run.host.expect(self._asked_before())
        modules.source = _Heard(modules.source, self)
        run.kept, self._run = self, run

    def finish(self) -> None:
        """End it. Raises `Stale` where something that was taken over has changed meanwhile."""
        for name, unit in self._units.items():
            if name not in self._new:
                self._made.disown(unit)
        self._units = self._new
        changed = self._made.changed(self._units.values())
        if not changed.isdisjoint(self._taken):
            msg = f"changed meanwhile: {sorted(changed & self._taken)}"
            raise Stale(msg)
        self._source, self._finished, self.has_taken_over = self._next, True, bool(self._taken)

    def _asked_before(self) -> dict[object, Any]:
        """Give what modules were told of bases, as far as nobody has changed it since."""
        found: dict[object, Any] = {}
        for unit in self._units.values():
            for part in unit.parts():
                found |= part.asked
        return found

    def _forget_all(self) -> None:
        self._units, self._modules, self._heard, self._weak_annotations = {}, {}, set(), set()
        self._made.forget()

    # ------------------------------------------------------------------------------------------------------------------
    # Loading a module

    def load(
        self, run: Interpreter, found: FoundModule, body: Callable[[], Module | Unknown], *, alone: bool
    ) -> Module | Unknown:
        """Do again what loading `found` did, or do it: `body` loads the module."""
        outer = self._open
        if outer is not None:
            self._close_part(run, outer)
            outer.did.append(Loaded(found, alone=alone))
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
            self._made.disown(unit)
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
        unit.standing = standing(run)
        if module.syntax is not None and module.syntax.problem is not None:
            unit.tied = "it does not parse"
        self._open = self._running[found.name] = unit
        self._open_part(run, unit)
        try:
            body()
        finally:
            del self._running[found.name]
        self._close_part(run, unit)
        after = standing(run)
        unit.moved = not stands(unit.standing, after)
        if not stood(unit.standing, after):
            unit.tied = (
                "it changed what stands around it" if unit.standing is not None else "in the middle of something"
            )
        self._made.seal(unit, run.host.kinds(), self._running)
        self._new[found.name] = unit

    def _fits(self, run: Interpreter, unit: Unit, found: FoundModule) -> bool:
        """Whether what a module did can be done again."""
        if found.name in self._again or unit.found != found:
            return False
        return would_do_the_same(run, unit, self._running, self._far)

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
                if isinstance(part, Part):
                    if not stands(part.standing, standing(run)):
                        msg = f"something else stands around `{name}`"
                        raise Stale(msg)
                    self._write_down(run, part)
                elif part.found.name not in run.loaded:
                    load_found(run, part.found, alone=part.alone)
        del self._far[name]
        if not all(reads_the_same(run, unit, one) for one in unit.read.values()):
            msg = f"`{name}` would read other names"
            raise Stale(msg)
        if run.host.looked_around():
            msg = f"what `{name}` does means more now"
            raise Stale(msg)
        run.total += unit.total
        self._new[name] = unit
        self._taken.add(name)

    def _write_down(self, run: Interpreter, part: Part) -> None:
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
        for place, added in zip(growing(run), part.added, strict=True):
            if isinstance(place, dict):
                place.update(added)
            else:
                place.extend(added)


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
