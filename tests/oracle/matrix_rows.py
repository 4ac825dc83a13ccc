"""The rows of RULES' table "What Alembic's autogenerate compares", and what holds for each on each database.

A newer Alembic that changes its mind shows here, and so does a Driftline that does. Rows for which a database has no
words (arrays on SQLite) leave it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.oracle.matrix import CHECKS, DEFAULTS, Row


@dataclass(frozen=True, slots=True)
class Expected:
    """What both say of a row on one database.

    `alembic`: the words of real Alembic's operations; "" where it is silent, "refused" where the database refuses its
    question. `ours`: the drift rules that report, with the level of their finding. `warned`: Alembic warns instead.
    """

    alembic: str
    ours: Mapping[str, str] = field(default_factory=dict)
    warned: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A row and what is known of it, by dialect."""

    row: Row
    expected: Mapping[str, Expected]


PG: Final = "postgresql"
LITE: Final = "sqlite"

AB: Final = 'sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer())'
ID: Final = 'sa.Column("id", sa.Integer(), primary_key=True)'
RANGE: Final = 'sa.Column("a", postgresql.INT4RANGE())'
KEY: Final = 'sa.Column("u_id", sa.Integer()), sa.ForeignKeyConstraint(["u_id"], ["u.id"]'
OTHER: Final = f'table("u", {ID}, sa.Column("code", sa.String(5), unique=True))'

SILENT: Final[Mapping[str, str]] = {
    "2": "env.py does not ask for other schemas",
    "4": "a generated column that does not say so has no nullability of its own",
    "6": "SQLite has no time zones",
    "10": "SQLite has no enum types",
    "11": "the same",
    "12": "the values of an `Enum` that is a plain VARCHAR are known to no database",
    "14": "both mean the same",
    "15": "a default of Python's is none of the database's",
    "20": "SQLite numbers every INTEGER PRIMARY KEY",
    "24": "the order of a UNIQUE's columns refuses no other rows",
    "25": "the option is PostgreSQL's",
    "29": "the same",
    "32": "NO ACTION is what a key that says nothing does",
    "36": "both halves have it",
    "38": "SQLite keeps no comments",
    "39": "sequences, views and the like are followed by neither: what is not read is not compared",
    "40": "a column that says no collation has the database's, which no source knows",
    "41": "the order of columns is nobody's concern, and no ALTER TABLE changes it",
}
"""Why we are silent in some case of a row."""

ROWS: Final = (
    Known(
        Row("1", "a table is added", statements_before="pass", statements_after=f'table("t", {ID})'),
        {
            PG: Expected("add_table", {"missing-table": "error"}),
            LITE: Expected("add_table", {"missing-table": "error"}),
        },
    ),
    Known(
        Row("1", "a table is removed", statements_before=f'table("t", {ID})', statements_after="pass"),
        {
            PG: Expected("remove_table", {"extra-table": "information"}),
            LITE: Expected("remove_table", {"extra-table": "information"}),
        },
    ),
    Known(
        Row(
            "2",
            "a table of another schema is removed",
            statements_before=f'op.execute("CREATE SCHEMA other")\nop.create_table("t", {ID}, schema="other")',
            statements_after="pass",
        ),
        {PG: Expected("")},
    ),
    Known(
        Row(
            "2",
            "a table of another schema is removed, with include_schemas",
            statements_before=f'op.execute("CREATE SCHEMA other")\nop.create_table("t", {ID}, schema="other")',
            statements_after="pass",
            configure="include_schemas=True",
        ),
        {PG: Expected("remove_table", {"extra-table": "information"})},
    ),
    Known(
        Row("3", "a column is added", after='sa.Column("a", sa.Integer())'),
        {
            PG: Expected("add_column", {"missing-column": "error"}),
            LITE: Expected("add_column", {"missing-column": "error"}),
        },
    ),
    Known(
        Row("3", "a column is removed", before='sa.Column("a", sa.Integer())'),
        {
            PG: Expected("remove_column", {"extra-column": "warning"}),
            LITE: Expected("remove_column", {"extra-column": "warning"}),
        },
    ),
    Known(
        Row(
            "4",
            "nullable becomes NOT NULL",
            before='sa.Column("a", sa.Integer())',
            after='sa.Column("a", sa.Integer(), nullable=False)',
        ),
        {
            PG: Expected("modify_nullable", {"nullable-mismatch": "warning"}),
            LITE: Expected("modify_nullable", {"nullable-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "4",
            "NOT NULL becomes nullable",
            before='sa.Column("a", sa.Integer(), nullable=False)',
            after='sa.Column("a", sa.Integer())',
        ),
        {
            PG: Expected("modify_nullable", {"nullable-mismatch": "error"}),
            LITE: Expected("modify_nullable", {"nullable-mismatch": "error"}),
        },
    ),
    Known(
        Row(
            "4",
            "nullable of a generated column",
            before='sa.Column("a", sa.Integer(), sa.Computed("id + 1"), nullable=False)',
            after='sa.Column("a", sa.Integer(), sa.Computed("id + 1"))',
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row("5", "another family", before='sa.Column("a", sa.Integer())', after='sa.Column("a", sa.Date())'),
        {
            PG: Expected("modify_type", {"type-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "6", "VARCHAR(5) to VARCHAR(9)", before='sa.Column("a", sa.String(5))', after='sa.Column("a", sa.String(9))'
        ),
        {
            PG: Expected("modify_type", {"type-argument-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-argument-mismatch": "information"}),
        },
    ),
    Known(
        Row(
            "6",
            "NUMERIC(10, 2) to NUMERIC(12, 4)",
            before='sa.Column("a", sa.Numeric(10, 2))',
            after='sa.Column("a", sa.Numeric(12, 4))',
        ),
        {
            PG: Expected("modify_type", {"type-argument-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-argument-mismatch": "information"}),
        },
    ),
    Known(
        Row(
            "6", "time zone", before='sa.Column("a", sa.DateTime())', after='sa.Column("a", sa.DateTime(timezone=True))'
        ),
        {PG: Expected("modify_type", {"type-argument-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "6",
            "item type of an array",
            before='sa.Column("a", postgresql.ARRAY(sa.Integer()))',
            after='sa.Column("a", postgresql.ARRAY(sa.String()))',
        ),
        {PG: Expected("modify_type", {"type-argument-mismatch": "warning"})},
    ),
    Known(
        Row(
            "6", "JSON to JSONB", before='sa.Column("a", postgresql.JSON())', after='sa.Column("a", postgresql.JSONB())'
        ),
        {
            PG: Expected("modify_type", {"type-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-mismatch": "warning"}),
        },
    ),
    Known(
        Row("6", "String to Text", before='sa.Column("a", sa.String(5))', after='sa.Column("a", sa.Text())'),
        {
            PG: Expected("modify_type", {"type-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "6", "Integer to BigInteger", before='sa.Column("a", sa.Integer())', after='sa.Column("a", sa.BigInteger())'
        ),
        {
            PG: Expected("modify_type", {"type-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-mismatch": "warning"}),
        },
    ),
    Known(
        Row("6", "UUID to String", before='sa.Column("a", sa.Uuid())', after='sa.Column("a", sa.String(36))'),
        {
            PG: Expected("modify_type", {"type-mismatch": "warning"}),
            LITE: Expected("modify_type", {"type-mismatch": "warning"}),
        },
    ),
    Known(
        Row("7", "VARCHAR(5) to VARCHAR", before='sa.Column("a", sa.String(5))', after='sa.Column("a", sa.String())'),
        {
            PG: Expected("", {"type-argument-mismatch": "warning"}),
            LITE: Expected("", {"type-argument-mismatch": "information"}),
        },
    ),
    Known(
        Row(
            "8",
            "NUMERIC(10) to NUMERIC(10, 2)",
            before='sa.Column("a", sa.Numeric(10))',
            after='sa.Column("a", sa.Numeric(10, 2))',
        ),
        {
            PG: Expected("modify_type", {"type-argument-mismatch": "warning"}),
            LITE: Expected("", {"type-argument-mismatch": "information"}),
        },
    ),
    Known(
        Row(
            "9",
            "another family, compare_type=False",
            before='sa.Column("a", sa.Integer())',
            after='sa.Column("a", sa.Date())',
            configure="compare_type=False",
        ),
        {PG: Expected("", {"type-mismatch": "warning"}), LITE: Expected("", {"type-mismatch": "warning"})},
    ),
    Known(
        Row(
            "10",
            "a value of a native enum is added",
            before='sa.Column("a", sa.Enum("x", "y", name="e"))',
            after='sa.Column("a", sa.Enum("x", "y", "z", name="e"))',
        ),
        {PG: Expected("", {"enum-values-mismatch": "error"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "10",
            "a value of a native enum is removed",
            before='sa.Column("a", sa.Enum("x", "y", name="e"))',
            after='sa.Column("a", sa.Enum("x", name="e"))',
        ),
        {PG: Expected("", {"enum-values-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "10",
            "the order of a native enum",
            before='sa.Column("a", sa.Enum("x", "y", name="e"))',
            after='sa.Column("a", sa.Enum("y", "x", name="e"))',
        ),
        {PG: Expected("", {"enum-order-mismatch": "hint"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "11",
            "an enum type is renamed",
            before='sa.Column("a", sa.Enum("x", "y", name="e"))',
            after='sa.Column("a", sa.Enum("x", "y", name="f"))',
        ),
        {PG: Expected("modify_type", {"type-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "12",
            "a value of a CHECK enum of the same length",
            before='sa.Column("a", sa.Enum("x", "y", name="e", native_enum=False, create_constraint=True))',
            after='sa.Column("a", sa.Enum("x", "z", name="e", native_enum=False, create_constraint=True))',
        ),
        {
            PG: Expected("", {"check-expression-mismatch": "warning"}),
            LITE: Expected("", {"check-expression-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "12",
            "a longer value of a CHECK enum",
            before='sa.Column("a", sa.Enum("x", "y", name="e", native_enum=False, create_constraint=True))',
            after='sa.Column("a", sa.Enum("x", "longer", name="e", native_enum=False, create_constraint=True))',
        ),
        {
            PG: Expected("modify_type", {"check-expression-mismatch": "warning", "type-argument-mismatch": "warning"}),
            LITE: Expected(
                "modify_type", {"check-expression-mismatch": "warning", "type-argument-mismatch": "information"}
            ),
        },
    ),
    Known(
        Row(
            "12",
            "a value of a plain enum of the same length",
            before='sa.Column("a", sa.Enum("x", "y", name="e", native_enum=False))',
            after='sa.Column("a", sa.Enum("x", "z", name="e", native_enum=False))',
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "13",
            "a server default is added",
            before='sa.Column("a", sa.Integer())',
            after='sa.Column("a", sa.Integer(), server_default="1")',
        ),
        {
            PG: Expected("", {"server-default-mismatch": "warning"}),
            LITE: Expected("", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "13",
            "a server default is added, opted in",
            before='sa.Column("a", sa.Integer())',
            after='sa.Column("a", sa.Integer(), server_default="1")',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("modify_default", {"server-default-mismatch": "warning"}),
            LITE: Expected("modify_default", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "13",
            "a server default is changed",
            before='sa.Column("a", sa.Integer(), server_default="1")',
            after='sa.Column("a", sa.Integer(), server_default="2")',
        ),
        {
            PG: Expected("", {"server-default-mismatch": "warning"}),
            LITE: Expected("", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "13",
            "a server default is changed, opted in",
            before='sa.Column("a", sa.Integer(), server_default="1")',
            after='sa.Column("a", sa.Integer(), server_default="2")',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("modify_default", {"server-default-mismatch": "warning"}),
            LITE: Expected("modify_default", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "13",
            "a server default is removed, opted in",
            before='sa.Column("a", sa.Integer(), server_default="1")',
            after='sa.Column("a", sa.Integer())',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("modify_default", {"server-default-mismatch": "warning"}),
            LITE: Expected("modify_default", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "13",
            "a server default of a JSON column, opted in",
            before='sa.Column("a", sa.JSON(), server_default="{}")',
            after='sa.Column("a", sa.JSON(), server_default="[]")',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("refused", {"server-default-mismatch": "warning"}),
            LITE: Expected("modify_default", {"server-default-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "14",
            "true() and text('true'), opted in",
            before='sa.Column("a", sa.Boolean(), server_default=sa.true())',
            after='sa.Column("a", sa.Boolean(), server_default=sa.text("true"))',
            configure=DEFAULTS,
        ),
        {PG: Expected(""), LITE: Expected("modify_default", {"server-default-mismatch": "hint"})},
    ),
    Known(
        Row(
            "14",
            "now() and CURRENT_TIMESTAMP, opted in",
            before='sa.Column("a", sa.DateTime(), server_default=sa.func.now())',
            after='sa.Column("a", sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP"))',
            configure=DEFAULTS,
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "15",
            "a default of Python's",
            before='sa.Column("a", sa.Integer())',
            after='sa.Column("a", sa.Integer(), default=1)',
            configure=DEFAULTS,
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "16",
            "a generated column's expression",
            before='sa.Column("a", sa.Integer(), sa.Computed("id + 1"))',
            after='sa.Column("a", sa.Integer(), sa.Computed("id + 2"))',
        ),
        {PG: Expected("", {"computed-mismatch": "warning"}), LITE: Expected("", {"computed-mismatch": "warning"})},
    ),
    Known(
        Row(
            "16",
            "a generated column's expression, opted in",
            before='sa.Column("a", sa.Integer(), sa.Computed("id + 1"))',
            after='sa.Column("a", sa.Integer(), sa.Computed("id + 2"))',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("", {"computed-mismatch": "warning"}, warned=True),
            LITE: Expected("", {"computed-mismatch": "warning"}, warned=True),
        },
    ),
    Known(
        Row(
            "16",
            "a column is no longer generated, opted in",
            before='sa.Column("a", sa.Integer(), sa.Computed("id + 1"))',
            after='sa.Column("a", sa.Integer())',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("", {"computed-mismatch": "warning"}, warned=True),
            LITE: Expected("", {"computed-mismatch": "warning"}, warned=True),
        },
    ),
    Known(
        Row(
            "16",
            "a generated column becomes an identity",
            before='sa.Column("a", sa.Integer(), sa.Computed("id + 1"), nullable=False)',
            after='sa.Column("a", sa.Integer(), sa.Identity())',
            configure=DEFAULTS,
        ),
        {
            PG: Expected("", {"computed-mismatch": "warning"}, warned=True),
            LITE: Expected("", {"computed-mismatch": "warning"}, warned=True),
        },
    ),
    Known(
        Row(
            "17",
            "identity is added",
            before='sa.Column("a", sa.Integer(), nullable=False)',
            after='sa.Column("a", sa.Integer(), sa.Identity(), nullable=False)',
        ),
        {PG: Expected("", {"identity-mismatch": "warning"})},
    ),
    Known(
        Row(
            "17",
            "identity is added, opted in",
            before='sa.Column("a", sa.Integer(), nullable=False)',
            after='sa.Column("a", sa.Integer(), sa.Identity(), nullable=False)',
            configure=DEFAULTS,
        ),
        {PG: Expected("modify_default", {"identity-mismatch": "warning"})},
    ),
    Known(
        Row(
            "17",
            "identity becomes ALWAYS, opted in",
            before='sa.Column("a", sa.Integer(), sa.Identity())',
            after='sa.Column("a", sa.Integer(), sa.Identity(always=True))',
            configure=DEFAULTS,
        ),
        {PG: Expected("modify_default", {"identity-mismatch": "warning"})},
    ),
    Known(
        Row(
            "17",
            "identity starts elsewhere, opted in",
            before='sa.Column("a", sa.Integer(), sa.Identity(start=1))',
            after='sa.Column("a", sa.Integer(), sa.Identity(start=9))',
            configure=DEFAULTS,
        ),
        {PG: Expected("modify_default", {"identity-mismatch": "warning"})},
    ),
    Known(
        Row(
            "18",
            "a column joins the primary key",
            before='sa.Column("a", sa.Integer(), nullable=False)',
            after='sa.Column("a", sa.Integer(), primary_key=True)',
        ),
        {PG: Expected("", {"primary-key-mismatch": "error"}), LITE: Expected("", {"primary-key-mismatch": "error"})},
    ),
    Known(
        Row(
            "18",
            "the order of the primary key",
            statements_before=f'table("t", {AB}, sa.PrimaryKeyConstraint("a", "b"))',
            statements_after=f'table("t", {AB}, sa.PrimaryKeyConstraint("b", "a"))',
        ),
        {
            PG: Expected("", {"primary-key-mismatch": "information"}),
            LITE: Expected("", {"primary-key-mismatch": "information"}),
        },
    ),
    Known(
        Row(
            "19",
            "the primary key's name",
            statements_before='table("t", sa.Column("a", sa.Integer()), sa.PrimaryKeyConstraint("a", name="one"))',
            statements_after='table("t", sa.Column("a", sa.Integer()), sa.PrimaryKeyConstraint("a", name="two"))',
        ),
        {
            PG: Expected("", {"constraint-name-mismatch": "hint"}),
            LITE: Expected("", {"constraint-name-mismatch": "hint"}),
        },
    ),
    Known(
        Row(
            "20",
            "autoincrement is switched off in the database",
            statements_before='table("t", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))',
            statements_after=f'table("t", {ID})',
        ),
        {PG: Expected("", {"autoincrement-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "20",
            "autoincrement is switched off in the model",
            statements_before=f'table("t", {ID})',
            statements_after='table("t", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False))',
        ),
        {PG: Expected("", {"autoincrement-mismatch": "information"}), LITE: Expected("")},
    ),
    Known(
        Row("21", "a named UNIQUE is added", before=AB, after=AB + ', sa.UniqueConstraint("a", name="uq")'),
        {
            PG: Expected("add_constraint", {"missing-unique": "warning"}),
            LITE: Expected("add_constraint", {"missing-unique": "warning"}),
        },
    ),
    Known(
        Row("21", "a named UNIQUE is removed", before=AB + ', sa.UniqueConstraint("a", name="uq")', after=AB),
        {
            PG: Expected("remove_constraint", {"extra-unique": "warning"}),
            LITE: Expected("remove_constraint", {"extra-unique": "warning"}),
        },
    ),
    Known(
        Row(
            "21",
            "a UNIQUE is renamed",
            before=AB + ', sa.UniqueConstraint("a", name="one")',
            after=AB + ', sa.UniqueConstraint("a", name="two")',
        ),
        {
            PG: Expected("remove_constraint add_constraint", {"constraint-name-mismatch": "warning"}),
            LITE: Expected("remove_constraint add_constraint", {"constraint-name-mismatch": "warning"}),
        },
    ),
    Known(
        Row("22", "an unnamed UNIQUE is added", before=AB, after=AB + ', sa.UniqueConstraint("a")'),
        {
            PG: Expected("add_constraint", {"missing-unique": "warning"}),
            LITE: Expected("add_constraint", {"missing-unique": "warning"}),
        },
    ),
    Known(
        Row("23", "an unnamed UNIQUE is removed", before=AB + ', sa.UniqueConstraint("a")', after=AB),
        {
            PG: Expected("remove_constraint", {"extra-unique": "warning"}),
            LITE: Expected("", {"extra-unique": "warning"}),
        },
    ),
    Known(
        Row(
            "24",
            "the order of a UNIQUE",
            before=AB + ', sa.UniqueConstraint("a", "b", name="uq")',
            after=AB + ', sa.UniqueConstraint("b", "a", name="uq")',
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "25",
            "NULLS NOT DISTINCT",
            before=AB + ', sa.UniqueConstraint("a", name="uq")',
            after=AB + ', sa.UniqueConstraint("a", name="uq", postgresql_nulls_not_distinct=True)',
        ),
        {PG: Expected("remove_constraint add_constraint", {"unique-option-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "26",
            "a UNIQUE becomes deferrable",
            before=AB + ', sa.UniqueConstraint("a", name="uq")',
            after=AB + ', sa.UniqueConstraint("a", name="uq", deferrable=True)',
        ),
        {PG: Expected("", {"unique-option-mismatch": "warning"})},
    ),
    Known(
        Row(
            "27",
            "a UNIQUE becomes a unique index of that name",
            before=AB + ', sa.UniqueConstraint("a", name="uq")',
            after=AB + ', sa.Index("uq", "a", unique=True)',
        ),
        {
            PG: Expected("remove_constraint add_index", {"unique-kind-mismatch": "warning"}),
            LITE: Expected("remove_constraint add_index", {"unique-kind-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "27",
            "a unique index becomes a UNIQUE of that name",
            before=AB + ', sa.Index("uq", "a", unique=True)',
            after=AB + ', sa.UniqueConstraint("a", name="uq")',
        ),
        {
            PG: Expected("remove_index add_constraint", {"unique-kind-mismatch": "warning"}),
            LITE: Expected("remove_index add_constraint", {"unique-kind-mismatch": "warning"}),
        },
    ),
    Known(
        Row("28", "an index is added", before=AB, after=AB + ', sa.Index("ix", "a")'),
        {
            PG: Expected("add_index", {"missing-index": "warning"}),
            LITE: Expected("add_index", {"missing-index": "warning"}),
        },
    ),
    Known(
        Row("28", "an index is removed", before=AB + ', sa.Index("ix", "a")', after=AB),
        {
            PG: Expected("remove_index", {"extra-index": "information"}),
            LITE: Expected("remove_index", {"extra-index": "information"}),
        },
    ),
    Known(
        Row("28", "an index is renamed", before=AB + ', sa.Index("one", "a")', after=AB + ', sa.Index("two", "a")'),
        {
            PG: Expected("remove_index add_index", {"constraint-name-mismatch": "warning"}),
            LITE: Expected("remove_index add_index", {"constraint-name-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "28",
            "an index becomes unique",
            before=AB + ', sa.Index("ix", "a")',
            after=AB + ', sa.Index("ix", "a", unique=True)',
        ),
        {
            PG: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
            LITE: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "28",
            "the order of an index",
            before=AB + ', sa.Index("ix", "a", "b")',
            after=AB + ', sa.Index("ix", "b", "a")',
        ),
        {
            PG: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
            LITE: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
        },
    ),
    Known(
        Row("28", "DESC in an index", before=AB + ', sa.Index("ix", "a")', after=AB + ', sa.Index("ix", sa.desc("a"))'),
        {
            PG: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
            LITE: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "29",
            "the condition of an index",
            before=AB + ', sa.Index("ix", "a")',
            after=AB + ', sa.Index("ix", "a", postgresql_where=sa.text("a > 1"), sqlite_where=sa.text("a > 1"))',
        ),
        {
            PG: Expected("", {"index-definition-mismatch": "warning"}),
            LITE: Expected("", {"index-definition-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "29",
            "the condition of an index changes",
            before=AB + ', sa.Index("ix", "a", postgresql_where=sa.text("a > 1"), sqlite_where=sa.text("a > 1"))',
            after=AB + ', sa.Index("ix", "a", postgresql_where=sa.text("a > 2"), sqlite_where=sa.text("a > 2"))',
        ),
        {
            PG: Expected("", {"index-definition-mismatch": "warning"}),
            LITE: Expected("", {"index-definition-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "29",
            "the method of an index",
            before=AB + ', sa.Index("ix", "a")',
            after=AB + ', sa.Index("ix", "a", postgresql_using="hash")',
        ),
        {PG: Expected("", {"index-definition-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "29",
            "INCLUDE of an index",
            before=AB + ', sa.Index("ix", "a")',
            after=AB + ', sa.Index("ix", "a", postgresql_include=["b"])',
        ),
        {PG: Expected("", {"index-definition-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "29",
            "the operator class of an index",
            before='sa.Column("a", sa.String(5)), sa.Index("ix", "a")',
            after='sa.Column("a", sa.String(5)), sa.Index("ix", "a", postgresql_ops={"a": "varchar_pattern_ops"})',
        ),
        {PG: Expected("", {"index-definition-mismatch": "warning"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "30",
            "an index on an expression is added",
            before='sa.Column("a", sa.String(5))',
            after='sa.Column("a", sa.String(5)), sa.Index("ix", sa.text("lower(a)"))',
        ),
        {
            PG: Expected("add_index", {"missing-index": "warning"}),
            LITE: Expected("", {"missing-index": "warning"}, warned=True),
        },
    ),
    Known(
        Row(
            "30",
            "the expression of an index",
            before='sa.Column("a", sa.String(5)), sa.Index("ix", sa.text("lower(a)"))',
            after='sa.Column("a", sa.String(5)), sa.Index("ix", sa.text("upper(a)"))',
        ),
        {
            PG: Expected("remove_index add_index", {"index-definition-mismatch": "warning"}),
            LITE: Expected("", {"index-definition-mismatch": "warning"}, warned=True),
        },
    ),
    Known(
        Row(
            "31",
            "a foreign key is added",
            before='sa.Column("u_id", sa.Integer())',
            after=KEY + ")",
            first=OTHER,
        ),
        {
            PG: Expected("add_fk", {"missing-foreign-key": "error"}),
            LITE: Expected("add_fk", {"missing-foreign-key": "error"}),
        },
    ),
    Known(
        Row(
            "31",
            "a foreign key is removed",
            before=KEY + ")",
            after='sa.Column("u_id", sa.Integer())',
            first=OTHER,
        ),
        {
            PG: Expected("remove_fk", {"extra-foreign-key": "error"}),
            LITE: Expected("remove_fk", {"extra-foreign-key": "error"}),
        },
    ),
    Known(
        Row(
            "31",
            "a foreign key refers elsewhere",
            before=KEY + ")",
            after='sa.Column("u_id", sa.Integer()), sa.ForeignKeyConstraint(["u_id"], ["v.id"])',
            first=OTHER + "\n" + OTHER.replace('"u"', '"v"'),
        ),
        {
            PG: Expected("remove_fk add_fk", {"missing-foreign-key": "error"}),
            LITE: Expected("remove_fk add_fk", {"missing-foreign-key": "error"}),
        },
    ),
    Known(
        Row(
            "32",
            "ON DELETE",
            before=KEY + ")",
            after=KEY + ', ondelete="CASCADE")',
            first=OTHER,
        ),
        {
            PG: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
            LITE: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "32",
            "ON UPDATE",
            before=KEY + ', onupdate="CASCADE")',
            after=KEY + ")",
            first=OTHER,
        ),
        {
            PG: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
            LITE: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "32",
            "DEFERRABLE INITIALLY DEFERRED",
            before=KEY + ")",
            after=KEY + ', deferrable=True, initially="DEFERRED")',
            first=OTHER,
        ),
        {
            PG: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
            LITE: Expected("remove_fk add_fk", {"foreign-key-option-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "32",
            "NO ACTION and nothing",
            before=KEY + ")",
            after=KEY + ', ondelete="NO ACTION")',
            first=OTHER,
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "33",
            "a foreign key is renamed",
            before=KEY + ', name="one")',
            after=KEY + ', name="two")',
            first=OTHER,
        ),
        {
            PG: Expected("", {"constraint-name-mismatch": "hint"}),
            LITE: Expected("", {"constraint-name-mismatch": "hint"}),
        },
    ),
    Known(
        Row(
            "33",
            "MATCH FULL",
            before=KEY + ")",
            after=KEY + ', match="FULL")',
            first=OTHER,
        ),
        {
            PG: Expected("", {"foreign-key-option-mismatch": "warning"}),
            LITE: Expected("", {"foreign-key-option-mismatch": "warning"}),
        },
    ),
    Known(
        Row("34", "a named CHECK is added", before=AB, after=AB + ', sa.CheckConstraint("a > 1", name="ck")'),
        {PG: Expected("", {"missing-check": "error"}), LITE: Expected("", {"missing-check": "error"})},
    ),
    Known(
        Row(
            "34",
            "a named CHECK is added, with the plugin",
            before=AB,
            after=AB + ', sa.CheckConstraint("a > 1", name="ck")',
            configure=CHECKS,
        ),
        {
            PG: Expected("add_constraint", {"missing-check": "error"}),
            LITE: Expected("add_constraint", {"missing-check": "error"}),
        },
    ),
    Known(
        Row(
            "34",
            "a named CHECK is removed, with the plugin",
            before=AB + ', sa.CheckConstraint("a > 1", name="ck")',
            after=AB,
            configure=CHECKS,
        ),
        {
            PG: Expected("remove_constraint", {"extra-check": "warning"}),
            LITE: Expected("remove_constraint", {"extra-check": "warning"}),
        },
    ),
    Known(
        Row(
            "35",
            "the expression of a CHECK, with the plugin",
            before=AB + ', sa.CheckConstraint("a > 1", name="ck")',
            after=AB + ', sa.CheckConstraint("a > 2", name="ck")',
            configure=CHECKS,
        ),
        {
            PG: Expected("", {"check-expression-mismatch": "warning"}),
            LITE: Expected("", {"check-expression-mismatch": "warning"}),
        },
    ),
    Known(
        Row(
            "36",
            "an unnamed CHECK on both sides, with the plugin",
            before=AB + ', sa.CheckConstraint("a > 1")',
            after=AB + ', sa.CheckConstraint("a > 1")',
            configure=CHECKS,
        ),
        {PG: Expected("remove_constraint", {"check-expression-mismatch": "hint"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "37",
            "EXCLUDE is added",
            before=RANGE,
            after=RANGE + ', postgresql.ExcludeConstraint(("a", "&&"), name="ex", using="gist")',
        ),
        {PG: Expected("", {"exclude-mismatch": "warning"})},
    ),
    Known(
        Row(
            "37",
            "EXCLUDE is removed",
            before=RANGE + ', postgresql.ExcludeConstraint(("a", "&&"), name="ex", using="gist")',
            after=RANGE,
        ),
        {PG: Expected("", {"exclude-mismatch": "warning"})},
    ),
    Known(
        Row(
            "37",
            "EXCLUDE has another operator",
            before=RANGE + ', postgresql.ExcludeConstraint(("a", "&&"), name="ex", using="gist")',
            after=RANGE + ', postgresql.ExcludeConstraint(("a", "-|-"), name="ex", using="gist")',
        ),
        {PG: Expected("", {"exclude-mismatch": "warning"})},
    ),
    Known(
        Row(
            "38",
            "the comment of a column",
            before='sa.Column("a", sa.Integer(), comment="one")',
            after='sa.Column("a", sa.Integer(), comment="two")',
        ),
        {PG: Expected("modify_comment", {"comment-mismatch": "hint"}), LITE: Expected("")},
    ),
    Known(
        Row("38", "the comment of a table", before='comment="one"', after='comment="two"'),
        {PG: Expected("modify_comment", {"comment-mismatch": "hint"}), LITE: Expected("")},
    ),
    Known(
        Row(
            "39",
            "a sequence",
            statements_before=f'op.execute("CREATE SEQUENCE s")\ntable("t", {ID})',
            statements_after=f'table("t", {ID})',
        ),
        {PG: Expected("")},
    ),
    Known(
        Row(
            "39",
            "a view",
            statements_before=f'table("t", {ID})\nop.execute("CREATE VIEW w AS SELECT id FROM t")',  # noqa: S608 -- a constant
            statements_after=f'table("t", {ID})',
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "40",
            "a collation is added",
            before='sa.Column("a", sa.String(5))',
            after='sa.Column("a", sa.String(5, collation="C"))',
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "40",
            "another collation",
            before='sa.Column("a", sa.String(5, collation="POSIX"))',
            after='sa.Column("a", sa.String(5, collation="C"))',
        ),
        {PG: Expected("modify_type", {"collation-mismatch": "information"})},
    ),
    Known(
        Row(
            "40",
            "another collation (SQLite)",
            before='sa.Column("a", sa.String(5, collation="NOCASE"))',
            after='sa.Column("a", sa.String(5, collation="RTRIM"))',
        ),
        {LITE: Expected("", {"collation-mismatch": "information"})},
    ),
    Known(
        Row(
            "41", "the order of columns", before=AB, after='sa.Column("b", sa.Integer()), sa.Column("a", sa.Integer())'
        ),
        {PG: Expected(""), LITE: Expected("")},
    ),
    Known(
        Row(
            "42",
            "a column is renamed",
            before='sa.Column("fullname", sa.String(5))',
            after='sa.Column("full_name", sa.String(5))',
        ),
        {
            PG: Expected("add_column remove_column", {"renamed-column": "error"}),
            LITE: Expected("add_column remove_column", {"renamed-column": "error"}),
        },
    ),
    Known(
        Row(
            "42",
            "a table is renamed",
            statements_before=f'table("members", {ID}, sa.Column("email", sa.String(5)))',
            statements_after=f'table("member", {ID}, sa.Column("email", sa.String(5)))',
        ),
        {
            PG: Expected("add_table remove_table", {"renamed-table": "error"}),
            LITE: Expected("add_table remove_table", {"renamed-table": "error"}),
        },
    ),
)
