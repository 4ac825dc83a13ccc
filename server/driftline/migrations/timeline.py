"""Events, sorted into one timeline per table.

A renamed table keeps its history: its timeline stands under the key that it has at the end. So does one that was
dropped, under its last key.

Example: after `rename_table users → people`, `timelines(events)["people"]` starts with the creation of `users`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from driftline.migrations.history import Event, Step
from driftline.python.same import others_at


class Timelines:
    """The timelines of a history, kept from one replay to the next: what did not happen otherwise is not sorted again.

    Where renamed tables or another set of tables are in it, all of them are.
    """

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._steps: tuple[Step, ...] = ()
        self._lines: Mapping[str, tuple[Event, ...]] = {}
        self._renamed: frozenset[str] | None = None
        """The keys that tables were renamed from or to; None where nothing is kept."""

    def of(self, steps: tuple[Step, ...], outside: tuple[Event, ...]) -> Mapping[str, tuple[Event, ...]]:
        """Give the events of each table. `outside`: those after all steps, of none."""
        lines = None if outside else self._replaced(steps)
        if lines is None:
            events = [*(event for step in steps for event in step.events), *outside]
            lines = timelines(events)
            self._renamed = None if outside else frozenset(key for event in events for key in _renaming(event) or ())
        self._steps, self._lines = steps, lines
        return lines

    def _replaced(self, steps: tuple[Step, ...]) -> Mapping[str, tuple[Event, ...]] | None:
        """Give them from those of before, where the events of some steps alone are others; None where that is more."""
        if self._renamed is None or len(steps) != len(self._steps):
            return None
        lines: dict[str, tuple[Event, ...]] = {}
        for number in others_at(self._steps, steps):
            before, now = self._steps[number], steps[number]
            parts = _by_key(now.events)
            if before.revision != now.revision or [*_by_key(before.events)] != [*parts]:
                return None
            if any(key in self._renamed for key in parts) or any(map(_renaming, now.events)):
                return None
            for key, part in parts.items():
                line = lines.get(key) or self._lines[key]
                at = next(index for index, event in enumerate(line) if event.revision == now.revision)
                left = [event for event in line if event.revision != now.revision]
                lines[key] = (*left[:at], *part, *left[at:])
        return {**self._lines, **lines} if lines else self._lines


def _by_key(events: Iterable[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        key = _key(event)
        if key is not None:
            found.setdefault(key, []).append(event)
    return found


def _key(event: Event) -> str | None:
    return (event.after.key if event.after is not None else None) or (
        event.before.key if event.before is not None else event.operation.table
    )


def _renaming(event: Event) -> tuple[str, str] | None:
    """Give the keys that an event renames a table from and to; None where it does not."""
    before, after = event.before, event.after
    if before is None or after is None or before is after or before.key == after.key:
        return None
    return before.key, after.key


def timelines(events: Iterable[Event]) -> Mapping[str, tuple[Event, ...]]:
    """Give the events of each table, oldest first, by the table's last key."""
    lines: dict[str, list[tuple[int, Event]]] = {}
    for at, event in enumerate(events):
        key = _key(event)
        if key is None:
            continue
        if event.applied and (renamed := _renaming(event)) is not None:
            before, after = renamed
            lines.setdefault(after, []).extend(lines.pop(before, []))
        lines.setdefault(key, []).append((at, event))
    return {key: tuple(event for _, event in sorted(found, key=lambda one: one[0])) for key, found in lines.items()}
