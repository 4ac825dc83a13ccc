"""Scaffolded revisions, run by real Alembic on real databases.

A database is made of the migrated tables; the revision's upgrade must make of it what the declared tables make, and its
downgrade what was there before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from driftline.compare.difference import Difference
from driftline.fixes.alchemy import dialect_options, final, real_element, real_table
from driftline.fixes.change import Change, Create, CreateEnum
from driftline.fixes.change_order import in_order
from driftline.fixes.operations import Code, render
from driftline.fixes.revision import NewRevision, plain_revision
from driftline.fixes.wanted import changes_for
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ExcludeConstraint,
    ForeignKey,
    Identity,
    Index,
    IndexElement,
    PrimaryKey,
    ServerDefault,
    Table,
    Type,
    TypeCall,
    UniqueConstraint,
)
from tests.fixes.fake_project import FakeProject, project
from tests.oracle.referee import describe_database

INTEGER = Type("INTEGER", call=TypeCall("sqlalchemy.Integer"))
TEXT = Type("VARCHAR(20)", call=TypeCall("sqlalchemy.String", (20,)))
LONG = Type("VARCHAR(90)", call=TypeCall("sqlalchemy.String", (90,)))
STATUS = Enum("status", ("new", "it's done"))
STATUS_TYPE = Type("status", enum="status", labels=STATUS.labels)
USERS = Table(
    "users",
    None,
    (Column("id", INTEGER, nullable=False, serial=True), Column("email", TEXT)),
    PrimaryKey("pk_users", ("id",)),
)
TOKENS = Table(
    "tokens",
    None,
    (
        Column("id", INTEGER, nullable=False),
        Column("user_id", INTEGER, nullable=False),
        Column("hash", TEXT),
        Column("amount", INTEGER, nullable=False, server_default=ServerDefault("0")),
    ),
    PrimaryKey("pk_tokens", ("id",)),
)


@dataclass(frozen=True)
class Case:
    """`declared` and `migrated`: the two halves of `tokens` (None: not there), which `difference` is between."""

    difference: Difference
    declared: Table | None
    migrated: Table | None
    dialects: tuple[str, ...] = ("postgresql", "sqlite")
    enums: tuple[tuple[Enum, ...], tuple[Enum, ...]] = ((), ())
    """Those that are declared and migrated."""


def index(name: str, *elements: IndexElement | str, unique: bool = False, **options: object) -> Index:
    """An index; a string is a column."""
    made = tuple(IndexElement(one, one) if isinstance(one, str) else one for one in elements)
    return Index(name, made, unique, tuple(sorted(options.items())))


def adds(part: Any, where: str, kind: str = "add", **words: Any) -> Case:  # noqa: ANN401 -- any schema value
    """A part that only the declared half of `tokens` has."""
    declared = replace(TOKENS, **{where: (*getattr(TOKENS, where), part)})
    return Case(Difference(kind, "tokens", None, part, None), declared, TOKENS, **words)


def removes(part: Any, where: str, **words: Any) -> Case:  # noqa: ANN401 -- any schema value
    """A part that only the migrated half of `tokens` has."""
    migrated = replace(TOKENS, **{where: (*getattr(TOKENS, where), part)})
    return Case(Difference("remove", "tokens", None, None, part), TOKENS, migrated, **words)


def swaps(declared: Any, migrated: Any, where: str, kind: str = "modify", **words: Any) -> Case:  # noqa: ANN401 -- any schema value
    """A part that the two halves have differently."""
    halves = [replace(TOKENS, **{where: (*getattr(TOKENS, where), one)}) for one in (declared, migrated)]
    return Case(Difference(kind, "tokens", None, declared, migrated), *halves, **words)


def alters(
    kind: str,
    name: str,
    declared: dict[str, object],
    migrated: dict[str, object] | None = None,
    **words: Any,  # noqa: ANN401 -- a case's other facts
) -> Case:
    """A column that the two halves have differently."""
    columns = [replace(TOKENS.column(name), **changes) for changes in (declared, migrated or {})]
    halves = [
        replace(TOKENS, columns=tuple(one if old.name == name else old for old in TOKENS.columns)) for one in columns
    ]
    return Case(Difference(kind, "tokens", name, *columns), *halves, **words)


def with_columns(*columns: Column, **words: Any) -> Table:  # noqa: ANN401 -- any part of a table
    """`tokens` with these columns in place of those that have their names, or behind them."""
    names = {one.name for one in columns}
    return replace(TOKENS, columns=(*(one for one in TOKENS.columns if one.name not in names), *columns), **words)


def generated(after: Computed | None) -> Case:
    """A generated column with an index, which the models want to be generated otherwise, or not at all."""
    before = Column("twice", INTEGER, computed=Computed("amount * 2", persisted=True))
    column = replace(before, computed=after)
    words: dict[str, Any] = {} if after is not None else {"dialects": ("postgresql",)}
    indexes = (index("ix_tokens_twice", "twice"),) if after is not None else ()
    return Case(
        Difference("modify_computed", "tokens", "twice", column, before),
        with_columns(column, indexes=indexes),
        with_columns(before, indexes=indexes),
        **words,
    )


def enumerated(before: tuple[str, ...], after: tuple[str, ...]) -> Case:
    """An enum that is used by a column with a default, by an array and by a partial index, with other labels."""
    enums = [replace(STATUS, labels=labels) for labels in (after, before)]
    halves = []
    for one in enums:
        type_ = Type("status", enum="status", labels=one.labels)
        columns = (
            Column("state", type_, nullable=False, server_default=ServerDefault("'new'")),
            Column("states", replace(type_, ddl="status[]"), server_default=ServerDefault("'{new}'")),
        )
        halves.append(with_columns(*columns, indexes=(index("ix_new", "hash", where="state = 'new'"),)))
    return Case(
        Difference("modify_enum", "tokens", "state", *enums),
        *halves,
        enums=((enums[0],), (enums[1],)),
        dialects=("postgresql",),
    )


TWICE = Column("twice", INTEGER, computed=Computed("amount * 2", persisted=True))
POSITIVE = CheckConstraint("ck_tokens_positive", "amount > 0")
AWKWARD = CheckConstraint("ck_tokens_hash", "hash <> 'a:b' AND hash NOT LIKE '%x%' AND hash <> 'it''s \"so\" \\'")
KEY = ForeignKey("fk_tokens_user_id_users", ("user_id",), "users", ("id",), ondelete="CASCADE")
ONLY_POSTGRESQL = {"dialects": ("postgresql",)}

CASES = {
    "add a check": adds(POSITIVE, "check_constraints"),
    "add a check with colons, per cent signs and quotes": adds(AWKWARD, "check_constraints"),
    "add a check beside another": Case(
        Difference("add_check", "tokens", POSITIVE.name, POSITIVE, None),
        replace(TOKENS, check_constraints=(AWKWARD, POSITIVE)),
        replace(TOKENS, check_constraints=(AWKWARD,)),
    ),
    "drop a check": removes(POSITIVE, "check_constraints"),
    "change a check": swaps(replace(POSITIVE, sql="amount > 1"), POSITIVE, "check_constraints"),
    "add a unique constraint": adds(UniqueConstraint("uq_tokens_hash", ("hash", "user_id")), "unique_constraints"),
    "add a unique constraint beside a check": Case(
        Difference("add_constraint", "tokens", None, UniqueConstraint("uq_tokens_hash", ("hash",)), None),
        replace(
            TOKENS, check_constraints=(POSITIVE,), unique_constraints=(UniqueConstraint("uq_tokens_hash", ("hash",)),)
        ),
        replace(TOKENS, check_constraints=(POSITIVE,)),
    ),
    "add a unique constraint that can be deferred": adds(
        UniqueConstraint("uq_tokens_hash", ("hash",), (("deferrable", True), ("initially", "DEFERRED"))),
        "unique_constraints",
        **ONLY_POSTGRESQL,
    ),
    "add an unnamed unique constraint": Case(
        Difference("add_constraint", "tokens", "hash", UniqueConstraint(None, ("hash",)), None),
        replace(TOKENS, unique_constraints=(UniqueConstraint("tokens_hash_key", ("hash",)),)),
        TOKENS,
    ),
    "drop a unique constraint": removes(UniqueConstraint("uq_tokens_hash", ("hash",)), "unique_constraints"),
    "add an index": adds(index("ix_tokens_hash", "hash"), "indexes"),
    "add a unique index": adds(index("ix_tokens_hash", "hash", "user_id", unique=True), "indexes"),
    "add an index on expressions": adds(
        index(
            "ix_tokens_low",
            IndexElement(None, "lower(hash)"),
            IndexElement(None, "amount + 1"),
            IndexElement("user_id", "user_id", ("desc", "nulls last")),
        ),
        "indexes",
        **ONLY_POSTGRESQL,
    ),
    "add a partial index": adds(index("ix_tokens_part", "hash", where="amount > 0 AND hash <> 'a:b'"), "indexes"),
    "add an index of a kind": adds(index("ix_tokens_hash", "hash", using="hash"), "indexes", **ONLY_POSTGRESQL),
    "drop an index": removes(index("ix_tokens_hash", "hash", unique=True), "indexes"),
    "change an index": swaps(
        index("ix_tokens_hash", "hash", "amount", unique=True), index("ix_tokens_hash", "hash"), "indexes"
    ),
    "a unique index for a constraint": Case(
        Difference(
            "modify_unique_kind",
            "tokens",
            None,
            index("ix_tokens_hash", "hash", unique=True),
            UniqueConstraint("uq_tokens_hash", ("hash",)),
        ),
        replace(TOKENS, indexes=(index("ix_tokens_hash", "hash", unique=True),)),
        replace(TOKENS, unique_constraints=(UniqueConstraint("uq_tokens_hash", ("hash",)),)),
    ),
    "one unique index for a constraint and an index of the same name": Case(
        Difference(
            "modify_unique_kind",
            "tokens",
            None,
            index("ix_tokens_hash", "hash", unique=True),
            UniqueConstraint("uq_tokens_hash", ("hash",)),
            parts=(Difference("remove_index", "tokens", None, None, index("ix_tokens_hash", "hash")),),
        ),
        replace(TOKENS, indexes=(index("ix_tokens_hash", "hash", unique=True),)),
        replace(
            TOKENS,
            indexes=(index("ix_tokens_hash", "hash"),),
            unique_constraints=(UniqueConstraint("uq_tokens_hash", ("hash",)),),
        ),
    ),
    "add a foreign key": adds(KEY, "foreign_keys"),
    "add a foreign key with every option": adds(
        replace(KEY, onupdate="RESTRICT", deferrable=True, initially="DEFERRED"), "foreign_keys"
    ),
    "change a foreign key": swaps(replace(KEY, ondelete="SET NULL"), KEY, "foreign_keys"),
    "drop a foreign key": removes(KEY, "foreign_keys"),
    "rename a constraint": swaps(
        UniqueConstraint("uq_new", ("hash",)), UniqueConstraint("uq_old", ("hash",)), "unique_constraints"
    ),
    "rename a check": swaps(replace(POSITIVE, name="ck_New"), POSITIVE, "check_constraints"),
    "rename an index": swaps(index("ix_new", "hash"), index("ix_old", "hash"), "indexes"),
    "rename a primary key": Case(
        Difference("rename_constraint", "tokens", None, PrimaryKey("pk_new", ("id",)), TOKENS.primary_key),
        replace(TOKENS, primary_key=PrimaryKey("pk_new", ("id",))),
        TOKENS,
        **ONLY_POSTGRESQL,
    ),
    "add a column": adds(Column("note", TEXT), "columns"),
    "add a column with a default": adds(
        Column("note", TEXT, nullable=False, server_default=ServerDefault("'a:b 100%'")), "columns"
    ),
    "add a column with a comment": adds(Column("note", TEXT, comment="it's a note"), "columns", **ONLY_POSTGRESQL),
    "add a column of JSONB": adds(
        Column("note", Type("JSONB", call=TypeCall("sqlalchemy.dialects.postgresql.JSONB"))),
        "columns",
        **ONLY_POSTGRESQL,
    ),
    "add a column of an array": adds(
        Column("note", Type("VARCHAR(9)[]", call=TypeCall("sqlalchemy.ARRAY", (TypeCall("sqlalchemy.String", (9,)),)))),
        "columns",
        **ONLY_POSTGRESQL,
    ),
    "add a column of a type known by its DDL alone": adds(Column("note", Type("NUMERIC(10, 2)")), "columns"),
    "add a column with a time zone": adds(Column("at", Type("TIMESTAMP WITH TIME ZONE")), "columns", **ONLY_POSTGRESQL),
    "add a computed column": adds(
        Column("twice", INTEGER, computed=Computed("amount * 2", persisted=True)), "columns", **ONLY_POSTGRESQL
    ),
    "add an identity column": adds(
        Column("number", INTEGER, nullable=False, identity=Identity(always=True, options=(("start", 5),))),
        "columns",
        **ONLY_POSTGRESQL,
    ),
    "add a column with its index and its key": Case(
        Difference(
            "add_column",
            "tokens",
            "owner",
            Column("owner", INTEGER),
            None,
            parts=(
                Difference("add_index", "tokens", None, index("ix_tokens_owner", "owner"), None),
                Difference("add_fk", "tokens", None, replace(KEY, name="fk_owner", columns=("owner",)), None),
            ),
        ),
        replace(
            TOKENS,
            columns=(*TOKENS.columns, Column("owner", INTEGER)),
            indexes=(index("ix_tokens_owner", "owner"),),
            foreign_keys=(replace(KEY, name="fk_owner", columns=("owner",)),),
        ),
        TOKENS,
    ),
    "add a column of a new enum": adds(
        Column("state", STATUS_TYPE), "columns", enums=((STATUS,), ()), **ONLY_POSTGRESQL
    ),
    "add a column of an enum that is there": adds(
        Column("state", STATUS_TYPE), "columns", enums=((STATUS,), (STATUS,)), **ONLY_POSTGRESQL
    ),
    "drop a column": removes(Column("note", TEXT, nullable=False, server_default=ServerDefault("'x'")), "columns"),
    "forbid NULL": alters("modify_nullable", "hash", {"nullable": False}),
    "allow NULL": alters("modify_nullable", "user_id", {"nullable": True}),
    "lengthen": alters("modify_type", "hash", {"type": LONG}),
    "change the type where a cast is needed": alters("modify_type", "hash", {"type": INTEGER}, **ONLY_POSTGRESQL),
    "change the type of a column with a default": alters(
        "modify_type", "amount", {"type": Type("BIGINT", call=TypeCall("sqlalchemy.BigInteger"))}
    ),
    "set a default": alters("modify_default", "hash", {"server_default": ServerDefault("'a:b'")}),
    "change a default": alters("modify_default", "amount", {"server_default": ServerDefault("7")}),
    "drop a default": alters("modify_default", "amount", {"server_default": None}),
    "set a comment": alters("modify_comment", "hash", {"comment": "100% of it"}, **ONLY_POSTGRESQL),
    "add a column that needs a value": adds(Column("note", TEXT, nullable=False), "columns"),
    "forbid NULL where there is a default": alters(
        "modify_nullable",
        "hash",
        {"nullable": False, "server_default": ServerDefault("'a:b 100%'")},
        {"server_default": ServerDefault("'a:b 100%'")},
    ),
    "change the type where a cast is needed of a column with a default": alters(
        "modify_type",
        "amount",
        {"type": TEXT, "server_default": ServerDefault("'0'")},
        {"server_default": ServerDefault("0")},
        **ONLY_POSTGRESQL,
    ),
    "make a text an enum": Case(
        Difference("modify_type", "tokens", "hash", Column("hash", STATUS_TYPE), TOKENS.column("hash")),
        with_columns(Column("hash", STATUS_TYPE)),
        TOKENS,
        enums=((STATUS,), ()),
        **ONLY_POSTGRESQL,
    ),
    "rename a column": Case(
        Difference("rename_column", "tokens", "digest", Column("digest", TEXT), TOKENS.column("hash")),
        replace(TOKENS, columns=tuple(Column("digest", TEXT) if one.name == "hash" else one for one in TOKENS.columns)),
        TOKENS,
    ),
    "rename a column with its index and its check": Case(
        Difference(
            "rename_column",
            "tokens",
            "digest",
            Column("digest", TEXT),
            TOKENS.column("hash"),
            parts=(
                Difference("add_index", "tokens", "a", index("ix_tokens_digest", "digest"), None),
                Difference("add_check", "tokens", "b", CheckConstraint("ck_long", "digest <> 'a'"), None),
                Difference("remove_index", "tokens", "c", None, index("ix_tokens_hash", "hash")),
                Difference("remove_check", "tokens", "d", None, CheckConstraint("ck_long", "hash <> 'a'")),
            ),
        ),
        replace(
            TOKENS,
            columns=tuple(Column("digest", TEXT) if one.name == "hash" else one for one in TOKENS.columns),
            indexes=(index("ix_tokens_digest", "digest"),),
            check_constraints=(CheckConstraint("ck_long", "digest <> 'a'"),),
        ),
        replace(
            TOKENS,
            indexes=(index("ix_tokens_hash", "hash"),),
            check_constraints=(CheckConstraint("ck_long", "hash <> 'a'"),),
        ),
        **ONLY_POSTGRESQL,
    ),
    "rename a table that also lacks an index": Case(
        Difference(
            "rename_table",
            "secrets",
            None,
            None,
            None,
            parts=(Difference("add_index", "secrets", None, index("ix_secrets_hash", "hash"), None),),
        ),
        replace(TOKENS, name="secrets", indexes=(index("ix_secrets_hash", "hash"),)),
        TOKENS,
    ),
    "number a column": alters("modify_autoincrement", "id", {"serial": True}, **ONLY_POSTGRESQL),
    "stop numbering a column": alters("modify_autoincrement", "id", {}, {"serial": True}, **ONLY_POSTGRESQL),
    "collate": alters(
        "modify_collation",
        "hash",
        {"type": replace(TEXT, ddl='VARCHAR(20) COLLATE "C"', call=TypeCall("sqlalchemy.String", (20, "C")))},
        **ONLY_POSTGRESQL,
    ),
    "exclude": adds(
        ExcludeConstraint(
            "ex_tokens", (("int4range(amount, amount + 1)", "&&"),), (("using", "gist"), ("where", "amount > 3"))
        ),
        "exclude_constraints",
        **ONLY_POSTGRESQL,
    ),
    "set a table's comment": Case(
        Difference("modify_comment", "tokens", None, replace(TOKENS, comment="it's 100%"), TOKENS),
        replace(TOKENS, comment="it's 100%"),
        TOKENS,
        **ONLY_POSTGRESQL,
    ),
    "drop a table's comment": Case(
        Difference("modify_comment", "tokens", None, TOKENS, replace(TOKENS, comment="it's 100%")),
        TOKENS,
        replace(TOKENS, comment="it's 100%"),
        **ONLY_POSTGRESQL,
    ),
    "change what a column is generated from": generated(Computed("amount * 3", persisted=True)),
    "stop generating a column": generated(None),
    "generate a column": Case(
        Difference("modify_computed", "tokens", "hash", TWICE, replace(TWICE, computed=None)),
        with_columns(TWICE),
        with_columns(replace(TWICE, computed=None)),
    ),
    "make a column an identity": alters(
        "modify_identity", "user_id", {"identity": Identity(options=(("start", 7),))}, **ONLY_POSTGRESQL
    ),
    "change an identity": alters(
        "modify_identity",
        "user_id",
        {"identity": Identity(always=True, options=(("increment", 2),))},
        {"identity": Identity()},
        **ONLY_POSTGRESQL,
    ),
    "make an identity a plain column": alters(
        "modify_identity", "user_id", {}, {"identity": Identity(options=(("start", 7),))}, **ONLY_POSTGRESQL
    ),
    "add to a primary key": Case(
        Difference(
            "modify_primary_key", "tokens", "id", PrimaryKey("pk_tokens", ("id", "user_id")), TOKENS.primary_key
        ),
        replace(TOKENS, primary_key=PrimaryKey("pk_tokens", ("id", "user_id"))),
        TOKENS,
    ),
    "add a column that may be NULL to a primary key": Case(
        Difference("modify_primary_key", "tokens", "id", PrimaryKey("pk_tokens", ("id", "hash")), TOKENS.primary_key),
        replace(
            TOKENS,
            primary_key=PrimaryKey("pk_tokens", ("id", "hash")),
            columns=tuple(replace(one, nullable=False) for one in TOKENS.columns),
        ),
        TOKENS,
        **ONLY_POSTGRESQL,
    ),
    "add a column of the primary key": Case(
        Difference("add_column", "tokens", "part", Column("part", INTEGER, nullable=False), None),
        with_columns(Column("part", INTEGER, nullable=False), primary_key=PrimaryKey("pk_tokens", ("id", "part"))),
        TOKENS,
    ),
    "drop a column of the primary key": Case(
        Difference("remove_column", "tokens", "part", None, Column("part", INTEGER, nullable=False)),
        TOKENS,
        with_columns(Column("part", INTEGER, nullable=False), primary_key=PrimaryKey("pk_tokens", ("id", "part"))),
    ),
    "a primary key where there is none": Case(
        Difference("modify_primary_key", "tokens", None, TOKENS.primary_key, PrimaryKey(None, ())),
        TOKENS,
        replace(TOKENS, primary_key=PrimaryKey(None, ())),
    ),
    "add to an enum": enumerated(("new", "it's done"), ("first", "new", "then", "it's done", "last")),
    "take from an enum": enumerated(("new", "then", "it's done"), ("new", "it's done")),
    "order an enum": enumerated(("new", "it's done"), ("it's done", "new")),
    "create a table": Case(
        Difference("add_table", "tokens", None, None, None),
        replace(
            TOKENS,
            foreign_keys=(KEY,),
            check_constraints=(POSITIVE, AWKWARD),
            unique_constraints=(UniqueConstraint("uq_tokens_hash", ("hash",)),),
            indexes=(index("ix_tokens_user_id", "user_id"), index("ix_tokens_part", "hash", where="amount > 0")),
        ),
        None,
    ),
    "change a table of another schema": Case(
        Difference(
            "add_check",
            "auth.tokens",
            None,
            POSITIVE,
            None,
            parts=(
                Difference("add_fk", "auth.tokens", None, KEY, None),
                Difference("add_index", "auth.tokens", None, index("ix_tokens_hash", "hash"), None),
                Difference(
                    "rename_constraint",
                    "auth.tokens",
                    None,
                    UniqueConstraint("uq_b", ("hash",)),
                    UniqueConstraint("uq_a", ("hash",)),
                ),
                Difference(
                    "modify_nullable",
                    "auth.tokens",
                    "hash",
                    replace(TOKENS.columns[2], nullable=False),
                    TOKENS.columns[2],
                ),
            ),
        ),
        replace(
            TOKENS,
            schema="auth",
            columns=tuple(replace(one, nullable=False) if one.name == "hash" else one for one in TOKENS.columns),
            check_constraints=(POSITIVE,),
            foreign_keys=(KEY,),
            indexes=(index("ix_tokens_hash", "hash"),),
            unique_constraints=(UniqueConstraint("uq_b", ("hash",)),),
        ),
        replace(TOKENS, schema="auth", unique_constraints=(UniqueConstraint("uq_a", ("hash",)),)),
        **ONLY_POSTGRESQL,
    ),
    "create a table with an enum": Case(
        Difference("add_table", "tokens", None, None, None),
        replace(TOKENS, columns=(*TOKENS.columns, Column("state", STATUS_TYPE, nullable=False))),
        None,
        enums=((STATUS,), ()),
        **ONLY_POSTGRESQL,
    ),
    "drop a table": Case(
        Difference("remove_table", "tokens", None, None, None),
        None,
        replace(TOKENS, foreign_keys=(KEY,), indexes=(index("ix_tokens_user_id", "user_id"),)),
    ),
    "drop a table with an enum": Case(
        Difference("remove_table", "tokens", None, None, None),
        None,
        replace(TOKENS, columns=(*TOKENS.columns, Column("state", STATUS_TYPE))),
        enums=((), (STATUS,)),
        **ONLY_POSTGRESQL,
    ),
}


@pytest.fixture(scope="session")
def postgresql(postgres: Path) -> Iterator[sa.Engine]:
    """A database of its own in the embedded PostgreSQL, in which every test takes back what it did."""
    server = f"postgresql+psycopg2://postgres@/{{}}?host={postgres}"
    administrator = sa.create_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE fixes")
    administrator.dispose()
    engine = sa.create_engine(server.format("fixes"))
    yield engine
    engine.dispose()


@contextmanager
def emptied(dialect: str, request: pytest.FixtureRequest) -> Iterator[sa.Connection]:
    """A connection to an empty database; what is done over it is gone afterwards."""
    engine = sa.create_engine("sqlite://") if dialect == "sqlite" else request.getfixturevalue("postgresql")
    with engine.connect() as connection:
        try:
            yield connection
        finally:
            connection.rollback()
            if dialect != "sqlite":  # what is there is what an `autocommit_block` committed
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
                connection.commit()


PARAMETERS = [
    pytest.param(case, dialect, id=f"{name} ({dialect})", marks=[pytest.mark.oracle] if dialect != "sqlite" else [])
    for name, case in CASES.items()
    for dialect in case.dialects
]


@pytest.mark.parametrize(("case", "dialect"), PARAMETERS)
def test_upgrade_and_downgrade(case: Case, dialect: str, request: pytest.FixtureRequest) -> None:
    """The upgrade makes what the models declare, the downgrade what was there before, and both can be done again."""
    with emptied(dialect, request) as connection:
        populate(connection, case.declared, case.enums[0])
        wanted = described(connection)
    with emptied(dialect, request) as connection:
        populate(connection, case.migrated, case.enums[1])
        before = described(connection)
        revision = scaffolded(case, dialect)

        run(connection, revision, "upgrade")
        assert described(connection) == wanted
        run(connection, revision, "downgrade")
        assert described(connection) == before
        run(connection, revision, "upgrade")
        assert described(connection) == wanted


BATCHES = [
    "add a check",
    "one unique index for a constraint and an index of the same name",
    "change a foreign key",
    "forbid NULL",
]


@pytest.mark.oracle
@pytest.mark.parametrize("name", BATCHES)
def test_batch_mode_on_postgresql(name: str, request: pytest.FixtureRequest) -> None:
    """Where env.py asks for batch mode, PostgreSQL's revisions use it, too."""
    case = CASES[name]
    revision = scaffolded(case, "postgresql", batch=True)
    with emptied("postgresql", request) as connection:
        populate(connection, case.declared, case.enums[0])
        wanted = described(connection)
    with emptied("postgresql", request) as connection:
        populate(connection, case.migrated, case.enums[1])
        before = described(connection)
        assert "with op.batch_alter_table(" in revision
        run(connection, revision, "upgrade")
        assert described(connection) == wanted
        run(connection, revision, "downgrade")
        assert described(connection) == before


def test_a_check_without_a_name_survives_a_batch(request: pytest.FixtureRequest) -> None:
    """What SQLite cannot reflect is passed on, or a batch would lose it."""
    nameless = replace(TOKENS, check_constraints=(CheckConstraint(None, "amount < 99"),))
    unique = UniqueConstraint("uq_tokens_hash", ("hash",))
    case = Case(
        Difference("add_constraint", "tokens", None, unique, None),
        replace(nameless, unique_constraints=(unique,)),
        nameless,
    )
    with emptied("sqlite", request) as connection:
        populate(connection, nameless, ())
        run(connection, scaffolded(case, "sqlite"), "upgrade")
        kept = described(connection)["tables"]["tokens"]

        assert [check["sqltext"] for check in kept["check_constraints"]] == ["amount < 99"]
        assert [one["name"] for one in kept["unique_constraints"]] == ["uq_tokens_hash"]


@pytest.mark.parametrize("dialect", ["sqlite", pytest.param("postgresql", marks=pytest.mark.oracle)])
def test_rows_that_exist_are_filled_in(dialect: str, request: pytest.FixtureRequest) -> None:
    """Where a column stops taking NULL and has a default, the rows that hold NULL get it first."""
    case = CASES["forbid NULL where there is a default"]
    with emptied(dialect, request) as connection:
        populate(connection, case.migrated, case.enums[1])
        connection.exec_driver_sql("INSERT INTO tokens (id, user_id, hash) VALUES (1, 1, NULL), (2, 1, 'x')")
        run(connection, scaffolded(case, dialect), "upgrade")
        rows = connection.exec_driver_sql("SELECT hash FROM tokens ORDER BY id").scalars().all()

        assert rows == ["a:b 100%", "x"]


def scaffolded(case: Case, dialect: str, *, batch: bool = False) -> str:
    """The text of the revision that closes the case's difference."""
    one, changes = changes_of(case, dialect, batch=batch)
    code = render(changes, one)
    assert isinstance(code, Code)
    return plain_revision(NewRevision("0002", "0001", "close the drift", code))


def changes_of(case: Case, dialect: str, *, batch: bool = False) -> tuple[FakeProject, tuple[Change, ...]]:
    """The project of a case, and what its revision does."""
    one = project(
        declared={one.key: one for one in (USERS, case.declared) if one is not None},
        migrated={one.key: one for one in (USERS, case.migrated) if one is not None},
        dialect=dialect,
        batch=batch,
    )
    for schema, enums in ((one.declared.schema, case.enums[0]), (one.migrated.schema, case.enums[1])):
        schema.enums.update({enum.key: enum for enum in enums})  # type: ignore[attr-defined]
    difference = case.difference
    if difference.kind in ("add_table", "remove_table", "rename_table"):
        difference = replace(difference, declared=case.declared, migrated=case.migrated)
    changes = changes_for(difference, one)
    assert changes
    return one, changes


def populate(connection: sa.Connection, table: Table | None, enums: tuple[Enum, ...]) -> None:
    """Make `users` and the table, as SQLAlchemy makes them."""
    dialect = connection.dialect.name
    if table is not None and table.schema is not None:
        connection.exec_driver_sql(f"CREATE SCHEMA {table.schema}")
    for enum in enums:
        labels = ", ".join("'" + label.replace("'", "''") + "'" for label in enum.labels)
        connection.exec_driver_sql(f"CREATE TYPE {enum.name} AS ENUM ({labels})")
    metadata = sa.MetaData()
    for one in (USERS, *([table] if table is not None else [])):
        made = real_table(one, dialect).to_metadata(metadata)
        for item in one.indexes:
            words = {**dialect_options(item.options, dialect), "unique": item.unique}
            sa.Index(final(item.name), *(_of(made, element) for element in item.elements), _table=made, **words)
    metadata.create_all(connection)


def _of(table: sa.Table, element: IndexElement) -> Any:  # noqa: ANN401 -- a column or a clause
    made = real_element(element)
    return table.c[made] if isinstance(made, str) else made


def run(connection: sa.Connection, revision: str, function: str) -> None:
    """Run a function of the revision under real Alembic."""
    names: dict[str, Any] = {}
    exec(compile(revision, "revision.py", "exec"), names)  # noqa: S102 -- what was scaffolded is to be run
    context = MigrationContext.configure(connection)
    if "autocommit_block" in revision:  # only where Alembic has begun the transaction can it end it
        connection.commit()
    with context.begin_transaction(), Operations.context(context):
        names[function]()


def described(connection: sa.Connection) -> dict[str, Any]:
    """What the database holds, whatever the order of its constraints."""
    document = describe_database(connection)
    for table in document["tables"].values():
        for part in ("foreign_keys", "unique_constraints", "indexes", "check_constraints"):
            table[part] = sorted(table[part], key=str)
        if connection.dialect.name == "sqlite":
            table["primary_key"] = table["primary_key"]["columns"]
    return document


def test_order_of_many_changes() -> None:
    """Many changes run in one revision: keys last, tables after those they refer to."""
    users, tokens = replace(USERS, indexes=(index("ix_users_email", "email"),)), replace(TOKENS, foreign_keys=(KEY,))
    one = project(declared={"users": users, "tokens": tokens})
    differences = [
        Difference("add_table", key, None, table, None) for key, table in (("tokens", tokens), ("users", users))
    ]
    changes = in_order(change for difference in differences for change in changes_for(difference, one) or ())

    assert [change.table for change in changes if not isinstance(change, CreateEnum)] == ["users", "tokens"]


def test_one_batch_for_a_table_where_nothing_stands_between() -> None:
    """On SQLite each batch copies its table: a key goes up to the column; or the column down, to where its table is."""
    users = replace(USERS, columns=(*USERS.columns, Column("token_id", Type("INTEGER"))))
    key = replace(KEY, name="fk", columns=("token_id",), referred_table="tokens")
    one = project(declared={"users": users}, migrated={"users": USERS}, dialect="sqlite", batch=True)
    other = CheckConstraint("ck", "email > 'a'")
    column, reference = Create("users", None, users.columns[-1]), Create("users", None, key)
    apart = Create("tokens", None, replace(TOKENS, foreign_keys=()))
    unrelated = Create("notes", None, other)
    together = render((column, unrelated, reference), one)
    divided = render((column, apart, reference), one)

    assert isinstance(together, Code)
    assert isinstance(divided, Code)
    assert together.upgrade.count('op.batch_alter_table("users"') == 1
    assert divided.upgrade.count('op.batch_alter_table("users"') == 1
    assert divided.upgrade.index("op.create_table") < divided.upgrade.index("op.batch_alter_table")
