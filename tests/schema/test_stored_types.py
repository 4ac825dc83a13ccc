"""Types as MySQL and MariaDB keep them."""

from __future__ import annotations

import pytest

from driftline.schema import Column, ForeignKey, Index, IndexElement, PrimaryKey, Schema, Table, Type
from driftline.schema.document import schema_document
from driftline.schema.stored_types import stored_type

# What SQLAlchemy 2.0 reflected from MariaDB 10.11 for a column of the DDL that its MySQL dialect writes.
MARIADB = {
    "BOOL": "TINYINT(1)",
    "BOOLEAN": "TINYINT(1)",
    "INTEGER": "INTEGER(11)",
    "BIGINT": "BIGINT(20)",
    "SMALLINT": "SMALLINT(6)",
    "TINYINT": "TINYINT(4)",
    "TINYINT(1)": "TINYINT(1)",
    "MEDIUMINT": "MEDIUMINT(9)",
    "INTEGER UNSIGNED": "INTEGER(10) UNSIGNED",
    "BIGINT UNSIGNED": "BIGINT(20) UNSIGNED",
    "JSON": "LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "FLOAT": "FLOAT",
    "FLOAT(53)": "DOUBLE",
    "REAL": "DOUBLE",
    "NUMERIC": "DECIMAL(10, 0)",
    "NUMERIC(10, 2)": "DECIMAL(10, 2)",
    "DECIMAL(7)": "DECIMAL(7, 0)",
    "BLOB": "BLOB",
    "BLOB(100)": "TINYBLOB",
    "YEAR": "YEAR(4)",
    "BIT": "BIT(1)",
    "CHAR": "CHAR(1)",
    "CHAR(36)": "CHAR(36)",
    "VARCHAR(20)": "VARCHAR(20)",
    "DATETIME(6)": "DATETIME(6)",
    "ENUM('a','b')": "ENUM('a','b')",
}


@pytest.mark.parametrize("ddl", MARIADB)
def test_a_type_is_as_mariadb_keeps_it(ddl: str) -> None:
    """If a column was made with some DDL, its type is what MariaDB tells of it."""
    assert MARIADB[ddl] == stored_type(ddl, "mariadb")


@pytest.mark.parametrize(
    ("ddl", "kept"),
    [
        ("BOOLEAN", "TINYINT(1)"),
        ("INTEGER", "INTEGER"),
        ("JSON", "JSON"),
        ("NUMERIC(3)", "DECIMAL(3, 0)"),
        ("YEAR", "YEAR"),
    ],
)
def test_mysql_shows_no_widths(ddl: str, kept: str) -> None:
    """If the database is MySQL 8, numbers have no display width but TINYINT(1), and JSON is a type of its own."""
    assert kept == stored_type(ddl, "mysql")


def test_other_databases_keep_what_the_ddl_says() -> None:
    """If the database is another one, its types are those of the DDL."""
    assert "BOOLEAN" == stored_type("BOOLEAN", "postgresql")
    assert "NUMERIC" == stored_type("NUMERIC", "sqlite")


def test_the_document_says_what_the_database_keeps() -> None:
    """If the schema is a migrated one on MySQL, types are stored ones, and unique indexes are unique constraints."""
    table = Table(
        "t",
        None,
        (Column("on", Type("BOOLEAN")), Column("u", Type("INTEGER"))),
        PrimaryKey(None, ()),
        (ForeignKey("fk", ("u",), "users", ("id",), ondelete="RESTRICT"),),
        (),
        (Index("ix", (IndexElement("u", "u"),), unique=True), Index("plain", (IndexElement("u", "u"),))),
    )

    def written(dialect: str, *, declared: bool) -> tuple[object, ...]:
        document = schema_document(Schema(dialect, {"t": table}), declared=declared)
        (one,) = document["tables"].values()  # type: ignore[attr-defined]
        return one["columns"]["on"]["type"], one["unique_constraints"], one["foreign_keys"][0]["ondelete"]

    uniques = [{"columns": ["u"], "name": "ix"}]
    assert ("TINYINT(1)", uniques, "RESTRICT") == written("mysql", declared=False)
    assert ("TINYINT(1)", uniques, None) == written("mariadb", declared=False)
    assert ("BOOLEAN", [], "RESTRICT") == written("mysql", declared=True)
    assert ("BOOLEAN", [], "RESTRICT") == written("postgresql", declared=False)
