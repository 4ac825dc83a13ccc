"""The partial evaluator: what importing a module, running a file or calling a function would do, without doing it.

It runs the source over values (`values.py`), tells a host of everything symbolic (`host.py`), and runs no user code.

Invariant: every method returns, within the budget, whatever the source says, and raises nothing but what a host raises.

Example: `Evaluator(Modules(source, ("/p",)), Host()).module("app.models")` gives the module's names as values.
"""

from __future__ import annotations

import ast
from contextlib import contextmanager
from typing import TYPE_CHECKING

# Each of these fills the tables that evaluation dispatches on.
from driftline.python import (
    builtins_functions,
    classes,
    expressions,
    files,
    functions,
    iteration,
    methods,
    package_resources,
    regex,
    statements,
    stdlib,
)
from driftline.python.annotations import evaluate_annotation
from driftline.python.attributes import get_attribute
from driftline.python.budget import TOO_DEEP, Budget, Exhausted
from driftline.python.calls import call
from driftline.python.exceptions import Raised
from driftline.python.functions import bind, call_function, run_body, signature_of
from driftline.python.imports import find_in_library, import_module, run_module
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import known_items
from driftline.python.journal import Journal
from driftline.python.operators import truth
from driftline.python.origin import NOWHERE, Origin
from driftline.python.scope import Frame, Scope
from driftline.python.text_of import text_of
from driftline.python.trace import Trace
from driftline.python.values import Annotation, BoundMethod, Function, Module, Symbol, Unknown, Value
from driftline.sources.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from driftline.python.host import Host
    from driftline.python.kept.modules import KeptModules
    from driftline.python.modules import Modules

_FILLED = (
    builtins_functions,
    classes,
    expressions,
    files,
    functions,
    iteration,
    methods,
    package_resources,
    regex,
    statements,
    stdlib,
)

_MOST_REMEMBERED = 20_000
"""How many functions that do no work, and how many annotations, are remembered."""

_NOBODY = Module("", "", package=False, syntax=None)


class Evaluator:
    """Evaluates modules and functions, telling a host. Not thread-safe; a host may call it while it is being told."""

    def __init__(
        self,
        modules: Modules,
        host: Host,
        budget: Budget = Budget(),  # noqa: B008 - immutable
        assume: Mapping[str, Value] | None = None,
    ) -> None:
        """Evaluate what `modules` finds. `assume` answers dotted names (`app.settings.SCHEMA`) that cannot be read."""
        self._run = Interpreter(modules, host, budget, assume or {})
        self.modules = modules

    @property
    def unknowns(self) -> list[Unknown]:
        """Everything that became Unknown, with its reason, in order, once for each place and reason."""
        return list(self._run.unknowns.values())

    @property
    def unparsed(self) -> Mapping[str, Unknown]:
        """The files that were run as far as they parse, by path, each with what is wrong and where."""
        return self._run.unparsed

    @property
    def reads(self) -> frozenset[str]:
        """The files that were read."""
        return self._run.reads.all()

    def keep(self, kept: KeptModules, setting: object) -> None:
        """Do again what `kept` knows modules to do, and tell it what they do. `setting`: what counts besides texts."""
        kept.begin(self._run, setting)

    def use(self, modules: Modules) -> None:
        """Go on with `modules`, in which everything that was loaded is as it was."""
        self.modules = self._run.modules = modules

    @contextmanager
    def hosted_by(self, host: Host) -> Iterator[None]:
        """Tell `host` instead, in here."""
        run = self._run
        outer, idle, wanted = run.host, run.idle, run.wanted
        run.serve(host)
        run.idle, run.wanted = set(), {}  # what the one wants is nothing to the other
        try:
            yield
        finally:
            run.serve(outer)
            run.idle, run.wanted = idle, wanted

    @contextmanager
    def only_for_now(self) -> Iterator[None]:
        """Undo at the end whatever is changed in here of what was there before; modules that are loaded stay.

        What is unknown, and which files were read, is told of what happens in here alone.
        """
        run = self._run
        run.unknowns.clear()
        run.reads.begin()
        if len(run.idle) > _MOST_REMEMBERED or len(run.annotations) > _MOST_REMEMBERED:
            run.idle.clear()
            run.annotations.clear()
        outer, run.journal = run.journal, Journal()
        try:
            yield
        finally:
            run.journal.undo()
            run.journal = outer

    @property
    def modules_loaded(self) -> dict[str, Module]:
        """The modules that were imported or run, by name, in the order in which they began."""
        return self._run.loaded

    def module(self, name: str) -> Module | None:
        """Import the module `name` as `import name` would: parents first, each body once. None where it is not read."""
        with self._entry():
            try:
                found = import_module(self._run, name, library=True)
            except (Raised, Exhausted):
                return None
            except RecursionError:
                self._note(TOO_DEEP)
                return None
            if isinstance(found, Unknown):
                self._note(found.reason)
            return found if isinstance(found, Module) else None

    def run_file(self, path: str, name: str) -> Module:
        """Run the file at `path`, which nobody imports, as a module called `name`."""
        run = self._run
        with self._entry():
            run.reads.forget(path)
            run.reads.add(path)
            syntax = run.modules.load(path)
            if isinstance(syntax, Unreadable):
                self._note(f"`{path}` cannot be read: {syntax.reason}")
                return Module(name, path, package=False, syntax=None, complete=True)
            try:
                return run_module(run, name, syntax, package=False)
            except Raised as error:
                self._note(error.reason)
            except (Exhausted, RecursionError) as error:
                self._note(error.reason if isinstance(error, Exhausted) else TOO_DEEP)
            return Module(name, path, package=False, syntax=syntax, complete=True)

    def call(
        self,
        function: Value,
        args: Sequence[Value] = (),
        kwargs: Mapping[str, Value] | None = None,
        origin: Origin = NOWHERE,
    ) -> Value:
        """Call a value; where it raises, or cannot be worked out, the result is Unknown."""
        run = self._run
        outermost = run.entries == 0
        with self._entry():
            caller = run.caller
            if isinstance(origin, Trace):
                run.caller = origin
            try:
                return self._call(function, list(args), dict(kwargs or {}), entry=outermost)
            except Raised as error:
                return self._note(error.reason, origin)
            except Exhausted as error:
                return self._note(error.reason, origin)
            except RecursionError:
                return self._note(TOO_DEEP, origin)
            finally:
                run.caller = caller

    def _call(self, function: Value, args: list[Value], kwargs: dict[str, Value], *, entry: bool) -> Value:
        run = self._run
        node, scope = _nowhere()
        while isinstance(function, BoundMethod):
            args.insert(0, function.receiver)
            function = function.function
        if isinstance(function, Function):
            if entry and not signature_of(function).yields:
                names = bind(function, args, kwargs, unpacked=False)
                frame = Frame(function, args[0] if args else None)
                inner = Scope(names, function.scope, function.module, frame)
                return run_body(run, inner, node, scope, entry=True)
            scope = Scope({}, None, function.module, Frame())
            return call_function(run, function, args, kwargs, function.node, scope)
        return call(run, function, args, kwargs, node, scope)

    def get(self, value: Value, name: str) -> Value:
        """Give `value.name` as Python does it; Unknown where there is no such attribute."""
        with self._entry():
            try:
                return get_attribute(self._run, value, name, *_nowhere())
            except (Raised, Exhausted) as error:
                return Unknown(error.reason)

    def iterate(self, value: Value) -> list[Value] | Unknown:
        """Give what iterating `value` yields, or why that is not known."""
        with self._entry():
            try:
                return known_items(self._run, value, *_nowhere())
            except (Raised, Exhausted) as error:
                return Unknown(error.reason)

    def truth(self, value: Value) -> bool | None:
        """Whether `value` is true; None where that is not known."""
        with self._entry():
            try:
                return truth(self._run, value, *_nowhere())
            except (Raised, Exhausted):
                return None

    def annotation(self, annotation: Annotation) -> Value:
        """Evaluate an annotation, strings and forward references included.

        Subscripts on symbols come out as `Operator("[]", (Symbol("sqlalchemy.orm.Mapped"), X))`, unions as
        `Operator("|", (X, Y))`.
        """
        with self._entry():
            try:
                return evaluate_annotation(self._run, annotation)
            except (Raised, Exhausted) as error:
                return self._note(error.reason, annotation.origin)
            except RecursionError:
                return self._note(TOO_DEEP, annotation.origin)

    def library(self, path: str) -> Value:
        """Give what a dotted path of a library stands for; a `Symbol` where it was not found."""
        if not self.modules.site_packages:
            return Symbol(path)
        with self._entry():
            try:
                return find_in_library(self._run, path)
            except (Raised, Exhausted, RecursionError):
                return Symbol(path)

    def text_of(self, value: Value) -> str:
        """Render `value` like source, on one short line, for messages."""
        return text_of(value)

    @contextmanager
    def _entry(self) -> Iterator[None]:
        run = self._run
        steps, total, depth = run.steps, run.total, run.depth
        run.begin()
        outermost = run.entries == 1
        try:
            yield
        finally:
            run.end()
            if outermost:
                run.steps, run.total = steps, total
            run.depth = depth

    def _note(self, reason: str, origin: Origin = NOWHERE) -> Unknown:
        return self._run.note(reason, origin)


def _nowhere() -> tuple[ast.AST, Scope]:
    return ast.Pass(), Scope({}, None, _NOBODY, Frame())
