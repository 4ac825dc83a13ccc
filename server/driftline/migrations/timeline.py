"""Events, sorted into one timeline per table.

A renamed table keeps its history: its timeline stands under the key that it has at the end. So does one that was
dropped, under its last key.

Example: after `rename_table users → people`, `timelines(events)["people"]` starts with the creation of `users`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from driftline.migrations.history import Event


def timelines(events: Iterable[Event]) -> Mapping[str, tuple[Event, ...]]:
    """Give the events of each table, oldest first, by the table's last key."""
    lines: dict[str, list[tuple[int, Event]]] = {}
    for at, event in enumerate(events):
        before = event.before.key if event.before is not None else None
        after = event.after.key if event.after is not None else None
        key = after or before or event.operation.table
        if key is None:
            continue
        if event.applied and before is not None and after is not None and before != after:
            lines.setdefault(after, []).extend(lines.pop(before, []))
        lines.setdefault(key, []).append((at, event))
    return {key: tuple(event for _, event in sorted(found, key=lambda one: one[0])) for key, found in lines.items()}
