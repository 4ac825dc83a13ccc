"""The columns of the two halves of a table: those that only one has, and what differs in those that both have.

Example: a mapped column `users.avatar` that no revision adds is one `add_column`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.collations import compare_collations
from driftline.compare.comments import compare_column_comments
from driftline.compare.computed import compare_computed, compare_identity
from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.nullable import compare_nullable
from driftline.compare.options import Options
from driftline.compare.server_defaults import compare_server_defaults
from driftline.compare.types import compare_types
from driftline.schema import Table

_COMPARISONS = (
    compare_types,
    compare_collations,
    compare_nullable,
    compare_server_defaults,
    compare_computed,
    compare_identity,
    compare_column_comments,
)
"""In the order in which Alembic lists what one `alter_column` would change."""


def added_and_altered(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Give the columns that the migrated table lacks, then what differs in the others."""
    for column in declared.columns:
        if migrated.column(column.name) is None and not migrated.incomplete:
            operations = (AlembicOperation("add_column", declared.key, column.name),)
            yield Difference(
                "add_column", declared.key, column.name, column, None, operations, uncertainty(column, migrated)
            )
    for column in declared.columns:
        other = migrated.column(column.name)
        if other is not None:
            for compare in _COMPARISONS:
                yield from compare(declared.key, column, other, options)


def removed(declared: Table, migrated: Table) -> Iterator[Difference]:
    """Give the columns that the declared table lacks."""
    for column in migrated.columns:
        if declared.column(column.name) is None and not declared.incomplete:
            operations = (AlembicOperation("remove_column", declared.key, column.name),)
            yield Difference(
                "remove_column", declared.key, column.name, None, column, operations, uncertainty(column, declared)
            )
