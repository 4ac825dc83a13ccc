"""A regular expression of ours does what the library's does, and is compiled when it is first asked."""

from __future__ import annotations

import ast
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from driftline.regex import regex

SERVER = Path(__file__).parent.parent / "server" / "driftline"


@pytest.mark.parametrize(("text", "flags"), [(r"(?P<first>\w)(\w*)", 0), (r"^b", re.MULTILINE | re.IGNORECASE)])
def test_it_does_what_the_library_does(text: str, flags: int) -> None:
    """Each method gives the same, the second time as well; so does each attribute."""
    mine, its = regex(text, flags), re.compile(text, flags)
    subject = "ab\nBc d"

    for _ in range(2):
        assert [one.span() for one in mine.finditer(subject)] == [one.span() for one in its.finditer(subject)]
        assert (mine.findall(subject), mine.split(subject)) == (its.findall(subject), its.split(subject))
        assert mine.sub("-", subject, count=1) == its.sub("-", subject, count=1)
        assert (mine.pattern, mine.flags, mine.groups, mine.groupindex) == (
            its.pattern,
            its.flags,
            its.groups,
            its.groupindex,
        )
        for name in ("match", "search", "fullmatch"):
            found, expected = getattr(mine, name)(subject, 1), getattr(its, name)(subject, 1)
            assert (found and found.groups()) == (expected and expected.groups())


SUBJECTS = ["".join(parts) for length in range(5) for parts in product("ab_ é", repeat=length)]
"""All texts of up to four characters that a word may begin, end and go on with, or not."""


@pytest.mark.parametrize("text", [r"\bab\b", r"\ba", r"\bab|b", r"\bab?", r"\bab*_", r"\ba{2}", r"\b", r"\b_(?=a)|\bé"])
@pytest.mark.parametrize("flags", [0, re.ASCII, re.IGNORECASE, re.VERBOSE])
def test_a_word_is_found_where_the_library_finds_it(text: str, flags: int) -> None:
    """Also from a place within the text on: what stands before that place counts for whether a word begins there."""
    mine, its = regex(text, flags), re.compile(text, flags)

    for subject in SUBJECTS:
        for start in (0, 1):
            found = [one.span() for one in mine.finditer(subject, start)]
            assert found == [one.span() for one in its.finditer(subject, start)]


def test_a_word_is_looked_for_before_it_is_asked_whether_one_begins() -> None:
    r"""The library begins a search with a literal text; with `\b` in front of it, it would try each place."""
    compiled = regex(r"\bimport\b").search.__self__  # type: ignore[attr-defined]

    assert compiled.pattern.startswith("import")


def test_bytes_are_matched_as_well() -> None:
    """As by the library's."""
    assert regex(rb"b+").findall(b"abba") == [b"bb"]


def test_it_is_compiled_when_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where it is defined, nor where its text is asked for; what is none is refused then."""
    compiled: list[object] = []
    compile_ = re.compile

    def compiling(*given: Any) -> object:  # noqa: ANN401 - whatever it takes
        compiled.append(given)
        return compile_(*given)

    monkeypatch.setattr(re, "compile", compiling)
    mine, none = regex("a", re.ASCII), regex("(")

    assert (mine.pattern, compiled) == ("a", [])
    assert mine.match("a")
    assert compiled == [("a", re.ASCII)]
    with pytest.raises(re.error):
        none.match("")


def test_no_module_compiles_one_where_it_is_imported() -> None:
    """At the top of a module there is ours: a start passes by all of them; a program for another Python has no ours."""
    compiling = [
        path.relative_to(SERVER).as_posix()
        for path in sorted(SERVER.rglob("*.py"))
        for statement in ast.parse(path.read_bytes()).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "re.compile"
    ]

    assert compiling == ["cli/verification/program.py"]
