"""SQLModel: the columns that the fields of a `table=True` model become.

As `sqlmodel.main.get_column_from_field` makes them.

Example: `name: str = Field(index=True, max_length=50)` is `Column(AutoString(length=50), nullable=False, index=True)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from driftline.models.annotations import annotated_metadata, includes_none, read_inner
from driftline.models.core import Runner, callee, path_of, plain
from driftline.models.core.enums import is_enum_class
from driftline.models.roots import Root, scanned_classes
from driftline.python.origin import Origin
from driftline.python.values import Annotation, Call, Class, Operator, Symbol, Unknown, Value

_FIELDS = frozenset({"sqlmodel.Field", "pydantic.Field", "pydantic.fields.Field"})
_RELATIONSHIPS = frozenset({"sqlmodel.Relationship"})
_STRINGS = frozenset(
    {
        "builtins.str",
        "pydantic.EmailStr",
        "pydantic.networks.EmailStr",
        "pathlib.Path",
        "ipaddress.IPv4Address",
        "ipaddress.IPv4Network",
        "ipaddress.IPv6Address",
        "ipaddress.IPv6Network",
    }
)
_TYPES = {
    "builtins.float": "Float",
    "builtins.bool": "Boolean",
    "builtins.int": "Integer",
    "datetime.date": "Date",
    "datetime.timedelta": "Interval",
    "datetime.time": "Time",
    "builtins.bytes": "LargeBinary",
    "uuid.UUID": "Uuid",
}
_DATES = frozenset({"datetime.datetime", "pydantic.AwareDatetime", "pydantic.types.AwareDatetime"})
_NAIVE_DATES = frozenset({"pydantic.NaiveDatetime", "pydantic.types.NaiveDatetime"})
_MISSING = object()


def sqlmodel_columns(
    cls: Class, root: Root, reader: Runner, is_first: Callable[[str], bool]
) -> dict[str, tuple[Value, Origin]]:
    """Give the column (or relationship) of each field of a model, its bases' first, with its statement.

    `is_first`: whether a library is of its first major version; with Pydantic 1 a field that is None by default may be.
    """
    fields: dict[str, tuple[Class, Annotation]] = {}
    for base in reversed(list(scanned_classes(cls, root))):
        for name, annotation in base.annotations.items():
            fields[name] = (base, annotation)
    found: dict[str, tuple[Value, Origin]] = {}
    for name, (holder, annotation) in fields.items():
        value = holder.names.get(name, _MISSING)
        if name.startswith("_") or callee(value) in _RELATIONSHIPS:
            continue
        kind = reader.annotation(annotation)
        if path_of(kind) in ("typing.ClassVar", "typing_extensions.ClassVar"):
            continue
        origin = holder.origins.get(name, cls.origin)
        found[name] = (_column(name, kind, value, origin, reader, is_first), origin)
    return found


def _column(
    name: str, kind: Value, value: Value, origin: Origin, reader: Runner, is_first: Callable[[str], bool]
) -> Value:
    field = value if isinstance(value, Call) and callee(value) in _FIELDS else _field_in_annotation(kind)
    given: Mapping[str, Value] = field.kwargs if field is not None else {}
    own = plain(given.get("sa_column"))
    if isinstance(own, Call) and callee(own) == "sqlalchemy.Column":
        return own
    if field is not None and field.unpacked:
        return Unknown("arguments of the field were not read", origin)
    primary_key = given.get("primary_key") is True
    default = field.args[0] if field is not None and field.args else given.get("default", _MISSING)
    if value is not _MISSING and (field is None or value is not field):
        default = value
    may_be_none = includes_none(kind) or (default is None and is_first("pydantic"))
    nullable: Value = not primary_key and may_be_none
    if "nullable" in given:
        nullable = given["nullable"]
    args: list[Value] = [name, given["sa_type"] if "sa_type" in given else _type(kind, given, reader)]
    foreign_key = plain(given.get("foreign_key"))
    if foreign_key is not None:
        options = {"ondelete": given["ondelete"]} if given.get("ondelete") is not None else {}
        args.append(Call(Symbol("sqlalchemy.ForeignKey"), (foreign_key,), options, origin))
    extra = given.get("sa_column_args")
    if isinstance(extra, list | tuple):
        args += extra
    elif extra is not None:
        args.append(extra if isinstance(extra, Unknown) else Unknown("`sa_column_args` could not be read", origin))
    kwargs: dict[str, Value] = {
        "primary_key": primary_key,
        "nullable": nullable,
        "index": given.get("index", False),
        "unique": given.get("unique", False),
    }
    if given.get("default_factory") is not None:
        kwargs["default"] = given["default_factory"]
    elif default is not _MISSING and default is not ... and path_of(default) != "builtins.Ellipsis":
        kwargs["default"] = default
    more = given.get("sa_column_kwargs")
    unpacked = False
    if isinstance(more, Mapping):
        kwargs.update({str(key): one for key, one in more.items()})
    elif more is not None:
        unpacked = True
    return Call(Symbol("sqlalchemy.Column"), tuple(args), kwargs, origin, unpacked=unpacked)


def _field_in_annotation(kind: Value) -> Call | None:
    """Give the `Field(…)` of `Annotated[str, Field(…)]`."""
    return next((one for one in _metadata(kind) if isinstance(one, Call) and callee(one) in _FIELDS), None)


def _metadata(kind: Value) -> Iterator[Value]:
    if isinstance(kind, Operator):
        if kind.op == "[]" and path_of(kind) in ("typing.Annotated", "typing_extensions.Annotated"):
            yield from annotated_metadata(kind)
            return
        for one in kind.operands:
            yield from _metadata(one)


def _type(kind: Value, given: Mapping[str, Value], reader: Runner) -> Value:
    """Give the type that a field's Python type stands for."""
    inner = read_inner(kind).matched[-1]
    if isinstance(inner, Symbol):  # a library's own name for a type: an `Annotated[UUID, …]`
        inner = read_inner(reader.library(inner.path)).matched[-1]
    limits = {
        name: plain(given[name])
        for name in ("max_length", "max_digits", "decimal_places")
        if given.get(name) is not None
    }
    if is_enum_class(inner):
        return Call(Symbol("sqlalchemy.Enum"), (inner,), {})
    paths = [path_of(one) for one in inner.mro()] if isinstance(inner, Class) else [path_of(inner)]
    for path in paths:
        if path in _STRINGS:
            length = limits.get("max_length")
            return Call(Symbol("sqlmodel.AutoString"), (), {"length": length} if length is not None else {})
        if path in _DATES and isinstance(reader.library("sqlmodel.sql.sqltypes.UTCDateTime"), Class):
            return Call(Symbol("sqlalchemy.DateTime"), (), {"timezone": True})  # since SQLModel has this decorator
        if path in _DATES | _NAIVE_DATES:
            return Symbol("sqlalchemy.DateTime")
        if path in _TYPES:
            return Symbol(f"sqlalchemy.{_TYPES[path]}")
        if path == "decimal.Decimal":
            numbers = {"precision": limits.get("max_digits"), "scale": limits.get("decimal_places")}
            return Call(
                Symbol("sqlalchemy.Numeric"), (), {name: one for name, one in numbers.items() if one is not None}
            )
    return inner if isinstance(inner, Unknown) else Unknown("no type is known for the annotation")
