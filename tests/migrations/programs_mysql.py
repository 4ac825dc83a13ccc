"""Revisions as people write them, for MySQL and MariaDB: bodies of `upgrade()`."""

# ruff: noqa: E501 -- a program is written one statement a line; no SQL is built of what anybody enters

from __future__ import annotations

from tests.migrations.replaying import sql

PROGRAMS = {
    "batches that copy": """
op.create_table("p", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.String(20), unique=True))
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(40), unique=True), sa.Column("p_id", sa.Integer), sa.Column("f", sa.Integer, server_default="3"))
op.create_table("u", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(40), index=True, server_default="x"))
t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(200), nullable=False), sa.Column("p_id", sa.Integer, sa.ForeignKey("p.id", ondelete="CASCADE")), sa.Column("f", sa.BigInteger), sa.UniqueConstraint("a", "f", name="uq"), sa.UniqueConstraint("p_id"), sa.Index("ix_f", "f"))
with op.batch_alter_table("t", copy_from=t, recreate="always") as batch_op:
    batch_op.alter_column("a", new_column_name="b")
    batch_op.add_column(sa.Column("z", sa.Integer))
with op.batch_alter_table("u", recreate="always") as batch_op:
    batch_op.alter_column("a", type_=sa.String(99))
op.create_table("s", sa.Column("id", sa.Integer, primary_key=True), sa.Column("up", sa.Integer))
s = sa.Table("s", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("up", sa.Integer, sa.ForeignKey("s.id")))
op.execute("SET FOREIGN_KEY_CHECKS=0")
with op.batch_alter_table("s", copy_from=s, recreate="always") as batch_op:
    batch_op.add_column(sa.Column("z", sa.Integer))
op.execute("SET FOREIGN_KEY_CHECKS=1")
""",
    "create": sql(
        "CREATE TABLE `t` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `a` varchar(255) CHARACTER SET utf8 COLLATE utf8_bin DEFAULT NULL COMMENT 'the a', `k` enum('x','y''z') NOT NULL DEFAULT 'x', `s` set('p','q'), `f` tinyint(1) DEFAULT '0', `b` bool, `at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, `dt` datetime(6) DEFAULT NULL, `n` decimal(10,2) DEFAULT 0.00, d decimal(5), m mediumtext, l longblob, g int GENERATED ALWAYS AS (id + 1) VIRTUAL, g2 int AS (f * 2) STORED, PRIMARY KEY (`id`), UNIQUE KEY `uq` (`a`), KEY `ix` (`k`,`f`), KEY pre (m(10)), FULLTEXT KEY ft (`a`), CHECK (f < 2), CONSTRAINT ck CHECK (`n` >= 0)) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci ROW_FORMAT=DYNAMIC COMMENT='a table; with a comment'",
    ),
    "inline references": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p (id))",
    ),
    "unnamed": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int PRIMARY KEY, p int, q int, r int, UNIQUE (q), UNIQUE (q, r), KEY (r), INDEX (r, q), z int, FOREIGN KEY (p) REFERENCES p (id), FOREIGN KEY (q) REFERENCES p (id) ON DELETE CASCADE, CHECK (z > 0), CHECK (z < 9))",
        "ALTER TABLE t ADD FOREIGN KEY (r) REFERENCES p (id), ADD CHECK (z < 100), ADD UNIQUE (p), ADD INDEX (q)",
    ),
    "fk named index": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (p int, q int, CONSTRAINT c1 FOREIGN KEY ix_named (p) REFERENCES p (id) ON DELETE RESTRICT ON UPDATE NO ACTION, CONSTRAINT FOREIGN KEY (q) REFERENCES p (id) ON DELETE NO ACTION)",
    ),
    "drop fk and index": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE t DROP FOREIGN KEY fk",
        "ALTER TABLE t DROP INDEX fk",
    ),
    "drop several": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int PRIMARY KEY, p int, a int, UNIQUE KEY ua (a), CONSTRAINT ck CHECK (a > 0), CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE t DROP FOREIGN KEY fk, DROP KEY fk, DROP INDEX ua, DROP CONSTRAINT ck, DROP PRIMARY KEY, DROP COLUMN p",
    ),
    "drop constraint": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int PRIMARY KEY, p int, a int, UNIQUE KEY ua (a), CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE t DROP CONSTRAINT fk",
        "ALTER TABLE t DROP CONSTRAINT ua",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS nope",
        "ALTER TABLE t DROP COLUMN IF EXISTS nope, DROP INDEX IF EXISTS nope, ADD COLUMN IF NOT EXISTS a int",
    ),
    "modify": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "ALTER TABLE t MODIFY a varchar(50) NOT NULL DEFAULT 'x' COMMENT 'c'",
        "ALTER TABLE t MODIFY COLUMN p bigint unsigned",
        "ALTER TABLE t MODIFY b longtext FIRST",
        "ALTER TABLE t CHANGE a aa varchar(60) NULL AFTER id, CHANGE COLUMN `b` `b` text NOT NULL",
        "ALTER TABLE t MODIFY id bigint NOT NULL AUTO_INCREMENT",
    ),
    "modify loses default": sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL DEFAULT 3 COMMENT 'x', c int DEFAULT 4)",
        "ALTER TABLE t MODIFY a bigint",
        "ALTER TABLE t ALTER COLUMN c SET DEFAULT 9, ALTER a SET DEFAULT 1",
        "ALTER TABLE t ALTER c DROP DEFAULT",
    ),
    "modify keeps unique": sql(
        "CREATE TABLE t (id int PRIMARY KEY, a int UNIQUE, b int)",
        "ALTER TABLE t MODIFY a bigint UNIQUE",
        "ALTER TABLE t MODIFY b int UNIQUE KEY",
    ),
    "first after": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "ALTER TABLE t ADD COLUMN z int FIRST, ADD y int NOT NULL AFTER p, ADD COLUMN (x int, w int DEFAULT 2), ADD KEY (x)",
    ),
    "renames": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (p int, a int, KEY ia (a), CHECK (a > 0), FOREIGN KEY (p) REFERENCES p (id))",
        "RENAME TABLE t TO tt, p TO pp",
        "ALTER TABLE tt RENAME COLUMN a TO aa",
        "ALTER TABLE tt RENAME INDEX ia TO iaa, RENAME KEY p TO px",
        "ALTER TABLE tt RENAME ttt",
        "ALTER TABLE pp RENAME AS ppp",
        "ALTER TABLE ppp RENAME COLUMN id TO ident",
    ),
    "drop column of indexes": sql(
        "CREATE TABLE t (id int, a int, b int, c int, KEY iab (a, b), KEY icb (c, b), KEY ib (b))",
        "ALTER TABLE t DROP COLUMN b",
    ),
    "drop column check": sql(
        "CREATE TABLE t (id int, a int CHECK (a > 0), b int)",
        "ALTER TABLE t DROP COLUMN a",
    ),
    "column check": sql(
        "CREATE TABLE t (id int, a int, b int, c json, CONSTRAINT nn CHECK (b > 1))",
    ),
    "like": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int DEFAULT 3, KEY ix (a), UNIQUE u (a, id), CONSTRAINT ck CHECK (a > 0))",
        "CREATE TABLE t2 LIKE t",
        "CREATE TABLE IF NOT EXISTS t3 (LIKE t)",
    ),
    "like with fk": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "CREATE TABLE t2 LIKE t",
    ),
    "generated index needed": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int, p int, q int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "CREATE INDEX ipq ON t (p, q)",
        "ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (q) REFERENCES p (id)",
        "ALTER TABLE t ADD UNIQUE uq (q)",
    ),
    "index forms": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "CREATE UNIQUE INDEX u ON t (a(5))",
        "CREATE INDEX i USING BTREE ON t (a DESC, p)",
        "CREATE FULLTEXT INDEX ft ON t (b)",
        "CREATE INDEX IF NOT EXISTS i ON t (p)",
        "DROP INDEX u ON t",
        "DROP INDEX IF EXISTS nope ON t",
        "CREATE OR REPLACE INDEX i ON t (p)",
    ),
    "create or replace table": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "CREATE OR REPLACE TABLE t (id int PRIMARY KEY, n int)",
    ),
    "options": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text) CHARACTER SET utf8mb4",
        "ALTER TABLE t ENGINE=InnoDB, AUTO_INCREMENT=10, COMMENT 'hello', CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "ALTER TABLE t DEFAULT CHARSET=utf8mb4, ADD z int, ALGORITHM=INPLACE, LOCK=NONE",
        "SET FOREIGN_KEY_CHECKS=0",
        "ALTER DATABASE t CHARACTER SET utf8mb4",
        "OPTIMIZE TABLE t",
        "/*!40101 SET NAMES utf8 */",
        """# a comment; here
ALTER TABLE t ADD y int""",
    ),
    "triggers and views": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "CREATE VIEW v AS SELECT id FROM t",
        "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'x'",
        "CREATE DEFINER=root@localhost PROCEDURE pr() BEGIN DROP TABLE IF EXISTS nope; END",
        "DROP PROCEDURE IF EXISTS pr",
        "DROP VIEW v",
        "INSERT INTO t (a) VALUES ('it''s \\'; x')",
        "REPLACE INTO t (id) VALUES (5)",
    ),
    "types": sql(
        "CREATE TABLE t (a integer, b int unsigned, c bigint(20) unsigned zerofill, d smallint, e mediumint, f double, g float, h double precision, i real, j dec(4,1), k numeric(6,3), l char, m varchar(3), n binary(4), o varbinary(5), p tinytext, q blob, r date, s time, t year, u bit(3), v boolean DEFAULT true, w serial, x character varying(9), y nchar(3), z national varchar(4), aa json, ab datetime, ac timestamp NULL, ad float(7,3))",
    ),
    "serial": sql(
        "CREATE TABLE t (id SERIAL, a int)",
    ),
    "primary in column not null": sql(
        "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
        "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (a)",
        "SELECT 1",
    ),
    "timestamps implicit": sql(
        "CREATE TABLE t (a timestamp, b timestamp NOT NULL, c timestamp NULL)",
    ),
    "character sets": """
from sqlalchemy.dialects import mysql

op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Text()), sa.Column("b", sa.String(9), nullable=False), sa.Column("c", mysql.VARCHAR(9, charset="utf8mb3")), sa.Column("d", mysql.VARCHAR(9, charset="latin1")), sa.Column("e", mysql.TINYTEXT()), sa.Column("f", mysql.LONGTEXT()), sa.Column("g", sa.Enum("x", "y")), sa.Column("h", sa.LargeBinary()), sa.Column("i", mysql.MEDIUMTEXT()), mysql_default_charset="utf8mb3", mariadb_default_charset="utf8mb3")
op.execute("ALTER TABLE t ADD COLUMN j text CHARACTER SET utf8mb4, ADD COLUMN k text CHARACTER SET utf8mb3, MODIFY b varchar(12) CHARACTER SET utf8mb3 NOT NULL")
""",
    "converted": """
from sqlalchemy.dialects import mysql

op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Text()), sa.Column("b", sa.String(9), nullable=False), sa.Column("c", mysql.TEXT(charset="utf8mb4")), sa.Column("d", mysql.TEXT(charset="latin1")), sa.Column("e", mysql.TINYTEXT()), sa.Column("f", mysql.LONGTEXT()), sa.Column("g", sa.Enum("x", "y")), sa.Column("h", sa.LargeBinary()), sa.Column("i", mysql.MEDIUMTEXT()), mysql_charset="utf8mb3", mariadb_charset="utf8mb3")
op.execute("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
op.execute("ALTER TABLE t MODIFY COLUMN a TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NULL, ADD z text CHARACTER SET utf8mb4, ADD y text")
op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Text()), mysql_collate="utf8mb4_bin", mariadb_collate="utf8mb4_bin")
op.execute("ALTER TABLE u CONVERT TO CHARACTER SET latin1")
""",
    "later character sets": sql(
        "CREATE TABLE t (id int PRIMARY KEY, a text, b varchar(9) CHARACTER SET latin1, c char(3) CHARACTER SET utf8mb4) DEFAULT CHARACTER SET = utf8mb4 COLLATE = 'utf8mb4_bin'",
        "ALTER TABLE t ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET latin1",
        "ALTER TABLE t ADD d text, ADD e text CHARACTER SET latin1, ADD f text CHARACTER SET utf8mb4",
        "CREATE TABLE u (id int PRIMARY KEY, a text CHARACTER SET latin1) COLLATE latin1_bin COMMENT 'c'",
        "ALTER TABLE u COLLATE utf8mb4_bin",
        "CREATE TABLE v (id int PRIMARY KEY, a text COLLATE latin1_bin, b varchar(9) COLLATE utf8_bin, c text CHARACTER SET utf8) DEFAULT CHARSET=utf8 COLLATE=utf8_bin",
    ),
    "existing arguments": """
columns = [sa.Column(name, kind, nullable=False, server_default=value) for name, kind, value in (("a", sa.String(9), "x"), ("b", sa.String(9), "x"), ("c", sa.String(9), "x"), ("d", sa.DateTime(), "2020-01-01"), ("e", sa.DateTime(), "2020-01-01"), ("f", sa.DateTime(), "2020-01-01"), ("g", sa.DateTime(), "2020-01-01"))]
op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), *columns)
op.alter_column("t", "a", existing_type=sa.String(20))
op.alter_column("t", "b", existing_type=sa.String(20), server_default="y")
op.alter_column("t", "c", existing_type=sa.String(20), comment="c")
op.alter_column("t", "d", existing_type=sa.DateTime(), server_default=sa.func.now())
op.alter_column("t", "e", existing_type=sa.DateTime(), server_default=None)
op.alter_column("t", "f", existing_type=sa.DateTime())
op.alter_column("t", "g", existing_type=sa.DateTime(), existing_nullable=False, server_default=sa.func.now())
""",
    "op style": """
from sqlalchemy.dialects import mysql

op.create_table("p", sa.Column("id", sa.Integer(), autoincrement=True, nullable=False), sa.PrimaryKeyConstraint("id"), mysql_engine="InnoDB", mysql_charset="utf8mb4")
op.create_table("t", sa.Column("id", mysql.BIGINT(unsigned=True), primary_key=True), sa.Column("p", sa.Integer(), sa.ForeignKey("p.id", ondelete="RESTRICT")), sa.Column("b", sa.Boolean()), sa.Column("e", sa.Enum("a", "b", name="e")),
  sa.Column("u", sa.String(36), unique=True, index=True), sa.Column("x", sa.Text()), sa.Column("dt", mysql.DATETIME(fsp=6)), sa.Column("ts", sa.TIMESTAMP(), server_default=sa.text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")), sa.Column("j", sa.JSON()), sa.Index("ixx", "x", mysql_length=20), sa.CheckConstraint("p > 0"))
op.alter_column("t", "u", existing_type=sa.String(36), nullable=False, comment="c")
op.alter_column("t", "u", existing_type=sa.String(36), new_column_name="uu", existing_nullable=False)
op.alter_column("t", "b", existing_type=sa.Boolean(), server_default=sa.text("0"))
op.add_column("t", sa.Column("n", sa.Integer(), sa.ForeignKey("p.id"), nullable=False))
op.add_column("t", sa.Column("n2", sa.Integer(), index=True, unique=True))
op.drop_constraint("t_ibfk_1", "t", type_="foreignkey")
op.drop_index("p", table_name="t")
op.create_unique_constraint(None, "t", ["p", "n"])
op.create_foreign_key(None, "t", "p", ["p"], ["id"])
op.create_primary_key("pk2", "p2", ["id"]) if False else None
op.drop_constraint("n2", "t", type_="unique") if False else None
op.create_table_comment("t", "hi")
op.create_index("ix_len", "t", ["x"], mysql_length={"x": 5})
op.create_check_constraint("ck", "t", "n > 0")
op.drop_constraint("ck", "t", type_="check")
""",
    "batch": """
from sqlalchemy.dialects import mysql

op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()))
with op.batch_alter_table("t", schema=None) as b:
    b.add_column(sa.Column("z", sa.String(3)))
    b.create_unique_constraint("uz", ["z"])
    b.alter_column("a", existing_type=sa.Integer(), nullable=False, server_default="3")
    b.drop_column("z") if False else None
op.rename_table("t", "tt")
op.drop_constraint("uz", "tt", type_="unique")
""",
    "enum change": sql(
        "CREATE TABLE t (id int, k enum('a','b') NOT NULL)",
        "ALTER TABLE t MODIFY COLUMN k ENUM('a','b','c') NULL DEFAULT 'c'",
    ),
    "drop tables": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE a (id int)",
        "CREATE TABLE b (id int)",
        "DROP TABLE IF EXISTS a, nope",
        "DROP TABLE b RESTRICT",
        "CREATE TEMPORARY TABLE tt (id int)",
    ),
    "drop fk then column": sql(
        "CREATE TABLE p (id int NOT NULL AUTO_INCREMENT, a int, b int, PRIMARY KEY (id), KEY ix_ab (a, b))",
        "CREATE TABLE t (id int, p int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE t DROP FOREIGN KEY fk",
        "ALTER TABLE t DROP COLUMN p",
    ),
    "composite fk": sql(
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a, b))",
        "CREATE TABLE t (x int, y int, z int, KEY k (x), FOREIGN KEY (x, y) REFERENCES p (a, b) ON DELETE SET NULL)",
        "ALTER TABLE t ADD FOREIGN KEY (z) REFERENCES p (a) ON UPDATE CASCADE, DROP KEY k",
    ),
    "generated col pk": sql(
        "CREATE TABLE t (id int PRIMARY KEY, a varchar(10), u varchar(10) GENERATED ALWAYS AS (upper(a)) STORED UNIQUE, v int AS (id) PERSISTENT)",
        "ALTER TABLE t ADD w int GENERATED ALWAYS AS (id * 2) VIRTUAL AFTER a",
    ),
    "if exists forms": sql(
        "CREATE TABLE t (id int, a int)",
        "ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS ck CHECK (a > 0)",
        "ALTER TABLE t ADD INDEX IF NOT EXISTS ix (a)",
        "ALTER TABLE t ADD UNIQUE INDEX IF NOT EXISTS uq (a)",
        "ALTER TABLE t MODIFY COLUMN IF EXISTS nope int",
        "ALTER TABLE t CHANGE COLUMN IF EXISTS nope nope2 int",
        "ALTER TABLE t DROP CONSTRAINT IF EXISTS nope",
        "ALTER IGNORE TABLE t ADD c int",
        "ALTER TABLE IF EXISTS nope ADD c int",
        "ALTER ONLINE TABLE t ADD d int",
    ),
    "tokens": sql(
        'CREATE TABLE t (id int COMMENT "a \\" comment; here", `a b` varchar(5) DEFAULT "x", n int DEFAULT -1, e varchar(3) DEFAULT \'\')',
        "ALTER TABLE `t` COMMENT = 'x'",
    ),
}
"""By name; what MariaDB made of them is in mariadb.json."""

_NEEDED = (
    "CREATE TABLE p (id int PRIMARY KEY, x int)",
    "CREATE TABLE c (p int, q int, KEY k (p), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
)

PROGRAMS |= {
    "indexes that another stands in for": sql(*_NEEDED, "ALTER TABLE c ADD KEY k2 (p, q)", "ALTER TABLE c DROP KEY k"),
    "indexes that go with their foreign key": sql(*_NEEDED, "ALTER TABLE c DROP KEY k, DROP FOREIGN KEY f"),
    "a primary key that an index stands in for": sql(
        "CREATE TABLE p (id int PRIMARY KEY, UNIQUE u (id))",
        "CREATE TABLE c (p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE p DROP PRIMARY KEY",
    ),
    "the database's own name": sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "ALTER TABLE t.p ADD x int",
        "CREATE TABLE c (p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES t.p (id))",
        "CREATE INDEX ix ON t.c (p)",
        "CREATE TABLE e LIKE t.p",
        "RENAME TABLE t.c TO t.d",
    ),
    "without looking after foreign keys": sql(
        *_NEEDED,
        "SET FOREIGN_KEY_CHECKS=0",
        "DROP TABLE p",
        "CREATE TABLE d (p int, CONSTRAINT f2 FOREIGN KEY (p) REFERENCES later (id))",
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE later (id int PRIMARY KEY)",
        "SET SESSION foreign_key_checks = ON",
    ),
    "first and after, again": sql(
        "CREATE TABLE t (a int, b int, c int)",
        "ALTER TABLE t ADD z int FIRST, ADD y int AFTER a, MODIFY c int AFTER a, CHANGE b bb int FIRST",
    ),
    "checks that a column loses": sql(
        "CREATE TABLE t (a int CHECK (a > 0), b int, CHECK (b > 1))",
        "ALTER TABLE t CHANGE a aa int",
    ),
    "checks of columns that have a name of their table's": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0")), sa.CheckConstraint("a > 1"))
op.add_column("t", sa.Column("b", sa.Integer, sa.CheckConstraint("b > 0")))
op.execute("ALTER TABLE t ADD CHECK (b > 1)")
op.execute("ALTER TABLE t DROP CONSTRAINT CONSTRAINT_2")
""",
    "references in the column's definition": """
op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))
op.add_column("t", sa.Column("u", sa.Integer, sa.ForeignKey("t.id", name="fk", ondelete="CASCADE")), inline_references=True)
""",
}

REFUSED = {
    "a primary key that is needed": sql(*_NEEDED, "ALTER TABLE p DROP PRIMARY KEY"),
    "an index that is needed": sql(*_NEEDED, "ALTER TABLE c DROP KEY k"),
    "an index that is needed, by op": sql(*_NEEDED) + "\nop.drop_index('k', 'c')",
    "an index made for a foreign key": sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
        "DROP INDEX f ON c",
    ),
    "an index that took its place": sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int, q int, CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
        "CREATE INDEX k ON c (p, q)",
        "DROP INDEX k ON c",
    ),
    "a primary key that begins with it": sql(
        "CREATE TABLE p (id int PRIMARY KEY)",
        "CREATE TABLE c (p int, q int, PRIMARY KEY (p, q), CONSTRAINT f FOREIGN KEY (p) REFERENCES p (id))",
        "ALTER TABLE c DROP PRIMARY KEY",
    ),
    "a column that a foreign key is on": sql(*_NEEDED, "ALTER TABLE c DROP COLUMN p"),
    "a table that is referred to": sql(*_NEEDED, "DROP TABLE p"),
}
"""Drops that MySQL and MariaDB refuse because of a foreign key."""

NOT_THERE = {
    "a check of a column": sql("CREATE TABLE t (a int CHECK (a > 0))", "ALTER TABLE t DROP CONSTRAINT a"),
    "a check of a column, by op": """
op.create_table("t", sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0")))
op.drop_constraint("a", "t", type_="check")
""",
}
"""Drops that they refuse because they find nothing of that name."""

NOT_READ = {
    "tables that a query fills": sql(
        "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, p int, a varchar(20), b text)",
        "CREATE TABLE c AS SELECT id, a FROM t",
        "CREATE TABLE d (k int PRIMARY KEY) SELECT id AS k FROM t",
    ),
}
"""What cannot be read without a database: it is counted, and nothing false is said."""

MARIADB_ONLY = frozenset(
    {
        "create",
        "checks of columns that have a name of their table's",
        "checks that a column loses",
        "inline references",
        "references in the column's definition",
        "unnamed",
        "fk named index",
        "drop constraint",
        "renames",
        "like",
        "create or replace table",
        "index forms",
        "if exists forms",
        "column check",
        "drop column check",
        "op style",
    }
)
"""Programs with names of CHECKs, RESTRICT, inline REFERENCES, IF EXISTS or OR REPLACE, which MySQL has otherwise."""
