"""What a table does without a certain constraint or index: what keeps values unique, what saves queries a scan.

A rule that says what harm a missing constraint does asks here whether something else of the table prevents it.

Example: `kept_unique(users, ("id",))` is "the primary key".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.schema import Index, Table


def kept_unique(table: Table, columns: Sequence[str | None]) -> str | None:
    """Say what keeps these columns unique, for messages; None where nothing that is known does.

    Fewer columns that are unique make the more columns unique, too.
    """
    return next((what for what, keys in _unique(table) if keys and set(keys) <= set(columns)), None)


def served(table: Table, columns: Sequence[str | None]) -> str | None:
    """Say what lets a query find values of these columns without a scan, for messages; None where nothing known does.

    That is an index of the database's ordinary kind that begins with these columns.
    """
    if not columns or None in columns:
        return None
    wanted = tuple(columns)
    return next((what for what, keys in _sorted(table) if tuple(keys[: len(wanted)]) == wanted), None)


def _unique(table: Table) -> Iterator[tuple[str, Sequence[str | None]]]:
    yield "the primary key", table.primary_key.columns
    for constraint in table.unique_constraints:
        yield _named("unique constraint", constraint.name), constraint.columns
    for index in table.indexes:
        if index.unique is True and None not in index.columns and not _partial(index):
            yield _named("unique index", index.name), index.columns


def _sorted(table: Table) -> Iterator[tuple[str, Sequence[str | None]]]:
    yield "the primary key", table.primary_key.columns
    for constraint in table.unique_constraints:
        yield _named("unique constraint", constraint.name), constraint.columns
    for index in table.indexes:
        if not _partial(index) and not any(name == "using" for name, _ in index.options):
            yield _named("index", index.name), index.columns


def _partial(index: Index) -> bool:
    return any(name == "where" for name, _ in index.options)


def _named(kind: str, name: object) -> str:
    return f"{kind} `{name}`" if isinstance(name, str) else f"an unnamed {kind}"
