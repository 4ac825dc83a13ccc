"""What the audit says of a table: its two halves side by side.

What is alike is decided by the comparison (`analysis.differences`), not here: a row is marked by the finding that is
about it.

Example: a row of the column table is `ColumnRow("user_id", "UUID", "UUID", …, Mark.CRITICAL)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TypeVar

from driftline.compare.difference import Difference
from driftline.compare.index_definition import described
from driftline.dataclass import dataclass, fields, is_dataclass
from driftline.engine.analysis import Analysis
from driftline.python.origin import Origin
from driftline.python.values import Unknown
from driftline.report.entry import SEVERITIES, Entry, Severity, entry_of, severity_of
from driftline.report.place import Place, Places
from driftline.report.timeline import changes
from driftline.schema import (
    CheckConstraint,
    Column,
    ExcludeConstraint,
    ForeignKey,
    Index,
    Name,
    PrimaryKey,
    Table,
    UniqueConstraint,
)
from driftline.schema.unknown_facts import unknown_facts_of_table

_T = TypeVar("_T")


class Mark(Enum):
    """How the two halves of something go together."""

    SAME = "✅"
    CRITICAL = "❌"
    WARNING = "⚠️"
    NOTE = "ℹ️"  # noqa: RUF001 -- the sign, not the letter


class State(Enum):
    """The verdict over a table, or over everything.

    Of a table, it is about its two halves: what is found in the history alone does not make them differ.
    """

    CONSISTENT = "CONSISTENT"
    DRIFTED = "DRIFTED"
    INCONSISTENT = "INCONSISTENT"
    NOT_COMPARED = "NOT COMPARED"
    """Nothing is reported of a declared table, although no revision that was read creates it; or of all of them."""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column's two halves; None where a half lacks it, "?" where it could not be read.

    `references`: what it refers to (`users.id`), and in brackets the half that says so where only one does.
    """

    name: str
    declared_type: str | None
    migrated_type: str | None
    declared_nullable: str | None
    migrated_nullable: str | None
    references: tuple[str, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A foreign key's two halves: what each does ON DELETE, and other options; None where a half lacks it."""

    columns: tuple[str, ...]
    references: str
    declared: str | None
    migrated: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Said:
    """What an index or a constraint says: its columns (or, with `sql`, its SQL), whether it is unique, its options."""

    text: str
    sql: bool = False
    unique: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An index, a constraint, a comment: what the two halves call it, and what each says; None: that half lacks it.

    A name is None where there is none, "?" where it could not be read.
    """

    names: tuple[str | None, str | None]
    declared: Said | None
    migrated: Said | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Step:
    """What one revision did to a table after it was created; summaries of operations, names in backticks."""

    revision: str
    summaries: tuple[str, ...]
    place: Place | None


@dataclass(frozen=True, slots=True)
class TableAudit:
    """A declared table. `models`: class names and where they are; `created`: the revision, None where none creates it.

    `migrated`: whether it is in the migrated schema. `unread`: why parts of either half are not known.
    """

    key: str
    models: tuple[tuple[str, Place | None], ...]
    migrated: bool
    created: tuple[str, Place | None] | None
    modified: tuple[Step, ...]
    state: State
    columns: tuple[ColumnRow, ...]
    foreign_keys: tuple[KeyRow, ...]
    indexes: tuple[ItemRow, ...]
    unique_constraints: tuple[ItemRow, ...]
    others: tuple[ItemRow, ...]
    findings: tuple[Entry, ...]
    unread: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether everything about it was compared, and nothing differs."""
        return self.state is State.CONSISTENT and not self.unread


def audit_table(table: Table, analysis: Analysis, places: Places) -> TableAudit:
    """Put the two halves of a declared table side by side."""
    key = table.key
    migrated = analysis.migrated.schema.tables.get(key)
    findings = [one for one in analysis.findings if one.table == key]
    entries = tuple(entry_of(one, places) for one in findings)
    halves = about_halves(entries)
    marks = _Marks(analysis, key)
    classes = [one for one in analysis.declared.classes if one.table == key and one.reached]
    models = tuple((one.name, places.of(one.origin)) for one in classes) or ((table.name, places.of(table.origin)),)
    other = migrated if migrated is not None else Table(table.name, table.schema)
    unread = (*unknown_facts_of_table(table), *unknown_facts_of_table(other))
    return TableAudit(
        key,
        models,
        migrated is not None,
        created_by(analysis, key, places),
        modified_by(analysis, key, places),
        state_of(halves) if halves or migrated is not None else State.NOT_COMPARED,
        tuple(_columns(table, other, marks)),
        tuple(_keys(table, other, marks)),
        tuple(_items(table.indexes, other.indexes, _says_index, marks)),
        tuple(_items(table.unique_constraints, other.unique_constraints, _says_unique, marks)),
        tuple(_others(table, other, marks)),
        entries,
        tuple(dict.fromkeys(_told(one, places) for one in unread)),
    )


def _told(unknown: Unknown, places: Places) -> str:
    """Say why something could not be read; of a file that does not parse, where: the reason names none."""
    place = places.of(unknown.origin) if unknown.reason.startswith("it does not parse") else None
    return unknown.reason if place is None else f"{unknown.reason} (`{place}`)"


def created_by(analysis: Analysis, key: str, places: Places) -> tuple[str, Place | None] | None:
    """Give the revision that created a table, and where."""
    event = analysis.migrated.created_by(key)
    return None if event is None else (event.revision, places.in_revision(event.operation.origin, event.revision))


def modified_by(analysis: Analysis, key: str, places: Places) -> tuple[Step, ...]:
    """Give what each revision after the table's creation did to it, oldest first."""
    created = analysis.migrated.created_by(key)
    steps: dict[str, list[str]] = {}
    first: dict[str, Place | None] = {}
    for event in analysis.migrated.altered_by(key):
        if not changes(event) or (created is not None and event.revision == created.revision):
            continue
        steps.setdefault(event.revision, []).append(event.operation.summary)
        first.setdefault(event.revision, places.in_revision(event.operation.origin, event.revision))
    return tuple(Step(revision, tuple(summaries), first[revision]) for revision, summaries in steps.items())


def about_halves(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Give the findings that speak against two halves being alike.

    Those are the drift, and errors of upgrades: where an operation cannot be run, nothing makes the migrated half what
    it is taken for. What a downgrade does, or a wrong `existing_nullable`, changes neither half.
    """
    return tuple(one for one in entries if one.group == "drift" or (one.severity == "CRITICAL" and not one.backwards))


def state_of(entries: Iterable[Entry]) -> State:
    """Give the verdict that findings amount to."""
    severities = {one.severity for one in entries}
    return State.INCONSISTENT if "CRITICAL" in severities else State.DRIFTED if severities else State.CONSISTENT


# ---------------------------------------------------------------------------------------------------------------------
# Marks


_MARKS: dict[Severity, Mark] = {"CRITICAL": Mark.CRITICAL, "WARNING": Mark.WARNING, "NOTE": Mark.NOTE}


class _Marks:
    """Which finding, if any, is about a part of a table."""

    def __init__(self, analysis: Analysis, table: str) -> None:
        found = [one for one in analysis.findings if one.table == table]
        self._severities = {
            id(part): severity_of(one.level)
            for one in found
            if one.difference is not None
            for part in (one.difference, *one.difference.parts)
        }
        differences = analysis.differences.get(table, ())
        self._differences = [part for one in differences for part in (one, *one.parts)]
        for one in found:
            if one.difference is not None:
                known = {id(part) for part in self._differences}
                self._differences += [part for part in (one.difference, *one.difference.parts) if id(part) not in known]
        self._whole = next((one for one in self._differences if one.kind in ("add_table", "remove_table")), None)

    def of(self, declared: object, migrated: object, *parts: object) -> Mark:
        """Give the mark of a row with these halves.

        Where one lacks it and nothing is said of that, or where part of a half could not be read, it is a note.
        """
        wanted = [one for one in (declared, migrated, *parts) if one is not None]
        about = [one for one in self._differences if any(half == part for half in _halves(one) for part in wanted)]
        if self._whole is not None:
            about.append(self._whole)
        worst = self._worst(about)
        unsure = declared is None or migrated is None or any(_unread(one) for one in wanted)
        return Mark.NOTE if worst is Mark.SAME and unsure else worst

    def _worst(self, about: Sequence[Difference]) -> Mark:
        severities: list[Severity] = [
            self._severities.get(id(one), "NOTE")
            for one in about
            if id(one) in self._severities or one.apparent is None
        ]
        return _MARKS[min(severities, key=SEVERITIES.index)] if severities else Mark.SAME


def _unread(part: object) -> bool:
    """Whether a part of a table holds anything that could not be read."""
    if isinstance(part, tuple):
        return any(_unread(one) for one in part)
    if isinstance(part, Table | Origin) or not is_dataclass(part):
        return False
    return isinstance(part, Unknown) or any(_unread(getattr(part, one.name)) for one in fields(part))


def _halves(difference: Difference) -> tuple[object, object]:
    return difference.declared, difference.migrated


# ---------------------------------------------------------------------------------------------------------------------
# Columns


def _columns(table: Table, other: Table, marks: _Marks) -> Iterator[ColumnRow]:
    names = dict.fromkeys(one.name for one in (*table.columns, *other.columns))
    for name in names:
        declared, migrated = table.column(name), other.column(name)
        keys = [[key for key in one.foreign_keys if key.columns == (name,)] for one in (table, other)]
        yield ColumnRow(
            name,
            _type(declared),
            _type(migrated),
            _nullable(declared),
            _nullable(migrated),
            tuple(_references(*keys)),
            marks.of(declared, migrated, *keys[0], *keys[1]),
        )


def _type(column: Column | None) -> str | None:
    if column is None:
        return None
    return "?" if column.type.unknown is not None else short_type(column.type.ddl)


def short_type(ddl: str) -> str:
    """Shorten the DDL of a type to what a narrow table has room for, in the database's own other words."""
    for long, short in (
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"),
        ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP"),
        ("TIME WITHOUT TIME ZONE", "TIME"),
        ("TIME WITH TIME ZONE", "TIMETZ"),
    ):
        ddl = ddl.replace(long, short)
    return ddl


def _nullable(column: Column | None) -> str | None:
    if column is None:
        return None
    if isinstance(column.nullable, Unknown):
        return "?"
    return "yes" if column.nullable else "no"


def _references(declared: Sequence[ForeignKey], migrated: Sequence[ForeignKey]) -> Iterator[str]:
    stated, made = [_target(key) for key in declared], [_target(key) for key in migrated]
    for target in dict.fromkeys((*stated, *made)):
        if target in stated and target in made:
            yield target
        else:
            yield f"{target} ({'model' if target in stated else 'migrations'} only)"


def _target(key: ForeignKey) -> str:
    table = key.referred_table if isinstance(key.referred_table, str) else "?"
    return f"{table}.{','.join(key.referred_columns)}" if key.referred_columns else table


# ---------------------------------------------------------------------------------------------------------------------
# Keys, indexes, constraints


def _keys(table: Table, other: Table, marks: _Marks) -> Iterator[KeyRow]:
    for declared, migrated in _paired(
        table.foreign_keys,
        other.foreign_keys,
        lambda one, two: one.columns == two.columns and one.referred_table == two.referred_table,
        lambda one, two: one.columns == two.columns,
    ):
        key = declared or migrated
        if key is None:
            continue
        targets = dict.fromkeys(_target(one) for one in (declared, migrated) if one is not None)
        yield KeyRow(
            key.columns, " / ".join(targets), _options(declared), _options(migrated), marks.of(declared, migrated)
        )


def _options(key: ForeignKey | None) -> str | None:
    if key is None:
        return None
    said = ["?" if isinstance(key.ondelete, Unknown) else key.ondelete or "no action"]
    if key.onupdate is not None:
        said.append(f"on update {'?' if isinstance(key.onupdate, Unknown) else key.onupdate}")
    if key.deferrable:
        said.append(f"deferrable{f' initially {key.initially.lower()}' if key.initially else ''}")
    if key.match:
        said.append(f"match {key.match}")
    return ", ".join(said)


def _others(table: Table, other: Table, marks: _Marks) -> Iterator[ItemRow]:
    key = table.primary_key, other.primary_key
    if len(key[0].columns) > 1 or (marks.of(*key) is not Mark.SAME and other.columns):
        yield from _items((key[0],) if key[0].columns else (), (key[1],) if key[1].columns else (), _says_key, marks)
    yield from _items(table.check_constraints, other.check_constraints, _says_check, marks)
    yield from _items(table.exclude_constraints, other.exclude_constraints, _says_exclude, marks)
    if table.comment or other.comment:
        halves = [None if one is None else Said(one, sql=True) for one in (table.comment, other.comment)]
        yield ItemRow(("comment", "comment"), halves[0], halves[1], marks.of(table, other))


_Item = TypeVar("_Item", PrimaryKey, UniqueConstraint, Index, CheckConstraint, ExcludeConstraint)


def _items(
    declared: Sequence[_Item], migrated: Sequence[_Item], says: Callable[[_Item], Said], marks: _Marks
) -> Iterator[ItemRow]:
    for one, two in _paired(
        declared,
        migrated,
        lambda one, two: isinstance(one.name, str) and one.name == two.name,
        lambda one, two: says(one) == says(two),
    ):
        halves = [None if half is None else says(half) for half in (one, two)]
        yield ItemRow((_name(one), _name(two)), halves[0], halves[1], marks.of(one, two))


def _paired(
    declared: Sequence[_T], migrated: Sequence[_T], *alike: Callable[[_T, _T], bool]
) -> Iterator[tuple[_T | None, _T | None]]:
    """Pair what belongs together by the first of the conditions that holds; the order is the declared one's."""
    left = list(migrated)
    partners: dict[int, _T] = {}
    for condition in alike:
        for index, one in enumerate(declared):
            partner = next((two for two in left if condition(one, two)), None) if index not in partners else None
            if partner is not None:
                partners[index] = partner
                left = [two for two in left if two is not partner]
    yield from ((one, partners.get(index)) for index, one in enumerate(declared))
    yield from ((None, two) for two in left)


def _name(item: _Item | None) -> str | None:
    if item is None:
        return None
    name: Name = item.name
    return "?" if isinstance(name, Unknown) else name


def _says_key(key: PrimaryKey) -> Said:
    return Said(f"PRIMARY KEY ({', '.join(key.columns)})", sql=True)


def _says_unique(constraint: UniqueConstraint) -> Said:
    return Said(", ".join(constraint.columns), options=_spelled(constraint.options))


def _says_index(index: Index) -> Said:
    unread = ("unique or not is not known",) if isinstance(index.unique, Unknown) else ()
    options = _spelled((name, value) for name, value in index.options if name != "ops")  # which is in the text
    return Said(described(index), unique=index.unique is True, options=(*unread, *options))


def _says_check(check: CheckConstraint) -> Said:
    return Said(f"CHECK ({check.sql if isinstance(check.sql, str) else '?'})", sql=True)


def _says_exclude(constraint: ExcludeConstraint) -> Said:
    return Said(f"EXCLUDE ({', '.join(f'{sql} WITH {operator}' for sql, operator in constraint.elements)})", sql=True)


def _spelled(options: Iterable[tuple[str, object]]) -> tuple[str, ...]:
    """Write options as words: `where deleted_at IS NULL`, `deferrable`."""
    return tuple(
        name.replace("_", " ")
        if value is True
        else f"{name.replace('_', ' ')} {'?' if isinstance(value, Unknown) else value}"
        for name, value in options
        if value is not None and value is not False
    )
