"""The builtin functions and types, over values."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import (
    Method,
    attribute_or,
    delete_attribute,
    get_attribute,
    has_attribute,
    set_attribute,
)
from driftline.python.branches import once_or_not
from driftline.python.budget import TOO_BIG
from driftline.python.calls import KNOWN, call
from driftline.python.class_making import make_by_call
from driftline.python.classes import make_super
from driftline.python.exceptions import Raised, raised, raised_from
from driftline.python.expressions import BUILTINS, make_set
from driftline.python.formatting import format_value, repr_of, str_of
from driftline.python.host import UNANSWERED
from driftline.python.interest import does_work_when_called
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import VIEWS, Cursor, DefaultDict, Generator, first_of, iterate, known_items, next_of
from driftline.python.methods import METHODS, call_method, make_new, pairs_of, sorted_values
from driftline.python.operators import (
    ATOMS,
    DICTS,
    SYMBOLIC,
    binary,
    compare,
    first_unreadable,
    plain,
    sized,
    truth,
    unreadable_part,
)
from driftline.python.text_of import text_of
from driftline.python.values import (
    BoundMethod,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Module,
    Partial,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from driftline.python.calls import Args, Known, Kwargs
    from driftline.python.scope import Scope

Where = tuple[ast.AST, "Scope"]

_PLAIN = (str, int, float, bool, bytes, complex, list, tuple, dict, set, frozenset, range, slice, type(None))


def _argument(args: Args, kwargs: Kwargs, index: int, name: str, default: Value = UNANSWERED) -> Value:
    if len(args) > index:
        return args[index]
    if name in kwargs:
        return kwargs[name]
    if default is UNANSWERED:
        raise raised(TypeError, f"missing argument {name!r}")
    return default


def _need(args: Args, fewest: int, most: int = 100) -> None:
    if not fewest <= len(args) <= most:
        raise raised(TypeError, f"expected {fewest} arguments, got {len(args)}")


def _length(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 1)
    value = plain(args[0])
    if type(value) in DICTS or type(value) in (set, list):
        return _length_of(run, value, node, scope)
    if type(value) in (str, bytes, tuple, frozenset, range) or type(value) in VIEWS:
        return len(value)
    if isinstance(value, Instance) and value.cls.lookup("__len__") is not None:
        return call(run, get_attribute(run, value, "__len__", node, scope), [], {}, node, scope)
    if isinstance(value, Unknown):
        return value
    if type(value) in SYMBOLIC or isinstance(value, (Class, Instance)):
        values = iterate(run, value, node, scope)
        if values is not None:
            return len(list(values))
        return run.unknown(f"how long `{text_of(value)}` is, is not known", node, scope)
    raise raised(TypeError, f"object of type {type(value).__name__!r} has no len()")


def _length_of(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Value:
    """Give how long a container is, unless an Unknown in it stands for some number of elements."""
    del run, node, scope
    return len(value)


def _to_list(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 0, 1)
    return known_items(run, args[0], node, scope) if args else []


def _to_tuple(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = _to_list(run, args, kwargs, node, scope)
    return values if isinstance(values, Unknown) else tuple(values)


def _to_set(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = _to_list(run, args, kwargs, node, scope)
    return values if isinstance(values, Unknown) else make_set(values)


def _to_frozenset(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = _to_list(run, args, kwargs, node, scope)
    return values if isinstance(values, Unknown) else frozenset(make_set(values))


def _to_dict(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _need(args, 0, 1)
    result: dict[Value, Value] = {}
    if args:
        pairs = pairs_of(run, args[0], node, scope)
        if isinstance(pairs, Unknown):
            return pairs
        result.update(pairs)
    result.update(kwargs)
    return sized(run, result)


def _to_str(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if len(args) > 1 or kwargs:
        return call_method(run, args[0], "decode", args[1:], kwargs, node, scope) if args else UNANSWERED
    return str_of(run, args[0], node, scope) if args else ""


def _to_repr(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 1)
    return repr_of(run, args[0], node, scope)


def _format(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 2)
    spec = args[1] if len(args) > 1 else ""
    return format_value(run, args[0], "", spec, node, scope) if type(spec) is str else spec


_LONGEST_NUMBER = 4_000


def _number(kind: type) -> Known:
    def make(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        values = [plain(one) for one in args]
        for one in (*values, *kwargs.values()):
            if isinstance(one, Instance) and one.cls.lookup(f"__{kind.__name__}__") is not None:
                return call(run, get_attribute(run, one, f"__{kind.__name__}__", node, scope), [], {}, node, scope)
            if first_unreadable(one) is not None:
                return unreadable_part(run, one, node, scope)
            if type(one) in (str, bytes) and len(one) > _LONGEST_NUMBER:
                return run.unknown(TOO_BIG, node, scope)
        try:
            return kind(*values, **kwargs)
        except (TypeError, ValueError, OverflowError) as error:
            raise raised_from(error) from error

    return make


def _bool(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 0, 1)
    if not args:
        return False
    known = truth(run, args[0], node, scope)
    return unreadable_part(run, args[0], node, scope) if known is None else known


def _bytes(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if any(first_unreadable(one) is not None for one in args):
        return unreadable_part(run, args[0], node, scope)
    if args and type(args[0]) is int and args[0] > run.size:
        return run.unknown(TOO_BIG, node, scope)
    if args and type(args[0]) not in (str, bytes, int, list, tuple):
        return run.unknown("a byte string is not worked out", node, scope)
    try:
        return sized(run, bytes(*args, **kwargs))
    except (TypeError, ValueError, LookupError) as error:
        raise raised_from(error) from error


def _range(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    return _over_plain(run, range, args, node, scope)


def _slice(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    return _over_plain(run, slice, args, node, scope)


def _over_plain(
    run: Interpreter, function: Callable[..., Any], args: Args, node: ast.AST, scope: Scope, **kwargs: Value
) -> Value:
    """Call one of Python's own functions over values that are Python's own."""
    values = [plain(one) for one in args]
    for one in (*values, *kwargs.values()):
        unreadable = first_unreadable(one)
        if unreadable is not None:
            return unreadable_part(run, unreadable, node, scope)
    try:
        return sized(run, function(*values, **kwargs))
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
        raise raised_from(error) from error


def _enumerate(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = known_items(run, _argument(args, kwargs, 0, "iterable"), node, scope)
    start = _argument(args, kwargs, 1, "start", 0)
    if isinstance(values, Unknown):
        return values
    if type(start) is not int:
        return unreadable_part(run, start, node, scope)
    return Cursor(list(enumerate(values, start)))


def _zip(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    lists: list[list[Value]] = []
    for one in args:
        values = known_items(run, one, node, scope)
        if isinstance(values, Unknown):
            return values
        lists.append(values)
    if kwargs.get("strict") is True and len({len(one) for one in lists}) > 1:
        raise raised(ValueError, "zip() arguments have different lengths")
    return Cursor(list(zip(*lists, strict=False)))


def _map(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _need(args, 2)
    rows = _zip(run, args[1:], kwargs, node, scope)
    if isinstance(rows, Unknown):
        perhaps_called(run, args[0], [rows] * len(args[1:]), node, scope)
        return rows
    return Cursor([call(run, args[0], list(row), {}, node, scope) for row in _charged(run, rows.items)])


def perhaps_called(run: Interpreter, function: Value, given: list[Value], node: ast.AST, scope: Scope) -> None:
    """Follow a call for each item of what is not known, as a loop over that: once, where it could do work."""
    reason = given[0]
    if isinstance(reason, Unknown) and does_work_when_called(run, function):

        def once() -> None:
            call(run, function, given, {}, node, scope)

        once_or_not(run, once, scope, run.record(reason), f"`{text_of(function)}` gets something", node)


def _charged(run: Interpreter, values: list[Value]) -> list[Value]:
    run.charge(len(values))
    return values


def _filter(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    values = known_items(run, args[1], node, scope)
    if isinstance(values, Unknown):
        perhaps_called(run, args[0], [values], node, scope)
        return values
    kept: list[Value] = []
    for one in _charged(run, values):
        test = one if args[0] is None else call(run, args[0], [one], {}, node, scope)
        known = truth(run, test, node, scope)
        if known is None:
            return unreadable_part(run, test, node, scope)
        if known:
            kept.append(one)
    return Cursor(kept)


def _sorted(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    _need(args, 1, 1)
    values = known_items(run, args[0], node, scope)
    if isinstance(values, Unknown):
        perhaps_called(run, kwargs.get("key"), [values], node, scope)
        return values
    return sorted_values(run, values, kwargs, node, scope)


def _reversed(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 1)
    values = known_items(run, args[0], node, scope)
    return values if isinstance(values, Unknown) else Cursor(values[::-1])


def _any_or_all(*, ending: bool) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del kwargs
        _need(args, 1, 1)
        values = iterate(run, args[0], node, scope)
        if values is None:
            return unreadable_part(run, args[0], node, scope)
        unsure: Value = UNANSWERED
        for one in values:
            run.charge(1)
            known = truth(run, one, node, scope)
            if known is ending:
                return ending
            if known is None and unsure is UNANSWERED:
                unsure = one
        return not ending if unsure is UNANSWERED else unreadable_part(run, unsure, node, scope)

    return work


def _sum(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    values = known_items(run, _argument(args, kwargs, 0, "iterable"), node, scope)
    if isinstance(values, Unknown):
        return values
    total = _argument(args, kwargs, 1, "start", 0)
    plus = ast.Add()
    for one in _charged(run, values):
        total = binary(run, plus, total, one, node, scope)
    return total


def _extreme(op: ast.cmpop) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        _need(args, 1)
        values = known_items(run, args[0], node, scope) if len(args) == 1 else args
        if isinstance(values, Unknown):
            perhaps_called(run, kwargs.get("key"), [values], node, scope)
            return values
        if not values:
            if "default" in kwargs:
                return kwargs["default"]
            raise raised(ValueError, "arg is an empty sequence")
        key = kwargs.get("key")
        best = values[0]
        best_key = best if key is None else call(run, key, [best], {}, node, scope)
        for one in _charged(run, values[1:]):
            one_key = one if key is None else call(run, key, [one], {}, node, scope)
            better = compare(run, op, one_key, best_key, node, scope)
            if type(better) is not bool:
                return unreadable_part(run, better, node, scope)
            if better:
                best, best_key = one, one_key
        return best

    return work


def _iterator(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 2)
    value = args[0]
    if type(value) in (Cursor, Generator):
        return value
    if len(args) > 1:
        return run.unknown("`iter` with a sentinel is not worked out", node, scope)
    if isinstance(value, Instance) and value.cls.lookup("__iter__") is not None:
        return call(run, get_attribute(run, value, "__iter__", node, scope), [], {}, node, scope)
    values = known_items(run, value, node, scope)
    return values if isinstance(values, Unknown) else Cursor(values)


def _next(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 2)
    value = args[0]
    if isinstance(value, Instance) and value.cls.lookup("__next__") is not None:
        return call(run, get_attribute(run, value, "__next__", node, scope), [], {}, node, scope)
    # Where the generator is called right here, nobody takes from it again: it goes no further than to its first value.
    alone = type(value) is Generator and value.cursor is None and isinstance(node, ast.Call) and _is_called(node)
    try:
        return first_of(run, value) if alone else next_of(run, value, node, scope)
    except Raised as error:
        if len(args) > 1 and "StopIteration" in error.names:
            return args[1]
        raise


def _is_called(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Call)


# ---------------------------------------------------------------------------------------------------------------------
# Types


def type_of(value: Value) -> Value:
    """Give the class of a value; None where that is not known."""
    if isinstance(value, (Instance, EnumMember)):
        return value.cls
    kind = type(value)
    if kind is DefaultDict:
        return Symbol("collections.defaultdict")
    if kind in _PLAIN:
        return Symbol("builtins.NoneType" if value is None else f"builtins.{kind.__name__}")
    if isinstance(value, Class):
        return value.metaclass or Symbol("builtins.type")
    if isinstance(value, (Function, BoundMethod, Method, Partial)):
        return Symbol("types.FunctionType")
    return Symbol("types.ModuleType") if isinstance(value, Module) else None


def _type(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    if len(args) == 1:
        known = type_of(args[0])
        if known is not None:
            return known
        if isinstance(args[0], Unknown):
            return args[0]
        return run.unknown(f"the type of `{text_of(args[0])}` is not known", node, scope)
    _need(args, 3, 3)
    return make_by_call(run, args, kwargs, node, scope)


def is_instance(  # noqa: C901 - one for each kind of value
    run: Interpreter, value: Value, kind: Value, node: ast.AST, scope: Scope
) -> bool | Unknown:
    """Give `isinstance(value, kind)`, or why it is not known."""
    if isinstance(kind, tuple):
        unsure: Unknown | None = None
        for one in kind:
            known = is_instance(run, value, one, node, scope)
            if known is True:
                return True
            if isinstance(known, Unknown):
                unsure = known
        return False if unsure is None else unsure
    if isinstance(value, Unknown):
        return value
    cls = type_of(value)
    if isinstance(cls, Class):
        return is_subclass(run, cls, kind, node, scope)
    if isinstance(kind, Symbol) and cls is not None:
        if kind.path.startswith("builtins."):
            real = getattr(builtins, kind.name, None)
            if type(value) in _PLAIN or type(value) is DefaultDict:
                return isinstance(value, real) if isinstance(real, type) else False
            return kind.name == "object" or (kind.name == "type" and isinstance(value, Class))
        abstract = _abstract(value, kind.name)
        if abstract is not None:
            return abstract
    if isinstance(kind, Class) and cls is not None:
        return False
    if isinstance(value, Call) and isinstance(kind, Symbol) and _is_made_by(value, kind):
        return True
    if type(value) in SYMBOLIC:
        told = run.ask(run.host.is_instance, value, kind)
        if told is not None:
            return told is True
    if isinstance(value, Class) and isinstance(kind, Symbol) and "meta" not in kind.name.lower():
        return False  # A class is an instance of its metaclass, which the name would tell.
    return run.unknown(f"whether `{text_of(value)}` is a `{text_of(kind)}` is not known", node, scope)


def _is_made_by(value: Call, kind: Symbol) -> bool:
    """Whether a symbolic call is one of the class `kind`, whichever module of its package each is imported from."""
    package, _, name = kind.path.rpartition(".")
    made_in, _, made = value.callee.rpartition(".")
    return name[:1].isupper() and name == made and package.partition(".")[0] == made_in.partition(".")[0] != ""


_ABSTRACT: dict[str, tuple[type, ...]] = {
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "Sequence": (list, tuple, str, range, bytes),
    "MutableSequence": (list,),
    "Iterable": (list, tuple, str, dict, set, frozenset, range, bytes),
    "Collection": (list, tuple, str, dict, set, frozenset, range, bytes),
    "Set": (set, frozenset),
    "Hashable": (str, int, float, bool, tuple, frozenset, bytes),
    "Number": (int, float, complex),
    "Callable": (),
}


def _abstract(value: Value, name: str) -> bool | None:
    """Whether a value is one of the abstract kinds of `collections.abc`; None where that is not known."""
    if name == "Callable":
        return isinstance(value, (Function, BoundMethod, Method, Partial, Class))
    if name in _ABSTRACT and type(value) in _PLAIN:
        return isinstance(value, _ABSTRACT[name])
    return False if type(value) in ATOMS and name != "Any" else None


def is_subclass(run: Interpreter, cls: Value, kind: Value, node: ast.AST, scope: Scope) -> bool | Unknown:
    """Give `issubclass(cls, kind)`, or why it is not known."""
    if isinstance(kind, tuple):
        answers = [is_subclass(run, cls, one, node, scope) for one in kind]
        if True in answers:
            return True
        return next((one for one in answers if isinstance(one, Unknown)), False)
    if isinstance(cls, Class):
        order = list(cls.mro())
        if any(one is kind for one in order):
            return True
        if isinstance(kind, Symbol):
            if kind.path == "builtins.object" or cls.is_a(kind.path):
                return True
            if all(isinstance(one, Class) for one in order):
                return False
            bare = [one for one in order if not isinstance(one, Class)]
            if all(run.ask(run.host.is_instance, Call(one, (), {}), kind) is False for one in bare):
                return False
            if kind.path.startswith("builtins.") and all(
                isinstance(one, Symbol) and one.path.startswith(("builtins.", "enum.", "abc.", "typing."))
                for one in bare
            ):
                from driftline.python.exceptions import class_names

                known = class_names(cls) if any(one.path == "builtins.Exception" for one in bare) else ()
                return kind.name in known and kind.name != "Exception"
        elif isinstance(kind, Class):
            return False
    if isinstance(cls, Symbol) and isinstance(kind, Symbol):
        if cls.path == kind.path:
            return True
        one, other = getattr(builtins, cls.name, None), getattr(builtins, kind.name, None)
        if (
            cls.path.startswith("builtins.")
            and kind.path.startswith("builtins.")
            and isinstance(one, type)
            and isinstance(other, type)
        ):
            return issubclass(one, other)
    if isinstance(cls, Unknown):
        return cls
    return run.unknown(f"whether `{text_of(cls)}` is a `{text_of(kind)}` is not known", node, scope)


def _isinstance(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    return is_instance(run, args[0], args[1], node, scope)


def _issubclass(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    if type(args[0]) in ATOMS or isinstance(args[0], Instance):
        raise raised(TypeError, "issubclass() arg 1 must be a class")
    return is_subclass(run, args[0], args[1], node, scope)


def _callable(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 1)
    value = args[0]
    if isinstance(value, (Function, BoundMethod, Method, Partial, Class)):
        return True
    if isinstance(value, Instance):
        return value.cls.lookup("__call__") is not None
    if type(value) in _PLAIN or isinstance(value, (Module, EnumMember)):
        return False
    if isinstance(value, Symbol) and value.path.startswith("builtins."):
        return True
    return unreadable_part(run, value, node, scope)


# ---------------------------------------------------------------------------------------------------------------------
# Attributes and namespaces


def _getattr(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 3)
    name = plain(args[1])
    if type(name) is not str:
        return unreadable_part(run, name, node, scope)
    if len(args) > 2:  # noqa: PLR2004 -- with a default
        return attribute_or(run, args[0], name, args[2], node, scope)
    return get_attribute(run, args[0], name, node, scope)


def _setattr(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 3, 3)
    name = plain(args[1])
    if type(name) is not str:
        return unreadable_part(run, name, node, scope)
    set_attribute(run, args[0], name, args[2], node, scope)
    return None


def _setattr_past_the_class(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Run `object.__setattr__(value, name, new)`."""
    del kwargs, node, scope
    _need(args, 3, 3)
    names = getattr(args[0], "attributes", None)
    if names is not None and type(args[1]) is str:
        run.changing_key(names, args[1])
        names[args[1]] = args[2]
    return None


def _delattr(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    if type(args[1]) is not str:
        return unreadable_part(run, args[1], node, scope)
    delete_attribute(run, args[0], args[1])
    return None


def _hasattr(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    name = plain(args[1])
    if type(name) is not str:
        return unreadable_part(run, name, node, scope)
    return has_attribute(run, args[0], name, node, scope)


def _vars(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    if not args:
        return scope.names
    value = args[0]
    if isinstance(value, Module):
        if run.kept is not None:
            run.kept.reads_all(value)
        return value.names
    if isinstance(value, Class):
        return dict(value.names)
    if isinstance(value, Instance):
        return value.attributes
    return unreadable_part(run, value, node, scope)


def _dir(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    value = args[0] if args else scope.module
    if isinstance(value, Module):
        if run.kept is not None:
            run.kept.reads_all(value)
        names = set(value.names) | {"__name__", "__file__"}
    elif isinstance(value, (Class, Instance)):
        cls = value if isinstance(value, Class) else value.cls
        names = {name for one in cls.mro() if isinstance(one, Class) for name in one.names}
        names |= set(value.attributes) if isinstance(value, Instance) else set()
    else:
        return unreadable_part(run, value, node, scope)
    run.charge(len(names))
    return sorted(names)


def _globals(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs, run, node
    return scope.module.names


def _locals(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs, run, node
    return scope.names if scope.parent is None or scope.cls is not None else dict(scope.names)


def _print(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> None:
    del run, args, kwargs, node, scope


def _id(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del args, kwargs
    return run.unknown("identities and hashes differ from run to run", node, scope)


def _refused(what: str) -> Known:
    def refuse(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        del args, kwargs
        return run.unknown(f"{what} is not worked out", node, scope)

    return refuse


def _divmod(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 2)
    return _over_plain(run, divmod, args, node, scope)


def _power(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 2, 3)
    if len(args) > 2:  # noqa: PLR2004
        if all(type(one) is int and one.bit_length() < 1000 for one in args):  # noqa: PLR2004
            return _over_plain(run, pow, args, node, scope)
        return run.unknown(TOO_BIG, node, scope)
    return binary(run, ast.Pow(), args[0], args[1], node, scope)


def _simple(function: Callable[..., Any]) -> Known:
    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        if any(type(one) is int and one.bit_length() > 4_000 for one in args):  # noqa: PLR2004
            return run.unknown(TOO_BIG, node, scope)
        return _over_plain(run, function, args, node, scope, **kwargs)

    return work


def _static(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope, *, path: str) -> Value:
    """Make a property, a static or a class method of a function that is passed."""
    del run, node, scope
    if not args and "fget" in kwargs:
        args = [kwargs["fget"]]
    if args and isinstance(args[0], Function):
        one = args[0]
        made = Function(
            one.name,
            one.qualname,
            one.node,
            one.module,
            one.scope,
            one.defaults,
            one.kw_defaults,
            (Symbol(path), *one.decorators),
            one.origin,
            dict(one.attributes),
            one.owner,
        )
        if len(args) > 1:
            made.attributes["fset"] = args[1]
        elif "fset" in kwargs:
            made.attributes["fset"] = kwargs["fset"]
        return made
    return UNANSWERED


def _descriptor(path: str) -> Known:
    def make(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        return _static(run, args, kwargs, node, scope, path=path)

    return make


def _new_object(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Run `object.__new__(cls)`, `str.__new__(cls, value)`, `type.__new__(metaclass, …)` and the like."""
    return make_new(run, args, kwargs, node, scope)


def _of_type(kind: type, name: str) -> Known:
    """Give what calls `str.upper("x")`: a method called by way of its class."""

    def work(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
        if not args:
            raise raised(TypeError, f"unbound method {kind.__name__}.{name}() needs an argument")
        receiver = plain(args[0])
        if type(receiver) is not kind:
            return unreadable_part(run, receiver, node, scope)
        return call_method(run, receiver, name, args[1:], kwargs, node, scope)

    return work


def _dict_from_keys(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    del kwargs
    _need(args, 1, 2)
    values = known_items(run, args[0], node, scope)
    if isinstance(values, Unknown):
        return values
    make_set(values)
    return dict.fromkeys(values, args[1] if len(args) > 1 else None)


_FUNCTIONS: dict[str, Known] = {
    "len": _length,
    "list": _to_list,
    "tuple": _to_tuple,
    "set": _to_set,
    "frozenset": _to_frozenset,
    "dict": _to_dict,
    "str": _to_str,
    "repr": _to_repr,
    "format": _format,
    "int": _number(int),
    "float": _number(float),
    "complex": _number(complex),
    "bool": _bool,
    "bytes": _bytes,
    "bytearray": _refused("a bytearray"),
    "memoryview": _refused("a memoryview"),
    "range": _range,
    "slice": _slice,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "sorted": _sorted,
    "reversed": _reversed,
    "any": _any_or_all(ending=True),
    "all": _any_or_all(ending=False),
    "sum": _sum,
    "min": _extreme(ast.Lt()),
    "max": _extreme(ast.Gt()),
    "iter": _iterator,
    "next": _next,
    "aiter": _iterator,
    "anext": _next,
    "type": _type,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "callable": _callable,
    "getattr": _getattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "hasattr": _hasattr,
    "vars": _vars,
    "dir": _dir,
    "globals": _globals,
    "locals": _locals,
    "print": _print,
    "id": _id,
    "hash": _id,
    "input": _refused("what a user types"),
    "eval": _refused("`eval`"),
    "exec": _refused("`exec`"),
    "compile": _refused("`compile`"),
    "divmod": _divmod,
    "pow": _power,
    "abs": _simple(abs),
    "round": _simple(round),
    "ord": _simple(ord),
    "chr": _simple(chr),
    "hex": _simple(hex),
    "oct": _simple(oct),
    "bin": _simple(bin),
    "ascii": _to_repr,
    "super": make_super,
    "property": _descriptor("builtins.property"),
    "staticmethod": _descriptor("builtins.staticmethod"),
    "classmethod": _descriptor("builtins.classmethod"),
    "str.maketrans": _simple(str.maketrans),
    "bytes.maketrans": _simple(bytes.maketrans),
    "bytes.fromhex": _simple(bytes.fromhex),
    **{f"{name}.__new__": _new_object for name in ("object", "type", "str", "int", "float", "tuple", "list", "dict")},
    "object.__setattr__": _setattr_past_the_class,
    "dict.fromkeys": _dict_from_keys,
}
KNOWN.update({f"builtins.{name}": function for name, function in _FUNCTIONS.items()})

for _kind in (str, bytes, int, float, list, dict, set, frozenset, tuple):
    for _name in (*METHODS.get(_kind, ()), *(one for one in vars(_kind) if not one.startswith("__"))):
        KNOWN.setdefault(f"builtins.{_kind.__name__}.{_name}", _of_type(_kind, _name))

BUILTINS.update({name: Symbol(f"builtins.{name}") for name in dir(builtins) if not name.startswith("_")})
BUILTINS.update(
    {
        "None": None,
        "True": True,
        "False": False,
        "Ellipsis": ...,
        "NotImplemented": Symbol("builtins.NotImplemented"),
        "__import__": Symbol("importlib.import_module"),
        "__debug__": True,
    }
)
