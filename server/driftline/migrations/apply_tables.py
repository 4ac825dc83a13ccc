"""How operations on tables and columns change the state, and what the database does along with them.

Sources of the rules: PostgreSQL's manual, "ALTER TABLE" (indexes and constraints that involve a dropped column go with
it), SQLite's "ALTER TABLE", MySQL's "ALTER TABLE" (a dropped column leaves the indexes it was part of), and Alembic's
`ddl/*.py` (1.20).

Example: `drop_column(work, "users", "email")` on PostgreSQL takes `users_email_key` along.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from driftline.dataclass import replace
from driftline.migrations.apply_charsets import as_shown
from driftline.migrations.apply_constraints import (
    add_constraint,
    add_index,
    note_conditional_drop,
    set_primary_key,
    without_constraint,
)
from driftline.migrations.apply_inheritance import with_copies
from driftline.migrations.database_keeps import kept_column, kept_table
from driftline.migrations.database_names import MYSQL_FAMILY, sequence_name
from driftline.migrations.needed_keys import note_column_needed, note_referring
from driftline.migrations.operation import AddColumn, AlterColumn, CreateTable, NewDefault
from driftline.migrations.sql_text import columns_in, rename_in
from driftline.migrations.working import HERE, Working, darkened, split_key
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ForeignKey,
    Identity,
    Index,
    IndexElement,
    PrimaryKey,
    ServerDefault,
    Table,
    UniqueConstraint,
    table_key,
    unknown_type,
)


def create_table(work: Working, operation: CreateTable) -> None:
    """Create a table, its constraints under the names that they get, and the enums that come with it."""
    made = operation.made
    existing = work.tables.get(made.key)
    if existing is not None and made.key not in work.unseen:
        _create_again(work, operation, existing)
        return
    if operation.likes or operation.parents:
        made = with_copies(work, made, operation.likes, operation.parents)
    made = kept_table(work.dialect, without_doubles(work.dialect, made))
    if made.charset is not None:
        columns = tuple(as_shown(work.dialect, one, made.charset) for one in made.columns)
        made = replace(made, columns=columns)
    _create_enums(work, operation)
    work.unseen.discard(made.key)
    bare = replace(
        made,
        primary_key=PrimaryKey(None, ()),
        foreign_keys=(),
        unique_constraints=(),
        indexes=(),
        check_constraints=(),
        exclude_constraints=(),
        conditional=made.conditional or work.assumed,
    )
    work.put(bare)
    if operation.temporary:
        work.temporary.add(made.key)
    work.gone.pop(made.key, None)
    # PostgreSQL makes up names in this order: checks with the table, then the primary key, the other indexes, foreign
    # keys.
    for check in made.check_constraints:
        add_constraint(work, made.key, check)
    if made.primary_key.columns:
        set_primary_key(work, made.key, made.primary_key)
    for unique in made.unique_constraints:
        add_constraint(work, made.key, unique)
    for exclude in made.exclude_constraints:
        add_constraint(work, made.key, exclude)
    for foreign_key in made.foreign_keys:
        # SQLAlchemy leaves `use_alter` keys out of CREATE TABLE where the dialect could add them later; Alembic never
        # does.
        if not (foreign_key.use_alter and work.dialect != "sqlite"):
            add_constraint(work, made.key, foreign_key)
    for index in made.indexes:
        add_index(work, made.key, index)
    for parent in (one for one in operation.parents if one.parent != made.key):
        work.adopt(parent.parent, made.key, partition=parent.partition)


def _create_again(work: Working, operation: CreateTable, existing: Table) -> None:
    """Create a table that is there; Alembic makes its indexes all the same."""
    key = operation.table
    if not operation.if_not_exists:
        work.problem(
            "table-exists",
            f"The table `{key}` is created, but it exists {HERE}.",
            about=key,
            sure=not existing.conditional,
        )
    elif not operation.raw and not operation.checkfirst_enums:
        for index in operation.made.indexes:
            add_index(work, key, index)


def without_doubles(dialect: str, made: Table) -> Table:
    """Give a new table without the constraints that come to nothing: a second one on the same columns.

    PostgreSQL (`transformIndexConstraints`) keeps the first unique one, under whichever of the two has a name, and
    drops one on the primary key's columns likewise. SQLite makes one index for both, and that is all that reflection
    sees; of foreign keys over the same columns it sees the first.
    """
    if dialect not in ("postgresql", "sqlite"):
        return made
    if dialect == "sqlite":
        first = {(one.columns, one.referred_table, one.referred_columns): one for one in reversed(made.foreign_keys)}
        if len(first) < len(made.foreign_keys):
            made = replace(made, foreign_keys=tuple(reversed(first.values())))
    kept: list[UniqueConstraint] = []
    primary = made.primary_key
    for one in made.unique_constraints:
        if dialect == "postgresql" and one.columns == primary.columns and not one.options:
            primary = replace(primary, name=one.name) if primary.name is None else primary
            continue
        same = (at for at, other in enumerate(kept) if (other.columns, other.options) == (one.columns, one.options))
        at = next(same, None)
        if at is None:
            kept.append(one)
        elif kept[at].name is None and dialect == "postgresql":
            kept[at] = one
    return replace(made, unique_constraints=tuple(kept), primary_key=primary)


def _create_enums(work: Working, operation: CreateTable) -> None:
    if work.dialect != "postgresql":
        return
    for enum in operation.enums:
        existing = work.enums.get(enum.key)
        if existing is None:
            if enum.key not in work.made_types:
                work.enums[enum.key] = replace(enum, conditional=enum.conditional or work.assumed)
        elif enum.key not in work.made_types and not operation.checkfirst_enums:
            work.problem(
                "enum-exists",
                f"Creating `{operation.table}` creates the enum type `{enum.key}` too, but it exists {HERE}.",
                about=enum.key,
                sure=not existing.conditional,
            )
        work.made_types.add(enum.key)


def drop_table(
    work: Working, key: str, *, if_exists: bool, cascade: bool = True, along: frozenset[str] = frozenset()
) -> None:
    """Drop a table; foreign keys to it go along, except where nobody looks after them and they are left dangling.

    Without `cascade`, a database that looks after its foreign keys refuses while there are any from other tables, but
    for those that go in the same statement (`along`), whose order MariaDB alone minds.
    """
    if if_exists and key not in work.tables:
        return
    table = work.find(key, "The migration drops the table")
    if table is None:
        return
    if not cascade:
        spared = along if work.dialect != "mariadb" else frozenset[str]()
        note_referring(work, table, None, f"The table `{key}` is dropped", spared)
    children = [child for child, is_partition in work.children.get(key, {}).items() if is_partition or cascade]
    work.remove(key)
    for child in children:
        drop_table(work, child, if_exists=True, cascade=cascade)
    if cascade:
        for column in (one for one in table.columns if one.serial):
            drop_numbering(work, table_key(table.schema, sequence_name(table.name, column.name)))
    if work.checks_keys:
        for holder, one in list(work.referring(key)):
            current = work.tables[holder.key]
            work.put(replace(current, foreign_keys=tuple(other for other in current.foreign_keys if other is not one)))
    if work.assumed and work.operation is not None:
        work.incomplete.append(
            Unknown(
                f"whether the table `{key}` is dropped depends on a condition that could not be worked out",
                work.operation.origin,
            )
        )


def drop_numbering(work: Working, sequence: str) -> None:
    """Take away the server defaults that number by the sequence with the key `sequence`."""
    schema, name = split_key(sequence)
    for table in list(work.tables.values()):
        columns = tuple(
            replace(one, server_default=None, serial=False)
            if (one.serial and table.schema == schema and sequence_name(table.name, one.name) == name)
            or (one.server_default is not None and _numbers_by(one.server_default.sql, sequence))
            else one
            for one in table.columns
        )
        if any(new is not old for new, old in zip(columns, table.columns, strict=True)):
            work.put(replace(table, columns=columns))


def _numbers_by(sql: str | Unknown, sequence: str) -> bool:
    """Whether a server default takes its numbers from `sequence`: `nextval('users_id_seq'::regclass)`."""
    match = _NEXTVAL.fullmatch(sql) if isinstance(sql, str) else None
    return match is not None and match[1].replace('"', "").removeprefix("public.") == sequence


_NEXTVAL = regex(r"nextval\('([^']+)'(?:\s*::\s*regclass)?\)", re.IGNORECASE)


def rename_table(work: Working, key: str, new_name: str, new_schema: str | None, *, if_exists: bool = False) -> None:
    """Give a table another name or schema; foreign keys to it follow."""
    if if_exists and key not in work.tables:
        return
    table = work.find(key, "The migration renames the table")
    new_key = table_key(new_schema, new_name)
    if table is None or new_key == key:
        return
    existing = work.tables.get(new_key)
    if existing is not None and new_key not in work.unseen:
        work.problem(
            "table-exists",
            f"`{key}` is renamed to `{new_key}`, but there is a table of that name {HERE}.",
            about=new_key,
            sure=not existing.conditional,
        )
        return
    if existing is not None:
        work.remove(new_key)
    moved = replace(
        table,
        name=new_name,
        schema=new_schema,
        foreign_keys=tuple(_retarget(one, key, new_key) for one in table.foreign_keys),
    )
    if work.dialect in MYSQL_FAMILY:
        old, new = f"{table.name}_ibfk_", f"{new_name}_ibfk_"
        moved = replace(
            moved,
            foreign_keys=tuple(
                replace(one, name=new + one.name[len(old) :])
                if isinstance(one.name, str) and one.name.startswith(old)
                else one
                for one in moved.foreign_keys
            ),
        )
    work.move(key, moved)
    work.gone.pop(new_key, None)
    retarget_foreign_keys(work, key, new_key, lambda one: _retarget(one, key, new_key))


def _retarget(one: ForeignKey, key: str, new_key: str) -> ForeignKey:
    return replace(one, referred_table=new_key) if one.referred_table == key else one


def retarget_foreign_keys(work: Working, key: str, but: str, change: Callable[[ForeignKey], ForeignKey]) -> None:
    """Put every table that refers to `key` and whose foreign keys `change` changes, except `but`."""
    for table in {table.key: table for table, _ in work.referring(key)}.values():
        changed = tuple(change(one) for one in table.foreign_keys)
        if table.key != but and any(new is not old for new, old in zip(changed, table.foreign_keys, strict=True)):
            work.put(replace(table, foreign_keys=changed))


# Columns -------------------------------------------------------------------------------------------------------------


def add_column(work: Working, operation: AddColumn) -> None:
    """Add a column, and the constraints and indexes that it carries."""
    key, column = operation.table, operation.column
    table = work.find(key, f"The column `{column.name}` is added to")
    if table is None:
        return
    existing = table.column(column.name)
    if existing is not None:
        if not operation.if_not_exists:
            work.problem(
                "column-exists",
                f"The column `{column.name}` is added to `{key}`, which has one of that name {HERE}.",
                about=column.name,
                sure=not (existing.conditional or table.conditional),
            )
        elif not operation.raw:
            _add_what_comes_along(work, operation, existing)
        return
    made = kept_column(work.dialect, replace(column, conditional=column.conditional or work.assumed))
    made = as_shown(work.dialect, made, table.charset)
    work.put(replace(table, columns=_placed((*table.columns, made), made, operation)))
    _add_constraints(work, operation)


def _add_what_comes_along(work: Working, operation: AddColumn, existing: Column) -> None:
    """Add what Alembic adds by statements of their own, whether or not the column was there."""
    table = work.tables[operation.table]
    comment = operation.column.comment
    if comment is not None and work.dialect == "postgresql":
        commented = replace(existing, comment=comment)
        columns = tuple(commented if one is existing else one for one in table.columns)
        work.put(replace(table, columns=columns))
    apart = [one for one in operation.constraints if isinstance(one, Index) or not _is_inline(one)]
    _add_constraints(work, replace(operation, constraints=tuple(apart)))


def _is_inline(constraint: Constraint) -> bool:
    """Whether a constraint of a new column is written into its definition."""
    if isinstance(constraint, CheckConstraint):
        return constraint.of_column is not None
    return isinstance(constraint, PrimaryKey) or (isinstance(constraint, ForeignKey) and constraint.inline)


def _add_constraints(work: Working, operation: AddColumn) -> None:
    """Add the constraints and indexes that a new column carries."""
    key = operation.table
    for one in operation.constraints:
        if isinstance(one, Index):
            add_index(work, key, one)
        elif not (work.dialect == "sqlite" and isinstance(one, CheckConstraint) and one.type_bound):
            add_constraint(work, key, one)  # Alembic leaves out what it would have to add to a table of SQLite's


def _placed(columns: tuple[Column, ...], moved: Column, operation: AddColumn | AlterColumn) -> tuple[Column, ...]:
    """Give `columns` with one of them where MySQL's FIRST or AFTER puts it, or a batch that copies the table."""
    before = operation.before if isinstance(operation, AddColumn) else None
    if not operation.first and operation.after is None and before is None:
        return columns
    others = [one for one in columns if one is not moved]
    at = next((at for at, one in enumerate(others, 1) if one.name == operation.after), len(others))
    at = next((at for at, one in enumerate(others) if one.name == before), at)
    others.insert(0 if operation.first else at, moved)
    return tuple(others)


def drop_column(work: Working, key: str, name: str, *, if_exists: bool, cascade: bool) -> None:
    """Drop a column with what depends on it."""
    table = work.find(key, f"The column `{name}` is dropped from")
    if table is None:
        return
    if table.column(name) is None:
        if not if_exists and not table.incomplete:
            work.problem(
                "unknown-column",
                f"The column `{name}` of `{key}` is dropped, but there is no such column {HERE}.",
                about=name,
                sure=not table.conditional,
            )
        return
    if not cascade:
        note_referring(work, table, name, f"The column `{name}` of `{key}` is dropped")
    note_column_needed(work, table, name)
    work.put(without_column(work.dialect, table, name))
    if work.dialect == "postgresql" or cascade:
        for holder, one in list(work.referring(key)):
            if name in one.referred_columns and holder.key != key:
                current = work.tables[holder.key]
                work.put(
                    replace(current, foreign_keys=tuple(other for other in current.foreign_keys if other is not one))
                )
    note_conditional_drop(work, key, f"the column `{name}`")


def without_column(dialect: str, table: Table, name: str) -> Table:
    """Give `table` without the column `name`, and without the constraints and indexes that go with it."""
    names = [one.name for one in table.columns]

    def mentions(sql: str | Unknown) -> bool:
        return isinstance(sql, str) and name in columns_in(sql, names)

    def indexed(one: Index) -> bool:
        where = dict(one.options).get("where")
        return (
            name in one.columns
            or any(mentions(part.sql) for part in one.elements)
            or mentions(where if isinstance(where, str) else "")
        )

    indexes: tuple[Index, ...]
    if dialect in MYSQL_FAMILY:
        shrunk = (
            replace(one, elements=tuple(part for part in one.elements if part.column != name)) for one in table.indexes
        )
        indexes = tuple(one for one in shrunk if one.elements)
        uniques = tuple(
            replace(one, columns=tuple(column for column in one.columns if column != name))
            for one in table.unique_constraints
        )
        uniques = tuple(one for one in uniques if one.columns)
    else:
        indexes = tuple(one for one in table.indexes if not indexed(one))
        uniques = tuple(one for one in table.unique_constraints if name not in one.columns)
    return replace(
        table,
        columns=tuple(one for one in table.columns if one.name != name),
        primary_key=PrimaryKey(None, ()) if name in table.primary_key.columns else table.primary_key,
        foreign_keys=tuple(
            one
            for one in table.foreign_keys
            if name not in one.columns and not (one.referred_table == table.key and name in one.referred_columns)
        ),
        unique_constraints=uniques,
        indexes=indexes,
        check_constraints=tuple(one for one in table.check_constraints if not mentions(one.sql)),
        exclude_constraints=tuple(
            one for one in table.exclude_constraints if not any(mentions(expression) for expression, _ in one.elements)
        ),
    )


def alter_column(work: Working, operation: AlterColumn) -> None:
    """Change a column: its type's old checks go, it changes, its type's new checks come, and last the new name."""
    key, name = operation.table, operation.column
    table = work.find(key, f"The column `{name}` is altered in")
    if table is None:
        return
    column = table.column(name)
    if column is None:
        if not table.incomplete:
            work.problem(
                "unknown-column",
                f"The column `{name}` of `{key}` is altered, but there is no such column {HERE}.",
                about=name,
                sure=not table.conditional,
            )
            return
        column = _guessed(operation, table.incomplete[0])
        table = replace(table, columns=(*table.columns, column))
        work.put(table)
    for removed in operation.removed_checks:
        without = without_constraint(work.dialect, table, removed) if isinstance(removed, str) else None
        if without is not None:
            table = without
    altered = as_shown(work.dialect, altered_column(work.dialect, column, operation), table.charset)
    if work.assumed:
        altered = replace(altered, conditional=True)
    columns = tuple(altered if one is column else one for one in table.columns)
    table = _without_own_check(table, name) if operation.restates and work.dialect == "mariadb" else table
    work.put(replace(table, columns=_placed(columns, altered, operation)))
    for check in operation.added_checks:
        add_constraint(work, key, check)
    if operation.new_column_name is not None and operation.new_column_name != name:
        rename_column(work, key, name, operation.new_column_name)


def _without_own_check(table: Table, column: str) -> Table:
    """Give `table` without the CHECK that is a part of a column, which MariaDB calls like it."""
    return replace(table, check_constraints=tuple(one for one in table.check_constraints if one.of_column != column))


def _guessed(operation: AlterColumn, reason: Unknown) -> Column:
    """Give the column as far as altering it tells what it was, for a table that was not read in full."""
    default = operation.existing_server_default
    return Column(
        operation.column,
        operation.existing_type if operation.existing_type is not None else unknown_type(reason),
        nullable=operation.existing_nullable if operation.existing_nullable is not None else reason,
        server_default=default if isinstance(default, ServerDefault) else None,
        comment=operation.existing_comment,
        origin=operation.origin,
    )


def altered_column(dialect: str, column: Column, operation: AlterColumn) -> Column:
    """Give `column` after `operation`, under its old name."""
    if dialect in MYSQL_FAMILY and not operation.raw:
        operation = _restated(operation)
    if operation.type is not None:
        column = replace(column, type=operation.type, collation=None)
    if operation.nullable is not None:
        column = replace(column, nullable=operation.nullable)
    if operation.drop_generated:
        column = replace(column, computed=None, identity=None)
    column = with_default(column, operation.server_default)
    if operation.comment is not False:
        column = replace(column, comment=operation.comment or None)
    if operation.autoincrement is not None and dialect in MYSQL_FAMILY:
        column = replace(column, autoincrement=operation.autoincrement)
    return kept_column(dialect, replace(column, origin=operation.origin))


def _restated(operation: AlterColumn) -> AlterColumn:
    """Give what MySQL's MODIFY and CHANGE amount to: the whole column again, as the `existing_` arguments say."""
    if not operation.says_all_anew:
        return operation
    existing_default = operation.existing_server_default
    return replace(
        operation,
        nullable=next((one for one in (operation.nullable, operation.existing_nullable) if one is not None), True),
        type=operation.type if operation.type is not None else operation.existing_type,
        server_default=(
            operation.server_default
            if operation.server_default is not False
            else (None if existing_default is False else existing_default)
        ),
        comment=operation.comment if operation.comment is not False else operation.existing_comment,
    )


def with_default(column: Column, default: NewDefault) -> Column:
    """Give `column` with another server default (False: the one it has); None drops an identity too."""
    if default is False:
        return column
    if default is None:
        return replace(column, server_default=None, identity=None, serial=False)
    if isinstance(default, Computed):
        return replace(column, computed=default, server_default=None, serial=False)
    if isinstance(default, Identity):
        return replace(column, identity=default, server_default=None, serial=False, nullable=False)
    return replace(column, server_default=default, serial=False)


def rename_column(work: Working, key: str, old: str, new: str) -> None:
    """Give a column another name, everywhere; impossible where there is one of that name."""
    table = work.tables[key]
    existing = table.column(new)
    if existing is not None:
        work.problem(
            "column-exists",
            f"`{old}` of `{key}` is renamed to `{new}`, but there is a column of that name {HERE}.",
            about=new,
            sure=not (existing.conditional or table.conditional),
        )
        return
    work.put(renamed_column(table, old, new))

    def follow(one: ForeignKey) -> ForeignKey:
        if one.referred_table != key or old not in one.referred_columns:
            return one
        return replace(one, referred_columns=_renamed(one.referred_columns, old, new))

    retarget_foreign_keys(work, key, key, follow)


def renamed_column(table: Table, old: str, new: str) -> Table:
    """Give `table` with the column `old` called `new`, in its constraints and indexes too."""

    def text(sql: str | Unknown) -> str | Unknown:
        return rename_in(sql, old, new) if isinstance(sql, str) else sql

    def foreign_key(one: ForeignKey) -> ForeignKey:
        referred = _renamed(one.referred_columns, old, new) if one.referred_table == table.key else one.referred_columns
        return replace(one, columns=_renamed(one.columns, old, new), referred_columns=referred)

    def element(one: IndexElement) -> IndexElement:
        return replace(one, column=new if one.column == old else one.column, sql=text(one.sql))

    def index(one: Index) -> Index:
        options = tuple(
            (name, text(value) if name == "where" and isinstance(value, str) else value) for name, value in one.options
        )
        return replace(one, elements=tuple(element(part) for part in one.elements), options=options)

    def column(one: Column) -> Column:
        computed = replace(one.computed, sql=text(one.computed.sql)) if one.computed is not None else None
        return replace(one, name=new if one.name == old else one.name, computed=computed)

    def check(one: CheckConstraint) -> CheckConstraint:
        return replace(one, sql=text(one.sql))

    return replace(
        table,
        columns=tuple(column(one) if one.name == old or one.computed is not None else one for one in table.columns),
        primary_key=replace(table.primary_key, columns=_renamed(table.primary_key.columns, old, new)),
        foreign_keys=tuple(foreign_key(one) for one in table.foreign_keys),
        unique_constraints=tuple(
            replace(one, columns=_renamed(one.columns, old, new)) for one in table.unique_constraints
        ),
        indexes=tuple(index(one) for one in table.indexes),
        check_constraints=tuple(check(one) for one in table.check_constraints),
    )


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if one == old else one for one in columns)


def darken(work: Working, key: str, reason: Unknown) -> None:
    """Note that something unread may have changed the table with the key `key`."""
    if key in work.tables:
        work.put(darkened(work.tables[key], reason))
