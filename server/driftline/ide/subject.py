"""What the cursor is on: a table or a column, in a model or in a migration.

Example: on `user_id` in `class RefreshToken`, and on `"user_id"` in `op.add_column("refresh_tokens", …)`, the subject
is the column `user_id` of the table `refresh_tokens`.
On the name of a constraint or index it is what that is over: its column, or its table where it has several.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.ide.view import View
from driftline.migrations.history import Event, Step
from driftline.python.syntax import Syntax
from driftline.schema import ForeignKey, Index, PrimaryKey, Table, UniqueConstraint
from driftline.text import Span


@dataclass(frozen=True, slots=True)
class Subject:
    """A table (`column` None) or a column, by the key of its table; `span` (code points) is what the cursor is on."""

    analysis: Analysis
    table: str
    column: str | None
    span: Span


def subject_at(view: View, path: str, offset: int) -> Subject | None:
    """Give what stands at `offset` (code points) of the file `path`; None where that is no table or column."""
    syntax = view.syntax(path)
    if syntax is None:
        return None
    for analysis in view.analyses:
        found = _in_models(view, analysis, syntax, offset) or _in_migrations(view, analysis, syntax, offset)
        if found is not None:
            return found
    return None


def _in_models(view: View, analysis: Analysis, syntax: Syntax, offset: int) -> Subject | None:
    """The innermost of the fields, class names and names of tables around the cursor."""
    found: list[Subject] = []
    for key, table in _declared_tables(analysis):
        for column in table.columns:
            place = view.place_in(column.origin, syntax.path)
            if place is not None and place.span.contains(offset):
                found.append(Subject(analysis, key, column.name, place.span))
        site = table.origin.within(syntax.path)
        node = syntax.node_of(site) if site is not None else None
        if isinstance(node, ast.Call) and node.args and syntax.span(node.args[0]).contains(offset):
            found.append(Subject(analysis, key, None, syntax.span(node.args[0])))
    for mapped in analysis.declared.classes:
        if mapped.path == syntax.path and mapped.table is not None:
            site = mapped.origin.within(syntax.path)
            node = syntax.node_of(site) if site is not None else None
            spans = _table_names(syntax, node) if isinstance(node, ast.ClassDef) else ()
            found += [Subject(analysis, mapped.table, None, span) for span in spans if span.contains(offset)]
    return min(found, key=_size, default=None)


def _declared_tables(analysis: Analysis) -> Iterator[tuple[str, Table]]:
    yield from analysis.declared.schema.tables.items()
    yield from analysis.declared.unreached.items()


def _table_names(syntax: Syntax, node: ast.ClassDef) -> Iterator[Span]:
    """What names a class's table: the class's own name, and its `__tablename__ = "…"`."""
    start = syntax.text.find(node.name, syntax.index.offset_of_ast(node.lineno, node.col_offset) + len("class"))
    if start >= 0:
        yield Span(start, start + len(node.name))
    for one in node.body:
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == "__tablename__" for target in targets):
            yield syntax.span(one)


@dataclass(frozen=True, slots=True)
class _Stated:
    """An event whose operation is stated around the cursor, at `span`.

    `key`: its table's at the end of the history. `later`: the events of that table which say what became of the names
    that the operation has.
    """

    span: Span
    key: str
    event: Event
    later: tuple[Event, ...]


def _in_migrations(view: View, analysis: Analysis, syntax: Syntax, offset: int) -> Subject | None:
    """A name in a string, within a call of `upgrade()` or `downgrade()` that makes an event of that table."""
    stated = [*_upgrading(view, analysis, syntax, offset), *_downgrading(view, analysis, syntax, offset)]
    literal = _string_at(syntax, offset) if stated else None
    if literal is None:
        return None
    node, text = literal
    span = syntax.span(node)
    # The table's own name first, then its columns, constraints and indexes; last what a foreign key names.
    for one in sorted(stated, key=lambda one: one.span.end - one.span.start):
        halves = _halves(one.event)
        if any(text in (table.name, table.key) for table in halves):
            return Subject(analysis, one.key, None, span)
        if any(text in {column.name for column in table.columns} for table in halves):
            return Subject(analysis, one.key, _current_name(text, one.later), span)
        over = next((over for table in halves if (over := _columns_over(table, text)) is not None), None)
        if over is not None:
            column = _current_name(over[0], one.later) if len(over) == 1 else None
            return Subject(analysis, one.key, column, span)
    table, _, column = text.rpartition(".")
    if table in analysis.migrated.timelines:
        return Subject(analysis, table, column, span)
    return Subject(analysis, text, None, span) if text in analysis.migrated.timelines else None


def _upgrading(view: View, analysis: Analysis, syntax: Syntax, offset: int) -> Iterator[_Stated]:
    own = _steps_in(analysis, syntax.path)
    for event in (event for step in own or analysis.migrated.steps for event in step.events):
        span = _span_around(view, event, syntax, offset)
        if span is not None:
            key, at = _line_of(analysis, event)
            yield _Stated(span, key, event, analysis.migrated.timelines.get(key, ())[at:])


def _steps_in(analysis: Analysis, path: str) -> list[Step]:
    """The revisions of a file; none where it is one of helpers, whose calls may stand for those of any revision."""
    ids = {one.id for one in analysis.graph.revisions.values() if one.path == path}
    return [step for step in analysis.migrated.steps if step.revision in ids] if ids else []


def _line_of(analysis: Analysis, event: Event) -> tuple[str, int]:
    """The table at the end of the history that an event is one of, and where the event is in its timeline."""
    timelines = analysis.migrated.timelines
    likely = [table.key for table in _halves(event)]
    for key in (*reversed(likely), *timelines):
        at = next((at for at, one in enumerate(timelines.get(key, ())) if one is event), None)
        if at is not None:
            return key, at
    return event.operation.table or "", 0


def _downgrading(view: View, analysis: Analysis, syntax: Syntax, offset: int) -> Iterator[_Stated]:
    """A downgrade's names are those of before its revision, or after it: both are followed from its upgrade on."""
    here = [step.revision for step in _steps_in(analysis, syntax.path)]
    order = {step.revision: number for number, step in enumerate(analysis.migrated.steps)} if here else {}
    for name in here:
        downgrade = analysis.downgrades.get(name)
        if downgrade is None:
            continue
        former: dict[str, str] = {}
        for event in downgrade.events:
            # One that was not applied may be of a table that no revision makes.
            keys = [table.key for table in _halves(event)] or [event.operation.table or ""]
            own = former.get(keys[0], keys[0])
            former[keys[-1]] = own
            span = _span_around(view, event, syntax, offset)
            if span is not None:
                key = _key_at_the_end(analysis, own, order, order[name])
                timeline = analysis.migrated.timelines.get(key, ())
                later = tuple(one for one in timeline if order.get(one.revision, -1) >= order[name])
                yield _Stated(span, key, event, later)


def _span_around(view: View, event: Event, syntax: Syntax, offset: int) -> Span | None:
    origin = event.operation.origin
    place = view.place_in(origin, syntax.path) if origin.within(syntax.path) is not None else None
    return place.span if place is not None and place.span.contains(offset) else None


def _key_at_the_end(analysis: Analysis, key: str, order: Mapping[str, int], at: int) -> str:
    """Follow a table that has, or had, the key `key` with the revision `at` through the renames that came after."""
    gone: str | None = None
    for end, timeline in analysis.migrated.timelines.items():
        until = [one for one in timeline if one.applied and order.get(one.revision, -1) <= at]
        before, after = (until[-1].before, until[-1].after) if until else (None, None)
        if after is not None and after.key == key:
            return end
        if before is not None and before.key == key:
            gone = end
    return gone or key


def _halves(event: Event) -> tuple[Table, ...]:
    return tuple(table for table in (event.before, event.after) if table is not None)


def _columns_over(table: Table, name: str) -> tuple[str, ...] | None:
    """Give the columns of the table's constraint or index `name`; None where it has none of that name."""
    keyed: Iterable[PrimaryKey | ForeignKey | UniqueConstraint | Index]
    keyed = (table.primary_key, *table.foreign_keys, *table.unique_constraints, *table.indexes)
    for one in keyed:
        if one.name == name:
            return tuple(column for column in one.columns if isinstance(column, str))
    others = {one.name for one in table.check_constraints} | {one.name for one in table.exclude_constraints}
    return () if name in others else None


def _current_name(name: str, later: tuple[Event, ...]) -> str:
    """Follow a column through the renames in `later`, to the name it ends with."""
    for event in later:
        before, after = event.before, event.after
        if before is None or after is None or before.column(name) is None or after.column(name) is not None:
            continue
        gone = [column.name for column in before.columns if after.column(column.name) is None]
        come = [column.name for column in after.columns if before.column(column.name) is None]
        if gone == [name] and len(come) == 1:
            name = come[0]
    return name


def _string_at(syntax: Syntax, offset: int) -> tuple[ast.Constant, str] | None:
    for node in ast.walk(syntax.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and syntax.span(node).contains(offset):
            return node, node.value
    return None


def _size(subject: Subject) -> int:
    return subject.span.end - subject.span.start
