"""How operations on schemas (namespaces of tables) change the state.

Example: after `rename_schema(work, "auth", "login")` the table `auth.users` is `login.users`, for whoever refers to it.
"""

from __future__ import annotations

from driftline.migrations import apply_enums, apply_tables
from driftline.migrations.operation import DropEnum, RenameEnum
from driftline.migrations.working import Working


def drop_schema(work: Working, schema: str) -> None:
    """Drop a schema with its tables and types; what lies elsewhere loses its columns of those types."""
    for key in [one.key for one in work.tables.values() if one.schema == schema]:
        apply_tables.drop_table(work, key, if_exists=True)
    for key in [one.key for one in work.enums.values() if one.schema == schema]:
        apply_enums.drop_enum(work, DropEnum(key, cascade=True))


def rename_schema(work: Working, schema: str, new_name: str) -> None:
    """Give a schema another name: keys of its tables and types change, and foreign keys follow."""
    for table in [one for one in work.tables.values() if one.schema == schema]:
        apply_tables.rename_table(work, table.key, table.name, new_name)
    for enum in [one for one in work.enums.values() if one.schema == schema]:
        apply_enums.rename_enum(work, RenameEnum(enum.key, enum.name, new_name))
