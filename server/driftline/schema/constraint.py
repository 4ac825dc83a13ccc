"""Constraints and indexes of a table.

Names are final (naming convention applied, cut as the dialect cuts them). `name` is None where there is none: in a
declared schema an unnamed constraint that no convention names; in a migrated schema only where the database makes no
name up. It is `Unknown` where it could not be worked out. `convention` says that the name was made by the naming
convention.

Example: `UniqueConstraint("uq_users_email", ("email",))`.
"""

from __future__ import annotations

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown

Name = str | Unknown | None


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """The primary key; `columns` in order, () where the table has none."""

    name: Name
    columns: tuple[str, ...]
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key constraint.

    `referred_table` is a table key (`users`, `auth.users`; the default schema is never written).

    `ondelete`, `onupdate`, `initially`, `match` are upper case ("SET NULL"), None where not said.
    `referred_columns` is () where the source names only the table and its primary key could not be looked up.
    `inline`: it stands in its column's definition (`REFERENCES` behind the type), where what SQLAlchemy reflects of
    SQLite has neither its name nor its actions.
    """

    name: Name
    columns: tuple[str, ...]
    referred_table: str | Unknown
    referred_columns: tuple[str, ...]
    ondelete: str | Unknown | None = None
    onupdate: str | Unknown | None = None
    deferrable: bool | None = None
    initially: str | None = None
    match: str | None = None
    inline: bool = field(default=False, compare=False)
    use_alter: bool = field(default=False, compare=False)
    convention: bool = field(default=False, compare=False)
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class UniqueConstraint:
    """A unique constraint; `options` are dialect options and deferrable/initially, sorted by name."""

    name: Name
    columns: tuple[str, ...]
    options: tuple[tuple[str, object], ...] = ()
    convention: bool = field(default=False, compare=False)
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class CheckConstraint:
    """A check constraint.

    `sql` is its text as the source gives it. `type_bound`: it was made by an `Enum` or `Boolean` type. `of_column`: the
    column whose definition it stands in, which MariaDB calls it by.
    """

    name: Name
    sql: str | Unknown
    type_bound: bool = field(default=False, compare=False)
    convention: bool = field(default=False, compare=False)
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)
    of_column: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ExcludeConstraint:
    """A PostgreSQL EXCLUDE constraint: (expression, operator) pairs, and options such as `using` and `where`."""

    name: Name
    elements: tuple[tuple[str, str], ...]
    options: tuple[tuple[str, object], ...] = ()
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class IndexElement:
    """One element of an index: a column by name, or (`column` None) an expression by its text.

    `modifiers`: what follows it in lower case, such as `("desc", "nulls last")`; a collation as it is written.
    """

    column: str | None
    sql: str | Unknown
    modifiers: tuple[str, ...] = ()

    @property
    def behind(self) -> tuple[str, ...]:
        """What follows it, as SQL is written: `COLLATE "de_DE"`, `DESC`."""
        return tuple(
            f"COLLATE {one.partition(' ')[2]}" if one.startswith("collate ") else one.upper() for one in self.modifiers
        )

    @property
    def collation(self) -> str | None:
        """Its collation, without quotes; None where none is said."""
        said = next((one.partition(" ")[2] for one in self.modifiers if one.startswith("collate ")), None)
        return None if said is None else said.strip('"')


@dataclass(frozen=True, slots=True)
class Index:
    """An index.

    `options` are dialect options without the dialect's prefix, sorted by name (`("where", "deleted_at IS NULL")`).
    `generated`: MySQL made it for a foreign key, and takes it away as soon as another key serves.
    """

    name: Name
    elements: tuple[IndexElement, ...]
    unique: bool | Unknown = False
    options: tuple[tuple[str, object], ...] = ()
    generated: bool = field(default=False, compare=False)
    convention: bool = field(default=False, compare=False)
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def columns(self) -> tuple[str | None, ...]:
        """The column of each element, None for an expression."""
        return tuple(element.column for element in self.elements)


Constraint = PrimaryKey | ForeignKey | UniqueConstraint | CheckConstraint | ExcludeConstraint
