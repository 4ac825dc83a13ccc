"""A program that works gets past what could not be followed: evaluation goes on, with less known."""

from __future__ import annotations

import pytest

from driftline.python.budget import Budget
from driftline.python.values import Unknown
from tests.python.support import Recorder, evaluate, names, plain


def test_what_a_function_refuses_is_unknown_to_its_caller() -> None:
    """If a function raises by itself, the outermost call is Unknown, and the rest of its statement stays what it is."""
    found = names(
        """
        class Factory:
            adapter = None
            def create(self, x):
                if self.adapter:
                    return self.adapter(x)
                raise Exception("not set up yet")
        class Model:
            before = 1
            column = ("c", Factory().create(3))
            after = 2
        def use():
            made = Factory().create(1)
            return "not come to"
        used = [use(), "rest"]
        """
    )

    model = found["Model"]
    assert (1, 2) == (model.names["before"], model.names["after"])
    name, value = model.names["column"]
    assert ("c", True) == (name, isinstance(value, Unknown))
    assert isinstance(found["used"][0], Unknown)
    assert "rest" == found["used"][1]


@pytest.mark.parametrize("error", ["ValueError", "KeyError", "AttributeError", "StopIteration", "Own"])
def test_an_exception_that_is_awaited_arrives(error: str) -> None:
    """If a `try` around the call catches what the function raises, its handler runs."""
    found = names(
        f"""
        class Own(Exception):
            pass
        def fail():
            raise {error}("x")
        def through():
            return fail()
        try:
            through()
            x = "went on"
        except {error}:
            x = "caught"
        """
    )

    assert "caught" == found["x"]


def test_protocols_that_raise_are_followed() -> None:
    """If `__getattr__` or `__getitem__` says by an exception that there is nothing, that is the answer."""
    found = names(
        """
        class Bag:
            def __getattr__(self, name):
                if name == "there":
                    return 1
                raise AttributeError(name)
        a = hasattr(Bag(), "there"), hasattr(Bag(), "missing"), getattr(Bag(), "missing", 2)
        """
    )

    assert (True, False, 2) == found["a"]


def test_statements_of_what_a_script_calls_are_run_each_on_its_own() -> None:
    """If a script ends in `main()`, and one statement of that goes too deep, the ones behind it still count."""
    host = Recorder()
    evaluate(
        """
        import op
        def deep(n):
            return deep(n + 1) if n >= 0 else 0
        def main():
            lost = deep(0)
            op.configure("after")
            op.configure(lost)
        main()
        """,
        host,
        Budget(depth=120),
    )

    assert ["configure('after')", "configure(?)"] == host.log


def test_defaults_of_the_environment_are_assumed() -> None:
    """If a program reads a variable with a default, the default is what works without it, and it is noted."""
    found = evaluate(
        """
        import os
        a = os.getenv("A", "schema")
        b = os.environ.get("B", default="x") + "y"
        c = int(os.getenv("C", 12))
        d = os.getenv("D")
        e = os.environ.get("E", "")
        f = os.environ["F"]
        """
    ).names

    assert ("schema", "xy", 12) == (found["a"], found["b"], found["c"])
    assert all(isinstance(found[name], Unknown) for name in "def")


def test_what_a_program_sets_in_the_environment_is_there() -> None:
    """If a program sets a variable, it reads that, in another module too; on a condition that is not known, it may."""
    found = evaluate(
        """
        import os
        from os import environ, getenv
        import other
        os.environ["A"] = "app.db"
        a = [environ["A"], getenv("A"), environ.get("A", "x"), other.read("A")]
        if os.environ["B"]:
            environ["A"] = "another"
        b = environ.get("A")
        c = os.environ.get("C")
        """,
        other="import os\ndef read(name):\n    return os.environ[name]\n",
    ).names

    assert ["app.db"] * 4 == found["a"]
    assert isinstance(found["b"], Unknown)
    assert isinstance(found["c"], Unknown)


def test_the_rest_of_a_generator_that_a_loop_left_is_not_known() -> None:
    """A generator that was begun has not come to its end where a loop over it was left: what is left of it is said."""
    source = """
        def numbers():
            yield 1
            yield 2
            yield 3
        held = numbers()
        for one in held:
            break
        rest = list(held)
        following = next(held, "none")
        done = numbers()
        for one in done:
            pass
        at_the_end = next(done, "none")
        """
    found = evaluate(source).names

    assert ["?", "?", "none"] == [plain(found[one]) for one in ("rest", "following", "at_the_end")]


def test_what_a_class_has_its_objects_need_not_have() -> None:
    """`int.__name__` is there, and `(1).__name__` is an error of the program, not of the evaluator."""
    found = names("named = int.__name__\ntry:\n    lost = (1).__name__\nexcept AttributeError:\n    lost = 'lost'\n")

    assert found["lost"] == "lost"


@pytest.mark.parametrize("key", ["{}.items()", "{}.keys()", "[]", "set()", "(1, {})", "slice(1)"])
@pytest.mark.parametrize("use", ["{{'x': 1}}[{}]", "{{{}: 1}}", "{{{}}}", "{{'x': 1}}.get({})", "{} in {{'x': 1}}"])
def test_what_cannot_be_a_key_is_refused_as_python_refuses_it(key: str, use: str) -> None:
    """Every use of a value that has no hash raises a TypeError that the program can catch."""
    found = names(
        f"""
        try:
            x = {use.format(key)}
        except TypeError:
            x = "refused"
        """
    )

    try:
        eval(use.format(key))  # noqa: S307 - the two texts above
    except TypeError:
        assert found["x"] == "refused" or isinstance(found["x"], Unknown)
    else:
        assert found["x"] != "refused"
