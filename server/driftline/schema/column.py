"""A column of a table.

Example: `Column("id", Type("INTEGER"), nullable=False, autoincrement=True)`.
"""

from __future__ import annotations

from driftline.dataclass import dataclass, field
from driftline.python.origin import NOWHERE, Origin
from driftline.python.values import Unknown
from driftline.schema.type import Type

Plain = int | float | str
"""A value that SQL has a literal for; a `bool` is an `int`."""


@dataclass(frozen=True, slots=True)
class ServerDefault:
    """A server default.

    `sql`: the expression as DDL would write it (`now()`, `'manual'`, `false`); Unknown where it could not be read.

    `fetched`: a `FetchedValue()`: the database is said to have one, nobody says which.
    """

    sql: str | Unknown
    fetched: bool = False
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Computed:
    """A generated column's expression, and whether it is stored (None: not said)."""

    sql: str | Unknown
    persisted: bool | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity column's options, sorted by name (`("start", 1)`)."""

    always: bool = False
    options: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `nullable` is Unknown where it could not be read.

    `serial`: an integer primary key column whose default the database makes up (SERIAL); in the declared schema too,
    where it is not counted as a server default. `quote` and Python-side defaults matter to no database and are left
    out, except that `python_default` says (for advice) that the ORM fills the column in, and `default_value` with which
    number, truth value or string, or member of an enum (its name and its value), where it is such. `attribute`: the
    mapped attribute's name, where a model has one.
    """

    name: str
    type: Type
    nullable: bool | Unknown = True
    server_default: ServerDefault | None = None
    computed: Computed | None = None
    identity: Identity | None = None
    serial: bool = False
    autoincrement: bool | str | None = None
    comment: str | None = None
    collation: str | None = None
    attribute: str | None = field(default=None, compare=False)
    python_default: bool = field(default=False, compare=False)
    default_value: Plain | tuple[str, Plain] | None = field(default=None, compare=False)
    conditional: bool = field(default=False, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)
