"""`@validates` methods that nothing in the database backs up."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.sql import mentions
from driftline.models.declared import MappedClass, Validator
from driftline.python.values import Unknown
from driftline.rules.finding import Finding, Level
from driftline.rules.halves import last_touch
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import CheckConstraint, Column, Table

NAME = "validates-without-check"


def check(context: Context) -> Iterator[Finding]:
    """Find the validators that let a fixed set of values through, for columns that the database guards in no way.

    Silent where the model declares a CHECK for the column: `missing-check` says whether that is missing.
    """
    for mapped in context.declared.classes:
        declared = context.declared.schema.tables.get(mapped.table or "")
        migrated = context.migrated.schema.tables.get(mapped.table or "")
        if not mapped.reached or declared is None or migrated is None or declared.incomplete or migrated.incomplete:
            continue
        for validator in mapped.validators:
            for attribute in validator.columns:
                name = dict(mapped.attributes).get(attribute, attribute)
                if validator.allowed is not None and _unguarded(declared, migrated, name):
                    yield _finding(context, mapped, validator, attribute, name, validator.allowed)


def _unguarded(declared: Table, migrated: Table, column: str) -> bool:
    halves = declared.column(column), migrated.column(column)
    if any(half is None or half.type.unknown is not None or _is_enum(half) for half in halves):
        return False
    return not any(_guards(one, column) for one in (*declared.check_constraints, *migrated.check_constraints))


def _is_enum(column: Column) -> bool:
    """Whether the database knows the type's values; of an Enum that is none to the database, a CHECK does."""
    return column.type.enum is not None or column.type.ddl.upper().startswith("ENUM")


def _guards(one: CheckConstraint, column: str) -> bool:
    return isinstance(one.sql, Unknown) or mentions(one.sql, column)


def _finding(
    context: Context,
    mapped: MappedClass,
    validator: Validator,
    attribute: str,
    column: str,
    allowed: tuple[object, ...],
) -> Finding:
    table = mapped.table or ""
    half = last_touch(context, table)
    values = ", ".join(map(repr, allowed))
    message = (
        f'`@validates("{attribute}")` of `{mapped.name}` lets only {values} through, and nothing in the database does '
        f"the same for `{table}.{column}`: raw SQL and bulk updates get past it. Add a CHECK constraint to the model "
        "and in a new revision."
    )
    return Finding(
        NAME,
        Group.DRIFT.value,
        Level.WARNING,
        message,
        validator.origin,
        table=table,
        object=column,
        revision=half.revision,
        related=half.related(f"revision `{half.revision}` was the last to touch `{table}`"),
    )


RULE = Rule(
    NAME,
    "a fixed set of values that only the ORM enforces",
    Group.DRIFT,
    Level.WARNING,
    check,
    fix=Fixable.SOMETIMES,
    sources=(),
)
