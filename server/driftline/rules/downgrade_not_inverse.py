"""Downgrades that fail, or that do not lead back to where the upgrade began."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftline.compare.difference import Difference
from driftline.compare.index_definition import aspects, described
from driftline.compare.options import Options
from driftline.compare.server_defaults import default_sql
from driftline.compare.tables import compare_tables
from driftline.migrations.operation import DropConstraint
from driftline.python.values import Unknown
from driftline.rules.finding import Finding, Level, Related
from driftline.rules.foreign_key_text import key_text
from driftline.rules.halves import in_revision
from driftline.rules.history_finding import history_finding, listed_in_words, within
from driftline.rules.rule import Context, Fixable, Group, Rule
from driftline.rules.visit import Visit, each_revision
from driftline.schema import Column, ForeignKey, Index, PrimaryKey, Table, UniqueConstraint

if TYPE_CHECKING:
    from driftline.migrations.downgrades import Downgrade
    from driftline.migrations.history import ReplayProblem

NAME = "downgrade-not-inverse"

ANYHOW = frozenset(
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


def check(context: Context, at: Visit) -> Iterator[Finding]:
    """Replay each upgrade and its downgrade, and compare the schema that is left with the one before.

    Only what was read in full is compared. A revision whose upgrade is impossible says nothing about its downgrade.
    """
    back = at.back
    if back is None or at.failing or _drops_by_no_name(back):
        return
    problems = [one for one in back.problems if not one.conditional]
    if any(one.table is not None and _somebody_elses(one.table, context) for one in problems):
        return
    if problems:
        yield _fails(context, at.revision, problems)
        return
    left = list(_left(context, at))
    if left:
        yield _differs(context, at, left)


def _somebody_elses(table: str, context: Context) -> bool:
    """Whether a table is one of the models, and no revision creates it: where the downgrade runs, it is there."""
    declared = context.declared
    modelled = table in declared.schema.tables or table in declared.unreached
    return modelled and context.migrated.created_by(table) is None


def _drops_by_no_name(back: Downgrade) -> bool:
    """Whether `null-constraint-name` says what is wrong, and the rest follows from that."""
    return any(isinstance(one.operation, DropConstraint) and one.operation.name is None for one in back.events)


def _fails(context: Context, revision: str, problems: list[ReplayProblem]) -> Finding:
    first, *others = problems
    return history_finding(
        NAME,
        Level.WARNING,
        f"`downgrade()` of revision `{revision}` fails after its own `upgrade()`: {within(first.message)}",
        context,
        revision=revision,
        origin=first.origin,
        table=first.table,
        object=first.object,
        related=[Related(one.message, in_revision(context, one.origin, revision)) for one in others],
        backwards=True,
    )


def _differs(context: Context, at: Visit, left: list[tuple[str, str]]) -> Finding:
    tables = {table for table, _ in left}
    return history_finding(
        NAME,
        Level.WARNING,
        f"`downgrade()` of revision `{at.revision}` does not take back what its `upgrade()` did: after both, "
        f"{listed_in_words([words for _, words in left])}. Put that right in the downgrade.",
        context,
        revision=at.revision,
        origin=at.contents.downgrade_origin,
        table=next(iter(tables)) if len(tables) == 1 else None,
        backwards=True,
    )


def _left(context: Context, at: Visit) -> Iterator[tuple[str, str]]:
    """What is different after an upgrade and its downgrade: the table, and words for it."""
    hidden = context.migrated.unseen | context.migrated.presumed.keys()
    pairs = _both(at)
    dialect = context.migrated.schema.dialect
    if any((before is None) != (after is None) for _, before, after in pairs):
        at.look_everywhere()
    for key, before, after in pairs:
        if key in hidden or before is after or before == after:
            continue
        if before is None or after is None:
            yield from _came_or_went(at, key, before, after)
        elif before.known_in_full and after.known_in_full:
            for difference in compare_tables(before, after, Options(dialect)):
                doubtful = difference.uncertain is not None or difference.apparent is not None
                implied = any(getattr(half, "generated", False) for half in (difference.declared, difference.migrated))
                if not doubtful and not implied and difference.kind not in ANYHOW:
                    yield key, _words(difference, dialect)


def _both(at: Visit) -> list[tuple[str, Table | None, Table | None]]:
    """The tables that the upgrade or the downgrade changed, as they were before the one and are after the other."""
    changed, undone = at.changed, at.undone
    return [
        (key, (changed[key] if key in changed else undone[key])[0], (undone[key] if key in undone else changed[key])[1])
        for key in dict.fromkeys((*changed, *undone))
    ]


def _came_or_went(at: Visit, key: str, before: Table | None, after: Table | None) -> Iterator[tuple[str, str]]:
    if before is not None and at.back is not None and not (at.back.after(at.states).incomplete or before.conditional):
        yield key, f"table `{key}` is gone"
    if after is not None and not (after.conditional or after.incomplete or at.schema_before.incomplete):
        yield key, f"table `{key}` is still there"


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
            return (
                f"column {place} is nullable (before: NOT NULL)"
                if now.nullable
                else (f"column {place} is NOT NULL (before: nullable)")
            )
        if one.kind.startswith("modify_type"):
            return f"column {place} is {now.type.ddl} (before: {was.type.ddl})"
        if one.kind == "modify_default":
            return f"column {place} has {_default(now)} (before: {_default(was)})"
    if isinstance(was, PrimaryKey) and isinstance(now, PrimaryKey):
        return f"the primary key of `{one.table}` is {_key(now)} (before: {_key(was)})"
    if isinstance(was, Index) and isinstance(now, Index):
        if described(was) != described(now):
            return f"index {place} is on {described(now)} (before: on {described(was)})"
        return f"index {place} differs in its {' and '.join(aspects(was, now, dialect))}"
    if isinstance(was, Index | UniqueConstraint) and isinstance(now, Index | UniqueConstraint):
        return f"{_uniqueness(was)} of `{one.table}` is {_uniqueness(now)} now"
    if isinstance(was, ForeignKey) and isinstance(now, ForeignKey):
        return f"the foreign key of {place} refers to {key_text(now)} (before: {key_text(was)})"
    return f"{noun or 'column'} {place} is defined in another way"


def _uniqueness(one: Index | UniqueConstraint) -> str:
    noun = "unique constraint" if isinstance(one, UniqueConstraint) else "unique index"
    return f"the {noun} `{one.name}`" if isinstance(one.name, str) else f"a {noun}"


def _key(key: PrimaryKey) -> str:
    return f"({', '.join(f'`{name}`' for name in key.columns)})" if key.columns else "none"


def _default(column: Column) -> str:
    default = column.server_default
    if default is not None and isinstance(default.sql, Unknown):
        return "another server default"
    sql = default_sql(default)
    return "no server default" if sql is None else f"the server default `{sql}`"


RULE = Rule(
    NAME,
    "a downgrade that does not take the upgrade back",
    Group.HISTORY,
    Level.WARNING,
    each_revision(check),
    fix=Fixable.SOMETIMES,
    sources=("pytest-alembic:up_down_consistency",),
)
