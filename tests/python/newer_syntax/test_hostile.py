"""Whatever the text, the second parser fails as `ast.parse` does at the worst, and in linear work."""

from __future__ import annotations

import ast
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from driftline.python.newer_syntax import parse
from driftline.python.newer_syntax.scan import _Scanner, scan
from driftline.python.syntax import parse as parse_file
from tests.support.examples import examples

_STRINGS = ("f'", 'f"', "t'''", 'rf"""', "b'", "'", '"', "{", "}", "{{", "}}", "!r", ":", "=", "\\", "\\N{", "#")
_WORDS = ("type ", "X", "def f", "class C", "except ", "lazy ", "import a", "try:", "pass", "lambda", "as e")
_OTHERS = (
    "[",
    "]",
    "(",
    ")",
    "*",
    ",",
    ";",
    "\n",
    "\r\n",
    "    ",
    " ",
    "\x0c",
    "\0",
    "é",
    "\U0001f600",
    "\ud800",
    "\u2028",
)
_PIECES = st.sampled_from([*_STRINGS, *_WORDS, *_OTHERS])
_TEXTS = st.lists(_PIECES, max_size=40).map("".join)

_N = 3000
_HOSTILE = {
    "templates that never end": 'f"{' * _N,
    "templates that end at once": "f'{x" * _N,
    "specifications in specifications": "f'{x:" + "{x:" * _N,
    "brackets of parameters": "def f[" * _N,
    "aliases": "type X[" * _N,
    "handlers": "except " * _N,
    "handlers of many": "except a, " * _N,
    "quotes": "'" * _N + '"' * _N,
    "backslashes": "\\" * _N + "f'\\" * _N,
    "braces": "f'" + "{{" * _N + "{" * _N,
    "many on a line": "x = [" + "f'é{a['b']}', " * _N + "]",
    "many side by side": "x = " + "f'é{a['b']}' " * _N,
    "deep": "x = f'{a['b']}' + " + "-" * _N + "1",
    "brackets": "f'{" + "(" * _N,
}


@given(_TEXTS)
@settings(max_examples=examples(400), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_raises(text: str) -> None:
    """Parsing never raises anything but what `ast.parse` may raise, and the file's parser raises nothing."""
    try:
        tree = parse(text)
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        tree = None
    syntax = parse_file("/p/m.py", text)

    assert tree is None or isinstance(tree, ast.Module)
    assert isinstance(syntax.tree, ast.Module)
    assert syntax.problem is None or 0 <= syntax.problem.span.start <= syntax.problem.span.end <= len(text)


@given(_TEXTS)
@settings(max_examples=examples(200), deadline=None)
def test_tokens_are_in_order(text: str) -> None:
    """Tokens do not overlap and lie within the text; so do the fields of templates."""
    at = 0
    for token in scan(text):
        assert at <= token.start < token.end <= len(text)
        at = token.end
        inside = token.start
        for part in token.template.parts if token.template is not None else ():
            assert inside <= part.start < part.end < token.end
            inside = part.end


@pytest.mark.parametrize("name", _HOSTILE)
def test_work_is_linear_in_the_text(name: str) -> None:
    """No text has more tokens read than it has characters, a bounded number of times over."""
    text = _HOSTILE[name]
    with mock.patch.object(_Scanner, "token", autospec=True, side_effect=_Scanner.token) as read:
        scan(text)
    syntax = parse_file("/p/m.py", text)

    assert read.call_count <= 12 * len(text)
    assert isinstance(syntax.tree, ast.Module)


def test_many_on_a_line_are_read() -> None:
    """A long line of newer f-strings, with characters of several bytes, has each in its place."""
    text = _HOSTILE["many on a line"]
    value = parse_file("/p/m.py", text).tree.body[0].value  # type: ignore[attr-defined]

    assert _N == len(value.elts)
    last = value.elts[-1]
    assert "f'é{a['b']}'" == text.encode()[last.col_offset : last.end_col_offset].decode()
