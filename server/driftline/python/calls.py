"""Calling values: which function runs for which kind of value, and calls of what is not read.

`CALLERS` is filled by the modules that know a kind of value: functions, classes, builtins.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from driftline.python.exceptions import raised
from driftline.python.host import UNANSWERED
from driftline.python.interpreter import Interpreter
from driftline.python.text_of import text_of
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Class,
    Operator,
    Partial,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from driftline.python.scope import Scope

Args = list[Value]
Kwargs = dict[str, Value]

Caller = Callable[[Interpreter, Value, "Args", "Kwargs", ast.AST, "Scope", bool], Value]
"""Calls a value: (run, function, args, kwargs, node, scope, whether arguments may be missing)."""

CALLERS: dict[type, Caller] = {}

Known = Callable[[Interpreter, "Args", "Kwargs", ast.AST, "Scope"], Value]
"""What a builtin or a function of the standard library does; UNANSWERED leaves the call symbolic."""

KNOWN: dict[str, Known] = {}
"""Functions whose meaning is known, by dotted path; filled by the modules that hold them."""

MATERIALISERS: dict[type, Callable[[Interpreter, Value], Value]] = {}
"""What turns an iterator or a view into a list before it is handed to what is not read."""

_NESTING = 100
"""How deep symbolic values may hang on each other: `a.b().c().d()` is 6."""


def call(
    run: Interpreter,
    function: Value,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool = False,  # noqa: FBT001, FBT002 - passed on as it is, on the hottest path
) -> Value:
    """Call `function` as `node` in `scope` does; `unpacked`: arguments of unknown number were passed too."""
    caller = CALLERS.get(type(function))
    if caller is None:
        raise raised(TypeError, f"`{text_of(function)}` object is not callable")
    return caller(run, function, args, kwargs, node, scope, unpacked)


def call_symbolic(
    run: Interpreter,
    function: Value,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    """Make a `Call` of what is not read, tell the host, and give its answer or the call."""
    nesting = getattr(function, "nesting", 0) + 1
    if nesting > _NESTING:
        return run.unknown("too many symbolic calls hang on each other", node, scope)
    if MATERIALISERS:
        for index, arg in enumerate(args):
            if type(arg) in MATERIALISERS:
                args[index] = MATERIALISERS[type(arg)](run, arg)
    made = Call(function, tuple(args), kwargs, run.origin(node, scope), unpacked=unpacked, nesting=nesting)
    return run.tell(made)


def _call_symbol(
    run: Interpreter,
    function: Symbol,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    known = KNOWN.get(function.path)
    if known is not None:
        if unpacked and function.path == "builtins.dict":
            # Whatever else is in it: what is known of it is known.
            more = run.unknown("what is passed to `dict` is not known", node, scope)
            answer = known(run, args, kwargs, node, scope)
            return {**answer, more: more} if type(answer) is dict else more
        if unpacked:
            return run.unknown(f"what is passed to `{function.name}` is not known", node, scope)
        answer = known(run, args, kwargs, node, scope)
        if answer is not UNANSWERED:
            return answer
    elif run.making and args and function.path.endswith((".__new__", ".__init__")):
        # `DeclarativeMeta.__new__(metaclass, name, bases, namespace)`, in a metaclass that was read.
        from driftline.python.class_making import bear, initialised  # it calls

        if function.name == "__init__" and type(args[0]) is Class:
            return initialised(run, args[0])
        born = bear(run, args, kwargs, node, scope)
        if born is not None:
            return born
    return call_symbolic(run, function, args, kwargs, node, scope, unpacked)


def _call_unknown(
    run: Interpreter,
    function: Unknown,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    if (args or kwargs) and run.tells_calls:
        made = Call(function, tuple(args), kwargs, run.origin(node, scope), unpacked=unpacked)
        run.ask(run.host.call_unknown, made)
    return function


def _call_bound(
    run: Interpreter,
    function: BoundMethod,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    return call(run, function.function, [function.receiver, *args], kwargs, node, scope, unpacked)


def _call_partial(
    run: Interpreter,
    function: Partial,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    run.deeper()
    result = call(run, function.function, [*function.args, *args], {**function.kwargs, **kwargs}, node, scope, unpacked)
    run.depth -= 1
    return result


CALLERS.update(
    {
        Symbol: _call_symbol,
        Call: call_symbolic,
        Attribute: call_symbolic,
        Operator: call_symbolic,
        Unknown: _call_unknown,
        BoundMethod: _call_bound,
        Partial: _call_partial,
    }
)
