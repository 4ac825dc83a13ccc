r"""Comments that silence findings.

`# driftline: ignore[rule, other-rule]` on the first or last line of a finding silences these rules there, and
`# driftline: ignore-file[rule]` anywhere in a file silences them in all of it. Without a bracket, every rule is meant.
A comment counts only where it is one: not in a string.

Example: `read_suppressions("m.py", "x = 1  # driftline: ignore[extra-column]\n").silence("extra-column", 1, 1)` is
true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_MARK = "driftline:"
_COMMENT = re.compile(r"[#;]\s*driftline:\s*(ignore-file|ignore)\b(?:\s*\[([^\]]*)\])?")
EVERY_RULE = "*"
"""What stands for all rules where a comment names none."""


@dataclass(frozen=True, slots=True)
class Suppressions:
    """The silencing comments of a file: rule names by 1-based line, and those that hold for all of it."""

    lines: Mapping[int, frozenset[str]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()

    def silence(self, rule: str, first_line: int, last_line: int) -> bool:
        """Whether a finding of `rule` from `first_line` to `last_line` (1-based) is silenced."""
        named = self.everywhere | self.lines.get(first_line, frozenset()) | self.lines.get(last_line, frozenset())
        return rule in named or EVERY_RULE in named


def read_suppressions(path: str, text: str) -> Suppressions:
    """Read the silencing comments of a Python or configuration file; never raises."""
    if _MARK not in text:
        return Suppressions()
    lines: dict[int, frozenset[str]] = {}
    everywhere: frozenset[str] = frozenset()
    comments = _python_comments(text) if path.endswith((".py", ".pyi")) else _config_comments(text)
    for number, comment in comments:
        for found in _COMMENT.finditer(comment):
            names = frozenset(name.strip() for name in found[2].split(",")) if found[2] is not None else {EVERY_RULE}
            if found[1] == "ignore-file":
                everywhere |= names
            else:
                lines[number] = lines.get(number, frozenset()) | names
    return Suppressions(lines, everywhere)


def _python_comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments with their 1-based lines. Where the file cannot be read as Python any more, each `#` starts one."""
    import io
    import tokenize

    # A line that ends in "\r" alone is one to Python's parser and to editors, but not to `tokenize`.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="\n").readline):
            line = token.end[0]
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    except (tokenize.TokenError, SyntaxError):
        for number, rest in enumerate(text.split("\n")[line:], line + 1):
            if _MARK in rest and "#" in rest:
                yield number, rest[rest.index("#") :]


def _config_comments(text: str) -> Iterator[tuple[int, str]]:
    """The whole-line comments of an ini or TOML file with their 1-based lines."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(("#", ";")):
            yield number, line.lstrip()
