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


@pytest.mark.parametrize(
    ("marked", "subject"),
    [
        ('"us$0ers",\n        sa.Column("id"', "`users`** · table"),
        ('sa.Column("ma$0il"', "`users.email`** · column"),
        ('ForeignKey("users$0.id"', "`users.id`** · column"),
        ('op.alter_column("us$0ers"', "`users`** · table"),
        ('op.alter_column("users", "ma$0il"', "`users.email`** · column"),
        ("class Us$0er(Base)", "`users`** · table"),
    ],
)
def test_names_in_migrations_and_class_names_have_cards(marked: str, subject: str) -> None:
    """Wherever a table's or column's name stands, the card is that of the thing it has become."""
    text = MODELS.replace(marked.replace("$0", ""), marked)

    assert subject in _card(text)


def test_other_places_have_no_card() -> None:
    """A word that is neither table nor column shows nothing."""
    looking = look(MODELS.replace('"""Rename mail"""', '"""Ren$0ame mail"""'))

    assert hover_at(looking.view, looking.path, looking.offset) is None
