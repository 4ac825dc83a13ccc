"""Raw SQL for each dialect: what it amounts to, what it leaves alone, and what nobody can tell."""

# ruff: noqa: E501 -- SQL is written one clause a line

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.pool import StaticPool

from driftline.migrations.apply import perform
from driftline.migrations.operation import (
    AddColumn,
    AlterColumn,
    CreateConstraint,
    CreateIndex,
    CreateTable,
    CreateTableComment,
    DropColumn,
    DropConstraint,
    DropIndex,
    DropTable,
    Execute,
    Opaque,
    RenameIndex,
    RenameTable,
    SetKeyChecks,
)
from driftline.migrations.raw_sql import read_raw_sql
from driftline.migrations.sql_text import columns_in, rename_in
from driftline.migrations.sql_tokens import statements, tokenize
from driftline.migrations.working import Working
from driftline.schema import Schema
from tests.migrations.describing import from_database, from_replay

SQLITE = {
    "tables": """
        CREATE TABLE IF NOT EXISTS "t" (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, [a b] VARCHAR(20) DEFAULT 'x' NOT NULL,
            `c` NUMERIC(10, 2) CHECK (c > 0), d BLOB, CONSTRAINT uq UNIQUE (c, "a b"), UNIQUE (d), CONSTRAINT ck CHECK (c < 9),
            FOREIGN KEY (c) REFERENCES t (id) ON DELETE CASCADE, CONSTRAINT fk FOREIGN KEY (d) REFERENCES t (id) ON DELETE SET NULL);
        CREATE TABLE k (a INT, b TEXT COLLATE NOCASE, CONSTRAINT pk PRIMARY KEY (a, b)) WITHOUT ROWID;
        CREATE UNIQUE INDEX IF NOT EXISTS ix ON t (d DESC); CREATE INDEX part ON t ("a b") WHERE d > 1; -- done
    """,
    "alterations": """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, c INTEGER REFERENCES t (id));
        CREATE INDEX ia ON t (a); ALTER TABLE t ADD COLUMN d VARCHAR(5) DEFAULT 'q'; ALTER TABLE t ADD e INTEGER REFERENCES t (id);
        ALTER TABLE t RENAME COLUMN a TO z; ALTER TABLE t DROP COLUMN b; CREATE TABLE u (t INTEGER REFERENCES t (id));
        ALTER TABLE t RENAME TO v; DROP INDEX ia; DROP TABLE IF EXISTS gone; PRAGMA foreign_keys = ON;
        CREATE TRIGGER tr AFTER INSERT ON v WHEN 1 = 1 BEGIN UPDATE v SET z = CASE WHEN 1 THEN 2 END; DELETE FROM v; END; INSERT INTO v (z) VALUES ('a;b');
    """,
}


@pytest.mark.parametrize("case", SQLITE)
def test_sqlite_does_what_is_replayed(case: str) -> None:
    """A script leaves the same schema in SQLite and in a replay."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.executescript(SQLITE[case])
        expected = from_database(connection)
    work = Working.of(Schema("sqlite"))
    for operation in read_raw_sql(SQLITE[case], "sqlite"):
        perform(work, operation)

    assert from_replay(work.schema()) == expected
    assert work.problems == []


MYSQL = {
    "CREATE TABLE `t` (`id` INT NOT NULL AUTO_INCREMENT, `a` VARCHAR(9) CHARACTER SET utf8mb4 COMMENT 'it''s', PRIMARY KEY (`id`), "
    "UNIQUE KEY `uq` (`a`(5)), KEY `ix` (`a`), CONSTRAINT `fk` FOREIGN KEY (`id`) REFERENCES `t` (`id`)) ENGINE=InnoDB COMMENT='c'": [
        CreateTable
    ],
    "ALTER TABLE t ADD COLUMN (x INT, y TEXT), DROP z, MODIFY a BIGINT NOT NULL, CHANGE b c INT": [
        AddColumn,
        AddColumn,
        DropColumn,
        AlterColumn,
        AlterColumn,
    ],
    "ALTER TABLE t ADD UNIQUE INDEX u (a), ADD KEY k (a, b), DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP INDEX i, DROP CHECK c": [
        CreateConstraint,
        CreateIndex,
        DropConstraint,
        DropConstraint,
        DropIndex,
        DropConstraint,
    ],
    "RENAME TABLE a TO b, c TO d": [RenameTable, RenameTable],
    "DROP INDEX ix ON t": [DropIndex],
    "ALTER TABLE t RENAME INDEX a TO b, RENAME TO u, COMMENT = 'c', ENGINE=InnoDB": [
        RenameIndex,
        RenameTable,
        CreateTableComment,
        Execute,
    ],
    "CREATE PROCEDURE p() BEGIN IF 1 THEN DROP TABLE t; END IF; ALTER TABLE t ADD x INT; END; DROP PROCEDURE p": [
        Execute,
        Execute,
    ],
    "SET FOREIGN_KEY_CHECKS = 0; # off\nDROP TABLE t; SET FOREIGN_KEY_CHECKS = 1": [
        SetKeyChecks,
        DropTable,
        SetKeyChecks,
    ],
}


@pytest.mark.parametrize("sql", MYSQL)
def test_mysql_is_read(sql: str) -> None:
    """MySQL's own statements are the operations that they amount to."""
    assert [type(one) for one in read_raw_sql(sql, "mysql")] == MYSQL[sql]


def test_what_mysql_makes_up() -> None:
    """Names of keys, foreign keys and the indexes that InnoDB adds, and the whole column that MODIFY states again."""
    work = Working.of(Schema("mysql"))
    for operation in read_raw_sql(
        "CREATE TABLE p (id INT PRIMARY KEY, a INT, b INT DEFAULT 3, UNIQUE (a), UNIQUE (a, b), CHECK (a > 0));"
        "CREATE TABLE c (x INT, y INT, FOREIGN KEY (x) REFERENCES p (id), CONSTRAINT named FOREIGN KEY (y) REFERENCES p (a));"
        "ALTER TABLE p MODIFY b BIGINT; ALTER TABLE c RENAME TO d; ALTER TABLE p DROP COLUMN b; CREATE INDEX own ON d (x, y)",
        "mysql",
    ):
        perform(work, operation)
    parent, child = work.tables["p"], work.tables["d"]

    assert [(one.name, one.columns) for one in parent.unique_constraints] == [("a", ("a",)), ("a_2", ("a",))]
    assert [one.name for one in parent.check_constraints] == ["p_chk_1"]
    assert [one.name for one in child.foreign_keys] == ["d_ibfk_1", "named"]
    assert [(one.name, one.columns) for one in child.indexes] == [("named", ("y",)), ("own", ("x", "y"))]
    assert work.problems == []


@pytest.mark.parametrize(("dialect", "kept"), [("mariadb", None), ("mysql", "RESTRICT")])
def test_mariadb_keeps_no_word_for_restrict(dialect: str, kept: str | None) -> None:
    """RESTRICT is what InnoDB does without being told; MariaDB forgets that it was said. CASCADE stays on both."""
    work = Working.of(Schema(dialect))
    for operation in read_raw_sql(
        "CREATE TABLE p (id INT PRIMARY KEY);"
        "CREATE TABLE c (x INT, FOREIGN KEY (x) REFERENCES p (id) ON DELETE RESTRICT ON UPDATE CASCADE)",
        dialect,
    ):
        perform(work, operation)

    assert [(one.ondelete, one.onupdate) for one in work.tables["c"].foreign_keys] == [(kept, "CASCADE")]


OPAQUE = {
    "ALTER TABLE t DO SOMETHING ODD": (frozenset({"t"}), False),
    "CREATE TABLE": (frozenset({"create", "table"}), True),
    "FROBNICATE the TABLE Things": (frozenset({"frobnicate", "the", "table", "things"}), False),
    "CALL make_tables()": (None, True),
    "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD x int', name); END $$": (None, False),
    "SELECT * INTO new_table FROM t": (frozenset({"select", "into", "new_table", "from", "t"}), True),
}


@pytest.mark.parametrize("sql", OPAQUE)
def test_what_is_not_understood_is_opaque_and_narrow(sql: str) -> None:
    """A statement that nobody understands touches the tables that it names; one that can do anything, all of them."""
    (found,) = read_raw_sql(sql, "postgresql")

    assert isinstance(found, Opaque)
    assert (found.tables, found.creates) == OPAQUE[sql]


def test_tables_made_by_queries_have_the_columns_that_the_query_names() -> None:
    """The columns of CREATE TABLE AS are known by name, their types are not; behind `*` nothing is."""
    named, starred = (
        read_raw_sql(sql, "postgresql")[0]
        for sql in ("CREATE TABLE n AS SELECT id, lower(x) AS folded FROM t", "CREATE TABLE n AS (SELECT * FROM t)")
    )

    assert isinstance(named, CreateTable)
    assert isinstance(starred, CreateTable)
    assert [one.name for one in named.made.columns] == ["id", "folded"]
    assert named.made.columns[0].type.unknown is not None
    assert named.made.incomplete == ()
    assert starred.made.incomplete != ()


@given(st.text(alphabet="aA1 '\"`$[];,().-/*\n\\#éxX", max_size=40), st.sampled_from(["postgresql", "mysql", "sqlite"]))
def test_any_text_is_tokens(text: str, dialect: str) -> None:
    """Tokenizing always ends, loses no place, and what it calls a token stands where it says."""
    tokens = tokenize(text, dialect)

    assert all(one.end <= other.start for one, other in pairwise(tokens))
    assert all(0 <= one.start < one.end <= len(text) for one in tokens)
    assert [token for one in statements(text, dialect) for token in one.tokens] == [
        one for one in tokens if not (one.kind == "mark" and one.value == ";")
    ]


WORDS = [
    "CREATE",
    "TABLE",
    "ALTER",
    "ADD",
    "COLUMN",
    "DROP",
    "CONSTRAINT",
    "t",
    "a",
    "int",
    "(",
    ")",
    ",",
    "UNIQUE",
    "PRIMARY",
    "KEY",
    "REFERENCES",
    "INDEX",
    "ON",
    "RENAME",
    "TO",
    "TYPE",
    "AS",
    "ENUM",
    "'x'",
    "DEFAULT",
    "NOT",
    "NULL",
    "CHECK",
    "IF",
    "EXISTS",
    "VALUE",
    "DO",
    "$$BEGIN",
    "EXECUTE;",
    "END$$",
    "SELECT",
    ";",
    "FOREIGN",
    "GENERATED",
    "IDENTITY",
    "USING",
    "WITH",
    "COMMENT",
    "IS",
]


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.sampled_from(["postgresql", "mysql", "sqlite"]))
def test_any_statement_is_read_and_applied(words: list[str], dialect: str) -> None:
    """Whatever SQL says, reading and replaying it ends with a schema."""
    work = Working.of(Schema(dialect))
    for operation in (
        *read_raw_sql("CREATE TABLE t (a int, b text)", dialect),
        *read_raw_sql(" ".join(words), dialect),
    ):
        perform(work, operation)

    assert work.schema().dialect == dialect


def test_names_in_expressions() -> None:
    """Columns are found in and renamed in SQL text, not in strings, functions or casts."""
    columns = ("a", "b", "lower", "text")

    assert columns_in("\"b\" > 0 AND lower(A) = 'b a'::text", columns) == ("b", "a")
    assert rename_in("\"a\" > 0 AND lower(a) = 'a' AND t.a <> aa", "a", "New") == (
        '"New" > 0 AND lower("New") = \'a\' AND t."New" <> aa'
    )
