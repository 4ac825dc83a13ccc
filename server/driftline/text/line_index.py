r"""Line starts of a text, and positions in the encodings that editors and Python's parser count in.

Lines end at `\n`, `\r\n` or `\r` only, as in LSP and in Python's grammar; `str.splitlines` also breaks on form feeds
and Unicode separators, and must not be used for positions.

Example: in `"é = 1"`, the `1` is at offset 4, at UTF-16 column 4 and at UTF-8 column 5.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import Literal

from driftline.dataclass import dataclass
from driftline.regex import regex

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE_END = regex(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A zero-based line, and a zero-based character in the code units of the encoding it was made with."""

    line: int
    character: int


class LineIndex:
    """Converts between offsets (code points) and positions of one text. Immutable."""

    __slots__ = ("_ascii", "starts", "text")

    def __init__(self, text: str) -> None:
        """Index `text`; linear in its length."""
        self.text = text
        self.starts = _starts(text)
        self._ascii = text.isascii()

    @property
    def line_count(self) -> int:
        """How many lines there are; a text that ends in a line end has an empty last one."""
        return len(self.starts)

    def line_of(self, offset: int) -> int:
        """Give the zero-based line that holds `offset` (code points), clamped to the text."""
        return bisect_right(self.starts, max(0, min(offset, len(self.text)))) - 1

    def line_text(self, line: int) -> str:
        """Give the text of the zero-based `line` without its line end; empty where there is no such line."""
        if not 0 <= line < len(self.starts):
            return ""
        end = self.starts[line + 1] if line + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[line] : end].rstrip("\r\n")

    def position(self, offset: int, encoding: Encoding = "utf-32") -> Position:
        """Turn `offset` (code points, clamped to the text) into a position in the units of `encoding`."""
        offset = max(0, min(offset, len(self.text)))
        line = self.line_of(offset)
        start = self.starts[line]
        if self._ascii or encoding == "utf-32":
            return Position(line, offset - start)
        return Position(line, _units(self.text[start:offset], encoding))

    def offset(self, position: Position, encoding: Encoding = "utf-32") -> int:
        """Turn a position in the units of `encoding` into an offset (code points), clamped to its line's end."""
        if position.line < 0:
            return 0
        if position.line >= len(self.starts):
            return len(self.text)
        start = self.starts[position.line]
        line = self.line_text(position.line)
        if self._ascii or encoding == "utf-32":
            return start + max(0, min(position.character, len(line)))
        units = 0
        for index, char in enumerate(line):
            if units >= position.character:
                return start + index
            units += _units(char, encoding)
        return start + len(line)

    def offset_of_ast(self, lineno: int, col_offset: int) -> int:
        """Turn what `ast` says (one-based line, column in UTF-8 bytes) into an offset (code points), clamped."""
        line = lineno - 1
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        start = self.starts[line]
        if self._ascii:
            return min(start + col_offset, len(self.text))
        encoded = self.line_text(line).encode("utf-8", "surrogatepass")[:col_offset]
        return start + len(encoded.decode("utf-8", "ignore"))


def _starts(text: str) -> list[int]:
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    lengths = map(len, text.split("\n")[:-1])
    return [line + length for line, length in enumerate(accumulate(lengths, initial=0))]


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
