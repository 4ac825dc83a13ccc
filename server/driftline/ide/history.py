"""The history of one table or column: which events of a timeline concern it, and what they say of it.

Example: for the column `avatar` of `users` it is the `add_column` of revision 0006, and not the `create_table` of 0001.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.ide.words import column_words
from driftline.migrations.history import Event, Migrated, ReplayProblem
from driftline.schema import Table


def events_of(timeline: tuple[Event, ...], column: str | None) -> tuple[Event, ...]:
    """Give the events of a table's timeline that concern `column` (all of them where it is None), oldest first.

    `column` is the name it has at the end; renames are followed backwards. An event that was not applied concerns a
    column when it would have changed it, or stands on a table that never came to be.
    """
    if column is None:
        return timeline
    found: list[Event] = []
    for event in reversed(timeline):
        previous = _name_before(event, column)
        if _concerns(event, column, previous):
            found.append(event)
        column = previous
    return tuple(reversed(found))


def told(event: Event, column: str | None) -> str:
    """Say what an event did; of a table's creation, also what it said of `column` (None: of the table as a whole)."""
    summary = event.operation.summary
    after, before = event.after, event.before
    if column is None or after is None or before is not None or after.column(column) is None:
        return summary
    return f"{summary}; `{column}`: {column_words(after, column)}"


def failure(event: Event, migrated: Migrated) -> ReplayProblem | None:
    """Give why an operation could not be applied, None where it could be, or is only assumed to be run.

    Calls in a loop stand in one place: of those, the ones that changed nothing are the ones that fail.
    """
    for problem in migrated.problems:
        if problem.conditional or problem.revision != event.revision or problem.origin != event.operation.origin:
            continue
        tables = {one.key for one in (event.before, event.after) if one is not None} | {event.operation.table}
        if problem.table not in tables:
            continue
        alone = all(
            one is event or one.operation.origin != event.operation.origin or one.revision != event.revision
            for timeline in migrated.timelines.values()
            for one in timeline
        )
        if alone or event.before == event.after:
            return problem
    return None


def former_names(migrated: Migrated, name: str) -> dict[str, str]:
    """Give the tables that once had the key `name` and were renamed, by their last key, with the revision that did."""
    return {
        key: event.revision
        for key, timeline in migrated.timelines.items()
        for event in timeline
        if event.applied
        and event.before is not None
        and event.after is not None
        and event.before.key == name != event.after.key
        and key != name
    }


def _name_before(event: Event, column: str) -> str:
    before, after = event.before, event.after
    if not event.applied or before is None or after is None or before.column(column) is not None:
        return column
    gone = [one.name for one in before.columns if after.column(one.name) is None]
    come = [one.name for one in after.columns if before.column(one.name) is None]
    return gone[0] if come == [column] and len(gone) == 1 else column


def _concerns(event: Event, column: str, previous: str) -> bool:
    before = _facts(event.before, previous)
    after = _facts(event.after, column)
    return before != after or previous != column


def _facts(table: Table | None, column: str) -> tuple[object, ...]:
    """Everything that a table says of a column: itself, and the constraints and indexes over it."""
    return () if table is None else tuple(_parts(table, column))


def _parts(table: Table, column: str) -> Iterator[object]:
    found = table.column(column)
    if found is None:
        return
    yield found
    if column in table.primary_key.columns:
        yield table.primary_key
    for group in (table.foreign_keys, table.unique_constraints, table.indexes):
        yield from (one for one in group if column in one.columns)
