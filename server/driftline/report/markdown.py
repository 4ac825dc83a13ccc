"""The audit in Markdown: the report that `driftline audit` prints.

Invariant: nothing is computed in here, only told.

Example: `render(build_audit(analysis))` begins with `# Driftline audit: backend/alembic`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from driftline.fixes.recommend import DECISIONS
from driftline.report import markdown_history, markdown_tables
from driftline.report.audit import Audit, Recommended
from driftline.report.coverage import Gap
from driftline.report.entry import SEVERITIES, Entry, Severity
from driftline.report.markdown_parts import FEW, MARKS, PARTLY, fenced, known, subject, verdict
from driftline.report.place import Place
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
    in_baseline = sum(one.known for one in audit.findings)
    old = f"; {in_baseline} of them in the baseline" if in_baseline else ""
    yield f"- **Findings**: {_by_severity(counts.findings)}{old}"
    compared = _compared(audit)
    if compared:
        yield f"- **Compared**: {compared}"
    if audit.coverage.places:
        yield f"- **Not understood**: {count(audit.coverage.places, 'place')}, see [Coverage](#coverage)"
    yield ""


def _heads(heads: tuple[str, ...]) -> str:
    return f", {noun(len(heads), 'head', 'heads')} {some(codes(heads), FEW)}" if heads else ""


def _by_severity(findings: Mapping[Severity, int]) -> str:
    return listed(f"{findings[severity]} {severity}" for severity in SEVERITIES if findings[severity]) or "none"


_ERRORS = {
    "drift": "Models and migrations contradict each other where it fails at run time or loses a guarantee.",
    "history": "The revisions have errors of their own: not all of them can be run.",
}
"""What errors mean, by the group of their rules."""
_ERRORS_BACKWARDS = "Not all revisions can be taken back: where a `downgrade()` fails, the way back ends."
_OTHER_ERRORS = "Some of what was found is an error."


def _compared(audit: Audit) -> str:
    """Say how many of the tables with a model were compared; nothing where all were."""
    number = len(audit.tables)
    lacking = audit.uncompared
    if not lacking:
        return ""
    if number == 1:
        return "the table with a model could not be compared"
    if lacking == number:
        return f"none of the {number} tables with a model could be compared"
    return f"{lacking} of the {number} tables with a model could not be compared"


def _verdict(audit: Audit) -> Iterator[str]:
    yield "## Verdict"
    yield ""
    mark, partly = verdict(audit.verdict, whole=audit.whole)
    yield f"{mark} **{audit.verdict.value}**{partly}. {_judged(audit)}"
    yield ""
    doubts = " ".join(_doubts(audit))
    if doubts:
        yield doubts
        yield ""


def _judged(audit: Audit) -> str:
    """Say what the verdict means."""
    if audit.verdict is State.NOT_COMPARED:
        compared = _compared(audit)
        return (
            f"{begun(compared) if compared else 'No model has a table'}: whether models and migrations agree is open."
        )
    if audit.verdict is State.CONSISTENT:
        return "Models and migrations say the same." if audit.whole else "Nothing that could be compared differs."
    if audit.verdict is State.DRIFTED:
        return _less_than_errors(audit)
    errors = [one for one in audit.findings if one.severity == "CRITICAL"]
    said = [_ERRORS_BACKWARDS if one.backwards else _ERRORS.get(one.group, _OTHER_ERRORS) for one in errors]
    return " ".join(dict.fromkeys(said))


def _less_than_errors(audit: Audit) -> str:
    """Say what was found where nothing is an error; what is no drift is told apart from what is."""
    drift = sum(one.group == "drift" for one in audit.findings)
    others = len(audit.findings) - drift
    where = _elsewhere(audit)
    if not others:
        return "Models and migrations differ, but nothing of it is an error."
    if drift:
        return (
            f"Models and migrations differ ({count(drift, 'finding')}); {others:,} more "
            f"{noun(others, 'is', 'are')} {where}. None of it is an error."
        )
    agree = "Models and migrations say the same" if audit.whole else "Nothing that could be compared differs"
    none = noun(others, "it is no error", "none of them is an error")
    return f"{agree}; {count(others, 'finding')} {noun(others, 'is', 'are')} {where}, and {none}."


def _elsewhere(audit: Audit) -> str:
    """Say what the findings are about that are no drift."""
    groups = {one.group for one in audit.findings} - {"drift"}
    return "in the history alone" if groups == {"history"} else "about something else"


def _doubts(audit: Audit) -> Iterator[str]:
    """Say what the verdict does not cover."""
    told = audit.coverage
    compared = _compared(audit)
    if compared and audit.verdict is not State.NOT_COMPARED:
        yield f"{begun(compared)}."
    if told.incomplete is not None:
        yield "Not all of the history is known (see Coverage), so what seems to be missing from it is not reported."
    elif told.declared_may_lack or told.migrated_may_lack:
        half = "models" if told.declared_may_lack else "migrations"
        yield f"Not all of the {half} could be read, so tables that seem to be missing from them are not reported."
    if told.places:
        them = noun(told.places, "it", "them")
        yield f"{count(told.places, 'place')} could not be understood (see Coverage): nothing is said about {them}."


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
    return f"{f'{about}: ' if about else ''}{prose(entry.message)} ({code(str(entry.place))}){known(entry)}"


def _brief(entry: Entry) -> str:
    about = subject(entry)
    return f"{about or prose(entry.message)} ({code(str(entry.place))}){known(entry)}"


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
        plain = [one for one in audit.uncured if one.rule not in DECISIONS]
        yield from _left(plain)
        for rule in dict.fromkeys(one.rule for one in audit.uncured if one.rule in DECISIONS):
            yield f"{code(rule)}: {prose(DECISIONS[rule])}"
            yield ""
            yield from _left([one for one in audit.uncured if one.rule == rule])


def _left(entries: Sequence[Entry]) -> Iterator[str]:
    if entries:
        yield from (f"- {MARKS[one.severity].value} {code(one.rule)}: {_told(one)}" for one in entries)
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
        yield ""
    if told.unseen:
        tables = some([_unseen(key, place) for key, place in told.unseen], FEW * 2)
        number = len(told.unseen)
        yield f"Revisions need {count(number, 'table')} that none before them creates: {tables}."
        yield f"Nothing is said about {noun(number, 'it', 'them')}."
        yield ""
    for half, reasons in (("models", told.declared_may_lack), ("migrations", told.migrated_may_lack)):
        if reasons:
            several = "; ".join(_gap(one) for one in reasons[:_PLACES])
            more = f"; and {len(reasons) - _PLACES} more" if len(reasons) > _PLACES else ""
            yield f"Tables may be missing from the {half} as they were read: {several}{more}."
            yield ""
    if told.uncertain:
        yield f"Not everything is known of {some(codes(told.uncertain), FEW)}, and nothing is said to be missing there."
        yield ""
    if told.gaps:
        number = told.places
        listed_here = sum(max(1, len(gap.places)) for gap in told.gaps)
        above = f", {number - listed_here} of them named above" if listed_here < number else ""
        them = noun(number, "it", "them")
        yield f"{count(number, 'place')} could not be understood{above}. What rests on {them} is not reported."
        yield ""
        yield from _gaps(told.gaps)
    elif told.whole:
        everything = "Everything else" if told.unseen else "Everything"
        yield f"{everything} that models and migrations say about the schema was understood."
        yield ""
    if told.elsewhere:
        yield "Other Alembic environments of this folder are in no report:"
        yield ""
        yield from (f"- {code(str(place))}: {prose(gap.reason)}" for gap in told.elsewhere for place in gap.places)
        yield ""


def _gap(gap: Gap) -> str:
    return prose(gap.reason) + (f" ({some([code(str(place)) for place in gap.places], _PLACES)})" if gap.places else "")


def _gaps(gaps: Iterable[Gap]) -> Iterator[str]:
    for gap in gaps:
        where = f": {some(codes(str(place) for place in gap.places), _PLACES)}" if gap.places else ""
        yield f"- {prose(begun(gap.reason))}{where}"
    yield ""


def _unseen(key: str, place: Place | None) -> str:
    return code(key) if place is None else f"{code(key)} ({code(str(place))})"


def _conclusion(audit: Audit) -> Iterator[str]:
    yield "## Conclusion"
    yield ""
    if audit.verdict is State.NOT_COMPARED:
        yield f"**{audit.verdict.value}**: {_judged(audit)}"
    else:
        _, partly = verdict(audit.verdict, whole=audit.whole)
        drift = any(one.group == "drift" for one in audit.findings)
        where = "" if drift or not audit.findings else f", {_elsewhere(audit)}"
        counted = f"{_counted(audit.counts.findings)}{where}"
        yield f"The schema is **{audit.verdict.value}**{partly}{counted}.{_agreeing(audit)}"
    yield ""
    urgent = [one for one in audit.findings if one.severity == "CRITICAL"]
    if urgent:
        yield "To be mended first:"
        yield ""
        yield from (f"{number}. {line}" for number, line in enumerate(_urgent(urgent), 1))
        yield ""


def _urgent(errors: Sequence[Entry]) -> Iterator[str]:
    """Tell of errors in a line each; of many that one rule found, in one line for all."""
    for rule in dict.fromkeys(one.rule for one in errors):
        alike = [one for one in errors if one.rule == rule]
        if len(alike) > FEW:
            yield f"{code(rule)}, {len(alike)} times, on {some(_subjects(alike), _EACH)}"
            continue
        for one in alike:
            about = subject(one)
            yield f"{f'{about}: ' if about else ''}{code(rule)} ({code(str(one.place))})"


def _subjects(entries: Iterable[Entry]) -> list[str]:
    """The tables that findings are about, else their files."""
    return codes(dict.fromkeys(one.table or one.place.path for one in entries))


def _counted(findings: Mapping[Severity, int]) -> str:
    return f", with {_by_severity(findings)}" if any(findings.values()) else ""


def _agreeing(audit: Audit) -> str:
    """Say how many of the tables with a model agree with the migrations."""
    number = len(audit.tables)
    compared = _compared(audit)
    whole = sum(one.agrees for one in audit.tables)
    partly = sum(one.state is State.CONSISTENT for one in audit.tables) - whole
    if number == 0:
        return ""
    if audit.uncompared == number:
        return f" {begun(compared)}."
    if number == 1:
        does = "agrees with the migrations" if whole or partly else "does not agree with the migrations"
        return f" The table with a model {does}{f', {PARTLY}' if partly else ''}."
    if whole == number:
        which = "Both" if number == 2 else f"All {number}"  # noqa: PLR2004 -- two are "both"
        return f" {which} tables with a model agree with the migrations."

    def agree(tables: int) -> str:
        return noun(tables, "agrees", "agree")

    many = f"{whole} of {number}" if whole else f"None of the {number}"
    said = [f"{many} tables with a model {agree(whole or 1)} with the migrations in full"]
    if partly:
        said.append(f"{partly} {agree(partly)} as far as {noun(partly, 'it', 'they')} could be read")
    if compared:
        said.append(compared)
    return f" {'; '.join(said)}."
