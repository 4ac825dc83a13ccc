"""Operations that leave everything as it is."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.operation import AlterColumn, CreateTableComment, DropTableComment
from driftline.python.values import Unknown
from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import ServerDefault, Table

NAME = "redundant-operation"

_MYSQL = frozenset({"mysql", "mariadb"})


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find what changes nothing of a table that was read in full; only in `upgrade()`."""
    for event, backwards in at.events():
        operation, before, after = event.operation, event.before, event.after
        if backwards or before is None or after is None or operation.branch is not None:
            continue
        if not isinstance(operation, AlterColumn | CreateTableComment | DropTableComment):
            continue
        if before.incomplete or before.conditional or not _says_something(operation, before, context):
            continue
        if before == after:
            yield history_finding(
                NAME,
                Level.HINT,
                f"This changes nothing of `{before.key}` in revision `{event.revision}` ({operation.summary}): it is "
                "so already at this point. Remove it, or correct what it was meant to do.",
                context,
                revision=event.revision,
                origin=operation.origin,
                table=before.key,
                object=operation.column if isinstance(operation, AlterColumn) else None,
            )


def _says_something(
    operation: AlterColumn | CreateTableComment | DropTableComment, table: Table, context: Context
) -> bool:
    """Whether all that the operation says is known, and nothing in it does what no schema shows."""
    if not isinstance(operation, AlterColumn):
        return True
    column = table.column(operation.column)
    if column is None or operation.raw or context.migrated.schema.dialect in _MYSQL:
        return False  # MySQL's MODIFY rewrites the table, and people mean that
    if isinstance(operation.nullable, Unknown) or operation.using is not None or operation.autoincrement is not None:
        return False
    default = operation.server_default
    if isinstance(default, ServerDefault) and (isinstance(default.sql, Unknown) or "(" in default.sql):
        return False  # which function a name means is settled when it is said, and can be another one now
    if operation.type is not None and (operation.type.unknown is not None or column.type.unknown is not None):
        return False
    stated = (operation.nullable, operation.type, operation.new_column_name)
    return any(one is not None for one in stated) or operation.server_default is not False or operation.drop_generated


RULE = Rule(
    NAME,
    "an operation that changes nothing",
    Group.HISTORY,
    Level.HINT,
    each_revision(check),
    fix=Fixable.SOMETIMES,
)
