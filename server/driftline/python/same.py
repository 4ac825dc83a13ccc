"""Whether two results are the same, origins included.

Facts are equal whatever their origins are (`field(compare=False)`), but a result may stand for an older one only if
its origins lead to the same nodes, too.

Example: `same(Column("id", INTEGER, origin=here), Column("id", INTEGER, origin=there))` is false, though the two are
equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from driftline.dataclass import replace
from driftline.python.origin import Origin

T = TypeVar("T")


def same(one: object, other: object) -> bool:
    """Whether two values are made of the same parts. Values shared by both are not looked into. Never raises."""
    if one is other:
        return True
    if isinstance(one, Origin):
        return one == other  # whichever of its kinds they are
    kind = type(one)
    if kind is not type(other):
        return False
    if isinstance(one, tuple | list):
        assert isinstance(other, tuple | list)  # noqa: S101 - they are of one type
        return len(one) == len(other) and all(a is b or same(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Mapping):
        assert isinstance(other, Mapping)  # noqa: S101 - they are of one type
        # The order counts: schemas keep the order of creation.
        return list(one) == list(other) and all(
            value is other[key] or same(value, other[key]) for key, value in one.items()
        )
    if is_dataclass(kind):
        if kind.__eq__ is object.__eq__:
            return False  # it has an identity of its own
        return all(same(getattr(one, name), getattr(other, name)) for name in _field_names(kind))
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - an odd value's own comparison; at worst a stage runs once more
        return False


@lru_cache(maxsize=512)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def shared(old: T, new: T, depth: int = 3) -> T:
    """Give `new` with what is the same in `old` taken from there, so that later comparisons of it end at once.

    Dataclasses and dictionaries are looked into, `depth` of them within each other. Never raises.
    """
    if same(old, new):
        return old
    kind = type(new)
    if depth == 0 or type(old) is not kind or kind.__eq__ is object.__eq__:
        return new
    if kind is dict:
        known = cast("Mapping[object, object]", old)
        made = {
            key: shared(known[key], value, depth - 1) if key in known else value
            for key, value in cast("Mapping[object, object]", new).items()
        }
        return cast("T", made)
    if "__dataclass_fields__" in vars(kind) and kind.__setattr__ is not object.__setattr__:  # it is frozen
        parts = {
            name: shared(getattr(old, name), getattr(new, name), depth - 1)
            for name in _field_names(cast("type", kind))
            if isinstance(getattr(new, name), dict) or is_dataclass(getattr(new, name))
        }
        return cast("T", replace(cast("Any", new), **parts))
    return new
