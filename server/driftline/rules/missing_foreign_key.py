"""Foreign keys that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference
from driftline.compare.foreign_keys import same_target
from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.foreign_key_text import key_text
from driftline.rules.halves import in_model, last_touch, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import ForeignKey

NAME = "missing-foreign-key"


def check(context: Context) -> Iterator[Finding]:
    """Find them, and those that point elsewhere in the migrated schema."""
    for one in context.of_kind("add_fk", "modify_fk"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, ForeignKey):
            continue
        if isinstance(migrated, ForeignKey):
            if not same_target(stated, migrated):
                yield _elsewhere(context, one, stated, migrated)
            continue
        half = last_touch(context, one.table)
        message = (
            f"The model's foreign key from `{one.table}` ({listed(stated.columns)}) to {key_text(stated)} is created "
            "by no revision: the database lets rows in that refer to nothing. Create it in a new revision."
        )
        touched = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=touched)


def _elsewhere(context: Context, one: Difference, stated: ForeignKey, migrated: ForeignKey) -> Finding:
    half = made_item(context, one.table, migrated)
    message = (
        f"The foreign key of `{one.table}` ({listed(stated.columns)}) refers to {key_text(stated)} in the model, and "
        f"{half.subject} made it refer to {key_text(migrated)}. Change the model, or replace the key in a new revision."
    )
    origin = in_model(context, one.table, stated.columns, stated.origin)
    return drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a declared foreign key that no revision creates",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_fk",),
)
