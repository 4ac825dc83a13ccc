"""`MetaData` objects: their schema and naming convention, and the columns that a convention's own tokens look at.

Example: the convention of `MetaData(naming_convention={"pk": "pk_%(table_name)s"})` names primary keys and, unlike a
plain `MetaData`'s, no indexes.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.dataclass import dataclass, field
from driftline.models.core import Runner, path_of, plain
from driftline.python.origin import Origin
from driftline.python.values import Call, Class, Function, Instance, Module, Symbol, Unknown, Value
from driftline.schema.naming import NamedConstraint, NamingConvention, Token

_KINDS = {
    "Index": "ix",
    "PrimaryKeyConstraint": "pk",
    "CheckConstraint": "ck",
    "UniqueConstraint": "uq",
    "ForeignKeyConstraint": "fk",
}

COLUMNS = "driftline.columns_of_a_constraint"
"""The symbol whose `Call` stands for `constraint.columns` in a token of the user's own; its arguments are the columns.
"""


@dataclass(eq=False, slots=True)
class Metadata:
    """A `MetaData` of the project: the value that stands for it, and what it is configured with, as of now."""

    value: Call
    schema: str | None = None
    convention: NamingConvention = field(default_factory=NamingConvention)
    unknown: Unknown | None = None
    """Why it could not be read at all: what is on it is not known."""
    unknown_schema: Unknown | None = None
    """Why its schema could not be read; then the default schema is taken for it.

    It is one on all of its tables, and the revisions go to the same, so it makes nothing different.
    """


def read_metadata(call: Call, runner: Runner) -> Metadata:
    """Read a `MetaData(…)` call: `schema` and `naming_convention`."""
    found = Metadata(call, convention=read_convention(call.kwargs.get("naming_convention"), runner))
    set_schema(found, call.kwargs.get("schema", call.args[0] if call.args else None), call.origin)
    if call.unpacked:
        found.convention = NamingConvention({}, unknown=Unknown("arguments of the MetaData were not read", call.origin))
    return found


def set_schema(metadata: Metadata, value: Value, origin: Origin) -> None:
    """Give a MetaData the schema that a value states; `origin`: where it does."""
    schema = plain(value)
    metadata.schema, metadata.unknown_schema = None, None
    if isinstance(schema, str):
        metadata.schema = schema or None
    elif schema is not None:
        why = schema.reason if isinstance(schema, Unknown) else "it is no text that was read"
        place = schema.origin if isinstance(schema, Unknown) and schema.origin.path is not None else origin
        metadata.unknown_schema = Unknown(
            f"the schema of the MetaData is not known, the default is assumed: {why}", place
        )


def read_convention(value: Value, runner: Runner) -> NamingConvention:
    """Read a naming convention; None and an empty one mean SQLAlchemy's default, as `MetaData.__init__` takes them."""
    if value is None or value == {}:
        return NamingConvention()
    if isinstance(value, Unknown):
        return NamingConvention({}, unknown=value)
    if not isinstance(value, Mapping):
        return NamingConvention({}, unknown=Unknown("the naming convention could not be read"))
    templates: dict[str, str | Unknown] = {}
    tokens: dict[str, Token] = {}
    for raw, given in value.items():
        key = _key(raw)
        template = plain(given)
        if key is None:
            continue
        if isinstance(template, str):
            templates[key] = template
        elif isinstance(template, Function):
            tokens[key] = _token(template, key, runner)
        else:
            templates[key] = (
                template
                if isinstance(template, Unknown)
                else Unknown(f"the naming convention's `{key}` could not be read")
            )
    return NamingConvention(templates, tokens=tokens)


def _key(raw: Value) -> str | None:
    """Give a convention's key: a kind, a token's name, or the kind of a constraint class."""
    raw = plain(raw)
    if isinstance(raw, str):
        return raw
    return _KINDS.get(path_of(raw).removeprefix("sqlalchemy.")) if isinstance(raw, Symbol) else None


def _token(function: Function, key: str, runner: Runner) -> Token:
    """Make a token that runs the user's function `(constraint, table)` over stand-ins for both."""

    def token(named: NamedConstraint) -> str | Unknown:
        table = _thing("Table", function, name=named.table, schema=named.schema)
        columns = [
            one if isinstance(one, Unknown) else _thing("Column", function, name=one, key=one, table=table)
            for one in named.columns
        ]
        attributes: dict[str, Value] = {
            "name": named.given,
            "table": table,
            "columns": Call(Symbol(COLUMNS), tuple(columns), {}),
        }
        if named.kind == "ix":
            attributes["unique"] = named.unique
        if named.kind == "fk":
            referred = _thing("Table", function, name=named.referred_table)
            attributes["referred_table"] = referred
            attributes["elements"] = [
                _thing(
                    "ForeignKey",
                    function,
                    parent=parent,
                    target_fullname=f"{named.referred_table}.{column}",
                    column=_thing("Column", function, name=column, table=referred),
                )
                for parent, column in zip(columns, named.referred_columns, strict=False)
            ]
        answer = runner.call(function, (_thing("Constraint", function, **attributes), table), {})
        if isinstance(answer, str):
            return answer
        return (
            answer
            if isinstance(answer, Unknown)
            else Unknown(f"the naming convention's `{key}` could not be worked out")
        )

    return token


def _thing(kind: str, function: Function, **attributes: Value) -> Instance:
    """Make a stand-in for one of SQLAlchemy's objects, with these attributes and no others."""
    import ast

    node = ast.ClassDef(kind, [], [], [], [])
    module = Module("sqlalchemy", function.module.path, package=False, syntax=None)
    return Instance(Class(kind, kind, module, (Symbol(f"sqlalchemy.{kind}"),), {}, node), dict(attributes))
