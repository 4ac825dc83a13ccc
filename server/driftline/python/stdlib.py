"""The parts of the standard library that models and migrations compute with, and constants of it.

Everything else of the standard library is symbolic; what depends on the machine that a program runs on is Unknown.
"""

from __future__ import annotations

import ast
import itertools
import json
import keyword
import math
import os
import re
import string
import sys
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import CONSTANTS, get_attribute
from driftline.python.budget import TOO_BIG
from driftline.python.builtins_functions import perhaps_called
from driftline.python.calls import KNOWN, call
from driftline.python.class_making import make_by_call
from driftline.python.enums import from_call, synthetic_class
from driftline.python.exceptions import raised, raised_from
from driftline.python.functions import ContextManager
from driftline.python.host import UNANSWERED
from driftline.python.imports import STANDARD, import_module
from driftline.python.iteration import Cursor, DefaultDict, Generator, known_items
from driftline.python.methods import call_method, pairs_of
from driftline.python.operators import (
    binary,
    compare,
    first_unreadable,
    get_item,
    plain,
    sized,
    unary,
    unreadable_part,
)
from driftline.python.records import named_tuple_class
from driftline.python.statements import Suppress
from driftline.python.text_of import text_of
from driftline.python.values import DEFAULTS, Call, Class, Function, Instance, Partial, Symbol, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from driftline.python.calls import Args, Known, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope


def _plain_call(
    run: Interpreter, function: Callable[..., Any], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    """Call one of Python's own functions over values that are Python's own."""
    values = [plain(one) for one in args]
    given = {key: plain(one) for key, one in kwargs.items()}
    for one in (*values, *given.values()):
        unreadable = first_unreadable(one)
        if unreadable is not None:
            return unreadable_part(run, unreadable, node, scope)
    for one in values:
        if hasattr(one, "__len__"):
            run.charge(len(one) >> 3)
    try:
        return sized(run, function(*values, **given))
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError, AttributeError) as error:
        raise raised_from(error) from error


def _own(function: Callable[..., Any]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        return _plain_call(run, function, args, kwargs, node, scope)

    return work


# ---------------------------------------------------------------------------------------------------------------------
# functools


def _partial(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    return Partial(args[0], tuple(args[1:]), kwargs) if args else UNANSWERED


def _reduce(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    if len(args) < 2:  # noqa: PLR2004
        raise raised(TypeError, "reduce expected at least 2 arguments")
    values = known_items(run, args[1], node, scope)
    if isinstance(values, Unknown):
        perhaps_called(run, args[0], [values, values], node, scope)
        return values
    if len(args) > 2:  # noqa: PLR2004
        values.insert(0, args[2])
    if not values:
        raise raised(TypeError, "reduce() of empty iterable with no initial value")
    result = values[0]
    for one in values[1:]:
        run.charge(1)
        result = call(run, args[0], [result, one], {}, node, scope)
    return result


def _first_callable(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give back the function that is passed; without one, a decorator that does so stays symbolic."""
    del run, kwargs, node, scope
    return args[0] if args and isinstance(args[0], (Function, Class, Partial)) else UNANSWERED


def _dispatched(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what stands for functions of which one is chosen by the type of what it is called with."""
    del args, kwargs
    return run.unknown("which function `functools.singledispatch` chooses is not worked out", node, scope)


# ---------------------------------------------------------------------------------------------------------------------
# itertools


def _lists(run: Interpreter, args: Args, node: ast.AST, scope: Scope) -> list[list[Value]] | Unknown:
    lists: list[list[Value]] = []
    for one in args:
        values = known_items(run, one, node, scope)
        if isinstance(values, Unknown):
            return values
        lists.append(values)
    return lists


def _over_lists(function: Callable[..., Any], grows: Callable[[list[list[Value]], Kwargs], int]) -> Known:
    """Give a function of `itertools` over lists of values; `grows` says how many results there will be."""

    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        lists = _lists(run, args, node, scope)
        if isinstance(lists, Unknown):
            return lists
        for one in kwargs.values():
            if first_unreadable(one) is not None:
                return unreadable_part(run, one, node, scope)
        try:
            count = grows(lists, kwargs)
            if count > run.size:
                return run.unknown(TOO_BIG, node, scope)
            run.charge(count)
            return Cursor(list(function(*lists, **kwargs)))
        except (TypeError, ValueError) as error:
            raise raised_from(error) from error

    return work


def _product_size(lists: list[list[Value]], kwargs: Kwargs) -> int:
    repeat = kwargs.get("repeat", 1)
    size = math.prod(map(len, lists))
    if type(repeat) is not int or repeat > 64:  # noqa: PLR2004
        return sys.maxsize
    return int(size ** max(repeat, 0)) * max(len(lists), 1)


def _choose(function: Callable[..., Any], count: Callable[[int, int], int]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        values = known_items(run, args[0], node, scope) if args else []
        length = args[1] if len(args) > 1 else kwargs.get("r")
        if isinstance(values, Unknown):
            return values
        length = len(values) if length is None else length
        if type(length) is not int or length < 0:
            return unreadable_part(run, length, node, scope)
        if len(values) > 1_000 or count(len(values), length) > run.size:  # noqa: PLR2004
            return run.unknown(TOO_BIG, node, scope)
        run.charge(count(len(values), length))
        return Cursor(list(function(values, length)))

    return work


def _chain_from(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    lists = known_items(run, args[0], node, scope) if args else []
    if isinstance(lists, Unknown):
        return lists
    return KNOWN["itertools.chain"](run, lists, kwargs, node, scope)


def _count(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    start = args[0] if args else kwargs.get("start", 0)
    step = args[1] if len(args) > 1 else kwargs.get("step", 1)
    if type(start) not in (int, float) or type(step) not in (int, float):
        return unreadable_part(run, start, node, scope)
    ahead = 1_000
    run.charge(ahead >> 3)
    return Cursor([start + step * index for index in range(ahead)], Unknown("`itertools.count` never ends"))


def _repeat(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    times = args[1] if len(args) > 1 else kwargs.get("times")
    if not args:
        raise raised(TypeError, "repeat() missing required argument")
    if times is None:
        return Cursor([args[0]] * 1_000, Unknown("`itertools.repeat` never ends"))
    if type(times) is not int:
        return unreadable_part(run, times, node, scope)
    if times > run.size:
        return run.unknown(TOO_BIG, node, scope)
    run.charge(max(times, 0) >> 3)
    return Cursor([args[0]] * times)


def _islice(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    values: Value = args[0] if args else []
    if isinstance(values, Cursor) and values.rest is not None:
        items: list[Value] | Unknown = values.items[values.at :]
    else:
        items = known_items(run, values, node, scope)
    if isinstance(items, Unknown):
        return items
    if any(one is not None and type(one) is not int for one in args[1:]):
        return run.unknown("how much is taken of an iterator is not known", node, scope)
    try:
        return Cursor(list(itertools.islice(items, *args[1:])))
    except (TypeError, ValueError) as error:
        raise raised_from(error) from error


def _group_by(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = known_items(run, args[0], node, scope) if args else []
    key = args[1] if len(args) > 1 else kwargs.get("key")
    if isinstance(values, Unknown):
        perhaps_called(run, key, [values], node, scope)
        return values
    groups: list[Value] = []
    equal = ast.Eq()
    for one in values:
        run.charge(1)
        its_key = one if key is None else call(run, key, [one], {}, node, scope)
        if groups:
            same = compare(run, equal, groups[-1][0], its_key, node, scope)
            if type(same) is not bool:
                return unreadable_part(run, same, node, scope)
            if same:
                groups[-1][1].items.append(one)
                continue
        groups.append((its_key, Cursor([one])))
    return Cursor(groups)


# ---------------------------------------------------------------------------------------------------------------------
# collections


def _default_dict(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    made = DefaultDict(args[0] if args else None)
    if len(args) > 1:
        pairs = pairs_of(run, args[1], node, scope)
        if isinstance(pairs, Unknown):
            return pairs
        made.update(pairs)
    made.update(kwargs)
    return made


def _named_tuple(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if len(args) < 2 or type(args[0]) is not str:  # noqa: PLR2004
        return UNANSWERED
    names = args[1].replace(",", " ").split() if type(args[1]) is str else known_items(run, args[1], node, scope)
    if isinstance(names, Unknown):
        return names
    names = [one[0] if type(one) is tuple and one else one for one in names]
    defaults = kwargs.get("defaults") or ()
    if not all(type(one) is str for one in names) or type(defaults) not in (list, tuple):
        return UNANSWERED
    cls = synthetic_class(args[0], (Symbol("typing.NamedTuple"),), scope)
    cls.origin = run.origin(node, scope)
    named_tuple_class(cls, names, defaults, scope)
    return cls


def _deep_copy(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs, node, scope
    return _copied(run, args[0], 20) if args else UNANSWERED


def _copied(run: Interpreter, value: Value, levels: int) -> Value:
    run.charge(1)
    kind = type(value)
    if levels == 0:
        return value
    if kind is list:
        return [_copied(run, one, levels - 1) for one in value]
    if kind is tuple:
        return tuple(_copied(run, one, levels - 1) for one in value)
    if kind is dict:
        return {key: _copied(run, one, levels - 1) for key, one in value.items()}
    if kind is set:
        return set(value)
    return value


def _shallow_copy(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    if not args:
        return UNANSWERED
    if type(args[0]) in (list, dict, set, DefaultDict):
        return call_method(run, args[0], "copy", [], {}, node, scope)
    if isinstance(args[0], Instance):
        one = args[0]
        return Instance(one.cls, dict(one.attributes), one.origin, one.base_call)
    if isinstance(args[0], Call):
        made = args[0]
        return Call(made.function, made.args, dict(made.kwargs), made.origin, dict(made.attributes), made.unpacked)
    return args[0] if first_unreadable(args[0]) is None else UNANSWERED


# ---------------------------------------------------------------------------------------------------------------------
# operator


def _attribute_getter(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, kwargs, node, scope
    if args and all(type(one) is str for one in args):
        return Partial(Symbol("operator._get_attributes"), (tuple(args),), {})
    return UNANSWERED


def _get_attributes(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    names, value = args
    results = []
    for name in names:
        result = value
        for part in name.split("."):
            result = get_attribute(run, result, part, node, scope)
        results.append(result)
    return results[0] if len(results) == 1 else tuple(results)


def _method_caller(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if args and type(args[0]) is str:
        return Partial(Symbol("operator._call_method"), (args[0], tuple(args[1:]), kwargs), {})
    return UNANSWERED


def _call_method(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    name, given, named, value = args
    return call(run, get_attribute(run, value, name, node, scope), list(given), dict(named), node, scope)


def _item_getter(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, kwargs, node, scope
    return Partial(Symbol("operator._get_items"), (tuple(args),), {}) if args else UNANSWERED


def _get_items(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    keys, value = args
    results = [get_item(run, value, key, node, scope) for key in keys]
    return results[0] if len(results) == 1 else tuple(results)


def _binary_function(op: ast.operator) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        if len(args) != 2:  # noqa: PLR2004
            raise raised(TypeError, "expected 2 arguments")
        return binary(run, op, args[0], args[1], node, scope)

    return work


def _comparison_function(op: ast.cmpop) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        if len(args) != 2:  # noqa: PLR2004
            raise raised(TypeError, "expected 2 arguments")
        return compare(run, op, args[0], args[1], node, scope)

    return work


def _not(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    return unary(run, ast.Not(), args[0], node, scope) if args else UNANSWERED


# ---------------------------------------------------------------------------------------------------------------------
# What depends on the machine, and importing


def _environment(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if args and type(args[0]) is str and f"os.environ[{args[0]}]" in run.assigned:
        return run.assigned[f"os.environ[{args[0]}]"]
    name = text_of(args[0]) if args else "something"
    default = args[1] if len(args) > 1 else kwargs.get("default")
    if default and type(default) in DEFAULTS:
        # The project runs without that variable, and this is how. (An empty default mostly means: it has to be set.)
        run.unknown(f"{name} is read from the environment: {text_of(default)} is assumed", node, scope)
        return default
    return run.record(Unknown(f"{name} is read from the environment", run.origin(node, scope), unset=not default))


def _import(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    name = plain(args[0]) if args else kwargs.get("name")
    if type(name) is not str:
        return unreadable_part(run, name, node, scope)
    package = args[1] if len(args) > 1 else kwargs.get("package")
    if name.startswith("."):
        if type(package) is not str:
            return run.unknown("which module is imported is not known", node, scope)
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".")
        if level > len(parts):
            raise raised(ImportError, "attempted relative import beyond top-level package")
        name = ".".join([*parts[: len(parts) - level + 1], *filter(None, [name[level:]])])
    found = import_module(run, name)
    return run.unknown(found.reason, node, scope) if isinstance(found, Unknown) else found


def _change_path(*, first: bool) -> Known:
    """Give what `sys.path.append(folder)` does: modules are looked for there too."""

    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs, node, scope
        path = plain(args[-1]) if args else None
        for one in path if type(path) is list else [path]:
            if type(one) is str or hasattr(one, "parts"):
                run.modules.add_root(os.path.normpath(str(one)), first=first)
        return None

    return work


def _suppress(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, kwargs, node, scope
    return Suppress(tuple(args))


def _closing(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs

    def start(on_value: Callable[[Value], Value]) -> Value:
        answer = on_value(args[0])
        call(run, get_attribute(run, args[0], "close", node, scope), [], {}, node, scope)
        return answer

    return ContextManager(Generator(start, (node, scope))) if args else UNANSWERED


def _new_class(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `types.new_class(name, bases, keywords, body)` does: `body` fills the names of the class."""
    given = {**dict(zip(("name", "bases", "kwds", "exec_body"), args, strict=False)), **kwargs}
    names: dict[Value, Value] = {}
    if given.get("exec_body") is not None:
        call(run, given["exec_body"], [names], {}, node, scope)
    keywords = given.get("kwds")
    bases = given.get("bases", ())
    kinds = {str(key): one for key, one in keywords.items()} if isinstance(keywords, dict) else {}
    return make_by_call(run, [given.get("name"), bases, names], kinds, node, scope)


def _null_context(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    value = args[0] if args else kwargs.get("enter_result")

    def start(on_value: Callable[[Value], Value]) -> Value:
        return on_value(value)

    del run
    return ContextManager(Generator(start, (node, scope)))


def _load_json(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    text: Value = plain(args[0]) if args else None
    if type(text) not in (str, bytes):
        return unreadable_part(run, text, node, scope)
    run.charge(len(text))
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise raised_from(error) from error


def _dump_json(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if set(kwargs) - {"indent", "sort_keys", "ensure_ascii", "separators"} or (
        type(kwargs.get("indent")) is int and kwargs["indent"] > 16  # noqa: PLR2004
    ):
        return UNANSWERED
    return _plain_call(run, json.dumps, args, kwargs, node, scope)


def _functional_enum(path: str) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        made = from_call(run, path, args, kwargs, node, scope)
        return UNANSWERED if made is None else made

    return work


def _signature_free(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give the first argument: of `typing.cast(T, value)` the second."""
    del run, kwargs, node, scope
    return args[1] if len(args) > 1 else UNANSWERED


def _wraps(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs, node, scope, run
    return Partial(Symbol("functools._wrap"), (args[0],), {}) if args else UNANSWERED


def _wrap(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give the wrapper that is decorated with `@wraps(wrapped)`, called as the wrapped function is."""
    del kwargs, node, scope, run
    wrapped, wrapper = args[0], args[-1]
    if isinstance(wrapper, Function) and isinstance(wrapped, Function):
        wrapper.attributes.update({**wrapped.attributes, "__wrapped__": wrapped})
        wrapper.name, wrapper.qualname = wrapped.name, wrapped.qualname
    return wrapper


def _field_names(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `dataclasses.fields` yields: symbolic calls with a `name`."""
    from driftline.python.records import fields_of

    del kwargs, node, scope, run
    cls = args[0].cls if args and isinstance(args[0], Instance) else args[0] if args else None
    if not isinstance(cls, Class):
        return UNANSWERED
    return tuple(Call(Symbol("dataclasses.Field"), (), {}, attributes={"name": name}) for name in fields_of(cls))


def _as_dict(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs, node, scope
    if args and isinstance(args[0], Instance):
        return _as_plain(run, args[0], 20)
    return UNANSWERED


def _as_plain(run: Interpreter, value: Value, levels: int) -> Value:
    run.charge(1)
    if levels and isinstance(value, Instance):
        return {key: _as_plain(run, one, levels - 1) for key, one in value.attributes.items()}
    if levels and type(value) in (list, tuple):
        return type(value)(_as_plain(run, one, levels - 1) for one in value)
    return value


def _namespace(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args
    cls = synthetic_class("SimpleNamespace", (), scope)
    return Instance(cls, dict(kwargs), run.origin(node, scope))


def _proxy(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what a lazy proxy stands for, which it behaves as in every respect."""
    del kwargs
    if len(args) == 1 and isinstance(args[0], (Function, Partial, Class)):
        return call(run, args[0], [], {}, node, scope)
    return UNANSWERED


def _dedent(*given: Any) -> str:  # noqa: ANN401 - whatever the program passes
    from textwrap import dedent

    return dedent(*given)


def _indent(*given: Any, **named: Any) -> str:  # noqa: ANN401 - whatever the program passes
    from textwrap import indent

    return indent(*given, **named)


def _clean_doc(*given: Any) -> str:  # noqa: ANN401 - whatever the program passes
    from inspect import cleandoc

    return cleandoc(*given)


_FUNCTIONS: dict[str, Known] = {
    "lazy_object_proxy.Proxy": _proxy,
    "werkzeug.local.LocalProxy": _proxy,
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.lru_cache": _first_callable,
    "functools.cache": _first_callable,
    "functools.wraps": _wraps,
    "functools._wrap": _wrap,
    "functools.total_ordering": _first_callable,
    "functools.singledispatch": _dispatched,
    "functools.singledispatchmethod": _dispatched,
    "itertools.chain": _over_lists(itertools.chain, lambda lists, _: sum(map(len, lists))),
    "itertools.chain.from_iterable": _chain_from,
    "itertools.product": _over_lists(itertools.product, _product_size),
    "itertools.zip_longest": _over_lists(
        itertools.zip_longest, lambda lists, _: len(lists) * max(map(len, lists), default=0)
    ),
    "itertools.pairwise": _over_lists(itertools.pairwise, lambda lists, _: len(lists[0]) if lists else 0),
    "itertools.permutations": _choose(itertools.permutations, lambda n, r: math.perm(n, r) * (r + 1)),
    "itertools.combinations": _choose(itertools.combinations, lambda n, r: math.comb(n, r) * (r + 1)),
    "itertools.count": _count,
    "itertools.repeat": _repeat,
    "itertools.islice": _islice,
    "itertools.groupby": _group_by,
    "collections.OrderedDict": KNOWN["builtins.dict"],
    "collections.defaultdict": _default_dict,
    "collections.namedtuple": _named_tuple,
    "types.MappingProxyType": KNOWN["builtins.dict"],
    "types.SimpleNamespace": _namespace,
    "types.new_class": _new_class,
    "typing.NamedTuple": _named_tuple,
    "typing.cast": _signature_free,
    "copy.copy": _shallow_copy,
    "copy.deepcopy": _deep_copy,
    "operator.attrgetter": _attribute_getter,
    "operator._get_attributes": _get_attributes,
    "operator.methodcaller": _method_caller,
    "operator._call_method": _call_method,
    "operator.itemgetter": _item_getter,
    "operator._get_items": _get_items,
    "operator.not_": _not,
    "operator.add": _binary_function(ast.Add()),
    "operator.concat": _binary_function(ast.Add()),
    "operator.sub": _binary_function(ast.Sub()),
    "operator.mul": _binary_function(ast.Mult()),
    "operator.truediv": _binary_function(ast.Div()),
    "operator.floordiv": _binary_function(ast.FloorDiv()),
    "operator.mod": _binary_function(ast.Mod()),
    "operator.or_": _binary_function(ast.BitOr()),
    "operator.and_": _binary_function(ast.BitAnd()),
    "operator.eq": _comparison_function(ast.Eq()),
    "operator.ne": _comparison_function(ast.NotEq()),
    "operator.lt": _comparison_function(ast.Lt()),
    "operator.le": _comparison_function(ast.LtE()),
    "operator.gt": _comparison_function(ast.Gt()),
    "operator.ge": _comparison_function(ast.GtE()),
    "os.getenv": _environment,
    "os.environ.get": _environment,
    "os.environ.setdefault": _environment,
    "os.environ.pop": _environment,
    "os.getcwd": _environment,
    "importlib.import_module": _import,
    "sys.path.append": _change_path(first=False),
    "sys.path.extend": _change_path(first=False),
    "sys.path.insert": _change_path(first=True),
    "contextlib.suppress": _suppress,
    "contextlib.nullcontext": _null_context,
    "contextlib.closing": _closing,
    "json.loads": _load_json,
    "json.dumps": _dump_json,
    "textwrap.dedent": _own(_dedent),
    "textwrap.indent": _own(_indent),
    "inspect.cleandoc": _own(_clean_doc),
    "keyword.iskeyword": _own(keyword.iskeyword),
    "math.ceil": _own(math.ceil),
    "math.floor": _own(math.floor),
    "math.sqrt": _own(math.sqrt),
    "math.log2": _own(math.log2),
    "math.log10": _own(math.log10),
    "string.capwords": _own(string.capwords),
    "dataclasses.fields": _field_names,
    "dataclasses.asdict": _as_dict,
    "sys.intern": _own(sys.intern),
    **{f"enum.{name}": _functional_enum(f"enum.{name}") for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")},
}


KNOWN.update(_FUNCTIONS)
STANDARD.update(
    (
        "abc",
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "itertools",
        "json",
        "math",
        "operator",
        "os",
        "pathlib",
        "re",
        "string",
        "textwrap",
        "typing",
    )
)

CONSTANTS.update(
    {
        "typing.TYPE_CHECKING": False,
        "typing_extensions.TYPE_CHECKING": False,
        "os.sep": "/",
        "os.path.sep": "/",
        "os.linesep": "\n",
        "os.pathsep": ":",
        "os.curdir": ".",
        "os.pardir": "..",
        "sys.maxsize": 2**63 - 1,
        "sys.version_info": (3, 13, 0, "final", 0),
        "math.pi": math.pi,
        "math.inf": math.inf,
        **{
            f"string.{name}": getattr(string, name)
            for name in ("ascii_letters", "ascii_lowercase", "ascii_uppercase", "digits", "hexdigits", "punctuation")
        },
        **{
            f"re.{name}": getattr(re, name)
            for name in ("A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL")
        },
        **{f"re.{name}": getattr(re, name) for name in ("X", "VERBOSE", "U", "UNICODE")},
    }
)
