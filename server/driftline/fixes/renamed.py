"""What follows a rename by itself: constraints and indexes stay with the column or table, and keep their names.

Example: renaming `mail` to `email` leaves the index `ix_users_mail` on the column; where the model calls it
`ix_users_email`, it is renamed, too, instead of being dropped and made again.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from driftline.compare.difference import Difference
from driftline.dataclass import dataclass, replace
from driftline.fixes.change import Named, Rename
from driftline.schema import CheckConstraint, Column, ForeignKey, Index, IndexElement, Table, UniqueConstraint


@dataclass(frozen=True, slots=True)
class Following:
    """`settled`: the parts of a rename that need no changes but `changes`."""

    settled: tuple[Difference, ...] = ()
    changes: tuple[Rename, ...] = ()


def following(difference: Difference) -> Following:
    """Give the parts of a rename that it settles by itself; nothing where the difference is none."""
    declared, migrated = difference.declared, difference.migrated
    if difference.kind == "rename_table" and isinstance(declared, Table) and isinstance(migrated, Table):
        keys = [part for part in difference.parts if _only_follows(part, migrated.key, declared.key)]
        return Following(tuple(keys))
    if difference.kind != "rename_column" or not isinstance(declared, Column) or not isinstance(migrated, Column):
        return Following()
    settled = [part for part in difference.parts if _only_follows(part, difference.table, difference.table)]
    changes: list[Rename] = []
    schema, _, table = difference.table.rpartition(".")
    for gone in difference.parts:
        if gone.declared is not None or not isinstance(gone.migrated, Named):
            continue
        there = moved(gone.migrated, migrated.name, declared.name)
        come = next((one for one in difference.parts if one.migrated is None and _alike(one.declared, there)), None)
        if come is None or any(one is come for one in settled) or not isinstance(come.declared, Named):
            continue
        settled += [gone, come]
        if isinstance(come.declared.name, str) and come.declared.name != there.name:
            changes.append(Rename(table, schema or None, there, replace(there, name=come.declared.name)))
    return Following(tuple(settled), tuple(changes))


def _only_follows(part: Difference, old: str, new: str) -> bool:
    """Whether a foreign key differs in nothing but the name of what it refers to."""
    stated, made = part.declared, part.migrated
    if not isinstance(stated, ForeignKey) or not isinstance(made, ForeignKey):
        return False
    if made.referred_table != old or stated.referred_table != new:
        return False
    followed = replace(
        made, name=stated.name, referred_table=stated.referred_table, referred_columns=stated.referred_columns
    )
    return followed == stated


def _alike(stated: object, moved: Named) -> bool:
    if not isinstance(stated, Named) or type(stated) is not type(moved):
        return False
    return replace(stated, name=moved.name) == moved  # type: ignore[type-var, unused-ignore]


def moved(part: Named, old: str, new: str) -> Named:
    """Give a part as it is when the column has its new name."""

    def name(column: str) -> str:
        return new if column == old else column

    def sql(text: str) -> str:
        return re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w)", new, text)

    match part:
        case UniqueConstraint() | ForeignKey():
            return replace(part, columns=tuple(name(one) for one in part.columns))
        case CheckConstraint():
            return replace(part, sql=sql(part.sql)) if isinstance(part.sql, str) else part
        case Index():
            elements = tuple(_moved_element(one, name, sql) for one in part.elements)
            options = tuple(
                (word, sql(value) if word == "where" and isinstance(value, str) else value)
                for word, value in part.options
            )
            return replace(part, elements=elements, options=options)
        case _:
            return part


def _moved_element(element: IndexElement, name: Callable[[str], str], sql: Callable[[str], str]) -> IndexElement:
    if element.column is not None:
        return replace(element, column=name(element.column), sql=name(element.column))
    return replace(element, sql=sql(element.sql)) if isinstance(element.sql, str) else element
