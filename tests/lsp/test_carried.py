"""What is asked about a text that is being edited: answered from what was analysed, as if it had been parsed again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.ide.hover import hover_at
from driftline.ide.view import Place, View
from driftline.lsp.carried import Carried
from driftline.lsp.texts import Texts
from driftline.python.syntax import Syntax
from driftline.sources.memory import MemorySource
from driftline.text import Span
from tests.lsp.shop import FILES

ORDERS, FIRST = "/shop/shop/orders.py", "/shop/migrations/versions/0001_first.py"
SOURCES = {f"/shop/{name}": text for name, text in FILES.items()}

EDITS: list[Callable[[str], str]] = [
    lambda text: f"# a line\n# and another\n{text}",
    lambda text: f"{text}\n\ndef more(): ...\n",
    lambda text: text.replace("(20)", "(2000)").replace("length=20", "length=2000"),
    lambda text: text.replace("import", "import (", 1),
]


@pytest.fixture(scope="module")
def analysed() -> Analysis:
    """The analysis of the shop, in memory."""
    (work,) = open_project("/shop", Session(MemorySource(SOURCES))).works
    return analysis(work)


@pytest.mark.parametrize("edit", EDITS, ids=["above", "below", "elsewhere", "broken"])
@pytest.mark.parametrize(
    ("path", "name"), [(ORDERS, "user_id"), (ORDERS, "orders"), (FIRST, '"user_id"'), (FIRST, '"email"')]
)
def test_what_was_not_touched_is_found_without_parsing(
    analysed: Analysis, path: str, name: str, edit: Callable[[str], str]
) -> None:
    """The card of what stands there, and its place, are those that a parse of the edited text leads to, if to any.

    (An edit within a statement that is found by what it says is such an edit: it is not found again.)
    """
    present = {path: edit(SOURCES[path])}
    texts = Texts(analysed.syntax, present)
    carried = Carried(analysed.syntax, present)
    offset = present[path].index(name) + 2

    expected = hover_at(View((analysed,), texts.syntax, texts.span_of), path, offset)
    then = carried.before(path, Span(offset, offset))
    assert then is not None
    found = hover_at(View((analysed,), carried.syntax, carried.span_of), path, then.start)

    assert found is not None
    span = carried.span(Place(path, found.span))
    assert name.strip('"') in present[path][span.start : span.end]
    if expected is not None:
        assert (expected.markdown.splitlines()[0], expected.span) == (found.markdown.splitlines()[0], span)


@pytest.mark.parametrize("edit", [EDITS[0], lambda text: EDITS[3](EDITS[0](text))], ids=["above", "broken"])
def test_links_lead_to_the_lines_of_the_present(analysed: Analysis, edit: Callable[[str], str]) -> None:
    """The card of a column links the call in a revision that is being edited where it stands by now."""
    present = {FIRST: edit(SOURCES[FIRST])}
    line = present[FIRST][: present[FIRST].index('op.create_table(\n        "orders"')].count("\n") + 1
    carried = Carried(analysed.syntax, present)

    view = View((analysed,), carried.syntax, carried.span_of, starts_on=carried.line)
    found = hover_at(view, ORDERS, SOURCES[ORDERS].index("user_id"))

    assert found is not None
    assert f'#L{line} "0001_first.py:{line}"' in found.markdown


def test_what_was_touched_is_not_answered_from_before(analysed: Analysis) -> None:
    """A place in what was edited, or right beside it, has none in the text that was analysed."""
    text = SOURCES[ORDERS].replace("user_id", "users_id")
    carried = Carried(analysed.syntax, {ORDERS: text})
    at = text.index("users_id")

    answers = [carried.before(ORDERS, Span(at + shift, at + shift)) for shift in (-2, 4, 5, 9)]

    assert [True, False, False, True] == [one is not None for one in answers]


def test_a_text_that_is_as_it_was_analysed_needs_no_way(analysed: Analysis) -> None:
    """Every place is its own."""
    carried = Carried(analysed.syntax, {ORDERS: SOURCES[ORDERS]})
    syntax: Syntax | None = analysed.syntax(ORDERS)

    assert Span(3, 9) == carried.before(ORDERS, Span(3, 9)) == carried.span(Place(ORDERS, Span(3, 9)))
    assert syntax is not None
    assert carried.index(ORDERS) is syntax.index
