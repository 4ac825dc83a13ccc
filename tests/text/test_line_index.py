"""Offsets and positions agree in every encoding, and with what Python's own parser counts."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.text import Encoding, LineIndex, Position

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(st.sampled_from("ab \t\n\r\f\x1c\u2028é€😀"), max_size=40)


@given(TEXTS, st.integers(0, 40), st.sampled_from(ENCODINGS))
def test_an_offset_survives_the_way_to_a_position_and_back(text: str, offset: int, encoding: Encoding) -> None:
    """Converting an offset that is not inside of a line end to a position and back gives the offset."""
    index = LineIndex(text)
    offset = min(offset, len(text))
    inside_line_end = text[max(0, offset - 1) : offset + 1] == "\r\n"

    position = index.position(offset, encoding)

    assert inside_line_end or offset == index.offset(position, encoding)


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 8), ("utf-16", 5), ("utf-32", 4)])
def test_columns_are_counted_in_the_units_of_the_encoding(encoding: Encoding, character: int) -> None:
    """The same character has another column in each encoding."""
    assert Position(1, character) == LineIndex("x\né😀 = 1").position(6, encoding) == _shifted(encoding)


def _shifted(encoding: Encoding) -> Position:
    codec, width = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return Position(1, len("é😀 =".encode(codec)) // width)


@given(
    st.lists(st.sampled_from(["é = 1", "x = '\u2028'", "y = '😀' + z", "\f", ""]), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_the_parsers_positions_find_their_text(lines: list[str], line_end: str) -> None:
    """Where `ast` says a name is, the offset made of it finds that name; form feeds and U+2028 end no lines."""
    text = line_end.join(lines)
    index = LineIndex(text)

    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]

    for node in names:
        start = index.offset_of_ast(node.lineno, node.col_offset)
        assert node.id == text[start : start + len(node.id)]


def test_positions_outside_of_the_text_are_clamped() -> None:
    """A position past a line's end is the line's end; past the last line it is the text's end."""
    index = LineIndex("ab\ncd")

    assert [2, 5, 5, 0] == [
        index.offset(Position(0, 99)),
        index.offset(Position(1, 99)),
        index.offset(Position(9, 0)),
        index.offset(Position(-1, 3)),
    ]
