"""Names that are longer than the database takes."""

from __future__ import annotations

from collections.abc import Iterator

from driftline.migrations.operation import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropConstraint,
    DropIndex,
    Operation,
    RenameTable,
)
from driftline.rules.database_name import database_name
from driftline.rules.finding import Finding, Level
from driftline.rules.history_finding import history_finding, stated_operations
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import Name

NAME = "identifier-too-long"

_LONGEST = {"postgresql": 63, "mysql": 64, "mariadb": 64, "oracle": 128, "mssql": 128}
"""PostgreSQL counts bytes (NAMEDATALEN - 1), the others characters; Oracle took 30 before 12.2."""


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find the names, each once in a revision. What a naming convention makes is cut by SQLAlchemy, and is fine."""
    dialect = context.migrated.schema.dialect
    limit = _LONGEST.get(dialect)
    if limit is None:
        return
    seen: set[tuple[str, str]] = set()
    for one in stated_operations(at):
        operation = one.operation
        if operation.raw:
            continue  # it has been cut already, as the database does
        for what, name in _names(operation):
            length = len(name.encode()) if dialect == "postgresql" else len(name)
            if length <= limit or (one.revision, name) in seen:
                continue
            seen.add((one.revision, name))
            cut = dialect == "postgresql" and (what in ("table", "column") or len(name) <= limit)
            shown = name.encode()[:limit].decode(errors="ignore")
            consequence = (
                f"PostgreSQL cuts it to `{shown}`, which Alembic takes for another {what}"
                if cut
                else f"{one.command} fails"
            )
            yield history_finding(
                NAME,
                Level.WARNING if cut or one.assumed else Level.ERROR,
                f"The name of the {what} `{name}` in revision `{one.revision}` has {length} "
                f"{'bytes' if dialect == 'postgresql' else 'characters'}, and {database_name(dialect)} takes {limit}: "
                f"{consequence}. Choose a shorter one.",
                context,
                revision=one.revision,
                origin=operation.origin,
                table=operation.table,
                object=None if what == "table" else name,
                backwards=one.backwards,
            )


def _names(operation: Operation) -> Iterator[tuple[str, str]]:
    match operation:
        case CreateTable(made=table):
            yield "table", table.name
            yield from (("column", column.name) for column in table.columns)
            yield from _named("constraint", table.primary_key.name, *(item.name for item in table.foreign_keys))
            yield from _named("constraint", *(item.name for item in table.unique_constraints))
            yield from _named("constraint", *(item.name for item in table.check_constraints))
            yield from _named("constraint", *(item.name for item in table.exclude_constraints))
            yield from _named("index", *(item.name for item in table.indexes))
        case RenameTable(new_name=name):
            yield "table", name
        case AddColumn(column=column):
            yield "column", column.name
        case AlterColumn(new_column_name=str() as name):
            yield "column", name
        case CreateIndex(index=index):
            yield from _named("index", index.name)
        case CreateConstraint(constraint=constraint):
            yield from _named("constraint", constraint.name)
        case DropConstraint(name=dropped):
            yield from _named("constraint", dropped)
        case DropIndex(name=dropped):
            yield from _named("index", dropped)
        case _:
            return


def _named(what: str, *names: Name) -> Iterator[tuple[str, str]]:
    return ((what, name) for name in names if isinstance(name, str))


RULE = Rule(
    NAME,
    "a name that is longer than the database takes",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.NEVER,
    sources=("squawk:identifier-too-long",),
)
