"""Types whose arguments were read in part."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, registry

from driftline.models.core.types import _DDL_ARGUMENTS
from tests.models.reading import read

MODELS = """
import os
from sqlalchemy import JSON, Column, DateTime, Enum, Integer, MetaData, Numeric, String, Table, Text, TypeDecorator
OPTIONS = {{"collation": os.environ["COLLATION"], **read_options()}}
def short(*, length=20, **kwargs):
    return String(length=length, **kwargs, **OPTIONS)
class Name(String):
    pass
class Wrapped(TypeDecorator):
    impl = String
class Base:
    metadata = MetaData()
Table("things", Base.metadata, Column("id", Integer, primary_key=True), Column("it", {expression}))
"""


@pytest.mark.parametrize(
    ("expression", "ddl"),
    [
        ("String(9, **OPTIONS)", "VARCHAR(9)"),
        ("short()", "VARCHAR(20)"),
        ("DateTime(timezone=True, **OPTIONS)", "TIMESTAMP WITH TIME ZONE"),
        ("Numeric(10, scale=2, **OPTIONS)", "NUMERIC(10, 2)"),
        ("JSON(**OPTIONS)", "JSON"),
        ("Name(9, **OPTIONS)", "VARCHAR(9)"),
        ("Wrapped(9, **OPTIONS)", "VARCHAR(9)"),
        ("String(9, collation=os.environ['COLLATION'])", "VARCHAR(9)"),
        ("String(9, os.environ['COLLATION'])", "VARCHAR(9)"),
        ("Text(collation=os.environ['COLLATION'])", "TEXT"),
        ("Numeric(10, 2, asdecimal=bool(os.environ['DECIMAL']))", "NUMERIC(10, 2)"),
        ("String(os.environ['LENGTH'])", None),
        ("Numeric(10, scale=os.environ['SCALE'])", None),
        ("String(**OPTIONS)", None),
        ("Text(**OPTIONS)", None),
        ("DateTime(**OPTIONS)", None),
        ("Numeric(10, **OPTIONS)", None),
        ("Enum('a', 'b', **OPTIONS)", None),
        ("Name(**OPTIONS)", None),
        ("Wrapped(**OPTIONS)", None),
    ],
)
def test_a_type_is_known_where_what_was_not_read_cannot_change_it(expression: str, ddl: str | None) -> None:
    """If arguments of a type are not known, its DDL is, where all that it depends on is given.

    A collation is all that they could add; else the type is Unknown.
    """
    declared = read({"models.py": MODELS.format(expression=expression)})

    made = declared.schema.tables["things"].columns[1].type
    assert ddl == (made.ddl if made.unknown is None else None)
    assert (ddl is None) == any("the type of `it`" in one.reason for one in declared.unknown)


@pytest.mark.parametrize("path", _DDL_ARGUMENTS)
@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_no_other_argument_than_a_collation_changes_ddl(path: str, dialect: str) -> None:
    """If a type gets what we say its DDL depends on, none of SQLAlchemy's other arguments changes its DDL."""
    name = path.rpartition(".")[2]
    cls = getattr(postgresql if ".postgresql." in path else sa, name)
    values: dict[str, Any] = {"length": 7, "timezone": True, "precision": 6, "scale": 2}
    wanted = {one: values[one] for one in _DDL_ARGUMENTS[path]}
    parameters = inspect.signature(cls.__init__).parameters
    others = [
        one.name
        for one in list(parameters.values())[1:]
        if one.name not in {*wanted, "collation", "collation_schema"}
        and one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]
    assert list(wanted) == [one for one in parameters if one in wanted][: len(wanted)]

    def ddl(**more: Any) -> str | None:  # noqa: ANN401 -- arguments of any of SQLAlchemy's types
        try:
            return str(cls(**wanted, **more).compile(dialect=registry.load(dialect)()))
        except sa.exc.UnsupportedCompilationError:
            return None

    assert [ddl()] * len(others) * 2 == [ddl(**{one: value}) for one in others for value in (True, False)]
