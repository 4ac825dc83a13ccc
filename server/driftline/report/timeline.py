"""The revisions in order, and what each of them touched.

Example: `Revised("0006", "2026-01-11 09:30", "Add avatar to users", (Touch("users", …),), …)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from driftline.dataclass import dataclass, replace
from driftline.engine.analysis import Analysis
from driftline.migrations.graph import Revision
from driftline.migrations.history import Event
from driftline.python.host import Taken
from driftline.report.place import Place, Places


@dataclass(frozen=True, slots=True)
class Touch:
    """A table that a revision touches.

    `conditional`: only in branches that an empty database does not take, or of which that is not known.
    """

    table: str
    conditional: bool


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision. `date`: to the minute, None where its docstring has none. `placed`: it has a place in the order."""

    id: str
    date: str | None
    message: str
    touches: tuple[Touch, ...]
    place: Place
    placed: bool = True


@dataclass(frozen=True, slots=True)
class ConditionalTable:
    """A table that is touched only in branches not taken.

    `condition`: as the user wrote it. `summaries`: what would be done to it.
    """

    table: str
    revision: str
    condition: str
    summaries: tuple[str, ...]
    place: Place | None


def timeline(analysis: Analysis, places: Places) -> tuple[Revised, ...]:
    """Give all revisions, in the order in which they are applied; those that have no place in it come last."""
    touched = touches_by_revision(analysis)
    graph = analysis.graph
    ordered = [graph.revisions[one] for one in graph.order if one in graph.revisions]
    rest = [one for one in graph.revisions.values() if one.id not in set(graph.order)]
    return (
        *(_revised(one, touched, places, placed=True) for one in ordered),
        *(_revised(one, touched, places, placed=False) for one in (*rest, *graph.duplicates)),
    )


def touches_by_revision(analysis: Analysis) -> Mapping[str, tuple[Touch, ...]]:
    """Give the tables that each revision touches, under the names that they had then."""
    found: dict[str, dict[str, bool]] = {}
    for key, events in analysis.migrated.timelines.items():
        for event in events:
            if event.applied and not changes(event):
                continue
            tables = found.setdefault(event.revision, {})
            name = key_then(event, key)
            tables[name] = tables.get(name, True) and not (event.applied and _surely(event))
    return {
        revision: tuple(Touch(table, conditional) for table, conditional in tables.items())
        for revision, tables in found.items()
    }


def _surely(event: Event) -> bool:
    """Whether nothing is assumed for an operation to be reached."""
    return event.operation.branch is None or event.operation.branch.taken is not Taken.ASSUMED


def changes(event: Event) -> bool:
    """Whether an event changed its table: one that was not understood only says that it could have."""
    before, after = event.before, event.after
    if before is None or after is None:
        return before is not after
    return replace(before, incomplete=(), unsure_drops=()) != replace(after, incomplete=(), unsure_drops=())


def key_then(event: Event, key: str) -> str:
    """Give the key that a table had after an event (before it, if it was dropped). `key`: the one it has at the end."""
    table = event.after if event.after is not None else event.before
    return table.key if table is not None else event.operation.table or key


def conditional_tables(analysis: Analysis, places: Places) -> tuple[ConditionalTable, ...]:
    """Give the tables that are in no schema, and that revisions touch only in branches which are not taken."""
    made: list[ConditionalTable] = []
    for key, events in analysis.migrated.timelines.items():
        if key in analysis.migrated.schema.tables or any(event.applied for event in events) or not events:
            continue
        for revision in dict.fromkeys(event.revision for event in events):
            own = [event for event in events if event.revision == revision]
            branch = own[0].operation.branch
            made.append(
                ConditionalTable(
                    key,
                    revision,
                    "" if branch is None else " ".join(branch.condition.split()),
                    tuple(dict.fromkeys(event.operation.summary for event in own)),
                    places.in_revision(own[0].operation.origin if branch is None else branch.origin, revision),
                )
            )
    return tuple(made)


def _revised(one: Revision, touched: Mapping[str, Iterable[Touch]], places: Places, *, placed: bool) -> Revised:
    place = places.of(one.origin) or Place(places.relative(one.path), 1)
    return Revised(
        one.id, _minute(one.create_date), said_of(one), tuple(touched.get(one.id, ())) if placed else (), place, placed
    )


def said_of(revision: Revision) -> str:
    """Give a revision's message on one line, "" where it has none (Alembic then writes "empty message")."""
    message = " ".join(revision.message.split())
    return "" if message == "empty message" else message


def _minute(date: str | None) -> str | None:
    """Cut the seconds off a date."""
    if date is None:
        return None
    match = re.match(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d)?", date)
    return match[0].replace("T", " ") if match else date.strip() or None
