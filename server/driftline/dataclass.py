"""`dataclass` and `replace` as the standard library has them, for a program of hundreds of classes that starts often.

The library writes and compiles up to eight methods for a class when it is defined: half a millisecond each time, for
methods of which a run calls few. Here the class is the library's (fields, slots and `match` are its doing, so its
`fields`, `is_dataclass` and `replace` know it), and a method is compiled when it is first called.

Invariant: what a method does is what the library's does. Classes have slots, and every field is one of `__init__`'s.

Example: `@dataclass(frozen=True, slots=True)` above `class Span`; `replace(span, end=9)`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, FrozenInstanceError, field, fields
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass, replace

    Text: TypeAlias = tuple[str, str, dict[str, Any]]
    """A method in Python: its parameters, its statements in a line, and what these name."""

__all__ = ["dataclass", "field", "replace"]

_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


def _dataclass(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    order: bool = False,
    slots: bool = False,
    kw_only: bool = False,
) -> Any:  # noqa: ANN401 - the class, or what makes it
    if cls is None:
        return partial(_dataclass, frozen=frozen, eq=eq, order=order, slots=slots, kw_only=kw_only)
    own = {name for name, value in vars(cls).items() if name != "__hash__" or value is not None}
    made: Any = dataclasses.dataclass(cls, init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)
    methods: dict[str, Any] = {
        "__init__": _later(made, "__init__", partial(_init, frozen=frozen)),
        "__replace__": _later(made, "__replace__", _replacing),
        "__repr__": _repr,
    }
    if eq:
        methods["__eq__"] = _later(made, "__eq__", partial(_comparison, operator="=="))
        methods["__hash__"] = _later(made, "__hash__", _hash) if frozen else None
    if order:
        for name, operator in _ORDER.items():
            methods[name] = _later(made, name, partial(_comparison, operator=operator))
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    return made


def _replace(instance: Any, /, **changes: object) -> Any:  # noqa: ANN401 - of whatever class
    return instance.__replace__(**changes)


if not TYPE_CHECKING:
    dataclass, replace = _dataclass, _replace


# ---------------------------------------------------------------------------------------------------------------------
# Methods that are written for a class


def _later(cls: type, name: str, write: Callable[[type], Text]) -> Callable[..., Any]:
    """Give a method that puts the one that `write` gives for `cls` in its place, then calls that."""

    def first(self: object, /, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
        parameters, statements, names = write(cls)
        exec(f"def {name}({parameters}):\n {statements}", names)  # noqa: S102 - names of fields, and text of ours
        method = names[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *arguments, **named)

    return first


def _init(cls: type, *, frozen: bool) -> Text:
    names: dict[str, Any] = {"_missing": MISSING}
    parameters = {False: ["self"], True: [""]}
    statements = []
    for one in fields(cls):
        parameter = value = name = one.name
        if one.default_factory is not MISSING:
            names[f"_make_{name}"] = one.default_factory
            parameter, value = f"{name}=_missing", f"_make_{name}() if {name} is _missing else {name}"
        elif one.default is not MISSING:
            names[f"_default_{name}"] = one.default
            parameter = f"{name}=_default_{name}"
        parameters[bool(one.kw_only)].append(parameter)
        if frozen:
            names[f"_set_{name}"] = getattr(cls, name).__set__  # its slot's
        statements.append(f"_set_{name}(self, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        statements.append("self.__post_init__()")
    named = ", *" + ", ".join(parameters[True]) if len(parameters[True]) > 1 else ""
    return ", ".join(parameters[False]) + named, "; ".join(statements) or "pass", names


def _replacing(cls: type) -> Text:
    names = [one.name for one in fields(cls)]
    parameters = ", ".join(("self", "/", *["*"][: len(names)], *(f"{name}=_missing" for name in names)))
    arguments = ", ".join(f"{name}=self.{name} if {name} is _missing else {name}" for name in names)
    return parameters, f"return self.__class__({arguments})", {"_missing": MISSING}


def _comparison(cls: type, *, operator: str) -> Text:
    compared = f"{_parts(cls, 'self')} {operator} {_parts(cls, 'other')}"
    return "self, other", f"return {compared} if other.__class__ is self.__class__ else NotImplemented", {}


def _hash(cls: type) -> Text:
    return "self", f"return hash({_parts(cls, 'self')})", {}


def _parts(cls: type, owner: str) -> str:
    """Give the tuple of the fields that count, in Python."""
    return f"({''.join(f'{owner}.{one.name}, ' for one in fields(cls) if one.compare)})"


# ---------------------------------------------------------------------------------------------------------------------
# Methods that all classes share


@recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - of whatever class
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    msg = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(msg)


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    msg = f"cannot delete field {name!r}"
    raise FrozenInstanceError(msg)


def _state(self: Any) -> list[object]:  # noqa: ANN401 - of whatever class
    return [getattr(self, one.name) for one in fields(self)]


def _restore(self: Any, state: Iterable[object]) -> None:  # noqa: ANN401 - of whatever class
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
