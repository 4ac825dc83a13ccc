"""SQLAlchemy Core's calls, read as schema values: what `models/` and `migrations/` have in common.

Invariant: knows nothing of Declarative, of env.py or of operations; runs nothing but, through `CoreContext.runner`,
functions of the user's.

Example: `read_table("users", None, columns, {}, CoreContext("postgresql"))`.
"""

from __future__ import annotations

from driftline.models.core.canonical import callee, canonical, path_of
from driftline.models.core.column import (
    attribute_of_column,
    merged_column,
    named,
    read_action,
    read_column,
    read_foreign_key,
    read_identity,
)
from driftline.models.core.constraint import (
    TableItem,
    index_element,
    is_table_item,
    options_of,
    read_constraint,
    read_target,
    text_element,
)
from driftline.models.core.context import ColumnPlace, CoreContext, Locate, Runner, is_call, locate_core_column
from driftline.models.core.names import is_final, plain, plain_bool, read_name
from driftline.models.core.parts import ColumnParts, ForeignKeyPart
from driftline.models.core.sql import columns_of, read_expression, read_sql, unescape_text
from driftline.models.core.table import Lookup, is_autoincrement, read_table, with_types
from driftline.models.core.types import NOT_SAID, an_instance, is_type, read_type, stated_type, type_call

__all__ = [
    "NOT_SAID",
    "ColumnParts",
    "ColumnPlace",
    "CoreContext",
    "ForeignKeyPart",
    "Locate",
    "Lookup",
    "Runner",
    "TableItem",
    "an_instance",
    "attribute_of_column",
    "callee",
    "canonical",
    "columns_of",
    "index_element",
    "is_autoincrement",
    "is_call",
    "is_final",
    "is_table_item",
    "is_type",
    "locate_core_column",
    "merged_column",
    "named",
    "options_of",
    "path_of",
    "plain",
    "plain_bool",
    "read_action",
    "read_column",
    "read_constraint",
    "read_expression",
    "read_foreign_key",
    "read_identity",
    "read_name",
    "read_sql",
    "read_table",
    "read_target",
    "read_type",
    "stated_type",
    "text_element",
    "type_call",
    "unescape_text",
    "with_types",
]
