"""Whether two results are the same, origins included.

Facts are equal whatever their origins are (`field(compare=False)`), but a result may stand for an older one only if
its origins lead to the same nodes, too.

Example: `same(Column("id", INTEGER, origin=here), Column("id", INTEGER, origin=there))` is false, though the two are
equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import compress, count
from operator import is_not
from typing import Any, TypeVar, cast

from driftline.dataclass import fields, is_dataclass, is_frozen, replace
from driftline.python.origin import Origin

T = TypeVar("T")


def same(one: object, other: object) -> bool:
    """Whether two values are made of the same parts. Values shared by both are not looked into. Never raises."""
    if one is other:
        return True
    kind = type(one)
    if isinstance(one, Origin):
        return one == other  # whichever of its kinds they are
    if kind is not type(other):
        return False
    compare = _COMPARING.get(kind)
    if compare is None:
        if len(_COMPARING) > _MOST_KINDS:
            _COMPARING.clear()  # enums of a workspace may be kinds, and come and go
        compare = _COMPARING[kind] = _comparing(kind)
    return compare(one, other)


def others_at(one: Sequence[object], other: Sequence[object]) -> Iterator[int]:
    """Give the places at which another object stands in two sequences of one length."""
    return compress(count(), map(is_not, one, other))


def _comparing(kind: type) -> Callable[[Any, Any], bool]:
    """Give what compares two values of a kind that are not the same object."""
    if issubclass(kind, tuple | list):
        return _same_items
    if issubclass(kind, Mapping):
        return _same_entries
    if is_dataclass(kind):
        if kind.__eq__ is object.__eq__:
            return _never  # it has an identity of its own
        return partial(_same_fields, _field_names(kind))
    return _equal


def _same_items(one: Sequence[object], other: Sequence[object]) -> bool:
    return len(one) == len(other) and all(same(one[at], other[at]) for at in others_at(one, other))


def _same_entries(one: Mapping[object, object], other: Mapping[object, object]) -> bool:
    # The order counts: schemas keep the order of creation.
    return list(one) == list(other) and _same_items([*one.values()], [*other.values()])


def _same_fields(names: tuple[str, ...], one: object, other: object) -> bool:
    for name in names:
        mine, its = getattr(one, name), getattr(other, name)
        if mine is not its and not same(mine, its):
            return False
    return True


def _never(_one: object, _other: object) -> bool:
    return False


def _equal(one: object, other: object) -> bool:
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - an odd value's own comparison; at worst a stage runs once more
        return False


_COMPARING: dict[type, Callable[[Any, Any], bool]] = {}
_MOST_KINDS = 2_000


@lru_cache(maxsize=512)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def shared(old: T, new: T, depth: int = 3) -> T:
    """Give `new` with what is the same in `old` taken from there, so that later comparisons of it end at once.

    Dataclasses and dictionaries are looked into, `depth` of them within each other; each part once. Never raises.
    """
    kind = type(new)
    if old is not new and depth and type(old) is kind:
        if kind is dict:
            return cast("T", _shared_entries(cast("dict[Any, Any]", old), cast("dict[Any, Any]", new), depth))
        if "__dataclass_fields__" in vars(kind) and kind.__eq__ is not object.__eq__:
            return _shared_fields(old, new, depth)
    return old if same(old, new) else new


def _shared_entries(old: dict[Any, Any], new: dict[Any, Any], depth: int) -> dict[Any, Any]:
    if (keys := [*new]) == [*old]:
        others = [keys[at] for at in others_at([*old.values()], [*new.values()])]
    else:
        others = [key for key, value in new.items() if old.get(key, _GONE) is not value]
    taken = {key: shared(old[key], new[key], depth - 1) for key in others if key in old}
    alike = len(taken) == len(others) and all(value is old[key] for key, value in taken.items())
    if alike and list(new) == list(old):
        return old
    return {**new, **taken} if taken else new


_GONE = object()
"""What is no value of a dictionary."""


def _shared_fields(old: T, new: T, depth: int) -> T:
    kind = type(new)
    frozen = is_frozen(kind)
    parts: dict[str, object] = {}
    alike = True
    for name in _field_names(cast("type", kind)):
        before, value = getattr(old, name), getattr(new, name)
        if frozen and (type(value) is dict or is_dataclass(value)):
            part = shared(before, value, depth - 1)
            if part is not value:
                parts[name] = part
            alike = alike and part is before
        else:
            alike = alike and same(before, value)
    if alike:
        return old
    return cast("T", replace(cast("Any", new), **parts)) if parts else new
