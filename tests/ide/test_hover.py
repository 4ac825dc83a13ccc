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
    """On a model field the card has the declared and the migrated column, the finding, and each event with a link."""
    card = _card(MODELS.replace("user_id: Mapped[int]", "user$0_id: Mapped[int]"))

    assert "**`tokens.user_id`** · column" in card
    assert "| declared (`Token`) | `INTEGER` | not null | – | – |" in card
    assert "| migrated | `INTEGER` | not null | – | → `users.id` ON DELETE CASCADE |" in card
    assert "`extra-foreign-key`" in card
    assert "(file:///project/alembic/versions/0001_users.py#L15 " in card


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
