"""Small tables for tests, and what comparing two of them gives."""

from __future__ import annotations

from dataclasses import replace

from driftline.compare.compare import compare
from driftline.compare.difference import Difference
from driftline.migrations.history import Migrated
from driftline.models.declared import Declared, EnvironmentOptions
from driftline.schema import Column, Enum, PrimaryKey, Schema, Table, Type

ID = Column("id", Type("INTEGER"), nullable=False, serial=True)
NAME = Column("name", Type("VARCHAR(20)"))
USERS = Table("users", None, (ID, NAME), PrimaryKey("users_pkey", ("id",)))


def with_columns(*columns: Column) -> Table:
    """The table `users` with more columns."""
    return replace(USERS, columns=(*USERS.columns, *columns))


def schema(*tables: Table, dialect: str = "postgresql", enums: tuple[Enum, ...] = ()) -> Schema:
    """A schema of these tables."""
    return Schema(dialect, {table.key: table for table in tables}, {enum.key: enum for enum in enums})


def differences(
    declared: Table | Schema,
    migrated: Table | Schema,
    options: EnvironmentOptions | None = None,
    dialect: str = "postgresql",
) -> list[Difference]:
    """All differences between two tables, or two schemas."""
    one, other = (half if isinstance(half, Schema) else schema(half, dialect=dialect) for half in (declared, migrated))
    found = compare(Declared(one, options=options or EnvironmentOptions()), Migrated(other), one.dialect)
    return [difference for several in found.values() for difference in several]


def kinds(
    declared: Table | Schema,
    migrated: Table | Schema,
    options: EnvironmentOptions | None = None,
    dialect: str = "postgresql",
) -> list[str]:
    """The kinds of all differences."""
    return [one.kind for one in differences(declared, migrated, options, dialect)]
