"""Foreign keys whose ON DELETE, ON UPDATE, DEFERRABLE or MATCH differ."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.foreign_keys import same_target
from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.foreign_key_text import key_text
from driftline.rules.halves import in_model, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import ForeignKey

NAME = "foreign-key-option-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("modify_fk"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, ForeignKey) or not isinstance(migrated, ForeignKey):
            continue
        if not same_target(stated, migrated):
            continue
        half = made_item(context, one.table, migrated)
        message = (
            f"The foreign key of `{one.table}` ({listed(stated.columns)}) is {key_text(stated)} in the model, and "
            f"{half.subject} made it {key_text(migrated)}: the two disagree about what happens to the rows. Change the "
            "model, or replace the key in a new revision."
        )
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "foreign key options that differ between model and migrations",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_fk", "alembic:remove_fk"),
)
