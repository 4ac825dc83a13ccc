"""Changes of the migrated schema, as data: what a scaffolded revision does, and how it is undone.

A change is made of schema values, so undoing it restores exactly what replay found. Which changes a difference asks for
is in `wanted`, in which order they can be run in `change_order`, rendering in `operations`.

Example: `Create("audit_logs", None, CheckConstraint(…)).undone()` is `Drop("audit_logs", None, CheckConstraint(…))`.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.dataclass import dataclass
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    Table,
    UniqueConstraint,
)

Part = Column | PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | Index
"""What a table is made of."""
Named = PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint | Index
"""The parts that have a name of their own, which a change needs in order to drop them."""


@dataclass(frozen=True, slots=True)
class Create:
    """Make a part of `table`, or (part is a Table) the table itself."""

    table: str
    schema: str | None
    part: Part | Table

    def undone(self) -> Drop:
        """Give the change that takes it back."""
        return Drop(self.table, self.schema, self.part)


@dataclass(frozen=True, slots=True)
class Drop:
    """Take away a part of `table`, or the table itself."""

    table: str
    schema: str | None
    part: Part | Table

    def undone(self) -> Create:
        """Give the change that makes it again."""
        return Create(self.table, self.schema, self.part)


@dataclass(frozen=True, slots=True)
class Alter:
    """Make the column `after` of what is the column `before`; they may have different names."""

    table: str
    schema: str | None
    before: Column
    after: Column

    def undone(self) -> Alter:
        """Give the change that makes `before` of `after`."""
        return Alter(self.table, self.schema, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Remake:
    """Drop the column `before` and add the column `after`, of the same name: what no database alters in place.

    One that is generated on either side. `standing`: what is on it, and must be made anew with it.
    """

    table: str
    schema: str | None
    before: Column
    after: Column
    standing: tuple[Named, ...] = ()

    def undone(self) -> Remake:
        """Give the change that makes `before` again."""
        return Remake(self.table, self.schema, self.after, self.before, self.standing)


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the constraint or index `before` the name that `after` has; they are the same otherwise."""

    table: str
    schema: str | None
    before: Named
    after: Named

    def undone(self) -> Rename:
        """Give the change that gives the old name back."""
        return Rename(self.table, self.schema, self.after, self.before)


@dataclass(frozen=True, slots=True)
class RenameTable:
    """Give the table `table` the name `new_name`, in its schema."""

    table: str
    schema: str | None
    new_name: str

    def undone(self) -> RenameTable:
        """Give the change that gives the old name back."""
        return RenameTable(self.new_name, self.schema, self.table)


@dataclass(frozen=True, slots=True)
class Comment:
    """Set the comment of `table` to `after`, from `before`; None is none."""

    table: str
    schema: str | None
    before: str | None
    after: str | None

    def undone(self) -> Comment:
        """Give the change that sets the old comment again."""
        return Comment(self.table, self.schema, self.after, self.before)


@dataclass(frozen=True, slots=True)
class CreateEnum:
    """Make a native enum type."""

    enum: Enum

    def undone(self) -> DropEnum:
        """Give the change that takes it back."""
        return DropEnum(self.enum)


@dataclass(frozen=True, slots=True)
class DropEnum:
    """Take a native enum type away."""

    enum: Enum

    def undone(self) -> CreateEnum:
        """Give the change that makes it again."""
        return CreateEnum(self.enum)


@dataclass(frozen=True, slots=True)
class EnumUser:
    """A column whose type is (an array of) a native enum; or one that is generated from such."""

    table: str
    schema: str | None
    column: Column


@dataclass(frozen=True, slots=True)
class AlterEnum:
    """Give the native enum type `before` the labels of `after`.

    `users`: the migrated columns of that type. `standing`: what has SQL that compares them, as (table, schema, part),
    and `generated`: the columns that are generated from them; both must be made anew where the type must be.
    """

    before: Enum
    after: Enum
    users: tuple[EnumUser, ...]
    standing: tuple[tuple[str, str | None, Named], ...] = ()
    generated: tuple[EnumUser, ...] = ()

    def undone(self) -> AlterEnum:
        """Give the change that gives the old labels back."""
        return AlterEnum(self.after, self.before, self.users, self.standing, self.generated)

    @property
    def adds(self) -> tuple[str, ...] | None:
        """The labels that are added, in order, where that is all that changes; None where labels go, or move."""
        kept = tuple(label for label in self.after.labels if label in self.before.labels)
        return tuple(one for one in self.after.labels if one not in kept) if kept == self.before.labels else None


TableChange = Create | Drop | Alter | Remake | Rename | Comment
"""The changes of a table that stays, which neighbours in a batch may share (a Create or Drop of a table apart)."""
Change = TableChange | RenameTable | CreateEnum | DropEnum | AlterEnum


def undo(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Give the changes that take `changes` back, in their order."""
    return tuple(change.undone() for change in reversed(changes))


def columns_of(part: Named) -> tuple[str | None, ...]:
    """Give the columns that a constraint or an index names, None for an expression; what is SQL alone names none."""
    return () if isinstance(part, CheckConstraint | ExcludeConstraint) else part.columns


def is_of_expression(index: Index) -> bool:
    """Whether an index has an expression, which SQLite's reflection does not tell, so that no batch keeps it."""
    return any(one.column is None for one in index.elements)
