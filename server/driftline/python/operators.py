"""Operators, comparisons, truth and subscripts over values.

Over Python's own values they are Python's, guarded so that no result is big before its size is known. Anything with an
Unknown in it is that Unknown; anything symbolic is an `Operator`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from driftline.python.attributes import Method, get_attribute, is_enum, members
from driftline.python.budget import TOO_BIG
from driftline.python.calls import call
from driftline.python.exceptions import Raised, raised, raised_from
from driftline.python.host import UNANSWERED
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import VIEWS, Cursor, DefaultDict, Generator, iterate
from driftline.python.text_of import text_of
from driftline.python.values import (
    Attribute,
    BoundMethod,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Module,
    Operator,
    Partial,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from driftline.python.scope import Scope

SYMBOLIC = frozenset({Symbol, Call, Attribute, Operator})
NUMBERS = frozenset({int, float, bool, complex})
ATOMS = frozenset({str, int, float, bool, type(None), bytes, complex})
_SEQUENCES = frozenset({str, bytes, list, tuple})
DICTS = frozenset({dict, DefaultDict})
_HASHED = frozenset({dict, DefaultDict, set, frozenset})
_SETS = frozenset({set, frozenset, *VIEWS})
_OBJECTS = frozenset({Function, BoundMethod, Module, Class, Partial, Method, Cursor, Generator})

_MOST_BITS = 20_000
"""How long a number may get."""

_NESTING = 100

_LEVELS = 50
"""How deep containers are compared."""

_BINARY: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any], str]] = {
    ast.Add: ("+", operator.add, "add"),
    ast.Sub: ("-", operator.sub, "sub"),
    ast.Mult: ("*", operator.mul, "mul"),
    ast.Div: ("/", operator.truediv, "truediv"),
    ast.FloorDiv: ("//", operator.floordiv, "floordiv"),
    ast.Mod: ("%", operator.mod, "mod"),
    ast.Pow: ("**", operator.pow, "pow"),
    ast.LShift: ("<<", operator.lshift, "lshift"),
    ast.RShift: (">>", operator.rshift, "rshift"),
    ast.BitOr: ("|", operator.or_, "or"),
    ast.BitXor: ("^", operator.xor, "xor"),
    ast.BitAnd: ("&", operator.and_, "and"),
    ast.MatMult: ("@", operator.matmul, "matmul"),
}

_INPLACE: dict[type[ast.operator], str] = {
    ast.Add: "extend",
    ast.BitOr: "update",
    ast.BitAnd: "intersection_update",
    ast.Sub: "difference_update",
    ast.BitXor: "symmetric_difference_update",
}

_COMPARED: dict[type[ast.cmpop], tuple[str, Callable[[Any, Any], Any], str]] = {
    ast.Lt: ("<", operator.lt, "__lt__"),
    ast.LtE: ("<=", operator.le, "__le__"),
    ast.Gt: (">", operator.gt, "__gt__"),
    ast.GtE: (">=", operator.ge, "__ge__"),
}

_UNARY: dict[type[ast.unaryop], tuple[str, Callable[[Any], Any], str]] = {
    ast.USub: ("-", operator.neg, "__neg__"),
    ast.UAdd: ("+", operator.pos, "__pos__"),
    ast.Invert: ("~", operator.invert, "__invert__"),
}


def plain(value: Value) -> Value:
    """Give the value under an enum member that is also a `str` or an `int`; of anything else, itself."""
    if type(value) is EnumMember and mixes_in_data(value.cls):
        return value.value
    return value


def mixes_in_data(cls: Class) -> bool:
    """Whether an enum's members are strings or numbers themselves."""
    return any(
        isinstance(one, Symbol)
        and one.path in ("builtins.str", "builtins.int", "enum.StrEnum", "enum.IntEnum", "enum.IntFlag")
        for one in cls.mro()
    )


# ---------------------------------------------------------------------------------------------------------------------
# Binary and unary operators


def binary(run: Interpreter, op: ast.operator, left: Value, right: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `left op right`."""
    sign, function, name = _BINARY[type(op)]
    left_kind, right_kind = type(left), type(right)
    if left_kind is EnumMember or right_kind is EnumMember:
        left, right = plain(left), plain(right)
        left_kind, right_kind = type(left), type(right)
    if left_kind is Unknown:
        return left
    if right_kind is Unknown:
        return right
    if left_kind is Instance or right_kind is Instance:
        answer = _by_method(run, (f"__{name}__", f"__r{name}__"), left, right, (node, scope))
        if answer is not UNANSWERED:
            return answer
    if left_kind in SYMBOLIC or right_kind in SYMBOLIC or Instance in (left_kind, right_kind):
        if sign == "%" and left_kind is str:
            return run.unknown(f"`{text_of(right)}` is part of a string, and not known", node, scope)
        return symbolic(run, sign, (left, right), node, scope)
    if Class in (left_kind, right_kind) or Function in (left_kind, right_kind):
        # `User | None` is a type; an enum's flags were unwrapped above.
        return symbolic(run, sign, (left, right), node, scope)
    reason = _too_much(run, type(op), left, right)
    if reason is not None:
        return run.unknown(reason, node, scope)
    if sign == "%" and left_kind is str:
        unreadable = first_unreadable(right)
        if unreadable is not None:
            return unreadable_part(run, unreadable, node, scope)
    elif left_kind is set or right_kind is set:
        run.charge((len(left) + len(right)) >> 3 if hasattr(left, "__len__") and hasattr(right, "__len__") else 0)
    try:
        return sized(run, function(left, right))
    except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise raised_from(error) from error


def symbolic(run: Interpreter, op: str, operands: tuple[Value, ...], node: ast.AST, scope: Scope) -> Value:
    """Make an `Operator`."""
    nesting = max(getattr(one, "nesting", 0) for one in operands) + 1
    if nesting > _NESTING:
        return run.unknown("too many operators hang on each other", node, scope)
    return Operator(op, operands, run.origin(node, scope), nesting)


def _by_method(
    run: Interpreter, names: tuple[str, str], left: Value, right: Value, where: tuple[ast.AST, Scope]
) -> Value:
    for name, one, other in ((names[0], left, right), (names[1], right, left)):
        if type(one) is Instance and one.cls.lookup(name) is not None:
            return call(run, get_attribute(run, one, name, *where), [other], {}, *where)
    return UNANSWERED


def _too_much(run: Interpreter, op: type[ast.operator], left: Value, right: Value) -> str | None:
    """Say why an operation's result would be too big; None where it would not."""
    left_kind, right_kind = type(left), type(right)
    if left_kind in (int, bool) and right_kind in (int, bool):
        bits = left.bit_length()
        if op is ast.Pow:
            return TOO_BIG if bits * max(right, 1) > _MOST_BITS else None
        if op is ast.LShift:
            return TOO_BIG if bits + right > _MOST_BITS else None
        if op is ast.Mult:
            return TOO_BIG if bits + right.bit_length() > _MOST_BITS else None
        return None
    if op is ast.Mult:
        sequence, times = (left, right) if left_kind in _SEQUENCES else (right, left)
        if type(sequence) in _SEQUENCES and type(times) in (int, bool):
            return TOO_BIG if len(sequence) * max(times, 0) > run.size else None
    elif op is ast.Add and left_kind in _SEQUENCES and right_kind in _SEQUENCES:
        return TOO_BIG if len(left) + len(right) > run.size else None
    elif op is ast.Mod and left_kind in (str, bytes):
        return _too_wide(left if left_kind is str else left.decode("latin-1"))
    elif op is ast.Pow and complex in (left_kind, right_kind):
        return "a power of complex numbers is not worked out"
    return None


def _too_wide(template: str) -> str | None:
    """Say whether a format asks for a wide field: `%1000000d`, or `%*d`."""
    return TOO_BIG if ("*" in template and "%" in template and _has_star(template)) or wide(template) else None


def _has_star(template: str) -> bool:
    at = template.find("%")
    while at >= 0:
        end = at + 1
        while end < len(template) and template[end] in "#0- +.0123456789*":
            if template[end] == "*":
                return True
            end += 1
        at = template.find("%", end + 1)
    return False


_WIDE = 5


def wide(template: str) -> bool:
    """Whether a format holds a number of more than five digits, which could be the width of a field."""
    digits = 0
    for char in template:
        digits = digits + 1 if char.isdigit() else 0
        if digits > _WIDE:
            return True
    return False


def sized(run: Interpreter, value: Value) -> Value:
    """Pay for a new value by its size."""
    kind = type(value)
    if kind in (str, bytes, list, tuple, dict, set):  # what one operation can make
        if len(value) > 64:  # noqa: PLR2004 - small ones are paid for by the step that made them
            run.charge(len(value) >> 3)
    elif kind is int and value.bit_length() > 256:  # noqa: PLR2004
        run.charge(value.bit_length() >> 6)
    return value


def inplace(run: Interpreter, op: ast.operator, left: Value, right: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `left op= right`: lists, sets and dicts change in place."""
    kind = type(left)
    method = _INPLACE.get(type(op))
    if method is not None and (
        (kind is list and method == "extend")
        or (kind in DICTS and method == "update")
        or (kind is set and method != "extend")
    ):
        if type(right) is Unknown:
            right = right if kind not in DICTS else {right: right}
        call(run, Method(left, method), [right], {}, node, scope)
        return left
    if kind is Instance:
        name = f"__i{_BINARY[type(op)][2]}__"
        if left.cls.lookup(name) is not None:
            return call(run, get_attribute(run, left, name, node, scope), [right], {}, node, scope)
    return binary(run, op, left, right, node, scope)


def unary(run: Interpreter, op: ast.unaryop, value: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `op value`."""
    kind = type(value)
    if type(op) is ast.Not:
        known = truth(run, value, node, scope)
        if known is not None:
            return not known
        return value if kind is Unknown else symbolic(run, "not", (value,), node, scope)
    token, function, name = _UNARY[type(op)]
    value = plain(value)
    if kind is Unknown:
        return value
    if kind in SYMBOLIC:
        return symbolic(run, token, (value,), node, scope)
    if kind is Instance and value.cls.lookup(name) is not None:
        return call(run, get_attribute(run, value, name, node, scope), [], {}, node, scope)
    try:
        return function(value)
    except TypeError as error:
        raise raised_from(error) from error


# ---------------------------------------------------------------------------------------------------------------------
# Truth and comparison


def truth(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> bool | None:
    """Whether `value` is true; None where that is not known."""
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is Unknown:
        return None
    if kind in SYMBOLIC:
        if run.asks_for_truth:
            known = run.ask(run.host.truth, value)
            if known is True or known is False:
                return known
            if known is not None:
                return None
        if kind is Symbol:
            return _truth_of_symbol(value)
        return _truth_of_operator(run, value, node, scope) if kind is Operator else None
    if kind in _OBJECTS:
        return True
    if kind is EnumMember:
        return bool(value.value) if mixes_in_data(value.cls) else True
    if kind is Instance:
        return _truth_of_instance(run, value, node, scope)
    return bool(value)


def _truth_of_symbol(value: Symbol) -> bool | None:
    """Whether something imported is true: a class or a module is; a constant need not be."""
    name = value.name
    if name.isupper() and len(name) > 1:
        return None
    return True if value.path.startswith("builtins.") or name[:1].isupper() else None


def _truth_of_operator(run: Interpreter, value: Operator, node: ast.AST, scope: Scope) -> bool | None:
    if value.op == "not":
        known = truth(run, value.operands[0], node, scope)
        return None if known is None else not known
    return None


def _truth_of_instance(run: Interpreter, value: Instance, node: ast.AST, scope: Scope) -> bool | None:
    for name in ("__bool__", "__len__"):
        if value.cls.lookup(name) is not None:
            return truth(run, call(run, get_attribute(run, value, name, node, scope), [], {}, node, scope), node, scope)
    return True if value.base_call is None else None


def compare(run: Interpreter, op: ast.cmpop, left: Value, right: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `left op right`: a bool, an Unknown, or an `Operator`."""
    kind = type(op)
    if kind is ast.Eq or kind is ast.NotEq:
        return _compare_equal(run, left, right, (node, scope), negated=kind is ast.NotEq)
    if kind is ast.Is or kind is ast.IsNot:
        known = identical(left, right)
        if known is None:
            if type(left) is Unknown or type(right) is Unknown:
                return left if type(left) is Unknown else right
            return symbolic(run, "is" if kind is ast.Is else "is not", (left, right), node, scope)
        return known is (kind is ast.Is)
    if kind is ast.In or kind is ast.NotIn:
        return _contains(run, left, right, (node, scope), negated=kind is ast.NotIn)
    return _ordered(run, op, left, right, (node, scope))


def _compare_equal(
    run: Interpreter, left: Value, right: Value, where: tuple[ast.AST, Scope], *, negated: bool
) -> Value:
    known = equal(run, left, right, *where)
    if known is None:
        if type(left) is Unknown or type(right) is Unknown:
            return left if type(left) is Unknown else right
        if type(left) in SYMBOLIC or type(right) in SYMBOLIC:
            return symbolic(run, "!=" if negated else "==", (left, right), *where)
        return run.unknown(f"whether `{text_of(left)}` equals `{text_of(right)}` is not known", *where)
    return known is not negated


def equal(
    run: Interpreter, left: Value, right: Value, node: ast.AST, scope: Scope, levels: int = _LEVELS
) -> bool | None:
    """Whether two values are equal; None where that is not known."""
    left_kind, right_kind = type(left), type(right)
    if left_kind in ATOMS and right_kind in ATOMS:
        return bool(left == right)
    if left_kind is Unknown or right_kind is Unknown or levels == 0:
        return None
    if left_kind is EnumMember or right_kind is EnumMember:
        if left_kind is right_kind and left.cls is right.cls:
            return left is right
        left, right = plain(left), plain(right)
        left_kind, right_kind = type(left), type(right)
        if left_kind is EnumMember or right_kind is EnumMember:
            return None if left_kind in SYMBOLIC or right_kind in SYMBOLIC else False
        return equal(run, left, right, node, scope, levels - 1)
    if left_kind in SYMBOLIC or right_kind in SYMBOLIC:
        return _equal_symbolic(left, right)
    if left_kind is Instance or right_kind is Instance:
        answer = _by_method(run, ("__eq__", "__eq__"), left, right, (node, scope))
        if answer is not UNANSWERED:
            return truth(run, answer, node, scope)
        if left_kind is right_kind and left is not right:
            return _equal_records(run, left, right, (node, scope), levels)
        return left is right
    if left_kind in _OBJECTS or right_kind in _OBJECTS:
        return left is right
    return _equal_containers(run, left, right, (node, scope), levels)


def _equal_symbolic(left: Value, right: Value) -> bool | None:
    if type(left) is Symbol and type(right) is Symbol:
        return True if left.path == right.path else None
    if type(left) is Symbol and left.path.startswith("builtins.") and type(right) not in SYMBOLIC:
        return False
    return None


def _equal_records(
    run: Interpreter, left: Instance, right: Instance, where: tuple[ast.AST, Scope], levels: int
) -> bool | None:
    """Compare two objects of one data class, or of one named tuple, by their fields; others by identity."""
    if left.cls is right.cls and (left.cls.decorators or any(isinstance(one, Symbol) for one in left.cls.bases)):
        return _equal_containers(run, left.attributes, right.attributes, where, levels)
    return False


def _equal_containers(
    run: Interpreter, left: Value, right: Value, where: tuple[ast.AST, Scope], levels: int
) -> bool | None:
    left_kind, right_kind = type(left), type(right)
    if left is right:
        return True
    if left_kind in DICTS and right_kind in DICTS:
        if len(left) != len(right):
            return None if _has_unknown(left) or _has_unknown(right) else False
        run.charge(len(left))
        pairs = ((one, right.get(key, _ABSENT)) for key, one in left.items())
        return _all_equal(run, pairs, where, levels)
    if left_kind is right_kind and left_kind in (list, tuple):
        if len(left) != len(right):
            return False
        run.charge(len(left))
        return _all_equal(run, zip(left, right, strict=True), where, levels)
    if left_kind in _SETS and right_kind in _SETS:
        run.charge(len(left))
        return None if _has_unknown(left) or _has_unknown(right) else bool(left == right)
    try:
        return bool(left == right)
    except (RecursionError, TypeError):
        return None


_ABSENT = object()


def _all_equal(
    run: Interpreter, pairs: Iterable[tuple[Value, Value]], where: tuple[ast.AST, Scope], levels: int
) -> bool | None:
    answer: bool | None = True
    for one, other in pairs:
        if other is _ABSENT:
            return False
        known = equal(run, one, other, *where, levels - 1)
        if known is False:
            return False
        if known is None:
            answer = None
    return answer


def _has_unknown(values: Value) -> bool:
    return any(type(one) is Unknown for one in values)


def identical(left: Value, right: Value) -> bool | None:
    """Whether `left is right`; None where that is not known."""
    left_kind, right_kind = type(left), type(right)
    if left_kind is Unknown or right_kind is Unknown:
        return None
    if left_kind in SYMBOLIC or right_kind in SYMBOLIC:
        if left is right or (left_kind is Symbol and right_kind is Symbol and left.path == right.path):
            return True
        one, other = (left, right) if left_kind in SYMBOLIC else (right, left)
        if type(one) is Symbol and not (one.name.isupper() and len(one.name) > 1):
            # A class, function or module that could be imported is not None, nor anything that was read.
            return None if type(other) in SYMBOLIC else False
        if type(one) is Call and type(other) not in SYMBOLIC and one.callee.rpartition(".")[2][:1].isupper():
            return False  # A new object is nothing that was there before.
        return None
    if left_kind in ATOMS and right_kind in ATOMS:
        return left_kind is right_kind and bool(left == right)
    if left_kind is tuple and right_kind is tuple and not left and not right:
        return True
    return left is right


def _contains(run: Interpreter, item: Value, container: Value, where: tuple[ast.AST, Scope], *, negated: bool) -> Value:
    known = contains(run, item, container, *where)
    if known is None:
        for one in (container, item):
            if type(one) is Unknown:
                return one
        if type(container) in SYMBOLIC or type(item) in SYMBOLIC:
            return symbolic(run, "not in" if negated else "in", (item, container), *where)
        return run.unknown(f"whether `{text_of(item)}` is in `{text_of(container)}` is not known", *where)
    return known is not negated


def contains(run: Interpreter, item: Value, container: Value, node: ast.AST, scope: Scope) -> bool | None:
    """Whether `item in container`; None where that is not known."""
    kind = type(container)
    if kind is Unknown:
        return None
    container = plain(container)
    kind = type(container)
    if kind in (str, bytes):
        item = plain(item)
        if type(item) is Unknown or type(item) in SYMBOLIC:
            return None
        run.charge(len(container) >> 8)
        try:
            return item in container
        except TypeError as error:
            raise raised_from(error) from error
    if kind is range:
        return item in container if type(item) in (int, bool) else None if type(item) is Unknown else False
    if kind in _HASHED and type(item) in ATOMS and item in container:
        return True
    if kind is Instance and container.cls.lookup("__contains__") is not None:
        method = get_attribute(run, container, "__contains__", node, scope)
        return truth(run, call(run, method, [item], {}, node, scope), node, scope)
    if kind is Class and is_enum(container):
        run.charge(1)
        values = members(container)
        return any(one is item or equal(run, one.value, item, node, scope) for one in values)
    if kind in SYMBOLIC:
        said = run.host.contains(container, item)
        if said is not None:
            return said
    if kind in DICTS and not hashable(item):
        raise unhashable(item)
    return _among(run, item, container, node, scope)


def _among(run: Interpreter, item: Value, container: Value, node: ast.AST, scope: Scope) -> bool | None:
    """Whether `item` is one of what going through `container` gives; None where that is not known."""
    values_in = iterate(run, container, node, scope)
    if values_in is None:
        return None
    answer: bool | None = False
    for one in values_in:
        run.charge(1)
        known = True if one is item else equal(run, one, item, node, scope)
        if known:
            return True
        if known is None:
            answer = None
    return answer


def _ordered(run: Interpreter, op: ast.cmpop, left: Value, right: Value, where: tuple[ast.AST, Scope]) -> Value:
    token, function, name = _COMPARED[type(op)]
    left, right = plain(left), plain(right)
    for one in (left, right):
        if type(one) is Unknown:
            return one
    if type(left) is Instance and left.cls.lookup(name) is not None:
        return call(run, get_attribute(run, left, name, *where), [right], {}, *where)
    if type(left) in SYMBOLIC or type(right) in SYMBOLIC:
        return symbolic(run, token, (left, right), *where)
    unreadable = first_unreadable(left) or first_unreadable(right)
    if unreadable is not None:
        return unreadable_part(run, unreadable, *where)
    try:
        return bool(function(left, right))
    except (TypeError, RecursionError) as error:
        raise raised_from(error) from error


# ---------------------------------------------------------------------------------------------------------------------
# Values within values


def first_unreadable(value: Value, levels: int = 4) -> Value:
    """Give the first value in `value` that is none of Python's own; None where there is none."""
    kind = type(value)
    if kind in ATOMS:
        return None
    if kind in (list, tuple, set, frozenset) or kind in VIEWS:
        if levels == 0:
            return Unknown("it is nested too deeply")
        return next((found for one in value if (found := first_unreadable(one, levels - 1)) is not None), None)
    if kind in DICTS:
        if levels == 0:
            return Unknown("it is nested too deeply")
        return next(
            (
                found
                for pair in value.items()
                for one in pair
                if (found := first_unreadable(one, levels - 1)) is not None
            ),
            None,
        )
    return None if kind in (range, slice) or isinstance(value, PurePath) else value


def unreadable_part(run: Interpreter, value: Value, node: ast.AST, scope: Scope) -> Unknown:
    """Make the Unknown for something that a value which is not known goes into."""
    if isinstance(value, Unknown):
        return value
    return run.unknown(f"`{text_of(value)}` is not known", node, scope)


def unhashable(value: Value) -> Raised:
    """Give what Python raises for a key that cannot be one."""
    return raised(TypeError, f"unhashable type: {type(value).__name__!r}")


def hashable(value: Value) -> bool:
    """Whether a value can be a key."""
    return all(map(hashable, value)) if type(value) is tuple else type(value).__hash__ is not None


# ---------------------------------------------------------------------------------------------------------------------
# Subscripts


def get_item(  # noqa: C901, PLR0911 - one for each kind of value
    run: Interpreter, value: Value, key: Value, node: ast.AST, scope: Scope
) -> Value:
    """Give `value[key]`."""
    kind = type(value)
    if kind in DICTS:
        return _item_of_dict(run, value, key, (node, scope))
    if kind in _SEQUENCES or kind is range:
        key = plain(key)
        if type(key) is Unknown:
            return key
        if type(key) in (int, bool, slice):
            try:
                return sized(run, value[key])
            except (LookupError, TypeError, ValueError) as error:
                raise raised_from(error) from error
        if type(key) in SYMBOLIC:
            return unreadable_part(run, key, node, scope)
        raise raised(TypeError, f"{kind.__name__} indices must be integers or slices")
    if kind is Unknown:
        return value
    if kind in SYMBOLIC:
        if kind is Symbol and value.path == "os.environ":
            found = run.assigned.get(f"os.environ[{key}]", UNANSWERED) if type(key) is str else UNANSWERED
            reason = f"{text_of(key)} is read from the environment"
            return found if found is not UNANSWERED else run.unknown(reason, node, scope)
        if run.asks_for_items:
            answer = run.ask(run.host.get_item, value, key)
            if answer is not UNANSWERED:
                return answer
        # A path of one step is another key than the step (`column[("a",)]`); of a type's arguments, one is one.
        spread = type(key) is tuple and (len(key) != 1 or kind is Symbol)
        return symbolic(run, "[]", (value, *key) if spread else (value, key), node, scope)
    if kind is Class:
        return _item_of_class(run, value, key, (node, scope))
    if kind is Instance:
        return _item_of_instance(run, value, key, (node, scope))
    if kind is EnumMember:
        return get_item(run, plain(value), key, node, scope) if plain(value) is not value else _no_items(value)
    if hasattr(value, "__getitem__") and not first_unreadable(key):
        try:
            return value[key]
        except (LookupError, TypeError) as error:
            raise raised_from(error) from error
    return _no_items(value)


def _no_items(value: Value) -> Value:
    raise raised(TypeError, f"`{text_of(value)}` object is not subscriptable")


def _item_of_dict(run: Interpreter, value: dict[Value, Value], key: Value, where: tuple[ast.AST, Scope]) -> Value:
    if type(key) is Unknown:
        return key
    if not hashable(key):
        raise unhashable(key)
    if key in value:
        return value[key]
    if type(key) is EnumMember and plain(key) in value:
        return value[plain(key)]
    found = key_like(run, value, key, *where)
    if isinstance(found, Unknown):
        return found
    if found:
        return value[found[0]]
    if type(value) is DefaultDict and value.factory is not None:
        made = call(run, value.factory, [], {}, *where)
        run.changing(value)
        value[key] = made
        return made
    raise raised(KeyError, text_of(key))


def key_like(
    run: Interpreter, value: dict[Value, Value], key: Value, node: ast.AST, scope: Scope
) -> list[Value] | Unknown:
    """Give the key of `value` that equals `key` though Python's own hashing does not say so, in a list; or none."""
    run.charge(len(value) >> 5)
    if type(key) in ATOMS:
        candidates = [one for one in value if type(one) not in ATOMS]
    else:
        candidates = [one for one in value if type(one) is not type(key) or type(key) is tuple]
    for one in candidates:
        run.charge(1)
        known = equal(run, one, key, node, scope)
        if known is None:
            return run.unknown(f"whether `{text_of(key)}` is a key is not known", node, scope)
        if known:
            return [one]
    return []


def _item_of_class(run: Interpreter, value: Class, key: Value, where: tuple[ast.AST, Scope]) -> Value:
    if is_enum(value):
        found = value.names.get(key) if type(key) is str else None
        if isinstance(found, EnumMember):
            return found
        if type(key) is Unknown:
            return key
        raise raised(KeyError, text_of(key))
    found = value.lookup("__class_getitem__")
    if found is not None:
        return call(run, get_attribute(run, value, "__class_getitem__", *where), [key], {}, *where)
    operands = (value, *key) if type(key) is tuple else (value, key)
    return symbolic(run, "[]", operands, *where)


def _item_of_instance(run: Interpreter, value: Instance, key: Value, where: tuple[ast.AST, Scope]) -> Value:
    if value.cls.lookup("__getitem__") is not None:
        return call(run, get_attribute(run, value, "__getitem__", *where), [key], {}, *where)
    if type(key) in (int, slice):
        fields = iterate(run, value, *where)
        if fields is not None:
            return get_item(run, list(fields), key, *where)
    if run.asks_for_items:
        answer = run.ask(run.host.get_item, value, key)
        if answer is not UNANSWERED:
            return answer
    if value.base_call is not None:
        return symbolic(run, "[]", (value, key), *where)
    return _no_items(value)


def set_item(run: Interpreter, value: Value, key: Value, new: Value, node: ast.AST, scope: Scope) -> None:
    """Run `value[key] = new`."""
    kind = type(value)
    if kind in DICTS:
        if not hashable(key):
            raise unhashable(key)
        run.changing(value)
        value[plain(key) if type(key) is EnumMember and plain(key) in value else key] = new
        if len(value) > run.size:
            run.charge(run.steps + 1)
    elif kind is list:
        _set_item_of_list(run, value, plain(key), new, (node, scope))
    elif kind is Instance and value.cls.lookup("__setitem__") is not None:
        call(run, get_attribute(run, value, "__setitem__", node, scope), [key, new], {}, node, scope)
    elif kind is Symbol and value.path == "os.environ" and type(key) is str:
        run.changing_key(run.assigned, f"os.environ[{key}]")
        run.assigned[f"os.environ[{key}]"] = new
    elif kind in SYMBOLIC or kind in (Unknown, Instance, Class):
        return
    else:
        raise raised(TypeError, f"`{text_of(value)}` object does not support item assignment")


def _set_item_of_list(
    run: Interpreter, value: list[Value], key: Value, new: Value, where: tuple[ast.AST, Scope]
) -> None:
    run.changing(value)
    if type(key) is slice:
        values = iterate(run, new, *where)
        if values is None:
            new = [run.unknown("what is put into a list is not known", *where)]
        else:
            new = list(values)
            run.charge(len(new) >> 3)
    if type(key) in (int, bool, slice):
        try:
            value[key] = new
        except (IndexError, ValueError, TypeError) as error:
            raise raised_from(error) from error
        return
    unknown = key if isinstance(key, Unknown) else run.unknown(f"`{text_of(key)}` is not known", *where)
    value[:] = [unknown] * len(value)


def delete_item(run: Interpreter, value: Value, key: Value, node: ast.AST, scope: Scope) -> None:
    """Run `del value[key]`."""
    kind = type(value)
    if kind in DICTS or kind is list:
        if type(key) is Unknown or type(key) in SYMBOLIC:
            return
        run.changing(value)
        try:
            del value[key]
        except (LookupError, TypeError) as error:
            raise raised_from(error) from error
    elif kind is Instance and value.cls.lookup("__delitem__") is not None:
        call(run, get_attribute(run, value, "__delitem__", node, scope), [key], {}, node, scope)
