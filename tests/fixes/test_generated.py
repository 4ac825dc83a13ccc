"""What changes ask of generated columns, and what goes with a column that is dropped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.fixes.change import Alter, Change, Create, Drop
from driftline.fixes.operations import Code, render
from driftline.fixes.scaffold import with_needs
from driftline.schema import Column, Computed, ForeignKey, Index, IndexElement, Table, Type, UniqueConstraint
from tests.fixes.fake_project import project

PRICE, WIDE = Column("price", Type("INTEGER")), Column("price", Type("BIGINT"))
TOTAL = Column("total", Type("INTEGER"), computed=Computed("price * 2", persisted=True))
INDEX = Index("ix_total", (IndexElement("total", "total"),))
LINES = Table("lines", columns=(PRICE, TOTAL), indexes=(INDEX,))
WIDEN = Alter("lines", None, PRICE, WIDE)


def upgraded(change: Change, *, declared: Table, migrated: Table = LINES, dialect: str = "postgresql") -> list[str]:
    """The operations of the revision that a change asks for, by name and first argument."""
    one = project(declared={"lines": declared}, migrated={"lines": migrated}, dialect=dialect)
    changes = with_needs([change], one)
    assert changes is not None
    code = render(changes, one)
    assert isinstance(code, Code)
    there = _operations(code.upgrade)
    assert len(there) == len(_operations(code.downgrade))
    return there


def _operations(body: str) -> list[str]:
    lines = [line.strip() for line in body.replace("(\n", "(").splitlines()]
    made = [line.removeprefix("batch_op.").removeprefix("op.").partition("(")[0] for line in lines if "op." in line]
    return [one for one in made if one.isidentifier() and one not in ("f", "batch_alter_table")]


def test_the_type_of_what_it_is_made_of() -> None:
    """PostgreSQL alters it only where the generated column, with its index, is away; and so do SQLite's batches."""
    moved = ["drop_index", "drop_column", "alter_column", "add_column", "create_index"]

    assert moved == upgraded(WIDEN, declared=replace(LINES, columns=(WIDE, TOTAL)))
    assert moved == upgraded(WIDEN, declared=replace(LINES, columns=(WIDE, TOTAL)), dialect="sqlite")
    assert ["alter_column"] == upgraded(WIDEN, declared=replace(LINES, columns=(WIDE, TOTAL)), dialect="mysql")


def test_a_copy_has_no_generated_column() -> None:
    """On SQLite, Alembic's batches insert into generated columns: each change that copies makes them anew."""
    change = Create("lines", None, UniqueConstraint("uq_price", ("price",)))
    moved = ["drop_index", "drop_column", "add_column", "create_index", "create_unique_constraint"]

    assert sorted(moved) == sorted(upgraded(change, declared=LINES, dialect="sqlite"))
    assert ["create_unique_constraint"] == upgraded(change, declared=LINES)


def test_what_it_is_made_of_goes() -> None:
    """A generated column that no model has goes with it; one that the model makes of it still keeps it there."""
    change = Drop("lines", None, PRICE)
    one = project(declared={"lines": LINES}, migrated={"lines": LINES})

    assert ["drop_index", "drop_column", "drop_column"] == upgraded(change, declared=Table("lines"))
    assert with_needs([change], one) is None


def test_what_it_is_made_of_comes_first() -> None:
    """A generated column, or an index, brings the columns along that it is of."""
    bare = Table("lines", columns=(Column("id", Type("INTEGER")),))

    assert ["add_column", "add_column"] == upgraded(Create("lines", None, TOTAL), declared=LINES, migrated=bare)
    index = Create("lines", None, Index("ix_price", (IndexElement("price", "price"),)))
    assert ["add_column", "create_index"] == upgraded(index, declared=LINES, migrated=bare)


def test_what_stands_on_a_column_goes_before_it() -> None:
    """The database would drop the index by itself, and no downgrade would make it again."""
    partial = Index("ix_part", (IndexElement("total", "total"),), options=(("where", "price > 3"),))
    migrated = Table("lines", columns=(PRICE, replace(TOTAL, computed=None)), indexes=(partial,))

    assert ["drop_index", "drop_column"] == upgraded(Drop("lines", None, PRICE), declared=migrated, migrated=migrated)


@pytest.mark.parametrize(("dialect", "possible"), [("postgresql", False), ("sqlite", True)])
def test_what_a_foreign_key_needs_stays(dialect: str, *, possible: bool) -> None:
    """What keeps the referred columns unique is dropped only where the database does not ask for it."""
    unique = UniqueConstraint("uq_price", ("price",))
    lines = Table("lines", columns=(PRICE,), unique_constraints=(unique,))
    key = ForeignKey("fk", ("price",), "lines", ("price",))
    notes = Table("notes", columns=(PRICE,), foreign_keys=(key,))
    one = project(migrated={"lines": lines, "notes": notes}, dialect=dialect)

    assert possible == (with_needs([Drop("lines", None, unique)], one) is not None)
