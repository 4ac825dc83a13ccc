"""Whatever a module says, evaluating it comes to an end within its budget, and raises nothing.

The work is counted in Python function calls, which do not depend on the machine.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from driftline.python.budget import Budget, make_room
from driftline.python.host import Branch, Host, RaisedError
from driftline.python.values import Unknown, Value
from tests.python.hostile import HOSTILE
from tests.python.support import evaluator
from tests.support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable

make_room()  # as the evaluator would: Hypothesis minds if it happens within a test

SMALL = Budget(steps=20_000, statement_steps=5_000, depth=200, size=50_000, modules=20)

_CALLS_PER_STEP = 40
"""Function calls that one step of the budget may stand for, at most."""

_CALLS_PER_CHARACTER = 60
"""Function calls for each character of the source: parsing, and running each statement once."""

_CALLS_FOR_ALL = 20_000


def calls_of(work: Callable[[], object]) -> int:
    """Count the Python function calls that `work` makes."""
    count = 0

    def on_event(frame: Value, event: str, argument: Value) -> None:
        nonlocal count
        del frame, argument
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def bound(budget: Budget, *texts: str) -> int:
    """Give how many calls evaluating `texts` may take."""
    return _CALLS_FOR_ALL + _CALLS_PER_STEP * budget.steps + _CALLS_PER_CHARACTER * sum(map(len, texts))


class Contrary(Host):
    """A host that wants everything, follows everything, knows nothing for sure and sometimes raises."""

    follow_untaken = True

    def wants(self, callee: str) -> bool:
        """Want most calls."""
        return len(callee) % 3 != 0

    def call(self, call: Value) -> Value:
        """Raise, now and then."""
        if call.callee.endswith("explode"):
            name = "KeyError"
            raise RaisedError(name, "it exploded")
        return super().call(call)

    def truth(self, value: Value) -> Value:
        """Be of no help."""
        return Unknown("who knows")

    def branch(self, branch: Branch) -> Value:
        """Look at the place of each branch."""
        assert branch.origin.site is not None
        return super().branch(branch)


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("host", [Host, Contrary])
def test_a_hostile_module_is_given_up_within_its_budget(case: str, host: type[Host]) -> None:
    """It takes no more function calls than its budget and its length allow."""
    text = HOSTILE[case]
    run = evaluator({"m.py": text}, host(), SMALL)

    calls = calls_of(lambda: run.module("m"))

    assert calls <= bound(SMALL, text)


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_module_takes_nothing_from_what_follows_it(case: str) -> None:
    """Where it parses, the statement behind it is evaluated, unless a `raise` of its own ends it."""
    run = evaluator({"m.py": HOSTILE[case] + "\nafterwards = 1\n"}, budget=Budget(statement_steps=20_000))

    run.module("m")

    module = run.modules_loaded.get("m")
    if module is not None and module.syntax is not None and module.syntax.problem is None:
        assert module.names["afterwards"] == 1


def test_the_bound_can_be_broken() -> None:
    """An evaluator that does a hundred times the work of its budget is seen to."""
    text = HOSTILE["endless-loop"]
    generous = Budget(steps=SMALL.steps * 100, statement_steps=SMALL.statement_steps * 100, depth=SMALL.depth)

    calls = calls_of(lambda: evaluator({"m.py": text}, budget=generous).module("m"))

    assert calls > bound(SMALL, text)


def test_the_ordinary_budget_is_bounded_too() -> None:
    """With the budget that users have, a module of endless loops takes what the whole may take, and not each loop."""
    text = "while True: pass\n" * 20
    budget = Budget()

    calls = calls_of(lambda: evaluator({"m.py": text}, budget=budget).module("m"))

    assert calls <= bound(budget, text)


# ---------------------------------------------------------------------------------------------------------------------
# Random programs

NAMES = ["a", "b", "c", "f", "g", "self", "cls", "os", "ext"]
names = st.sampled_from(NAMES)
constants = st.sampled_from(
    ["0", "1", "-1", "10**9", "2**70", "''", "'ab'", "'%d'", "b'x'", "None", "True", "1.5", "...", "()", "[]", "{}"]
)
binary_operators = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "**", "<<", "|", "&", "@", "and", "or", "==", "<", "in", "is"]
)
attributes = st.sampled_from(["x", "append", "items", "join", "format", "explode", "__class__", "mro", "update", "pop"])
callables = st.sampled_from(
    [
        "len",
        "list",
        "range",
        "sorted",
        "print",
        "type",
        "iter",
        "next",
        "map",
        "str",
        "int",
        "dict",
        "super",
        "isinstance",
        "sum",
        "zip",
        "getattr",
        "setattr",
        "vars",
        "ext.work",
        "ext.explode",
        "set",
        "reversed",
        "tuple",
        "hasattr",
        "max",
    ]
)


def expressions_over(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make expressions that hold other ones."""
    several = st.lists(inner, max_size=3).map(", ".join)
    return st.one_of(
        st.builds("({} {} {})".format, inner, binary_operators, inner),
        st.builds("{}({})".format, st.one_of(callables, names, inner.map("({})".format)), several),
        st.builds("({}).{}".format, inner, attributes),
        st.builds("({}).{}({})".format, inner, attributes, several),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({})[{}:{}]".format, inner, inner, inner),
        st.builds("[{}]".format, several),
        st.builds("({},)".format, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, names, inner),
        st.builds("{{{}: {} for {} in {} if {}}}".format, inner, inner, names, inner, inner),
        st.builds("({} for {} in {})".format, inner, names, inner),
        st.builds("(lambda {}: {})".format, names, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} := {})".format, st.sampled_from(["a", "b", "c"]), inner),
        st.builds("f'{{{}!r:>{{{}}}}}'".format, names, names),
        st.builds("(not {})".format, inner),
        st.builds("f({}, *{}, **{})".format, inner, inner, inner),
    )


expressions = st.recursive(st.one_of(names, constants), expressions_over, max_leaves=6)
simple_statements = st.one_of(
    st.builds("{} = {}".format, names, expressions),
    st.builds("{} {}= {}".format, names, st.sampled_from(["+", "*", "|", "-", "**"]), expressions),
    st.builds("{}.{} = {}".format, names, attributes, expressions),
    st.builds("{}[{}] = {}".format, names, expressions, expressions),
    st.builds("{}, *{} = {}".format, names, names, expressions),
    st.builds("del {}".format, names),
    st.builds("assert {}".format, expressions),
    expressions,
    st.sampled_from(
        ["pass", "import m", "import n", "from n import *", "from m import a as b", "import os", "import ext"]
    ),
    st.sampled_from(["raise ValueError", "raise", "import missing.module", "from . import a", "x: int = 1"]),
)
in_functions = st.one_of(
    simple_statements,
    st.builds("return {}".format, expressions),
    st.builds("yield {}".format, expressions),
    st.builds("yield from {}".format, expressions),
    st.builds("global {}".format, names),
)
in_loops = st.one_of(simple_statements, st.sampled_from(["break", "continue"]))


def indented(lines: list[str]) -> str:
    """Indent a block, which is never empty."""
    return "\n".join("    " + line for block in (lines or ["pass"]) for line in block.split("\n"))


def blocks_over(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Make compound statements around blocks."""
    body = st.lists(st.one_of(inner, simple_statements), max_size=3).map(indented)
    loop = st.lists(st.one_of(inner, in_loops), max_size=3).map(indented)
    function = st.lists(st.one_of(inner, in_functions), max_size=4).map(indented)
    return st.one_of(
        st.builds("if {}:\n{}\nelse:\n{}".format, expressions, body, body),
        st.builds("while {}:\n{}".format, expressions, loop),
        st.builds("for {} in {}:\n{}\nelse:\n{}".format, names, expressions, loop, body),
        st.builds("try:\n{}\nexcept {} as {}:\n{}\nfinally:\n{}".format, body, names, names, body, body),
        st.builds("try:\n{}\nexcept:\n{}\nelse:\n{}".format, body, body, body),
        st.builds("with {} as {}:\n{}".format, expressions, names, body),
        st.builds(
            "def {}({}, *args, {}={}, **kw):\n{}".format,
            names,
            st.sampled_from("pq"),
            st.just("d"),
            expressions,
            function,
        ),
        st.builds("async def {}():\n{}".format, names, body),
        st.builds("@{}\ndef {}(*args, **kw):\n{}".format, expressions, names, function),
        st.builds(
            "class {}({}):\n{}".format,
            st.sampled_from("ABC"),
            st.sampled_from(["", "A", "B", "A, B", "type", "ext.Base"]),
            body,
        ),
        st.builds(
            "class {}(metaclass={}):\n{}".format,
            st.sampled_from("ABC"),
            names,
            function.filter(lambda t: "yield" not in t and "return" not in t),
        ),
        st.builds(
            "match {}:\n    case [{}, *_]:\n    {}\n    case _:\n    {}".format,
            expressions,
            st.just("a"),
            body.map(lambda t: t.replace("\n", "\n    ")),
            body.map(lambda t: t.replace("\n", "\n    ")),
        ),
    )


statements = st.recursive(simple_statements, blocks_over, max_leaves=8)
programs = st.lists(statements, min_size=1, max_size=8).map("\n".join)


@given(programs, programs)
@settings(max_examples=examples(150))
@example("while True:\n    yield", "x = (")
def test_random_modules_are_evaluated_within_their_budget(text: str, other: str) -> None:
    """Two modules that may import each other, whatever they say, are evaluated in bounded work: no exception."""
    for host in (Host(), Contrary()):
        run = evaluator({"m.py": text, "n.py": other}, host, SMALL)

        calls = calls_of(lambda: (run.module("m"), run.module("n")))  # noqa: B023 - called at once

        assert calls <= 2 * bound(SMALL, text, other)


@given(programs)
@settings(max_examples=examples(60))
def test_functions_of_random_modules_can_be_called(text: str) -> None:
    """Whatever a module binds can be called, read and rendered, and always gives a value."""
    run = evaluator({"m.py": text}, Contrary(), SMALL)
    module = run.module("m")

    for value in list(module.names.values() if module else []):
        run.call(value)
        run.get(value, "x")
        run.iterate(value)
        run.truth(value)
        assert len(run.text_of(value)) <= 80


@given(st.text(max_size=200))
@settings(max_examples=examples(200))
def test_any_text_is_evaluated(text: str) -> None:
    """Also what is no Python at all."""
    run = evaluator({"m.py": text}, Host(), SMALL)

    module = run.module("m")

    assert module is None or module.complete
