"""A name for what the model leaves unnamed: a revision that names nothing cannot be undone.

Example: a foreign key on `user_id` of `tokens` becomes `tokens_user_id_fkey`, as PostgreSQL would call it.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from driftline.dataclass import replace
from driftline.fixes.change import Named
from driftline.migrations.database_names import choose, foreign_key_addition, index_addition
from driftline.schema import ExcludeConstraint, ForeignKey, Index, Table, UniqueConstraint


def with_name(table: Table, part: Named) -> Named:
    """Name what the model leaves unnamed, as PostgreSQL would: a revision that names nothing cannot be undone.

    Parts of `table`, the one that declares it, that would be called alike (its CHECKs) are numbered in their order.
    """
    if part.name is not None:
        return part
    kin = _kin(table, part)
    kin = kin if part in kin else ()
    taken = {one.name for one in kin if isinstance(one.name, str)}
    for one in kin[: kin.index(part)] if kin else ():
        if one.name is None:
            taken.add(_made_up(table, one, taken))
    return replace(part, name=_made_up(table, part, taken))


def _kin(table: Table, part: Named) -> tuple[Named, ...]:
    """Give the parts of the table that could take the part's name."""
    if isinstance(part, Index):
        return table.indexes
    return (*table.foreign_keys, *table.unique_constraints, *table.exclude_constraints, *table.check_constraints)


def _made_up(table: Table, part: Named, taken: AbstractSet[str]) -> str:
    middle: str | None = None
    if isinstance(part, ForeignKey):
        middle, label = foreign_key_addition(part.columns), "fkey"
    elif isinstance(part, UniqueConstraint):
        middle, label = index_addition(part.columns), "key"
    elif isinstance(part, Index):
        middle, label = index_addition(part.elements), "idx"
    else:
        label = "excl" if isinstance(part, ExcludeConstraint) else "check"
    return choose(table.name, middle, label, taken.__contains__)
