"""Each newer construct gives the tree of the older one that says the same, and its places are those of CPython."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from driftline.python.newer_syntax import parse
from driftline.python.syntax import parse as parse_file
from driftline.python.text_of import text_of
from driftline.python.values import Class
from tests.python.newer_syntax.trees import lines, without_places
from tests.python.support import names

_CPYTHON = json.loads((Path(__file__).parent / "cpython.json").read_text(encoding="utf-8"))["trees"]

_T = '__import__("typing").TypeVar("T")'

_TEMPLATE = '__import__("string.templatelib", None, None, ["Template"]).Template'
_FIELD = '__import__("string.templatelib", None, None, ["Interpolation"]).Interpolation'

_PAIRS = {
    "758: two classes": ("try: f()\nexcept A, B: pass", "try: f()\nexcept (A, B): pass"),
    "758: a comma behind the last": ("try: f()\nexcept A,: pass", "try: f()\nexcept (A,): pass"),
    "758: groups": ("try: f()\nexcept* A.b, C(d, e): pass", "try: f()\nexcept* (A.b, C(d, e)): pass"),
    "758: no blank": ("try: f()\nexcept(A), B[1:2]: pass", "try: f()\nexcept ((A), B[1:2]): pass"),
    "758: over two lines": ("try: f()\nexcept A, \\\n  B: pass", "try: f()\nexcept (A, \\\n  B): pass"),
    "758: beside what is not newer": (
        "try: f()\nexcept (A, B) as e: pass\nexcept C as e: pass\nexcept D, E: pass\nexcept: pass",
        "try: f()\nexcept (A, B) as e: pass\nexcept C as e: pass\nexcept (D, E): pass\nexcept: pass",
    ),
    "695: parameters of a class": ("class C[T](B[T], k=T): x: T", f"class C(B[{_T}], k={_T}): x: {_T}"),
    "695: parameters of a function": (
        "def f[T](x: T = T, *a: T, k: T = T) -> T: return T",
        f"def f(x: {_T} = T, *a: {_T}, k: {_T} = T) -> {_T}: return {_T}",
    ),
    "695: every kind": (
        "def f[*T, **P](): return T, P",
        'def f(): return __import__("typing").TypeVarTuple("T"), __import__("typing").ParamSpec("P")',
    ),
    "695: what is bound to the name within hides it": (
        "class C[T](B[T]):\n    T = 1\n    x = T",
        "class C(B[T]):\n    T = 1\n    x = T",
    ),
    "695: the inner one hides the outer one": (
        "class C[T]:\n    def f[*T](self): return T\n    x = T",
        f'class C:\n    def f(self): return __import__("typing").TypeVarTuple("T")\n    x = {_T}',
    ),
    "696: defaults": ("class C[T: A = B, U = [1, 2]](X, Y): pass", "class C(X, Y): pass"),
    "810: lazy imports": (
        "lazy import a.b as c\nif x: lazy from . import d; y = lazy",
        "import a.b as c\nif x: from . import d; y = lazy",
    ),
    "750: a template": (
        't"a{b!r:>{w}}c{d["e"]}"',
        f"""{_TEMPLATE}("a", {_FIELD}(b, "b", "r", f">{{w}}"), "c", {_FIELD}(d["e"], 'd["e"]', None, ""))""",
    ),
    "750: one without fields, within an f-string": (
        r"""f'{f(t'a' rt'd')}'""",
        rf"""f'{{f({_TEMPLATE}("ad"))}}'""",
    ),
    "701: its own quotes": ('x = f"a{b["c"]}" "d"', "x = f\"a{b['c']}d\""),
    "701: a backslash": ("f'{a + \"\\n\"}'", None),
    "soft keywords that are names": (
        "type = lazy = 1\ntype(x)[0] = type\nlazy.a\nmatch type:\n  case lazy: pass\nexcept_ = a, b\ntype X = 1",
        None,
    ),
}


_MODULE = """
class Base:
    table = "t"

class Repo[T](Base):
    def get[U](self, key: U, one=3) -> T:
        return f"{self.table}.{ {"a": "b"}["a"] }"

type Key = int
try:
    got = Repo().get(1)
except ValueError, TypeError:
    got = None
text = t"select {got}"
key = Key
"""


def _expected(newer: str, older: str | None) -> ast.Module:
    if older is not None:
        return ast.parse(older)
    if newer.startswith("f"):
        value = ast.BinOp(ast.Name("a", ast.Load()), ast.Add(), ast.Constant("\n"))
        return ast.Module([ast.Expr(ast.JoinedStr([ast.FormattedValue(value, -1, None)]))], [])
    tree = ast.parse(newer.replace("type X = 1", "X = 1"))
    tree.body[-1].type_comment = "TypeAlias"  # type: ignore[attr-defined]
    return tree


@pytest.mark.parametrize("name", _PAIRS)
def test_newer_construct_says_what_the_older_one_says(name: str) -> None:
    """The tree is that of the same thing as one wrote it before, places aside."""
    newer, older = _PAIRS[name]
    tree = parse_file("/p/m.py", newer).tree

    assert ast.dump(_expected(newer, older)) == ast.dump(tree)


@pytest.mark.parametrize("text", _CPYTHON)
def test_places_are_those_of_cpython(text: str) -> None:
    """Nodes and places, to the byte, are those that a CPython gave which reads the text itself."""
    tree = parse(text)
    if tree is None:  # The running Python reads it; Python 3.12 has places of its own within f-strings.
        assert [line.partition(" (")[0] for line in _CPYTHON[text]] == without_places(ast.parse(text))
    else:
        assert _CPYTHON[text] == lines(tree)


def test_classes_of_a_handler_stand_where_they_are_written() -> None:
    """The tuple without brackets goes from the first class to the last; what is behind it in the line has not moved."""
    text = "try: f()\nexcept é.A, B: g()\n"
    syntax = parse_file("/p/m.py", text)
    handler = syntax.tree.body[0].handlers[0]  # type: ignore[attr-defined]

    assert "é.A, B" == syntax.segment(handler.type)
    assert ["é.A", "B"] == [syntax.segment(one) for one in handler.type.elts]
    assert "g()" == syntax.segment(handler.body[0])


def test_names_stand_where_they_are_written() -> None:
    """Every name in a file of all newer constructs is found at its place, except those of type parameters."""
    text = "\n".join(newer for newer, _ in _PAIRS.values())
    syntax = parse_file("/p/m.py", text)
    found = [node for node in ast.walk(syntax.tree) if isinstance(node, ast.Name) and node.id != "__import__"]

    assert syntax.problem is None
    assert len(found) > 50
    assert [node.id for node in found] == [syntax.segment(node) for node in found]


def test_alias_can_be_told_from_an_assignment() -> None:
    """`type X = int` and `X = int` differ in what `type_comment` says."""
    tree = parse_file("/p/m.py", "type X = int\nX = int").tree

    assert ["TypeAlias", None] == [one.type_comment for one in tree.body]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    [
        "type X = Y = 1",
        "type X[] = 1 +",
        "def f[T]: pass",
        "class C[T: pass",
        "try: f()\nexcept A, B as e: pass",
        'f"{}{x["a"]}"',
        'f"{x["a"]!z}"',
        "f'{x['a']'",
        "lazy import",
        "t'{'",
    ],
)
def test_what_no_python_reads_is_a_problem(text: str) -> None:
    """Rewriting makes nothing right that is wrong."""
    assert parse_file("/p/m.py", text).problem is not None


def test_values_are_those_of_the_older_spelling() -> None:
    """The evaluator gets from the newer constructs what it gets from the older ones."""
    found = names(_MODULE)

    assert "t.b" == found["got"]
    assert isinstance(found["Repo"], Class)
    assert "TypeAliasType('Key', int)" == text_of(found["key"])
    assert "string.templatelib.Template" == found["text"].callee


def test_generic_base_keeps_what_it_hands_down() -> None:
    """A class that is generic over its base's parameter is a class, with the base's names."""
    found = names("class A[T]:\n    x = 1\nclass B[T](A[T]):\n    y = 2\nz = B().x")

    assert 1 == found["z"]
