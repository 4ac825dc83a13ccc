"""What a branch changed, so that it can be undone.

While a branch is followed that may not be taken, every change of a namespace, a container or an object is noted before
it is made. Undoing is then exact, and costs what was changed, not what there is.

Example: `journal.key(names, "x")`, then `names["x"] = 1`, then `journal.undo()`: `names` is as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from driftline.dataclass import dataclass
from driftline.python.values import Value


class _Missing:
    __slots__ = ()


MISSING: Final = _Missing()
"""Stands for "there was no such key"."""

_APPENDED: Final = ("", "appended")

Container = Any
"""A `list`, `dict` or `set`."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place that was changed: a key of a namespace (`key` is a str), or all of a container (`key` is None)."""

    owner: Container
    key: str | None
    before: Value
    after: Value


class Journal:
    """Notes of changes since it was begun, oldest first."""

    __slots__ = ("_entries", "_whole")

    def __init__(self) -> None:
        """Begin with nothing noted."""
        self._entries: list[tuple[Any, Any, Any]] = []
        self._whole: dict[int, Container] = {}

    def key(self, names: dict[str, Value], key: str) -> None:
        """Note a namespace's `key`, which is about to change."""
        self._entries.append((names, key, names.get(key, MISSING)))

    def whole(self, container: Container) -> bool:
        """Note a container's content, which is about to change; give whether that is new, and was copied."""
        if id(container) in self._whole:
            return False
        self._whole[id(container)] = container
        self._entries.append((container, None, container.copy()))
        return True

    def appended(self, container: list[Any]) -> None:
        """Note that something is about to be appended to one of the evaluator's own lists."""
        self._entries.append((container, _APPENDED, len(container)))

    def attribute(self, owner: object, name: str) -> None:
        """Note an attribute of one of the evaluator's own objects, which is about to change."""
        self._entries.append((owner, (name,), getattr(owner, name)))

    def undo(self) -> None:
        """Put everything back as it was, newest first, and forget the notes."""
        for owner, key, before in reversed(self._entries):
            if key is None:
                put(owner, before)
            elif key is _APPENDED:
                del owner[before:]
            elif type(key) is tuple:
                setattr(owner, key[0], before)
            elif before is MISSING:
                owner.pop(key, None)
            else:
                owner[key] = before
        self._entries.clear()
        self._whole.clear()

    def changes(self) -> Iterator[Change]:
        """Give each place that was changed, once, with what was there first and what is there now."""
        seen: set[tuple[int, str | None]] = set()
        for owner, key, before in self._entries:
            if type(key) is tuple or (id(owner), key) in seen:
                continue
            seen.add((id(owner), key))
            yield Change(owner, key, before, owner.copy() if key is None else owner.get(key, MISSING))


def put(container: Container, content: Container) -> None:
    """Make the content of `container` that of `content`, without changing which object it is."""
    if type(container) is list:
        container[:] = content
    else:
        container.clear()
        container.update(content)
