"""Methods of Python's own values: the real ones, guarded against results that are big, with values in their arguments.

Lists, dicts and sets are really changed, after the journal has been told.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import Method, Super, is_enum
from driftline.python.budget import TOO_BIG
from driftline.python.calls import CALLERS, MATERIALISERS, call
from driftline.python.class_making import bear, initialised, told_by_hook
from driftline.python.exceptions import raised, raised_from
from driftline.python.formatting import format_string
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import (
    Cursor,
    DefaultDict,
    Generator,
    known_items,
    next_of,
)
from driftline.python.operators import (
    DICTS,
    equal,
    first_unreadable,
    hashable,
    key_like,
    plain,
    sized,
    unhashable,
    unreadable_part,
)
from driftline.python.text_of import text_of
from driftline.python.values import BoundMethod, Class, EnumMember, Function, Instance, Symbol, Unknown, Value

if TYPE_CHECKING:
    from driftline.python.calls import Args, Kwargs
    from driftline.python.scope import Scope

Where = tuple[ast.AST, "Scope"]
Handler = Callable[[Interpreter, Any, "Args", "Kwargs", ast.AST, "Scope"], Value]

METHODS: dict[type, dict[str, Handler]] = {}
"""Methods with a meaning of their own, by kind of receiver; the others are Python's own."""


def call_method(  # noqa: PLR0913, PLR0917 - a `Caller`, with the method's name
    run: Interpreter,
    receiver: Value,
    name: str,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool = False,  # noqa: FBT001, FBT002 - a `Caller`
) -> Value:
    """Call `receiver.name(*args, **kwargs)` for a receiver that is one of Python's own values."""
    kind = type(receiver)
    methods = METHODS.get(kind)
    if methods is None and isinstance(receiver, PurePath):
        methods = METHODS.get(PurePath)
    handler = methods.get(name) if methods is not None else None
    if unpacked:
        return _call_with_more(run, receiver, name, node, scope)
    if handler is not None:
        return handler(run, receiver, args, kwargs, node, scope)
    if not hasattr(kind, name):
        raise raised(AttributeError, f"{kind.__name__!r} object has no attribute {name!r}")
    return _call_real(run, receiver, name, args, kwargs, (node, scope))


def _call_with_more(run: Interpreter, receiver: Value, name: str, node: ast.AST, scope: Scope) -> Value:
    """Call a method with arguments of which it is not known how many there are."""
    unknown = run.unknown(f"what is passed to `{name}` is not known", node, scope)
    if type(receiver) is list and name in ("append", "extend", "insert"):
        run.changing(receiver)
        receiver.append(unknown)
    elif type(receiver) in DICTS and name == "update":
        run.changing(receiver)
        receiver[unknown] = unknown
    elif type(receiver) is set and name in ("add", "update"):
        run.changing(receiver)
        receiver.add(unknown)
    return unknown


def _call_real(run: Interpreter, receiver: Value, name: str, args: Args, kwargs: Kwargs, where: Where) -> Value:
    """Call the method that Python itself has, over values that are Python's own."""
    values: list[Value] = []
    for arg in args:
        value = plain(arg)
        if type(value) in MATERIALISERS:
            value = known_items(run, value, *where)
        unreadable = first_unreadable(value)
        if unreadable is not None:
            return unreadable_part(run, unreadable, *where)
        values.append(value)
    for value in kwargs.values():
        unreadable = first_unreadable(value)
        if unreadable is not None:
            return unreadable_part(run, unreadable, *where)
    size = len(receiver) if hasattr(receiver, "__len__") else 0
    run.charge(size >> 6)
    if any(type(one) is int and one > run.size for one in values) or _grows(run, receiver, name, values):
        return run.unknown(TOO_BIG, *where)
    try:
        return sized(run, getattr(receiver, name)(*values, **kwargs))
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise raised_from(error) from error


def _grows(run: Interpreter, receiver: Value, name: str, args: list[Value]) -> bool:
    """Whether a method's result could be big though its arguments are not."""
    if type(receiver) in (str, bytes):
        match name:
            case "replace" if len(args) > 1 and type(args[1]) is type(receiver):
                return (len(receiver) + 1) * max(len(args[1]), 1) > run.size and _replaced(receiver, args) > run.size
            case "expandtabs":
                return len(receiver) * int(args[0] if args and type(args[0]) is int else 8) > run.size
            case "translate" if args and type(args[0]) is dict:
                longest = max((len(one) for one in args[0].values() if type(one) is str), default=1)
                return len(receiver) * longest > run.size
    return False


def _replaced(receiver: Value, args: list[Value]) -> int:
    """Give how long a text is after `replace`."""
    times = receiver.count(args[0])
    if len(args) > 2 and type(args[2]) is int and args[2] >= 0:  # noqa: PLR2004
        times = min(times, args[2])
    return int(len(receiver) + times * (len(args[1]) - len(args[0])))


def _take(args: Args, kwargs: Kwargs, name: str, fewest: int, most: int) -> None:
    if kwargs or not fewest <= len(args) <= most:
        raise raised(TypeError, f"{name}() takes other arguments")


# ---------------------------------------------------------------------------------------------------------------------
# Strings


def _format(run: Interpreter, receiver: str, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    return format_string(run, receiver, args, dict(kwargs), node, scope)


def _format_map(run: Interpreter, receiver: str, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _take(args, kwargs, "format_map", 1, 1)
    if type(args[0]) not in DICTS:
        return unreadable_part(run, args[0], node, scope)
    return format_string(run, receiver, [], args[0], node, scope)


def _join(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _take(args, kwargs, "join", 1, 1)
    values = known_items(run, args[0], node, scope)
    if isinstance(values, Unknown):
        return values
    parts: list[Any] = []
    for one in values:
        part = plain(one)
        if type(part) is not type(receiver):
            if first_unreadable(part) is not None:
                return unreadable_part(run, part, node, scope)
            raise raised(TypeError, f"sequence item: expected {type(receiver).__name__} instance")
        parts.append(part)
    run.charge(len(parts))
    if sum(map(len, parts)) + len(receiver) * len(parts) > run.size:
        return run.unknown(TOO_BIG, node, scope)
    return sized(run, receiver.join(parts))


# ---------------------------------------------------------------------------------------------------------------------
# Lists


def _append(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "append", 1, 1)
    run.changing(receiver)
    receiver.append(args[0])
    if len(receiver) > run.size:
        run.charge(run.steps + 1)


def _extend(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    _take(args, kwargs, "extend", 1, 1)
    values = known_items(run, args[0], node, scope)
    run.changing(receiver)
    if isinstance(values, Unknown):
        receiver.append(values)
        return
    if len(receiver) + len(values) > run.size:
        run.charge(run.steps + 1)
    receiver += values


def _insert(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "insert", 2, 2)
    run.changing(receiver)
    receiver.insert(args[0] if type(args[0]) is int else len(receiver), args[1])
    run.charge(len(receiver) >> 6)


def _pop(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _take(args, kwargs, "pop", 0, 1)
    run.changing(receiver)
    run.charge(len(receiver) >> 6)
    at = args[0] if args else -1
    if type(at) is not int:
        return unreadable_part(run, at, node, scope)
    try:
        return receiver.pop(at)
    except IndexError as error:
        raise raised_from(error) from error


def _position(run: Interpreter, receiver: Value, item: Value, where: Where) -> int | Unknown | None:
    for index, one in enumerate(receiver):
        run.charge(1)
        known = True if one is item else equal(run, one, item, *where)
        if known:
            return index
        if known is None:
            return run.unknown(f"whether `{text_of(one)}` equals `{text_of(item)}` is not known", *where)
    return None


def _remove(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    _take(args, kwargs, "remove", 1, 1)
    at = _position(run, receiver, args[0], (node, scope))
    run.changing(receiver)
    if at is None:
        raise raised(ValueError, "list.remove(x): x not in list")
    if isinstance(at, Unknown):
        receiver[:] = [at] * (len(receiver) - 1)
    else:
        del receiver[at]


def _index(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _take(args, kwargs, "index", 1, 3)
    if len(args) > 1:
        return _call_real(run, receiver, "index", args, kwargs, (node, scope))
    at = _position(run, receiver, args[0], (node, scope))
    if at is None:
        raise raised(ValueError, f"{text_of(args[0])} is not in list")
    return at


def _count(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _take(args, kwargs, "count", 1, 1)
    total = 0
    for one in receiver:
        run.charge(1)
        known = equal(run, one, args[0], node, scope)
        if known is None:
            return run.unknown(f"whether `{text_of(one)}` equals `{text_of(args[0])}` is not known", node, scope)
        total += known
    return total


def _clear(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "clear", 0, 0)
    run.changing(receiver)
    receiver.clear()


def _reverse(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "reverse", 0, 0)
    run.changing(receiver)
    run.charge(len(receiver) >> 3)
    receiver.reverse()


def _copy(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del node, scope
    _take(args, kwargs, "copy", 0, 0)
    if type(receiver) is DefaultDict:
        made = DefaultDict(receiver.factory)
        made.update(receiver)
        return sized(run, made)
    return sized(run, receiver.copy())


def sorted_values(
    run: Interpreter, values: list[Value], kwargs: Kwargs, node: ast.AST, scope: Scope
) -> list[Value] | Unknown:
    """Give `sorted(values, **kwargs)`, or why the order is not known."""
    key = kwargs.get("key")
    keys = values if key is None else [call(run, key, [one], {}, node, scope) for one in values]
    keys = [plain(one) for one in keys]
    run.charge(len(values) * max(len(values).bit_length(), 1))
    unreadable = first_unreadable(keys)
    if unreadable is not None:
        return unreadable_part(run, unreadable, node, scope)
    reverse = kwargs.get("reverse", False)
    if isinstance(reverse, Unknown):
        return reverse
    try:
        order = sorted(range(len(values)), key=keys.__getitem__, reverse=bool(reverse))
    except (TypeError, RecursionError) as error:
        raise raised_from(error) from error
    return [values[index] for index in order]


def _sort(run: Interpreter, receiver: list[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    _take(args, {}, "sort", 0, 0)
    values = sorted_values(run, list(receiver), kwargs, node, scope)
    run.changing(receiver)
    receiver[:] = [values] * len(receiver) if isinstance(values, Unknown) else values


# ---------------------------------------------------------------------------------------------------------------------
# Dicts


def _get(
    run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    _take(args, kwargs, "get", 1, 2)
    found = _find_key(run, receiver, args[0], (node, scope))
    if isinstance(found, Unknown):
        return found
    return receiver[found[0]] if found else args[1] if len(args) > 1 else None


def _find_key(run: Interpreter, receiver: dict[Value, Value], key: Value, where: Where) -> list[Value] | Unknown:
    """Give the key of `receiver` that equals `key`, in a list; an empty one where there is none."""
    if isinstance(key, Unknown):
        return key
    if not hashable(key):
        raise unhashable(key)
    if key in receiver:
        return [key]
    if plain(key) in receiver:
        return [plain(key)]
    return key_like(run, receiver, key, *where)


def _set_default(
    run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    _take(args, kwargs, "setdefault", 1, 2)
    found = _find_key(run, receiver, args[0], (node, scope))
    if isinstance(found, Unknown):
        return found
    if found:
        return receiver[found[0]]
    run.changing(receiver)
    receiver[args[0]] = args[1] if len(args) > 1 else None
    return receiver[args[0]]


def _pop_key(
    run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    _take(args, kwargs, "pop", 1, 2)
    found = _find_key(run, receiver, args[0], (node, scope))
    if isinstance(found, Unknown):
        return found
    if found:
        run.changing(receiver)
        return receiver.pop(found[0])
    if len(args) > 1:
        return args[1]
    raise raised(KeyError, text_of(args[0]))


def _pop_item(
    run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    del args, kwargs, node, scope
    if not receiver:
        raise raised(KeyError, "popitem(): dictionary is empty")
    run.changing(receiver)
    return receiver.popitem()


def _update(
    run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> None:
    _take(args, {}, "update", 0, 1)
    run.changing(receiver)
    if args:
        pairs = pairs_of(run, args[0], node, scope)
        if isinstance(pairs, Unknown):
            receiver[pairs] = pairs
        else:
            receiver.update(pairs)
    receiver.update(kwargs)
    if len(receiver) > run.size:
        run.charge(run.steps + 1)


def pairs_of(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> dict[Value, Value] | Unknown:
    """Give what `dict(value)` holds, or why that is not known."""
    if type(value) in DICTS:
        run.charge(len(value) >> 3)
        return dict(value)
    values = known_items(run, value, node, scope)
    if isinstance(values, Unknown):
        return values
    result: dict[Value, Value] = {}
    for one in values:
        pair = known_items(run, one, node, scope)
        if isinstance(pair, Unknown):
            result[pair] = pair
            continue
        if len(pair) != 2:  # noqa: PLR2004
            raise raised(ValueError, "dictionary update sequence element has another length than 2")
        if not hashable(pair[0]):
            raise unhashable(pair[0])
        result[pair[0]] = pair[1]
    return result


def _view(name: str) -> Handler:
    def give(
        run: Interpreter, receiver: dict[Value, Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
    ) -> Value:
        del run, args, kwargs, node, scope
        return getattr(receiver, name)()

    return give


# ---------------------------------------------------------------------------------------------------------------------
# Sets


def _add(run: Interpreter, receiver: set[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "add", 1, 1)
    if not hashable(args[0]):
        raise unhashable(args[0])
    run.changing(receiver)
    receiver.add(args[0])


def _discard(run: Interpreter, receiver: set[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del node, scope
    _take(args, kwargs, "discard", 1, 1)
    run.changing(receiver)
    if hashable(args[0]):
        receiver.discard(args[0])


def _remove_from_set(
    run: Interpreter, receiver: set[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> None:
    if args and args[0] not in receiver:
        raise raised(KeyError, text_of(args[0]))
    _discard(run, receiver, args, kwargs, node, scope)


def _over_sets(name: str, *, changes: bool) -> Handler:
    def work(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        others: list[set[Value]] = []
        for arg in args:
            values = known_items(run, arg, node, scope)
            if isinstance(values, Unknown):
                if changes:
                    run.changing(receiver)
                    receiver.add(values)
                return values
            if not all(map(hashable, values)):
                raise raised(TypeError, "unhashable type")
            others.append(set(values))
        run.charge(len(receiver) >> 3)
        if changes:
            run.changing(receiver)
        try:
            return sized(run, getattr(receiver, name)(*others))
        except TypeError as error:
            raise raised_from(error) from error

    return work


_IN_PLACE = ("update", "difference_update", "intersection_update", "symmetric_difference_update")
_NEW = ("union", "difference", "intersection", "symmetric_difference", "issubset", "issuperset", "isdisjoint")


def _pop_from_set(
    run: Interpreter, receiver: set[Value], args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope
) -> Value:
    del args, kwargs
    if not receiver:
        raise raised(KeyError, "pop from an empty set")
    if len(receiver) == 1:
        run.changing(receiver)
        return receiver.pop()
    return run.unknown("which element `pop` takes out of a set is not known", node, scope)


# ---------------------------------------------------------------------------------------------------------------------
# Iterators, and the methods of classes, functions and `super()`


def _next(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs
    return next_of(run, receiver, node, scope)


def _close(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del args, kwargs, node, scope
    if type(receiver) is Generator:
        run.changing_attribute(receiver, "cursor")
        receiver.spend()


def _itself(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, args, kwargs, node, scope
    return receiver


def _subclasses(run: Interpreter, receiver: Class, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs, node, scope
    run.charge(len(run.classes))
    if run.kept is not None:
        run.kept.spoil("its subclasses are looked for")
    return [one for one in run.classes if any(base is receiver for base in one.bases)]


def _mro(run: Interpreter, receiver: Class, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, args, kwargs, node, scope
    return [*receiver.mro(), Symbol("builtins.object")]


def _setter(kind: str) -> Handler:
    def keep(run: Interpreter, receiver: Function, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        """Give the property again, with another function beside the one that reads it."""
        del kwargs, node, scope
        if args:
            run.changing_key(receiver.attributes, kind)
            receiver.attributes[kind] = args[0]
        return receiver

    return keep


def _nothing(run: Interpreter, receiver: Value, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del run, receiver, args, kwargs, node, scope


def _initialise(run: Interpreter, receiver: Super, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    """Run `super().__init__(…)` where nothing that comes next was read: of a class, its metaclass's."""
    del args, kwargs, node, scope
    if isinstance(receiver.receiver, Class):
        initialised(run, receiver.receiver)


def _hand_on(run: Interpreter, receiver: Super, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    """Run `super().__init_subclass__(…)` where nothing that comes next was read."""
    del args, kwargs, node, scope
    if isinstance(receiver.receiver, Class):
        told_by_hook(run, receiver.receiver)


def _set_attribute(run: Interpreter, receiver: Super, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    """Run `super().__setattr__(name, value)`."""
    del kwargs, node, scope
    if len(args) == 2 and type(args[0]) is str:  # noqa: PLR2004
        names = getattr(receiver.receiver, "attributes", None)
        if names is not None:
            run.changing_key(names, args[0])
            names[args[0]] = args[1]


def _make_new(run: Interpreter, receiver: Super, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Run `super().__new__(cls)`."""
    return make_new(run, args or [receiver.receiver], kwargs, node, scope)


def make_new(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give a new object of the class in `args`: of an enum, a member without a name, of the value behind the class.

    Of the metaclass that is at work, the class at hand.
    """
    born = bear(run, args, kwargs, node, scope) if run.making else None
    if born is not None:
        return born
    cls = args[0] if args else None
    if not isinstance(cls, Class):
        return run.unknown("the class of a new object is not known", node, scope)
    if is_enum(cls):
        return EnumMember(cls, "", args[1] if len(args) > 1 else None)
    return Instance(cls, origin=run.origin(node, scope))


def _replace(run: Interpreter, receiver: Instance, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Run `_replace` of a named tuple."""
    _take(args, {}, "_replace", 0, 0)
    if set(kwargs) - set(receiver.attributes):
        raise raised(ValueError, "Got unexpected field names")
    return Instance(receiver.cls, {**receiver.attributes, **kwargs}, run.origin(node, scope))


def _as_dict(run: Interpreter, receiver: Instance, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del run, args, kwargs, node, scope
    return dict(receiver.attributes)


def _get_bound(run: Interpreter, receiver: Function, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `function.__get__(instance, owner)` is, as `owner.name` and `instance.name` have it."""
    del run, node, scope
    _take(args, kwargs, "__get__", 1, 2)
    instance, owner = (*args, None)[:2]
    decorators = {one.path for one in receiver.decorators if isinstance(one, Symbol)}
    if "builtins.staticmethod" in decorators:
        return receiver
    if "builtins.classmethod" in decorators:
        return BoundMethod(receiver, instance.cls if owner is None and isinstance(instance, Instance) else owner)
    return receiver if instance is None else BoundMethod(receiver, instance)


_ITERATOR: dict[str, Handler] = {
    "__next__": _next,
    "send": _next,
    "close": _close,
    "__iter__": _itself,
    "throw": _close,
}
_DICT: dict[str, Handler] = {
    "get": _get,
    "setdefault": _set_default,
    "pop": _pop_key,
    "popitem": _pop_item,
    "update": _update,
    "clear": _clear,
    "copy": _copy,
    "keys": _view("keys"),
    "values": _view("values"),
    "items": _view("items"),
}
METHODS.update(
    {
        str: {"format": _format, "format_map": _format_map, "join": _join},
        bytes: {"join": _join},
        list: {
            "append": _append,
            "extend": _extend,
            "insert": _insert,
            "pop": _pop,
            "remove": _remove,
            "index": _index,
            "count": _count,
            "clear": _clear,
            "reverse": _reverse,
            "copy": _copy,
            "sort": _sort,
        },
        tuple: {"index": _index, "count": _count},
        dict: _DICT,
        DefaultDict: _DICT,
        set: {
            "add": _add,
            "discard": _discard,
            "remove": _remove_from_set,
            "pop": _pop_from_set,
            "clear": _clear,
            "copy": _copy,
            **{name: _over_sets(name, changes=True) for name in _IN_PLACE},
            **{name: _over_sets(name, changes=False) for name in _NEW},
        },
        frozenset: {"copy": _copy, **{name: _over_sets(name, changes=False) for name in _NEW}},
        Cursor: _ITERATOR,
        Generator: _ITERATOR,
        Instance: {"_replace": _replace, "_asdict": _as_dict},
        Class: {"__subclasses__": _subclasses, "mro": _mro},
        Function: {
            "__get__": _get_bound,
            "setter": _setter("fset"),
            "deleter": _setter("fdel"),
            "getter": _setter("fget"),
            "expression": _setter("expression"),
            "comparator": _setter("comparator"),
        },
        Super: {
            "__init__": _initialise,
            "__init_subclass__": _hand_on,
            "__post_init__": _nothing,
            "__delattr__": _nothing,
            "__setattr__": _set_attribute,
            "__new__": _make_new,
        },
    }
)


def _call_bound_method(
    run: Interpreter,
    function: Method,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001 - a `Caller`
) -> Value:
    return call_method(run, function.receiver, function.name, args, kwargs, node, scope, unpacked)


CALLERS[Method] = _call_bound_method
