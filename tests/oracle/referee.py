"""Runs real Alembic on a project, through the project's own env.py, and says what the database says.

A program, not a module: each project is judged in a process of its own, because running a project imports it, and two
projects may have a package of one name. It reads one JSON object and prints another::

    echo '{"ini": "fixtures/kitsu/backend/alembic.ini", "tasks": [{"do": "upgrade", "url": URL, "revision": "head"}]}' \
        | python -P tests/oracle/referee.py

Tasks, done in order; what is printed is the list of their results:

- `upgrade`, `downgrade` (`url`, `revision`): null.
- `execute` (`url`, `statements`): null; what somebody did to a database by hand.
- `reflect` (`url`): the schema document (DESIGN.md, "Contract: the schema document") of the database.
- `history` (`url`): each revision, bases first, and the document of a database upgraded to it. A `{revision}` in the
  URL gives each revision a database of its own, which a history with branches needs: in a shared one, a revision would
  show the tables of branches that are not its ancestors.
- `models` (`url`): the document of env.py's target metadata, in that database's DDL.
- `drift` (`url`, `checks`): what Alembic's autogenerate reports, in the words of "Contract: findings as JSON"; with
  `checks`, also what Alembic's opt-in comparison of CHECK constraints by name finds.

Knows SQLAlchemy and Alembic; must not know Driftline, which is held against it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects.postgresql.base import PGInspector
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.engine.reflection import Inspector
    from sqlalchemy.sql.elements import ColumnElement

Task: TypeAlias = Mapping[str, Any]
Document: TypeAlias = dict[str, Any]
Answer = TypeVar("Answer")

SYNCHRONOUS = {"postgresql": "postgresql+psycopg2", "sqlite": "sqlite+pysqlite"}
"""The driver that reflects, whichever one the project itself uses."""

VERSION_TABLE = "alembic_version"
_CHECKS = ["alembic.ext.checkconstraint_byname"] if find_spec("alembic.ext") is not None else []
"""Alembic 1.18 has plugins, but not this one."""
PLUGINS_WITH_CHECKS = ["alembic.autogenerate.*", *_CHECKS]


def main() -> None:
    """Answer the request on standard input; what the project itself prints goes to standard error."""
    request = json.load(sys.stdin)
    ini = Path(request["ini"]).resolve()
    os.chdir(ini.parent)
    with contextlib.redirect_stdout(sys.stderr):
        config = Config(str(ini))
        results = [TASKS[task["do"]](config, task) for task in request["tasks"]]
    json.dump(results, sys.stdout)


# Tasks


def upgrade(config: Config, task: Task) -> None:
    """Upgrade the database to a revision."""
    point_at(config, task["url"])
    command.upgrade(config, task["revision"])


def downgrade(config: Config, task: Task) -> None:
    """Downgrade the database to a revision, or to "base"."""
    point_at(config, task["url"])
    command.downgrade(config, task["revision"])


def execute(_config: Config, task: Task) -> None:
    """Run statements as they stand."""
    with connected(task["url"]) as connection:
        for statement in task["statements"]:
            connection.exec_driver_sql(statement)
        connection.commit()


def reflect(_config: Config, task: Task) -> Document:
    """The schema document of the database."""
    with connected(task["url"]) as connection:
        return describe_database(connection)


def history(config: Config, task: Task) -> dict[str, Document]:
    """Each revision, bases first, and the document of a database upgraded to it."""
    scripts = list(ScriptDirectory.from_config(config).walk_revisions())
    if "{revision}" not in task["url"] and any(script.is_branch_point or script.is_merge_point for script in scripts):
        message = "the history has branches: its revisions need databases of their own ({revision} in the URL)"
        raise ValueError(message)

    documents = {}
    for script in reversed(scripts):
        here = {"url": task["url"].replace("{revision}", script.revision), "revision": script.revision}
        upgrade(config, here)
        documents[script.revision] = reflect(config, here)
    return documents


def models(config: Config, task: Task) -> Document:
    """The schema document of env.py's target metadata, in the DDL of the database's dialect."""

    def read(context: MigrationContext) -> Document:
        return describe_metadata(context.opts["target_metadata"], context.dialect)

    return in_environment(config, task["url"], read)


def drift(config: Config, task: Task) -> list[dict[str, str | None]]:
    """What Alembic's autogenerate reports between the database and env.py's target metadata."""

    def read(context: MigrationContext) -> list[dict[str, str | None]]:
        if task["checks"]:
            context.opts["autogenerate_plugins"] = PLUGINS_WITH_CHECKS
        return [
            operation(difference) for difference in flat(compare_metadata(context, context.opts["target_metadata"]))
        ]

    return in_environment(config, task["url"], read)


TASKS: Mapping[str, Callable[[Config, Task], object]] = {
    "upgrade": upgrade,
    "downgrade": downgrade,
    "execute": execute,
    "reflect": reflect,
    "history": history,
    "models": models,
    "drift": drift,
}


# The project's environment, and databases


def point_at(config: Config, url: str) -> None:
    """Name the database in both places where an env.py looks: DATABASE_URL and the ini file's `sqlalchemy.url`."""
    os.environ["DATABASE_URL"] = url
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))


def in_environment(config: Config, url: str, read: Callable[[MigrationContext], Answer]) -> Answer:
    """What `read` answers for the migration context that env.py configures, as `alembic check` would have it."""
    point_at(config, url)
    script = ScriptDirectory.from_config(config)
    answers: list[Answer] = []

    def no_revisions(_revision: object, context: MigrationContext) -> list[Any]:
        answers.append(read(context))
        return []

    with EnvironmentContext(config, script, fn=no_revisions, dont_mutate=True):
        script.run_env()
    (answer,) = answers
    return answer


@contextlib.contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """A connection through a synchronous driver."""
    parsed = make_url(url)
    engine = sa.create_engine(parsed.set(drivername=SYNCHRONOUS[parsed.get_backend_name()]))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


# What a database holds


def describe_database(connection: sa.Connection) -> Document:
    """The schema document of what the connection's Inspector reflects."""
    inspector = sa.inspect(connection)
    document: Document = {"dialect": connection.dialect.name, "tables": {}, "enums": {}, "unknown": []}
    for schema in user_schemas(inspector):
        columns = of_tables(inspector, "columns", schema)
        primary_keys = of_tables(inspector, "pk_constraint", schema)
        foreign_keys = of_tables(inspector, "foreign_keys", schema)
        unique_constraints = of_tables(inspector, "unique_constraints", schema)
        indexes = of_tables(inspector, "indexes", schema)
        checks = of_tables(inspector, "check_constraints", schema)
        for key, table_columns in columns.items():
            if key[1] == VERSION_TABLE:
                continue
            primary_key = primary_keys[key]
            document["tables"][qualified(schema, key[1])] = {
                "columns": {column["name"]: reflected_column(column, connection.dialect) for column in table_columns},
                "primary_key": {"name": primary_key["name"], "columns": primary_key["constrained_columns"]},
                "foreign_keys": [reflected_foreign_key(foreign_key) for foreign_key in foreign_keys[key]],
                "unique_constraints": [
                    {"name": unique["name"], "columns": unique["column_names"]} for unique in unique_constraints[key]
                ],
                "indexes": [
                    {"name": index["name"], "columns": index["column_names"], "unique": index["unique"]}
                    for index in indexes[key]
                    if not index.get("duplicates_constraint")
                ],
                "check_constraints": [{"name": check["name"], "sqltext": check["sqltext"]} for check in checks[key]],
            }
    if isinstance(inspector, PGInspector):
        for enum in inspector.get_enums(schema="*"):
            schema = None if enum["schema"] == inspector.default_schema_name else enum["schema"]
            document["enums"][qualified(schema, enum["name"])] = enum["labels"]
    return document


def of_tables(inspector: Inspector, what: str, schema: str | None) -> Mapping[tuple[str | None, str], Any]:
    """What the inspector says of each table in a schema; one by one where it is SQLAlchemy 1's."""
    of_all = getattr(inspector, f"get_multi_{what}", None)
    if of_all is not None:
        return dict(of_all(schema=schema))
    of_one = getattr(inspector, f"get_{what}")
    return {(schema, table): of_one(table, schema=schema) for table in inspector.get_table_names(schema)}


def user_schemas(inspector: Inspector) -> list[str | None]:
    """The schemas that may hold a project's tables; None is the default one."""
    if inspector.dialect.name != "postgresql":
        return [None]
    return [
        None if name == inspector.default_schema_name else name
        for name in inspector.get_schema_names()
        if name != "information_schema" and not name.startswith("pg_")
    ]


def reflected_column(column: Mapping[str, Any], dialect: Dialect) -> Document:
    """A column as `Inspector.get_columns` gives it, in the document's words."""
    default = column.get("default")
    return {
        "type": ddl(column["type"], dialect),
        "nullable": column["nullable"],
        "default": default is not None,
        "computed": "computed" in column,
        "identity": "identity" in column,
        "serial": default is not None and default.startswith("nextval("),
        "comment": column.get("comment"),
    }


def reflected_foreign_key(foreign_key: Mapping[str, Any]) -> Document:
    """A foreign key as `Inspector.get_foreign_keys` gives it, in the document's words."""
    return {
        "name": foreign_key["name"],
        "columns": foreign_key["constrained_columns"],
        "referred_table": qualified(foreign_key["referred_schema"], foreign_key["referred_table"]),
        "referred_columns": foreign_key["referred_columns"],
        "ondelete": foreign_key["options"].get("ondelete"),
        "onupdate": foreign_key["options"].get("onupdate"),
    }


# What metadata declares


def describe_metadata(metadata: sa.MetaData, dialect: Dialect) -> Document:
    """The schema document of a MetaData, in the dialect's DDL; names are final, or null where nothing names them."""
    tables = {qualified(table.schema, table.name): declared_table(table, dialect) for table in metadata.tables.values()}
    enums: dict[str, list[str]] = {}
    if dialect.name == "postgresql":
        for table in metadata.tables.values():
            for column in table.columns:
                enum = plain_type(column.type, dialect)
                if isinstance(enum, sa.Enum) and enum.native_enum and enum.name is not None:
                    enums[qualified(enum.schema, enum.name)] = list(enum.enums)
    return {"dialect": dialect.name, "tables": tables, "enums": enums, "unknown": []}


def declared_table(table: sa.Table, dialect: Dialect) -> Document:
    """One Table in the document's words."""
    compiler = dialect.ddl_compiler(dialect, None)  # type: ignore[arg-type]  # it is only asked what it would create
    # ddl_if(), and the CHECK constraints of Boolean and Enum on a database that has such types itself.
    constraints = [constraint for constraint in table.constraints if is_created(constraint, compiler)]
    return {
        "columns": {column.name: declared_column(column, dialect) for column in table.columns},
        "primary_key": {
            "name": final_name(table.primary_key, dialect) if table.primary_key.columns else None,
            "columns": names(table.primary_key.columns),
        },
        "foreign_keys": [
            {
                "name": final_name(constraint, dialect),
                "columns": constraint.column_keys,
                "referred_table": constraint.elements[0].target_fullname.rpartition(".")[0],
                "referred_columns": [element.target_fullname.rpartition(".")[2] for element in constraint.elements],
                "ondelete": constraint.ondelete,
                "onupdate": constraint.onupdate,
            }
            for constraint in constraints
            if isinstance(constraint, sa.ForeignKeyConstraint)
        ],
        "unique_constraints": [
            {"name": final_name(constraint, dialect), "columns": names(constraint.columns)}
            for constraint in constraints
            if isinstance(constraint, sa.UniqueConstraint)
        ],
        "indexes": [
            {
                "name": final_name(index, dialect),
                "columns": [getattr(expression, "name", None) for expression in index.expressions],
                "unique": index.unique,
            }
            for index in table.indexes
        ],
        "check_constraints": [
            {"name": final_name(constraint, dialect), "sqltext": str(constraint.sqltext)}
            for constraint in constraints
            if isinstance(constraint, sa.CheckConstraint)
        ],
    }


def is_created(constraint: sa.Constraint, compiler: Any) -> bool:  # noqa: ANN401 - a DDLCompiler
    """Whether the DDL has the constraint."""
    asked = getattr(constraint, "_should_create_for_compiler", None)
    if asked is not None:
        return bool(asked(compiler))
    rule = getattr(constraint, "_create_rule", None)  # SQLAlchemy 1
    return rule is None or bool(rule(compiler))


def declared_column(column: sa.Column[Any], dialect: Dialect) -> Document:
    """One Column in the document's words."""
    generated = isinstance(column.server_default, (sa.Computed, sa.Identity))
    return {
        "type": ddl(column.type, dialect),
        "nullable": column.nullable,
        "default": column.server_default is not None and not generated,
        "computed": column.computed is not None,
        "identity": column.identity is not None,
        "serial": False,  # a matter of the DDL: the metadata only says autoincrement="auto"
        "comment": column.comment,
    }


def final_name(item: sa.Constraint | sa.Index, dialect: Dialect) -> str | None:
    """The name in the DDL, by the naming convention and cut to the dialect's length; None where nothing names it."""
    if item.name is None:
        return None
    # As Alembic asks for it: without quotes.
    name: str | None = dialect.identifier_preparer.format_constraint(item, _alembic_quote=False)
    return None if name is None else str(name)


def plain_type(type_: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    """The type behind decorators and arrays."""
    while True:
        if isinstance(type_, TypeDecorator):
            type_ = type_.load_dialect_impl(dialect)
        elif isinstance(type_, sa.ARRAY):
            type_ = type_.item_type
        else:
            return type_


# What autogenerate reports


def flat(differences: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The differences one by one: Alembic groups those of one column in a list."""
    for difference in differences:
        if isinstance(difference, list):
            yield from flat(difference)
        else:
            yield difference


def operation(difference: tuple[Any, ...]) -> dict[str, str | None]:
    """One of Alembic's difference tuples, in the words of the findings' `operations`."""
    match difference:
        case ("add_column" | "remove_column" as op, schema, table, column):
            return {"op": op, "table": qualified(schema, table), "name": column.name}
        case (op, schema, str(table), str(column), *_) if op.startswith("modify_"):
            return {"op": op, "table": qualified(schema, table), "name": column}
        case (op, sa.Table() as table, *_):
            return {"op": op, "table": qualified(table.schema, table.name), "name": None}
        case (op, sa.ForeignKeyConstraint() as key):
            return {"op": op, "table": qualified(key.table.schema, key.table.name), "name": ",".join(key.column_keys)}
        case (op, (sa.Index() | sa.Constraint()) as item) if item.table is not None:
            name = None if item.name is None else str(item.name)
            return {"op": op, "table": qualified(item.table.schema, item.table.name), "name": name}
        case _:
            message = f"Alembic reports a difference that has no words here: {difference}"
            raise ValueError(message)


# Small helpers


def ddl(type_: TypeEngine[Any], dialect: Dialect) -> str:
    """The type as the dialect's DDL writes it."""
    return type_.compile(dialect=dialect)


def names(columns: Iterable[ColumnElement[Any]]) -> list[str]:
    """The columns' names, in their order."""
    return [str(column.name) for column in columns]


def qualified(schema: str | None, name: str) -> str:
    """`name` in the default schema, else `schema.name`."""
    return name if schema is None else f"{schema}.{name}"


if __name__ == "__main__":
    main()
