"""Constructs of real histories, one by one: a replay of them against what a database says after running them."""

# ruff: noqa: E501, S608 -- a program is written one statement a line; no SQL is built of what anybody enters

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from driftline.migrations.history import Migrated
from tests.migrations.describing import from_database, from_replay
from tests.migrations.replaying import replayed, run_for_real

pytestmark = pytest.mark.oracle

USERS = (
    "op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), "
    "sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))\n"
)
PARTITIONED = """
op.execute("CREATE TABLE r (id int PRIMARY KEY)")
op.execute("CREATE TABLE m (id int NOT NULL, at date NOT NULL DEFAULT now(), v int CHECK (v > 0), r int REFERENCES r, "
    "UNIQUE (at, v), CONSTRAINT pk_m PRIMARY KEY (id, at)) PARTITION BY RANGE (at)")
op.execute("CREATE INDEX ix_v ON m (v)")
op.execute("CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')")
op.execute("CREATE TABLE m_rest PARTITION OF m DEFAULT")
"""
OPERATION_CLASS = """
from alembic.operations import MigrateOperation, Operations

@Operations.register_operation("create_thing")
class CreateThing(MigrateOperation):
    def __init__(self, name, indexed=False):
        self.name, self.indexed = name, indexed

    @classmethod
    def create_thing(cls, operations, name, **options):
        return operations.invoke(cls(name, **options))

@Operations.implementation_for(CreateThing)
def create_thing(operations, operation):
    operations.execute("CREATE TABLE %s (id int)" % operation.name)
    if operation.indexed:
        operations.create_index(f"ix_{operation.name}", operation.name, ["id"])
"""
MODELS = """
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Book(Base):
    __tablename__ = "books"
    id = sa.Column(sa.Integer, primary_key=True)
    shelf_id = sa.Column(sa.ForeignKey("shelves.id"))
    kind = sa.Column(sa.Enum("novel", "atlas", name="kind"), nullable=False)
class Shelf(Base):
    __tablename__ = "shelves"
    __table_args__ = (sa.UniqueConstraint("room", "name"),)
    id = sa.Column(sa.Integer, primary_key=True)
    room = sa.Column(sa.String(20), nullable=False, index=True)
    name = sa.Column(sa.Text)
"""

POSTGRESQL = {
    "partitions": PARTITIONED,
    "partitions follow their parent": PARTITIONED
    + """
op.add_column("m", sa.Column("n", sa.Integer(), nullable=False, server_default="1", index=True))
op.create_index("ix_id", "m", ["id"])
op.drop_index("ix_v", table_name="m")
op.alter_column("m", "v", type_=sa.BigInteger(), nullable=False)
op.alter_column("m", "v", new_column_name="w")
op.create_check_constraint("ck", "m", "w > 0")
op.create_unique_constraint("uq", "m", ["id", "at", "w"])
op.create_foreign_key("fk", "m", "r", ["n"], ["id"])
op.drop_constraint("uq", "m")
op.execute("ALTER TABLE m DROP COLUMN r")
""",
    "keys of a partitioned table": PARTITIONED
    + "op.drop_constraint('pk_m', 'm')\nop.drop_constraint('m_at_v_key', 'm')",
    "a partitioned table is dropped": PARTITIONED + "op.drop_table('m')",
    "partitions are parted": PARTITIONED
    + "op.execute('ALTER TABLE m DETACH PARTITION m_1')\nop.add_column('m', sa.Column('n', sa.Integer()))",
    "partitions are attached": PARTITIONED
    + """
op.execute("CREATE TABLE m_2 (id int NOT NULL, at date NOT NULL, v int, r int, CONSTRAINT m_v_check CHECK (v > 0))")
op.execute("ALTER TABLE m ATTACH PARTITION m_2 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')")
""",
    "partitioned tables are renamed": PARTITIONED
    + """
op.rename_table("m", "mm")
op.add_column("mm", sa.Column("n", sa.Integer()))
op.rename_table("m_1", "mm_1")
op.add_column("mm", sa.Column("k", sa.Integer()))
""",
    "partitions of partitions": """
op.execute("CREATE TABLE m (id int NOT NULL, at date NOT NULL) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (id)")
op.execute("CREATE TABLE m_1_1 PARTITION OF m_1 FOR VALUES IN (1)")
op.create_index("ix", "m", ["id"])
op.add_column("m", sa.Column("k", sa.Integer()))
""",
    "tables like others": USERS
    + """
op.execute("CREATE TABLE plain (LIKE users)")
op.execute("CREATE TABLE whole (LIKE users INCLUDING ALL)")
op.execute("CREATE TABLE parts (LIKE users INCLUDING DEFAULTS INCLUDING CONSTRAINTS, extra int)")
op.execute("CREATE TABLE keys (LIKE users INCLUDING ALL EXCLUDING DEFAULTS)")
""",
    "tables that inherit": """
op.execute("CREATE TABLE p (id serial PRIMARY KEY, a int NOT NULL CHECK (a > 0), b text DEFAULT 'x')")
op.execute("CREATE TABLE c (z int) INHERITS (p)")
op.execute("ALTER TABLE p ADD COLUMN later int")
op.create_index("ixa", "p", ["a"])
op.create_unique_constraint("uq", "p", ["a"])
op.create_check_constraint("ck", "p", "a > 1")
op.alter_column("p", "a", new_column_name="aa")
op.execute("ALTER TABLE c NO INHERIT p")
op.add_column("p", sa.Column("own", sa.Integer()))
""",
    "views": USERS
    + """
op.execute("CREATE MATERIALIZED VIEW counts AS SELECT age, count(*) FROM users GROUP BY age")
op.create_index("ix_counts", "counts", ["age"], unique=True)
op.execute("CREATE INDEX ix_more ON counts (count)")
op.drop_index("ix_counts", table_name="counts")
op.execute("DROP INDEX ix_more")
op.execute("ALTER MATERIALIZED VIEW counts RENAME TO tallies")
op.execute("CREATE INDEX ix_counts ON tallies (age)")
op.execute("CREATE OR REPLACE VIEW adults AS SELECT id FROM users WHERE age > 17")
op.execute("ALTER TABLE adults ALTER COLUMN id SET DEFAULT 3")
op.execute("DROP VIEW IF EXISTS adults CASCADE")
op.execute("DROP MATERIALIZED VIEW tallies")
""",
    "operations of the project's own": OPERATION_CLASS
    + "op.create_thing('things')\nop.create_thing('lamps', indexed=True)\nop.invoke(CreateThing('cups'))",
    "operations with another method": """
from alembic.operations import MigrateOperation, Operations

class Made:
    def __init__(self, name, sql):
        self.name, self.sql = name, sql

class Reversible(MigrateOperation):
    def __init__(self, target):
        self.target = target

    @classmethod
    def invoke_for_target(cls, operations, target):
        return operations.invoke(cls(target))

@Operations.register_operation("make", "invoke_for_target")
class Make(Reversible):
    pass

@Operations.implementation_for(Make)
def make(operations, operation):
    operations.execute("CREATE TABLE %s (%s)" % (operation.target.name, operation.target.sql))

op.make(Made("v", "one int NOT NULL"))
""",
    "models that create themselves": MODELS + "Base.metadata.create_all(op.get_bind())",
    "models that are created one by one": MODELS
    + "for table in Base.metadata.sorted_tables: table.create(op.get_bind(), checkfirst=True)",
    "a model by its name": MODELS + "Base.metadata.tables['shelves'].create(bind=op.get_bind())",
    "one of several models": MODELS + "Base.metadata.create_all(bind=op.get_bind(), tables=[Shelf.__table__])",
    "a mapped class's table": MODELS
    + "Shelf.__table__.create(op.get_bind())\nShelf.__table__.create(op.get_bind(), checkfirst=True)",
    "models that drop themselves": MODELS
    + "Base.metadata.create_all(op.get_bind())\nBase.metadata.drop_all(op.get_bind(), tables=[Book.__table__])",
    "text built by a block": USERS
    + """
op.execute('''DO $$ BEGIN
    EXECUTE format('ALTER TABLE %I ADD COLUMN "My Col" int DEFAULT %L', 'users', '3');
    EXECUTE format('CREATE TABLE %2$s_%1$s (id int)', '1', 'part');
END $$''')
""",
    "an enum is made anew": """
kind = postgresql.ENUM("a", "b", name="kind", create_type=False)
kind.create(op.get_bind(), checkfirst=True)
op.create_table("t", sa.Column("k", kind, nullable=False, server_default="a"), sa.Column("ks", postgresql.ARRAY(kind)))
op.execute("ALTER TYPE kind RENAME TO kind_old")
postgresql.ENUM("a", "b", "c", name="kind").create(op.get_bind())
op.execute("ALTER TABLE t ALTER COLUMN k DROP DEFAULT, ALTER COLUMN k TYPE kind USING k::text::kind, ALTER COLUMN ks TYPE kind[] USING ks::text[]::kind[]")
op.execute("DROP TYPE kind_old")
""",
    "what need not be there": USERS
    + """
op.drop_table("nope", if_exists=True)
op.add_column("users", sa.Column("age", sa.Integer()), if_not_exists=True)
op.drop_column("users", "nope", if_exists=True)
op.drop_constraint("nope", "users", if_exists=True)
op.drop_index("nope", if_exists=True)
op.create_index("ixa", "users", ["age"], if_not_exists=True)
op.create_index("ixa", "users", ["age"], if_not_exists=True)
op.create_table("users", sa.Column("id", sa.Integer()), if_not_exists=True)
""",
    "other schemas": """
op.execute("CREATE SCHEMA IF NOT EXISTS other")
op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), schema="other")
op.create_table("s", sa.Column("t", sa.Integer(), sa.ForeignKey("other.t.id", ondelete="CASCADE")), schema="other")
op.create_index("ix_s", "s", ["t"], schema="other")
op.drop_index("ix_s", schema="other")
op.create_index(op.f("ix_s2"), "s", ["t"], schema="other")
op.execute("ALTER TABLE other.s RENAME TO s2")
op.execute("ALTER INDEX other.ix_s2 RENAME TO ix_s3")
""",
}

SQLITE = {
    "the table that a batch is given": USERS
    + """
t = sa.Table("users", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), sa.Column("age", sa.Integer()))
with op.batch_alter_table("users", copy_from=t) as batch_op:
    batch_op.alter_column("age", nullable=False)
""",
    "columns that a batch reflects otherwise": USERS
    + """
with op.batch_alter_table("users", reflect_args=[sa.Column("age", sa.BigInteger()), sa.Column("email", sa.Text())]) as batch_op:
    batch_op.add_column(sa.Column("born", sa.Date()))
with op.batch_alter_table("users", reflect_args=[sa.Column("age", sa.BigInteger(), nullable=False)], recreate="always") as batch_op:
    batch_op.add_column(sa.Column("died", sa.Date()))
""",
    "more for a batch's table": USERS
    + """
with op.batch_alter_table("users", table_args=(sa.CheckConstraint("age > 0", name="ck"),)) as batch_op:
    batch_op.alter_column("age", nullable=False)
""",
    "names by a batch's convention": USERS
    + """
with op.batch_alter_table("users", naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"}) as batch_op:
    batch_op.drop_constraint("uq_users_email", type_="unique")
""",
    "models that create themselves": MODELS + "Base.metadata.create_all(op.get_bind())",
    "operations of the project's own": OPERATION_CLASS + "op.create_thing('lamps', indexed=True)",
}


def assert_read(found: Migrated) -> None:
    """Nothing was impossible, and nothing was not understood."""
    assert found.problems == ()
    assert found.unknown == ()
    assert found.incomplete is None
    assert found.schema.incomplete == ()
    assert [one.key for one in found.schema.tables.values() if one.incomplete] == []


@pytest.mark.parametrize("case", POSTGRESQL)
def test_postgresql_has_what_is_replayed(database: sa.Connection, case: str) -> None:
    """A revision leaves the same schema in PostgreSQL and in a replay, and the replay knows it."""
    run_for_real(database, POSTGRESQL[case])
    found = replayed(POSTGRESQL[case])

    assert from_replay(found.schema) == from_database(database)
    assert_read(found)


@pytest.mark.parametrize("case", SQLITE)
def test_sqlite_has_what_is_replayed(case: str) -> None:
    """A revision leaves the same schema in SQLite and in a replay, and the replay knows it."""
    engine = sa.create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        run_for_real(connection, SQLITE[case])
        expected = from_database(connection)
    found = replayed(SQLITE[case], dialect="sqlite")

    assert from_replay(found.schema) == expected
    assert_read(found)
