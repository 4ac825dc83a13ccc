"""What an operation does to a schema: the next schema, the events, and what was impossible about it.

`apply` is pure. A replay of many operations keeps one `Working` and calls `perform`, which costs what the operation
touches.

Example: `apply(schema, DropColumn("users", "email")).schema.tables["users"]` has no such column, nor the indexes that
were on it.
"""

from __future__ import annotations

from driftline.dataclass import dataclass, replace
from driftline.migrations import (
    apply_charsets,
    apply_constraints,
    apply_enums,
    apply_inheritance,
    apply_schemas,
    apply_tables,
)
from driftline.migrations.database_keeps import kept_comment
from driftline.migrations.history import Event, ReplayProblem
from driftline.migrations.meant_names import as_meant
from driftline.migrations.operation import (
    AddColumn,
    AddEnumValue,
    AlterColumn,
    Batch,
    ConvertTable,
    CreateConstraint,
    CreateEnum,
    CreateIndex,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropEnum,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    Execute,
    Inherit,
    Opaque,
    Operation,
    RenameConstraint,
    RenameEnum,
    RenameEnumValue,
    RenameIndex,
    RenameSchema,
    RenameTable,
    SetEnumValues,
    SetKeyChecks,
    SetSearchPath,
)
from driftline.migrations.working import KEY_CHECKS, SEARCH_PATH, Working, constraint_names, darkened, doubted
from driftline.python.host import Taken
from driftline.schema import PrimaryKey, Schema, Table, UniqueConstraint


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a schema: events are in the order of the operations, problems name the rule that reports them."""

    schema: Schema
    events: tuple[Event, ...] = ()
    problems: tuple[ReplayProblem, ...] = ()


def apply(schema: Schema, operation: Operation, *, revision: str = "") -> Applied:
    """Apply `operation` to `schema`. Pure and total.

    What is impossible is a problem, and the schema then is the best guess.
    """
    work = Working.of(schema)
    work.revision = revision
    perform(work, operation)
    return Applied(work.schema(), tuple(work.events), tuple(work.problems))


def attempt(work: Working, operation: Operation) -> tuple[ReplayProblem, ...]:
    """Give what would be impossible about `operation` in the state `work`, which stays as it is."""
    scratch = work.copy()
    perform(scratch, operation)
    return tuple(scratch.problems)


def perform(work: Working, operation: Operation) -> None:
    """Apply `operation` to the state `work`, recording events and problems there."""
    if isinstance(operation, Batch):
        _perform_batch(work, operation)
        return
    if (operation.branch is not None and operation.branch.taken is Taken.UNTAKEN) or work.is_refuted(operation.branch):
        work.skip(operation)
        return
    operation = as_meant(work, operation)
    work.begin(operation)
    _perform_with_children(work, operation)
    work.end()


def _perform_with_children(work: Working, operation: Operation) -> None:
    following = apply_inheritance.followers(work, operation)
    _perform(work, operation)
    for one in following:
        _perform_with_children(work, one)


def _perform_batch(work: Working, batch: Batch) -> None:
    untaken = batch.branch is not None and batch.branch.taken is Taken.UNTAKEN
    applies = tuple(
        one
        for one in batch.operations
        if not untaken and not (one.branch is not None and one.branch.taken is Taken.UNTAKEN)
    )
    for one in batch.operations:
        if not any(one is other for other in applies):
            work.skip(one)
    if not untaken and (work.dialect == "sqlite" or batch.recreate == "always"):
        from driftline.migrations import apply_batch  # few tables of other databases are copied

        if apply_batch.recreates(work.dialect, replace(batch, operations=applies)):
            apply_batch.copy_table(work, replace(batch, table=work.spelled(batch.table)), applies)
            return
    for one in applies:
        perform(work, one)


def _perform(work: Working, operation: Operation) -> None:  # noqa: C901, PLR0912 -- one case an operation
    match operation:
        case CreateTable():
            apply_tables.create_table(work, operation)
        case DropTable():
            apply_tables.drop_table(
                work,
                operation.table,
                if_exists=operation.if_exists,
                cascade=operation.cascade,
                along=operation.along,
            )
        case RenameTable():
            apply_tables.rename_table(
                work, operation.table, operation.new_name, operation.new_schema, if_exists=operation.if_exists
            )
        case AddColumn():
            apply_tables.add_column(work, operation)
        case DropColumn():
            apply_tables.drop_column(
                work, operation.table, operation.column, if_exists=operation.if_exists, cascade=operation.cascade
            )
        case AlterColumn():
            apply_tables.alter_column(work, operation)
        case CreateIndex():
            if work.find(operation.table, "An index is created on the table") is not None:
                apply_constraints.add_index(
                    work, operation.table, operation.index, if_not_exists=operation.if_not_exists
                )
        case DropIndex():
            apply_constraints.drop_index(
                work,
                operation.table,
                operation.name,
                operation.schema,
                if_exists=operation.if_exists,
                cascade=operation.cascade,
            )
        case RenameIndex():
            apply_constraints.rename_index(
                work, operation.name, operation.new_name, operation.schema, if_exists=operation.if_exists
            )
        case CreateConstraint():
            _create_constraint(work, operation)
        case DropConstraint():
            if work.find(operation.table, "A constraint is dropped from the table") is not None:
                apply_constraints.drop_constraint(
                    work,
                    operation.table,
                    operation.name,
                    operation.type_,
                    if_exists=operation.if_exists,
                    cascade=operation.cascade,
                )
        case RenameConstraint():
            if work.find(operation.table, "A constraint is renamed on the table") is not None:
                apply_constraints.rename_constraint(work, operation.table, operation.name, operation.new_name)
        case Inherit():
            apply_inheritance.inherit(work, operation)
        case ConvertTable():
            apply_charsets.convert_table(work, operation)
        case CreateTableComment() | DropTableComment():
            table = work.find(operation.table, "The migration comments on the table")
            if table is not None:
                comment = operation.comment if isinstance(operation, CreateTableComment) else None
                work.put(replace(table, comment=kept_comment(work.dialect, comment)))
        case _:
            _perform_elsewhere(work, operation)


def _perform_elsewhere(work: Working, operation: Operation) -> None:
    """Apply an operation that is about no single table."""
    match operation:
        case CreateEnum():
            apply_enums.create_enum(work, operation)
        case DropEnum():
            apply_enums.drop_enum(work, operation)
        case AddEnumValue():
            apply_enums.add_value(work, operation)
        case RenameEnumValue():
            apply_enums.rename_value(work, operation)
        case SetEnumValues():
            apply_enums.set_values(work, operation)
        case RenameEnum():
            apply_enums.rename_enum(work, operation)
        case DropSchema():
            apply_schemas.drop_schema(work, operation.schema)
        case RenameSchema():
            apply_schemas.rename_schema(work, operation.schema, operation.new_name)
        case DropSequence():
            if operation.cascade:
                apply_tables.drop_numbering(work, operation.sequence)
        case SetSearchPath():
            work.session[SEARCH_PATH] = operation.schemas
        case SetKeyChecks():
            work.session[KEY_CHECKS] = operation.on
        case Opaque():
            _darken(work, operation)
        case Execute():
            work.views.discard(operation.drops_view or "")
            work.views |= {operation.creates_view} if operation.creates_view is not None else set()
        case _:
            pass  # rows, and schemas without tables


def _create_constraint(work: Working, operation: CreateConstraint) -> None:
    """Add a constraint; `USING INDEX` turns the index into it, under the constraint's name."""
    table = work.find(operation.table, "A constraint is created on the table")
    if table is None:
        return
    if operation.if_not_exists and operation.constraint.name in constraint_names(table):
        return
    index = next(
        (one for one in table.indexes if operation.using_index is not None and one.name == operation.using_index), None
    )
    constraint = operation.constraint
    if index is not None and isinstance(constraint, UniqueConstraint | PrimaryKey):
        columns = tuple(one for one in index.columns if one is not None)
        work.put(replace(table, indexes=tuple(one for one in table.indexes if one is not index)))
        name = constraint.name if constraint.name is not None else index.name
        constraint = replace(constraint, name=name, columns=columns)
    apply_constraints.add_constraint(work, operation.table, constraint)


def _darken(work: Working, operation: Opaque) -> None:
    if operation.tables is None or operation.creates:
        work.incomplete.append(operation.what)
    keys = list(work.tables) if operation.tables is None else [key for key in operation.tables if key in work.tables]
    for key in keys:
        table = darkened(work.tables[key], operation.what)
        work.put(table if operation.tables is None else _doubted(table))


def _doubted(table: Table) -> Table:
    """Give a table that something unread is about, by name: it may have altered or dropped whatever was there."""
    return replace(
        table,
        columns=tuple(replace(one, conditional=True) for one in table.columns),
        foreign_keys=doubted(table.foreign_keys),
        unique_constraints=doubted(table.unique_constraints),
        check_constraints=doubted(table.check_constraints),
        exclude_constraints=doubted(table.exclude_constraints),
        indexes=doubted(table.indexes),
    )
