# ruff: noqa: E501 -- the sources under test are written in one line a column
"""Core's calls are read as SQLAlchemy itself reads them.

The same source, once run for real and once recorded, says the same.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateTable

from driftline.models.core import CoreContext, read_table, with_types
from driftline.python.values import Call, Symbol, Unknown
from driftline.schema import Enum, Schema, Table
from driftline.schema.naming import NamingConvention
from tests.models.describing import describe_metadata, describe_schema
from tests.models.recording import Recorder, real_namespace, recorded_namespace, run, value_of

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_label)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


SOURCES = {
    "columns": """
        sa.Table("t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.String(50), nullable=False, comment="the a"),
            sa.Column(name="b", type_=sa.Text()),
            sa.Column("c", sa.Boolean, server_default=sa.true()),
            sa.Column("d", sa.Boolean, server_default=sa.text("false")),
            sa.Column("e", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
            sa.Column("f", sa.String, server_default="it's"),
            sa.Column("g", sa.String, server_default=""),
            sa.Column("h", sa.Integer, server_default=sa.FetchedValue()),
            sa.Column("i", sa.Numeric(10, 2), server_default=sa.literal_column("0")),
            sa.Column("j", sa.Integer, default=5),
            sa.Column("k", sa.Integer, nullable=None),
            sa.Column("l", sa.String, server_default=sa.null()),
            sa.Column("m", sa.Date, server_default=sa.func.current_date()),
            sa.Column("n", sa.String, server_default=sa.func.coalesce("a", sa.func.lower("B"))),
            sa.Column("o", sa.String, server_default=sa.text(r"'10\\:30'")),
            comment="a table")
    """,
    "keys and uniques": """
        sa.Table("t", metadata,
            sa.Column("a", sa.Integer, primary_key=True),
            sa.Column("b", sa.Integer, primary_key=True),
            sa.Column("c", sa.String, unique=True),
            sa.Column("d", sa.String, index=True),
            sa.Column("e", sa.String, index=True, unique=True),
            sa.Column("f", sa.String, index=False, unique=None),
            sa.UniqueConstraint("c", "d"),
            sa.UniqueConstraint("a", "b", name="uq_given"),
            sa.Index("ix_given", "a", "b"),
            sa.Index(None, "b", unique=True))
    """,
    "an explicit primary key": """
        sa.Table("t", metadata,
            sa.Column("a", sa.Integer), sa.Column("b", sa.Integer, nullable=True), sa.PrimaryKeyConstraint("b", "a", name="given"))
        sa.Table("u", metadata, sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a"))
        sa.Table("v", metadata, sa.Column("a", sa.Integer, primary_key=True), sa.PrimaryKeyConstraint(name="named_only"))
        sa.Table("w", metadata, sa.Column("a", sa.Integer))
    """,
    "serial": """
        sa.Table("a", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
        sa.Table("b", metadata, sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=True))
        sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
        sa.Table("d", metadata, sa.Column("id", sa.Integer, primary_key=True, default=1))
        sa.Table("e", metadata, sa.Column("id", sa.Integer, primary_key=True, server_default=sa.text("1")))
        sa.Table("f", metadata, sa.Column("id", sa.Integer, sa.ForeignKey("a.id"), primary_key=True))
        sa.Table("g", metadata, sa.Column("id", sa.Integer, sa.ForeignKey("a.id"), primary_key=True, autoincrement="ignore_fk"))
        sa.Table("h", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer, primary_key=True))
        sa.Table("j", metadata, sa.Column("id", sa.Integer, sa.Identity(), primary_key=True))
        sa.Table("k", metadata, sa.Column("id", sa.Integer, sa.Sequence("s"), primary_key=True))
        sa.Table("l", metadata, sa.Column("id", sa.String, primary_key=True))
        sa.Table("m", metadata, sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True))
        sa.Table("n", metadata, sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id"))
    """,
    "serial in a composite key": """
        sa.Table("i", metadata, sa.Column("id", sa.Integer, primary_key=True, autoincrement=True), sa.Column("x", sa.Text, primary_key=True))
    """,
    "identity and computed": """
        sa.Table("t", metadata,
            sa.Column("id", sa.Integer, sa.Identity(always=True, start=5), primary_key=True),
            sa.Column("n", sa.Integer, sa.Identity()),
            sa.Column("w", sa.Integer),
            sa.Column("x", sa.Integer, sa.Computed("w * 2", persisted=True)),
            sa.Column("y", sa.Integer, sa.Computed("w + 1")))
    """,
    "foreign keys": """
        orgs = sa.Table("orgs", metadata, sa.Column("id", sa.Uuid, primary_key=True), sa.Column("code", sa.String(8), unique=True))
        sa.Table("t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("org_id", sa.ForeignKey("orgs.id", ondelete="cascade", onupdate="RESTRICT"), nullable=False),
            sa.Column("code", sa.ForeignKey("orgs.code", name="given", deferrable=True, initially="deferred")),
            sa.Column("parent_id", sa.Integer, sa.ForeignKey("t.id", use_alter=True)),
            sa.Column("by_object", sa.ForeignKey(orgs.c.id, ondelete="SET NULL")),
            sa.ForeignKeyConstraint(["org_id", "code"], ["orgs.id", "orgs.code"], ondelete="SET NULL", name=conv("final")),
            sa.ForeignKeyConstraint(["org_id"], [orgs.c.id]))
        sa.Table("z", metadata, sa.Column("id", sa.ForeignKey("t.org_id"), primary_key=True))
    """,
    "schemas": """
        sa.Table("users", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.String, index=True), schema="auth")
        sa.Table("notes", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("user_id", sa.ForeignKey("auth.users.id"), index=True, unique=True),
            sa.Column("other", sa.Integer, unique=True))
    """,
    "checks": """
        sa.Table("t", metadata,
            sa.Column("kind", sa.String, sa.CheckConstraint("kind <> ''", name="not_empty"), nullable=False),
            sa.Column("price", sa.Integer),
            sa.Column("flag", sa.Boolean(create_constraint=True, name="flag_ok")),
            sa.Column("state", sa.Enum("on", "off", name="state_ok", create_constraint=True, native_enum=False)),
            sa.Column("native", sa.Enum("on", "off", name="native_ok", create_constraint=True)),
            sa.CheckConstraint("price > 0", name="positive"),
            sa.CheckConstraint(sa.text("price < 100"), name=conv("final_name")),
            sa.CheckConstraint(sa.column("price").in_([1, 2, 3]), name="few"),
            sa.CheckConstraint(sa.or_(sa.column("price") > 5, sa.column("kind") == "free"), name="either"),
            sa.CheckConstraint((sa.column("price") > 5) & ~(sa.column("kind") == "free"), name="both"))
    """,
    "indexes": """
        t = sa.Table("t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("email", sa.String), sa.Column("at", sa.DateTime), sa.Column("deleted_at", sa.DateTime), sa.Column("tags", sa.JSON),
            sa.Index("ix_lower", sa.func.lower(sa.column("email"))),
            sa.Index("ix_text", sa.text("lower(email)")),
            sa.Index("ix_where", "email", unique=True, postgresql_where=sa.text("deleted_at IS NULL"),
                     sqlite_where=sa.text("deleted_at IS NULL")),
            sa.Index("ix_where_expression", "at", postgresql_where=sa.column("deleted_at").is_(None)),
            sa.Index("ix_using", "tags", postgresql_using="gin"),
            sa.Index("ix_only_here", "at").ddl_if(dialect="sqlite"))
    """,
    "enums": """
        sa.Table("t", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a", sa.Enum("x", "y", name="letters")),
            sa.Column("b", sa.Enum("x", "yy", native_enum=False)),
            sa.Column("c", sa.Enum("x", name="other", schema="types")),
            sa.Column("d", sa.Enum("x", "z", name="letters_too"), server_default="x"))
    """,
    "names that are cut": """
        sa.Table("a_table_with_a_very_long_name_that_goes_on_and_on", metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("a_column_with_a_very_long_name", sa.String, unique=True),
            sa.Column("another_column_with_a_very_long_name", sa.String, index=True),
            sa.UniqueConstraint("id", name=conv("an_explicit_and_final_name_that_is_longer_than_postgresql_would_ever_allow")))
    """,
}


def _read(source: str, dialect: str, convention: dict[str, str] | None) -> Schema:
    """Read a source's tables from its recorded calls."""
    calls: list[Call] = []

    class Tables(Recorder):
        def __getattr__(self, name: str) -> Recorder:
            if name != "Table":
                return super().__getattr__(name)
            return _Recording(Symbol("sqlalchemy.Table"))

    class _Recording(Recorder):
        def __call__(self, *args: object, **kwargs: object) -> Recorder:
            made = super().__call__(*args, **kwargs)
            calls.append(value_of(made))
            return made

    run(source, {**recorded_namespace(), "sa": Tables(Symbol("sqlalchemy")), "metadata": Recorder(Symbol("metadata"))})
    context = CoreContext(dialect, NamingConvention(convention) if convention is not None else NamingConvention())
    tables: dict[str, Table] = {}
    for call in calls:
        made = read_table(call.args[0], call.kwargs.get("schema"), call.args[2:], call.kwargs, context)
        tables[made.key] = made
    tables = {key: with_types(table, tables.get) for key, table in tables.items()}
    enums = {
        column.type.enum: column.type.labels
        for table in tables.values()
        for column in table.columns
        if column.type.enum is not None
    }
    made_enums = {
        key: Enum(key.rpartition(".")[2], labels or (), key.rpartition(".")[0] or None) for key, labels in enums.items()
    }
    return Schema(dialect, tables, made_enums)


def _real(source: str, convention: dict[str, str] | None) -> sa.MetaData:
    metadata = sa.MetaData(naming_convention=convention)
    run(source, {**real_namespace(), "metadata": metadata})
    return metadata


# SQLite has no autoincrement in a composite key: SQLAlchemy refuses to compile it.
CASES = [
    (name, dialect)
    for name in SOURCES
    for dialect in ("postgresql", "sqlite")
    if (name, dialect) != ("serial in a composite key", "sqlite")
]


@pytest.mark.parametrize("convention", [CONVENTION, None], ids=["convention", "plain"])
@pytest.mark.parametrize(("name", "dialect"), CASES)
def test_a_table_is_what_sqlalchemy_makes_of_it(name: str, dialect: str, convention: dict[str, str] | None) -> None:
    """If SQLAlchemy builds a table from a source, reading the source's calls gives the same columns, constraints.

    Indexes and names.
    """
    metadata = _real(SOURCES[name], convention)

    actual = _read(SOURCES[name], dialect, convention)

    assert describe_metadata(metadata, dialect) == describe_schema(actual)


EXPRESSIONS = (
    "sa.func.now()",
    "sa.func.NOW()",
    "sa.func.gen_random_uuid()",
    "sa.func.pg_catalog.lower('X')",
    "sa.func.current_timestamp()",
    "sa.func.localtime()",
    "sa.text(\"'{}'::jsonb\".replace('::', chr(92) + ':' + chr(92) + ':'))",
    "sa.true()",
    "sa.false()",
    "sa.null()",
    "sa.literal('it\\'s')",
    "sa.literal(5)",
    "sa.literal(True)",
    "sa.literal_column('1 + 1')",
    "sa.column('a') == 5",
    "sa.column('a') == None",
    "sa.column('a') != None",
    "sa.column('a') != 'x'",
    "sa.column('Weird Name') > 0",
    "sa.column('user') > 0",
    "sa.and_(sa.column('a') > 5, sa.column('b') < 3)",
    "sa.or_(sa.and_(sa.column('a') > 5, sa.column('b') < 3), sa.column('c') >= 1)",
    "sa.and_(sa.or_(sa.column('a') > 5, sa.column('b') < 3), sa.column('c') >= 1)",
    "(sa.column('a') > 5) | (sa.column('b') > 5) | (sa.column('c') > 5)",
    "(sa.column('a') > 5) & (sa.column('b') > 5) & (sa.column('c') > 5)",
    "(sa.column('a', sa.Integer) + 1) * 2",
    "sa.column('a', sa.Integer) + sa.column('b', sa.Integer) * 2",
    "sa.column('a', sa.Integer) - (sa.column('b', sa.Integer) - 1)",
    "-sa.column('a', sa.Integer) < 0",
    "sa.column('a').in_(['x', 'y'])",
    "sa.column('a').not_in(['x', 'y'])",
    "sa.column('a').is_(None)",
    "sa.column('a').is_not(None)",
    "sa.column('a').like('x_')",
    "sa.column('a').between(1, 5)",
    "sa.not_(sa.column('a') > 5)",
    "~(sa.column('a') == 5)",
    "sa.not_(sa.or_(sa.column('a') > 5, sa.column('b') > 5))",
    "sa.func.length(sa.column('a')) > 3",
    "sa.func.count()",
    "sa.column('a').desc()",
    "sa.column('a').desc().nulls_last()",
    "sa.column('s', sa.String) + 'x'",
    "sa.column('s', sa.String).concat('x')",
    "sa.case((sa.column('a') > 1, 'x'), else_='y')",
    "sa.case((sa.column('a') > 1, 1), (sa.column('a').is_(None), 2))",
    "sa.case({1: 'x', 2: 'y'}, value=sa.column('a'), else_=None)",
    "sa.case((sa.column('a') > 1, sa.column('s')), else_=sa.func.lower(sa.column('s'))) == 'x'",
    "sa.case((sa.and_(sa.column('a') > 1, sa.column('b') < 3), True), else_=False)",
    "sa.case((sa.text('a > 1'), sa.literal(1)), (sa.column('b', sa.Boolean), 2), else_=sa.null())",
    "sa.case((~(sa.column('a') == 1), sa.column('a', sa.Integer) + 1), else_=0)",
    "sa.column('a', sa.Integer).op('&')(2) == 0",
    "sa.column('a', sa.Integer).op('&')(2).op('|')(3)",
    "sa.column('a', sa.Integer).op('&', precedence=8)(2) + 1",
    "sa.column('a', sa.Integer).op('&', precedence=8)(2) * 3",
    "sa.and_(sa.column('s').op('~')('^x'), sa.column('a') > 1)",
    "sa.column('a').bool_op('&&')(sa.column('b'))",
    "sa.column('d', sa.JSON).op('->')('a').op('->>')('b')",
)
JSON_ITEMS = (
    "{}[0].as_string()",
    "{}['a'].as_string()",
    '{}["it\'s"].as_string()',
    "{}['a'].as_integer()",
    "{}['a'].as_float()",
    "{}['a'].as_boolean()",
    "{}[('a', 1)]",
    "{}[('a', 1)].as_string()",
    "{}[('a',)].as_string()",
    "{}['a'].as_string() == 'x'",
    "{}['a'].as_string().in_(['x', 'y'])",
    "{}['a'].as_string().between('x', 'y')",
    "{}['a'].as_boolean().is_(True)",
    "{}['a'].as_string() + 'x'",
    "{}['a'].as_integer() > 3",
    "({}['a'].as_integer() + 1) * 2",
    "sa.func.lower({}['a'].as_string())",
    "sa.func.lower({}['a'].as_string()) == 'x'",
    "sa.and_({0}['a'].as_string() == 'x', {0}[('a', 'b')].is_(None))",
    "sa.case(({}['a'].as_string() == 'x', 1), else_=0)",
    "sa.case(({0}['a'].as_string() == 'x', {0}['b'].as_string()), else_='y') == 'z'",
    "{}['a'].as_string().desc()",
)
ARROWS = ("{}['a']", "{}['a']['b']", "{}['a']['b'].as_string()", "{}['a'] != None", "{}['a']['b'].as_string() == 'x'")
TEXTS = (
    "{}['a'].astext",
    "{}[('a', 'b')].astext",
    "{}['a'].astext == 'x'",
    "{}['a'].astext.cast(sa.Integer) > 3",
    "sa.cast({}['a'].astext, sa.Integer)",
    "sa.func.lower({}['a'].astext) == 'x'",
    "{}['a'].astext.op('~')('x')",
)
VARIANT = "sa.column('d', sa.JSON().with_variant(postgresql.JSONB(), 'postgresql'))"
JSON_COLUMNS = {
    "sa.column('d', sa.JSON)": (("postgresql", "sqlite", "mysql", "mariadb"), JSON_ITEMS + ARROWS),
    VARIANT: (("postgresql", "sqlite", "mysql"), JSON_ITEMS + ARROWS),
    "sa.column('d', postgresql.JSON())": (("postgresql",), (*JSON_ITEMS, *ARROWS, *TEXTS, "{}['a']['b'].astext")),
    "sa.column('d', postgresql.JSONB)": (("postgresql",), JSON_ITEMS + TEXTS),
    "sa.column('d', mysql.JSON)": (("mysql",), JSON_ITEMS + ARROWS),
    "sa.column('d', sqlite.JSON)": (("sqlite",), JSON_ITEMS + ARROWS),
}
"""Columns of JSON, the dialects that know their type, and what is asked of them."""


# MySQL's casts have types of their own, which are not written here.
CASTS = (
    "sa.cast(sa.func.now(), sa.Date())",
    "sa.cast(sa.func.now(), sa.String)",
    "sa.column('s', sa.String).cast(sa.Integer) > 3",
)


def test_foreign_keys_are_in_the_order_in_which_they_are_created() -> None:
    """What CREATE TABLE has first gets the first of the names that a database gives: keys that stand for themselves."""
    source = """
        sa.Table("t", metadata,
            sa.Column("a", sa.Integer, sa.ForeignKey("o.id")),
            sa.Column("b", sa.Integer),
            sa.Column("c", sa.Integer, sa.ForeignKey("o.id")),
            sa.ForeignKeyConstraint(["b"], ["o.id"]),
            sa.ForeignKeyConstraint(["a"], ["o.id"], ondelete="CASCADE"))
        sa.Table("o", metadata, sa.Column("id", sa.Integer, primary_key=True))
    """
    ddl = str(CreateTable(_real(source, None).tables["t"]))
    theirs = [part.partition(")")[0] for part in ddl.split("FOREIGN KEY(")[1:]]

    assert theirs == [one.columns[0] for one in _read(source, "mysql", None).tables["t"].foreign_keys]


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_sql_expressions_are_written_as_sqlalchemy_compiles_them(dialect: str) -> None:
    """If an expression is written out here at all, its text is what SQLAlchemy's DDL compiler gives."""
    from driftline.models.core import read_expression
    from driftline.schema.rendering import sqlalchemy_dialect
    from tests.models.recording import real, recorded

    compiler: Any = sqlalchemy_dialect(dialect)
    expressions = EXPRESSIONS if dialect == "mysql" else EXPRESSIONS + CASTS
    expected = {
        one: str(real(one).compile(dialect=compiler, compile_kwargs={"literal_binds": True, "include_table": False}))
        for one in expressions
    }

    assert expected == {one: read_expression(recorded(one), CoreContext(dialect)) for one in expressions}


@pytest.mark.parametrize("column", JSON_COLUMNS)
def test_items_of_json_are_written_as_sqlalchemy_compiles_them(column: str) -> None:
    """If an expression asks a JSON column for an item, its text is what SQLAlchemy's DDL compiler gives."""
    from driftline.models.core import read_expression
    from driftline.schema.rendering import sqlalchemy_dialect
    from tests.models.recording import real, recorded

    dialects, asked = JSON_COLUMNS[column]
    cases = [(dialect, one.format(column)) for dialect in dialects for one in asked]
    options = {"literal_binds": True, "include_table": False}
    expected = {
        (dialect, one): str(real(one).compile(dialect=sqlalchemy_dialect(dialect), compile_kwargs=options))
        for dialect, one in cases
    }

    assert expected == {case: read_expression(recorded(case[1]), CoreContext(case[0])) for case in cases}


@pytest.mark.parametrize(
    "expression",
    [
        "sa.column('a').op('%')(2)",
        "sa.column('d', postgresql.JSONB)['a']",
        "sa.column('d', postgresql.JSONB)['a']['b'].astext",
        "sa.column('d', sa.JSON)['a'].astext",
        "sa.column('d', sa.JSON)['a'] == 'x'",
        "sa.column('d', sa.JSON) != 'null'",
        "sa.column('d', sa.JSON)[sa.column('k')].as_string()",
        "sa.column('d', sa.Text)['a'].as_string()",
        "sa.column('d')['a']",
        "sa.column('d', postgresql.HSTORE)['a']",
        "sa.case((sa.column('a').not_in([1]), 1))",
        "sa.case(1)",
        "sa.func.now(metadata)",
        "sa.column('a') % 2",
        "sa.cast('{}', sa.JSON)",
        "sa.not_(sa.func.is_ok(sa.column('a')))",
        "sa.select(1)",
        "sa.column('a').in_([])",
        "sa.column('a').collate('C')",
    ],
)
def test_an_expression_that_is_not_understood_is_unknown(expression: str) -> None:
    """If an expression uses what is not written here, it is Unknown, never a wrong text."""
    from driftline.models.core import read_expression

    value = value_of(eval(expression, {**recorded_namespace(), "metadata": object()}))  # noqa: S307 -- the test's own source

    assert isinstance(read_expression(value, CoreContext("postgresql")), Unknown)
