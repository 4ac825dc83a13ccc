"""Operations outside of batch mode that SQLite can't do."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.operation import AddColumn, AlterColumn, CreateConstraint, DropColumn, DropConstraint
from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import Stated, history_finding, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import CheckConstraint, Constraint, ForeignKey, Index, Table, UniqueConstraint

NAME = "batch-required"


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find what Alembic or SQLite refuses: what its ALTER TABLE can't say, outside of a block that copies the table."""
    if context.migrated.schema.dialect != "sqlite":
        return
    befores = {id(event.operation): event.before for event, _ in at.events()}
    for one in stated_operations(at):
        operation = one.operation
        if one.batch is not None and one.batch.recreate != "never":
            continue
        if operation.raw or operation.guarded:
            continue
        what = _refused(one, befores.get(id(operation)))
        if what is not None:
            yield history_finding(
                NAME,
                Level.WARNING if one.assumed or one.backwards else Level.ERROR,
                f"SQLite can't {what} `{operation.table}` as it stands, so {one.command} fails at revision "
                f'`{one.revision}`. Do it in `with op.batch_alter_table("{operation.table}") as batch_op:`, which '
                "copies the table.",
                context,
                revision=one.revision,
                origin=operation.origin,
                table=operation.table,
                object=operation.column if isinstance(operation, AlterColumn | DropColumn) else None,
                backwards=one.backwards,
            )


def _refused(one: Stated, table: Table | None) -> str | None:
    """What the operation does that can't be done; None where it can. `table`: as the operation finds it."""
    operation = one.operation
    match operation:
        case CreateConstraint():
            made = operation.constraint
            return None if isinstance(made, CheckConstraint) and made.type_bound else "add a constraint to"
        case DropConstraint(name=str()):
            return "drop a constraint of"
        case AddColumn():
            kind = next(filter(None, map(_added_apart, operation.constraints)), None)
            return f"add the column `{operation.column.name}` with a {kind} to" if kind is not None else None
        case DropColumn():
            holder = _holder(table, operation.column) if table is not None else None
            return f"drop the column `{operation.column}`, which its {holder} needs, of" if holder is not None else None
        case AlterColumn():
            return _alteration(operation)
        case _:
            return None


def _added_apart(part: Constraint | Index) -> str | None:
    """What a constraint of a new column is called that Alembic adds after the column; None for any other part."""
    if isinstance(part, ForeignKey):
        return "foreign key" if not part.inline else None
    return "unique constraint" if isinstance(part, UniqueConstraint) else None


def _holder(table: Table, column: str) -> str | None:
    """What of a table holds a column fast: SQLite would leave it behind without its column."""
    if column in table.primary_key.columns:
        return "primary key"
    if any(column in one.columns and not one.conditional for one in table.foreign_keys):
        return "foreign key"
    unique = any(column in one.columns and not one.conditional for one in table.unique_constraints)
    return "unique constraint" if unique else None


def _alteration(operation: AlterColumn) -> str | None:
    if operation.type is not None:
        return f"change the type of column `{operation.column}` of"
    if operation.nullable is not None:
        return f"change whether column `{operation.column}` takes NULL in"
    if operation.server_default is not False:
        return f"change the server default of column `{operation.column}` of"
    return None


RULE = Rule(
    NAME,
    "an operation that SQLite can do only in batch mode",
    Group.HISTORY,
    Level.ERROR,
    each_revision(check),
    fix=Fixable.SOMETIMES,
)
