"""The audit in Markdown: the report that `driftline audit` prints.

Invariant: nothing is computed in here, only told.

Example: `render(build_audit(analysis))` begins with `# Driftline audit: backend/alembic`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from driftline.report import markdown_history, markdown_tables
from driftline.report.audit import Audit, Recommended
from driftline.report.entry import SEVERITIES, Entry, Severity
from driftline.report.markdown_parts import FEW, MARKS, STATES, fenced, subject
from driftline.report.tables import State
from driftline.report.words import begun, code, codes, count, listed, noun, prose, some

_TITLE = "# Driftline audit: "
_PLACES = 5
"""So many places are named for a reason why something could not be read."""
_EACH = 3
"""So many notes of one rule are told in full; of more, only what each is about."""


def render(audit: Audit) -> str:
    """Write the audit as GitHub-flavoured Markdown; it ends with a line end."""
    parts = (
        _summary(audit),
        _verdict(audit),
        markdown_tables.tables(audit),
        markdown_tables.unmodelled(audit),
        markdown_tables.unreached(audit),
        markdown_tables.conditional(audit),
        _findings(audit),
        _recommendations(audit),
        markdown_history.timeline(audit),
        markdown_history.growth(audit),
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
    beyond = len(audit.unreached)
    yield f"- **Models**: {counts.models}{f', and {beyond} that env.py does not reach' if beyond else ''}"
    yield f"- **Revisions**: {counts.revisions}{_heads(audit.heads)}"
    conditional = len({one.table for one in audit.conditional})
    also = f", and {conditional} touched only under a condition" if conditional else ""
    yield f"- **Tables**: {counts.declared} declared by models, {counts.migrated} made by migrations{also}"
    yield f"- **Dialect**: {audit.dialect}"
    yield f"- **Findings**: {_by_severity(counts.findings)}"
    if audit.coverage.gaps:
        yield f"- **Not understood**: {count(audit.coverage.places, 'place')}, see [Coverage](#coverage)"
    yield ""


def _heads(heads: tuple[str, ...]) -> str:
    return f", {noun(len(heads), 'head', 'heads')} {some(codes(heads), FEW)}" if heads else ""


def _by_severity(findings: Mapping[Severity, int]) -> str:
    return listed(f"{findings[severity]} {severity}" for severity in SEVERITIES if findings[severity]) or "none"


_VERDICTS = {
    State.INCONSISTENT: "Models and migrations contradict each other where it fails at run time or loses a guarantee.",
    State.DRIFTED: "Models and migrations differ, but nothing of it is an error.",
    State.CONSISTENT: "Models and migrations say the same.",
}


def _verdict(audit: Audit) -> Iterator[str]:
    yield "## Verdict"
    yield ""
    partly = audit.verdict is State.CONSISTENT and bool(_doubts(audit))
    said = "Nothing that could be compared differs." if partly else _VERDICTS[audit.verdict]
    yield f"{STATES[audit.verdict].value} **{audit.verdict.value}**. {said}"
    yield ""
    doubts = _doubts(audit)
    if doubts:
        yield doubts
        yield ""


def _doubts(audit: Audit) -> str:
    """Say what the verdict does not cover."""
    told = audit.coverage
    if told.incomplete is not None:
        return "Not all of the history is known (see Coverage), so what seems to be missing from it is not reported."
    if told.declared_may_lack or told.migrated_may_lack:
        half = "models" if told.declared_may_lack else "migrations"
        return f"Not all of the {half} could be read, so tables that seem to be missing from them are not reported."
    return ""


# ---------------------------------------------------------------------------------------------------------------------
# Findings and cures


def _findings(audit: Audit) -> Iterator[str]:
    yield "## Findings"
    yield ""
    if not audit.findings:
        yield "None."
        yield ""
        return
    number = 1
    for severity in SEVERITIES:
        own = [one for one in audit.findings if one.severity == severity]
        if not own:
            continue
        yield f"### {severity} ({len(own)})"
        yield ""
        for rule in dict.fromkeys(one.rule for one in own):
            several = [one for one in own if one.rule == rule]
            impact = several[0].impact
            yield f"**{code(rule)}**{f': {prose(impact)}' if impact else ''}"
            yield ""
            brief = severity == "NOTE" and len(several) > _EACH
            for one in several:
                yield f"{number}. {_brief(one) if brief else _told(one)}"
                number += 1
            yield ""


def _told(entry: Entry) -> str:
    about = subject(entry)
    return f"{f'{about}: ' if about else ''}{prose(entry.message)} ({code(str(entry.place))})"


def _brief(entry: Entry) -> str:
    about = subject(entry)
    return f"{about or prose(entry.message)} ({code(str(entry.place))})"


def _recommendations(audit: Audit) -> Iterator[str]:
    if not audit.findings:
        return
    yield "## Recommendations"
    yield ""
    if sum(any(block.path is not None for block in one.blocks) for one in audit.recommendations) > 1:
        yield "Each is complete in itself; the new revisions follow one another, in this order."
        yield ""
    for number, one in enumerate(audit.recommendations, 1):
        yield from _recommendation(number, one)
    if audit.uncured:
        if audit.recommendations:
            yield "### Without a ready cure"
            yield ""
        yield from (f"- {MARKS[entry.severity].value} {code(entry.rule)}: {_told(entry)}" for entry in audit.uncured)
        yield ""


def _recommendation(number: int, one: Recommended) -> Iterator[str]:
    yield f"### {number}. {MARKS[one.severity].value} {prose(one.title)}"
    yield ""
    rules = dict.fromkeys(entry.rule for entry in one.findings)
    cured = [f"{code(rule)}{_on_tables(one.findings, rule)}" for rule in rules]
    yield from (line for line in (f"For {listed(cured)}." if cured else "", one.note or "") if line)
    yield ""
    for block in one.blocks:
        if block.path is not None:
            yield f"New file {code(block.path)}:"
            yield ""
        yield from fenced(block.language, block.code)


def _on_tables(findings: Iterable[Entry], rule: str) -> str:
    tables = dict.fromkeys(one.table for one in findings if one.rule == rule and one.table is not None)
    return f" on {some(codes(tables), FEW)}" if tables else ""


# ---------------------------------------------------------------------------------------------------------------------
# Coverage and conclusion


def _coverage(audit: Audit) -> Iterator[str]:
    told = audit.coverage
    yield "## Coverage"
    yield ""
    if told.incomplete is not None:
        yield f"{prose(begun(told.incomplete.rstrip('.')))}."
        if told.unseen:
            tables = some(codes(told.unseen), FEW * 2)
            yield f"Revisions touch {count(len(told.unseen), 'table')} that none of them creates: {tables}."
        yield ""
    for half, reasons in (("models", told.declared_may_lack), ("migrations", told.migrated_may_lack)):
        if reasons:
            several = prose("; ".join(reasons[:_PLACES]))
            more = f"; and {len(reasons) - _PLACES} more" if len(reasons) > _PLACES else ""
            yield f"Tables may be missing from the {half} as they were read: {several}{more}."
            yield ""
    if told.uncertain:
        yield f"Not everything is known of {some(codes(told.uncertain), FEW)}, and nothing is said to be missing there."
        yield ""
    if told.gaps:
        number = told.places
        what = noun(
            number,
            "place could not be understood. What rests on it",
            "places could not be understood. What rests on them",
        )
        yield f"{number:,} {what} is not reported."
        yield ""
        for gap in told.gaps:
            where = f": {some(codes(str(place) for place in gap.places), _PLACES)}" if gap.places else ""
            yield f"- {prose(begun(gap.reason))}{where}"
        yield ""
    elif told.incomplete is None and not told.declared_may_lack and not told.migrated_may_lack:
        yield "Everything that models and migrations say about the schema was understood."
        yield ""


def _conclusion(audit: Audit) -> Iterator[str]:
    yield "## Conclusion"
    yield ""
    yield f"The schema is **{audit.verdict.value}**{_counted(audit.counts.findings)}.{_agreeing(audit)}"
    yield ""
    urgent = [one for one in audit.findings if one.severity == "CRITICAL"]
    if urgent:
        yield "To be mended first:"
        yield ""
        for number, one in enumerate(urgent, 1):
            about = subject(one)
            yield f"{number}. {f'{about}: ' if about else ''}{code(one.rule)} ({code(str(one.place))})"
        yield ""


def _counted(findings: Mapping[Severity, int]) -> str:
    return f", with {_by_severity(findings)}" if any(findings.values()) else ""


def _agreeing(audit: Audit) -> str:
    """Say how many of the tables with a model agree with the migrations."""
    number = len(audit.tables)
    whole = sum(one.state is State.CONSISTENT for one in audit.tables)
    uncompared = sum(one.state is State.NOT_COMPARED for one in audit.tables)
    rest = f"; {uncompared} could not be compared" if 0 < uncompared < number else ""
    if number == 0:
        return ""
    if number == 1:
        does = "agrees" if whole else "could not be compared" if uncompared else "does not agree"
        return f" The table with a model {does}{' with the migrations' if not uncompared else ''}."
    if uncompared == number:
        return f" None of the {number} tables with a model could be compared."
    if whole == number:
        which = "Both" if number == 2 else f"All {number}"  # noqa: PLR2004 -- two are "both"
        return f" {which} tables with a model agree with the migrations."
    if whole == 0:
        return f" None of the {number} tables with a model agrees with the migrations in full{rest}."
    return (
        f" {whole} of {number} tables with a model {noun(whole, 'agrees', 'agree')} with the migrations in full{rest}."
    )
