"""Immutable schema values, types, naming conventions and the schema document.

Invariant: knows databases and SQLAlchemy's words; knows nothing of models, migrations or files.
"""

from __future__ import annotations

from driftline.schema.column import Column, Computed, Identity, ServerDefault
from driftline.schema.constraint import (
    CheckConstraint,
    Constraint,
    ExcludeConstraint,
    ForeignKey,
    Index,
    IndexElement,
    Name,
    PrimaryKey,
    UniqueConstraint,
)
from driftline.schema.schema import Enum, Schema
from driftline.schema.table import Table, table_key
from driftline.schema.type import Type, TypeCall, unknown_type

__all__ = [
    "CheckConstraint",
    "Column",
    "Computed",
    "Constraint",
    "Enum",
    "ExcludeConstraint",
    "ForeignKey",
    "Identity",
    "Index",
    "IndexElement",
    "Name",
    "PrimaryKey",
    "Schema",
    "ServerDefault",
    "Table",
    "Type",
    "TypeCall",
    "UniqueConstraint",
    "table_key",
    "unknown_type",
]
