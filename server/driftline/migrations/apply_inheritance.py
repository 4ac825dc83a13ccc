"""Tables that have something of other tables on PostgreSQL: copies (LIKE), children (INHERITS) and partitions.

A copy is made once. Children and partitions follow what happens to their parent's columns and CHECK constraints, and
partitions to its keys and indexes too, which have names of their own on each partition.

Source: PostgreSQL's manual, "CREATE TABLE" (LIKE, INHERITS, PARTITION OF) and "ALTER TABLE" (ATTACH PARTITION).

Example: after `CREATE TABLE m_1 PARTITION OF m …`, `CREATE INDEX ix ON m (a)` makes `m_1_a_idx` on `m_1` as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from driftline.dataclass import replace
from driftline.migrations.apply_constraints import add_constraint, add_index, set_primary_key
from driftline.migrations.database_names import MYSQL_FAMILY, sequence_name
from driftline.migrations.operation import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    DropColumn,
    DropConstraint,
    DropIndex,
    Inherit,
    Like,
    Operation,
)
from driftline.migrations.working import Working, darkened
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Constraint,
    ForeignKey,
    Index,
    Name,
    ServerDefault,
    Table,
    table_key,
)

MOST_PASSED_ON = 20_000
"""So many operations are passed on to children and partitions: a hundred changes of two hundred partitions."""


def with_copies(work: Working, made: Table, likes: tuple[Like, ...], parents: tuple[Inherit, ...]) -> Table:
    """Give a new table with what it has of others; it is not known as a whole where one of them is not."""
    for like in likes:
        source = work.tables.get(like.table)
        if source is None or source.incomplete:
            made = _lost(made, like.table, work)
            continue
        made = _with_columns(made, [_copied(one, source, like.parts) for one in source.columns])
        if "CONSTRAINTS" in like.parts:
            checks = source.check_constraints
            if work.dialect == "mysql":  # which names them anew
                checks = tuple(replace(one, name=None) for one in checks)
            made = replace(made, check_constraints=(*checks, *made.check_constraints))
        if "INDEXES" in like.parts:
            made = _with_keys(made, source, renamed=work.dialect not in MYSQL_FAMILY)
        if "COMMENTS" in like.parts:
            made = replace(made, comment=source.comment)
    for one in reversed(parents):  # each puts its columns before all others
        parent = work.tables.get(one.parent)
        if parent is None or parent.incomplete or one.parent == made.key:
            made = _lost(made, one.parent, work)
            continue
        made = _with_columns(made, list(parent.columns))
        made = replace(made, check_constraints=(*parent.check_constraints, *made.check_constraints))
        if one.partition:
            made = _with_keys(made, parent, renamed=True)
            made = replace(made, foreign_keys=(*parent.foreign_keys, *made.foreign_keys))
    return made


def _lost(made: Table, source: str, work: Working) -> Table:
    origin = work.operation.origin if work.operation is not None else made.origin
    reason = Unknown(f"`{made.key}` has columns of `{source}`, which is not known here", origin)
    return replace(made, incomplete=(*made.incomplete, reason))


def _with_columns(made: Table, columns: list[Column]) -> Table:
    """Give `made` with more columns before its own; one that both have is NOT NULL if either says so."""
    own = {one.name: one for one in made.columns}
    merged = [_merged(own[one.name], one) if one.name in own else replace(one, origin=made.origin) for one in columns]
    names = {one.name for one in columns}
    return replace(made, columns=(*merged, *(one for one in made.columns if one.name not in names)))


def _merged(own: Column, inherited: Column) -> Column:
    """Give a column that a table states and has of another one; a partition states no type."""
    if not own.type.ddl and own.type.unknown is None:
        generated = own.computed or own.identity
        default = own.server_default or (None if generated else inherited.server_default)
        stated = replace(inherited, server_default=default, origin=own.origin)
        own = replace(stated, nullable=own.nullable, serial=inherited.serial and own.server_default is None)
    return replace(own, nullable=False) if inherited.nullable is False else own


def _copied(column: Column, source: Table, parts: frozenset[str]) -> Column:
    """Give a column as LIKE copies it: its type and NOT NULL, and what INCLUDING says besides.

    A copy of a serial column numbers by the sequence of the column that it was copied from.
    """
    default = column.server_default
    if column.serial:
        sequence = table_key(source.schema, sequence_name(source.name, column.name))
        default = ServerDefault(f"nextval('{sequence}'::regclass)")
    return replace(
        column,
        server_default=default if "DEFAULTS" in parts else None,
        serial=False,
        computed=column.computed if "GENERATED" in parts else None,
        identity=column.identity if "IDENTITY" in parts else None,
        comment=column.comment if "COMMENTS" in parts else None,
    )


def _with_keys(made: Table, source: Table, *, renamed: bool) -> Table:
    """Give `made` with the keys and indexes of another table; `renamed`: under names that are made up anew."""
    anew: dict[str, Any] = {"name": None} if renamed else {}
    primary = made.primary_key if made.primary_key.columns else replace(source.primary_key, **anew)
    return replace(
        made,
        primary_key=primary,
        unique_constraints=(
            *made.unique_constraints,
            *(replace(one, **anew) for one in source.unique_constraints),
        ),
        exclude_constraints=(
            *made.exclude_constraints,
            *(replace(one, **anew) for one in source.exclude_constraints),
        ),
        indexes=(*made.indexes, *(replace(one, generated=False, **anew) for one in source.indexes)),
    )


def inherit(work: Working, operation: Inherit) -> None:
    """Make a table that is there a child or a partition of another one, or part them."""
    child = work.find(operation.table, "A table is made a part of another:")
    parent = work.find(operation.parent, "A table is made a part of")
    if child is None or parent is None:
        return
    if _is_below(work, parent.key, child.key):
        return  # PostgreSQL refuses a circle
    if operation.detach:
        work.disown(parent.key, child.key)
        return
    work.adopt(parent.key, child.key, partition=operation.partition)
    if not operation.partition:
        return
    if parent.primary_key.columns and not child.primary_key.columns:
        set_primary_key(work, child.key, replace(parent.primary_key, name=None))
    for unique in parent.unique_constraints:
        if not any(one.columns == unique.columns for one in child.unique_constraints):
            add_constraint(work, child.key, replace(unique, name=None))
    for index in parent.indexes:
        if not any(_alike(one, index) for one in child.indexes):
            add_index(work, child.key, replace(index, name=None))
    for key in parent.foreign_keys:
        if not any(
            (one.columns, one.referred_table) == (key.columns, key.referred_table) for one in child.foreign_keys
        ):
            add_constraint(work, child.key, key)


def _is_below(work: Working, key: str, other: str) -> bool:
    """Whether a table is, or inherits from, another one, by however many steps."""
    waiting, seen = [other], set[str]()
    while waiting:
        one = waiting.pop()
        if one == key:
            return True
        if one not in seen:
            seen.add(one)
            waiting += work.children.get(one, ())
    return False


def _alike(one: Index, other: Index) -> bool:
    return (one.elements, one.unique, one.options) == (other.elements, other.unique, other.options)


def followers(work: Working, operation: Operation) -> list[Operation]:
    """Give what happens to the children and partitions of a table when `operation` happens to it."""
    if not work.children or operation.only:
        return []
    key = operation.table
    if isinstance(operation, DropIndex) and key is None:
        key = next((one.key for one in work.tables.values() if _index(one, operation.name) is not None), None)
    table = work.tables.get(key) if key is not None else None
    if table is None:
        return []
    children = [
        (work.tables[one], kind) for one, kind in work.children.get(table.key, {}).items() if one in work.tables
    ]
    work.passed_on += len(children)
    if work.passed_on > MOST_PASSED_ON:
        for child, _ in children:
            work.put(darkened(child, Unknown("it has too many siblings that follow their parent", table.origin)))
        work.children.pop(table.key, None)
        return []
    return [
        one
        for child, partition in children
        for one in (*_follow(operation, child), *(_follow_keys(operation, table, child) if partition else ()))
    ]


def _follow(operation: Operation, child: Table) -> Iterator[Operation]:
    """Give what happens to any child: its columns and CHECK constraints are the parent's."""
    match operation:
        case AddColumn():
            checks = tuple(one for one in operation.constraints if isinstance(one, CheckConstraint))
            yield replace(operation, table=child.key, constraints=checks, if_not_exists=True)
        case DropColumn():
            yield replace(operation, table=child.key, if_exists=True)
        case AlterColumn() if child.column(operation.column) is not None:
            yield replace(operation, table=child.key)
        case CreateConstraint() if isinstance(operation.constraint, CheckConstraint):
            yield replace(operation, table=child.key)
        case DropConstraint() if any(one.name == operation.name for one in child.check_constraints):
            yield replace(operation, table=child.key)


def _follow_keys(operation: Operation, table: Table, child: Table) -> Iterator[Operation]:
    """Give what happens to a partition besides: its foreign keys are the parent's, its other keys have own names."""
    match operation:
        case AddColumn():
            for one in operation.constraints:
                if isinstance(one, Index):
                    yield CreateIndex(child.key, replace(one, name=None))
                elif not isinstance(one, CheckConstraint):
                    yield CreateConstraint(child.key, _under_own_name(one))
        case CreateConstraint() if not isinstance(operation.constraint, CheckConstraint):
            yield replace(
                operation, table=child.key, constraint=_under_own_name(operation.constraint), using_index=None
            )
        case DropConstraint():
            name = _name_there(operation.name, table, child)
            if name is not None:
                yield replace(operation, table=child.key, name=name)
        case CreateIndex():
            yield replace(operation, table=child.key, index=replace(operation.index, name=None))
        case DropIndex():
            index = _index(table, operation.name)
            there = next((one for one in child.indexes if index is not None and _alike(one, index)), None)
            if there is not None:
                yield replace(operation, table=child.key, name=there.name)


def _under_own_name(constraint: Constraint) -> Constraint:
    return constraint if isinstance(constraint, ForeignKey) else replace(constraint, name=None)


def _name_there(name: object, table: Table, child: Table) -> str | None:
    """Give the name that a key of the parent's has on a partition."""
    found: Name = next((one.name for one in child.foreign_keys if one.name == name), None)
    if table.primary_key.columns and table.primary_key.name == name:
        found = child.primary_key.name
    columns = next((one.columns for one in table.unique_constraints if one.name == name), None)
    if columns is not None:
        found = next((one.name for one in child.unique_constraints if one.columns == columns), None)
    return found if isinstance(found, str) else None


def _index(table: Table, name: object) -> Index | None:
    return next((one for one in table.indexes if one.name == name), None)
