"""The card of a column or a table: what is declared, what is migrated, what is wrong, and the migration history.

Example: on `user_id` of `RefreshToken` the card shows both halves, the missing foreign key, and revision 0005, linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from driftline.engine.analysis import Analysis
from driftline.ide.history import events_of, told
from driftline.ide.subject import Subject, subject_at
from driftline.ide.view import Place, View
from driftline.ide.words import code, default_words, key_words, null_words, type_words
from driftline.migrations.history import Event
from driftline.python.origin import Origin
from driftline.rules.finding import Finding
from driftline.schema import Table
from driftline.text import Span


@dataclass(frozen=True, slots=True)
class Hover:
    """`markdown` for the user; `span` (code points): what it is about."""

    markdown: str
    span: Span


def hover_at(view: View, path: str, offset: int) -> Hover | None:
    """Give the card of what stands at `offset` (code points) of the file `path`.

    None where that is no table or column.
    """
    subject = subject_at(view, path, offset)
    return None if subject is None else Hover("\n".join(_card(view, subject)), subject.span)


def _card(view: View, subject: Subject) -> Iterator[str]:
    analysis, key = subject.analysis, subject.table
    declared = analysis.declared.schema.tables.get(key) or analysis.declared.unreached.get(key)
    migrated = analysis.migrated.schema.tables.get(key)
    if subject.column is None:
        yield f"**{code(key)}** · table"
        yield ""
        yield from _table_card(analysis, key, declared, migrated)
    else:
        yield f"**{code(f'{key}.{subject.column}')}** · column"
        yield ""
        yield from _column_card(analysis, key, subject.column, declared, migrated)
    yield from _findings(analysis, subject)
    yield from _history(view, analysis, subject)


def _column_card(
    analysis: Analysis, key: str, name: str, declared: Table | None, migrated: Table | None
) -> Iterator[str]:
    mapped = analysis.declared.class_of(key)
    where = f"`{mapped.name}`" if mapped is not None else "no model"
    yield "| | type | null | default | keys |"
    yield "| --- | --- | --- | --- | --- |"
    yield _row(f"declared ({where})", declared, name)
    yield _row("migrated", migrated, name)


def _row(side: str, table: Table | None, name: str) -> str:
    column = table.column(name) if table is not None else None
    if table is None or column is None:
        return f"| {side} | – | – | – | – |"
    cells = (type_words(column), null_words(column), default_words(column), ", ".join(key_words(table, name)) or "–")
    return f"| {side} | {' | '.join(_cell(cell) for cell in cells)} |"


def _table_card(analysis: Analysis, key: str, declared: Table | None, migrated: Table | None) -> Iterator[str]:
    mapped = analysis.declared.class_of(key)
    yield "| | columns | constraints | indexes |"
    yield "| --- | --- | --- | --- |"
    for side, table in ((f"declared (`{mapped.name}`)" if mapped else "declared", declared), ("migrated", migrated)):
        if table is None:
            yield f"| {side} | – | – | – |"
            continue
        constraints = len(table.foreign_keys) + len(table.unique_constraints) + len(table.check_constraints)
        constraints += bool(table.primary_key.columns)
        yield f"| {side} | {len(table.columns)} | {constraints} | {len(table.indexes)} |"


def _findings(analysis: Analysis, subject: Subject) -> Iterator[str]:
    found = [one for one in analysis.findings if one.table == subject.table and _is_about(one, subject.column)]
    if found:
        yield ""
    for finding in found:
        yield f"- **{finding.level.value}** {finding.message} `{finding.rule}`"


def _is_about(finding: Finding, column: str | None) -> bool:
    if column is None:
        return True
    difference = finding.difference
    halves = (difference.declared, difference.migrated) if difference is not None else ()
    over = {name for half in halves for name in getattr(half, "columns", ()) if isinstance(name, str)}
    return finding.object == column or column in (finding.object or "").split(",") or column in over


def _history(view: View, analysis: Analysis, subject: Subject) -> Iterator[str]:
    events = events_of(analysis.migrated.timelines.get(subject.table, ()), subject.column)
    yield ""
    if not events:
        yield "No revision touches it."
        return
    yield "**History**"
    yield ""
    for event in events:
        branch = event.operation.branch
        condition = f" _(not applied: only if {code(branch.condition)})_" if branch and not event.applied else ""
        yield f"- {_link(view, analysis, event)} {told(event, subject.column)}{condition}"


def _link(view: View, analysis: Analysis, event: Event) -> str:
    revision = analysis.graph.revisions.get(event.revision)
    place = _place(view, event.operation.origin, revision.path if revision is not None else None)
    if place is None:
        return code(event.revision)
    line = view.line(place)
    target = f"{Path(place.path).as_uri()}#L{line}"
    return f'[`{event.revision}`]({target} "{Path(place.path).name}:{line}")'


def _place(view: View, origin: Origin, path: str | None) -> Place | None:
    return (view.place_in(origin, path) if path is not None else None) or view.place(origin)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
