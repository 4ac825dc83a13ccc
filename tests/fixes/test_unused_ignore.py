"""What silences nothing is taken out of comments, and nothing else of the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.analyse import analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes import fixes_for
from driftline.sources.memory import MemorySource
from driftline.text import apply_edits
from tests.engine import shop

CUSTOMER = "/shop/shop/models/customer.py"
LINE = "    nickname: Mapped[str | None] = mapped_column(String(40))"


def fixed(text: str, path: str = CUSTOMER) -> tuple[str, list[str]]:
    """The text of a file of the shop with all unused comments fixed, and the titles of the fixes."""
    titles = []
    while True:
        files = {**shop.in_memory(), path: text}
        (work,) = open_project("/shop", Session(MemorySource(files))).works
        whole = analysis(work)
        one = next((one for one in whole.findings if one.rule == "unused-ignore"), None)
        if one is None:
            return text, titles
        (offer,) = fixes_for(one, whole)
        fix = offer.build()
        assert fix is not None
        assert (offer.applicability, [*fix.edits]) == ("safe", [path])
        titles.append(offer.title)
        text = apply_edits(text, fix.edits[path])


@pytest.mark.parametrize(
    ("behind", "left"),
    [
        ("  # driftline: ignore[missing-index]", ""),
        ("  # driftline: ignore[missing-index, extra-table]", ""),
        ("  # driftline: ignore[missing-column, missing-index]", "  # driftline: ignore[missing-column]"),
        ("  # driftline: ignore[ missing-index,missing-column ,x]", "  # driftline: ignore[missing-column]"),
        ("  # noqa: E501  # driftline: ignore[missing-index]", "  # noqa: E501"),
        ("  # driftline: ignore[missing-index]  # noqa: E501", "  # noqa: E501"),
        ("  # driftline: ignore[missing-index] the wiki says why", "  # the wiki says why"),
        ("  # driftline: ignore[x] # driftline: ignore[y]", ""),
        (
            "  # driftline: ignore[missing-column]\n    # driftline: ignore[missing-index]",
            "  # driftline: ignore[missing-column]",
        ),
        ("\n\n# driftline: ignore-file[missing-index]", "\n"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_left(behind: str, left: str, end: str) -> None:
    """The rest of the comment, other comments, remarks, and the code stay; a line that had nothing else goes."""
    text = shop.FILES["shop/models/customer.py"].replace(LINE, f"{LINE}{behind}").replace("\n", end)
    expected = shop.FILES["shop/models/customer.py"].replace(LINE, f"{LINE}{left}").replace("\n", end)

    assert expected == fixed(text)[0]


def test_the_last_line_of_an_ini() -> None:
    """A comment at the end of a file that has no line end."""
    before = shop.FILES["alembic.ini"]

    text, titles = fixed(f"{before}; driftline: ignore-file[multiple-heads]", "/shop/alembic.ini")

    assert (before, ["Remove the comment that silences nothing (alembic.ini, line 5)"]) == (text, titles)


def test_a_title_says_which_comment_is_meant() -> None:
    """Two like ones are told apart by it, in whichever file they are."""
    text = f"# driftline: ignore[x]\n# driftline: ignore[x]\n{shop.FILES['shop/models/customer.py']}"
    (work,) = open_project("/shop", Session(MemorySource({**shop.in_memory(), CUSTOMER: text}))).works
    whole = analysis(work)
    titles = [fix.title for one in whole.findings for fix in fixes_for(one, whole) if one.rule == "unused-ignore"]

    assert titles == [
        "Remove the comment that silences nothing (shop/models/customer.py, line 1)",
        "Remove the comment that silences nothing (shop/models/customer.py, line 2)",
    ]


@given(
    st.lists(
        st.sampled_from([" ", "  # noqa", "# driftline: ignore[x]", "# driftline: ignore", "why", "'#'", "\n", "\t"])
    )
)
def test_code_is_never_touched(parts: list[str]) -> None:
    """Whatever stands behind the code and in what order: it means what it meant."""
    text = f"X = 1 #{''.join(parts)}\nY = '# driftline: ignore[x]'\n{shop.FILES['shop/models/customer.py']}"
    try:
        before = compile(text, "m", "exec", flags=0x400)
    except SyntaxError:
        return
    import ast

    assert ast.dump(before) == ast.dump(ast.parse(fixed(text)[0]))
