"""Operations, as data: what revisions do to a schema, in Alembic's words.

Who applies, renders or judges them dispatches on their class. An operation that raw SQL states is the same as the one
that `alembic.op` has for it, with `raw` set.

Invariant: nothing in here knows the state that it is applied to. Tables are named by key (`users`, `auth.users`).

Example: `AddColumn("users", Column("email", Type("TEXT")), origin=...)` is `op.add_column("users", sa.Column("email",
sa.Text()))`.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from driftline.dataclass import dataclass, field
from driftline.python.host import Branch
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Constraint,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Name,
    PrimaryKey,
    ServerDefault,
    Table,
    Type,
    UniqueConstraint,
)
from driftline.schema.character_set import CharacterSet

NewDefault = ServerDefault | Computed | Identity | Literal[False] | None
"""What `alter_column(server_default=…)` says: False leaves the default alone, None drops it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What every operation has: where it is stated, and how sure it is that it runs.

    `raw`: it is stated in SQL. `guarded`: a `try` around it goes on where it fails. `only`: children and partitions of
    its table are left alone. `together`: it is one of several that a single statement does. `outright`: the names that
    it writes the default schema before, so that no search path is asked for them.
    """

    origin: Origin = field(default=NOWHERE, compare=False)
    branch: Branch | None = None
    raw: bool = False
    guarded: bool = False
    only: bool = False
    together: bool = False
    outright: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Like:
    """A table that another one copies; `parts`: what INCLUDING names, in capitals (`DEFAULTS`, `INDEXES` …)."""

    table: str
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Inherit(Stated):
    """INHERIT and ATTACH PARTITION (raw SQL): `table` becomes a child or a partition of `parent`; `detach`: it was."""

    verb: ClassVar[str] = "execute"
    table: str
    parent: str
    partition: bool = False
    detach: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        kind = "partition" if self.partition else "child"
        return f"{'no more' if self.detach else 'make it'} a {kind} of {_quoted(self.parent)}"


@dataclass(frozen=True, slots=True)
class CreateTable(Stated):
    """CREATE TABLE. `made` has the names that the source and the naming convention give.

    They are None where the database makes one up. `enums`: native enums that SQLAlchemy creates along with it; with
    `checkfirst_enums` only those that are not there. `temporary`: it is gone when the session ends, and no part of the
    schema. `likes`, `parents`: the tables that it has columns of.
    """

    verb: ClassVar[str] = "create_table"
    made: Table
    enums: tuple[Enum, ...] = ()
    if_not_exists: bool = False
    checkfirst_enums: bool = False
    temporary: bool = False
    likes: tuple[Like, ...] = ()
    parents: tuple[Inherit, ...] = ()

    @property
    def table(self) -> str:
        """The key of the new table."""
        return self.made.key

    @property
    def summary(self) -> str:
        """What it does, in words."""
        count = len(self.made.columns)
        return f"create table {_quoted(self.table)} with {count} column{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class DropTable(Stated):
    """DROP TABLE; `cascade` takes along what refers to it. `along`: tables that the same statement drops later."""

    verb: ClassVar[str] = "drop_table"
    table: str
    if_exists: bool = False
    cascade: bool = False
    along: frozenset[str] = frozenset()

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop table {_quoted(self.table)}"


@dataclass(frozen=True, slots=True)
class RenameTable(Stated):
    """A table gets the name `new_name` in the schema `new_schema` (None: the default one)."""

    verb: ClassVar[str] = "rename_table"
    table: str
    new_name: str
    new_schema: str | None = None
    if_exists: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        new = f"{self.new_schema}.{self.new_name}" if self.new_schema else self.new_name
        return f"rename table {_quoted(self.table)} to {_quoted(new)}"


@dataclass(frozen=True, slots=True)
class AddColumn(Stated):
    """A new column, with the constraints and indexes that its `sa.Column` carries, in Alembic's order.

    `before` / `after`: batch mode's `insert_before` and `insert_after`; `first` / `after`: MySQL's FIRST and AFTER.
    `expression_default`: its server default is an
    SQL construct, no string (which makes Alembic copy the table on SQLite). `nullable_given`: it says whether it is
    nullable.
    """

    verb: ClassVar[str] = "add_column"
    table: str
    column: Column
    constraints: tuple[Constraint | Index, ...] = ()
    if_not_exists: bool = False
    before: str | None = None
    first: bool = False
    after: str | None = None
    expression_default: bool = False
    nullable_given: bool = True

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"add column {_quoted(self.column.name)}{_typed(self.column.type)}"


@dataclass(frozen=True, slots=True)
class DropColumn(Stated):
    """DROP COLUMN."""

    verb: ClassVar[str] = "drop_column"
    table: str
    column: str
    if_exists: bool = False
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop column {_quoted(self.column)}"


_MOMENTS = ("DATETIME", "TIMESTAMP")
"""How the DDL of types begins that have SQLAlchemy's affinity `DateTime` on MySQL."""


@dataclass(frozen=True, slots=True)
class AlterColumn(Stated):
    """`alter_column`: only what is not None (for `server_default` and `comment`: not False) changes.

    `removed_checks`: names of the CHECK constraints of the existing type (`Boolean` or `Enum` with `create_constraint`)
    that Alembic drops when both `existing_type` and `type_` are given; `added_checks`: those of the new type.
    `drop_generated`: the column stops being an identity or a generated column. `restates`: it is a MODIFY or CHANGE of
    MySQL's (raw SQL), which says all of the column anew; `first`, `after`: where it moves the column to.
    """

    verb: ClassVar[str] = "alter_column"
    table: str
    column: str
    nullable: bool | Unknown | None = None
    server_default: NewDefault = False
    new_column_name: str | None = None
    type: Type | None = None
    comment: str | Literal[False] | None = False
    autoincrement: bool | str | None = None
    using: str | Unknown | None = None
    drop_generated: bool = False
    restates: bool = False
    first: bool = False
    after: str | None = None
    removed_checks: tuple[Name, ...] = ()
    added_checks: tuple[CheckConstraint, ...] = ()
    existing_type: Type | None = None
    existing_nullable: bool | Unknown | None = None
    existing_server_default: NewDefault = False
    existing_comment: str | None = None
    existing_autoincrement: bool | str | None = None

    @property
    def says_all_anew(self) -> bool:
        """Whether Alembic writes it as MySQL's MODIFY or CHANGE, for which the `existing_` arguments count.

        Alembic's `MySQLImpl.alter_column`: a default alone is an ALTER of its own, but for that of a DATETIME; and a
        call that says nothing new of any other column is no statement at all.
        """
        stated = self.type if self.type is not None else self.existing_type
        return (
            self.nullable is not None
            or self.type is not None
            or self.autoincrement is not None
            or self.comment is not False
            or self.new_column_name is not None
            or (self.server_default is not None and stated is not None and stated.ddl.startswith(_MOMENTS))
        )

    @property
    def summary(self) -> str:
        """What it does, in words."""
        changes = []
        if self.type is not None:
            changes.append(f"type{_typed(self.type) or ' unknown'}")
        if self.nullable is not None and not isinstance(self.nullable, Unknown):
            changes.append("nullable" if self.nullable else "NOT NULL")
        if self.server_default is None or self.drop_generated:
            changes.append("no server default")
        elif self.server_default is not False:
            changes.append(_default_words(self.server_default))
        if self.comment is not False:
            changes.append("no comment" if self.comment is None else "comment")
        if self.new_column_name is not None:
            changes.append(f"renamed to {_quoted(self.new_column_name)}")
        return f"alter column {_quoted(self.column)}: {', '.join(changes) or 'nothing'}"


@dataclass(frozen=True, slots=True)
class CreateIndex(Stated):
    """CREATE INDEX."""

    verb: ClassVar[str] = "create_index"
    table: str
    index: Index
    if_not_exists: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        kind = "unique index" if self.index.unique is True else "index"
        return f"create {kind} {_named(self.index.name)}on {_index_columns(self.index)}"


@dataclass(frozen=True, slots=True)
class DropIndex(Stated):
    """DROP INDEX. `table` is None where the source names none; `schema` is the one that the index lies in."""

    verb: ClassVar[str] = "drop_index"
    table: str | None
    name: Name
    schema: str | None = None
    if_exists: bool = False
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop index {_named(self.name)}".rstrip()


@dataclass(frozen=True, slots=True)
class RenameIndex(Stated):
    """ALTER INDEX … RENAME (raw SQL): an index, or a constraint's index and the constraint with it."""

    verb: ClassVar[str] = "execute"
    table: str | None
    name: str
    new_name: str
    schema: str | None = None
    if_exists: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"rename index {_quoted(self.name)} to {_quoted(self.new_name)}"


@dataclass(frozen=True, slots=True)
class CreateConstraint(Stated):
    """A constraint of any kind. `using_index`: the unique index that it takes over (raw SQL)."""

    table: str
    constraint: Constraint
    using_index: str | None = None
    if_not_exists: bool = False

    @property
    def verb(self) -> str:
        """Alembic's name for it."""
        if isinstance(self.constraint, ForeignKey):
            return "create_foreign_key"
        if isinstance(self.constraint, UniqueConstraint):
            return "create_unique_constraint"
        if isinstance(self.constraint, CheckConstraint):
            return "create_check_constraint"
        if isinstance(self.constraint, PrimaryKey):
            return "create_primary_key"
        return "create_exclude_constraint"

    @property
    def summary(self) -> str:
        """What it does, in words."""
        one = self.constraint
        if isinstance(one, ForeignKey):
            target = one.referred_table if isinstance(one.referred_table, str) else "?"
            action = f" ON DELETE {one.ondelete}" if isinstance(one.ondelete, str) else ""
            columns = ", ".join(_quoted(column) for column in one.columns)
            referred = _quoted(f"{target}({', '.join(one.referred_columns)})")
            return f"create foreign key {_named(one.name)}on {columns} to {referred}{action}"
        if isinstance(one, UniqueConstraint | PrimaryKey):
            kind = "unique constraint" if isinstance(one, UniqueConstraint) else "primary key"
            columns = ", ".join(_quoted(column) for column in one.columns)
            return f"create {kind} {_named(one.name)}on {columns}"
        kind = "check constraint" if isinstance(one, CheckConstraint) else "exclude constraint"
        return f"create {kind} {_named(one.name)}".rstrip()


@dataclass(frozen=True, slots=True)
class DropConstraint(Stated):
    """DROP CONSTRAINT. `type_`: Alembic's `foreignkey`, `unique`, `check` or `primary`, None where not said."""

    verb: ClassVar[str] = "drop_constraint"
    table: str
    name: Name
    type_: str | None = None
    if_exists: bool = False
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        kind = {"foreignkey": "foreign key", "unique": "unique constraint", "check": "check constraint"}.get(
            self.type_ or "", "primary key" if self.type_ == "primary" else "constraint"
        )
        return f"drop {kind} {_named(self.name)}".rstrip()


@dataclass(frozen=True, slots=True)
class RenameConstraint(Stated):
    """ALTER TABLE … RENAME CONSTRAINT (raw SQL)."""

    verb: ClassVar[str] = "execute"
    table: str
    name: str
    new_name: str

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"rename constraint {_quoted(self.name)} to {_quoted(self.new_name)}"


@dataclass(frozen=True, slots=True)
class ConvertTable(Stated):
    """MySQL's `ALTER TABLE … CONVERT TO CHARACTER SET`; with `later_columns` what only new columns get."""

    verb: ClassVar[str] = "convert_table"
    table: str
    charset: CharacterSet
    later_columns: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        what = "character set of new columns" if self.later_columns else "convert to character set"
        return f"{what} {self.charset.name}"


@dataclass(frozen=True, slots=True)
class CreateTableComment(Stated):
    """The comment of a table is set."""

    verb: ClassVar[str] = "create_table_comment"
    table: str
    comment: str | None

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return "comment on the table"


@dataclass(frozen=True, slots=True)
class DropTableComment(Stated):
    """The comment of a table is dropped."""

    verb: ClassVar[str] = "drop_table_comment"
    table: str

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return "drop the table's comment"


@dataclass(frozen=True, slots=True)
class _OfNoTable(Stated):
    """An operation that is about no table."""

    @property
    def table(self) -> str | None:
        """None: it is about no table."""
        return None


@dataclass(frozen=True, slots=True)
class CreateEnum(_OfNoTable):
    """CREATE TYPE … AS ENUM; `if_not_exists` is SQLAlchemy's `checkfirst`."""

    verb: ClassVar[str] = "execute"
    enum: Enum
    if_not_exists: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"create enum {_quoted(self.enum.key)}"


@dataclass(frozen=True, slots=True)
class DropEnum(_OfNoTable):
    """DROP TYPE."""

    verb: ClassVar[str] = "execute"
    enum: str
    if_exists: bool = False
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop enum {_quoted(self.enum)}"


@dataclass(frozen=True, slots=True)
class AddEnumValue(_OfNoTable):
    """ALTER TYPE … ADD VALUE, at the end or `before` / `after` another one."""

    verb: ClassVar[str] = "execute"
    enum: str
    value: str
    before: str | None = None
    after: str | None = None
    if_not_exists: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"add value {_quoted(self.value)} to enum {_quoted(self.enum)}"


@dataclass(frozen=True, slots=True)
class RenameEnumValue(_OfNoTable):
    """ALTER TYPE … RENAME VALUE."""

    verb: ClassVar[str] = "execute"
    enum: str
    value: str
    new_value: str

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"rename value {_quoted(self.value)} of enum {_quoted(self.enum)} to {_quoted(self.new_value)}"


@dataclass(frozen=True, slots=True)
class RenameEnum(_OfNoTable):
    """ALTER TYPE … RENAME TO, or … SET SCHEMA."""

    verb: ClassVar[str] = "execute"
    enum: str
    new_name: str
    new_schema: str | None = None

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"rename enum {_quoted(self.enum)} to {_quoted(self.new_name)}"


@dataclass(frozen=True, slots=True)
class SetEnumValues(_OfNoTable):
    """An enum gets other labels as a whole (alembic-postgresql-enum's `sync_enum_values`)."""

    verb: ClassVar[str] = "sync_enum_values"
    enum: str
    labels: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"set the values of enum {_quoted(self.enum)}"


@dataclass(frozen=True, slots=True)
class CreateSchema(_OfNoTable):
    """CREATE SCHEMA."""

    verb: ClassVar[str] = "execute"
    schema: str

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"create schema {_quoted(self.schema)}"


@dataclass(frozen=True, slots=True)
class DropSchema(_OfNoTable):
    """DROP SCHEMA; `cascade` takes along its tables."""

    verb: ClassVar[str] = "execute"
    schema: str
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop schema {_quoted(self.schema)}"


@dataclass(frozen=True, slots=True)
class RenameSchema(_OfNoTable):
    """ALTER SCHEMA … RENAME TO."""

    verb: ClassVar[str] = "execute"
    schema: str
    new_name: str

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"rename schema {_quoted(self.schema)} to {_quoted(self.new_name)}"


@dataclass(frozen=True, slots=True)
class DropSequence(_OfNoTable):
    """DROP SEQUENCE; `cascade` takes along the server defaults that number by it."""

    verb: ClassVar[str] = "execute"
    sequence: str
    cascade: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"drop sequence {_quoted(self.sequence)}"


@dataclass(frozen=True, slots=True)
class SetSearchPath(_OfNoTable):
    """SET search_path: the schemas in which names without one are looked up from now on.

    None among them is the default one; no schemas at all: as the database has it.
    """

    verb: ClassVar[str] = "execute"
    schemas: tuple[str | None, ...]

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"set the search path to {', '.join(_quoted(one or 'public') for one in self.schemas) or 'its default'}"


@dataclass(frozen=True, slots=True)
class SetKeyChecks(_OfNoTable):
    """SET FOREIGN_KEY_CHECKS: whether MySQL looks after foreign keys from now on."""

    verb: ClassVar[str] = "execute"
    on: bool

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"{'look' if self.on else 'do not look'} after foreign keys"


@dataclass(frozen=True, slots=True)
class Execute(_OfNoTable):
    """A statement that is understood and changes no table: DML, GRANT, CREATE FUNCTION and the like.

    `sql`: its text, as far as it is known. `creates_view`, `drops_view`: keys of views and foreign tables, which are no
    part of the schema; but a materialized view has indexes.
    """

    verb: ClassVar[str] = "execute"
    sql: str
    creates_view: str | None = None
    drops_view: str | None = None

    @property
    def summary(self) -> str:
        """What it does, in words."""
        words = " ".join(self.sql.split())
        return f"execute {_quoted(words if len(words) <= _SHORT else words[: _SHORT - 1] + '…')}"


@dataclass(frozen=True, slots=True)
class BulkInsert(Stated):
    """Rows are inserted."""

    verb: ClassVar[str] = "bulk_insert"
    table: str | None

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return "insert rows"


@dataclass(frozen=True, slots=True)
class Opaque(_OfNoTable):
    """Something that could not be understood.

    `tables`: keys of the tables that it could have changed; None: any. `creates`: it could have made tables too.
    """

    verb: ClassVar[str] = "execute"
    what: Unknown
    tables: frozenset[str] | None = None
    creates: bool = False

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return f"something that was not understood: {self.what.reason}"


@dataclass(frozen=True, slots=True)
class Batch(Stated):
    """A `batch_alter_table` block: its operations take effect together, when the block ends.

    On SQLite they copy the table (`recreate` is `auto`, `always` or `never`): then `naming` gives the names by which
    constraints that were reflected without one can be dropped, `extra` are the constraints of `table_args`, `reflected`
    the columns of `reflect_args`, which replace those of that name, and `copy_from` replaces the reflected table.
    `ordered`: columns that come one after the other in the copy (`partial_reordering`).
    """

    verb: ClassVar[str] = "batch_alter_table"
    table: str
    operations: tuple[Operation, ...]
    recreate: str = "auto"
    naming: tuple[tuple[str, str | Unknown], ...] = ()
    extra: tuple[Constraint, ...] = ()
    reflected: tuple[Column, ...] = ()
    copy_from: Table | None = None
    ordered: tuple[tuple[str, ...], ...] = ()

    @property
    def summary(self) -> str:
        """What it does, in words."""
        return "; ".join(one.summary for one in self.operations) or "an empty batch"


Operation = (
    CreateTable
    | DropTable
    | RenameTable
    | AddColumn
    | DropColumn
    | AlterColumn
    | CreateIndex
    | DropIndex
    | RenameIndex
    | CreateConstraint
    | DropConstraint
    | RenameConstraint
    | Inherit
    | ConvertTable
    | CreateTableComment
    | DropTableComment
    | CreateEnum
    | DropEnum
    | AddEnumValue
    | RenameEnumValue
    | RenameEnum
    | SetEnumValues
    | CreateSchema
    | DropSchema
    | RenameSchema
    | DropSequence
    | SetSearchPath
    | SetKeyChecks
    | Execute
    | BulkInsert
    | Opaque
    | Batch
)
"""Any operation; satisfies `history.Operation`."""

_SHORT = 60
"""So much of a statement is shown in a summary."""


def _quoted(name: str) -> str:
    return f"`{name}`"


def _named(name: Name) -> str:
    """Give a name to stand before more words: "`ix_users_email` ", or nothing where there is none or it is unknown."""
    return f"{_quoted(name)} " if isinstance(name, str) else ""


def _typed(type_: Type) -> str:
    return f" {type_.ddl}" if type_.ddl else ""


def _default_words(default: ServerDefault | Computed | Identity) -> str:
    if isinstance(default, Identity):
        return "identity"
    words = default.sql if isinstance(default.sql, str) else "unknown"
    return f"computed as {_quoted(words)}" if isinstance(default, Computed) else f"server default {_quoted(words)}"


def _index_columns(index: Index) -> str:
    columns = (
        _quoted(one.column if one.column is not None else one.sql if isinstance(one.sql, str) else "?")
        for one in index.elements
    )
    return ", ".join(columns) or "no columns"
