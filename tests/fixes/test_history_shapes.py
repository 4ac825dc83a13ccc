"""Cures of the history in files that are written in other ways, and in graphs of other shapes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from textwrap import dedent

import pytest

from driftline.fixes import fixes_for
from tests.fixes.test_history import after, analysed, fixes, project, revision

PATH = "alembic/versions/{}.py"


# ---------------------------------------------------------------------------------------------------------------------
# The graph


@pytest.mark.parametrize("form", ['("{}",)', '["{}"]', "'{}'", '(\n    "{}"\n)'])
def test_a_parent_is_said_in_the_files_own_way(form: str) -> None:
    """A tuple stays one."""
    files = project(revision("a1", "None") + revision("b1", form.format("a1")) + revision("c1", '"a1"'))
    made = {fix.title: after(files, fix) for fix in fixes(files, "multiple-heads")}
    text = made["Rebase b1 onto c1"][PATH.format("b1")]

    assert f"down_revision = {form.format('c1').replace(chr(39), chr(34))}\n" in text
    assert analysed(made["Rebase b1 onto c1"]).graph.heads == ("b1",)


def test_no_rebase_that_leaves_another_head() -> None:
    """What is needed by `depends_on` alone would be followed by nobody."""
    depending = revision("c2", '"c1"').replace("\n\n", '\ndepends_on = "b1"\n\n', 1)
    files = project(
        revision("a1", "None") + revision("b1", '"a1"') + revision("b2", '"b1"') + revision("c1", '"a1"') + depending
    )
    merged, rebased = fixes(files, "multiple-heads")

    assert rebased.title == "Rebase c1 onto b2"
    assert [len(analysed(after(files, one)).graph.heads) for one in (merged, rebased)] == [1, 1]


@pytest.mark.parametrize(
    "unclear",
    [revision("c1", '__import__("os").environ["DOWN"]'), "#- alembic/versions/c1.py\nrevision = 'c1'\ndef (\n"],
    ids=["worked out at run time", "no Python"],
)
def test_no_head_where_a_parent_is_not_known(unclear: str) -> None:
    """What seems to be a head may be followed by it: nothing is said, and no circle is offered."""
    files = project(revision("a1", "None") + revision("b1", '"a1"') + unclear)

    assert {"multiple-heads", "multiple-bases", "conflicting-branches"}.isdisjoint(
        one.rule for one in analysed(files).findings
    )


@pytest.mark.parametrize(
    ("said", "then"),
    [('("b2", "c1")', '("b1", "c1")'), ('("zz", "c1")', '("b1", "c1")'), ('["c1", "zz"]', '["c1", "b1"]')],
    ids=["near", "only head", "list"],
)
def test_one_of_several_parents_is_put_right(said: str, then: str) -> None:
    """The others stay, and none of them, or of those before them, is taken for it; the docstring follows."""
    doc = '"""d\n\nRevision ID: d1\nRevises: c1, zz\n"""\n'
    files = project(
        revision("a1", "None") + revision("b1", '"a1"') + revision("c1", '"a1"') + revision("d1", said, doc=doc)
    )
    (fix,) = fixes(files, "unknown-down-revision")
    made = after(files, fix)

    assert f"down_revision = {then}\n" in made[PATH.format("d1")]
    assert ("Revises: c1, b1\n" in made[PATH.format("d1")]) == ("zz" in said)
    assert analysed(made).graph.heads == ("d1",)


# ---------------------------------------------------------------------------------------------------------------------
# Downgrades

FILE = """#- alembic/versions/a1.py
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mail", sa.String(9)))
    op.create_table("posts", sa.Column("id", sa.Integer, primary_key=True), sa.Column("text", sa.Text))


def downgrade():
    op.drop_table("posts")
    op.drop_table("users")
#- alembic/versions/a2.py
import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade():
    {}


def downgrade():
    pass
"""


def filled(upgrade: str, style: Callable[[str], str] = str) -> str:
    """The second revision with its downgrade filled in; nothing is left to say of it."""
    files = project(FILE.replace("{}", upgrade.replace("\n", "\n    ")))
    path = PATH.format("a2")
    files = {**files, path: style(files[path])}
    (fix,) = fixes(files, "empty-downgrade")
    made = after(files, fix)
    assert not [one for one in analysed(made).findings if one.group == "history"]
    return made[path]


def body(text: str) -> list[str]:
    """The lines of the downgrade."""
    return re.split(r"def downgrade\(\):\r?\n", text)[1].splitlines()


def tabs(text: str) -> str:
    """The text indented by tabs."""
    return text.replace("    ", "\t")


DROP = 'op.drop_table("posts")'


@pytest.mark.parametrize(
    ("style", "lines"),
    [
        (tabs, ["\top.create_table(", '\t\t"posts",', '\t\tsa.Column("id", sa.Integer(), nullable=False),']),
        (lambda text: text.replace("    ", "  "), ["  op.create_table(", '    "posts",']),
        (lambda text: text.replace("import op", "import op as o").replace(" op.", " o."), ["    o.create_table("]),
        (lambda text: text.replace("from alembic import op", "import alembic").replace(" op.", " alembic.op."), []),
        (lambda text: text.replace("import sqlalchemy as sa", "import sqlalchemy").replace("sa.", "sqlalchemy."), []),
        (lambda text: text.replace("def downgrade():\n    pass", "def downgrade(): pass"), ["    op.create_table("]),
        (lambda text: text.replace("\n", "\r\n"), ["    op.create_table("]),
        (lambda text: text.rstrip(), ["    op.create_table("]),
        (
            lambda text: text.replace("from alembic import op", "from alembic.op import *").replace(" op.", " "),
            ["    create_table("],
        ),
    ],
    ids=[
        "tabs",
        "two spaces",
        "other name",
        "package",
        "whole name",
        "one line",
        "line ends",
        "no last line end",
        "star",
    ],
)
def test_a_downgrade_is_written_in_the_files_own_way(style: Callable[[str], str], lines: list[str]) -> None:
    """Its indent, its line ends, and its names for `op` and `sa`: nothing is imported twice."""
    text = filled(DROP, style)

    assert body(text)[: len(lines)] == lines
    assert text.count("import") == 2
    assert len(set(re.findall(r"\r\n|\n", text))) == 1


def test_comments_are_restored() -> None:
    """Nobody complains where they are not, but one who goes back wants what was there."""
    text = filled(f'op.create_table_comment("users", "people")\n{DROP}')

    assert 'op.drop_table_comment("users"' in text


def test_what_was_renamed_gets_its_name_back() -> None:
    """Tables and columns, which keep what they hold, and first of all: what follows calls them by the old names."""
    text = filled(
        'op.rename_table("posts", "articles")\nop.alter_column("articles", "text", new_column_name="body")\n'
        'op.add_column("articles", sa.Column("rank", sa.Integer))'
    )

    assert re.fullmatch(
        r"op\.rename_table\('articles', 'posts'\)\n"
        r"op\.alter_column\('posts', 'body', .*new_column_name='text'.*\)\n"
        r"op\.drop_column\('posts', 'rank'\)",
        ast.unparse(ast.parse(dedent("\n".join(body(text))))),
    )


def test_what_went_and_what_came_are_two_things() -> None:
    """However alike they are: a column that was dropped is made again, and the new one goes with what it holds."""
    lines = body(filled('op.drop_column("users", "mail")\nop.add_column("users", sa.Column("email", sa.String(9)))'))

    assert lines == [
        '    op.add_column("users", sa.Column("mail", sa.String(length=9), nullable=True))',
        '    op.drop_column("users", "email")',
    ]


def test_a_copy_that_takes_the_place_of_its_table_is_not_renamed_back() -> None:
    """Its name was another table's before."""
    text = filled(
        'op.create_table("new", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mail", sa.String(80)))\n'
        'op.drop_table("users")\nop.rename_table("new", "users")'
    )

    assert "rename_table" not in "".join(body(text))


def test_a_batch_and_a_drop_are_called_by_the_files_name_for_op() -> None:
    """Also where that is no `op`."""
    files = project(
        FILE.replace("{}", 'op.create_unique_constraint(op.f("uq"), "users", ["mail"])').replace(
            "    pass", '    op.drop_constraint(op.f("uq"), "users")'
        )
        + "#- alembic.ini\n[alembic]\nscript_location = alembic\nsqlalchemy.url = sqlite:///a.db\n"
    )
    path = PATH.format("a2")
    named = files[path].replace("import op", "import op as o").replace(" op.", " o.").replace("(op.", "(o.")
    one = analysed({**files, path: named})
    found = [each for each in one.findings if each.rule == "batch-required"]
    assert found
    (offer,) = fixes_for(found[0], one)
    fix = offer.build()
    assert fix is not None
    text = after({**files, path: named}, fix)[path]

    assert '    with o.batch_alter_table("users") as batch_op:\n        batch_op.create_unique_constraint(' in text
    assert 'batch_op.f("uq")' in text


# ---------------------------------------------------------------------------------------------------------------------
# env.py

UNREACHED = """
#- alembic.ini
[alembic]
script_location = alembic
prepend_sys_path = .:src
path_separator = :
sqlalchemy.url = postgresql://localhost/example
#- alembic/env.py
from alembic import context
{}
context.configure(target_metadata=Base.metadata)
#- src/app/__init__.py
#- src/app/main.py
app = object()
#- src/app/base.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
#- src/app/order.py
from sqlalchemy.orm import Mapped, mapped_column
from app.base import Base


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
"""


@pytest.mark.parametrize(
    ("imports", "then"),
    [
        ("from app.base import Base\n", "import app.order"),
        ("import app.base\nBase = app.base.Base\n", "import app.order"),
        ("from app.base import Base\nfrom app.main import app\n", "from app import order"),
        ("from app.base import Base\nfrom app.main import app\norder = 1\n", "from app import order as _order"),
    ],
    ids=["package", "package itself", "name that is taken", "both names that are taken"],
)
def test_a_model_is_imported_in_the_files_own_way(imports: str, then: str) -> None:
    """By the package that the others are imported from, and so that no name means something else afterwards."""
    files = project(
        UNREACHED.replace("{}", imports)
        + revision("a1", "None", 'op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True))')
    )
    (fix,) = fixes(files, "model-not-imported")
    made = after(files, fix)

    assert f"\n{then}  # noqa: F401\n" in made["alembic/env.py"]
    assert "model-not-imported" not in {one.rule for one in analysed(made).findings}
