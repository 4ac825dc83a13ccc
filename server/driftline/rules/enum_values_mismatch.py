"""Enum types whose labels differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.compare.difference import Difference
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf, in_model, made_column
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, Enum

NAME = "enum-values-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them. A label that only the model has is an error: the database refuses it."""
    for one in context.of_kind("modify_enum"):
        stated, migrated = labels_of(one.declared), labels_of(one.migrated)
        only_model = [label for label in stated if label not in migrated]
        only_database = [label for label in migrated if label not in stated]
        half = enum_half(context, one)
        named = f" (type `{one.declared.key}`)" if isinstance(one.declared, Enum) else ""
        told = (
            (f"only the model has {_listed(only_model)}, which cannot be stored", only_model),
            (f"only the database has {_listed(only_database)}", only_database),
        )
        message = (
            f"`{one.table}.{one.name}`{named} has other values in the model than {half.subject} gave it: "
            f"{'; '.join(text for text, labels in told if labels)}. Change the type in a new revision, or the model"
            + ("." if one.operations else "; Alembic's autogenerate does not see it.")
        )
        origin = in_model(context, one.table, (one.name,))
        level = Level.ERROR if only_model else Level.WARNING
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(map(repr, labels))


def labels_of(half: object) -> tuple[str, ...]:
    """Give the labels of a half of the difference, in order."""
    if isinstance(half, Enum):
        return half.labels
    return (half.type.labels or ()) if isinstance(half, Column) else ()


def enum_half(context: Context, one: Difference) -> MigratedHalf:
    """Give the call that made the column's labels what they are, whether it changed the column or its type."""
    table = context.migrated.schema.tables.get(one.table)
    column = None if table is None else table.column(str(one.name))
    if column is None:
        return MigratedHalf()
    return made_column(context, one.table, column, lambda its: its.type.labels or ())


RULE = Rule(
    NAME,
    "an enum type whose labels differ",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic-postgresql-enum",),
)
