"""Constraints and indexes that are the same but for their names."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import MigratedHalf, in_model, made, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import CheckConstraint, ForeignKey, Index, PrimaryKey, UniqueConstraint

NAME = "constraint-name-mismatch"

_Item = UniqueConstraint | ForeignKey | CheckConstraint | PrimaryKey | Index


def check(context: Context) -> Iterator[Finding]:
    """Find them. Where Alembic compares by name, and would drop and create them, it is more than a hint."""
    for one in context.of_kind("rename_constraint", "rename_index"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, _Item) or not isinstance(migrated, _Item):
            continue
        half = _half(context, one.table, migrated)
        columns = () if isinstance(stated, CheckConstraint) else stated.columns
        consequence = (
            "`alembic revision --autogenerate` would drop the one and create the other"
            if one.operations
            else "an operation that names it as the model does will not find it"
        )
        message = (
            f"The {_kind(stated)} of `{one.table}`{f' ({listed(columns)})' if columns else ''} is `{stated.name}` in "
            f"the model, and {half.subject} named it `{migrated.name}`: {consequence}. Name it alike on both sides."
        )
        origin = in_model(context, one.table, columns, stated.origin)
        level = Level.WARNING if one.operations else Level.HINT
        yield drift_finding(NAME, level, message, one, origin=origin, half=half, related=half.related())


def _kind(item: _Item) -> str:
    match item:
        case UniqueConstraint():
            return "unique constraint"
        case ForeignKey():
            return "foreign key"
        case CheckConstraint():
            return "CHECK constraint"
        case PrimaryKey():
            return "primary key"
        case Index():
            return "index"


def _half(context: Context, key: str, migrated: _Item) -> MigratedHalf:
    if isinstance(migrated, PrimaryKey):
        return made(context, key, lambda table: table.primary_key.name, migrated.origin)
    return made_item(context, key, migrated)


RULE = Rule(
    NAME,
    "a constraint or index that has another name",
    Group.DRIFT,
    Level.HINT,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_constraint", "alembic:remove_constraint"),
)
