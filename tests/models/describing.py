"""Describes a real `MetaData`, and a schema of ours, in one form, so that the two can be compared fact by fact.

Example: `describe_metadata(Base.metadata, "postgresql") == describe_schema(declared.schema)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.schema import Computed, FetchedValue, Identity

from driftline.python.values import Unknown
from driftline.schema import Column, Schema, Table

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Facts = dict[str, Any]

_DEFAULT_SCHEMA = {"postgresql": "public", "sqlite": "main", "mssql": "dbo"}


def describe_metadata(metadata: sa.MetaData, dialect_name: str) -> Facts:
    """Give the facts of a real `MetaData` as DDL for the dialect would say them."""
    dialect = registry.load(dialect_name)()
    enums: dict[str, list[str]] = {}
    tables = {
        _key(table.schema, table.name, dialect_name): _describe_real_table(table, dialect, enums)
        for table in metadata.tables.values()
    }
    return flat({"tables": tables, "enums": enums if dialect_name == "postgresql" else {}})


def flat(facts: Facts, path: str = "") -> Facts:
    """Give one entry a fact, so that a failing comparison names the facts that differ."""
    found: Facts = {}
    for key, value in facts.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{path}{key}/")
        else:
            found[f"{path}{key}"] = value
    return found


def _key(schema: str | None, name: str, dialect_name: str) -> str:
    return f"{schema}.{name}" if schema and schema != _DEFAULT_SCHEMA.get(dialect_name) else name


def _describe_real_table(table: sa.Table, dialect: Dialect, enums: dict[str, list[str]]) -> Facts:
    compiler = dialect.ddl_compiler(dialect, None)
    preparer = dialect.identifier_preparer

    def name_of(item: Any) -> str | None:  # noqa: ANN401
        if item.name is None:
            return None
        return preparer.format_constraint(item, _alembic_quote=False)

    columns = {}
    for column in table.columns:
        item = column.type
        while isinstance(item, sa.types.TypeDecorator):
            item = item.load_dialect_impl(dialect)
        item = item.dialect_impl(dialect) if not isinstance(item, sa.Enum) else item
        while isinstance(item, sa.ARRAY):
            item = item.item_type
        if isinstance(item, sa.Enum) and item.native_enum and item.name and dialect.name == "postgresql":
            enums[_key(item.schema, item.name, dialect.name)] = list(item.enums)
        default = None
        if column.server_default is not None and not isinstance(column.server_default, Computed | Identity):
            fetched = type(column.server_default) is FetchedValue
            default = "<fetched>" if fetched else _without_parentheses(compiler.get_column_default_string(column))
        specification = compiler.get_column_specification(column)
        columns[column.name] = {
            "type": column.type.compile(dialect=dialect),
            "nullable": bool(column.nullable),
            "default": default,
            "computed": None if column.computed is None else _computed(column.computed, compiler),
            "identity": column.identity is not None and (bool(column.identity.always), column.identity.start),
            "serial": any(word.endswith("SERIAL") for word in specification.split()),
            "comment": column.comment,
        }
    checks, uniques, foreign_keys = [], [], []
    # A CHECK on a column is in the column's own collection; DDL writes it all the same.
    constraints = [*table.constraints, *(one for column in table.columns for one in column.constraints)]
    for constraint in sorted(constraints, key=lambda one: one._creation_order):
        wanted = getattr(constraint._ddl_if, "dialect", None)
        if wanted is not None and wanted != dialect.name:
            continue
        if isinstance(constraint, sa.CheckConstraint):
            if constraint._create_rule is not None and not constraint._create_rule(compiler):
                continue
            text = compiler.sql_compiler.process(constraint.sqltext, include_table=False, literal_binds=True)
            checks.append((name_of(constraint), text))
        elif isinstance(constraint, sa.UniqueConstraint):
            uniques.append((name_of(constraint), [column.name for column in constraint.columns]))
        elif isinstance(constraint, sa.ForeignKeyConstraint):
            foreign_keys.append(
                {
                    "name": name_of(constraint),
                    "columns": [column.name for column in constraint.columns],
                    "table": _key(
                        constraint.elements[0].column.table.schema,
                        constraint.elements[0].column.table.name,
                        dialect.name,
                    ),
                    "referred": [element.column.name for element in constraint.elements],
                    "ondelete": constraint.ondelete and constraint.ondelete.upper(),
                    "onupdate": constraint.onupdate and constraint.onupdate.upper(),
                    "deferrable": constraint.deferrable,
                    "use_alter": constraint.use_alter,
                }
            )
    primary_key = [column.name for column in table.primary_key.columns]
    return {
        "columns": columns,
        "order": list(columns),
        "primary_key": (name_of(table.primary_key) if primary_key else None, primary_key),
        "checks": _numbered(checks),
        "uniques": _numbered(uniques),
        "foreign_keys": _numbered(foreign_keys),
        "indexes": _numbered(
            [
                _describe_real_index(index, dialect, name_of)
                for index in table.indexes
                if index._ddl_if is None or index._ddl_if.dialect in (None, dialect.name)
            ]
        ),
        "comment": table.comment,
    }


def _numbered(many: list[Any]) -> Facts:
    """Give facts an order that does not depend on that of a set."""
    return {str(number): one for number, one in enumerate(sorted(many, key=repr))}


def _computed(computed: Any, compiler: Any) -> tuple[str, bool | None]:  # noqa: ANN401
    text = compiler.sql_compiler.process(computed.sqltext, include_table=False, literal_binds=True)
    return text, computed.persisted


def _without_parentheses(text: str | None) -> str | None:
    if text is not None and text.startswith("(") and text.endswith(")"):
        return text[1:-1]
    return text


def _describe_real_index(index: sa.Index, dialect: Dialect, name_of: Any) -> Facts:  # noqa: ANN401
    columns: list[str | None] = []
    for element in index.expressions:
        inner = element
        while isinstance(inner, sa.UnaryExpression) and inner.modifier is not None:
            inner = inner.element
        columns.append(inner.name if isinstance(inner, sa.Column) else None)
    where = index.dialect_options[dialect.name].get("where") if dialect.name in ("postgresql", "sqlite") else None
    compiler = dialect.ddl_compiler(dialect, None)
    return {
        "name": name_of(index),
        "columns": columns,
        "expressions": [
            None
            if column is not None
            else compiler.sql_compiler.process(element, include_table=False, literal_binds=True)
            for column, element in zip(columns, index.expressions, strict=True)
        ],
        "unique": bool(index.unique),
        "where": None
        if where is None
        else compiler.sql_compiler.process(
            sa.sql.coercions.expect(sa.sql.roles.DDLExpressionRole, where), include_table=False, literal_binds=True
        ),
        "using": (index.dialect_options["postgresql"].get("using") or None) if dialect.name == "postgresql" else None,
    }


# ---------------------------------------------------------------------------------------------------------------------


def describe_schema(schema: Schema) -> Facts:
    """Give the facts of a schema of ours in the same form."""
    return flat(
        {
            "tables": {key: _describe_table(table) for key, table in schema.tables.items()},
            "enums": {key: list(enum.labels) for key, enum in schema.enums.items()}
            if schema.dialect == "postgresql"
            else {},
        }
    )


def _known(value: object) -> object:
    return f"<unknown: {value.reason}>" if isinstance(value, Unknown) else value


def _describe_column(column: Column) -> Facts:
    default = column.server_default
    return {
        "type": column.type.ddl if column.type.unknown is None else _known(column.type.unknown),
        "nullable": _known(column.nullable),
        "default": None if default is None else "<fetched>" if default.fetched else _known(default.sql),
        "computed": None if column.computed is None else (_known(column.computed.sql), column.computed.persisted),
        "identity": column.identity is not None
        and (column.identity.always, dict(column.identity.options).get("start")),
        "serial": column.serial,
        "comment": column.comment,
    }


def _describe_table(table: Table) -> Facts:
    return {
        "columns": {column.name: _describe_column(column) for column in table.columns},
        "order": [column.name for column in table.columns],
        "primary_key": (_known(table.primary_key.name), list(table.primary_key.columns)),
        "checks": _numbered([(_known(one.name), _known(one.sql)) for one in table.check_constraints]),
        "uniques": _numbered([(_known(one.name), list(one.columns)) for one in table.unique_constraints]),
        "foreign_keys": _numbered(
            [
                {
                    "name": _known(one.name),
                    "columns": list(one.columns),
                    "table": _known(one.referred_table),
                    "referred": list(one.referred_columns),
                    "ondelete": _known(one.ondelete),
                    "onupdate": _known(one.onupdate),
                    "deferrable": one.deferrable,
                    "use_alter": one.use_alter,
                }
                for one in table.foreign_keys
            ]
        ),
        "indexes": _numbered(
            [
                {
                    "name": _known(one.name),
                    "columns": list(one.columns),
                    "expressions": [
                        None
                        if element.column is not None
                        else " ".join([str(_known(element.sql)), *(word.upper() for word in element.modifiers)])
                        for element in one.elements
                    ],
                    "unique": _known(one.unique),
                    "where": _known(dict(one.options).get("where")),
                    "using": dict(one.options).get("using"),
                }
                for one in table.indexes
            ]
        ),
        "comment": table.comment,
    }
