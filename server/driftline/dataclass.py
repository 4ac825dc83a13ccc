"""`dataclass`, `field`, `fields` and `replace` as the standard library has them, for a program that starts often.

The library writes and compiles up to eight methods for a class when it is defined, and imports `inspect` to be able to:
half a millisecond for each of hundreds of classes, for methods of which a run calls few. Here a class is given its
slots, and a method is compiled when it is first called. What the library wants to know of a class (`is_dataclass`,
`dataclasses.fields`) is worked out when the library asks.

That nobody changes a frozen instance is what mypy sees to. At run time it is refused in Python's development mode only
(`python -X dev`): a guard costs a call for each field of each instance that is made, a twentieth of a cold start.

Invariant: what a method does is what the library's does. Classes have slots, and every field is one of `__init__`'s.

Example: `@dataclass(frozen=True, slots=True)` above `class Span`; `replace(span, end=9)`.
"""

from __future__ import annotations

import sys
from functools import cache, partial
from reprlib import recursive_repr
from types import CodeType, FunctionType

TYPE_CHECKING = False  # `typing` would be a third of what a start without any analysis imports
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass, field, fields, is_dataclass, replace
    from typing import Any, NoReturn, TypeAlias

    Text: TypeAlias = tuple[str, str, dict[str, Any], dict[str, Any]]
    """A method in Python: its parameters, its statements in a line, what these name, and what fields are by default.

    The fields are `_0`, `_1`, … in it: classes that are alike have the same text.
    """

__all__ = ["dataclass", "field", "fields", "is_dataclass", "is_frozen", "replace"]

_MISSING = object()
_GUARDED = sys.flags.dev_mode
"""Whether frozen instances refuse to be changed."""
_FIELDS = "__driftline_fields__"
_FROZEN = "__driftline_frozen__"
_ORDER = {"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="}


class Field:
    """What is known of a field. `type`: as it is written; `default`, `make`: its value where none is given."""

    __slots__ = ("compare", "default", "kw_only", "make", "name", "repr", "type")

    def __init__(
        self,
        default: object,
        make: Any = _MISSING,  # noqa: ANN401 - whatever makes one
        *,
        repr: bool = True,  # noqa: A002 - the library's word
        compare: bool = True,
        kw_only: bool | None = None,
    ) -> None:
        self.name = self.type = ""
        self.default = default
        self.make = make
        self.repr = repr
        self.compare = compare
        self.kw_only = kw_only


def _field(
    *,
    default: object = _MISSING,
    default_factory: object = _MISSING,
    repr: bool = True,  # noqa: A002 - the library's word
    compare: bool = True,
    kw_only: bool | None = None,
) -> Any:  # noqa: ANN401 - it stands where a value does
    return Field(default, default_factory, repr=repr, compare=compare, kw_only=kw_only)


def _dataclass(
    cls: type | None = None,
    /,
    *,
    frozen: bool = False,
    eq: bool = True,
    order: bool = False,
    slots: bool = True,
    kw_only: bool = False,
) -> Any:  # noqa: ANN401 - the class, or what makes it
    if cls is None:
        return partial(_dataclass, frozen=frozen, eq=eq, order=order, slots=slots, kw_only=kw_only)
    guarded = frozen and _GUARDED
    owner: list[type] = []  # that of the methods, which it does not exist without
    methods: dict[str, Any] = {
        "__init__": _later(owner, "__init__", partial(_init, guarded=guarded)),
        "__replace__": _later(owner, "__replace__", _replacing),
        "__repr__": _repr,
    }
    if eq:
        methods["__eq__"] = _later(owner, "__eq__", partial(_comparison, operator="=="))
        methods["__hash__"] = _later(owner, "__hash__", _hash) if frozen else None
    if order:
        for name, operator in _ORDER.items():
            methods[name] = _later(owner, name, partial(_comparison, operator=operator))
    if frozen:
        methods |= {"__getstate__": _state, "__setstate__": _restore, _FROZEN: True}
    if guarded:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    owner.append(_slotted(cls, _fields_with_bases(cls, kw_only=kw_only), methods))
    return owner[0]


def _fields(of: Any, /) -> tuple[Field, ...]:  # noqa: ANN401 - a class, or an instance of one
    return getattr(of, _FIELDS)  # type: ignore[no-any-return]


def _is_dataclass(of: object, /) -> bool:
    return hasattr(of, _FIELDS)


def is_frozen(cls: type) -> bool:
    """Whether a class itself, not one that it inherits, is a frozen dataclass."""
    return _FROZEN in vars(cls)


def _replace(instance: Any, /, **changes: object) -> Any:  # noqa: ANN401 - of whatever class
    return instance.__replace__(**changes)


if not TYPE_CHECKING:
    dataclass, field, fields, is_dataclass, replace = _dataclass, _field, _fields, _is_dataclass, _replace


# ---------------------------------------------------------------------------------------------------------------------
# Making the class


def _fields_with_bases(cls: Any, *, kw_only: bool) -> tuple[Field, ...]:  # noqa: ANN401 - of whatever class
    found = {one.name: one for base in reversed(cls.__mro__[1:]) for one in vars(base).get(_FIELDS, ())}
    values = vars(cls)
    for name, said in cls.__annotations__.items():
        if said.startswith("ClassVar"):
            continue
        value = values.get(name, _MISSING)
        one = value if isinstance(value, Field) else Field(value)
        kind: Any = type(one.default)
        if kind.__hash__ is None:
            msg = f"all instances would share the default of {name!r}: give a default_factory"
            raise ValueError(msg)
        one.name, one.type = name, said
        one.kw_only = kw_only if one.kw_only is None else one.kw_only
        found[name] = one
    return tuple(found.values())


def _slotted(cls: Any, known: tuple[Field, ...], methods: dict[str, Any]) -> Any:  # noqa: ANN401 - of whatever class
    """Give the class with slots for its fields, and with the methods that it has not got itself."""
    above = {slot for base in cls.__mro__[1:-1] for slot in vars(base).get("__slots__", ())}
    names = dict(vars(cls))
    for name, method in methods.items():
        if names.get(name) is None:  # `__hash__` is, where there is an `__eq__`
            names[name] = method
    for one in known:
        names.pop(one.name, None)
    for name in ("__dict__", "__weakref__"):
        names.pop(name, None)
    names["__slots__"] = tuple(one.name for one in known if one.name not in above)
    names["__match_args__"] = tuple(one.name for one in known if not one.kw_only)
    names[_FIELDS] = known
    names |= _FOR_LIBRARY
    made = type(cls)(cls.__name__, cls.__bases__, names)
    made.__qualname__ = cls.__qualname__
    return made


class _ForLibrary:
    """What the standard library keeps in a class of its own, made when it looks there."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, _instance: object, owner: type) -> Any:  # noqa: ANN401 - the library's own
        import dataclasses

        its_own = [(one.name, one.type, _library_field(one)) for one in _fields(owner)]
        like = dataclasses.make_dataclass(owner.__name__, its_own, init=False, repr=False, eq=False)
        return getattr(like, self._name)


def _library_field(one: Field) -> Any:  # noqa: ANN401 - the library has no name for what it gives
    import dataclasses

    given: dict[str, Any] = {}
    if one.default is not _MISSING:
        given["default"] = one.default
    if one.make is not _MISSING:
        given["default_factory"] = one.make
    return dataclasses.field(repr=one.repr, compare=one.compare, kw_only=bool(one.kw_only), **given)


_FOR_LIBRARY = {name: _ForLibrary(name) for name in ("__dataclass_fields__", "__dataclass_params__")}


# ---------------------------------------------------------------------------------------------------------------------
# Methods that are written for a class


def _later(owner: list[type], name: str, write: Callable[[type], Text]) -> Callable[..., Any]:
    """Give a method that puts the one that `write` gives for the class in `owner` in its place, then calls that."""

    def first(self: object, /, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
        (cls,) = owner
        method = _method(cls, name, write(cls))
        setattr(cls, name, method)
        return method(self, *arguments, **named)

    return first


def _method(cls: type, name: str, text: Text) -> Any:  # noqa: ANN401 - a method
    """Give the method of a class that a text says: what is compiled for one class serves all that are like it."""
    parameters, statements, names, defaults = text
    meant = {f"_{at}": one.name for at, one in enumerate(_fields(cls))}
    known = _code(f"def {name}({parameters}):\n {statements}")
    code = known.replace(
        co_names=tuple(meant.get(one, one) for one in known.co_names),
        co_varnames=tuple(meant.get(one, one) for one in known.co_varnames),
        co_consts=tuple(_named(one, meant) for one in known.co_consts),
        co_qualname=f"{cls.__qualname__}.{name}",
    )
    positional = code.co_varnames[: code.co_argcount]
    method = FunctionType(code, names, name, tuple(defaults[one] for one in positional if one in defaults))
    method.__kwdefaults__ = defaults
    return method


def _named(constant: object, meant: dict[str, str]) -> object:
    """Give a constant of a method, where it is the keywords of a call with the names that are meant."""
    return tuple(meant.get(one, one) for one in constant) if type(constant) is tuple else constant


@cache
def _code(text: str) -> CodeType:
    """Compile a text that defines a function."""
    code: CodeType = compile(text, "<string>", "exec").co_consts[0]
    return code


def _init(cls: type, *, guarded: bool) -> Text:
    names: dict[str, Any] = {"_missing": _MISSING}
    defaults: dict[str, Any] = {}
    parameters = {False: ["self"], True: [""]}
    statements = []
    for at, one in enumerate(_fields(cls)):
        value = f"_{at}"
        if one.make is not _MISSING:
            names[f"_make{at}"] = one.make
            value = f"_make{at}() if _{at} is _missing else _{at}"
        if one.make is not _MISSING or one.default is not _MISSING:
            defaults[one.name] = one.default  # `_MISSING` where it is to be made
        parameters[bool(one.kw_only)].append(f"_{at}")
        if guarded:
            names[f"_set{at}"] = getattr(cls, one.name).__set__  # its slot's
        statements.append(f"_set{at}(self, {value})" if guarded else f"self._{at} = {value}")
    if hasattr(cls, "__post_init__"):
        statements.append("self.__post_init__()")
    named = ", *" + ", ".join(parameters[True]) if len(parameters[True]) > 1 else ""
    return ", ".join(parameters[False]) + named, "; ".join(statements) or "pass", names, defaults


def _replacing(cls: type) -> Text:
    known = [f"_{at}" for at in range(len(_fields(cls)))]
    parameters = ", ".join(("self", "/", *["*"][: len(known)], *known))
    arguments = ", ".join(
        f"{f'{name}=' * bool(one.kw_only)}self.{name} if {name} is _missing else {name}"
        for one, name in sorted(zip(_fields(cls), known, strict=True), key=lambda pair: bool(pair[0].kw_only))
    )
    defaults = {one.name: _MISSING for one in _fields(cls)}
    return parameters, f"return self.__class__({arguments})", {"_missing": _MISSING}, defaults


def _comparison(cls: type, *, operator: str) -> Text:
    compared = f"{_parts(cls, 'self')} {operator} {_parts(cls, 'other')}"
    return "self, other", f"return {compared} if other.__class__ is self.__class__ else NotImplemented", {}, {}


def _hash(cls: type) -> Text:
    return "self", f"return hash({_parts(cls, 'self')})", {}, {}


def _parts(cls: type, owner: str) -> str:
    """Give the tuple of the fields that count, in Python."""
    return f"({''.join(f'{owner}._{at}, ' for at, one in enumerate(_fields(cls)) if one.compare)})"


# ---------------------------------------------------------------------------------------------------------------------
# Methods that all classes share


@recursive_repr()
def _repr(self: Any) -> str:  # noqa: ANN401 - of whatever class
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in _fields(self) if one.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(_self: object, name: str, _value: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    msg = f"cannot assign to field {name!r}"
    raise FrozenInstanceError(msg)


def _refuse_to_delete(_self: object, name: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    msg = f"cannot delete field {name!r}"
    raise FrozenInstanceError(msg)


def _state(self: Any) -> list[object]:  # noqa: ANN401 - of whatever class
    return [getattr(self, one.name) for one in _fields(self)]


def _restore(self: Any, state: Iterable[object]) -> None:  # noqa: ANN401 - of whatever class
    for one, value in zip(_fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)
