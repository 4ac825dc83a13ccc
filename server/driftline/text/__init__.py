"""Text and places in it: offsets, spans, positions in the encodings of editors, and edits.

Invariant: nothing in here knows where a text comes from, or that it is Python.
"""

from __future__ import annotations

from driftline.text.edit import TextEdit, apply_edits
from driftline.text.line_index import Encoding, LineIndex, Position
from driftline.text.shift import Shift
from driftline.text.span import Span

__all__ = ["Encoding", "LineIndex", "Position", "Shift", "Span", "TextEdit", "apply_edits"]
