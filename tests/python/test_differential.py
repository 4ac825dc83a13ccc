"""The evaluator and Python agree: each snippet is run by both, and each name of plain data must be the same."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from driftline.python.iteration import Cursor, DefaultDict
from driftline.python.values import EnumMember, Unknown, Value
from tests.python.support import evaluate

_PLAIN = (str, int, float, bool, bytes, complex, type(None))

SNIPPETS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "snippets").glob("*.txt"))
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_snippet_evaluates_to_what_python_makes_of_it(name: str) -> None:
    """Every name bound to plain data by Python has the same value, of the same type, in the evaluator."""
    source = SNIPPETS[name]
    real = _run(source, name)
    expected = {key: _shown(value) for key, value in real.items() if not key.startswith("__") and _is_plain(value)}
    module = evaluate(source)

    actual = {key: _shown(module.names.get(key, Unknown("unbound"))) for key in expected}
    different = {key: (actual[key], expected[key]) for key in expected if actual[key] != expected[key]}

    assert len(expected) > 0
    assert different == {}


def _run(source: str, name: str) -> dict[str, Any]:
    """Run a snippet as a module that is being imported."""
    module = ModuleType(f"snippet_{name}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - the snippets are ours
    finally:
        del sys.modules[module.__name__]
    return module.__dict__


def test_the_comparison_can_fail() -> None:
    """A name that the evaluator gets wrong, or does not know, is seen."""
    module = evaluate("x = __import__('os').environ.get('HOME')\ny = 1\n")

    assert _shown(module.names["x"]) != _shown("/root")
    assert _shown(module.names["y"]) != _shown(value=True)
    assert _shown([1]) != _shown((1,))


def _is_plain(value: Value) -> bool:
    if isinstance(value, (list, tuple, set, frozenset)) and type(value) in (list, tuple, set, frozenset):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(key) and _is_plain(one) for key, one in value.items())
    return type(value) in (*_PLAIN, range, slice)


def _shown(value: Value) -> str:
    """Show a value with its types; dicts in order, sets sorted."""
    if isinstance(value, Unknown):
        return f"Unknown({value.reason})"
    if isinstance(value, EnumMember):
        return f"{value.cls.name}.{value.name}"
    if isinstance(value, Cursor):
        return "an iterator"
    if isinstance(value, DefaultDict):
        value = dict(value)
    if isinstance(value, (list, tuple)):
        left, right = "[]" if isinstance(value, list) else "()"
        return left + ", ".join(map(_shown, value)) + right
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__}({sorted(map(_shown, value))})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(one)}" for key, one in value.items()) + "}"
    return f"{type(value).__name__} {value!r}"


def test_snippets_are_dedented() -> None:
    """A snippet is a whole module."""
    assert all(textwrap.dedent(text) == text for text in SNIPPETS.values())
