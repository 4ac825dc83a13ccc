"""Every pair of some sixty types, declared and migrated, with real Alembic and a real database beside us.

One table has a column of each type. For each type, the models declare all of these columns to be of that one type; then
Alembic says which it would modify, and we which differ. Whether two types are one is PostgreSQL's to say (it spells a
column's type in one way, whatever it was called); SQLite keeps what was written.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.dialects import postgresql as dialect_of_postgresql
from sqlalchemy.dialects import sqlite as dialect_of_sqlite

from driftline.rules.finding import Level
from tests.oracle.databases import Databases
from tests.oracle.referee import flat
from tests.support.project import Placed, findings

ANYWHERE = (
    "sa.Integer()", "sa.SmallInteger()", "sa.BigInteger()", "sa.INT()", "sa.String()", "sa.String(20)", "sa.String(30)",
    "sa.Unicode(20)", "sa.Text()", "sa.UnicodeText()", "sa.CHAR()", "sa.CHAR(3)", "sa.Numeric()", "sa.Numeric(10)",
    "sa.Numeric(10, 2)", "sa.Numeric(12, 2)", "sa.DECIMAL(10, 2)", "sa.Float()", "sa.Float(10)", "sa.Float(53)",
    "sa.Double()", "sa.DOUBLE_PRECISION()", "sa.REAL()", "sa.Boolean()", "sa.Date()", "sa.Time()",
    "sa.Time(timezone=True)", "sa.DateTime()", "sa.DateTime(timezone=True)", "sa.TIMESTAMP()",
    "sa.TIMESTAMP(timezone=True)", "sa.Interval()", "sa.LargeBinary()", "sa.PickleType()", "sa.JSON()", "sa.Uuid()",
    "sa.Uuid(native_uuid=False)", 'sa.Enum("a", "b", name="ab")', 'sa.Enum("a", "b", "c", name="abc")',
    'sa.Enum("x", "yyyyy", name="xy", native_enum=False)', 'sa.Enum("x", "z", native_enum=False, length=20)',
)  # fmt: skip
OF_POSTGRESQL = (
    "postgresql.JSONB()", "postgresql.UUID()", "postgresql.ARRAY(sa.Integer())", "sa.ARRAY(sa.String(20))",
    "sa.ARRAY(sa.String(30))", "sa.ARRAY(sa.Integer(), dimensions=2)", "sa.ARRAY(sa.Text())", "postgresql.INET()",
    "postgresql.CIDR()", "postgresql.MACADDR()", "postgresql.MACADDR8()", "postgresql.TSVECTOR()",
    "postgresql.TSQUERY()", "postgresql.INT4RANGE()", "postgresql.TSTZRANGE()", "postgresql.NUMMULTIRANGE()",
    "postgresql.TIMESTAMP(precision=3)", "postgresql.TIMESTAMP(timezone=True, precision=3)",
    "postgresql.TIMESTAMP(timezone=True, precision=6)", "postgresql.TIME(precision=3)", "postgresql.INTERVAL()",
    'postgresql.INTERVAL(fields="DAY TO SECOND")', "postgresql.INTERVAL(precision=3)", "postgresql.BIT()",
    "postgresql.BIT(4)",
    "postgresql.BIT(4, varying=True)", "postgresql.BIT(varying=True)", "postgresql.MONEY()", "postgresql.OID()",
    "postgresql.REGCLASS()", "postgresql.BYTEA()", 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")',
)  # fmt: skip
OF_SQLITE = (
    "sqlite.DATETIME()", "sqlite.DATE()", "sqlite.TIME()", "sqlite.JSON()", "sa.BLOB()", "sa.BINARY(3)",
    "sa.VARBINARY(3)", "sa.NCHAR(3)", "sa.NVARCHAR(20)", "sa.CLOB()",
    'sa.String(20).with_variant(sa.Text(), "sqlite")',
)  # fmt: skip

IMPORTS = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql, sqlite\n"
TYPES: Mapping[str, tuple[str, ...]] = {"postgresql": ANYWHERE + OF_POSTGRESQL, "sqlite": ANYWHERE + OF_SQLITE}
SPELLED_ANEW = {"postgresql": (r"\(6\)", ""), "sqlite": ("DECIMAL", "NUMERIC")}
"""What a database spells in two ways and takes for one: six digits of a second are all, a DECIMAL is a NUMERIC."""

CASES = [
    pytest.param(dialect, declared, id=f"{dialect}-{declared}") for dialect in TYPES for declared in TYPES[dialect]
]


@pytest.fixture(scope="session")
def postgresql(databases: Databases) -> sa.Engine:
    """An engine on a database of the session's server, in which nothing is ever committed."""
    return databases.scratch()


@pytest.mark.parametrize(("dialect", "declared"), CASES)
def test_every_other_type(dialect: str, declared: str, postgresql: sa.Engine) -> None:
    """Our operations are Alembic's; a finding that is more than a hint is there where the two types are two."""
    engine = postgresql if dialect == "postgresql" else sa.create_engine("sqlite://")
    reported, spelled = _asked(engine, declared)
    found = {str(one.finding.object): one for one in _found(dialect, declared)}

    types = TYPES[dialect]
    stated = {types[int(name[1:])] for name, one in found.items() if one.finding.operations}
    told = {types[int(name[1:])] for name, one in found.items() if one.finding.level is not Level.HINT}
    different = {other for other in types if spelled[other] != spelled[declared]}

    assert {"missed": set(), "made up": set()} == {"missed": reported - stated, "made up": stated - reported}
    assert {"missed": set(), "made up": set()} == {"missed": different - told, "made up": told - different}


def _asked(engine: sa.Engine, declared: str) -> tuple[set[str], dict[str, str]]:
    """The migrated types that Alembic would change to the declared one, and how the database spells each."""
    types = TYPES[engine.dialect.name]
    with engine.connect() as connection, warnings.catch_warnings(action="ignore"):
        _table(types).create_all(connection)
        context = MigrationContext.configure(connection)
        answers = list(flat(compare_metadata(context, _table((declared,) * len(types)))))
        spelled = _spelled(connection)
        connection.rollback()
    assert {"modify_type"} >= {one[0] for one in answers}
    return {types[int(one[3][1:])] for one in answers}, {
        other: spelled[f"c{number}"] for number, other in enumerate(types)
    }


def _spelled(connection: sa.Connection) -> dict[str, str]:
    if connection.dialect.name == "postgresql":
        question = (
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass "
            "AND attnum > 0"
        )
        spelled = dict(connection.exec_driver_sql(question).tuples().all())
    else:
        spelled = {row[1]: row[2] for row in connection.exec_driver_sql("PRAGMA table_info(t)")}
    return {name: re.sub(*SPELLED_ANEW[connection.dialect.name], spelling) for name, spelling in spelled.items()}


def _table(types: tuple[str, ...]) -> sa.MetaData:
    names: dict[str, Any] = {"sa": sa, "postgresql": dialect_of_postgresql, "sqlite": dialect_of_sqlite}
    metadata = sa.MetaData()
    columns = [sa.Column(f"c{number}", eval(one, names)) for number, one in enumerate(types)]  # noqa: S307 -- ours
    sa.Table("t", metadata, *columns)
    return metadata


def _found(dialect: str, declared: str) -> list[Placed]:
    types = TYPES[dialect]
    models = ", ".join(f'sa.Column("c{number}", {declared})' for number in range(len(types)))
    made = ", ".join(f'sa.Column("c{number}", {one})' for number, one in enumerate(types))
    return [
        one
        for one in findings(
            {
                "alembic.ini": (
                    f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = {dialect}://x/y\n"
                ),
                "alembic/env.py": (
                    "from alembic import context\nimport models\n\ncontext.configure(target_metadata=models.metadata)\n"
                ),
                "models.py": f'{IMPORTS}\nmetadata = sa.MetaData()\nsa.Table("t", metadata, {models})\n',
                "alembic/versions/0001.py": (
                    f"{IMPORTS}from alembic import op\n\nrevision = '0001'\ndown_revision = None\n\n\n"
                    f'def upgrade():\n    op.create_table("t", {made})\n'
                ),
            }
        )
        if one.finding.group == "drift" and one.finding.table == "t"
    ]
