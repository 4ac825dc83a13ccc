"""The quick way through a tree finds what `ast` finds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from driftline.python.nodes import children, nodes

SAYING_NOTHING = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

ALL_KINDS = '''
import a.b as c
from ..d import e as f, g
@h(i)
class J(K, metaclass=L):
    """M"""
    n: int = 1
    async def o(self, p=1, /, q: str = "r", *s, t, u=None, **v) -> w:
        global x
        nonlocal y
        async for z in aa:
            await bb
        async with cc as dd, ee:
            yield ff
        return (yield from gg)
def hh(*, ii): pass
if jj: kk
elif ll: mm
else: nn
for oo in pp: continue
else: qq
while rr: break
try:
    raise ss from tt
except uu as vv: ww
else: xx
finally: yy
try: pass
except* zz: pass
assert aaa, bbb
del ccc
ddd = eee = {**fff, "g": hhh, **iii}, {jjj, *kkk}, [lll for mmm in nnn if ooo], {ppp: 1 for qqq in rrr}
sss += -ttt + (not uuu) if vvv and www else lambda xxx: yyy
zzz[1:2:3, ...], f"{a!r:>{b}}", (c := d), e < f <= g is not None, {h for i in j}, (k for l in m), *[n]
match o:
    case [1, *p] if q: pass
    case {"r": s, **t}: pass
    case U(v, w=x) | None | -1: pass
    case y as z: pass
    case a.b: pass
    case _: pass
with (a): pass
'''


def of(tree: ast.AST) -> list[ast.AST]:
    """What `ast.walk` finds, without what says nothing."""
    return [one for one in ast.walk(tree) if not isinstance(one, SAYING_NOTHING)]


def test_each_kind_of_node_is_in_the_example() -> None:
    """Or the tests below would not see that one is forgotten."""
    seen = {type(one) for one in ast.walk(ast.parse(ALL_KINDS))}
    kinds = {
        kind
        for base in (ast.stmt, ast.expr, ast.pattern)
        for kind in base.__subclasses__()
        if kind.__name__ not in {"TypeAlias", "TemplateStr", "Interpolation"}
        and kind not in ast.Constant.__subclasses__()
    }

    assert {kind.__name__ for kind in kinds - seen} == set()


@pytest.mark.parametrize(
    "text", [ALL_KINDS, Path(__file__).read_text(encoding="utf-8"), ""], ids=["all", "this", "none"]
)
def test_the_nodes_are_those_that_ast_finds(text: str) -> None:
    """All of them, in the order of `ast.walk`; and of each, its children."""
    tree = ast.parse(text)

    assert nodes(tree) == of(tree)
    for node in nodes(tree):
        assert children(node) == [one for one in ast.iter_child_nodes(node) if not isinstance(one, SAYING_NOTHING)]


def test_several_roots_are_gone_through_level_by_level() -> None:
    """As one tree would be, of which they are the branches."""
    body = ast.parse("a.b\nc.d").body

    assert [ast.unparse(one) for one in nodes(*body)] == ["a.b", "c.d", "a.b", "c.d", "a", "c"]
