"""Comments that silence findings are read from comments alone, in any text, and speak of the lines around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.suppressions import Ignore, lines_of, read_ignores
from driftline.python.syntax import comment_site, parse
from driftline.text import Span


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1  # driftline: ignore[a]\n", [(1, "# driftline: ignore[a]", ("a",), False)]),
        (
            "x = 1  # noqa: E1 # driftline: ignore[a, b-c,]\n",
            [(1, "# driftline: ignore[a, b-c,]", ("a", "b-c"), False)],
        ),
        ("x = 1  #driftline:ignore\n", [(1, "#driftline:ignore", (), False)]),
        ("x  # driftline: ignore [a] because\n", [(1, "# driftline: ignore [a]", ("a",), False)]),
        ("\n# driftline: ignore-file[a]\n", [(2, "# driftline: ignore-file[a]", ("a",), True)]),
        ("# driftline: ignore-file\n", [(1, "# driftline: ignore-file", (), True)]),
        (
            "x  # driftline: ignore[a] # driftline: ignore[b]\n",
            [(1, "# driftline: ignore[a]", ("a",), False), (1, "# driftline: ignore[b]", ("b",), False)],
        ),
        ("x  # driftline: ignore[]\n", []),
        ("x = '# driftline: ignore[a]'\n", []),
        ('"""\n# driftline: ignore-file[a]\n"""\n', []),
        ("x = 1  # driftline: ignored[a]\n", []),
        ("x = 1  # driftline: ignore-files\n", []),
        ("x = 1  # see driftline: ignore[a]\n", []),
        ("a\rb  # driftline: ignore[a]\r\nc\n", [(2, "# driftline: ignore[a]", ("a",), False)]),
        ("x = (\n  1,  # driftline: ignore[a]\n", [(2, "# driftline: ignore[a]", ("a",), False)]),
        (
            "x = 1  # driftline: ignore[a]\n'''open\ny = 2  # driftline: ignore[b]\n",
            [(1, "# driftline: ignore[a]", ("a",), False), (3, "# driftline: ignore[b]", ("b",), False)],
        ),
        ("é = '🜁'  # driftline: ignore[a]\n", [(1, "# driftline: ignore[a]", ("a",), False)]),
    ],
)
def test_comments_are_read(text: str, expected: list[tuple[int, str, tuple[str, ...], bool]]) -> None:
    """A comment names rules, or all of them; a string is no comment, and a broken file still has some."""
    assert expected == [
        (one.line, text[one.span.start : one.span.end], one.names, one.everywhere)
        for one in read_ignores("/p/m.py", text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# driftline: ignore-file[a]\n[alembic]\n", [("a",)]),
        ("  ; driftline: ignore-file[a]\n[alembic]\n", [("a",)]),
        ("x = # driftline: ignore-file[a]\n", []),
    ],
)
def test_comments_of_an_ini_have_their_own_lines(text: str, expected: list[tuple[str, ...]]) -> None:
    """Alembic reads what follows a value as a part of it."""
    found = read_ignores("/p/alembic.ini", text)

    assert expected == [one.names for one in found]
    assert ["driftline" in text[one.span.start : one.span.end] for one in found] == [True] * len(found)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("a",), ("a",)),
        (("b", "drift"), ("drift",)),
        (("all", "a"), ("all", "a")),
        (("b", "history"), ()),
        ((), ("all",)),
    ],
)
def test_which_names_silence_a_rule(names: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """The rule's own, its group's, `all`, and no name at all."""
    assert expected == Ignore(1, Span(0, 0), names).naming("a", "drift")


STATEMENTS = '''\
@decorated(
    1,
)
class User(
    Base,
):
    """A user."""

    id = column()
    email = column(
        String(80),
        nullable=False,
        info={
            "a": 1,
        },
    )
    __table_args__ = (
        Index("a"),
        Index(
            "b",
        ),
    )


def upgrade():
    if True:
        op.f(
            "x",
            1,
        )
    else:
        op.g("y")
    try:
        pass
    except (
        ValueError
    ):
        op.h("z")
'''


@pytest.mark.parametrize(
    ("says", "expected"),
    [
        ("id = column()", {9}),
        ("String(80)", {10, 11, 16}),
        ('info={\n            "a": 1,\n        }', {10, 13, 14, 15, 16}),
        ('Index("a")', {17, 18, 22}),
        ('Index(\n            "b",\n        )', {17, 19, 20, 21, 22}),
        ("Base", {1, 4, 5, 6}),
        ('"x"', {27, 28, 30}),
        ('op.g("y")', {32}),
        ('op.h("z")', {38}),
        (STATEMENTS.split("\n\n\n", maxsplit=1)[0], {1, 2, 3, 4, 5, 6}),
    ],
)
def test_the_lines_that_speak_of_a_place(says: str, expected: set[int]) -> None:
    """All lines of what is underlined, the first and the last of the statement around it; of a class, its head."""
    start = STATEMENTS.index(says)
    found = lines_of(parse("/p/m.py", STATEMENTS), Span(start, start + len(says)))

    assert expected == found


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_odd(before: str, behind: str) -> None:
    """Reading comments never raises; one on a line of its own is found before anything that breaks."""
    read_ignores("/p/m.py", f"{before}# driftline: ignore[a]{behind}")

    found = read_ignores("/p/m.py", f"# driftline: ignore[a]\n{before}{behind}")

    assert (1, Span(0, 22), ("a",)) == (found[0].line, found[0].span, found[0].names)


@given(
    st.lists(
        st.sampled_from(
            [
                "x = 1\n",
                "  # driftline: ignore[a]\n",
                "# driftline: ignore[a]",
                "'# driftline: ignore[a]'\n",
                "\r",
                "é = 2\n",
            ]
        )
    )
)
def test_a_comment_is_found_again_by_what_it_says(lines: list[str]) -> None:
    """Its site holds no position, and leads back to it, whichever of its like it is."""
    text = "".join(lines)
    syntax = parse("/p/m.py", text)

    for one in read_ignores("/p/m.py", text):
        assert one.span == syntax.span_of(comment_site("/p/m.py", text, one.span))
