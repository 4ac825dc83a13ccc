"""Evaluating sources in memory, for the tests of `driftline.python`."""

from __future__ import annotations

import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from driftline.python.budget import Budget
from driftline.python.evaluator import Evaluator
from driftline.python.host import UNANSWERED, Branch, Host
from driftline.python.modules import Modules
from driftline.python.text_of import text_of
from driftline.python.values import Call, Class, EnumMember, Module, Unknown, Value
from driftline.sources.memory import MemorySource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def evaluator(
    files: Mapping[str, str],
    host: Host | None = None,
    budget: Budget | None = None,
    site_packages: tuple[str, ...] = (),
    assume: Mapping[str, object] | None = None,
) -> Evaluator:
    """Make an evaluator over `files`, by path below `/p`."""
    source = MemorySource({f"/p/{path}": textwrap.dedent(text) for path, text in files.items()})
    return Evaluator(Modules(source, ("/p",), site_packages=site_packages), host or Host(), budget or Budget(), assume)


def evaluate(text: str, host: Host | None = None, budget: Budget | None = None, **files: str) -> Module:
    """Evaluate one module; `files` are others beside it, by module name."""
    others = {f"{name.replace('__', '/')}.py": other for name, other in files.items()}
    module = evaluator({"m.py": text, **others}, host, budget).module("m")
    assert module is not None
    return module


def names(text: str, host: Host | None = None, **files: str) -> dict[str, Any]:
    """Evaluate one module and give its names."""
    return evaluate(text, host, **files).names


class Recorder(Host):
    """A host that writes down what it is told, as text, within the branches it is told about."""

    def __init__(self, *, follow: bool = False, prefix: str = "op.") -> None:
        """Want calls of what begins with `prefix`; follow branches that are not taken if `follow`."""
        self.follow_untaken = follow
        self.prefix = prefix
        self.log: list[str] = []
        self.branches: list[Branch] = []
        self.classes: list[Class] = []
        self.answers: dict[str, Callable[[Call], Any]] = {}
        self.truths: dict[str, Any] = {}
        self.items: dict[str, list[Any]] = {}

    def wants(self, callee: str) -> bool:
        """Want what has the prefix."""
        return callee.startswith(self.prefix)

    def call(self, call: Call) -> Value:
        """Write down what is wanted, and answer what a test has prepared."""
        if self.wants(call.callee):
            self.say(text_of(call))
        answer = self.answers.get(call.callee)
        return UNANSWERED if answer is None else answer(call)

    def truth(self, value: Value) -> Value:
        """Answer what a test has prepared."""
        return self.truths.get(text_of(value))

    def iterate(self, value: Value) -> list[Any] | None:
        """Answer what a test has prepared."""
        return self.items.get(text_of(value))

    def enter(self, value: Value) -> Value:
        """Write it down."""
        self.say(f"enter {text_of(value)}")
        return UNANSWERED

    def exit(self, value: Value) -> None:
        """Write it down."""
        self.say(f"exit {text_of(value)}")

    def class_created(self, cls: Class) -> None:
        """Remember the class."""
        self.classes.append(cls)

    def set_attribute(self, value: Value, name: str, new: Value, origin: Value) -> None:
        """Write it down."""
        del origin
        self.say(f"{text_of(value)}.{name} = {text_of(new)}")

    @contextmanager
    def branch(self, branch: Branch) -> Iterator[None]:
        """Say which branch everything within is in."""
        self.branches.append(branch)
        try:
            yield
        finally:
            self.branches.pop()

    def say(self, text: str) -> None:
        """Write `text` down, with the branches around it."""
        where = " | ".join(f"{one.taken.value} {one.condition}" for one in self.branches)
        self.log.append(f"[{where}] {text}" if where else text)


def plain(value: Value) -> Value:
    """Turn a value into one that compares by what it says; what is not known into `"?"`."""
    if isinstance(value, Unknown):
        return "?"
    if isinstance(value, EnumMember):
        return f"{value.cls.name}.{value.name}"
    if isinstance(value, (list, tuple)):
        return type(value)(plain(one) for one in value)
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    if isinstance(value, (str, int, float, bool, bytes, complex, set, frozenset, type(None), range)):
        return value
    return text_of(value)
