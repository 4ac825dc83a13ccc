r"""The report, as Markdown that also reads well on a terminal: the table, what is behind it, the facts that differ.

Example: `print("\n".join(summary([...])))`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.ecosystem.agreement import Agreement
from tests.ecosystem.baseline import Change
from tests.ecosystem.blame import Blame
from tests.ecosystem.facts import Statement
from tests.ecosystem.figures import Figures
from tests.ecosystem.reading import Reading
from tests.ecosystem.score import Group, Score, grouped, part
from tests.ecosystem.truth import DOCUMENTS, Truth

_REASONS = 25
"""How many reasons are listed; there is a long tail."""

_ALIKE = 10
"""How many sorts of differences are listed before the differences themselves."""

_TRACEBACK = 24
"""How many lines of a traceback are printed: deep evaluation has hundreds."""


@dataclass(frozen=True, slots=True)
class Result:
    """A project that was read."""

    figures: Figures
    reading: Reading
    truth: Truth | None


def summary(results: Sequence[Result]) -> Iterator[str]:
    """The table of projects."""
    header = ["project", "dialect", "revisions", "tables"]
    for name in DOCUMENTS:
        header += [f"{name} recall", "precision"]
    header += ["drift: both", "Alembic only", "ours only", "not understood", "seconds", "CPU s", "MB"]
    rows: list[Sequence[str]] = []
    for one in results:
        figures, reading = one.figures, one.reading
        cost = [f"{reading.seconds:.1f}", f"{reading.cpu_seconds:.1f}", f"{reading.peak_kilobytes / 1024:.0f}"]
        head = [figures.project, _dialect(one), str(figures.revisions), f"{figures.declared} / {figures.migrated}"]
        unknown = str(sum(figures.unknown.values()))
        rows.append([*head, *_fidelity(figures.scores), *_agreed(figures.agreement), unknown, *cost])
        excepted = (figures.excepted_scores, figures.excepted_agreement)
        if excepted != (figures.scores, figures.agreement):
            rows.append(["… excepted", "", "", "", *_fidelity(excepted[0]), *_agreed(excepted[1]), "", "", "", ""])
    yield from table(header, rows)


def _dialect(result: Result) -> str:
    """The dialect of the truth, and what Driftline took it to be, where that is another one."""
    guessed, told = result.reading.dialect, result.truth.dialect if result.truth is not None else None
    return guessed if told in {None, guessed} else f"{told} (guessed: {guessed})"


def _fidelity(scores: Mapping[str, Score]) -> Iterator[str]:
    for name in DOCUMENTS:
        total = scores[name].total if name in scores else None
        yield part(total.recall) if total is not None else "–"
        yield part(total.precision) if total is not None else "–"


def _agreed(agreement: Agreement | None) -> tuple[str, str, str]:
    if agreement is None:
        return "–", "–", "–"
    return str(agreement.both), str(len(agreement.missed)), str(len(agreement.invented))


def findings(results: Sequence[Result]) -> Iterator[str]:
    """Findings by rule, and who vouches for those at error and warning level."""
    rules = Counter(rule for one in results for rule, count in one.figures.findings.items() for _ in range(count))
    names = [one.figures.project for one in results]
    rows = [
        [rule, *(str(one.figures.findings.get(rule, 0) or "") for one in results), str(count)]
        for rule, count in rules.most_common()
    ]
    yield from section("Findings by rule", table(["rule", *names, "all"], rows))
    judged = [(one.figures.project, one.figures.judged) for one in results]
    rows = [[name, *map(str, (one.alembic, one.true, one.false, len(one.unjudged)))] for name, one in judged]
    head = ["errors and warnings", "Alembic reports them", "judged true", "judged false", "without a verdict"]
    yield from section("Who vouches for them", table(head, rows))


def not_understood(results: Sequence[Result]) -> Iterator[str]:
    """What could not be read, by reason."""
    reasons: Counter[str] = Counter()
    for one in results:
        reasons.update(one.figures.unknown)
    rows = [
        [str(count), *(str(one.figures.unknown.get(reason, 0) or "") for one in results), reason.replace("|", "\\|")]
        for reason, count in reasons.most_common(_REASONS)
    ]
    left = len(reasons) - len(rows)
    if left > 0:
        rest = sum(count for _, count in reasons.most_common()[_REASONS:])
        rows.append([str(rest), *("" for _ in results), f"… for {left} more reasons"])
    head = ["all", *(one.figures.project for one in results), "reason"]
    yield from section("Not understood, by reason", table(head, rows))


def crashes(results: Sequence[Result]) -> Iterator[str]:
    """Tracebacks: their ends, and each once."""
    shown: set[str] = set()
    for one in results:
        for name, told in one.reading.crashes.items():
            lines = told.strip().splitlines()
            if told in shown:
                lines = ["as above"]
            elif len(lines) > _TRACEBACK:
                lines = [lines[0], "…", *lines[-_TRACEBACK:]]
            shown.add(told)
            yield from section(f"{one.figures.project}: crash in {name}", ["```text", *lines, "```"])


def differing(result: Result, limit: int, tables: str = "*") -> Iterator[str]:
    """The facts of one project that differ, each with the place to look at; at most `limit` lines for each document.

    `tables`: a pattern; only facts of tables that match are listed.
    """
    blame = Blame(result.reading)
    for name, found in result.figures.scores.items():
        wrong = [one for one in found.wrong if fnmatchcase(one.fact.table, tables)]
        groups = grouped(wrong)
        if groups:
            lines = [_wrong(name, group, blame) for group in groups[:limit]]
            lines += [_more(len(groups) - limit)] if len(groups) > limit else []
            title = f"{result.figures.project}: {name}, {len(wrong)} facts differ"
            yield from section(title, [_kinds(found), "", *_alike(groups), "", *lines])
    agreement = result.figures.agreement
    if agreement is not None:
        sides = ((agreement.missed, "no finding stands for it"), (agreement.invented, "Alembic does not report it"))
        lines = [f"- `{one}`: {word}" for operations, word in sides for one in operations]
        if lines:
            shown = [*lines[:limit], *([_more(len(lines) - limit)] if len(lines) > limit else [])]
            yield from section(f"{result.figures.project}: drift, {len(lines)} operations differ", shown)
    unjudged = result.figures.judged.unjudged
    if unjudged:
        lines = [f"- {one}" for one in unjudged[:limit]]
        lines += [_more(len(unjudged) - limit)] if len(unjudged) > limit else []
        title = f"{result.figures.project}: {len(unjudged)} errors and warnings without a verdict"
        yield from section(title, lines)


def _kinds(found: Score) -> str:
    """How much of each kind is right, of those of which not all is."""
    counts = [
        f"{kind} {tally.right} right of {tally.true} true, {tally.stated} stated"
        for kind, tally in found.kinds.items()
        if not tally.right == tally.true == tally.stated
    ]
    return "; ".join(counts)


def _alike(groups: Sequence[Group]) -> Iterator[str]:
    """The differences that are alike, the most frequent first: they tend to have one cause."""
    counts = Counter(
        f"{one.whole.fact.kind} {one.whole.fact.attribute}: {_sides(one.whole.truth, one.whole.stated)}"
        for one in groups
    )
    for told, count in counts.most_common(_ALIKE):
        if count > 1:
            yield f"{count} × {told}"


def _wrong(document: str, group: Group, blame: Blame) -> str:
    one = group.whole
    clue = blame.of(document, one)
    where = str(clue) if clue is not None else "nothing is known of it"
    more = f" and {group.size - 1} facts of it" if group.size > 1 else ""
    return f"- `{one.fact}`{more}: {_sides(one.truth, one.stated)}\n  {where}"


def _sides(truth: Statement | None, stated: Statement | None) -> str:
    if stated is None:
        value = truth.value if truth is not None else None
        return "missing" if value is True else f"missing (truth {value!r})"
    if truth is None:
        return "not true" if stated.value is True else f"not true (stated {stated.value!r})"
    return f"truth {truth.value!r}, stated {stated.value!r}"


def _more(count: int) -> str:
    return f"- … {count} more"


def moved(changed: Sequence[Change]) -> Iterator[str]:
    """What changed against the baseline."""
    if not changed:
        yield from section("Against the baseline", ["Nothing changed."])
        return
    rows = [
        [one.project, one.figure, one.before, one.after, "**worse**" if one.worse else ""]
        for one in sorted(changed, key=lambda one: (not one.worse, one.project))
    ]
    yield from section("Against the baseline", table(["project", "figure", "before", "now", ""], rows))


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A heading and what stands under it."""
    yield ""
    yield f"## {title}"
    yield ""
    yield from lines


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A Markdown table with columns as wide as their widest cell; numbers on the right."""
    widths = [max(1, *map(len, column)) for column in zip(header, *rows, strict=True)]
    right = [any(column) and all(_is_number(cell) for cell in column) for column in zip(*rows, strict=True)]
    right = right or [False] * len(header)
    yield _row(header, widths, right)
    rule = ["-" * (width - 1) + (":" if is_right else "-") for width, is_right in zip(widths, right, strict=True)]
    yield f"| {' | '.join(rule)} |"
    yield from (_row(row, widths, right) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        cell.rjust(width) if is_right else cell.ljust(width)
        for cell, width, is_right in zip(cells, widths, right, strict=True)
    ]
    return f"| {' | '.join(padded)} |"


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdecimal() or cell in {"", "–"}
