"""Python enums that were read: from the names of a class body to `EnumMember`s, and looking members up by value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.attributes import members
from driftline.python.calls import call
from driftline.python.exceptions import raised
from driftline.python.operators import equal
from driftline.python.text_of import text_of
from driftline.python.values import Call, Class, EnumMember, Function, Instance, Symbol, Unknown, Value

if TYPE_CHECKING:
    from driftline.python.calls import Args, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_FUNCTIONAL = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"})


def make_members(run: Interpreter, cls: Class, node: ast.AST, scope: Scope) -> None:
    """Turn the plain names of an enum's body into members."""
    ignored = cls.names.get("_ignore_")
    left_out = ignored.split() if isinstance(ignored, str) else list(ignored) if isinstance(ignored, list) else []
    by_value: list[EnumMember] = []
    last_values: list[Value] = []
    for name, value in list(cls.names.items()):
        if name.startswith("_") or name in left_out or not _is_value(value):
            continue
        value = _worked_out(run, cls, name, value, last_values, (node, scope))  # noqa: PLW2901
        last_values.append(value)
        member = _made_member(run, cls, name, value, (node, scope))
        same = next((one for one in by_value if equal(run, one.value, member.value, node, scope)), None)
        if same is not None:
            cls.names[name] = same
            continue
        by_value.append(member)
        cls.names[name] = member


def _made_member(run: Interpreter, cls: Class, name: str, value: Value, where: tuple[ast.AST, Scope]) -> EnumMember:
    """Make a member, by way of the enum's own `__new__` and `__init__` if it has them."""
    args = list(value) if type(value) is tuple else [value]
    member = EnumMember(cls, name, value)
    new = cls.lookup("__new__")
    if new is not None and isinstance(new[1], Function):
        made = call(run, new[1], [cls, *args], {}, *where)
        if isinstance(made, EnumMember):
            # What `str.__new__(cls, value)` has made: its value is what it was made of, unless that was said.
            member = EnumMember(cls, name, made.attributes.get("_value_", made.value), made.attributes)
        else:
            return EnumMember(cls, name, made if isinstance(made, Unknown) else value)
    init = cls.lookup("__init__")
    if init is not None and isinstance(init[1], Function):
        call(run, init[1], [member, *args], {}, *where)
    if "_value_" in member.attributes:
        member = EnumMember(cls, name, member.attributes["_value_"], member.attributes)
    return member


def _is_value(value: Value) -> bool:
    if isinstance(value, Instance):
        return value.cls.lookup("__get__") is None
    return not isinstance(value, (Function, Class)) and not (
        isinstance(value, Call) and value.callee in ("enum.nonmember", "builtins.property")
    )


def _worked_out(
    run: Interpreter, cls: Class, name: str, value: Value, last_values: list[Value], where: tuple[ast.AST, Scope]
) -> Value:
    """Give a member's value: that of `auto()` depends on the class and on the members before it."""
    if isinstance(value, Call) and value.callee == "enum.member":
        return value.args[0] if value.args else value
    if not (isinstance(value, Call) and value.callee == "enum.auto"):
        return value
    generate = cls.lookup("_generate_next_value_")
    if generate is not None and isinstance(generate[1], Function):
        return call(run, generate[1], [name, 1, len(last_values), list(last_values)], {}, *where)
    paths = {one.path for one in cls.mro() if isinstance(one, Symbol)}
    if "enum.StrEnum" in paths:
        return name.lower()
    numbers = [one for one in last_values if type(one) is int]
    if paths & {"enum.Flag", "enum.IntFlag"}:
        return 1 << max(numbers).bit_length() if numbers else 1
    return max(numbers) + 1 if numbers else 1


def member_of(run: Interpreter, cls: Class, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `cls(value)` is; raises ValueError in the code that is read where no member has the value."""
    if len(args) != 1 or kwargs:
        return run.unknown(f"a new enum made of `{cls.name}` is not worked out", node, scope)
    value = args[0]
    if isinstance(value, Unknown):
        return value
    unsure = False
    for one in members(cls):
        known = True if one is value else equal(run, one.value, value, node, scope)
        if known:
            return one
        unsure |= known is None
    if unsure:
        return run.unknown(f"which member of `{cls.name}` has the value `{text_of(value)}` is not known", node, scope)
    missing = cls.lookup("_missing_")
    if missing is not None:
        found = call(run, missing[1], [cls, value], {}, node, scope)
        if found is not None:
            return found
    raise raised(ValueError, f"{text_of(value)} is not a valid {cls.name}")


def from_call(run: Interpreter, base: str, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Class | None:
    """Give the class that `Enum("Name", …)` makes; None where its names are not known."""
    if base not in _FUNCTIONAL or not args or type(args[0]) is not str or len(args) + len(kwargs) < 2:  # noqa: PLR2004
        return None
    named: Value = args[1] if len(args) > 1 else kwargs.get("names")
    bases: list[Value] = [Symbol(base)]
    mixed = kwargs.get("type")
    if isinstance(mixed, Symbol):
        bases.insert(0, mixed)
    pairs: list[tuple[Value, Value]]
    if type(named) is str:
        named = named.replace(",", " ").split()
    if type(named) is dict:
        pairs = list(named.items())
    elif type(named) in (list, tuple):
        pairs = [
            tuple(one) if type(one) in (list, tuple) and len(one) == 2 else (one, _numbered(base, one, index))  # noqa: PLR2004
            for index, one in enumerate(named, 1)
        ]
    else:
        return None
    if not all(type(name) is str for name, _ in pairs):
        return None
    cls = synthetic_class(args[0], tuple(bases), scope)
    cls.names.update(pairs)
    cls.origin = run.origin(node, scope)
    make_members(run, cls, node, scope)
    return cls


def _numbered(base: str, name: Value, index: int) -> Value:
    if base == "enum.StrEnum" and type(name) is str:
        return name.lower()
    return 1 << (index - 1) if base in ("enum.Flag", "enum.IntFlag") else index


def synthetic_class(name: str, bases: tuple[Value, ...], scope: Scope) -> Class:
    """Make a class that a call has made, and no class statement."""
    node = ast.ClassDef(name=name, bases=[], keywords=[], body=[], decorator_list=[])
    return Class(name, name, scope.module, bases, {}, node)
