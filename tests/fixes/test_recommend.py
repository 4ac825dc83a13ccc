"""Recommendations depend on each other: applied in their order they work, and none undoes another."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import pytest

from driftline.engine.analyse import analysis
from driftline.engine.analysis import Analysis
from driftline.engine.project import open_project
from driftline.engine.session import Session
from driftline.fixes.recommend import Advice, advise
from driftline.sources.disk import DiskSource
from tests.oracle.databases import Databases, ask, operations
from tests.oracle.projects import Project
from tests.support.project import DEFAULTS, analyses, files_of

HEAD = """
from __future__ import annotations

import enum

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column


class Base(DeclarativeBase):
    pass


"""

REVISION = '''
"""The beginning."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
{}


def downgrade():
{}
'''

SQLITE = {
    **DEFAULTS,
    "alembic.ini": DEFAULTS["alembic.ini"].replace("postgresql://localhost/example", "sqlite:///example.db"),
}
MYSQL = {
    **DEFAULTS,
    "alembic.ini": DEFAULTS["alembic.ini"].replace(
        "postgresql://localhost/example", "mysql+pymysql://localhost/example"
    ),
}


def project(models: str, upgrade: str, downgrade: str, defaults: dict[str, str] | None = None) -> dict[str, str]:
    """The files of a project with one revision."""
    found = files_of(f"#- models.py\n{models}")
    written = ["\n".join(f"    {line}" for line in text.strip().split("\n")) for text in (upgrade, downgrade)]
    return {
        **(DEFAULTS if defaults is None else defaults),
        "models.py": HEAD.lstrip() + found["models.py"],
        "alembic/versions/0001_start.py": REVISION.format(*written).lstrip(),
    }


EMAIL = """
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(100), unique=True)
"""
USERS = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("email", sa.String(120), nullable=True),
)
"""

CASES = {
    "a foreign key to a table that is missing, too": project(
        """
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    z_id: Mapped[int | None] = mapped_column(ForeignKey("z.id"))


class Z(Base):
    __tablename__ = "z"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
        'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("z_id", sa.Integer()))',
        'op.drop_table("a")',
    ),
    "an enum of a column and of a table": project(
        """
class Color(enum.Enum):
    red = 1


class X(Base):
    __tablename__ = "x"
    id: Mapped[int] = mapped_column(primary_key=True)
    c: Mapped[Color | None]


class Y(Base):
    __tablename__ = "y"
    id: Mapped[int] = mapped_column(primary_key=True)
    c: Mapped[Color]
""",
        'op.create_table("x", sa.Column("id", sa.Integer(), primary_key=True))',
        'op.drop_table("x")',
    ),
    "a CHECK that only the new type has": project(
        """
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(String(5))
    __table_args__ = (CheckConstraint("code <> ''", name="nonempty"),)
""",
        'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.Integer()))',
        'op.drop_table("a")',
    ),
    "type, default and NOT NULL of a column": project(
        """
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(5), server_default="x")
""",
        'op.create_table(\n    "a", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("code", sa.Integer(), server_default="1")\n)',
        'op.drop_table("a")',
    ),
    "a foreign key to what is made unique": project(
        """
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(ForeignKey("z.code"))


class Z(Base):
    __tablename__ = "z"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(unique=True)
""",
        'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String()))\n'
        'op.create_table("z", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String()))',
        'op.drop_table("z")\nop.drop_table("a")',
    ),
    "a column on SQLite": project(EMAIL, USERS, 'op.drop_table("users")', SQLITE),
    "arguments that a method returns": project(
        """
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    a: Mapped[int | None]

    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint("a", name="ua"),)
""",
        'op.create_table(\n    "users",\n    sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("a", sa.Integer()), sa.UniqueConstraint("a", name="ua")\n)\n'
        'op.create_index("ix_z", "users", ["a", "id"])',
        'op.drop_table("users")',
    ),
    "a foreign key of a mixin's column": project(
        """
class HasOrg:
    org_id: Mapped[int]


class Org(Base):
    __tablename__ = "org"
    id: Mapped[int] = mapped_column(primary_key=True)


class A(HasOrg, Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)


class B(HasOrg, Base):
    __tablename__ = "b"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
        'op.create_table("org", sa.Column("id", sa.Integer(), primary_key=True))\n'
        "op.create_table(\n"
        '    "a", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("org_id", sa.Integer(), sa.ForeignKey("org.id", ondelete="CASCADE"), nullable=False)\n)\n'
        'op.create_table("b", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("org_id", sa.Integer(), nullable=False))',
        'op.drop_table("b")\nop.drop_table("a")\nop.drop_table("org")',
    ),
    "the options of an unnamed foreign key on SQLite": project(
        """
class U(Base):
    __tablename__ = "u"
    id: Mapped[int] = mapped_column(primary_key=True)


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    u_id: Mapped[int] = mapped_column(ForeignKey("u.id", ondelete="CASCADE"))
""",
        'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("u_id", sa.Integer(), sa.ForeignKey("u.id"), nullable=False))',
        'op.drop_table("p")\nop.drop_table("u")',
        SQLITE,
    ),
}


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases for the projects."""
    return Databases(
        postgres=functools.cache(lambda: request.getfixturevalue("postgres")),
        folder=tmp_path_factory.mktemp("sqlite"),
    )


def on_disk(folder: Path) -> Analysis:
    """The analysis of the only environment in a folder."""
    (work,) = open_project(str(folder), Session(DiskSource())).works
    return analysis(work)


def advice_for(files: dict[str, str]) -> Advice:
    """What is recommended for a project in memory."""
    (found,) = analyses(files)
    return advise(found.findings, found, "/project")


@pytest.mark.oracle
@pytest.mark.parametrize("files", CASES.values(), ids=CASES)
def test_recommendations_work_together(files: dict[str, str], databases: Databases, tmp_path: Path) -> None:
    """All of them applied, in their order: nothing is found, Alembic upgrades, sees no drift, goes back."""
    folder = tmp_path / "case"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    before = on_disk(folder)
    advice = advise(before.findings, before, str(folder))
    assert before.findings != ()
    assert advice.uncured == ()

    for block in (block for one in advice.recommendations for block in one.blocks):
        if block.path is not None:
            Path(block.path).write_text(block.code, "utf-8")
        else:
            patch = ["git", "apply", "--unsafe-paths", f"--directory={folder}", "-"]
            subprocess.run(patch, input=block.code, text=True, check=True, cwd=tmp_path)
    assert [one.message for one in on_disk(folder).findings] == []

    driver = "sqlite" if "sqlite" in files["alembic.ini"] else "postgresql+psycopg2"
    work = Project(folder, folder / "alembic.ini", driver, "0001")
    url = databases.create(work)
    _, left, _, _ = ask(
        work,
        [
            {"do": "upgrade", "url": url, "revision": "head"},
            {"do": "drift", "url": url, "checks": True},
            {"do": "downgrade", "url": url, "revision": "0001"},
            {"do": "upgrade", "url": url, "revision": "head"},
        ],
    )
    assert list(operations(left)) == []


def test_a_column_is_altered_once() -> None:
    """On MySQL, which writes the whole column anew, nothing that one cure says of it is taken back by another."""
    files = project(EMAIL.replace(", unique=True", ""), USERS, 'op.drop_table("users")', MYSQL)
    advice = advice_for(files)

    (one,) = advice.recommendations
    assert {finding.rule for finding in one.findings} == {"nullable-mismatch", "type-argument-mismatch"}
    (block,) = one.blocks
    assert block.code.count("op.alter_column(") == 2  # there, and back
    assert "existing_nullable" not in block.code


def test_what_is_independent_stays_apart() -> None:
    """Cures of different rules that do not touch the same have a revision each."""
    files = project(
        """
class A(Base):
    __tablename__ = "a"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str | None] = mapped_column(index=True)


class Z(Base):
    __tablename__ = "z"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
        'op.create_table("a", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String()))',
        'op.drop_table("a")',
    )

    assert [len(one.blocks) for one in advice_for(files).recommendations] == [1, 1]


def test_a_leaked_enum_is_written_out() -> None:
    """What a revision forgets to take back is an edit of that revision."""
    files = project(
        """
class X(Base):
    __tablename__ = "x"
    id: Mapped[int] = mapped_column(primary_key=True)
    c: Mapped[str | None]
""",
        'op.create_table("x", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", sa.String()),\n'
        '    sa.Column("k", sa.Enum("a", name="kind")))\nop.drop_column("x", "k")',
        'op.drop_table("x")',
    )
    advice = advice_for(files)
    (leaked,) = [one for one in advice.recommendations if {each.rule for each in one.findings} == {"enum-leaked"}]

    assert '+    op.execute("DROP TYPE kind")' in leaked.blocks[0].code.split("\n")


def test_a_guard_is_not_dropped_without_a_word() -> None:
    """Where the model cannot be edited for sure, the drop says what to declare to keep what guards the rows."""
    files = project(
        """
def owner():
    return mapped_column()


class U(Base):
    __tablename__ = "u"
    id: Mapped[int] = mapped_column(primary_key=True)


class P(Base):
    __tablename__ = "p"
    id: Mapped[int] = mapped_column(primary_key=True)
    u_id: Mapped[int] = owner()
""",
        'op.create_table("u", sa.Column("id", sa.Integer(), primary_key=True))\n'
        'op.create_table("p", sa.Column("id", sa.Integer(), primary_key=True),\n'
        '    sa.Column("u_id", sa.Integer(), sa.ForeignKey("u.id", ondelete="CASCADE"), nullable=False))',
        'op.drop_table("p")\nop.drop_table("u")',
    )
    (one,) = advice_for(files).recommendations

    assert 'declare `ForeignKey("u.id", ondelete="CASCADE")` in the model instead' in (one.note or "")
