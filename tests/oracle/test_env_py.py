"""What env.py and the ini say is read as it runs: tiny projects, each upgraded and compared by real Alembic.

A case is the files in which a project differs from `PLAIN`, on SQLite.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.oracle.command_line import driftline_json
from tests.oracle.databases import REFEREE, Databases, operations
from tests.oracle.projects import Project

ENV = """\
from alembic import context
from sqlalchemy import create_engine, pool
{imports}
target_metadata = {target}
engine = create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata{options})
    with context.begin_transaction():
        context.run_migrations()
"""
BASE = """\
from sqlalchemy import MetaData
from sqlalchemy.orm import declarative_base

Base = declarative_base()
"""
USERS = """\
import sqlalchemy as sa
from shop.base import Base


class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(30), nullable=False, server_default="x")
"""
ORDERS = """\
import sqlalchemy as sa
from shop.base import Base


class Order(Base):
    __tablename__ = "orders"
    id = sa.Column(sa.Integer, primary_key=True)
    total = sa.Column(sa.Integer, index=True)
"""
FIRST = """\
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(20), nullable=False, server_default="y"),
    )
    op.create_table("legacy", sa.Column("id", sa.Integer(), primary_key=True))
"""
SECOND = """\
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("users", sa.Column("nick", sa.String(9)))
"""
STRAY = SECOND.replace('"0001"', "None").replace('"0002"', '"0009"')
URL = "sqlalchemy.url = sqlite:///example.db\n"
INI = f"[alembic]\nscript_location = alembic\nprepend_sys_path = .\n{URL}"


def env(
    imports: str = "import shop.orders, shop.users", target: str = "shop.users.Base.metadata", **options: str
) -> str:
    """Write an env.py; `options`: the source of further arguments of `context.configure`."""
    more = "".join(f", {name}={text}" for name, text in options.items())
    return ENV.format(imports=imports, target=target, options=more)


PLAIN: Mapping[str, str] = {
    "alembic.ini": INI,
    "alembic/env.py": env(),
    "alembic/versions/0001.py": FIRST,
    "shop/__init__.py": "",
    "shop/base.py": BASE,
    "shop/users.py": USERS,
    "shop/orders.py": ORDERS,
}
IMPORTED = "import shop.base"
METADATA = "shop.base.Base.metadata"
TWO = BASE + "other = MetaData()\n"
IN_OTHER = (
    'import sqlalchemy as sa\nfrom shop.base import other\nsa.Table("orders", other, sa.Column("id", sa.Integer))\n'
)
LOOP = "import importlib, os, pathlib, pkgutil, shop\n"
NOT_LEGACY = """
def chosen(object, name, type_, reflected, compare_to):
    return not (type_ == "table" and reflected and compare_to is None)
"""
NO_ORDERS = """
def chosen(object, name, type_, reflected, compare_to):
    return not (type_ == "table" and name == "orders") and not (type_ == "column" and name == "nick")
"""
NAMED = """
def named(name, type_, parent_names):
    return type_ != "table" or name in shop.users.Base.metadata.tables
"""
TYPES = """
def typed(context, inspected, column, inspected_type, metadata_type):
    return None
"""
ALL = "import shop.orders, shop.users"
SEVERAL = "a list of MetaData"
TASKS = ("upgrade", "reflect", "drift", "models")
CASES: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    SEVERAL: {
        "shop/base.py": TWO,
        "shop/orders.py": IN_OTHER,
        "alembic/env.py": env(target="[shop.base.Base.metadata, shop.base.other]"),
    },
    "a function's result": {
        "alembic/env.py": env(
            "def metadata():\n    from shop import base, orders, users\n    return base.Base.metadata\n", "metadata()"
        )
    },
    "behind a class": {
        "shop/db.py": "from shop.base import Base\nclass Database:\n    @property\n    def metadata(self):\n"
        "        from shop import orders, users\n        return Base.metadata\n\ndb = Database()\n",
        "alembic/env.py": env("from shop.db import db", "db.metadata"),
    },
    "only what is imported": {"alembic/env.py": env("import shop.users")},
    "pkgutil.iter_modules": {
        "alembic/env.py": env(
            LOOP + 'for one in pkgutil.iter_modules(shop.__path__):\n    importlib.import_module(f"shop.{one.name}")\n',
            METADATA,
        )
    },
    "pkgutil.walk_packages": {
        "shop/orders.py": "",
        "shop/deep/__init__.py": "",
        "shop/deep/orders.py": ORDERS,
        "alembic/env.py": env(
            LOOP
            + 'for _, name, _ in pkgutil.walk_packages(shop.__path__, "shop."):\n    importlib.import_module(name)\n',
            METADATA,
        ),
    },
    "os.walk": {
        "alembic/env.py": env(
            LOOP + "for root, _, files in os.walk(os.path.dirname(shop.__file__)):\n    for file in files:\n"
            '        if file.endswith("s.py"):\n            importlib.import_module(f"shop.{file[:-3]}")\n',
            METADATA,
        )
    },
    "a glob": {
        "alembic/env.py": env(
            LOOP + 'for path in pathlib.Path(shop.__file__).parent.glob("*.py"):\n'
            '    if path.stem != "__init__":\n        importlib.import_module("shop." + path.stem)\n',
            METADATA,
        )
    },
    "star imports and re-exports": {
        "shop/__init__.py": "from shop.everything import *\n",
        "shop/everything.py": "from .users import User\nfrom .orders import *\n",
        "alembic/env.py": env("from shop import *", "Base.metadata"),
    },
    "a lazy package": {
        "shop/__init__.py": "import importlib\nwhere = {'User': 'users', 'Order': 'orders'}\n"
        "def __getattr__(name):\n"
        "    if name not in where:\n        raise AttributeError(name)\n"
        "    return getattr(importlib.import_module(f'shop.{where[name]}'), name)\n",
        "alembic/env.py": env("from shop import User", "User.metadata"),
    },
    "include_object": {"alembic/env.py": env(ALL + NOT_LEGACY, include_object="chosen")},
    "include_object of models and columns": {
        "alembic/versions/0002.py": SECOND,
        "alembic/env.py": env(ALL + NO_ORDERS, include_object="chosen"),
    },
    "include_name": {"alembic/env.py": env(ALL + NAMED, include_name="named")},
    "include_schemas": {"alembic/env.py": env(include_schemas="True")},
    "compare_type off": {"alembic/env.py": env(compare_type="False")},
    "a compare_type that leaves it to Alembic": {"alembic/env.py": env(ALL + TYPES, compare_type="typed")},
    "compare_server_default": {"alembic/env.py": env(compare_server_default="True")},
    "version_table": {"alembic/env.py": env(version_table='"legacy_versions"')},
    "render_as_batch": {"alembic/env.py": env(render_as_batch="True")},
    "a naming convention set in env.py": {
        "shop/orders.py": "import sqlalchemy as sa\nfrom shop.base import Base\nclass Order(Base):\n"
        "    __tablename__ = 'orders'\n    id = sa.Column(sa.Integer, primary_key=True)\n"
        "    total = sa.Column(sa.Integer, index=True, unique=True)\n",
        "alembic/env.py": env(
            "import shop.base\nshop.base.Base.metadata.naming_convention = "
            '{"ix": "i_%(table_name)s_%(column_0_name)s"}\n'
            "import shop.orders, shop.users"
        ),
    },
    "[DEFAULT]": {
        "alembic.ini": f"[DEFAULT]\n{URL}place = alembic\n"
        "[alembic]\nprepend_sys_path = .\nscript_location = %(place)s\n"
    },
    "%(here)s and version_locations": {
        "alembic.ini": INI.replace("= alembic", "= %(here)s/alembic")
        + "version_path_separator = os\nversion_locations = %(here)s/alembic/versions:%(here)s/more\n",
        "more/0002.py": SECOND,
    },
    "path_separator of newlines": {
        "alembic.ini": INI + "path_separator = newline\nversion_locations =\n    alembic/versions\n    more\n",
        "more/0002.py": SECOND,
    },
    "recursive_version_locations": {
        "alembic.ini": INI + "recursive_version_locations = true\n",
        "alembic/versions/2024/05/0002.py": SECOND,
    },
    "folders within that follow on nothing, not recursive": {"alembic/versions/2024/0009.py": STRAY},
    "a package's path": {
        "alembic.ini": INI.replace("= alembic", "= shop:migrations"),
        "shop/migrations/env.py": env(),
        "shop/migrations/versions/0001.py": FIRST,
        "shop/migrations/versions/0002.py": SECOND,
    },
    "an ini folder that is no import root": {
        "alembic.ini": INI.replace("path = .", "path = src"),
        **{f"src/{path}": text for path, text in PLAIN.items() if path.startswith("shop")},
    },
    "sourceless": {"alembic.ini": INI + "sourceless = true\n", "alembic/versions/0002.py": SECOND},
}


def columns(document: Any) -> dict[str, list[str]]:  # noqa: ANN401 -- a schema document
    """Tables and their columns, with the indexes behind them."""
    return {
        name: [*sorted(table["columns"]), *sorted(one["name"] for one in table["indexes"])]
        for name, table in sorted(document["tables"].items())
    }


def written(name: str, folder: Path) -> Project:
    """Write a case's project."""
    files = {**PLAIN, **CASES[name]}
    moved = {
        path for path in PLAIN if {f"src/{path}", path.replace("alembic/", "shop/migrations/")} & files.keys() - {path}
    }
    for path, text in files.items():
        if path not in moved:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return Project(folder, folder / "alembic.ini", "sqlite", "head")


JUDGE = f"""
import io, json, os, sys
sys.path.append({str(REFEREE.parent)!r})
import referee
for name, request in json.load(sys.stdin).items():
    reading, writing = os.pipe()
    if not os.fork():
        sys.stdin, sys.stdout = io.StringIO(json.dumps(request)), os.fdopen(writing, "w")
        referee.main()
        sys.stdout.write("\\n")
        sys.exit()
    os.close(writing)
    with os.fdopen(reading) as answer:
        print(json.dumps([name, json.loads(answer.read() or "null")]), flush=True)
    os.wait()
"""
"""The referee for many projects: imported once, and each project is judged in a process of its own."""


@pytest.fixture(scope="module")
def judged(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, list[Any]]]:
    """Each case's project, and what real Alembic answers to `TASKS`, or to those that it can answer."""
    projects = {name: written(name, tmp_path_factory.mktemp("project")) for name in CASES}
    requests = {}
    for name, project in projects.items():
        url = databases.create(project)
        tasks = TASKS if name != SEVERAL else TASKS[:-1]
        asked = [{"do": do, "url": url, "revision": "head", "checks": False} for do in tasks]
        requests[name] = {"ini": str(project.ini), "tasks": asked}
    ended = subprocess.run(
        [sys.executable, "-P", "-B", "-c", JUDGE],
        input=json.dumps(requests),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    answers = dict(json.loads(line) for line in ended.stdout.splitlines())
    assert [] == [name for name in CASES if answers.get(name) is None], ended.stderr
    return {name: (projects[name].folder, answers[name]) for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_both_schemas_and_the_drift_are_alembics(name: str, judged: Mapping[str, tuple[Path, list[Any]]]) -> None:
    """The target metadata, the database at head, and each operation that autogenerate would write."""
    folder, (_, database, drift, *models) = judged[name]
    database["tables"].pop("legacy_versions", None)
    declared = driftline_json("schema", "models", str(folder)).output
    migrated = driftline_json("schema", "migrations", str(folder)).output
    found = driftline_json("check", "--exit-zero", str(folder)).output["findings"]

    assert columns(database) == columns(migrated)
    assert (columns(models[0]) if models else {"orders": ["id"], "users": ["id", "name"]}) == columns(declared)
    assert Counter(operations(drift)) == Counter(each for one in found for each in operations(one["operations"]))
    assert ([], []) == (declared["unknown"], migrated["unknown"])
