"""How a class comes into being once its body was run: its bases are told of it, and its metaclass makes it.

Python hands the class's name, bases and namespace to the metaclass. Its `__new__` may change all three before it calls
`type.__new__`, which makes the class and tells the next `__init_subclass__`; its `__init__` may change the class then.

Example: under `class Named(type)` whose `__new__` sets `names["__tablename__"] = name.lower()`, `finish` gives
`class User(metaclass=Named)` the attribute `__tablename__` of "user".
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.calls import call
from driftline.python.exceptions import Raised
from driftline.python.host import UNANSWERED
from driftline.python.interpreter import Interpreter
from driftline.python.iteration import DefaultDict
from driftline.python.values import (
    Annotation,
    Attribute,
    Call,
    Class,
    EnumMember,
    Function,
    Instance,
    Operator,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from driftline.python.calls import Args, Kwargs
    from driftline.python.scope import Scope

_PYTHONS_OWN = frozenset({"__module__", "__qualname__", "__annotations__"})
"""Names that Python puts into the namespace of a class besides those of its body."""


class Making:
    """A class whose metaclass is at work; `born` once that has reached `type.__new__`."""

    __slots__ = ("born", "cls")

    def __init__(self, cls: Class) -> None:
        """Begin with the class as its body left it."""
        self.cls = cls
        self.born = False


def base_of(run: Interpreter, base: Value) -> Value:
    """Give the class that a base stands for: `Base` of `Base[int]`, and that of a library if the host wants it read."""
    if isinstance(base, Operator) and base.op == "[]" and isinstance(base.operands[0], (Class, Symbol)):
        base = base.operands[0]
    if isinstance(base, Symbol) and not base.path.startswith(("builtins.", "typing.", "enum.", "abc.")):
        from driftline.python.imports import read_library  # the one way back up: classes of libraries, on demand

        return read_library(run, base)
    if isinstance(base, EnumMember):
        return Unknown("a member of an enum is no class")
    return base


def metaclass_of(run: Interpreter, keywords: Kwargs, bases: tuple[Value, ...]) -> Class | None:
    """Give the metaclass of a class with these bases, where it is one that was read: the one named, else inherited."""
    if not keywords and not any(type(one) in (Class, Call, Attribute) for one in bases):
        return None
    named = base_of(run, keywords["metaclass"]) if "metaclass" in keywords else None
    inherited = [
        one.metaclass if type(one) is Class else run.ask(run.host.metaclass_of, one)
        for one in bases
        if type(one) in (Class, Call, Attribute)
    ]
    # The most derived of them is the one; what is not read has nothing to say.
    return next((one for one in (named, *inherited) if isinstance(one, Class)), None)


def make_by_call(
    run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope, metaclass: Class | None = None
) -> Value:
    """Run `type("Name", (Base,), {...})`, or the same with a metaclass that was read, as a class statement would be."""
    from driftline.python.enums import synthetic_class  # it calls, too

    name, bases, names = args
    if type(name) is not str or type(bases) is not tuple or type(names) not in (dict, DefaultDict):
        return run.unknown("a class made by `type` is not worked out", node, scope)
    cls = synthetic_class(name, tuple(base_of(run, one) for one in bases), scope)
    cls.metaclass = metaclass or metaclass_of(run, kwargs, cls.bases)
    run.charge(10 + len(tuple(cls.mro())))
    cls.keywords = dict(kwargs)
    cls.original_bases = bases
    cls.names.update({key: value for key, value in names.items() if type(key) is str})
    cls.origin = run.origin(node, scope)
    cls.origins.update(dict.fromkeys(cls.names, cls.origin))
    cls.conditional = run.assumed > 0
    made = finish(run, cls, node, scope)
    if made is cls:
        run.host.class_created(cls)
    return made


def finish(run: Interpreter, cls: Class, node: ast.AST, scope: Scope) -> Value:
    """Have a class whose body was run made; give what its metaclass gives, which mostly is the class."""
    keywords = {key: value for key, value in cls.keywords.items() if key != "metaclass"}
    metaclass = cls.metaclass
    new, init = (_method(metaclass, name) for name in ("__new__", "__init__"))
    if metaclass is None or (new is None and init is None):
        _born(run, cls, keywords, node, scope)
        return cls
    arguments = [cls.name, cls.bases, _namespace(cls)]
    making = Making(cls)
    run.making.append(making)
    depth = run.depth
    try:
        made: Value = cls
        if new is not None:
            made = call(run, new, [metaclass, *arguments], dict(keywords), node, scope)
        else:
            making.born = True
            _born(run, cls, keywords, node, scope)
        if made is cls and init is not None:
            call(run, init, [cls, *arguments], dict(keywords), node, scope)
        if isinstance(made, Class):
            return made
        reason = made.reason if isinstance(made, Unknown) else "it gives no class"
    except Raised as error:
        run.depth = depth
        reason = error.reason
    finally:
        run.making.pop()
    why = run.unknown(
        f"what the metaclass `{metaclass.name}` makes of `{cls.name}` is not known: {reason}", node, scope
    )
    run.changing_attribute(cls, "unread")
    cls.unread = why
    if not making.born:
        _born(run, cls, keywords, node, scope)
    return cls


def bear(run: Interpreter, args: Args, kwargs: Kwargs, node: ast.AST, scope: Scope) -> Class | None:
    """Run `type.__new__(metaclass, name, bases, namespace)` for the class at hand; None where it is another's."""
    making = run.making[-1] if run.making else None
    if making is None or making.born or not args or args[0] is not making.cls.metaclass:
        return None
    cls = making.cls
    run.changing_attribute(making, "born")
    making.born = True
    name, bases, names = (*args[1:4], None, None, None)[:3]
    if type(name) is str and name != cls.name:
        run.changing_attribute(cls, "name")
        cls.name = name
    if type(bases) is tuple and [*map(id, bases)] != [*map(id, cls.bases)]:
        run.changing_attribute(cls, "bases")
        run.changing_attribute(cls, "linear")
        cls.bases, cls.linear = tuple(base_of(run, one) for one in bases), ()
    if type(names) in (dict, DefaultDict):
        _take_names(run, cls, names, (node, scope))
    _born(run, cls, kwargs, node, scope)
    return cls


def initialised(run: Interpreter, cls: Class) -> None:
    """Be told that the metaclass of `cls` has called the `__init__` of one that is not read, which works there."""
    for one in cls.metaclass.mro() if cls.metaclass is not None else ():
        if not isinstance(one, Class):
            run.ask(run.host.base_told, cls, one)


def told_by_hook(run: Interpreter, cls: Class) -> None:
    """Be told that a read `__init_subclass__` has handed `cls` on to the bases that are not read."""
    for one in cls.mro():
        if not isinstance(one, Class):
            run.ask(run.host.base_told, cls, one)


def _method(metaclass: Class | None, name: str) -> Function | None:
    found = metaclass.lookup(name) if metaclass is not None else None
    return found[1] if found is not None and isinstance(found[1], Function) else None


def _namespace(cls: Class) -> dict[str, Value]:
    names: dict[str, Value] = {"__module__": cls.module.name, "__qualname__": cls.qualname}
    if cls.annotations:
        names["__annotations__"] = dict(cls.annotations)
    return {**names, **cls.names}


def _take_names(run: Interpreter, cls: Class, names: dict[str, Value], where: tuple[ast.AST, Scope]) -> None:
    """Give a class the namespace that its metaclass has made of that of its body."""
    for key in [one for one in cls.names if one not in names]:
        run.changing_key(cls.names, key)
        run.changing_key(cls.origins, key)
        del cls.names[key]
        if key not in cls.annotations:
            cls.origins.pop(key, None)
    origin = run.origin(*where)
    for key, value in names.items():
        if type(key) is str and key not in _PYTHONS_OWN and cls.names.get(key, UNANSWERED) is not value:
            run.changing_key(cls.names, key)
            cls.names[key] = value
            if key not in cls.origins:
                run.changing_key(cls.origins, key)
                cls.origins[key] = origin
    annotations = names.get("__annotations__")
    for key, value in annotations.items() if type(annotations) is dict else ():
        if type(key) is not str or cls.annotations.get(key) is value:
            continue
        made = value
        if not isinstance(value, Annotation):
            made = Annotation(ast.Constant(None), cls.module, None, origin)
            run.annotations[made] = value  # it is worked out already
        run.changing_key(cls.annotations, key)
        cls.annotations[key] = made
        cls.origins.setdefault(key, origin)


def _born(run: Interpreter, cls: Class, keywords: Kwargs, node: ast.AST, scope: Scope) -> None:
    """Register a class, and call the `__init_subclass__` that comes next in the order of its bases."""
    if run.journal is not None:
        run.journal.appended(run.classes)
    run.classes.append(cls)
    for name, value in list(cls.names.items()):
        found = value.cls.lookup("__set_name__") if type(value) is Instance else None
        if found is not None and isinstance(found[1], Function):
            call(run, found[1], [value, cls, name], {}, node, scope)
    for one in _ancestors(run, cls):
        if "__init_subclass__" in one.names:
            hook = one.names["__init_subclass__"]
            if isinstance(hook, Function):
                call(run, hook, [cls], dict(keywords), node, scope)
            return


def _ancestors(run: Interpreter, cls: Class) -> Iterator[Class]:
    """Give the classes that were read among the ancestors of a class; also those that a symbolic base is made from."""
    for number, one in enumerate(cls.mro()):
        if isinstance(one, Class):
            if number:
                yield one
        elif isinstance(one, (Call, Attribute)):
            behind = run.ask(run.host.class_behind, one)
            if behind is not None:
                yield from (inner for inner in behind.mro() if isinstance(inner, Class))
