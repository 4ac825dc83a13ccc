"""How the schema grew: what the history shows of tables that kept changing, of subsystems, and of conventions.

Nothing in here knows a project; whatever is said is counted from the replayed timelines and the schema they lead to.

Example: `growth(analysis).altered[0]` is the table that most revisions altered after its creation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from driftline.engine.analysis import Analysis
from driftline.migrations.history import Event
from driftline.report.timeline import key_then
from driftline.schema import Column, Schema


@dataclass(frozen=True, slots=True)
class Altered:
    """A table that revisions altered after the one that created it."""

    table: str
    created: str
    revisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subsystem:
    """A revision that only made tables of its own. `prefixes`: a first word, and those of the tables that begin with it.

    `links`: (referring table, referred table) among them. `altered`: later revisions that altered one of the tables.
    """

    revision: str
    message: str
    tables: tuple[str, ...]
    prefixes: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[tuple[str, str], ...]
    altered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """How much a revision did."""

    revision: str
    message: str
    operations: int
    created: tuple[str, ...]
    altered: tuple[str, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A column that several tables have. `without`: those that lack it, where most have it. `forms`: type, NULL, default.

    A form goes with the tables that have the column so, the most common one first.
    """

    column: str
    tables: tuple[str, ...]
    without: tuple[str, ...]
    forms: tuple[tuple[str, tuple[str, ...]], ...]
    refers: tuple[str, ...]
    """The tables that it refers to in any of these."""
    came: tuple[str, ...]
    """The revisions by which it came to tables that were there already."""


@dataclass(frozen=True, slots=True)
class Convention:
    """Columns that go together: `timestamps`, `soft delete`, `ownership`, or "" for columns that the same tables share.

    `partial`: tables that have some of what its other tables all have, and what they lack.
    """

    kind: str
    columns: tuple[Shared, ...]
    partial: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """All of it; each part may be empty. `tables`: how many tables there are in the end."""

    tables: int
    altered: tuple[Altered, ...]
    subsystems: tuple[Subsystem, ...]
    busiest: tuple[Work, ...]
    conventions: tuple[Convention, ...]
    dropped: tuple[tuple[str, str, str], ...]
    """Tables that are gone: name, the revision that made them, the one that dropped them."""


def growth(analysis: Analysis) -> Growth:
    """Count what the history shows."""
    works = _works(analysis)
    schema = analysis.migrated.schema
    return Growth(
        len(schema.tables),
        _altered(analysis),
        tuple(_subsystems(analysis, works)),
        _busiest(works),
        tuple(_conventions(analysis, schema)),
        tuple(_dropped(analysis)),
    )


def _altered(analysis: Analysis) -> tuple[Altered, ...]:
    made: list[Altered] = []
    for key in analysis.migrated.schema.tables:
        created = analysis.migrated.created_by(key)
        if created is None:
            continue
        revisions = dict.fromkeys(one.revision for one in analysis.migrated.altered_by(key))
        revisions.pop(created.revision, None)
        if revisions:
            made.append(Altered(key, created.revision, tuple(revisions)))
    return tuple(sorted(made, key=lambda one: (-len(one.revisions), one.table)))


def _works(analysis: Analysis) -> tuple[Work, ...]:
    """Give what each revision did, in order, those left out that touched no table."""
    events: dict[str, list[tuple[str, Event]]] = {}
    for key, timeline in analysis.migrated.timelines.items():
        for event in timeline:
            if event.applied:
                events.setdefault(event.revision, []).append((key_then(event, key), event))
    made: list[Work] = []
    for revision in analysis.graph.order:
        own = events.get(revision, [])
        if not own:
            continue
        created = dict.fromkeys(table for table, one in own if one.before is None and one.after is not None)
        dropped = dict.fromkeys(table for table, one in own if one.before is not None and one.after is None)
        altered = dict.fromkeys(table for table, _ in own if table not in created and table not in dropped)
        message = " ".join(analysis.graph.revisions[revision].message.split())
        made.append(Work(revision, message, len(own), tuple(created), tuple(altered), tuple(dropped)))
    return tuple(made)


_MANY = 2.0
"""A revision did the most where it did at least so many times what an average one does."""
_NAMED = 3
"""So many of them are named."""


def _busiest(works: Sequence[Work]) -> tuple[Work, ...]:
    if len(works) < _NAMED:
        return ()
    average = sum(one.operations for one in works) / len(works)
    found = sorted(works, key=lambda one: -one.operations)[:_NAMED]
    return tuple(one for one in found if one.operations >= _MANY * average)


def _subsystems(analysis: Analysis, works: Sequence[Work]) -> Iterable[Subsystem]:
    """Give the revisions that only made tables of their own (two or more), with what ties these together."""
    timelines = analysis.migrated.timelines
    for work in works:
        if len(work.created) < 2 or work.altered or work.dropped:  # noqa: PLR2004 -- one table is no system
            continue
        tables = {
            table: next(
                (
                    one.after
                    for events in timelines.values()
                    for one in reversed(events)
                    if one.applied
                    and one.revision == work.revision
                    and one.after is not None
                    and one.after.key == table
                ),
                None,
            )
            for table in work.created
        }
        links = dict.fromkeys(
            (name, str(key.referred_table))
            for name, table in tables.items()
            if table is not None
            for key in table.foreign_keys
            if key.referred_table in tables and key.referred_table != name
        )
        later = dict.fromkeys(
            one.revision
            for key, events in timelines.items()
            for one in events
            if one.applied and key in tables and one.revision != work.revision
        )
        order = {revision: index for index, revision in enumerate(analysis.graph.order)}
        yield Subsystem(
            work.revision,
            work.message,
            work.created,
            _prefixes(work.created),
            tuple(links),
            tuple(sorted(later, key=lambda one: order.get(one, 0))),
        )


def _prefixes(tables: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Group tables by the first word of their names, where two or more have it."""
    groups: dict[str, list[str]] = {}
    for table in tables:
        name = table.rpartition(".")[2]
        word, underscore, _ = name.partition("_")
        if underscore and word:
            groups.setdefault(f"{word}_", []).append(table)
    return tuple((word, tuple(several)) for word, several in groups.items() if len(several) > 1)


def _dropped(analysis: Analysis) -> Iterable[tuple[str, str, str]]:
    for key, events in analysis.migrated.timelines.items():
        applied = [one for one in events if one.applied]
        if key in analysis.migrated.schema.tables or not applied or applied[-1].after is not None:
            continue
        created = analysis.migrated.created_by(key)
        if created is not None:
            yield key, created.revision, applied[-1].revision


# ---------------------------------------------------------------------------------------------------------------------
# Conventions


_TIMESTAMPS = re.compile(
    r"(?:created|updated|modified|changed|inserted|last_updated|last_modified)(?:_(?:at|on|date|time|ts))?"
    r"|(?:date|time)_(?:created|updated|modified)|create_(?:date|time)|update_(?:date|time)"
)
_SOFT_DELETE = re.compile(
    r"(?:is_)?deleted|(?:is_)?archived|(?:deleted|archived)_(?:at|on|by|by_id|date|time)|delet(?:e|ion)_reason"
)
_OWNERSHIP = re.compile(
    r"(?:created|updated|modified|owned|inserted|changed)_by(?:_id|_user_id)?|(?:owner|author|creator|updater)(?:_id|_user_id)?"
)
_KINDS = (("timestamps", _TIMESTAMPS), ("soft delete", _SOFT_DELETE), ("ownership", _OWNERSHIP))
_MOST = 0.6
"""Most tables have a column where at least this share of them has it."""
_COMMON = 3
"""So many columns that the same tables share are worth a word."""


def _conventions(analysis: Analysis, schema: Schema) -> Iterable[Convention]:
    """Give the columns that two or more tables share: by what they are for, then those that just go together."""
    holders: dict[str, dict[str, Column]] = {}
    for key, table in schema.tables.items():
        for column in table.columns:
            holders.setdefault(column.name, {})[key] = column
    shared = {name: tables for name, tables in holders.items() if len(tables) > 1}
    used: set[str] = set()
    for kind, pattern in _KINDS:
        names = [name for name in shared if pattern.fullmatch(name) and _fits(kind, shared[name].values())]
        used.update(names)
        names.sort(key=lambda name: -len(shared[name]))
        if names:
            columns = tuple(_shared(name, shared[name], schema, analysis) for name in names)
            yield Convention(kind, columns, () if kind == "timestamps" else tuple(_partial(names, shared)))
    rest: dict[tuple[str, ...], list[str]] = {}
    for name, tables in shared.items():
        if name not in used and not _is_key(name, tables, schema):
            rest.setdefault(tuple(tables), []).append(name)
    for names in rest.values():
        if len(names) >= _COMMON:
            yield Convention("", tuple(_shared(name, shared[name], schema, analysis) for name in names), ())


def _fits(kind: str, columns: Iterable[Column]) -> bool:
    """Whether columns are of a type that such a purpose asks for: a name alone (`created`) says too little."""
    if kind != "timestamps":
        return True
    return all(one.type.ddl.startswith(("TIMESTAMP", "DATE", "TIME")) or one.type.unknown for one in columns)


def _is_key(name: str, tables: Mapping[str, Column], schema: Schema) -> bool:
    """Whether a column is a key in most of its tables: that they have one of that name is no convention of its own."""
    keys = [
        key
        for key in tables
        if name in schema.tables[key].primary_key.columns
        or any(name in one.columns for one in schema.tables[key].foreign_keys)
    ]
    return len(keys) * 2 >= len(tables)


def _shared(name: str, tables: Mapping[str, Column], schema: Schema, analysis: Analysis) -> Shared:
    forms: dict[str, list[str]] = {}
    for key, column in tables.items():
        forms.setdefault(_form(column), []).append(key)
    ranked = sorted(forms.items(), key=lambda one: -len(one[1]))
    most = len(tables) >= _COMMON and len(tables) >= _MOST * len(schema.tables)
    lacking = tuple(key for key in schema.tables if key not in tables) if most else ()
    refers = Counter(
        str(one.referred_table)
        for key in tables
        for one in schema.tables[key].foreign_keys
        if one.columns == (name,) and isinstance(one.referred_table, str)
    )
    return Shared(
        name,
        tuple(tables),
        lacking,
        tuple((form, tuple(keys)) for form, keys in ranked),
        tuple(refers),
        _came(name, tables, analysis),
    )


def _form(column: Column) -> str:
    nullable = (
        {True: "nullable", False: "not nullable"}.get(column.nullable) if isinstance(column.nullable, bool) else None
    )
    default = None
    if column.server_default is not None:
        sql = column.server_default.sql
        default = f"default {sql}" if isinstance(sql, str) else "with a default"
    return ", ".join(part for part in (column.type.ddl or "of an unknown type", nullable, default) if part)


def _came(name: str, tables: Mapping[str, Column], analysis: Analysis) -> tuple[str, ...]:
    """Give the revisions that added the column to tables which were there already."""
    found: dict[str, None] = {}
    for key in tables:
        for event in analysis.migrated.altered_by(key):
            if event.before is None or event.after is None:
                continue
            if event.before.column(name) is None and event.after.column(name) is not None:
                created = analysis.migrated.created_by(key)
                if created is None or created.revision != event.revision:
                    found[event.revision] = None
    return tuple(found)


def _partial(names: Sequence[str], shared: Mapping[str, Mapping[str, Column]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Give the tables that have some of the columns, and lack one that most of the others have."""
    tables = dict.fromkeys(table for name in names for table in shared[name])
    core = [name for name in names if len(shared[name]) >= _MOST * len(tables)]
    for table in tables:
        lacking = tuple(name for name in core if table not in shared[name])
        if lacking and len(lacking) < len(core):
            yield table, lacking
