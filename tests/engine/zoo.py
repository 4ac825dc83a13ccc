"""A project whose models do to each other whatever models can do: what is kept of one module must feel each of them.

`FILES` are the files as they are at first, by place; `EDITS` can be made and taken back in any order.
"""
# ruff: noqa: E501 -- an edit stands on a line, where it can be read

from __future__ import annotations

ROOT = "/zoo"

_REVISION = """\
import sqlalchemy as sa
from alembic import op
from app.consts import LENGTH

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(LENGTH)))


def downgrade():
    op.drop_table("users")
"""

FILES: dict[str, str] = {
    "alembic.ini": "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://x/y\n",
    "alembic/env.py": """\
from alembic import context
from app import models
from app.db import Base, other

target_metadata = [Base.metadata, other]
""",
    "alembic/versions/0001_users.py": _REVISION,
    "app/__init__.py": "",
    "app/consts.py": "LENGTH = 40\nSIZES = {'short': 10}\nPREFIX = 'z'\n\n\ndef size(name):\n    return SIZES[name]\n",
    "app/db.py": """\
from datetime import datetime

from sqlalchemy import Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

other = MetaData(schema="far")
HOOKS = []


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s"})


class Stamped:
    created: Mapped[datetime]

    @declared_attr
    def kind(cls):
        return mapped_column(String(len(cls.__name__)))
""",
    "app/registering.py": """\
REGISTRY = []


def register(cls):
    REGISTRY.append(cls)
    return cls
""",
    "app/kinds.py": """\
import enum

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Short(TypeDecorator):
    impl = String(9)
""",
    "app/models/__init__.py": """\
from app.models.user import User
from app.models.post import Post
from app.models import tag
from app.models.left import Left
from app.models.view import View
from app.models.late import *
import app.models.watch
import app.models.quiet

__all__ = ["Left", "Post", "User"]
""",
    "app/models/user.py": """\
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import consts
from app.db import Base, Stamped
from app.kinds import Color, Short
from app.registering import register

if TYPE_CHECKING:
    from app.models.post import Post


class User(Stamped, Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(consts.LENGTH), index=True)
    color: Mapped[Color]
    nick: Mapped[str | None] = mapped_column(Short)
    posts: Mapped[list["Post"]] = relationship()
""",
    "app/models/post.py": """\
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Stamped
from app.models.user import User

if TYPE_CHECKING:
    from app.kinds import Color
    from app.models.left import Left


class Post(Stamped, Base):
    __tablename__ = "posts"
    id: Mapped[int] = mapped_column(primary_key=True)
    author = mapped_column(ForeignKey(User.id))
    title: Mapped[str] = mapped_column(String(20))
    color: Mapped["Color | None"]
    left: Mapped["Left"] = relationship()


Index("ix_title", Post.title)
""",
    "app/models/tag.py": """\
from sqlalchemy import Column, ForeignKey, Integer, String, Table

from app import consts
from app.db import Base, other

size = consts.size("short")
tags = Table("tags", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(size)))
far = Table("tags", other, Column("id", Integer, primary_key=True))
links = Table("links", Base.metadata, Column("post", ForeignKey("posts.id")), Column("tag", ForeignKey(tags.c.id)))
""",
    "app/models/left.py": """\
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

WIDTH = 7

from app.models import right


class Left(Base):
    __tablename__ = "lefts"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(right.HEIGHT))
""",
    "app/models/right.py": """\
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.left import WIDTH
import app.models.left as left

HEIGHT = WIDTH + 1


class Right(Base):
    __tablename__ = "rights"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(WIDTH))
    more: Mapped[str] = mapped_column(String(len(left.__name__)))
""",
    "app/models/view.py": """\
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.registering import REGISTRY
from app.models.user import User

NAMES = [one.__name__ for one in REGISTRY]


class View(User):
    __tablename__ = "views"
    id = mapped_column(Integer, ForeignKey("users.id"), primary_key=True)
    extra: Mapped[str] = mapped_column(String(1 + len(NAMES)))


try:
    from app.missing import SIZE
except ImportError:
    SIZE = 3


class Summary(Base):
    __tablename__ = "summaries"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(SIZE))
""",
    "app/models/late.py": """\
from sqlalchemy import Column, Integer, String, Table

from app.consts import LENGTH, PREFIX
from app.db import Base
from app.models.user import User

late = Table(PREFIX + "late", Base.metadata, Column("id", Integer, primary_key=True))
for name in sorted(Base.metadata.tables):
    if name == "posts":
        late.append_column(Column("seen", String(LENGTH)))


class Plain(Base):
    __tablename__ = "plains"
    id = Column(Integer, primary_key=True)
""",
    "app/models/watch.py": """\
import os

from sqlalchemy import Column, Integer, String, Table, event
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

os.environ["ZOO"] = "12"


class Watched(Base):
    __tablename__ = "watched"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(String(int(os.environ["ZOO"])))


from app.models import after
""",
    "app/models/after.py": """\
import os

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.models.user import User


class After(Base):
    __tablename__ = "afters"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(String(int(os.environ.get("ZOO", "4"))))
    children: Mapped[str] = mapped_column(String(1 + len(Base.__subclasses__())))
""",
    "app/models/quiet.py": """\
from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base

if TYPE_CHECKING:
    from app.kinds import Color


class Quiet(Base):
    __tablename__ = "quiets"
    id: Mapped[int] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(String(int(os.environ.get("ZOO", "4"))))
    color: Mapped[Color | None]
""",
    "app/models/forgotten.py": """\
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Stamped


class Forgotten(Stamped, Base):
    __tablename__ = "forgotten"
    id: Mapped[int] = mapped_column(primary_key=True)
""",
}

EDITS: list[tuple[str, str, str]] = [
    ("app/consts.py", "LENGTH = 40", "LENGTH = 41"),
    ("app/consts.py", "'short': 10", "'short': 11"),
    ("app/consts.py", "PREFIX = 'z'", "PREFIX = 'y'"),
    ("app/consts.py", "return SIZES[name]", "return SIZES[name] + 1"),
    ("app/consts.py", "LENGTH = ", "LENGTH ="),
    ("app/db.py", "created: Mapped[datetime]", "created: Mapped[datetime | None]"),
    ("app/db.py", "len(cls.__name__)", "2 * len(cls.__name__)"),
    ("app/db.py", '"uq_%(table_name)s"', '"uq_%(table_name)s", "pk": "pk_%(table_name)s"'),
    ("app/db.py", '"ix_%(column_0_label)s"', '"it_%(column_0_label)s"'),
    ("app/db.py", 'schema="far"', 'schema="near"'),
    ("app/registering.py", "    REGISTRY.append(cls)\n", "    pass\n"),
    ("app/db.py", "HOOKS = []", "HOOKS = [] if Base else [1"),
    ("app/kinds.py", "BLUE = 2", "BLUE = 2\n    GREEN = 3"),
    ("app/kinds.py", "impl = String(9)", "impl = String(8)"),
    ("app/kinds.py", "class Color(enum.Enum):", "class Color:"),
    ("app/models/user.py", "String(consts.LENGTH)", "String(consts.LENGTH + 1)"),
    ("app/models/user.py", "Mapped[str | None]", "Mapped[str]"),
    ("app/models/user.py", "\nclass User(", "\n@register\nclass User("),
    ("app/models/view.py", "\nclass Summary(", "\n@register\nclass Summary("),
    ("app/models/view.py", "import REGISTRY", "import REGISTRY, register"),
    ("app/registering.py", "REGISTRY = []", "REGISTRY = [int]"),
    ("app/models/user.py", "class User(Stamped, Base):", "class User(Base):"),
    ("app/models/user.py", "class User(Stamped", "class Person(Stamped"),
    ("app/models/user.py", '    __tablename__ = "users"', '    __tablename__ = "afters"'),
    (
        "app/models/user.py",
        "from app.kinds import Color, Short",
        "from app.kinds import Color, Short\nfrom app.models import after",
    ),
    ("app/models/user.py", "    id: Mapped[int]", "    # its key\n    id: Mapped[int]"),
    ("app/models/user.py", "    color: Mapped[Color]\n", "    color: Mapped[Color]\n    1 / 0\n"),
    ("app/models/user.py", "\n\nclass User(", "\nraise ValueError\n\nclass User("),
    ("app/models/user.py", '"Post"]] = relationship()', '"Post"]] = relationship('),
    ("app/models/post.py", "String(20)", "String(21)"),
    ("app/models/post.py", "ForeignKey(User.id)", "ForeignKey(User.name)"),
    ("app/models/post.py", 'Index("ix_title", Post.title)', 'Index("ix_title", Post.title, User.name)'),
    ("app/models/post.py", "class Post(", "class Article("),
    ("app/models/post.py", '    __tablename__ = "posts"', '    __tablename__ = "tags"'),
    (
        "app/models/post.py",
        'Index("ix_title", Post.title)',
        'Index("ix_name", User.name)\nUser.__table__.c.nick.nullable = False',
    ),
    ("app/models/post.py", 'Index("ix_title", Post.title)', "User.more = mapped_column(String(3))"),
    (
        "app/models/post.py",
        'Index("ix_title", Post.title)',
        'Base.metadata.naming_convention = {"ix": "iy_%(column_0_label)s"}',
    ),
    ("app/models/post.py", 'Index("ix_title", Post.title)', "Base.metadata.remove(User.__table__)"),
    ("app/models/post.py", 'Index("ix_title", Post.title)', 'from app import consts\nconsts.SIZES["short"] = 13'),
    ("app/models/post.py", 'Index("ix_title", Post.title)', "from app import consts\nconsts.LENGTH = 99"),
    ("app/models/tag.py", '"tags", other', '"tags2", other'),
    (
        "app/models/tag.py",
        'Column("post", ForeignKey("posts.id"))',
        'Column("post", ForeignKey("posts.id"), unique=True)',
    ),
    ("app/models/left.py", "WIDTH = 7", "WIDTH = 8"),
    ("app/models/left.py", "String(right.HEIGHT)", "String(right.HEIGHT + right.WIDTH)"),
    ("app/models/left.py", "\nfrom app.models import right\n", "\nDEPTH = 1\nfrom app.models import right\n"),
    ("app/models/right.py", "HEIGHT = WIDTH + 1", "HEIGHT = WIDTH + 2"),
    ("app/models/right.py", "from app.models.left import WIDTH", "from app.models.left import Left, WIDTH"),
    ("app/models/view.py", '    __tablename__ = "views"\n', "    __abstract__ = False\n"),
    (
        "app/models/view.py",
        'ForeignKey("users.id"), primary_key=True',
        'ForeignKey("users.id"), name="key", primary_key=True',
    ),
    ("app/models/right.py", "len(left.__name__)", "len(dir(left))"),
    ("app/models/view.py", "SIZE = 3", "SIZE = 4"),
    ("app/models/late.py", '== "posts"', '== "tags"'),
    (
        "app/models/late.py",
        "class Plain(Base):",
        "class Plain(Base):\n    __table_args__ = {'extend_existing': True}\n",
    ),
    ("app/models/watch.py", '"12"', '"13"'),
    ("app/models/watch.py", 'os.environ["ZOO"] = "12"\n', ""),
    (
        "app/models/watch.py",
        "\n\nclass Watched(Base):",
        '\n@event.listens_for(Table, "after_parent_attach")\ndef add(table, metadata):\n    table.append_column(Column("hooked", Integer))\n\n\nclass Watched(Base):',
    ),
    ("app/models/after.py", "from app.models.user import User", "from app.models.user import *"),
    ("app/models/after.py", '__tablename__ = "afters"', '__tablename__ = "users"'),
    (
        "app/models/after.py",
        "from app.db import Base\n",
        "from app.db import Base\nfrom app.models.watch import Watched\n",
    ),
    ("app/models/__init__.py", "from app.models.post import Post\n", ""),
    ("app/models/__init__.py", "from app.models import tag\n", "from app.models import forgotten, tag\n"),
    ("app/models/__init__.py", "from app.models.left import Left\n", "from app.models.right import Right\n"),
    (
        "app/models/__init__.py",
        "from app.models.user import User\n",
        "import app.models.watch\nfrom app.models.user import User\n",
    ),
    (
        "app/models/__init__.py",
        "from app.models.view import View\n",
        "if UNKNOWN:\n    from app.models.view import View\n",
    ),
    ("alembic/env.py", "[Base.metadata, other]", "Base.metadata"),
    ("alembic/env.py", "from app import models\n", "from app.models import user\n"),
    (
        "alembic/env.py",
        "from app.db import Base, other\n",
        "from app.db import Base, other\nfrom app.registering import REGISTRY\nREGISTRY.append(1)\n",
    ),
    ("alembic/versions/0001_users.py", "String(LENGTH)", "String(LENGTH + 1)"),
]
"""A place, what stands in it, and what comes instead; made again it is undone."""

WHOLE: list[tuple[str, str]] = [
    ("app/missing.py", "SIZE = 5\n"),
    ("app/models/more.py", "from app.db import Base\n\n\nclass More(Base):\n    __tablename__ = 'mores'\n"),
]
"""Files that come and go."""
