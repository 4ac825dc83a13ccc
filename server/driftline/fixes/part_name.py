"""A name for what the model leaves unnamed: a revision that names nothing cannot be undone.

Example: a foreign key on `user_id` of `tokens` becomes `tokens_user_id_fkey`, as PostgreSQL would call it.
"""

from __future__ import annotations

from driftline.dataclass import replace
from driftline.fixes.change import Named
from driftline.migrations.database_names import foreign_key_addition, index_addition, make_object_name
from driftline.schema import ExcludeConstraint, ForeignKey, Index, Table, UniqueConstraint


def with_name(table: Table, part: Named) -> Named:
    """Name what the model leaves unnamed, as PostgreSQL would: a revision that names nothing cannot be undone."""
    if part.name is not None:
        return part
    if isinstance(part, ForeignKey):
        name = make_object_name(table.name, foreign_key_addition(part.columns), "fkey")
    elif isinstance(part, UniqueConstraint):
        name = make_object_name(table.name, index_addition(part.columns), "key")
    elif isinstance(part, Index):
        name = make_object_name(table.name, index_addition(part.elements), "idx")
    elif isinstance(part, ExcludeConstraint):
        name = make_object_name(table.name, None, "excl")
    else:
        name = make_object_name(table.name, None, "check")
    return replace(part, name=name)
