"""A column's type, as DDL for the project's dialect says it.

Two types are the same where their DDL is. `call` keeps how the source wrote it, for scaffolding and for hover.

Example: `String(255)` on PostgreSQL is `Type(ddl="VARCHAR(255)", call=TypeCall("sqlalchemy.String", (255,)))`.
"""

from __future__ import annotations

from driftline.dataclass import dataclass, field
from driftline.python.values import Unknown

Argument = object
"""An argument of a type: a Python constant, a `TypeCall`, or a tuple of these."""


@dataclass(frozen=True, slots=True)
class TypeCall:
    """How a type is written: a canonical dotted path.

    `sqlalchemy.String`, `sqlalchemy.dialects.postgresql.UUID` and its arguments.

    `kwargs` is sorted by name. Everything in it is hashable.
    """

    path: str
    args: tuple[Argument, ...] = ()
    kwargs: tuple[tuple[str, Argument], ...] = ()


@dataclass(frozen=True, slots=True)
class Type:
    """`ddl`: the type as the dialect's DDL compiler writes it.

    `enum`: key of the native enum it uses (see `Schema.enums`), if any.

    `unknown` says why the type could not be worked out (then `ddl` is ""). `labels`: the values of an Enum, native or
    not, in order. `call` is None where the type came from raw SQL.
    """

    ddl: str
    enum: str | None = None
    labels: tuple[str, ...] | None = None
    unknown: Unknown | None = None
    call: TypeCall | None = field(default=None, compare=False)


def unknown_type(unknown: Unknown) -> Type:
    """Give the type that is known to be there and nothing more."""
    return Type("", unknown=unknown)
