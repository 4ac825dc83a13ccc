r"""What differs between two versions of a text: as edits, or as a diff to be read.

Example: `differing("a\nb\n", "a\nc\n")` is one edit of the second line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher, unified_diff

from driftline.text import Span, TextEdit


def unified(before: str, after: str, place: str) -> str:
    """Give the unified diff of a file; `place` is its relative path. An empty `before` is a file that is made."""
    source = f"a/{place}" if before else "/dev/null"
    lines = unified_diff(_lines(before), _lines(after), source, f"b/{place}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    r"""Split a text at the line ends that Python knows, which all become `\n`."""
    return re.findall(r"[^\n]*\n|[^\n]+", text.replace("\r\n", "\n").replace("\r", "\n"))


def differing(before: str, after: str) -> tuple[TextEdit, ...]:
    """Give the edits, by whole lines, that make `after` of `before`."""
    return tuple(_edits(before, after))


def _edits(before: str, after: str) -> Iterator[TextEdit]:
    old, new = (re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", one) for one in (before, after))
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    for tag, first, last, left, right in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield TextEdit(Span(starts[first], starts[last]), "".join(new[left:right]))
