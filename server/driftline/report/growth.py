"""How the schema grew: what the history shows of tables that kept changing, of subsystems, and of conventions.

Nothing in here knows a project; whatever is said is counted from the replayed timelines and the schema they lead to.

Example: `growth(analysis).altered[0]` is the table that most revisions altered after its creation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.migrations.history import Event
from driftline.regex import regex
from driftline.report.timeline import changes, key_then, said_of
from driftline.schema import Column, Schema, Table


@dataclass(frozen=True, slots=True)
class Altered:
    """A table that revisions altered after the one that created it."""

    table: str
    created: str
    revisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subsystem:
    """A revision that only made tables of its own, and what ties these together.

    `groups`: tables that hang together by `prefixes` or `links`, the largest group first; a table in none of them has
    nothing to do with the others. `prefixes`: a first word, and those of the tables that begin with it. `links`:
    (referring table, referred table) among them. Of the tables in groups, `outward`: the other tables that they refer
    to; `altered`: later revisions that altered one of them. `first`: nothing comes before the revision.
    """

    revision: str
    message: str
    tables: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    prefixes: tuple[tuple[str, tuple[str, ...]], ...]
    links: tuple[tuple[str, str], ...]
    outward: tuple[str, ...]
    altered: tuple[str, ...]
    first: bool

    @property
    def whole(self) -> bool:
        """Whether all of its tables belong together."""
        return self.groups == (self.tables,)


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
    """Columns that the same tables have. `without`: tables that lack them, where most have them.

    `form`: type, nullability and default, where all the columns are alike in all the tables. `exceptions`: where there
    is one column, the tables in which it is otherwise than in most, by form. `refers`: the tables that they refer to.
    `came`: the revisions by which they came to tables that were there already.
    """

    columns: tuple[str, ...]
    tables: tuple[str, ...]
    without: tuple[str, ...]
    form: str | None
    exceptions: tuple[tuple[str, tuple[str, ...]], ...]
    refers: tuple[str, ...]
    came: tuple[str, ...]
    all_came: bool
    """Whether all of them came so, to all of these tables."""


@dataclass(frozen=True, slots=True)
class Convention:
    """Columns of one purpose: `timestamps`, `soft delete`, `ownership`; or "" for columns that just go together.

    `partial`: tables that have some of what most of its tables have, and what they lack.
    """

    kind: str
    shared: tuple[Shared, ...]
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
        revisions = dict.fromkeys(one.revision for one in analysis.migrated.altered_by(key) if changes(one))
        revisions.pop(created.revision, None)
        if revisions:
            made.append(Altered(key, created.revision, tuple(revisions)))
    return tuple(sorted(made, key=lambda one: (-len(one.revisions), one.table)))


def _works(analysis: Analysis) -> tuple[Work, ...]:
    """Give what each revision did, in order, those left out that touched no table."""
    events: dict[str, list[tuple[str, Event]]] = {}
    for key, timeline in analysis.migrated.timelines.items():
        for event in timeline:
            if event.applied and changes(event):
                events.setdefault(event.revision, []).append((key_then(event, key), event))
    made: list[Work] = []
    for revision in analysis.graph.order:
        own = events.get(revision, [])
        if not own:
            continue
        created = dict.fromkeys(table for table, one in own if one.before is None and one.after is not None)
        dropped = dict.fromkeys(table for table, one in own if one.before is not None and one.after is None)
        altered = dict.fromkeys(table for table, _ in own if table not in created and table not in dropped)
        message = said_of(analysis.graph.revisions[revision])
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
    """Give the revisions that only made tables of their own, where a prefix or foreign keys tie some together."""
    timelines = analysis.migrated.timelines
    order = {revision: index for index, revision in enumerate(analysis.graph.order)}
    for work in works:
        if len(work.created) < 2 or work.altered or work.dropped:  # noqa: PLR2004 -- one table is no system
            continue
        tables = _as_created(work, timelines)
        links = dict.fromkeys(
            (name, str(key.referred_table))
            for name, table in tables.items()
            for key in table.foreign_keys
            if isinstance(key.referred_table, str) and key.referred_table != name
        )
        prefixes = _prefixes(work.created)
        inner = tuple(link for link in links if link[1] in tables)
        groups = _groups(work.created, [*inner, *(several for _, several in prefixes)])
        tied = {table for group in groups for table in group}
        if not groups:
            continue
        later = dict.fromkeys(
            one.revision
            for events in timelines.values()
            if any(one.applied and one.revision == work.revision and _made(one) in tied for one in events)
            for one in events
            if one.applied and one.revision != work.revision and changes(one)
        )
        yield Subsystem(
            work.revision,
            work.message,
            work.created,
            groups,
            prefixes,
            inner,
            tuple(dict.fromkeys(target for table, target in links if table in tied and target not in tables)),
            tuple(sorted(later, key=lambda one: order.get(one, 0))),
            work.revision in analysis.graph.bases,
        )


def _made(event: Event) -> str | None:
    """Give the key of the table that an event created, if it did."""
    return event.after.key if event.before is None and event.after is not None else None


def _groups(tables: Sequence[str], ties: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Put together what a tie holds together, however many ties lie between; tables on their own are left out."""
    group = {table: {table} for table in tables}
    for tie in ties:
        joined = set().union(*(group[table] for table in tie))
        group.update(dict.fromkeys(joined, joined))
    found = dict.fromkeys(tuple(table for table in tables if table in group[one]) for one in tables)
    return tuple(sorted((one for one in found if len(one) > 1), key=len, reverse=True))


def _as_created(work: Work, timelines: Mapping[str, Sequence[Event]]) -> dict[str, Table]:
    """Give the tables that a revision made, as it left them."""
    found: dict[str, Table] = {}
    for events in timelines.values():
        for one in events:
            if (
                one.applied
                and one.revision == work.revision
                and one.after is not None
                and one.after.key in work.created
            ):
                found[one.after.key] = one.after
    return {name: found[name] for name in work.created if name in found}


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


_TIMESTAMPS = regex(
    r"(?:created|updated|modified|changed|inserted|last_updated|last_modified)(?:_(?:at|on|date|time|ts))?"
    r"|(?:date|time)_(?:created|updated|modified)|create_(?:date|time)|update_(?:date|time)"
)
_SOFT_DELETE = regex(
    r"(?:is_)?deleted|(?:is_)?archived|(?:deleted|archived)_(?:at|on|by|by_id|date|time)|delet(?:e|ion)_reason"
)
_OWNERSHIP = regex(
    r"(?:created|updated|modified|owned|inserted|changed)_by(?:_id|_user_id)?|(?:owner|author|creator|updater)(?:_id|_user_id)?"
)
_KINDS = (("timestamps", _TIMESTAMPS), ("soft delete", _SOFT_DELETE), ("ownership", _OWNERSHIP))
_MOST = 0.6
"""Most tables have a column where at least this share of them has it."""
_COMMON = 3
"""So many columns that the same tables share are worth a word."""
_BUNDLES = 5
"""So many groups of such columns are told, the largest."""


def _conventions(analysis: Analysis, schema: Schema) -> Iterable[Convention]:
    """Give the columns that two or more tables share: by what they are for, then those that just go together."""
    holders: dict[str, dict[str, Column]] = {}
    for key, table in schema.tables.items():
        for column in table.columns:
            holders.setdefault(column.name, {})[key] = column
    several = {name: tables for name, tables in holders.items() if len(tables) > 1}
    used: set[str] = set()
    for kind, pattern in _KINDS:
        names = [name for name in several if pattern.fullmatch(name) and _fits(kind, several[name].values())]
        used.update(names)
        if names:
            shared = [_shared(group, several, schema, analysis) for group in _together(names, several)]
            shared.sort(key=lambda one: -len(one.tables))
            yield Convention(kind, tuple(shared), () if kind == "timestamps" else tuple(_partial(names, several)))
    rest = _together([name for name in several if name not in used], several)
    groups = [group for group in rest if sum(not _is_key(name, several[name], schema) for name in group) >= _COMMON]
    groups.sort(key=len, reverse=True)
    for group in groups[:_BUNDLES]:
        yield Convention("", (_shared(group, several, schema, analysis),), ())


def _together(names: Iterable[str], several: Mapping[str, Mapping[str, Column]]) -> list[list[str]]:
    """Group the columns that the very same tables have."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(tuple(several[name]), []).append(name)
    return list(groups.values())


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


def _shared(
    names: Sequence[str], several: Mapping[str, Mapping[str, Column]], schema: Schema, analysis: Analysis
) -> Shared:
    tables = several[names[0]]
    forms: dict[str, list[str]] = {}
    for name in names:
        for key, column in several[name].items():
            forms.setdefault(_form(column), []).append(key)
    ranked = sorted(forms.items(), key=lambda one: -len(one[1]))
    most = len(tables) >= _COMMON and len(tables) >= _MOST * len(schema.tables)
    refers = dict.fromkeys(
        key.referred_table
        for table in tables
        for key in schema.tables[table].foreign_keys
        if len(key.columns) == 1 and key.columns[0] in names and isinstance(key.referred_table, str)
    )
    single = len(names) == 1
    came = {(name, table): revision for name in names for table, revision in _came(name, tables, analysis)}
    return Shared(
        tuple(names),
        tuple(tables),
        tuple(key for key in schema.tables if key not in tables) if most else (),
        ranked[0][0] if single or len(ranked) == 1 else None,
        tuple((form, tuple(keys)) for form, keys in ranked[1:]) if single else (),
        tuple(refers),
        tuple(one for one in analysis.graph.order if one in came.values()),
        len(came) == len(names) * len(tables),
    )


def _form(column: Column) -> str:
    nullable = None
    if isinstance(column.nullable, bool):
        nullable = "nullable" if column.nullable else "not nullable"
    default = None
    if column.server_default is not None:
        sql = column.server_default.sql
        default = f"default {sql}" if isinstance(sql, str) else "with a default"
    return ", ".join(part for part in (column.type.ddl or "of an unknown type", nullable, default) if part)


def _came(name: str, tables: Iterable[str], analysis: Analysis) -> Iterable[tuple[str, str]]:
    """Give the tables that were there before they had the column, with the revision that added it."""
    for key in tables:
        created = analysis.migrated.created_by(key)
        for event in analysis.migrated.altered_by(key):
            if event.before is None or event.after is None or (created and created.revision == event.revision):
                continue
            if event.before.column(name) is None and event.after.column(name) is not None:
                yield key, event.revision


def _partial(names: Sequence[str], shared: Mapping[str, Mapping[str, Column]]) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Give the tables that have some of the columns, and lack one that most of the others have."""
    tables = dict.fromkeys(table for name in names for table in shared[name])
    core = [name for name in names if len(shared[name]) >= _MOST * len(tables)]
    for table in tables:
        lacking = tuple(name for name in core if table not in shared[name])
        if lacking and len(lacking) < len(core):
            yield table, lacking
