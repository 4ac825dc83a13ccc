r"""Where statements begin in a text that need not be Python: found without parsing it.

A cut is a guess. Whether it is a right one says the parser: what parses on both sides of a cut by itself is what the
whole says, since Python's tokens are read from left to right, and a text that parses ends outside of every bracket and
quotation.

All places are offsets (code points) at which a line begins.

Example: `[*starts("a = (\n1)\nb = 2\n", 0, 15)]` is `[0, 9, 15]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from driftline.regex import regex

ANY = 1 << 30
"""An indentation that no line has."""

_TOKEN = regex(
    r"""
    [^\#"'()\[\]{}\\\r\n]*+
    (?: \# [^\r\n]*+
      | \"{3} (?: [^"\\]++ | \\. | "(?!"") )*+ \"{3}
      | '{3} (?: [^'\\]++ | \\. | '(?!'') )*+ '{3}
      | (?P<open> \"{3} | '{3} )
      | " (?: [^"\\\r\n]++ | \\(?: \r\n | . ) )*+ "?
      | ' (?: [^'\\\r\n]++ | \\(?: \r\n | . ) )*+ '?
      | (?P<opens> [(\[{]++ )
      | (?P<closes> [)\]}]++ )
      | \\ (?: \r\n | \r | \n )?
      | (?: \r\n | \r | \n ) (?P<blank> [ \t\f]*+ ) (?P<says> [^\s\#] )?
    )
    """,
    re.VERBOSE | re.DOTALL,
)
"""What brackets, quotations, comments and lines begin and end with, behind what is none of these."""
_INDENTED = regex(r"(?:\r\n|\r|\n)([ \t\f]*+)(?=[^\s#)\]}])")
_CLAUSE = regex(r"(?:else|elif|except|finally)\b")
"""What begins a line that goes on with the statement above it."""
_STATEMENT = regex(
    r"(?:async[ ]+def|def|class|import|return|raise|try|while|with|del|global|nonlocal|assert|pass|break|continue)\b"
)
"""What stands in no expression: a bracket that is open before a line which begins so was never closed."""
_DEFINITION = regex(r"(?:(?<=\n\n)|(?<=\n\r\n))(?:@|(?:class|def|async[ ]+def)\b)")


def likely(text: str, after: int) -> int:
    """Give the first definition at the left edge from `after` on that an empty line stands before; else the end."""
    found = _DEFINITION.search(text, after)
    return len(text) if found is None else found.start()


def starts(text: str, start: int, end: int, indent: int = ANY) -> Iterator[int]:
    """Give where the statements begin that are indented by at most `indent`, from `start`, where one does, to `end`.

    What comes after their first line, and is indented more, belongs to them; decorators to what they decorate. Last
    comes the place where the last one ends, which is `end` at least: a quotation that is open there goes on.
    """
    yield start
    begun = width(text, start)
    depth, decorated = 0, text.startswith("@", start + begun)
    at = start
    while (token := _TOKEN.match(text, at)) is not None and not token["open"]:
        at = token.end()
        if token["opens"]:
            depth += len(token["opens"])
        elif token["closes"]:
            depth = max(0, depth - len(token["closes"]))
        elif token["says"]:
            blank, at = token["blank"], token.start("says")
            if depth and _STATEMENT.match(text, at) is None:
                continue
            depth = 0
            if len(blank) > indent or (len(blank) == indent and _CLAUSE.match(text, at) is not None):
                continue
            if at - len(blank) >= end or not (decorated and len(blank) == begun):
                yield at - len(blank)
                if at - len(blank) >= end:
                    return
                begun = len(blank)
            decorated = token["says"] == "@"
    yield len(text)  # whatever comes is in the quotation that was opened


def begin_of(text: str, start: int, place: int) -> int:
    """Give where the innermost statement around a place begins, looking from `start` on, where one does."""
    found = start
    for at in starts(text, start, place):
        if at > place:
            break
        found = at
    return found


def first_line_end(text: str, start: int, end: int) -> int:
    """Give where the statement's own first line ends, which a bracket may stretch over several."""
    first = islice(starts(text, start, start + 1), 1, None)
    return min(end, *first)


def end_by_indentation(text: str, start: int, end: int) -> int:
    """Give where the lines end that are indented more than the first, whatever brackets and quotations say."""
    indent = width(text, start)
    for found in _INDENTED.finditer(text, start, end):
        if len(found[1]) <= indent and _CLAUSE.match(text, found.end()) is None:
            return found.start(1)
    return end


def is_clause(text: str, start: int) -> bool:
    """Whether the line goes on with a statement above it, as `else:` does."""
    return _CLAUSE.match(text, start + width(text, start)) is not None


def width(text: str, start: int) -> int:
    """Give how many characters a line is indented by."""
    at = start
    while at < len(text) and text[at] in " \t\f":
        at += 1
    return at - start
