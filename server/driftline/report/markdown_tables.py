"""The audit's tables in Markdown: those with a model, those without, and those that exist only under a condition.

Example: `list(tables(audit))` begins with `## Tables`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from driftline.report.audit import Audit, UnmodelledGroup, UnmodelledTable
from driftline.report.entry import SEVERITIES
from driftline.report.markdown_parts import MARKS, finding, gathered, grid, step, verdict
from driftline.report.tables import ItemRow, Mark, Said, State, Step, TableAudit, about_halves
from driftline.report.timeline import ConditionalTable
from driftline.report.words import code, codes, count, listed, noun, prose

_NONE = "–"
_REASONS = 3
"""So many reasons why a table was not read in full are told with it; Coverage tells all."""


def tables(audit: Audit) -> Iterator[str]:
    """Tell of each declared table, its two halves side by side."""
    if not audit.tables:
        return
    yield "## Tables"
    yield ""
    for table in audit.tables:
        yield from _table(table)


def unmodelled(audit: Audit) -> Iterator[str]:
    """Tell of the tables that no model maps, by the revision that created them."""
    if not audit.unmodelled:
        return
    total = sum(len(group.tables) for group in audit.unmodelled)
    yield "## Tables without a model"
    yield ""
    yield f"{count(total, 'migrated table')} {noun(total, 'is', 'are')} mapped by no model that env.py reaches."
    yield ""
    for group in audit.unmodelled:
        yield from _group(group)


def unreached(audit: Audit) -> Iterator[str]:
    """Tell of the models that env.py does not reach."""
    if not audit.unreached:
        return
    yield "## Models that env.py does not reach"
    yield ""
    for one in audit.unreached:
        where = f" in {code(str(one.place))}" if one.place is not None else ""
        yield f"- **{prose(one.table)}**: {code(one.name)}{where}"
    yield ""


def conditional(audit: Audit) -> Iterator[str]:
    """Tell of the tables that revisions touch only if they are there already."""
    if not audit.conditional:
        return
    yield "## Conditional tables"
    yield ""
    number = len({one.table for one in audit.conditional})
    yield (
        f"{noun(number, 'This table is', 'These tables are')} no part of the migrated schema: revisions touch "
        f"{noun(number, 'it', 'them')} under a condition that upgrading an empty database does not meet."
    )
    yield ""
    yield from (f"- {_conditional(one)}" for one in audit.conditional)
    yield ""


# ---------------------------------------------------------------------------------------------------------------------
# A table with a model


def _table(table: TableAudit) -> Iterator[str]:
    yield f"### {prose(table.key)}"
    yield ""
    yield f"- **Model**: {listed(_model(name, place) for name, place in table.models)}"
    yield f"- **Created in**: {_created(table)}"
    yield from _modified(table.modified)
    mark, partly = verdict(table.state, whole=not table.unread)
    yield f"- **Status**: {mark} {table.state.value}{partly}"
    if table.unread:
        yield f"- **Not fully read**: {'; '.join(prose(reason) for reason in table.unread[:_REASONS])}{_more(table)}"
    yield ""
    yield from _columns(table)
    yield from _keys(table)
    yield from _items("Indexes", table.indexes)
    yield from _items("Unique constraints", table.unique_constraints)
    if table.others:
        yield from _items("Other table arguments", table.others)
    if table.findings:
        yield "**Findings**"
        yield ""
        yield from (finding(one) for one in table.findings)
        yield ""


def _more(table: TableAudit) -> str:
    more = len(table.unread) - _REASONS
    return f"; and {more} more" if more > 0 else ""


def _model(name: str, place: object) -> str:
    return code(name) if place is None else f"{code(name)} in {code(str(place))}"


def _created(table: TableAudit) -> str:
    if table.created is None:
        known = not table.migrated and table.state is not State.NOT_COMPARED
        return "no revision" if known else "no revision that was read"
    revision, place = table.created
    return code(revision) if place is None else f"{code(revision)}, {code(str(place))}"


def _modified(steps: Sequence[Step]) -> Iterator[str]:
    if len(steps) > 1:
        yield "- **Modified in**:"
        yield from (f"  - {step(one)}" for one in steps)
    else:
        yield f"- **Modified in**: {step(steps[0]) if steps else 'none'}"


def _columns(table: TableAudit) -> Iterator[str]:
    yield from grid(
        ("Column", "Type (Model)", "Type (Migration)", "Nullable (M)", "Nullable (Mig)", "FK", "Status"),
        (
            (
                row.name,
                row.declared_type or _NONE,
                row.migrated_type or _NONE,
                row.declared_nullable or _NONE,
                row.migrated_nullable or _NONE,
                ", ".join(row.references) or _NONE,
                row.mark.value,
            )
            for row in table.columns
        ),
    )


def _keys(table: TableAudit) -> Iterator[str]:
    if not table.foreign_keys:
        yield "**Foreign keys**: none"
        yield ""
        return
    yield "**Foreign keys**"
    yield ""
    yield from grid(
        ("Column", "References", "On delete (M)", "On delete (Mig)", "Status"),
        (
            (
                ", ".join(row.columns),
                row.references,
                row.declared or "no key",
                row.migrated or "no key",
                row.mark.value,
            )
            for row in table.foreign_keys
        ),
    )


def _items(title: str, rows: Sequence[ItemRow]) -> Iterator[str]:
    if not rows:
        yield f"**{title}**: none"
        yield ""
        return
    yield f"**{title}**"
    yield ""
    yield from (f"- {row.mark.value} {_item(row)}" for row in rows)
    yield ""


def _item(row: ItemRow) -> str:
    declared, migrated = row.declared, row.migrated
    if declared is None or migrated is None:
        said, name, half = (
            (migrated, row.names[1], "migrations") if declared is None else (declared, row.names[0], "model")
        )
        return f"{_whole(name, said)}, only in the {half}"
    name, other = row.names
    if name is not None and other is not None and name != other:
        same = declared == migrated
        return (
            f"{code(name)} in the model, {code(other)} in the migrations: {_says(declared)}"
            if same
            else f"{_whole(name, declared)} in the model, {_whole(other, migrated)} in the migrations"
        )
    if declared == migrated:
        return _whole(name or other, declared)
    if declared.unique == migrated.unique:
        return f"{_name(name or other)}: {_says(declared)} in the model, {_says(migrated)} in the migrations"
    return f"{_name(name or other)}: {_unique(declared)} in the model, {_unique(migrated)} in the migrations"


def _whole(name: str | None, said: Said | None) -> str:
    if said is None:
        return _name(name)
    unique = "unique " if said.unique else ""
    return f"{unique}{_name(name)}{':' if said.sql else ''} {_says(said)}"


def _says(said: Said) -> str:
    options = "".join(f", {prose(option)}" for option in said.options)
    return f"{'' if said.sql else 'on '}{code(said.text)}{options}"


def _unique(said: Said) -> str:
    return f"{'unique' if said.unique else 'not unique'} {_says(said)}"


def _name(name: str | None) -> str:
    return "(unnamed)" if name is None else "(name not known)" if name == "?" else code(name)


# ---------------------------------------------------------------------------------------------------------------------
# Tables without a model


def _group(group: UnmodelledGroup) -> Iterator[str]:
    if group.revision is None:
        yield "### Created by no revision that was read"
        yield ""
    else:
        yield f"### Created in {code(group.revision)}{f': {prose(group.message)}' if group.message else ''}"
        yield ""
        if group.place is not None:
            yield f"In {code(group.place.path)}:"
            yield ""
    for table in group.tables:
        yield f"- {_worst(table).value} **{prose(table.key)}**: {count(table.columns, 'column')}{_refers(table)}"
        yield from (f"  - {step(one)}" for one in table.modified)
    yield ""
    others = [one for table in group.tables for one in table.findings if one.rule != "extra-table"]
    if others:
        yield from (finding(one) for one in others)
        yield ""


def _worst(table: UnmodelledTable) -> Mark:
    worst = min((one.severity for one in about_halves(table.findings)), key=SEVERITIES.index, default=None)
    return Mark.NOTE if worst is None else MARKS[worst]


def _refers(table: UnmodelledTable) -> str:
    return f", refers to {listed(codes(table.refers))}" if table.refers else ""


def _conditional(one: ConditionalTable) -> str:
    where = f" ({code(str(one.place))})" if one.place is not None else ""
    condition = f" only if {code(one.condition)}" if one.condition else ", under a condition"
    done = f": {'; '.join(gathered(one.summaries))}" if one.summaries else ""
    return f"**{prose(one.table)}**: revision {code(one.revision)} touches it{condition}{where}{done}"
