"""Types of well-known libraries outside of SQLAlchemy, and what each of them is in DDL.

Nothing of these libraries is imported. What is written here follows their documentation and was compared with their
sources.

Example: `stands_for(TypeCall("sqlmodel.AutoString", (), (("length", 50),)), "postgresql")` is
`TypeCall("sqlalchemy.String", (50,))`.
"""

from __future__ import annotations

from collections.abc import Callable

from driftline.python.values import Unknown
from driftline.schema.type import TypeCall

_Made = TypeCall | str | Unknown


def stands_for(call: TypeCall, dialect: str) -> TypeCall | str | Unknown:
    """Give the SQLAlchemy type that a third-party type comes down to, or its DDL.

    Unknown where the type is not known here.
    """
    library, _, _ = call.path.partition(".")
    name = call.path.rpartition(".")[2]
    known = _LIBRARIES.get(library, {}).get(name)
    if known is None:
        return Unknown(f"`{call.path}` is a type of a library that is not read")
    return known(call, dialect)


def is_known(path: str) -> bool:
    """Whether it is known here what a third-party type comes down to."""
    return path.rpartition(".")[2] in _LIBRARIES.get(path.partition(".")[0], {})


def _argument(call: TypeCall, position: int, name: str, default: object = None) -> object:
    if len(call.args) > position:
        return call.args[position]
    return next((value for key, value in call.kwargs if key == name), default)


def _as(path: str, *args: object) -> Callable[[TypeCall, str], _Made]:
    def made(_call: TypeCall, _dialect: str) -> _Made:
        return TypeCall(path, args)

    return made


def _ddl(text: str) -> Callable[[TypeCall, str], _Made]:
    def made(_call: TypeCall, _dialect: str) -> _Made:
        return text

    return made


def _with_length(path: str, position: int, name: str, default: object) -> Callable[[TypeCall, str], _Made]:
    def made(call: TypeCall, _dialect: str) -> _Made:
        return TypeCall(path, (_argument(call, position, name, default),))

    return made


def _auto_string(call: TypeCall, dialect: str) -> _Made:
    """SQLModel's String: MySQL gets 255 where no length is said."""
    length = _argument(call, 0, "length")
    if length is None and dialect in ("mysql", "mariadb"):
        length = 255
    return TypeCall("sqlalchemy.String", () if length is None else (length,))


def _guid(_call: TypeCall, dialect: str) -> _Made:
    """A UUID that is CHAR(36) outside of PostgreSQL (fastapi-users)."""
    if dialect == "postgresql":
        return TypeCall("sqlalchemy.dialects.postgresql.UUID")
    return TypeCall("sqlalchemy.CHAR", (36,))


def _uuid_type(call: TypeCall, dialect: str) -> _Made:
    """SQLAlchemy-Utils' UUIDType: native on PostgreSQL unless told otherwise, else 16 bytes or 32 characters."""
    if dialect == "postgresql" and _argument(call, 1, "native", default=True):
        return TypeCall("sqlalchemy.dialects.postgresql.UUID")
    binary = _argument(call, 0, "binary", default=True)
    return TypeCall("sqlalchemy.BINARY" if binary else "sqlalchemy.CHAR", (16 if binary else 32,))


def _json_type(_call: TypeCall, dialect: str) -> _Made:
    return TypeCall("sqlalchemy.dialects.postgresql.JSON" if dialect == "postgresql" else "sqlalchemy.UnicodeText")


def _choice_type(call: TypeCall, _dialect: str) -> _Made:
    impl = _argument(call, 1, "impl")
    if impl is None:
        return TypeCall("sqlalchemy.Unicode", (255,))
    return impl if isinstance(impl, TypeCall) else Unknown("the `impl` of a ChoiceType could not be read")


def _email_type(call: TypeCall, _dialect: str) -> _Made:
    return TypeCall("sqlalchemy.Unicode", (_argument(call, 0, "length", 255),))


def _vector(name: str) -> Callable[[TypeCall, str], _Made]:
    def made(call: TypeCall, _dialect: str) -> _Made:
        size = _argument(call, 0, "length" if name == "BIT" else "dim")
        return f"{name}({size})" if isinstance(size, int) else name

    return made


def _spatial(name: str) -> Callable[[TypeCall, str], _Made]:
    """GeoAlchemy2's types; PostGIS writes the shape and the spatial reference into the type."""

    def made(call: TypeCall, dialect: str) -> _Made:
        if dialect != "postgresql":
            return Unknown("GeoAlchemy2's types are known on PostgreSQL only")
        if name == "raster":
            return "raster"
        shape, srid = _argument(call, 0, "geometry_type", "GEOMETRY"), _argument(call, 1, "srid", -1)
        if shape is None:
            return name
        if not isinstance(shape, str) or not isinstance(srid, int):
            return Unknown("the arguments of a spatial type could not be read")
        return f"{name}({shape.upper()},{srid})"

    return made


_UTILS: dict[str, Callable[[TypeCall, str], _Made]] = {
    "ArrowType": _as("sqlalchemy.DateTime"),
    "EnrichedDateTimeType": _as("sqlalchemy.DateTime"),
    "EnrichedDateType": _as("sqlalchemy.Date"),
    "ChoiceType": _choice_type,
    "ColorType": _with_length("sqlalchemy.Unicode", 0, "length", 20),
    "CountryType": _as("sqlalchemy.String", 2),
    "CurrencyType": _as("sqlalchemy.String", 3),
    "EmailType": _email_type,
    "IPAddressType": _with_length("sqlalchemy.Unicode", 0, "max_length", 50),
    "JSONType": _json_type,
    "LocaleType": _as("sqlalchemy.Unicode", 10),
    "LtreeType": _ddl("LTREE"),
    "PhoneNumberType": _with_length("sqlalchemy.Unicode", 1, "max_length", 20),
    "ScalarListType": _as("sqlalchemy.UnicodeText"),
    "TimezoneType": _as("sqlalchemy.Unicode", 50),
    "TSVectorType": _as("sqlalchemy.dialects.postgresql.TSVECTOR"),
    "URLType": _as("sqlalchemy.UnicodeText"),
    "UUIDType": _uuid_type,
    "WeekDaysType": _as("sqlalchemy.dialects.postgresql.BIT", 7),
}

_LIBRARIES: dict[str, dict[str, Callable[[TypeCall, str], _Made]]] = {
    "sqlmodel": {"AutoString": _auto_string},
    "sqlalchemy_utils": _UTILS,
    "sqlalchemy_searchable": {"TSVectorType": _UTILS["TSVectorType"]},
    "fastapi_users": {"GUID": _guid},
    "fastapi_users_db_sqlalchemy": {
        "GUID": _guid,
        "TIMESTAMPAware": lambda call, _dialect: TypeCall("sqlalchemy.TIMESTAMP", call.args, call.kwargs),
    },
    "citext": {"CIText": _ddl("CITEXT")},
    "pgvector": {
        "Vector": _vector("VECTOR"),
        "VECTOR": _vector("VECTOR"),
        "HALFVEC": _vector("HALFVEC"),
        "SPARSEVEC": _vector("SPARSEVEC"),
        "BIT": _vector("BIT"),
    },
    "geoalchemy2": {"Geometry": _spatial("geometry"), "Geography": _spatial("geography"), "Raster": _spatial("raster")},
}
