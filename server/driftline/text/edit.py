"""Edits of a text, as data: whoever makes them never writes a file.

Example: `apply_edits("ab", [TextEdit(Span(1, 1), "-")])` gives `"a-b"`.
"""

from __future__ import annotations

from collections.abc import Iterable

from driftline.dataclass import dataclass
from driftline.text.span import Span


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace `span` (code points of the text before any edit) by `new_text`."""

    span: Span
    new_text: str


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Apply `edits`, whose spans all refer to `text`; two insertions at one place keep their order.

    Raises `ValueError` where two edits overlap or one reaches outside of the text.
    """
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.span.start, one.span.end)):
        if edit.span.start < at or edit.span.end > len(text) or edit.span.end < edit.span.start:
            msg = f"the edit at {edit.span.start}..{edit.span.end} overlaps another one or lies outside of the text"
            raise ValueError(msg)
        pieces += (text[at : edit.span.start], edit.new_text)
        at = edit.span.end
    return "".join((*pieces, text[at:]))
