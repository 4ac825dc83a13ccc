"""Words of the audit: numbers with their nouns, lists, and text that Markdown leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from driftline.report.markdown_parts import fenced, gathered, grid
from driftline.report.words import begun, code, count, listed, prose, some

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp", "Cs"]), min_size=1, max_size=30)


def shown(markdown: str) -> str:
    """The text that a reader sees, without any markup."""
    return "".join(
        token.content
        for block in MARKDOWN.parse(markdown)
        for token in block.children or ()
        if token.type in ("text", "code_inline")
    )


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (count(0, "table"), "0 tables"),
        (count(1, "table"), "1 table"),
        (count(1234, "place"), "1,234 places"),
        (count(2, "index", "indexes"), "2 indexes"),
        (listed([]), ""),
        (listed(["a"]), "a"),
        (listed(["a", "b"]), "a and b"),
        (listed(["a", "b", "c"]), "a, b and c"),
        (some(["a", "b", "c"], 2), "a, b and c"),
        (some(["a", "b", "c", "d"], 2), "a, b and 2 more"),
        (code("a`b"), "`` a`b ``"),
        (begun("an SQL text"), "An SQL text"),
        (begun("env.py imports it"), "env.py imports it"),
        (prose("refresh_tokens of `a_*b*`, *not* <b>"), "refresh_tokens of `a_*b*`, \\*not\\* \\<b\\>"),
    ],
)
def test_words(actual: str, expected: str) -> None:
    """English, and Markdown that shows what was meant."""
    assert expected == actual


@given(TEXTS)
def test_code_shows_what_it_was_given(text: str) -> None:
    """Whatever a name holds, the reader sees it (white space folded)."""
    assert shown(f"x {code(text)}").removeprefix("x ").strip() == " ".join(text.split())


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
def test_grid_keeps_its_columns(rows: list[tuple[str, str]]) -> None:
    """No cell breaks out of its table, whatever is in it."""
    table = "\n".join(grid(("a", "b"), [(code(one), prose(two)) for one, two in rows]))
    tokens = [token.type for token in MARKDOWN.parse(table)]

    assert tokens.count("tr_open") == len(rows) + 1
    assert tokens.count("td_open") == 2 * len(rows)


def test_fence_is_longer_than_any_within() -> None:
    """Code that holds a fence does not end its block."""
    (block,) = MARKDOWN.parse("\n".join(fenced("python", 'x = "```"\ny = "````"')))

    assert block.content == 'x = "```"\ny = "````"\n'


@pytest.mark.parametrize(
    ("summaries", "expected"),
    [
        (["add column `a` TEXT"], ["add column `a` TEXT"]),
        (["add column `a` TEXT", "add column `b` INTEGER"], ["add columns `a` and `b`"]),
        (
            ["create index `i` on `a`", "drop column `b`", "create index `j` on `c`"],
            ["create indexes `i` and `j`", "drop column `b`"],
        ),
        (["drop primary key"], ["drop primary key"]),
        (["drop primary key", "drop primary key"], ["drop primary key"]),
    ],
)
def test_gathered(summaries: list[str], expected: list[str]) -> None:
    """What begins alike is told once."""
    assert expected == gathered(summaries)
