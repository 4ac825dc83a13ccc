"""The audit's history in Markdown: the revisions in order, and how the schema grew.

Example: `list(timeline(audit))` begins with `## Timeline`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.report.audit import Audit
from driftline.report.growth import Convention, Growth, Shared, Subsystem
from driftline.report.markdown_parts import FEW, grid
from driftline.report.timeline import Touch
from driftline.report.words import code, codes, count, listed, noun, prose, some

_NONE = "–"


def timeline(audit: Audit) -> Iterator[str]:
    """Tell of each revision what it touched."""
    if not audit.timeline:
        return
    yield "## Timeline"
    yield ""
    yield from grid(
        ("Revision", "Date", "Description", "Tables affected"),
        (
            (
                prose(one.id) + ("" if one.placed else " (not in the order)"),
                one.date or _NONE,
                prose(one.message) or _NONE,
                ", ".join(_touch(touch) for touch in one.touches) or _NONE,
            )
            for one in audit.timeline
        ),
    )


def growth(audit: Audit) -> Iterator[str]:
    """Tell how the schema grew; nothing where the history shows nothing."""
    grown = audit.growth
    told = [
        *_altered(grown),
        *subsystems(grown),
        *_busiest(grown),
        *_dropped(grown),
        *(line for one in grown.conventions for line in _convention(one, grown)),
    ]
    if not told:
        return
    yield "## How the schema grew"
    yield ""
    yield from told
    yield ""


def _touch(touch: Touch) -> str:
    return f"{prose(touch.table)}{' (conditional)' if touch.conditional else ''}"


_MOST = 12
"""So many tables, or revisions, are named: those that were altered most often, or that did the most."""


def _altered(grown: Growth) -> Iterator[str]:
    if not grown.altered:
        return
    number = len(grown.altered)
    yield f"- **Altered after creation**: {number} of {count(grown.tables, 'table')}"
    for one in grown.altered[:_MOST]:
        times = count(len(one.revisions), "revision")
        yield f"  - {code(one.table)}, created in {code(one.created)}: {times} ({some(codes(one.revisions), FEW)})"
    if number > _MOST:
        rest = grown.altered[_MOST:]
        often = count(len(rest[0].revisions), "revision")
        yield f"  - and {count(len(rest), 'table')} by {often}{'' if len(rest[0].revisions) == 1 else ' or fewer'} each"


def subsystems(grown: Growth) -> Iterator[str]:
    """Tell which revisions only added tables, and which of these belong together; nothing where none did."""
    if not grown.subsystems:
        return
    number = len(grown.subsystems)
    which = " which" if all(one.whole for one in grown.subsystems) else ", some of which"
    yield f"- **{noun(number, 'A revision that only adds', 'Revisions that only add')} tables{which} belong together**"
    largest = sorted(grown.subsystems, key=lambda one: -len(one.tables))[:_MOST]
    yield from (f"  - {_subsystem(one)}" for one in grown.subsystems if one in largest)
    if number > _MOST:
        yield f"  - and {number - _MOST} more, of {count(len(largest[-1].tables), 'table')} or fewer each"


def _subsystem(one: Subsystem) -> str:
    said = f" ({prose(one.message)})" if one.message else ""
    tied = [
        f"{some(codes(tables), FEW)} share the prefix {code(prefix)}"
        if len(tables) < len(one.tables)
        else f"all share the prefix {code(prefix)}"
        for prefix, tables in one.prefixes
    ]
    if one.links:
        number = len(one.links)
        links = some([f"{code(source)} → {code(target)}" for source, target in one.links], FEW)
        together = f" {noun(number, 'ties', 'tie')} them together" if len(one.groups) == 1 else ""
        tied.append(f"{count(number, 'foreign key')}{together} ({links})")
    if len(tied) > FEW:
        tied = [*tied[: FEW - 1], tied[-1]]
    outward = f"; they refer to {listed(codes(one.outward))} outside" if one.outward else ""
    later = f"; altered later in {some(codes(one.altered), FEW)}" if one.altered else ""
    first = ", at the beginning," if one.first else ""
    added = count(len(one.tables), "table")
    if not one.whole:
        added += f", of which {_together(one.groups)}"
    return f"{code(one.revision)}{said}{first} adds {added}: {'; '.join(tied)}{outward}{later}"


def _together(groups: Sequence[Sequence[str]]) -> str:
    """Name the tables that belong together, group by group."""
    first, *others = [some(codes(one), FEW) for one in groups]
    return ", and so do ".join((f"{first} belong together", *others))


def _busiest(grown: Growth) -> Iterator[str]:
    if not grown.busiest:
        return
    yield f"- **{noun(len(grown.busiest), 'The revision', 'The revisions')} that did the most**"
    for one in grown.busiest:
        did = [
            f"{verb} {some(codes(tables), FEW)}"
            for verb, tables in (("creates", one.created), ("alters", one.altered), ("drops", one.dropped))
            if tables
        ]
        said = f" ({prose(one.message)})" if one.message else ""
        yield f"  - {code(one.revision)}{said}: {count(one.operations, 'operation')}; {'; '.join(did)}"


def _dropped(grown: Growth) -> Iterator[str]:
    if not grown.dropped:
        return
    gone = [f"{code(name)} (created in {code(made)}, dropped in {code(end)})" for name, made, end in grown.dropped]
    yield f"- **Gone again**: {some(gone, FEW)}"


_KINDS = {"timestamps": "Timestamps", "soft delete": "Soft delete", "ownership": "Ownership", "": "Columns in common"}


def _convention(convention: Convention, grown: Growth) -> Iterator[str]:
    lines = [
        *(_shared(one, grown) for one in convention.shared),
        *(f"{code(table)} has some of these, but lacks {listed(codes(gone))}" for table, gone in convention.partial),
    ]
    if len(lines) == 1:
        yield f"- **{_KINDS[convention.kind]}**: {lines[0]}"
        return
    yield f"- **{_KINDS[convention.kind]}**"
    yield from (f"  - {line}" for line in lines)


def _shared(one: Shared, grown: Growth) -> str:
    number = len(one.tables)
    form = f" ({code(one.form)})" if one.form is not None else ""
    if len(one.columns) == 1:
        whose = f" ({listed(codes(one.tables))})" if number <= FEW else ""
        said = f"{code(one.columns[0])}{form} in {number} of {count(grown.tables, 'table')}{whose}"
    else:
        said = f"{some(codes(one.tables), FEW)} have {listed(codes(one.columns))}{form}"
    if one.refers:
        said += f", referring to {listed(codes(one.refers))}"
    if one.came:
        said += f"; {'added' if one.all_came else 'in part added'} later in {some(codes(one.came), FEW)}"
    if one.without:
        lack = noun(len(one.without), "lacks", "lack")
        said += f"; {some(codes(one.without), FEW)} {lack} {noun(len(one.columns), 'it', 'them')}"
    if one.exceptions:
        said += f"; otherwise in {_exceptions(one.exceptions)}"
    return said


def _exceptions(exceptions: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    return some([f"{some(codes(tables), FEW)} ({code(form)})" for form, tables in exceptions], FEW)
