"""`alter_column` calls whose `existing_…` arguments contradict the column as it is."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from driftline.compare.options import Options
from driftline.compare.server_defaults import compare_server_defaults, default_sql
from driftline.compare.types import shape
from driftline.migrations.operation import AlterColumn
from driftline.python.values import Unknown
from driftline.rules.database_name import database_name
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import history_finding
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import Column, ServerDefault

NAME = "existing-mismatch"

RESTATING = frozenset({"mysql", "mariadb", "mssql"})
"""Databases on which `alter_column` states the whole column anew, so that the `existing_` arguments change it."""


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Find the arguments that are known, and that say something else than the state does at that point."""
    dialect = context.migrated.schema.dialect
    for event, backwards in at.events():
        operation, table = event.operation, event.before
        if not isinstance(operation, AlterColumn) or operation.branch is not None or table is None:
            continue
        column = table.column(operation.column)
        if column is None or column.conditional or table.incomplete or table.conditional:
            continue
        wrong = dict(contradictions(operation, column, dialect))
        if wrong:
            restated = dialect in RESTATING and _counts(operation, wrong.keys(), dialect)
            yield history_finding(
                NAME,
                Level.WARNING if restated else Level.HINT,
                f"`op.alter_column` of `{table.key}.{column.name}` in revision `{event.revision}` says "
                f"{' and '.join(wrong.values())}: {_consequence(operation, dialect, restated=restated)}. "
                "Say what the column is at this point.",
                context,
                revision=event.revision,
                origin=operation.origin,
                table=table.key,
                object=column.name,
                related=_made(context, event.revision, column),
                backwards=backwards,
            )


def _counts(operation: AlterColumn, wrong: AbstractSet[str], dialect: str) -> bool:
    """Whether the column becomes what is said wrongly: the call says it anew, and nothing of the call overrides it."""
    if operation.type is not None and wrong == {"existing_type"}:
        return False
    if dialect == "mssql":  # whose ALTER COLUMN says type and NULL; all else are other statements
        return operation.type is not None or operation.nullable is not None
    return operation.says_all_anew


def _consequence(operation: AlterColumn, dialect: str, *, restated: bool) -> str:
    if restated:
        return "the database is told so, and changes the column"
    if dialect not in RESTATING:
        return f"{database_name(dialect)} pays no heed, MySQL would change the column"
    if operation.type is not None:
        return "nothing comes of it here, since the call changes the type"
    return "nothing comes of it here, since the call does not say the column anew"


def contradictions(operation: AlterColumn, column: Column, dialect: str) -> Iterator[tuple[str, str]]:
    """Give the arguments that say something else than `column` is, each with words for it."""
    stated, nullable = operation.existing_type, column.nullable
    if stated is not None and _types_differ(operation, column, dialect):
        yield "existing_type", f"`existing_type` {stated.ddl} where it is {column.type.ddl}"
    given = operation.existing_nullable
    if isinstance(given, bool) and isinstance(nullable, bool) and given != nullable and operation.nullable is None:
        words = f"`existing_nullable={given}` where it is {'nullable' if nullable else 'NOT NULL'}"
        yield "existing_nullable", words
    default = operation.existing_server_default
    if (default is None or isinstance(default, ServerDefault)) and operation.server_default is False:
        told = Column(column.name, column.type, server_default=default)
        if any(True for one in compare_server_defaults("", told, column, Options(dialect)) if one.apparent is None):
            words = f"`existing_server_default` {_shown(told)} where it is {_shown(column)}"
            yield "existing_server_default", words


def _types_differ(operation: AlterColumn, column: Column, dialect: str) -> bool:
    """Whether the two types are of different families, or both have arguments that differ."""
    stated = operation.existing_type
    if stated is None or stated.unknown is not None or column.type.unknown is not None:
        return False
    if "" in (stated.ddl, column.type.ddl) or "NULL" in (stated.ddl, column.type.ddl):
        return False
    one, other = shape(stated.ddl, dialect), shape(column.type.ddl, dialect)
    if one.family != other.family or one.array != other.array:
        return True
    return bool(one.arguments and other.arguments) and one.arguments != other.arguments


def _shown(column: Column) -> str:
    default = column.server_default
    sql = "unknown" if default is not None and isinstance(default.sql, Unknown) else default_sql(default)
    return "None" if sql is None else f"`{sql}`"


def _made(context: Context, revision: str, column: Column) -> tuple[Related, ...]:
    if column.origin.path is None:
        return ()
    return (Related("what made the column what it is", in_revision(context, column.origin, revision)),)


RULE = Rule(
    NAME,
    "`existing_…` arguments that contradict the column",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.SOMETIMES,
)
