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
