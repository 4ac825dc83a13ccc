"""Indexes of one name whose columns, order, uniqueness, condition or method differ."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.index_definition import aspects, described, option
from driftline.rules.drift_finding import drift_finding
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import in_model, made_item
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Index

NAME = "index-definition-mismatch"


def check(context: Context) -> Iterator[Finding]:
    """Find them, with differences that Alembic does not look at: conditions, methods, collations, operator classes."""
    for one in context.of_kind("modify_index"):
        stated, migrated = one.declared, one.migrated
        if not isinstance(stated, Index) or not isinstance(migrated, Index):
            continue
        half = made_item(context, one.table, migrated)
        found = aspects(stated, migrated, context.migrated.schema.dialect)
        names = f" in its {' and '.join(found)}" if found else ""
        message = (
            f"Index `{one.name}` differs{names}: it is {_written(stated)} in the model, and {half.subject} made it "
            f"{_written(migrated)}. Change the model, or make the index anew in a new revision."
        )
        origin = in_model(context, one.table, stated.columns, stated.origin)
        yield drift_finding(NAME, Level.WARNING, message, one, origin=origin, half=half, related=half.related())


def _written(index: Index) -> str:
    words = [f"{'unique ' if index.unique is True else ''}on ({described(index)})"]
    for name, word in (("using", "USING"), ("include", "INCLUDE"), ("where", "WHERE")):
        value = option(index, name)
        if isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        if isinstance(value, str) and value:
            words.append(f"{word} {value}")
    if option(index, "nulls_not_distinct") is True:
        words.append("NULLS NOT DISTINCT")
    return " ".join(words)


RULE = Rule(
    NAME,
    "an index whose definition differs",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=("alembic:add_index", "alembic:remove_index"),
)
