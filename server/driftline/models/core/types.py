"""Types: from what the source writes to a `Type`.

Example: the value of `sa.String(length=255)` is `Type("VARCHAR(255)")` on PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from driftline.dataclass import dataclass, field, replace
from driftline.models.core.canonical import callee, canonical, path_of
from driftline.models.core.context import CoreContext
from driftline.models.core.enums import ENUM_TYPES, class_labels, is_enum_class, string_labels
from driftline.models.core.names import plain, plain_bool, read_name
from driftline.python.origin import NOWHERE
from driftline.python.values import Attribute, Call, Class, Function, Instance, Symbol, Unknown, Value
from driftline.schema.rendering import WITH_VARIANT, resolve_type
from driftline.schema.third_party import is_known
from driftline.schema.type import Argument, Type, TypeCall, unknown_type

NOT_SAID = Unknown("the column has no type of its own")
"""Why a column's type is unknown whose source names none.

SQLAlchemy takes over the type of the column that its foreign key refers to.
"""

_DECORATORS = frozenset({"sqlalchemy.TypeDecorator"})
_CUSTOM = frozenset({"sqlalchemy.UserDefinedType", "sqlalchemy.TypeEngine"})
# Keyword arguments of types that no DDL depends on, and whose values often are what a `TypeCall` cannot hold
# (functions, classes, a MetaData).
_WITHOUT_DDL = frozenset(
    {
        "values_callable",
        "metadata",
        "sort_key_function",
        "validate_strings",
        "omit_aliases",
        "create_type",
        "checkfirst",
        "inherit_schema",
        "pickler",
        "comparator",
        "none_as_null",
        "astext_type",
        "cache_ok",
        "quote",
        "weights",
        "regconfig",
    }
)


# What the DDL of a type depends on besides a collation, in the order of the type's arguments.
_LENGTH, _ZONE, _DIGITS = ("length",), ("timezone",), ("precision", "scale")
_DDL_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    f"sqlalchemy.{name}": wanted
    for names, wanted in (
        ("String Unicode VARCHAR NVARCHAR CHAR NCHAR Text UnicodeText TEXT LargeBinary BINARY VARBINARY BLOB", _LENGTH),
        ("DateTime DATETIME TIMESTAMP Time TIME", _ZONE),
        ("Numeric NUMERIC DECIMAL", _DIGITS),
        ("JSON", ()),
        ("dialects.postgresql.TIMESTAMP dialects.postgresql.TIME", ("timezone", "precision")),
        ("dialects.postgresql.JSON dialects.postgresql.JSONB", ()),
    )
    for name in names.split()
}


def read_type(value: Value, context: CoreContext) -> Type:
    """Give the type that a value states, for the context's dialect.

    `Type.unknown` says why where it could not be worked out.
    """
    made = type_call(value, context)
    if isinstance(made, Unknown):
        return unknown_type(made)
    if isinstance(made, Type):
        return made
    return resolve_type(_in_default_schema(made, context), context.dialect)


def is_type(value: Value) -> bool:
    """Whether a value can be a type, by what it is: a class or a call that is no schema item."""
    if isinstance(value, Class | Instance):
        return True
    if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name in _OF_MUTABLES:
        return True  # whose class may be the project's own
    path = path_of(value)
    return bool(path) and path.removesuffix("()") not in _SCHEMA_ITEMS


_OPERATOR_MIXINS = frozenset({"sqlalchemy.Concatenable", "sqlalchemy.Indexable"})
"""What types inherit from for their operators in queries; the type itself is behind it."""

_OF_MUTABLES = frozenset({"as_mutable", "associate_with_type"})
"""Methods of `sqlalchemy.ext.mutable.Mutable` that give the type they are called with."""

_SCHEMA_ITEMS = frozenset(
    f"sqlalchemy.{name}"
    for name in (
        "ForeignKey",
        "CheckConstraint",
        "UniqueConstraint",
        "PrimaryKeyConstraint",
        "ForeignKeyConstraint",
        "Index",
        "Column",
        "Computed",
        "Identity",
        "Sequence",
        "FetchedValue",
        "DefaultClause",
        "ColumnDefault",
        "text",
    )
)


def stated_type(column: Value) -> Value:
    """Give the type that the call of a column states; None where it states none, and for what is no call."""
    if not isinstance(column, Call):
        return None
    given = column.kwargs.get("type_", column.kwargs.get("type"))
    return given if given is not None else next((one for one in column.args if is_type(one)), None)


def an_instance(kind: Value) -> Value:
    """Give a type as a column has it: of a class that is not read (`Integer`, `db.Integer`), an instance.

    Of `MutableDict.as_mutable(JSONB)` it is the type within.
    """
    while isinstance(kind, Call) and kind.args and isinstance(kind.function, Attribute | Symbol):
        if kind.function.name not in _OF_MUTABLES:
            break
        kind = kind.args[0]
    is_class = isinstance(kind, Symbol | Attribute) and kind.name[:1].isupper()
    return Call(kind, (), {}, NOWHERE) if is_class else kind


def type_call(value: Value, context: CoreContext) -> TypeCall | Type | Unknown:
    """Give how a type is written, in canonical form; a `Type` where only its DDL is known (`get_col_spec`).

    Unknown where it could not be read.
    """
    if isinstance(value, Unknown):
        return value
    if value is None:
        return NOT_SAID
    if isinstance(value, Class):
        return _of_class(value, _Given(), context)
    if isinstance(value, Instance):
        return _of_class(value.cls, _Given(), context, instance=value)
    if isinstance(value, Symbol):
        return _of_symbol(canonical(value.path), context)
    if isinstance(value, Call):
        return _of_call(value, context)
    if isinstance(value, Attribute) and value.name == "impl" and isinstance(value.value, Call):
        implementation = _behind(value.value, context)
        if implementation is not None:
            return implementation
    path = path_of(value)
    if path:
        return _of_path(path, (), {}, context)
    return Unknown("the type could not be read")


def _of_call(call: Call, context: CoreContext) -> TypeCall | Type | Unknown:
    function = call.function
    method = function.name if isinstance(function, Attribute | Symbol) else ""
    if method == "with_variant" and isinstance(function, Attribute):
        return _with_variant(function.value, call, context)
    if method in _OF_MUTABLES:
        return type_call(call.args[0], context) if call.args else Unknown(f"`{method}` without a type", call.origin)
    if method in ("copy", "adapt", "evaluates_none") and isinstance(function, Attribute):
        return type_call(function.value, context)
    if isinstance(function, Class):
        given = _Given(call.args, call.kwargs, _lost(function.name, call) if call.unpacked else None)
        return _of_class(function, given, context)
    path = callee(call)
    if call.unpacked and not _says_enough(path, call.args, call.kwargs):
        return _lost(path, call)
    if not path:
        return Unknown("the type is made by a call that was not read", call.origin)
    made = _of_path(path, call.args, call.kwargs, context)
    return Unknown(made.reason, call.origin) if isinstance(made, Unknown) and made.origin == NOWHERE else made


def _with_variant(base: Value, call: Call, context: CoreContext) -> TypeCall | Type | Unknown:
    made = type_call(base, context)
    if isinstance(made, Unknown):
        return made
    if not call.args:
        return Unknown("`with_variant` without a type", call.origin)
    dialects = tuple(
        plain(one)
        for one in (*call.args[1:], *((call.kwargs["dialect_name"],) if "dialect_name" in call.kwargs else ()))
    )
    if not all(isinstance(one, str) for one in dialects):
        return Unknown("the dialects of a variant could not be read", call.origin)
    variant = type_call(call.args[0], context)
    if isinstance(made, Type) or isinstance(variant, Type):
        # What is known by its DDL alone has no call to put into a variant: choose right here.
        return variant if context.dialect in dialects else made
    if isinstance(variant, Unknown) and context.dialect not in dialects:
        return made
    if isinstance(variant, Unknown):
        return variant
    return TypeCall(WITH_VARIANT, (made, variant, *dialects))


@dataclass(frozen=True, slots=True)
class _Given:
    """The arguments that a type gets; `lost` where some of them could not be read."""

    args: Sequence[Value] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    lost: Unknown | None = None


def _lost(name: str, call: Call) -> Unknown:
    return Unknown(f"arguments of `{name}` were not read", call.origin)


def _says_enough(path: str, args: Sequence[Value], kwargs: Mapping[str, Value]) -> bool:
    """Whether arguments that were not read can change no more than the type's collation, or nothing of its DDL."""
    wanted = _DDL_ARGUMENTS.get(path)
    return wanted is not None and all(name in kwargs for name in wanted[len(args) :])


def _without_passing(
    path: str, args: Sequence[Value], kwargs: Mapping[str, Value]
) -> tuple[Sequence[Value], Mapping[str, Value]]:
    """Leave out the arguments that are not known and can change no more than the type's collation."""
    wanted = _DDL_ARGUMENTS.get(path)
    if wanted is None:
        return args, kwargs
    end = next((n for n, one in enumerate(args) if n >= len(wanted) and isinstance(plain(one), Unknown)), len(args))
    return args[:end], {
        name: one for name, one in kwargs.items() if name in wanted or not isinstance(plain(one), Unknown)
    }


def _of_given(path: str, given: _Given, context: CoreContext) -> TypeCall | Type | Unknown:
    if given.lost is not None and not _says_enough(path, given.args, given.kwargs):
        return given.lost
    return _of_path(path, given.args, given.kwargs, context)


def _of_path(
    path: str, args: Sequence[Value], kwargs: Mapping[str, Value], context: CoreContext
) -> TypeCall | Type | Unknown:
    if path in ENUM_TYPES:
        return _enum(path, args, kwargs, context)
    if path in _DECORATORS or path in _CUSTOM:
        return Unknown(f"`{path}` says nothing of its DDL")
    written = _in_library(path, context)
    if written is not None:
        return _of_class(written, _Given(args, kwargs), context)
    if path == "sqlalchemy.SchemaType":
        return Unknown("`SchemaType` says nothing of its DDL")
    args, kwargs = _without_passing(path, args, kwargs)
    arguments = [_argument(one, context) for one in args]
    keywords = {name: _argument(one, context) for name, one in kwargs.items() if name not in _WITHOUT_DDL}
    unknown = next((one for one in (*arguments, *keywords.values()) if isinstance(one, Unknown)), None)
    if unknown is not None:
        return unknown
    return TypeCall(path, tuple(arguments), tuple(sorted(keywords.items())))


def _of_symbol(path: str, context: CoreContext) -> TypeCall | Type | Unknown:
    """Read a type that stands there by its name, which may be a library's constant (`Text().with_variant(…)`)."""
    found = _found(path, context)
    if isinstance(found, Call | Instance | Attribute):
        return type_call(found, context)
    return _of_path(canonical(found.path) if isinstance(found, Symbol) else path, (), {}, context)


def _in_library(path: str, context: CoreContext) -> Class | None:
    """Find the class that a library's type is, where it is not one that is known here."""
    found = _found(path, context)
    return found if isinstance(found, Class) else None


def _found(path: str, context: CoreContext) -> Value:
    if context.runner is None or path.startswith("sqlalchemy.") or is_known(path):
        return None
    return context.runner.library(path)


def _behind(made: Call, context: CoreContext) -> TypeCall | Type | Unknown | None:
    """Give the `impl` of an object of a library's TypeDecorator; None where the call makes none that was read."""
    cls = _in_library(callee(made), context)
    if cls is None or not any(path_of(base) in _DECORATORS for base in cls.mro() if not isinstance(base, Class)):
        return None
    given = _Given(made.args, made.kwargs, _lost(cls.name, made) if made.unpacked else None)
    return _decorated(cls, given, context, _receiver(cls, given, context, None))


def _argument(value: Value, context: CoreContext) -> Argument:
    """Turn an argument of a type into what a `TypeCall` holds."""
    value = plain(value)
    if value is None or isinstance(value, bool | int | float | str | bytes | Unknown):
        return value
    if isinstance(value, list | tuple):
        made = tuple(_argument(one, context) for one in value)
        return next((one for one in made if isinstance(one, Unknown)), made)
    if isinstance(value, Symbol | Attribute | Call | Class | Instance):
        made_type = type_call(value, context)
        return Unknown("a type within a type could not be read") if isinstance(made_type, Type) else made_type
    return Unknown("an argument of a type could not be read")


def _enum(path: str, args: Sequence[Value], kwargs: Mapping[str, Value], context: CoreContext) -> TypeCall | Unknown:
    name: Value = read_name(kwargs.get("name"))
    if len(args) == 1 and isinstance(args[0], Symbol):
        args = (_in_library(args[0].path, context) or args[0],)
    omit_aliases = plain_bool(kwargs.get("omit_aliases"), default=True)
    if len(args) == 1 and isinstance(args[0], Class):
        cls = args[0]
        if not is_enum_class(cls):
            return Unknown(f"`{cls.name}` is not an enum that could be read", cls.origin)
        labels = class_labels(
            cls, kwargs.get("values_callable"), omit_aliases=omit_aliases is not False, context=context
        )
        if kwargs.get("name") is None:
            name = cls.name.lower()
    elif len(args) == 1 and isinstance(args[0], Symbol | Call):
        return Unknown("the labels come from an enum that was not read")
    else:
        labels = string_labels(list(args))
    if isinstance(labels, Unknown):
        return labels
    keywords: dict[str, Argument] = {}
    for key in ("native_enum", "length", "create_constraint", "collation", "charset"):
        if key in kwargs:
            keywords[key] = _argument(kwargs[key], context)
    if name is not None:
        keywords["name"] = str(name) if isinstance(name, str) else name
    schema = _enum_schema(kwargs, context)
    if schema is not None:
        keywords["schema"] = schema
    unknown = next((one for one in keywords.values() if isinstance(one, Unknown)), None)
    return unknown if unknown is not None else TypeCall(path, labels, tuple(sorted(keywords.items())))


def _enum_schema(kwargs: Mapping[str, Value], context: CoreContext) -> Argument:
    if "schema" in kwargs:
        return _argument(kwargs["schema"], context)
    if plain_bool(kwargs.get("inherit_schema"), default=False) is True:
        return context.table_schema
    return context.metadata_schema


def _in_default_schema(call: TypeCall, context: CoreContext) -> TypeCall:
    """Take the default schema's name off enums: it is never written."""
    args = tuple(_in_default_schema(one, context) if isinstance(one, TypeCall) else one for one in call.args)
    kwargs = tuple(
        (name, _in_default_schema(one, context) if isinstance(one, TypeCall) else one)
        for name, one in call.kwargs
        if not (name == "schema" and isinstance(one, str) and context.schema_key(one) is None)
    )
    return replace(call, args=args, kwargs=kwargs)


# ---------------------------------------------------------------------------------------------------------------------
# Types that the user wrote


def _of_class(
    cls: Class, given: _Given, context: CoreContext, instance: Instance | None = None
) -> TypeCall | Type | Unknown:
    """Read a class of the user's.

    A TypeDecorator by its `impl`, a `UserDefinedType` by `get_col_spec`, a subclass of a type as that type.
    """
    for base in cls.mro():
        if isinstance(base, Class):
            continue
        path = path_of(base)
        if path in _DECORATORS:
            return _decorator(cls, given, context, instance)
        if path in _CUSTOM:
            return _custom(cls, given, context, instance)
        if path in ("abc.ABC", "typing.Generic", "builtins.object", "") or path.startswith(("typing.", "collections.")):
            continue
        if path.startswith("sqlalchemy.ext.mutable.") or path in _OPERATOR_MIXINS:
            continue
        passed = _passed_on(cls, given, _receiver(cls, given, context, instance))
        return passed if isinstance(passed, Unknown) else _of_given(path, passed, context)
    return Unknown(f"`{cls.name}` is not a type that could be read", cls.origin)


def _decorator(cls: Class, given: _Given, context: CoreContext, instance: Instance | None) -> TypeCall | Type | Unknown:
    receiver = _receiver(cls, given, context, instance)
    made = _decorated(cls, given, context, receiver)
    chooser = cls.lookup("load_dialect_impl")
    if chooser is not None and isinstance(chooser[1], Function):
        known = receiver if isinstance(receiver, Instance) else None
        chosen = _dialect_implementation(cls, chooser[1], made, context, known)
        return chosen if chosen is not None else made
    return made


def _decorated(
    cls: Class, given: _Given, context: CoreContext, receiver: Instance | Unknown | None
) -> TypeCall | Type | Unknown:
    """Give what a decorator's `impl` is: the one that its `__init__` sets, else the class's with what it is handed."""
    if isinstance(receiver, Instance) and "impl" in receiver.attributes:
        return type_call(receiver.attributes["impl"], context)
    found = cls.lookup("impl")
    if found is None:
        return Unknown(f"the TypeDecorator `{cls.name}` names no `impl`", cls.origin)
    return _implementation(found[1], _passed_on(cls, given, receiver), context)


def _implementation(impl: Value, given: _Given | Unknown, context: CoreContext) -> TypeCall | Type | Unknown:
    """`impl` is a type class, which gets the decorator's arguments, or an instance, which does not need any."""
    if isinstance(impl, Symbol | Class):
        if isinstance(given, Unknown):
            return given
        if isinstance(impl, Class):
            return _of_class(impl, given, context)
        return _of_given(canonical(impl.path), given, context)
    return type_call(impl, context)


def _passed_on(cls: Class, given: _Given, receiver: Instance | Unknown | None) -> _Given | Unknown:
    """Give the arguments that reach the symbolic base's `__init__`.

    The constructor's own, or what a written `__init__` hands to `super()`.
    """
    if receiver is None:
        return given
    if isinstance(receiver, Unknown):
        return receiver
    handed = receiver.base_call
    if handed is None:
        return _Given()
    lost = Unknown(f"arguments of `{cls.name}` were not read", cls.origin) if handed.unpacked else None
    return _Given(handed.args, handed.kwargs, lost)


def _receiver(cls: Class, given: _Given, context: CoreContext, instance: Instance | None) -> Instance | Unknown | None:
    """Give the object that a written `__init__` makes of the arguments; None where the class has none."""
    if instance is not None:
        return instance
    return None if cls.lookup("__init__") is None else _made(cls, given, context)


def _made(cls: Class, given: _Given, context: CoreContext) -> Instance | Unknown:
    doing = f"`{cls.name}.__init__`"
    made = given.lost or context.run(cls, *given.args, kwargs=given.kwargs, doing=doing)
    return made if isinstance(made, Instance | Unknown) else Unknown(f"{doing} was not read", cls.origin)


def _dialect_implementation(
    cls: Class, function: Function, made: TypeCall | Type | Unknown, context: CoreContext, instance: Instance | None
) -> TypeCall | Type | Unknown | None:
    receiver = instance if instance is not None else Instance(cls)
    if "impl" not in receiver.attributes:
        receiver = Instance(cls, {**receiver.attributes, "impl": _DefaultImplementation})
    answer = context.run(function, receiver, dialect_symbol(context.dialect), doing=f"`{cls.name}.load_dialect_impl`")
    if isinstance(answer, Unknown):
        return answer
    function_of_answer = answer.function if isinstance(answer, Call) else None
    method = function_of_answer.name if isinstance(function_of_answer, Attribute | Symbol) else ""
    if method == "load_dialect_impl":
        # `super().load_dialect_impl(dialect)`
        return made
    if method == "type_descriptor" and isinstance(answer, Call):
        answer = answer.args[0] if answer.args else None
    if answer is _DefaultImplementation:
        return made
    return type_call(answer, context)


_DefaultImplementation = Symbol("driftline.the_decorators_own_implementation")


def dialect_symbol(dialect: str) -> Instance:
    """Give a stand-in for SQLAlchemy's dialect object: its `name`, and `type_descriptor`."""
    return Instance(
        _DIALECT_CLASS,
        {
            "name": dialect,
            "type_descriptor": Symbol("sqlalchemy.engine.Dialect.type_descriptor"),
            "driver": Unknown("the driver is not known"),
        },
    )


def _dialect_class() -> Class:
    import ast

    from driftline.python.values import Module

    node = ast.parse("class Dialect: pass").body[0]
    if not isinstance(node, ast.ClassDef):  # pragma: no cover -- it is one
        raise TypeError
    module = Module("sqlalchemy.engine", "", package=False, syntax=None)
    return Class("Dialect", "Dialect", module, (), {}, node)


_DIALECT_CLASS = _dialect_class()


def _custom(cls: Class, given: _Given, context: CoreContext, instance: Instance | None) -> Type | Unknown:
    """Read a `UserDefinedType` by calling its `get_col_spec`."""
    found = cls.lookup("get_col_spec")
    if found is None or not isinstance(found[1], Function):
        return Unknown(f"`{cls.name}` says nothing of its DDL", cls.origin)
    receiver = instance or _made(cls, given, context)
    if isinstance(receiver, Unknown):
        return receiver
    answer = context.run(found[1], receiver, doing=f"`{cls.name}.get_col_spec`")
    if isinstance(answer, str):
        return Type(answer)
    return (
        answer
        if isinstance(answer, Unknown)
        else Unknown(f"what `{cls.name}.get_col_spec` gives could not be read", cls.origin)
    )
