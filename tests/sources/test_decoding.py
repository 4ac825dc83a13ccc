"""Bytes become text as Python's own tokenizer decides, and what it refuses is a reason, never an exception."""

from __future__ import annotations

import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.sources.decoding import decode
from driftline.sources.source import FileText, Unreadable

FILES = {
    "plain": b"x = 1\n",
    "empty": b"",
    "utf8": "é = 'ü'\n".encode(),
    "mark": b"\xef\xbb\xbfx = 1\n",
    "mark-and-utf8": b"\xef\xbb\xbf# -*- coding: utf-8 -*-\nx = 1\n",
    "mark-and-latin": b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nx = 1\n",
    "latin": b"# coding: latin-1\nx = '\xe9'\n",
    "cp1252-second-line": b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
    "third-line-is-too-late": b"#\n#\n# coding: latin-1\nx = '\xe9'\n",
    "not-a-comment": b"x = 'coding: latin-1'\ny = '\xe9'\n",
    "unknown": b"# coding: klingon\nx = 1\n",
    "no-text-encoding": b"# coding: hex\nx = 1\n",
    "invalid-first-line": b"x = '\xe9'\n",
    "invalid-first-line-coding": b"# coding \xe9\nx = 1\n",
    "invalid-later": b"x = 1\ny = 2\nz = '\xff'\n",
    "shift-jis": "# coding: shift_jis\nx = '日本'\n".encode("shift_jis"),
}


def python_reads(content: bytes) -> str | None:
    """What Python's tokenizer makes of the bytes, without changing line ends; None where it refuses."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return None


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_decoded_as_python_does(name: str) -> None:
    """The text is the one that `tokenize.detect_encoding` leads to, or there is none where that refuses."""
    result = decode("/p/x.py", FILES[name])

    assert (result.text if isinstance(result, FileText) else None) == python_reads(FILES[name])


@given(
    st.binary(max_size=80) | st.builds(lambda a, b: a + b, st.sampled_from([*FILES.values()]), st.binary(max_size=20))
)
def test_no_bytes_are_too_odd(content: bytes) -> None:
    """Any bytes give the text that Python reads, or a reason."""
    result = decode("/p/x.py", content)

    if isinstance(result, FileText):
        assert result.text == python_reads(content)
    else:
        assert result.reason


def test_line_ends_stay_as_they_are() -> None:
    """Offsets mean the same to an editor: nothing is translated."""
    result = decode("/p/x.py", b"a\r\nb\rc\n\x0cd\n")

    assert isinstance(result, FileText)
    assert result.text == "a\r\nb\rc\n\x0cd\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x = 1\ny = '\xff'\n", "it is not UTF-8 text (byte 0xff on line 2)"),
        (b"# coding: klingon\n", "its encoding declaration is not one that Python knows"),
        (b"\xff\xfex\x00", "it is UTF-16 or UTF-32 text, which Python does not read as source"),
    ],
)
def test_the_reason_says_what_is_wrong(content: bytes, reason: str) -> None:
    """A file that cannot be read says why, in words for the user."""
    assert decode("/p/x.py", content) == Unreadable("/p/x.py", reason)


def test_the_digest_stands_for_the_text() -> None:
    """The same text has the same digest however it was encoded; another text has another."""
    plain, marked, other = (decode("/p/x.py", content) for content in (b"x", b"\xef\xbb\xbfx", b"y"))

    assert isinstance(plain, FileText)
    assert isinstance(marked, FileText)
    assert isinstance(other, FileText)
    assert plain.digest == marked.digest
    assert plain.digest != other.digest
    assert len(plain.digest) == 16
