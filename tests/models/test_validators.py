"""`@validates` methods are read for the fixed set of values that they let through, and for nothing else."""

from __future__ import annotations

import textwrap

import pytest

from tests.models.reading import read

MODELS = """
import enum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates

VALID = {"b", "a", "c"}
ORDERED = ("z", "y")

class Status(enum.Enum):
    NEW = "new"
    DONE = "done"

class Base(DeclarativeBase):
    pass

class Thing(Base):
    __tablename__ = "things"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    ALLOWED = frozenset({"q", "p"})

    @validates("kind")
    def check(self, key, value):
BODY
"""


def _allowed(body: str) -> object:
    source = MODELS.replace("BODY", textwrap.indent(textwrap.dedent(body).strip(), "        "))
    (thing,) = (one for one in read({"models.py": source}).classes if one.name == "Thing")
    (validator,) = thing.validators

    assert ("kind",) == validator.columns
    return validator.allowed


RETURN = "\nreturn value"


@pytest.mark.parametrize(
    ("guard", "allowed"),
    [
        ("if value not in {'x', 'a', 'm'}:\n    raise ValueError(value)", ("x", "a", "m")),
        ("if value not in ('x', 'a'):\n    raise ValueError", ("x", "a")),
        ("if not value in ['x']:\n    raise ValueError", ("x",)),
        ("assert value in ('x', 'a'), 'no'", ("x", "a")),
        ("if value not in VALID:\n    raise ValueError", ("b", "a", "c")),
        ("if value not in ORDERED:\n    raise ValueError", ("z", "y")),
        ("if value not in self.ALLOWED:\n    raise ValueError", ("q", "p")),
        ("allowed = {'k', 'j'}\nif value not in allowed:\n    raise ValueError", ("k", "j")),
        ("if value is not None and value not in ('x', 'a'):\n    raise ValueError", ("x", "a")),
        ("if value != 'x' and value != 'a':\n    raise ValueError", ("x", "a")),
        ("if value is not None and value != 'x' and 'a' != value:\n    raise ValueError", ("x", "a")),
        ("if not (value == 'x' or value == Status.NEW.value):\n    raise ValueError", ("x", "new")),
        ("assert value == 'x' or value == 'a'", ("x", "a")),
        ("if value not in [one.value for one in Status]:\n    raise ValueError", ("new", "done")),
        ("if value not in {one.name for one in Status}:\n    raise ValueError", ("NEW", "DONE")),
        ("if value not in set(ORDERED):\n    raise ValueError", ("z", "y")),
    ],
)
def test_a_guard_with_a_fixed_set_allows_that_set(guard: str, allowed: tuple[str, ...]) -> None:
    """If a validator raises on everything outside of a fixed set, that set is what it allows, in source order."""
    assert allowed == _allowed(guard + RETURN)


@pytest.mark.parametrize(
    "body",
    [
        "if not 0 <= value <= 100:\n    raise ValueError\nreturn value",
        "if value in ('x',):\n    raise ValueError\nreturn value",
        "if value not in ('x',):\n    return None\nreturn value",
        "value = value.lower()\nif value not in ('x',):\n    raise ValueError\nreturn value",
        "if key == 'kind' and value not in ('x',):\n    raise ValueError\nreturn value",
        "if value not in load_values():\n    raise ValueError\nreturn value",
        "if value != 'x' and key != 'a':\n    raise ValueError\nreturn value",
        "if value != 'x' or value != 'a':\n    raise ValueError\nreturn value",
        "if value == 'x' or value == 'a':\n    raise ValueError\nreturn value",
        "if value != 'x' and value != load_value():\n    raise ValueError\nreturn value",
        "return value.strip()",
    ],
)
def test_any_other_validator_allows_nothing_that_is_known(body: str) -> None:
    """If a validator does anything but refuse what is outside of a fixed set, nothing is said about what it allows."""
    assert _allowed(body) is None
