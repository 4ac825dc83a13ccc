"""What modules have made: whose each object is, and whether it is still what it was when its module was finished.

Each mutable object is kept with what it referred to (`Unit.held`); there are thousands, so that is compared by identity
as the garbage collector sees it.

Example: `made.seal(unit, kinds, running)` when a module has run; later `made.changed(units)` names those changed since.
"""

from __future__ import annotations

import ast
import gc
import re
from collections.abc import Container, Iterable
from enum import Enum
from operator import is_
from pathlib import PurePath
from typing import Any, Final

from driftline.dataclass import is_frozen
from driftline.python.iteration import DefaultDict
from driftline.python.journal import MISSING
from driftline.python.kept.alike import PLAIN
from driftline.python.kept.unit import Unit
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
    Unknown,
)

_MUTABLE: Final = frozenset({list, dict, set, DefaultDict, Call, Class, Function, Instance, EnumMember, Scope})
_THROUGH: Final = frozenset({tuple, frozenset, Attribute, Operator, BoundMethod, Partial, Annotation, Frame})
_LEAVES: Final = (ast.AST, type, Module, Syntax, Origin, Site, Unknown, Enum, range, slice, re.Pattern, PurePath)
"""What does not change, and leads to no object of another module; of a module itself, reading its names is noted."""


_NAMED: Final = frozenset({Class, Function, Scope})
"""Of these, it is known at once which module has made them."""


class Made:
    """The mutable objects that modules have made, by identity; `Unit.held` keeps them alive."""

    def __init__(self) -> None:
        """Start with nothing made."""
        self._owners: dict[int, str] = {}

    def forget(self) -> None:
        """Know of nothing any more."""
        self._owners = {}

    def changed(self, units: Iterable[Unit]) -> set[str]:
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

    def seal(self, unit: Unit, kinds_of_host: frozenset[type], running: Container[str]) -> None:
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
                if kind in _NAMED and _is_of_another(one, unit, running):
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

    def disown(self, unit: Unit) -> None:
        """Forget what a module has made."""
        for one, _ in unit.held:
            self._owners.pop(id(one), None)


def _is_of_another(one: Class | Function | Scope, unit: Unit, running: Container[str]) -> bool:
    """Whether a class, a function or a scope is one that a module which is not finished has made."""
    module = one.module
    if module is unit.module or module.name not in running:
        return False
    return one.names is module.names if isinstance(one, Scope) else module.names.get(one.name) is one


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


_LEAF, _CHANGES, _PASSES, _STRANGE = range(4)


def _sort(kind: type, mutable: frozenset[type]) -> int:
    if kind in PLAIN or issubclass(kind, _LEAVES):
        return _LEAF
    if kind in mutable:
        return _CHANGES
    return _PASSES if is_frozen(kind) or kind in _THROUGH else _STRANGE
