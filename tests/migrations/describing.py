"""One plain description of a schema, from a database and from a replay, so that the two can be compared with `==`."""

from __future__ import annotations

import json
import re
from typing import Any

import sqlalchemy as sa

from driftline.dataclass import replace
from driftline.schema import ForeignKey, Schema

_SAME_TYPES = {
    "TIMESTAMP": "TIMESTAMP WITHOUT TIME ZONE",
    "FLOAT": "DOUBLE PRECISION",
    "DECIMAL": "NUMERIC",
    "CHAR": "CHAR(1)",
}


def from_database(connection: sa.Connection) -> dict[str, Any]:
    """Describe what the database holds, in all schemas of the user."""
    inspector = sa.inspect(connection)
    postgresql = connection.dialect.name == "postgresql"
    schemas = (
        [one for one in inspector.get_schema_names() if not one.startswith(("pg_", "information_"))]
        if postgresql
        else [None]
    )
    tables: dict[str, Any] = {}
    for schema in schemas:
        key = "" if schema in (None, "public") else f"{schema}."
        for name in inspector.get_table_names(schema=schema):
            tables[key + name] = _reflected(inspector, name, schema if key else None)
    enums = {one["name"]: tuple(one["labels"]) for one in inspector.get_enums()} if postgresql else {}
    return {"tables": tables, "enums": enums}


def _reflected(inspector: sa.Inspector, name: str, schema: str | None) -> dict[str, Any]:
    key = inspector.get_pk_constraint(name, schema)
    columns = inspector.get_columns(name, schema)
    return {
        "order": [one["name"] for one in columns],
        "columns": {
            one["name"]: (
                "" if isinstance(one["type"], sa.types.NullType) else _type(one["type"].compile(inspector.dialect)),
                one["nullable"],
                one.get("default") is not None,
                one.get("identity") is not None,
                one.get("computed") is not None,
                one.get("comment"),
            )
            for one in columns
        },
        "primary_key": (key["name"], tuple(key["constrained_columns"])),
        "foreign_keys": _sorted(
            (
                one["name"],
                tuple(one["constrained_columns"]),
                f"{one['referred_schema']}.{one['referred_table']}"
                if one["referred_schema"]
                else one["referred_table"],
                tuple(one["referred_columns"]),
                one["options"].get("ondelete"),
                one["options"].get("onupdate"),
            )
            for one in inspector.get_foreign_keys(name, schema)
        ),
        "uniques": _sorted(
            (one["name"], tuple(one["column_names"])) for one in inspector.get_unique_constraints(name, schema)
        ),
        "indexes": _sorted(
            (one["name"], tuple(one["column_names"]), bool(one["unique"]))
            for one in inspector.get_indexes(name, schema)
            if not one.get("duplicates_constraint")
        ),
        "checks": _sorted(one["name"] for one in inspector.get_check_constraints(name, schema)),
        "comment": inspector.get_table_comment(name, schema)["text"] if inspector.dialect.supports_comments else None,
    }


def from_replay(schema: Schema) -> dict[str, Any]:
    """Describe what replay says."""
    return {
        "tables": {
            table.key: {
                "order": [one.name for one in table.columns],
                "columns": {
                    one.name: (
                        _type(one.type.ddl),
                        one.nullable,
                        one.server_default is not None or one.serial,
                        one.identity is not None,
                        one.computed is not None,
                        one.comment,
                    )
                    for one in table.columns
                },
                "primary_key": (table.primary_key.name, table.primary_key.columns),
                "foreign_keys": _sorted(
                    (one.name, one.columns, one.referred_table, one.referred_columns, one.ondelete, one.onupdate)
                    for one in map(_reflected_key if schema.dialect == "sqlite" else _itself, table.foreign_keys)
                ),
                "uniques": _sorted((one.name, one.columns) for one in table.unique_constraints),
                "indexes": _sorted(
                    (one.name, one.columns, bool(one.unique))
                    for one in table.indexes
                    if schema.dialect != "sqlite" or None not in one.columns  # what SQLAlchemy reflects
                ),
                "checks": _sorted(
                    one.name
                    for one in table.check_constraints
                    if schema.dialect != "mariadb" or one.of_column is None  # what SQLAlchemy reflects
                ),
                "comment": table.comment,
            }
            for table in schema.tables.values()
        },
        "enums": {one.name: one.labels for one in schema.enums.values()},
    }


def _reflected_key(one: ForeignKey) -> ForeignKey:
    """Give a foreign key as SQLAlchemy reflects it from SQLite: an inline one without its name and its actions."""
    return replace(one, name=None, ondelete=None, onupdate=None) if one.inline else one


def _itself(one: ForeignKey) -> ForeignKey:
    return one


def as_mysql(described: dict[str, Any]) -> dict[str, Any]:
    """Give a description as MySQL and MariaDB have it alike.

    Widths of integers are theirs alone, a unique constraint is a unique index, and the database's name goes before the
    tables that foreign keys refer to.
    """
    tables = {
        name: {
            **table,
            "columns": {key: (_mysql_type(one[0]), *one[1:]) for key, one in table["columns"].items()},
            "uniques": _sorted(
                {
                    *((name, tuple(columns)) for name, columns in table["uniques"]),
                    *((name, tuple(columns)) for name, columns, unique in table["indexes"] if unique),
                }
            ),
            "indexes": [one for one in table["indexes"] if not one[2]],
            "foreign_keys": _sorted(
                (name, columns, referred.rpartition(".")[2], *rest)
                for name, columns, referred, *rest in table["foreign_keys"]
            ),
        }
        for name, table in described["tables"].items()
    }
    plain: dict[str, Any] = json.loads(json.dumps({"tables": tables}))
    return plain


def _mysql_type(ddl: str) -> str:
    ddl = re.sub(r" COLLATE \w+", "", ddl)
    ddl = re.sub(r"(?i) CHARACTER SET utf8\b", " CHARACTER SET utf8mb3", ddl)
    if ddl != "TINYINT(1)":
        ddl = re.sub(r"^((?:TINY|SMALL|MEDIUM|BIG)?INT(?:EGER)?|YEAR)\(\d+\)", r"\1", ddl)
    ddl = re.sub(r"^NUMERIC", "DECIMAL", ddl)
    ddl = re.sub(r"^DECIMAL\((\d+)\)$", r"DECIMAL(\1, 0)", ddl)
    return _SAME_MYSQL_TYPES.get(ddl, ddl).replace(", ", ",")


_SAME_MYSQL_TYPES = {
    "BOOL": "TINYINT(1)",
    "BOOLEAN": "TINYINT(1)",
    "DECIMAL": "DECIMAL(10, 0)",
    "JSON": "LONGTEXT CHARACTER SET UTF8MB4",  # MariaDB's JSON
    "CHAR": "CHAR(1)",
}


def _sorted(items: Any) -> list[Any]:  # noqa: ANN401
    return sorted(items, key=repr)


def _type(ddl: str) -> str:
    ddl = re.sub(r' COLLATE "?\w+"?', "", ddl).replace('"', "").upper()
    base, brackets, rest = ddl.replace(" (", "(").partition("[")
    base = re.sub(r"^NUMERIC\((\d+)\)$", r"NUMERIC(\1, 0)", base)
    return _SAME_TYPES.get(base, base) + brackets + rest
