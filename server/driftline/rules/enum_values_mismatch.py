"""Enum types whose labels differ between model and migrations."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf, in_model, in_revision
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.type_mismatch import type_half
from driftline.schema import Column, Enum

NAME = "enum-values-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them. A label that only the model has is an error: the database refuses it."""
    for one in context.of_kind("modify_enum"):
        stated, migrated = labels_of(one.declared), labels_of(one.migrated)
        only_model = [label for label in stated if label not in migrated]
        only_database = [label for label in migrated if label not in stated]
        half = enum_half(context, one.table, one.migrated)
        named = f" (type `{one.declared.key}`)" if isinstance(one.declared, Enum) else ""
        message = (
            f"`{one.table}.{one.name}`{named} has other values in the model than in the migrations: "
            + "; ".join(
                f"only {where} has {', '.join(map(repr, labels))}"
                for where, labels in (("the model", only_model), ("the database", only_database))
                if labels
            )
            + (". Storing what only the model has fails. " if only_model else ". ")
            + "Change the type in a new revision, or the model"
            + ("." if one.operations else "; Alembic's autogenerate does not see it.")
        )
        origin = in_model(context, one.table, (one.name,))
        level = Level.ERROR if only_model else Level.WARNING
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


def labels_of(half: object) -> tuple[str, ...]:
    """Give the labels of a half of the difference, in order."""
    if isinstance(half, Enum):
        return half.labels
    return (half.type.labels or ()) if isinstance(half, Column) else ()


def enum_half(context: Context, table: str, migrated: object) -> MigratedHalf:
    """Give the call that made the type, or the column of MySQL's type: enums have no timeline of their own."""
    if isinstance(migrated, Column):
        return type_half(context, table, migrated)
    if not isinstance(migrated, Enum):
        return MigratedHalf()
    for revision, one in context.graph.revisions.items():
        if migrated.origin.within(one.path) is not None:
            return MigratedHalf(revision, in_revision(context, migrated.origin, revision))
    return MigratedHalf(None, migrated.origin)


RULE = Rule(
    NAME,
    "an enum type whose labels differ",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic-postgresql-enum",),
)
