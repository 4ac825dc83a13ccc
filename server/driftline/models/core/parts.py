"""A column as its `Column(…)` call states it, with what the call says about the table around it.

Example: `Column("email", String, unique=True)` has `ColumnParts.unique`, which becomes a constraint of the table.
"""

from __future__ import annotations

from driftline.dataclass import dataclass
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Call, Unknown, Value
from driftline.schema import Column
from driftline.schema.naming import FinalName
from driftline.schema.type import TypeCall


@dataclass(frozen=True, slots=True)
class ForeignKeyPart:
    """A `ForeignKey(…)`: `target` is a string (`"users.id"`) or a value that means a column.

    The rest are its options, upper case where words.
    """

    target: Value
    name: str | FinalName | Unknown | None = None
    ondelete: str | Unknown | None = None
    onupdate: str | Unknown | None = None
    deferrable: bool | None = None
    initially: str | None = None
    match: str | None = None
    use_alter: bool = False
    origin: Origin = NOWHERE


@dataclass(frozen=True, slots=True)
class ColumnParts:
    """What a column's call says, of the column and of its table.

    `name` is None where the call names none (a mapped attribute will), Unknown where it could not be read;
    `column.name` is "" then. `typed` says whether the call states a type at all; `type_call` how, where that is known.
    `nullable_given`: whether nullability is said explicitly. `checks`: the calls of `CheckConstraint` on the column.
    `has_default`: a Python-side default that keeps SERIAL away. `key`: the column's key, where it differs from its
    name.
    """

    column: Column
    name: str | Unknown | None
    primary_key: bool | Unknown = False
    unique: bool | Unknown = False
    index: bool | Unknown = False
    foreign_keys: tuple[ForeignKeyPart, ...] = ()
    checks: tuple[Call, ...] = ()
    type_call: TypeCall | None = None
    typed: bool = True
    nullable_given: bool = False
    has_default: bool = False
    key: str | None = None
    system: bool = False
    unknown: tuple[Unknown, ...] = ()
