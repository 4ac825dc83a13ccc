"""Whether what is noted of a module still holds: whether running it again would do what it did.

Example: `affected(units, {"/p/user.py"})` names the modules that an edit makes run again, whatever they will do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from driftline.python.journal import MISSING
from driftline.python.kept.alike import equal, is_plain, nature
from driftline.python.kept.standing import growing, standing, stands
from driftline.python.kept.unit import Loaded, Part, Unit
from driftline.python.values import Module, Value

if TYPE_CHECKING:
    from driftline.python.interpreter import Interpreter


def affected(units: Mapping[str, Unit], among: frozenset[str]) -> set[str]:
    """Give the modules that are to be run again: those of the files `among`, and those that rest on what these make."""
    resting = _resting(units)
    found = {name for name, unit in units.items() if unit.tied or unit.module.path in among}
    found.update(name for name in resting if name not in units)
    pending = list(found)
    while pending:
        for name in resting.get(pending.pop(), ()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found


def _resting(units: Mapping[str, Unit]) -> dict[str, set[str]]:
    """Give by module those that are run again where it is."""
    resting: dict[str, set[str]] = {}
    for name, unit in units.items():
        for holder, _, value in unit.read.values():
            # A module is the same object each time, and a folder without a file holds nothing else.
            if holder.syntax is not None and not isinstance(value, Module) and not is_plain(value):
                resting.setdefault(holder.name, set()).add(name)
        for one in unit.needs:
            resting.setdefault(one, set()).add(name)
        for part in unit.did:  # what it did after that may have felt what was added to
            if isinstance(part, Loaded):
                loaded = units.get(part.found.name)
                if loaded is not None and loaded.moved:
                    resting.setdefault(part.found.name, set()).add(name)
        for holder, _, _, _ in unit.early:  # whoever comes too early is run together with what is not finished
            resting.setdefault(holder.name, set()).add(name)
            resting.setdefault(name, set()).add(holder.name)
    return resting


def would_do_the_same(run: Interpreter, unit: Unit, running: Mapping[str, Unit], far: Mapping[str, int]) -> bool:
    """Whether running the module now would do what it did, as far as that can be told before.

    `running`: the modules that are being run. `far`: of those that are done again, how much of it was.
    """
    if run.depth > unit.depth or not stands(unit.standing, standing(run)):
        return False
    if unit.awaits and run.awaited:
        return False
    if not all(_comes_later(run, one) or reads_the_same(run, unit, one) for one in unit.read.values()):
        return False
    if not all(_reads_alike(run, one, far) for one in unit.weakly.values()):
        return False
    if not all(_reads_as_early(one, running, far) for one in unit.early):
        return False
    if any(kind == "missing" and key in run.loaded for kind, key, _ in unit.all_notes()):
        return False
    places = growing(run)
    return all(_has_room(run, part, places) for part in unit.parts())


def reads_the_same(run: Interpreter, unit: Unit, one: tuple[Module, str, Value]) -> bool:
    """Whether a name that was read stands for the same now."""
    holder, name, value = one
    now = holder.names.get(name, MISSING)
    if run.loaded.get(holder.name) is not holder:
        return False
    if value is MISSING and type(now) is Module:  # somebody has loaded it before, now
        return any(isinstance(part, Loaded) and part.found.name == now.name for part in unit.did)
    return now is value or (is_plain(value) and equal(now, value))


def _reads_alike(run: Interpreter, one: tuple[Module, str, object], far: Mapping[str, int]) -> bool:
    holder, name, kind = one
    if run.loaded.get(holder.name) is not holder or holder.name in far or not holder.complete:
        return False
    return nature(holder.names.get(name)) == kind


def _reads_as_early(one: tuple[Module, str, Value, int], running: Mapping[str, Unit], far: Mapping[str, int]) -> bool:
    """Whether a module that was not finished has come as far as it had."""
    holder, name, value, before = one
    now = running.get(holder.name)
    if now is not None:
        return now.module is holder and holder.names.get(name, MISSING) is value
    return far.get(holder.name) == before


def _has_room(run: Interpreter, part: Part, places: tuple[list[Any] | dict[Any, Any], ...]) -> bool:
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
