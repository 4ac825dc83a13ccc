"""Enum types that are left behind when the last column of that type goes."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.operation import CreateEnum, CreateTable, DropTable
from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import Stated, history_finding, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import Schema, Table

NAME = "enum-leaked"


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find what an upgrade leaves behind for good, and what a downgrade leaves for the next upgrade to stumble on."""
    if context.migrated.schema.dialect != "postgresql":
        return
    yield from _after_upgrade(context, at)
    yield from _after_downgrade(context, at)


def _users(schema: Schema, enum: str) -> list[str]:
    """The columns of a type; something unread counts as one, since it could be."""
    named = [
        f"{key}.{column.name}"
        for key, table in schema.tables.items()
        for column in table.columns
        if column.type.enum == enum
    ]
    return named or [key for key, table in schema.tables.items() if table.incomplete]


def _types_that_went(at: Visit) -> set[str]:
    """The enum types that tables had which the revision changed or dropped, and that these have no more."""
    return {enum for before, after in at.changed.values() for enum in _types_of(before) - _types_of(after)}


def _types_of(table: Table | None) -> set[str]:
    return set() if table is None else {one.type.enum for one in table.columns if one.type.enum is not None}


def _after_upgrade(context: Context, at: Visit) -> Iterator[Finding]:
    lost = _types_that_went(at)
    if not lost:
        return
    at.look_everywhere()
    last, before, after = context.migrated.schema, at.schema_before, at.schema_after
    for key, enum in after.enums.items():
        if key not in lost or key not in before.enums:
            continue
        if enum.conditional or key not in last.enums or last.incomplete:
            continue
        if not _users(before, key) or _users(after, key) or _users(last, key):
            continue
        origin = _where(at, key, backwards=False)
        yield history_finding(
            NAME,
            Level.WARNING,
            f"The last column of the enum type `{key}` goes in revision `{at.revision}`, and the type stays: "
            f'PostgreSQL drops no type along with a table or a column. Drop it with `op.execute("DROP TYPE {key}")`.',
            context,
            revision=at.revision,
            origin=origin.operation.origin if origin is not None else context.graph.revisions[at.revision].origin,
            table=origin.operation.table if origin is not None else None,
            object=key,
        )


def _after_downgrade(context: Context, at: Visit) -> Iterator[Finding]:
    back, before, after = at.back, at.schema_before, at.schema_after
    if before.enums is after.enums:
        return  # it makes none
    at.look_everywhere()
    left = back.after(at.states) if back is not None else None
    if back is None or left is None or left.incomplete or any(not one.conditional for one in back.problems):
        return
    for key, enum in left.enums.items():
        if key in before.enums or key not in after.enums or enum.conditional or enum.unknown is not None:
            continue
        if _users(left, key):
            continue
        again = _creates_outright(at, key)
        where = _where(at, key, backwards=True)
        consequence = "the next `alembic upgrade` fails, since the type exists" if again else "nobody drops it any more"
        yield history_finding(
            NAME,
            Level.WARNING if again else Level.HINT,
            f"`downgrade()` of revision `{at.revision}` leaves the enum type `{key}` behind, which its `upgrade()` "
            f'created: {consequence}. Drop it there with `op.execute("DROP TYPE {key}")`.',
            context,
            revision=at.revision,
            origin=where.operation.origin if where is not None else at.contents.downgrade_origin,
            table=where.operation.table if where is not None else None,
            object=key,
            backwards=True,
        )


def _creates_outright(at: Visit, enum: str) -> bool:
    """Whether the upgrade creates the type without looking whether it is there."""
    for one in stated_operations(at):
        operation = one.operation
        if one.backwards or operation.guarded:
            continue
        if isinstance(operation, CreateEnum) and operation.enum.key == enum:
            return not operation.if_not_exists
        if isinstance(operation, CreateTable) and any(made.key == enum for made in operation.enums):
            return not operation.checkfirst_enums and not operation.if_not_exists
    return False


def _where(at: Visit, enum: str, *, backwards: bool) -> Stated | None:
    """The operation that takes the last column of the type away."""
    schema = at.schema_after if backwards else at.schema_before
    holders = {one.rpartition(".")[0] for one in _users(schema, enum)}
    mine = [one for one in stated_operations(at) if one.backwards is backwards and one.operation.table in holders]
    drops = [one for one in mine if isinstance(one.operation, DropTable) or one.operation.verb == "drop_column"]
    return next(iter((*reversed(drops), *reversed(mine))), None)


RULE = Rule(
    NAME,
    "an enum type that is left behind",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.SOMETIMES,
    sources=("alembic-postgresql-enum",),
)
