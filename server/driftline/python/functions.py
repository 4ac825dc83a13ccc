"""Functions that were read: binding arguments, running bodies, generators and context managers.

Example: calling `lambda x, *rest: x` with `(1, 2)` binds `{"x": 1, "rest": (2,)}` and evaluates the body in that scope.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from driftline.python.branches import execute, execute_each, is_awaited, leave, result_of
from driftline.python.calls import CALLERS
from driftline.python.exceptions import Raised, raised
from driftline.python.interpreter import EXPRESSIONS, Interpreter
from driftline.python.iteration import Generator, OnValue
from driftline.python.nodes import children
from driftline.python.scope import Frame, Scope
from driftline.python.trace import Trace
from driftline.python.values import Class, Function, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# Decorators that leave a function's parameters as they are.
_TRANSPARENT = frozenset(
    {
        "builtins.property",
        "builtins.staticmethod",
        "builtins.classmethod",
        "functools.cached_property",
        "functools.lru_cache",
        "functools.lru_cache()",
        "functools.cache",
        "functools.wraps()",
        "contextlib.contextmanager",
        "contextlib.asynccontextmanager",
        "abc.abstractmethod",
        "typing.overload",
        "typing.final",
        "typing.no_type_check",
    }
)


class Signature(NamedTuple):
    """What a function takes, and whether it yields."""

    positional: tuple[str, ...]
    positional_only: int
    rest: str | None
    keyword_only: tuple[str, ...]
    keywords: str | None
    yields: bool


class ContextManager:
    """What calling a function with `@contextmanager` gives: the generator that runs around the `with` block."""

    __slots__ = ("generator",)

    def __init__(self, generator: Generator) -> None:
        """Run `generator` around the block."""
        self.generator = generator


def signature_of(function: Function) -> Signature:
    """Give what `function` takes; worked out once per syntax node."""
    node = function.node
    known: Signature | None = getattr(node, "_driftline_signature", None)
    if known is not None:
        return known
    args = node.args
    signature = Signature(
        tuple(one.arg for one in (*args.posonlyargs, *args.args)),
        len(args.posonlyargs),
        args.vararg.arg if args.vararg else None,
        tuple(one.arg for one in args.kwonlyargs),
        args.kwarg.arg if args.kwarg else None,
        _yields(function),
    )
    node._driftline_signature = signature  # type: ignore[union-attr]  # noqa: SLF001 - a memo that lives as long as the node
    return signature


def _yields(function: Function) -> bool:
    syntax = function.module.syntax
    if syntax is None or "yield" not in syntax.text:
        return False
    body = function.node.body
    pending: list[ast.AST] = list(body) if isinstance(body, list) else [body]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += children(node)
    return False


def bind(function: Function, args: list[Value], kwargs: Mapping[str, Value], *, unpacked: bool) -> dict[str, Value]:
    """Give the parameters of `function` by name; raises TypeError in the code that is read where they do not fit."""
    signature = signature_of(function)
    positional = signature.positional
    names: dict[str, Value] = dict(zip(positional, args, strict=False))
    if len(args) > len(positional):
        if signature.rest is None:
            msg = f"{function.name}() takes {len(positional)} positional arguments but {len(args)} were given"
            raise raised(TypeError, msg)
        names[signature.rest] = tuple(args[len(positional) :])
    elif signature.rest is not None:
        names[signature.rest] = ()
    if kwargs:
        _bind_keywords(function, signature, names, kwargs)
    elif signature.keywords is not None:
        names[signature.keywords] = {}
    if len(names) < len(positional) + len(signature.keyword_only) + (signature.rest is not None) + (
        signature.keywords is not None
    ):
        _bind_defaults(function, signature, names, unpacked=unpacked)
    return names


def _bind_keywords(
    function: Function, signature: Signature, names: dict[str, Value], kwargs: Mapping[str, Value]
) -> None:
    extra: dict[str, Value] = {}
    by_name = signature.positional[signature.positional_only :]
    for key, value in kwargs.items():
        if key in by_name or key in signature.keyword_only:
            if key in names:
                raise raised(TypeError, f"{function.name}() got multiple values for argument {key!r}")
            names[key] = value
        elif signature.keywords is not None:
            extra[key] = value
        else:
            raise raised(TypeError, f"{function.name}() got an unexpected keyword argument {key!r}")
    if signature.keywords is not None:
        names[signature.keywords] = extra


def _bind_defaults(function: Function, signature: Signature, names: dict[str, Value], *, unpacked: bool) -> None:
    without = len(signature.positional) - len(function.defaults)
    for index, name in enumerate(signature.positional):
        if name in names:
            continue
        if unpacked:
            names[name] = Unknown(f"what is passed as `{name}` is not known", function.origin)
        elif index >= without:
            names[name] = function.defaults[index - without]
        else:
            names[name] = _missing(function, name)
    for name in signature.keyword_only:
        if name in names:
            continue
        if unpacked:
            names[name] = Unknown(f"what is passed as `{name}` is not known", function.origin)
        elif name in function.kw_defaults:
            names[name] = function.kw_defaults[name]
        else:
            names[name] = _missing(function, name)


def _missing(function: Function, name: str) -> Value:
    if all(dotted(one) in _TRANSPARENT for one in function.decorators):
        raise raised(TypeError, f"{function.name}() missing a required argument: {name!r}")
    return Unknown(f"`{name}` is passed by a decorator that is not read", function.origin)


def call_function(
    run: Interpreter,
    function: Function,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.AST,
    scope: Scope,
    unpacked: bool = False,  # noqa: FBT001, FBT002 - a `Caller`
) -> Value:
    """Call a function that was read."""
    names = bind(function, args, kwargs, unpacked=unpacked)
    frame = Frame(function, args[0] if args else None)
    inner = Scope(names, function.scope, function.module, frame)
    if signature_of(function).yields:
        made = Generator(lambda on_value: _run_generator(run, inner, on_value, node, scope), (node, scope))
        return ContextManager(made) if _makes_context_manager(function) else made
    try:
        return run_body(run, inner, node, scope)
    except Raised as error:
        begun = scope.frame.function is None or scope.frame.entry
        if not begun or not error.explicit or _is_protocol(error) or is_awaited(run, error):
            raise
        # The program raises this where something is missing. Where it works it is not missing: that is a misreading of
        # ours. A whole statement need not be lost for that; what is not known is what this call gives.
        return run.unknown(error.reason, node, scope)


_PROTOCOL = frozenset({"AttributeError", "LookupError", "StopIteration", "StopAsyncIteration", "ImportError"})
"""Exceptions by which a function tells its caller that there is none of what it was asked for."""


def _is_protocol(error: Raised) -> bool:
    return not _PROTOCOL.isdisjoint(error.names)


def run_body(run: Interpreter, inner: Scope, node: ast.AST, scope: Scope, *, entry: bool = False) -> Value:
    """Run the body of the function of `inner`'s frame, called as `node` in `scope`; give what it returns.

    `entry`: nobody in the code that is read called it, so its statements are run each on its own (see `execute_each`);
    the same for a call that is all of a module's statement (`run_migrations()` at the end of env.py).
    """
    entry = entry or (node is run.main and scope.parent is None)
    run.steps -= 1
    run.deeper()
    depth, caller = run.depth, run.caller
    syntax = scope.module.syntax
    if not entry and syntax is not None:
        run.caller = Trace(syntax, node, caller)
    frame = inner.frame
    frame.entry = entry
    function = frame.function
    assert function is not None  # noqa: S101 - the frame of a function
    worked = run.worked
    try:
        body = function.node.body
        if not isinstance(body, list):
            return EXPRESSIONS[type(body)](run, body, inner)
        if entry:
            execute_each(run, body, inner)
        else:
            execute(run, body, inner)
        run.jumped_at = None
        return result_of(run, frame, worked) if frame.results else frame.result
    finally:
        if frame.ends:
            leave(frame, 0)
        run.caller = caller
        run.depth = depth - 1


def _run_generator(run: Interpreter, inner: Scope, on_value: OnValue, node: ast.AST, scope: Scope) -> Value:
    """Run a generator's body, handing what it yields to `on_value`, which runs as if the body did not exist."""
    caller, depth = run.caller, run.depth

    def on_yield(value: Value) -> Value:
        inner_caller, inner_depth = run.caller, run.depth
        run.caller, run.depth = caller, max(depth, inner_depth)
        try:
            return on_value(value)
        finally:
            run.caller, run.depth = inner_caller, inner_depth

    inner.frame.on_yield = on_yield
    return run_body(run, inner, node, scope)


def _makes_context_manager(function: Function) -> bool:
    return any(
        isinstance(one, Symbol) and one.path in ("contextlib.contextmanager", "contextlib.asynccontextmanager")
        for one in function.decorators
    )


def owner_of(scope: Scope) -> tuple[Class | None, Value]:
    """Give the class in which the function that runs in `scope` was defined, and its first argument: for `super()`."""
    function = scope.frame.function
    if function is None:
        return None, None
    names = signature_of(function).positional
    return function.owner, scope.frame.receiver if not names else _local(scope, names[0])


def _local(scope: Scope, name: str) -> Value:
    one: Scope | None = scope
    while one is not None:
        if name in one.names:
            return one.names[name]
        one = one.parent
    return None


CALLERS[Function] = call_function
