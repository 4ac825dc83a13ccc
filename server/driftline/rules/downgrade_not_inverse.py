"""Downgrades that fail, or that do not lead back to where the upgrade began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftline.compare.difference import Difference
from driftline.compare.index_definition import aspects, described
from driftline.compare.options import Options
from driftline.compare.server_defaults import default_sql
from driftline.compare.tables import compare_tables
from driftline.migrations.contents import Contents
from driftline.migrations.operation import DropConstraint
from driftline.python.values import Unknown
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.foreign_key_text import key_text
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import history_finding, listed_in_words
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.schema import Column, ForeignKey, Index

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.history import ReplayProblem, Step

NAME = "downgrade-not-inverse"

_ANYHOW = frozenset(
    {
        "rename_constraint",
        "rename_index",
        "modify_comment",
        "modify_collation",
        "modify_autoincrement",
        "modify_enum",
        "modify_enum_order",
    }
)
"""What is no reason to speak of: a name that the database makes up anew, a label that no enum gives back."""


def check(context: Context) -> Iterator[Finding]:
    """Replay each upgrade and its downgrade, and compare the schema that is left with the one before.

    Only what was read in full is compared. A revision whose upgrade is impossible says nothing about its downgrade.
    """
    failing = {one.revision for one in context.migrated.problems}
    for step in context.migrated.steps:
        back = context.downgrades.get(step.revision)
        if back is None or step.revision in failing or _drops_by_no_name(back):
            continue
        problems = [one for one in back.problems if not one.conditional]
        if problems:
            yield _fails(context, step.revision, problems)
            continue
        left = list(_left(context, step, back))
        if left:
            yield _differs(context, step.revision, left)


def _drops_by_no_name(back: Downgrade) -> bool:
    """Whether `null-constraint-name` says what is wrong, and the rest follows from that."""
    return any(isinstance(one.operation, DropConstraint) and one.operation.name is None for one in back.events)


def _fails(context: Context, revision: str, problems: list[ReplayProblem]) -> Finding:
    first, *others = problems
    return history_finding(
        NAME,
        Level.WARNING,
        f"`downgrade()` of revision `{revision}` fails after its own `upgrade()`: {first.message}",
        context,
        revision=revision,
        origin=first.origin,
        table=first.table,
        object=first.object,
        related=[Related(one.message, in_revision(context, one.origin, revision)) for one in others],
    )


def _differs(context: Context, revision: str, left: list[tuple[str, str]]) -> Finding:
    tables = {table for table, _ in left}
    return history_finding(
        NAME,
        Level.WARNING,
        f"`downgrade()` of revision `{revision}` does not take back what its `upgrade()` did: after both, "
        f"{listed_in_words([words for _, words in left])}. Put that right in the downgrade.",
        context,
        revision=revision,
        origin=context.contents.get(revision, Contents()).downgrade_origin,
        table=next(iter(tables)) if len(tables) == 1 else None,
    )


def _left(context: Context, step: Step, back: Downgrade) -> Iterator[tuple[str, str]]:
    """What is different after an upgrade and its downgrade: the table, and words for it."""
    before, after = step.before.tables, back.after.tables
    hidden = context.migrated.unseen | context.migrated.presumed.keys()
    for key, table in before.items():
        if key not in after and key not in hidden and not (back.after.incomplete or table.conditional):
            yield key, f"table `{key}` is gone"
    for key, table in after.items():
        if key in before or key in hidden or table.conditional or table.incomplete or step.before.incomplete:
            continue
        yield key, f"table `{key}` is still there"
    for key, one in before.items():
        other = after.get(key)
        if other is None or one is other or one == other or one.incomplete or other.incomplete or key in hidden:
            continue
        for difference in compare_tables(one, other, Options(step.before.dialect)):
            doubtful = difference.uncertain is not None or difference.apparent is not None
            implied = any(getattr(half, "generated", False) for half in (difference.declared, difference.migrated))
            if not doubtful and not implied and difference.kind not in _ANYHOW:
                yield key, _words(difference, step.before.dialect)


_GONE = frozenset({"add_column", "add_index", "add_constraint", "add_fk", "add_check", "add_exclude"})
_STILL = frozenset(
    {"remove_column", "remove_index", "remove_constraint", "remove_fk", "remove_check", "remove_exclude"}
)
_NOUNS = {
    "column": "column",
    "index": "index",
    "constraint": "unique constraint",
    "unique": "unique constraint",
    "fk": "foreign key of",
    "check": "CHECK constraint",
    "exclude": "EXCLUDE constraint",
}


def _words(one: Difference, dialect: str) -> str:
    noun = _NOUNS.get(one.kind.partition("_")[2], "")
    place = (
        f"`{one.table}.{one.name}`" if noun in ("column", "foreign key of", "") else f"`{one.name}` of `{one.table}`"
    )
    if one.kind in _GONE:
        return f"{noun} {place} is gone"
    if one.kind in _STILL:
        return f"{noun} {place} is still there"
    was, now = one.declared, one.migrated
    if isinstance(was, Column) and isinstance(now, Column):
        if one.kind == "modify_nullable":
            takes = f"column {place} takes NULL, and it was NOT NULL before"
            return takes if now.nullable else f"column {place} is NOT NULL, and it took NULL before"
        if one.kind.startswith("modify_type"):
            return f"column {place} is {now.type.ddl}, and it was {was.type.ddl} before"
        if one.kind == "modify_default":
            return f"column {place} has the server default {_default(now)}, and it had {_default(was)} before"
    if one.kind == "modify_primary_key":
        return f"the primary key of `{one.table}` is another one"
    if isinstance(was, Index) and isinstance(now, Index):
        if described(was) != described(now):
            return f"index {place} is on ({described(now)}), and it was on ({described(was)}) before"
        return f"index {place} has lost its {' and '.join(aspects(was, now, dialect))}"
    if isinstance(was, ForeignKey) and isinstance(now, ForeignKey):
        return f"the foreign key of {place} is to {key_text(now)}, and it was to {key_text(was)} before"
    return f"{noun or 'column'} {place} is defined in another way"


def _default(column: Column) -> str:
    default = column.server_default
    if default is not None and isinstance(default.sql, Unknown):
        return "another one"
    sql = default_sql(default)
    return "none" if sql is None else f"`{sql}`"


RULE = Rule(
    NAME,
    "a downgrade that does not take the upgrade back",
    Group.HISTORY,
    Level.WARNING,
    check,
    fix=Fixable.NEVER,
    sources=("pytest-alembic:up_down_consistency",),
)
