"""Noting what a module does and reads, while it is run.

The interpreter tells it of each look at another module; whatever is not told here, nobody can rest on.

Example: `noting.reads_name(module, "User")` where the code that is being run looks for `User` there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from driftline.python.journal import MISSING
from driftline.python.kept.alike import nature
from driftline.python.kept.standing import growing, standing, tail
from driftline.python.kept.unit import Noted, Part, Stale, Unit
from driftline.python.modules import FoundModule
from driftline.python.values import Annotation, Module, Unknown, Value

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter

_NO_MODULE = FoundModule("", "", package=False)


class Noting:
    """What is noted of the modules that are being run."""

    def __init__(self) -> None:
        """Start with nothing run."""
        self.weak = 0
        """How often something was read of which only the kind matters."""
        self._weak_annotations: set[Annotation] = set()
        self._heard: set[str] = set()
        """The files that modules have read as data."""
        self._run: Interpreter | None = None
        self._rest()

    def _rest(self) -> None:
        """Begin anew: nothing is being run."""
        self._far: dict[str, int] = {}
        """The modules whose deeds are being done again, with how many of these were."""
        self._open: Unit | None = None
        """The module that is being run; None while one is done again."""
        self._running: dict[str, Unit] = {}
        """All that are being run: this one, and those that it was imported by."""

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
        kind = nature(value)
        if kind is None or module.name in self._running:
            self.reads_name(module, name)
            return
        self.weak += 1
        unit = self._noting(module)
        if unit is not None:
            unit.weakly[id(module), name] = (module, name, kind)

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
        unit.marks = [len(one) for one in growing(run)]
        unit.notes, unit.asked, unit.now = [], {}, standing(run)
        if unit.now is None:
            unit.tied = "in the middle of something"
        run.host.asked_for()
        run.host.looked_around()

    def _close_part(self, run: Interpreter, unit: Unit) -> None:
        added = [tail(one, mark) for one, mark in zip(growing(run), unit.marks, strict=True)]
        if run.host.looked_around() or any(one is None for one in added):
            unit.tied = "it looked around"
        unit.did.append(Part([one or [] for one in added], unit.notes, run.host.asked_for(), unit.now))
