"""Cures of the history, in the forms in which revisions are written; and what new revisions follow and bring along."""

from __future__ import annotations

import ast

import pytest

from driftline.engine.analysis import Analysis
from driftline.fixes import Fix, fixes_for
from driftline.fixes.change import Create, Drop
from driftline.fixes.scaffold import parent_of, with_needs
from driftline.fixes.wanted import changes_for
from driftline.fixes.whole import ALL_DRIFT, closing, closing_fix, whole_offers
from driftline.schema import Table
from tests.fixes.test_pages import applied, identities
from tests.support.project import DEFAULTS, ROOT, analyses, files_of

MODELS = """
#- models.py
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""


def project(text: str) -> dict[str, str]:
    """The files of a project whose models are empty, or its own."""
    return {**DEFAULTS, **files_of(MODELS), **files_of(text)}


def analysed(files: dict[str, str]) -> Analysis:
    """The only environment."""
    (one,) = analyses(files)
    return one


def fixes(files: dict[str, str], rule: str) -> list[Fix]:
    """The fixes of the only finding of a rule, built."""
    one = analysed(files)
    (finding,) = [each for each in one.findings if each.rule == rule]
    built = [offer.build() for offer in fixes_for(finding, one)]
    assert None not in built
    return [fix for fix in built if fix is not None]


def after(files: dict[str, str], fix: Fix) -> dict[str, str]:
    """The files with the fix applied, by relative path."""
    made = applied(fix, {f"{ROOT}/{path}": text for path, text in files.items()})
    return {path.removeprefix(f"{ROOT}/"): text for path, text in made.items()}


def revision(name: str, down: str, body: str = "pass", doc: str = "") -> str:
    """A revision's file, as a part of a project."""
    identifiers = f'revision = "{name}"\ndown_revision = {down}\n'
    return f"#- alembic/versions/{name}.py\n{doc}{identifiers}\n\ndef upgrade():\n    {body}\n"


def test_a_branch_is_rebased_at_its_root() -> None:
    """The first revision that only one head has follows the other head; its docstring says so, too."""
    files = project(
        revision("a1", "None")
        + revision("b1", "'a1'", doc='"""b\n\nRevision ID: b1\nRevises: a1\n"""\n')
        + revision("b2", '"b1"')
        + revision("c1", '"a1"')
    )
    merged, *rebased = fixes(files, "multiple-heads")
    made = {fix.title: after(files, fix) for fix in rebased}
    text = made["Rebase b1 onto c1"]["alembic/versions/b1.py"]

    assert list(made) == ["Rebase c1 onto b2", "Rebase b1 onto c1"]
    assert "Revises: c1\n" in text
    assert 'down_revision = "c1"' in text
    assert [analysed(one).graph.heads for one in made.values()] == [("c1",), ("b2",)]
    assert len(merged.creates) == 1
    assert len(analysed(after(files, merged)).graph.heads) == 1


def test_no_rebase_of_what_is_merged() -> None:
    """A branch with merges in it is not moved, and of three heads none makes one; a merge revision does."""
    merges = revision("a1", "None") + revision("b1", '"a1"') + revision("b2", '"a1"')
    files = project(merges + revision("b3", '("b1", "b2")') + revision("c1", '"a1"'))
    three = project(merges + revision("c1", '"a1"'))

    assert [fix.title for fix in fixes(files, "multiple-heads")] == [
        "Create a revision that merges b3 and c1",
        "Rebase c1 onto b3",
    ]
    (only,) = fixes(three, "multiple-heads")
    assert analysed(after(three, only)).graph.revisions.keys() > {"b1", "b2", "c1"}
    assert 'down_revision = ("b1", "b2", "c1")' in next(iter(only.creates.values()))


@pytest.mark.parametrize("missing", ["'a2'", "'zz'"], ids=["near", "only head"])
def test_the_parent_that_was_meant(missing: str) -> None:
    """One of nearly that name, or the only head there is."""
    files = project(revision("a1", "None") + revision("b1", missing))
    (fix,) = fixes(files, "unknown-down-revision")

    assert fix.title == "Let b1 follow a1"
    assert analysed(after(files, fix)).graph.heads == ("b1",)


NAMELESS = project(
    revision(
        "a1",
        "None",
        'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mail", sa.String))\n    '
        'op.create_unique_constraint(None, "users", ["mail"])',
        doc="import sqlalchemy as sa\nfrom alembic import op\n\n",
    )
    + '\n\ndef downgrade():\n    op.drop_constraint(constraint_name=None, table_name="users", type_="unique")\n'
    + '    op.drop_table("users")\n'
)


def test_names_are_those_of_the_replayed_state() -> None:
    """A name that only the database knows is written down, as a final one, wherever None stands for it."""
    one = analysed(NAMELESS)
    found = [each for each in one.findings if each.rule == "null-constraint-name"]
    titles = []
    files = NAMELESS
    for finding in found:
        (offer,) = fixes_for(finding, one)
        fix = offer.build()
        assert fix is not None
        titles.append(fix.title)
        text = after(NAMELESS, fix)["alembic/versions/a1.py"]
        assert text.count('op.f("users_mail_key")') == 1
        assert identities(analyses({**files, "alembic/versions/a1.py": text})).total() == identities([one]).total() - 1

    assert titles == [
        "Name the constraint users_mail_key in upgrade()",
        "Name the constraint users_mail_key in downgrade()",
    ]


EMPTY = project(
    revision(
        "a1",
        "None",
        'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mail", sa.String(9)))',
        doc="import sqlalchemy as sa\nfrom alembic import op\n\n",
    )
    + revision(
        "a2",
        '"a1"',
        'op.drop_column("users", "mail")\n    op.execute("CREATE INDEX ix ON users (id)")',
        doc="from alembic import op\n",
    )
    + '\n\ndef downgrade():\n    """Nothing so far."""\n'
)


def test_a_downgrade_is_filled_in() -> None:
    """It restores the replayed state, behind the docstring, with the imports that it needs."""
    (fix,) = fixes(EMPTY, "empty-downgrade")
    text = after(EMPTY, fix)["alembic/versions/a2.py"]

    assert "import sqlalchemy as sa\n" in text
    assert text.endswith(
        'def downgrade():\n    """Nothing so far."""\n'
        '    op.drop_index(op.f("ix"), table_name="users")\n'
        '    op.add_column("users", sa.Column("mail", sa.String(length=9), nullable=True))\n'
    )
    assert ast.parse(text)
    assert "downgrade-not-inverse" not in {one.rule for one in analysed(after(EMPTY, fix)).findings}


BATCH = project(
    """
    #- alembic.ini
    [alembic]
    script_location = alembic
    prepend_sys_path = .
    sqlalchemy.url = sqlite:///a.db
    #- alembic/versions/a1.py
    import sqlalchemy as sa
    from alembic import op

    revision = "a1"
    down_revision = None


    def upgrade():
        op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))
        op.create_table("tokens", sa.Column("id", sa.Integer, primary_key=True), sa.Column("user_id", sa.Integer))
        op.create_foreign_key(
            op.f("fk"),
            "tokens",
            "users",
            ["user_id"],
            ["id"],
        )
    """
)


def test_an_operation_gets_a_batch_of_its_own() -> None:
    """The table is said once, by the batch; the layout stays."""
    (fix,) = fixes(BATCH, "batch-required")
    text = after(BATCH, fix)["alembic/versions/a1.py"]

    assert text.endswith(
        '    with op.batch_alter_table("tokens") as batch_op:\n        batch_op.create_foreign_key(\n'
        '            batch_op.f("fk"),\n            "users",\n            ["user_id"],\n'
        '            ["id"],\n        )\n'
    )
    assert analysed(after(BATCH, fix)).findings == tuple(
        one for one in analysed(after(BATCH, fix)).findings if one.rule != "batch-required"
    )


# ---------------------------------------------------------------------------------------------------------------------
# Ids and dependencies


def test_the_id_that_a_file_is_named_by() -> None:
    """It is given where only the file's name has it; who names it already follows the file then."""
    files = project(
        revision("0001", "None")
        + revision("0002", '"0001"')
        + revision("0004", '"0003"')
        + revision("0002", '"0002"', doc='"""x\n\nRevision ID: 0002\nRevises: 0002\n"""\n').replace(
            "versions/0002.py", "versions/0003.py"
        )
    )
    (fix,) = fixes(files, "duplicate-revision")
    made = after(files, fix)

    assert fix.title == "Give 0003.py the id 0003"
    assert "Revision ID: 0003\nRevises: 0002\n" in made["alembic/versions/0003.py"]
    assert analysed(made).graph.order == ("0001", "0002", "0003", "0004")


def test_no_id_where_a_third_revision_could_follow_either() -> None:
    """Whom it means is not to be seen."""
    twice = revision("b1", '"a1"') + revision("b1", '"a1"').replace("versions/b1.py", "versions/b1_again.py")
    last = project(revision("a1", "None") + twice)
    followed = project(revision("a1", "None") + twice + revision("c1", '"b1"'))
    first, second = fixes(last, "duplicate-revision")

    assert fixes(followed, "duplicate-revision") == []
    assert [len(analysed(after(last, fix)).graph.heads) for fix in (first, second)] == [1, 1]
    assert {path for fix in (first, second) for path in fix.edits} == {
        f"{ROOT}/alembic/versions/{name}.py" for name in ("b1", "b1_again")
    }


def test_the_dependency_that_was_meant() -> None:
    """One of nearly that name, be it a label; none where two are as near."""
    depending = revision("b1", "None").replace("\n\ndef", '\ndepends_on = ("billig",)\n\ndef', 1)
    labelled = revision("a1", "None").replace("\n\ndef", '\nbranch_labels = ("billing",)\n\ndef', 1)
    one = project(labelled + depending)
    (fix,) = fixes(one, "unknown-depends-on")
    two = project(labelled + revision("billigs", "None") + depending)

    assert 'depends_on = ("billing",)' in after(one, fix)["alembic/versions/b1.py"]
    assert fixes(two, "unknown-depends-on") == []


# ---------------------------------------------------------------------------------------------------------------------
# Operations

USERS = """
#- alembic/versions/a1.py
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(80), server_default="x", nullable=False),
        sa.Column("age", sa.Integer()),
    )
#- alembic/versions/a2.py
import sqlalchemy as sa
from alembic import op

revision = "a2"
down_revision = "a1"


def upgrade():
"""


def second(*lines: str, more: str = "") -> dict[str, str]:
    """A project whose second revision does these things to `users`."""
    return project(USERS + "".join(f"    {line}\n" for line in lines) + more)


def body_after(files: dict[str, str], rule: str) -> str:
    """The body of the second revision's `upgrade()`, with the only fix of a rule applied."""
    (fix,) = fixes(files, rule)
    text = after(files, fix)["alembic/versions/a2.py"]
    assert ast.parse(text)
    assert rule not in {one.rule for one in analysed(after(files, fix)).findings}
    return text.partition("def upgrade():\n")[2]


@pytest.mark.parametrize(
    ("said", "then"),
    [
        ("existing_type=sa.Integer()", "existing_type=sa.String(80)"),
        ("existing_type=sa.String(80), existing_nullable=True", "existing_type=sa.String(80), existing_nullable=False"),
        ("existing_server_default='y'", 'existing_server_default="x"'),
        ("existing_type=sa.Text(), existing_nullable=True", "existing_type=sa.String(80), existing_nullable=False"),
    ],
)
def test_what_a_column_is_at_that_point(said: str, then: str) -> None:
    """Each argument that contradicts it is put right, in the words of the file; the others stay."""
    files = second(f'op.alter_column("users", "mail", comment="c", {said})  # why')

    assert (
        body_after(files, "existing-mismatch") == f'    op.alter_column("users", "mail", comment="c", {then})  # why\n'
    )


def test_a_default_that_is_not_there_is_not_claimed() -> None:
    """Nothing can be written in its place."""
    files = second('op.alter_column("users", "age", existing_server_default="1", comment="c")')

    assert body_after(files, "existing-mismatch") == '    op.alter_column("users", "age", comment="c")\n'


def test_labels_are_not_listed_for_nothing() -> None:
    """Where the database pays no heed, an enum's labels need not be said; the rest is put right beside."""
    files = second(
        'op.add_column("users", sa.Column("mood", sa.Enum("x", "y", name="mood", native_enum=False)))',
        'op.alter_column("users", "mood", existing_type=sa.Integer(), existing_nullable=False, comment="c")',
    )

    assert body_after(files, "existing-mismatch").endswith(
        '    op.alter_column("users", "mood", existing_nullable=True, comment="c")\n'
    )


def test_a_call_that_stands_for_several_is_left_alone() -> None:
    """What is wrong for one column is right for another."""
    files = second(
        'for column in ("mail", "age"):', '    op.alter_column("users", column, comment="c", existing_nullable=True)'
    )

    assert fixes(files, "existing-mismatch") == []


@pytest.mark.parametrize(
    ("lines", "then"),
    [
        (('op.drop_column("users", "age")', 'op.alter_column("users", "mail", nullable=False)  # no'), 0),
        (
            (
                'op.drop_column("users", "age")',
                'with op.batch_alter_table("users") as batch_op:',
                '    batch_op.alter_column("mail", nullable=False)',
            ),
            0,
        ),
        (
            (
                'with op.batch_alter_table("users") as batch_op:',
                '    batch_op.drop_column("age")',
                '    batch_op.alter_column("mail", nullable=False)',
            ),
            1,
        ),
    ],
    ids=["statement", "batch", "of a batch"],
)
def test_what_does_nothing_is_removed(lines: tuple[str, ...], then: int) -> None:
    """Its line goes, and a batch that would be left empty."""
    assert body_after(second(*lines), "redundant-operation") == "".join(f"    {one}\n" for one in lines[: then + 1])


def test_the_only_statement_gives_way_to_pass() -> None:
    """The function stays one."""
    assert body_after(second('op.alter_column("users", "mail", nullable=False)'), "redundant-operation") == "    pass\n"


@pytest.mark.parametrize(
    "lines",
    [
        ('done = op.alter_column("users", "mail", nullable=False)', "print(done)"),
        ('for name in ("mail",):', '    op.alter_column("users", name, nullable=False)'),
        ('op.alter_column("users", "mail", nullable=False); op.drop_column("users", "age")',),
    ],
    ids=["used", "loop", "shared line"],
)
def test_what_cannot_be_told_apart_is_not_removed(lines: tuple[str, ...]) -> None:
    """A result that is used, a loop, a line with something else on it."""
    assert fixes(second(*lines), "redundant-operation") == []


# ---------------------------------------------------------------------------------------------------------------------
# Downgrades that are there


def test_a_downgrade_is_completed() -> None:
    """What is left over is taken back behind what it does, which stays with its comments; the quotes are the file's."""
    files = second(
        'op.create_table("letters", sa.Column("letter", sa.Enum("x", name="letter"), primary_key=True))',
        'op.drop_column("users", "age")',
        more="\n\ndef downgrade():\n    # rows first\n    op.execute('DELETE FROM users')  # all\n"
        "    print('x', 'y', 'z', 'x', 'y', 'z', 'x', 'y', 'z', 'x', 'y', 'z', 'x', 'y', 'z')\n",
    )
    (fix,) = fixes(files, "downgrade-not-inverse")
    text = after(files, fix)["alembic/versions/a2.py"]

    assert fix.title == "Complete the downgrade of a2"
    assert "    # rows first\n    op.execute('DELETE FROM users')  # all\n" in text
    assert text.endswith(
        "    op.add_column('users', sa.Column('age', sa.Integer(), nullable=True))\n"
        "    op.drop_table('letters')\n    op.execute('DROP TYPE letter')\n"
    )
    assert [one.rule for one in analysed(after(files, fix)).findings if one.group == "history"] == []


def test_a_downgrade_that_fails_is_written_anew() -> None:
    """Where it says nothing but operations; else what it does beside, or a comment says, would be lost."""
    up = 'op.drop_column("users", "age")'
    down = '\n\ndef downgrade():\n    op.drop_column("users", "years")\n'
    files = second(up, more=down)
    (fix,) = fixes(files, "downgrade-not-inverse")

    assert fix.title == "Rewrite the downgrade of a2"
    assert after(files, fix)["alembic/versions/a2.py"].endswith(
        'def downgrade():\n    op.add_column("users", sa.Column("age", sa.Integer(), nullable=True))\n'
    )
    for more in (
        '    op.execute("DELETE FROM users")\n',
        "    # because\n    op.drop_column('users', 'mail')\n",
        "    helper()\n",
    ):
        assert fixes(second(up, more=down + more), "downgrade-not-inverse") == []


def test_no_end_where_a_downgrade_may_not_come_to() -> None:
    """Behind a `return` nothing is sure to run."""
    down = '\n\ndef downgrade():\n    op.execute("SELECT 1")\n    if op:\n        return\n'

    assert fixes(second('op.drop_column("users", "age")', more=down), "downgrade-not-inverse") == []


# ---------------------------------------------------------------------------------------------------------------------
# Models that revisions import

IMPORTED = """
#- models.py
import uuid

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[str] = mapped_column(String(80), server_default="x")
    age: Mapped[int | None]
    token: Mapped[str | None] = mapped_column(String(36), default=lambda: str(uuid.uuid4()))
"""


def importing(statement: str, *lines: str) -> dict[str, str]:
    """A project whose second revision imports a model, and does these things."""
    files = {**DEFAULTS, **files_of(IMPORTED), **files_of(USERS + "".join(f"    {line}\n" for line in lines))}
    path = "alembic/versions/a2.py"
    return {**files, path: files[path].replace("from alembic import op\n", f"from alembic import op\n{statement}")}


def test_a_model_gives_way_to_a_table() -> None:
    """Of the columns that are named, as they are at that point; whatever way the statement uses the model."""
    files = importing(
        "\nfrom models import User\n",
        'op.add_column("users", sa.Column("token", sa.String(36)))',
        'op.execute(sa.update(User).where(User.mail == "x").values(age=1))',
        'op.execute(User.__table__.insert().values(id=1, token="t"))',
        "op.execute(sa.delete(User.__table__).where(User.__table__.c.age > 5))",
    )
    (fix,) = fixes(files, "model-import-in-migration")
    text = after(files, fix)["alembic/versions/a2.py"]

    assert "models" not in text
    assert text.partition("def upgrade")[0].endswith(
        'down_revision = "a1"\n\nusers = sa.table(\n    "users",\n    sa.column("id", sa.Integer()),\n'
        '    sa.column("mail", sa.String(80)),\n    sa.column("age", sa.Integer()),\n'
        '    sa.column("token", sa.String(36)),\n)\n\n\n'
    )
    assert text.endswith(
        '    op.execute(sa.update(users).where(users.c.mail == "x").values(age=1))\n'
        '    op.execute(users.insert().values(id=1, token="t"))\n'
        "    op.execute(sa.delete(users).where(users.c.age > 5))\n"
    )


def test_an_import_in_a_function_gives_way_there() -> None:
    """The table is declared where the model was imported; a name that is taken is not taken again."""
    files = importing("", "users = 1", "from models import User as Person", "op.execute(sa.delete(Person.__table__))")
    files["alembic/versions/a2.py"] = files["alembic/versions/a2.py"].replace(
        "sa.delete(Person.__table__)", "sa.delete(Person.__table__).where(Person.id == users)"
    )
    (fix,) = fixes(files, "model-import-in-migration")

    assert after(files, fix)["alembic/versions/a2.py"].endswith(
        '    users = 1\n    users_table = sa.table("users", sa.column("id", sa.Integer()))\n'
        "    op.execute(sa.delete(users_table).where(users_table.c.id == users))\n"
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("op.get_bind().execute(User.__table__.insert().values(id=1))",),
        ("User()",),
        ("User.__table__.create(op.get_bind())",),
        ("from sqlalchemy.orm import Session", "Session(op.get_bind()).execute(sa.delete(User.__table__))"),
        ("op.get_bind().execute(sa.select(User))",),
    ],
    ids=["a default of the mapper's", "an object", "its DDL", "a session", "all columns"],
)
def test_what_needs_the_model_keeps_it(lines: tuple[str, ...]) -> None:
    """A plain table does not do what the mapper does."""
    assert fixes(importing("from models import User\n", *lines), "model-import-in-migration") == []


# ---------------------------------------------------------------------------------------------------------------------
# New revisions

REFERRING = """
#- models.py
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    chief_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))


class Team(Base):
    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
"""


def test_what_is_referred_to_comes_along() -> None:
    """A table is made with those that it refers to; where they refer to each other, the keys are made last."""
    one = analysed(project(REFERRING))
    (finding,) = [each for each in one.findings if each.table == "notes"]
    changes = with_needs(changes_for(finding.difference, one) or (), one) or ()

    assert [(change.table, type(change.part).__name__) for change in changes if isinstance(change, Create)] == [
        *((name, "Table") for name in ("teams", "notes", "owners")),
        ("teams", "ForeignKey"),
        ("owners", "ForeignKey"),
    ]
    assert [len(each.part.foreign_keys) for each in changes if isinstance(each.part, Table)] == [0, 1, 0]


def test_what_refers_to_a_dropped_table_goes_first() -> None:
    """The foreign key of a table that stays is dropped before the table that it refers to."""
    files = project(
        revision(
            "a1",
            "None",
            'op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))\n    '
            'op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), '
            'sa.Column("a_id", sa.Integer, sa.ForeignKey("a.id")))',
            doc="import sqlalchemy as sa\nfrom alembic import op\n\n",
        )
    )
    one = analysed(files)
    (finding,) = [each for each in one.findings if each.table == "a"]
    changes = with_needs(changes_for(finding.difference, one) or (), one) or ()

    assert [(type(each), each.table, each.part.name) for each in changes] == [
        (Drop, "b", "b_a_id_fkey"),
        (Drop, "a", "a"),
    ]


BRANCHED = """
#- alembic/versions/a1.py
import sqlalchemy as sa
from alembic import op

revision = "a1"
down_revision = None
branch_labels = ("shop",)


def upgrade():
    op.create_table("owners", sa.Column("id", sa.Integer, primary_key=True), sa.Column("extra", sa.Integer))
#- alembic/versions/b1.py
import sqlalchemy as sa
from alembic import op

revision = "b1"
down_revision = None
branch_labels = ("blog",)


def upgrade():
    op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("extra", sa.Integer))
"""


def test_a_branch_goes_on() -> None:
    """Of branches with labels, a revision follows the one that made its table; for both at once, none is clear."""
    one = analysed(project(BRANCHED))
    changes = {finding.table: changes_for(finding.difference, one) or () for finding in one.findings if finding.table}
    parents = {table: parent_of(several, one) for table, several in changes.items()}

    assert parents == {"owners": "a1", "notes": "b1"}
    assert not isinstance(parent_of([each for several in changes.values() for each in several], one), str)
    assert whole_offers(one.findings, one, None) == ()


def test_all_drift_of_a_table_and_of_the_project() -> None:
    """There is an offer for a table only where others drift, too; it closes just that."""
    files = project(
        REFERRING
        + revision(
            "a1",
            "None",
            'op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("extra", sa.Integer))',
            doc="import sqlalchemy as sa\nfrom alembic import op\n\n",
        )
    )
    one = analysed(files)
    offers = whole_offers(one.findings, one, "notes")
    left = [
        sorted({each.table for each in analysed(after(files, fix)).findings if each.table})
        for offer in offers
        if (fix := offer.build()) is not None
    ]
    found = closing(one.findings, one)

    assert [offer.title for offer in offers] == ["Create migration for all drift of notes", ALL_DRIFT]
    assert left == [[], []]  # notes refers to the others
    assert found.left == ()
    assert found.lost == ("notes.extra",)
    assert closing_fix(found, one, title="all") is not None


ENUMS = """
#- models.py
import enum

from sqlalchemy import Enum, Index, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Ticket(Base):
    __tablename__ = "tickets"
    __table_args__ = (Index("ix_open", "id", postgresql_where=text("state = 'open'")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(Enum("new", "open", name="state"))
    size: Mapped[str] = mapped_column(String(10))
    mood: Mapped[str] = mapped_column(Enum("x", name="mood"))
#- alembic/versions/0001.py
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.Enum("new", name="state"), nullable=False),
        sa.Column("size", sa.Enum("s", "m", name="size"), nullable=False, server_default="s"),
        sa.Column("mood", sa.Enum("x", name="mood"), nullable=False),
        sa.Column("old", sa.Enum("p", name="oldness")),
        sa.Column("other", sa.Enum("x", name="mood")),
    )
"""


def statements(files: dict[str, str], rule: str, object_: str | None) -> tuple[list[str], list[str]]:
    """The statements in SQL of the revision that cures a finding: of its upgrade, and of its downgrade."""
    one = analysed(files)
    (finding,) = [each for each in one.findings if (each.rule, each.object) == (rule, object_)]
    (fix,) = [offer.build() for offer in fixes_for(finding, one) if offer.revision]
    assert fix is not None
    (text,) = fix.creates.values()
    halves = text.partition("def downgrade")
    up, down = (
        [node.args[0].value for node in ast.walk(ast.parse(half)) if isinstance(node, ast.Call) and is_execute(node)]
        for half in (halves[0], f"def downgrade{halves[2]}")
    )
    return up, down


def is_execute(call: ast.Call) -> bool:
    """Whether it is `op.execute(…)`."""
    return ast.unparse(call.func) == "op.execute"


def test_an_enum_goes_with_its_last_column() -> None:
    """Also where that gets another type; not while a column or a model has it."""
    files = project(ENUMS)

    assert statements(files, "extra-column", "old") == (["DROP TYPE oldness"], ["CREATE TYPE oldness AS ENUM ('p')"])
    assert statements(files, "type-mismatch", "size") == (["DROP TYPE size"], ["CREATE TYPE size AS ENUM ('s', 'm')"])
    assert statements(files, "extra-column", "other") == ([], [])
    fix = closing_fix(closing(analysed(files).findings, analysed(files)), analysed(files), title="all")
    assert fix is not None
    assert "enum-leaked" not in {one.rule for one in analysed(after(files, fix)).findings}


def test_a_label_comes_before_what_compares_with_it() -> None:
    """An index of the rows with a new label cannot be made without it."""
    up, _ = statements(project(ENUMS), "missing-index", "ix_open")

    assert up == ["ALTER TYPE state ADD VALUE IF NOT EXISTS 'open'"]


def test_a_revision_has_the_quotes_of_the_one_before_it() -> None:
    """With a template or without one, in all that is not the template's own."""
    quoted = project(ENUMS)
    path = "alembic/versions/0001.py"
    files = {**quoted, path: quoted[path].replace('"', "'")}
    one = analysed(files)
    fix = closing_fix(closing(one.findings, one), one, title="all")
    assert fix is not None
    (text,) = fix.creates.values()

    assert "revision = '0002'\n" in text
    assert "op.drop_column('tickets', 'old')" in text
    assert "op.execute('DROP TYPE oldness')" in text
