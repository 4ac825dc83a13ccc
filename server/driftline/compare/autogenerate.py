"""What Alembic's autogenerate reports for the unique constraints and indexes of one table.

It goes about it step by step as Alembic's own `compare/constraints.py` does, on what SQLAlchemy's inspector would give
back of the migrated table: by name, but unnamed unique constraints by their columns, with what each dialect leaves out.

Invariant: names are known here; who calls leaves out what has none that could be worked out.

Example: `unique=True, index=True` on `email` against `UniqueConstraint("email", name="uq_users_email")` is
`[("remove_constraint", …), ("add_index", …)]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from driftline.compare.index_definition import alembic_finds_changed
from driftline.dataclass import dataclass
from driftline.schema import Index, IndexElement, Table, UniqueConstraint

Item = UniqueConstraint | Index


def reported(declared: Table | None, migrated: Table | None, dialect: str) -> list[tuple[str, Item]]:
    """Give the operations that Alembic reports for the unique constraints and indexes of a table, in its order.

    `declared` is None for a table that Alembic would drop, `migrated` for one that it would create.
    """
    stated = _stated(declared)
    seen = _reflected(migrated, dialect, dropping=declared is None)
    _correct(stated, seen, migrated, dialect)
    return _Report(stated, seen, dialect, whole_table=declared is None or migrated is None).operations()


@dataclass(frozen=True, slots=True, eq=False)
class _Signature:
    """A unique constraint or index as Alembic looks at it; `item` is what it was made of."""

    kind: Literal["unique", "index"]
    name: str | None
    item: Item

    @property
    def judged(self) -> Item:
        """The thing as the kind that it is looked at as: on MySQL, a constraint as an index, or the other way round."""
        columns = tuple(column for column in self.item.columns if column is not None)
        if self.kind == "index" and isinstance(self.item, UniqueConstraint):
            return Index(self.item.name, tuple(IndexElement(column, column) for column in columns), unique=True)
        if self.kind == "unique" and isinstance(self.item, Index):
            return UniqueConstraint(self.item.name, columns)
        return self.item

    @property
    def unnamed(self) -> tuple[object, ...]:
        """What it is without its name; the columns of a constraint in any order."""
        if self.kind == "unique":
            return tuple(sorted(str(column) for column in self.item.columns))
        return (_is_unique(self.item), *self.item.columns)


def _is_unique(item: Item) -> bool:
    return isinstance(item, UniqueConstraint) or item.unique is True


def _signature(item: Item, kind: Literal["unique", "index"] | None = None) -> _Signature:
    natural: Literal["unique", "index"] = "index" if isinstance(item, Index) else "unique"
    return _Signature(kind or natural, item.name if isinstance(item.name, str) else None, item)


def _stated(declared: Table | None) -> list[_Signature]:
    if declared is None:
        return []
    return [*map(_signature, declared.unique_constraints), *map(_signature, declared.indexes)]


def _reflected(migrated: Table | None, dialect: str, *, dropping: bool) -> list[_Signature]:
    """What SQLAlchemy's inspector gives back; of a table that it drops, Alembic leaves out the unique constraints."""
    if migrated is None:
        return []
    uniques: list[_Signature] = []
    indexes = [_signature(index) for index in migrated.indexes]
    if dialect == "sqlite":
        # One automatic index serves all constraints of the same columns, and indexes of expressions are not reflected.
        by_columns = {unique.columns: unique for unique in reversed(migrated.unique_constraints)}
        uniques = [_signature(unique) for unique in migrated.unique_constraints if by_columns[unique.columns] is unique]
        indexes = [one for one in indexes if None not in one.item.columns]
    elif dialect in {"mysql", "mariadb"}:
        # A unique constraint is a unique index there, and reflected as both.
        uniques = [_signature(unique, "unique") for unique in migrated.unique_constraints]
        uniques += [_signature(index, "unique") for index in migrated.indexes if _is_unique(index)]
        indexes += [_signature(unique, "index") for unique in migrated.unique_constraints]
    else:
        uniques = [_signature(unique) for unique in migrated.unique_constraints]
    return indexes if dropping else [*uniques, *indexes]


def _correct(stated: list[_Signature], seen: list[_Signature], migrated: Table | None, dialect: str) -> None:
    """Leave out what the database adds by itself or does not report, as the dialects' implementations do."""
    if dialect == "sqlite":
        names = {one.name for one in seen if one.kind == "index"}
        stated[:] = [one for one in stated if None not in one.item.columns or one.name in names]
    elif dialect in {"mysql", "mariadb"}:
        _correct_doubles(stated, seen)
        keys = {key.name: key.columns for key in (migrated.foreign_keys if migrated is not None else ())}
        implicit = {
            one.name
            for one in seen
            if one.kind == "index"
            and not _is_unique(one.item)
            and (one.name in one.item.columns or set(keys.get(one.name, ())) & set(one.item.columns))
        }
        for signatures in (stated, seen):
            signatures[:] = [one for one in signatures if one.kind != "index" or one.name not in implicit]


def _correct_doubles(stated: list[_Signature], seen: list[_Signature]) -> None:
    """Where a constraint and an index are one, keep what the model calls it."""
    uniques = [one for one in stated if one.kind == "unique"]
    names = {one.name for one in uniques if one.name is not None}
    nameless = {one.unnamed for one in uniques if one.name is None}
    indexes = {one.name for one in stated if one.kind == "index" and _is_unique(one.item)}
    for double in [one for one in seen if one.kind == "unique"]:
        if double.name not in names:
            if double.unnamed not in nameless:
                seen.remove(double)
        elif double.name not in indexes:
            seen[:] = [one for one in seen if one.kind != "index" or one.name != double.name]


@dataclass(frozen=True, slots=True)
class _Report:
    stated: Sequence[_Signature]
    seen: Sequence[_Signature]
    dialect: str
    whole_table: bool
    """Whether the table as a whole comes or goes: its unique constraints then come or go with it."""

    def operations(self) -> list[tuple[str, Item]]:
        stated_names = {one.name: one for one in self.stated if one.name is not None}
        seen_names = {one.name: one for one in self.seen if one.name is not None}
        nameless = {one.unnamed: one for one in self.stated if one.kind == "unique" and one.name is None}
        made: list[tuple[str, Item]] = []
        for name in sorted(seen_names.keys() - stated_names.keys()):
            made += self._removed(name, seen_names[name], nameless)
        for name in sorted(stated_names.keys() & seen_names.keys()):
            one = stated_names[name]
            twins = self._twins(name)
            other = next((twin for twin in twins if twin.kind == one.kind), seen_names[name])
            if one.kind != other.kind:
                made += [*self._gone(other), *self._come(one)]
            elif alembic_finds_changed(one.judged, other.judged, self.dialect):
                made += [(f"remove_{_word(other)}", other.item), (f"add_{_word(one)}", one.item)]
        for name in sorted(stated_names.keys() - seen_names.keys()):
            made += self._come(stated_names[name])
        known = {one.unnamed for one in self.seen if one.kind == "unique"}
        for unnamed, one in nameless.items():
            if unnamed not in known:
                made += self._come(one)
        return made

    def _twins(self, name: str) -> list[_Signature]:
        """The constraint and the index of that name, where the database has both."""
        twins = [one for one in self.seen if one.name == name]
        return twins if {one.kind for one in twins} == {"unique", "index"} else []

    def _removed(
        self, name: str, one: _Signature, nameless: dict[tuple[object, ...], _Signature]
    ) -> Iterator[tuple[str, Item]]:
        twins = self._twins(name)
        if one.kind == "unique" and one.unnamed in nameless:
            return
        if not twins:
            yield from self._gone(one)
            return
        for twin in twins:
            stated = [other.unnamed for other in self.stated if other.kind == twin.kind]
            if twin.unnamed in stated:
                return
        for twin in twins:
            yield from self._gone(twin)

    def _gone(self, one: _Signature) -> Iterator[tuple[str, Item]]:
        if one.kind == "index" or not self.whole_table:
            yield f"remove_{_word(one)}", one.item

    def _come(self, one: _Signature) -> Iterator[tuple[str, Item]]:
        if one.kind == "index" or not self.whole_table:
            yield f"add_{_word(one)}", one.item


def _word(one: _Signature) -> str:
    return "index" if one.kind == "index" else "constraint"
