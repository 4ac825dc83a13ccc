"""What the cursor is on: a table or a column, in a model or in a migration.

Example: on `user_id` in `class RefreshToken`, and on `"user_id"` in `op.add_column("refresh_tokens", …)`, the subject
is the column `user_id` of the table `refresh_tokens`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from driftline.engine.analysis import Analysis
from driftline.ide.view import View
from driftline.migrations.history import Event
from driftline.python.syntax import Syntax
from driftline.schema import Table
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
    """The innermost of the fields, class names and table definitions around the cursor."""
    found: list[Subject] = []
    for key, table in _declared_tables(analysis):
        for column in table.columns:
            place = view.place_in(column.origin, syntax.path)
            if place is not None and place.span.contains(offset):
                found.append(Subject(analysis, key, column.name, place.span))
    for mapped in analysis.declared.classes:
        if mapped.path == syntax.path and mapped.table is not None:
            site = mapped.origin.within(syntax.path)
            node = syntax.node_of(site) if site is not None else None
            span = _class_name(syntax, node) if isinstance(node, ast.ClassDef) else None
            if span is not None and span.contains(offset):
                found.append(Subject(analysis, mapped.table, None, span))
    return min(found, key=_size, default=None)


def _declared_tables(analysis: Analysis) -> Iterator[tuple[str, Table]]:
    yield from analysis.declared.schema.tables.items()
    yield from analysis.declared.unreached.items()


def _class_name(syntax: Syntax, node: ast.ClassDef) -> Span | None:
    start = syntax.text.find(node.name, syntax.index.offset_of_ast(node.lineno, node.col_offset) + len("class"))
    return Span(start, start + len(node.name)) if start >= 0 else None


def _in_migrations(view: View, analysis: Analysis, syntax: Syntax, offset: int) -> Subject | None:
    """A table's or column's name in a string, within the call that makes an event of that table."""
    events = [
        (place.span, key, event)
        for key, timeline in analysis.migrated.timelines.items()
        for event in timeline
        if (place := view.place_in(event.operation.origin, syntax.path)) is not None and place.span.contains(offset)
    ]
    if not events:
        return None
    literal = _string_at(syntax, offset)
    if literal is None:
        return None
    node, text = literal
    span = syntax.span(node)
    # The table's own name first, then its columns; last a "table.column" that a foreign key names.
    for _, key, event in sorted(events, key=lambda one: one[0].end - one[0].start):
        if text in _names(event):
            return Subject(analysis, key, None, span)
        if any(text in {column.name for column in table.columns} for table in _halves(event)):
            return Subject(analysis, key, _current_name(analysis, key, event, text), span)
    table, _, column = text.rpartition(".")
    if table in analysis.migrated.timelines:
        return Subject(analysis, table, column, span)
    return Subject(analysis, text, None, span) if text in analysis.migrated.timelines else None


def _halves(event: Event) -> tuple[Table, ...]:
    return tuple(table for table in (event.before, event.after) if table is not None)


def _names(event: Event) -> set[str]:
    return {name for table in _halves(event) for name in (table.name, table.key)}


def _current_name(analysis: Analysis, key: str, event: Event, name: str) -> str:
    """Follow a column through the renames that came after `event`, to the name it ends with."""
    timeline = analysis.migrated.timelines[key]
    for later in timeline[timeline.index(event) :]:
        before, after = later.before, later.after
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
