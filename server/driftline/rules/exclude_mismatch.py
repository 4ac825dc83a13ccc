"""EXCLUDE constraints that only one side has, or that exclude other rows."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.python.values import Unknown
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import ExcludeConstraint

NAME = "exclude-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them."""
    for one in context.of_kind("add_exclude", "remove_exclude", "modify_exclude"):
        stated, migrated = one.declared, one.migrated
        named = f"EXCLUDE constraint `{one.name}` of `{one.table}`"
        if isinstance(stated, ExcludeConstraint) and isinstance(migrated, ExcludeConstraint):
            half = made_item(context, one.table, migrated)
            message = (
                f"{named} is `{_written(stated)}` in the model, and {half.subject} made it `{_written(migrated)}`. "
                "Change the model, or replace the constraint in a new revision."
            )
        elif isinstance(stated, ExcludeConstraint):
            half = last_touch(context, one.table)
            message = (
                f"{named} (`{_written(stated)}`) is declared, and no revision creates it: the database lets rows in "
                "that exclude each other. Create it in a new revision."
            )
        elif isinstance(migrated, ExcludeConstraint):
            half = made_item(context, one.table, migrated)
            message = (
                f"{named} (`{_written(migrated)}`) has been there{half.since}, and the model lacks it. Declare it, or "
                "drop it in a new revision."
            )
        else:
            continue
        origin = (
            in_model(context, one.table, stated=stated.origin)
            if isinstance(stated, ExcludeConstraint)
            else (in_model(context, one.table))
        )
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _written(constraint: ExcludeConstraint) -> str:
    elements = ", ".join(f"{expression} WITH {operator}" for expression, operator in constraint.elements)
    where = dict(constraint.options).get("where")
    condition = f" WHERE ({where})" if where is not None and not isinstance(where, Unknown) else ""
    return f"EXCLUDE ({elements}){condition}"


RULE = Rule(
    NAME,
    "an EXCLUDE constraint that differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
)
