"""What each kind of expression evaluates to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import GETTERS, from_stars, get_attribute, missing_in_module
from driftline.python.branches import depends_on, merged, once_or_not, text_of_node
from driftline.python.budget import TOO_BIG, TOO_DEEP, TOO_MANY_STEPS, Exhausted
from driftline.python.calls import CALLERS
from driftline.python.exceptions import Raised, raised
from driftline.python.formatting import format_value
from driftline.python.host import UNANSWERED
from driftline.python.imports import bind
from driftline.python.interest import elements_do_work
from driftline.python.interpreter import EXPRESSIONS, Interpreter
from driftline.python.iteration import Cursor, Generator, iterate, known_items
from driftline.python.journal import Journal
from driftline.python.methods import call_method
from driftline.python.operators import (
    DICTS,
    SYMBOLIC,
    binary,
    compare,
    get_item,
    hashable,
    symbolic,
    truth,
    unary,
    unhashable,
)
from driftline.python.scope import Scope
from driftline.python.statements import assign, make_function
from driftline.python.text_of import text_of
from driftline.python.values import DEFAULTS, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

BUILTINS: dict[str, Value] = {}
"""The names that every module sees; filled by `builtins_functions.py`."""


def _constant(run: Interpreter, node: ast.Constant, scope: Scope) -> Value:
    del scope
    value = node.value
    if type(value) is str and len(value) > run.size:
        return Unknown(TOO_BIG)
    return value


def _name(run: Interpreter, node: ast.Name, scope: Scope) -> Value:
    name = node.id
    one: Scope | None = scope
    if scope.redirected is not None and name in scope.redirected:
        one = scope.redirected[name]
    while one is not None:
        if name in one.names:
            return one.names[name]
        one = one.parent if one.cls is None else one.closure
    return _missing_name(run, name, node, scope)


def _missing_name(run: Interpreter, name: str, node: ast.Name, scope: Scope) -> Value:
    module = scope.module
    if module.stars:
        # A star import shadows builtins: `from sqlalchemy import *` does not bind `int`, but says so itself.
        found = from_stars(run, module, name, node, scope) if name not in BUILTINS else UNANSWERED
        if found is not UNANSWERED:
            return found
    if name in BUILTINS:
        return BUILTINS[name]
    if name == "__class__" and scope.frame.function is not None and scope.frame.function.owner is not None:
        return scope.frame.function.owner
    if name in ("__qualname__", "__module__") and scope.cls is not None:
        return scope.cls.qualname if name == "__qualname__" else module.name
    if name.startswith("__") or name in module.typing_only:
        found = missing_in_module(run, module, name, node, scope)
        if found is not UNANSWERED:
            return found
    raise raised(NameError, f"name {name!r} is not defined")


def _attribute(run: Interpreter, node: ast.Attribute, scope: Scope) -> Value:
    names = [node.attr]
    inner = node.value
    while type(inner) is ast.Attribute:
        names.append(inner.attr)
        inner = inner.value
    if len(names) == 1:
        value = EXPRESSIONS[type(inner)](run, inner, scope)
        getter = GETTERS.get(type(value))
        return (
            getter(run, value, node.attr, node, scope) if getter else get_attribute(run, value, node.attr, node, scope)
        )
    run.charge(len(names))
    value = EXPRESSIONS[type(inner)](run, inner, scope)
    for name in reversed(names):
        value = get_attribute(run, value, name, node, scope)
    return value


def _call(run: Interpreter, node: ast.Call, scope: Scope) -> Value:
    run.steps -= 1
    run.depth += 1
    if run.depth > run.levels or run.steps < 0:
        raise Exhausted(TOO_MANY_STEPS if run.steps < 0 else TOO_DEEP)
    function_node = node.func
    receiver: Value = UNANSWERED
    if type(function_node) is ast.Attribute:
        receiver = EXPRESSIONS[type(function_node.value)](run, function_node.value, scope)
        getter = GETTERS.get(type(receiver))
        if getter is not None:
            function = getter(run, receiver, function_node.attr, function_node, scope)
            receiver = UNANSWERED
        else:
            function = None
    else:
        function = EXPRESSIONS[type(function_node)](run, function_node, scope)
    unpacked = False
    args: list[Value] = []
    for arg in node.args:
        if type(arg) is ast.Starred:
            values = known_items(run, EXPRESSIONS[type(arg.value)](run, arg.value, scope), arg, scope)
            if isinstance(values, Unknown):
                unpacked = True
            else:
                args += values
        else:
            args.append(EXPRESSIONS[type(arg)](run, arg, scope))
    kwargs: dict[str, Value] = {}
    for keyword in node.keywords:
        value = EXPRESSIONS[type(keyword.value)](run, keyword.value, scope)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        else:
            unpacked |= _unpack_keywords(run, kwargs, value, keyword, scope)
    if receiver is not UNANSWERED:
        result = call_method(run, receiver, function_node.attr, args, kwargs, node, scope, unpacked)  # type: ignore[attr-defined]
    else:
        caller = CALLERS.get(type(function))
        if caller is None:
            raise raised(TypeError, f"`{text_of(function)}` object is not callable")
        result = caller(run, function, args, kwargs, node, scope, unpacked)
    run.depth -= 1
    return result


def _unpack_keywords(run: Interpreter, kwargs: dict[str, Value], value: Value, node: ast.AST, scope: Scope) -> bool:
    """Add what `**value` passes to `kwargs`; give whether there may be more."""
    if type(value) in DICTS:
        run.charge(len(value) >> 3)
        more = False
        for key, one in value.items():
            if type(key) is str:
                kwargs[key] = one
            else:
                more = True
        return more
    if type(value) is Unknown or type(value) in SYMBOLIC:
        return True
    values = iterate(run, value, node, scope)
    if values is None:
        return True
    raise raised(TypeError, "argument after ** must be a mapping")


def _tuple(run: Interpreter, node: ast.Tuple, scope: Scope) -> Value:
    values = _elements(run, node.elts, node, scope)
    return values if type(values) is Unknown else tuple(values)


def _list(run: Interpreter, node: ast.List, scope: Scope) -> Value:
    return _elements(run, node.elts, node, scope)


def _elements(run: Interpreter, elements: list[ast.expr], node: ast.AST, scope: Scope) -> Value:
    run.charge(len(elements))
    run.deeper()
    values: list[Value] = []
    for one in elements:
        if type(one) is ast.Starred:
            more = known_items(run, EXPRESSIONS[type(one.value)](run, one.value, scope), one, scope)
            if isinstance(more, Unknown):
                # Some number of elements that are not known: at least it is seen that something is there.
                values.append(more)
            else:
                values += more
            if len(values) > run.size:
                return run.unknown(TOO_BIG, node, scope)
        else:
            values.append(EXPRESSIONS[type(one)](run, one, scope))
    run.depth -= 1
    return values


def _set(run: Interpreter, node: ast.Set, scope: Scope) -> Value:
    values = _elements(run, node.elts, node, scope)
    return values if type(values) is Unknown else make_set(values)


def make_set(values: list[Value]) -> set[Value]:
    """Make a set of values; raises TypeError in the code that is read where one is no key."""
    for one in values:
        if not hashable(one):
            raise unhashable(one)
    return set(values)


def _dict(run: Interpreter, node: ast.Dict, scope: Scope) -> Value:
    run.charge(len(node.keys))
    run.deeper()
    result: dict[Value, Value] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            more = EXPRESSIONS[type(value_node)](run, value_node, scope)
            if type(more) in DICTS:
                run.charge(len(more) >> 3)
                result.update(more)
            elif type(more) is Unknown:
                result[more] = more
            else:
                unknown = run.unknown(f"what is in `{text_of(more)}` is not known", value_node, scope)
                result[unknown] = unknown
            continue
        key = EXPRESSIONS[type(key_node)](run, key_node, scope)
        if not hashable(key):
            raise unhashable(key)
        result[key] = EXPRESSIONS[type(value_node)](run, value_node, scope)
    run.depth -= 1
    return result


def _binary(run: Interpreter, node: ast.BinOp, scope: Scope) -> Value:
    pending = [node]
    left = node.left
    while type(left) is ast.BinOp:
        pending.append(left)
        left = left.left
    run.charge(len(pending))
    run.deeper()
    value = EXPRESSIONS[type(left)](run, left, scope)
    for one in reversed(pending):
        right = EXPRESSIONS[type(one.right)](run, one.right, scope)
        value = binary(run, one.op, value, right, one, scope)
    run.depth -= 1
    return value


def _unary(run: Interpreter, node: ast.UnaryOp, scope: Scope) -> Value:
    run.charge(1)
    run.deeper()
    value = unary(run, node.op, EXPRESSIONS[type(node.operand)](run, node.operand, scope), node, scope)
    run.depth -= 1
    return value


def _boolean(run: Interpreter, node: ast.BoolOp, scope: Scope) -> Value:
    run.charge(len(node.values))
    run.deeper()
    value = _boolean_of(run, node, scope)
    run.depth -= 1
    return value


def _boolean_of(run: Interpreter, node: ast.BoolOp, scope: Scope) -> Value:
    ending = type(node.op) is ast.Or
    unsure: list[Value] = []
    last = node.values[-1]
    for one in node.values:
        # What stands behind an operand that is not known may not be evaluated at all.
        value = EXPRESSIONS[type(one)](run, one, scope) if not unsure else _tentatively(run, one, scope)
        known = truth(run, value, one, scope)
        if known is ending:
            if not unsure:
                return value
            if ending and type(value) in DEFAULTS and all(type(one) is Unknown and one.unset for one in unsure):
                # The project runs where none of that is set, and this is how.
                run.unknown(f"{unsure[0].reason}: {text_of(value)} is assumed", node, scope)
                return value
            # `unknown or True` is true whatever comes first; which of the two it is shows in nothing but its truth.
            return value if type(value) is bool else _unsure(run, [*unsure, value], node, scope)
        if known is None or one is last:
            unsure.append(value)
    return unsure[0] if len(unsure) == 1 else _unsure(run, unsure, node, scope)


def _unsure(run: Interpreter, values: list[Value], node: ast.BoolOp, scope: Scope) -> Value:
    for one in values:
        if type(one) is Unknown:
            return one
    return symbolic(run, "or" if type(node.op) is ast.Or else "and", tuple(values), node, scope)


def _tentatively(run: Interpreter, node: ast.expr, scope: Scope) -> Value:
    """Evaluate what may not be evaluated, and undo what it did."""
    outer, run.journal = run.journal, Journal()
    depth = run.depth
    try:
        return EXPRESSIONS[type(node)](run, node, scope)
    except Raised as error:
        run.depth = depth
        return run.unknown(error.reason, node, scope)
    finally:
        run.journal.undo()
        run.journal = outer


def _compare(run: Interpreter, node: ast.Compare, scope: Scope) -> Value:
    run.charge(len(node.ops))
    run.deeper()
    left = EXPRESSIONS[type(node.left)](run, node.left, scope)
    result: Value = True
    unsure: Value = UNANSWERED
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = EXPRESSIONS[type(right_node)](run, right_node, scope)
        result = compare(run, op, left, right, node, scope)
        if result is not True:
            if result is False or truth(run, result, node, scope) is False:
                run.depth -= 1
                return result
            if unsure is UNANSWERED and truth(run, result, node, scope) is None:
                unsure = result
        left = right
    run.depth -= 1
    return result if unsure is UNANSWERED else unsure


def _conditional(run: Interpreter, node: ast.IfExp, scope: Scope) -> Value:
    run.charge(1)
    run.deeper()
    test = EXPRESSIONS[type(node.test)](run, node.test, scope)
    known = truth(run, test, node.test, scope)
    if known is None:
        reason = depends_on(run, node.test, test, scope)
        with run.host.either(reason):
            first = _tentatively(run, node.body, scope)
            second = _tentatively(run, node.orelse, scope)
        value = merged(run, first, second, reason)
    else:
        taken = node.body if known else node.orelse
        value = EXPRESSIONS[type(taken)](run, taken, scope)
    run.depth -= 1
    return value


def _subscript(run: Interpreter, node: ast.Subscript, scope: Scope) -> Value:
    run.charge(1)
    run.deeper()
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    key = EXPRESSIONS[type(node.slice)](run, node.slice, scope)
    result = get_item(run, value, key, node, scope)
    run.depth -= 1
    return result


def _slice(run: Interpreter, node: ast.Slice, scope: Scope) -> Value:
    parts = [
        None if one is None else EXPRESSIONS[type(one)](run, one, scope) for one in (node.lower, node.upper, node.step)
    ]
    for one in parts:
        if one is not None and type(one) not in (int, bool):
            return one if type(one) is Unknown else run.unknown(f"`{text_of(one)}` is not known", node, scope)
    return slice(*parts)


def _lambda(run: Interpreter, node: ast.Lambda, scope: Scope) -> Value:
    return make_function(run, node, scope, "<lambda>")


def _joined(run: Interpreter, node: ast.JoinedStr, scope: Scope) -> Value:
    run.charge(len(node.values))
    run.deeper()
    parts: list[str] = []
    unknown: Value = None
    for one in node.values:
        if type(one) is ast.Constant:
            parts.append(str(one.value))
            continue
        part = _formatted(run, one, scope)  # type: ignore[arg-type]
        if type(part) is str:
            parts.append(part)
        elif unknown is None:
            unknown = part
    run.depth -= 1
    if unknown is not None:
        return unknown
    if sum(map(len, parts)) > run.size:
        return run.unknown(TOO_BIG, node, scope)
    text = "".join(parts)
    run.charge(len(text) >> 3)
    return text


_CONVERSIONS = {-1: "", 115: "s", 114: "r", 97: "a"}


def _formatted(run: Interpreter, node: ast.FormattedValue, scope: Scope) -> Value:
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    spec: Value = ""
    if node.format_spec is not None:
        spec = EXPRESSIONS[type(node.format_spec)](run, node.format_spec, scope)
        if type(spec) is not str:
            return spec
    return format_value(run, value, _CONVERSIONS.get(node.conversion, ""), spec, node, scope)


def _starred(run: Interpreter, node: ast.Starred, scope: Scope) -> Value:
    return EXPRESSIONS[type(node.value)](run, node.value, scope)


def _named(run: Interpreter, node: ast.NamedExpr, scope: Scope) -> Value:
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    # In a comprehension it binds in the scope around it.
    outer = scope
    while outer.comprehension and outer.parent is not None:
        outer = outer.parent
    bind(run, node.target.id, value, node, outer)
    return value


def _await(run: Interpreter, node: ast.Await, scope: Scope) -> Value:
    run.deeper()
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    run.depth -= 1
    return value


def _yield(run: Interpreter, node: ast.Yield, scope: Scope) -> Value:
    value = None if node.value is None else EXPRESSIONS[type(node.value)](run, node.value, scope)
    on_yield = scope.frame.on_yield
    return None if on_yield is None else on_yield(value)


def _yield_from(run: Interpreter, node: ast.YieldFrom, scope: Scope) -> Value:
    value = EXPRESSIONS[type(node.value)](run, node.value, scope)
    on_yield = scope.frame.on_yield
    if on_yield is None:
        return None
    if type(value) is Generator and value.cursor is None:
        value.spend()
        return value.start(on_yield)
    values = iterate(run, value, node, scope)
    if values is None:
        on_yield(value if type(value) is Unknown else run.unknown(f"what is in `{text_of(value)}`", node, scope))
        return None
    for one in values:
        run.charge(1)
        on_yield(one)
    return None


# ---------------------------------------------------------------------------------------------------------------------
# Comprehensions


def _comprehend(
    run: Interpreter,
    generators: list[ast.comprehension],
    elements: list[ast.expr],
    scope: Scope,
    emit: Callable[[Scope], None],
) -> Unknown | None:
    """Run `emit`, which evaluates `elements`, for each combination; give why that is not known, where it is not."""
    run.deeper()
    inner = Scope({}, scope.closure, scope.module, scope.frame)
    inner.redirected = scope.redirected
    inner.comprehension = True
    first = EXPRESSIONS[type(generators[0].iter)](run, generators[0].iter, scope)
    reason = _each(run, generators, elements, 0, first, inner, emit)
    run.depth -= 1
    return reason


def _each(
    run: Interpreter,
    generators: list[ast.comprehension],
    elements: list[ast.expr],
    index: int,
    values: Value,
    scope: Scope,
    emit: Callable[[Scope], None],
) -> Unknown | None:
    generator = generators[index]

    def inward() -> Unknown | None:
        if index + 1 == len(generators):
            emit(scope)
            return None
        following = generators[index + 1].iter
        inner = EXPRESSIONS[type(following)](run, following, scope)
        return _each(run, generators, elements, index + 1, inner, scope, emit)

    items = iterate(run, values, generator.iter, scope)
    if items is None:
        why: Unknown = (
            values
            if type(values) is Unknown
            else run.unknown(f"what is in `{text_of(values)}` is not known", generator.iter, scope)
        )
        if elements_do_work(run, elements, scope):
            assign(run, generator.target, why, scope)
            text = text_of_node(generator.iter, scope)
            _perhaps(run, inward, scope, why, f"there is something in {text}", generator.iter)
        return why
    doubt = values.rest if type(values) is Cursor else None
    for item in items:
        run.charge(1)
        if type(generator.target) is ast.Name:
            scope.names[generator.target.id] = item
        else:
            assign(run, generator.target, item, scope)
        passed = True
        for test in generator.ifs:
            value = EXPRESSIONS[type(test)](run, test, scope)
            known = truth(run, value, test, scope)
            if known is None:
                doubt = run.record(depends_on(run, test, value, scope))
                if not elements_do_work(run, elements, scope):
                    return doubt
                _perhaps(run, inward, scope, doubt, text_of_node(test, scope), test)
            if not known:
                passed = False
                break
        if not passed:
            continue
        reason = inward()
        if reason is not None:
            return reason
    return doubt


def _perhaps(
    run: Interpreter,
    work: Callable[[], object],
    scope: Scope,
    reason: Unknown,
    condition: str,
    node: ast.AST,
) -> None:
    """Do the work of a comprehension for which it is not known whether it is done."""

    def body() -> None:
        work()

    once_or_not(run, body, scope, reason, condition, node)


def _collect(run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, scope: Scope) -> Value:
    result: list[Value] = []
    element = node.elt

    def emit(inner: Scope) -> None:
        result.append(EXPRESSIONS[type(element)](run, element, inner))
        if len(result) > run.size:
            run.charge(run.steps + 1)

    reason = _comprehend(run, node.generators, [node.elt], scope, emit)
    return result if reason is None else reason


def _list_comprehension(run: Interpreter, node: ast.ListComp, scope: Scope) -> Value:
    return _collect(run, node, scope)


def _set_comprehension(run: Interpreter, node: ast.SetComp, scope: Scope) -> Value:
    values = _collect(run, node, scope)
    return values if type(values) is Unknown else make_set(values)


def _generator_expression(run: Interpreter, node: ast.GeneratorExp, scope: Scope) -> Value:
    values = _collect(run, node, scope)
    return values if type(values) is Unknown else Cursor(values)


def _dict_comprehension(run: Interpreter, node: ast.DictComp, scope: Scope) -> Value:
    result: dict[Value, Value] = {}

    def emit(inner: Scope) -> None:
        key = EXPRESSIONS[type(node.key)](run, node.key, inner)
        if not hashable(key):
            raise unhashable(key)
        result[key] = EXPRESSIONS[type(node.value)](run, node.value, inner)
        if len(result) > run.size:
            run.charge(run.steps + 1)

    reason = _comprehend(run, node.generators, [node.key, node.value], scope, emit)
    return result if reason is None else reason


_HANDLERS: dict[type[ast.AST], Any] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Lambda: _lambda,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    ast.Starred: _starred,
    ast.NamedExpr: _named,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.ListComp: _list_comprehension,
    ast.SetComp: _set_comprehension,
    ast.GeneratorExp: _generator_expression,
    ast.DictComp: _dict_comprehension,
}
EXPRESSIONS.update(_HANDLERS)
