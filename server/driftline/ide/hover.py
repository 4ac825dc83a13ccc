"""The card of a column or a table: what is declared, what is migrated, what is wrong, and the migration history.

Example: on `user_id` of `RefreshToken` the card shows both halves, the missing foreign key, and revision 0005, linked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from driftline.dataclass import dataclass
from driftline.engine.analysis import Analysis
from driftline.ide.diagnostics import of_finding
from driftline.ide.history import events_of, failure, told
from driftline.ide.subject import Subject, subject_at
from driftline.ide.view import Place, View
from driftline.ide.words import code, column_words, table_words
from driftline.migrations.history import Event
from driftline.python.origin import Origin
from driftline.rules.finding import Finding
from driftline.schema import Table
from driftline.text import Span

NOT_FOUND = "not found"
"""What is said of the half that is not there, or could not be read."""


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
    return None if subject is None else Hover("\n".join(_card(view, subject, path, offset)), subject.span)


def _card(view: View, subject: Subject, path: str, offset: int) -> Iterator[str]:
    analysis, key, column = subject.analysis, subject.table, subject.column
    declared = analysis.declared.schema.tables.get(key) or analysis.declared.unreached.get(key)
    migrated = analysis.migrated.schema.tables.get(key)
    mapped = analysis.declared.class_of(key)
    of = f" of {code(mapped.name)}" if mapped is not None else ""
    yield f"**{code(key)}** · table{of}" if column is None else f"**{code(f'{key}.{column}')}** · column{of}"
    yield ""
    # Lines, not a table: a hover's window is narrow, and not every editor draws tables.
    yield f"- declared: {_half_words(declared, column) or NOT_FOUND}"
    yield f"- migrated: {_half_words(migrated, column) or NOT_FOUND}"
    yield from _findings(view, subject, path, offset)
    yield from _history(view, analysis, subject)


def _half_words(table: Table | None, column: str | None) -> str:
    if table is None:
        return ""
    return table_words(table) if column is None else column_words(table, column)


def _findings(view: View, subject: Subject, path: str, offset: int) -> Iterator[str]:
    """What is wrong with it, but for what the diagnostic under the cursor says already."""
    analysis = subject.analysis
    found = [
        one
        for one in analysis.findings
        if one.table == subject.table
        and _is_about(one, subject.column)
        and not any(
            shown.mark.path == path and shown.mark.span.contains(offset) for shown in of_finding(view, analysis, one)
        )
    ]
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
        problem = failure(event, analysis.migrated)
        fails = f" _(cannot be applied: {code(problem.rule)})_" if problem is not None else ""
        yield f"- {_link(view, analysis, event)} {told(event, subject.column)}{condition}{fails}"


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
