"""The card under the cursor: both halves, and the history with links."""

from __future__ import annotations

import pytest

from driftline.ide.hover import hover_at
from tests.ide.looking import look

MODELS = '''
#- models.py
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))


class Token(Base):
    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
#- alembic/versions/0001_users.py
"""Create users and tokens"""
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mail", sa.String(100), nullable=False),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    )
#- alembic/versions/0002_rename.py
"""Rename mail"""
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("users", "mail", new_column_name="email", type_=sa.String(255))
'''


def _card(text: str) -> str:
    looking = look(text)
    found = hover_at(looking.view, looking.path, looking.offset)
    assert found is not None
    return found.markdown


def test_a_field_shows_both_halves_and_its_history() -> None:
    """On a model field the card has the declared and the migrated column, and each event with a link."""
    card = _card(MODELS.replace("user_id: Mapped[int]", "user$0_id: Mapped[int]"))

    assert "**`tokens.user_id`** · column of `Token`" in card
    assert "- declared: `INTEGER`, not null\n" in card
    assert "- migrated: `INTEGER`, not null, → `users.id` ON DELETE CASCADE\n" in card
    assert "(file:///project/alembic/versions/0001_users.py#L15 " in card


def test_a_card_repeats_no_diagnostic() -> None:
    """What is wrong is said once: by the diagnostic where it stands, and by the card of the same thing elsewhere."""
    on_the_field = _card(MODELS.replace("user_id: Mapped[int]", "user$0_id: Mapped[int]"))
    on_the_class = _card(MODELS.replace("class Token(Base)", "class Tok$0en(Base)"))
    in_the_migration = _card(MODELS.replace('"user_id", sa', '"us$0er_id", sa'))

    assert "`extra-foreign-key`" not in on_the_field
    assert "- **error** " in on_the_class
    assert "`extra-foreign-key`" in on_the_class
    assert "`extra-foreign-key`" in in_the_migration


def test_a_half_that_is_not_there_is_not_found() -> None:
    """A field without a column, and a column without a field, say so."""
    declared = _card(MODELS.replace("    user_id: Mapped[int]", "    user_id: Mapped[int]\n    no$0te: Mapped[str]"))
    migrated = _card(MODELS.replace("    user_id: Mapped[int]\n", "").replace('"user_id", sa', '"us$0er_id", sa'))

    assert "- declared: `VARCHAR`, not null\n- migrated: not found\n" in declared
    assert "- declared: not found\n- migrated: `INTEGER`, not null" in migrated


def test_a_class_shows_how_much_there_is() -> None:
    """On a class the card counts what each half has."""
    card = _card(MODELS.replace("class Token(Base)", "class Tok$0en(Base)"))

    assert "**`tokens`** · table of `Token`" in card
    assert "- declared: 2 columns, 1 constraint, 0 indexes\n" in card
    assert "- migrated: 2 columns, 2 constraints, 0 indexes\n" in card


def test_the_history_follows_a_rename() -> None:
    """A column that was renamed has the history of its former name, and the other columns' events are left out."""
    card = _card(MODELS.replace("email: Mapped[str]", "ema$0il: Mapped[str]"))

    history = card.partition("**History**")[2]
    assert ["0001", "0002"] == [line.split("`")[1] for line in history.splitlines() if line.startswith("- [")]


def test_what_cannot_be_applied_is_marked() -> None:
    """An operation that fails did not happen, and the history does not tell it as if it had."""
    fails = MODELS.replace(
        '    op.alter_column("users"', '    op.drop_column("users", "nope")\n    op.alter_column("users"'
    )
    card = _card(fails.replace("class User(Base)", "class Us$0er(Base)"))
    (line,) = [one for one in card.splitlines() if "nope" in one and one.startswith("- [")]

    assert line.endswith("drop column `nope` _(cannot be applied: `unknown-column`)_")
    assert card.count("cannot be applied") == 1


@pytest.mark.parametrize(
    ("marked", "subject"),
    [
        ('"us$0ers",\n        sa.Column("id"', "`users`** · table"),
        ('sa.Column("ma$0il"', "`users.email`** · column"),
        ('ForeignKey("users$0.id"', "`users.id`** · column"),
        ('op.alter_column("us$0ers"', "`users`** · table"),
        ('op.alter_column("users", "ma$0il"', "`users.email`** · column"),
        ("class Us$0er(Base)", "`users`** · table"),
        ('__tablename__ = "us$0ers"', "`users`** · table"),
    ],
)
def test_names_in_migrations_and_class_names_have_cards(marked: str, subject: str) -> None:
    """Wherever a table's or column's name stands, the card is that of the thing it has become."""
    text = MODELS.replace(marked.replace("$0", ""), marked)

    assert subject in _card(text)


BACKWARDS = """
#- models.py
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(100), unique=True, index=True)


notes = Table("notes", Base.metadata, Column("id", Integer, primary_key=True))
#- alembic/versions/0001.py
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("old", sa.String(10)),
    )
    op.create_table("notes", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("notes")
    op.drop_table("users")
#- alembic/versions/0002.py
from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("users", sa.Column("mail", sa.String(100), nullable=False))
    op.create_unique_constraint("uq_mail", "users", ["mail"])
    op.create_check_constraint("ck_mail", "users", "mail <> ''")
    op.create_index(op.f("ix_mail"), "users", ["mail"])
    op.create_index("ix_both", "users", ["mail", "id"])
    op.drop_column("users", "old")


def downgrade():
    op.add_column("users", sa.Column("old", sa.String(10), comment="back"))
    op.drop_index("ix_both", table_name="users")
    op.drop_index(op.f("ix_mail"), table_name="users")
    op.drop_constraint("ck_mail", "users", type_="check")
    op.drop_constraint("uq_mail", "users", type_="unique")
    op.drop_column("users", "mail")
#- alembic/versions/0003.py
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.rename_table("users", "people")
    op.alter_column("people", "mail", new_column_name="email")


def downgrade():
    op.alter_column("people", "email", new_column_name="mail")
    op.rename_table("people", "users")
"""


@pytest.mark.parametrize(
    ("marked", "subject", "revisions"),
    [
        ('op.drop_table("us$0ers")', "`people`** · table of `Person`", ["0001", *["0002"] * 6, *["0003"] * 2]),
        ('op.drop_table("no$0tes")', "`notes`** · table", ["0001"]),
        ('op.drop_column("users", "ma$0il")', "`people.email`** · column of `Person`", None),
        ('op.drop_column("us$0ers", "mail")', "`people`** · table of `Person`", None),
        ('sa.Column("ol$0d", sa.String(10), comment', "`people.old`** · column of `Person`", ["0001", "0002"]),
        ('op.drop_constraint("uq_$0mail"', "`people.email`** · column of `Person`", None),
        ('op.drop_constraint("ck_$0mail"', "`people`** · table of `Person`", None),
        ('op.drop_index(op.f("ix$0_mail"), table', "`people.email`** · column of `Person`", None),
        ('op.drop_index("ix$0_both", table', "`people`** · table of `Person`", None),
        ('op.alter_column("people", "em$0ail"', "`people.email`** · column of `Person`", None),
        ('new_column_name="ma$0il"', "`people.email`** · column of `Person`", None),
        ('op.rename_table("people", "us$0ers")', "`people`** · table of `Person`", None),
        ('op.create_unique_constraint("uq_$0mail"', "`people.email`** · column of `Person`", None),
        ('op.create_index("ix$0_both"', "`people`** · table of `Person`", None),
        ('Table("no$0tes"', "`notes`** · table", ["0001"]),
        ('__tablename__ = "peo$0ple"', "`people`** · table of `Person`", None),
    ],
)
def test_names_in_downgrades_have_cards(marked: str, subject: str, revisions: list[str] | None) -> None:
    """A downgrade speaks of former names: each leads to what has become of it, and to its history."""
    plain = marked.replace("$0", "")
    assert 1 == BACKWARDS.count(plain)

    card = _card(BACKWARDS.replace(plain, marked))

    history = [line.split("`")[1] for line in card.partition("**History**")[2].splitlines() if line.startswith("- [")]
    assert subject in card.splitlines()[0]
    assert history == revisions if revisions is not None else "0002" in history


GUARDED = """
#- models.py
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
#- alembic/versions/0001.py
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    if sa.inspect(op.get_bind()).has_table("legacy"):
        op.alter_column("legacy", "note", nullable=False)


def downgrade():
    if sa.inspect(op.get_bind()).has_table("legacy"):
        op.alter_column("leg$0acy", "note", nullable=True)
"""


def test_a_table_that_only_guarded_calls_speak_of_has_a_card() -> None:
    """No revision makes it: the card says so, and tells what would be done to it."""
    card = _card(GUARDED)

    assert "- migrated: not found\n" in card
    assert "_(not applied: only if" in card


def test_other_places_have_no_card() -> None:
    """A word that is neither table nor column shows nothing."""
    looking = look(MODELS.replace('"""Rename mail"""', '"""Ren$0ame mail"""'))

    assert hover_at(looking.view, looking.path, looking.offset) is None
