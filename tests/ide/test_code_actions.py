"""Which fix is meant: findings of one kind may stand in several revisions, and in several environments."""

from __future__ import annotations

from collections.abc import Mapping

from driftline.fixes import Fix
from driftline.ide.code_actions import Offer, build, migration, offers_at
from driftline.ide.view import View
from driftline.lsp.texts import Texts
from driftline.text import Span, apply_edits
from tests.support.project import ROOT, analyses, files_of

REVISION = """
#- alembic/versions/{id}.py
import sqlalchemy as sa
from alembic import op

revision = "{id}"
down_revision = {down}


def upgrade():
    {body}
"""


def view(files: Mapping[str, str]) -> View:
    """What an editor sees of a project."""
    found = analyses(files)
    texts = Texts(lambda path: next((one for each in found if (one := each.syntax(path)) is not None), None), {})
    return View(tuple(found), texts.syntax, texts.span_of)


def offers(seen: View, path: str, title: str) -> list[Offer]:
    """The offers in a file, by how their titles begin."""
    return [one for one in offers_at(seen, f"{ROOT}/{path}", Span(0, 10_000)) if one.title.startswith(title)]


def chosen(seen: View, offer: Offer) -> Fix:
    """What an offer does."""
    fix = build(seen, offer.key)
    assert isinstance(fix, Fix)
    return fix


ALTER = 'op.alter_column("users", "age", nullable=True)'
CREATE = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("age", sa.Integer))'
ALIKE = files_of(
    "#- models.py\nfrom sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass"
    + REVISION.format(id="a1", down=None, body=CREATE)
    + REVISION.format(id="a2", down='"a1"', body=ALTER)
    + REVISION.format(id="a3", down='"a2"', body=f"{ALTER}\n    op.execute('SELECT 1')\n    {ALTER}")
)


def test_the_fix_that_was_chosen_is_made() -> None:
    """Not that of another revision, or of another call in the same one, that does the same."""
    seen = view(ALIKE)
    (one,) = offers(seen, "alembic/versions/a2.py", "Remove the operation")
    first, second = offers(seen, "alembic/versions/a3.py", "Remove the operation")
    path = "alembic/versions/a3.py"

    assert list(chosen(seen, one).edits) == [f"{ROOT}/alembic/versions/a2.py"]
    texts = [apply_edits(ALIKE[path], chosen(seen, each).edits[f"{ROOT}/{path}"]) for each in (first, second)]
    assert [text.partition("upgrade():\n")[2].split("\n")[0].strip()[:10] for text in texts] == [
        "op.execute",
        ALTER[:10],
    ]


def test_a_fix_whose_revision_was_mended_does_nothing() -> None:
    """Another one of its like is not mended in its stead."""
    (one,) = offers(view(ALIKE), "alembic/versions/a2.py", "Remove the operation")
    path = "alembic/versions/a2.py"
    mended = view({**ALIKE, path: ALIKE[path].replace(ALTER, "pass")})

    assert build(mended, one.key) is None


DATABASES = files_of(
    """
    #- alembic.ini
    [alembic]
    script_location = alembic
    prepend_sys_path = .
    databases = one, two

    [one]
    sqlalchemy.url = postgresql://localhost/one

    [two]
    sqlalchemy.url = postgresql://localhost/two
    #- alembic/env.py
    from alembic import context
    import models

    target_metadata = {"one": models.One.metadata, "two": models.Two.metadata}
    for name in context.config.get_main_option("databases").split(", "):
        context.configure(url="postgresql://", upgrade_token=f"{name}_upgrades", target_metadata=target_metadata[name])
        context.run_migrations(engine_name=name)
    #- alembic/script.py.mako
    revision = ${repr(up_revision)}
    down_revision = ${repr(down_revision)}
    from alembic import op
    import sqlalchemy as sa
    def upgrade(engine_name): globals()["upgrade_%s" % engine_name]()
    def upgrade_one():
        ${context.get("one_upgrades", "pass")}
    def upgrade_two():
        ${context.get("two_upgrades", "pass")}
    #- models.py
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class One(DeclarativeBase):
        pass


    class Two(DeclarativeBase):
        pass


    class A(One):
        __tablename__ = "a"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]


    class B(Two):
        __tablename__ = "b"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
    #- alembic/versions/r1.py
    import sqlalchemy as sa
    from alembic import op

    revision = "r1"
    down_revision = None


    def upgrade(engine_name):
        globals()["upgrade_%s" % engine_name]()


    def downgrade(engine_name):
        globals()["downgrade_%s" % engine_name]()


    def upgrade_one():
        op.create_table("a", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade_one():
        pass


    def upgrade_two():
        op.create_table("b", sa.Column("id", sa.Integer, primary_key=True))


    def downgrade_two():
        op.drop_table("b")
    """
)


def test_each_database_has_its_own_revision() -> None:
    """Of several with one history, a finding's fix is written for the one that it is about."""
    seen = view(DATABASES)
    made = {}
    for one in offers(seen, "models.py", "Create a revision that adds"):
        (text,) = chosen(seen, one).creates.values()
        made[one.title.rpartition(" ")[2]] = text.partition("def upgrade_one")[2].partition("def upgrade_two")

    assert ["add_column" in part for part in made["a"]] == [True, False, False]
    assert ["add_column" in part for part in made["b"]] == [False, False, True]
    assert "`driftline revision --environment two`" in str(migration(seen, f"{ROOT}/models.py"))


def test_each_database_has_its_own_downgrade() -> None:
    """What is filled in is not run for the others."""
    seen = view(DATABASES)
    path = "alembic/versions/r1.py"
    (one,) = offers(seen, path, "Complete the downgrade")
    text = apply_edits(DATABASES[path], chosen(seen, one).edits[f"{ROOT}/{path}"])

    assert 'def downgrade_one():\n    op.drop_table("a")\n' in text
    assert text.count("drop_table") == 2
