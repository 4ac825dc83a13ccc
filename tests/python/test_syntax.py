"""Parsing, and the way between nodes, sites and characters."""

from __future__ import annotations

import ast
import pickle
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from driftline.python.origin import NOWHERE, Origin, Site
from driftline.python.syntax import Syntax, parse
from driftline.python.trace import Trace
from tests.support.examples import examples

SOURCE = '''\
"""A module."""
import sqlalchemy as sa

TABLES = ["a", "b"]


class User(Base):
    """A user."""

    id = sa.Column(sa.Integer(), primary_key=True)
    name = sa.Column(sa.String(50))
    other = sa.Column(sa.String(50))

    def method(self, x=sa.String(50)):
        return sa.String(50)

    class Inner:
        name = sa.Column(sa.String(50))


def upgrade():
    """Go up."""
    op.create_table("é", sa.Column("id", sa.Integer()), sa.Column("a", sa.String(50)))
    for name in TABLES:
        op.drop_table(name)
    op.drop_table(name)
    if TABLES:
        op.drop_table(name)


def upgrade():
    op.drop_table(name)


@decorated(sa.String(50))
async def other(): ...
'''


def nodes(syntax: Syntax) -> list[ast.AST]:
    """Give the nodes that have a place, in the order of the text."""
    found = [node for node in ast.walk(syntax.tree) if isinstance(node, (ast.expr, ast.stmt))]
    return sorted(
        found, key=lambda one: (one.lineno, one.col_offset, -(one.end_lineno or 0), -(one.end_col_offset or 0))
    )


def test_each_node_has_a_site_of_its_own_that_leads_back_to_it() -> None:
    """`node_of` is the inverse of `site`, over all nodes of a file."""
    syntax = parse("/p/m.py", SOURCE)
    everything = nodes(syntax)
    sites = {syntax.site(node): node for node in everything}

    assert len(sites) == len(everything)
    assert all(syntax.node_of(site) is node for site, node in sites.items())
    assert all(syntax.span_of(site) == syntax.span(node) for site, node in sites.items())


def test_sites_name_their_scope() -> None:
    """Headers and decorators belong to the scope around a definition, bodies to its own."""
    syntax = parse("/p/m.py", SOURCE)
    scopes = {}
    for node in ast.walk(syntax.tree):
        if isinstance(node, ast.Call) and syntax.segment(node) == "sa.String(50)":
            site = syntax.site(node)
            scopes[site.scope, site.nth] = node.lineno

    assert scopes == {
        ("", 0): 35,
        ("User", 0): 11,
        ("User", 1): 12,
        ("User", 2): 14,
        ("User.method", 0): 15,
        ("User.Inner", 0): 18,
        ("upgrade", 0): 23,
    }


def _reformatted(text: str) -> str:
    """Change white space and comments only."""
    text = text.replace("sa.Column(", "sa.Column(  # a comment, with (brackets\n            ").replace(
        "sa.String(50)", "sa . String( 50 )"
    )
    text = text.replace("    for name in TABLES:\n", "\n    # one more\n\n    for name  in  TABLES :  # why\n")
    return "# at the top\n\n" + text.replace("\n\n\n", "\n\n\n\n# between\n\n\n")


def test_comments_and_white_space_change_no_site() -> None:
    """Every node keeps its site when only comments and white space change, and its span moves with it."""
    before, after = parse("/p/m.py", SOURCE), parse("/p/m.py", _reformatted(SOURCE))
    assert after.problem is None

    assert [before.site(node) for node in nodes(before)] == [after.site(node) for node in nodes(after)]
    moved = [after.span_of(before.site(node)) for node in nodes(before)]
    assert moved == [after.span(node) for node in nodes(after)]
    assert moved[-1] != before.span(nodes(before)[-1])


def test_edits_elsewhere_change_no_site() -> None:
    """A new statement in one scope leaves the sites of all others alone, and a body does not rename its header."""
    before = parse("/p/m.py", SOURCE)
    edited = SOURCE.replace(
        '    """Go up."""\n',
        '    """Go up."""\n    sa.String(50)\n    op.drop_table(name)\n    x = [sa.Column("id", sa.Integer())]\n',
    )
    after = parse("/p/m.py", edited)

    sites = {after.site(node) for node in nodes(after)}
    kept = [node for node in nodes(before) if before.site(node).scope != "upgrade"]

    assert all(before.site(node) in sites for node in kept)
    for node in kept:
        assert after.text[slice(*_ends(after, before.site(node)))].split("\n")[0] == before.segment(node).split("\n")[0]


def _ends(syntax: Syntax, site: Site) -> tuple[int, int]:
    span = syntax.span_of(site)
    assert span is not None
    return span.start, span.end


def test_a_site_that_is_gone_leads_nowhere() -> None:
    """A node that was deleted, or another file's, has no span here."""
    before, after = parse("/p/m.py", SOURCE), parse("/p/m.py", "x = 1\n")
    call = next(node for node in nodes(before) if isinstance(node, ast.Call))

    assert after.span_of(before.site(call)) is None
    assert parse("/p/other.py", SOURCE).span_of(before.site(call)) is None
    assert before.span_of(Site("/p/m.py", "", "NoSuchThing:00", 0)) is None


def test_what_differs_in_words_differs_in_sites() -> None:
    """Folding takes out no white space that separates words, and nothing within strings."""
    texts = [
        "not x",
        "notx",
        "'a b'",
        "'a  b'",
        "'a#b'",
        "x if y else z",
        "a[1 :2]",
        "a[1:2]",
        '"""a\n # b"""',
        '"""a\n# b"""',
    ]
    says = {}
    for text in texts:
        syntax = parse("/p/m.py", text)
        says[text] = syntax.site(syntax.tree.body[0].value).says  # type: ignore[attr-defined]

    assert len(set(says.values())) == len(texts) - 1
    assert says["a[1 :2]"] == says["a[1:2]"]


def test_spans_count_characters() -> None:
    """Offsets are code points, where `ast` counts UTF-8 bytes; lines end at line feeds and carriage returns only."""
    syntax = parse("/p/m.py", "é = 'ü'; x = '\N{GRINNING FACE}' + y\r\n# \x0c \u2028\nz = 1\n")
    segments = [syntax.segment(node) for node in syntax.tree.body]

    assert segments == ["é = 'ü'", "x = '\N{GRINNING FACE}' + y", "z = 1"]


BROKEN = {
    "unclosed bracket": ("a = 1\nb = (\nc = 2\n\nd = 3\n", ["a", "c", "d"]),
    "broken line in a function": ("a = 1\ndef f():\n    x = 1\n    y = = 2\n    z = 3\nb = 2\n", ["a", "f", "b"]),
    "broken header": ("a = 1\nclass A(:\n    x = 1\nb = 2\n", ["a", "b"]),
    "unclosed string": ("a = 1\nb = 'x\nc = 2\n", ["a", "c"]),
    "unclosed triple quotes": ('a = 1\nb = 2\nc = """x\nd = 2\n', ["a", "b", "d"]),
    "merge conflict": ("a = 1\n<<<<<<< HEAD\nb = 1\n=======\nb = 2\n>>>>>>> other\nc = 3\n", ["a", "b", "b", "c"]),
    "bad indentation": ("a = 1\n  b = 2\nc = 3\n", ["a", "c"]),
    "typing an attribute": ("import x\n@x.\ndef f():\n    pass\na = 1\n", ["x", "f", "a"]),
    "typing a call": ("a = f(x,\nb = 2\nclass C:\n    pass\n", ["b", "C"]),
    "nothing but an error": ("(((", []),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_parses_of_a_broken_file_is_kept(case: str) -> None:
    """The problem is told, with its place, and the statements around it are there."""
    text, expected = BROKEN[case]
    syntax = parse("/p/m.py", text)

    bound = []
    for node in syntax.tree.body:
        if isinstance(node, ast.Assign):
            bound.append(ast.unparse(node.targets[0]))
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            bound.append(node.name)
        elif isinstance(node, ast.Import):
            bound.append(node.names[0].name)

    assert bound == expected
    assert syntax.problem is not None
    assert 0 <= syntax.problem.span.start <= syntax.problem.span.end <= len(text)


def test_what_is_left_of_a_broken_file_stands_where_it_stood() -> None:
    """Cutting out a statement moves nothing."""
    text = "a = 1\ndef f(:\n    pass\nclass C:\n    x = (\n    y = 2\nlast = 3\n"
    syntax = parse("/p/m.py", text)

    assert [syntax.segment(node) for node in syntax.tree.body if not isinstance(node, ast.Expr)][-1] == "last = 3"


@pytest.mark.parametrize("broken", ["é(", "é", "漢(", "𠀀(", '  é", b)\n    c(', "é(\n    b(\n    ü"])
def test_what_stands_for_a_broken_statement_has_a_place_of_its_own(broken: str) -> None:
    """If a broken statement begins with a character of several bytes, all nodes that are left have sites."""
    syntax = parse("/p/m.py", f"def f():\n    {broken}\n\nclass C:\n    x = (\n    y = 2\nlast = 3\n")

    assert all(syntax.node_of(syntax.site(node)) is node for node in nodes(syntax))
    assert "last = 3" == syntax.segment(syntax.tree.body[-1])


@given(st.text(max_size=300))
@settings(max_examples=examples(300))
def test_parsing_never_raises(text: str) -> None:
    """Whatever the text, there is a tree, and its nodes have sites."""
    syntax = parse("/p/m.py", text)

    for node in nodes(syntax):
        span = syntax.span(node)
        assert 0 <= span.start <= span.end <= len(text)
        assert syntax.node_of(syntax.site(node)) is node


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=examples(50))
@example(90735)
def test_cutting_a_file_anywhere_never_raises(seed: int) -> None:
    """A file with a piece missing, as while somebody types, is parsed as far as it goes."""
    chance = random.Random(seed)  # noqa: S311 - nothing is secret
    start = chance.randrange(len(SOURCE))
    text = SOURCE[:start] + chance.choice(["", "(", '"', "def ", ":"]) + SOURCE[start + chance.randrange(40) :]
    syntax = parse("/p/m.py", text)

    assert (syntax.problem is None) or isinstance(syntax.problem.message, str)
    assert all(syntax.node_of(syntax.site(node)) is node for node in nodes(syntax))


def test_a_trace_is_an_origin() -> None:
    """It equals, hashes and pickles as the plain origin with its sites; a long chain keeps its two ends."""
    syntax = parse("/p/m.py", "\n".join(f"f{index}()" for index in range(20)))
    trace: Trace | None = None
    for node in reversed(syntax.tree.body):
        trace = Trace(syntax, node, trace)
    assert trace is not None
    plain = Origin(trace.sites)

    assert (trace, plain) == (plain, trace)
    assert hash(trace) == hash(plain)
    assert pickle.loads(pickle.dumps(trace)) == plain  # noqa: S301 - our own
    assert trace != NOWHERE
    said = [syntax.segment(node) for node in map(syntax.node_of, trace.sites) if node is not None]

    assert said == [
        "f0()",
        "f1()",
        "f2()",
        "f3()",
        "f16()",
        "f17()",
        "f18()",
        "f19()",
    ]
    assert trace.site == trace.sites[0]
    assert trace.within("/p/other.py") is None
    assert trace.called_from(plain).sites == trace.sites + plain.sites


def test_the_node_of_an_origin_is_found_without_its_sites() -> None:
    """A trace gives the node that its site names, in the file that is asked about; so does an origin that has sites."""
    syntax, helper = parse("/p/m.py", "helper()\nhelper()\n"), parse("/p/h.py", "x = f()\n")
    call, stated = syntax.tree.body[1], helper.tree.body[0]
    trace = Trace(helper, stated, Trace(syntax, call))
    again = parse(syntax.path, syntax.text)

    assert trace.node_within(helper.path, helper) is stated
    assert trace.node_within(syntax.path, syntax) is call
    assert trace._sites is None
    assert trace.node_within(syntax.path, again) is again.tree.body[1]
    assert trace.node_within("/p/other.py", syntax) is None
    assert Origin(trace.sites).node_within(syntax.path, syntax) is call
    assert NOWHERE.node_within(syntax.path, syntax) is None
