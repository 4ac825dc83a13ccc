"""Types: whether two columns' DDL names the same type, for the database and in the eyes of Alembic's autogenerate.

Alembic compares what SQLAlchemy compiles for the model with what it compiles for the type that the database reflects,
word by word and leniently: arguments count only where both sides have as many. Both answers are worked out here, since
each misses something of the other: Alembic is silent about `VARCHAR(50)` against `VARCHAR`, and reports `FLOAT(24)`
against PostgreSQL's `real`, which are the same.

Invariant: types are compared as texts of DDL; SQLAlchemy is not imported. A type that was not read equals every type.

Example: `compare_types("users", Column("id", Type("INTEGER")), Column("id", Type("BIGINT")), options)` gives one
`modify_type`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from driftline.compare.difference import AlembicOperation, Difference, uncertainty
from driftline.compare.options import Options
from driftline.dataclass import dataclass, replace
from driftline.regex import regex
from driftline.schema import Column, Type
from driftline.schema.character_set import canonical_name


@dataclass(frozen=True, slots=True)
class Shape:
    """What DDL says of a type, in the words of its database: `TIMESTAMP WITH TIME ZONE`, ("3",).

    `family` is in upper case where it is not quoted; `arguments` are texts; `qualifiers` are the words that are neither
    (`WITH TIME ZONE`, `UNSIGNED`).
    """

    family: str
    arguments: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    array: bool = False
    collation: str | None = None
    charset: str | None = None

    @property
    def words(self) -> str:
        """The type in one line, with all its words; their order is that of Alembic's tokens."""
        arguments = f"({', '.join(self.arguments)})" if self.arguments else ""
        charset = ("CHARACTER SET", self.charset) if self.charset else ()
        collation = ("COLLATE", self.collation) if self.collation else ()
        return " ".join((self.family, *self.qualifiers, *charset, *collation)) + arguments


def compare_types(table: str, declared: Column, migrated: Column, options: Options) -> Iterator[Difference]:
    """Compare the types of the two halves of a column.

    The difference is a `modify_type`; a `modify_type_argument` where only lengths and the like differ; a `modify_enum`
    where the labels of MySQL's ENUM do, `modify_enum_order` where only their order does.
    """
    one, other = declared.type, migrated.type
    if _unreadable(one) or _unreadable(other):
        return
    reported = options.types and alembic_reports(one, other, options.dialect)
    operations = (AlembicOperation("modify_type", table, declared.name),) if reported else ()
    kind, apparent = "modify_type", None
    if _labelled(one, other, options.dialect):
        if one.labels == other.labels:
            return
        same = set(one.labels or ()) == set(other.labels or ())
        kind = "modify_enum_order" if same else "modify_enum"
    else:
        left, right = shape(one.ddl, options.dialect), shape(other.ddl, options.dialect)
        if left.family == right.family and left.array == right.array:
            kind = "modify_type_argument"
            if _plain(left) == _plain(right) and not _charsets_differ(left, right):
                if not operations or only_collations_differ(left, right):
                    return
                kind, apparent = (
                    "modify_type",
                    f"the database calls both of them `{reflected(other, options.dialect) or other.ddl}`",
                )
        elif left.array and right.array:
            kind = "modify_type_argument"
    yield Difference(
        kind,
        table,
        declared.name,
        declared,
        migrated,
        operations,
        uncertain=uncertainty(declared, migrated),
        apparent=apparent,
    )


def _unreadable(type_: Type) -> bool:
    return type_.unknown is not None or type_.ddl in {"", "NULL"}


def _labelled(one: Type, other: Type, dialect: str) -> bool:
    """Whether both are MySQL's ENUM, whose labels are part of the type."""
    return (
        dialect in _MYSQL
        and one.ddl.upper().startswith("ENUM")
        and other.ddl.upper().startswith("ENUM")
        and None not in (one.labels, other.labels)
    )


def only_collations_differ(one: Shape, other: Shape) -> bool:
    """Whether both say a collation, and nothing else differs: `compare_collations` speaks of that."""
    known = one.collation is not None and other.collation is not None
    return known and one.collation != other.collation and _plain(one) == _plain(other)


def _plain(one: Shape) -> tuple[object, ...]:
    """All of a shape but its collation, which has a rule of its own, and its character set."""
    return (one.family, one.arguments, one.qualifiers, one.array)


def _charsets_differ(one: Shape, other: Shape) -> bool:
    """Whether both say a character set: one that says none has the table's, which may be the server's."""
    return None not in (one.charset, other.charset) and one.charset != other.charset


# ---------------------------------------------------------------------------------------------------------------------
# What a type is made of

_MYSQL: Final = frozenset({"mysql", "mariadb"})
_POSTGRESQL: Final = frozenset({"postgresql", "cockroachdb"})

_ALIASES: Final[Mapping[str, Mapping[str, str]]] = {
    "": {
        "INT": "INTEGER",
        "BOOL": "BOOLEAN",
        "DEC": "NUMERIC",
        "DECIMAL": "NUMERIC",
        "CHARACTER VARYING": "VARCHAR",
        "CHAR VARYING": "VARCHAR",
        "CHARACTER": "CHAR",
    },
    "postgresql": {
        "INT2": "SMALLINT",
        "INT4": "INTEGER",
        "INT8": "BIGINT",
        "SMALLSERIAL": "SMALLINT",
        "SERIAL2": "SMALLINT",
        "SERIAL": "INTEGER",
        "SERIAL4": "INTEGER",
        "BIGSERIAL": "BIGINT",
        "SERIAL8": "BIGINT",
        "FLOAT4": "REAL",
        "FLOAT8": "DOUBLE PRECISION",
        "BPCHAR": "CHAR",
        "NAME": "VARCHAR",
        "STRING": "VARCHAR",
        "VARBIT": "BIT VARYING",
        "DATETIME": "TIMESTAMP",
    },
    "mysql": {
        "BOOLEAN": "TINYINT",
        "DOUBLE PRECISION": "DOUBLE",
        "REAL": "DOUBLE",
        "FIXED": "NUMERIC",
        "NATIONAL VARCHAR": "NVARCHAR",
    },
}  # fmt: skip
"""Names that mean the same to the database: of any dialect, then of one."""

_INTEGERS: Final = frozenset({"INTEGER", "SMALLINT", "BIGINT", "TINYINT", "MEDIUMINT"})

_ZONES: Final = regex(r"\s(WITH|WITHOUT)\s+(?:LOCAL\s+)?TIME\s+ZONE\b", re.IGNORECASE)
_COLLATE: Final = regex(r'\s+COLLATE\s+("(?:[^"]|"")+"|[\w.\-]+)', re.IGNORECASE)
_CHARSET: Final = regex(r"\s+(?:CHARACTER\s+SET|CHARSET)\s+(\w+)", re.IGNORECASE)
_BRACKETS: Final = regex(r"(\s*\[\s*\d*\s*\])+\s*$|\s+ARRAY\s*$", re.IGNORECASE)
_ARGUMENTS: Final = regex(r"\s*\(((?:[^()']|'(?:[^']|'')*')*)\)")
_ARGUMENT: Final = regex(r"\s*((?:'(?:[^']|'')*'|[^,'])+)\s*")


@lru_cache(maxsize=4096)
def shape(ddl: str, dialect: str) -> Shape:
    """Take a type's DDL apart; two types are the same to the database where their shapes are equal."""
    text, array = _BRACKETS.subn("", ddl.strip())
    collations: list[str] = _COLLATE.findall(text)
    text = _COLLATE.sub("", text)
    found = _ARGUMENTS.search(text)
    arguments = tuple(one.strip() for one in _ARGUMENT.findall(found.group(1))) if found else ()
    text = _ARGUMENTS.sub("", text, count=1)
    charset = _CHARSET.search(text)
    text = _CHARSET.sub("", text)
    zone = _ZONES.search(text)
    text = _ZONES.sub("", text)
    words = text if '"' in text else " ".join(text.upper().split())
    family, _, rest = (words, "", "") if '"' in words else _split(words)
    for aliases in (_ALIASES[""], _ALIASES.get(_family_of(dialect), {})):
        family = aliases.get(family, family)
    qualifiers = (*((f"{zone.group(1).upper()} TIME ZONE",) if zone else ()), *((rest,) if rest else ()))
    made = Shape(
        family,
        arguments,
        qualifiers,
        bool(array),
        collations[0].strip('"') if collations else None,
        None if charset is None else canonical_name(charset.group(1)),
    )
    return _COMPLETE.get(_family_of(dialect), _as_it_is)(made)


def _family_of(dialect: str) -> str:
    return "mysql" if dialect in _MYSQL else "postgresql" if dialect in _POSTGRESQL else dialect


_TWO_WORDS: Final = frozenset(
    {"DOUBLE PRECISION", "CHARACTER VARYING", "CHAR VARYING", "BIT VARYING", "NATIONAL VARCHAR", "LONG RAW"}
)  # fmt: skip


def _split(words: str) -> tuple[str, str, str]:
    """The family, which may have two words, and what follows it (`UNSIGNED`, the fields of an interval)."""
    parts = words.split(" ")
    size = 2 if " ".join(parts[:2]) in _TWO_WORDS else 1
    return " ".join(parts[:size]), "", " ".join(parts[size:])


def _as_it_is(one: Shape) -> Shape:
    if one.family == "NUMERIC" and len(one.arguments) == 1:
        return replace(one, arguments=(*one.arguments, "0"))
    return one


_PRECISE: Final = frozenset({"TIMESTAMP", "TIME", "INTERVAL"})
_SIX: Final = regex(r"\(\s*6\s*\)")
_SINGLE_PRECISION: Final = 24
"""Bits: PostgreSQL's FLOAT(1) to FLOAT(24) is REAL."""


def _postgresql(one: Shape) -> Shape:
    """Spell a type as PostgreSQL's catalogue has it."""
    family, arguments, qualifiers = one.family, one.arguments, one.qualifiers
    if family in {"TIMESTAMPTZ", "TIMETZ"}:
        family, qualifiers = family.removesuffix("TZ"), ("WITH TIME ZONE",)
    if family == "FLOAT":
        single = bool(arguments) and arguments[0].isdigit() and int(arguments[0]) <= _SINGLE_PRECISION
        family, arguments = ("REAL" if single else "DOUBLE PRECISION"), ()
    elif family in {"TIMESTAMP", "TIME"} and not qualifiers:
        qualifiers = ("WITHOUT TIME ZONE",)
    if family in _PRECISE and arguments == ("6",):
        arguments = ()
    if family in {"CHAR", "BIT"} and not arguments:
        arguments = ("1",)
    if "." in family:
        family = family.removeprefix("PUBLIC.").removeprefix("public.")
    return _as_it_is(replace(one, family=family, arguments=arguments, qualifiers=qualifiers))


def _mysql(one: Shape) -> Shape:
    """Spell a type as MySQL has it, without the display width of integers, which says nothing about their values."""
    arguments = () if one.family in _INTEGERS or one.arguments == ("0",) else one.arguments
    if one.family == "CHAR" and not arguments:
        arguments = ("1",)
    return _as_it_is(replace(one, arguments=arguments))


_COMPLETE: Final[Mapping[str, Callable[[Shape], Shape]]] = {"postgresql": _postgresql, "mysql": _mysql}


# ---------------------------------------------------------------------------------------------------------------------
# What Alembic says


def alembic_reports(declared: Type, migrated: Type, dialect: str) -> bool:
    """Whether Alembic's `compare_type` finds that the two differ, once the database has reflected `migrated`."""
    if _labelled(declared, migrated, dialect):
        return set(declared.labels or ()) != set(migrated.labels or ())
    seen = reflected(migrated, dialect)
    if seen is None and shape(declared.ddl, dialect).family == shape(migrated.ddl, dialect).family:
        seen = migrated.ddl  # a library that brings its own types makes SQLAlchemy know them when it is imported
    if seen is None:
        return False
    inspected, stated = _tokens(seen), _tokens(declared.ddl)
    return not (_types_match(inspected, stated, dialect) and _arguments_match(inspected, stated, dialect))


def reflected(migrated: Type, dialect: str) -> str | None:
    """The DDL that SQLAlchemy compiles for this type once the database reflected it, None where it does not know it."""
    if dialect == "sqlite":
        return _reflected_by_sqlite(migrated.ddl)
    seen = shape(migrated.ddl, dialect)
    if dialect in _POSTGRESQL:
        if seen.family in _PRECISE and _SIX.search(migrated.ddl):  # what the type means without it, but it is kept
            seen = replace(seen, arguments=("6",))
        return seen.words if migrated.enum is not None or seen.family in _POSTGRESQL_TYPES else None
    if dialect in _MYSQL:
        family = {"NUMERIC": "DECIMAL"}.get(seen.family, seen.family)
        arguments = ("1",) if shape(migrated.ddl, "").family == "BOOLEAN" else seen.arguments
        return Shape(family, arguments, seen.qualifiers, charset=seen.charset).words
    return migrated.ddl


_POSTGRESQL_TYPES: Final = frozenset(
    {
        "HSTORE", "JSON", "JSONB", "INT4RANGE", "INT8RANGE", "NUMRANGE", "DATERANGE", "TSRANGE", "TSTZRANGE",
        "INT4MULTIRANGE", "INT8MULTIRANGE", "NUMMULTIRANGE", "DATEMULTIRANGE", "TSMULTIRANGE", "TSTZMULTIRANGE",
        "INTEGER", "BIGINT", "SMALLINT", "VARCHAR", "CHAR", "TEXT", "NUMERIC", "REAL", "DOUBLE PRECISION", "INET",
        "CIDR", "CITEXT", "UUID", "BIT", "BIT VARYING", "MACADDR", "MACADDR8", "MONEY", "OID", "REGCLASS", "TIMESTAMP",
        "TIME", "DATE", "BYTEA", "BOOLEAN", "INTERVAL", "TSVECTOR", "TSQUERY", "REGCONFIG",
    }
)  # fmt: skip
"""What SQLAlchemy's PostgreSQL dialect recognises (its `ischema_names`), in DDL's words."""

_SQLITE_TYPES: Final[Mapping[str, str]] = {
    "BIGINT": "BIGINT", "BLOB": "BLOB", "BOOL": "BOOLEAN", "BOOLEAN": "BOOLEAN", "CHAR": "CHAR", "DATE": "DATE",
    "DATE_CHAR": "DATE", "DATETIME": "DATETIME", "DATETIME_CHAR": "DATETIME", "DOUBLE": "DOUBLE", "DECIMAL": "DECIMAL",
    "FLOAT": "FLOAT", "INT": "INTEGER", "INTEGER": "INTEGER", "JSON": "JSON", "JSONB": "JSONB", "NUMERIC": "NUMERIC",
    "REAL": "REAL", "SMALLINT": "SMALLINT", "TEXT": "TEXT", "TIME": "TIME", "TIME_CHAR": "TIME",
    "TIMESTAMP": "TIMESTAMP", "VARCHAR": "VARCHAR", "NVARCHAR": "NVARCHAR", "NCHAR": "NCHAR",
}  # fmt: skip
"""SQLAlchemy's SQLite dialect: a declared type's name, and what its reflection compiles to."""

_SQLITE_SIZED: Final = frozenset({"CHAR", "DECIMAL", "NUMERIC", "TEXT", "VARCHAR", "NVARCHAR", "NCHAR"})
"""Those that keep their arguments when they are compiled."""


@lru_cache(maxsize=4096)
def _reflected_by_sqlite(ddl: str) -> str | None:
    """SQLite keeps a type as it was written; SQLAlchemy reads it by its name, else by SQLite's rules of affinity."""
    found = re.match(r"([\w ]+)(\(.*?\))?", ddl.upper())
    name, arguments = (found.group(1), found.group(2)) if found else ("", None)
    known = _SQLITE_TYPES.get(name)
    if known is None:
        if "INT" in name:
            known = "INTEGER"
        elif "CHAR" in name or "CLOB" in name or "TEXT" in name:
            known = "TEXT"
        elif "BLOB" in name or not name:
            return None
        elif "REAL" in name or "FLOA" in name or "DOUB" in name:
            known = "REAL"
        else:
            known = "NUMERIC"
    numbers = re.findall(r"\d+", arguments or "") if known in _SQLITE_SIZED else []
    return f"{known}({', '.join(numbers)})" if numbers else known


@dataclass(frozen=True, slots=True)
class _Tokens:
    first: str
    rest: tuple[str, ...]
    arguments: tuple[str, ...]


@lru_cache(maxsize=4096)
def _tokens(ddl: str) -> _Tokens:
    """Cut a type into words as Alembic's `_tokenize_column_type` does."""
    words: list[str] = []
    arguments = ""
    for token in re.findall(r"[\w\-_]+|\(.+?\)", ddl.lower()):
        if token.startswith("("):
            arguments = token
        else:
            words.append(token)
    terms = tuple(term.strip() for term in re.findall("[^(),]+", arguments) if "=" not in term)
    return _Tokens(words[0] if words else "", tuple(words[1:]), terms)


_SYNONYMS: Final[Mapping[str, tuple[frozenset[str], ...]]] = {
    "": (frozenset({"numeric", "decimal"}),),
    "postgresql": (frozenset({"float", "double precision"}),),
    "mysql": (frozenset({"bool", "tinyint"}), frozenset({"json", "longtext"})),
    "mssql": (frozenset({"varchar", "nvarchar"}),),
    "oracle": (
        frozenset({"varchar", "varchar2"}),
        frozenset({"bigint", "integer", "smallint", "decimal", "numeric", "number"}),
        frozenset({"double", "float", "double_precision"}),
    ),
}
"""Alembic's `type_synonyms`: of every dialect, then of one."""


def _types_match(inspected: _Tokens, stated: _Tokens, dialect: str) -> bool:
    if inspected.first == stated.first:
        return True
    whole = {" ".join((inspected.first, *inspected.rest)), " ".join((stated.first, *stated.rest))}
    batches = (*_SYNONYMS[""], *_SYNONYMS.get(_family_of(dialect), ()))
    return any(whole <= batch or {inspected.first, stated.first} <= batch for batch in batches)


def _arguments_match(inspected: _Tokens, stated: _Tokens, dialect: str) -> bool:
    if len(stated.rest) == len(inspected.rest) and stated.rest != inspected.rest:
        return False
    if len(stated.arguments) == len(inspected.arguments) and stated.arguments != inspected.arguments:
        return False
    if dialect not in _MYSQL:
        return True
    for pattern in (r"character set ([\w\-_]+)", r"collate ([\w\-_]+)"):
        one, other = re.search(pattern, " ".join(inspected.rest)), re.search(pattern, " ".join(stated.rest))
        if one and other and one.group(1) != other.group(1):
            return False
    return True
