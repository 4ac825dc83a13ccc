"""Attributes of values: looking them up, setting and deleting them, as Python does it.

What the host knows better it is asked for: attributes of what is not read, and those that a class with a symbolic base
does not have itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from driftline.python.calls import CALLERS, call
from driftline.python.exceptions import Raised, raised
from driftline.python.host import UNANSWERED
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import Cursor, Generator
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
    dotted,
)

if TYPE_CHECKING:
    from driftline.python.scope import Scope

Getter = Callable[[Interpreter, Any, str, ast.AST, "Scope"], Value]

GETTERS: dict[type, Getter] = {}
"""What looks up an attribute, by kind of value; the kinds that are not here are Python's own values."""

CONSTANTS: dict[str, Value] = {}
"""Values of names of the standard library, by dotted path; filled by `stdlib.py`."""

PLAIN_ATTRIBUTES: dict[type, Callable[[Interpreter, Any, str, ast.AST, Any], Value]] = {}
"""Attributes of Python's own values that are no methods; filled by those who know them."""

_NESTING = 100

# Ancestors that add no attributes that matter here: a name that is not found below them is missing.
_BARE = frozenset(
    {
        "builtins.object",
        "typing.Generic",
        "typing.Protocol",
        "typing_extensions.Protocol",
        "abc.ABC",
        "enum.Enum",
        "enum.IntEnum",
        "enum.StrEnum",
        "enum.ReprEnum",
        "enum.Flag",
        "enum.IntFlag",
        "typing.NamedTuple",
    }
)

_BARE_DECORATORS = frozenset(
    {
        "dataclasses.dataclass",
        "dataclasses.dataclass()",
        "enum.unique",
        "functools.total_ordering",
        "typing.final",
        "typing.runtime_checkable",
    }
)

PROPERTIES = frozenset({"property", "cached_property", "abstractproperty"})


class Method:
    """A method of one of Python's own values, not yet called: `name.upper`."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Value, name: str) -> None:
        """Bind the method `name` to `receiver`."""
        self.receiver = receiver
        self.name = name


class Super:
    """`super()`: attributes are looked up behind `cls` in the order of `receiver`'s class."""

    __slots__ = ("cls", "receiver")

    def __init__(self, cls: Class, receiver: Value) -> None:
        """Look behind `cls`, for `receiver` (an instance or a class)."""
        self.cls = cls
        self.receiver = receiver


class BaseInit:
    """`super().__init__` where what comes next is symbolic: a call of it is what the base is made with."""

    __slots__ = ("base", "receiver")

    def __init__(self, base: Value, receiver: Value) -> None:
        """Make `receiver` with `base`."""
        self.base = base
        self.receiver = receiver


def get_attribute(run: Interpreter, value: Value, name: str, node: ast.AST, scope: Scope) -> Value:
    """Give `value.name`; raises AttributeError in the code that is read."""
    getter = GETTERS.get(type(value))
    if getter is not None:
        return getter(run, value, name, node, scope)
    plain = PLAIN_ATTRIBUTES.get(type(value))
    if plain is None and isinstance(value, PurePath):
        plain = PLAIN_ATTRIBUTES.get(PurePath)
    if plain is not None:
        found = plain(run, value, name, node, scope)
        if found is not UNANSWERED:
            return found
    if name == "__class__":
        return Symbol(f"builtins.{type(value).__name__}")
    held = getattr(type(value), name, None)
    if callable(held):
        return Method(value, name)
    if held is not None and hasattr(value, name):  # a class has a `__name__`, its objects do not
        return getattr(value, name)
    raise raised(AttributeError, f"{type(value).__name__!r} object has no attribute {name!r}")


def attribute_or(run: Interpreter, value: Value, name: str, default: Value, node: ast.AST, scope: Scope) -> Value:
    """Give `getattr(value, name, default)`."""
    run.awaited.append(_is_missing)
    waiting = len(run.awaited)
    try:
        return get_attribute(run, value, name, node, scope)
    except Raised as error:
        if _is_missing(error):
            return default
        raise
    finally:
        del run.awaited[waiting - 1 :]


def _is_missing(error: Raised) -> bool:
    return "AttributeError" in error.names


def has_attribute(run: Interpreter, value: Value, name: str, node: ast.AST, scope: Scope) -> bool | Unknown:
    """Give whether there is a `value.name`; Unknown where the value is not read."""
    run.awaited.append(_is_missing)
    waiting = len(run.awaited)
    try:
        found = get_attribute(run, value, name, node, scope)
    except Raised as error:
        if _is_missing(error):
            return False
        raise
    finally:
        del run.awaited[waiting - 1 :]
    if isinstance(found, Unknown):
        return found
    if isinstance(found, Attribute) or (isinstance(found, Symbol) and isinstance(value, Symbol)):
        return run.unknown(f"whether `{text_of(value)}` has an attribute `{name}` is not known", node, scope)
    return True


def _of_unknown(run: Interpreter, value: Unknown, name: str, node: ast.AST, scope: Scope) -> Value:  # noqa: ARG001
    return value


def _of_symbol(run: Interpreter, value: Symbol, name: str, node: ast.AST, scope: Scope) -> Value:  # noqa: ARG001
    path = f"{value.path}.{name}"
    if path in CONSTANTS:
        return CONSTANTS[path]
    if run.assigned and path in run.assigned:
        return run.assigned[path]
    if run.asks_for_attributes:
        answer = run.ask(run.host.get_attribute, value, name)
        if answer is not UNANSWERED:
            return answer
    if name in ("__name__", "__qualname__"):
        return value.name
    if run.modules.site_packages:
        from driftline.python.imports import library_constant  # the other way up

        found = library_constant(run, path)
        if found is not UNANSWERED:
            return found
    return Symbol(path)


def _of_symbolic(run: Interpreter, value: Value, name: str, node: ast.AST, scope: Scope) -> Value:
    if type(value) is Call and name in value.attributes:
        return value.attributes[name]
    if run.asks_for_attributes:
        answer = run.ask(run.host.get_attribute, value, name)
        if answer is not UNANSWERED:
            return answer
    if type(value) is Call and (name == "args" or name in ("name", "value")) and _is_exception(value):
        return value.args if name == "args" else None
    nesting = value.nesting + 1
    if nesting > _NESTING:
        return run.unknown("too many symbolic values hang on each other", node, scope)
    return Attribute(value, name, run.origin(node, scope), nesting)


def _is_exception(value: Call) -> bool:
    return dotted(value.function).startswith("builtins.")


def _of_module(run: Interpreter, value: Module, name: str, node: ast.AST, scope: Scope) -> Value:
    if run.kept is not None:
        run.kept.reads_name(value, name)
    if name in value.names:
        return value.names[name]
    found = missing_in_module(run, value, name, node, scope)
    if found is not UNANSWERED:
        return found
    submodule = f"{value.name}.{name}"
    if value.package and run.modules.find(submodule) is not None:
        # In a program that works, something else has imported it by now.
        from driftline.python.imports import import_module

        return import_module(run, submodule)
    raise raised(AttributeError, f"module `{value.name}` has no attribute `{name}`")


def missing_in_module(run: Interpreter, module: Module, name: str, node: ast.AST, scope: Scope) -> Value:
    """Give what `module.name` is where the module's code has not bound it; UNANSWERED where there is no such thing."""
    special = {"__name__": module.name, "__file__": module.path, "__dict__": module.names}
    if name in special:
        if run.kept is not None and name == "__dict__":
            run.kept.reads_all(module)
        return special[name]
    if name == "__path__" and module.package:
        return [module.path.removesuffix("/__init__.py")]
    if name in ("__doc__", "__package__", "__all__", "__path__"):
        return None if name == "__doc__" else package_of(module) if name == "__package__" else UNANSWERED
    if run.kept is not None:
        run.kept.looks_for(f"{module.name}.{name}", run.loaded)
        run.kept.reads_name(module, "__getattr__")
    submodule = run.loaded.get(f"{module.name}.{name}")
    if submodule is not None:
        return submodule
    getter = module.names.get("__getattr__")
    if getter is not None and not name.startswith("__"):
        return call(run, getter, [name], {}, node, scope)
    if module.path in run.unparsed and not name.startswith("__"):
        return run.unknown(f"`{name}` may be in the part of `{module.name}` that does not parse", node, scope)
    if name in module.typing_only:
        return run.unknown(f"`{name}` is bound for type checkers only", node, scope)
    return from_stars(run, module, name, node, scope)


def package_of(module: Module) -> str:
    """Give the package that relative imports in `module` start from."""
    return module.name if module.package else module.name.rpartition(".")[0]


def from_stars(run: Interpreter, module: Module, name: str, node: ast.AST, scope: Scope) -> Value:
    """Give what a name is that only `from … import *` of something that is not read can have bound; or UNANSWERED."""
    if not module.stars or name.startswith("__"):
        return UNANSWERED
    possible: list[str] = []
    for star in reversed(module.stars):
        has = run.host.has_name(star, name)
        if has:
            return Symbol(f"{star}.{name}")
        if has is None:
            possible.append(star)
    if len(possible) == 1:
        return Symbol(f"{possible[0]}.{name}")
    if possible:
        places = " or ".join(f"`{one}`" for one in reversed(possible))
        return run.unknown(f"`{name}` comes from {places}, which are not read", node, scope)
    return UNANSWERED


# ---------------------------------------------------------------------------------------------------------------------
# Classes and their objects


def is_property(function: Function) -> bool:
    """Whether reading an attribute that is this function calls it."""
    return any(dotted(one).rpartition(".")[2].removesuffix("()").endswith("property") for one in function.decorators)


def decorated_with(function: Function, name: str) -> bool:
    """Whether the function carries the builtin decorator `name`."""
    return any(isinstance(one, Symbol) and one.path == name for one in function.decorators)


def symbolic_bases(cls: Class) -> list[Value]:
    """Give the ancestors that are not read and may have attributes of their own."""
    return [one for one in cls.mro() if not isinstance(one, Class) and not _is_bare(one)]


def _is_bare(base: Value) -> bool:
    if isinstance(base, Operator) and base.op == "[]":
        base = base.operands[0]
    return isinstance(base, Symbol) and base.path in _BARE


def _bind(
    run: Interpreter,
    value: Value,
    found: Value,
    receiver: tuple[Class, Class | Instance | EnumMember | None],
    name: str,
    where: tuple[ast.AST, Scope],
) -> Value:
    """Turn what a class holds under `name` into what `value.name` gives; `receiver`: the class, and any object."""
    if type(found) is not Function:
        if type(found) is Instance and found.cls.lookup("__get__") is not None:
            owner, instance = receiver
            getter = get_attribute(run, found, "__get__", *where)
            return call(run, getter, [instance, owner], {}, *where)
        return found
    cls, instance = receiver
    if found.decorators:
        if decorated_with(found, "builtins.staticmethod"):
            return found
        if decorated_with(found, "builtins.classmethod"):
            return BoundMethod(found, cls)
        if run.asks_for_decorated and not decorated_with(found, "builtins.property"):
            answer = run.ask(run.host.get_decorated, value, name, found)
            if answer is not UNANSWERED:
                return answer
        if is_property(found):
            return found if instance is None else call(run, found, [instance], {}, *where)
    elif found.name in ("__init_subclass__", "__class_getitem__"):
        return BoundMethod(found, cls)
    return found if instance is None else BoundMethod(found, instance)


_OF_TYPE = frozenset({"__name__", "__qualname__", "__bases__", "__mro__", "__dict__", "__class__"})
"""What `type` itself answers for a class, whatever its body says of its objects."""


def _of_class(run: Interpreter, value: Class, name: str, node: ast.AST, scope: Scope) -> Value:
    found = value.lookup(name) if name not in _OF_TYPE else None
    if found is not None:
        return _bind(run, value, found[1], (value, None), name, (node, scope))
    special = _special_of_class(value, name)
    if special is not UNANSWERED:
        return special
    found = value.metaclass.lookup(name) if value.metaclass is not None else None
    if found is not None:
        return _bind(run, value, found[1], (found[0], value), name, (node, scope))
    return _missing_in_class(run, value, value, name, (node, scope))


def _special_of_class(cls: Class, name: str) -> Value:  # noqa: PLR0911 - one for each name
    match name:
        case "__name__":
            return cls.name
        case "__qualname__":
            return cls.qualname
        case "__module__":
            return cls.module.name
        case "__doc__":
            return ast.get_docstring(cls.node)
        case "__dict__":
            return dict(cls.names)
        case "__bases__":
            return cls.bases
        case "__mro__":
            return (*cls.mro(), Symbol("builtins.object"))
        case "__annotations__":
            return dict(cls.annotations)
        case "__subclasses__":
            return Method(cls, name)
        case "mro":
            return Method(cls, name)
        case "__members__" if is_enum(cls):
            return {key: one for key, one in cls.names.items() if type(one) is EnumMember}
        case "__class__":
            return cls.metaclass or Symbol("builtins.type")
        case _:
            return UNANSWERED


def is_enum(cls: Class) -> bool:
    """Whether the class is a Python enum."""
    return any(isinstance(one, Symbol) and one.path.startswith("enum.") for one in cls.mro())


def members(cls: Class) -> list[EnumMember]:
    """Give an enum's members, without aliases, in order."""
    return [one for key, one in cls.names.items() if type(one) is EnumMember and one.name == key]


def _missing_in_class(run: Interpreter, value: Value, cls: Class, name: str, where: tuple[ast.AST, Scope]) -> Value:
    """Give what `value.name` is where no class that was read has it."""
    bases = symbolic_bases(cls)
    for base in bases:
        if isinstance(base, Unknown):
            return base
    if bases:
        if run.asks_for_attributes:
            answer = run.ask(run.host.get_attribute, value, name)
            if answer is not UNANSWERED:
                return answer
        if name.startswith("__") and name.endswith("__"):
            raise raised(AttributeError, f"`{cls.name}` has no attribute `{name}` that is read")
        return Attribute(value, name, run.origin(*where))
    if run.asks_for_attributes:
        # A plain class may be mapped imperatively, or by a decorator.
        answer = run.ask(run.host.get_attribute, value, name)
        if answer is not UNANSWERED:
            return answer
    if any(dotted(one) not in _BARE_DECORATORS for one in cls.decorators):
        return Attribute(value, name, run.origin(*where))
    raise raised(AttributeError, f"`{cls.name}` has no attribute `{name}`")


def _of_instance(run: Interpreter, value: Instance, name: str, node: ast.AST, scope: Scope) -> Value:
    cls = value.cls
    found = cls.lookup(name)
    own = value.attributes
    if found is None or name in own:
        if name in own and not (found is not None and type(found[1]) is Function and is_property(found[1])):
            return own[name]
        if found is None:
            return _missing_in_instance(run, value, name, node, scope)
    assert found is not None  # noqa: S101 - narrows the type
    return _bind(run, value, found[1], (cls, value), name, (node, scope))


_ACCESSORS = ("fget", "fset", "fdel")
"""What an object of a class below `property` keeps of its arguments, in their order."""


def _missing_in_instance(run: Interpreter, value: Instance, name: str, node: ast.AST, scope: Scope) -> Value:
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return value.attributes
    getter = value.cls.lookup("__getattr__")
    if getter is not None and isinstance(getter[1], Function) and not name.startswith("__"):
        return call(run, getter[1], [value, name], {}, node, scope)
    if name in ("_replace", "_asdict", "_fields") and value.cls.is_a("typing.NamedTuple"):
        return tuple(value.attributes) if name == "_fields" else Method(value, name)
    if name in _ACCESSORS and value.base_call is not None and value.base_call.callee == "builtins.property":
        given = value.base_call.args[_ACCESSORS.index(name) :]
        return given[0] if given else value.base_call.kwargs.get(name)
    if name == "args" and "Exception" in {getattr(one, "name", "") for one in value.cls.mro()}:
        return value.base_call.args if value.base_call is not None else ()
    return _missing_in_class(run, value, value.cls, name, (node, scope))


def _of_member(run: Interpreter, value: EnumMember, name: str, node: ast.AST, scope: Scope) -> Value:
    found = value.cls.lookup(name)
    if found is not None and type(found[1]) is Function:
        return _bind(run, value, found[1], (value.cls, value), name, (node, scope))
    if name in value.attributes:
        return value.attributes[name]
    if name in ("name", "_name_"):
        return value.name
    if name in ("value", "_value_"):
        return value.value
    if name == "__class__":
        return value.cls
    if found is not None:
        return found[1]
    if type(value.value) in (str, int):
        return get_attribute(run, value.value, name, node, scope)
    raise raised(AttributeError, f"`{value.cls.name}.{value.name}` has no attribute `{name}`")


def _of_function(run: Interpreter, value: Function, name: str, node: ast.AST, scope: Scope) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    match name:
        case "__name__":
            return value.name
        case "__qualname__":
            return value.qualname
        case "__module__":
            return value.module.name
        case "__doc__":
            return None if isinstance(value.node, ast.Lambda) else ast.get_docstring(value.node)
        case "__dict__":
            return value.attributes
        case "__defaults__":
            return value.defaults
        case "__wrapped__" | "__self__":
            raise raised(AttributeError, f"function has no attribute {name!r}")
        case "setter" | "getter" | "deleter" | "expression" | "comparator" if is_property(value):
            return Method(value, name)
        case "__get__":
            return Method(value, name)
        case "fget" if is_property(value):
            return value
        case "cache_clear" | "cache_info":
            return run.unknown("the state of a cache is not known", node, scope)
        case _ if value.decorators:
            # `declared_attr.directive`-like objects, registries of dispatchers: what a decorator has made of it.
            return Attribute(value, name, run.origin(node, scope))
        case _:
            raise raised(AttributeError, f"function `{value.name}` has no attribute `{name}`")


def _of_bound(run: Interpreter, value: BoundMethod, name: str, node: ast.AST, scope: Scope) -> Value:
    if name == "__self__":
        return value.receiver
    if name == "__func__":
        return value.function
    return get_attribute(run, value.function, name, node, scope)


def _of_partial(run: Interpreter, value: Partial, name: str, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if name in ("func", "args", "keywords"):
        return {"func": value.function, "args": value.args, "keywords": dict(value.kwargs)}[name]
    raise raised(AttributeError, f"a partial has no attribute {name!r}")


def _of_super(run: Interpreter, value: Super, name: str, node: ast.AST, scope: Scope) -> Value:
    receiver = value.receiver
    cls = receiver if isinstance(receiver, Class) else receiver.cls
    order = list(cls.mro())
    of_metaclass = isinstance(receiver, Class) and receiver.metaclass is not None and value.cls not in order
    if of_metaclass:
        # In a method of its metaclass, the class is the object.
        cls = receiver.metaclass
        order = list(cls.mro())
    at = next((index for index, one in enumerate(order) if one is value.cls), -1)
    symbolic: Value = None
    for one in order[at + 1 :]:
        if isinstance(one, Class):
            if name in one.names:
                found = one.names[name]
                if isinstance(receiver, Class) and not of_metaclass:
                    # `super().method(...)` in a class method, or in `__new__` and `__init_subclass__`.
                    return _bind(run, receiver, found, (receiver, None), name, (node, scope))
                return _bind(run, receiver, found, (cls, receiver), name, (node, scope))
        elif symbolic is None and not _is_bare(one):
            symbolic = one
    if symbolic is not None and not isinstance(receiver, Class) and name == "__init__":
        return BaseInit(symbolic, receiver)
    if name in ("__init__", "__init_subclass__", "__setattr__", "__new__", "__post_init__", "__delattr__"):
        return Method(value, name)
    if symbolic is not None:
        if isinstance(symbolic, Unknown):
            return symbolic
        return Attribute(receiver, name, run.origin(node, scope))
    raise raised(AttributeError, f"'super' object has no attribute {name!r}")


def _of_iterator(run: Interpreter, value: Value, name: str, node: ast.AST, scope: Scope) -> Value:
    del run, node, scope
    if name in ("__next__", "send", "close", "throw", "__iter__"):
        return Method(value, name)
    raise raised(AttributeError, f"an iterator has no attribute {name!r}")


GETTERS.update(
    {
        Unknown: _of_unknown,
        Symbol: _of_symbol,
        Call: _of_symbolic,
        Attribute: _of_symbolic,
        Operator: _of_symbolic,
        Module: _of_module,
        Class: _of_class,
        Instance: _of_instance,
        EnumMember: _of_member,
        Function: _of_function,
        BoundMethod: _of_bound,
        Partial: _of_partial,
        Super: _of_super,
        Cursor: _of_iterator,
        Generator: _of_iterator,
    }
)


# ---------------------------------------------------------------------------------------------------------------------
# Setting and deleting


def set_attribute(run: Interpreter, value: Value, name: str, new: Value, node: ast.AST, scope: Scope) -> None:
    """Run `value.name = new`."""
    match value:
        case Unknown():
            return
        case Class():
            run.changing_key(value.names, name)
            run.changing_key(value.origins, name)
            value.names[name] = new
            value.origins[name] = run.origin(node, scope)
            run.host.set_attribute(value, name, new, value.origins[name])
        case Instance():
            found = value.cls.lookup(name)
            if found is not None and type(found[1]) is Function and is_property(found[1]):
                setter = found[1].attributes.get("fset")
                if setter is not None:
                    call(run, setter, [value, new], {}, node, scope)
                    return
            run.changing_key(value.attributes, name)
            value.attributes[name] = new
            if value.base_call is not None or symbolic_bases(value.cls):
                run.host.set_attribute(value, name, new, run.origin(node, scope))
        case Call():
            run.changing_key(value.attributes, name)
            value.attributes[name] = new
            run.host.set_attribute(value, name, new, run.origin(node, scope))
        case Function() | EnumMember():
            run.changing_key(value.attributes, name)
            value.attributes[name] = new
        case BoundMethod():
            raise raised(AttributeError, f"'method' object has no attribute {name!r}")
        case Module():
            if run.kept is not None:
                run.kept.reads_all(value)
            run.changing_key(value.names, name)
            value.names[name] = new
            value.origins[name] = run.origin(node, scope)
        case Symbol():
            path = f"{value.path}.{name}"
            run.changing_key(run.assigned, path)
            run.assigned[path] = new
            run.host.set_attribute(value, name, new, run.origin(node, scope))
        case Attribute() | Operator():
            run.host.set_attribute(value, name, new, run.origin(node, scope))
        case _:
            raise raised(AttributeError, f"`{text_of(value)}` takes no attribute {name!r}")


def delete_attribute(run: Interpreter, value: Value, name: str) -> None:
    """Run `del value.name`."""
    if run.kept is not None and isinstance(value, Module):
        run.kept.reads_all(value)
    names = value.names if isinstance(value, (Class, Module)) else getattr(value, "attributes", None)
    if names is not None and name in names:
        run.changing_key(names, name)
        del names[name]
    elif isinstance(value, (Class, Instance, Module)):
        raise raised(AttributeError, name)


def _call_base_init(
    run: Interpreter,
    function: BaseInit,
    args: list[Value],
    kwargs: dict[str, Value],
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001
) -> Value:
    made = Call(function.base, tuple(args), kwargs, run.origin(node, scope), unpacked=unpacked)
    if isinstance(function.receiver, Instance):
        run.changing_attribute(function.receiver, "base_call")
        function.receiver.base_call = made


CALLERS[BaseInit] = _call_base_init
