"""What a change cannot do without, and what else must be closed with it.

- A new expression, constraint or index stands on columns that may have to be added, or renamed, first.
- A foreign key needs the table that it refers to, and its columns, which something must keep unique.
- Columns that a foreign key joins change their types together: apart, no database would compare them as they are, and
  PostgreSQL would not make the key again.

All of it is what a difference of its own asks for; that is closed whole, parts and all, so that nothing is left of it
that was hidden behind it.

Example: where `owners.code` and `things.code`, which refers to it, are BIGINT in the models, a revision that changes
one of them changes the other, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.compare.difference import Difference
from driftline.compare.sql import mentions
from driftline.fixes.change import Alter, Change, Create, Drop, Named, Remake, RenameTable
from driftline.fixes.families import of_one_family
from driftline.fixes.project import Halves
from driftline.fixes.wanted import changes_for, created, stands_on
from driftline.rules.fk_type_mismatch import types_differ
from driftline.schema import Column, ForeignKey, Index, PrimaryKey, Table, UniqueConstraint, table_key

_Needed = Iterator[Change | None]
"""Changes; None for what cannot be written down."""


def along(change: Change, found: Sequence[Change], project: Halves) -> _Needed:
    """Give what must be done along with `change`, as far as it is not among `found`, which may be."""
    yield from _columns(change, found, project)
    for holder, key in _keys(change, project):
        if any(_drops(one, holder, key) for one in found):
            continue
        if isinstance(change, Create):
            yield from _target(key, found, project)
            yield from _support(key, found, project)
        yield from _types(holder, key, found, project)


# ---------------------------------------------------------------------------------------------------------------------
# Columns that a part is of


def _columns(change: Change, found: Sequence[Change], project: Halves) -> _Needed:
    if not isinstance(change, Create | Remake):
        return
    part = change.part if isinstance(change, Create) else change.after
    key = table_key(change.schema, change.table)
    migrated, declared = project.migrated.schema.tables.get(key), project.declared.schema.tables.get(key)
    if migrated is None or declared is None or isinstance(part, Table):
        return
    for column in declared.columns:
        if migrated.column(column.name) is None and _is_of(part, column.name):
            yield from _column(declared, column.name, found, project)


def _is_of(part: Column | Named, column: str) -> bool:
    if not isinstance(part, Column):
        return stands_on(part, column)
    sql = part.computed.sql if part.computed is not None else None
    return isinstance(sql, str) and mentions(sql, column)


def _column(table: Table, name: str, found: Sequence[Change], project: Halves) -> _Needed:
    """Give what makes a declared column that is not there: it is added, or another one takes its name."""
    if any(_comes(one, table.key, name) for one in found):
        return
    difference = next(
        (
            one
            for one in project.differences.get(table.key, ())
            if one.kind in ("add_column", "rename_column")
            if isinstance(one.declared, Column) and one.declared.name == name
        ),
        None,
    )
    yield from _closed(difference, project) or created(table, name, project)


def _comes(change: Change, table: str, column: str) -> bool:
    if not isinstance(change, Alter | Create) or table_key(change.schema, change.table) != table:
        return False
    made = change.after if isinstance(change, Alter) else change.part
    return isinstance(made, Column) and made.name == column


def _closed(difference: Difference | None, project: Halves) -> tuple[Change, ...]:
    return () if difference is None else changes_for(difference, project) or ()


# ---------------------------------------------------------------------------------------------------------------------
# Foreign keys


def _keys(change: Change, project: Halves) -> Iterator[tuple[str, ForeignKey]]:
    """Give the foreign keys that a change makes, or whose columns get other types; each with its table's key."""
    if isinstance(change, Create):
        part = change.part
        made = part.foreign_keys if isinstance(part, Table) else (part,) if isinstance(part, ForeignKey) else ()
        yield from ((table_key(change.schema, change.table), key) for key in made)
    if not isinstance(change, Alter) or change.before.type == change.after.type:
        return
    of, name = table_key(change.schema, change.table), change.before.name
    for table in project.migrated.schema.tables.values():
        for key in table.foreign_keys:
            if (table.key == of and name in key.columns) or (key.referred_table == of and name in key.referred_columns):
                yield table.key, key


def _drops(change: Change, holder: str, key: ForeignKey) -> bool:
    return isinstance(change, Drop) and table_key(change.schema, change.table) == holder and change.part == key


def _target(key: ForeignKey, found: Sequence[Change], project: Halves) -> _Needed:
    """Give what makes the table that a key refers to, or its columns, where no revision has."""
    declared = project.declared.schema.tables.get(str(key.referred_table))
    if declared is None:
        return
    migrated = project.migrated.schema.tables.get(declared.key)
    if migrated is not None:
        for name in key.referred_columns:
            if migrated.column(name) is None:
                yield from _column(declared, name, found, project)
        return
    if any(_makes_table(one, declared.key) for one in found):
        return
    renamed = next(
        (
            one
            for several in project.differences.values()
            for one in several
            if one.kind == "rename_table" and isinstance(one.declared, Table) and one.declared.key == declared.key
        ),
        None,
    )
    yield from _closed(renamed, project) or created(declared, None, project)


def _makes_table(change: Change, key: str) -> bool:
    if isinstance(change, RenameTable):
        return table_key(change.schema, change.new_name) == key
    return isinstance(change, Create) and isinstance(change.part, Table) and change.part.key == key


def _support(key: ForeignKey, found: Sequence[Change], project: Halves) -> _Needed:
    """Give what keeps the columns unique that a key refers to, where only the models have that."""
    target = project.migrated.schema.tables.get(str(key.referred_table))
    columns = frozenset(key.referred_columns)
    if target is None or not columns:
        return
    of_it = [one for one in found if isinstance(one, Create | Drop) and table_key(one.schema, one.table) == target.key]
    dropped = [one.part for one in of_it if isinstance(one, Drop)]
    there = [
        one
        for one in (target.primary_key, *target.unique_constraints, *target.indexes)
        if all(one != each for each in dropped)
    ]
    coming = [one.part for one in of_it if isinstance(one, Create)]
    if any(_supports(one, columns) for one in (*there, *coming)):
        return
    differences = project.differences.get(target.key, ())
    missing = next((one for one in differences if _supports(one.declared, columns)), None)
    if missing is not None:
        yield from _closed(missing, project) or (None,)


def _supports(part: object, columns: frozenset[str]) -> bool:
    if isinstance(part, Index):
        plain = part.unique is True and "where" not in dict(part.options)
        return plain and frozenset(part.columns) == columns
    return isinstance(part, PrimaryKey | UniqueConstraint) and frozenset(part.columns) == columns


def _types(holder: str, key: ForeignKey, found: Sequence[Change], project: Halves) -> _Needed:
    """Give what makes the columns of a key alike again, where the models have them alike."""
    referred_table = str(key.referred_table)
    for name, referred in zip(key.columns, key.referred_columns, strict=False):
        one, other = _then(holder, name, found, project), _then(referred_table, referred, found, project)
        if one is None or other is None or not types_differ(one, other, project.dialect):
            continue
        asked = [
            each
            for table, column in ((holder, name), (referred_table, referred))
            for each in _closed(_of_type(table, column, project), project)
        ]
        if asked and not all(each in found for each in asked):
            yield from asked
        elif project.dialect == "postgresql" and not of_one_family(one.type, other.type):
            yield None  # such a key cannot be


def _of_type(table: str, column: str, project: Halves) -> Difference | None:
    return next(
        (
            one
            for one in project.differences.get(table, ())
            if one.kind in ("modify_type", "modify_type_argument") and one.name == column
        ),
        None,
    )


def _then(table: str, name: str, found: Sequence[Change], project: Halves) -> Column | None:
    """Give a column of a table as it is behind the changes found so far, as to its type."""
    for one in found:
        if isinstance(one, Create) and isinstance(one.part, Table) and one.part.key == table:
            return one.part.column(name)
        if not isinstance(one, Create | Alter) or table_key(one.schema, one.table) != table:
            continue
        if isinstance(one, Create) and isinstance(one.part, Column) and one.part.name == name:
            return one.part
        if isinstance(one, Alter) and one.before.name == name and one.before.type != one.after.type:
            return one.after
    migrated = project.migrated.schema.tables.get(table)
    return None if migrated is None else migrated.column(name)
