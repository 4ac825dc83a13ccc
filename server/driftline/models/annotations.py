"""`Mapped[…]` annotations: what is nullable, what is inside of `Annotated`, which type a Python type stands for.

Follows `MappedColumn._init_column_for_annotation` and `registry._resolve_type` of SQLAlchemy's ORM.

Example: `Mapped[Optional[str]]` is nullable, and its type is `String()`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping

from driftline.dataclass import dataclass
from driftline.models.core import callee, path_of, plain
from driftline.models.core.enums import ENUM_TYPES, is_enum_class
from driftline.python.origin import NOWHERE
from driftline.python.values import Call, Class, Instance, Operator, Symbol, Unknown, Value

_CONTAINERS = frozenset(
    {
        "sqlalchemy.orm.Mapped",
        "sqlalchemy.orm.DynamicMapped",
        "sqlalchemy.orm.WriteOnlyMapped",
        "sqlalchemy.orm.Unmapped",
    }
)
_OPTIONAL = frozenset({"typing.Optional", "typing_extensions.Optional"})
_UNION = frozenset({"typing.Union", "typing_extensions.Union", "types.UnionType"})
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_LITERAL = frozenset({"typing.Literal", "typing_extensions.Literal"})
_NEW_TYPES = frozenset({"typing.NewType", "typing_extensions.NewType"})
_ALIASES = frozenset({"typing.TypeAliasType", "typing_extensions.TypeAliasType"})
_NONES = frozenset({"builtins.None", "types.NoneType", "builtins.NoneType"})

_ENUM = "enum.Enum"
_GENERIC_ENUM = Call(Symbol("sqlalchemy.Enum"), (Symbol(_ENUM),), {})
# What the standard library's enums inherit from, themselves first: they are not read, as a project's classes are.
_ENUM_ANCESTORS: Mapping[str, tuple[str, ...]] = {
    f"enum.{one.__name__}": tuple(f"{base.__module__}.{base.__name__}" for base in one.__mro__)
    for one in (enum.Enum, enum.ReprEnum, enum.IntEnum, enum.StrEnum, enum.Flag, enum.IntFlag)
}

# `sqlalchemy.sql.sqltypes._type_map`, held against it by a test.
DEFAULT_TYPES: Mapping[str, str] = {
    "builtins.int": "Integer",
    "builtins.float": "Double",
    "builtins.bool": "Boolean",
    "uuid.UUID": "Uuid",
    "decimal.Decimal": "Numeric",
    "datetime.date": "Date",
    "datetime.datetime": "DateTime",
    "datetime.time": "Time",
    "datetime.timedelta": "Interval",
    "builtins.bytes": "LargeBinary",
    "builtins.str": "String",
}


@dataclass(frozen=True, slots=True)
class MappedAnnotation:
    """What `Mapped[X]` says: whether None is allowed, and the `mapped_column` calls inside of `Annotated`.

    `matched`: what is looked up in the type map, in order (an alias before what it stands for).
    """

    nullable: bool
    columns: tuple[Call, ...]
    matched: tuple[Value, ...]


def mapped_annotation(value: Value) -> MappedAnnotation | None:
    """Read an evaluated annotation; None where it is no `Mapped[…]`."""
    if not isinstance(value, Operator) or value.op != "[]" or path_of(value) not in _CONTAINERS:
        return None
    return read_inner(_arguments(value)[0])


def read_inner(inner: Value) -> MappedAnnotation:
    """Read what stands inside of the brackets (or the annotation of a SQLModel field)."""
    nullable = includes_none(inner)
    kept = without_none(inner)
    matched: list[Value] = []
    columns: tuple[Call, ...] = ()
    alias = aliased(kept)
    if alias is not None:
        matched.append(kept)
        kept = without_none(alias)
    if path_of(kept) in _ANNOTATED and isinstance(kept, Operator):
        parts = _arguments(kept)
        matched.append(kept)
        columns = tuple(one for one in parts[1:] if callee(one) == "sqlalchemy.orm.mapped_column")
        matched.append(without_none(parts[0]) if parts else Unknown("an empty Annotated"))
    else:
        matched.append(kept)
    return MappedAnnotation(nullable, columns, tuple(matched))


def _arguments(value: Operator) -> tuple[Value, ...]:
    """Give what stands in the brackets of `X[a, b]`."""
    inner = value.operands[1:]
    parts = inner[0] if len(inner) == 1 and isinstance(inner[0], tuple) else inner
    return parts or (Unknown("nothing stands in the brackets of an annotation"),)


def annotated_metadata(value: Operator) -> tuple[Value, ...]:
    """Give what stands behind the type in `Annotated[type, …]`."""
    return _arguments(value)[1:]


def aliased(value: Value) -> Value:
    """Give what a `type X = …` alias stands for; None for anything else."""
    if callee(value) in _ALIASES and len(value.args) > 1:
        return value.args[1]
    return None


def includes_none(value: Value) -> bool:
    """Whether a type allows None."""
    if value is None or path_of(value) in _NONES:
        return True
    if isinstance(value, Operator):
        path = path_of(value) if value.op == "[]" else ""
        if value.op == "|":
            return any(includes_none(one) for one in value.operands)
        if path in _OPTIONAL:
            return True
        if path in _UNION:
            return any(includes_none(one) for one in _arguments(value))
        if path in _ANNOTATED:
            return includes_none(_arguments(value)[0])
    if isinstance(value, Call):
        if callee(value) in _NEW_TYPES and len(value.args) > 1:
            return includes_none(value.args[1])
        alias = aliased(value)
        return alias is not None and includes_none(alias)
    return False


def without_none(value: Value) -> Value:
    """Give a type without its None: `X` of `Optional[X]`, `X | None`, `Union[X, None]`."""
    members = list(_members(value))
    kept = [one for one in members if one is not None and path_of(one) not in _NONES]
    if len(members) == len(kept):
        return value
    if len(kept) == 1:
        return kept[0]
    return Operator("|", tuple(kept)) if kept else value


def _members(value: Value) -> Iterator[Value]:
    if isinstance(value, Operator):
        path = path_of(value) if value.op == "[]" else ""
        if value.op == "|" or path in _UNION:
            for one in value.operands if value.op == "|" else _arguments(value):
                yield from _members(one)
            return
        if path in _OPTIONAL:
            yield from _members(_arguments(value)[0])
            yield None
            return
    yield value


def same_type(one: Value, other: Value) -> bool:
    """Whether two evaluated annotations are the same type, part by part."""
    if one is other:
        return True
    if isinstance(one, Symbol) and isinstance(other, Symbol):
        return one.path == other.path
    if isinstance(one, Operator) and isinstance(other, Operator):
        return (
            one.op == other.op
            and len(one.operands) == len(other.operands)
            and all(same_type(a, b) for a, b in zip(one.operands, other.operands, strict=True))
        )
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(same_type(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, str | int | None) and isinstance(other, str | int | None):
        return type(one) is type(other) and one == other
    return False


def type_of(matched: Value, type_map: Mapping[Value, Value]) -> Value:
    """Give the value of the SQLAlchemy type that a Python type stands for; None where there is none.

    `type_map`: the `type_annotation_map` of the registry, over SQLAlchemy's own. As `registry._resolve_type` and
    `_resolve_for_python_type` of the types do, the type's ancestors are looked up too, but only an Enum answers for
    what inherits from its key.
    """
    if isinstance(matched, Unknown):
        return matched
    for candidate in _search(matched):
        found = _entry(candidate, type_map)
        if found is None:
            continue
        exact = same_type(candidate, matched)
        if isinstance(found, Unknown):
            return found
        if _is_enum(found):
            return _resolved_enum(found, matched, exact=exact)
        if exact:
            return found
        if isinstance(found, Class | Instance) and _inherits_enum(found):
            return Unknown("the type map's Enum is of a class of the project's own", found.origin)
    return None


def _entry(candidate: Value, type_map: Mapping[Value, Value]) -> Value:
    """Give what is mapped to exactly this Python type, by the user or else by SQLAlchemy."""
    found = next((value for key, value in type_map.items() if same_type(without_none(key), candidate)), None)
    if found is not None:
        return found
    path = candidate.path if isinstance(candidate, Symbol) else ""
    if path == _ENUM or path in _LITERAL:
        return _GENERIC_ENUM
    return Symbol(f"sqlalchemy.{DEFAULT_TYPES[path]}") if path in DEFAULT_TYPES else None


def _search(matched: Value) -> Iterator[Value]:
    if path_of(matched) in _LITERAL:
        yield from (matched, *(Symbol(path) for path in sorted(_LITERAL)))
    elif isinstance(matched, Class):
        for one in matched.mro():
            ancestors = _ENUM_ANCESTORS.get(one.path) if isinstance(one, Symbol) else None
            yield from (one,) if ancestors is None else (Symbol(path) for path in ancestors)
    else:
        yield matched


def _is_enum(found: Value) -> bool:
    return path_of(found).removesuffix("()") in ENUM_TYPES and not isinstance(found, Instance)


def _inherits_enum(found: Class | Instance) -> bool:
    cls = found.cls if isinstance(found, Instance) else found
    return any(path_of(base) in ENUM_TYPES for base in cls.mro())


def _resolved_enum(found: Value, matched: Value, *, exact: bool) -> Value:
    """Make the Enum for a Python type from one in the type map, as `Enum._resolve_for_python_type` does.

    The labels are those of `matched` where it has some, and those of `found` where it stands for exactly this type or
    `matched` has none; the options are those of `found`.
    """
    args = found.args if isinstance(found, Call) else ()
    kwargs = found.kwargs if isinstance(found, Call) else {}
    generic = len(args) == 1 and path_of(args[0]) == _ENUM
    if exact and not generic:
        labels, options = args, kwargs
    elif path_of(matched) in _LITERAL:
        labels, options = tuple(_literal_values(matched)), {**kwargs, "native_enum": False}
        if not labels or not all(isinstance(one, str) for one in labels):
            return Unknown("a Literal that is not all strings")
    else:
        labels, options = ((matched,) if is_enum_class(matched) else args), kwargs
    # The origin stays: it is the type map's entry that says how the labels are made.
    unpacked = isinstance(found, Call) and found.unpacked
    origin = found.origin if isinstance(found, Call) else NOWHERE
    return Call(Symbol("sqlalchemy.Enum"), labels, options, origin, unpacked=unpacked)


def _literal_values(value: Value) -> Iterator[Value]:
    if isinstance(value, Operator) and value.op == "[]":
        for one in _arguments(value):
            yield from _literal_values(one) if path_of(one) in _LITERAL else (plain(one),)
