"""Unique constraints and indexes, which databases take for each other.

They are paired by name, then by what they do, whatever they are called. Each operation that Alembic would report
(`autogenerate.reported`) is then given to the pair that it comes from, so that a unique constraint that should have
been a unique index is one difference, not three.

Example: `unique=True, index=True` on `email` against `UniqueConstraint("email", name="uq_users_email")` is one
`modify_unique_kind`, for Alembic's `remove_constraint` and `add_index`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from driftline.compare.autogenerate import Item, reported
from driftline.compare.difference import AlembicOperation, Difference, label, may_be_gone, names_differ, uncertainty
from driftline.compare.index_definition import aspects
from driftline.compare.matching import matched
from driftline.compare.options import Options
from driftline.dataclass import dataclass, field, replace
from driftline.python.values import Unknown
from driftline.schema import Index, Table, UniqueConstraint

_T = TypeVar("_T", UniqueConstraint, Index)


def compare_constraints(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the unique constraints and the indexes of the two halves of a table."""
    declared = _without_doubles(declared, options.dialect)
    pairs = _paired(declared, migrated, options.dialect)
    operations = reported(_named(declared, pairs), _named(migrated, pairs), options.dialect)
    for pair in pairs:
        if _is_sure(pair, declared, migrated):
            yield from _difference(pair, declared, migrated, operations, options)


@dataclass(slots=True)
class _Pair:
    """What is declared and what was migrated in its place; `others`: more such pairs of the same cause."""

    declared: Item | None
    migrated: Item | None
    others: list[tuple[Item | None, Item | None]] = field(default_factory=list)

    def holds(self, item: Item) -> bool:
        return any(item is one for one in (self.declared, self.migrated, *(one for two in self.others for one in two)))

    @property
    def nameless(self) -> bool:
        """Whether a name in it could not be worked out, so that Alembic's comparison by name cannot be followed."""
        return any(isinstance(one.name, Unknown) for one in (self.declared, self.migrated) if one is not None)


def _paired(declared: Table, migrated: Table, dialect: str) -> list[_Pair]:
    pools = (
        list(declared.unique_constraints),
        list(migrated.unique_constraints),
        list(declared.indexes),
        list(migrated.indexes),
    )
    stated_uniques, made_uniques, stated_indexes, made_indexes = pools
    pairs: list[_Pair] = []

    def match(left: list[_T], right: list[_T], alike: Callable[[_T, _T], bool]) -> None:
        pairs.extend(_Pair(one, other) for one, other in matched(left, right, alike))

    # A naming convention can give two constraints of a table one name, and SQLite holds both.
    match(stated_uniques, made_uniques, lambda one, other: _same_name(one, other) and one.columns == other.columns)
    match(stated_uniques, made_uniques, _same_name)
    match(stated_indexes, made_indexes, _same_name)
    match(stated_uniques, made_uniques, lambda one, other: set(one.columns) == set(other.columns))
    match(stated_indexes, made_indexes, lambda one, other: not aspects(one, other, dialect))
    _match_kinds(pools, pairs)
    # What MySQL makes for a foreign key comes and goes with that: nobody has to declare it.
    made_indexes[:] = [one for one in made_indexes if not one.generated]
    pairs += [*(_Pair(one, None) for one in stated_uniques), *(_Pair(one, None) for one in stated_indexes)]
    pairs += [*(_Pair(None, one) for one in made_uniques), *(_Pair(None, one) for one in made_indexes)]
    return pairs


def _same_name(one: _T, other: _T) -> bool:
    return isinstance(one.name, str) and one.name == other.name


def _without_doubles(declared: Table, dialect: str) -> Table:
    """Leave out what is declared twice (`index=True` beside an `Index` of that name): no database can hold both."""
    found: list[Index] = []
    for index in declared.indexes:
        if not any(
            isinstance(index.name, str) and index.name == one.name and not aspects(index, one, dialect) for one in found
        ):
            found.append(index)
    return declared if len(found) == len(declared.indexes) else replace(declared, indexes=tuple(found))


def _match_kinds(
    pools: tuple[list[UniqueConstraint], list[UniqueConstraint], list[Index], list[Index]], pairs: list[_Pair]
) -> None:
    """Pair unique constraints with unique indexes of the same columns, also beside an index that is paired already."""
    stated_uniques, made_uniques, stated_indexes, made_indexes = pools
    for pair in tuple(pairs):
        one, other = pair.declared, pair.migrated
        if not (isinstance(one, Index) and isinstance(other, Index)):
            continue
        if one.unique is True and other.unique is False:
            constraint = _same_columns(made_uniques, one)
            if constraint is not None:
                _take(made_uniques, constraint)
                pair.migrated, pair.others = constraint, [(None, other)]
        elif one.unique is False and other.unique is True:
            stated = _same_columns(stated_uniques, other)
            if stated is not None:
                _take(stated_uniques, stated)
                pair.declared, pair.others = stated, [(one, None)]
    for index in tuple(stated_indexes):
        constraint = _same_columns(made_uniques, index) if index.unique is True else None
        if constraint is not None:
            _take(stated_indexes, index)
            _take(made_uniques, constraint)
            pairs.append(_Pair(index, constraint))
    for index in tuple(made_indexes):
        stated = _same_columns(stated_uniques, index) if index.unique is True else None
        if stated is not None:
            _take(made_indexes, index)
            _take(stated_uniques, stated)
            pairs.append(_Pair(stated, index))


def _same_columns(uniques: Sequence[UniqueConstraint], index: Index) -> UniqueConstraint | None:
    """A unique constraint that an index does the work of: a partial index does not."""
    if None in index.columns or any(name == "where" for name, _ in index.options):
        return None
    return next((one for one in uniques if set(one.columns) == set(index.columns)), None)


def _take(pool: list[_T], item: _T) -> None:
    pool[:] = [one for one in pool if one is not item]


def _is_sure(pair: _Pair, declared: Table, migrated: Table) -> bool:
    """Whether what was not read of the tables leaves the pair as it is: it could hold the counterpart of either."""
    one, other = pair.declared, pair.migrated
    if one is not None and other is not None and isinstance(one.name, str) and one.name == other.name:
        return True
    if one is None and may_be_gone(migrated, other):
        return False
    return not (declared.incomplete and other is not None) and not (migrated.incomplete and one is not None)


def _difference(
    pair: _Pair, declared: Table, migrated: Table, operations: Sequence[tuple[str, Item]], options: Options
) -> Iterator[Difference]:
    one, other = pair.declared, pair.migrated
    kind = _kind(pair, declared, migrated, options.dialect)
    reported_here = tuple(
        AlembicOperation(op, declared.key, item.name if isinstance(item.name, str) else None)
        for op, item in operations
        if pair.holds(item)
    )
    if pair.nameless and kind is not None:
        reported_here = tuple(_operation(op, declared.key, item) for op, item in _outright(one, other))
    if kind is None and not reported_here:
        return
    made = Difference(
        kind or ("modify_index" if isinstance(one or other, Index) else "modify_unique"),
        declared.key,
        next(label(item.name, item.columns) for item in (one, other) if item is not None),
        one,
        other,
        reported_here,
        uncertainty(one, other, *(item for two in pair.others for item in two)),
        apparent=None if kind is not None else "Alembic compares names and texts where both halves do the same",
    )
    parts = tuple(
        Difference(
            "add_index" if left is not None else "remove_index",
            declared.key,
            label(item.name, item.columns),
            left,
            right,
        )
        for left, right in pair.others
        if (item := left or right) is not None
    )
    yield replace(made, parts=parts)


def _kind(pair: _Pair, declared: Table, migrated: Table, dialect: str) -> str | None:
    match pair.declared, pair.migrated:
        case None, UniqueConstraint() as made:
            enforced = any(set(made.columns) == set(one.columns) for one in declared.unique_constraints)
            return None if enforced else "remove_constraint"
        case None, Index():
            return "remove_index"
        case UniqueConstraint() as stated, None:
            # A second one without a name, of the same columns, is none that anybody could find (PostgreSQL makes one).
            # Nor is one of the same name: a naming convention gives `unique=True` and an unnamed one the same.
            doubled = any(
                set(stated.columns) == set(one.columns) and stated.name in (None, one.name)
                for one in migrated.unique_constraints
            )
            return None if doubled else "add_constraint"
        case Index(), None:
            return "add_index"
        case UniqueConstraint() as stated, UniqueConstraint() as made:
            if set(stated.columns) != set(made.columns) or _options_differ(stated, made):
                return "modify_unique"
            return "rename_constraint" if names_differ(stated.name, made.name) else None
        case Index() as stated, Index() as made:
            if aspects(stated, made, dialect):
                return "modify_index"
            return "rename_index" if names_differ(stated.name, made.name) else None
        case _:
            return "modify_unique_kind"


def _options_differ(stated: UniqueConstraint, made: UniqueConstraint) -> bool:
    """Whether the options differ that change what is unique, or when it is checked; a falsy one is the default."""
    one, other = dict(stated.options), dict(made.options)
    return any(
        bool(one.get(name)) != bool(other.get(name))
        for name in ("deferrable", "nulls_not_distinct")
        if not (isinstance(one.get(name), Unknown) or isinstance(other.get(name), Unknown))
    )


def _outright(one: Item | None, other: Item | None) -> Iterator[tuple[str, Item]]:
    """What Alembic says of a pair that it can't recognise by a name: the one goes, the other comes."""
    if other is not None:
        yield ("remove_index" if isinstance(other, Index) else "remove_constraint"), other
    if one is not None:
        yield ("add_index" if isinstance(one, Index) else "add_constraint"), one


def _operation(op: str, table: str, item: Item) -> AlembicOperation:
    return AlembicOperation(op, table, item.name if isinstance(item.name, str) else None)


def _named(table: Table, pairs: Sequence[_Pair]) -> Table:
    """The table without the pairs whose names could not be worked out."""
    left_out = [pair for pair in pairs if pair.nameless]
    if not left_out:
        return table
    return replace(
        table,
        unique_constraints=tuple(
            one for one in table.unique_constraints if not any(pair.holds(one) for pair in left_out)
        ),
        indexes=tuple(one for one in table.indexes if not any(pair.holds(one) for pair in left_out)),
    )
