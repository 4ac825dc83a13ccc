"""What a `batch_alter_table` block does on SQLite, or where it says `always`: a new table is made and takes the name.

After `ApplyBatchImpl` (alembic/operations/batch.py, 1.20) and what SQLAlchemy's reflection of SQLite leaves out: CHECK
constraints without a name, indexes on expressions and collations do not survive the copy. Within a block, columns keep
their old names until it ends.

Example: a block that drops the column `a` also drops every UNIQUE and foreign key that `a` is part of, and a CHECK
without a name.
"""

from __future__ import annotations

from itertools import pairwise

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.apply_constraints import add_index, with_columns_seen
from driftline.migrations.apply_tables import (
    altered_column,
    create_table,
    drop_table,
    rename_table,
    with_default,
    without_doubles,
)
from driftline.migrations.database_keeps import kept_table
from driftline.migrations.operation import (
    AddColumn,
    AlterColumn,
    Batch,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropIndex,
    Opaque,
    Operation,
)
from driftline.migrations.sql_text import columns_in, rename_in
from driftline.migrations.working import HERE, KEY_CHECKS, Working, darkened, doubted, shaken, unread_name
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    ExcludeConstraint,
    ForeignKey,
    Index,
    Name,
    PrimaryKey,
    Table,
    UniqueConstraint,
)
from driftline.schema.naming import Kind, NamingConvention, constraint_name

_MOST_OF_NAME = 50
"""How much Alembic keeps of the name of a table that it makes (`ApplyBatchImpl._calc_temp_name`)."""

Copied = ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | PrimaryKey


def recreates(dialect: str, batch: Batch) -> bool:
    """Whether Alembic copies the table for this block."""
    if batch.recreate == "auto":
        return dialect == "sqlite" and any(_needs_copy(one) for one in batch.operations)
    return batch.recreate == "always"


def _needs_copy(operation: Operation) -> bool:
    if isinstance(operation, AddColumn):
        computed = operation.column.computed
        return (
            operation.expression_default
            or (computed is not None and computed.persisted is True)
            or any(not isinstance(one, Index) for one in operation.constraints)
        )
    return not isinstance(operation, CreateIndex | DropIndex)


@dataclass(slots=True)
class _Copy:
    """The table that is being made: `columns` by their names before the block, in their order."""

    table: Table
    columns: dict[str, Column]
    keyed: list[str]
    """The columns that are flagged as primary key; a constraint that says otherwise wins."""
    unsaid: set[str] = field(default_factory=set)
    """The new columns that do not say whether they are nullable."""
    constraints: list[Copied] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    new_indexes: list[Index] = field(default_factory=list)
    existing: list[str] = field(default_factory=list)
    """The columns that were there before, in their order."""
    ordered: tuple[tuple[str, ...], ...] = ()
    """Columns that come one after the other."""
    placed: list[tuple[str, str]] = field(default_factory=list)
    """New columns and those that they come behind or before: (the earlier, the later)."""

    @classmethod
    def of(cls, table: Table, batch: Batch, dialect: str) -> _Copy:
        """Reflect `table`, or take the one that the block gives."""
        whole = batch.copy_from is not None or dialect != "sqlite"
        given = batch.copy_from
        source = given if given is not None else _reflected_with(table, batch.reflected)
        convention = NamingConvention(dict(batch.naming)) if batch.naming else None
        named: dict[str, Copied] = {}
        unnamed: list[Copied] = []
        pool: tuple[Copied, ...] = (
            *((source.primary_key,) if source.primary_key.columns else ()),
            *source.foreign_keys,
            *source.unique_constraints,
            *source.check_constraints,
        )
        for one in pool:
            if isinstance(one, ForeignKey) and one.inline and given is None:
                one = replace(one, name=None, ondelete=None, onupdate=None, inline=False)  # noqa: PLW2901 -- as reflected
            if convention is not None and one.name is None and given is None:
                one = replace(one, name=_conventional(one, source, convention))  # noqa: PLW2901 -- the constraint under its new name
            if isinstance(one, CheckConstraint) and one.name is None and given is None:
                continue
            if isinstance(one.name, str):
                named[one.name] = one
            else:
                unnamed.append(one)
        return cls(
            table=replace(table, comment=source.comment),
            columns={one.name: one if whole else replace(one, collation=None) for one in source.columns},
            keyed=list(source.primary_key.columns),
            existing=[one.name for one in source.columns],
            ordered=batch.ordered,
            constraints=[*named.values(), *unnamed],
            indexes=[
                one if whole else _without_collations(one)
                for one in source.indexes
                if given is not None or None not in one.columns
            ],
        )

    def finish(self, extra: tuple[Constraint, ...]) -> Table:
        """Give the new table as it would be if the block ended here."""
        names = {key: column.name for key, column in self.columns.items()}
        renamed = {key: name for key, name in names.items() if key != name}
        ordered = sorted(self.constraints, key=lambda one: not isinstance(one.name, str))
        kept = [made for one in (*ordered, *extra) if (made := _carried(one, names, self.table.key)) is not None]
        flagged = PrimaryKey(None, tuple(names[one] for one in self.keyed if one in names))
        primary = next((one for one in reversed(kept) if isinstance(one, PrimaryKey)), flagged)
        primary = primary if primary.columns else PrimaryKey(None, ())
        columns = tuple(
            replace(column, nullable=False) if key in self.unsaid and column.name in primary.columns else column
            for key, column in self._in_order()
        )
        indexes = []
        for index in (*self.indexes, *self.new_indexes):
            if all(column in names for column in index.columns if column is not None):
                elements = tuple(
                    replace(part, column=names.get(part.column, part.column), sql=names.get(part.column, part.sql))
                    if part.column in renamed
                    else part
                    for part in index.elements
                    for part in (part,)
                    if part.column is None or part.column in names
                )
                indexes.append(replace(index, elements=elements))
        return replace(
            self.table,
            columns=columns,
            primary_key=primary,
            foreign_keys=tuple(one for one in kept if isinstance(one, ForeignKey)),
            unique_constraints=tuple(one for one in kept if isinstance(one, UniqueConstraint)),
            check_constraints=tuple(one for one in kept if isinstance(one, CheckConstraint)),
            exclude_constraints=(),
            indexes=tuple(indexes),
        )

    def _in_order(self) -> list[tuple[str, Column]]:
        """Give the columns as the block orders them (`ApplyBatchImpl._adjust_self_columns_for_partial_reordering`)."""
        pairs = [pair for group in (self.ordered or (self.existing,)) for pair in pairwise(group)]
        ordered = _sorted_by(list(self.columns), [*pairs, *self.placed])
        return [(key, self.columns[key]) for key in ordered]

    def place(self, name: str, before: str | None, after: str | None) -> None:
        """Note where a new column comes (`ApplyBatchImpl._setup_dependencies_for_add_column`)."""
        if not self.ordered and before is None and after is not None:
            behind = self.existing[self.existing.index(after) + 1 :] if after in self.existing else []
            before = next(iter(behind), None) if after in self.existing else dict(self.placed).get(after)
        elif not self.ordered and after is None and before is not None:
            ahead = self.existing[: self.existing.index(before)] if before in self.existing else []
            new = {later: earlier for earlier, later in self.placed}
            after = next(reversed(ahead), None) if before in self.existing else new.get(before)
        elif not self.ordered and before is None and self.existing:
            after = self.existing[-1]
        self.placed += [(name, before)] if before is not None else []
        self.placed += [(after, name)] if after is not None else []


def _sorted_by(names: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    """Sort so that the first of each pair comes before the second, and first what waits for nothing.

    As SQLAlchemy does it (`sqlalchemy.util.topological.sort`); what goes in a circle, which Alembic refuses, stays.
    """
    before: dict[str, set[str]] = {name: set() for name in names}
    for one, other in pairs:
        if one != other and other in before:
            before[other].add(one)
    found: list[str] = []
    waiting = list(names)
    while waiting:
        free = [name for name in waiting if before[name].isdisjoint(waiting)] or waiting
        found += free
        waiting = [name for name in waiting if name not in free]
    return found


def _reflected_with(table: Table, columns: tuple[Column, ...]) -> Table:
    """Give `table` with columns that a batch states itself in place of those that it would reflect."""
    stated = {one.name: one for one in columns}
    return replace(table, columns=tuple(stated.get(one.name, one) for one in table.columns))


def _without_collations(index: Index) -> Index:
    """Give an index as reflection tells of it."""
    if all(one.collation is None for one in index.elements):
        return index
    kept = (tuple(word for word in one.modifiers if not word.startswith("collate ")) for one in index.elements)
    return replace(
        index, elements=tuple(replace(one, modifiers=words) for one, words in zip(index.elements, kept, strict=True))
    )


def _carried(one: Copied, names: dict[str, str], table: str) -> Copied | None:
    """Give a constraint as the new table has it; None where a column of it is gone."""
    if isinstance(one, CheckConstraint):
        if not isinstance(one.sql, str):
            return one
        sql = one.sql
        for key, name in names.items():
            if key != name:
                sql = rename_in(sql, key, name)
        return replace(one, sql=sql)
    if isinstance(one, ExcludeConstraint) or not all(column in names for column in one.columns):
        return None
    columns = tuple(names[column] for column in one.columns)
    if isinstance(one, ForeignKey) and one.referred_table == table:
        return replace(
            one, columns=columns, referred_columns=tuple(names.get(column, column) for column in one.referred_columns)
        )
    return replace(one, columns=columns)


def _conventional(one: Copied, table: Table, convention: NamingConvention) -> Name:
    """Name a constraint that was reflected without a name, by the convention of the block."""
    kinds: dict[type[Copied], Kind] = {
        PrimaryKey: "pk",
        ForeignKey: "fk",
        UniqueConstraint: "uq",
        CheckConstraint: "ck",
    }
    kind = kinds.get(type(one))
    if kind is None:
        return one.name
    name, _ = constraint_name(
        kind,
        None,
        table=table.name,
        schema=table.schema,
        columns=one.columns if not isinstance(one, CheckConstraint | ExcludeConstraint) else (),
        referred_table=one.referred_table if isinstance(one, ForeignKey) else None,
        referred_columns=one.referred_columns if isinstance(one, ForeignKey) else (),
        convention=convention,
        dialect="sqlite",
    )
    return name


def copy_table(work: Working, batch: Batch, applies: tuple[Operation, ...]) -> None:
    """Apply the block's operations that run (`applies`) to a copy of its table, each with an event of its own."""
    first = applies[0] if applies else batch
    work.begin(first)
    table = work.find(batch.table, "The migration alters the table")
    if table is None:
        work.end()
        return
    copy = _Copy.of(table, batch, work.dialect)
    for operation in applies:
        work.begin(operation)
        _apply(work, copy, operation)
        work.put(_as_created(work, _check_dropped(copy.finish(batch.extra), table)))
        work.end()
    if not applies:
        work.put(_as_created(work, copy.finish(batch.extra)))
        work.end()


def _as_created(work: Working, made: Table) -> Table:
    """Give a new table as the database has it, under the names that it makes up (`ApplyBatchImpl._create`)."""
    if work.dialect == "sqlite":
        return kept_table("sqlite", without_doubles("sqlite", made))
    scratch = work.copy()
    scratch.session[KEY_CHECKS] = False  # a key to the table itself is one to the new table in the end
    temporary = replace(made, name=f"_alembic_tmp_{made.name}"[:_MOST_OF_NAME], indexes=())
    create_table(scratch, CreateTable(temporary))
    drop_table(scratch, made.key, if_exists=True, cascade=False)
    rename_table(scratch, temporary.key, made.name, made.schema)
    for index in made.indexes:
        add_index(scratch, made.key, index)
    return replace(scratch.tables.get(made.key, made), conditional=made.conditional)


def _check_dropped(made: Table, before: Table) -> Table:
    """Leave out checks on columns that are gone: SQLite would refuse the new table."""
    gone = {one.name for one in before.columns} - {one.name for one in made.columns}
    if not gone:
        return made
    kept = tuple(one for one in made.check_constraints if not (isinstance(one.sql, str) and columns_in(one.sql, gone)))
    return replace(made, check_constraints=kept)


def _apply(work: Working, copy: _Copy, operation: Operation) -> None:
    match operation:
        case AddColumn():
            _add_column(work, copy, operation)
        case DropColumn():
            if _column(work, copy, operation.column, "dropped") is not None:
                _drop_column(copy, operation.column)
        case AlterColumn():
            _alter_column(work, copy, operation)
        case CreateConstraint(constraint=constraint):
            _add_constraint(work, copy, constraint)
        case DropConstraint():
            _drop_constraint(work, copy, operation)
        case CreateIndex(index=index):
            shape = replace(copy.table, columns=tuple(copy.columns.values()))
            seen = with_columns_seen(index, shape)
            _add_index(copy, replace(seen, conditional=seen.conditional or work.assumed))
        case DropIndex():
            _drop_index(work, copy, operation)
        case Opaque():
            copy.table = darkened(copy.table, operation.what)
            if operation.tables is None or operation.creates:
                work.incomplete.append(operation.what)
        case _:
            pass  # comments: SQLite has none; anything else cannot stand in a block


def _add_index(copy: _Copy, index: Index) -> None:
    """Add an index; one of the same name that the block has made before is replaced."""
    copy.new_indexes = [*(one for one in copy.new_indexes if one.name != index.name or index.name is None), index]


def _column(work: Working, copy: _Copy, name: str, what: str) -> Column | None:
    column = copy.columns.get(name)
    if column is None and not copy.table.incomplete:
        work.problem(
            "unknown-column",
            f"The column `{name}` of `{copy.table.key}` is {what}, but there is no such column {HERE}.",
            about=name,
            sure=not copy.table.conditional,
        )
    return column


def _add_column(work: Working, copy: _Copy, operation: AddColumn) -> None:
    made = replace(operation.column, conditional=operation.column.conditional or work.assumed)
    copy.place(made.name, operation.before, operation.after)
    if not operation.nullable_given:
        copy.unsaid.add(made.name)
    copy.keyed = [one for one in copy.keyed if one != made.name]
    copy.columns[made.name] = made
    for one in operation.constraints:
        if isinstance(one, Index):
            _add_index(copy, one)
        else:
            _add_constraint(work, copy, one)


def _drop_column(copy: _Copy, name: str) -> None:
    del copy.columns[name]
    copy.existing = [one for one in copy.existing if one != name]
    copy.keyed = [one for one in copy.keyed if one != name]
    for at, one in enumerate(copy.constraints):
        if isinstance(one, PrimaryKey):
            copy.constraints[at] = replace(one, columns=tuple(column for column in one.columns if column != name))


def _alter_column(work: Working, copy: _Copy, operation: AlterColumn) -> None:
    column = _column(work, copy, operation.column, "altered")
    if column is None:
        return
    for name in operation.removed_checks:
        copy.constraints = [one for one in copy.constraints if not (isinstance(name, str) and one.name == name)]
    altered = altered_column("sqlite", column, replace(operation, server_default=False))
    default = operation.server_default
    altered = (
        replace(altered, computed=default, server_default=None)
        if isinstance(default, Computed)
        else with_default(altered, default)
    )
    altered = replace(altered, conditional=altered.conditional or work.assumed)
    if operation.new_column_name is not None:
        altered = replace(altered, name=operation.new_column_name)
    copy.columns[operation.column] = altered
    for check in operation.added_checks:
        _add_constraint(work, copy, check)


def _add_constraint(work: Working, copy: _Copy, constraint: Constraint) -> None:
    made: Copied = constraint
    if not isinstance(made, PrimaryKey):
        made = replace(made, conditional=made.conditional or work.assumed)
    else:
        copy.constraints = [one for one in copy.constraints if not (isinstance(one, PrimaryKey) and one.name is None)]
    if isinstance(made.name, str):
        copy.constraints = [one for one in copy.constraints if one.name != made.name]
    copy.constraints.append(made)


def _drop_constraint(work: Working, copy: _Copy, operation: DropConstraint) -> None:
    found = next(
        (one for one in copy.constraints if isinstance(operation.name, str) and one.name == operation.name), None
    )
    if found is not None:
        copy.constraints.remove(found)
        if isinstance(found, PrimaryKey):
            copy.keyed = [one for one in copy.keyed if one not in found.columns]
        return
    doubt = operation.name if isinstance(operation.name, Unknown) else unread_name(copy.constraints, operation.type_)
    if doubt is not None:
        copy.table = shaken(copy.table, doubt)
        copy.constraints = list(doubted(copy.constraints, operation.type_))
    elif isinstance(operation.name, str) and not copy.table.incomplete and not operation.if_exists:
        work.problem(
            "unknown-constraint",
            f"The constraint `{operation.name}` of `{copy.table.key}` is dropped, but there is no such one {HERE}.",
            about=operation.name,
            sure=not copy.table.conditional,
        )


def _drop_index(work: Working, copy: _Copy, operation: DropIndex) -> None:
    found = next((one for one in copy.indexes if one.name == operation.name), None)
    if found is not None:
        copy.indexes.remove(found)
        return
    doubt = operation.name if isinstance(operation.name, Unknown) else unread_name(copy.indexes)
    if doubt is not None:
        copy.table = shaken(copy.table, doubt)
        copy.indexes = list(doubted(copy.indexes))
    elif isinstance(operation.name, str) and not copy.table.incomplete and not operation.if_exists:
        work.problem(
            "unknown-index",
            f"The index `{operation.name}` of `{copy.table.key}` is dropped, but there is none of that name {HERE}.",
            about=operation.name,
            sure=not copy.table.conditional,
        )
