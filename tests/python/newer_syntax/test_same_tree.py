"""What the running Python reads, the second parser reads as the same tree: on the standard library and on Driftline."""

from __future__ import annotations

import ast
import sysconfig
import tokenize
import warnings
from pathlib import Path

import pytest

from driftline.python import newer_syntax
from driftline.python.newer_syntax import rewriting
from driftline.python.newer_syntax.scan import scan
from tests.python.newer_syntax.trees import lines

_LIBRARY = Path(sysconfig.get_path("stdlib"))
_REPOSITORY = Path(__file__).parents[3]
_SAMPLE = [
    *sorted(_LIBRARY.glob("*.py"))[::6],
    *sorted((_LIBRARY / "asyncio").glob("*.py"))[::4],
    *sorted((_REPOSITORY / "server").rglob("*.py"))[::5],
    *sorted((_REPOSITORY / "tests").rglob("*.py"))[::9],
]


def _read(path: Path) -> str:
    with tokenize.open(path) as file:
        return file.read()


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _without_strings(tree: ast.Module) -> list[str]:
    """Write a tree without the parts of f-strings, which Python 3.11 places otherwise than those after it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            node.values = []
    return lines(tree)


@pytest.mark.parametrize("path", _SAMPLE, ids=lambda path: path.name)
def test_nothing_is_rewritten_that_is_not_newer(path: Path) -> None:
    """Files that Python 3.11 reads come out as None, or, on a newer Python, with the tree as it was."""
    text = _read(path)
    tree = newer_syntax.parse(text)

    assert tree is None or lines(_parsed(text)) == lines(tree)


@pytest.mark.parametrize("path", _SAMPLE, ids=lambda path: path.name)
def test_rewritten_f_strings_say_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every f-string taken for a newer one, the tree is the same, and so are the places outside of f-strings."""
    monkeypatch.setattr(rewriting, "_is_newer", lambda *_: True)
    monkeypatch.setattr(rewriting, "_is_read", lambda *_: False)
    text = _read(path)
    expected = _parsed(text)
    tree = newer_syntax.parse(text)
    templates = [token for token in scan(text) if token.template is not None]

    assert (tree is not None) or not templates
    if tree is not None:
        assert ast.dump(expected) == ast.dump(tree)
        assert _without_strings(expected) == _without_strings(tree)


def test_sample_has_f_strings() -> None:
    """The test above looks at hundreds of them."""
    assert sum(token.template is not None for path in _SAMPLE for token in scan(_read(path))) > 100
