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


def same(one: object, other: object) -> bool:
    """Whether two values are made of the same parts. Values shared by both are not looked into. Never raises."""
    if one is other:
        return True
    kind = type(one)
    if kind is not type(other):
        return False
    if isinstance(one, tuple | list):
        assert isinstance(other, tuple | list)  # noqa: S101 - they are of one type
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping):
        assert isinstance(other, Mapping)  # noqa: S101 - they are of one type
        # The order counts: schemas keep the order of creation.
        return list(one) == list(other) and all(same(value, other[key]) for key, value in one.items())
    if is_dataclass(kind):
        if not kind.__dataclass_params__.eq:  # type: ignore[attr-defined]
            return False  # it has an identity of its own
        return all(same(getattr(one, name), getattr(other, name)) for name in _field_names(kind))
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - an odd value's own comparison; at worst a stage runs once more
        return False


@lru_cache(maxsize=512)
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))
