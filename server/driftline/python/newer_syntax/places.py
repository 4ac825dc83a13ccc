"""Positions in a text, and in the same text after characters were put in.

Invariant: characters are put in within lines; the lines stay the same lines.

Example: with `(` put in at offset 7 of `except A, B:`, column 8 of the new text is column 7 of the old one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TypeAlias

from driftline.regex import regex

_LINE_END = regex(r"\r\n|[\r\n]")

_STRIDE = 1024

Position: TypeAlias = tuple[int, int]
"""A line, from one, and a column in UTF-8 bytes, from zero: as `ast` counts."""


class Places:
    """The positions of a text, and those of what it was rewritten to."""

    __slots__ = ("_columns", "_is_ascii", "_shifts", "_starts", "rewritten", "text")

    def __init__(self, text: str, rewritten: str, insertions: Sequence[tuple[int, int]]) -> None:
        """Hold the `insertions` as (offset in `text`, number of ASCII characters), in order of the offsets."""
        self.text = text
        self.rewritten = rewritten
        self._starts = _line_starts(text)
        self._is_ascii = text.isascii()
        self._columns: dict[int, list[int]] = {}
        """Of long lines, the column of each character that is a multiple of `_STRIDE` into it."""
        self._shifts: dict[int, list[tuple[int, int, int]]] = {}
        """By line: where characters were put in, as columns of the rewritten text, how many, and how many before."""
        for offset, count in insertions:
            line, column = self.position(offset)
            shifts = self._shifts.setdefault(line, [])
            before = shifts[-1][1] + shifts[-1][2] if shifts else 0
            shifts.append((column + before, count, before))

    @property
    def shifted(self) -> bool:
        """Whether any position differs."""
        return bool(self._shifts)

    def position(self, offset: int) -> Position:
        """Give the position of a character of the text."""
        line = bisect_right(self._starts, offset)
        start = self._starts[line - 1]
        if self._is_ascii:
            return line, offset - start
        if offset - start <= _STRIDE:
            return line, _width(self.text[start:offset])
        columns = self._columns.get(line)
        if columns is None:
            columns = [0]
            for at in range(start, start + len(_line(self.text, self._starts, line)), _STRIDE):
                columns.append(columns[-1] + _width(self.text[at : at + _STRIDE]))
            self._columns[line] = columns
        strides = (offset - start) // _STRIDE
        return line, columns[strides] + _width(self.text[start + strides * _STRIDE : offset])

    def original(self, line: int, column: int) -> int:
        """Give the column in the text for one in the rewritten text; what was put in stands at its place."""
        shifts = self._shifts.get(line)
        if shifts is None:
            return column
        index = bisect_left(shifts, (column, 0, 0)) - 1
        if index < 0:
            return column
        start, count, before = shifts[index]
        return column - before - min(count, column - start)

    def error(self, error: SyntaxError) -> SyntaxError:
        """Move an error about the rewritten text to its place in the text."""
        message = error.msg or "invalid syntax"
        offset = self._moved(error.lineno, error.offset)
        end = self._moved(error.end_lineno, error.end_offset)
        return SyntaxError(message, (error.filename, error.lineno, offset, error.text, error.end_lineno, end))

    def _moved(self, line: int | None, offset: int | None) -> int | None:
        """Move a column in characters, from one."""
        if line is None or offset is None or offset < 1 or not 1 <= line <= len(self._starts):
            return offset
        rewritten = _line(self.rewritten, _line_starts(self.rewritten), line)
        column = self.original(line, _width(rewritten[: offset - 1]))
        before = _line(self.text, self._starts, line).encode("utf-8", "surrogatepass")[:column]
        return len(before.decode("utf-8", "replace")) + 1


def _width(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def _line(text: str, starts: list[int], line: int) -> str:
    return text[starts[line - 1] : starts[line] if line < len(starts) else len(text)]
