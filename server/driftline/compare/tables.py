"""Tables: those that only one schema has, and what differs in those that both have.

Example: a table that the models declare and no revision creates is one `add_table`, which stands for its indexes too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from driftline.compare.autogenerate import reported
from driftline.compare.autoincrement import compare_autoincrement
from driftline.compare.check_constraints import compare_check_constraints
from driftline.compare.columns import added_and_altered, removed
from driftline.compare.comments import compare_table_comments
from driftline.compare.constraints import compare_constraints
from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.exclude_constraints import compare_exclude_constraints
from driftline.compare.foreign_keys import compare_foreign_keys
from driftline.compare.options import Options
from driftline.compare.primary_keys import compare_primary_keys
from driftline.compare.sql import mentions
from driftline.dataclass import replace
from driftline.schema import CheckConstraint, ExcludeConstraint, ForeignKey, Index, Table, UniqueConstraint


def added_table(table: Table, options: Options) -> Difference:
    """Give the difference of a declared table that is not migrated. Alembic reports its indexes beside it."""
    operations = (AlembicOperation("add_table", table.key, None), *_of_indexes(table, None, table.key, options))
    return Difference("add_table", table.key, None, table, None, operations, uncertainty(table))


def removed_table(table: Table, options: Options) -> Difference:
    """Give the difference of a migrated table that is not declared. Alembic drops its indexes first."""
    operations = (*_of_indexes(None, table, table.key, options), AlembicOperation("remove_table", table.key, None))
    return Difference("remove_table", table.key, None, None, table, operations, uncertainty(table))


def compare_tables(declared: Table, migrated: Table, options: Options) -> tuple[Difference, ...]:
    """Compare the two halves of a table. What follows from a missing or an extra column is part of that difference."""
    found = [
        *added_and_altered(declared, migrated, options),
        *compare_primary_keys(declared, migrated),
        *compare_autoincrement(declared, migrated, options),
        *compare_constraints(declared, migrated, options),
        *compare_foreign_keys(declared, migrated, options),
        *compare_check_constraints(declared, migrated, options),
        *compare_exclude_constraints(declared, migrated, options),
        *compare_table_comments(declared, migrated, options),
        *removed(declared, migrated),
    ]
    doubt = uncertainty(declared, migrated)
    gathered = _gathered(_gathered(found, "add_column"), "remove_column")
    return tuple(replace(one, uncertain=one.uncertain or doubt) for one in gathered)


def in_order_of_creation(tables: Mapping[str, Table]) -> Iterator[Table]:
    """Give tables as SQLAlchemy's `MetaData.sorted_tables` does: sorted by key, referred ones before those that refer.

    Tables that refer to each other come last, by key.
    """
    waiting = {key: tables[key] for key in sorted(tables)}
    while waiting:
        ready = [
            key
            for key, table in waiting.items()
            if not any(
                one.referred_table in waiting and one.referred_table != key and not one.use_alter
                for one in table.foreign_keys
            )
        ] or list(waiting)
        for key in ready:
            yield waiting.pop(key)


def _of_indexes(
    declared: Table | None, migrated: Table | None, table: str, options: Options
) -> Iterator[AlembicOperation]:
    for op, item in reported(declared, migrated, options.dialect):
        yield AlembicOperation(op, table, item.name if isinstance(item.name, str) else None)


_FOLLOWING = {
    "add_column": frozenset({"add_index", "add_constraint", "add_fk", "add_check", "add_exclude"}),
    "remove_column": frozenset({"remove_index", "remove_constraint", "remove_fk", "remove_check", "remove_exclude"}),
}


def _gathered(differences: Sequence[Difference], kind: str) -> list[Difference]:
    """Put what needs a missing (or an extra) column into that column's difference."""
    causes = {one.name: one for one in differences if one.kind == kind and one.name is not None}
    parts: dict[str, list[Difference]] = {}
    kept: list[Difference] = []
    for one in differences:
        cause = None
        if one.kind in _FOLLOWING[kind]:
            cause = next((name for name in causes if _needs(one.declared or one.migrated, name)), None)
        if cause is None:
            kept.append(one)
        else:
            parts.setdefault(cause, []).append(one)
    return [
        replace(one, operations=_operations(one, parts[one.name], kind), parts=tuple(parts[one.name]))
        if one.kind == kind and one.name in parts
        else one
        for one in kept
    ]


def _operations(one: Difference, parts: Sequence[Difference], kind: str) -> tuple[AlembicOperation, ...]:
    following = tuple(operation for part in parts for operation in part.operations)
    return one.operations + following if kind == "add_column" else following + one.operations


def _needs(item: object, column: str) -> bool:
    match item:
        case ForeignKey() | UniqueConstraint() | Index():
            return column in item.columns
        case CheckConstraint(sql=str() as sql):
            return mentions(sql, column)
        case ExcludeConstraint():
            return any(mentions(expression, column) for expression, _ in item.elements)
        case _:
            return False
