"""What each kind of statement does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from driftline.dataclass import replace
from driftline.python.attributes import Method, delete_attribute, get_attribute, set_attribute
from driftline.python.branches import (
    caught_by,
    choose,
    depends_on,
    execute,
    follow_both,
    leave,
    once_or_not,
    shadow,
    text_of_node,
)
from driftline.python.calls import KNOWN, call
from driftline.python.classes import make_class
from driftline.python.exceptions import Raised, matches, raised, raised_value
from driftline.python.functions import ContextManager
from driftline.python.host import UNANSWERED
from driftline.python.imports import bind, bind_for_type_checkers, import_from_statement, import_statement
from driftline.python.interest import calls_wanted, does_work
from driftline.python.interpreter import EXPRESSIONS, STATEMENTS, Interpreter, Signal
from driftline.python.iteration import Enough, Generator, iterate, known_items
from driftline.python.operators import delete_item, get_item, inplace, set_item, truth
from driftline.python.patterns import matches_pattern
from driftline.python.scope import Scope
from driftline.python.values import (
    Annotation,
    Attribute,
    BoundMethod,
    Call,
    Class,
    Function,
    Instance,
    Operator,
    Partial,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

BREAK, CONTINUE, RETURN = Signal.BREAK, Signal.CONTINUE, Signal.RETURN

# ---------------------------------------------------------------------------------------------------------------------
# Binding


def assign(run: Interpreter, target: ast.expr, value: Value, scope: Scope) -> None:
    """Bind `value` to an assignment's target."""
    kind = type(target)
    if kind is ast.Name:
        bind(run, target.id, value, target, scope)  # type: ignore[attr-defined]
    elif isinstance(target, ast.Attribute):
        owner = EXPRESSIONS[type(target.value)](run, target.value, scope)
        set_attribute(run, owner, target.attr, value, target, scope)
    elif isinstance(target, ast.Subscript):
        owner = EXPRESSIONS[type(target.value)](run, target.value, scope)
        key = EXPRESSIONS[type(target.slice)](run, target.slice, scope)
        set_item(run, owner, key, value, target, scope)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target, value, scope)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, scope)


def _unpack(run: Interpreter, target: ast.Tuple | ast.List, value: Value, scope: Scope) -> None:
    run.deeper()
    targets = target.elts
    star = next((index for index, one in enumerate(targets) if isinstance(one, ast.Starred)), None)
    values = known_items(run, value, target, scope)
    if isinstance(values, Unknown):
        for index, one in enumerate(targets):
            assign(run, one, _part(run, value, values, index, target, scope) if star is None else values, scope)
        run.depth -= 1
        return
    if star is None:
        if len(values) != len(targets):
            few = "not enough" if len(values) < len(targets) else "too many"
            raise raised(ValueError, f"{few} values to unpack (expected {len(targets)})")
        for one, item in zip(targets, values, strict=True):
            assign(run, one, item, scope)
    else:
        behind = len(targets) - star - 1
        if len(values) < star + behind:
            raise raised(ValueError, f"not enough values to unpack (expected at least {star + behind})")
        end = len(values) - behind
        for one, item in zip(targets, [*values[:star], values[star:end], *values[end:]], strict=True):
            assign(run, one, item, scope)
    run.depth -= 1


def _part(run: Interpreter, value: Value, unknown: Unknown, index: int, node: ast.AST, scope: Scope) -> Value:
    """Give one of several parts of something symbolic, as the host may know it by its index."""
    if isinstance(value, (Call, Attribute, Operator)) and run.asks_for_items:
        answer = run.ask(run.host.get_item, value, index)
        if answer is not UNANSWERED:
            return answer
    del node, scope
    return unknown


def _assign(run: Interpreter, node: ast.Assign, scope: Scope) -> None:
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    if node.type_comment is not None and type(node.targets[0]) is ast.Name:
        # `type X = …` (see `newer_syntax`): an object of its own, which is not what it stands for.
        alias = Symbol("typing.TypeAliasType")
        value = Call(alias, (node.targets[0].id, value), {}, run.origin(node, scope))
    for target in node.targets:
        if type(target) is ast.Name:
            bind(run, target.id, value, node, scope)
        else:
            assign(run, target, value, scope)


def _annotated_assign(run: Interpreter, node: ast.AnnAssign, scope: Scope) -> None:
    target = node.target
    if scope.cls is not None and isinstance(target, ast.Name):
        cls = scope.cls
        run.changing_key(cls.annotations, target.id)
        run.changing_key(cls.origins, target.id)
        origin = run.origin(node, scope)
        cls.annotations[target.id] = Annotation(node.annotation, scope.module, scope, origin)
        cls.origins[target.id] = origin
    if node.value is not None:
        value = EXPRESSIONS[type(node.value)](run, node.value, scope)
        if isinstance(target, ast.Name):
            bind(run, target.id, value, node, scope)
        else:
            assign(run, target, value, scope)


def _augmented_assign(run: Interpreter, node: ast.AugAssign, scope: Scope) -> None:
    target = node.target
    if isinstance(target, ast.Name):
        load = EXPRESSIONS[ast.Name](run, target, scope)
        value = EXPRESSIONS[type(node.value)](run, node.value, scope)
        bind(run, target.id, inplace(run, node.op, load, value, node, scope), node, scope)
        return
    owner = EXPRESSIONS[type(target.value)](run, target.value, scope)
    if isinstance(target, ast.Attribute):
        load = get_attribute(run, owner, target.attr, target, scope)
        value = EXPRESSIONS[type(node.value)](run, node.value, scope)
        set_attribute(run, owner, target.attr, inplace(run, node.op, load, value, node, scope), node, scope)
    else:
        key = EXPRESSIONS[type(target.slice)](run, target.slice, scope)
        load = get_item(run, owner, key, target, scope)
        value = EXPRESSIONS[type(node.value)](run, node.value, scope)
        set_item(run, owner, key, inplace(run, node.op, load, value, node, scope), node, scope)


def _delete(run: Interpreter, node: ast.Delete, scope: Scope) -> None:
    pending = list(node.targets)[::-1]
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Name):
            holder = (scope.redirected or {}).get(target.id, scope)
            if target.id not in holder.names:
                raise raised(NameError, f"name {target.id!r} is not defined")
            run.changing_key(holder.names, target.id)
            del holder.names[target.id]
        elif isinstance(target, ast.Attribute):
            delete_attribute(run, EXPRESSIONS[type(target.value)](run, target.value, scope), target.attr)
        elif isinstance(target, ast.Subscript):
            owner = EXPRESSIONS[type(target.value)](run, target.value, scope)
            delete_item(run, owner, EXPRESSIONS[type(target.slice)](run, target.slice, scope), target, scope)
        elif isinstance(target, (ast.Tuple, ast.List)):
            pending.extend(reversed(target.elts))


def _global(run: Interpreter, node: ast.Global, scope: Scope) -> None:
    del run
    root = scope.root()
    if root is not scope:
        scope.redirected = {**(scope.redirected or {}), **dict.fromkeys(node.names, root)}


def _nonlocal(run: Interpreter, node: ast.Nonlocal, scope: Scope) -> None:
    del run
    for name in node.names:
        outer = scope.parent
        while outer is not None and outer.parent is not None and (outer.cls is not None or name not in outer.names):
            outer = outer.parent
        if outer is not None:
            scope.redirected = {**(scope.redirected or {}), name: outer}


# ---------------------------------------------------------------------------------------------------------------------
# Definitions

_TRANSPARENT = frozenset({"builtins.staticmethod", "builtins.classmethod", "builtins.property"})


def make_function(
    run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope, name: str
) -> Function:
    """Make the function that a definition or a lambda stands for."""
    args = node.args
    defaults = tuple(EXPRESSIONS[type(one)](run, one, scope) for one in args.defaults) if args.defaults else ()
    kw_defaults = (
        {
            arg.arg: EXPRESSIONS[type(one)](run, one, scope)
            for arg, one in zip(args.kwonlyargs, args.kw_defaults, strict=True)
            if one is not None
        }
        if args.kwonlyargs
        else {}
    )
    if scope.cls is not None:
        qualname = f"{scope.cls.qualname}.{name}"
    elif scope.frame.function is not None:
        qualname = f"{scope.frame.function.qualname}.<locals>.{name}"
    else:
        qualname = name
    return Function(
        name,
        qualname,
        node,
        scope.module,
        scope.closure,
        defaults,
        kw_defaults,
        origin=run.origin(node, scope),
        owner=scope.cls if scope.cls is not None else None,
    )


def _function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    if not node.decorator_list:
        bind(run, node.name, make_function(run, node, scope, node.name), node, scope)
        return
    decorators = [EXPRESSIONS[type(one)](run, one, scope) for one in node.decorator_list]
    function = make_function(run, node, scope, node.name)
    value: Value = function
    for decorator in reversed(decorators):
        value = _decorate(run, decorator, value, node, scope)
    bind(run, node.name, value, node, scope)
    if isinstance(value, Function) and any(
        not (isinstance(one, Symbol) and one.path in _TRANSPARENT) for one in value.decorators
    ):
        run.host.function_created(value)


def _decorate(
    run: Interpreter, decorator: Value, value: Value, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope
) -> Value:
    """Apply a decorator that was read; note one that was not."""
    if isinstance(decorator, (Function, Class, BoundMethod, Partial, Instance)):
        return call(run, decorator, [value], {}, node, scope)
    if isinstance(decorator, Method):
        return call(run, decorator, [value], {}, node, scope)
    path = decorator.path if isinstance(decorator, Symbol) else ""
    if isinstance(value, Function) and path not in _REPLACING:
        value.decorators = (decorator, *value.decorators)
        return value
    if path in KNOWN:
        return call(run, decorator, [value], {}, node, scope)
    return value


_REPLACING = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})
"""Decorators after which another function is called, or may be."""


def _class(run: Interpreter, node: ast.ClassDef, scope: Scope) -> None:
    bind(run, node.name, make_class(run, node, scope), node, scope)


# ---------------------------------------------------------------------------------------------------------------------
# Control


def _if(run: Interpreter, node: ast.If, scope: Scope) -> Signal | None:
    while True:
        test, body, orelse = node.test, node.body, node.orelse
        if _is_for_type_checkers(test):
            bind_for_type_checkers(body, scope)
            return execute(run, orelse, scope) if orelse else None
        value = EXPRESSIONS[type(test)](run, test, scope)
        known = value if value is True or value is False else truth(run, value, test, scope)
        if known is None:
            return choose(run, test, value, body, orelse, scope)
        taken, other = (body, orelse) if known else (orelse, body)
        if run.follow and other and calls_wanted(run, other, scope):
            text = text_of_node(test, scope)
            _in_shadow(run, other, scope, f"not ({text})" if known else text, test)
        if len(taken) == 1 and type(taken[0]) is ast.If:
            node = taken[0]  # `elif`, however many of them
            run.charge(1)
            continue
        if not taken:
            return None
        signal = execute(run, taken, scope)
        if signal is not None and run.follow and run.jumped_at is None:
            text = text_of_node(test, scope)
            run.jumped_at = (test, f"not ({text})" if known else text)
        return signal


def _in_shadow(run: Interpreter, body: list[ast.stmt], scope: Scope, condition: str, node: ast.AST) -> None:
    shadow(run, lambda: execute(run, body, scope), scope, condition, node)


def _is_for_type_checkers(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _for(run: Interpreter, node: ast.For | ast.AsyncFor, scope: Scope) -> Signal | None:
    values = EXPRESSIONS[type(node.iter)](run, node.iter, scope)
    frame = scope.frame
    if type(values) is Generator and values.cursor is None:
        signal = _for_each_of_generator(run, node, values, scope)
        return _after_loop(run, node, signal, scope)
    items = iterate(run, values, node.iter, scope)
    if items is None:
        return _for_unknown(run, node, values, scope)
    outer_open, mark = frame.open_loop, len(frame.ends)
    signal = None
    ran = False
    for item in items:
        ran = True
        run.charge(1)
        assign(run, node.target, item, scope)
        signal = execute(run, node.body, scope)
        if signal is not None:
            if signal is CONTINUE:
                signal = None
                run.jumped_at = None
            else:
                break
        if len(frame.ends) > mark:
            leave(frame, mark, CONTINUE)
    leave(frame, mark, BREAK)
    frame.open_loop = outer_open
    rest = getattr(values, "rest", None)
    if rest is not None and signal is None:
        return _for_unknown(run, node, rest, scope)
    if run.follow and not ran and calls_wanted(run, node.body, scope):
        _loop_in_shadow(run, node, scope)
    return _after_loop(run, node, signal, scope)


def _after_loop(
    run: Interpreter, node: ast.For | ast.AsyncFor | ast.While, signal: Signal | None, scope: Scope
) -> Signal | None:
    if signal is RETURN:
        return signal
    if signal is BREAK:
        run.jumped_at = None
        return None
    return execute(run, node.orelse, scope) if node.orelse else None


def _for_each_of_generator(
    run: Interpreter, node: ast.For | ast.AsyncFor, values: Generator, scope: Scope
) -> Signal | None:
    """Run a loop's body for each value as the generator yields it."""
    ended: list[Signal] = []
    failed: list[Raised] = []

    def body(value: Value) -> Value:
        run.charge(1)
        try:
            assign(run, node.target, value, scope)
            signal = execute(run, node.body, scope)
        except Raised as error:
            failed.append(error)
            raise Enough from error
        if signal is not None and signal is not CONTINUE:
            ended.append(signal)
            raise Enough
        run.jumped_at = None
        return None

    mark, depth = len(scope.frame.ends), run.depth
    run.changing_attribute(values, "cursor")
    cursor = values.spend()
    try:
        values.start(body)
    except Enough:
        run.depth = depth
        cursor.rest = run.unknown("the rest of a generator is not worked out", *values.where)
    leave(scope.frame, mark, BREAK)
    if failed:
        raise failed[0]
    return ended[0] if ended else None


def _for_unknown(run: Interpreter, node: ast.For | ast.AsyncFor, values: Value, scope: Scope) -> Signal | None:
    """Follow the body once, with something Unknown to loop over."""
    text = text_of_node(node.iter, scope)
    why = f": {values.reason}" if isinstance(values, Unknown) else ""
    reason = run.possibly(f"it depends on what is in `{text}`{why}", node.iter, scope)
    reason = replace(reason, looked=isinstance(values, Unknown) and values.looked)
    frame = scope.frame
    outer_open, mark = frame.open_loop, len(frame.ends)

    def body() -> Signal | None:
        _assign_unknown(run, node.target, reason, scope)
        try:
            return execute(run, node.body, scope)
        finally:
            leave(frame, mark, BREAK)

    once_or_not(run, body, scope, reason, f"there is something in {text}", node.iter)
    frame.open_loop = outer_open
    run.jumped_at = None
    return execute(run, node.orelse, scope) if node.orelse else None


def _assign_unknown(run: Interpreter, target: ast.expr, reason: Unknown, scope: Scope) -> None:
    assign(run, target, reason, scope)


def _loop_in_shadow(run: Interpreter, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
    text = text_of_node(node.iter, scope)
    nothing = Unknown(f"there is nothing in `{text}`", run.origin(node.iter, scope))

    def body() -> Signal | None:
        assign(run, node.target, nothing, scope)
        return execute(run, node.body, scope)

    shadow(run, body, scope, f"there is something in {text}", node.iter)


def _while(run: Interpreter, node: ast.While, scope: Scope) -> Signal | None:
    frame = scope.frame
    outer_open, mark = frame.open_loop, len(frame.ends)
    signal: Signal | None = None
    while True:
        run.charge(1)
        value = EXPRESSIONS[type(node.test)](run, node.test, scope)
        known = truth(run, value, node.test, scope)
        if known is None:
            reason = depends_on(run, node.test, value, scope)
            text = text_of_node(node.test, scope)
            once_or_not(run, lambda: execute(run, node.body, scope), scope, reason, text, node.test)
            break
        if not known:
            break
        frame.open_loop = False
        signal = execute(run, node.body, scope)
        if len(frame.ends) > mark:
            leave(frame, mark, CONTINUE)
        # Where a condition that is not known could have ended the loop, it is taken to do so now.
        if signal is BREAK or signal is RETURN or frame.open_loop:
            break
    leave(frame, mark, BREAK)
    frame.open_loop = outer_open
    if signal is CONTINUE:
        signal = None
    return _after_loop(run, node, signal, scope)


def _break(run: Interpreter, node: ast.Break, scope: Scope) -> Signal:
    del run, node, scope
    return BREAK


def _continue(run: Interpreter, node: ast.Continue, scope: Scope) -> Signal:
    del run, node, scope
    return CONTINUE


def _return(run: Interpreter, node: ast.Return, scope: Scope) -> Signal:
    run.jumped_at = None
    scope.frame.result = None if node.value is None else EXPRESSIONS[type(node.value)](run, node.value, scope)
    return RETURN


def _pass(run: Interpreter, node: ast.stmt, scope: Scope) -> None:
    del run, node, scope


def _assert(run: Interpreter, node: ast.Assert, scope: Scope) -> None:
    """Take it that what is asserted holds; only the names that it binds are worked out."""
    if any(isinstance(one, ast.NamedExpr) for one in ast.walk(node.test)):
        EXPRESSIONS[type(node.test)](run, node.test, scope)


def _expression(run: Interpreter, node: ast.Expr, scope: Scope) -> None:
    value = node.value
    if scope.parent is None and type(value) is ast.Call:
        run.main = value
    if type(value) is not ast.Constant:
        EXPRESSIONS[type(value)](run, value, scope)


def _raise(run: Interpreter, node: ast.Raise, scope: Scope) -> None:
    if node.exc is None:
        current = _local(scope, _CURRENT)
        if isinstance(current, Raised):
            raise current
        raise raised(RuntimeError, "No active exception to reraise")
    value = EXPRESSIONS[type(node.exc)](run, node.exc, scope)
    raise raised_value(value, text_of_node(node.exc, scope), scope.frame)


_CURRENT = " exception"
"""The name, which no program can write, under which a handler's exception is kept for a bare `raise`."""


def _local(scope: Scope, name: str) -> Value:
    one: Scope | None = scope
    while one is not None:
        if name in one.names:
            return one.names[name]
        one = one.parent
    return None


def _try(run: Interpreter, node: ast.Try, scope: Scope) -> Signal | None:
    if not node.finalbody:
        return _try_except(run, node, scope)
    try:
        signal = _try_except(run, node, scope)
    except (Raised, Enough):
        depth = run.depth
        last = execute(run, node.finalbody, scope)
        run.depth = depth
        if last is not None:
            return last
        raise
    result = scope.frame.result
    jumped_at = run.jumped_at
    last = execute(run, node.finalbody, scope)
    if last is not None:
        return last
    scope.frame.result = result
    run.jumped_at = jumped_at
    return signal


def _try_except(run: Interpreter, node: ast.Try, scope: Scope) -> Signal | None:
    depth = run.depth
    run.awaited.append(caught_by(run, node.handlers, scope))
    waiting = len(run.awaited)
    try:
        signal = execute(run, node.body, scope)
    except Raised as error:
        del run.awaited[waiting - 1 :]
        run.depth = depth
        for handler in node.handlers:
            if handler.type is None or matches(error, EXPRESSIONS[type(handler.type)](run, handler.type, scope)):
                return _handle(run, handler, error, scope)
        raise
    finally:
        del run.awaited[waiting - 1 :]
    if run.follow:
        for handler in node.handlers:
            if calls_wanted(run, handler.body, scope):
                text = text_of_node(handler.type, scope) if handler.type is not None else "an exception"
                _in_shadow(run, handler.body, scope, f"{text} is raised", handler)
    if signal is None and node.orelse:
        return execute(run, node.orelse, scope)
    return signal


def _handle(run: Interpreter, handler: ast.ExceptHandler, error: Raised, scope: Scope) -> Signal | None:
    previous = scope.names.get(_CURRENT)
    scope.names[_CURRENT] = error
    if handler.name:
        bind(run, handler.name, error.value, handler, scope)
    try:
        return execute(run, handler.body, scope)
    finally:
        if handler.name and handler.name in scope.names:
            run.changing_key(scope.names, handler.name)
            del scope.names[handler.name]
        if previous is None:
            scope.names.pop(_CURRENT, None)
        else:
            scope.names[_CURRENT] = previous


def _with(run: Interpreter, node: ast.With | ast.AsyncWith, scope: Scope) -> Signal | None:
    return _with_items(run, node, 0, scope)


def _with_items(run: Interpreter, node: ast.With | ast.AsyncWith, index: int, scope: Scope) -> Signal | None:
    if index == len(node.items):
        return execute(run, node.body, scope)
    run.deeper()
    depth = run.depth
    item = node.items[index]
    manager = EXPRESSIONS[type(item.context_expr)](run, item.context_expr, scope)

    def rest(value: Value) -> Signal | None:
        if item.optional_vars is not None:
            assign(run, item.optional_vars, value, scope)
        return _with_items(run, node, index + 1, scope)

    if type(manager) is ContextManager:
        signal = _with_generator(run, manager, rest)
    elif isinstance(manager, (Call, Attribute, Operator, Symbol)) or (
        isinstance(manager, Instance)
        and manager.cls.lookup("__enter__") is None
        and manager.cls.lookup("__aenter__") is None
    ):
        signal = _with_symbolic(run, manager, rest)
    elif isinstance(manager, Instance):
        signal = _with_instance(run, manager, rest, item.context_expr, scope)
    elif isinstance(manager, Suppress):
        signal = _with_suppress(run, manager, rest)
    else:
        signal = rest(manager)
    run.depth = depth - 1
    return signal


class Suppress:
    """`contextlib.suppress(...)`."""

    __slots__ = ("types",)

    def __init__(self, types: tuple[Value, ...]) -> None:
        """Suppress what `except types` would catch."""
        self.types = types


def _with_suppress(run: Interpreter, manager: Suppress, rest: Callable[[Value], Signal | None]) -> Signal | None:
    depth = run.depth
    run.awaited.append(lambda error: matches(error, manager.types))
    waiting = len(run.awaited)
    try:
        return rest(None)
    except Raised as error:
        if not matches(error, manager.types):
            raise
        run.depth = depth
        return None
    finally:
        del run.awaited[waiting - 1 :]


def _with_symbolic(run: Interpreter, manager: Value, rest: Callable[[Value], Signal | None]) -> Signal | None:
    value = run.ask(run.host.enter, manager)
    try:
        return rest(manager if value is UNANSWERED else value)
    finally:
        run.host.exit(manager)


def _with_generator(run: Interpreter, manager: ContextManager, rest: Callable[[Value], Signal | None]) -> Signal | None:
    """Run the block where the generator yields: what it raises is raised there."""
    signals: list[Signal | None] = []

    def block(value: Value) -> Value:
        if signals:
            raise raised(RuntimeError, "generator didn't stop")
        signals.append(None)
        signals[0] = rest(value)
        return None

    jumped_at = run.jumped_at
    manager.generator.start(block)
    run.jumped_at = jumped_at
    if not signals:
        raise raised(RuntimeError, "generator didn't yield")
    return signals[0]


def _with_instance(
    run: Interpreter, manager: Instance, rest: Callable[[Value], Signal | None], node: ast.AST, scope: Scope
) -> Signal | None:
    prefix = "__a" if manager.cls.lookup("__aenter__") is not None and manager.cls.lookup("__enter__") is None else "__"
    value = call(run, get_attribute(run, manager, f"{prefix}enter__", node, scope), [], {}, node, scope)
    depth = run.depth
    leaving = get_attribute(run, manager, f"{prefix}exit__", node, scope)
    try:
        signal = rest(value)
    except Raised as error:
        run.depth = depth
        kind = error.value.cls if isinstance(error.value, Instance) else getattr(error.value, "function", None)
        if truth(run, call(run, leaving, [kind, error.value, None], {}, node, scope), node, scope):
            return None
        raise
    result, jumped_at = scope.frame.result, run.jumped_at
    call(run, leaving, [None, None, None], {}, node, scope)
    scope.frame.result, run.jumped_at = result, jumped_at
    return signal


def _match(run: Interpreter, node: ast.Match, scope: Scope) -> Signal | None:
    subject = EXPRESSIONS[type(node.subject)](run, node.subject, scope)
    return _match_from(run, node, 0, subject, scope)


def _match_from(run: Interpreter, node: ast.Match, first: int, subject: Value, scope: Scope) -> Signal | None:
    for index in range(first, len(node.cases)):
        run.charge(1)
        case = node.cases[index]
        known = matches_pattern(run, case.pattern, subject, scope, assign)
        condition: ast.AST = case.pattern
        if known and case.guard is not None:
            condition = case.guard
            known = truth(run, EXPRESSIONS[type(case.guard)](run, case.guard, scope), case.guard, scope)
        if known is True:
            if run.follow:
                _other_cases_in_shadow(run, node, index, scope)
            return execute(run, case.body, scope)
        if known is None:
            return _match_unknown(run, node, index, (subject, condition), scope)
    if run.follow:
        _other_cases_in_shadow(run, node, -1, scope)
    return None


def _other_cases_in_shadow(run: Interpreter, node: ast.Match, taken: int, scope: Scope) -> None:
    for index, case in enumerate(node.cases):
        if index != taken and calls_wanted(run, case.body, scope):
            text = f"{text_of_node(node.subject, scope)} is {text_of_node(case.pattern, scope)}"
            _in_shadow(run, case.body, scope, text, case.pattern)


def _match_unknown(
    run: Interpreter, node: ast.Match, index: int, about: tuple[Value, ast.AST], scope: Scope
) -> Signal | None:
    """Follow a case of which it is not known whether it matches, and the cases after it."""
    subject, condition = about
    case = node.cases[index]
    reason = depends_on(run, node.subject, subject, scope)
    if does_work(run, case.body, scope):
        from driftline.python.branches import assuming

        if run.follow:
            _other_cases_in_shadow(run, node, index, scope)
        text = f"{text_of_node(node.subject, scope)} is {text_of_node(case.pattern, scope)}"
        with assuming(run, text, condition, scope, reason):
            return execute(run, case.body, scope)
    return follow_both(
        run,
        lambda: execute(run, case.body, scope),
        lambda: _match_from(run, node, index + 1, subject, scope),
        scope,
        reason,
    )


_HANDLERS: dict[type[ast.AST], Any] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated_assign,
    ast.AugAssign: _augmented_assign,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Return: _return,
    ast.Pass: _pass,
    ast.Assert: _assert,
    ast.Expr: _expression,
    ast.Raise: _raise,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
    ast.Import: import_statement,
    ast.ImportFrom: import_from_statement,
}
STATEMENTS.update(_HANDLERS)
