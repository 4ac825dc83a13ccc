"""Models in the syntax of Python 3.12 and newer are read as the same models in older syntax are, on each Python."""

from __future__ import annotations

import pytest

from tests.models.describing import describe_schema
from tests.models.reading import read

HEAD = """
from typing import Annotated, Generic, TypeVar
from typing_extensions import TypeAliasType
from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
"""
MODELS = """
class Base(DeclarativeBase):
    type_annotation_map = {Short: String(9), Data: JSON}
class Link(Base):
    __tablename__ = "links"
    id: Mapped[Key] = mapped_column(primary_key=True)
    short: Mapped[Short]
    plain: Mapped[str]
    maybe: Mapped[Note]
    data: Mapped[Data | None]
    parent: Mapped[Parent]
"""
ALIASES = {
    "Key": "int",
    "Short": "str",
    "Data": "dict[str, int]",
    "Note": "str | None",
    "Parent": "Annotated[int, mapped_column(ForeignKey('links.id'))]",
}


def test_a_type_statement_is_read_as_the_call_that_it_stands_for() -> None:
    """If aliases are made by `type X = …`, each is a type of its own in the type map, as those of `TypeAliasType` are.

    `test_declarative.py` compares the latter with SQLAlchemy.
    """
    newer = "".join(f"type {name} = {value}\n" for name, value in ALIASES.items())
    older = "".join(f"{name} = TypeAliasType('{name}', {value})\n" for name, value in ALIASES.items())

    expected = read({"models.py": HEAD + older + MODELS})
    actual = read({"models.py": HEAD + newer + MODELS})

    assert describe_schema(expected.schema) == describe_schema(actual.schema)
    assert ["VARCHAR(9)", "VARCHAR"] == [one.type.ddl for one in actual.schema.tables["links"].columns[1:3]]
    assert () == actual.unknown


@pytest.mark.parametrize("parameters", ["[T]", "[T: (int, str)]", "[T = int]"])
def test_type_parameters_of_a_base_are_nothing_to_its_columns(parameters: str) -> None:
    """If an abstract base has type parameters, the models below it have its columns."""
    models = f"""
class Base(DeclarativeBase):
    pass
class Keyed{parameters}(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)
    def get(self, key: T) -> T:
        return key
class A(Keyed[int]):
    __tablename__ = "a"
    name: Mapped[str]
"""
    declared = read({"models.py": HEAD + models})

    assert ["name", "id"] == [one.name for one in declared.schema.tables["a"].columns]
    assert () == declared.unknown
