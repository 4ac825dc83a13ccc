"""The audit in Markdown: the report that `driftline audit` prints.

Invariant: nothing is computed in here, only told.

Example: `render(build_audit(analysis))` begins with `# Driftline audit: backend/alembic`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.report.audit import Audit, Recommended, UnmodelledGroup, UnmodelledTable
from driftline.report.entry import SEVERITIES, Entry, Severity
from driftline.report.growth import Convention, Growth, Shared, Subsystem
from driftline.report.tables import ItemRow, Mark, State, Step, TableAudit
from driftline.report.timeline import ConditionalTable, Touch
from driftline.report.words import cell, code, codes, count, listed, noun, prose, sentence, some

_TITLE = "# Driftline audit: "
_MARKS: dict[Severity, Mark] = {"CRITICAL": Mark.CRITICAL, "WARNING": Mark.WARNING, "NOTE": Mark.NOTE}
_STATES = {State.CONSISTENT: Mark.SAME, State.DRIFTED: Mark.WARNING, State.INCONSISTENT: Mark.CRITICAL}
_FEW = 6
"""So many names are listed before they are counted."""
_PLACES = 5
"""So many places are named for a reason why something could not be read."""


def is_audit(text: str) -> bool:
    """Whether a text is (the beginning of) a report made by `render`."""
    return text.startswith(_TITLE)


def render(audit: Audit) -> str:
    """Write the audit as GitHub-flavoured Markdown; it ends with a line end."""
    parts = (
        _summary(audit),
        _verdict(audit),
        _tables(audit),
        _unmodelled(audit),
        _findings(audit),
        _recommendations(audit),
        _timeline(audit),
        _growth(audit.growth),
        _coverage(audit),
        _conclusion(audit),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


# ---------------------------------------------------------------------------------------------------------------------
# Summary and verdict


def _summary(audit: Audit) -> Iterator[str]:
    counts = audit.counts
    yield f"{_TITLE}{audit.name}"
    yield ""
    yield "## Executive summary"
    yield ""
    yield f"- **Models**: {counts.models}{_unreached_words(audit)}"
    heads = f", head {listed(codes(audit.heads))}" if len(audit.heads) == 1 else f", heads {listed(codes(audit.heads))}"
    yield f"- **Revisions**: {counts.revisions}{heads if audit.heads else ''}"
    yield f"- **Tables**: {counts.declared} declared by models, {counts.migrated} made by migrations"
    yield f"- **Dialect**: {audit.dialect}"
    yield f"- **Findings**: {_by_severity(counts.findings)}"
    if audit.coverage.gaps:
        yield f"- **Not understood**: {count(audit.coverage.places, 'place')} (see [Coverage](#coverage))"
    yield ""


def _unreached_words(audit: Audit) -> str:
    number = len(audit.unreached)
    return f" (and {number} more that env.py does not reach)" if number else ""


def _by_severity(findings: dict[Severity, int] | object) -> str:
    counted = dict(findings)  # type: ignore[call-overload]
    said = [count(counted[severity], severity, severity) for severity in SEVERITIES if counted.get(severity)]
    return listed(said) if said else "none"


_VERDICTS = {
    State.INCONSISTENT: "Models and migrations contradict each other in ways that fail at run time or lose guarantees.",
    State.DRIFTED: "Models and migrations differ, but nothing of it is an error.",
    State.CONSISTENT: "Models and migrations say the same.",
}


def _verdict(audit: Audit) -> Iterator[str]:
    yield "## Verdict"
    yield ""
    yield f"{_STATES[audit.verdict].value} **{audit.verdict.value}**. {_VERDICTS[audit.verdict]}"
    doubts = _doubts(audit)
    if doubts:
        yield ""
        yield doubts
    yield ""


def _doubts(audit: Audit) -> str:
    """Say what the verdict does not cover."""
    told = audit.coverage
    if told.incomplete is not None:
        return f"The history does not start from an empty database ({prose(told.incomplete)}): what it lacks is not reported."
    if told.tables_may_lack or told.migrated_may_lack:
        half = "models" if told.tables_may_lack else "migrations"
        return f"Not all of the {half} could be read, so tables that seem to be missing from them are not reported."
    return ""


# ---------------------------------------------------------------------------------------------------------------------
# Tables


def _tables(audit: Audit) -> Iterator[str]:
    if not audit.tables:
        return
    yield "## Tables"
    yield ""
    for table in audit.tables:
        yield from _table(table)


def _table(table: TableAudit) -> Iterator[str]:
    yield f"### {prose(table.key)}"
    yield ""
    models = [
        f"{code(name)} in {code(str(place))}" if place is not None else code(name) for name, place in table.models
    ]
    yield f"- **Model**: {listed(models)}"
    yield f"- **Created in**: {_created(table)}"
    yield from _modified(table.modified)
    yield f"- **Status**: {_STATES[table.state].value} {table.state.value}"
    if table.unread:
        yield f"- **Not fully read**: {'; '.join(prose(reason) for reason in table.unread)}"
    yield ""
    yield from _column_table(table)
    yield from _key_table(table)
    yield from _items("Indexes", table.indexes)
    yield from _items("Unique constraints", table.unique_constraints)
    yield from _items("Other table arguments", table.others)
    if table.findings:
        yield "**Findings**"
        yield ""
        yield from (_finding(one) for one in table.findings)
        yield ""


def _created(table: TableAudit) -> str:
    if table.created is not None:
        revision, place = table.created
        return f"{code(revision)}{f' ({place})' if place is not None else ''}"
    return "no revision that was read" if table.migrated else "no revision"


def _modified(steps: Sequence[Step]) -> Iterator[str]:
    if not steps:
        yield "- **Modified in**: none"
    elif len(steps) == 1:
        yield f"- **Modified in**: {_step(steps[0])}"
    else:
        yield "- **Modified in**:"
        yield from (f"  - {_step(step)}" for step in steps)


def _step(step: Step) -> str:
    return f"{code(step.revision)}: {'; '.join(_gathered(step.summaries))}"


def _gathered(summaries: Sequence[str]) -> list[str]:
    """Say in one what begins alike: "add column `a` TEXT; add column `b` TEXT" as "add columns `a` TEXT, `b` TEXT"."""
    groups: dict[str, list[str]] = {}
    for summary in summaries:
        verb, mark, rest = summary.partition("`")
        groups.setdefault(verb if mark else summary, []).append(f"`{rest}" if mark else "")
    said: list[str] = []
    for verb, several in groups.items():
        if len(several) == 1 or several == [""] * len(several):
            said.append(f"{verb}{several[0]}")
        else:
            said.append(f"{_plural(verb.strip())} {', '.join(several)}")
    return [prose(one) for one in said]


def _plural(phrase: str) -> str:
    if phrase.endswith(("x", "s")):
        return f"{phrase}es"
    return f"{phrase[:-1]}ies" if phrase.endswith("y") and not phrase.endswith("ey") else f"{phrase}s"


def _column_table(table: TableAudit) -> Iterator[str]:
    yield from _grid(
        ("Column", "Type (Model)", "Type (Migration)", "Nullable (M)", "Nullable (Mig)", "FK", "Status"),
        (
            (
                row.name,
                row.declared_type or "–",
                row.migrated_type or "–",
                row.declared_nullable or "–",
                row.migrated_nullable or "–",
                ", ".join(row.references) or "–",
                row.mark.value,
            )
            for row in table.columns
        ),
    )


def _key_table(table: TableAudit) -> Iterator[str]:
    if not table.foreign_keys:
        yield "**Foreign keys**: none"
        yield ""
        return
    yield "**Foreign keys**"
    yield ""
    yield from _grid(
        ("Column", "References", "On delete (M)", "On delete (Mig)", "Status"),
        (
            (
                ", ".join(row.columns),
                row.references,
                row.declared or "not there",
                row.migrated or "not there",
                row.mark.value,
            )
            for row in table.foreign_keys
        ),
    )


def _items(title: str, rows: Sequence[ItemRow]) -> Iterator[str]:
    if not rows:
        if title != "Other table arguments":
            yield f"**{title}**: none"
            yield ""
        return
    yield f"**{title}**"
    yield ""
    yield from (f"- {row.mark.value} {_item(row)}" for row in rows)
    yield ""


def _item(row: ItemRow) -> str:
    says = code(row.says)
    if row.migrated is None:
        return (
            f"{_named(row.declared)} on {says}: only in the model"
            if _is_list(row)
            else f"{_named(row.declared)}: {says}, only in the model"
        )
    if row.declared is None:
        return (
            f"{_named(row.migrated)} on {says}: only in the migrations"
            if _is_list(row)
            else f"{_named(row.migrated)}: {says}, only in the migrations"
        )
    named = _named(row.declared)
    if row.declared != row.migrated and "(unnamed)" not in (row.declared, row.migrated):
        named = f"{_named(row.declared)} in the model, {_named(row.migrated)} in the migrations,"
    elif row.declared == "(unnamed)":
        named = _named(row.migrated)
    joint = " on " if _is_list(row) else ": "
    if row.other is None:
        return f"{named}{joint}{says}"
    return f"{named}{joint}{says} in the model, {code(row.other)} in the migrations"


def _is_list(row: ItemRow) -> bool:
    """Whether the row says columns, rather than SQL."""
    return not row.says.startswith(("CHECK (", "EXCLUDE (", "PRIMARY KEY (")) and row.declared != "comment"


def _named(name: str | None) -> str:
    return "unnamed" if name in (None, "(unnamed)") else code(name or "")


def _finding(entry: Entry) -> str:
    see = "".join(f"; {code(str(place))}: {prose(message)}" for place, message in entry.related)
    head = f"- {_MARKS[entry.severity].value} **{entry.severity}** {code(entry.rule)}"
    return f"{head}: {prose(entry.message)} ({code(str(entry.place))}{see})"


# ---------------------------------------------------------------------------------------------------------------------
# Tables without models


def _unmodelled(audit: Audit) -> Iterator[str]:
    if audit.unmodelled:
        total = sum(len(group.tables) for group in audit.unmodelled)
        yield "## Tables without a model"
        yield ""
        verb = noun(total, "is", "are")
        yield f"{count(total, 'table')} of the migrated schema {verb} mapped by no model that env.py reaches."
        yield ""
        for group in audit.unmodelled:
            yield from _group(group)
    if audit.unreached:
        yield "## Models that env.py does not reach"
        yield ""
        for one in audit.unreached:
            where = f" in {code(str(one.place))}" if one.place is not None else ""
            yield f"- {code(one.table)}: {code(one.name)}{where}"
        yield ""
    if audit.conditional:
        yield "## Conditional tables"
        yield ""
        yield "Revisions touch these only under a condition that an empty database does not meet; they are not part of the migrated schema."
        yield ""
        yield from (f"- {_conditional(one)}" for one in audit.conditional)
        yield ""


def _group(group: UnmodelledGroup) -> Iterator[str]:
    if group.revision is None:
        yield "### Created by no revision"
    else:
        said = f": {prose(group.message)}" if group.message else ""
        yield f"### Created in {code(group.revision)}{said}"
    yield ""
    if group.place is not None:
        yield f"In {code(str(group.place))}:"
        yield ""
    for table in group.tables:
        yield f"- {_severity_mark(table)}**{prose(table.key)}**: {count(table.columns, 'column')}{_refers(table)}"
        yield from (f"  - {_step(step)}" for step in table.modified)
    yield ""
    others = [one for table in group.tables for one in table.findings if one.rule != "extra-table"]
    if others:
        yield from (_finding(one) for one in others)
        yield ""


def _severity_mark(table: UnmodelledTable) -> str:
    worst = min((one.severity for one in table.findings), key=SEVERITIES.index, default=None)
    return f"{Mark.SAME.value if worst is None else _MARKS[worst].value} "


def _refers(table: UnmodelledTable) -> str:
    return f", refers to {listed(codes(table.refers))}" if table.refers else ""


def _conditional(one: ConditionalTable) -> str:
    where = f" ({code(str(one.place))})" if one.place is not None else ""
    condition = f" only if {code(one.condition)}" if one.condition else " only under a condition"
    done = f": {'; '.join(_gathered(one.summaries))}" if one.summaries else ""
    return f"**{prose(one.table)}**: revision {code(one.revision)} touches it{condition}{where}{done}"


# ---------------------------------------------------------------------------------------------------------------------
# Findings and cures


def _findings(audit: Audit) -> Iterator[str]:
    yield "## Findings"
    yield ""
    if not audit.findings:
        yield "None."
        yield ""
        return
    number = 0
    for severity in SEVERITIES:
        own = [one for one in audit.findings if one.severity == severity]
        if not own:
            continue
        yield f"### {severity} ({len(own)})"
        yield ""
        for rule in dict.fromkeys(one.rule for one in own):
            several = [one for one in own if one.rule == rule]
            impact = several[0].impact
            yield f"**{code(rule)}**{f' – {prose(impact)}' if impact else ''}"
            yield ""
            for one in several:
                number += 1
                yield f"{number}. {_subject(one)}{prose(one.message)} ({code(str(one.place))})"
            yield ""


def _subject(entry: Entry) -> str:
    if entry.table is None:
        return ""
    return f"**{prose(entry.table)}**{f', {code(entry.item)}' if entry.item else ''}: "


def _recommendations(audit: Audit) -> Iterator[str]:
    if not audit.findings:
        return
    yield "## Recommendations"
    yield ""
    several = sum(any(block.path for block in one.blocks) for one in audit.recommendations)
    if several > 1:
        yield "Each is complete in itself. The new revisions follow one another, so that they can be saved as they stand."
        yield ""
    for number, one in enumerate(audit.recommendations, 1):
        yield from _recommendation(number, one)
    if audit.uncured:
        yield "### Without a ready cure"
        yield ""
        for entry in audit.uncured:
            yield f"- {_MARKS[entry.severity].value} {code(entry.rule)}: {_subject(entry)}{prose(entry.message)} ({code(str(entry.place))})"
        yield ""


def _recommendation(number: int, one: Recommended) -> Iterator[str]:
    yield f"### {number}. {_MARKS[one.severity].value} {prose(one.title)}"
    yield ""
    cured = [f"{code(rule)} ({_tables_of(one.findings, rule)})" for rule in dict.fromkeys(e.rule for e in one.findings)]
    if cured:
        yield f"Cures {listed(cured)}.{f' {one.note}' if one.note else ''}"
    elif one.note:
        yield one.note
    yield ""
    for block in one.blocks:
        if block.path is not None:
            yield f"New file {code(block.path)}:"
            yield ""
        yield from _fenced(block.language, block.code)


def _tables_of(findings: Iterable[Entry], rule: str) -> str:
    tables = [one.table for one in findings if one.rule == rule and one.table is not None]
    return some(list(dict.fromkeys(tables)), _FEW) or "the history"


def _fenced(language: str, text: str) -> Iterator[str]:
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield from text.rstrip("\n").split("\n")
    yield fence
    yield ""


# ---------------------------------------------------------------------------------------------------------------------
# History


def _timeline(audit: Audit) -> Iterator[str]:
    if not audit.timeline:
        return
    yield "## Timeline"
    yield ""
    yield from _grid(
        ("Revision", "Date", "Description", "Tables affected"),
        (
            (
                prose(one.id) + ("" if one.placed else " (not in the order)"),
                one.date or "–",
                prose(one.message) or "–",
                ", ".join(_touch(touch) for touch in one.touches) or "–",
            )
            for one in audit.timeline
        ),
    )


def _touch(touch: Touch) -> str:
    return f"{prose(touch.table)}{' (conditional)' if touch.conditional else ''}"


def _growth(growth: Growth) -> Iterator[str]:
    told = [
        *_altered(growth),
        *(_subsystem(one) for one in growth.subsystems),
        *_busiest(growth),
        *_dropped(growth),
        *(line for one in growth.conventions for line in _convention(one, growth)),
    ]
    if not told:
        return
    yield "## How the schema grew"
    yield ""
    yield from told
    yield ""


def _altered(growth: Growth) -> Iterator[str]:
    if not growth.altered:
        return
    number = len(growth.altered)
    yield f"- **Altered after creation**: {number} of {count(growth.tables, 'table')}."
    for one in growth.altered[: _FEW * 2]:
        times = count(len(one.revisions), "revision")
        yield f"  - {code(one.table)}, created in {code(one.created)}: {times} ({some(codes(one.revisions), _FEW)})"
    if number > _FEW * 2:
        rest = growth.altered[_FEW * 2 :]
        yield f"  - {count(len(rest), 'more table')}, by {count(len(rest[0].revisions), 'revision')} or fewer each"


def _subsystem(one: Subsystem) -> str:
    said = f" ({prose(one.message)})" if one.message else ""
    tied: list[str] = [
        f"{some(codes(tables), _FEW)} share the prefix {code(prefix)}"
        if len(tables) < len(one.tables)
        else f"all share the prefix {code(prefix)}"
        for prefix, tables in one.prefixes
    ]
    if one.links:
        links = [f"{code(source)} → {code(target)}" for source, target in one.links]
        tied.append(
            f"{count(len(one.links), 'foreign key')} {noun(len(one.links), 'ties', 'tie')} them together ({some(links, _FEW)})"
        )
    ties = f": {'; '.join(tied)}" if tied else ", with neither a common prefix nor foreign keys among them"
    later = f". Altered later in {some(codes(one.altered), _FEW)}" if one.altered else ""
    return f"- **A subsystem of its own**: {code(one.revision)}{said} only adds {count(len(one.tables), 'table')} and touches no other{ties}{later}."


def _busiest(growth: Growth) -> Iterator[str]:
    if not growth.busiest:
        return
    yield f"- **{noun(len(growth.busiest), 'The revision that did the most', 'The revisions that did the most')}**:"
    for one in growth.busiest:
        did = [
            f"{verb} {some(codes(tables), _FEW)}"
            for verb, tables in (("creates", one.created), ("alters", one.altered), ("drops", one.dropped))
            if tables
        ]
        yield f"  - {code(one.revision)}{f' ({prose(one.message)})' if one.message else ''}: {count(one.operations, 'operation')}; {listed(did)}"


def _dropped(growth: Growth) -> Iterator[str]:
    if not growth.dropped:
        return
    gone = [
        f"{code(name)} (created in {code(made)}, dropped in {code(dropped)})" for name, made, dropped in growth.dropped
    ]
    yield f"- **Gone again**: {some(gone, _FEW)}."


_KINDS = {"timestamps": "Timestamps", "soft delete": "Soft delete", "ownership": "Ownership"}


def _convention(convention: Convention, growth: Growth) -> Iterator[str]:
    if convention.kind:
        yield f"- **{_KINDS[convention.kind]}**:"
        for one in convention.columns:
            yield f"  - {_shared(one, growth)}"
        for table, lacking in convention.partial:
            yield f"  - {code(table)} has some of these columns, but lacks {listed(codes(lacking))}"
        return
    first = convention.columns[0]
    names = some(codes(one.column for one in convention.columns), _FEW * 2)
    came = list(dict.fromkeys(revision for one in convention.columns for revision in one.came))
    since = f"; they came later, in {listed(codes(came))}" if came else ""
    yield f"- **Shared columns**: {some(codes(first.tables), _FEW)} have {names} in common{since}."


def _shared(one: Shared, growth: Growth) -> str:
    whose = some(codes(one.tables), _FEW) if len(one.tables) <= _FEW + 1 or not one.without else None
    number = f"{len(one.tables)} of {count(growth.tables, 'table')}"
    said = f"{code(one.column)} in {number}" + (f" ({whose})" if whose and len(one.tables) <= _FEW + 1 else "")
    if one.refers:
        said += f", referring to {listed(codes(one.refers))}"
    if one.without:
        said += f"; {some(codes(one.without), _FEW)} {noun(len(one.without), 'lacks', 'lack')} it"
    if len(one.forms) > 1:
        usual, tables = one.forms[0]
        rare = "; ".join(f"{some(codes(keys), _FEW)}: {code(form)}" for form, keys in one.forms[1:_FEW])
        said += f". Mostly {code(usual)} ({len(tables)}), but {rare}"
    else:
        said += f", everywhere {code(one.forms[0][0])}" if len(one.tables) > 1 else ""
    if one.came:
        said += f"; added later in {listed(codes(one.came))}"
    return said


# ---------------------------------------------------------------------------------------------------------------------
# Coverage and conclusion


def _coverage(audit: Audit) -> Iterator[str]:
    told = audit.coverage
    yield "## Coverage"
    yield ""
    if told.incomplete is not None:
        yield f"The history is incomplete: {sentence(prose(told.incomplete))}"
        if told.unseen:
            yield ""
            yield f"Revisions touch {count(len(told.unseen), 'table')} that none creates: {some(codes(told.unseen), _FEW * 2)}."
        yield ""
    for half, reasons in (("models", told.tables_may_lack), ("migrations", told.migrated_may_lack)):
        if reasons:
            yield f"Tables may be missing from the {half} as they were read: {'; '.join(prose(one) for one in reasons)}."
            yield ""
    if told.uncertain:
        yield f"Not all is known of {some(codes(told.uncertain), _FEW)}; nothing is said to be missing there."
        yield ""
    if not told.gaps:
        if told.incomplete is None:
            yield "Everything that models and migrations say was understood."
            yield ""
        return
    yield f"{count(told.places, 'place')} could not be understood. What rests on {noun(told.places, 'it', 'them')} is not reported."
    yield ""
    for gap in told.gaps:
        where = f": {some(codes(str(place) for place in gap.places), _PLACES)}" if gap.places else ""
        yield f"- {prose(gap.reason[:1].upper() + gap.reason[1:])}{where}"
    yield ""


def _conclusion(audit: Audit) -> Iterator[str]:
    yield "## Conclusion"
    yield ""
    whole = [one for one in audit.tables if one.state is State.CONSISTENT]
    tables = len(audit.tables)
    agree = (
        f"All {count(tables, 'table')} with a model agree with the migrations."
        if len(whole) == tables and tables > 1
        else f"{len(whole)} of {count(tables, 'table')} with a model {noun(len(whole), 'agrees', 'agree')} with the migrations in full."
    )
    yield f"The schema is **{audit.verdict.value}**: {_by_severity(audit.counts.findings)}. {agree if tables else ''}".rstrip().replace(
        "**: none.", "**."
    )
    yield ""
    urgent = [one for one in audit.findings if one.severity == "CRITICAL"]
    if urgent:
        yield f"To be mended first:"
        yield ""
        for number, one in enumerate(urgent, 1):
            yield f"{number}. {_subject(one)}{code(one.rule)} ({code(str(one.place))})"
        yield ""


def _grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table, its columns padded so that it can be read as it stands."""
    body = [[cell(one) for one in row] for row in rows]
    widths = [max(len(line[index]) for line in ([*head], *body)) for index in range(len(head))]
    yield _row(head, widths)
    yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield from (_row(line, widths) for line in body)
    yield ""


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(text.ljust(width) for text, width in zip(cells, widths, strict=True)) + " |"
