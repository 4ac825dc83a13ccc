"""A small project for the protocol tests, with one thing wrong of each kind that they need.

- `orders.user_id`: the migrations have a foreign key, the model does not (extra-foreign-key).
- `orders.state`: the model has a CHECK, the migrations do not (missing-check).
- `users`: nothing is wrong.

Every file would leave a mark beside the project if it were run, and so would its template.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RULES = ["extra-foreign-key", "missing-check"]
"""What is wrong with orders.py."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Where its files are; `folder` is what is opened."""

    folder: Path

    @property
    def ini(self) -> Path:
        """alembic.ini."""
        return self.folder / "alembic.ini"

    @property
    def orders(self) -> Path:
        """The models with findings."""
        return self.folder / "shop" / "orders.py"

    @property
    def users(self) -> Path:
        """The models without."""
        return self.folder / "shop" / "users.py"

    @property
    def versions(self) -> Path:
        """The folder of the revisions."""
        return self.folder / "migrations" / "versions"

    @property
    def first(self) -> Path:
        """The revision that makes both tables."""
        return self.versions / "0001_first.py"

    @property
    def marks(self) -> Path:
        """The folder that gets a file for each of the project's files that is run."""
        return self.folder.parent / f"{self.folder.name}-marks"


def make_shop(folder: Path) -> Shop:
    """Write the project."""
    shop = Shop(folder)
    shop.marks.mkdir(parents=True)
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        mark = MARK.format(path=str(shop.marks / name.replace("/", "-"))) if name.endswith(".py") else ""
        path.write_text(text.replace("# MARK\n", mark).replace("MARKS", str(shop.marks)), encoding="utf-8")
    return shop


MARK = 'open("{path}", "w").close()\n'

FILES = {
    "alembic.ini": """\
[alembic]
script_location = %(here)s/migrations
prepend_sys_path = %(here)s
sqlalchemy.url = postgresql://localhost/shop
""",
    "migrations/script.py.mako": """\
<% open("MARKS/template", "w").close() %>\\
\"\"\"${message}\"\"\"

from alembic import op
import sqlalchemy as sa
${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
""",
    "migrations/env.py": """\
# MARK
from alembic import context
from sqlalchemy import create_engine

from shop import orders, users
from shop.base import Base

target_metadata = Base.metadata

with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
""",
    "migrations/versions/0001_first.py": """\
# MARK
from alembic import op
import sqlalchemy as sa

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_orders_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )


def downgrade():
    op.drop_table("orders")
    op.drop_table("users")
""",
    "shop/__init__.py": "# MARK\n",
    "shop/base.py": """\
# MARK
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
""",
    "shop/users.py": """\
# MARK
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
""",
    "shop/orders.py": """\
# MARK
from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.base import Base


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("state IN ('new', 'paid')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(20))
""",
}

SECOND_REVISION = """\
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_check_constraint(op.f("ck_orders_state"), "orders", "state IN ('new', 'paid')")


def downgrade():
    op.drop_constraint(op.f("ck_orders_state"), "orders", type_="check")
"""
"""A revision that somebody else writes: with it the CHECK is not missing any more."""
