"""Class statements, and calls of classes that were read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.attributes import (
    Super,
    get_attribute,
    is_enum,
    members,
    symbolic_bases,
)
from driftline.python.branches import execute_body_of_class
from driftline.python.calls import CALLERS, MATERIALISERS, call
from driftline.python.class_making import base_of, finish, make_by_call, metaclass_of
from driftline.python.enums import make_members, member_of
from driftline.python.exceptions import raised
from driftline.python.functions import owner_of
from driftline.python.interpreter import EXPRESSIONS, Interpreter
from driftline.python.iteration import ITERATORS
from driftline.python.records import fill, is_record
from driftline.python.scope import Scope
from driftline.python.values import (
    BoundMethod,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Partial,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driftline.python.calls import Args, Kwargs


def make_class(run: Interpreter, node: ast.ClassDef, scope: Scope) -> Value:
    """Run a class statement; give the class, or what its decorators made of it."""
    decorators = [EXPRESSIONS[type(one)](run, one, scope) for one in node.decorator_list]
    original: list[Value] = []
    for base in node.bases:
        if isinstance(base, ast.Starred):
            original.append(run.unknown("a list of base classes is not worked out", base, scope))
        else:
            original.append(EXPRESSIONS[type(base)](run, base, scope))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = EXPRESSIONS[type(keyword.value)](run, keyword.value, scope)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif type(value) is dict:
            keywords.update({key: one for key, one in value.items() if type(key) is str})
    cls = Class(
        node.name,
        _qualname(node.name, scope),
        scope.module,
        tuple(base_of(run, one) for one in original),
        keywords,
        node,
        origin=run.origin(node, scope),
        conditional=run.assumed > 0,
        original_bases=tuple(original),
    )
    if not is_enum(cls):
        cls.metaclass = metaclass_of(run, keywords, cls.bases)
    # What a class costs: its own making, and the order of its bases, which is kept with each class.
    run.charge(10 + len(tuple(cls.mro())))
    run.deeper()
    inner = Scope(cls.names, scope, scope.module, scope.frame, cls)
    execute_body_of_class(run, node.body, inner)
    run.depth -= 1
    _keep_names(run, cls, node, scope)
    if is_enum(cls):
        make_members(run, cls, node, scope)
    made = finish(run, cls, node, scope)
    if made is cls:
        return _decorate(run, cls, decorators, node, scope)
    for decorator in reversed(decorators):
        if isinstance(decorator, _READ):
            other = call(run, decorator, [made], {}, node, scope)
            made = made if isinstance(other, Unknown) else other
    return made


def _keep_names(run: Interpreter, cls: Class, node: ast.ClassDef, scope: Scope) -> None:
    """Take out of a class what has no name (`locals()[key] = …`, of a key that is not known)."""
    nameless = [key for key in (*cls.names, *cls.origins) if type(key) is not str]
    for key in nameless:
        cls.names.pop(key, None)
        cls.origins.pop(key, None)
    if nameless:
        cls.unread = run.unknown(f"which names `{cls.name}` has is not known", node, scope)


def _qualname(name: str, scope: Scope) -> str:
    if scope.cls is not None:
        return f"{scope.cls.qualname}.{name}"
    function = scope.frame.function
    return f"{function.qualname}.<locals>.{name}" if function is not None else name


def _decorate(run: Interpreter, cls: Class, decorators: list[Value], node: ast.AST, scope: Scope) -> Value:
    """Give what the decorators make of a class. The host is told of it before those that were read work on it.

    Where one that was not read comes after these, it may be what the host waits for: it is told at the end then.
    """
    result: Value = cls
    told = False
    for at in reversed(range(len(decorators))):
        decorator = decorators[at]
        if isinstance(decorator, _READ):
            if not told and all(isinstance(one, _READ) for one in decorators[:at]):
                run.host.class_created(cls)
                told = True
            made = call(run, decorator, [result], {}, node, scope)
            result = result if isinstance(made, Unknown) else made
        elif isinstance(result, Class):
            result.decorators = (decorator, *result.decorators)
    if not told:
        run.host.class_created(cls)
    return result


_READ = (Function, Class, BoundMethod, Partial, Instance)


def _call_class(
    run: Interpreter,
    cls: Class,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001 - a `Caller`
) -> Value:
    if is_enum(cls):
        return member_of(run, cls, args, kwargs, node, scope)
    if len(args) == 3 and type(args[1]) is tuple and _is_metaclass(cls):  # noqa: PLR2004 - name, bases and namespace
        return make_by_call(run, args, kwargs, node, scope, cls)
    new = cls.lookup("__new__")
    if new is not None and isinstance(new[1], Function):
        made = call(run, new[1], [cls, *args], kwargs, node, scope, unpacked)
        if not isinstance(made, Instance) or all(one is not cls for one in made.cls.mro()):
            return made
    else:
        made = Instance(cls, origin=run.origin(node, scope))
    init = _initialiser(cls)
    if isinstance(init, Function):
        call(run, init, [made, *args], kwargs, node, scope, unpacked)
        return made
    if init is not None:
        fill(run, made, args, kwargs, (node, scope), unpacked=unpacked)
        return made
    symbolic = symbolic_bases(cls)
    if symbolic:
        for index, arg in enumerate(args):
            if type(arg) in MATERIALISERS:
                args[index] = MATERIALISERS[type(arg)](run, arg)
        made.base_call = Call(symbolic[0], tuple(args), kwargs, made.origin, unpacked=unpacked)
        if run.tells_calls:
            # The host may know what such an object is: it is told with the class as the function.
            whole = Call(cls, tuple(args), kwargs, made.origin, unpacked=unpacked)
            answer = run.tell(whole)
            if answer is not whole:
                return answer
    elif args or kwargs:
        if cls.decorators or new is not None or "metaclass" in cls.keywords:
            made.attributes.update(kwargs)
        else:
            raise raised(TypeError, f"{cls.name}() takes no arguments")
    return made


def _is_metaclass(cls: Class) -> bool:
    """Whether objects of a class are classes: `type` is among its ancestors, or what is called a metaclass."""
    return any(isinstance(one, Symbol) and (one.path == "builtins.type" or "Meta" in one.name) for one in cls.mro())


def _initialiser(cls: Class) -> Function | Class | None:
    """Give the `__init__` that was read, or the record whose fields make one, whichever comes first in the order."""
    for one in cls.mro():
        if isinstance(one, Class):
            init = one.names.get("__init__")
            if isinstance(init, Function):
                return init
            if is_record(one):
                return one
    return None


def _call_instance(
    run: Interpreter,
    value: Instance,
    args: Args,
    kwargs: Kwargs,
    node: ast.AST,
    scope: Scope,
    unpacked: bool,  # noqa: FBT001 - a `Caller`
) -> Value:
    found = value.cls.lookup("__call__")
    if found is not None:
        method = get_attribute(run, value, "__call__", node, scope)
        return call(run, method, args, kwargs, node, scope, unpacked)
    if value.base_call is not None:
        from driftline.python.calls import call_symbolic

        return call_symbolic(run, value, args, kwargs, node, scope, unpacked)
    raise raised(TypeError, f"'{value.cls.name}' object is not callable")


def make_super(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Value:
    """Give what `super()` is here."""
    del kwargs
    cls, receiver = owner_of(scope) if not args else (args[0], args[1] if len(args) > 1 else None)
    if isinstance(cls, Class) and isinstance(receiver, (Class, Instance, EnumMember)):
        return Super(cls, receiver)
    return run.unknown("`super()` is used outside of a method that is read", node, scope)


def _iterate_class(run: Interpreter, value: Class, node: ast.AST, scope: Scope) -> Iterable[Value] | None:
    del run, node, scope
    return members(value) if is_enum(value) else None


ITERATORS[Class] = _iterate_class
CALLERS[Class] = _call_class
CALLERS[Instance] = _call_instance
