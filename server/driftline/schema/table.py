"""A table, as a value.

Tables are never changed: whoever alters one makes another (`dataclasses.replace`), sharing what stays.

Example: `Table("users", None, (Column("id", Type("UUID"), nullable=False),), PrimaryKey("pk_users", ("id",)))`.
"""

from __future__ import annotations

from functools import lru_cache

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema.character_set import CharacterSet
from driftline.schema.column import Column
from driftline.schema.constraint import (
    CheckConstraint,
    ExcludeConstraint,
    ForeignKey,
    Index,
    PrimaryKey,
    UniqueConstraint,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a schema; collections keep the order of creation.

    `schema` is None in the dialect's default schema, also where the source writes that one. `incomplete` says what
    about the table could not be read (a column list made by an unknown helper, raw SQL that could have touched it):
    while it is not empty, nothing is said to be absent from the table. `unsure_drops`: the names that could not be read
    of constraints and indexes that were dropped, so that those which are `conditional` may be gone. `conditional`: it
    exists only if an assumed branch is taken. `charset`: MySQL's character set of columns that say none, where the
    source says it (else it is the database's).
    """

    name: str
    schema: str | None = None
    columns: tuple[Column, ...] = ()
    primary_key: PrimaryKey = PrimaryKey(None, ())
    foreign_keys: tuple[ForeignKey, ...] = ()
    unique_constraints: tuple[UniqueConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    check_constraints: tuple[CheckConstraint, ...] = ()
    exclude_constraints: tuple[ExcludeConstraint, ...] = ()
    comment: str | None = None
    charset: CharacterSet | None = None
    incomplete: tuple[Unknown, ...] = ()
    unsure_drops: tuple[Unknown, ...] = ()
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> str:
        """The table's key in `Schema.tables`: `users`, or `auth.users` outside of the default schema."""
        return table_key(self.schema, self.name)

    @property
    def known_in_full(self) -> bool:
        """Whether everything that was done to it was read."""
        return not self.incomplete and not self.unsure_drops

    def column(self, name: str) -> Column | None:
        """Give the column called `name`."""
        return next((column for column in self.columns if column.name == name), None)


@lru_cache(maxsize=4096)
def table_key(schema: str | None, name: str) -> str:
    """Give the key of a table: `schema.name`, or the bare name in the default schema."""
    return f"{schema}.{name}" if schema else name
