"""Renames: what Alembic takes for something that goes and something else that comes.

A column that only the model has and one that only the migrated table has are taken for one where their types agree and
nothing else could be meant: their names are alike, or both stand at the same place and are the only ones. Two tables
are, where they have the same columns. A guess that could be wrong is not made; the two differences then stay two.

Invariant: no operation of Alembic's is lost: a rename stands for those of both halves, and for the foreign keys
elsewhere that only follow the new name.

Example: a mapped `users.full_name` and a migrated `users.fullname`, both VARCHAR(80), are one `rename_column`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from driftline.compare.difference import Difference
from driftline.compare.foreign_keys import aspects
from driftline.compare.options import Options
from driftline.compare.tables import compare_tables
from driftline.compare.types import shape
from driftline.dataclass import replace
from driftline.schema import Column, ForeignKey, Schema, Table

_ALIKE: Final = 0.6
"""From this ratio on (`SequenceMatcher`), two names are alike: `mail` and `email`, `name` and `full_name`."""

_CLEARLY: Final = 0.15
"""So much better than any other pair must a pair fit."""

_TELLING: Final = 4
"""With so many columns, two tables have the same ones by no accident, whatever they are called."""

_LEAST: Final = 2


def with_renames(
    found: Sequence[Difference], declared: Schema, migrated: Schema, options: Options
) -> tuple[Difference, ...]:
    """Give the differences of a whole comparison, with each pair that is a rename as one."""
    renamed_tables = list(_renamed_tables(found, options))
    tables = {_old_key(one): one.table for one in renamed_tables}
    gone: dict[int, Difference] = {}
    for one in renamed_tables:
        for half in found:
            if half.kind in ("add_table", "remove_table") and half.table in (one.table, _old_key(one)):
                gone[id(half)] = one
    columns: dict[tuple[str, str], str] = {}
    by_table: dict[str, list[Difference]] = {}
    for one in found:
        by_table.setdefault(one.table, []).append(one)
    for table, ones in by_table.items():
        for added, removed, rename in _renamed_columns(
            ones, declared.tables.get(table), migrated.tables.get(table), options.dialect
        ):
            gone[id(added)] = gone[id(removed)] = rename
            columns[table, str(removed.name)] = str(added.name)
    return tuple(_gathered(found, gone, tables, columns, options.dialect))


def _old_key(one: Difference) -> str:
    return one.migrated.key if isinstance(one.migrated, Table) else one.table


def _gathered(
    found: Sequence[Difference],
    gone: Mapping[int, Difference],
    tables: Mapping[str, str],
    columns: Mapping[tuple[str, str], str],
    dialect: str,
) -> Iterator[Difference]:
    """The differences in their order, each rename at the place of its first half, with what only follows it."""
    followers: dict[int, list[Difference]] = {}
    causes = list({id(one): one for one in gone.values()}.values())
    for one in found:
        if id(one) not in gone and (cause := _cause(one, causes, tables, columns, dialect)) is not None:
            followers.setdefault(id(cause), []).append(one)
    dropped = {id(one) for ones in followers.values() for one in ones}
    given: set[int] = set()
    for one in found:
        rename = gone.get(id(one))
        if rename is None:
            if id(one) not in dropped:
                yield one
        elif id(rename) not in given:
            given.add(id(rename))
            following = followers.get(id(rename), [])
            yield replace(
                rename,
                operations=(*rename.operations, *(operation for other in following for operation in other.operations)),
                parts=(*rename.parts, *following),
            )


def _cause(
    one: Difference,
    causes: Sequence[Difference],
    tables: Mapping[str, str],
    columns: Mapping[tuple[str, str], str],
    dialect: str,
) -> Difference | None:
    """The rename that a foreign key follows: it differs in nothing but the name of what it refers to."""
    stated, made = one.declared, one.migrated
    if not isinstance(stated, ForeignKey) or not isinstance(made, ForeignKey):
        return None
    table = str(made.referred_table)
    followed = replace(
        made,
        referred_table=tables.get(table, table),
        referred_columns=tuple(columns.get((table, name), name) for name in made.referred_columns),
    )
    if followed == made or aspects(stated, followed, dialect):
        return None
    return next(
        (
            cause
            for cause in causes
            if table in (_old_key(cause), cause.table)
            and (cause.kind == "rename_table" or cause.name in stated.referred_columns)
        ),
        None,
    )


# Tables --------------------------------------------------------------------------------------------------------------


def _renamed_tables(found: Sequence[Difference], options: Options) -> Iterator[Difference]:
    added = [one for one in found if one.kind == "add_table" and one.uncertain is None]
    removed = [one for one in found if one.kind == "remove_table" and one.uncertain is None]

    def fit(one: Difference, other: Difference) -> float:
        stated, made = one.declared, other.migrated
        if not isinstance(stated, Table) or not isinstance(made, Table):
            return 0
        return _tables_fit(stated, made, options.dialect)

    for one, other in _best_pairs(added, removed, fit):
        stated, made = one.declared, other.migrated
        if isinstance(stated, Table) and isinstance(made, Table):
            inner = compare_tables(stated, replace(made, name=stated.name, schema=stated.schema), options)
            yield Difference(
                "rename_table",
                one.table,
                None,
                stated,
                made,
                (*one.operations, *other.operations),
                parts=tuple(replace(part, operations=()) for part in inner if not part.kind.startswith("rename_")),
            )


def _tables_fit(stated: Table, made: Table, dialect: str) -> float:
    """How well two tables fit: 0 where they are not one; the same columns, of the same kinds, are the least."""
    if stated.incomplete or made.incomplete or stated.schema != made.schema or len(stated.columns) < _LEAST:
        return 0
    pairs = [(column, made.column(column.name)) for column in stated.columns]
    if len(stated.columns) != len(made.columns) or any(
        other is None or not _same_kind(column, other, dialect) for column, other in pairs
    ):
        return 0
    alike = _likeness(stated.name, made.name)
    if alike >= _ALIKE:
        return 1 + alike
    return 1 if len(stated.columns) >= _TELLING else 0


# Columns -------------------------------------------------------------------------------------------------------------


def _renamed_columns(
    found: Sequence[Difference], declared: Table | None, migrated: Table | None, dialect: str
) -> Iterator[tuple[Difference, Difference, Difference]]:
    """The halves of each renamed column of a table, and what stands for both."""
    added = [one for one in found if one.kind == "add_column" and one.uncertain is None]
    removed = [one for one in found if one.kind == "remove_column" and one.uncertain is None]
    if not added or not removed or declared is None or migrated is None:
        return
    only = len(added) == len(removed) == 1

    def fit(one: Difference, other: Difference) -> float:
        stated, made = one.declared, other.migrated
        if not isinstance(stated, Column) or not isinstance(made, Column) or not _same_kind(stated, made, dialect):
            return 0
        alike = _likeness(stated.name, made.name)
        if alike >= _ALIKE:
            return 1 + alike
        same_place = _place(declared, stated) == _place(migrated, made) and stated.nullable == made.nullable
        exact = shape(stated.type.ddl, dialect) == shape(made.type.ddl, dialect)
        return 1 if only and same_place and exact else 0

    for one, other in _best_pairs(added, removed, fit):
        rename = Difference(
            "rename_column",
            one.table,
            one.name,
            one.declared,
            other.migrated,
            (*one.operations, *other.operations),
            parts=(*one.parts, *other.parts),
        )
        yield one, other, rename


def _place(table: Table, column: Column) -> tuple[str | None, str | None]:
    """The names of the columns around one."""
    names = [one.name for one in table.columns]
    at = names.index(column.name)
    return (names[at - 1] if at else None, names[at + 1] if at + 1 < len(names) else None)


def _same_kind(one: Column, other: Column, dialect: str) -> bool:
    """Whether two columns hold the same kind of values, as far as it is known: nothing unknown is the same."""
    if any(column.type.unknown is not None or column.type.ddl in ("", "NULL") for column in (one, other)):
        return False
    if (one.computed is None) != (other.computed is None):
        return False
    left, right = shape(one.type.ddl, dialect), shape(other.type.ddl, dialect)
    return left.family == right.family and left.array == right.array


# Pairing -------------------------------------------------------------------------------------------------------------


def _best_pairs(
    left: Sequence[Difference], right: Sequence[Difference], fit: Callable[[Difference, Difference], float]
) -> Iterator[tuple[Difference, Difference]]:
    """The pairs that fit clearly better than any other pair that one of the two could be in."""
    scores = {(at, to): fit(one, other) for at, one in enumerate(left) for to, other in enumerate(right)}
    for (at, to), score in scores.items():
        rivals = [other for (row, column), other in scores.items() if (row == at) != (column == to)]
        if score and all(not rival or score >= rival + _CLEARLY for rival in rivals):
            yield left[at], right[to]


def _likeness(one: str, other: str) -> float:
    """How alike two names are, from 0 to 1; words in another order, or one more, make less of a difference."""
    left, right = one.lower(), other.lower()
    words = [sorted(re.split(r"_+", name.strip("_"))) for name in (left, right)]
    if words[0] == words[1]:
        return 1
    from difflib import SequenceMatcher

    return SequenceMatcher(None, left, right, autojunk=False).ratio()
