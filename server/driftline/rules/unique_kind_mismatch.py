"""Unique constraints where the model asks for a unique index, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Index, UniqueConstraint

NAME = "unique-kind-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them; values are unique on both sides, but Alembic would replace the one by the other."""
    for one in context.of_kind("modify_unique_kind"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, UniqueConstraint | Index) or not isinstance(migrated, UniqueConstraint | Index):
            continue
        half = made_item(context, one.table, migrated)
        beside = [part.migrated for part in one.parts if isinstance(part.migrated, Index)]
        more = "".join(f" and the plain index `{index.name}`" for index in beside)
        next_time = ": `alembic revision --autogenerate` would replace what is there" if one.operations else ""
        message = (
            f"For `{one.table}` ({listed(stated.columns)}) the model asks for {_described(stated)}, and "
            f"{half.subject} made {_described(migrated)}{more}{next_time}. Write the model as the "
            "database is, or replace it in a new revision."
        )
        origin = in_model(context, one.table, stated.columns, stated.origin)
        more_related = [
            related
            for index in beside
            for related in made_item(context, one.table, index).related(f"the plain index `{index.name}` is made here")
        ]
        related = (*half.related(), *more_related)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=related)


def _described(item: UniqueConstraint | Index) -> str:
    kind = "the unique index" if isinstance(item, Index) else "the unique constraint"
    if isinstance(item.name, str):
        return f"{kind} `{item.name}`"
    return kind.replace("the ", "a ").replace("unique", "unique", 1) + (" (unnamed)" if item.name is None else "")


RULE = Rule(
    NAME,
    "a unique constraint in place of a unique index, or the other way round",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_index", "alembic:remove_constraint"),
)
