"""Enum types that have the same labels in another order."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.enum_values_mismatch import enum_half, labels_of
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Enum

NAME = "enum-order-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("modify_enum_order"):
        half = enum_half(context, one)
        named = f" (type `{one.declared.key}`)" if isinstance(one.declared, Enum) else ""
        stated, made = (", ".join(map(repr, labels_of(each))) for each in (one.declared, one.migrated))
        message = (
            f"`{one.table}.{one.name}`{named} has the values {stated} in the model, and {half.subject} made them "
            f"{made}: the database sorts by its own order. List them in the same one where that matters."
        )
        origin = in_model(context, one.table, (one.name,))
        yield drift_finding(NAME, Level.HINT, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "an enum type whose labels are in another order",
    Group.DRIFT,
    Level.HINT,
    check,
    sources=("alembic-postgresql-enum",),
    fix=Fixable.SOMETIMES,
)
