"""Members of Python enums, and the labels that an `Enum(…)` type makes of them.

Example: `Enum(Status)` stores the members' names; `Enum(Status, values_callable=lambda e: [m.value for m in e])` their
values.
"""

from __future__ import annotations

from driftline.models.core.canonical import path_of
from driftline.models.core.context import CoreContext
from driftline.models.core.names import plain
from driftline.python.values import Class, EnumMember, Unknown, Value

_ENUM_BASES = frozenset({"enum.Enum", "enum.ReprEnum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})

ENUM_TYPES = frozenset({"sqlalchemy.Enum", "sqlalchemy.dialects.postgresql.ENUM", "sqlalchemy.dialects.mysql.ENUM"})
"""SQLAlchemy's types of a column that holds one of some labels."""


def is_enum_class(value: Value) -> bool:
    """Whether a value is a class of the user's that is a Python enum."""
    return isinstance(value, Class) and any(
        path_of(base) in _ENUM_BASES for base in value.mro() if not isinstance(base, Class)
    )


def members(cls: Class, *, aliases: bool = False) -> list[EnumMember]:
    """Give an enum's members in order, without aliases (a second name for one value) unless they are asked for."""
    found: list[EnumMember] = []
    for name, value in cls.names.items():
        if not isinstance(value, EnumMember) or value.cls is not cls:
            continue
        is_alias = value.name != name or any(_same_value(value.value, one.value) for one in found)
        if aliases or not is_alias:
            found.append(value if value.name == name else EnumMember(cls, name, value.value))
    return found


def _same_value(one: Value, other: Value) -> bool:
    known = (str, int, float, bytes, tuple, bool)
    return isinstance(one, known) and isinstance(other, known) and type(one) is type(other) and one == other


def class_labels(
    cls: Class, values_callable: Value, *, omit_aliases: bool, context: CoreContext
) -> tuple[str, ...] | Unknown:
    """Give the labels that `Enum(cls, values_callable=…)` stores: names, or what the callable gives for the class."""
    if values_callable is None:
        names = tuple(member.name for member in members(cls, aliases=not omit_aliases))
        return names or Unknown(f"the members of `{cls.name}` could not be read", cls.origin)
    made = context.run(values_callable, cls, doing="`values_callable`")
    return (
        string_labels(list(made))
        if isinstance(made, list | tuple)
        else _as_unknown(made, "what `values_callable` gives")
    )


def string_labels(values: list[Value]) -> tuple[str, ...] | Unknown:
    """Give labels that are written out; Unknown where one of them is no known string."""
    labels = [plain(one) for one in values]
    if all(isinstance(one, str) for one in labels):
        return tuple(labels)
    return next((one for one in labels if isinstance(one, Unknown)), Unknown("the labels of an Enum could not be read"))


def _as_unknown(value: Value, what: str) -> Unknown:
    return value if isinstance(value, Unknown) else Unknown(f"{what} could not be read")
