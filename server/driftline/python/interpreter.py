"""The state of one evaluation, and the way from a syntax node to the function that evaluates it.

The functions are in `expressions.py` and `statements.py`, which fill the two tables here.

Invariant: whoever changes a namespace, a container or an object calls `changing…` first: a branch can be undone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from driftline.python.budget import (
    RECURSION_LIMIT,
    TOO_DEEP,
    TOO_MANY_STEPS,
    Budget,
    Exhausted,
    make_room,
)
from driftline.python.exceptions import Raised, raised_by_host
from driftline.python.host import UNANSWERED, Host, RaisedError
from driftline.python.origin import NOWHERE, Origin
from driftline.python.reads import Reads
from driftline.python.trace import Trace
from driftline.python.values import Call, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from driftline.python.class_making import Making
    from driftline.python.journal import Container, Journal
    from driftline.python.kept.modules import KeptModules
    from driftline.python.modules import Modules
    from driftline.python.scope import Scope
    from driftline.python.values import Annotation, Class, Module


class Signal(Enum):
    """How a block was left before its end."""

    BREAK = "break"
    CONTINUE = "continue"
    RETURN = "return"


Evaluate = Callable[["Interpreter", Any, "Scope"], Value]
Execute = Callable[["Interpreter", Any, "Scope"], "Signal | None"]

EXPRESSIONS: dict[type[ast.AST], Evaluate] = {}
"""What evaluates each kind of expression; filled by `expressions.py`."""

STATEMENTS: dict[type[ast.AST], Execute] = {}
"""What runs each kind of statement; filled by `statements.py`."""

_FRAMES_PER_LEVEL = 4
"""Python frames that one level of our own depth takes, at most (tried: tests/python/test_bounds.py)."""

_FRAMES_LEFT_FREE = 400
"""Python frames that are kept for hosts."""


class Interpreter:
    """One evaluation: its budget, its journal, what it has loaded and what it could not work out."""

    __slots__ = (
        "ahead",
        "annotations",
        "asks_for_attributes",
        "asks_for_decorated",
        "asks_for_items",
        "asks_for_truth",
        "assigned",
        "assume",
        "assumed",
        "awaited",
        "budget",
        "caller",
        "classes",
        "depth",
        "entries",
        "failed",
        "follow",
        "host",
        "idle",
        "journal",
        "jumped_at",
        "kept",
        "levels",
        "libraries",
        "loaded",
        "main",
        "making",
        "modules",
        "reads",
        "shadow",
        "size",
        "steps",
        "tells_calls",
        "total",
        "unknowns",
        "unparsed",
        "wanted",
        "wants",
        "worked",
    )

    def __init__(self, modules: Modules, host: Host, budget: Budget, assume: Mapping[str, Value]) -> None:
        """Evaluate what `modules` finds, telling `host`, within `budget`; `assume` answers dotted names."""
        self.modules = modules
        self.budget = budget
        self.assume = assume
        self.size = budget.size
        self.steps = 0
        """Steps left for the statement at hand."""
        self.total = 0
        """Steps left for the whole entry, when the statement at hand began."""
        self.depth = 0
        self.levels = budget.depth
        self.entries = 0
        """How many entries from outside are under way: a host may evaluate while it is being told."""
        self.journal: Journal | None = None
        self.shadow: Journal | None = None
        """The journal of the shadow around here: what is imported there is undone with it."""
        self.caller: Trace | None = None
        self.assumed = 0
        """How many branches around here are only assumed to be taken."""
        self.worked = 0
        """How many calls that the host wants have been made."""
        self.jumped_at: tuple[ast.AST, str] | None = None
        """The `if` whose branch ended in the jump that is under way, and the condition under which it does not."""
        self.awaited: list[Callable[[Raised], bool]] = []
        """The `try` statements around here, innermost last."""
        self.kept: KeptModules | None = None
        """What running modules gave the last time, where somebody keeps it."""
        self.idle: set[ast.AST] = set()
        """Functions that were looked into, and do no work that the host wants."""
        self.loaded: dict[str, Module] = {}
        self.libraries: dict[str, Value] = {}
        """What was looked for in libraries, by dotted path; a `Symbol` where nothing was found."""
        self.main: ast.AST | None = None
        """The call that is a whole statement of a module, where one is under way: nobody asks for its result."""
        self.making: list[Making] = []
        """The classes whose metaclasses are at work, innermost last."""
        self.wanted: dict[str, bool] = {}
        """Whether the host wants a library's module run, by its name."""
        self.ahead: set[tuple[str, str]] = set()
        """The names of modules, in cycles of imports, that were bound before their turn."""
        self.failed: dict[str, Unknown] = {}
        """The modules that are there and could not be read, by name."""
        self.classes: list[Class] = []
        """The classes that were made, in order."""
        self.assigned: dict[str, Value] = {}
        """What was assigned to attributes of symbols, by dotted path.

        A variable of the environment is `os.environ[NAME]` there.
        """
        self.annotations: dict[Annotation, Value] = {}
        self.unknowns: dict[object, Unknown] = {}
        self.unparsed: dict[str, Unknown] = {}
        """The files of which only parts could be parsed, by path."""
        self.reads = Reads()
        self.serve(host)

    def serve(self, host: Host) -> None:
        """Tell and ask `host` from now on."""
        self.host = host
        kind = type(host)
        self.follow = host.follow_untaken
        self.tells_calls = kind.call is not Host.call
        self.wants = host.wants if kind.wants is not Host.wants else None
        self.asks_for_attributes = kind.get_attribute is not Host.get_attribute
        self.asks_for_decorated = kind.get_decorated is not Host.get_decorated
        self.asks_for_items = kind.get_item is not Host.get_item
        self.asks_for_truth = kind.truth is not Host.truth

    # -- the budget ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Begin an entry from outside: a new budget, unless this entry comes from within another one."""
        if self.entries == 0:
            self.total = self.budget.steps
            self.steps = min(self.budget.statement_steps, self.total)
            self.depth = 0
            self.levels = min(
                self.budget.depth, max(8, (RECURSION_LIMIT - make_room() - _FRAMES_LEFT_FREE) // _FRAMES_PER_LEVEL)
            )
        self.entries += 1

    def end(self) -> None:
        """End an entry."""
        self.entries -= 1

    def charge(self, steps: int) -> None:
        """Pay for work; raises `Exhausted` where the budget does not allow it."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted(TOO_MANY_STEPS)

    def deeper(self) -> None:
        """Go one level down; whoever calls this takes one off `depth` when he is done."""
        self.depth += 1
        if self.depth > self.levels:
            raise Exhausted(TOO_DEEP)

    # -- changes ------------------------------------------------------------------------------------------------------

    def changing_key(self, names: dict[str, Value], key: str) -> None:
        """Note that a namespace's `key` is about to change."""
        if self.journal is not None:
            self.journal.key(names, key)

    def changing(self, container: Container) -> None:
        """Note that a list, dict or set is about to change."""
        if self.journal is not None and self.journal.whole(container):
            self.charge(len(container) >> 2)  # it was copied, and will be put back

    def changing_attribute(self, owner: object, name: str) -> None:
        """Note that an attribute of one of the evaluator's objects is about to change."""
        if self.journal is not None:
            self.journal.attribute(owner, name)

    # -- what comes out -----------------------------------------------------------------------------------------------

    def origin(self, node: ast.AST, scope: Scope) -> Origin:
        """Give the origin of what `node` makes here."""
        syntax = scope.module.syntax
        if syntax is None:  # somebody outside of all modules asks
            return self.caller or NOWHERE
        return Trace(syntax, node, self.caller)

    def unknown(self, reason: str, node: ast.AST, scope: Scope) -> Unknown:
        """Make an `Unknown` for the first time, as against passing one on, and record it."""
        return self.record(self.possibly(reason, node, scope))

    def possibly(self, reason: str, node: ast.AST, scope: Scope) -> Unknown:
        """Make an `Unknown` that may turn out not to matter; whoever uses it hands it to `record`."""
        return Unknown(reason, self.origin(node, scope))

    def record(self, unknown: Unknown) -> Unknown:
        """Record an `Unknown`, if its place and reason are not yet."""
        origin = unknown.origin
        key = (origin.key if isinstance(origin, Trace) else origin, unknown.reason)
        if self.kept is not None:
            self.kept.records(key, unknown)
        return self.unknowns.setdefault(key, unknown)

    def note(self, reason: str, origin: Origin) -> Unknown:
        """Record an `Unknown` whose place is known."""
        return self.record(Unknown(reason, origin))

    def tell(self, call: Call) -> Value:
        """Tell the host of a symbolic call; give its answer, or the call itself."""
        if self.wants is not None and self.wants(call.callee):
            self.worked += 1
        if not self.tells_calls:
            return call
        try:
            answer = self.host.call(call)
        except RaisedError as error:
            raise raised_by_host(error) from error
        return call if answer is UNANSWERED else answer

    def ask(self, method: Callable[..., Value], *args: Value) -> Value:
        """Ask the host; what it raises for the code that is read becomes an exception there."""
        try:
            return method(*args)
        except RaisedError as error:
            made = raised_by_host(error)
            if self.kept is not None and error.if_awaited:
                self.kept.offers_error()
            if error.if_awaited and not any(awaits(made) for awaits in reversed(self.awaited)):
                return UNANSWERED
            raise made from error


def evaluate(run: Interpreter, node: ast.expr, scope: Scope) -> Value:
    """Evaluate an expression. Raises `Raised` and `Exhausted`."""
    return EXPRESSIONS[type(node)](run, node, scope)
