"""Revisions as people write them, for PostgreSQL: bodies of `upgrade()`, each run for real and replayed."""

# ruff: noqa: E501 -- a program is written one statement a line; no SQL is built of what anybody enters

from __future__ import annotations

from tests.migrations.replaying import sql

PROGRAMS = {
    "batches that copy": """
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(40)), sa.Column("p_id", sa.Integer), sa.UniqueConstraint("a", name="uq"))
op.create_table("u", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(40), index=True, server_default="x"), sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")), sa.CheckConstraint("a <> 'b'"), sa.UniqueConstraint("a", "id"))
t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(200), nullable=False), sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id")), sa.UniqueConstraint("a", name="uq"), sa.UniqueConstraint("p_id"), sa.Index("ix_a", "a"))
with op.batch_alter_table("t", copy_from=t, recreate="always") as batch_op:
    batch_op.alter_column("a", new_column_name="b")
with op.batch_alter_table("u", recreate="always") as batch_op:
    batch_op.alter_column("a", type_=sa.String(99))
""",
    "rename col then constraint default names": """
op.create_table('a', sa.Column('id', sa.Integer, primary_key=True), sa.Column('b', sa.Text, unique=True))
op.alter_column('a','b',new_column_name='c')
op.drop_constraint('a_b_key','a')
op.create_unique_constraint(None,'a',['c'])
""",
    "drop type cascade": """
op.execute("CREATE TYPE k AS ENUM ('x')")
op.execute("CREATE TABLE t (id int, k k, CONSTRAINT ck CHECK (k = 'x'))")
op.execute("CREATE INDEX ix ON t (k)")
op.execute("DROP TYPE k CASCADE")
""",
    "drop pk column cascade": """
op.execute("CREATE TABLE p (id serial primary key, u int unique)")
op.execute("CREATE TABLE c (p int references p, u int references p(u))")
op.execute("ALTER TABLE p DROP COLUMN id CASCADE")
op.execute("ALTER TABLE p DROP CONSTRAINT p_u_key CASCADE")
""",
    "enum swap dance": """
op.execute("CREATE TYPE st AS ENUM ('a','b')")
op.create_table('t', sa.Column('s', postgresql.ENUM('a','b',name='st',create_type=False), server_default='a'))
op.execute("ALTER TYPE st RENAME TO st_old")
op.execute("CREATE TYPE st AS ENUM ('a','c')")
op.execute("ALTER TABLE t ALTER COLUMN s DROP DEFAULT, ALTER COLUMN s TYPE st USING s::text::st, ALTER s SET DEFAULT 'a'")
op.execute("DROP TYPE st_old")
""",
    "table swap": """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('x', sa.Text, index=True))
op.execute("ALTER TABLE t RENAME TO t_old")
op.create_table('t', sa.Column('id', sa.BigInteger, primary_key=True), sa.Column('x', sa.Text))
op.execute("INSERT INTO t SELECT * FROM t_old")
op.drop_table('t_old')
op.create_index('ix_t_x','t',['x'])
""",
    "pk swap using index": """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('n', sa.BigInteger))
op.execute("CREATE UNIQUE INDEX t_n ON t (n)")
op.execute("ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER n SET NOT NULL, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_n")
op.execute("ALTER TABLE t DROP COLUMN id")
op.execute("ALTER TABLE t RENAME n TO id")
op.execute("CREATE SEQUENCE t_id_seq2 OWNED BY t.id; ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq2')")
""",
    "alter type serial": """
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True), sa.Column('a', sa.String(5), server_default='x'))
op.alter_column('t','id',type_=sa.BigInteger())
op.alter_column('t','a',type_=sa.Text(),existing_type=sa.String(5),existing_server_default='x',nullable=False)
op.alter_column('t','id',server_default=None)
op.execute('DROP SEQUENCE t_id_seq')
""",
    "comment and quotes": r"""
op.execute('CREATE TABLE "Weird Table" ("Mixed Col" int, "select" text, CONSTRAINT "Odd Name" UNIQUE ("Mixed Col"))')
op.execute('COMMENT ON COLUMN "Weird Table"."select" IS \'it\'\'s\'')
op.alter_column('Weird Table', 'Mixed Col', new_column_name='mixed')
op.drop_constraint('Odd Name', 'Weird Table')
op.execute("COMMENT ON TABLE \"Weird Table\" IS E'a\\nb'")
""",
    "partition": """
op.execute("CREATE TABLE m (id int not null, d date not null, PRIMARY KEY (id, d)) PARTITION BY RANGE (d)")
op.execute("CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')")
op.execute("CREATE TABLE m_d PARTITION OF m DEFAULT")
op.execute("CREATE INDEX ix_m_d ON m (d)")
op.execute("ALTER TABLE m ADD COLUMN x int DEFAULT 3")
op.execute("ALTER TABLE m DETACH PARTITION m_1")
op.execute("DROP TABLE m")
""",
    "match and walrus": """
op.create_table('t', sa.Column('id', sa.Integer))
insp = sa.inspect(op.get_bind())
if 'x' not in (cols := {c['name'] for c in insp.get_columns('t')}):
    op.add_column('t', sa.Column('x', sa.Integer))
match op.get_context().dialect.name:
    case 'postgresql': op.add_column('t', sa.Column('pg', postgresql.JSONB))
    case _: op.add_column('t', sa.Column('other', sa.JSON))
""",
    "copied columns metadata": """
meta = sa.MetaData()
t = sa.Table('t', meta, sa.Column('id', sa.Integer, primary_key=True), sa.Column('p', sa.Integer, sa.ForeignKey('p.id')))
p = sa.Table('p', meta, sa.Column('id', sa.Integer, primary_key=True))
meta.create_all(op.get_bind(), tables=[p, t])
meta.drop_all(op.get_bind(), tables=[t])
p.create(op.get_bind(), checkfirst=True)
sa.Index('ix_p', p.c.id).create(op.get_bind())
""",
    "set schema follow": """
op.execute('CREATE SCHEMA s')
op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))
op.create_table('u', sa.Column('id', sa.Integer, primary_key=True), sa.Column('t', sa.Integer, sa.ForeignKey('t.id')))
op.execute('ALTER TABLE t SET SCHEMA s')
op.rename_table('t', 'tt', schema='s')
op.execute('ALTER SCHEMA s RENAME TO s2')
""",
    "search path": """
op.create_table("old", sa.Column("id", sa.Integer, primary_key=True))
op.execute("CREATE SCHEMA app")
op.execute("SET search_path TO app, public")
op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("old", sa.Integer, sa.ForeignKey("old.id")))
op.execute("CREATE TABLE b (id serial primary key, a int references a(id))")
op.create_index("ix_b", "b", ["a"])
op.execute("ALTER TABLE old ADD COLUMN x int")
op.rename_table("b", "bb")
op.execute("DROP INDEX ix_b")
op.execute("ALTER TABLE bb SET SCHEMA public")
op.execute("SET search_path TO DEFAULT")
op.create_table("c", sa.Column("id", sa.Integer, primary_key=True))
""",
    "search path of a dump": sql(
        "SELECT pg_catalog.set_config('search_path', '', false)",
        "CREATE TABLE public.t (id int)",
        "CREATE SCHEMA app",
        "SELECT set_config('search_path', 'app', true)",
        "CREATE TABLE t (id int)",
        "RESET search_path",
        "CREATE TABLE u (id int)",
    ),
    "a search path, and a schema that is written out": sql(
        "CREATE SCHEMA app",
        "CREATE TYPE kind AS ENUM ('a')",
        "SET search_path TO app, public",
        "CREATE TABLE public.t (id int PRIMARY KEY, up int REFERENCES public.t, kind public.kind)",
        "CREATE TABLE t (id int PRIMARY KEY, x int)",
        "CREATE TABLE u (id int PRIMARY KEY REFERENCES t, p int REFERENCES public.t)",
        "ALTER TABLE public.t ADD COLUMN y int",
        "ALTER TABLE t ADD COLUMN z int",
        "CREATE INDEX i ON public.t (y)",
        "CREATE INDEX i ON t (z)",
        "CREATE INDEX k ON t (z)",
        "DROP INDEX public.i",
        "ALTER TYPE public.kind RENAME TO sort",
        "DROP TABLE u, public.t",
        "CREATE TABLE public.t (sort public.sort)",
        "RESET search_path",
    ),
    "a search path, and operations that write the default schema out": """
op.execute("CREATE SCHEMA app")
op.execute("SET search_path TO app, public")
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("kind", sa.Enum("a", name="kind", schema="public")), schema="public")
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("up", sa.Integer))
op.create_table("u", sa.Column("id", sa.Integer, sa.ForeignKey("public.t.id"), primary_key=True), sa.Column("x", sa.Integer))
op.create_table("v", sa.Column("id", sa.Integer, sa.ForeignKey("t.id"), primary_key=True))
op.add_column("t", sa.Column("y", sa.Integer), schema="public")
op.add_column("t", sa.Column("z", sa.Integer))
op.create_foreign_key("fk_x", "u", "t", ["x"], ["id"], referent_schema="public")
op.create_foreign_key("fk_up", "t", "t", ["up"], ["id"])
op.create_index("i", "t", ["y"], schema="public")
op.create_index("i", "t", ["z"])
op.create_index("k", "t", ["z"])
op.drop_index("i", "t", schema="public")
op.alter_column("t", "y", nullable=False, schema="public")
with op.batch_alter_table("t", schema="public") as batch:
    batch.add_column(sa.Column("b", sa.Integer))
    batch.create_unique_constraint("uq_b", ["b"])
op.create_table("old", sa.Column("id", sa.Integer), schema="public")
op.rename_table("old", "new", schema="public")
sa.Table("own", sa.MetaData(), sa.Column("id", sa.Integer), schema="public").create(op.get_bind())
sa.Table("own", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("b", sa.Integer)).create(op.get_bind())
op.drop_table("own", schema="public")
op.execute("RESET search_path")
""",
    "indexes with a collation": """
op.create_table("t", sa.Column("id", sa.Integer), sa.Column("a", sa.Text), sa.Column("b", sa.Text))
op.create_index("i", "t", [sa.text('a COLLATE "C"')])
op.create_index("j", "t", [sa.collate(sa.column("a"), "C"), sa.column("b").collate("POSIX").desc()])
op.create_index("k", "t", [sa.text('lower(a) COLLATE "C"'), "b"])
"""
    + sql(
        'CREATE INDEX l ON t (a COLLATE "C", b)',
        'CREATE INDEX m ON t (a COLLATE pg_catalog."C" text_pattern_ops DESC NULLS LAST)',
        'CREATE INDEX n ON t ((a COLLATE "C"), (a || b COLLATE "C"), (lower(a)) COLLATE "C")',
        'CREATE INDEX ON t (a COLLATE "C")',
        'CREATE INDEX ON t ((a COLLATE "C"))',
        "ALTER TABLE t RENAME COLUMN a TO c",
    ),
    "names that are quoted": """
t = op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
q = op.get_bind().dialect.identifier_preparer.quote
op.execute(f"ALTER TABLE {q('t')} ADD COLUMN {q('Xy')} int")
preparer = op.get_context().dialect.identifier_preparer
op.execute("ALTER TABLE %s DROP COLUMN %s" % (preparer.quote_identifier("t"), preparer.quote("b")))
""",
    "columns of a table that was made": """
t = op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
for c in t.c:
    if c.name != "id":
        op.create_index(f"ix_{c.name}", "t", [c.name])
for c in t.columns:
    op.alter_column("t", c.name, comment="x")
op.alter_column("t", t.c["a"].name, nullable=False)
for name in t.c.keys():
    op.add_column("t", sa.Column(f"old_{name}", sa.Integer))
""",
    "tables of a reflected MetaData": """
t = op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("t", sa.Integer, sa.ForeignKey("t.id")))
op.create_table("z", sa.Column("id", sa.Integer))
m = sa.MetaData()
m.reflect(op.get_bind())
for c in m.tables["t"].columns:
    op.alter_column("t", c.name, comment="x")
op.create_index("i", "t", [m.tables["t"].c.a.name])
for at, name in enumerate(m.tables):
    op.execute(f"ALTER TABLE {name} ADD COLUMN every int")
some = sa.MetaData()
some.reflect(bind=op.get_bind(), only=["a"])
if "t" in some.tables and "z" not in some.tables:
    op.create_table("u", sa.Column("id", sa.Integer))
for at, table in enumerate(some.sorted_tables):
    op.add_column(table.name, sa.Column(f"at_{at}", sa.Integer))
""",
    "shadow tables, of columns that are reflected": """
t = op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
bind = op.get_bind()
m = sa.MetaData()
m.reflect(bind)
for name in list(m.tables):
    if name == "alembic_version":
        continue
    table = sa.Table(name, m, autoload_with=bind)
    columns = []
    for column in table.columns:
        columns.append(column._copy())
    sa.Table("shadow_" + name, m, *columns).create(bind, checkfirst=True)
op.create_table("again", *[c._copy() for c in sa.Table("t", sa.MetaData(), autoload_with=bind).c])
""",
    "constraints and indexes of a reflected table": """
t = op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer), sa.Column("b", sa.Text))
op.create_unique_constraint("u", "t", ["a"])
op.create_index("ix", "t", ["b"])
table = sa.Table("t", sa.MetaData(), autoload_with=op.get_bind())
for c in table.constraints:
    if isinstance(c, sa.UniqueConstraint):
        op.drop_constraint(c.name, "t")
for i in table.indexes:
    op.drop_index(i.name, "t")
""",
    "tables that refer to each other, dropped at once": sql(
        "CREATE SCHEMA app",
        "CREATE TABLE p (id int PRIMARY KEY, c int)",
        "CREATE TABLE c (id int PRIMARY KEY, p int REFERENCES p)",
        "ALTER TABLE p ADD FOREIGN KEY (c) REFERENCES c",
        "DROP TABLE p, c",
        "SET search_path TO app, public",
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int REFERENCES p)",
        "DROP TABLE p, c",
        "RESET search_path",
    ),
    "the primary key of a reflected table": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer))
t = sa.Table("t", sa.MetaData(), autoload_with=op.get_bind())
for c in t.columns:
    if not c.primary_key:
        op.create_index("ix_" + c.name, t.name, [c.name])
""",
    "odd names of types": sql('CREATE TABLE t (a "char", b name, c char, e character varying, f "char"[])'),
    "inspector guards": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

insp = sa.inspect(op.get_bind())
def column_exists(t, c):
    return c in [x["name"] for x in sa.inspect(op.get_bind()).get_columns(t)]
def table_exists(name):
    return name in insp.get_table_names()
def index_exists(t, i):
    return any(x["name"] == i for x in sa.inspect(op.get_bind()).get_indexes(t))
def fk_exists(t, n):
    return any(f["name"] == n for f in sa.inspect(op.get_bind()).get_foreign_keys(t))
if not table_exists("posts"):
    op.create_table("posts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("u", sa.Integer, sa.ForeignKey("users.id", name="fk_u")))
if not column_exists("users", "name"):
    op.add_column("users", sa.Column("name", sa.String(20)))
if not column_exists("users", "age"):
    op.add_column("users", sa.Column("age", sa.Integer))
if not index_exists("users", "ix_name"):
    op.create_index("ix_name", "users", ["name"])
if fk_exists("posts", "fk_u"):
    op.drop_constraint("fk_u", "posts", type_="foreignkey")
pk = sa.inspect(op.get_bind()).get_pk_constraint("posts")
if pk["constrained_columns"] == ["id"]:
    op.drop_constraint(pk["name"], "posts")
for u in sa.inspect(op.get_bind()).get_unique_constraints("users"):
    if u["column_names"] == ["email"]:
        op.drop_constraint(u["name"], "users", type_="unique")
""",
    "columns by their reflected types": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.DateTime), sa.Column("was", sa.DateTime(timezone=True)), sa.Column("s", sa.String(20)), sa.Column("n", sa.Numeric(10, 2)))
columns = {c["name"]: c["type"] for c in sa.inspect(op.get_bind()).get_columns("t")}
for name in ("at", "was", "s", "n"):
    if isinstance(columns[name], sa.DateTime) and columns[name].timezone != True:
        op.alter_column("t", name, type_=sa.DateTime(timezone=True))
    if isinstance(columns[name], (sa.Integer, sa.types.Numeric)):
        op.alter_column("t", name, nullable=False)
    if isinstance(columns[name], sa.String) and not isinstance(columns[name], sa.Text):
        op.alter_column("t", name, new_column_name="text")
""",
    "bulk insert and comments": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

t = op.create_table("kinds", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Text, comment="the name"), comment="kinds of things")
op.bulk_insert(t, [{"id": 1, "n": "a"}])
op.create_table_comment("users", "people")
op.create_table_comment("kinds", "others", existing_comment="kinds of things")
op.alter_column("users", "age", comment="in years")
op.drop_table_comment("users", existing_comment="people")
""",
    "exclude": """
op.create_table("r", sa.Column("id", sa.Integer), sa.Column("d", postgresql.DATERANGE))
op.create_exclude_constraint("no_overlap", "r", ("d", "&&"), using="gist", where=sa.text("id > 0"))
op.create_exclude_constraint("no_overlap2", "r", (sa.column("d"), "&&"), using="gist", deferrable=True)
op.drop_constraint("no_overlap2", "r")
""",
    "enum create checkfirst": """
bind = op.get_bind()
e = sa.Enum("a", "b", name="kind")
e.create(bind, checkfirst=True)
sa.Enum("a", "b", name="kind").create(bind, checkfirst=True)
op.create_table("t", sa.Column("k", postgresql.ENUM("a", "b", name="kind", create_type=False)))
op.add_column("t", sa.Column("k2", sa.Enum("a", "b", name="kind")))
mood = postgresql.ENUM("x", "y", name="mood")
mood.create(bind)
op.add_column("t", sa.Column("m", mood, server_default="x", nullable=False))
op.alter_column("t", "k2", type_=mood, postgresql_using="k2::text::mood")
op.alter_column("t", "k", type_=sa.String(10), existing_type=e, existing_nullable=True)
e.drop(bind, checkfirst=False)
""",
    "some tables of a metadata": """
meta = sa.MetaData()
a = sa.Table("a", meta, sa.Column("id", sa.Integer, primary_key=True))
b = sa.Table("b", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.ForeignKey("a.id")), sa.Index("ix_b", "a"))
c = sa.Table("c", meta, sa.Column("id", sa.Integer, primary_key=True))
meta.create_all(op.get_bind(), tables=[a, b])
meta.create_all(bind=op.get_bind(), tables=[meta.tables["c"]], checkfirst=True)
c.drop(op.get_bind(), checkfirst=True)
d = sa.Table("d", sa.MetaData(), sa.Column("x", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("y", sa.Integer, sa.Computed("x * 2", persisted=True)))
d.create(bind=op.get_bind(), checkfirst=True)
""",
    "DDL elements": """
from sqlalchemy.schema import CreateTable, DropTable, CreateIndex, DropIndex, AddConstraint, DropConstraint, CreateSchema, CreateSequence, Sequence, SetTableComment, SetColumnComment
meta = sa.MetaData()
t = sa.Table("t", meta, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Text, unique=True), sa.Column("o", sa.Integer))
u = sa.Table("u", meta, sa.Column("id", sa.Integer, primary_key=True))
ix = sa.Index("ix_o", t.c.o)
ix2 = sa.Index("ix_o2", t.c.o, unique=True)
op.execute(CreateTable(t))
op.execute(CreateTable(u))
op.execute(CreateIndex(ix))
op.execute(CreateIndex(ix2))
op.execute(DropIndex(ix2))
ck = sa.CheckConstraint("o > 0", name="ck_o")
t.append_constraint(ck)
op.execute(AddConstraint(ck))
uq = sa.UniqueConstraint(t.c.o, name="uq_o")
op.execute(AddConstraint(uq))
fk = sa.ForeignKeyConstraint([t.c.o], [u.c.id], name="fk_o")
op.execute(AddConstraint(fk))
op.execute(DropConstraint(uq))
op.execute(CreateSequence(Sequence("s")))
op.get_bind().execute(CreateSchema("other"))
op.execute(DropTable(sa.Table("u2", meta), if_exists=True))
""",
    "DDL with a context": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

op.execute(sa.DDL("ALTER TABLE users ADD COLUMN x int"))
op.execute(sa.DDL("ALTER TABLE %(t)s ADD COLUMN y int", context={"t": "users"}))
sa.DDL("ALTER TABLE users ADD COLUMN z int DEFAULT 5 %% 2").execute if False else None
op.execute(sa.schema.DDL("ALTER TABLE users ADD COLUMN z int DEFAULT (5 %% 2)"))
""",
    "maps, comprehensions and partials": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

list(map(lambda n: op.add_column("users", sa.Column(n, sa.Text)), ["m1", "m2"]))
[op.add_column("users", sa.Column(n, sa.Text)) for n in ("l1", "l2")]
any(op.add_column("users", sa.Column(n, sa.Text)) for n in ("g1", "g2"))
from functools import partial
add = partial(op.add_column, "users")
add(sa.Column("p1", sa.Text))
import itertools
for t, c in itertools.product(["users"], ["q1", "q2"]):
    op.add_column(t, sa.Column(c, sa.Text))
for i, c in enumerate(["e"], start=1):
    op.add_column("users", sa.Column(f"{c}{i}", sa.Text))
for c, ty in zip(("z1", "z2"), (sa.Text(), sa.Integer())):
    op.add_column("users", sa.Column(c, ty))
for k, v in {"d1": sa.Integer, "d2": sa.Text}.items():
    op.add_column("users", sa.Column(k, v()))
""",
    "try except": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

try:
    op.add_column("users", sa.Column("ok", sa.Text))
except Exception:
    pass
bind = op.get_bind()
try:
    with bind.begin_nested():
        op.drop_constraint("nope", "users", type_="unique")
except sa.exc.ProgrammingError:
    op.add_column("users", sa.Column("handled", sa.Text))
from contextlib import suppress
with suppress(Exception):
    op.add_column("users", sa.Column("suppressed", sa.Text))
try:
    op.add_column("users", sa.Column("t2", sa.Text))
except Exception:
    op.add_column("users", sa.Column("not_this", sa.Text))
else:
    op.add_column("users", sa.Column("t3", sa.Text))
finally:
    op.add_column("users", sa.Column("t4", sa.Text))
""",
    "early return": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

def up():
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    op.add_column("users", sa.Column("pg", sa.Text))
    if "posts" not in sa.inspect(bind).get_table_names():
        return
    op.drop_table("posts")
up()
def down():
    match op.get_bind().dialect.name:
        case "sqlite" | "mysql":
            op.drop_table("users")
        case "postgresql":
            op.add_column("users", sa.Column("matched", sa.Text))
        case _:
            raise NotImplementedError
down()
""",
    "class with run": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

class Op:
    registry = []
    def __init__(self, table, **kw):
        self.table = table; self.kw = kw
        self.registry.append(self)
    def run(self):
        raise NotImplementedError
class Add(Op):
    def run(self):
        for n, t in self.kw.items():
            op.add_column(self.table, sa.Column(n, t))
class Drop(Op):
    def __init__(self, table, *cols):
        super().__init__(table)
        self.cols = cols
    def run(self):
        with op.batch_alter_table(self.table) as b:
            for c in self.cols:
                b.drop_column(c)
ops = [Add("users", x=sa.Text(), y=sa.Integer()), Drop("users", "age")]
for o in ops: o.run()
from dataclasses import dataclass, field
@dataclass
class AddIndex:
    table: str
    columns: list
    unique: bool = False
    @property
    def name(self): return "ix_" + "_".join([self.table, *self.columns])
    def run(self): op.create_index(self.name, self.table, self.columns, unique=self.unique)
for o in (AddIndex("users", ["x"]), AddIndex("users", ["x", "y"], unique=True)): o.run()
""",
    "context managers": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

from contextlib import contextmanager
@contextmanager
def no_fks(bind):
    bind.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
    yield bind
with no_fks(op.get_bind()) as b:
    op.add_column("users", sa.Column("w", sa.Text))
with op.get_context().autocommit_block():
    op.create_index("ix_c", "users", ["age"], if_not_exists=True)
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS uq_c ON users (age) WHERE age > 3")
with op.batch_alter_table("users", schema=None) as batch_op:
    batch_op.add_column(sa.Column("bb", sa.Integer, nullable=True))
    batch_op.create_index(batch_op.f("ix_users_bb"), ["bb"], unique=False)
    batch_op.alter_column("age", existing_type=sa.INTEGER(), nullable=False, server_default="0")
    batch_op.create_foreign_key(None, "users", ["bb"], ["id"])
    batch_op.create_unique_constraint("uq_bb", ["bb"])
    batch_op.create_table_comment("cc") if hasattr(batch_op, "create_table_comment") else None
""",
    "session in revision": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

from sqlalchemy.orm import Session, declarative_base, sessionmaker
Base = declarative_base()
class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    email = sa.Column(sa.String)
session = Session(bind=op.get_bind())
for u in session.query(User).filter(User.email.is_(None)):
    u.email = "x"
session.execute(sa.text("ALTER TABLE users ADD COLUMN s int"))
session.execute(sa.update(User).values(email="x"))
session.flush(); session.commit()
s2 = sessionmaker(bind=op.get_bind())()
s2.execute(sa.text("ALTER TABLE users ADD COLUMN s2 int"))
users = sa.table("users", sa.column("id"), sa.column("email"))
op.execute(users.update().where(users.c.email == op.inline_literal("x")).values(email="y"))
conn = op.get_bind()
for row in conn.execute(sa.select(users.c.id)):
    conn.execute(users.update().where(users.c.id == row.id).values(email="z"))
res = conn.execute(sa.text("SELECT 1")).scalar()
op.add_column("users", sa.Column("after", sa.Text))
""",
    "alter column": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

op.alter_column("users", "age", new_column_name="years", type_=sa.BigInteger(), nullable=False, server_default=sa.text("3"))
op.alter_column("users", "email", existing_type=sa.String(50), type_=sa.Text(), existing_nullable=True)
op.alter_column("users", "id", server_default=None, autoincrement=False)
op.add_column("users", sa.Column("i", sa.Integer, sa.Identity(always=True), nullable=False))
op.alter_column("users", "i", server_default=None, existing_server_default=sa.Identity(always=True))
op.add_column("users", sa.Column("j", sa.Integer, nullable=False))
op.alter_column("users", "j", server_default=sa.Identity(start=5))
op.add_column("users", sa.Column("c", sa.Integer, sa.Computed("years * 2", persisted=True)))
op.alter_column("users", "years", schema="public", comment="c")
""",
    "drop schema cascade": """
op.execute("CREATE SCHEMA s3")
op.execute("CREATE TABLE s3.here (id int primary key)")
op.execute("CREATE TABLE there (id int references s3.here)")
op.execute("CREATE TYPE s3.k AS ENUM ('a')")
op.execute("CREATE TABLE kk (k s3.k, o int)")
op.execute("DROP SCHEMA s3 CASCADE")
""",
    "a helper that is given nothing": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

async def go(connection, name):
    await connection.run_sync(lambda c: c.execute(sa.text(f"ALTER TABLE users ADD COLUMN {name} int")))

def sync(c): op.add_column("users", sa.Column("s", sa.Text))
sync(None)
""",
    "op aliases": """
import alembic
import alembic.op as o
from alembic import op as operations
from alembic.op import create_table, f
alembic.op.create_table("a", sa.Column("id", sa.Integer))
o.create_index(o.f("ix"), "a", ["id"])
operations.add_column("a", sa.Column("b", sa.Text))
create_table("c", sa.Column("id", sa.Integer), sa.PrimaryKeyConstraint("id", name=f("pk_c")))
getattr(op, "add_column")("a", sa.Column("d", sa.Text))
fn = {"add": op.add_column, "drop": op.drop_column}
fn["add"]("a", sa.Column("e", sa.Text)); fn["drop"]("a", "b")
columns = [sa.Column("x", sa.Text), sa.Column("y", sa.Text)]
op.create_table("d", *columns, sa.Column("z", sa.Text), **{"comment": "hi"})
def timestamps(): return [sa.Column("created", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False), sa.Column("updated", sa.DateTime)]
op.create_table("e", sa.Column("id", sa.Integer, primary_key=True), *timestamps())
""",
    "column options": """
op.create_table("t", sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
  sa.Column("a", sa.String(length=10), server_default=sa.text("'x'"), index=True, unique=True),
  sa.Column("b", sa.Numeric(precision=10, scale=2, asdecimal=True)), sa.Column("c", sa.ARRAY(sa.String(5), dimensions=1)),
  sa.Column("d", postgresql.JSONB(astext_type=sa.Text()), server_default="{}"), sa.Column("e", sa.LargeBinary), sa.Column("f", sa.Interval),
  sa.Column("g", postgresql.TIMESTAMP(timezone=True, precision=3)), sa.Column("h", sa.Uuid), sa.Column("i", sa.UUID(as_uuid=False), server_default=sa.func.gen_random_uuid()),
  sa.Column("j", sa.JSON(none_as_null=True)), sa.Column("k", sa.PickleType), sa.Column("l", sa.Unicode(5)), sa.Column("m", sa.Float()), sa.Column("n", sa.Double),
  sa.Column("o", sa.Time(timezone=True)), sa.Column("p", postgresql.CITEXT) if False else sa.Column("p", postgresql.INET), sa.Column("q", postgresql.BIT(3, varying=True)),
  sa.Column("r", sa.Enum("x", "y", native_enum=False, length=7, create_constraint=True, name="ck_r")), sa.Column("s", sa.Boolean(create_constraint=True, name="ck_s")),
  sa.Column("u", sa.String(collation="C")), sa.Column("v", postgresql.TSVECTOR, sa.Computed("to_tsvector('english', a)", persisted=True)),
  sa.Column("w", sa.Integer, sa.Sequence("seq_w")), sa.Column("x", postgresql.INTERVAL(fields="DAY TO SECOND")), sa.Column("y", postgresql.OID), sa.Column("z", sa.SmallInteger, autoincrement=True),
  sa.Index("ix_gin", "d", postgresql_using="gin"), sa.Index("ix_low", sa.text("lower(a)"), unique=True), sa.Index("ix_inc", "b", postgresql_include=["e"], postgresql_where=sa.text("b > 0")),
  sa.CheckConstraint("b > 0", name="ck_b"), sa.CheckConstraint("m > 0"), sa.UniqueConstraint("b", "m", name="uq", postgresql_nulls_not_distinct=True, deferrable=True, initially="DEFERRED"),
  postgresql.ExcludeConstraint(("m", "="), name="excl", using="btree"))
""",
    "multi action": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int, ADD d int NOT NULL DEFAULT 1, DROP COLUMN IF EXISTS zz, DROP b, ALTER COLUMN a SET NOT NULL, ADD CONSTRAINT u UNIQUE (a, d), ADD CHECK (d > 0)",
    ),
    "rename column and type": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE IF EXISTS ONLY public.t RENAME a TO aa",
        'ALTER TABLE t ALTER aa SET DATA TYPE bigint USING (aa::bigint), ALTER c TYPE text COLLATE "C", ALTER COLUMN b TYPE varchar(3) USING substr(b, 1, 3)',
    ),
    "enum ops": sql(
        "CREATE TYPE e AS ENUM ('a','b')",
        "CREATE TABLE t (e e DEFAULT 'a', es e[])",
        "ALTER TYPE e RENAME VALUE 'a' TO 'A'",
        "ALTER TYPE public.e OWNER TO CURRENT_USER",
        "CREATE TYPE comp AS (x int, y int)",
        "ALTER TYPE comp ADD ATTRIBUTE z int",
        "CREATE TABLE cc (v comp)",
        "DROP TYPE comp CASCADE",
        "CREATE TYPE rng AS RANGE (subtype = int4)",
        "DROP TYPE rng",
    ),
    "domains": sql(
        "CREATE DOMAIN pos AS int CHECK (VALUE > 0)",
        "CREATE TABLE t (p pos NOT NULL, q pos[])",
        "ALTER DOMAIN pos RENAME TO positive",
        "CREATE DOMAIN gone AS text",
        "ALTER TABLE t ADD g gone",
        "DROP DOMAIN gone CASCADE",
    ),
    "identity": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t ALTER COLUMN id DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH 5 INCREMENT BY 2)",
        "ALTER TABLE t ALTER id SET GENERATED ALWAYS",
        "ALTER TABLE t ALTER id RESTART WITH 3",
        "ALTER TABLE t ADD g int GENERATED ALWAYS AS (a + 1) STORED",
        "ALTER TABLE t ALTER g DROP EXPRESSION",
    ),
    "sequences": sql(
        "CREATE SEQUENCE t_id_seq2",
        "CREATE TABLE t (id int DEFAULT nextval('t_id_seq2') NOT NULL, b int)",
        "ALTER SEQUENCE t_id_seq2 OWNED BY t.id",
        "CREATE SEQUENCE s2 AS bigint START 3",
        "ALTER TABLE t ALTER b SET DEFAULT nextval('s2'::regclass)",
        "DROP SEQUENCE s2 CASCADE",
        "ALTER SEQUENCE t_id_seq2 RENAME TO ss",
    ),
    "drop sequence cascade serial": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "DROP SEQUENCE t_id_seq CASCADE",
    ),
    "dropped column owns sequence": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t DROP COLUMN id",
        "ALTER TABLE t ADD COLUMN id bigserial",
        "ALTER TABLE t ADD PRIMARY KEY (id)",
    ),
    "using index": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "CREATE UNIQUE INDEX uq_ab ON t (a, b)",
        "ALTER TABLE t ADD CONSTRAINT uq_final UNIQUE USING INDEX uq_ab DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        "CREATE UNIQUE INDEX pk2 ON t (a)",
        "ALTER TABLE t ADD CONSTRAINT t_pk2 PRIMARY KEY USING INDEX pk2",
    ),
    "not valid": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NO INHERIT NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT ck",
        "CREATE TABLE p (id int primary key)",
        "ALTER TABLE ONLY t ADD CONSTRAINT fk FOREIGN KEY (a) REFERENCES p (id) MATCH SIMPLE ON UPDATE CASCADE ON DELETE SET NULL (a) NOT VALID",
        "ALTER TABLE t VALIDATE CONSTRAINT fk",
        "ALTER TABLE t ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED",
    ),
    "quoted": sql(
        'CREATE TABLE "Order" ("Id" int PRIMARY KEY, "order" int, "a b" text, "x""y" int)',
        'CREATE INDEX "Ix Up" ON "Order" ("a b", "x""y")',
        'ALTER TABLE "Order" RENAME COLUMN "a b" TO "c d"',
        'ALTER TABLE "Order" ADD "Late" int REFERENCES "Order" ("Id")',
        "CREATE TABLE UPPER (ID int, Foo TEXT)",
        "ALTER TABLE Upper ADD BAR int",
        'ALTER TABLE "Order" ADD CHECK ("Id" > 0)',
        'ALTER TABLE "Order" DROP CONSTRAINT "Order_Id_check"',
        'ALTER TABLE "Order" ADD UNIQUE ("c d")',
        "COMMENT ON TABLE \"Order\" IS E'it\\'s\\nfine'",
    ),
    "unicode and weird": sql(
        "CREATE TABLE t (id int, näme text, n2 text DEFAULT E'a\\'b;c', n3 text DEFAULT $$x;y$$)",
        """/* lead; */ ALTER TABLE t -- comment; here
 ADD z int; -- tail""",
        """CREATE TABLE u (
-- a comment, with a comma
id int, /* another, ( */ b int
)""",
    ),
    "do if": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        """DO $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='t' AND column_name='z') THEN
    ALTER TABLE t ADD COLUMN z int;
  END IF;
  BEGIN
    ALTER TABLE t ADD CONSTRAINT u UNIQUE (z);
  EXCEPTION WHEN duplicate_table THEN
    RAISE NOTICE 'x';
  END;
END
$$ LANGUAGE plpgsql;""",
    ),
    "do exists skip": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name='t' AND column_name='nope') THEN ALTER TABLE t RENAME COLUMN nope TO yep; END IF; END $$",
    ),
    "do exception type": sql(
        "DO $$ BEGIN CREATE TYPE k AS ENUM ('a', 'b'); EXCEPTION WHEN duplicate_object THEN null; END $$;",
        "CREATE TABLE t (k k)",
        "DO $x$ BEGIN ALTER TYPE k ADD VALUE 'c'; END $x$",
    ),
    "swap table": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "CREATE INDEX ix_a ON t (a)",
        "CREATE TABLE t_new (LIKE t INCLUDING ALL)",
        "ALTER TABLE t_new ADD COLUMN z int",
        "INSERT INTO t_new SELECT *, 1 FROM t",
        "DROP TABLE t CASCADE",
        "ALTER TABLE t_new RENAME TO t",
        "ALTER INDEX t_new_pkey RENAME TO t_pkey",
        "ALTER INDEX IF EXISTS t_new_a_idx RENAME TO ix_a",
    ),
    "like indexes names": sql(
        "CREATE TABLE t (a int, b int, CONSTRAINT foo UNIQUE (a), CHECK (b > 0), EXCLUDE USING btree (b WITH =))",
        "CREATE INDEX ix ON t (a, b)",
        "CREATE UNIQUE INDEX uix ON t (lower(b::text))",
        "CREATE TABLE u (LIKE t INCLUDING INDEXES INCLUDING CONSTRAINTS INCLUDING COMMENTS INCLUDING STORAGE INCLUDING STATISTICS, z int)",
    ),
    "inherits": sql(
        "CREATE TABLE p1 (a int NOT NULL)",
        "CREATE TABLE p2 (b text DEFAULT 'x', CHECK (b <> ''))",
        "CREATE TABLE c (c int, a int) INHERITS (p1, p2)",
        "ALTER TABLE p2 ADD d int",
        "ALTER TABLE p1 ALTER a DROP NOT NULL",
        "ALTER TABLE p2 RENAME b TO bb",
        "ALTER TABLE ONLY p2 ADD CONSTRAINT only_me CHECK (d > 0) NO INHERIT",
        "ALTER TABLE p2 DROP COLUMN d",
        "ALTER TABLE c NO INHERIT p1",
        "ALTER TABLE p1 ADD late int",
        "DROP TABLE p2 CASCADE",
    ),
    "partition hash": sql(
        "CREATE TABLE h (id int, k text, PRIMARY KEY (id, k)) PARTITION BY HASH (id)",
        "CREATE TABLE h0 PARTITION OF h (k DEFAULT 'z', CONSTRAINT ck CHECK (id > 0)) FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
        "CREATE INDEX ON h (k)",
        "CREATE INDEX ix_only ON ONLY h (id)",
        "ALTER TABLE h DETACH PARTITION h1",
        "ALTER TABLE h1 ADD z int",
    ),
    "index forms": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "CREATE INDEX ON t (a, lower(b) text_pattern_ops DESC NULLS LAST)",
        "CREATE INDEX IF NOT EXISTS ixc ON public.t USING btree (b varchar_pattern_ops ASC, (a + 1)) INCLUDE (c) WITH (fillfactor = 70) WHERE (a IS NOT NULL AND b <> 'x;y')",
        "CREATE INDEX IF NOT EXISTS ixc ON t (a)",
        "CREATE UNIQUE INDEX u ON t (a) NULLS NOT DISTINCT",
        "CREATE INDEX h ON t USING hash (a)",
        "CREATE INDEX brin_i ON t USING brin (id) WITH (pages_per_range = 4)",
        'CREATE INDEX coll ON t (b COLLATE "C")',
        "CREATE INDEX ex ON t ((b || c))",
        "DROP INDEX IF EXISTS public.h, coll RESTRICT",
        "ALTER INDEX u SET (fillfactor = 50)",
        "REINDEX TABLE t",
    ),
    "drop cascade": sql(
        "CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE)",
        "CREATE TABLE c (a int REFERENCES p, b int REFERENCES p (u))",
        "ALTER TABLE p DROP CONSTRAINT p_u_key CASCADE",
        "ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE",
        "ALTER TABLE p ADD PRIMARY KEY (id), ADD UNIQUE (u)",
        "ALTER TABLE c ADD FOREIGN KEY (a) REFERENCES p",
        "DROP TABLE p CASCADE",
    ),
    "view cascade": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "CREATE VIEW v AS SELECT * FROM t",
        "CREATE VIEW vv AS SELECT * FROM v",
        "ALTER TABLE t DROP COLUMN a CASCADE",
        "CREATE MATERIALIZED VIEW mv AS SELECT id FROM t WITH NO DATA",
        "CREATE UNIQUE INDEX mvu ON mv (id)",
        "REFRESH MATERIALIZED VIEW mv",
        "DROP VIEW IF EXISTS v, vv",
        "CREATE OR REPLACE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'DROP TABLE nope; SELECT 1'",
        " CREATE TRIGGER tr AFTER UPDATE OF b ON t FOR EACH ROW WHEN (OLD.b <> NEW.b) EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    ),
    "misc alter": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t OWNER TO CURRENT_USER, SET (autovacuum_enabled = false), SET UNLOGGED",
        "ALTER TABLE t SET LOGGED, CLUSTER ON t_pkey",
        "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY p ON t USING (true)",
        "ALTER TABLE t ALTER a SET STATISTICS 10, ALTER b SET STORAGE EXTERNAL, ALTER b SET COMPRESSION pglz",
        "ALTER TABLE t REPLICA IDENTITY USING INDEX t_pkey",
        "ALTER TABLE t DISABLE TRIGGER ALL",
        "CREATE TEMP TABLE tmp ON COMMIT DROP AS SELECT 1",
        "CREATE UNLOGGED TABLE ul (id int) WITH (fillfactor=10) TABLESPACE pg_default",
        "TRUNCATE t RESTART IDENTITY CASCADE",
        "LOCK TABLE t IN ACCESS EXCLUSIVE MODE",
        "ALTER TABLE t ADD e int CONSTRAINT nn NOT NULL DEFAULT 3 CONSTRAINT uu UNIQUE CONSTRAINT cc CHECK (e > 0) CONSTRAINT ff REFERENCES t (id) ON DELETE RESTRICT",
    ),
    "types": sql(
        "CREATE TABLE t (a int[], b integer[][], c int ARRAY, d varchar, e char, f character(3), g national character varying(5), h timestamp(3) without time zone, i time with time zone, j numeric, k numeric(8), l decimal(5,2), m float(10), n float(30), o bit, p bit varying, q interval year to month, r interval(3), u json, v int4range, w money, x pg_catalog.int8, y text, z tsvector)",
        "ALTER TABLE t ALTER a TYPE bigint[]",
    ),
    "constraints inline names": sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE t (a int, b int CHECK (b > 0) CHECK (b < 9), c int, UNIQUE (a) INCLUDE (c), UNIQUE NULLS NOT DISTINCT (c), CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES p, FOREIGN KEY (b, a) REFERENCES p (b, a) MATCH FULL, CHECK (a IS NOT NULL) NO INHERIT)",
        "SELECT 1",
    ),
    "add column variants": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t ADD COLUMN d timestamptz NOT NULL DEFAULT now(), ADD COLUMN e jsonb DEFAULT '{\"a\": [1, 2]}'::jsonb, ADD f text DEFAULT concat('a', ',', 'b') NOT NULL, ADD COLUMN g boolean DEFAULT false NOT NULL, ADD h int DEFAULT (1 + 2), ADD i text GENERATED ALWAYS AS (b || 'x') STORED, ADD j int UNIQUE, ADD k serial, ADD l text NULL DEFAULT NULL",
    ),
    "transactions": sql(
        "CREATE TABLE t (id int); ALTER TABLE t ADD a int; INSERT INTO t (id) VALUES (1);",
        "COMMIT",
    ),
    "extension owned": sql(
        "CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog",
        "COMMENT ON EXTENSION plpgsql IS 'x'",
    ),
    "enum swap": sql(
        "CREATE TYPE s AS ENUM ('a','b')",
        "CREATE TABLE t (s s NOT NULL DEFAULT 'a')",
        "ALTER TYPE s RENAME TO s_old",
        "CREATE TYPE s AS ENUM ('a','c')",
        "ALTER TABLE t ALTER s DROP DEFAULT",
        "ALTER TABLE t ALTER COLUMN s TYPE s USING (CASE s::text WHEN 'b' THEN 'c' ELSE s::text END)::s",
        "ALTER TABLE t ALTER s SET DEFAULT 'a'::s",
        "DROP TYPE s_old",
    ),
    "generated pk rename": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "ALTER TABLE t RENAME TO u",
        "ALTER SEQUENCE t_id_seq RENAME TO u_id_seq",
        "ALTER TABLE u RENAME CONSTRAINT t_pkey TO u_pkey",
        "ALTER TABLE u RENAME COLUMN id TO uid",
        "ALTER TABLE IF EXISTS nope RENAME TO nope2",
        "ALTER TABLE u ADD CONSTRAINT u_a_check CHECK (a > uid)",
    ),
    "pg_dump style": sql(
        """SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.users (
    id integer NOT NULL,
    email character varying(255) DEFAULT ''::character varying NOT NULL,
    state integer
);
CREATE SEQUENCE public.users_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE INDEX ix_users_email ON public.users USING btree (email);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_email_key UNIQUE (email);
""",
        "SET search_path TO public",
    ),
    "schemas renamed": r"""
op.execute(sa.schema.CreateSchema("s1"))
op.execute("CREATE SCHEMA IF NOT EXISTS \"S 2\"")
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("k", sa.Enum("a", name="e", schema="s1")), schema="s1")
op.create_table("t", sa.Column("id", sa.Integer, sa.ForeignKey("s1.t.id"), primary_key=True), schema="S 2")
op.execute('ALTER TABLE "S 2".t SET SCHEMA public')
op.execute('ALTER TABLE s1.t RENAME TO tt')
op.rename_table("tt", "ttt", schema="s1")
op.execute("ALTER TYPE s1.e SET SCHEMA public")
op.execute("ALTER SCHEMA s1 RENAME TO s3")
op.execute("DROP SCHEMA \"S 2\"")
""",
    "schemas of tables": sql(
        "CREATE SCHEMA s",
        "CREATE TABLE s.a (id int PRIMARY KEY)",
        "CREATE TABLE s.b (a int REFERENCES s.a ON DELETE CASCADE)",
        "CREATE TABLE a (id int PRIMARY KEY)",
        "CREATE INDEX i ON s.b (a)",
        "DROP INDEX s.i",
        "COMMENT ON COLUMN s.b.a IS 'x'",
    ),
    "statements split": r'''
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

SQL = """
-- first; comment
ALTER TABLE users ADD COLUMN a int;
CREATE INDEX ix_a ON users (a);

CREATE FUNCTION touch() RETURNS trigger AS $$
BEGIN
  ALTER TABLE users ADD COLUMN never int;
  RETURN NEW;
END;
$$ LANGUAGE plpgsql;
"""
for statement in SQL.split(";\n\n"):
    if statement.strip():
        op.execute(statement)
conn = op.get_bind()
for line in ["ALTER TABLE users ADD b int", "ALTER TABLE users ADD c int"]:
    conn.execute(sa.text(line))
stmts = [s.strip() for s in "ALTER TABLE users ADD d int; ALTER TABLE users ADD e int;".split(";") if s.strip()]
for s in stmts: op.execute(sa.text(s))
op.execute("""ALTER TABLE users
   ADD COLUMN {0} int,
   ADD COLUMN {name} text""".format("f", name="g"))
op.execute("ALTER TABLE %s ADD COLUMN %s int" % ("users", "h"))
op.execute("ALTER TABLE {table} ADD COLUMN {c} int".format_map({"table": "users", "c": "i"}))
import textwrap
op.execute(textwrap.dedent("""
    ALTER TABLE users ADD COLUMN j int
"""))
op.execute("; ".join(["ALTER TABLE users ADD l int", "ALTER TABLE users ADD m int"]))
''',
    "table metadata in helper": """
def make(name, *cols, **kw):
    return op.create_table(name, sa.Column("id", sa.Integer, primary_key=True), *cols, **kw)
t = make("a", sa.Column("x", sa.Text), sa.UniqueConstraint("x", name="ux"))
op.create_index(op.f("ix_%s_x" % t.name), t.name, [t.c.x.name])
u = make("b", sa.Column("a_id", sa.Integer, sa.ForeignKey(t.c.id)))
op.create_index("ix_low", "a", [sa.func.lower(t.c.x)])
op.create_index("ix_desc", "a", [t.c.x.desc()])
op.create_index("ix_txt", "a", [sa.text("x DESC NULLS LAST"), "id"])
op.create_foreign_key("fk2", source_table="b", referent_table="a", local_cols=["a_id"], remote_cols=["id"], ondelete="SET NULL", deferrable=True, initially="DEFERRED")
op.create_check_constraint("ck", "a", sa.column("id") > 5)
op.create_unique_constraint("uq2", "a", ["id", "x"])
op.drop_constraint("ux", table_name="a", type_="unique")
""",
    "naming via op.f none": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

op.create_foreign_key(None, "users", "users", ["age"], ["id"])
op.create_unique_constraint(None, "users", ["age"])
op.create_check_constraint("users_positive", "users", sa.text("age > 0"))
op.create_index(None, "users", ["age"])
op.create_primary_key("pk2", "x2", ["id"]) if False else None
op.drop_index("ix_users_age", "users")
op.drop_constraint(op.f("users_age_fkey"), "users", type_="foreignkey")
""",
    "rename columns loop with inspect": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

RENAMES = [("users", "age", "years"), ("users", "email", "mail")]
conn = op.get_bind()
insp = sa.inspect(conn)
for table, old, new in RENAMES:
    cols = {c["name"]: c for c in insp.get_columns(table)}
    if old in cols and new not in cols:
        op.alter_column(table, old, new_column_name=new, existing_type=cols[old]["type"], existing_nullable=cols[old]["nullable"])
for ix in insp.get_indexes("users"):
    if not ix["unique"]:
        op.drop_index(ix["name"], table_name="users")
""",
    "walrus and star": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

if (cols := [c["name"] for c in sa.inspect(op.get_bind()).get_columns("users")]) and "age" in cols:
    op.drop_column("users", "age")
first, *rest = ["a", "b", "c"]
for n in (first, *rest): op.add_column("users", sa.Column(n, sa.Text))
args = ("users", sa.Column("z", sa.Text)); op.add_column(*args)
kw = dict(table_name="users", column=sa.Column("y", sa.Text)); op.add_column(**kw)
op.create_table(*["t2", sa.Column("id", sa.Integer)], comment=None)
""",
    "global state": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

TABLES = {}
def table(fn):
    TABLES[fn.__name__] = fn
    return fn
@table
def orders(): return [sa.Column("id", sa.Integer, primary_key=True)]
@table
def items(): return [sa.Column("id", sa.Integer, primary_key=True), sa.Column("order", sa.ForeignKey("orders.id", ondelete="CASCADE"), nullable=False)] if False else [sa.Column("id", sa.Integer)]
for name, fn in sorted(TABLES.items(), key=lambda kv: -len(kv[0])):
    op.create_table(name, *fn())
""",
    "enum class": """
import enum
class Kind(str, enum.Enum):
    A = "a"
    B = "b"
class Num(enum.IntEnum):
    ONE = 1
op.create_table("t", sa.Column("k", sa.Enum(Kind)), sa.Column("v", sa.Enum(Kind, values_callable=lambda e: [m.value for m in e], name="kv")), sa.Column("n", sa.Enum(Num, name="num")), sa.Column("l", sa.Enum(*[m.value for m in Kind], name="l")), sa.Column("a", postgresql.ARRAY(sa.Enum("x", name="arr"))))
op.execute("ALTER TYPE kv ADD VALUE IF NOT EXISTS 'c' BEFORE 'b'")
for v in ("d", "e"):
    op.execute(f"ALTER TYPE kv ADD VALUE '{v}'")
""",
    "batch on pg": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

with op.batch_alter_table("users", recreate="auto") as b:
    b.add_column(sa.Column("n", sa.Text, server_default="x"))
    b.drop_index("nope", if_exists=True) if False else None
    b.drop_constraint("users_email_key", type_="unique")
    b.alter_column("email", new_column_name="mail", nullable=False)
    b.create_check_constraint("ck", "age > 0")
    b.execute("ALTER TABLE users ADD via int")
""",
    "type decorators": """
class MyType(sa.types.TypeDecorator):
    impl = sa.String(20)
    cache_ok = True
class GUID(sa.types.TypeDecorator):
    impl = sa.CHAR
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql": return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(sa.CHAR(32))
class User(sa.types.UserDefinedType):
    def get_col_spec(self, **kw): return "numeric(5, 2)"
op.create_table("t", sa.Column("a", MyType()), sa.Column("b", GUID(), primary_key=True), sa.Column("c", User))
""",
    "drop everything": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("u", sa.Integer, sa.ForeignKey("users.id")))
op.execute("DROP TABLE users CASCADE")
op.execute("DROP TABLE IF EXISTS a, b, c CASCADE")
op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))
""",
    "constraint triggers": sql(
        "CREATE TABLE a (id int PRIMARY KEY, b int)",
        "ALTER TABLE a ADD CONSTRAINT x UNIQUE (b) DEFERRABLE INITIALLY DEFERRED, ADD CONSTRAINT y FOREIGN KEY (b) REFERENCES a (id) ON UPDATE RESTRICT ON DELETE SET DEFAULT DEFERRABLE, ALTER COLUMN b SET DEFAULT 0",
        "ALTER TABLE a DROP CONSTRAINT IF EXISTS x, DROP CONSTRAINT IF EXISTS zz, ADD COLUMN \"c d\" text DEFAULT 'x''y', ADD CONSTRAINT \"Weird Name\" CHECK (\"c d\" <> '')",
        'ALTER TABLE a RENAME CONSTRAINT "Weird Name" TO plain',
        'ALTER TABLE a RENAME "c d" TO cd',
        "CREATE UNIQUE INDEX part ON a ((lower(cd))) WHERE b IS NOT NULL",
        "ALTER TABLE a ALTER cd TYPE varchar(30), ALTER cd DROP DEFAULT, ALTER cd SET NOT NULL",
    ),
    "pk changes": sql(
        "CREATE TABLE a (id int PRIMARY KEY, b int NOT NULL, c int)",
        "ALTER TABLE a DROP CONSTRAINT a_pkey",
        "ALTER TABLE a ADD CONSTRAINT pk PRIMARY KEY (id, b)",
        "ALTER TABLE a DROP COLUMN id",
        "ALTER TABLE a ADD COLUMN id bigserial PRIMARY KEY",
        "ALTER TABLE a DROP CONSTRAINT a_pkey, ALTER id DROP NOT NULL",
    ),
    "do nested": sql(
        "CREATE TABLE a (id int)",
        """DO $do$
DECLARE
  v_count integer := 0;
  rec RECORD;
BEGIN
  SELECT count(*) INTO v_count FROM a;
  CASE WHEN v_count = 0 THEN
    ALTER TABLE a ADD COLUMN b int;
  ELSE
    NULL;
  END CASE;
  IF v_count > 100 THEN
    RAISE EXCEPTION 'too many';
  ELSIF v_count = 0 THEN
    EXECUTE $q$ALTER TABLE a ADD COLUMN c int$q$;
  END IF;
  <<rows>>
  FOR i IN 1..2 LOOP
    INSERT INTO a (id) VALUES (i);
  END LOOP;
  BEGIN
    CREATE INDEX ix_a ON a (id);
  EXCEPTION
    WHEN duplicate_table THEN NULL;
    WHEN others THEN RAISE;
  END;
END
$do$""",
    ),
    "comments everywhere": sql(
        """/* c1 */ CREATE /* c2 */ TABLE -- c3
 a ( -- c4 )
 id int, /* ) */ b text DEFAULT '--x' /* c5 */ ) -- end""",
        "COMMENT ON COLUMN a.b IS 'semi;colon -- dash'",
        "ALTER TABLE a ADD c text DEFAULT '/* not a comment */'",
        "SELECT 1",
    ),
    "create table options": sql(
        "CREATE TABLE a (id int) WITH (fillfactor = 50)",
        "CREATE UNLOGGED TABLE IF NOT EXISTS b (id int)",
        "CREATE TABLE c (id int, EXCLUDE USING gist (int4range(id, id) WITH &&) WHERE (id > 0))",
        "CREATE TABLE d (LIKE a INCLUDING ALL, UNIQUE (id))",
        "SELECT 1",
        "SELECT 1",
        "SELECT 1",
    ),
    "keys that foreign keys need, by CASCADE": sql(
        "CREATE TABLE p (id int PRIMARY KEY, u int, parent int REFERENCES p)",
        "CREATE UNIQUE INDEX ix ON p (u)",
        "CREATE TABLE c (p int REFERENCES p, u int REFERENCES p (u))",
        "ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE",
        "DROP INDEX ix CASCADE",
    ),
    "keys that another key stands in for": sql(
        "CREATE TABLE p (id int UNIQUE)",
        "CREATE TABLE c (p int REFERENCES p (id))",
        "ALTER TABLE p ADD PRIMARY KEY (id)",
        "ALTER TABLE p DROP CONSTRAINT p_pkey",
    ),
    "references in the column's definition": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("t.id", name="fk", ondelete="CASCADE")), inline_references=True)
""",
    "alter constraint names": sql(
        "CREATE TABLE t1 (id int PRIMARY KEY)",
        "CREATE TABLE t2 (a int REFERENCES t1, CHECK (a > 0), UNIQUE (a))",
        "ALTER TABLE t2 RENAME TO t3",
        "ALTER TABLE t3 ADD UNIQUE (a)",
        "ALTER TABLE t3 ADD FOREIGN KEY (a) REFERENCES t1",
        "CREATE TABLE t2 (a int UNIQUE CHECK (a > 0) REFERENCES t1)",
    ),
}
"""By name; whatever they do is read."""

NOT_READ = {
    "do loops": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'nope' LOOP EXECUTE 'ALTER TABLE ' || quote_ident(r.tablename) || ' ADD COLUMN x int'; END LOOP; END $$",
    ),
    "ctas": sql(
        "CREATE TABLE t (id serial PRIMARY KEY, a int, b text, c varchar(10))",
        "CREATE TABLE copy AS SELECT id, a AS aa, b::text FROM t",
        "CREATE TABLE copy2 AS TABLE t WITH NO DATA",
        "CREATE TABLE copy3 AS SELECT * FROM t",
        "SELECT id, a INTO copy4 FROM t",
    ),
    "what the information schema says": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))

conn = op.get_bind()
exists = conn.execute(sa.text("SELECT 1 FROM information_schema.columns WHERE table_name='users' AND column_name='age'")).scalar()
if exists:
    op.drop_column("users", "age")
op.add_column("users", sa.Column("sure", sa.Text))
""",
    "a table of a type": sql(
        "CREATE TYPE comp AS (a int, b text)",
        "CREATE TABLE g OF comp (PRIMARY KEY (a))",
    ),
    "a template of the standard library": """
op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('email', sa.String(50), unique=True), sa.Column('age', sa.Integer()))
from string import Template
op.execute(Template("ALTER TABLE $t ADD COLUMN k int").substitute(t="users"))
""",
}
"""What cannot be read without a database: it is counted, and nothing false is said."""

_USERS = sql(
    "CREATE TABLE users (id serial PRIMARY KEY, email varchar(50) UNIQUE, age int CHECK (age > 0))",
    "CREATE TABLE posts (id serial PRIMARY KEY, author int REFERENCES users ON DELETE CASCADE)",
    "CREATE INDEX ix_age ON users (age)",
)

_NEEDED = ("CREATE TABLE p (id int PRIMARY KEY)", "CREATE TABLE c (p int REFERENCES p)")

REFUSED = {
    "a primary key that is needed": sql(*_NEEDED, "ALTER TABLE p DROP CONSTRAINT p_pkey"),
    "a primary key that is needed, by op": sql(*_NEEDED) + "\nop.drop_constraint('p_pkey', 'p', type_='primary')",
    "a unique constraint that is needed": sql(
        "CREATE TABLE p (id int UNIQUE)",
        "CREATE TABLE c (p int REFERENCES p (id))",
        "ALTER TABLE p DROP CONSTRAINT p_id_key",
    ),
    "a unique index that is needed": sql(
        "CREATE TABLE p (id int)",
        "CREATE UNIQUE INDEX ix ON p (id)",
        "CREATE TABLE c (p int REFERENCES p (id))",
        "DROP INDEX ix",
    ),
    "a key that its own table needs": sql(
        "CREATE TABLE p (id int PRIMARY KEY, parent int REFERENCES p)",
        "ALTER TABLE p DROP CONSTRAINT p_pkey",
    ),
    "a table that is referred to": sql(*_NEEDED, "DROP TABLE p"),
    "a table that is referred to, and another": sql(*_NEEDED, "CREATE TABLE d (id int)", "DROP TABLE p, d"),
    "a column that is referred to": sql(*_NEEDED, "ALTER TABLE p DROP COLUMN id"),
}
"""Drops that PostgreSQL refuses because of a foreign key."""

THERE_AND_BACK = {
    "tables": (
        _USERS,
        "op.create_table('tags', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('post', sa.Integer(), sa.ForeignKey('posts.id'), index=True))",
        "op.drop_index('ix_tags_post', table_name='tags')\nop.drop_table('tags')",
    ),
    "columns": (
        _USERS,
        "op.add_column('users', sa.Column('name', sa.Text(), nullable=False, server_default=''))\nop.alter_column('users', 'age', new_column_name='years', type_=sa.BigInteger())",
        "op.alter_column('users', 'years', new_column_name='age', type_=sa.Integer())\nop.drop_column('users', 'name')",
    ),
    "a column that comes back without its constraints": (
        _USERS,
        "op.drop_column('users', 'email')",
        "op.add_column('users', sa.Column('email', sa.String(50)))\nop.create_unique_constraint('users_email_key', 'users', ['email'])",
    ),
    "constraints": (
        _USERS,
        "op.drop_constraint('posts_author_fkey', 'posts', type_='foreignkey')\nop.create_foreign_key('fk', 'posts', 'users', ['author'], ['id'])\nop.create_check_constraint('ck', 'users', 'age < 200')",
        "op.drop_constraint('ck', 'users', type_='check')\nop.drop_constraint('fk', 'posts')\nop.create_foreign_key(None, 'posts', 'users', ['author'], ['id'], ondelete='CASCADE')",
    ),
    "enums": (
        _USERS,
        "sa.Enum('a', 'b', name='kind').create(op.get_bind())\nop.add_column('users', sa.Column('kind', postgresql.ENUM('a', 'b', name='kind', create_type=False)))",
        "op.drop_column('users', 'kind')\nsa.Enum(name='kind').drop(op.get_bind())",
    ),
    "renamed tables": (
        _USERS,
        "op.rename_table('users', 'people')\nop.execute('ALTER INDEX users_pkey RENAME TO people_pkey')",
        "op.execute('ALTER INDEX people_pkey RENAME TO users_pkey')\nop.rename_table('people', 'users')",
    ),
    "schemas": (
        _USERS,
        sql("CREATE SCHEMA blog", "ALTER TABLE posts SET SCHEMA blog", "ALTER TABLE blog.posts ADD title text"),
        sql("ALTER TABLE blog.posts DROP title", "ALTER TABLE blog.posts SET SCHEMA public", "DROP SCHEMA blog"),
    ),
    "partitions": (
        sql("CREATE TABLE m (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at)"),
        sql(
            "CREATE TABLE m_1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
            "CREATE INDEX ix ON m (at)",
        ),
        sql("DROP INDEX ix", "ALTER TABLE m DETACH PARTITION m_1", "DROP TABLE m_1"),
    ),
    "blocks": (
        _USERS,
        sql(
            "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "ALTER TABLE users ADD mood mood",
        ),
        sql("DROP TYPE IF EXISTS mood CASCADE"),
    ),
    "comments and defaults": (
        _USERS,
        "op.create_table_comment('users', 'people')\nop.alter_column('users', 'age', server_default='3', comment='in years', nullable=False)",
        "op.alter_column('users', 'age', server_default=None, comment=None, nullable=True)\nop.drop_table_comment('users')",
    ),
}
"""Bodies: what there is first, an `upgrade()`, and the `downgrade()` to it."""
