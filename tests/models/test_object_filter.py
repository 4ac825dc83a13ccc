"""`include_object` and `include_name` of env.py, run over values."""

from __future__ import annotations

import pytest

from driftline.models.object_filter import Asked
from driftline.python.values import Unknown
from tests.models.reading import read

MODELS = {
    "models.py": """
    from sqlalchemy import Column, Integer, MetaData, Table
    from sqlalchemy.orm import DeclarativeBase
    class Base(DeclarativeBase): pass
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
    """,
    "settings.py": """
    LEFT_OUT = {"spatial_ref_sys", "layer"}
    """,
}

TABLE = Asked("table", "old", None, "old")


def answer(filters: str, asked: Asked, imports: str = "") -> bool | Unknown:
    """What the filter says that is written as `filters` and passed as `passed`."""
    options = read(
        MODELS,
        "import re\n"
        "from alembic import context\n"
        "from models import Base\n"
        f"{imports}\n"
        "target_metadata = Base.metadata\n"
        f"{filters}\n"
        "context.configure(connection=None, target_metadata=target_metadata, **passed)\n",
    ).options
    assert options.filtered is None
    assert options.filters is not None
    return options.filters.includes(asked)


def an_object(body: str) -> str:
    """An `include_object` with this body."""
    return f"def keep(object, name, type_, reflected, compare_to):\n    {body}\npassed = dict(include_object=keep)"


def a_name(body: str) -> str:
    """An `include_name` with this body."""
    return f"def keep(name, type_, parent_names):\n    {body}\npassed = dict(include_name=keep)"


@pytest.mark.parametrize(
    ("body", "asked", "expected"),
    [
        ('return name != "spatial"', TABLE, True),
        ('return name != "old"', TABLE, False),
        ("return name not in LEFT_OUT", TABLE, True),
        ("return name not in LEFT_OUT", Asked("table", "layer", None, "layer"), False),
        ('return not name.startswith("ol")', TABLE, False),
        ('return not re.match(r"o.d$", name)', TABLE, False),
        ('return not re.match(r"o.d$", name)', Asked("table", "older", None, "older"), True),
        ('return type_ != "table" or name in target_metadata.tables', TABLE, False),
        ('return type_ != "table" or name in target_metadata.tables', Asked("table", "users", None, "users"), True),
        ('return not (type_ == "table" and reflected and compare_to is None)', TABLE, False),
        (
            'return not (type_ == "table" and reflected and compare_to is None)',
            Asked("table", "users", None, "users", reflected=False, compared=True),
            True,
        ),
        ('return object.schema != "other"', Asked("table", "old", "other", "old"), False),
        ('return object.schema != "other"', TABLE, True),
        ('return not object.info.get("skip")', TABLE, True),
        ('return object.table.name != "old"', Asked("column", "x", None, "old"), False),
        ('return object.table.name != "users"', Asked("index", "ix", None, "users", reflected=False), False),
        (
            'return [c.name for c in object.columns] != ["a", "b"]',
            Asked("index", "ix", None, "t", columns=("a", "b")),
            False,
        ),
        ('return [c.name for c in object.columns] != ["a"]', Asked("index", "ix", None, "t", columns=("a", "b")), True),
        (
            'return (object.table.name, object.column_keys) != ("t", ["a"])',
            Asked("foreign_key_constraint", "fk", None, "t", reflected=False, columns=("a",)),
            False,
        ),
        ("return", TABLE, False),
    ],
)
def test_include_object(body: str, asked: Asked, expected: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """A function of the object, its name and its type answers as running it would."""
    found = answer(an_object(body), asked, "from settings import LEFT_OUT")

    assert expected is found


@pytest.mark.parametrize(
    ("body", "asked", "expected"),
    [
        ('return type_ != "table" or name != "old"', TABLE, False),
        ('return type_ != "table" or name != "old"', Asked("column", "old", None, "users"), True),
        ('return parent_names.get("table_name") != "users"', Asked("column", "x", None, "users"), False),
        ('return type_ != "schema" or name in (None, "app")', Asked("table", "t", "x", "t", schemas=True), False),
        ('return type_ != "schema" or name in (None, "app")', Asked("table", "t", "app", "t", schemas=True), True),
        ('return type_ != "schema" or name in (None, "app")', Asked("table", "t", "x", "t"), True),
        ('return parent_names["schema_qualified_table_name"] != "s.old"', Asked("table", "old", "s", "old"), False),
        ('return name != "users"', Asked("table", "users", None, "users", reflected=False), True),
    ],
)
def test_include_name(body: str, asked: Asked, expected: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    """A function of names answers as running it would; it is asked about what is in the database alone."""
    assert expected is answer(a_name(body), asked)


def test_the_columns_of_an_expression_are_not_known() -> None:
    """If a filter asks for the columns of an index over an expression, nothing is said of them."""
    asked = Asked("index", "ix", None, "t", columns=("a", None))

    assert isinstance(answer(an_object('return "b" not in object.columns'), asked), Unknown)


@pytest.mark.parametrize(
    "body",
    [
        "return is_ours(name)",
        "if is_ours(name):\n        return False\n    return True",
        'return object.comment != "theirs"',
        'raise ValueError("no")',
    ],
)
def test_what_cannot_be_worked_out_is_unknown(body: str) -> None:
    """If a filter asks what nobody knows here, neither answer is given."""
    found = answer(an_object(body), TABLE, "from elsewhere import is_ours")

    assert isinstance(found, Unknown)
    assert "whether env.py leaves out table `old` could not be worked out" == found.reason


def test_a_filter_that_is_sure_of_no_beats_one_that_is_not_known() -> None:
    """If either function leaves a thing out, it is left out, whatever the other one says."""
    both = (
        "def by_name(name, type_, parent_names): return unknown(name)\n"
        'def keep(object, name, type_, reflected, compare_to): return name != "old"\n'
        "passed = dict(include_name=by_name, include_object=keep)"
    )

    assert answer(both, TABLE, "from elsewhere import unknown") is False
