# ruff: noqa: E501 -- the sources under test are written in one line a column
"""What env.py says is read without running it."""

from __future__ import annotations

import pytest

from driftline.models.reader import ModelSettings
from driftline.python.values import Unknown
from tests.models.reading import read

BASE = "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n"
USER = """
from sqlalchemy.orm import Mapped, mapped_column
from app.base import Base
class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
"""
POST = """
from sqlalchemy import Column, ForeignKey, Integer, Table
from app.base import Base
posts = Table(
    "posts", Base.metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id"))
)
"""
APP = {"app/__init__.py": "", "app/base.py": BASE, "app/users.py": USER, "app/posts.py": POST}

ASYNCHRONOUS = """
import asyncio
from logging.config import fileConfig
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import async_engine_from_config
from app.users import User
from app import posts
config = context.config
if config.config_file_name is not None:
    fileConfig(config.config_file_name)
target_metadata = User.metadata

def do_run_migrations(connection):
    context.configure(connection=connection, target_metadata=target_metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()

async def run_async_migrations():
    section = config.get_section(config.config_ini_section, {})
    connectable = async_engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    async with connectable.connect() as connection:
        await connection.run_sync(do_run_migrations)
    await connectable.dispose()

def run_migrations_online():
    asyncio.run(run_async_migrations())

if context.is_offline_mode():
    context.configure(url="x", target_metadata=target_metadata)
else:
    run_migrations_online()
"""

PLAIN = """
from alembic import context
IMPORTS
def run():
    context.configure(OPTIONS)
run()
"""


WALK = """
import pkgutil, importlib, app
for _, name, _ in pkgutil.walk_packages(app.__path__, 'app.'):
    importlib.import_module(name)
from app.base import Base
"""
LOOP = """
import importlib
for one in ('users', 'posts'):
    importlib.import_module(f'app.{one}')
from app.base import Base as B
"""


def _env(imports: str, options: str) -> str:
    return PLAIN.replace("IMPORTS", imports).replace("OPTIONS", options)


def test_an_asynchronous_environment_is_followed_to_configure() -> None:
    """If env.py configures Alembic in a function that it hands to `run_sync` in a coroutine.

    Its options and tables are known.
    """
    declared = read(APP, ASYNCHRONOUS)

    assert ["users", "posts"] == list(declared.schema.tables)
    assert True is declared.options.compare_server_default
    assert ("posts", "INTEGER") == ("posts", declared.schema.tables["posts"].columns[1].type.ddl)
    assert () == declared.unknown


@pytest.mark.parametrize(
    ("imports", "target"),
    [
        ("import app.users, app.posts\nfrom app.base import Base", "Base.metadata"),
        ("from app import users, posts\nfrom app.base import Base", "[Base.metadata]"),
        ("from app import users, posts\ndef metadata():\n    return users.Base.metadata", "metadata()"),
        (LOOP, "B.metadata"),
        (WALK, "Base.metadata"),
        ("from app import users, posts\nclass Holder:\n    metadata = users.Base.metadata", "Holder.metadata"),
        ("from app import users, posts", "users.Base.registry.metadata"),
    ],
)
def test_the_target_metadata_is_found(imports: str, target: str) -> None:
    """If env.py names its metadata in any of the usual ways, the tables on it are the declared schema."""
    declared = read(APP, _env(imports, f"target_metadata={target}"))

    assert {"users", "posts"} == set(declared.schema.tables)
    assert declared.options.target_metadata
    assert () == declared.unknown


def test_what_configure_is_given_is_kept() -> None:
    """If env.py passes options that comparing depends on, they are known; a function that decides defaults is not."""
    given = (
        "target_metadata=Base.metadata, compare_type=False, include_schemas=True, render_as_batch=True, version_table='v', "
        "version_table_schema='s', compare_server_default=decide, include_object=keep"
    )
    imports = "import alembic_postgresql_enum\nfrom app.users import Base\ndef decide(*a): return None\ndef keep(*a): return True"

    options = read(APP, _env(imports, given)).options

    assert (False, True, True, "v", "s") == (
        options.compare_type,
        options.include_schemas,
        options.render_as_batch,
        options.version_table,
        options.version_table_schema,
    )
    assert isinstance(options.compare_server_default, Unknown)
    assert options.filtered is None
    assert options.filters is not None
    assert ("alembic_postgresql_enum",) == options.plugins


@pytest.mark.parametrize(
    ("given", "prefixes"),
    [
        ("", ("op.", "sa.")),
        (", alembic_module_prefix='ao.', sqlalchemy_module_prefix=DB + '.'", ("ao.", "db.")),
        (", alembic_module_prefix=None, sqlalchemy_module_prefix=''", ("", "")),
        (", alembic_module_prefix=unknown(), sqlalchemy_module_prefix=unknown()", ("op.", "sa.")),
    ],
)
def test_the_prefixes_of_what_is_rendered_are_known(given: str, prefixes: tuple[str, str]) -> None:
    """If env.py says what stands before `op`'s and `sa`'s names, that is known; where it is not read, Alembic's own."""
    imports = "from app.users import Base\nfrom nowhere import unknown\nDB = 'db'"

    options = read(APP, _env(imports, f"target_metadata=Base.metadata{given}")).options

    assert prefixes == (options.alembic_module_prefix, options.sqlalchemy_module_prefix)


def test_a_convention_set_in_env_is_the_targets() -> None:
    """If env.py sets the naming convention after the models were imported, migrations go by it.

    Tables that are there do not.
    """
    imports = "from app.users import Base\nBase.metadata.naming_convention = {'pk': 'pk_%(table_name)s'}"

    declared = read(APP, _env(imports, "target_metadata=Base.metadata"))

    assert {"pk": "pk_%(table_name)s"} == dict(declared.convention.templates)
    assert None is declared.schema.tables["users"].primary_key.name


def test_without_a_metadata_nothing_is_said_to_be_absent() -> None:
    """If env.py names no metadata, the declared schema is empty and says that it is incomplete."""
    declared = read(APP, _env("import app.users", "target_metadata=None"))

    assert not declared.options.target_metadata
    assert {} == declared.schema.tables
    assert declared.schema.incomplete


def test_models_that_env_does_not_reach_are_found() -> None:
    """If a module declares a table on the same metadata and env.py imports it nowhere, the table is unreached.

    Tests are not looked at.
    """
    files = {
        **APP,
        "app/other.py": "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Own(DeclarativeBase):\n    pass\n"
        "class Elsewhere(Own):\n    __tablename__ = 'elsewhere'\n    id: Mapped[int] = mapped_column(primary_key=True)\n",
        "tests/models.py": USER.replace("users", "of_tests"),
        "app/tests/test_x.py": USER.replace("users", "of_more_tests"),
        "app/views.py": USER.replace("User", "View").replace("users", "views"),
    }

    declared = read(files, _env("from app import users", "target_metadata=users.Base.metadata"))

    assert ["users"] == list(declared.schema.tables)
    assert ["posts", "views"] == sorted(declared.unreached)
    assert {"User": True, "View": False} == {
        one.name: one.reached for one in declared.classes if one.table in ("users", "views")
    }
    (view,) = (one for one in declared.classes if one.name == "View")
    assert "/p/app/views.py" == view.path


def test_tables_of_a_second_metadata_that_env_puts_on_the_first() -> None:
    """If env.py puts the tables of another MetaData on its own by SQLAlchemy's `_add_table`, they are compared, too."""
    models = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base
    Base, Other = declarative_base(), declarative_base()
    class A(Base):
        __tablename__ = "a"
        id = Column(Integer, primary_key=True)
    class B(Other):
        __tablename__ = "b"
        id = Column(Integer, primary_key=True)
    """
    found = read(
        {"models.py": models},
        "from alembic import context\n"
        "from models import B, Base, Other\n"
        "target_metadata = Base.metadata\n"
        "for table in Other.metadata.sorted_tables:\n"
        "    target_metadata._add_table(table.name, table.schema, table)\n"
        "context.configure(connection=None, target_metadata=target_metadata)\n",
    )

    assert {"a": ["id"], "b": ["id"]} == {
        key: [one.name for one in table.columns] for key, table in found.schema.tables.items()
    }


def test_an_environment_that_imports_no_model_compares_with_all_of_them() -> None:
    """If env.py imports only the metadata, models are found some other way.

    All of the project's are taken, and it is said so.
    """
    declared = read(APP, _env("from app.base import Base", "target_metadata=Base.metadata"))

    assert {"users", "posts"} == set(declared.schema.tables)
    assert {} == declared.unreached
    assert any("imports no models" in one.reason for one in declared.unknown)


def test_where_an_import_of_env_fails_nothing_is_unreached() -> None:
    """If env.py registers models in a way that cannot be followed to its end, nobody says that it does not reach one."""
    imports = "from app import users\nimport app.no_such_module\n"

    declared = read(APP, _env(imports, "target_metadata=users.Base.metadata"))

    assert {} == declared.unreached
    assert declared.schema.incomplete


def test_what_the_configuration_says_is_answered() -> None:
    """If env.py asks for an option of the configuration, it gets the one of the ini."""
    imports = "from app import users\nfrom app.base import Base\nname = context.config.get_main_option('table')"

    declared = read(
        APP, _env(imports, "target_metadata=Base.metadata, version_table=name"), options={"table": "versions_of_mine"}
    )

    assert "versions_of_mine" == declared.options.version_table


@pytest.mark.parametrize(
    ("env", "options", "dialect"),
    [
        ("", {"sqlalchemy.url": "mysql+pymysql://u@h/d"}, "mysql"),
        ("", {"sqlalchemy.url": "driver://user:pass@localhost/dbname"}, "postgresql"),
        ("url = os.environ.get('DATABASE_URL', 'sqlite:///x.db')", {}, "sqlite"),
        ("url = 'mariadb+asyncmy://localhost/x'", {}, "mariadb"),
        ("from sqlalchemy.dialects import postgresql\nurl = 'sqlite://'", {}, "postgresql"),
        (
            "config.set_main_option('sqlalchemy.url', 'oracle+oracledb://h/x')",
            {"sqlalchemy.url": "driver://x"},
            "oracle",
        ),
        ("PostgresDsn.build(scheme='postgresql+psycopg', host=host)", {}, "postgresql"),
    ],
)
def test_the_dialect_is_worked_out(env: str, options: dict[str, str], dialect: str) -> None:
    """If the project names its database anywhere where projects do, the schema is for its dialect."""
    imports = f"import os\nfrom app.users import Base\nconfig = context.config\n{env}"

    declared = read(APP, _env(imports, "target_metadata=Base.metadata"), ModelSettings(), options)

    assert dialect == declared.schema.dialect
    assert declared.dialect_reason


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("requirements.txt", "fastapi==0.1\nPyMySQL>=1\n", "mysql"),
        ("pyproject.toml", 'dependencies = [\n  "psycopg[binary]>=3",\n]\n', "postgresql"),
        ("README.md", "export DATABASE_URL=mysql+aiomysql://u@h/d\n", "mysql"),
        ("compose.yaml", "services:\n  db:\n    image: docker.io/library/mariadb:11\n", "mariadb"),
    ],
)
def test_the_dialect_is_what_the_projects_other_files_say(name: str, text: str, dialect: str) -> None:
    """If no source says which database it is, the project's requirements, compose files and notes may."""
    env = _env("import os\nfrom app.users import Base", "target_metadata=Base.metadata, url=os.environ['URL']")

    assert dialect == read({**APP, name: text}, env, ModelSettings()).schema.dialect


def test_a_dialect_that_nothing_names_is_assumed_and_said_to_be() -> None:
    """If nothing says which database a project is for, PostgreSQL is assumed, and counted as not understood."""
    declared = read(APP, _env("from app.users import Base", "target_metadata=Base.metadata"), ModelSettings())

    assert "postgresql" == declared.schema.dialect
    assert ["postgresql"] == [word for one in declared.unknown for word in one.reason.split() if word == "postgresql"]


def test_assumptions_of_the_user_are_facts() -> None:
    """If the user says what an unreadable name is, it is that."""
    files = {
        **APP,
        "app/users.py": "import os\nSCHEMA = os.environ['SCHEMA']\n"
        + USER
        + "    __table_args__ = {'schema': SCHEMA}\n",
    }
    env = _env("from app.users import Base", "target_metadata=Base.metadata")

    unread = read(files, env)
    assumed = read(files, env, ModelSettings("postgresql", {"app.users.SCHEMA": "auth"}))

    assert {} == {key: table for key, table in unread.schema.tables.items() if key != "posts"}
    assert unread.schema.incomplete
    assert ["auth.users"] == list(assumed.schema.tables)


def test_a_metadata_whose_schema_is_not_known_stands_for_the_default_schema() -> None:
    """If a MetaData's schema is not known, its tables are whole and in the default schema, and it is said once.

    What the user assumes for it takes its place.
    """
    files = {
        "settings.py": "import os\nSCHEMA = os.environ['SCHEMA']\n",
        "models.py": """
            from sqlalchemy import Column, ForeignKey, Integer, MetaData
            from sqlalchemy.orm import declarative_base
            from settings import SCHEMA
            metadata = MetaData(schema=SCHEMA)
            Base = declarative_base(metadata=metadata)
            class User(Base):
                __tablename__ = "users"
                id = Column(Integer, primary_key=True)
            class Post(Base):
                __tablename__ = "posts"
                id = Column(Integer, primary_key=True)
                user_id = Column(ForeignKey("users.id"))
            """,
    }

    unread = read(files)
    assumed = read(files, settings=ModelSettings("postgresql", {"settings.SCHEMA": "app"}))

    assert ["users", "posts"] == list(unread.schema.tables)
    assert ["users"] == [one.referred_table for one in unread.schema.tables["posts"].foreign_keys]
    assert () == unread.schema.incomplete
    assert [(), ()] == [table.incomplete for table in unread.schema.tables.values()]
    assert 1 == len(unread.unknown)
    assert "schema of the MetaData is not known" in unread.unknown[0].reason
    assert unread.unknown[0].origin.site is not None
    assert ["app.users", "app.posts"] == list(assumed.schema.tables)
    assert () == assumed.unknown


def test_a_schema_set_on_a_metadata_afterwards_counts() -> None:
    """If a MetaData's schema is set after it was made, the tables made from then on are in that one."""
    models = """
    import os
    from sqlalchemy import Column, Integer, MetaData
    from sqlalchemy.orm import declarative_base
    Base = declarative_base(metadata=MetaData(schema=os.environ["SCHEMA"]))
    Base.metadata.schema = "app"
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
    """

    declared = read({"models.py": models})

    assert ["app.users"] == list(declared.schema.tables)
    assert () == declared.unknown


@pytest.mark.parametrize(
    ("arguments", "filtered", "batch"),
    [
        ("target_metadata=target_metadata, include_object=mine, render_as_batch=True", True, True),
        ("target_metadata=target_metadata, include_name=lambda *a: True", True, False),
        ("target_metadata=target_metadata, **options()", True, False),
        ("target_metadata=target_metadata, include_object=None", False, False),
        ("target_metadata=target_metadata, render_as_batch=True", False, True),
    ],
)
def test_a_call_of_configure_that_is_not_reached_still_says_whether_it_filters(
    arguments: str, *, filtered: bool, batch: bool
) -> None:
    """If running env.py ends before it configures Alembic, what it writes there counts: it may leave tables out."""
    env = f"""
    from alembic import context
    from app.users import Base
    target_metadata = Base.metadata
    engine = None
    def run_migrations_online():
        with engine.connect() as connection:
            context.configure(connection=connection, {arguments})
    run_migrations_online()
    """

    declared = read(APP, env)

    assert "users" in declared.schema.tables
    assert filtered == (declared.options.filtered is not None)
    assert batch == declared.options.render_as_batch
    assert declared.options.target_metadata


def test_extra_modules_are_imported_too() -> None:
    """If the settings name modules besides env.py, what they declare is reached.

    A module that is not there is said to be missing.
    """
    settings = ModelSettings("postgresql", {}, ("app.posts", "app.nowhere"))

    declared = read(APP, _env("from app.users import Base", "target_metadata=Base.metadata"), settings)

    assert ["users", "posts"] == list(declared.schema.tables)
    assert any("app.nowhere" in one.reason for one in declared.unknown)


def test_star_imports_of_sqlalchemy_bind_its_names() -> None:
    """If a module imports everything from SQLAlchemy, a name that nothing else binds is SQLAlchemy's if it exports it."""
    models = """
    from sqlalchemy import *
    from sqlalchemy.orm import *
    class Base(DeclarativeBase):
        pass
    class Thing(Base):
        __tablename__ = "things"
        id = mapped_column(Integer, primary_key=True)
        name = Column(String(5))
    """
    env = _env("from models import *", "target_metadata=Base.metadata")

    declared = read({"models.py": models}, env)

    assert ["INTEGER", "VARCHAR(5)"] == [one.type.ddl for one in declared.schema.tables["things"].columns]
