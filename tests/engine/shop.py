"""A small project with a little of everything: two models, a mixin, three revisions with a helper, and some drift."""

from __future__ import annotations

from pathlib import Path

ROOT = "/shop"

FILES = {
    "alembic.ini": "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://localhost/shop\n",
    "alembic/script.py.mako": "",
    "alembic/env.py": """\
from alembic import context

import shop.models
from shop.db import Base

target_metadata = Base.metadata

with context.begin_transaction():
    context.run_migrations()
""",
    "alembic/versions/0001_customers.py": '''\
"""customers

Revision ID: 0001
Revises:
Create Date: 2026-01-02 03:04:05
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(255), nullable=False),
    )


def downgrade():
    op.drop_table("customers")
''',
    "alembic/versions/0002_orders.py": '''\
"""orders

Revision ID: 0002
Revises: 0001
Create Date: 2026-02-03 04:05:06
"""

import sqlalchemy as sa
from alembic import op

from shop.columns import stamps

revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("customer_id", sa.Integer(), sa.ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
        *stamps(),
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])


def downgrade():
    op.drop_table("orders")
''',
    "alembic/versions/0003_total.py": '''\
"""total

Revision ID: 0003
Revises: 0002
Create Date: 2026-03-04 05:06:07
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    op.add_column("orders", sa.Column("total", sa.Numeric(10, 2), nullable=True))
    op.drop_index("ix_orders_customer_id", "orders")


def downgrade():
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])
    op.drop_column("orders", "total")
''',
    "shop/__init__.py": "",
    "shop/columns.py": """\
import sqlalchemy as sa


def stamps():
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at")]
""",
    "shop/db.py": """\
from datetime import datetime

from sqlalchemy import DateTime
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Stamped:
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
""",
    "shop/models/__init__.py": "from shop.models.customer import Customer\nfrom shop.models.order import Order\n",
    "shop/models/customer.py": """\
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    nickname: Mapped[str | None] = mapped_column(String(40))
""",
    "shop/models/order.py": """\
from decimal import Decimal

from sqlalchemy import Numeric
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base, Stamped


class Order(Stamped, Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        index=True,
    )
    total: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
""",
}
"""What differs: `customers.nickname` is missing in the migrations, as is the index `ix_orders_customer_id` at the head;
the models lack the foreign key `orders.customer_id`."""


def in_memory(root: str = ROOT) -> dict[str, str | bytes]:
    """The files by their absolute path below `root`."""
    return {f"{root}/{place}": text for place, text in FILES.items()}


def on_disk(root: Path) -> Path:
    """Write the files below `root`, and give it."""
    for place, text in FILES.items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root
