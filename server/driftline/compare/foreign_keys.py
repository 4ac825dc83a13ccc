"""Foreign keys, paired by what they say: neither Alembic nor a database cares for their names.

Example: a key on `user_id` that the revisions made and the model lacks is one `remove_fk`, named `user_id`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from driftline.compare.difference import AlembicOperation, Difference, may_be_gone, names_differ, uncertainty
from driftline.compare.matching import matched
from driftline.compare.options import Options
from driftline.python.values import Unknown
from driftline.schema import ForeignKey, Table


def compare_foreign_keys(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the foreign keys of the two halves of a table.

    Keys of the same columns are one difference, `modify_fk`, whether they point elsewhere or differ in their options.
    """
    for one, other in _paired(declared, migrated, options.dialect):
        kind = _kind(one, other, options.dialect)
        if (one is None and declared.incomplete) or (other is None and migrated.incomplete) or kind is None:
            continue
        if one is None and may_be_gone(migrated, other):
            continue
        key = one or other
        if key is None:
            continue
        name = ",".join(key.columns)
        operations: tuple[AlembicOperation, ...] = ()
        if kind != "rename_constraint" and not (one and other and _alembic_is_silent(one, other, options.dialect)):
            removed = (AlembicOperation("remove_fk", declared.key, name),) if other is not None else ()
            added = (AlembicOperation("add_fk", declared.key, name),) if one is not None else ()
            operations = removed + added
        yield Difference(kind, declared.key, name, one, other, operations, uncertainty(one, other))


def aspects(one: ForeignKey, other: ForeignKey, dialect: str) -> tuple[str, ...]:
    """Name what differs between two foreign keys: "target", "ON DELETE", "ON UPDATE", "DEFERRABLE", "MATCH"."""
    found = [] if same_target(one, other) else ["target"]
    for word, left, right in (
        ("ON DELETE", one.ondelete, other.ondelete),
        ("ON UPDATE", one.onupdate, other.onupdate),
    ):
        known = not isinstance(left, Unknown) and not isinstance(right, Unknown)
        if known and _action(left, dialect) != _action(right, dialect):
            found.append(word)
    if _deferral(one) != _deferral(other):
        found.append("DEFERRABLE")
    if (one.match or "SIMPLE").upper() != (other.match or "SIMPLE").upper():
        found.append("MATCH")
    return tuple(found)


def same_target(one: ForeignKey, other: ForeignKey) -> bool:
    """Whether two foreign keys refer to the same columns, as far as it is known."""
    if isinstance(one.referred_table, Unknown) or isinstance(other.referred_table, Unknown):
        return True
    if one.referred_table != other.referred_table:
        return False
    return one.referred_columns == other.referred_columns or () in (one.referred_columns, other.referred_columns)


_Pairs = Iterator[tuple[ForeignKey | None, ForeignKey | None]]


def _paired(declared: Table, migrated: Table, dialect: str) -> _Pairs:
    stated, made = _distinct(declared.foreign_keys), _distinct(migrated.foreign_keys)
    yield from matched(
        stated, made, lambda one, other: one.columns == other.columns and not aspects(one, other, dialect)
    )
    yield from matched(stated, made, lambda one, other: one.columns == other.columns and same_target(one, other))
    yield from matched(stated, made, lambda one, other: one.columns == other.columns)
    yield from ((one, None) for one in stated)
    yield from ((None, other) for other in made)


def _distinct(keys: tuple[ForeignKey, ...]) -> list[ForeignKey]:
    """The keys without those that say what another one says: names apart, nobody could tell them from each other."""
    said: dict[tuple[object, ...], ForeignKey] = {}
    for key in keys:
        said.setdefault(
            (key.columns, key.referred_table, key.referred_columns, key.ondelete, key.onupdate, _deferral(key)), key
        )
    return list(said.values())


def _kind(one: ForeignKey | None, other: ForeignKey | None, dialect: str) -> str | None:
    if other is None:
        return "add_fk"
    if one is None:
        return "remove_fk"
    if aspects(one, other, dialect):
        return "modify_fk"
    return "rename_constraint" if names_differ(one.name, other.name) else None


def _alembic_is_silent(one: ForeignKey, other: ForeignKey, dialect: str) -> bool:
    """Whether what differs is only what Alembic does not look at."""
    return aspects(one, other, dialect) == ("MATCH",)


_NOTHING: Final = {"NO ACTION"}
_NOTHING_ON_MYSQL: Final = {"NO ACTION", "RESTRICT"}
"""There the two are the same, and neither is reflected."""


def _action(action: str | Unknown | None, dialect: str) -> str | None:
    words = " ".join(str(action or "NO ACTION").upper().split())
    return None if words in (_NOTHING_ON_MYSQL if dialect in {"mysql", "mariadb"} else _NOTHING) else words


def _deferral(key: ForeignKey) -> str:
    """The three states that Alembic tells apart, too."""
    if key.initially and key.initially.upper() == "DEFERRED":
        return "deferred"
    return "deferrable" if key.deferrable else "not deferrable"
