"""`dataclass`, `field`, `fields` and `replace` as the standard library has them, for a program that starts often.

The library writes and compiles up to eight methods for a class when it is defined, and imports `inspect` to be able to:
half a millisecond for each of hundreds of classes, for methods of which a run calls few. Here a class is given its
slots, and a method is compiled when it is first called. What the library wants to know of a class (`is_dataclass`,
`dataclasses.fields`) is worked out when the library asks.

Invariant: what a method does is what the library's does. Classes have slots, and every field is one of `__init__`'s.

Example: `@dataclass(frozen=True, slots=True)` above `class Span`; `replace(span, end=9)`.
"""

from __future__ import annotations

from functools import partial
from reprlib import recursive_repr

TYPE_CHECKING = False  # `typing` would be a third of what a start without any analysis imports
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from dataclasses import dataclass, field, fields, is_dataclass, replace
    from typing import Any, NoReturn, TypeAlias

    Text: TypeAlias = tuple[str, str, dict[str, Any]]
    """A method in Python: its parameters, its statements in a line, and what these name."""

__all__ = ["dataclass", "field", "fields", "is_dataclass", "replace"]

_MISSING = object()
_FEW = 16
"""How many objects of a class are made before it pays to compile what makes one: half of all classes have no more."""
_FIELDS = "__driftline_fields__"
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
    owner: list[type] = []  # that of the methods, which it does not exist without
    methods: dict[str, Any] = {
        "__init__": _later(owner, "__init__", partial(_init, frozen=frozen), _fill),
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
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        methods |= {"__getstate__": _state, "__setstate__": _restore}
    owner.append(_slotted(cls, _fields_with_bases(cls, kw_only=kw_only), methods))
    return owner[0]


def _fields(of: Any, /) -> tuple[Field, ...]:  # noqa: ANN401 - a class, or an instance of one
    return getattr(of, _FIELDS)  # type: ignore[no-any-return]


def _is_dataclass(of: object, /) -> bool:
    return hasattr(of, _FIELDS)


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


def _later(
    owner: list[type], name: str, write: Callable[[type], Text], does: Callable[..., tuple[bool, Any]] | None = None
) -> Callable[..., Any]:
    """Give a method that puts the one that `write` gives for the class in `owner` in its place, then calls that.

    `does`: what does the same without it, if only more slowly; the first few times, and where it can.
    """
    left = _FEW if does is not None else 0

    def first(self: object, /, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it takes
        nonlocal left
        (cls,) = owner
        if left and does is not None:
            left -= 1
            done, given = does(cls, self, arguments, named)
            if done:
                return given
        parameters, statements, names = write(cls)
        exec(f"def {name}({parameters}):\n {statements}", names)  # noqa: S102 - names of fields, and text of ours
        method = names[name]
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *arguments, **named)

    return first


def _init(cls: type, *, frozen: bool) -> Text:
    names: dict[str, Any] = {"_missing": _MISSING}
    parameters = {False: ["self"], True: [""]}
    statements = []
    for one in _fields(cls):
        parameter = value = name = one.name
        if one.make is not _MISSING:
            names[f"_make_{name}"] = one.make
            parameter, value = f"{name}=_missing", f"_make_{name}() if {name} is _missing else {name}"
        elif one.default is not _MISSING:
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


def _fill(cls: type, self: Any, arguments: tuple[object, ...], named: dict[str, object]) -> tuple[bool, None]:  # noqa: ANN401 - of whatever class
    """Do what `__init__` does; False where it is not called as it is to be, and it shall say so itself."""
    known = _fields(cls)
    names = [one.name for one in known if not one.kw_only]
    values = dict(zip(names, arguments, strict=False))
    if len(arguments) > len(names) or not values.keys().isdisjoint(named):
        return False, None
    values |= named
    for one in known:
        value = values.pop(one.name, one.default)
        if value is _MISSING:
            if one.make is _MISSING:
                return False, None
            value = one.make()
        object.__setattr__(self, one.name, value)
    if values:
        return False, None
    if hasattr(cls, "__post_init__"):
        self.__post_init__()
    return True, None


def _replacing(cls: type) -> Text:
    names = [one.name for one in _fields(cls)]
    parameters = ", ".join(("self", "/", *["*"][: len(names)], *(f"{name}=_missing" for name in names)))
    arguments = ", ".join(f"{name}=self.{name} if {name} is _missing else {name}" for name in names)
    return parameters, f"return self.__class__({arguments})", {"_missing": _MISSING}


def _comparison(cls: type, *, operator: str) -> Text:
    compared = f"{_parts(cls, 'self')} {operator} {_parts(cls, 'other')}"
    return "self, other", f"return {compared} if other.__class__ is self.__class__ else NotImplemented", {}


def _hash(cls: type) -> Text:
    return "self", f"return hash({_parts(cls, 'self')})", {}


def _parts(cls: type, owner: str) -> str:
    """Give the tuple of the fields that count, in Python."""
    return f"({''.join(f'{owner}.{one.name}, ' for one in _fields(cls) if one.compare)})"


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
