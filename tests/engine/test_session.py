"""A session runs a stage again only if its inputs, or an answer that it got, have changed."""

from __future__ import annotations

import ast
import gc

import pytest

from driftline.dataclass import dataclass, field
from driftline.engine.cancellation import Cancelled, Token
from driftline.engine.session import Session
from driftline.engine.tracing import TracingSource
from driftline.python.origin import Origin, Site
from driftline.python.same import same
from driftline.python.syntax import Syntax
from driftline.python.trace import Trace
from driftline.python.trees import Trees
from driftline.sources.memory import MemorySource
from driftline.sources.source import FileText, Source, Unreadable


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as the schema's values are: compared without its origin."""

    text: str
    origin: Origin = field(default=Origin(()), compare=False)


def at(nth: int) -> Origin:
    """An origin that differs from others by `nth`."""
    return Origin((Site("/p/a.py", "", "x", nth),))


def first_word(source: Source) -> Fact:
    """A stage that reads one file, and asks for another that need not be there."""
    name = "/p/b.py" if source.is_file("/p/b.py") else "/p/a.py"
    file = source.read(name)
    return Fact(file.text.split()[0] if isinstance(file, FileText) else "none")


def run(session: Session, *inputs: object) -> Fact:
    """Ask for the stage."""
    return session.stage("word", "/p", inputs, first_word)


def test_nothing_runs_again_where_nothing_changed() -> None:
    """The result is the very same object."""
    session = Session(MemorySource({"/p/a.py": "one two"}))

    assert run(session, 1) is run(session, 1)
    assert session.ran == [("word", "/p")]


@pytest.mark.parametrize(
    ("path", "text", "again"),
    [("/p/a.py", "one", True), ("/p/b.py", "one", True), ("/p/c.py", "one", False), ("/p/a.py", "one two", False)],
)
def test_a_stage_runs_again_where_an_answer_changed(path: str, text: str, *, again: bool) -> None:
    """A file that was read, or was looked for in vain, makes it run; one that nobody asked for does not."""
    source = MemorySource({"/p/a.py": "one two"})
    session = Session(source)
    run(session)

    source.write(path, text)
    run(session)

    assert len(session.ran) == (2 if again else 1)


def test_other_inputs_make_a_stage_run() -> None:
    """Inputs are compared by what they are, origins included."""
    session = Session(MemorySource({"/p/a.py": "one"}))
    run(session, Fact("x", at(0)))

    run(session, Fact("x", at(0)))
    run(session, Fact("x", at(1)))

    assert len(session.ran) == 2


def test_a_result_that_came_out_the_same_is_the_one_from_before() -> None:
    """The stages behind it, which have it as an input, are cut off."""
    source = MemorySource({"/p/a.py": "one two"})
    session = Session(source)
    before = run(session)

    source.write("/p/a.py", "one three")

    assert run(session) is before
    assert len(session.ran) == 2


def test_a_file_is_parsed_once_and_older_versions_are_kept_for_a_while() -> None:
    """A text that was parsed is not parsed again; an analysis of the text before it may still show it."""
    source = MemorySource({"/p/a.py": "one"})
    session = Session(source)
    texts = ["one", "two", "one", "two", "three", "one"]
    ran = []
    for text in texts:
        source.write("/p/a.py", text)
        file = source.read("/p/a.py")
        assert isinstance(file, FileText)
        assert session.parse(file).text == text
        ran.append(len(session.ran))

    assert ran == [1, 2, 2, 2, 3, 4]


def test_older_versions_of_many_files_are_not_kept() -> None:
    """However many files are edited, and however often: what is held of them is their latest version, and a few."""
    source = MemorySource({})
    session = Session(source)
    held = []
    for edit in range(4):
        for at in range(200):
            source.write(f"/p/{at}.py", f"x = {edit}")
            file = source.read(f"/p/{at}.py")
            assert isinstance(file, FileText)
            session.parse(file)
        gc.collect()
        texts = [one.text for one in gc.get_objects() if isinstance(one, Syntax) and one.path.startswith("/p/")]
        held.append((len(texts), len(session.sound), texts.count(f"x = {edit}")))

    assert [(200, 200, 200), *[(264, 264, 200)] * 3] == held


def test_facts_that_stay_hold_no_tree_of_an_older_version() -> None:
    """What a file said before may count for as long as the process runs; where it stands is found all the same."""
    source = MemorySource({})
    session = Session(source, trees=Trees(1_000_000))
    held, origins = [], []
    for edit in range(4):
        for at in range(200):
            source.write(f"/p/{at}.py", f"kept()\nx = {edit}")
            file = source.read(f"/p/{at}.py")
            assert isinstance(file, FileText)
            syntax = session.parse(file)
            if edit == 0:
                origins.append(Trace(syntax, syntax.tree.body[0]))
        gc.collect()
        held.append(sum(isinstance(one, ast.Module) for one in gc.get_objects()))

    assert held[0] + 64 >= held[-1]
    assert {("", "Expr")} == {(one.site.scope, one.site.says.partition(":")[0]) for one in origins}


def test_a_comment_in_hundreds_of_files_at_once_makes_no_stage_run() -> None:
    """Each is held against the version before it, for every stage that has read it."""

    def read_all(source: Source) -> int:
        assert isinstance(source, TracingSource)
        return sum(isinstance(source.read_program(f"/p/{at}.py"), FileText) for at in range(300))

    source = MemorySource({f"/p/{at}.py": "x = 1" for at in range(300)})
    session = Session(source)
    for at in range(300):
        file = source.read(f"/p/{at}.py")
        assert isinstance(file, FileText)
        session.parse(file)
    for name in ("one", "other"):
        session.stage(name, "/p", (), read_all)

    for at in range(300):
        source.write(f"/p/{at}.py", "x = 1  # said")
    session.ran.clear()
    for name in ("one", "other"):
        session.stage(name, "/p", (), read_all)

    assert {"parse"} == {what for what, _ in session.ran}


def test_cancelled_work_stops_at_the_next_question() -> None:
    """A stage that nobody waits for is left, and what was kept before it stays good."""
    source = MemorySource({"/p/a.py": "one"})
    session = Session(source)
    kept = run(session)
    source.write("/p/a.py", "two")
    session.token = Token()

    def cancelled_midway(traced: Source) -> Fact:
        session.token.cancel()
        return first_word(traced)

    with pytest.raises(Cancelled):
        session.stage("word", "/q", (), cancelled_midway)
    session.token = Token()
    source.write("/p/a.py", "one")

    assert run(session) is kept


def test_who_shows_a_finished_analysis_is_not_cancelled() -> None:
    """A hover parses a file that the analysis recalled, while the run after that analysis is cancelled."""
    source = MemorySource({"/p/a.py": "x = 1\n"})
    session = Session(source)
    session.token = Token()
    session.token.cancel()
    file = source.read("/p/a.py")
    assert isinstance(file, FileText)

    assert "x = 1\n" == session.parse(file).text


def test_who_watches_is_told_what_begins() -> None:
    """Progress is shown from what really runs."""
    told: list[tuple[str, str]] = []
    session = Session(MemorySource(), lambda stage, key: told.append((stage, key)))

    run(session)
    run(session)

    assert told == session.ran == [("word", "/p")]


def test_a_trace_holds_as_long_as_each_answer_is_the_same() -> None:
    """Reading, asking for files and folders, and listing are all answers; so is "it cannot be read"."""
    files: dict[str, str | bytes | Unreadable] = {"/p/a.py": "x", "/p/bad.py": b"\xff", "/p/d/e.py": ""}
    source = MemorySource(files)
    traced = TracingSource(source)
    traced.read("/p/a.py")
    traced.read("/p/bad.py")
    traced.is_file("/p/gone.py")
    traced.is_dir("/p/gone")
    traced.list_dir("/p/d")
    trace = traced.trace()
    changes: list[tuple[str, str | bytes]] = [
        ("/p/a.py", "y"),
        ("/p/bad.py", b"\n\xff"),
        ("/p/bad.py", "x"),
        ("/p/gone.py", ""),
        ("/p/gone/x.py", ""),
        ("/p/d/f.py", ""),
    ]

    assert trace.holds(source)
    for path, content in changes:
        changed = source.copy()
        changed.write(path, content)
        assert not trace.holds(changed), path
    source.write("/p/d/e.py", "it was listed, not read")
    assert trace.holds(source)


@dataclass(eq=False, slots=True)
class Living:
    """An object with an identity of its own."""

    name: str


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1, True),
        (1, True, False),
        ((1, (2,)), (1, (2,)), True),
        ((1,), [1], False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": (1,)}, {"a": (1,)}, True),
        (Fact("a", at(0)), Fact("a", at(0)), True),
        (Fact("a", at(0)), Fact("a", at(1)), False),
        (Fact("a"), Fact("b"), False),
        ({"x": (Fact("a", at(0)),)}, {"x": (Fact("a", at(1)),)}, False),
        (Living("a"), Living("a"), False),
        (float("nan"), float("nan"), False),
    ],
)
def test_what_is_the_same(one: object, other: object, *, expected: bool) -> None:
    """Values are the same by their parts, in order, with their origins; objects by identity."""
    assert same(one, other) is expected
    assert same(one, one)
