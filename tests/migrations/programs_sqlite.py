"""Revisions as people write them, for SQLite: bodies of `upgrade()`, each run for real and replayed."""

# ruff: noqa: E501 -- a program is written one statement a line; no SQL is built of what anybody enters

from __future__ import annotations

from tests.migrations.replaying import sql

PROGRAMS = {
    "identity and comments, which SQLite has none of": """
op.create_table("t", sa.Column("id", sa.Integer, sa.Identity(), primary_key=True, comment="a"), comment="t")
op.add_column("t", sa.Column("n", sa.Integer, sa.Identity(always=True), comment="b"))
with op.batch_alter_table("t", recreate="always") as b:
    b.add_column(sa.Column("m", sa.Integer, sa.Identity(), comment="c"))
    b.alter_column("n", comment="d")
with op.batch_alter_table("t", copy_from=sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True, comment="q"), comment="r")) as b:
    b.add_column(sa.Column("z", sa.Integer, comment="s"))
sa.Table("own", sa.MetaData(), sa.Column("id", sa.Integer, sa.Identity(), comment="x"), comment="y").create(op.get_bind())
""",
    "indexes with a collation": """
op.create_table("t", sa.Column("id", sa.Integer), sa.Column("a", sa.Text), sa.Column("b", sa.Text))
op.create_index("i", "t", [sa.text("a COLLATE NOCASE DESC")])
op.create_index("j", "t", [sa.collate(sa.column("a"), "NOCASE"), "b"])
op.execute("CREATE INDEX k ON t (b COLLATE NOCASE)")
with op.batch_alter_table("t", recreate="always") as b:
    b.alter_column("b", new_column_name="c")
""",
    "columns in another order": """
op.create_table("t", *(sa.Column(name, sa.Integer) for name in "abcdef"))
with op.batch_alter_table("t", recreate="always", partial_reordering=[("c", "d"), ("a", "b")]) as b:
    b.add_column(sa.Column("g", sa.Integer), insert_before="b")
    b.add_column(sa.Column("h", sa.Integer), insert_after="f")
    b.add_column(sa.Column("i", sa.Integer))
op.create_table("u", *(sa.Column(name, sa.Integer) for name in "abcdef"))
with op.batch_alter_table("u", partial_reordering=[["f", "e", "d"], ["c", "a"]]) as b:
    b.drop_column("b")
    b.alter_column("c", new_column_name="z")
op.create_table("v", *(sa.Column(name, sa.Integer) for name in "abc"))
with op.batch_alter_table("v", recreate="never", partial_reordering=[("c", "b")]) as b:
    b.add_column(sa.Column("d", sa.Integer))
""",
    "AUTOINCREMENT, whose primary key has no name": """
op.create_table("t", sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name="pk_t"), sqlite_autoincrement=True)
op.create_table("u", sa.Column("id", sa.Text), sa.PrimaryKeyConstraint("id", name="pk_u"), sqlite_autoincrement=True)
op.create_table("v", sa.Column("id", sa.BigInteger), sa.Column("b", sa.Integer), sa.PrimaryKeyConstraint("id", "b", name="pk_v"), sqlite_autoincrement=True)
op.create_table("w", sa.Column("id", sa.Integer, sa.ForeignKey("t.id")), sa.PrimaryKeyConstraint("id", name="pk_w"), sqlite_autoincrement=True)
sa.Table("own", sa.MetaData(), sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name="pk_o"), sqlite_autoincrement=True).create(op.get_bind())
with op.batch_alter_table("t", recreate="always") as b:
    b.add_column(sa.Column("m", sa.Integer))
""",
    "batch rename + fk": """
op.create_table('p', sa.Column('id', sa.Integer, primary_key=True))
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('p_id', sa.Integer, sa.ForeignKey('p.id', name='fk')))
with op.batch_alter_table('p') as b:
    b.alter_column('id', new_column_name='pid')
with op.batch_alter_table('t') as b:
    b.drop_constraint('fk', type_='foreignkey')
    b.drop_column('p_id')
""",
    "pragma copy": """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.String(10), index=True))
op.execute('PRAGMA foreign_keys=OFF')
op.execute('ALTER TABLE t RENAME TO t_tmp')
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Text, nullable=False))
op.execute('INSERT INTO t SELECT * FROM t_tmp')
op.drop_table('t_tmp')
op.create_index('ix_t_a','t',['a'])
""",
    "enum check batch": """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('k', sa.Enum('a','b',name='k',create_constraint=True)))
with op.batch_alter_table('t') as b:
    b.alter_column('k', existing_type=sa.Enum('a','b',name='k',create_constraint=True), type_=sa.Enum('a','b','c',name='k2',create_constraint=True))
with op.batch_alter_table('t') as b:
    b.add_column(sa.Column('f', sa.Boolean(create_constraint=True, name='ck_f')))
    b.create_index('ix_f', ['f'])
""",
    "copy from": """
op.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE, b TEXT CHECK (b <> 1))')
t = sa.Table('t', sa.MetaData(), sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.Integer), sa.Column('b', sa.Text))
with op.batch_alter_table('t', copy_from=t, recreate='always') as b:
    b.alter_column('b', nullable=False)
""",
    "copy from a mapped class": """
from sqlalchemy.orm import declarative_base
Base = declarative_base()
Base.metadata.naming_convention = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
class T(Base):
    __tablename__ = 't'
    id = sa.Column(sa.Integer, primary_key=True)
    a = sa.Column(sa.String(256), nullable=False, unique=True)
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.String(40), unique=True))
for name, table in Base.metadata.tables.items():
    with op.batch_alter_table(name, copy_from=table, recreate='always') as batch_op:
        batch_op.alter_column('a', new_column_name='b')
""",
    "server defaults of a reflected table": """
op.create_table('t', sa.Column('a', sa.String(40), server_default='x'), sa.Column('b', sa.Text), sa.Column('n', sa.Integer, server_default=sa.text('7')))
t = sa.Table('t', sa.MetaData(), autoload_with=op.get_bind())
op.create_table('u', *[sa.Column(c.name, c.type, server_default=c.server_default) for c in t.c])
if t.c.b.server_default is None:
    op.add_column('u', sa.Column('z', sa.Integer))
""",
    "generated": """
op.execute('CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, g INT GENERATED ALWAYS AS (a*2) STORED)')
op.execute('ALTER TABLE t ADD COLUMN h INT AS (a+1)')
op.execute('ALTER TABLE t RENAME COLUMN a TO aa')
""",
    "executescript": r"""
conn = op.get_bind()
for stmt in '''CREATE TABLE a (id INTEGER PRIMARY KEY);
CREATE TABLE b (a INT REFERENCES a);
-- a; comment
CREATE INDEX ix_b ON b(a)'''.split(';\n'):
    if stmt.strip():
        conn.execute(sa.text(stmt))
""",
    "batches on a stack": """
import contextlib
op.create_table("t", sa.Column("id", sa.Integer))
op.create_table("u", sa.Column("id", sa.Integer))
with contextlib.ExitStack() as stack:
    batches = [stack.enter_context(op.batch_alter_table(name)) for name in ("t", "u")]
    for batch_op in batches:
        batch_op.add_column(sa.Column("z", sa.Integer, nullable=False, server_default="1"))
op.drop_table("u")
""",
    "names in any case": """
op.execute("CREATE TABLE low (id INTEGER, Other TEXT, PRIMARY KEY (ID))")
op.execute("ALTER TABLE LOW ADD COLUMN X int")
op.add_column("Low", sa.Column("y", sa.Integer))
op.execute("ALTER TABLE low RENAME COLUMN other TO z")
op.execute("CREATE TABLE IF NOT EXISTS LOW (other_one int)")
op.execute("CREATE INDEX IX ON LoW (Z)")
op.execute("CREATE UNIQUE INDEX uq ON low (Y)")
op.execute("DROP INDEX ix")
op.execute("ALTER TABLE LOW DROP COLUMN x")
if sa.inspect(op.get_bind()).has_table("LOW"):
    op.create_table("seen", sa.Column("id", sa.Integer))
op.execute("DROP TABLE IF EXISTS SEEN")
""",
    "two foreign keys over the same columns": """
op.create_table("t", sa.Column("id", sa.Integer), sa.Column("c", sa.Integer), sa.ForeignKeyConstraint(["c"], ["t.id"], ondelete="CASCADE"))
with op.batch_alter_table("t") as batch_op:
    batch_op.create_foreign_key("f1", "t", ["c"], ["id"])
""",
    "UNIQUE ON CONFLICT": """
op.execute("CREATE TABLE t (id integer primary key, a text UNIQUE ON CONFLICT REPLACE, b text, UNIQUE (b) ON CONFLICT IGNORE)")
with op.batch_alter_table("t", recreate="always") as batch_op:
    batch_op.add_column(sa.Column("z", sa.Integer))
""",
    "create": sql(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE, b int, c VARCHAR(10), d INT REFERENCES p(id), e BOOLEAN CHECK (e IN (0, 1)), f int GENERATED ALWAYS AS (id + 1) VIRTUAL, g INT AS (id) STORED, UNIQUE (a, b), CONSTRAINT ck CHECK (id > 0), FOREIGN KEY (b) REFERENCES p)",
    ),
    "alter": sql(
        "CREATE TABLE t (id int primary key, a int, b text)",
        "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 0",
        "ALTER TABLE t ADD d text REFERENCES t(id)",
        "ALTER TABLE t RENAME COLUMN a TO aa",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE u DROP COLUMN b",
        "CREATE INDEX IF NOT EXISTS ix ON u (aa COLLATE NOCASE DESC) WHERE aa > 1",
        "CREATE UNIQUE INDEX main.ux ON u (lower(c))",
        "DROP INDEX IF EXISTS ix",
        "PRAGMA foreign_keys=OFF",
    ),
    "by hand copy": sql(
        "CREATE TABLE t (id INTEGER NOT NULL, a int, PRIMARY KEY (id))",
        "CREATE INDEX ix_a ON t (a)",
        "PRAGMA foreign_keys=off",
        "CREATE TABLE t_new (id INTEGER NOT NULL, a int NOT NULL, b text, PRIMARY KEY (id), UNIQUE (b))",
        "INSERT INTO t_new (id, a) SELECT id, a FROM t",
        "DROP TABLE t",
        "ALTER TABLE t_new RENAME TO t",
        "CREATE INDEX ix_a ON t (a)",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM t WHERE id = 1; UPDATE t SET a = 1; END",
        "SELECT 1",
    ),
    "renames follow": sql(
        "CREATE TABLE p (id integer primary key, u int unique)",
        "CREATE TABLE c (p int references p (id), u int references p(u))",
        "ALTER TABLE p RENAME TO pp",
        "ALTER TABLE pp RENAME COLUMN u TO uu",
        "ALTER TABLE pp RENAME id TO ident",
    ),
    "without rowid": sql(
        "CREATE TABLE t (a text, b int, PRIMARY KEY (a, b)) WITHOUT ROWID",
    ),
    "types": sql(
        "CREATE TABLE t (a INT, b BIGINT UNSIGNED, c CHARACTER(20), d NCHAR(5), e CLOB, f BLOB, g DOUBLE PRECISION, h FLOAT, i NUMERIC(5,2), j DECIMAL, k DATETIME, l JSON, m UUID, n TIMESTAMP, o VARCHAR, p TINYINT, q STRING, r UNSIGNED BIG INT, s DATE DEFAULT CURRENT_DATE, t TEXT DEFAULT (lower('X')), u REAL DEFAULT -1.5, v BOOL)",
    ),
    "batch variants": """
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer, server_default="1"), sa.Column("b", sa.String(5)), sa.Column("p", sa.Integer, sa.ForeignKey("p.id", name="fk_p")), sa.UniqueConstraint("a", "b", name="uq_ab"), sa.CheckConstraint("a > 0", name="ck_a"), sa.Index("ix_b", "b"))
with op.batch_alter_table("t", recreate="always") as b:
    b.add_column(sa.Column("z", sa.Integer), insert_after="a")
    b.add_column(sa.Column("y", sa.Integer), insert_before="id")
with op.batch_alter_table("t", recreate="never") as b:
    b.add_column(sa.Column("w", sa.Integer))
with op.batch_alter_table("t") as b:
    b.drop_constraint("ck_a", type_="check")
    b.drop_column("a")
    b.alter_column("b", new_column_name="bb", type_=sa.Text(), nullable=False)
    b.drop_constraint("fk_p", type_="foreignkey")
    b.create_foreign_key("fk_p2", "p", ["p"], ["id"], ondelete="CASCADE")
with op.batch_alter_table("t", table_args=[sa.UniqueConstraint("z", name="uz")], table_kwargs={"sqlite_autoincrement": True}) as b:
    b.create_check_constraint("ck2", "z > 1")
    b.create_index("ix_z", ["z"], unique=True)
with op.batch_alter_table("t") as b:
    b.drop_index("ix_z")
    b.drop_constraint("ck2", type_="check")
    b.create_primary_key("pk", ["id", "z"])
""",
    "batch enum bool": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", sa.Enum("a", "b", name="k", create_constraint=True)), sa.Column("f", sa.Boolean()))
with op.batch_alter_table("t") as b:
    b.alter_column("k", existing_type=sa.Enum("a", "b", name="k", create_constraint=True), existing_nullable=True, type_=sa.Enum("a", "b", "c", name="k2", create_constraint=True))
with op.batch_alter_table("t") as b:
    b.drop_column("f")
""",
    "batch fk naming": """
naming = {"fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "ix": "ix_%(column_0_label)s"}
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("p", sa.Integer, sa.ForeignKey("p.id")), sa.Column("q", sa.Integer, sa.ForeignKey("p.id")))
with op.batch_alter_table("t", naming_convention=naming) as b:
    b.drop_constraint("fk_t_p_p", type_="foreignkey")
    b.create_foreign_key(b.f("fk_new"), "p", ["p"], ["id"], ondelete="SET NULL")
with op.batch_alter_table("t", reflect_kwargs={"listeners": []}) as b:
    b.alter_column("q", nullable=False)
""",
    "pass an Operations": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
def add(batch): batch.add_column(sa.Column("x", sa.Text)); return batch
with op.batch_alter_table("t") as batch:
    add(batch)
with op.batch_alter_table("t") as batch, op.batch_alter_table("t") as other:
    batch.add_column(sa.Column("y", sa.Text))
def cols(name): return [c["name"] for c in sa.inspect(op.get_bind()).get_columns(name)]
if "y" in cols("t") and "nope" not in cols("t"):
    with op.batch_alter_table("t") as b:
        b.drop_column("x")
""",
    "quoted names": sql(
        'CREATE TABLE "Order" ("a b" int, [c d] text, `e` real, "f""g" int)',
        'CREATE INDEX "x y" ON "Order" ([c d])',
        'ALTER TABLE "Order" RENAME "a b" TO "z"',
        "CREATE TABLE if not exists low (ID int, Id2 int); ",
    ),
}
"""By name; whatever they do is read."""

CREATED = """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
"""

PROGRAMS |= {
    "columns with a check": CREATED
    + """
op.add_column("t", sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0", name="ck")))
op.add_column("t", sa.Column("b", sa.Boolean(create_constraint=True, name="cb")))
op.add_column("t", sa.Column("c", sa.String(5), unique=True, index=True))
""",
    "references in the column's definition": CREATED
    + """
op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("t.id", name="fk", ondelete="CASCADE")), inline_references=True)
""",
    "actions of inline references": sql(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INT REFERENCES p(id) ON DELETE CASCADE ON UPDATE SET NULL, b INT CONSTRAINT f REFERENCES p ON DELETE SET NULL, FOREIGN KEY (a, b) REFERENCES p (id, id) ON DELETE CASCADE)",
    ),
    "actions that a copy loses": sql(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (a INT REFERENCES p(id) ON DELETE CASCADE, b INT CONSTRAINT f REFERENCES p(id) ON DELETE CASCADE, c INT, FOREIGN KEY (c) REFERENCES p(id) ON DELETE CASCADE)",
    )
    + """
with op.batch_alter_table("t") as batch:
    batch.alter_column("c", nullable=False)
""",
}

REFUSED = {
    "a unique column": CREATED + 'op.add_column("t", sa.Column("u", sa.String(5), unique=True))',
    "a column with a foreign key": CREATED + 'op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("t.id")))',
}
"""Columns that Alembic adds, and whose constraints it refuses to add to SQLite outside of a batch."""

NOT_READ = {
    "a table that a query fills": sql(
        "CREATE TABLE low (a int, b text)",
        "CREATE TABLE folded AS SELECT a, lower(b) AS b FROM low",
    ),
}
"""What cannot be read without a database: it is counted, and nothing false is said."""

_USERS = """
op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("email", sa.String(50)), sa.Column("age", sa.Integer()), sa.UniqueConstraint("email", name="uq"))
op.create_index("ix_age", "users", ["age"])
"""

THERE_AND_BACK = {
    "a batch": (
        _USERS,
        """
with op.batch_alter_table("users") as batch_op:
    batch_op.add_column(sa.Column("name", sa.Text(), nullable=False, server_default=""))
    batch_op.drop_constraint("uq", type_="unique")
    batch_op.alter_column("age", nullable=False, new_column_name="years")
""",
        """
with op.batch_alter_table("users") as batch_op:
    batch_op.alter_column("years", nullable=True, new_column_name="age")
    batch_op.create_unique_constraint("uq", ["email"])
    batch_op.drop_column("name")
""",
    ),
    "indexes and tables": (
        _USERS,
        """
op.drop_index("ix_age", table_name="users")
op.create_table("posts", sa.Column("author", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE")))
op.rename_table("users", "people")
""",
        """
op.rename_table("people", "users")
op.drop_table("posts")
op.create_index("ix_age", "users", ["age"])
""",
    ),
    "by hand": (
        _USERS,
        sql(
            "CREATE TABLE copied (id INTEGER NOT NULL PRIMARY KEY, email TEXT)",
            "DROP TABLE users",
            "ALTER TABLE copied RENAME TO users",
        ),
        sql("DROP TABLE users") + _USERS,
    ),
}
"""Bodies: what there is first, an `upgrade()`, and the `downgrade()` to it."""
