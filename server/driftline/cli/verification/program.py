"""Upgrades an empty database by the project's own Alembic, and says what the database then holds.

A program, not a module: it is started by its path, by the project's interpreter, which has the project's SQLAlchemy
and Alembic and need not have Driftline. It reads one JSON object on standard input and prints another one::

    {"url": …, "variables": ["DATABASE_URL"], "folder": …, "ini": …, "toml": …, "section": "alembic",
     "database": null, "script_location": null, "app": null, "x": ["tenant=one"], "types": ["VARCHAR(20)"]}

    {"version_table": …, "dialect": …, "database": DOCUMENT, "models": DOCUMENT or null, "types": {…}}
    {"error": KIND, "message": …, "traces": [[FILE, LINE], …]}

The documents have the form of DESIGN.md's schema document. `types` says what the database makes of each type's DDL.

The URL is given in the three ways in which an env.py asks for it (the option `sqlalchemy.url`, environment variables,
`-x`). That alone is no promise that the project uses it, so every connection that SQLAlchemy opens in this process is
led to the database that was named, whatever URL the project has; one of another kind of database, or one that is made
behind SQLAlchemy's back, is refused. A database that holds anything is refused before any code of the project runs.

Invariant: knows nothing of Driftline, and runs on Python 3.8 with SQLAlchemy 1.4 and Alembic 1.7.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection, Constraint, Index, MetaData, Table
    from sqlalchemy.engine import URL, Dialect
    from sqlalchemy.engine.reflection import Inspector

DRIVERS = {
    "postgresql": ("psycopg2", "psycopg", "pg8000", "asyncpg"),
    "sqlite": ("pysqlite", "aiosqlite"),
    "mysql": ("mysqldb", "pymysql", "mysqlconnector", "asyncmy", "aiomysql"),
    "mariadb": ("mariadbconnector", "mysqldb", "pymysql", "mysqlconnector", "asyncmy", "aiomysql"),
}
"""Drivers by backend, as SQLAlchemy names them: any of them can look at the database."""

FAMILY = {"mariadb": "mysql"}
"""Backends of one kind: an engine on MySQL can be led to MariaDB."""

HARMLESS = frozenset(
    {
        "autocommit",
        "charset",
        "check_same_thread",
        "command_timeout",
        "connect_timeout",
        "detect_types",
        "isolation_level",
        "options",
        "prepare_threshold",
        "prepared_statement_cache_size",
        "prepared_statement_name_func",
        "server_settings",
        "statement_cache_size",
        "timeout",
    }
)
"""Arguments of a driver that say how, and not where, it connects: the project's own are kept."""

ELSEWHERE = "elsewhere"
NO_APPLICATION = "no-application"
NO_CONNECTION = "no-connection"
NO_DRIVER = "no-driver"
NO_LIBRARY = "no-library"
NOT_EMPTY = "not-empty"
NOT_REACHED = "not-reached"
WRONG_URL = "wrong-url"
"""Kinds of errors."""

LONGEST_MESSAGE = 600


class CannotError(Exception):
    """Ends the program with a kind and a message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def main() -> None:
    """Answer the request on standard input. What the project prints goes to standard error."""
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]  # this program's own folder, whose modules have names that others could mean
    answer_to = os.dup(1)
    os.dup2(2, 1)
    request = json.loads(sys.stdin.read())
    try:
        answer = run(request)
    except CannotError as error:
        answer = {"error": error.kind, "message": str(error), "traces": []}
    with os.fdopen(answer_to, "w", encoding="utf-8") as file:
        json.dump(answer, file)


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Look at the database, upgrade it, and describe it."""
    missing = [one for one in ("sqlalchemy", "alembic") if importlib.util.find_spec(one) is None]
    if missing:
        raise CannotError(NO_LIBRARY, "{} cannot import {}".format(sys.executable, " and ".join(missing)))
    url = parsed(request["url"])
    found = ask(url, contents)
    if found:
        raise CannotError(NOT_EMPTY, ", ".join(found))
    for variable in request["variables"]:
        os.environ[variable] = with_driver(request["url"], url, os.environ.get(variable))
    os.chdir(request["folder"])
    guard = Guard(url)
    try:
        configured = upgrade(request)
    except CannotError:
        raise
    except (Exception, SystemExit) as error:
        if os.environ.get("DRIFTLINE_TRACEBACK") == "1":
            traceback.print_exc()
        if guard.refused:
            raise CannotError(ELSEWHERE, guard.refused[0]) from error
        return {"error": "failed", "message": told(error), "traces": traces(error)}
    if guard.refused:
        raise CannotError(ELSEWHERE, guard.refused[0])
    if not configured or not guard.count:
        raise CannotError(NOT_REACHED, "env.py has run, and has not connected to a database")
    options = configured[-1]
    version_table = (options.get("version_table_schema"), options.get("version_table", "alembic_version"))

    def look(connection: Connection) -> dict[str, Any]:
        if not has_version_table(connection, *version_table):
            message = f"env.py has run, and the database has no table `{version_table[1]}`"
            raise CannotError(NOT_REACHED, message)
        database = describe_database(connection, version_table)
        models = describe_models(options.get("target_metadata"), connection.dialect)
        types = {*request["types"], *types_of(database), *(types_of(models) if models else ())}
        return {
            "version_table": version_table[1],
            "dialect": dialect_name(connection),
            "database": database,
            "models": models,
            "types": canonical_types(connection, sorted(types)),
        }

    answer: dict[str, Any] = ask(url, look)
    return answer


# The database that was named -----------------------------------------------------------------------------------------


def parsed(text: str) -> URL:
    """Read a URL."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(text)
    except (ArgumentError, ValueError) as error:
        raise CannotError(WRONG_URL, str(error)) from error


def with_driver(text: str, url: URL, present: str | None) -> str:
    """Give what is set where `present` stood: the URL, with the driver that stood there where it names none."""
    from sqlalchemy.engine import make_url

    if present is not None and "+" not in url.drivername:
        with contextlib.suppress(Exception):
            other = make_url(present)
            if other.get_backend_name() == url.get_backend_name():
                return text.replace(url.drivername, other.drivername, 1)
    return text


def ask(url: URL, question: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 -- what the question answers
    """Ask the database itself, through any driver that this Python has."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    backend = url.get_backend_name()
    names = [url.drivername, *(f"{backend}+{one}" for one in DRIVERS.get(backend, ()))]
    absent: list[str] = []
    for name in names:
        try:
            engine = create_engine(url.set(drivername=name), poolclass=NullPool, future=True)  # for SQLAlchemy 1.4
        except NoSuchModuleError as error:
            absent.append(str(error))
            continue
        except ImportError as error:
            absent.append(error.name or str(error))
            continue
        except (ArgumentError, ValueError) as error:
            raise CannotError(WRONG_URL, str(error)) from error
        try:
            if getattr(engine.dialect, "is_async", False):
                return ask_async(url.set(drivername=name), question)
            with engine.connect() as connection:
                return question(connection)
        except CannotError:
            raise
        except (SQLAlchemyError, OSError) as error:
            raise CannotError(NO_CONNECTION, told(error)) from error
        finally:
            engine.dispose()
    message = "{} has no driver for {} ({})".format(sys.executable, backend, ", ".join(dict.fromkeys(absent)))
    raise CannotError(NO_DRIVER, message)


def ask_async(url: URL, question: Callable[[Connection], Any]) -> Any:  # noqa: ANN401 -- what the question answers
    """Ask through a driver that is asynchronous."""
    import asyncio

    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    async def answer() -> Any:  # noqa: ANN401 -- what the question answers
        engine = create_async_engine(url, poolclass=NullPool)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(question)
        finally:
            await engine.dispose()

    return asyncio.run(answer())


def contents(connection: Connection) -> list[str]:
    """Give the first few things that the database holds, in words; extensions' own do not count."""
    from sqlalchemy import inspect, text

    if connection.dialect.name == "postgresql":
        rows = connection.execute(text(POSTGRESQL_CONTENTS))
        return [f"{row[0]} {row[1]}" for row in rows]
    inspector = inspect(connection)
    names = ["table " + one for one in inspector.get_table_names()]
    return [*names, *("view " + one for one in inspector.get_view_names())][:SHOWN]


SHOWN = 5
POSTGRESQL_CONTENTS = """
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
           CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
       AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 'enum', CASE n.nspname WHEN 'public' THEN t.typname ELSE n.nspname || '.' || t.typname END
      FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.typtype = 'e' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
    ORDER BY 1 DESC, 2 LIMIT 5
"""


class Guard:
    """Leads every connection of this process to the database that was named.

    `count`: how many there were. `refused`: why others were not let through.
    """

    def __init__(self, url: URL) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine
        from sqlalchemy.pool import Pool

        self.url = url
        self.count = 0
        self.refused: list[str] = []
        self._own: list[Any] = []
        event.listen(Engine, "do_connect", self.connect)
        event.listen(Pool, "connect", self.check)

    def connect(self, dialect: Dialect, _record: object, _args: object, given: dict[str, Any]) -> Any:  # noqa: ANN401
        """Open the connection that an engine asks for, to the database that was named."""
        backend = self.url.get_backend_name()
        if FAMILY.get(dialect.name, dialect.name) != FAMILY.get(backend, backend):
            self.refuse(f"it asks for a {dialect.name} database, and the one that was named is {backend}")
        drivername = f"{backend}+{dialect.driver}"
        args, params = dialect.create_connect_args(self.url.set(drivername=drivername))
        kept = {name: value for name, value in given.items() if name in HARMLESS and name not in params}
        connection = dialect.connect(*args, **{**kept, **params})
        self._own.append(connection)
        self.count += 1
        return connection

    def check(self, connection: Any, _record: object) -> None:  # noqa: ANN401 -- a driver's connection
        """Refuse a connection that was not opened here: a `creator=` of the project's made it."""
        if not any(one is connection for one in self._own):
            with contextlib.suppress(Exception):
                connection.close()
            self.refuse("it opens a connection by a function of its own (`creator`), wherever that leads")

    def refuse(self, reason: str) -> None:
        """Let nothing through."""
        self.refused.append(reason)
        raise CannotError(ELSEWHERE, reason)


# Alembic -------------------------------------------------------------------------------------------------------------


def upgrade(request: dict[str, Any]) -> list[dict[str, Any]]:
    """Do what `alembic upgrade heads` does; give the options of each context that env.py configures."""
    from alembic.config import CommandLine
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    words = [word for one in request["x"] for word in ("-x", one)]
    config = configuration(request, CommandLine().parser.parse_args([*words, "upgrade", "heads"]))
    script = ScriptDirectory.from_config(config)
    configured: list[dict[str, Any]] = []

    def revisions(current: Any, context: Any) -> Any:  # noqa: ANN401 -- as Alembic has it
        configured.append(dict(context.opts))
        return script._upgrade_revs("heads", current)  # noqa: SLF001 -- as `alembic.command.upgrade` does

    environment = EnvironmentContext(
        config, script, fn=revisions, as_sql=False, starting_rev=None, destination_rev="heads", tag=None
    )
    with application(script, request["app"]), environment:
        script.run_env()
    return configured


def application(script: ScriptDirectory, named: str | None) -> contextlib.AbstractContextManager[Any]:
    """Give what env.py is to be run in: the context of a Flask application, where it asks for the current one.

    `named` is as Flask's `--app` has it; None: what Flask itself finds (`FLASK_APP`, wsgi.py, app.py).
    """
    with open(os.path.join(script.dir, "env.py"), "rb") as file:  # noqa: PTH118, PTH123 -- Python 3.8 and its Alembic
        asks = b"current_app" in file.read()
    if named is None and not asks:
        return contextlib.nullcontext()
    try:
        from flask.cli import NoAppException, ScriptInfo  # the project's own
    except ImportError as error:
        raise CannotError(NO_LIBRARY, f"{sys.executable} cannot import flask, which env.py needs") from error
    try:
        return ScriptInfo(app_import_path=named).load_app().app_context()
    except NoAppException as error:
        raise CannotError(NO_APPLICATION, " ".join(str(error).split())) from error


def configuration(request: dict[str, Any], options: Any) -> Any:  # noqa: ANN401 -- argparse's, and Alembic's Config
    """Make the configuration that the command line of Alembic would."""
    from alembic.config import Config

    toml = {"toml_file": request["toml"]} if request["toml"] else {}
    config = Config(request["ini"], ini_section=request["section"], cmd_opts=options, **toml)
    if request["script_location"] is not None:
        config.set_main_option("script_location", request["script_location"].replace("%", "%%"))
    if request["database"] is not None:  # env.py goes through those that are named here, and each has a section
        config.set_main_option("databases", request["database"])
    for section in filter(None, (request["section"], request["database"])):
        present = (config.get_section(section) or {}).get("sqlalchemy.url")
        url = with_driver(request["url"], parsed(request["url"]), present)
        config.set_section_option(section, "sqlalchemy.url", url.replace("%", "%%"))
    return config


def has_version_table(connection: Connection, schema: str | None, name: str) -> bool:
    """Whether Alembic has been here."""
    from sqlalchemy import inspect

    return inspect(connection).has_table(name, schema=schema)


def told(error: BaseException) -> str:
    """Give an error's type and what it says, without the statement and the links that SQLAlchemy adds."""
    original = getattr(error, "orig", None)
    error = original if isinstance(original, BaseException) else error
    if isinstance(error, SystemExit):
        return f"it ended the program (exit code {error.code})"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:LONGEST_MESSAGE]


def traces(error: BaseException) -> list[list[Any]]:
    """Give the files and lines that an error came through, the innermost first."""
    frames = traceback.extract_tb(error.__traceback__)
    # Links are kept, as paths of the project are written with them.
    return [
        [os.path.abspath(frame.filename), frame.lineno]  # noqa: PTH100 -- as said
        for frame in reversed(frames)
    ]


# What a database holds -----------------------------------------------------------------------------------------------


def dialect_name(connection: Connection) -> str:
    """Give the dialect's name; MariaDB is told from MySQL."""
    return "mariadb" if getattr(connection.dialect, "is_mariadb", False) else connection.dialect.name


def describe_database(connection: Connection, version_table: tuple[str | None, str]) -> dict[str, Any]:
    """Give the schema document of what SQLAlchemy reflects."""
    from sqlalchemy import inspect

    inspector = inspect(connection)
    tables: dict[str, Any] = {}
    foreign = of_extensions(connection)
    for schema in schemas(inspector):
        for name in inspector.get_table_names(schema=schema):
            key = qualified(schema, name)
            if (name == version_table[1] and schema in (None, version_table[0])) or key in foreign:
                continue
            tables[key] = describe_table(inspector, name, schema, connection.dialect)
    enums: dict[str, list[str]] = {}
    if inspector.dialect.name == "postgresql":
        for enum in inspector.get_enums(schema="*"):  # type: ignore[attr-defined]
            schema = None if enum["schema"] == inspector.default_schema_name else enum["schema"]
            enums[qualified(schema, enum["name"])] = list(enum["labels"])
    return {"dialect": dialect_name(connection), "tables": tables, "enums": enums}


def of_extensions(connection: Connection) -> set[str]:
    """Give the tables that extensions made (PostGIS has some): no revision creates them."""
    from sqlalchemy import text

    if connection.dialect.name != "postgresql":
        return set()
    rows = connection.execute(
        text(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_depend d ON d.objid = c.oid AND d.deptype = 'e' WHERE c.relkind IN ('r', 'p', 'f')"
        )
    )
    return {qualified(None if row[0] == "public" else row[0], row[1]) for row in rows}


def schemas(inspector: Inspector) -> list[str | None]:
    """Give the schemas that can hold the project's tables; None is the default one."""
    if inspector.dialect.name != "postgresql":
        return [None]
    names = [one for one in inspector.get_schema_names() if one != "information_schema" and not one.startswith("pg_")]
    return [None if one == inspector.default_schema_name else one for one in names]


def describe_table(inspector: Inspector, name: str, schema: str | None, dialect: Dialect) -> dict[str, Any]:
    """Give one table in the document's words."""
    key = inspector.get_pk_constraint(name, schema=schema)
    foreign_keys = inspector.get_foreign_keys(name, schema=schema)
    uniques = inspector.get_unique_constraints(name, schema=schema)
    indexes = [one for one in inspector.get_indexes(name, schema=schema) if not one.get("duplicates_constraint")]
    return {
        "columns": {
            one["name"]: column_words(with_type(one, name, schema, inspector), dialect)
            for one in inspector.get_columns(name, schema=schema)
        },
        "primary_key": {"name": key.get("name"), "columns": list(key["constrained_columns"])},
        "foreign_keys": [
            {
                "name": one["name"],
                "columns": list(one["constrained_columns"]),
                "referred_table": qualified(one["referred_schema"], one["referred_table"]),
                "referred_columns": list(one["referred_columns"]),
                "ondelete": one.get("options", {}).get("ondelete"),
                "onupdate": one.get("options", {}).get("onupdate"),
            }
            for one in foreign_keys
        ],
        "unique_constraints": [{"name": one["name"], "columns": list(one["column_names"])} for one in uniques],
        "indexes": [
            {"name": one["name"], "columns": list(one["column_names"]), "unique": bool(one["unique"])}
            for one in indexes
        ],
        "check_constraints": [{"name": one["name"]} for one in inspector.get_check_constraints(name, schema=schema)],
    }


def with_type(column: Any, table: str, schema: str | None, inspector: Inspector) -> Any:  # noqa: ANN401 -- a dictionary
    """Give a reflected column whose type, where SQLAlchemy does not know it, is the one that PostgreSQL writes."""
    from sqlalchemy import text
    from sqlalchemy.types import NullType, UserDefinedType

    if not isinstance(column["type"], NullType) or inspector.dialect.name != "postgresql":
        return column
    statement = text(
        "SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = :s AND c.relname = :t AND a.attname = :c"
    )
    names = {"s": schema or inspector.default_schema_name, "t": table, "c": column["name"]}
    written = inspector.bind.execute(statement, names).scalar()  # type: ignore[union-attr]  # a connection's

    class Written(UserDefinedType[Any]):
        """A type by its name."""

        cache_ok = True

        def get_col_spec(self, **_options: object) -> str:
            """Give what PostgreSQL writes."""
            return str(written)

    return {**column, "type": Written()}


def column_words(column: Any, dialect: Dialect) -> dict[str, Any]:  # noqa: ANN401 -- a reflected column, a dictionary
    """Give a reflected column in the document's words."""
    default = column.get("default")
    return {
        "type": ddl(column["type"], dialect),
        "nullable": column["nullable"],
        "default": default is not None,
        "computed": column.get("computed") is not None,
        "identity": column.get("identity") is not None,
        "comment": column.get("comment"),
    }


# What metadata declares ----------------------------------------------------------------------------------------------


def describe_models(target: Any, dialect: Dialect) -> dict[str, Any] | None:  # noqa: ANN401 -- metadata, several, none
    """Give the schema document of env.py's target metadata; None where it names none."""
    if target is None:
        return None
    several: list[MetaData] = list(target) if isinstance(target, (list, tuple)) else [target]
    tables = {
        key_of(table, dialect): describe_declared(table, dialect) for one in several for table in one.tables.values()
    }
    return {"dialect": dialect.name, "tables": tables, "enums": {}}


def describe_declared(table: Table, dialect: Dialect) -> dict[str, Any]:
    """Give one Table in the document's words."""
    from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # it is asked what it would create
    made = [one for one in table.constraints if created_by(one, compiler)]
    return {
        "columns": {column.name: declared_column(column, dialect) for column in table.columns},
        "primary_key": {
            "name": final_name(table.primary_key, dialect) if len(table.primary_key.columns) else None,
            "columns": [column.name for column in table.primary_key.columns],
        },
        "foreign_keys": [
            {
                "name": final_name(one, dialect),
                "columns": [table.columns[key].name for key in one.column_keys],
                "referred_table": referred_key(one, dialect),
                "referred_columns": [element.target_fullname.rpartition(".")[2] for element in one.elements],
                "ondelete": one.ondelete,
                "onupdate": one.onupdate,
            }
            for one in made
            if isinstance(one, ForeignKeyConstraint)
        ],
        "unique_constraints": [
            {"name": final_name(one, dialect), "columns": [column.name for column in one.columns]}
            for one in made
            if isinstance(one, UniqueConstraint)
        ],
        "indexes": [
            {
                "name": final_name(index, dialect),
                "columns": [indexed_column(one, table) for one in index.expressions],
                "unique": bool(index.unique),
            }
            for index in table.indexes
        ],
        "check_constraints": [{"name": final_name(one, dialect)} for one in made if isinstance(one, CheckConstraint)],
    }


def indexed_column(element: Any, table: Table) -> str | None:  # noqa: ANN401 -- a column, text, or an expression
    """Give the column that an index's element is, also behind DESC and the like; None for an expression."""
    from sqlalchemy import Column
    from sqlalchemy.sql.elements import TextClause, UnaryExpression

    while isinstance(element, UnaryExpression) and element.modifier is not None:
        element = element.element
    if isinstance(element, Column):
        return element.name
    text = element.text if isinstance(element, TextClause) else getattr(element, "name", None)
    match = PLAIN_COLUMN.match(text) if isinstance(text, str) else None
    return match[1] if match is not None and match[1] in table.columns else None


PLAIN_COLUMN = re.compile(r'\s*"?(\w+)"?(?:\s+(?:asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*$', re.IGNORECASE)


def created_by(constraint: Constraint, compiler: Any) -> bool:  # noqa: ANN401 -- a DDL compiler
    """Whether the DDL of this dialect creates a constraint (`ddl_if`, the CHECKs of Boolean and Enum)."""
    rule = getattr(constraint, "_create_rule", None)
    if rule is not None and not rule(compiler):
        return False
    condition = getattr(constraint, "_ddl_if", None)
    return condition is None or condition._should_execute(None, constraint, None, compiler=compiler)  # noqa: SLF001


def declared_column(column: Any, dialect: Dialect) -> dict[str, Any]:  # noqa: ANN401 -- a Column of any type
    """Give a Column in the document's words."""
    computed, identity = getattr(column, "computed", None), getattr(column, "identity", None)
    return {
        "type": ddl(column.type, dialect),
        "nullable": bool(column.nullable),
        "default": column.server_default is not None and computed is None and identity is None,
        "computed": computed is not None,
        "identity": identity is not None,
        "comment": column.comment,
    }


def final_name(item: Constraint | Index, dialect: Dialect) -> str | None:
    """Give the name in the DDL; None where nothing gives one."""
    if item.name is None:
        return None
    name = dialect.identifier_preparer.format_constraint(item, _alembic_quote=False)
    return None if name is None else str(name)


def key_of(table: Table, dialect: Dialect) -> str:
    """Give a table's key; the dialect's default schema is not written."""
    default = {"postgresql": "public", "sqlite": "main"}.get(dialect.name)
    return qualified(None if table.schema == default else table.schema, table.name)


def referred_key(constraint: Any, dialect: Dialect) -> str:  # noqa: ANN401 -- a ForeignKeyConstraint
    """Give the key of the table that a foreign key refers to."""
    name = str(constraint.elements[0].target_fullname.rpartition(".")[0])
    default = {"postgresql": "public", "sqlite": "main"}.get(dialect.name)
    return name[len(default) + 1 :] if default and name.startswith(default + ".") else name


# Types ---------------------------------------------------------------------------------------------------------------


def ddl(type_: Any, dialect: Dialect) -> str:  # noqa: ANN401 -- a type of any kind
    """Give a type as the dialect's DDL writes it; "" for what it cannot write."""
    from sqlalchemy.exc import CompileError

    try:
        return str(type_.compile(dialect=dialect))
    except (CompileError, NotImplementedError, AttributeError):
        return ""


def types_of(document: dict[str, Any]) -> Iterator[str]:
    """Give the types of all columns."""
    for table in document["tables"].values():
        for column in table["columns"].values():
            yield column["type"]


def canonical_types(connection: Connection, types: Iterable[str]) -> dict[str, str]:
    """Give what the database makes of each type: FLOAT is DOUBLE PRECISION on PostgreSQL.

    The database is asked, by a table of one column that does not stay. What it takes for no type is left out.
    """
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    found: dict[str, str] = {}
    connection.rollback()
    for one in types:
        if not one or one.upper().endswith("SERIAL"):
            continue
        try:
            connection.exec_driver_sql(f"CREATE TABLE driftline_types (it {one} NULL)")
        except SQLAlchemyError:
            connection.rollback()
            continue
        try:
            (column,) = inspect(connection).get_columns("driftline_types")
            found[one] = ddl(column["type"], connection.dialect)
        finally:
            connection.exec_driver_sql("DROP TABLE driftline_types")
            connection.rollback()
    return found


def qualified(schema: str | None, name: str) -> str:
    """Give `name`, or `schema.name` outside of the default schema."""
    return name if schema is None else f"{schema}.{name}"


if __name__ == "__main__":
    main()
