"""Syntax trees that are let go of, and what is asked of them afterwards."""

from __future__ import annotations

import ast
import gc

from driftline.python.site_table import SiteTable
from driftline.python.syntax import Syntax, parse
from driftline.python.trace import Trace
from driftline.python.trees import Trees

TEXT = """\
def upgrade():
    op.drop_column("users", "name")
    op.drop_column("users", "name")
    if late:
        op.drop_table("users")
"""


def calls(syntax: Syntax) -> list[ast.Call]:
    """The calls of a file, in the order of its text."""
    found = [one for one in ast.walk(syntax.tree) if isinstance(one, ast.Call)]
    return sorted(found, key=lambda one: one.lineno)


def test_origins_of_a_tree_that_is_gone_name_the_same_nodes() -> None:
    """Where a fact comes from is the same whether the tree is held, or parsed again; so is where that stands."""
    held, passing = parse("/p/m.py", TEXT), parse("/p/m.py", TEXT, Trees(0, latest=0))
    origins = [Trace(passing, node, Trace(passing, calls(passing)[0])) for node in calls(passing)]
    expected = [Trace(held, node, Trace(held, calls(held)[0])) for node in calls(held)]

    assert expected == origins
    assert [held.span_of(one.site) for one in expected] == [passing.span_of(one.site) for one in origins]
    assert [one.key for one in expected] == [one.key for one in origins]


def test_a_node_of_a_tree_that_is_gone_is_named_by_the_next_one() -> None:
    """Whoever has kept a node, and not its place, is told the same of it."""
    held, passing = parse("/p/m.py", TEXT), parse("/p/m.py", TEXT, Trees(0, latest=0))
    first = calls(passing)

    assert [held.site(node) for node in calls(held)] == [passing.site(node) for node in first]
    assert first[0] is not calls(passing)[0]


def test_an_origin_holds_no_tree() -> None:
    """Ten files' worth of origins hold the trees that there is room for, and no others."""
    trees = Trees(3 * len(TEXT), latest=2)
    files = [parse(f"/p/{at}.py", TEXT, trees) for at in range(10)]
    origins = [Trace(one, calls(one)[1]) for one in files]

    assert [False] * 3 + [True] * 7 == [one.passing for one in files]
    assert 5 == sum(isinstance(one, ast.Module) and one.body[0].name == "upgrade" for one in held_trees())  # type: ignore[attr-defined]
    assert 1 == len({(one.site.says, one.site.nth) for one in origins})


def held_trees() -> list[object]:
    """The modules that are held anywhere, of the text above."""
    gc.collect()
    found = [one for one in gc.get_objects() if isinstance(one, ast.Module) and len(one.body) == 1]
    return [one for one in found if isinstance(one.body[0], ast.FunctionDef)]


def test_tables_of_nodes_are_held_of_a_few_files() -> None:
    """However many files are asked for the names of their nodes: the tables are made again, and say the same."""
    trees = Trees(1_000_000)
    files = [parse(f"/p/{at}.py", TEXT, trees) for at in range(100)]
    sites = [one.site(calls(one)[1]) for one in files]
    gc.collect()
    tables = [one for one in gc.get_objects() if isinstance(one, SiteTable) and one.path.startswith("/p/")]

    assert 32 == len(tables)
    assert sites == [one.site(calls(one)[1]) for one in files]


def test_what_could_not_be_found_again_is_held() -> None:
    """A broken file's tree, and one with several nodes at a place, stay however little room there is."""
    trees = Trees(0, latest=0)

    assert not parse("/p/a.py", "x = 1\ny = (", trees).passing
    assert not parse("/p/b.py", "x = f'{a}{a}'", trees).passing
    assert parse("/p/c.py", "x = 1", trees).passing
