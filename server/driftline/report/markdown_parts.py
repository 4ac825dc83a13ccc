"""Pieces of Markdown that several parts of the audit are made of: tables, code blocks, marks, findings in a line.

Example: `list(grid(("Name", "Type"), [("id", "UUID")]))` are the four lines of a table and an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from driftline.report.entry import Entry, Severity
from driftline.report.tables import Mark, State, Step
from driftline.report.words import cell, code, listed, prose

MARKS: dict[Severity, Mark] = {"CRITICAL": Mark.CRITICAL, "WARNING": Mark.WARNING, "NOTE": Mark.NOTE}
STATES = {
    State.CONSISTENT: Mark.SAME,
    State.DRIFTED: Mark.WARNING,
    State.INCONSISTENT: Mark.CRITICAL,
    State.NOT_COMPARED: Mark.NOTE,
}
PARTLY = "as far as it could be read"
"""What is said of a verdict that does not rest on everything."""
FEW = 6
"""So many names are listed before they are counted."""
_WIDEST = 32
"""Columns of a table are padded up to this width; longer cells stand out."""


def verdict(state: State, *, whole: bool) -> tuple[str, str]:
    """Give the mark of a verdict, and what follows its name; without everything behind it, there is no tick."""
    if state is State.CONSISTENT and not whole:
        return Mark.NOTE.value, f", {PARTLY}"
    return STATES[state].value, ""


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write a table that can be read as it stands; its last column is not padded."""
    body = [[cell(one) for one in row] for row in rows]
    lines = [list(head), *body]
    widths = [min(_WIDEST, max(len(line[index]) for line in lines)) for index in range(len(head))]
    widths[-1] = 0
    yield _row(head, widths)
    yield "|".join(("", *("-" * (max(width, len(title)) + 2) for width, title in zip(widths, head, strict=True)), ""))
    yield from (_row(line, widths) for line in body)
    yield ""


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(text.ljust(width) for text, width in zip(cells, widths, strict=True))} |"


def fenced(language: str, text: str) -> Iterator[str]:
    """Write a code block; its fence is longer than any in the text."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield from text.rstrip("\n").split("\n")
    yield fence
    yield ""


def finding(entry: Entry) -> str:
    """Tell a finding as the item of a list, with the other half behind it."""
    see = "".join(f"; {code(str(place))}: {prose(message)}" for place, message in entry.related)
    head = f"- {MARKS[entry.severity].value} **{entry.severity}** {code(entry.rule)}"
    return f"{head}{known(entry)}: {prose(entry.message)} ({code(str(entry.place))}{see})"


def known(entry: Entry) -> str:
    """Mark what is in the baseline."""
    return " (in the baseline)" if entry.known else ""


def subject(entry: Entry) -> str:
    """Name what a finding is about, to put before its message; nothing where it is about no table."""
    if entry.table is None:
        return ""
    return f"**{prose(entry.table)}**{f', {code(entry.item)}' if entry.item else ''}"


def step(one: Step) -> str:
    """Tell what a revision did to a table."""
    return f"{code(one.revision)}: {'; '.join(gathered(one.summaries))}"


def gathered(summaries: Sequence[str]) -> list[str]:
    """Tell in one what begins alike, by names alone.

    "add column `a` TEXT" and "add column `b` TEXT" are "add columns `a` and `b`".
    """
    groups: dict[str, list[str]] = {}
    for summary in summaries:
        verb, mark, _ = summary.partition("`")
        groups.setdefault(verb if mark else summary, []).append(summary)
    return [
        prose(several[0]) if len(set(several)) == 1 else f"{_plural(verb.strip())} {listed(_names(several))}"
        for verb, several in groups.items()
    ]


def _names(summaries: Iterable[str]) -> list[str]:
    """Give the first thing in backticks of each."""
    return list(dict.fromkeys(f"`{summary.split('`')[1]}`" for summary in summaries))


def _plural(phrase: str) -> str:
    if phrase.endswith(("x", "s", "ch")):
        return f"{phrase}es"
    return f"{phrase[:-1]}ies" if phrase.endswith("y") and not phrase.endswith("ey") else f"{phrase}s"
