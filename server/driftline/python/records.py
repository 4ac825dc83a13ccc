"""Data classes and named tuples: fields, what a call of such a class sets, and the order of iteration."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from driftline.python.calls import call
from driftline.python.exceptions import raised
from driftline.python.iteration import ITERATORS
from driftline.python.last_name import last_name
from driftline.python.values import Annotation, Call, Class, Function, Instance, Symbol, Unknown, Value, dotted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from driftline.python.calls import Args, Kwargs
    from driftline.python.interpreter import Interpreter
    from driftline.python.scope import Scope

_DATACLASS = frozenset({"dataclasses.dataclass", "dataclasses.dataclass()"})


class _Absent:
    """There is no default."""


_ABSENT = _Absent()


def is_named_tuple(cls: Class) -> bool:
    """Whether objects of the class are tuples with names."""
    return cls.is_a("typing.NamedTuple")


def is_record(cls: Class) -> bool:
    """Whether the class itself is a data class or a named tuple, so that its fields make its `__init__`."""
    return any(dotted(decorator) in _DATACLASS for decorator in cls.decorators) or any(
        isinstance(base, Symbol) and base.path == "typing.NamedTuple" for base in cls.bases
    )


def fields_of(cls: Class) -> dict[str, Value]:
    """Give the fields of a record by name, in order, each with its default as written, or `_ABSENT`."""
    fields: dict[str, Value] = {}
    for one in reversed(list(cls.mro())):
        if isinstance(one, Class):
            for name, annotation in one.annotations.items():
                if not _is_class_variable(annotation):
                    fields[name] = one.names.get(name, _ABSENT)
    return fields


def _is_class_variable(annotation: Annotation) -> bool:
    return _outermost(annotation) == "ClassVar"


def _outermost(annotation: Annotation) -> str:
    """Give the last part of the name that an annotation begins with."""
    node = annotation.node
    if isinstance(node, ast.Subscript):
        node = node.value
    name = last_name(node)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value.rpartition(".")[2].partition("[")[0]
    return name


def fill(
    run: Interpreter, made: Instance, args: Args, kwargs: Kwargs, where: tuple[ast.AST, Scope], *, unpacked: bool
) -> None:
    """Set the fields of a new record as its generated `__init__` does."""
    values = list(args)
    given = dict(kwargs)
    if _keywords_only(made.cls) and values:
        raise raised(TypeError, f"{made.cls.name}() takes no positional arguments")
    for name, default in fields_of(made.cls).items():
        options = default.kwargs if isinstance(default, Call) and default.callee == "dataclasses.field" else None
        if options is not None and options.get("init") is False:
            made.attributes[name] = _default(run, name, default, options, where)
        elif values and not (options is not None and options.get("kw_only") is True):
            made.attributes[name] = values.pop(0)
        elif name in given:
            made.attributes[name] = given.pop(name)
        elif unpacked:
            made.attributes[name] = run.unknown(f"what is passed as `{name}` is not known", *where)
        else:
            made.attributes[name] = _default(run, name, default, options, where)
    if values or given:
        raise raised(TypeError, f"{made.cls.name}() got an unexpected argument")
    after = made.cls.lookup("__post_init__")
    if after is not None and isinstance(after[1], Function):
        passed = [made.attributes.pop(name) for name in _passed_on(made.cls) if name in made.attributes]
        call(run, after[1], [made, *passed], {}, *where)


def _passed_on(cls: Class) -> list[str]:
    """Give the fields that are only passed to `__post_init__`."""
    annotations = {
        name: annotation
        for one in reversed(list(cls.mro()))
        if isinstance(one, Class)
        for name, annotation in one.annotations.items()
    }
    return [name for name, annotation in annotations.items() if _outermost(annotation) == "InitVar"]


def _keywords_only(cls: Class) -> bool:
    return any(isinstance(one, Call) and one.kwargs.get("kw_only") is True for one in cls.decorators)


def _default(run: Interpreter, name: str, default: Value, options: object, where: tuple[ast.AST, Scope]) -> Value:
    if isinstance(options, dict):
        if "default" in options:
            return options["default"]
        if "default_factory" in options:
            return call(run, options["default_factory"], [], {}, *where)
        default = _ABSENT
    if default is _ABSENT:
        raise raised(TypeError, f"missing a required argument: {name!r}")
    return default


def named_tuple_class(cls: Class, names: Iterable[str], defaults: Iterable[Value], scope: Scope) -> None:
    """Give `cls`, made by `collections.namedtuple`, its fields."""
    nothing = ast.Constant(value=None)
    fields = list(names)
    cls.annotations.update({name: Annotation(nothing, scope.module, scope) for name in fields})
    values = list(defaults)
    cls.names.update(zip(fields[len(fields) - len(values) :], values, strict=False))


def _iterate_instance(run: Interpreter, value: Instance, node: ast.AST, scope: Scope) -> Iterable[Value] | None:
    found = value.cls.lookup("__iter__")
    if found is not None and isinstance(found[1], Function):
        from driftline.python.iteration import iterate

        result = call(run, found[1], [value], {}, node, scope)
        return None if result is value or isinstance(result, Unknown) else iterate(run, result, node, scope)
    if is_named_tuple(value.cls):
        return [value.attributes[name] for name in fields_of(value.cls) if name in value.attributes]
    return run.ask(run.host.iterate, value)  # type: ignore[no-any-return]


ITERATORS[Instance] = _iterate_instance
