"""Revision files that are not Python right now: what to say of them, and where.

What still parses is evaluated all the same; what was cut out is not known. No position goes into what is said (facts
hold none): the line that the parser stopped at is quoted instead.

Example: of a file in which `op.add_column("t", sa.Column("a", sa.Text())` lacks a bracket, `unparsed` gives
"it does not parse: '(' was never closed, at `op.add_column(…`".
"""

from __future__ import annotations

from driftline.python.origin import Origin
from driftline.python.syntax import Syntax

_SHOWN = 60
"""How much of the broken line is quoted, in characters."""


def unparsed(syntax: Syntax) -> str | None:
    """Give a clause about why the file does not parse; None where it does."""
    problem = syntax.problem
    if problem is None:
        return None
    text, start = syntax.text, problem.span.start
    line = text[text.rfind("\n", 0, start) + 1 :].partition("\n")[0].strip().replace("`", "'")
    shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
    return f"it does not parse: {problem.message}" + (f", at `{shown}`" if shown else "")


def place_of_problem(syntax: Syntax) -> Origin:
    """Give the statement at the syntax error, or before it, else the whole file."""
    return Origin((syntax.site(syntax.broken),))
