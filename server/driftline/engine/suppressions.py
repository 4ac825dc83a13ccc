r"""Comments that silence findings.

`# driftline: ignore[rule, other-rule]` silences these rules at its place, `# driftline: ignore-file[rule]` anywhere in
a file silences them in all of it. Names are those of rules or groups; without a bracket, every rule is meant. A
comment counts only where it is one: not in a string.

Its place is any line of what a finding underlines, in the model or in the migration (the other half), and the first
and the last line of the statement around that; of a class or a function, its head.

Example: `read_ignores("m.py", "x = 1  # driftline: ignore[extra-column]\n")[0].names` is `("extra-column",)`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from driftline.dataclass import dataclass
from driftline.regex import regex
from driftline.text import LineIndex, Span

if TYPE_CHECKING:
    from driftline.python.syntax import Syntax

_MARK = "driftline:"
_COMMENT = regex(r"[#;]\s*driftline:\s*(ignore-file|ignore)(?![\w-])(?:\s*\[([^\]]*)\])?")

EVERY_RULE = "all"
"""What stands for all rules where a comment names none; it may also be written."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that silences. `line`: 1-based. `span`: of `# driftline: …` up to its bracket, in code points.

    `names`: of rules and groups, as written; () means every rule. `everywhere`: it holds for the whole file.
    """

    line: int
    span: Span
    names: tuple[str, ...]
    everywhere: bool = False

    def naming(self, rule: str, group: str) -> tuple[str, ...]:
        """Give those of its names (`all`, where it has none) by which it silences a rule."""
        return tuple(one for one in self.names or (EVERY_RULE,) if one in (rule, group, EVERY_RULE))


def read_ignores(path: str, text: str) -> tuple[Ignore, ...]:
    """Read the silencing comments of a Python or configuration file, in their order; never raises."""
    if _MARK not in text:
        return ()
    index = LineIndex(text)
    comments = _python_comments(text) if path.endswith((".py", ".pyi")) else _config_comments(index)
    found: list[Ignore] = []
    for line, column, comment in comments:
        start = index.starts[line - 1] + column
        for one in _COMMENT.finditer(comment):
            names = tuple(name for part in (one[2] or "").split(",") if (name := part.strip()))
            if one[2] is None or names:
                span = Span(start + one.start(), start + one.end())
                found.append(Ignore(line, span, names, one[1] == "ignore-file"))
    return tuple(found)


def lines_of(syntax: Syntax, span: Span) -> frozenset[int]:
    """Give the lines (1-based) on which a comment speaks of what is at `span` (code points)."""
    first, last = syntax.index.line_of(span.start) + 1, syntax.index.line_of(span.end) + 1
    around = _statement(syntax.tree.body, first, last)
    if around is None:
        return frozenset(range(first, last + 1))
    start, end = _head(around)
    if first <= start and end < last:  # the class or function itself: a comment in its body speaks of something else
        last = end
    return frozenset((*range(first, last + 1), start, around.lineno, end))


def _statement(body: list[ast.stmt], first: int, last: int) -> ast.stmt | None:
    """The innermost statement that has the lines from `first` to `last`."""
    for one in body:
        start, end = _start(one), one.end_lineno or one.lineno
        if start <= first and last <= end:
            _, head = _head(one)
            inner = [] if first <= head else _bodies(one)
            return next((found for part in inner if (found := _statement(part, first, last)) is not None), one)
    return None


def _bodies(statement: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement."""
    parts = [getattr(statement, name, None) or [] for name in ("body", "orelse", "finalbody")]
    inner = [*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())]
    return [*parts, *(one.body for one in inner)]


def _start(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min(statement.lineno, *(one.lineno for one in decorators)) if decorators else statement.lineno


def _head(statement: ast.stmt) -> tuple[int, int]:
    """The first and the last line of a statement; of a compound one, those of its head."""
    start, end = _start(statement), statement.end_lineno or statement.lineno
    blocks = [block for block in _bodies(statement) if block]
    return (start, max(start, min(_start(block[0]) for block in blocks) - 1)) if blocks else (start, end)


def _python_comments(text: str) -> Iterator[tuple[int, int, str]]:
    """The comments with their 1-based lines and their columns (code points).

    Where the file cannot be read as Python any more, each `#` starts one.
    """
    import io
    import tokenize

    # A line that ends in "\r" alone is one to Python's parser and to editors, but not to `tokenize`.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            line = token.end[0]
            if token.type == tokenize.COMMENT:
                yield *token.start, token.string
    except (tokenize.TokenError, SyntaxError):
        for number, rest in enumerate(text.split("\n")[line:], line + 1):
            if _MARK in rest and "#" in rest:
                yield number, rest.index("#"), rest[rest.index("#") :]


def _config_comments(index: LineIndex) -> Iterator[tuple[int, int, str]]:
    """The whole-line comments of an ini or TOML file with their 1-based lines and their columns."""
    for at in range(index.line_count):
        line = index.line_text(at)
        stripped = line.lstrip()
        if stripped.startswith(("#", ";")):
            yield at + 1, len(line) - len(stripped), stripped
