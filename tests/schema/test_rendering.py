"""Types say in DDL what SQLAlchemy's compiler says."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys

import pytest
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import RESERVED_WORDS

from driftline.models.core import CoreContext, read_type
from driftline.python.values import Unknown
from driftline.schema.rendering import (
    _COMMON,
    _FOREIGN,
    _KINDS,
    _POSTGRESQL_RESERVED,
    _compile,
    _render,
    _type_class,
    is_kind,
    quote_identifier,
    resolve_type,
    sqlalchemy_dialect,
)
from driftline.schema.type import TypeCall
from tests.models.recording import real, recorded

DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb")

_CHARACTER = ("()", "(9)", "(length=9)", "(0)", "(None)", "(9, 'C')", "(collation='C')")
_TIMEZONE = ("()", "(True)", "(timezone=True)", "(False)")
_NUMBER = (
    "()",
    "(10)",
    "(10, 2)",
    "(precision=10, scale=0)",
    "(scale=2)",
    "(10, 2, asdecimal=False)",
    "(asdecimal=False)",
)
_FLOAT = ("()", "(10)", "(53)", "(precision=24)", "(asdecimal=True)")
_NOTHING = ("()", "")
_ENUM = (
    "('a', 'bb', name='e')",
    "('a', 'bb', name='Mixed Case')",
    "('a', name='user')",
    "('a', name='e', schema='s')",
    "('a', name='e', schema='order')",
    "('a', 'bb', name='e', native_enum=False)",
    "('a', 'bb', name='e', native_enum=False, length=40)",
    "('a', 'bb', name='e', native_enum=False, create_constraint=True)",
    "('a', 'bb')",
    '("it\'s", name="e")',
    "('100%', 'back\\\\slash', name='e')",
)

ARGUMENTS = {
    **dict.fromkeys(
        (
            "sa.String",
            "sa.Unicode",
            "sa.VARCHAR",
            "sa.NVARCHAR",
            "sa.Text",
            "sa.UnicodeText",
            "sa.TEXT",
            "sa.CHAR",
            "sa.NCHAR",
            "sa.CLOB",
        ),
        _CHARACTER,
    ),
    **dict.fromkeys(("postgresql.VARCHAR", "postgresql.TEXT", "postgresql.CHAR"), _CHARACTER),
    **dict.fromkeys(("sa.DateTime", "sa.DATETIME", "sa.TIMESTAMP", "sa.Time", "sa.TIME"), _TIMEZONE),
    **dict.fromkeys(
        ("postgresql.TIMESTAMP", "postgresql.TIME"),
        (*_TIMEZONE, "(True, 3)", "(precision=0)", "(timezone=True, precision=6)"),
    ),
    **dict.fromkeys(("sa.Numeric", "sa.NUMERIC", "sa.DECIMAL", "postgresql.NUMERIC"), _NUMBER),
    **dict.fromkeys(
        ("sa.Float", "sa.FLOAT", "sa.REAL", "postgresql.FLOAT", "postgresql.REAL", "postgresql.DOUBLE_PRECISION"),
        (*_FLOAT, "(None, True)"),
    ),
    **dict.fromkeys(("sa.Double", "sa.DOUBLE", "sa.DOUBLE_PRECISION"), _FLOAT),
    **dict.fromkeys(
        (
            "sa.Integer",
            "sa.INTEGER",
            "sa.INT",
            "sa.SmallInteger",
            "sa.SMALLINT",
            "sa.BigInteger",
            "sa.BIGINT",
            "sa.Date",
            "sa.DATE",
            "postgresql.INTEGER",
            "postgresql.SMALLINT",
            "postgresql.BIGINT",
            "postgresql.DATE",
            "postgresql.INET",
            "postgresql.CIDR",
            "postgresql.MACADDR",
            "postgresql.MACADDR8",
            "postgresql.CITEXT",
            "postgresql.HSTORE",
            "postgresql.TSVECTOR",
            "postgresql.TSQUERY",
            "postgresql.MONEY",
            "postgresql.OID",
            "postgresql.REGCLASS",
            "postgresql.INT4RANGE",
            "postgresql.INT8RANGE",
            "postgresql.NUMRANGE",
            "postgresql.DATERANGE",
            "postgresql.TSRANGE",
            "postgresql.TSTZRANGE",
            "postgresql.INT4MULTIRANGE",
            "mysql.LONGTEXT",
            "mysql.YEAR",
            "sqlite.DATETIME",
        ),
        _NOTHING,
    ),
    **dict.fromkeys(
        ("sa.Boolean", "sa.BOOLEAN", "postgresql.BOOLEAN"), ("()", "", "(name='b')", "(create_constraint=True)")
    ),
    "sa.Interval": ("()", "(native=False)", "(second_precision=3)", "(True, 3, 2)"),
    "postgresql.INTERVAL": ("()", "(fields='YEAR TO MONTH')", "(precision=3)"),
    **dict.fromkeys(("sa.LargeBinary", "sa.BLOB", "postgresql.BYTEA"), ("()", "(5)", "(length=5)")),
    **dict.fromkeys(("sa.BINARY", "sa.VARBINARY"), ("()", "(16)")),
    "sa.PickleType": ("()", "(protocol=4)"),
    **dict.fromkeys(("sa.JSON", "postgresql.JSON"), ("()", "(none_as_null=True)")),
    "postgresql.JSONB": ("()", "(none_as_null=True)", "(astext_type=sa.Text())"),
    "sa.Uuid": ("()", "(as_uuid=False)", "(native_uuid=False)", "(True, False)"),
    **dict.fromkeys(("sa.UUID", "postgresql.UUID"), ("()", "(as_uuid=True)", "(as_uuid=False)")),
    "postgresql.BIT": ("()", "(3)", "(3, True)", "(varying=True)"),
    **dict.fromkeys(
        ("sa.ARRAY", "postgresql.ARRAY"),
        (
            "(sa.Integer)",
            "(sa.String(5))",
            "(sa.String(5), dimensions=2)",
            "(sa.DateTime(True), False, 1)",
            "(sa.String(5, collation='C'))",
            "(sa.Enum('a', name='e'))",
            "(postgresql.ENUM('a', name='e', create_type=False))",
            "(item_type=sa.Text())",
        ),
    ),
    **dict.fromkeys(("sa.Enum", "postgresql.ENUM"), _ENUM),
    "mysql.INTEGER": ("()", "(11)", "(unsigned=True)", "(display_width=11, unsigned=True, zerofill=True)"),
    "mysql.TINYINT": ("()", "(1)", "(display_width=1)"),
    "mysql.VARCHAR": ("(5)", "(5, charset='utf8mb4', collation='utf8mb4_bin')"),
    "mysql.DATETIME": ("()", "(fsp=6)", "(timezone=True)"),
    "mysql.ENUM": ("('a', 'b')", "('a', collation='x')"),
}
VARIANTS = (
    "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')",
    "sa.String(50).with_variant(sa.Text(), 'mysql', 'mariadb')",
    "sa.BigInteger().with_variant(sa.Integer(), 'sqlite').with_variant(mysql.BIGINT(unsigned=True), 'mysql')",
    "sa.ARRAY(sa.Text()).with_variant(sa.JSON(), 'sqlite')",
)

EXPRESSIONS = (*(f"{name}{one}" for name, many in ARGUMENTS.items() for one in many), *VARIANTS)


def _said_by_sqlalchemy(expression: str, dialect: str) -> str | None:
    made = real(expression)
    made = made() if isinstance(made, type) else made
    try:
        return made.compile(dialect=sqlalchemy_dialect(dialect))
    except Exception:  # noqa: BLE001 -- a type that the dialect does not have
        return None


@pytest.mark.filterwarnings("ignore:the native_enum flag does not apply")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_type_of_another_database_alone_has_no_ddl(dialect: str) -> None:
    """SQLAlchemy says so of each type that is known to be so without asking it."""
    calls = [TypeCall(path) for path in sorted(_FOREIGN[dialect])]

    assert [_render(call, dialect) for call in calls] == [
        Unknown(f"`{call.path.rpartition('.')[2]}` has no DDL on {dialect}") for call in calls
    ]
    assert [_compile(call, dialect) for call in calls] == [_render(call, dialect) for call in calls]


def test_kinds_of_types_are_what_sqlalchemy_says() -> None:
    """Of each pair of common types, whether the one is a subclass of the other."""
    pairs = list(itertools.product(_KINDS, repeat=2))

    assert [is_kind(*pair) for pair in pairs] == [issubclass(*map(_type_class, pair)) for pair in pairs]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_ddl_of_types_is_what_sqlalchemy_compiles(dialect: str) -> None:
    """If SQLAlchemy has DDL for a type on a dialect, ours is the same; if it refuses, ours is Unknown."""
    expected = {expression: _said_by_sqlalchemy(expression, dialect) for expression in EXPRESSIONS}

    actual = {}
    for expression in EXPRESSIONS:
        made = read_type(recorded(expression), CoreContext(dialect, default_schema="none"))
        actual[expression] = made.ddl if made.unknown is None else None

    assert expected == actual


def test_every_common_type_is_held_against_sqlalchemy() -> None:
    """If a type is in the table of common types, the comparison above has it."""
    packages = {"sa": "sqlalchemy"} | {one: f"sqlalchemy.dialects.{one}" for one in ("postgresql", "mysql", "sqlite")}
    compared = {f"{packages[name.split('.')[0]]}.{name.split('.')[1]}" for name in ARGUMENTS}

    assert set() == set(_COMMON) - compared


def test_common_types_need_no_sqlalchemy() -> None:
    """If a project uses common types only, SQLAlchemy is never imported."""
    program = (
        "import sys\n"
        "from driftline.schema.rendering import resolve_type\n"
        "from driftline.schema.type import TypeCall\n"
        "print(resolve_type(TypeCall('sqlalchemy.String', (5,)), 'postgresql').ddl)\n"
        "print('sqlalchemy' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ["VARCHAR(5)", "False"] == done.stdout.split()


def test_enum_types_know_their_labels_and_their_native_type() -> None:
    """If a type is an Enum, or an array of one, its labels are known, and on PostgreSQL the native type's key."""
    array = recorded("sa.ARRAY(sa.Enum('a', 'b', name='e', schema='s'))")

    made = read_type(array, CoreContext("postgresql"))

    assert ("s.e", ("a", "b")) == (made.enum, made.labels)

    varchar = read_type(recorded("sa.Enum('x', name='e')"), CoreContext("sqlite"))
    assert (None, ("x",)) == (varchar.enum, varchar.labels)


def test_the_default_schema_is_not_written() -> None:
    """If an Enum names PostgreSQL's default schema, neither its DDL nor its key does."""
    made = read_type(recorded("sa.Enum('a', name='e', schema='public')"), CoreContext("postgresql"))

    assert ("e", "e") == (made.ddl, made.enum)


@pytest.mark.parametrize(
    ("call", "dialect", "expected"),
    [
        (TypeCall("sqlmodel.AutoString"), "postgresql", "VARCHAR"),
        (TypeCall("sqlmodel.sql.sqltypes.AutoString", (), (("length", 9),)), "mysql", "VARCHAR(9)"),
        (TypeCall("sqlmodel.AutoString"), "mysql", "VARCHAR(255)"),
        (TypeCall("pgvector.sqlalchemy.Vector", (3,)), "postgresql", "VECTOR(3)"),
        (TypeCall("geoalchemy2.Geometry", ("POINT",), (("srid", 4326),)), "postgresql", "geometry(POINT,4326)"),
        (TypeCall("sqlalchemy_utils.UUIDType"), "postgresql", "UUID"),
        (TypeCall("sqlalchemy_utils.UUIDType", (), (("binary", False),)), "sqlite", "CHAR(32)"),
    ],
)
def test_third_party_types_are_what_their_libraries_say(call: TypeCall, dialect: str, expected: str) -> None:
    """If a well-known library's type is used, its DDL is what the library documents."""
    assert expected == resolve_type(call, dialect).ddl


def test_a_type_that_nobody_knows_is_unknown() -> None:
    """If a type comes from a library that is not read, it is Unknown, with its name in the reason."""
    unknown = resolve_type(TypeCall("somewhere.Money", (3,)), "postgresql").unknown

    assert unknown is not None
    assert "somewhere.Money" in unknown.reason


def test_identifiers_are_quoted_as_postgresql_needs_it() -> None:
    """If SQLAlchemy quotes an identifier for PostgreSQL, so do we."""
    assert RESERVED_WORDS == _POSTGRESQL_RESERVED
    preparer = registry.load("postgresql")().identifier_preparer
    alphabet = ("a", "A", "_", "1", "$", " ", '"', "é", "-")
    words = ["".join(letters) for size in (1, 2, 3) for letters in itertools.product(alphabet, repeat=size)]

    assert [preparer.quote(word) for word in words] == [quote_identifier(word, "postgresql") for word in words]


@pytest.mark.parametrize(
    ("call", "dialect"),
    [
        (TypeCall("sqlalchemy.ARRAY", (TypeCall("sqlalchemy.Integer"),)), "sqlite"),
        (TypeCall("sqlalchemy.dialects.postgresql.HSTORE"), "mysql"),
        (TypeCall("sqlalchemy.String"), "mysql"),
        (TypeCall("sqlalchemy.dialects.postgresql.ENUM", ("a",)), "postgresql"),
        (TypeCall("sqlalchemy.ARRAY", (TypeCall("sqlalchemy.ARRAY", (TypeCall("sqlalchemy.Integer"),)),)), "sqlite"),
        (TypeCall("sqlalchemy.Integer", (1, 2, 3)), "sqlite"),
    ],
)
def test_why_a_type_has_no_ddl_is_the_same_in_every_run(call: TypeCall, dialect: str) -> None:
    """If SQLAlchemy refuses a type, the reason holds neither an object's address nor a link of its error's."""
    unknown = resolve_type(call, dialect).unknown

    assert unknown is not None
    assert not re.search(r"0x|://|Background", unknown.reason)
    assert call.path.rpartition(".")[2] in unknown.reason
