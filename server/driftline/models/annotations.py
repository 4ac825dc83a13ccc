"""`Mapped[…]` annotations: what is nullable, what is inside of `Annotated`, which type a Python type stands for.

Follows `MappedColumn._init_column_for_annotation` and `registry._resolve_type` of SQLAlchemy's ORM.

Example: `Mapped[Optional[str]]` is nullable, and its type is `String()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from driftline.models.core import callee, path_of, plain
from driftline.models.core.enums import is_enum_class
from driftline.python.values import Call, Class, Operator, Symbol, Unknown, Value

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

    `type_map`: the `type_annotation_map` of the registry, over SQLAlchemy's own.
    """
    if isinstance(matched, Unknown):
        return matched
    literal = path_of(matched) in _LITERAL
    for candidate in _search(matched, literal=literal):
        found = next((value for key, value in type_map.items() if same_type(without_none(key), candidate)), None)
        generic = (
            found is not None and path_of(candidate) in ("enum.Enum", *_LITERAL) and not same_type(candidate, matched)
        )
        if found is not None and (generic or same_type(candidate, matched)):
            return _for_enum(found, matched, literal=literal) if generic or literal else _made_for(found, matched)
        if found is not None:
            # A supertype's entry says nothing of a subtype's.
            continue
        default = (
            DEFAULT_TYPES.get(path_of(candidate))
            if isinstance(candidate, Symbol) and same_type(candidate, matched)
            else None
        )
        if default is not None:
            return Symbol(f"sqlalchemy.{default}")
    if literal:
        return _enum_of_literal(matched, {}, ())
    if is_enum_class(matched):
        return Call(Symbol("sqlalchemy.Enum"), (matched,), {})
    return None


def _search(matched: Value, *, literal: bool) -> list[Value]:
    if literal:
        return [matched, Symbol("typing.Literal"), Symbol("typing_extensions.Literal")]
    if isinstance(matched, Class):
        return list(matched.mro())
    return [matched]


def _made_for(found: Value, matched: Value) -> Value:
    """`{MyEnum: Enum(native_enum=False)}`: an Enum without labels takes those of the class it is mapped to."""
    if is_enum_class(matched) and path_of(found).removesuffix("()") == "sqlalchemy.Enum":
        args = found.args if isinstance(found, Call) else ()
        if not args:
            return _for_enum(found, matched, literal=False)
    return found


def _for_enum(found: Value, matched: Value, *, literal: bool) -> Value:
    """Make the Enum for a class or a Literal from the generic one in the type map, keeping its options."""
    if path_of(found).removesuffix("()") != "sqlalchemy.Enum":
        return found
    kwargs = dict(found.kwargs) if isinstance(found, Call) else {}
    args = found.args if isinstance(found, Call) else ()
    written = tuple(one for one in args if isinstance(plain(one), str))
    if literal:
        return _enum_of_literal(matched, kwargs, written)
    return Call(Symbol("sqlalchemy.Enum"), written or (matched,), kwargs)


def _enum_of_literal(matched: Value, kwargs: Mapping[str, Value], written: tuple[Value, ...]) -> Value:
    if written:
        return Call(Symbol("sqlalchemy.Enum"), written, kwargs)
    labels = list(_literal_values(matched))
    if not labels or not all(isinstance(one, str) for one in labels):
        return Unknown("a Literal that is not all strings")
    return Call(
        Symbol("sqlalchemy.Enum"),
        tuple(labels),
        {"native_enum": False, **{k: v for k, v in kwargs.items() if k != "native_enum"}},
    )


def _literal_values(value: Value) -> Iterator[Value]:
    if isinstance(value, Operator) and value.op == "[]":
        for one in _arguments(value):
            yield from _literal_values(one) if path_of(one) in _LITERAL else (plain(one),)
