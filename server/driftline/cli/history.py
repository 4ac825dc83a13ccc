"""`driftline history TABLE[.COLUMN]`: what happened to a table or a column, oldest first.

Example: `driftline history refresh_tokens.user_id fixtures/kitsu`.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from driftline.cli.failure import Failure
from driftline.cli.workspace import (
    add_environment_arguments,
    add_path_argument,
    ensure_readable,
    one_environment,
    shown,
    warn,
)
from driftline.sources.paths import relative_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driftline.engine.analyse import Work
    from driftline.engine.places import Places
    from driftline.migrations.history import Event, Migrated, ReplayProblem


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `driftline history`."""
    parser.add_argument(
        "subject", metavar="TABLE[.COLUMN]", help="the table (schema.table outside of the default schema) or its column"
    )
    add_path_argument(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", metavar="FORMAT", help="text or json (default: text)"
    )
    add_environment_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the events."""
    from driftline.engine import analyse
    from driftline.engine.places import Places
    from driftline.ide.history import events_of, failure, former_names

    work = one_environment(arguments)
    ensure_readable(work)
    migrated = analyse.migrated(work)
    table, column = _subject(arguments.subject, migrated)
    former = arguments.subject if column is None else arguments.subject.removesuffix(f".{column}")
    if former != table:
        since = former_names(migrated, former)[table]
        warn(f"the table `{former}` is `{table}` since revision `{since}`, and this is its history")
    events = _in_order(events_of(migrated.timelines[table], column), work)
    places = Places(work.session.source, work.session.parse)
    if arguments.format == "json":
        listed = [_document(event, column, work, places, failure(event, migrated)) for event in events]
        print(json.dumps({"table": table, "column": column, "events": listed}, indent=2, ensure_ascii=False))
        return 0
    told: str | None = None
    for event in events:
        if event.revision != told:
            print(_heading(event, work))
        told = event.revision
        print(_line(event, column, work, places, failure(event, migrated)))
    if not events:
        warn(f"no revision touches `{arguments.subject}` alone; `driftline history {table}` tells of the whole table")
    if migrated.incomplete is not None:
        warn(f"not all of the history is known: {migrated.incomplete.reason}")
    elif table in migrated.presumed:
        warn(f"not all of this table's history is known: {migrated.presumed[table].reason}")
    return 0


def _subject(name: str, migrated: Migrated) -> tuple[str, str | None]:
    """The key of the table that `name` means, and the column, if it means one. Raises `Failure`."""
    from driftline.engine.nearest import unknown

    timelines = migrated.timelines
    whole = _current(name, migrated)
    if whole is not None:
        return whole, None
    former, _, column = name.rpartition(".")
    table = _current(former, migrated) or former
    if table not in timelines:
        msg = f"in the migrations {unknown('table', table or name, timelines)}"
        raise Failure(msg)
    columns = {
        one.name: None
        for event in timelines[table]
        for half in (event.before, event.after)
        if half
        for one in half.columns
    }
    if not column:
        msg = f"`{name}` ends with a dot, and names no column; `driftline history {table}` tells of the whole table"
        raise Failure(msg)
    if column not in columns:
        msg = f"in the history of `{table}` {unknown('column', column, columns)}"
        raise Failure(msg)
    return table, column


def _in_order(events: Iterable[Event], work: Work) -> list[Event]:
    """The events by their revisions' order; what nobody could put into it comes last."""
    from driftline.engine import analyse

    order = {revision: index for index, revision in enumerate(analyse.graph(work).order)}
    return sorted(events, key=lambda one: order.get(one.revision, len(order)))


def _current(name: str, migrated: Migrated) -> str | None:
    """The last key of the table that is, or once was, called `name`. Raises `Failure` where several once were."""
    from driftline.ide.history import former_names

    if name in migrated.timelines:
        return name
    found = sorted(former_names(migrated, name))
    if len(found) > 1:
        msg = f"several tables were called `{name}` once: {', '.join(f'`{one}`' for one in found)}; name one of these"
        raise Failure(msg)
    return found[0] if found else None


def _heading(event: Event, work: Work) -> str:
    """The revision of an event: its id, day and message."""
    from driftline.engine import analyse

    revision = analyse.graph(work).revisions.get(event.revision)
    said = ((revision.create_date or "")[:10], revision.message) if revision is not None else ()
    return "  ".join((event.revision, *(part for part in said if part)))


def _line(event: Event, column: str | None, work: Work, places: Places, problem: ReplayProblem | None) -> str:
    """What an event did, and where."""
    from driftline.engine import analyse
    from driftline.ide.history import told

    revision = analyse.graph(work).revisions.get(event.revision)
    what = told(event, column)
    if not event.applied:
        branch = event.operation.branch
        what += f" (only if {branch.condition}; not so on an empty database)" if branch else " (not applied)"
    if problem is not None:
        what += f" (cannot be applied: {problem.rule})"
    place = places.locate_in(event.operation.origin, revision.path if revision is not None else "")
    where = f"  {shown(place.path)}:{place.line}" if place is not None else ""
    return f"    {what}{where}"


def _document(
    event: Event, column: str | None, work: Work, places: Places, problem: ReplayProblem | None
) -> dict[str, object]:
    """An event as JSON."""
    from driftline.engine import analyse
    from driftline.ide.history import told

    revision = analyse.graph(work).revisions.get(event.revision)
    place = places.locate_in(event.operation.origin, revision.path if revision is not None else "")
    branch = event.operation.branch
    return {
        "revision": event.revision,
        "message": revision.message if revision is not None else None,
        "date": revision.create_date if revision is not None else None,
        "op": event.operation.verb,
        "summary": told(event, column),
        "applied": event.applied and problem is None,
        "problem": problem.rule if problem is not None else None,
        "condition": branch.condition if branch is not None else None,
        "path": relative_to(place.path, work.folder) if place is not None else None,
        "line": place.line if place is not None else None,
    }
