"""Types as raw SQL writes them, turned into what SQLAlchemy's DDL would say.

The synonyms are those of PostgreSQL's manual (table 8.1), MySQL's ("Data Types") and what SQLAlchemy compiles its own
types to.

Example: on PostgreSQL `character varying(255)[]` and `varchar(255)[]` are `VARCHAR(255)[]`, `int8` is `BIGINT`,
`serial` is a serial `INTEGER`.
"""

from __future__ import annotations

import re

from driftline.dataclass import dataclass
from driftline.migrations.sql_text import keywords
from driftline.migrations.sql_tokens import Cursor, Unreadable
from driftline.python.values import Unknown
from driftline.schema import Type, table_key, unknown_type
from driftline.schema.character_set import CharacterSet, character_set
from driftline.schema.rendering import quote_identifier, quote_literal

_MYSQL = frozenset({"mysql", "mariadb"})
CLAUSES = keywords(
    """
    NOT NULL CHECK UNIQUE PRIMARY REFERENCES CONSTRAINT GENERATED COLLATE DEFERRABLE INITIALLY ON
    COMMENT AUTO_INCREMENT AUTOINCREMENT FIRST AFTER DEFAULT KEY AS VISIBLE INVISIBLE
    """
)
"""What can follow the type of a column."""
_SERIALS = {
    "SERIAL": "INTEGER",
    "SERIAL4": "INTEGER",
    "BIGSERIAL": "BIGINT",
    "SERIAL8": "BIGINT",
    "SMALLSERIAL": "SMALLINT",
    "SERIAL2": "SMALLINT",
}
_POSTGRESQL = {
    "INT": "INTEGER",
    "INT4": "INTEGER",
    "INT8": "BIGINT",
    "INT2": "SMALLINT",
    "BOOL": "BOOLEAN",
    "CHARACTER VARYING": "VARCHAR",
    "CHARACTER": "CHAR",
    "BPCHAR": "CHAR",
    "DECIMAL": "NUMERIC",
    "DEC": "NUMERIC",
    "FLOAT8": "DOUBLE PRECISION",
    "FLOAT4": "REAL",
    "FLOAT": "DOUBLE PRECISION",
    "TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE",
    "TIMETZ": "TIME WITH TIME ZONE",
    "TIMESTAMP": "TIMESTAMP WITHOUT TIME ZONE",
    "TIME": "TIME WITHOUT TIME ZONE",
    "VARBIT": "BIT VARYING",
    "NATIONAL CHARACTER": "CHAR",
    "NATIONAL CHAR": "CHAR",
    "NATIONAL CHARACTER VARYING": "VARCHAR",
    "NATIONAL CHAR VARYING": "VARCHAR",
    "NCHAR": "CHAR",
    "NAME": "VARCHAR",
}
_OTHERS = {"CHARACTER VARYING": "VARCHAR", "CHARACTER": "CHAR", "INT4": "INTEGER", "INT8": "BIGINT"}
_MYSQL_NAMES = {
    "INT": "INTEGER",
    "CHARACTER VARYING": "VARCHAR",
    "CHARACTER": "CHAR",
    "BOOLEAN": "BOOL",
    "DEC": "DECIMAL",
    "FIXED": "DECIMAL",
    "REAL": "DOUBLE",
    "DOUBLE PRECISION": "DOUBLE",
    "NCHAR": "CHAR",
    "NVARCHAR": "VARCHAR",
    "NATIONAL CHAR": "CHAR",
    "NATIONAL CHARACTER": "CHAR",
    "NATIONAL VARCHAR": "VARCHAR",
    "NATIONAL CHAR VARYING": "VARCHAR",
    "NATIONAL CHARACTER VARYING": "VARCHAR",
    "CHAR VARYING": "VARCHAR",
    "LONG": "MEDIUMTEXT",
    "LONG VARCHAR": "MEDIUMTEXT",
    "LONG VARBINARY": "MEDIUMBLOB",
}
_NATIONAL = ("NCHAR", "NVARCHAR", "NATIONAL ")
"""How MySQL's types begin that have the "national" character set, whatever the table's is."""
_BUILT_IN = keywords(
    """
    BIGINT BIT BOOLEAN BOX BYTEA CHAR CIDR CIRCLE DATE INET INTEGER INTERVAL JSON JSONB JSONPATH LINE LSEG MACADDR
    MACADDR8 MONEY NUMERIC OID PATH PG_LSN POINT POLYGON REAL SMALLINT TEXT TIME TIMESTAMP TSQUERY TSVECTOR
    TXID_SNAPSHOT UUID VARCHAR XML REGCLASS INT4RANGE INT8RANGE NUMRANGE TSRANGE TSTZRANGE DATERANGE INT4MULTIRANGE
    INT8MULTIRANGE NUMMULTIRANGE TSMULTIRANGE TSTZMULTIRANGE DATEMULTIRANGE CITEXT HSTORE LTREE LQUERY CUBE VECTOR
    HALFVEC SPARSEVEC GEOMETRY GEOGRAPHY RASTER NAME
    """
)
"""Names that are no user's type on PostgreSQL, and those of usual extensions: all are written in capitals."""
_FOLLOWING = {
    "CHARACTER": ("VARYING",),
    "CHAR": ("VARYING",),
    "NATIONAL": ("CHARACTER", "CHAR", "VARCHAR"),
    "DOUBLE": ("PRECISION",),
    "BIT": ("VARYING",),
    "LONG": ("VARCHAR", "VARBINARY"),
}
_REAL_DIGITS = 24
"""Up to so many binary digits a FLOAT is a REAL on PostgreSQL, with more a DOUBLE PRECISION."""
_INTERVAL_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO")


@dataclass(frozen=True, slots=True)
class RawType:
    """`serial`: it is one of PostgreSQL's serial types, or MySQL's SERIAL."""

    type: Type
    serial: bool = False


def read_raw_type(cursor: Cursor) -> RawType:
    """Read the type that comes next; raises `Unreadable` where none does."""
    token = cursor.peek()
    if token is None or token.kind not in ("word", "name"):
        raise Unreadable
    quoted = token.kind == "name"
    schema, name = cursor.dotted()
    if schema == "pg_catalog":
        schema = None
    words = [name.upper()]
    if cursor.dialect == "sqlite":  # any words at all, up to a clause of the column
        while (token := cursor.peek()) is not None and token.kind in ("word", "name") and token.word not in CLAUSES:
            words.append(cursor.next().value.upper())
    elif not quoted and schema is None:
        while words[-1] in _FOLLOWING and (more := cursor.take_any(*_FOLLOWING[words[-1]])) is not None:
            words.append(more)
        if words[0] == "INTERVAL":
            while (more := cursor.take_any(*_INTERVAL_FIELDS)) is not None:
                words.append(more)
    arguments = cursor.group().all() if cursor.is_mark("(") else None
    zone = _zone(cursor) if words[0] in ("TIME", "TIMESTAMP") else None
    if cursor.dialect in _MYSQL:
        return _mysql_type(cursor, words, arguments)
    if cursor.dialect == "sqlite":
        return RawType(Type(_sqlite_type(" ".join(words), arguments)))
    if cursor.dialect != "postgresql":
        spelled = " ".join(words)
        return RawType(Type(_with_arguments(_OTHERS.get(spelled, spelled), arguments)))
    arrayed = _is_array(cursor)
    spelled = " ".join(words)
    if spelled in _SERIALS and not quoted and schema is None:
        return RawType(Type(_SERIALS[spelled]), serial=True)
    return RawType(_postgresql_type(spelled, (schema, name), arguments, zone, arrayed=arrayed, quoted=quoted))


_SQLITE_NAMES = {"INT": "INTEGER", "BOOL": "BOOLEAN"}
_SQLITE_KNOWN = keywords(
    "BIGINT BLOB BOOLEAN CHAR DATE DATETIME DECIMAL DOUBLE FLOAT INTEGER JSON NCHAR NUMERIC NVARCHAR REAL SMALLINT "
    "TEXT TIME TIMESTAMP VARCHAR"
)
"""The types that SQLAlchemy's reflection of SQLite knows by name."""


def _sqlite_type(spelled: str, arguments: str | None) -> str:
    """Give a type as SQLAlchemy reflects it: by name, or by SQLite's rules of affinity ("Datatypes In SQLite", 3.1)."""
    name = _SQLITE_NAMES.get(spelled, spelled)
    if name in _SQLITE_KNOWN:
        return _with_arguments(name, arguments)
    if "INT" not in name and any(part in name for part in ("CHAR", "CLOB", "TEXT")):
        return _with_arguments("TEXT", arguments)
    for affinity, parts in (
        ("INTEGER", ("INT",)),
        ("REAL", ("REAL", "FLOA", "DOUB")),
    ):
        if any(part in name for part in parts):
            return affinity
    return "NUMERIC"


def _zone(cursor: Cursor) -> str | None:
    if cursor.take("WITH", "TIME", "ZONE"):
        return "WITH TIME ZONE"
    return "WITHOUT TIME ZONE" if cursor.take("WITHOUT", "TIME", "ZONE") else None


def _is_array(cursor: Cursor) -> bool:
    """Move over what makes an array of a type; PostgreSQL keeps neither its dimensions nor their bounds."""
    found = cursor.take("ARRAY")
    while cursor.is_mark("["):
        while not cursor.take_mark("]"):
            cursor.next()
        found = True
    return found


def _postgresql_type(
    spelled: str,
    full_name: tuple[str | None, str],
    arguments: str | None,
    zone: str | None,
    *,
    arrayed: bool,
    quoted: bool,
) -> Type:
    suffix = "[]" if arrayed else ""
    schema, name = full_name
    if zone is not None:
        return Type(f"{_with_arguments(spelled, arguments)} {zone}{suffix}")
    if spelled == "FLOAT" and arguments is not None:
        single = arguments.strip().isdigit() and int(arguments) <= _REAL_DIGITS
        return Type(f"{'REAL' if single else 'DOUBLE PRECISION'}{suffix}")
    if spelled == "BIT" and arguments is None:
        arguments = "1"
    if schema is None and quoted and name == "char":  # a type of its own, which SQLAlchemy reflects as a string
        return Type(f"VARCHAR{suffix}")
    if spelled == "BPCHAR" and arguments is None:
        return unknown_type(Unknown("`bpchar` without a length is no type that SQLAlchemy knows"))
    known = _POSTGRESQL.get(spelled, spelled)
    base, space, tail = known.partition(" ")
    if schema is None and not quoted and (base in _BUILT_IN or spelled in _POSTGRESQL or spelled == "DOUBLE PRECISION"):
        if spelled in ("TIMESTAMPTZ", "TIMETZ", "TIMESTAMP", "TIME"):
            return Type(f"{_with_arguments(base, arguments)}{space}{tail}{suffix}")
        return Type(f"{_with_arguments(known, arguments)}{suffix}")
    schema = None if schema == "public" else schema
    written = quote_identifier(name, "postgresql")
    if schema:
        written = f"{quote_identifier(schema, 'postgresql')}.{written}"
    return Type(
        f"{_with_arguments(written, arguments)}{suffix}", enum=table_key(schema, name) if arguments is None else None
    )


def _mysql_type(cursor: Cursor, words: list[str], arguments: str | None) -> RawType:
    spelled = " ".join(words)
    serial = spelled == "SERIAL"
    if spelled == "FLOAT" and arguments is not None and arguments.strip().isdigit():
        spelled, arguments = ("FLOAT" if int(arguments) <= _REAL_DIGITS else "DOUBLE"), None
    name = "BIGINT UNSIGNED" if serial else _MYSQL_NAMES.get(spelled, spelled)
    labels: tuple[str, ...] | None = None
    if name in ("ENUM", "SET") and arguments is not None:
        labels = tuple(one.replace("''", "'") for one in re.findall(r"'((?:[^']|'')*)'", arguments))
        arguments = ",".join(quote_literal(one) for one in labels)
    ddl = _with_arguments(name, arguments)
    while (more := cursor.take_any("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY")) is not None:
        ddl = f"{ddl} {more}" if more != "SIGNED" else ddl
    if cursor.take("CHARACTER", "SET") or cursor.take("CHARSET"):
        ddl = f"{ddl} CHARACTER SET {cursor.name()}"
    elif spelled.startswith(_NATIONAL):
        ddl = f"{ddl} CHARACTER SET utf8mb3"
    return RawType(Type(ddl, labels=labels), serial=serial)


def read_charset(cursor: Cursor) -> CharacterSet | None:
    """Read options of MySQL's that name a character set, a collation or both; None, and no move, where none comes."""
    said: dict[bool, str] = {}
    while True:
        start = cursor.at
        cursor.take("DEFAULT")
        collates = cursor.take("COLLATE")
        if not collates and not cursor.take("CHARACTER", "SET") and not cursor.take("CHARSET"):
            break
        cursor.take_mark("=")
        token = cursor.peek()
        if token is None or token.word == "DEFAULT":
            break
        said[collates] = cursor.string() if token.kind == "string" else cursor.name()
    cursor.at = start
    return character_set(said.get(False), said.get(True))


def _with_arguments(name: str, arguments: str | None) -> str:
    if arguments is None:
        return name
    parts = ", ".join(one.strip() for one in arguments.split(",")) if "'" not in arguments else arguments
    return f"{name}({parts})"
