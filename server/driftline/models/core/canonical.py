"""One name for what SQLAlchemy exports under many.

Example: `canonical("sqlalchemy.sql.schema.Column")` and `canonical("flask_sqlalchemy.SQLAlchemy().Column")` are
`sqlalchemy.Column`.
"""

from __future__ import annotations

from functools import lru_cache

from driftline.python.values import Attribute, Call, Operator, Symbol, Value, dotted

_SYMBOLIC = (Symbol, Attribute, Call)

# Modules whose public names are those of `sqlalchemy` itself (or of `sqlalchemy.types`, which share their names).
_CORE_MODULES = frozenset(
    {
        "sqlalchemy.schema",
        "sqlalchemy.types",
        "sqlalchemy.sql",
        "sqlalchemy.sql.schema",
        "sqlalchemy.sql.sqltypes",
        "sqlalchemy.sql.type_api",
        "sqlalchemy.sql.expression",
        "sqlalchemy.sql.elements",
        "sqlalchemy.sql.naming",
        "sqlalchemy.sql.selectable",
        "sqlalchemy.sql.ddl",
        "sqlalchemy.sql.operators",
        "sqlalchemy.sql._elements_constructors",
    }
)
_ORM_MODULES = frozenset(
    {
        "sqlalchemy.ext.declarative.api",
        "sqlalchemy.ext.declarative.base",
        "sqlalchemy.orm.decl_api",
        "sqlalchemy.orm.decl_base",
        "sqlalchemy.orm.base",
        "sqlalchemy.orm.properties",
        "sqlalchemy.orm.relationships",
        "sqlalchemy.orm._orm_constructors",
        "sqlalchemy.orm.mapper",
        "sqlalchemy.orm.util",
        "sqlalchemy.ext.declarative",
    }
)
# What `sqlalchemy.ext.declarative` does not share with `sqlalchemy.orm`.
_EXTENSIONS = frozenset({"AbstractConcreteBase", "ConcreteBase", "DeferredReflection"})
_ORM_NAMES = frozenset(
    {
        "relationship",
        "relation",
        "dynamic_loader",
        "backref",
        "deferred",
        "column_property",
        "composite",
        "synonym",
        "mapped_column",
        "declared_attr",
        "declarative_base",
        "declarative_mixin",
        "Mapped",
        "mapper",
        "validates",
        "aliased",
        "query_expression",
        "Session",
        "sessionmaker",
        "attribute_keyed_dict",
    }
)
_SQLMODEL_OWN = frozenset(
    {
        "SQLModel",
        "Field",
        "Relationship",
        "AutoString",
        "Session",
        "create_engine",
        "FieldInfo",
        "RelationshipInfo",
        "GUID",
    }
)
_FLASK_OWN = frozenset(
    {"Model", "session", "engine", "engines", "metadata", "metadatas", "Query", "init_app", "create_all", "drop_all"}
)
_DIALECTS = "sqlalchemy.dialects."
_OLD_NAMES = {
    "PGArray": "ARRAY",
    "PGBit": "BIT",
    "PGCidr": "CIDR",
    "PGInet": "INET",
    "PGInterval": "INTERVAL",
    "PGMacAddr": "MACADDR",
    "PGUuid": "UUID",
}
"""What `sqlalchemy.dialects.postgresql.base` still calls some of its types."""
_FUNCTION_CLASSES = frozenset(
    {"GenericFunction", "FunctionElement", "Function", "ReturnTypeFromArgs", "AnsiFunction", "func"}
)


@lru_cache(maxsize=8192)
def canonical(path: str) -> str:
    """Give the one path that a thing of SQLAlchemy's is known by here; any other path as it is.

    Core and types are `sqlalchemy.X`, a dialect's types `sqlalchemy.dialects.D.X`, functions `sqlalchemy.func.x`, the
    ORM's `sqlalchemy.orm.X`.
    """
    package, _, name = path.rpartition(".")
    for functions in (
        "sqlalchemy.func.",
        "sqlalchemy.sql.func.",
        "sqlalchemy.sql.expression.func.",
        "sqlalchemy.sql.functions.func.",
    ):
        if path.startswith(functions):
            return "sqlalchemy.func." + path.removeprefix(functions)
    if package in _CORE_MODULES:
        return f"sqlalchemy.{name}"
    if package == "sqlalchemy.sql.functions":
        return f"sqlalchemy.{name}" if name in _FUNCTION_CLASSES else f"sqlalchemy.func.{name}"
    if package == "sqlalchemy.testing.schema":  # its `Column` and `mapped_column` make SQLAlchemy's own
        return f"sqlalchemy.orm.{name}" if name in _ORM_NAMES else f"sqlalchemy.{name}"
    if package in _ORM_MODULES and name not in _EXTENSIONS:
        return f"sqlalchemy.orm.{name}"
    if path.startswith(_DIALECTS):
        parts = path.removeprefix(_DIALECTS).split(".")
        dialect = "mysql" if parts[0] == "mariadb" else parts[0]
        return f"{_DIALECTS}{dialect}.{_OLD_NAMES.get(name, name)}" if len(parts) > 1 else path
    if path.startswith("flask_sqlalchemy."):
        return _of_flask(path, name)
    if path.startswith("sqlmodel."):
        return _of_sqlmodel(path, name)
    return path


def _of_flask(path: str, name: str) -> str:
    """`db.Column`, `db.func.now`, `db.relationship`.

    A Flask-SQLAlchemy object carries the names of Core and of the ORM.
    """
    _, found, rest = path.partition("SQLAlchemy().")
    if not found or rest.split(".")[0] in _FLASK_OWN:
        return path
    if rest.startswith("func."):
        return f"sqlalchemy.{rest}"
    return f"sqlalchemy.orm.{name}" if name in _ORM_NAMES else f"sqlalchemy.{rest}"


def _of_sqlmodel(path: str, name: str) -> str:
    if name in _SQLMODEL_OWN:
        return f"sqlmodel.{name}"
    rest = path.removeprefix("sqlmodel.")
    if rest.startswith("sql.sqltypes.types."):  # autogenerate renders a type by the module whose name it is met under
        return canonical(f"sqlalchemy.types.{name}")
    if rest.startswith("func."):
        return f"sqlalchemy.{rest}"
    return f"sqlalchemy.{name}" if "." not in rest or rest.startswith("sql.expression.") else path


def callee(value: Value) -> str:
    """Give the canonical path of what a `Call` calls; "" for anything else."""
    return canonical(value.callee) if value.__class__ is Call else ""


def path_of(value: Value) -> str:
    """Give the canonical path of a symbol, seen through subscripts (`TypeDecorator[str]`); "" for what has none."""
    while value.__class__ is Operator and value.op == "[]" and value.operands:
        value = value.operands[0]
    return canonical(dotted(value)) if value.__class__ in _SYMBOLIC else ""
