"""Types as a dialect's DDL says them.

The common types have a table of their own here, because reading a project must not cost the half second that importing
SQLAlchemy takes; a test holds it against SQLAlchemy's compiler, argument by argument. Every other type of SQLAlchemy is
built as a real one, lazily, and compiled. A type from elsewhere is Unknown unless `third_party` knows what it stands
for.

Invariant: SQLAlchemy is imported only inside of functions, and only types of its own packages are ever built.

Example: `resolve_type(TypeCall("sqlalchemy.DateTime", (True,)), "postgresql").ddl` is `TIMESTAMP WITH TIME ZONE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from driftline.dataclass import replace
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema.third_party import is_known, stands_for
from driftline.schema.type import Type, TypeCall, unknown_type

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

WITH_VARIANT = "sqlalchemy.types.TypeEngine.with_variant"
"""The path of the `TypeCall` that stands for `base.with_variant(variant, *dialects)`.

Its arguments are these, in order.
"""

_POSTGRESQL = "sqlalchemy.dialects.postgresql."


@lru_cache(maxsize=4096)
def resolve_type(call: TypeCall, dialect: str) -> Type:
    """Give the type that a `TypeCall` makes for `dialect`: DDL, enum key and labels where it is an Enum.

    With `unknown` where unreadable.
    """
    effective = _effective(call, dialect)
    if isinstance(effective, Unknown):
        return replace(unknown_type(effective), call=call)
    if isinstance(effective, str):
        return Type(effective, call=call)
    item = _item(effective)
    if isinstance(item, Unknown):
        return replace(unknown_type(item), call=call)
    ddl = _render(effective, dialect)
    if isinstance(ddl, Unknown):
        return replace(unknown_type(ddl), call=call)
    labels = enum_labels(item) if is_enum(item) else None
    return Type(ddl, enum=_native_enum(item, dialect), labels=labels, call=call)


def is_enum(call: TypeCall) -> bool:
    """Whether a type is an enumeration with labels (SQLAlchemy's Enum, or a dialect's ENUM)."""
    return call.path in _ENUMS


def enum_labels(call: TypeCall) -> tuple[str, ...] | None:
    """Give the labels of an enum type in order, None where they are not all known strings."""
    labels = tuple(one for one in call.args if isinstance(one, str))
    return labels if len(labels) == len(call.args) else None


def is_not_native(call: TypeCall) -> bool:
    """Whether an enum type is told to be a VARCHAR (`native_enum=False`).

    Which PostgreSQL's own ENUM does not listen to.
    """
    return call.path == "sqlalchemy.Enum" and keyword(call, "native_enum", default=True) is False


def item_type(call: TypeCall, dialect: str) -> TypeCall | None:
    """Give the type that is left when variants and arrays are taken off (the Enum in `ARRAY(Enum(…))`).

    None where that is not known.
    """
    effective = _effective(call, dialect)
    if not isinstance(effective, TypeCall):
        return None
    item = _item(effective)
    return item if isinstance(item, TypeCall) else None


def affinity(call: TypeCall, dialect: str) -> str | None:
    """Give `integer`, `smallint` or `bigint` for an integer type, `numeric` for an exact numeric one.

    None for anything else.
    """
    effective = _effective(call, dialect)
    return _AFFINITIES.get(effective.path) if isinstance(effective, TypeCall) else None


def keyword(call: TypeCall, name: str, default: object = None) -> object:
    """Give a type's keyword argument."""
    return next((value for key, value in call.kwargs if key == name), default)


# ---------------------------------------------------------------------------------------------------------------------
# What a type comes down to


def _effective(call: TypeCall, dialect: str) -> TypeCall | str | Unknown:
    """Choose the variant for `dialect`, and put what third-party types stand for in their place."""
    for _ in range(_DEPTH_LIMIT):
        chosen: TypeCall | str | Unknown
        if call.path == WITH_VARIANT:
            chosen = _variant(call, dialect)
        elif call.path.startswith("sqlalchemy."):
            return call
        else:
            chosen = stands_for(call, dialect)
        if not isinstance(chosen, TypeCall):
            return chosen
        call = chosen
    return Unknown("the type's variants are nested too deeply")


_DEPTH_LIMIT = 20


def _variant(call: TypeCall, dialect: str) -> TypeCall | Unknown:
    base, variant, *dialects = call.args
    chosen = variant if dialect in dialects else base
    return chosen if isinstance(chosen, TypeCall) else Unknown("a variant of the type could not be read")


def _item(call: TypeCall) -> TypeCall | Unknown:
    for _ in range(_DEPTH_LIMIT):
        if call.path not in _ARRAYS:
            return call
        inner = call.args[0] if call.args else keyword(call, "item_type")
        if not isinstance(inner, TypeCall):
            return Unknown("the item type of an ARRAY could not be read")
        call = inner
    return Unknown("the array's item types are nested too deeply")


def _native_enum(item: TypeCall, dialect: str) -> str | None:
    if dialect != "postgresql" or not is_enum(item) or is_not_native(item):
        return None
    name = keyword(item, "name")
    schema = keyword(item, "schema")
    if not isinstance(name, str):
        return None
    return f"{schema}.{name}" if isinstance(schema, str) and schema != "public" else name


# ---------------------------------------------------------------------------------------------------------------------
# The table of common types

Arguments = Mapping[str, object]
_Renderer = Callable[[Arguments, str], str | Unknown | None]
"""Renders a type from its arguments, by name, for a dialect; None leaves it to SQLAlchemy."""


def _render(call: TypeCall, dialect: str) -> str | Unknown:
    known = _COMMON.get(call.path)
    if known is not None and dialect in _FAMILIES:
        parameters, renderer = known
        arguments = _bind(call, parameters)
        if arguments is not None:
            made = renderer(arguments, _FAMILIES[dialect])
            if made is not None:
                return made
    if call.path in _FOREIGN.get(dialect, ()) and not call.args and not call.kwargs:
        return _without_ddl(call, dialect)
    return _compile(call, dialect)


def _without_ddl(call: TypeCall, dialect: str) -> Unknown:
    return Unknown(f"`{_short(call)}` has no DDL on {dialect}")


def _own(dialect: str, names: str) -> frozenset[str]:
    return frozenset(f"sqlalchemy.dialects.{dialect}.{name}" for name in names.split())


_MYSQLS = _own("mysql", "LONGBLOB LONGTEXT MEDIUMBLOB MEDIUMINT MEDIUMTEXT TINYBLOB TINYINT TINYTEXT YEAR")
_POSTGRESQLS = _own("postgresql", "BYTEA CIDR CITEXT HSTORE INET MACADDR MONEY OID TSVECTOR INT4RANGE DATERANGE")
_FOREIGN = {"postgresql": _MYSQLS, "sqlite": _MYSQLS | _POSTGRESQLS, "mysql": _POSTGRESQLS, "mariadb": _POSTGRESQLS}
"""Types that one database alone has, by the dialects that have no DDL for them; held against SQLAlchemy by a test."""


_FAMILIES = {"postgresql": "postgresql", "sqlite": "sqlite", "mysql": "mysql", "mariadb": "mariadb"}


def _bind(call: TypeCall, parameters: tuple[str, ...]) -> Arguments | None:
    """Name the positional arguments; None where there are others than the table knows."""
    if parameters == ("*",):
        return {"*": call.args, **dict(call.kwargs)}
    if len(call.args) > len(parameters):
        return None
    arguments = dict(zip(parameters, call.args, strict=False)) | dict(call.kwargs)
    return arguments if all(name in parameters or name in _SILENT for name in arguments) else None


# Arguments that change nothing in DDL, whatever the type.
_SILENT = frozenset(
    {
        "as_uuid",
        "asdecimal",
        "decimal_return_scale",
        "none_as_null",
        "astext_type",
        "as_tuple",
        "zero_indexes",
        "create_constraint",
        "name",
        "_create_events",
        "pickler",
        "comparator",
        "text_type",
    }
)


def _always(*spellings: str | None) -> _Renderer:
    """Render a type that has no arguments worth speaking of: spellings for PostgreSQL, SQLite, MySQL (and MariaDB).

    None: not there.
    """
    by_family = dict(zip(("postgresql", "sqlite", "mysql"), spellings, strict=True))
    by_family["mariadb"] = by_family["mysql"]

    def renderer(_arguments: Arguments, family: str) -> str | None:
        return by_family[family]

    return renderer


def _everywhere(spelling: str) -> _Renderer:
    return _always(spelling, spelling, spelling)


def _only_postgresql(spelling: str) -> _Renderer:
    return _always(spelling, None, None)


def _character(name: str, *, length_needed: bool = False) -> _Renderer:
    """VARCHAR, CHAR, TEXT …: a length where there is one; MySQL refuses a VARCHAR without one.

    A collation is left to SQLAlchemy.
    """

    def renderer(arguments: Arguments, family: str) -> str | None:
        length = arguments.get("length")
        if arguments.get("collation") is not None:
            return None
        mysql = family in ("mysql", "mariadb")
        if length is None and not (length_needed and mysql):
            return name
        if not length:
            return None if mysql else name
        return f"{name}({length})" if isinstance(length, int) and not isinstance(length, bool) else None

    return renderer


def _national(name: str) -> _Renderer:
    plain, mysql = _character(name), _character(f"NATIONAL {name.removeprefix('N')}", length_needed=name == "NVARCHAR")

    def renderer(arguments: Arguments, family: str) -> str | Unknown | None:
        if family not in ("mysql", "mariadb"):
            return plain(arguments, family)
        return mysql(arguments, family)

    return renderer


def _moment(name: str, plain: str) -> _Renderer:
    """TIMESTAMP and TIME: PostgreSQL says whether there is a time zone."""

    def renderer(arguments: Arguments, family: str) -> str | None:
        timezone = arguments.get("timezone", False)
        precision = arguments.get("precision")
        if not isinstance(timezone, bool) or isinstance(precision, bool) or not isinstance(precision, int | None):
            return None
        if family != "postgresql":
            return plain
        digits = "" if precision is None else f"({precision})"
        return f"{name}{digits} {'WITH' if timezone else 'WITHOUT'} TIME ZONE"

    return renderer


def _exact(name: str) -> _Renderer:
    """NUMERIC and DECIMAL."""

    def renderer(arguments: Arguments, _family: str) -> str | None:
        precision, scale = arguments.get("precision"), arguments.get("scale")
        if precision is None:
            return name
        if not isinstance(precision, int) or isinstance(scale, bool) or not isinstance(scale, int | None):
            return None
        return f"{name}({precision})" if scale is None else f"{name}({precision}, {scale})"

    return renderer


def _float(arguments: Arguments, family: str) -> str | None:
    precision = arguments.get("precision")
    if precision is None or family == "sqlite":
        return "FLOAT"
    return f"FLOAT({precision})" if isinstance(precision, int) and not isinstance(precision, bool) else None


def _large_binary(arguments: Arguments, family: str) -> str | None:
    length = arguments.get("length")
    if family == "postgresql":
        return "BYTEA"
    if family == "sqlite" or length is None:
        return "BLOB"
    return f"BLOB({length})" if isinstance(length, int) else None


def _uuid(arguments: Arguments, family: str) -> str:
    native = arguments.get("native_uuid", True)
    return "UUID" if native is True and family in ("postgresql", "mariadb") else "CHAR(32)"


def _interval(arguments: Arguments, family: str) -> str | None:
    if family != "postgresql":
        return "DATETIME"
    if arguments.get("native", True) is not True or arguments.get("second_precision") is not None:
        return None
    return "INTERVAL"


def _postgresql_interval(arguments: Arguments, family: str) -> str | None:
    return "INTERVAL" if family == "postgresql" and not arguments else None


def _bit(arguments: Arguments, family: str) -> str | None:
    length, varying = arguments.get("length"), arguments.get("varying", False)
    if family != "postgresql" or not isinstance(length, int | None) or not isinstance(varying, bool):
        return None
    if varying:
        return f"BIT VARYING({length})" if length is not None else "BIT VARYING"
    return f"BIT({length or 1})"


def _array(arguments: Arguments, family: str) -> str | Unknown | None:
    item, dimensions = arguments.get("item_type"), arguments.get("dimensions")
    if family != "postgresql" or not isinstance(item, TypeCall) or not isinstance(dimensions, int | None):
        return None
    made = resolve_type(item, "postgresql")
    if made.unknown is not None:
        return made.unknown
    # A collation stands behind the brackets: SQLAlchemy knows how to move it there.
    return None if " COLLATE " in made.ddl else made.ddl + "[]" * (dimensions if dimensions is not None else 1)


def _enum(arguments: Arguments, family: str) -> str | Unknown | None:
    labels = arguments["*"]
    if not isinstance(labels, tuple) or not all(isinstance(label, str) for label in labels):
        return Unknown("the labels of an Enum could not be read")
    name, schema, length = arguments.get("name"), arguments.get("schema"), arguments.get("length")
    if any(isinstance(one, Unknown) for one in (name, schema, length)) or arguments.get("collation") is not None:
        return None
    native = arguments.get("native_enum", True)
    if native is True and family == "postgresql":
        if not isinstance(name, str):
            return None
        quoted = quote_identifier(name, "postgresql")
        return f"{quote_identifier(schema, 'postgresql')}.{quoted}" if isinstance(schema, str) else quoted
    if native is True and family in ("mysql", "mariadb"):
        written = ",".join(quote_literal(label) for label in labels)
        return f"ENUM({written})" if "\\" not in written and "%" not in written else None
    longest = max((len(label) for label in labels), default=0)
    return f"VARCHAR({length if isinstance(length, int) else longest})" if longest else None


_LENGTH = ("length", "collation")
_TIME = ("timezone",)
_NUMBER = ("precision", "scale", "decimal_return_scale", "asdecimal")
_FLOAT = ("precision", "asdecimal", "decimal_return_scale")

_VARCHAR = (_LENGTH, _character("VARCHAR", length_needed=True))
_TEXT = (_LENGTH, _character("TEXT"))
_CHAR = (_LENGTH, _character("CHAR"))
_INTEGER: tuple[tuple[str, ...], _Renderer] = ((), _everywhere("INTEGER"))
_SMALLINT: tuple[tuple[str, ...], _Renderer] = ((), _everywhere("SMALLINT"))
_BIGINT: tuple[tuple[str, ...], _Renderer] = ((), _everywhere("BIGINT"))
_BOOLEAN = (("create_constraint", "name"), _always("BOOLEAN", "BOOLEAN", "BOOL"))
_JSON = (("none_as_null",), _everywhere("JSON"))
_NUMERIC = (_NUMBER, _exact("NUMERIC"))

_COMMON: dict[str, tuple[tuple[str, ...], _Renderer]] = {
    "sqlalchemy.String": _VARCHAR,
    "sqlalchemy.Unicode": _VARCHAR,
    "sqlalchemy.VARCHAR": _VARCHAR,
    "sqlalchemy.NVARCHAR": (_LENGTH, _national("NVARCHAR")),
    "sqlalchemy.Text": _TEXT,
    "sqlalchemy.UnicodeText": _TEXT,
    "sqlalchemy.TEXT": _TEXT,
    "sqlalchemy.CHAR": _CHAR,
    "sqlalchemy.NCHAR": (_LENGTH, _national("NCHAR")),
    "sqlalchemy.CLOB": (_LENGTH, lambda given, _at: None if given.get("collation") is not None else "CLOB"),
    "sqlalchemy.Integer": _INTEGER,
    "sqlalchemy.INTEGER": _INTEGER,
    "sqlalchemy.INT": _INTEGER,
    "sqlalchemy.SmallInteger": _SMALLINT,
    "sqlalchemy.SMALLINT": _SMALLINT,
    "sqlalchemy.BigInteger": _BIGINT,
    "sqlalchemy.BIGINT": _BIGINT,
    "sqlalchemy.Boolean": _BOOLEAN,
    "sqlalchemy.BOOLEAN": _BOOLEAN,
    "sqlalchemy.DateTime": (_TIME, _moment("TIMESTAMP", "DATETIME")),
    "sqlalchemy.DATETIME": (_TIME, _everywhere("DATETIME")),
    "sqlalchemy.TIMESTAMP": (_TIME, _moment("TIMESTAMP", "TIMESTAMP")),
    "sqlalchemy.Time": (_TIME, _moment("TIME", "TIME")),
    "sqlalchemy.TIME": (_TIME, _moment("TIME", "TIME")),
    "sqlalchemy.Date": ((), _everywhere("DATE")),
    "sqlalchemy.DATE": ((), _everywhere("DATE")),
    "sqlalchemy.Interval": (("native", "second_precision", "day_precision"), _interval),
    "sqlalchemy.Float": (_FLOAT, _float),
    "sqlalchemy.FLOAT": (_FLOAT, _float),
    "sqlalchemy.Double": (_FLOAT, _always("DOUBLE PRECISION", "DOUBLE", "DOUBLE")),
    "sqlalchemy.DOUBLE": (_FLOAT, _everywhere("DOUBLE")),
    "sqlalchemy.DOUBLE_PRECISION": (_FLOAT, _everywhere("DOUBLE PRECISION")),
    "sqlalchemy.REAL": (_FLOAT, _everywhere("REAL")),
    "sqlalchemy.Numeric": _NUMERIC,
    "sqlalchemy.NUMERIC": _NUMERIC,
    "sqlalchemy.DECIMAL": (_NUMBER, _exact("DECIMAL")),
    "sqlalchemy.LargeBinary": (("length",), _large_binary),
    "sqlalchemy.BLOB": (("length",), _always("BLOB", "BLOB", None)),
    "sqlalchemy.PickleType": (
        ("protocol", "pickler", "comparator", "impl"),
        lambda given, at: None if "impl" in given else _large_binary({}, at),
    ),
    "sqlalchemy.JSON": _JSON,
    "sqlalchemy.Uuid": (("as_uuid", "native_uuid"), _uuid),
    "sqlalchemy.UUID": (("as_uuid",), _everywhere("UUID")),
    "sqlalchemy.ARRAY": (("item_type", "as_tuple", "dimensions", "zero_indexes"), _array),
    "sqlalchemy.Enum": (("*",), _enum),
    _POSTGRESQL + "UUID": (("as_uuid",), _everywhere("UUID")),
    _POSTGRESQL + "JSON": (("none_as_null", "astext_type"), _everywhere("JSON")),
    _POSTGRESQL + "JSONB": (("none_as_null", "astext_type"), _only_postgresql("JSONB")),
    _POSTGRESQL + "ARRAY": (("item_type", "as_tuple", "dimensions", "zero_indexes"), _array),
    _POSTGRESQL + "ENUM": (
        ("*",),
        lambda given, at: _enum({**given, "native_enum": True}, at) if at == "postgresql" else None,
    ),
    _POSTGRESQL + "BYTEA": (("length",), _only_postgresql("BYTEA")),
    _POSTGRESQL + "INET": ((), _only_postgresql("INET")),
    _POSTGRESQL + "CIDR": ((), _only_postgresql("CIDR")),
    _POSTGRESQL + "MACADDR": ((), _only_postgresql("MACADDR")),
    _POSTGRESQL + "CITEXT": ((), _only_postgresql("CITEXT")),
    _POSTGRESQL + "HSTORE": (("text_type",), _only_postgresql("HSTORE")),
    _POSTGRESQL + "TSVECTOR": ((), _only_postgresql("TSVECTOR")),
    _POSTGRESQL + "BIT": (("length", "varying"), _bit),
    _POSTGRESQL + "INTERVAL": ((), _postgresql_interval),
    _POSTGRESQL + "TIMESTAMP": (("timezone", "precision"), _moment("TIMESTAMP", "TIMESTAMP")),
    _POSTGRESQL + "TIME": (("timezone", "precision"), _moment("TIME", "TIME")),
    _POSTGRESQL + "VARCHAR": _VARCHAR,
    _POSTGRESQL + "TEXT": _TEXT,
    _POSTGRESQL + "CHAR": _CHAR,
    _POSTGRESQL + "INTEGER": _INTEGER,
    _POSTGRESQL + "SMALLINT": _SMALLINT,
    _POSTGRESQL + "BIGINT": _BIGINT,
    _POSTGRESQL + "BOOLEAN": _BOOLEAN,
    _POSTGRESQL + "NUMERIC": _NUMERIC,
    _POSTGRESQL + "DATE": ((), _everywhere("DATE")),
    _POSTGRESQL + "DOUBLE_PRECISION": (_FLOAT, _everywhere("DOUBLE PRECISION")),
    _POSTGRESQL + "REAL": (_FLOAT, _everywhere("REAL")),
    _POSTGRESQL + "FLOAT": (_FLOAT, _float),
}
"""By path: the names of the positional arguments, and how to render them."""

_ENUMS = frozenset({"sqlalchemy.Enum", _POSTGRESQL + "ENUM", "sqlalchemy.dialects.mysql.ENUM"})
_ARRAYS = frozenset({"sqlalchemy.ARRAY", _POSTGRESQL + "ARRAY"})

_AFFINITIES = {
    f"{package}.{name}": kind
    for package in (
        "sqlalchemy",
        "sqlalchemy.dialects.postgresql",
        "sqlalchemy.dialects.mysql",
        "sqlalchemy.dialects.sqlite",
    )
    for name, kind in {
        "Integer": "integer",
        "INTEGER": "integer",
        "INT": "integer",
        "TINYINT": "integer",
        "MEDIUMINT": "integer",
        "OID": "integer",
        "SmallInteger": "smallint",
        "SMALLINT": "smallint",
        "BigInteger": "bigint",
        "BIGINT": "bigint",
        "Numeric": "numeric",
        "NUMERIC": "numeric",
        "DECIMAL": "numeric",
    }.items()
}


# ---------------------------------------------------------------------------------------------------------------------
# Identifiers

# The words that SQLAlchemy's PostgreSQL dialect quotes, of `sqlalchemy/dialects/postgresql/base.py`; held against it by
# a test.
_POSTGRESQL_RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create
    current_catalog current_date current_role current_time current_timestamp current_user default deferrable
    desc distinct do else end except false fetch for foreign from grant group having in initially intersect into
    leading limit localtime localtimestamp new not null of off offset old on only or order placing primary
    references returning select session_user some symmetric table then to trailing true union unique user using
    variadic when where window with authorization between binary cross current_schema freeze full ilike inner is
    isnull join left like natural notnull outer over overlaps right similar verbose
    """.split()  # noqa: SIM905 -- ninety words read better without quotes
)
_PLAIN_IDENTIFIER = regex(r"[a-z_][a-z0-9_$]*\Z")


def quote_identifier(name: str, dialect: str) -> str:
    """Quote an identifier where PostgreSQL (or SQLite, or MySQL with backticks) needs it, as SQLAlchemy does.

    On other dialects than PostgreSQL reserved words are left as they are.
    """
    if _PLAIN_IDENTIFIER.match(name) and not (dialect == "postgresql" and name in _POSTGRESQL_RESERVED):
        return name
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    return mark + name.replace(mark, mark * 2) + mark


def quote_literal(text: str, dialect: str = "") -> str:
    """Write a string literal; MySQL and MariaDB take a backslash for an escape, too."""
    if dialect in ("mysql", "mariadb"):
        text = text.replace("\\", "\\\\")
    return "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------------------------------------------------------------
# Everything else: a real SQLAlchemy type


def _compile(call: TypeCall, dialect: str) -> str | Unknown:
    """Build the real type and let SQLAlchemy's compiler say it."""
    from sqlalchemy.exc import UnsupportedCompilationError

    compiler = sqlalchemy_dialect(dialect)
    if isinstance(compiler, Unknown):
        return compiler
    made = build_type(call)
    if isinstance(made, Unknown):
        return made
    try:
        return str(made.compile(dialect=compiler))
    except UnsupportedCompilationError:
        return _without_ddl(call, dialect)
    except Exception as error:  # noqa: BLE001 -- what the compiler says to the user's arguments is the reason
        return Unknown(f"`{_short(call)}` has no DDL on {dialect}: {_first_line(error)}")


@lru_cache(maxsize=8)
def sqlalchemy_dialect(name: str) -> Dialect | Unknown:
    """Give SQLAlchemy's dialect object of this name, unconnected; Unknown where there is none."""
    from sqlalchemy.dialects import registry

    # A parameter style that gives `%` no meaning keeps it single in literals, as it is on the server.
    try:
        if name == "mariadb":
            from sqlalchemy.dialects.mysql.mariadb import (
                MariaDBDialect,
            )  # the registry gives an unusable object for this name

            return MariaDBDialect(paramstyle="named")
        return registry.load(name)(paramstyle="named")  # type: ignore[no-any-return, no-untyped-call, unused-ignore]
    except Exception as error:  # noqa: BLE001 -- a dialect of a third party, or one that lacks its driver
        return Unknown(f"SQLAlchemy has no dialect `{name}` here: {_first_line(error)}")


def build_type(call: TypeCall) -> Any | Unknown:  # noqa: ANN401 -- a TypeEngine; its module is imported lazily
    """Build the real SQLAlchemy type that a `TypeCall` describes.

    Unknown for a type of anybody else's, or for arguments it refuses.
    """
    found = _type_class(call.path)
    if isinstance(found, Unknown):
        return found
    arguments: list[Any] = []
    for one in call.args:
        made = _build_argument(one)
        if isinstance(made, Unknown):
            return made
        arguments.append(made)
    keywords: dict[str, Any] = {}
    for name, value in call.kwargs:
        made = _build_argument(value)
        if isinstance(made, Unknown):
            return made
        keywords[name] = made
    try:
        return found(*arguments, **keywords)
    except Exception as error:  # noqa: BLE001 -- arguments come from the user's source
        return Unknown(f"`{_short(call)}` is refused by SQLAlchemy: {_first_line(error)}")


def _build_argument(value: object) -> Any:  # noqa: ANN401
    if isinstance(value, TypeCall):
        return build_type(value)
    if isinstance(value, tuple):
        made = [_build_argument(one) for one in value]
        return next((one for one in made if isinstance(one, Unknown)), made)
    return value


_KINDS: dict[str, str | None] = {
    f"sqlalchemy.{name}": f"sqlalchemy.{above}" if above else None
    for above, names in {
        "": "Integer String Date DateTime Time Boolean LargeBinary Uuid JSON",
        "Integer": "BigInteger SmallInteger INTEGER",
        "BigInteger": "BIGINT",
        "SmallInteger": "SMALLINT",
        "String": "CHAR VARCHAR Text Unicode",
        "Text": "CLOB TEXT UnicodeText",
        "Unicode": "NCHAR NVARCHAR",
        "Date": "DATE",
        "DateTime": "DATETIME TIMESTAMP",
        "Time": "TIME",
        "Boolean": "BOOLEAN",
        "LargeBinary": "BLOB",
        "Uuid": "UUID",
    }.items()
    for name in names.split()
}
"""Common types, and which of them each is a subclass of; held against SQLAlchemy by a test."""


def is_kind(path: str, kind: str) -> bool | None:
    """Whether the type at the dotted path `path` is one of the kind at `kind`; None where one is no type that is known.

    None of SQLAlchemy's, and none of another name, is one of a library above it.
    """
    if is_known(kind):
        return is_known(path) and path.rpartition(".")[2] == kind.rpartition(".")[2]
    if path in _KINDS and kind in _KINDS:
        above: str | None = path
        while above is not None and above != kind:
            above = _KINDS[above]
        return above is not None
    one, other = _type_class(path), _type_class(kind)
    return None if isinstance(one, Unknown) or isinstance(other, Unknown) else issubclass(one, other)


@lru_cache(maxsize=1024)
def _type_class(path: str) -> Any | Unknown:  # noqa: ANN401
    import importlib

    package, _, name = path.rpartition(".")
    if path.split(".", 1)[0] != "sqlalchemy" or any(not part.isidentifier() for part in path.split(".")):
        return Unknown(f"`{path}` is not a type of SQLAlchemy's")
    from sqlalchemy import types

    for module_name in (package, "sqlalchemy.types", "sqlalchemy.dialects." + package.rpartition(".")[2]):
        try:
            found = getattr(importlib.import_module(module_name), name, None)
        except ImportError:
            continue
        if isinstance(found, type) and issubclass(found, types.TypeEngine):
            return found
    return Unknown(f"SQLAlchemy has no type `{path}`")


def _short(call: TypeCall) -> str:
    return call.path.rpartition(".")[2]


_PASSING = regex(r" at 0x[0-9a-fA-F]+|\s*\(Background on this error at: [^)]*\)")
"""What an error says that is of this run or for a browser: addresses of objects, SQLAlchemy's web links."""


def _first_line(error: Exception) -> str:
    """Give an error's first line, the same in every run."""
    lines = _PASSING.sub("", str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
