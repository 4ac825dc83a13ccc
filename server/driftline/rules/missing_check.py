"""CHECK constraints that models declare and no revision creates."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.sql import mentions
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, last_touch
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import CheckConstraint

NAME = "missing-check"


def check(context: Context) -> Iterator[Finding]:
    """Find them; where `@validates` guards the same column, the message says that only the ORM obeys it."""
    for one in context.of_kind("add_check"):
        stated = one.declared
        if not isinstance(stated, CheckConstraint):
            continue
        half = last_touch(context, one.table)
        sql = f" (`{stated.sql}`)" if isinstance(stated.sql, str) else ""
        named = f"CHECK constraint `{one.name}`" if one.name else "An unnamed CHECK constraint"
        message = (
            f"{named}{sql} of `{one.table}` is declared, and no revision creates it: the database does not check it. "
            f"{_guard(context, one.table, stated)}Create it in a new revision."
        )
        touched = half.related(f"revision `{half.revision}` was the last to touch `{one.table}`")
        origin = in_model(context, one.table, stated=stated.origin)
        yield drift_finding(NAME, Level.ERROR, message, one, origin=origin, half=half, related=touched)


def _guard(context: Context, table: str, stated: CheckConstraint) -> str:
    mapped = context.declared.class_of(table)
    if mapped is None or not isinstance(stated.sql, str):
        return ""
    columns = dict(mapped.attributes)
    guarded = (name for one in mapped.validators for name in one.columns)
    found = next((name for name in guarded if mentions(stated.sql, columns.get(name, name))), None)
    return "" if found is None else f'`@validates("{found}")` guards the ORM only. '


RULE = Rule(
    NAME,
    "a declared CHECK constraint that no revision creates",
    Group.DRIFT,
    Level.ERROR,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_constraint",),
)
