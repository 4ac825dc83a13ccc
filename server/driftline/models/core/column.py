"""`Column(…)` and `mapped_column(…)` calls.

Example: the value of `sa.Column("id", sa.Integer(), primary_key=True)` is `ColumnParts(Column("id", Type("INTEGER"),
nullable=False), "id", primary_key=True)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from driftline.dataclass import dataclass, replace
from driftline.models.core.canonical import callee, path_of
from driftline.models.core.context import CoreContext
from driftline.models.core.names import plain, plain_bool, read_name
from driftline.models.core.parts import ColumnParts, ForeignKeyPart
from driftline.models.core.sql import read_expression, read_sql
from driftline.models.core.types import NOT_SAID, an_instance, is_type, read_type
from driftline.python.host import UNANSWERED
from driftline.python.values import Call, EnumMember, Symbol, Unknown, Value
from driftline.schema import Column, Computed, Identity, ServerDefault
from driftline.schema.column import Plain
from driftline.schema.type import Type, unknown_type


@dataclass(slots=True)
class _Items:
    """The positional arguments of a column, sorted by what they are."""

    name: str | Unknown | None = None
    type: Value = None
    foreign_keys: list[Call] | None = None
    checks: list[Call] | None = None
    computed: Call | None = None
    identity: Call | None = None
    sequence: Call | None = None
    default: Value = None
    unknown: list[Unknown] | None = None


SERVER_DEFAULTS = frozenset(
    f"sqlalchemy.{kind}" for kind in ("FetchedValue", "DefaultClause", "PassiveDefault", "Computed", "Identity")
)
"""What is a server default as it stands (`sqlalchemy.sql.schema.FetchedValue` and those that inherit from it)."""


def read_column(call: Call, context: CoreContext) -> ColumnParts:
    """Read a `Column(…)` or `mapped_column(…)` call; whatever could not be read in it is Unknown in the parts."""
    items = _sort(call)
    kwargs = call.kwargs
    unknown = list(items.unknown or ())
    made_type = unknown_type(NOT_SAID) if items.type is None else read_type(items.type, context)
    if call.unpacked:
        missing = Unknown("arguments of the column were not read", call.origin)
        unknown.append(missing)
        if items.type is None:
            made_type = unknown_type(missing)
    primary_key = plain_bool(kwargs.get("primary_key"), default=False)
    nullable, nullable_given = _nullable(kwargs, items, primary_key=primary_key, unpacked=call.unpacked)
    server_default = _server_default(kwargs.get("server_default", items.default), call, context)
    comment = plain(kwargs.get("comment"))
    key = plain(kwargs.get("key"))
    column = Column(
        name=items.name if isinstance(items.name, str) else "",
        type=made_type,
        nullable=nullable,
        server_default=server_default,
        computed=_computed(items.computed, context),
        identity=read_identity(items.identity) if items.identity is not None else None,
        autoincrement=_autoincrement(kwargs.get("autoincrement")),
        comment=comment if isinstance(comment, str) else None,
        collation=_collation(made_type),
        python_default=_is_given(kwargs, "default")
        or _is_given(kwargs, "insert_default")
        or _is_given(kwargs, "default_factory"),
        default_value=_default_value(kwargs, items),
        origin=call.origin,
    )
    return ColumnParts(
        column=column,
        name=items.name,
        primary_key=primary_key,
        unique=plain_bool(kwargs.get("unique"), default=False),
        index=plain_bool(kwargs.get("index"), default=False),
        foreign_keys=tuple(read_foreign_key(one) for one in items.foreign_keys or ()),
        checks=tuple(items.checks or ()),
        type_call=made_type.call,
        typed=items.type is not None,
        nullable_given=nullable_given,
        has_default=_is_given(kwargs, "default") or _is_given(kwargs, "insert_default") or items.sequence is not None,
        key=key if isinstance(key, str) and key != items.name else None,
        system=plain_bool(kwargs.get("system"), default=False) is True,
        unknown=tuple(unknown),
    )


def attribute_of_column(call: Call, name: str) -> Value:
    """Answer an attribute of a `Column(…)` that stands alone; UNANSWERED for one that is not read here."""
    items = _sort(call)
    match name:
        case "name" | "key" if not call.unpacked:
            return call.kwargs.get("key", items.name) if name == "key" else items.name
        case "type" if items.type is not None:
            return an_instance(items.type)
        case "nullable":
            primary_key = plain_bool(call.kwargs.get("primary_key"), default=False)
            return _nullable(call.kwargs, items, primary_key=primary_key, unpacked=call.unpacked)[0]
        case "primary_key" | "unique" | "index" if not call.unpacked:
            return call.kwargs.get(name, False if name == "primary_key" else None)
        case "server_default" if not call.unpacked:
            return _default_clause(call, items)
    return UNANSWERED


def _default_clause(call: Call, items: _Items) -> Value:
    """Give `column.server_default`: what makes its value in the database, which a mere text is made to."""
    given = call.kwargs.get("server_default", items.default)
    if given is None:
        return items.identity if items.computed is None else items.computed
    if isinstance(given, Unknown) or callee(given) in SERVER_DEFAULTS:
        return given
    return Call(Symbol("sqlalchemy.DefaultClause"), (given,), {}, call.origin)


def _sort(call: Call) -> _Items:
    """Tell the positional arguments apart as `Column.__init__` does: a name, a type, then schema items."""
    items = _Items()
    rest = list(call.args)
    kwargs = call.kwargs
    if "name" in kwargs or "_Column__name_pos" in kwargs:
        items.name = read_name(kwargs.get("name"))
    if (
        rest
        and "name" not in kwargs
        and (isinstance(plain(rest[0]), str) or rest[0] is None or _is_named_by_unknown(rest))
    ):
        first = rest.pop(0)
        items.name = read_name(first)
    items.type = kwargs.get("type_", kwargs.get("type"))
    for one in rest:
        _sort_one(one, items)
    return items


def _is_named_by_unknown(rest: Sequence[Value]) -> bool:
    """Whether an unreadable first argument is the name: a type follows it."""
    return isinstance(rest[0], Unknown) and len(rest) > 1 and is_type(rest[1])


def _sort_one(one: Value, items: _Items) -> None:
    match callee(one):
        case "sqlalchemy.ForeignKey":
            items.foreign_keys = [*(items.foreign_keys or ()), one]
        case "sqlalchemy.CheckConstraint":
            items.checks = [*(items.checks or ()), one]
        case "sqlalchemy.Computed":
            items.computed = one
        case "sqlalchemy.Identity":
            items.identity = one
        case "sqlalchemy.Sequence":
            items.sequence = one
        case "sqlalchemy.FetchedValue" | "sqlalchemy.DefaultClause" | "sqlalchemy.PassiveDefault":
            items.default = one
        case "sqlalchemy.ColumnDefault":
            pass
        case _:
            if one is None:
                return
            if items.type is None and (is_type(one) or isinstance(one, Unknown)):
                items.type = one
            else:
                items.unknown = [
                    *(items.unknown or ()),
                    one if isinstance(one, Unknown) else Unknown("an argument of the column was not read"),
                ]


def _nullable(
    kwargs: Mapping[str, Value], items: _Items, *, primary_key: bool | Unknown, unpacked: bool
) -> tuple[bool | Unknown, bool]:
    """Give nullability and whether it is said; unsaid, primary keys and identity columns are NOT NULL."""
    if "nullable" in kwargs:
        # None is as good as False: the compiler only asks for the truth of it.
        return plain_bool(kwargs["nullable"], default=False), True
    if unpacked:
        return Unknown("arguments of the column were not read"), False
    if items.identity is not None:
        return False, False
    return (primary_key if isinstance(primary_key, Unknown) else not primary_key), False


def _server_default(value: Value, call: Call, context: CoreContext) -> ServerDefault | None:
    if value is None or callee(value) in ("sqlalchemy.Computed", "sqlalchemy.Identity"):
        return None
    if callee(value) == "sqlalchemy.FetchedValue":
        return ServerDefault(Unknown("the database has a default of its own"), fetched=True, origin=call.origin)
    if isinstance(value, Unknown):
        return ServerDefault(value, origin=call.origin)
    return ServerDefault(read_sql(value, context), origin=call.origin)


def _computed(call: Call | None, context: CoreContext) -> Computed | None:
    if call is None:
        return None
    text = call.args[0] if call.args else call.kwargs.get("sqltext")
    persisted = plain(call.args[1] if len(call.args) > 1 else call.kwargs.get("persisted"))
    return Computed(read_expression(text, context), persisted if isinstance(persisted, bool) else None)


def read_identity(call: Call) -> Identity:
    """Read an `Identity(…)` call: its options that are said, without those that are None."""
    parameters = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache", "order")
    given = dict(call.kwargs)
    given.update(zip(("always", "on_null", *parameters), call.args, strict=False))
    options = tuple(sorted((name, plain(given[name])) for name in parameters if plain(given.get(name)) is not None))
    readable = tuple((name, value) for name, value in options if isinstance(value, int | bool | Unknown))
    return Identity(always=plain_bool(given.get("always"), default=False) is True, options=readable)


def read_foreign_key(call: Call) -> ForeignKeyPart:
    """Read a column's `ForeignKey(…)` call; the target is found later, when all tables are known."""
    kwargs = call.kwargs
    target = call.args[0] if call.args else kwargs.get("column")
    return ForeignKeyPart(
        target=plain(target),
        name=read_name(kwargs.get("name")),
        ondelete=read_action(kwargs.get("ondelete")),
        onupdate=read_action(kwargs.get("onupdate")),
        deferrable=read_flag(kwargs.get("deferrable")),
        initially=read_word(kwargs.get("initially")),
        match=read_word(kwargs.get("match")),
        use_alter=plain_bool(kwargs.get("use_alter"), default=False) is True,
        origin=call.origin,
    )


def read_action(value: Value) -> str | Unknown | None:
    """Give a referential action in upper case."""
    value = plain(value)
    if value is None or isinstance(value, Unknown):
        return value
    return (
        " ".join(value.upper().split()) if isinstance(value, str) else Unknown("a referential action could not be read")
    )


def read_flag(value: Value) -> bool | None:
    """Give a flag that may be unsaid; None too where it could not be read. Text counts: Alembic 1.15 wrote `"True"`."""
    value = plain(value)
    return bool(value) if isinstance(value, bool | str) else None


def read_word(value: Value) -> str | None:
    """Give an SQL word in upper case; None too where it could not be read."""
    value = plain(value)
    return value.upper() if isinstance(value, str) else None


def _autoincrement(value: Value) -> bool | str | None:
    value = plain(value)
    return value if isinstance(value, bool | str) else None


def _collation(made: Type) -> str | None:
    call = made.call
    if call is None:
        return None
    found = next((value for name, value in call.kwargs if name == "collation"), None)
    return found if isinstance(found, str) else None


def _default_value(kwargs: Mapping[str, Value], items: _Items) -> Plain | tuple[str, Plain] | None:
    """Give the plain value that the ORM fills a column in with, where its type is not known to store another.

    A type of the project's own, or of a library, may convert it (`process_bind_param`).
    """
    converts = items.type is not None and not path_of(items.type).startswith(("sqlalchemy.", "sqlmodel."))
    value = kwargs.get("insert_default", kwargs.get("default"))
    if converts or isinstance(value, Plain):
        return None if converts else value
    if isinstance(value, EnumMember) and isinstance(value.value, Plain):
        return value.name, value.value
    return None


def _is_given(kwargs: Mapping[str, Value], name: str) -> bool:
    """Whether a Python-side default is said.

    `default=None` means none, except in `insert_default`, where nobody writes it.
    """
    return kwargs.get(name) is not None


def named(parts: ColumnParts, name: str) -> ColumnParts:
    """Give the parts under a name that something else than the call states (a mapped attribute's)."""
    return replace(parts, name=name, column=replace(parts.column, name=name))


def merged_column(call: Call, other: Call) -> Call:
    """Give `call` with what it does not say itself taken from `other`.

    `other` is a `mapped_column` inside of `Annotated`; the rules are those of `Column._merge`.
    """
    own, given = _sort(call), _sort(other)
    args: list[Value] = [] if own.name is None or "name" in call.kwargs else [own.name]
    made_type = own.type if own.type is not None else given.type
    if made_type is not None:
        args.append(made_type)
    for items in (own, given):
        args += [*(items.foreign_keys or ()), *(items.checks or ())]
    for name in ("computed", "identity", "sequence", "default"):
        found = getattr(own, name) or getattr(given, name)
        if found is not None:
            args.append(found)
    kwargs = {name: value for name, value in call.kwargs.items() if name not in ("type_", "type")}
    left_out = {"name", "key", "type_", "type"}
    if "default" in kwargs or "insert_default" in kwargs:
        left_out |= {"default", "insert_default"}
    for name, value in other.kwargs.items():
        if name not in left_out and kwargs.get(name) is None:
            kwargs[name] = value
    return Call(call.function, tuple(args), kwargs, call.origin, unpacked=call.unpacked or other.unpacked)
