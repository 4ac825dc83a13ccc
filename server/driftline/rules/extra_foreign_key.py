"""Foreign keys that revisions create and no model declares."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.rules.drift_finding import drift_finding, listed
from driftline.rules.finding import Finding, Level
from driftline.rules.foreign_key_text import key_text
from driftline.rules.halves import in_model, made_item, model_name, user_of
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import ForeignKey

NAME = "extra-foreign-key"


def check(context: Context) -> Iterator[Finding]:
    """Find them; the finding stands on the model's column."""
    for one in context.of_kind("remove_fk"):
        migrated = one.migrated
        if not isinstance(migrated, ForeignKey):
            continue
        half = made_item(context, one.table, migrated)
        named = f" (`{migrated.name}`)" if isinstance(migrated.name, str) else ""
        message = (
            f"The database enforces that `{one.table}` ({listed(migrated.columns)}) refers to "
            f"{key_text(migrated)}{named}{half.since}, and {model_name(context, one.table)} has no such ForeignKey: "
            f"{user_of(context, one.table)} knows nothing of it. Add it to the model, or drop it in a new revision."
        )
        origin = in_model(context, one.table, migrated.columns)
        yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=half.related())


RULE = Rule(
    NAME,
    "a migrated foreign key that the model lacks",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:remove_fk",),
)
