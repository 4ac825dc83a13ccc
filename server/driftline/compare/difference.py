"""A difference between the declared and the migrated schema, as data.

`kind` is Alembic's word where Alembic compares such things (`add_column`, `modify_nullable`, `remove_fk` …): what would
have to be done to the *migrated* schema to make it the declared one. Kinds that Alembic does not compare have words of
the same form: `add_check remove_check modify_check add_exclude remove_exclude modify_exclude modify_primary_key
modify_enum modify_enum_order modify_computed modify_identity modify_autoincrement modify_collation modify_index
modify_unique rename_table rename_column rename_constraint rename_index …`.

Example: `Difference("remove_fk", "refresh_tokens", "user_id", None, ForeignKey(...))`.
"""

from __future__ import annotations

from collections.abc import Sequence

from driftline.dataclass import dataclass
from driftline.schema import Name, Table

AlembicKind = frozenset(
    {
        "add_table",
        "remove_table",
        "add_column",
        "remove_column",
        "modify_nullable",
        "modify_type",
        "modify_default",
        "modify_comment",
        "add_index",
        "remove_index",
        "add_constraint",
        "remove_constraint",
        "add_fk",
        "remove_fk",
    }
)
"""The words of `op` in the findings contract."""


@dataclass(frozen=True, slots=True)
class AlembicOperation:
    """One entry of Alembic's `compare_metadata`, in the words of the findings contract (`name` of a foreign key.

    Its columns joined by ",").
    """

    op: str
    table: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`declared` and `migrated` are the two halves (schema values.

    `Column`, `ForeignKey`, `Table` …), None on the side that lacks it.

    `name`: the column, constraint or index it is about ("a,b" for the columns of an unnamed one); None for the table
    itself.
    `operations`: what Alembic's compare_metadata would say for it, in Alembic's order; () where Alembic is silent.
    `uncertain`: why the difference is not sure (a conditional fact): never an error then.
    `apparent`: why Alembic reports it although both halves say the same (the database spells a type in its own way).
    `parts`: differences with the same cause, which this one stands for (the index of a missing column): `operations`
    holds theirs too.
    """

    kind: str
    table: str
    name: str | None
    declared: object | None
    migrated: object | None
    operations: tuple[AlembicOperation, ...] = ()
    uncertain: str | None = None
    apparent: str | None = None
    parts: tuple[Difference, ...] = ()


def label(name: Name, columns: Sequence[str | None]) -> str | None:
    """Give the name of a constraint or index as findings say it: the columns of an unnamed one, joined by ","."""
    return name if isinstance(name, str) else ",".join(column or "(expression)" for column in columns) or None


def names_differ(one: Name, other: Name) -> bool:
    """Whether two names are both known, and different."""
    return isinstance(one, str) and isinstance(other, str) and one != other


def may_be_gone(migrated: Table, item: object) -> bool:
    """Whether something may have dropped what a revision made of a table: it is conditional, and not all was read."""
    return not migrated.known_in_full and getattr(item, "conditional", False)


def uncertainty(*halves: object) -> str | None:
    """Say why a difference between these halves (schema values, or None) is not sure, None where it is."""
    if any(getattr(one, "conditional", False) for one in halves):
        return "it rests on a condition or an operation that could not be worked out"
    return None
