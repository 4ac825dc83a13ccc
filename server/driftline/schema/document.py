"""The schema document: a schema as the plain JSON object that `driftline schema` prints.

The form is a contract (DESIGN.md, "the schema document"): tools outside of the repository read it.

Example: `schema_document(schema, ())["tables"]["users"]["columns"]["id"]["type"]` is `"UUID"`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from driftline.dataclass import dataclass
from driftline.python.values import Unknown
from driftline.schema.column import Column
from driftline.schema.constraint import CheckConstraint, ExcludeConstraint, ForeignKey, Index, Name, UniqueConstraint
from driftline.schema.schema import Schema
from driftline.schema.stored_types import stored_type
from driftline.schema.table import Table

_ONE_KIND_OF_KEY = frozenset({"mysql", "mariadb"})


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A place that could not be read: the file (as it is to be shown), a 1-based line, and why."""

    path: str
    line: int
    reason: str


def schema_document(
    schema: Schema, unknown: Sequence[UnknownPlace] = (), *, declared: bool = False
) -> dict[str, object]:
    """Give the document of a schema, keys sorted; `unknown` lists every place behind a fact that could not be read.

    `declared`: it is what models say, where a SERIAL column has no server default; in a migrated schema the database
    has made one, and types are as the database keeps them. A fact that is Unknown is written as if nothing were said of
    it (a type as "", a name as null, a flag as its default): whoever needs to tell the two apart looks at `unknown`.
    """
    return {
        "dialect": schema.dialect,
        "enums": {key: list(enum.labels) for key, enum in sorted(schema.enums.items())}
        if schema.dialect == "postgresql"
        else {},
        "tables": {
            key: _table(table, schema.dialect, declared=declared) for key, table in sorted(schema.tables.items())
        },
        "unknown": [
            {"line": place.line, "path": place.path, "reason": place.reason}
            for place in sorted(set(unknown), key=lambda one: (one.path, one.line, one.reason))
        ],
    }


def _table(table: Table, dialect: str, *, declared: bool) -> dict[str, object]:
    stored = None if declared else dialect
    return {
        "check_constraints": [_check(one) for one in table.check_constraints],
        "columns": {column.name: _column(column, stored) for column in sorted(table.columns, key=lambda one: one.name)},
        "comment": table.comment,
        "exclude_constraints": [_exclude(one) for one in table.exclude_constraints],
        "foreign_keys": [_foreign_key(one, stored) for one in table.foreign_keys],
        "indexes": [_index(one) for one in table.indexes],
        "primary_key": {
            "columns": list(table.primary_key.columns),
            "name": _name(table.primary_key.name) if table.primary_key.columns else None,
        },
        "unique_constraints": [_unique(one) for one in (*table.unique_constraints, *_unique_keys(table, stored))],
    }


def _unique_keys(table: Table, stored: str | None) -> Iterator[UniqueConstraint]:
    """Give the unique indexes that the database takes for unique constraints: it knows only one of the two."""
    if stored in _ONE_KIND_OF_KEY:
        for one in table.indexes:
            columns = tuple(column for column in one.columns if column is not None)
            if one.unique is True and len(columns) == len(one.columns):
                yield UniqueConstraint(one.name, columns)


def _column(column: Column, stored: str | None) -> dict[str, object]:
    default = column.server_default
    return {
        "comment": column.comment,
        "computed": column.computed is not None,
        "default": default is not None or (column.serial and stored is not None),
        "identity": column.identity is not None,
        "nullable": column.nullable if isinstance(column.nullable, bool) else True,
        "serial": column.serial or (stored is not None and default is not None and _counts(default.sql)),
        "server_default": default.sql if default is not None and isinstance(default.sql, str) else None,
        "type": column.type.ddl if stored is None else stored_type(column.type.ddl, stored),
    }


def _counts(sql: str | Unknown) -> bool:
    """Whether a server default takes numbers from a sequence, which is all that a database has of SERIAL."""
    return isinstance(sql, str) and "nextval(" in sql.lower()


def _foreign_key(key: ForeignKey, stored: str | None) -> dict[str, object]:
    return {
        "columns": list(key.columns),
        "name": _name(key.name),
        "ondelete": _action(key.ondelete, stored),
        "onupdate": _action(key.onupdate, stored),
        "referred_columns": list(key.referred_columns),
        "referred_table": "" if isinstance(key.referred_table, Unknown) else key.referred_table,
    }


def _action(action: str | Unknown | None, stored: str | None) -> str | None:
    """Give what a foreign key does; on MariaDB RESTRICT is what it does where nothing is said, and is not told."""
    if isinstance(action, Unknown) or (stored == "mariadb" and action == "RESTRICT"):
        return None
    return action


def _unique(unique: UniqueConstraint) -> dict[str, object]:
    return {"columns": list(unique.columns), "name": _name(unique.name)}


def _index(index: Index) -> dict[str, object]:
    return {
        "columns": list(index.columns),
        "expressions": [element.sql if isinstance(element.sql, str) else None for element in index.elements],
        "name": _name(index.name),
        "options": {name: _plain(value) for name, value in index.options},
        "unique": index.unique if isinstance(index.unique, bool) else False,
    }


def _check(check: CheckConstraint) -> dict[str, object]:
    return {"name": _name(check.name), "sqltext": check.sql if isinstance(check.sql, str) else None}


def _exclude(exclude: ExcludeConstraint) -> dict[str, object]:
    return {"elements": [list(one) for one in exclude.elements], "name": _name(exclude.name)}


def _name(name: Name) -> str | None:
    return name if isinstance(name, str) else None


def _plain(value: object) -> object:
    """Turn an option's value into JSON."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    return None
