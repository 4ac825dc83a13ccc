"""A file is parsed in pieces; of a broken one, what is right is kept, in time that grows with its length."""

from __future__ import annotations

import ast
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.python import pieces
from driftline.python.parsing import parse_text
from driftline.python.pieces import parse_pieces
from tests.support.examples import examples

CLASS = '''\
class C{n}(Base):
    """A table.

    It is "quoted".
    """

    __tablename__ = "t{n}"
    id = Column(Integer, primary_key=True)  # it's (a comment
    name = Column(
        String(50),
        nullable=False,
    )

    @property
    def label(self):
        """The label."""
        if self.name:
            return f"{{self.name!r:>{{20}}}}"
        else:
            return "]"


LINE{n} = "]" \\
"}}"
TEXT{n} = """
class Nothing:

def nothing(): (
"""

'''


def module(classes: int) -> list[str]:
    """Give the parts of a long file."""
    return [CLASS.format(n=n) for n in range(classes)]


class Parses:
    """Counts what is parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count the lines of each text, but for those that it begins with and that say nothing."""
        self.lines: list[int] = []

        def counting(text: str, *, newer: bool = True) -> object:
            self.lines.append(text.lstrip("\n").count("\n"))
            return parse_text(text, newer=newer)

        monkeypatch.setattr(pieces, "parse_text", counting)


@pytest.fixture
def parses(monkeypatch: pytest.MonkeyPatch) -> Parses:
    """Count what is parsed."""
    return Parses(monkeypatch)


def kept(tree: ast.Module) -> list[str]:
    """Give the statements of a tree that say something, as they are written, with those in classes and functions."""
    return [
        ast.unparse(node).split("\n")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]


@pytest.mark.parametrize("lines", [1, 7, 40, 400])
def test_the_pieces_together_are_the_tree_of_the_whole(monkeypatch: pytest.MonkeyPatch, lines: int) -> None:
    """Wherever it is cut, within a quotation too: the nodes and their places are those of one parse."""
    monkeypatch.setattr(pieces, "_LINES", lines)
    for line_end in ("\n", "\r\n"):
        text = "".join(module(5)).replace("\n", line_end)

        tree, problem = parse_pieces(text)

        assert problem is None
        assert ast.dump(ast.parse(text), include_attributes=True) == ast.dump(tree, include_attributes=True)


def test_a_long_file_is_never_parsed_at_once(parses: Parses) -> None:
    """Python's parser holds up every thread for as long as it takes: each piece is of some hundred lines."""
    text = "".join(module(100)).replace("\ndef nothing", "def nothing")

    parse_pieces(text)

    assert sum(parses.lines) <= 1.2 * text.count("\n")
    assert max(parses.lines) < 600


@pytest.mark.parametrize("broken", ["x = (", "x = = 1", 'x = """open', "if x", "def f(", "  x", "x = 'open", "@x."])
@pytest.mark.parametrize("every", [1, 10, 100])
def test_the_time_grows_with_the_length_alone(parses: Parses, broken: str, every: int) -> None:
    """However many statements are broken, and how: each line is parsed a handful of times, some hundred at once."""
    text = "".join(part + f"{broken}\n\n\n" * (at % every == 0) for at, part in enumerate(module(100)))

    tree, problem = parse_pieces(text)

    assert problem is not None
    assert sum(parses.lines) <= 12 * text.count("\n")
    assert max(parses.lines) < 800
    assert {f"__tablename__ = 't{n}'" for n in range(100)} <= set(kept(tree))


@pytest.mark.parametrize("indent", ["", "    "], ids=["outside", "in a class"])
def test_an_open_quotation_takes_nothing_but_its_statement(indent: str) -> None:
    """It turns all quotations behind it inside out, up to the end of the file."""
    parts = module(6)
    name = "    name = Column("
    parts[2] = parts[2].replace(name, f'    open = """x\n{name}') if indent else 'open = """x\n\n\n' + parts[2]
    text = "".join(parts)

    tree, problem = parse_pieces(text)

    assert problem is not None
    assert indent or text[problem.span.start :].startswith('"""x')
    assert kept(ast.parse("".join(module(6)))) == kept(tree)


PARTS = {
    "a merge": (
        "class A:\n    a = 1\n<<<<<<< HEAD\n    b = 1\n=======\n    b = 2\n>>>>>>> other\n    c = 3\n",
        ["class A:", "a = 1", "b = 1", "b = 2", "c = 3"],
    ),
    "a line too far to the right": ("class A:\n    a = 1\n      b = 2\n    c = 3\n", ["class A:", "a = 1", "c = 3"]),
    "a line too far to the left": ("class A:\n    a = 1\n  b = 2\n    c = 3\n", ["class A:", "a = 1", "c = 3"]),
    "a class that is begun": ("a = 1\nclass A:\nb = 2\n", ["a = 1", "b = 2"]),
    "a branch that is begun": (
        "def f():\n    if a:\n        b()\n    elif\n    c()\n",
        ["def f():", "if a:", "c()", "b()"],
    ),
    "a try that is begun": ("def f():\n    a()\n    try:\n        b()\n    c()\n", ["def f():", "a()", "c()"]),
    "an argument": ("class A:\n    a = f(\n        x y,\n        z,\n    )\n    b = 1\n", ["class A:", "b = 1"]),
    "a bracket before a method": (
        "class A:\n    a = f(1,\n\n    def g(self):\n        return 1\n",
        ["class A:", "def g(self):", "return 1"],
    ),
    "a decorator": ("@f.\nclass A:\n    a = 1\n", ["class A:", "a = 1"]),
    "in what is decorated": ("@f\nclass A:\n    a = (\n    b = 1\n", ["@f", "b = 1"]),
    "below a text": ('"""\nA text.\n"""\n    b = 1\na = 1\n', ["a = 1"]),
}


@pytest.mark.parametrize("case", PARTS)
def test_what_is_right_around_what_is_broken_is_kept(case: str) -> None:
    """As little as possible is left out, and what is left stands where it stood."""
    text, expected = PARTS[case]

    tree, problem = parse_pieces(text)

    assert problem is not None
    assert expected == kept(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            assert (ast.get_source_segment(text, node) or "").replace(" ", "") == ast.unparse(node).replace(" ", "")


def test_deep_nesting_is_gone_through_once(parses: Parses) -> None:
    """A broken statement around a thousand others is not looked into to the bottom."""
    text = "x = if 1:\n" + "".join(" " * depth + "if 1:\n" for depth in range(1, 1000))

    parse_pieces(text)

    assert len(parses.lines) < 5000


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=examples(100))
def test_pieces_of_any_size_keep_the_same_of_a_sound_text(seed: int) -> None:
    """What parses, parses in pieces; a text that is none never raises."""
    chance = random.Random(seed)  # noqa: S311 - nothing is secret
    parts = [part for part in "".join(module(2)).splitlines(keepends=True) for _ in range(chance.choice([0, 1, 1, 2]))]
    text = "".join(parts)

    tree, problem = parse_pieces(text)

    whole, refused = parse_text(text)
    assert (problem is None) == (refused is None)
    if whole is not None:
        assert ast.dump(whole, include_attributes=True) == ast.dump(tree, include_attributes=True)
